// The scanner behind findPersonal. Internal to core/data.
#pragma once

#include "data/personal.h"

namespace fettle::data {

/// Appends all spans of all kinds; they may overlap.
void scanPersonal(std::string_view text, std::vector<PersonalSpan>& out);

/// End of the key that begins at `at`, or `at` where none does.
[[nodiscard]] std::size_t apiKeyEnd(std::string_view text, std::size_t at);

/// An IPv4 address that begins at `at` (its first digit).
void scanIpv4(std::string_view text, std::size_t at, std::vector<PersonalSpan>& out);
/// An IPv6 address in the run of hex digits, colons and points that begins at `at`; gives the end of the run.
std::size_t scanIpv6(std::string_view text, std::size_t at, std::vector<PersonalSpan>& out);

// Character classes, ASCII only whatever the locale.
[[nodiscard]] constexpr bool isDigitByte(char c) {
    return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool isUpperByte(char c) {
    return c >= 'A' && c <= 'Z';
}
[[nodiscard]] constexpr bool isLetterByte(char c) {
    return isUpperByte(c) || (c >= 'a' && c <= 'z');
}
[[nodiscard]] constexpr bool isAlnumByte(char c) {
    return isDigitByte(c) || isLetterByte(c);
}
[[nodiscard]] constexpr bool isHexByte(char c) {
    return isDigitByte(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
/// The byte at `at`, 0 beyond the end.
[[nodiscard]] constexpr char byteAt(std::string_view text, std::size_t at) {
    return at < text.size() ? text[at] : '\0';
}

} // namespace fettle::data
