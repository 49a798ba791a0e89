// Python's two ways to format text: '%s' % x and '{}'.format(x).
#include "text/jinja_interp.h"
#include "text/jinja_objects.h"

#include "base/utf8.h"
#include "text/python_unicode.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace fettle::text::jinja {

namespace {

constexpr Wide kMaxWidth = 1'000'000;
constexpr int kMaxPrecision = 1'000;

struct Spec {
    std::string fill = " ";
    char align = '\0'; // < > ^ =
    char sign = '-';
    char type = '\0';
    char group = '\0';
    bool alternate = false;
    bool zero = false;
    Wide width = 0;
    int precision = -1;
};

std::string toCharsText(double value, std::chars_format format, int precision) {
    std::string buffer(static_cast<std::size_t>(precision) + 400, '\0');
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format, precision);
    buffer.resize(static_cast<std::size_t>(end.ptr - buffer.data()));
    return buffer;
}

std::string upperAscii(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return text;
}

/// Digits without a sign.
std::string floatDigits(double magnitude, const Spec& spec) {
    const char type = static_cast<char>(spec.type | 0x20);
    const int precision = spec.precision >= 0 ? spec.precision : 6;
    std::string out;
    if (std::isnan(magnitude) || std::isinf(magnitude)) {
        out = std::isnan(magnitude) ? "nan" : "inf";
    } else if (type == 'e') {
        out = toCharsText(magnitude, std::chars_format::scientific, precision);
    } else if (type == 'f' || type == '%') {
        out = toCharsText(magnitude, std::chars_format::fixed, precision);
    } else if (type == 'g' || type == 'n') {
        out = toCharsText(magnitude, std::chars_format::general, precision == 0 ? 1 : precision);
    } else if (spec.precision >= 0) { // no type: like g, but with a decimal at least
        out = toCharsText(magnitude, std::chars_format::general, precision == 0 ? 1 : precision);
        if (out.find_first_of(".e") == std::string::npos) {
            out += ".0";
        }
    } else {
        out = floatRepr(magnitude);
    }
    return spec.type >= 'A' && spec.type <= 'Z' ? upperAscii(out) : out;
}

std::string intDigits(Wide value, char type, bool alternate) {
    const char lower = static_cast<char>(type | 0x20);
    const unsigned base = lower == 'x' ? 16 : (lower == 'o' ? 8 : (lower == 'b' ? 2 : 10));
    if (base == 10 || value < 0) {
        return wideText(value < 0 ? -value : value);
    }
    std::string digits;
    for (Wide rest = value; rest > 0 || digits.empty(); rest /= base) {
        digits.push_back("0123456789abcdef"[static_cast<std::size_t>(rest % base)]);
    }
    if (alternate) {
        digits.push_back(lower);
        digits.push_back('0');
    }
    std::reverse(digits.begin(), digits.end());
    return type == 'X' ? upperAscii(digits) : digits;
}

std::string grouped(std::string digits, char separator, std::size_t every) {
    const std::size_t end = std::min(digits.find_first_not_of("0123456789abcdefABCDEF"), digits.size());
    for (std::size_t at = end; at > every; at -= every) {
        digits.insert(at - every, 1, separator);
    }
    return digits;
}

std::string signText(bool negative, char sign) {
    return negative ? "-" : (sign == '+' ? "+" : (sign == ' ' ? " " : ""));
}

/// Puts sign and body into the width.
void appendPadded(Text& out, const std::string& sign, const std::string& body, const Str* marked, const Spec& spec,
                  char defaultAlign) {
    const Wide size = static_cast<Wide>(sign.size() + python::length(body));
    const Wide missing = std::max<Wide>(0, spec.width - size);
    const char align = spec.align != '\0' ? spec.align : defaultAlign;
    const Wide left = align == '<' ? Wide{0} : (align == '^' ? missing / 2 : missing);
    const auto fill = [&](Wide count) {
        for (Wide i = 0; i < count; ++i) {
            out.append(spec.fill);
        }
    };
    if (align == '=') {
        out.append(sign);
        fill(missing);
    } else {
        fill(left);
        out.append(sign);
    }
    if (marked != nullptr && marked->text == body) {
        out.append(*marked);
    } else if (marked != nullptr) {
        out.appendDerived(body, *marked);
    } else {
        out.append(body);
    }
    if (align != '=') {
        fill(missing - left);
    }
}

