// Shapes of addresses and numbers, and their proofs.
#include "data/personal_scan.h"

#include <algorithm>
#include <array>

namespace fettle::data {
namespace {

using Spans = std::vector<PersonalSpan>;

void add(Spans& out, PersonalKind kind, std::size_t begin, std::size_t end) {
    out.push_back({kind, begin, end});
}

// --- e-mail ---------------------------------------------------------------------------------------------------------

bool isLocalByte(char c) {
    return isAlnumByte(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-';
}

bool isLabel(std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-';
}

bool isTopLevel(std::string_view label) {
    return label.size() >= 2 && ((std::all_of(label.begin(), label.end(), isLetterByte)) || label.starts_with("xn--"));
}

// End of the domain that begins at `at`, or `at`.
std::size_t domainEnd(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && end - at < 254 && (isAlnumByte(text[end]) || text[end] == '.' || text[end] == '-')) {
        ++end;
    }
    if (byteAt(text, end) == '@' || byteAt(text, end) == '_') {
        return at;
    }
    std::size_t good = at; // end of the last label that may be a top level
    int labels = 0;
    for (std::size_t begin = at; begin < end;) {
        const std::size_t dot = std::min(text.find('.', begin), end);
        std::string_view label = text.substr(begin, dot - begin);
        // "example.org-today": what follows the hyphen is the sentence's.
        const std::string_view head = label.substr(0, label.find('-'));
        if (labels > 0 && isTopLevel(head) && (dot == end || head.size() == label.size())) {
            good = begin + head.size();
        }
        if (labels > 0 && isTopLevel(label)) {
            good = dot;
        }
        if (!isLabel(label)) {
            break;
        }
        ++labels;
        begin = dot + 1;
    }
    return good;
}

void email(std::string_view text, std::size_t sign, Spans& out) {
    std::size_t begin = sign;
    while (begin > 0 && sign - begin < 65 && isLocalByte(text[begin - 1])) {
        --begin;
    }
    if (const std::size_t dots = text.substr(begin, sign - begin).rfind(".."); dots != std::string_view::npos) {
        // Two dots are a fault of the address, three the end of what stood before it.
        const std::size_t after = begin + dots + 2;
        if (after < begin + 3 || text[after - 3] != '.') {
            return;
        }
        begin = after;
    }
    while (begin < sign && (text[begin] == '.' || text[begin] == '-' || text[begin] == '%' || text[begin] == '+')) {
        ++begin;
    }
    if (begin == sign || sign - begin > 64 || text[sign - 1] == '.' || (begin > 0 && text[begin - 1] == '@')) {
        return;
    }
    const std::size_t end = domainEnd(text, sign + 1);
    if (end != sign + 1) {
        add(out, PersonalKind::Email, begin, end);
    }
}

// --- groups of digits ---------------------------------------------------------------------------------------------

constexpr std::size_t kMostGroups = 8;

struct Groups {
    std::array<std::size_t, kMostGroups> begin{}, end{};
    std::array<char, kMostGroups> before{}; // the separator in front of the group, 'n' = no-break space
    std::size_t count = 0;
    std::size_t digits = 0;
    bool more = false; // went on after the last one
    [[nodiscard]] std::size_t size(std::size_t i) const { return end[i] - begin[i]; }
};

std::size_t separatorAt(std::string_view text, std::size_t at, char& kind) {
    const char c = byteAt(text, at);
    if (c == ' ' || c == '-' || c == '.' || c == '/') {
        kind = c;
        return 1;
    }
    if (c == '\xC2' && byteAt(text, at + 1) == '\xA0') {
        kind = 'n';
        return 2;
    }
    if (c == '\xE2' && byteAt(text, at + 1) == '\x80' &&
        (byteAt(text, at + 2) == '\xAF' || byteAt(text, at + 2) == '\x91')) {
        kind = byteAt(text, at + 2) == '\xAF' ? 'n' : '-';
        return 3;
    }
    return 0;
}

// Groups of digits with one separator between them, from a digit on.
Groups readGroups(std::string_view text, std::size_t at) {
    Groups groups;
    char separator = '\0';
    while (true) {
        const std::size_t begin = at;
        while (at < text.size() && isDigitByte(text[at]) && at - begin < 32) {
            ++at;
        }
        groups.begin[groups.count] = begin;
        groups.end[groups.count] = at;
        groups.before[groups.count] = separator;
        groups.digits += at - begin;
        ++groups.count;
        const std::size_t skip = separatorAt(text, at, separator);
        if (skip == 0 || !isDigitByte(byteAt(text, at + skip))) {
            groups.more = isDigitByte(byteAt(text, at));
            return groups;
        }
        if (groups.count == kMostGroups) {
            groups.more = true;
            return groups;
        }
        at += skip;
    }
}

// What stands after a number so that it is only part of something else.
bool goesOn(std::string_view text, std::size_t end) {
    const char c = byteAt(text, end);
    const char next = byteAt(text, end + 1);
    return isAlnumByte(c) || c == '_' || ((c == ',' || c == ':' || c == '.') && isDigitByte(next)) || c == '%';
}

// --- cards ----------------------------------------------------------------------------------------------------------

bool passesLuhn(std::string_view digits) {
    int total = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        int digit = digits[digits.size() - 1 - i] - '0';
        if (i % 2 == 1) {
            digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
        }
        total += digit;
    }
    return total % 10 == 0;
}

// Whether a network issues numbers that begin and are as long as these.
bool isCardNumber(std::string_view digits) {
    const std::size_t n = digits.size();
    if (n < 13 || n > 19 || !passesLuhn(digits)) {
        return false;
    }
    const auto first = [&](std::size_t count) {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            value = 10 * value + (digits[i] - '0');
        }
        return value;
    };
    const auto within = [](int value, int low, int high) { return value >= low && value <= high; };
    return (first(1) == 4 && (n == 13 || n == 16 || n == 19)) ||                              // Visa
           (n == 16 && (within(first(2), 51, 55) || within(first(4), 2221, 2720))) ||         // Mastercard
           (n == 15 && (first(2) == 34 || first(2) == 37)) ||                                 // American Express
           (n >= 16 && (first(4) == 6011 || first(2) == 65 || within(first(3), 644, 649))) || // Discover
           (n >= 16 && within(first(4), 3528, 3589)) ||                                       // JCB
           (n >= 14 && (within(first(3), 300, 305) || first(2) == 36 || within(first(2), 38, 39))) ||       // Diners
           (n >= 16 && first(2) == 62) ||                                                                   // UnionPay
           (n >= 13 && (first(2) == 50 || within(first(2), 56, 58) || first(2) == 67 || first(4) == 6304)); // Maestro
}

