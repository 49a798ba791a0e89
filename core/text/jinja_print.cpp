// Printing values: str(), repr(), HTML escapes; and cutting, joining and replacing text with its marks.
#include "text/jinja_interp.h"
#include "text/jinja_objects.h"

#include "base/utf8.h"
#include "text/python_unicode.h"

#include <algorithm>

namespace fettle::text::jinja {

namespace {

void appendHex(std::string& out, char32_t value, int digits) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
        out.push_back(kDigits[(value >> static_cast<unsigned>(shift)) & 0xFU]);
    }
}

/// The text with Python's escapes, without its quotes.
std::string reprEscaped(std::string_view text, char quote) {
    std::string out;
    out.reserve(text.size() + 2);
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = codePointAt(text, at);
        const char32_t c = point.value;
        if (c == static_cast<char32_t>(quote) || c == '\\') {
            out.push_back('\\');
            out.push_back(static_cast<char>(c));
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else if (c == '\t') {
            out += "\\t";
        } else if (python::isPrintable(c)) {
            out.append(text.substr(at, point.size));
        } else if (c < 0x100) {
            out += "\\x";
            appendHex(out, c, 2);
        } else if (c < 0x10000) {
            out += "\\u";
            appendHex(out, c, 4);
        } else {
            out += "\\U";
            appendHex(out, c, 8);
        }
        at += point.size;
    }
    return out;
}

void appendStringRepr(Text& out, const Str& text) {
    const char quote =
        text.text.find('\'') != std::string::npos && text.text.find('"') == std::string::npos ? '"' : '\'';
    const std::string escaped = reprEscaped(text.text, quote);
    if (text.markup) {
        out.append("Markup(");
    }
    out.append(std::string_view(&quote, 1));
    if (escaped == text.text) {
        out.append(text);
    } else {
        out.appendDerived(escaped, text);
    }
    out.append(std::string_view(&quote, 1));
    if (text.markup) {
        out.append(")");
    }
}

} // namespace

void Interp::appendStr(Text& out, const Value& value) {
    switch (value.type()) {
    case Type::Undefined:
        return;
    case Type::String:
        out.append(value.str());
        return;
    default:
        appendRepr(out, value);
    }
}

void Interp::appendRepr(Text& out, const Value& value) {
    budget.step();
    switch (value.type()) {
    case Type::Undefined:
        out.append("Undefined");
        return;
    case Type::None:
        out.append("None");
        return;
    case Type::Bool:
        out.append(value.boolean() ? "True" : "False");
        return;
    case Type::Int:
        out.append(wideText(value.integer()));
        return;
    case Type::Float:
        out.append(floatRepr(value.real()));
        return;
    case Type::String:
        appendStringRepr(out, value.str());
        return;
    case Type::Object: {
        const Level level(*this);
        out.append(value.object().repr(*this));
        return;
    }
    case Type::List:
    case Type::Tuple: {
        const bool isList = value.is(Type::List);
        out.append(isList ? "[" : "(");
        bool first = true;
        for (const Value& item : value.items()) {
            out.append(first ? "" : ", ");
            first = false;
            appendRepr(out, item);
        }
        out.append(isList ? "]" : (value.items().size() == 1 ? ",)" : ")"));
        return;
    }
    case Type::Dict: {
        out.append("{");
        bool first = true;
        for (const auto& [key, held] : value.dict().entries) {
            out.append(first ? "" : ", ");
            first = false;
            appendRepr(out, key);
            out.append(": ");
            appendRepr(out, held);
        }
        out.append("}");
        return;
    }
    }
}

void Interp::appendEscaped(Text& out, const Value& value) {
    if (value.is(Type::String) && value.str().markup) {
        out.append(value.str());
        return;
    }
    const Value text = str(value);
    const std::string& bytes = text.text();
    std::size_t from = 0;
    for (std::size_t at = 0; at <= bytes.size(); ++at) {
        const char c = at < bytes.size() ? bytes[at] : '&';
        const char* const entity =
            c == '&'
                ? "&amp;"
                : (c == '<' ? "&lt;" : (c == '>' ? "&gt;" : (c == '"' ? "&#34;" : (c == '\'' ? "&#39;" : nullptr))));
        if (entity == nullptr) {
            continue;
        }
        if (at > from || (bytes.empty() && !text.str().marks.empty())) {
            out.append(text.str(), from, at);
        }
        if (at < bytes.size()) {
            Text piece(budget);
            piece.append(text.str(), at, at + 1);
            const Value origin = piece.take();
            out.appendDerived(entity, origin.str());
        }
        from = at + 1;
    }
}

Value Interp::str(const Value& value) {
    if (value.is(Type::String)) {
        return value;
    }
    Text out(budget);
    appendStr(out, value);
    return out.take();
}