int smallNumber(std::string_view text, std::size_t& at, Wide limit) {
    Wide value = 0;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
        value = value * 10 + (text[at] - '0');
        if (value > limit) {
            failRuntime("a width or precision is too large");
        }
        ++at;
    }
    return static_cast<int>(value);
}

Spec parseSpec(std::string_view text) {
    Spec spec;
    std::size_t at = 0;
    const auto isAlign = [](char c) { return c == '<' || c == '>' || c == '^' || c == '='; };
    if (!text.empty()) {
        const std::size_t fillSize = codePointAt(text, 0).size;
        if (fillSize < text.size() && isAlign(text[fillSize])) {
            spec.fill = std::string(text.substr(0, fillSize));
            spec.align = text[fillSize];
            at = fillSize + 1;
        } else if (isAlign(text[0])) {
            spec.align = text[0];
            at = 1;
        }
    }
    if (at < text.size() && (text[at] == '+' || text[at] == '-' || text[at] == ' ')) {
        spec.sign = text[at++];
    }
    if (at < text.size() && text[at] == '#') {
        spec.alternate = true;
        ++at;
    }
    if (at < text.size() && text[at] == '0') {
        spec.zero = true;
        if (spec.align == '\0') {
            spec.fill = "0";
        }
        ++at;
    }
    spec.width = smallNumber(text, at, kMaxWidth);
    if (at < text.size() && (text[at] == ',' || text[at] == '_')) {
        spec.group = text[at++];
    }
    if (at < text.size() && text[at] == '.') {
        const std::size_t before = ++at;
        spec.precision = smallNumber(text, at, kMaxPrecision);
        if (at == before) {
            failRuntime("Format specifier missing precision");
        }
    }
    if (at < text.size()) {
        spec.type = text[at++];
    }
    if (at != text.size()) {
        failRuntime("Invalid format specifier '" + std::string(text) + "'");
    }
    return spec;
}

[[noreturn]] void failCode(char code, const Value& value) {
    failRuntime(std::string("Unknown format code '") + code + "' for object of type '" + typeName(value) + "'");
}

/// format(value, spec)
void appendFormatted(Interp& interp, Text& out, const Value& value, std::string_view specText) {
    if (specText.empty()) {
        interp.appendStr(out, value);
        return;
    }
    Spec spec = parseSpec(specText);
    const char zeroAlign = spec.zero ? '=' : '>';
    if (value.is(Type::String)) {
        if (spec.type != '\0' && spec.type != 's') {
            failCode(spec.type, value);
        }
        if (spec.group != '\0') {
            failRuntime(std::string("Cannot specify '") + spec.group + "' with 's'.");
        }
        if (spec.align == '=' || spec.sign != '-') {
            failRuntime("Sign or '=' alignment not allowed in string format specifier");
        }
        Value text = value;
        if (spec.precision >= 0) {
            text =
                substring(interp, value, 0, python::byteOffset(value.text(), static_cast<std::size_t>(spec.precision)));
        }
        appendPadded(out, "", text.text(), &text.str(), spec, '<');
        return;
    }
    const bool asFloat =
        value.is(Type::Float) || (value.isInteger() && spec.type != '\0' &&
                                  std::string_view("eEfFgG%").find(spec.type) != std::string_view::npos);
    if (asFloat) {
        if (spec.type != '\0' && std::string_view("eEfFgGn%").find(spec.type) == std::string_view::npos) {
            failCode(spec.type, value);
        }
        const double number = spec.type == '%' ? value.real() * 100.0 : value.real();
        std::string digits = floatDigits(std::fabs(number), spec);
        if (spec.group != '\0') {
            digits = grouped(std::move(digits), spec.group, 3);
        }
        if (spec.type == '%') {
            digits += "%";
        }
        appendPadded(out, signText(std::signbit(number) && !std::isnan(number), spec.sign), digits, nullptr, spec,
                     zeroAlign);
        return;
    }
    if (value.isInteger()) {
        if (spec.type == 'c') {
            if (value.integer() < 0 || value.integer() > 0x10FFFF) {
                failRuntime("%c arg not in range(0x110000)");
            }
            std::string character;
            appendUtf8(character, static_cast<char32_t>(value.integer()));
            appendPadded(out, "", character, nullptr, spec, '<');
            return;
        }
        if (spec.type != '\0' && std::string_view("bdnoxX").find(spec.type) == std::string_view::npos) {
            failCode(spec.type, value);
        }
        if (spec.precision >= 0) {
            failRuntime("Precision not allowed in integer format specifier");
        }
        const Wide magnitude = value.integer() < 0 ? -value.integer() : value.integer();
        const bool decimal = spec.type == '\0' || spec.type == 'd' || spec.type == 'n';
        std::string digits = intDigits(magnitude, decimal ? 'd' : spec.type, spec.alternate);
        if (spec.group != '\0') {
            digits = grouped(std::move(digits), spec.group, decimal ? 3 : 4);
        }
        appendPadded(out, signText(value.integer() < 0, spec.sign), digits, nullptr, spec, zeroAlign);
        return;
    }
    failRuntime(std::string("unsupported format string passed to ") + typeName(value) + ".__format__");
}

