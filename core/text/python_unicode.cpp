// See python_unicode.h. The tables are ranges sorted by their first character.
#include "text/python_unicode.h"

#include "base/utf8.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

namespace fettle::text::python {

namespace {

struct CharRange {
    std::uint32_t first, last;
};
struct CaseRange {
    std::uint32_t first, last, stride;
    std::int32_t delta;
};
struct CaseFull {
    std::uint32_t from;
    std::uint32_t to[3];
};

#include "text/python_unicode_tables.inc"

template <std::size_t N>
bool inRanges(const CharRange (&table)[N], char32_t c) {
    const auto next = std::upper_bound(std::begin(table), std::end(table), c,
                                       [](char32_t value, const CharRange& range) { return value < range.first; });
    return next != std::begin(table) && c <= std::prev(next)->last;
}

struct CaseTable {
    const CaseRange* ranges;
    std::size_t rangeCount;
    const CaseFull* full;
    std::size_t fullCount;
};

template <std::size_t R, std::size_t F>
constexpr CaseTable makeTable(const CaseRange (&ranges)[R], const CaseFull (&full)[F]) {
    return {ranges, R, full, F};
}

constexpr CaseTable kUpperTable = makeTable(kToUpperRanges, kToUpperFull);
constexpr CaseTable kLowerTable = makeTable(kToLowerRanges, kToLowerFull);
constexpr CaseTable kTitleTable = makeTable(kToTitleRanges, kToTitleFull);
constexpr CaseTable kFoldTable = makeTable(kToFoldRanges, kToFoldFull);

void appendMapped(std::string& out, const CaseTable& table, char32_t c) {
    const CaseFull* const fullEnd = table.full + table.fullCount;
    const CaseFull* const full = std::lower_bound(
        table.full, fullEnd, c, [](const CaseFull& entry, char32_t value) { return entry.from < value; });
    if (full != fullEnd && full->from == c) {
        for (const std::uint32_t to : full->to) {
            if (to != 0) {
                appendUtf8(out, to);
            }
        }
        return;
    }
    const CaseRange* const end = table.ranges + table.rangeCount;
    const CaseRange* next = std::upper_bound(
        table.ranges, end, c, [](char32_t value, const CaseRange& range) { return value < range.first; });
    if (next != table.ranges) {
        const CaseRange& range = *(next - 1);
        if (c <= range.last && (c - range.first) % range.stride == 0) {
            appendUtf8(out, static_cast<char32_t>(static_cast<std::int64_t>(c) + range.delta));
            return;
        }
    }
    appendUtf8(out, c);
}

bool isCased(char32_t c) {
    return isUpper(c) || isLower(c) || isTitle(c);
}

/// Capital sigma at the end of a word becomes the final form.
void appendLower(std::string& out, const std::u32string& text, std::size_t i) {
    constexpr char32_t kCapitalSigma = 0x3A3;
    if (text[i] != kCapitalSigma) {
        appendMapped(out, kLowerTable, text[i]);
        return;
    }
    std::size_t before = i;
    while (before > 0 && inRanges(kCaseIgnorable, text[before - 1])) {
        --before;
    }
    bool isFinal = before > 0 && isCased(text[before - 1]);
    if (isFinal) {
        std::size_t after = i + 1;
        while (after < text.size() && inRanges(kCaseIgnorable, text[after])) {
            ++after;
        }
        isFinal = after == text.size() || !isCased(text[after]);
    }
    appendUtf8(out, isFinal ? 0x3C2 : 0x3C3);
}

char asciiUpper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
char asciiLower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

bool isAlpha(char32_t c) {
    return inRanges(kAlpha, c);
}
bool isDecimal(char32_t c) {
    return inRanges(kDecimal, c);
}
bool isDigit(char32_t c) {
    return inRanges(kDigit, c);
}
bool isNumeric(char32_t c) {
    return inRanges(kNumeric, c);
}
bool isAlnum(char32_t c) {
    return isAlpha(c) || isDecimal(c) || isDigit(c) || isNumeric(c);
}
bool isPrintable(char32_t c) {
    return c < 0x7F ? c >= 0x20 : inRanges(kPrintable, c);
}
bool isUpper(char32_t c) {
    return inRanges(kUpper, c);
}
bool isLower(char32_t c) {
    return inRanges(kLower, c);
}
bool isTitle(char32_t c) {
    return inRanges(kTitleCase, c);
}
bool isWord(char32_t c) {
    return c == '_' || isAlnum(c);
}

bool isSpace(char32_t c) {
    if (c < 0x80) {
        return c == ' ' || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F);
    }
    return inRanges(kSpace, c);
}

bool isLineBreak(char32_t c) {
    return (c >= 0x0A && c <= 0x0D) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

bool isAscii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::size_t length(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::size_t byteOffset(std::string_view text, std::size_t index, std::size_t from) {
    std::size_t at = from;
    while (index > 0 && at < text.size()) {
        at += codePointAt(text, at).size;
        --index;
    }
    return std::min(at, text.size());
}

std::u32string toCodePoints(std::string_view text) {
    std::u32string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = codePointAt(text, at);
        out.push_back(point.value);
        at += point.size;
    }
    return out;
}

std::string upper(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    if (isAscii(text)) {
        std::transform(text.begin(), text.end(), std::back_inserter(out), asciiUpper);
        return out;
    }
    for (const char32_t c : toCodePoints(text)) {
        appendMapped(out, kUpperTable, c);
    }
    return out;
}

std::string lower(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    if (isAscii(text)) {
        std::transform(text.begin(), text.end(), std::back_inserter(out), asciiLower);
        return out;
    }
    const std::u32string points = toCodePoints(text);
    for (std::size_t i = 0; i < points.size(); ++i) {
        appendLower(out, points, i);
    }
    return out;
}

std::string title(std::string_view text) {
    std::string out;
    const std::u32string points = toCodePoints(text);
    bool inWord = false;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (inWord) {
            appendLower(out, points, i);
        } else {
            appendMapped(out, kTitleTable, points[i]);
        }
        inWord = isCased(points[i]);
    }
    return out;
}

std::string capitalize(std::string_view text) {
    std::string out;
    const std::u32string points = toCodePoints(text);
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (i == 0) {
            appendMapped(out, kTitleTable, points[i]);
        } else {
            appendLower(out, points, i);
        }
    }
    return out;
}

std::string swapCase(std::string_view text) {
    std::string out;
    const std::u32string points = toCodePoints(text);
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (isUpper(points[i])) {
            appendLower(out, points, i);
        } else if (isLower(points[i])) {
            appendMapped(out, kUpperTable, points[i]);
        } else {
            appendUtf8(out, points[i]);
        }
    }
    return out;
}

std::string caseFold(std::string_view text) {
    std::string out;
    for (const char32_t c : toCodePoints(text)) {
        appendMapped(out, kFoldTable, c);
    }
    return out;
}

Bounds stripBounds(std::string_view text, bool left, bool right) {
    Bounds bounds{0, text.size()};
    while (left && bounds.begin < bounds.end) {
        const CodePoint point = codePointAt(text, bounds.begin);
        if (!isSpace(point.value)) {
            break;
        }
        bounds.begin += point.size;
    }
    while (right && bounds.end > bounds.begin) {
        std::size_t start = bounds.end - 1;
        while (start > bounds.begin && (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U) {
            --start;
        }
        if (!isSpace(codePointAt(text, start).value)) {
            break;
        }
        bounds.end = start;
    }
    return bounds;
}

} // namespace fettle::text::python