void card(std::string_view text, const Groups& groups, Spans& out) {
    using Pattern = std::array<std::size_t, 5>;
    constexpr std::array<Pattern, 5> kPatterns = {Pattern{4, 4, 4, 4, 3}, Pattern{4, 4, 4, 4, 0},
                                                  Pattern{4, 6, 5, 0, 0}, Pattern{4, 6, 4, 0, 0},
                                                  Pattern{4, 4, 4, 2, 0}};
    if (groups.size(0) >= 13 && groups.size(0) <= 19) {
        if (isCardNumber(text.substr(groups.begin[0], groups.size(0))) && !isAlnumByte(byteAt(text, groups.end[0]))) {
            add(out, PersonalKind::Card, groups.begin[0], groups.end[0]);
        }
        return;
    }
    for (const Pattern& pattern : kPatterns) {
        const std::size_t count = static_cast<std::size_t>(
            std::count_if(pattern.begin(), pattern.end(), [](std::size_t size) { return size > 0; }));
        bool fits = groups.count >= count;
        std::string digits;
        for (std::size_t i = 0; fits && i < count; ++i) {
            fits = groups.size(i) == pattern[i] && (i < 2 || groups.before[i] == groups.before[1]) &&
                   groups.before[i] != '.' && groups.before[i] != '/';
            digits += text.substr(groups.begin[i], groups.size(i));
        }
        if (fits && isCardNumber(digits) && !isAlnumByte(byteAt(text, groups.end[count - 1]))) {
            add(out, PersonalKind::Card, groups.begin[0], groups.end[count - 1]);
            return;
        }
    }
}

// --- phones ---------------------------------------------------------------------------------------------------------

// "+41 44 668 18 00", "+1 (415) 555-0132": from the plus sign on.
void internationalPhone(std::string_view text, std::size_t plus, Spans& out) {
    std::size_t at = plus + 1;
    std::size_t digits = 0;
    std::size_t end = plus;
    int dots = 0;
    bool open = false;
    if (byteAt(text, at) < '1' || byteAt(text, at) > '9') {
        return;
    }
    while (at < text.size()) {
        const char c = text[at];
        if (isDigitByte(c)) {
            if (++digits > 15) {
                return;
            }
            end = ++at;
            continue;
        }
        char kind = '\0';
        std::size_t skip = separatorAt(text, at, kind);
        dots += kind == '.' ? 1 : 0;
        if (!open && byteAt(text, at + skip) == '(' && isDigitByte(byteAt(text, at + skip + 1)) && digits <= 4) {
            open = true;
            at += skip + 1;
            continue;
        }
        if (open && c == ')') {
            open = false;
            skip = separatorAt(text, at + 1, kind);
            at += 1 + (isDigitByte(byteAt(text, at + 1 + skip)) ? skip : 0);
            if (!isDigitByte(byteAt(text, at))) {
                break;
            }
            continue;
        }
        if (skip == 0 || open || !isDigitByte(byteAt(text, at + skip))) {
            break;
        }
        at += skip;
    }
    const bool decimal = dots == 1 && text.substr(plus, end - plus).find_first_of(" -/(") == std::string_view::npos;
    if (digits >= 7 && !open && !decimal && !goesOn(text, end)) {
        add(out, PersonalKind::Phone, plus, end);
    }
}

