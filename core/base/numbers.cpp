// from_chars and to_chars, wrapped.
#include "base/numbers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace fettle {
namespace {

template <class T>
Result<T> parseNumber(std::string_view text, const char* kind) {
    std::string_view body = text;
    if (!body.empty() && body.front() == '+' && body.size() > 1 && body[1] != '-') {
        body.remove_prefix(1);
    }
    T value{};
    const auto [end, status] = std::from_chars(body.data(), body.data() + body.size(), value);
    if (status == std::errc::result_out_of_range) {
        return makeError(ErrorCode::InvalidInput, "'" + std::string(text) + "' is out of range");
    }
    if (status != std::errc{} || end != body.data() + body.size()) {
        return makeError(ErrorCode::InvalidInput, "'" + std::string(text) + "' is not " + kind);
    }
    return value;
}

std::string twoDigits(std::int64_t value) {
    return (value < 10 ? "0" : "") + std::to_string(value);
}

} // namespace

Result<double> parseDouble(std::string_view text) {
    auto value = parseNumber<double>(text, "a number");
    if (value && !std::isfinite(*value)) {
        return makeError(ErrorCode::InvalidInput, "'" + std::string(text) + "' is not a finite number");
    }
    return value;
}

Result<std::int64_t> parseInt(std::string_view text) {
    return parseNumber<std::int64_t>(text, "a whole number");
}

Result<bool> parseBool(std::string_view text) {
    if (text == "true") {
        return true;
    }
    if (text == "false") {
        return false;
    }
    return makeError(ErrorCode::InvalidInput, "'" + std::string(text) + "' is neither true nor false");
}

std::string formatDouble(double value) {
    if (!std::isfinite(value)) {
        return "null";
    }
    std::array<char, 64> buffer{};
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    std::string out(buffer.data(), result.ptr);
    // "2e-04" → "2e-4": exponents as people write them.
    const auto e = out.find('e');
    if (e != std::string::npos) {
        std::size_t digits = e + 1;
        if (digits < out.size() && (out[digits] == '-' || out[digits] == '+')) {
            if (out[digits] == '+') {
                out.erase(digits, 1);
            } else {
                ++digits;
            }
        }
        while (digits + 1 < out.size() && out[digits] == '0') {
            out.erase(digits, 1);
        }
    }
    return out;
}

std::string formatFixed(double value, int decimals) {
    if (!std::isfinite(value)) {
        return std::isnan(value) ? "nan" : (value > 0 ? "inf" : "-inf");
    }
    std::array<char, 400> buffer{};
    const auto result =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, decimals);
    return {buffer.data(), result.ptr};
}

std::string formatBytes(std::uint64_t bytes) {
    const auto value = static_cast<double>(bytes);
    if (value >= 1e9) {
        return formatFixed(value / 1e9, 1) + " GB";
    }
    if (value >= 1e6) {
        return formatFixed(value / 1e6, 0) + " MB";
    }
    if (value >= 1e3) {
        return formatFixed(value / 1e3, 0) + " kB";
    }
    return std::to_string(bytes) + " B";
}

std::string formatDuration(double seconds) {
    const auto whole = static_cast<std::int64_t>(std::llround(std::max(0.0, seconds)));
    if (whole < 60) {
        return std::to_string(whole) + " s";
    }
    if (whole < 3600) {
        return std::to_string(whole / 60) + " min " + twoDigits(whole % 60) + " s";
    }
    return std::to_string(whole / 3600) + " h " + twoDigits(whole % 3600 / 60) + " min";
}

} // namespace fettle
