// Editing one value in a YAML text. The place comes from the parser's marks (bytes, after a byte order mark), the end
// of a value from a small scanner; and because a scanner can be wrong about YAML's stranger corners, every result is
// parsed again and must say exactly what was asked.
#include "project/recipe_yaml.h"

#include "project/yaml_nodes.h"

#include <algorithm>
#include <optional>

namespace fettle::project {
namespace {

constexpr std::size_t kNone = std::string_view::npos;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class Document {
public:
    Document(std::string_view text, YAML::Node root)
        : m_text(text)
        , m_root(std::move(root))
        , m_shift(text.substr(0, 3) == kByteOrderMark ? 3 : 0)
        , m_newline(text.find("\r\n") == kNone ? "\n" : "\r\n") {}

    [[nodiscard]] std::optional<std::string> edit(const std::string& key, const Json& value) const {
        const auto dot = key.find('.');
        if (m_root.IsNull()) {
            return dot == std::string::npos ? appended(key + ": " + inlineYaml(value))
                                            : appended(key.substr(0, dot) + ':' + m_newline + "  " +
                                                       key.substr(dot + 1) + ": " + inlineYaml(value));
        }
        if (dot == std::string::npos) {
            const auto entry = find(m_root, key);
            return entry ? replaced(*entry, isFlow(m_root), value) : insertedAtTop(key, value);
        }
        const std::string name = key.substr(dot + 1);
        const auto section = find(m_root, key.substr(0, dot));
        if (!section) {
            return insertedSection(key.substr(0, dot), name, value);
        }
        if (section->value.IsNull()) {
            return insertedIntoEmpty(*section, name, value);
        }
        const auto entry = find(section->value, name);
        return entry ? replaced(*entry, isFlow(section->value), value) : insertedInto(section->value, name, value);
    }

private:
    struct Entry {
        YAML::Node key, value;
    };

    [[nodiscard]] std::size_t at(const YAML::Node& node) const {
        return node.Mark().is_null() ? kNone : static_cast<std::size_t>(node.Mark().pos) + m_shift;
    }
    [[nodiscard]] char charAt(std::size_t place) const { return place < m_text.size() ? m_text[place] : '\0'; }
    [[nodiscard]] bool isFlow(const YAML::Node& map) const { return charAt(at(map)) == '{' || charAt(at(map)) == '['; }

    [[nodiscard]] static std::optional<Entry> find(const YAML::Node& map, const std::string& name) {
        for (const auto& item : map) {
            if (item.first.IsScalar() && item.first.Scalar() == name) {
                return Entry{item.first, item.second};
            }
        }
        return std::nullopt;
    }

    [[nodiscard]] std::size_t endOfLine(std::size_t place) const {
        std::size_t end = m_text.find('\n', place);
        end = end == kNone ? m_text.size() : end;
        return end > place && m_text[end - 1] == '\r' ? end - 1 : end;
    }
    [[nodiscard]] std::size_t startOfLine(std::size_t place) const {
        const std::size_t before = place == 0 ? kNone : m_text.rfind('\n', place - 1);
        return before == kNone ? m_shift : before + 1;
    }

    // End of a quoted text that begins at `place`.
    [[nodiscard]] std::size_t endOfQuoted(std::size_t place) const {
        const char quote = m_text[place];
        for (std::size_t i = place + 1; i < m_text.size(); ++i) {
            if (quote == '"' && m_text[i] == '\\') {
                ++i;
            } else if (m_text[i] == quote) {
                if (quote == '\'' && charAt(i + 1) == '\'') {
                    ++i;
                    continue;
                }
                return i + 1;
            }
        }
        return kNone;
    }

    [[nodiscard]] std::size_t endOfBrackets(std::size_t place) const {
        int depth = 0;
        for (std::size_t i = place; i < m_text.size(); ++i) {
            const char c = m_text[i];
            if (c == '{' || c == '[') {
                ++depth;
            } else if (c == '}' || c == ']') {
                if (--depth == 0) {
                    return i + 1;
                }
            } else if ((c == '"' || c == '\'') && startsValue(i)) {
                const std::size_t end = endOfQuoted(i);
                if (end == kNone) {
                    return kNone;
                }
                i = end - 1;
            } else if (c == '#' && (m_text[i - 1] == ' ' || m_text[i - 1] == '\t' || m_text[i - 1] == '\n')) {
                i = endOfLine(i);
            }
        }
        return kNone;
    }
    // A quote inside a plain word (don't) opens nothing.
    [[nodiscard]] bool startsValue(std::size_t place) const {
        const char before = place == 0 ? ' ' : m_text[place - 1];
        return before == ' ' || before == '\t' || before == '\n' || before == ',' || before == '[' || before == '{' ||
               before == ':';
    }

    [[nodiscard]] std::size_t endOfPlain(std::size_t place, bool inFlow) const {
        std::size_t end = place;
        const std::size_t limit = endOfLine(place);
        while (end < limit) {
            const char c = m_text[end];
            if (inFlow && (c == ',' || c == '}' || c == ']')) {
                break;
            }
            if (c == '#' && end > place && (m_text[end - 1] == ' ' || m_text[end - 1] == '\t')) {
                break;
            }
            ++end;
        }
        while (end > place && (m_text[end - 1] == ' ' || m_text[end - 1] == '\t')) {
            --end;
        }
        return end;
    }

    // Where a value ends; kNone for forms that are left alone (anchors, tags, block texts).
    [[nodiscard]] std::size_t endOf(const YAML::Node& node, bool inFlow) const {
        const std::size_t begin = at(node);
        if (begin == kNone || node.IsNull()) {
            return kNone;
        }
        switch (charAt(begin)) {
        case '"':
        case '\'':
            return node.IsScalar() ? endOfQuoted(begin) : kNone;
        case '{':
        case '[':
            return endOfBrackets(begin);
        case '&':
        case '*':
        case '!':
        case '|':
        case '>':
            return kNone;
        default:
            break;
        }
        if (node.IsScalar()) {
            return endOfPlain(begin, inFlow);
        }
        // A block list or map ends with its last value.
        YAML::Node last;
        YAML::Node lastKey;
        for (const auto& item : node) {
            if (node.IsMap()) {
                lastKey.reset(item.first);
                last.reset(item.second);
            } else {
                last.reset(item);
            }
        }
        if (node.IsMap() && last.IsNull()) {
            return explicitNull(last, lastKey) ? endOfPlain(at(last), false) : endOfLine(at(lastKey));
        }
        return endOf(last, false);
    }

    // `~` or `null` on the key's line; a value that is left out has no place of its own.
    [[nodiscard]] bool explicitNull(const YAML::Node& value, const YAML::Node& key) const {
        const std::size_t place = at(value);
        return place != kNone && value.Mark().line == key.Mark().line &&
               (charAt(place) == '~' || charAt(place) == 'n' || charAt(place) == 'N');
    }

    [[nodiscard]] std::string with(std::size_t begin, std::size_t end, const std::string& inserted) const {
        return std::string(m_text.substr(0, begin)) + inserted + std::string(m_text.substr(end));
    }

    [[nodiscard]] std::size_t afterColon(const YAML::Node& key) const {
        const std::size_t begin = at(key);
        const std::size_t end =
            charAt(begin) == '"' || charAt(begin) == '\'' ? endOfQuoted(begin) : begin + key.Scalar().size();
        const std::size_t colon = end == kNone ? kNone : m_text.find(':', end);
        return colon == kNone ? kNone : colon + 1;
    }

    [[nodiscard]] std::optional<std::string> replaced(const Entry& entry, bool inFlow, const Json& value) const {
        if (entry.value.IsNull()) {
            if (explicitNull(entry.value, entry.key)) {
                return with(at(entry.value), endOfPlain(at(entry.value), inFlow), inlineYaml(value));
            }
            const std::size_t place = afterColon(entry.key);
            return place == kNone ? std::nullopt : std::optional(with(place, place, ' ' + inlineYaml(value)));
        }
        const std::size_t begin = at(entry.value);
        const std::size_t end = endOf(entry.value, inFlow);
        if (begin == kNone || end == kNone) {
            return std::nullopt;
        }
        const bool block = !entry.value.IsScalar() && !isFlow(entry.value);
        if (!block) {
            return with(begin, end, inlineYaml(value));
        }
        if (entry.value.IsSequence() && value.is_array() && !value.empty()) {
            return replacedItems(entry.value, value);
        }
        const std::size_t place = afterColon(entry.key);
        return place == kNone ? std::nullopt : std::optional(with(place, end, ' ' + inlineYaml(value)));
    }

    // A block list: items that stay keep their lines, comments included.
    [[nodiscard]] std::optional<std::string> replacedItems(const YAML::Node& list, const Json& value) const {
        const auto oldCount = list.size();
        std::size_t same = 0;
        while (same < oldCount && same < value.size() && list[same].IsScalar() &&
               list[same].Scalar() == value[same].get<std::string>()) {
            ++same;
        }
        const std::string indent(static_cast<std::size_t>(list.Mark().column), ' ');
        const auto lines = [&](std::size_t from) {
            std::string out;
            for (std::size_t i = from; i < value.size(); ++i) {
                out += m_newline + indent + "- " + inlineYaml(value[i]);
            }
            return out;
        };
        if (same == 0) {
            const std::size_t end = endOf(list, false);
            return end == kNone ? std::nullopt
                                : std::optional(with(startOfLine(at(list)), end, lines(0).substr(m_newline.size())));
        }
        const std::size_t keptEnd = endOf(list[same - 1], false);
        const std::size_t lastEnd = endOf(list[oldCount - 1], false);
        if (keptEnd == kNone || lastEnd == kNone) {
            return std::nullopt;
        }
        const std::size_t from = endOfLine(keptEnd);
        const std::size_t to = same == oldCount ? from : endOfLine(lastEnd);
        return with(from, to, lines(same));
    }

    [[nodiscard]] std::optional<std::string> insertedInto(const YAML::Node& map, const std::string& name,
                                                          const Json& value) const {
        const std::size_t end = endOf(map, false);
        if (end == kNone) {
            return std::nullopt;
        }
        const std::string line = name + ": " + inlineYaml(value);
        if (isFlow(map)) {
            return with(end - 1, end - 1, (map.size() == 0 ? "" : ", ") + line);
        }
        const std::string indent(static_cast<std::size_t>(map.begin()->first.Mark().column), ' ');
        const std::size_t place = endOfLine(end);
        return with(place, place, m_newline + indent + line);
    }

    [[nodiscard]] std::optional<std::string> insertedIntoEmpty(const Entry& section, const std::string& name,
                                                               const Json& value) const {
        if (explicitNull(section.value, section.key) || isFlow(m_root)) {
            return std::nullopt;
        }
        const std::size_t place = endOfLine(at(section.key));
        return with(place, place, m_newline + "  " + name + ": " + inlineYaml(value));
    }

    [[nodiscard]] std::optional<std::string> insertedSection(const std::string& section, const std::string& name,
                                                             const Json& value) const {
        if (isFlow(m_root)) {
            return insertedInto(m_root, section, Json{{name, value}});
        }
        return appended(section + ':' + m_newline + "  " + name + ": " + inlineYaml(value));
    }

    // After the last single value at the top, so that it stays above the sections.
    [[nodiscard]] std::optional<std::string> insertedAtTop(const std::string& key, const Json& value) const {
        if (isFlow(m_root)) {
            return insertedInto(m_root, key, value);
        }
        const std::string line = key + ": " + inlineYaml(value);
        std::size_t place = kNone;
        for (const auto& item : m_root) {
            if (!item.second.IsScalar()) {
                break;
            }
            place = endOf(item.second, false);
        }
        if (place == kNone) {
            const std::size_t first = startOfLine(at(m_root.begin()->first));
            return with(first, first, line + m_newline);
        }
        return with(endOfLine(place), endOfLine(place), m_newline + line);
    }

    [[nodiscard]] std::string appended(const std::string& lines) const {
        std::string out(m_text);
        if (out.size() > m_shift && out.back() != '\n') {
            out += m_newline;
        }
        return out + lines + m_newline;
    }

    std::string_view m_text;
    YAML::Node m_root;
    std::size_t m_shift;
    std::string m_newline;
};

} // namespace

Result<std::string> editRecipeYaml(std::string_view text, const std::string& key, const Json& value) {
    const recipe::Field* field = recipe::findField(key);
    if (field == nullptr) {
        return makeError(ErrorCode::InvalidInput, "unknown key").forKey(key);
    }
    FETTLE_TRY_VALUE(recipe::Recipe wanted, loadRecipeYaml(text));
    FETTLE_TRY(field->set(wanted, value));
    FETTLE_TRY_VALUE(const YAML::Node root, parseYamlDocument(text, {}));
    const Error refused = makeError(ErrorCode::Unsupported, "this value cannot be changed in the text as it is written",
                                    "Change it by hand, or let the recipe be written afresh.")
                              .forKey(key);
    try {
        // The field's own form: what the recipe would say, not how the caller put it.
        auto edited = Document(text, root).edit(key, field->get(wanted));
        if (!edited) {
            return refused;
        }
        const auto back = loadRecipeYaml(*edited);
        if (!back || !(*back == wanted)) {
            return refused;
        }
        return std::move(*edited);
    } catch (const YAML::Exception&) {
        return refused;
    }
}

} // namespace fettle::project
