// Content hashes: XXH3 (64 and 128 bit) for rows, data sets and packings, printed as lower-case hex. Not cryptographic.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fettle {

[[nodiscard]] std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0);
/// 32 hex digits of XXH3-128.
[[nodiscard]] std::string hashHex(std::string_view bytes);

struct Hash128 {
    std::uint64_t high = 0, low = 0;
    bool operator==(const Hash128&) const = default;
};
[[nodiscard]] Hash128 hash128(std::string_view bytes);
[[nodiscard]] std::string hexOf(const Hash128& hash); // hashHex(x) == hexOf(hash128(x))

/// Streaming form of hashHex: the digest of the pieces equals that of their concatenation.
class Hasher {
public:
    Hasher();
    ~Hasher();
    Hasher(const Hasher&) = delete;
    Hasher& operator=(const Hasher&) = delete;
    void add(std::string_view bytes);
    [[nodiscard]] std::string hex() const;

private:
    void* m_state;
};

} // namespace fettle
