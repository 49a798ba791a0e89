// Characters as Python's str sees them: classes (isalpha, isspace, …) and case mappings, by tables; independent of the
// locale. For the template engine.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fettle::text::python {

[[nodiscard]] bool isAlpha(char32_t c);
[[nodiscard]] bool isDecimal(char32_t c);
[[nodiscard]] bool isDigit(char32_t c);
[[nodiscard]] bool isNumeric(char32_t c);
[[nodiscard]] bool isAlnum(char32_t c);
[[nodiscard]] bool isSpace(char32_t c);     // also what \s matches
[[nodiscard]] bool isPrintable(char32_t c); // else repr() escapes it
[[nodiscard]] bool isUpper(char32_t c);
[[nodiscard]] bool isLower(char32_t c);
[[nodiscard]] bool isTitle(char32_t c);     // title case letters such as U+01C5
[[nodiscard]] bool isWord(char32_t c);      // what \w matches
[[nodiscard]] bool isLineBreak(char32_t c); // where splitlines() splits

[[nodiscard]] std::string upper(std::string_view text);
[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] std::string title(std::string_view text);
[[nodiscard]] std::string capitalize(std::string_view text);
[[nodiscard]] std::string swapCase(std::string_view text);
[[nodiscard]] std::string caseFold(std::string_view text);

[[nodiscard]] bool isAscii(std::string_view text);
/// Number of code points (the text is valid UTF-8).
[[nodiscard]] std::size_t length(std::string_view text);
/// Byte offset of code point `index` (at most the size), from byte `from` on.
[[nodiscard]] std::size_t byteOffset(std::string_view text, std::size_t index, std::size_t from = 0);
[[nodiscard]] std::u32string toCodePoints(std::string_view text);
/// First and end byte of the text without white space at its ends.
struct Bounds {
    std::size_t begin = 0, end = 0;
};
[[nodiscard]] Bounds stripBounds(std::string_view text, bool left = true, bool right = true);

} // namespace fettle::text::python
