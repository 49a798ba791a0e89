// Filters on numbers and other single values, and those that know HTML and addresses.
#include "text/jinja_filters.h"

#include "base/utf8.h"
#include "text/python_unicode.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace fettle::text::jinja {

namespace {

std::string percentEncoded(std::string_view text, bool forQuery) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                           c == '.' || c == '-' || c == '~' || (c == '/' && !forQuery);
        if (plain) {
            out.push_back(c);
        } else if (c == ' ' && forQuery) {
            out.push_back('+');
        } else {
            constexpr std::string_view kDigits = "0123456789ABCDEF";
            const auto byte = static_cast<unsigned char>(c);
            out.push_back('%');
            out.push_back(kDigits[byte >> 4U]);
            out.push_back(kDigits[byte & 0xFU]);
        }
    }
    return out;
}

Value urlEncode(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_urlencode", args, {});
    const bool isPlain =
        !(value.isSequence() || value.is(Type::Dict) || (value.is(Type::Object) && value.object().iterable()));
    if (isPlain) {
        const Value text = interp.str(value);
        return derived(interp, text, percentEncoded(text.text(), false));
    }
    std::string out;
    const auto add = [&](const Value& key, const Value& held) {
        out += (out.empty() ? "" : "&") + percentEncoded(interp.plain(key), true) + "=" +
               percentEncoded(interp.plain(held), true);
        interp.budget.memory(out.size() / 8 + 1);
    };
    if (value.is(Type::Dict)) {
        for (const auto& [key, held] : value.dict().entries) {
            add(key, held);
        }
    } else {
        for (const Value& pair : interp.iterate(value)) {
            const std::vector<Value> items = interp.iterate(pair);
            if (items.size() != 2) {
                failRuntime("urlencode: pairs expected");
            }
            add(items[0], items[1]);
        }
    }
    return Value::string(std::move(out));
}

std::string unescapeEntities(const std::string& text) {
    struct Entity {
        std::string_view name;
        std::string_view text;
    };
    constexpr std::array<Entity, 6> kEntities{
        {{"lt", "<"}, {"gt", ">"}, {"amp", "&"}, {"quot", "\""}, {"apos", "'"}, {"nbsp", "\xC2\xA0"}}};
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::size_t end = text[at] == '&' ? text.find(';', at) : std::string::npos;
        if (end == std::string::npos || end - at > 12) {
            out.push_back(text[at]);
            continue;
        }
        const std::string_view name = std::string_view(text).substr(at + 1, end - at - 1);
        if (name.size() > 1 && name[0] == '#') {
            const bool hex = name[1] == 'x' || name[1] == 'X';
            const std::optional<Wide> code = parsePythonInt(name.substr(hex ? 2 : 1), hex ? 16 : 10);
            if (code && *code > 0 && *code <= 0x10FFFF) {
                appendUtf8(out, static_cast<char32_t>(*code));
                at = end;
                continue;
            }
        }
        const auto* const found =
            std::find_if(kEntities.begin(), kEntities.end(), [&](const Entity& entity) { return entity.name == name; });
        if (found != kEntities.end()) {
            out += found->text;
            at = end;
        } else {
            out.push_back('&');
        }
    }
    return out;
}

Value stripTags(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_striptags", args, {});
    std::string text = interp.plain(value);
    const auto removeBetween = [&](std::string_view open, std::string_view close) {
        std::string kept;
        std::size_t at = 0;
        while (at < text.size()) {
            const std::size_t begin = text.find(open, at);
            const std::size_t end = begin == std::string::npos
                                        ? std::string::npos
                                        : text.find(close, begin + (open.size() > 1 ? open.size() : 0));
            if (end == std::string::npos) {
                break;
            }
            kept.append(text, at, begin - at);
            at = end + close.size();
        }
        kept.append(text, at, std::string::npos);
        text = std::move(kept);
    };
    removeBetween("<!--", "-->");
    removeBetween("<", ">");
    std::string joined;
    bool gap = false;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = codePointAt(text, at);
        if (python::isSpace(point.value)) {
            gap = true;
        } else {
            joined += gap && !joined.empty() ? " " : "";
            gap = false;
            joined.append(text, at, point.size);
        }
        at += point.size;
    }
    return Value::string(unescapeEntities(joined));
}