bool sameSeparators(const Groups& groups, std::size_t from) {
    for (std::size_t i = from + 1; i < groups.count; ++i) {
        if (groups.before[i] != groups.before[from]) {
            return false;
        }
    }
    return true;
}

// "(212) 555-0187", "(030) 901820": from the bracket on.
void bracketedPhone(std::string_view text, std::size_t open, Spans& out) {
    std::size_t close = open + 1;
    while (isDigitByte(byteAt(text, close)) && close - open <= 6) {
        ++close;
    }
    const std::size_t area = close - open - 1;
    if (area < 2 || area > 5 || byteAt(text, close) != ')') {
        return;
    }
    char kind = '\0';
    const std::size_t skip = separatorAt(text, close + 1, kind);
    if (!isDigitByte(byteAt(text, close + 1 + skip)) || kind == '.' || kind == '/') {
        return;
    }
    const Groups groups = readGroups(text, close + 1 + skip);
    const bool american =
        area == 3 && text[open + 1] >= '2' && groups.count == 2 && groups.size(0) == 3 && groups.size(1) == 4;
    const bool other = text[open + 1] == '0' && groups.digits >= 4 && groups.digits + area >= 8 &&
                       groups.digits + area <= 12 && sameSeparators(groups, 1);
    const std::size_t end = groups.end[groups.count - 1];
    if ((american || other) && !groups.more && !goesOn(text, end)) {
        add(out, PersonalKind::Phone, open, end);
    }
}

bool isChineseMobile(std::string_view digits) {
    if (digits.size() != 11 || digits[0] != '1') {
        return false;
    }
    const int second = digits[1] - '0';
    const int third = digits[2] - '0';
    switch (second) {
    case 3:
    case 8:
        return true;
    case 4:
        return third == 5 || third == 7 || third == 9;
    case 5:
        return third != 4;
    case 6:
        return third == 2 || (third >= 5 && third <= 7);
    case 7:
        return third <= 8 && third != 4;
    case 9:
        return third != 4;
    default:
        return false;
    }
}

void nationalPhone(std::string_view text, const Groups& groups, Spans& out) {
    const std::size_t begin = groups.begin[0];
    const std::size_t last = groups.count - 1;
    const std::size_t end = groups.end[last];
    if (groups.more || goesOn(text, end)) {
        return;
    }
    const auto sizes = [&](std::initializer_list<std::size_t> wanted) {
        std::size_t i = 0;
        return wanted.size() == groups.count &&
               std::all_of(wanted.begin(), wanted.end(), [&](std::size_t size) { return groups.size(i++) == size; });
    };
    bool is = false;
    if (groups.count == 1) {
        is = isChineseMobile(text.substr(begin, end - begin));
    } else if (text[begin] == '0') {
        // "020 7946 0958", "030/901820": groups of two digits and more; the first separator may differ from the others.
        // "00" is how "+" is dialled: a country follows, and more digits.
        const bool abroad = text[begin + 1] == '0';
        const char next = byteAt(text, begin + 2);
        bool wide = groups.digits >= 9 && groups.digits <= (abroad ? 15U : 12U) &&
                    (!abroad || (next >= '1' && next <= '9')) && sameSeparators(groups, std::min<std::size_t>(2, last));
        for (std::size_t i = 0; i < groups.count; ++i) {
            wide = wide && groups.size(i) >= 2 && (groups.size(i) <= 6 || groups.count == 2) &&
                   (i < 2 || groups.before[i] != '/');
        }
        is = wide && (groups.count == 2 || groups.before[1] == groups.before[2] || groups.before[1] == '/');
    } else if (sameSeparators(groups, 1) && groups.before[1] != '/') {
        const std::size_t area = groups.count == 4 && text[begin] == '1' && groups.size(0) == 1 ? 1 : 0;
        const bool american = (area == 1 ? sizes({1, 3, 3, 4}) : sizes({3, 3, 4})) && text[groups.begin[area]] >= '2' &&
                              text[groups.begin[area + 1]] >= '2';
        is = american || (sizes({3, 4, 4}) && isChineseMobile(std::string(text.substr(groups.begin[0], 3)) +
                                                              std::string(text.substr(groups.begin[1], 4)) +
                                                              std::string(text.substr(groups.begin[2], 4))));
    }
    if (is) {
        add(out, PersonalKind::Phone, begin, end);
    }
}

