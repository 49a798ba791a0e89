// MinHash: 320 multiply-add hash functions over 32 bits, 32 of them at a time in vector registers.
#include "data/minhash.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace fettle::data {
namespace {

constexpr std::size_t kLanes = 32; // functions whose minima stay in registers

std::uint64_t splitMix(std::uint64_t& state) {
    state += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
}

std::uint32_t mix32(std::uint32_t h) {
    h ^= h >> 16U;
    h *= 0x85EBCA6BU;
    h ^= h >> 13U;
    h *= 0xC2B2AE35U;
    return h ^ (h >> 16U);
}

// Smallest value of each of kLanes functions over all shingles. Written as plain loops over arrays that the compiler
// keeps in registers; the same code is compiled once for any machine and once for AVX2.
#define FETTLE_MINIMA_BODY                                                                                             \
    std::uint32_t best[kLanes];                                                                                        \
    std::memset(best, 0xFF, sizeof best);                                                                              \
    for (std::size_t i = 0; i < count; ++i) {                                                                          \
        const auto x = static_cast<std::uint32_t>(shingles[i] >> 32U);                                                 \
        for (std::size_t lane = 0; lane < kLanes; ++lane) {                                                            \
            const std::uint32_t value = x * factors[lane] + offsets[lane];                                             \
            best[lane] = value < best[lane] ? value : best[lane];                                                      \
        }                                                                                                              \
    }                                                                                                                  \
    std::memcpy(out, best, sizeof best)

using Minima = void (*)(const std::uint64_t* shingles, std::size_t count, const std::uint32_t* factors,
                        const std::uint32_t* offsets, std::uint32_t* out);

#if defined(__GNUC__) && !defined(__clang__)
#define FETTLE_OPTIMISED __attribute__((optimize("O3")))
#else
#define FETTLE_OPTIMISED
#endif

FETTLE_OPTIMISED void minimaPlain(const std::uint64_t* shingles, std::size_t count, const std::uint32_t* factors,
                                  const std::uint32_t* offsets, std::uint32_t* out) {
    FETTLE_MINIMA_BODY;
}

#if defined(__x86_64__)
FETTLE_OPTIMISED __attribute__((target("avx2"))) void minimaAvx2(const std::uint64_t* shingles, std::size_t count,
                                                                 const std::uint32_t* factors,
                                                                 const std::uint32_t* offsets, std::uint32_t* out) {
    FETTLE_MINIMA_BODY;
}
#endif

Minima chooseMinima() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") != 0) {
        return minimaAvx2;
    }
#endif
    return minimaPlain;
}

} // namespace

BandShape bandShapeFor(double threshold) {
    BandShape shape{RowSketch::kBands, 1};
    for (std::size_t hashes = 2; hashes <= 16; ++hashes) {
        const std::size_t bands = std::min(RowSketch::kBands, RowSketch::kHashes / hashes);
        const double missed =
            std::pow(1 - std::pow(threshold, static_cast<double>(hashes)), static_cast<double>(bands));
        if (missed <= 1e-3) {
            shape = {bands, hashes};
        }
    }
    return shape;
}

MinHasher::MinHasher(std::uint64_t seed, BandShape shape)
    : m_shape(shape)
    , m_factors(RowSketch::kHashes)
    , m_offsets(RowSketch::kHashes) {
    std::uint64_t state = seed;
    for (std::size_t i = 0; i < RowSketch::kHashes; ++i) {
        const std::uint64_t random = splitMix(state);
        m_factors[i] = static_cast<std::uint32_t>(random) | 1U;
        m_offsets[i] = static_cast<std::uint32_t>(random >> 32U);
    }
}

void MinHasher::sketch(const std::vector<std::uint64_t>& shingles, RowSketch& out) const {
    static const Minima minima = chooseMinima();
    std::array<std::uint32_t, RowSketch::kHashes> best{};
    static_assert(RowSketch::kHashes % kLanes == 0);
    for (std::size_t i = 0; i < RowSketch::kHashes; i += kLanes) {
        minima(shingles.data(), shingles.size(), m_factors.data() + i, m_offsets.data() + i, best.data() + i);
    }
    out.bits.fill(0);
    for (std::size_t i = 0; i < RowSketch::kHashes; ++i) {
        out.bits[i / 64] |= std::uint64_t{mix32(best[i]) & 1U} << (i % 64);
    }
    out.bands.fill(0);
    for (std::size_t band = 0; band < m_shape.bands; ++band) {
        std::uint32_t hash = static_cast<std::uint32_t>(band) * 0x9E3779B9U + 1;
        for (std::size_t k = 0; k < m_shape.hashes; ++k) {
            hash = mix32(hash ^ best[band * m_shape.hashes + k]) * 5 + 0xE6546B64U;
        }
        out.bands[band] = hash;
    }
}

double estimatedSimilarity(const RowSketch& a, const RowSketch& b) {
    int different = 0;
    for (std::size_t i = 0; i < a.bits.size(); ++i) {
        different += std::popcount(a.bits[i] ^ b.bits[i]);
    }
    return 1.0 - 2.0 * different / static_cast<double>(RowSketch::kHashes);
}

double lowestEstimate(double threshold) {
    const double equal = (1 + threshold) / 2;
    return threshold - 4.5 * 2 * std::sqrt(equal * (1 - equal) / static_cast<double>(RowSketch::kHashes));
}

} // namespace fettle::data