struct Fields {
    Args& args;
    std::size_t next = 0;
    bool automatic = false, manual = false;
};

Value fieldValue(Interp& interp, std::string_view name, Fields& fields) {
    const std::size_t end = std::min(name.find_first_of(".["), name.size());
    const std::string_view first = name.substr(0, end);
    Value value;
    const bool isNumber =
        !first.empty() && std::all_of(first.begin(), first.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (first.empty() || isNumber) {
        (first.empty() ? fields.automatic : fields.manual) = true;
        if (fields.automatic && fields.manual) {
            failRuntime("cannot switch between manual field specification and automatic field numbering");
        }
        std::size_t at = 0;
        const std::size_t index =
            first.empty() ? fields.next++ : static_cast<std::size_t>(smallNumber(first, at, kMaxWidth));
        if (index >= fields.args.positional.size()) {
            failRuntime("Replacement index " + std::to_string(index) + " out of range for positional args tuple");
        }
        value = fields.args.positional[index];
    } else {
        const auto found = std::find_if(fields.args.named.begin(), fields.args.named.end(),
                                        [&](const auto& entry) { return entry.first == first; });
        if (found == fields.args.named.end()) {
            failRuntime("no format argument '" + std::string(first) + "'");
        }
        value = found->second;
    }
    std::size_t at = end;
    while (at < name.size()) {
        if (name[at] == '.') {
            const std::size_t stop = std::min(name.find_first_of(".[", at + 1), name.size());
            if (stop == at + 1) {
                failRuntime("Empty attribute in format string");
            }
            value = interp.attribute(value, name.substr(at + 1, stop - at - 1));
            at = stop;
            continue;
        }
        const std::size_t close = name[at] == '[' ? name.find(']', at) : std::string_view::npos;
        if (close == std::string_view::npos || close == at + 1) {
            failRuntime("a field of a format string has no end");
        }
        const std::string_view key = name.substr(at + 1, close - at - 1);
        const std::optional<Wide> index =
            std::all_of(key.begin(), key.end(), [](char c) { return c >= '0' && c <= '9'; }) ? parsePythonInt(key, 10)
                                                                                             : std::nullopt;
        value = interp.item(value, index ? Value::integer(*index) : Value::string(std::string(key)));
        at = close + 1;
    }
    return value;
}

void appendBraces(Interp& interp, Text& out, const Str& format, std::size_t begin, std::size_t end, Fields& fields,
                  int level) {
    const std::string& text = format.text;
    if (level > 2) {
        failRuntime("Max string recursion exceeded");
    }
    std::size_t at = begin;
    while (at < end) {
        const std::size_t brace = std::min(text.find_first_of("{}", at), end);
        out.append(format, at, brace);
        if (brace >= end) {
            return;
        }
        const char c = text[brace];
        if (brace + 1 < end && text[brace + 1] == c) {
            out.append(std::string_view(&c, 1));
            at = brace + 2;
            continue;
        }
        if (c == '}') {
            failRuntime("Single '}' encountered in format string");
        }
        std::size_t close = brace + 1;
        int depth = 1;
        while (close < end) {
            depth += text[close] == '{' ? 1 : (text[close] == '}' ? -1 : 0);
            if (depth == 0) {
                break;
            }
            ++close;
        }
        if (close >= end) {
            failRuntime(brace + 1 >= end ? "Single '{' encountered in format string"
                                         : "expected '}' before end of string");
        }
        const std::string_view field = std::string_view(text).substr(brace + 1, close - brace - 1);
        std::size_t nameEnd = 0;
        bool inBrackets = false;
        while (nameEnd < field.size() && (inBrackets || (field[nameEnd] != '!' && field[nameEnd] != ':'))) {
            inBrackets = field[nameEnd] == '[' || (inBrackets && field[nameEnd] != ']');
            ++nameEnd;
        }
        Value value = fieldValue(interp, field.substr(0, nameEnd), fields);
        std::size_t specAt = nameEnd;
        if (specAt < field.size() && field[specAt] == '!') {
            const char conversion = specAt + 1 < field.size() ? field[specAt + 1] : '\0';
            if (conversion == 'r' || conversion == 'a') {
                Text made(interp.budget);
                interp.appendRepr(made, value);
                value = made.take();
            } else if (conversion == 's') {
                value = interp.str(value);
            } else {
                failRuntime("Unknown conversion specifier in a format string");
            }
            specAt += 2;
            if (specAt < field.size() && field[specAt] != ':') {
                failRuntime("expected ':' after conversion specifier");
            }
        }
        std::string spec;
        if (specAt < field.size()) {
            Text made(interp.budget);
            const std::size_t offset = brace + 1 + specAt + 1;
            appendBraces(interp, made, format, offset, close, fields, level + 1);
            spec = made.takeText();
        }
        appendFormatted(interp, out, value, spec);
        at = close + 1;
    }
}

/// One % conversion.
void appendConversion(Interp& interp, Text& out, const Value& value, char type, Spec spec, bool leftAlign) {
    spec.align = leftAlign ? '<' : '\0';
    if (value.is(Type::Undefined) && std::string_view("diueEfFgG").find(type) != std::string_view::npos) {
        value.failUndefined();
    }
    switch (type) {
    case 's':
    case 'r':
    case 'a': {
        Text made(interp.budget);
        if (type == 's') {
            interp.appendStr(made, value);
        } else {
            interp.appendRepr(made, value);
        }
        Value text = made.take();
        if (spec.precision >= 0) {
            text =
                substring(interp, text, 0, python::byteOffset(text.text(), static_cast<std::size_t>(spec.precision)));
        }
        spec.fill = " ";
        appendPadded(out, "", text.text(), &text.str(), spec, '>');
        return;
    }
    case 'c': {
        std::string character;
        if (value.is(Type::String) && python::length(value.text()) == 1) {
            character = value.text();
        } else if (value.isInteger() && value.integer() >= 0 && value.integer() <= 0x10FFFF) {
            appendUtf8(character, static_cast<char32_t>(value.integer()));
        } else {
            failRuntime("%c requires int or char");
        }
        appendPadded(out, "", character, nullptr, spec, '>');
        return;
    }
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o': {
        if (!value.isNumber() || (value.is(Type::Float) && (type == 'x' || type == 'X' || type == 'o'))) {
            failRuntime(std::string("%") + type + " format: a real number is required, not " + typeName(value));
        }
        if (value.is(Type::Float) && !(std::fabs(value.real()) < 1e37)) {
            failRuntime("cannot convert float infinity or NaN to integer");
        }
        const Wide number = value.is(Type::Float) ? static_cast<Wide>(value.real()) : value.integer();
        std::string digits =
            intDigits(number < 0 ? -number : number, type == 'i' || type == 'u' ? 'd' : type, spec.alternate);
        if (spec.precision > 0 && digits.size() < static_cast<std::size_t>(spec.precision)) {
            digits.insert(0, static_cast<std::size_t>(spec.precision) - digits.size(), '0');
        }
        appendPadded(out, signText(number < 0, spec.sign), digits, nullptr, spec, spec.zero && !leftAlign ? '=' : '>');
        return;
    }
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        if (!value.isNumber()) {
            failRuntime(std::string("must be real number, not ") + typeName(value));
        }
        spec.type = type;
        appendPadded(out, signText(std::signbit(value.real()) && !std::isnan(value.real()), spec.sign),
                     floatDigits(std::fabs(value.real()), spec), nullptr, spec, spec.zero && !leftAlign ? '=' : '>');
        return;
    default:
        failRuntime(std::string("unsupported format character '") + type + "'");
    }
}

} // namespace