std::string Interp::plain(const Value& value) {
    if (value.is(Type::String)) {
        return value.text();
    }
    Text out(budget);
    appendStr(out, value);
    return out.takeText();
}

std::string Interp::repr(const Value& value) {
    Text out(budget);
    appendRepr(out, value);
    return out.takeText();
}

Value substring(Interp& interp, const Value& text, std::size_t begin, std::size_t end) {
    if (begin == 0 && end == text.text().size()) {
        return text;
    }
    Text out(interp.budget);
    out.append(text.str(), begin, end);
    return out.take(text.str().markup);
}

Value derived(Interp& interp, const Value& origin, std::string result) {
    if (origin.text() == result) {
        return origin;
    }
    if (origin.str().marks.empty()) {
        interp.budget.memory(result.size());
        return Value::string(std::move(result), origin.str().markup);
    }
    Text out(interp.budget);
    out.appendDerived(result, origin.str());
    return out.take(origin.str().markup);
}

Value stripText(Interp& interp, const Value& text, const Value* characters, bool left, bool right) {
    const std::string& bytes = text.text();
    interp.budget.step(bytes.size() / 64);
    if (characters == nullptr || characters->is(Type::None)) {
        const python::Bounds bounds = python::stripBounds(bytes, left, right);
        return substring(interp, text, bounds.begin, bounds.end);
    }
    const std::u32string set = python::toCodePoints(requireString(*characters, "strip").text);
    const auto inSet = [&](std::size_t at) { return set.find(codePointAt(bytes, at).value) != std::u32string::npos; };
    std::size_t begin = 0;
    std::size_t end = bytes.size();
    while (left && begin < end && inSet(begin)) {
        interp.budget.step(1 + set.size() / 64);
        begin += codePointAt(bytes, begin).size;
    }
    while (right && end > begin) {
        interp.budget.step(1 + set.size() / 64);
        std::size_t start = end - 1;
        while (start > begin && (static_cast<unsigned char>(bytes[start]) & 0xC0U) == 0x80U) {
            --start;
        }
        if (!inSet(start)) {
            break;
        }
        end = start;
    }
    return substring(interp, text, begin, end);
}

std::vector<Value> splitLines(Interp& interp, const Value& text, bool keepEnds) {
    std::vector<Value> lines;
    const std::string& bytes = text.text();
    std::size_t begin = 0;
    for (std::size_t at = 0; at < bytes.size();) {
        const CodePoint point = codePointAt(bytes, at);
        if (!python::isLineBreak(point.value)) {
            at += point.size;
            continue;
        }
        std::size_t next = at + point.size;
        if (point.value == '\r' && next < bytes.size() && bytes[next] == '\n') {
            ++next;
        }
        interp.budget.memory(sizeof(Value));
        lines.push_back(substring(interp, text, begin, keepEnds ? next : at));
        begin = at = next;
    }
    if (begin < bytes.size()) {
        lines.push_back(substring(interp, text, begin, bytes.size()));
    }
    return lines;
}

Value replaceText(Interp& interp, const Value& text, const Value& from, const Value& to, Wide count) {
    const std::string& bytes = text.text();
    const std::string& old = requireString(from, "replace").text;
    const Str& fresh = requireString(to, "replace");
    interp.budget.step(bytes.size() / 16);
    if (count == 0 || bytes.find(old) == std::string::npos) {
        return text;
    }
    Text out(interp.budget);
    std::size_t at = 0;
    if (old.empty()) {
        while (count != 0) {
            interp.budget.step();
            out.append(fresh);
            if (at >= bytes.size()) {
                break;
            }
            const std::size_t next = python::byteOffset(bytes, 1, at);
            out.append(text.str(), at, next);
            at = next;
            --count;
        }
    } else {
        for (std::size_t found = bytes.find(old); found != std::string::npos && count != 0;
             found = bytes.find(old, at)) {
            interp.budget.step();
            out.append(text.str(), at, found);
            out.append(fresh);
            at = found + old.size();
            --count;
        }
    }
    if (at < bytes.size()) {
        out.append(text.str(), at, bytes.size());
    }
    return out.take(text.str().markup);
}

Value joinText(Interp& interp, const Value& separator, const std::vector<Value>& items) {
    Text out(interp.budget);
    bool first = true;
    std::size_t position = 0;
    for (const Value& item : items) {
        if (!item.is(Type::String)) {
            failRuntime("sequence item " + std::to_string(position) + ": expected str instance, " + typeName(item) +
                        " found");
        }
        ++position;
        interp.budget.step();
        if (!first) {
            out.append(separator.str());
        }
        first = false;
        out.append(item.str());
    }
    return out.take(separator.str().markup);
}

} // namespace fettle::text::jinja
