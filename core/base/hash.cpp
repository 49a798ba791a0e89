// xxHash, header-only use.
#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace fettle {
namespace {

Hash128 valueOf(XXH128_hash_t value) {
    return {value.high64, value.low64};
}

} // namespace

std::uint64_t hash64(std::string_view bytes, std::uint64_t seed) {
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

Hash128 hash128(std::string_view bytes) {
    return valueOf(XXH3_128bits(bytes.data(), bytes.size()));
}

std::string hexOf(const Hash128& hash) {
    static const char* digits = "0123456789abcdef";
    std::string out;
    out.reserve(32);
    for (const std::uint64_t half : {hash.high, hash.low}) {
        for (int shift = 60; shift >= 0; shift -= 4) {
            out += digits[(half >> shift) & 0xF];
        }
    }
    return out;
}

std::string hashHex(std::string_view bytes) {
    return hexOf(hash128(bytes));
}

Hasher::Hasher()
    : m_state(XXH3_createState()) {
    XXH3_128bits_reset(static_cast<XXH3_state_t*>(m_state));
}

Hasher::~Hasher() {
    XXH3_freeState(static_cast<XXH3_state_t*>(m_state));
}

void Hasher::add(std::string_view bytes) {
    XXH3_128bits_update(static_cast<XXH3_state_t*>(m_state), bytes.data(), bytes.size());
}

std::string Hasher::hex() const {
    return hexOf(valueOf(XXH3_128bits_digest(static_cast<const XXH3_state_t*>(m_state))));
}

} // namespace fettle
