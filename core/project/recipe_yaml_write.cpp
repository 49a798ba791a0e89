// Values and whole recipes as YAML text. Numbers have a point and a signed exponent (2.0e-4), which readers of YAML 1.1
// and 1.2 both take for numbers.
#include "project/recipe_yaml.h"

#include "base/numbers.h"
#include "base/utf8.h"
#include "project/yaml_nodes.h"

#include <algorithm>
#include <array>

namespace fettle::project {
namespace {

// Words that some YAML reader takes for something other than text.
bool isReserved(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    static constexpr std::array<std::string_view, 11> words{"true", "false", "null", "yes",  "no",  "on",
                                                            "off",  "y",     "n",    ".nan", ".inf"};
    return std::find(words.begin(), words.end(), text) != words.end();
}

bool isPlain(const std::string& text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.empty() || isReserved(text) || !(letter(text.front()) || text.front() == '/' || text.front() == '.')) {
        return false;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool inner = c == ':' && i + 1 < text.size() && letter(text[i + 1]);
        if (!letter(c) && !digit(c) && c != '/' && c != '.' && c != '-' && c != '+' && !inner) {
            return false;
        }
    }
    return !(text.front() == '.' && text.size() > 1 && digit(text[1])); // .5 is a number
}

std::string quoted(const std::string& text) {
    static const char* digits = "0123456789abcdef";
    std::string out = "\"";
    for (std::size_t i = 0; i < text.size();) {
        const CodePoint point = codePointAt(text, i);
        const char32_t c = point.value;
        const bool breaks =
            c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029 || c == 0xFEFF || !point.valid;
        if (c == U'"' || c == U'\\') {
            out += '\\';
            out += static_cast<char>(c);
        } else if (c == U'\n') {
            out += "\\n";
        } else if (c == U'\t') {
            out += "\\t";
        } else if (breaks) {
            out += "\\u";
            for (int shift = 12; shift >= 0; shift -= 4) {
                out += digits[(c >> shift) & 0xF];
            }
        } else {
            out.append(text, i, point.size);
        }
        i += point.size;
    }
    return out + '"';
}

std::string number(double value) {
    std::string text = formatDouble(value);
    const auto e = text.find('e');
    if (e == std::string::npos) {
        return text;
    }
    std::string mantissa = text.substr(0, e);
    std::string exponent = text.substr(e + 1);
    if (mantissa.find('.') == std::string::npos) {
        mantissa += ".0";
    }
    if (exponent.front() != '-') {
        exponent.insert(0, 1, '+');
    }
    return mantissa + 'e' + exponent;
}

} // namespace

std::string inlineYaml(const Json& value) {
    if (value.is_string()) {
        const std::string& text = value.get_ref<const std::string&>();
        return isPlain(text) ? text : quoted(text);
    }
    if (value.is_number_float()) {
        return number(value.get<double>());
    }
    if (value.is_array()) {
        std::string out = "[";
        for (const Json& item : value) {
            out += (out.size() > 1 ? ", " : "") + inlineYaml(item);
        }
        return out + ']';
    }
    if (value.is_object()) {
        std::string out = "{";
        for (const auto& [name, item] : value.items()) {
            out += (out.size() > 1 ? ", " : "") + inlineYaml(Json(name)) + ": " + inlineYaml(item);
        }
        return out + '}';
    }
    return dumpJson(value); // null, true, whole numbers
}

std::string writeRecipeYaml(const recipe::Recipe& recipe) {
    std::string out;
    std::string section;
    for (const recipe::Field& field : recipe::fields()) {
        const auto dot = field.key.find('.');
        const std::string own = dot == std::string::npos ? std::string() : field.key.substr(0, dot);
        if (own != section) {
            out += (out.empty() ? "" : "\n") + own + ":\n";
            section = own;
        }
        out += (own.empty() ? "" : "  ") + (dot == std::string::npos ? field.key : field.key.substr(dot + 1)) + ": " +
               inlineYaml(field.get(recipe)) + '\n';
    }
    return out;
}

std::string mergeRecipeYaml(std::string_view text, const recipe::Recipe& wanted) {
    const auto current = loadRecipeYaml(text);
    if (!current) {
        return writeRecipeYaml(wanted);
    }
    std::string out(text);
    for (const recipe::FieldDifference& change : recipe::difference(*current, wanted)) {
        auto edited = editRecipeYaml(out, change.key, change.right);
        if (!edited) {
            return writeRecipeYaml(wanted);
        }
        out = std::move(edited).value();
    }
    return out;
}

} // namespace fettle::project
