// SHA-256 (FIPS 180-4): the checksum of the files in a run archive, which other tools can check.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace fettle::run {

/// The digest of the pieces equals that of their concatenation.
class Sha256 {
public:
    void add(std::string_view bytes);
    /// 64 lower-case hex digits. Nothing may be added after it.
    [[nodiscard]] std::string hex();

private:
    void block(const unsigned char* bytes);

    std::array<std::uint32_t, 8> m_state{0x6A09E667U, 0xBB67AE85U, 0x3C6EF372U, 0xA54FF53AU,
                                         0x510E527FU, 0x9B05688CU, 0x1F83D9ABU, 0x5BE0CD19U};
    std::array<unsigned char, 64> m_buffer{};
    std::uint64_t m_size = 0;
};

[[nodiscard]] std::string sha256Hex(std::string_view bytes);

} // namespace fettle::run
