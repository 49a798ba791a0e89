// Unicode facts the tokenizers need beyond PCRE2: numbers, punctuation, white space, lower case, canonical and
// compatibility normal forms. Tables: make_unicode_tables.py.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fettle::text {

[[nodiscard]] bool isNumber(char32_t code);      // general category N
[[nodiscard]] bool isPunctuation(char32_t code); // as the reference's (older) tables have it, and ASCII punctuation
[[nodiscard]] bool isWhiteSpace(char32_t code);
/// Lower case of one character, appended (U+0130 gives two).
void appendLowerCase(std::vector<char32_t>& out, char32_t code);

/// Ranges of code points that Unicode 16 puts into category `category` ("L", "Nd") and PCRE2 10.42 does not know yet,
/// as PCRE2 class members: "\x{1c89}-\x{1c8a}…".
[[nodiscard]] std::string newerClassMembers(std::string_view category);

enum class NormalForm { Nfc = 1, Nfd, Nfkc, Nfkd };

/// One character of a normalised text and the source characters it stands for: source[begin, end), both in characters.
struct NormalChar {
    char32_t code = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

/// Normalises a run of code points. Reordered marks keep their places' sources, composed characters cover all they were
/// made of.
[[nodiscard]] std::vector<NormalChar> normalise(std::span<const char32_t> text, NormalForm form);

/// True when no character of the (valid UTF-8) text can change under the form, found without normalising; false says
/// nothing.
[[nodiscard]] bool surelyNormal(std::string_view utf8, NormalForm form);

} // namespace fettle::text