// --- bank accounts
// ----------------------------------------------------------------------------------------------------

struct IbanLength {
    char country[3];
    unsigned char length;
};
constexpr IbanLength kIbanLengths[] = {
    {"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22}, {"BH", 22},
    {"BI", 27}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24}, {"DE", 22}, {"DJ", 27},
    {"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18}, {"FK", 18}, {"FO", 18}, {"FR", 27},
    {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27}, {"GT", 28}, {"HR", 21}, {"HU", 28}, {"IE", 22},
    {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27}, {"JO", 30}, {"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LC", 32},
    {"LI", 21}, {"LT", 20}, {"LU", 20}, {"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22}, {"MK", 19},
    {"MN", 20}, {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NI", 28}, {"NL", 18}, {"NO", 15}, {"OM", 23}, {"PK", 24},
    {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"RU", 33}, {"SA", 24}, {"SC", 31},
    {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"SO", 23}, {"ST", 25}, {"SV", 28}, {"TL", 23},
    {"TN", 24}, {"TR", 26}, {"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20}, {"YE", 30},
};

std::size_t ibanLength(std::string_view country) {
    for (const IbanLength& known : kIbanLengths) {
        if (country == std::string_view(known.country, 2)) {
            return known.length;
        }
    }
    return 0;
}

void iban(std::string_view text, std::size_t at, Spans& out) {
    const std::size_t length = ibanLength(text.substr(at, 2));
    if (length == 0 || !isDigitByte(byteAt(text, at + 2)) || !isDigitByte(byteAt(text, at + 3))) {
        return;
    }
    std::string compact;
    std::size_t i = at;
    while (compact.size() < length && i < text.size()) {
        const char c = text[i];
        if (isDigitByte(c) || isUpperByte(c)) {
            compact += c;
            ++i;
            continue;
        }
        char kind = '\0';
        const std::size_t skip = separatorAt(text, i, kind);
        if (skip == 0 || (kind != ' ' && kind != 'n' && kind != '-') || compact.size() % 4 != 0) {
            return;
        }
        i += skip;
    }
    if (compact.size() != length || isAlnumByte(byteAt(text, i))) {
        return;
    }
    int remainder = 0;
    for (std::size_t n = 0; n < length; ++n) {
        const char c = compact[(n + 4) % length];
        remainder = isDigitByte(c) ? (remainder * 10 + (c - '0')) % 97 : (remainder * 100 + (c - 'A' + 10)) % 97;
    }
    if (remainder == 1) {
        add(out, PersonalKind::Iban, at, i);
    }
}

} // namespace

void scanPersonal(std::string_view text, std::vector<PersonalSpan>& out) {
    std::size_t hexEnd = 0; // up to where runs of hex digits and colons are looked at
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '@') {
            email(text, i, out);
            continue;
        }
        const char before = i > 0 ? text[i - 1] : ' ';
        const bool starts = !isAlnumByte(before) && before != '_';
        if (c == '+' && starts && before != '+') {
            internationalPhone(text, i, out);
        } else if (c == '(' && isDigitByte(byteAt(text, i + 1)) && starts && before != '+') {
            bracketedPhone(text, i, out);
        } else if (c == '-' && before != '-') {
            if (byteAt(text, i + 1) == '-' && byteAt(text, i + 2) == '-') {
                if (const std::size_t end = apiKeyEnd(text, i); end != i) {
                    add(out, PersonalKind::ApiKey, i, end);
                    i = end - 1;
                    continue;
                }
            }
        } else if (starts && isDigitByte(c)) {
            const bool inside = before == '.' || before == ',' || before == '-' || before == ':';
            const bool joined = inside && i >= 2 && isAlnumByte(text[i - 2]);
            if (!joined) {
                const Groups groups = readGroups(text, i);
                card(text, groups, out);
                const bool phoneBefore = before == '+' || (before == '/' && i >= 2 && isDigitByte(text[i - 2])) ||
                                         (before == ' ' && i >= 2 && isDigitByte(text[i - 2])) || before == '(';
                if (!phoneBefore && before != '-' && before != '.') {
                    nationalPhone(text, groups, out);
                }
                if (before != '.' && before != '-') {
                    scanIpv4(text, i, out);
                }
            }
        } else if (starts && isLetterByte(c) && before != '-') {
            if (isUpperByte(c) && isUpperByte(byteAt(text, i + 1)) && isDigitByte(byteAt(text, i + 2))) {
                iban(text, i, out);
            }
            if (const std::size_t end = apiKeyEnd(text, i); end != i) {
                add(out, PersonalKind::ApiKey, i, end);
                i = end - 1;
                continue;
            }
        }
        if (i >= hexEnd && (c == ':' || isHexByte(c))) {
            hexEnd = scanIpv6(text, i, out);
        }
    }
}

} // namespace fettle::data