/// Links for the words that look like addresses.
Value urlize(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_urlize", args, {"trim_url_limit", "nofollow", "target", "rel", "extra_schemes"});
    Text out(interp.budget);
    const std::string text = interp.plain(value);
    for (std::size_t at = 0; at < text.size();) {
        const bool space = python::isSpace(codePointAt(text, at).value);
        std::size_t end = at;
        while (end < text.size() && python::isSpace(codePointAt(text, end).value) == space) {
            end += codePointAt(text, end).size;
        }
        const std::string word = text.substr(at, end - at);
        const bool full = word.rfind("https://", 0) == 0 || word.rfind("http://", 0) == 0;
        if (full || word.rfind("www.", 0) == 0) {
            const Value piece = Value::string(word);
            out.append(full ? "<a href=\"" : "<a href=\"https://");
            interp.appendEscaped(out, piece);
            out.append(bound.flag(1, false) ? "\" rel=\"nofollow noopener\">" : "\" rel=\"noopener\">");
            interp.appendEscaped(out, piece);
            out.append("</a>");
        } else {
            interp.appendEscaped(out, Value::string(word));
        }
        at = end;
    }
    return out.take(interp.autoescape);
}

Value xmlAttributes(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_xmlattr", args, {"autospace"});
    if (value.is(Type::Undefined)) {
        value.failUndefined();
    }
    if (!value.is(Type::Dict)) {
        failRuntime("xmlattr needs a mapping");
    }
    Text out(interp.budget);
    for (const auto& [key, held] : value.dict().entries) {
        if (held.is(Type::None) || held.is(Type::Undefined)) {
            continue;
        }
        const std::string name = interp.plain(key);
        for (const char32_t c : python::toCodePoints(name)) {
            if (python::isSpace(c) || c == '/' || c == '>' || c == '=') {
                failRuntime("Invalid character in attribute name: " + name);
            }
        }
        if (out.size() > 0 || bound.flag(0, true)) {
            out.append(" ");
        }
        interp.appendEscaped(out, key);
        out.append("=\"");
        interp.appendEscaped(out, held);
        out.append("\"");
    }
    return out.take(interp.autoescape);
}

