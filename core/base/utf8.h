// UTF-8: validation with the place of the fault, and decoding one code point at a time. Core text is always UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fettle {

/// Offset of the first byte that is not part of well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF),
/// or nullopt.
[[nodiscard]] std::optional<std::size_t> firstInvalidUtf8(std::string_view text);

struct CodePoint {
    char32_t value = 0xFFFD;
    std::size_t size = 1; // bytes used, at least 1
    bool valid = false;
};
/// The code point at `offset` (< text.size()). Invalid bytes give U+FFFD, size 1, valid = false.
[[nodiscard]] CodePoint codePointAt(std::string_view text, std::size_t offset);

/// Appends `value` as UTF-8; anything that is no scalar value becomes U+FFFD.
void appendUtf8(std::string& out, char32_t value);

/// The text with every invalid sequence replaced by U+FFFD (one a maximal bad part, as WHATWG and Python do).
[[nodiscard]] std::string replaceInvalidUtf8(std::string_view text);

/// Number of bytes at the end that begin a character whose rest is still missing (0 to 3): what a stream must hold
/// back.
[[nodiscard]] std::size_t incompleteUtf8Tail(std::string_view text);

} // namespace fettle
