// UTF-8 by the table of well-formed byte sequences (Unicode 15, table 3-7).
#include "base/utf8.h"

#include <algorithm>
#include <cstring>

namespace fettle {
namespace {

struct Shape {
    std::size_t length;      // 0: not a lead byte
    unsigned char low, high; // allowed range of the second byte
};

Shape shapeOf(unsigned char lead) {
    if (lead < 0x80) {
        return {1, 0, 0};
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
        return {2, 0x80, 0xBF};
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        return {3, static_cast<unsigned char>(lead == 0xE0 ? 0xA0 : 0x80),
                static_cast<unsigned char>(lead == 0xED ? 0x9F : 0xBF)};
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        return {4, static_cast<unsigned char>(lead == 0xF0 ? 0x90 : 0x80),
                static_cast<unsigned char>(lead == 0xF4 ? 0x8F : 0xBF)};
    }
    return {0, 0, 0};
}

// How many bytes at `offset` follow the shape of its lead byte; `whole` says whether the character is complete.
std::size_t goodPrefix(std::string_view text, std::size_t offset, bool& whole) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const Shape shape = shapeOf(byte(offset));
    whole = shape.length == 1;
    if (shape.length <= 1) {
        return shape.length;
    }
    std::size_t good = 1;
    while (good < shape.length && offset + good < text.size()) {
        const unsigned char next = byte(offset + good);
        const unsigned char low = good == 1 ? shape.low : 0x80;
        const unsigned char high = good == 1 ? shape.high : 0xBF;
        if (next < low || next > high) {
            break;
        }
        ++good;
    }
    whole = good == shape.length;
    return good;
}

} // namespace

std::optional<std::size_t> firstInvalidUtf8(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size()) {
        // Eight ASCII bytes at once: most text is ASCII, and every row of a data set passes here.
        while (text.size() - i >= 8) {
            std::uint64_t block = 0;
            std::memcpy(&block, text.data() + i, 8);
            if ((block & 0x8080808080808080ULL) != 0) {
                break;
            }
            i += 8;
        }
        if (i == text.size()) {
            break;
        }
        if (static_cast<unsigned char>(text[i]) < 0x80) {
            ++i;
            continue;
        }
        bool whole = false;
        const std::size_t good = goodPrefix(text, i, whole);
        if (!whole) {
            return i;
        }
        i += good;
    }
    return std::nullopt;
}

CodePoint codePointAt(std::string_view text, std::size_t offset) {
    bool whole = false;
    const std::size_t size = goodPrefix(text, offset, whole);
    if (!whole) {
        return {};
    }
    const auto byte = [&](std::size_t i) {
        return static_cast<char32_t>(static_cast<unsigned char>(text[offset + i]));
    };
    switch (size) {
    case 1:
        return {byte(0), 1, true};
    case 2:
        return {((byte(0) & 0x1F) << 6) | (byte(1) & 0x3F), 2, true};
    case 3:
        return {((byte(0) & 0x0F) << 12) | ((byte(1) & 0x3F) << 6) | (byte(2) & 0x3F), 3, true};
    default:
        return {((byte(0) & 0x07) << 18) | ((byte(1) & 0x3F) << 12) | ((byte(2) & 0x3F) << 6) | (byte(3) & 0x3F), 4,
                true};
    }
}

void appendUtf8(std::string& out, char32_t value) {
    if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
        value = 0xFFFD;
    }
    const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
    if (value < 0x80) {
        put(value);
    } else if (value < 0x800) {
        put(0xC0 | (value >> 6));
        put(0x80 | (value & 0x3F));
    } else if (value < 0x10000) {
        put(0xE0 | (value >> 12));
        put(0x80 | ((value >> 6) & 0x3F));
        put(0x80 | (value & 0x3F));
    } else {
        put(0xF0 | (value >> 18));
        put(0x80 | ((value >> 12) & 0x3F));
        put(0x80 | ((value >> 6) & 0x3F));
        put(0x80 | (value & 0x3F));
    }
}

std::string replaceInvalidUtf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    std::size_t i = 0;
    while (i < text.size()) {
        bool whole = false;
        const std::size_t good = goodPrefix(text, i, whole);
        if (whole) {
            out.append(text.substr(i, good));
        } else {
            out.append("\xEF\xBF\xBD");
        }
        i += std::max<std::size_t>(good, 1);
    }
    return out;
}

std::size_t incompleteUtf8Tail(std::string_view text) {
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
        const auto lead = static_cast<unsigned char>(text[text.size() - back]);
        if ((lead & 0xC0) == 0x80) {
            continue;
        }
        bool whole = false;
        const std::size_t good = goodPrefix(text, text.size() - back, whole);
        return !whole && good == back ? back : 0;
    }
    return 0;
}

} // namespace fettle