Value fileSize(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_filesizeformat", args, {"binary"});
    const std::optional<double> number =
        value.isNumber() ? value.real() : (value.is(Type::String) ? parsePythonFloat(value.text()) : std::nullopt);
    if (value.is(Type::Undefined)) {
        value.failUndefined();
    }
    if (!number) {
        failRuntime("could not convert to float: " + interp.repr(value));
    }
    const bool binary = bound.flag(0, false);
    const double base = binary ? 1024 : 1000;
    constexpr std::array<std::string_view, 8> kBinary{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"};
    constexpr std::array<std::string_view, 8> kDecimal{"kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"};
    if (*number == 1) {
        return Value::string("1 Byte");
    }
    if (*number < base) {
        return Value::string(wideText(static_cast<Wide>(std::max(*number, -1e30))) + " Bytes");
    }
    double unit = base;
    std::size_t i = 0;
    for (; i < kBinary.size(); ++i) {
        unit *= base;
        if (*number < unit) {
            break;
        }
    }
    i = std::min(i, kBinary.size() - 1);
    return Value::string(fixedText(base * *number / unit, 1) + " " + std::string(binary ? kBinary[i] : kDecimal[i]));
}

Value toInt(Interp& /*interp*/, const Value& value, Args& args) {
    const Bound bound("do_int", args, {"default", "base"});
    const Value fallback = bound.valueOr(0, Value::integer(0));
    const auto fromFloat = [&](double number) {
        return std::isfinite(number) && std::fabs(number) < 1e37 ? Value::integer(static_cast<Wide>(number)) : fallback;
    };
    switch (value.type()) {
    case Type::Undefined:
        value.failUndefined();
    case Type::Bool:
    case Type::Int:
        return Value::integer(value.integer());
    case Type::Float:
        return fromFloat(value.real());
    case Type::String: {
        if (const std::optional<Wide> number =
                parsePythonInt(value.text(), static_cast<int>(std::clamp<Wide>(bound.integer(1, 10), 0, 99)))) {
            return Value::integer(*number);
        }
        const std::optional<double> number = parsePythonFloat(value.text());
        return number ? fromFloat(*number) : fallback;
    }
    default:
        return fallback;
    }
}

Value toFloat(Interp& /*interp*/, const Value& value, Args& args) {
    const Bound bound("do_float", args, {"default"});
    if (value.is(Type::Undefined)) {
        value.failUndefined();
    }
    if (value.isNumber()) {
        return Value::number(value.real());
    }
    const std::optional<double> number = value.is(Type::String) ? parsePythonFloat(value.text()) : std::nullopt;
    return number ? Value::number(*number) : bound.valueOr(0, Value::number(0.0));
}

Value absolute(Interp& interp, const Value& value, Args& args) {
    const Bound bound("abs", args, {});
    if (!value.isNumber()) {
        failRuntime(std::string("bad operand type for abs(): '") + typeName(value) + "'");
    }
    if (value.is(Type::Float)) {
        return Value::number(std::fabs(value.real()));
    }
    return value.integer() < 0 ? interp.negate(value) : Value::integer(value.integer());
}

Value roundValue(Interp& /*interp*/, const Value& value, Args& args) {
    const Bound bound("do_round", args, {"precision", "method"});
    const Wide precision = std::clamp<Wide>(bound.integer(0, 0), -300, 300);
    const std::string method =
        bound.get(1) != nullptr ? requireString(*bound.get(1), "round").text : std::string("common");
    if (method != "common" && method != "ceil" && method != "floor") {
        failRuntime("method must be common, ceil or floor");
    }
    if (!value.isNumber()) {
        failRuntime(std::string("type ") + typeName(value) + " doesn't define __round__ method");
    }
    const auto digits = static_cast<int>(precision);
    if (method != "common") {
        const double scale = std::pow(10.0, digits);
        const double scaled = value.real() * scale;
        if (!std::isfinite(scaled)) {
            failRuntime("cannot convert float infinity or NaN to integer");
        }
        return Value::number((method == "ceil" ? std::ceil(scaled) : std::floor(scaled)) / scale);
    }
    if (value.isInteger()) {
        Wide unit = 1;
        for (int i = 0; i < -digits && i < 37; ++i) {
            unit *= 10;
        }
        const Wide number = value.integer();
        Wide rest = number % unit;
        rest = rest < 0 ? rest + unit : rest;
        const Wide low = number - rest;
        const bool up = rest * 2 > unit || (rest * 2 == unit && (low / unit) % 2 != 0);
        return Value::integer(up ? low + unit : low);
    }
    if (!std::isfinite(value.real()) || digits > 17) {
        return value;
    }
    if (digits < 0) {
        const double scale = std::pow(10.0, -digits);
        return Value::number(std::nearbyint(value.real() / scale) * scale);
    }
    return Value::number(parsePythonFloat(fixedText(value.real(), digits)).value_or(value.real()));
}

Value defaultValue(Interp& /*interp*/, const Value& value, Args& args) {
    const Bound bound("do_default", args, {"default_value", "boolean"});
    const bool replaced = value.is(Type::Undefined) || (bound.flag(1, false) && !truth(value));
    return replaced ? bound.valueOr(0, Value::string(std::string())) : value;
}

Value attributeOf(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_attr", args, {"name"}, 1);
    return interp.attribute(value, requireString(*bound.get(0), "attr").text, false);
}

/// Dicts by their keys, as Python's pprint does.
Value prettyPrint(Interp& interp, const Value& value, Args& args) {
    const Bound bound("do_pprint", args, {});
    const std::function<Value(const Value&)> sorted = [&](const Value& held) -> Value {
        const Interp::Level level(interp);
        if (held.isSequence()) {
            std::vector<Value> items;
            for (const Value& item : held.items()) {
                items.push_back(sorted(item));
            }
            return held.is(Type::List) ? Value::list(std::move(items)) : Value::tuple(std::move(items));
        }
        if (!held.is(Type::Dict)) {
            return held;
        }
        auto entries = held.dict().entries;
        std::stable_sort(entries.begin(), entries.end(), [&](const auto& a, const auto& b) {
            return a.first.type() == b.first.type() && !a.first.is(Type::None) &&
                   order(a.first, b.first, interp.budget).value_or(0) < 0;
        });
        auto dict = std::make_shared<Dict>();
        for (auto& [key, item] : entries) {
            dict->set(key, sorted(item), interp.budget);
        }
        return Value::dict(std::move(dict));
    };
    return Value::string(interp.repr(sorted(value)));
}

} // namespace

std::vector<FilterEntry> valueFilters() {
    return {{"urlencode", urlEncode},     {"urlize", urlize},
            {"striptags", stripTags},     {"xmlattr", xmlAttributes},
            {"filesizeformat", fileSize}, {"int", toInt},
            {"float", toFloat},           {"abs", absolute},
            {"round", roundValue},        {"default", defaultValue},
            {"d", defaultValue},          {"attr", attributeOf},
            {"pprint", prettyPrint}};
}

} // namespace fettle::text::jinja