std::string fixedText(double value, int decimals) {
    return toCharsText(value, std::chars_format::fixed, std::clamp(decimals, 0, kMaxPrecision));
}

Value formatBraces(Interp& interp, const Value& format, Args& args) {
    Text out(interp.budget);
    Fields fields{args};
    appendBraces(interp, out, format.str(), 0, format.text().size(), fields, 0);
    return out.take(format.str().markup);
}

Value formatPercent(Interp& interp, const Value& format, const Value& arguments) {
    const std::string& text = format.text();
    const bool isTuple = arguments.is(Type::Tuple);
    std::size_t used = 0;
    const auto nextArgument = [&]() -> const Value& {
        const std::size_t available = isTuple ? arguments.items().size() : 1;
        if (used >= available) {
            failRuntime("not enough arguments for format string");
        }
        ++used;
        return isTuple ? arguments.items()[used - 1] : arguments;
    };
    Text out(interp.budget);
    bool usedMapping = false;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t percent = std::min(text.find('%', at), text.size());
        out.append(format.str(), at, percent);
        at = percent + 1;
        if (percent >= text.size()) {
            break;
        }
        const Value* named = nullptr;
        if (at < text.size() && text[at] == '(') {
            const std::size_t close = text.find(')', at);
            if (close == std::string::npos) {
                failRuntime("incomplete format key");
            }
            if (arguments.is(Type::Undefined)) {
                arguments.failUndefined();
            }
            if (!arguments.is(Type::Dict)) {
                failRuntime("format requires a mapping");
            }
            named = arguments.dict().find(std::string_view(text).substr(at + 1, close - at - 1));
            if (named == nullptr) {
                failRuntime("no format argument '" + text.substr(at + 1, close - at - 1) + "'");
            }
            usedMapping = true;
            at = close + 1;
        }
        Spec spec;
        bool leftAlign = false;
        for (; at < text.size() && std::string_view("-+ #0").find(text[at]) != std::string_view::npos; ++at) {
            leftAlign = leftAlign || text[at] == '-';
            spec.zero = spec.zero || text[at] == '0';
            spec.alternate = spec.alternate || text[at] == '#';
            if (text[at] == '+' || (text[at] == ' ' && spec.sign != '+')) {
                spec.sign = text[at];
            }
        }
        spec.fill = spec.zero && !leftAlign ? "0" : " ";
        const auto star = [&](Wide limit) {
            const Value& argument = nextArgument();
            if (!argument.isInteger()) {
                failRuntime("* wants int");
            }
            const Wide value = argument.integer();
            if (value > limit || value < -limit) {
                failRuntime("a width or precision is too large");
            }
            ++at;
            return static_cast<int>(value);
        };
        if (at < text.size() && text[at] == '*') {
            spec.width = star(kMaxWidth);
            if (spec.width < 0) {
                spec.width = -spec.width;
                leftAlign = true;
            }
        } else {
            spec.width = smallNumber(text, at, kMaxWidth);
        }
        if (at < text.size() && text[at] == '.') {
            ++at;
            spec.precision = at < text.size() && text[at] == '*' ? std::max(0, star(kMaxPrecision))
                                                                 : smallNumber(text, at, kMaxPrecision);
        }
        while (at < text.size() && (text[at] == 'h' || text[at] == 'l' || text[at] == 'L')) {
            ++at;
        }
        if (at >= text.size()) {
            failRuntime("incomplete format");
        }
        const char type = text[at++];
        if (type == '%' && at - percent == 2) {
            out.append("%");
            continue;
        }
        appendConversion(interp, out, named != nullptr ? *named : nextArgument(), type, spec, leftAlign);
    }
    const bool all = isTuple ? used >= arguments.items().size()
                             : used > 0 || usedMapping || arguments.is(Type::Dict) || arguments.is(Type::List) ||
                                   arguments.as<Range>() != nullptr || arguments.is(Type::Undefined);
    if (!all) {
        failRuntime("not all arguments converted during string formatting");
    }
    return out.take(format.str().markup);
}

} // namespace fettle::text::jinja
