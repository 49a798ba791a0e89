// Reading numbers as Python's int() and float() do.
#include "text/jinja_interp.h"

#include "base/utf8.h"
#include "text/python_unicode.h"

#include <charconv>
#include <limits>

namespace fettle::text::jinja {

std::optional<Wide> parsePythonInt(std::string_view text, int base) {
    const python::Bounds bounds = python::stripBounds(text);
    text = text.substr(bounds.begin, bounds.end - bounds.begin);
    bool negative = false;
    if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
        negative = text.front() == '-';
        text.remove_prefix(1);
    }
    if (text.size() > 1 && text[0] == '0') {
        const char letter = static_cast<char>(text[1] | 0x20);
        const int prefixed = letter == 'x' ? 16 : (letter == 'o' ? 8 : (letter == 'b' ? 2 : 0));
        if (prefixed != 0 && (base == prefixed || base == 0)) {
            base = prefixed;
            text.remove_prefix(2);
            if (!text.empty() && text.front() == '_') {
                text.remove_prefix(1);
            }
        } else if (base == 0 && text.find_first_not_of("0_") != std::string_view::npos) {
            return std::nullopt;
        }
    }
    base = base == 0 ? 10 : base;
    if (text.empty() || base < 2 || base > 36) {
        return std::nullopt;
    }
    Wide value = 0;
    bool lastWasDigit = false;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = codePointAt(text, at);
        at += point.size;
        if (point.value == '_') {
            if (!lastWasDigit || at >= text.size()) {
                return std::nullopt;
            }
            lastWasDigit = false;
            continue;
        }
        int digit = -1;
        if (point.value < 0x80) {
            const auto c = static_cast<char>(point.value | 0x20U);
            digit = point.value >= '0' && point.value <= '9' ? static_cast<int>(point.value - '0')
                                                             : (c >= 'a' && c <= 'z' ? c - 'a' + 10 : -1);
        }
        if (digit < 0 || digit >= base) {
            return std::nullopt;
        }
        if (value > (Wide{1} << 120)) {
            failRuntime("an integer is too large");
        }
        value = value * base + digit;
        lastWasDigit = true;
    }
    return negative ? -value : value;
}

std::optional<double> parsePythonFloat(std::string_view text) {
    const python::Bounds bounds = python::stripBounds(text);
    std::string body(text.substr(bounds.begin, bounds.end - bounds.begin));
    std::string clean;
    for (std::size_t i = 0; i < body.size(); ++i) {
        if (body[i] != '_') {
            clean.push_back(body[i]);
            continue;
        }
        const auto isDigit = [&](std::size_t at) { return at < body.size() && body[at] >= '0' && body[at] <= '9'; };
        if (i == 0 || !isDigit(i - 1) || !isDigit(i + 1)) {
            return std::nullopt;
        }
    }
    std::string lower = python::lower(clean);
    const bool negative = !lower.empty() && lower.front() == '-';
    if (!lower.empty() && (lower.front() == '-' || lower.front() == '+')) {
        lower.erase(0, 1);
    }
    if (lower == "inf" || lower == "infinity") {
        return negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
    }
    if (lower == "nan") {
        return std::numeric_limits<double>::quiet_NaN();
    }
    if (lower.find_first_not_of("0123456789.e+-") != std::string::npos || lower.empty() || lower.front() == '+' ||
        lower.front() == '-') {
        return std::nullopt;
    }
    double value = 0;
    const auto end = std::from_chars(lower.data(), lower.data() + lower.size(), value);
    if (end.ptr != lower.data() + lower.size()) {
        return std::nullopt;
    }
    if (end.ec == std::errc::result_out_of_range) {
        const std::size_t e = lower.find('e');
        value = e != std::string::npos && e + 1 < lower.size() && lower[e + 1] == '-'
                    ? 0.0
                    : std::numeric_limits<double>::infinity();
    } else if (end.ec != std::errc()) {
        return std::nullopt;
    }
    return negative ? -value : value;
}

} // namespace fettle::text::jinja
