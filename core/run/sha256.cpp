// SHA-256 as the standard writes it down.
#include "run/sha256.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace fettle::run {
namespace {

constexpr std::array<std::uint32_t, 64> kRound{
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
    0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
    0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
    0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
    0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
    0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
    0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
    0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2};

} // namespace

void Sha256::block(const unsigned char* bytes) {
    std::array<std::uint32_t, 64> w{};
    for (std::size_t i = 0; i < 16; ++i) {
        w[i] = static_cast<std::uint32_t>(bytes[4 * i]) << 24U | static_cast<std::uint32_t>(bytes[4 * i + 1]) << 16U |
               static_cast<std::uint32_t>(bytes[4 * i + 2]) << 8U | static_cast<std::uint32_t>(bytes[4 * i + 3]);
    }
    for (std::size_t i = 16; i < 64; ++i) {
        const std::uint32_t low = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ (w[i - 15] >> 3U);
        const std::uint32_t high = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ (w[i - 2] >> 10U);
        w[i] = w[i - 16] + low + w[i - 7] + high;
    }
    auto [a, b, c, d, e, f, g, h] = m_state;
    for (std::size_t i = 0; i < 64; ++i) {
        const std::uint32_t high = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
        const std::uint32_t first = h + high + ((e & f) ^ (~e & g)) + kRound[i] + w[i];
        const std::uint32_t low = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
        const std::uint32_t second = low + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = d + first;
        d = c;
        c = b;
        b = a;
        a = first + second;
    }
    const std::array<std::uint32_t, 8> add{a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < add.size(); ++i) {
        m_state[i] += add[i];
    }
}

void Sha256::add(std::string_view bytes) {
    std::size_t held = m_size % m_buffer.size();
    m_size += bytes.size();
    if (held > 0) {
        const std::size_t part = std::min(bytes.size(), m_buffer.size() - held);
        std::memcpy(m_buffer.data() + held, bytes.data(), part);
        bytes.remove_prefix(part);
        held += part;
        if (held < m_buffer.size()) {
            return;
        }
        block(m_buffer.data());
    }
    while (bytes.size() >= m_buffer.size()) {
        std::memcpy(m_buffer.data(), bytes.data(), m_buffer.size());
        block(m_buffer.data());
        bytes.remove_prefix(m_buffer.size());
    }
    if (!bytes.empty()) {
        std::memcpy(m_buffer.data(), bytes.data(), bytes.size());
    }
}

std::string Sha256::hex() {
    const std::uint64_t bits = m_size * 8;
    std::string tail(1, '\x80');
    tail.append((119 - m_size % 64) % 64, '\0');
    for (int shift = 56; shift >= 0; shift -= 8) {
        tail += static_cast<char>(bits >> static_cast<unsigned>(shift) & 0xFFU);
    }
    add(tail);
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    for (const std::uint32_t word : m_state) {
        for (int shift = 28; shift >= 0; shift -= 4) {
            out += kDigits[word >> static_cast<unsigned>(shift) & 0xFU];
        }
    }
    return out;
}

std::string sha256Hex(std::string_view bytes) {
    Sha256 hash;
    hash.add(bytes);
    return hash.hex();
}

} // namespace fettle::run
