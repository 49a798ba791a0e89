// Random: a small counter-based generator of our own, so that initial values, dropout masks and sampling are the same
// on every machine and with every library version.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace fettle::engine {

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): 64 well-mixed bits from any 64-bit value.
[[nodiscard]] constexpr std::uint64_t mixBits(std::uint64_t value) {
    value += 0x9E3779B97F4A7C15ULL;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
    return value ^ (value >> 31);
}

/// A stream of (seed, stream). Thread: one.
class Random {
public:
    explicit Random(std::uint64_t seed, std::uint64_t stream = 0)
        : m_state(mixBits(mixBits(seed) ^ (stream * 0xD1342543DE82EF95ULL + 1))) {}

    [[nodiscard]] std::uint64_t next() {
        m_state += 0x9E3779B97F4A7C15ULL;
        return mixBits(m_state);
    }
    /// [0, 1) with 53 bits.
    [[nodiscard]] double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    /// Standard normal (Box-Muller).
    [[nodiscard]] double normal() {
        if (m_hasSpare) {
            m_hasSpare = false;
            return m_spare;
        }
        const double radius = std::sqrt(-2 * std::log(1 - uniform()));
        const double angle = 2 * std::numbers::pi * uniform();
        m_spare = radius * std::sin(angle);
        m_hasSpare = true;
        return radius * std::cos(angle);
    }

private:
    std::uint64_t m_state;
    double m_spare = 0;
    bool m_hasSpare = false;
};

} // namespace fettle::engine
