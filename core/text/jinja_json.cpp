// The tojson filter: Python's json.dumps as transformers calls it (no HTML escapes, key order kept).
#include "text/jinja_interp.h"

#include "base/utf8.h"

#include <algorithm>
#include <cmath>

namespace fettle::text::jinja {

namespace {

struct Style {
    bool ascii = false;
    bool sortKeys = false;
    bool indented = false;
    std::string indent;
    std::string itemSeparator = ", ";
    std::string keySeparator = ": ";
};

std::string escaped(std::string_view text, bool ascii) {
    std::string out;
    out.reserve(text.size() + 2);
    const auto appendUnit = [&out](std::uint32_t unit) {
        constexpr std::string_view kDigits = "0123456789abcdef";
        out += "\\u";
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.push_back(kDigits[(unit >> static_cast<unsigned>(shift)) & 0xFU]);
        }
    };
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = static_cast<unsigned char>(text[at]);
        constexpr std::string_view kFrom = "\"\\\n\r\t\f\b";
        constexpr std::string_view kTo = "\"\\nrtfb";
        const std::size_t simple = kFrom.find(text[at]);
        if (simple != std::string_view::npos) {
            out.push_back('\\');
            out.push_back(kTo[simple]);
            ++at;
        } else if (byte < 0x20 || (ascii && byte == 0x7F)) {
            appendUnit(byte);
            ++at;
        } else if (byte < 0x80 || !ascii) {
            out.push_back(text[at]);
            ++at;
        } else {
            const CodePoint point = codePointAt(text, at);
            if (point.value >= 0x10000) {
                appendUnit(0xD800U + ((point.value - 0x10000U) >> 10U));
                appendUnit(0xDC00U + ((point.value - 0x10000U) & 0x3FFU));
            } else {
                appendUnit(point.value);
            }
            at += point.size;
        }
    }
    return out;
}

std::string floatJson(double value) {
    if (std::isnan(value)) {
        return "NaN";
    }
    if (std::isinf(value)) {
        return value < 0 ? "-Infinity" : "Infinity";
    }
    return floatRepr(value);
}

class Writer {
public:
    Writer(Interp& interp, const Style& style, Text& out)
        : m_interp(interp)
        , m_style(style)
        , m_out(out) {}

    void write(const Value& value, std::size_t level) {
        m_interp.budget.step();
        switch (value.type()) {
        case Type::None:
            m_out.append("null");
            return;
        case Type::Bool:
            m_out.append(value.boolean() ? "true" : "false");
            return;
        case Type::Int:
            m_out.append(wideText(value.integer()));
            return;
        case Type::Float:
            m_out.append(floatJson(value.real()));
            return;
        case Type::String:
            writeString(value.str());
            return;
        case Type::List:
        case Type::Tuple:
            writeList(value.items(), level);
            return;
        case Type::Dict:
            writeDict(value.dict(), level);
            return;
        default:
            failRuntime(std::string("Object of type ") +
                        (value.is(Type::Object) ? value.object().typeName() : typeName(value)) +
                        " is not JSON serializable");
        }
    }

private:
    void writeString(const Str& text) {
        const std::string json = escaped(text.text, m_style.ascii);
        m_out.append("\"");
        if (json == text.text) {
            m_out.append(text);
        } else {
            m_out.appendDerived(json, text);
        }
        m_out.append("\"");
    }

    void newLine(std::size_t level) {
        if (m_style.indented) {
            m_out.append("\n");
            for (std::size_t i = 0; i < level; ++i) {
                m_out.append(m_style.indent);
            }
        }
    }

    void writeList(const std::vector<Value>& items, std::size_t level) {
        if (items.empty()) {
            m_out.append("[]");
            return;
        }
        m_out.append("[");
        bool first = true;
        for (const Value& item : items) {
            m_out.append(first ? std::string_view() : std::string_view(m_style.itemSeparator));
            first = false;
            newLine(level + 1);
            write(item, level + 1);
        }
        newLine(level);
        m_out.append("]");
    }

    void writeDict(const Dict& dict, std::size_t level) {
        if (dict.entries.empty()) {
            m_out.append("{}");
            return;
        }
        std::vector<const std::pair<Value, Value>*> entries;
        for (const auto& entry : dict.entries) {
            entries.push_back(&entry);
        }
        if (m_style.sortKeys) {
            std::stable_sort(entries.begin(), entries.end(), [&](const auto* a, const auto* b) {
                return order(a->first, b->first, m_interp.budget).value_or(0) < 0;
            });
        }
        m_out.append("{");
        bool first = true;
        for (const auto* entry : entries) {
            m_out.append(first ? std::string_view() : std::string_view(m_style.itemSeparator));
            first = false;
            newLine(level + 1);
            writeKey(entry->first);
            m_out.append(m_style.keySeparator);
            write(entry->second, level + 1);
        }
        newLine(level);
        m_out.append("}");
    }

    void writeKey(const Value& key) {
        switch (key.type()) {
        case Type::String:
            writeString(key.str());
            return;
        case Type::None:
        case Type::Bool:
        case Type::Int:
        case Type::Float:
            m_out.append("\"");
            write(key, 0);
            m_out.append("\"");
            return;
        default:
            failRuntime(std::string("keys must be str, int, float, bool or None, not ") + typeName(key));
        }
    }

    Interp& m_interp;
    const Style& m_style;
    Text& m_out;
};

} // namespace

Value toJson(Interp& interp, const Value& value, Args& args) {
    const Bound bound("tojson", args, {"ensure_ascii", "indent", "separators", "sort_keys"});
    Style style;
    style.ascii = bound.flag(0, false);
    style.sortKeys = bound.flag(3, false);
    if (const Value* indent = bound.get(1); indent != nullptr && !indent->is(Type::None)) {
        style.indented = true;
        style.itemSeparator = ",";
        if (indent->is(Type::String)) {
            style.indent = indent->text();
        } else {
            const Wide width = requireInteger(*indent);
            if (width > 1000) {
                failRuntime("tojson: the indent is too large");
            }
            style.indent.assign(static_cast<std::size_t>(std::max<Wide>(0, width)), ' ');
        }
    }
    if (const Value* separators = bound.get(2); separators != nullptr && !separators->is(Type::None)) {
        const std::vector<Value> pair = interp.iterate(*separators);
        if (pair.size() != 2) {
            failRuntime("tojson: separators must be a pair");
        }
        style.itemSeparator = requireString(pair[0], "tojson").text;
        style.keySeparator = requireString(pair[1], "tojson").text;
    }
    Text out(interp.budget);
    Writer(interp, style, out).write(value, 0);
    return out.take();
}

} // namespace fettle::text::jinja
