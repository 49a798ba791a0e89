// Keys of services by the prefixes their issuers give them, JSON web tokens, and private keys in PEM.
#include "data/personal_scan.h"

#include <algorithm>

namespace fettle::data {
namespace {

enum class Body { Alnum, Upper, Hex, Dashed }; // Dashed: letters, digits, - and _

struct KeyShape {
    std::string_view prefix;
    Body body;
    std::size_t least; // characters of the body
    std::size_t most;  // SIZE_MAX: open
    bool mixed;        // needs a digit and a letter: words with hyphens have none
};
constexpr std::size_t kOpen = static_cast<std::size_t>(-1);
constexpr KeyShape kShapes[] = {
    {"sk-", Body::Dashed, 20, kOpen, true},       {"ghp_", Body::Alnum, 36, 255, false},
    {"gho_", Body::Alnum, 36, 255, false},        {"ghu_", Body::Alnum, 36, 255, false},
    {"ghs_", Body::Alnum, 36, 255, false},        {"ghr_", Body::Alnum, 36, 255, false},
    {"github_pat_", Body::Dashed, 22, 255, true}, {"glpat-", Body::Dashed, 20, 255, true},
    {"AKIA", Body::Upper, 16, 16, false},         {"ASIA", Body::Upper, 16, 16, false},
    {"ABIA", Body::Upper, 16, 16, false},         {"ACCA", Body::Upper, 16, 16, false},
    {"xoxb-", Body::Dashed, 10, 255, true},       {"xoxp-", Body::Dashed, 10, 255, true},
    {"xoxa-", Body::Dashed, 10, 255, true},       {"xoxr-", Body::Dashed, 10, 255, true},
    {"xoxs-", Body::Dashed, 10, 255, true},       {"xapp-", Body::Dashed, 10, 255, true},
    {"AIza", Body::Dashed, 35, 35, false},        {"ya29.", Body::Dashed, 20, kOpen, true},
    {"hf_", Body::Alnum, 30, 60, false},          {"gsk_", Body::Alnum, 40, 80, false},
    {"r8_", Body::Alnum, 37, 40, false},          {"sk_live_", Body::Alnum, 16, 255, false},
    {"sk_test_", Body::Alnum, 16, 255, false},    {"rk_live_", Body::Alnum, 16, 255, false},
    {"rk_test_", Body::Alnum, 16, 255, false},    {"pk_live_", Body::Alnum, 16, 255, false},
    {"whsec_", Body::Alnum, 24, 255, true},       {"npm_", Body::Alnum, 36, 36, false},
    {"pypi-", Body::Dashed, 50, kOpen, true},     {"dop_v1_", Body::Hex, 64, 64, false},
    {"shpat_", Body::Hex, 32, 32, false},         {"shpss_", Body::Hex, 32, 32, false},
};

bool isBody(Body body, char c) {
    switch (body) {
    case Body::Upper:
        return isUpperByte(c) || isDigitByte(c);
    case Body::Hex:
        return isDigitByte(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    case Body::Alnum:
        return isAlnumByte(c);
    case Body::Dashed:
        break;
    }
    return isAlnumByte(c) || c == '-' || c == '_';
}

// A body with a digit, a letter, and a stretch without hyphens that no word has.
bool isMixed(std::string_view body) {
    const bool digit = std::any_of(body.begin(), body.end(), isDigitByte);
    const bool letter = std::any_of(body.begin(), body.end(), isLetterByte);
    std::size_t run = 0;
    std::size_t longest = 0;
    for (const char c : body) {
        run = c == '-' || c == '_' ? 0 : run + 1;
        longest = std::max(longest, run);
    }
    return digit && letter && longest >= 10;
}

std::size_t shapedEnd(std::string_view text, std::size_t at, const KeyShape& shape) {
    const std::size_t begin = at + shape.prefix.size();
    std::size_t end = begin;
    while (end < text.size() && isBody(shape.body, text[end])) {
        ++end;
    }
    if (end < text.size() && (isAlnumByte(text[end]) || text[end] == '_')) {
        return at; // the word goes on in other letters
    }
    while (end > begin && (text[end - 1] == '-' || text[end - 1] == '_')) {
        --end;
    }
    const std::string_view body = text.substr(begin, end - begin);
    const bool fits = body.size() >= shape.least && body.size() <= shape.most && (!shape.mixed || isMixed(body));
    return fits ? end : at;
}

// Header, payload and signature in base64url, the header an object.
std::size_t webTokenEnd(std::string_view text, std::size_t at) {
    if (text.substr(at, 3) != "eyJ") {
        return at;
    }
    std::size_t end = at;
    for (int part = 0; part < 3; ++part) {
        const std::size_t begin = end;
        while (end < text.size() && isBody(Body::Dashed, text[end])) {
            ++end;
        }
        if (end - begin < 10 || (part < 2 && byteAt(text, end) != '.')) {
            return at;
        }
        end += part < 2 ? 1 : 0;
    }
    return end;
}

// "SG.", 22 and 43 characters.
std::size_t sendGridEnd(std::string_view text, std::size_t at) {
    constexpr std::size_t kLength = 3 + 22 + 1 + 43;
    const std::string_view key = text.substr(at, kLength);
    if (key.size() != kLength || !key.starts_with("SG.") || key[25] != '.' ||
        isBody(Body::Dashed, byteAt(text, at + kLength))) {
        return at;
    }
    for (std::size_t i = 3; i < kLength; ++i) {
        if (i != 25 && !isBody(Body::Dashed, key[i])) {
            return at;
        }
    }
    return at + kLength;
}

// The first line of a private key; all of it where its end follows.
std::size_t pemEnd(std::string_view text, std::size_t at) {
    constexpr std::string_view kBegin = "-----BEGIN ";
    constexpr std::string_view kTail = "-----";
    constexpr std::size_t kLongest = 16'384;
    if (text.substr(at, kBegin.size()) != kBegin) {
        return at;
    }
    const std::size_t nameAt = at + kBegin.size();
    const std::size_t tail = text.substr(0, std::min(text.size(), nameAt + 64)).find(kTail, nameAt);
    if (tail == std::string_view::npos) {
        return at;
    }
    const std::string_view name = text.substr(nameAt, tail - nameAt);
    if (!name.ends_with("PRIVATE KEY") && !name.ends_with("PRIVATE KEY BLOCK")) {
        return at;
    }
    const std::size_t line = tail + kTail.size();
    const std::string end = "-----END " + std::string(name) + "-----";
    const std::size_t found = text.substr(line, kLongest).find(end);
    return found == std::string_view::npos ? line : line + found + end.size();
}

} // namespace

std::size_t apiKeyEnd(std::string_view text, std::size_t at) {
    const char first = text[at];
    if (first == '-') {
        return pemEnd(text, at);
    }
    if (first == 'e') {
        return webTokenEnd(text, at);
    }
    if (first == 'S') {
        return sendGridEnd(text, at);
    }
    for (const KeyShape& shape : kShapes) {
        if (shape.prefix.front() == first && text.substr(at, shape.prefix.size()) == shape.prefix) {
            const std::size_t end = shapedEnd(text, at, shape);
            if (end != at) {
                return end;
            }
        }
    }
    return at;
}

} // namespace fettle::data
