// Addresses of the network by their grammar.
#include "data/personal_scan.h"

namespace fettle::data {
namespace {

// -----------------------------------------------------------------------------------------------------

// End of an IPv4 address that begins at `at`, or `at`.
std::size_t ipv4End(std::string_view text, std::size_t at) {
    std::size_t i = at;
    for (int part = 0; part < 4; ++part) {
        if (part > 0) {
            if (byteAt(text, i) != '.') {
                return at;
            }
            ++i;
        }
        const std::size_t begin = i;
        int value = 0;
        while (isDigitByte(byteAt(text, i)) && i - begin < 4) {
            value = 10 * value + (text[i] - '0');
            ++i;
        }
        if (i == begin || i - begin > 3 || value > 255 || (text[begin] == '0' && i - begin > 1)) {
            return at;
        }
    }
    return i;
}

// "version 1.2.3.4" is none.
bool afterVersion(std::string_view text, std::size_t at) {
    std::string_view before = text.substr(0, at);
    while (!before.empty() && (before.back() == ' ' || before.back() == '.' || before.back() == ':')) {
        before.remove_suffix(1);
    }
    for (const std::string_view word : {"version", "Version", "VERSION", "release", "Release", "ver", " v", "版本"}) {
        if (before.ends_with(word) && before.size() != at) {
            return true;
        }
    }
    return false;
}

} // namespace

void scanIpv4(std::string_view text, std::size_t at, std::vector<PersonalSpan>& out) {
    const std::size_t end = ipv4End(text, at);
    if (end == at) {
        return;
    }
    const char next = byteAt(text, end);
    const char after = byteAt(text, end + 1);
    const bool on = isAlnumByte(next) || next == '_' || ((next == '.' || next == '-') && isAlnumByte(after));
    if (!on && !afterVersion(text, at)) {
        out.push_back({PersonalKind::Ipv4, at, end});
    }
}

namespace {

bool isIpv6(std::string_view address) {
    int groups = 0;
    bool gap = false;
    bool digit = false;
    std::size_t i = 0;
    std::size_t firstGroup = 0;
    if (address.starts_with("::")) {
        gap = true;
        i = 2;
    } else if (address.starts_with(":")) {
        return false;
    }
    while (i < address.size()) {
        if (const std::size_t end = ipv4End(address, i); end == address.size() && end != i) {
            groups += 2;
            digit = true;
            break;
        }
        const std::size_t begin = i;
        while (i < address.size() && isHexByte(address[i])) {
            digit = digit || isDigitByte(address[i]);
            ++i;
        }
        if (i == begin || i - begin > 4) {
            return false;
        }
        firstGroup = groups == 0 ? i - begin : firstGroup;
        ++groups;
        if (i == address.size()) {
            break;
        }
        if (address[i] != ':' || i + 1 == address.size()) {
            return false;
        }
        ++i;
        if (address[i] == ':') {
            if (gap) {
                return false;
            }
            gap = true;
            ++i;
        }
    }
    // "a::b" and "std::f1" are names of programs: few groups need a first one as networks have it.
    const bool likely = groups > 2 || address.starts_with("::") || firstGroup >= 3;
    return digit && likely && groups > 0 && (gap ? groups <= 7 : groups == 8);
}

} // namespace

// The whole run of hex digits, colons and points around is one candidate. Gives its end.
std::size_t scanIpv6(std::string_view text, std::size_t at, std::vector<PersonalSpan>& out) {
    std::size_t end = at;
    int colons = 0;
    while (end < text.size() && (isHexByte(text[end]) || text[end] == ':' || text[end] == '.')) {
        colons += text[end] == ':' ? 1 : 0;
        ++end;
    }
    if (colons < 2 || end - at > 64) {
        return end;
    }
    std::size_t last = end;
    while (last > at &&
           (text[last - 1] == '.' || (text[last - 1] == ':' && (last < at + 2 || text[last - 2] != ':')))) {
        --last;
    }
    std::size_t first = at;
    if (text[first] == ':' && byteAt(text, first + 1) != ':') {
        ++first; // "address:fe80::1"
    } else if (first > 0 && (isAlnumByte(text[first - 1]) || text[first - 1] == '_')) {
        return end;
    }
    if (last == end && (isAlnumByte(byteAt(text, end)) || byteAt(text, end) == '_')) {
        return end;
    }
    if (last > first && isIpv6(text.substr(first, last - first))) {
        out.push_back({PersonalKind::Ipv6, first, last});
    }
    return end;
}

} // namespace fettle::data
