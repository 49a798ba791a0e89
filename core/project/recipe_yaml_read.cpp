// YAML to recipe. yaml-cpp finds structure and places; what a scalar means is decided by the field it is for.
#include "project/recipe_yaml.h"

#include "base/numbers.h"
#include "base/utf8.h"
#include "project/yaml_nodes.h"

#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>

namespace fettle::project {
namespace {

using recipe::Field;
using recipe::FieldType;

constexpr std::size_t kMostBytes = std::size_t{1} << 20;

Error placed(Error error, const YAML::Mark& mark, const std::string& fileName) {
    error.file = fileName;
    if (!mark.is_null()) {
        error.line = mark.line + 1;
        error.column = mark.column + 1;
    }
    return error;
}

bool isQuoted(const YAML::Node& node) {
    return node.Tag() == "!" || node.Tag() == "tag:yaml.org,2002:str";
}

// Hears where documents begin and nothing else.
class DocumentStarts final : public YAML::EventHandler {
public:
    std::vector<YAML::Mark> marks;

    void OnDocumentStart(const YAML::Mark& mark) override { marks.push_back(mark); }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}
};

// What follows the first document. yaml-cpp's Load() ignores it, and its LoadAll() never ends where a stray sign begins
// a document that takes up nothing.
std::optional<YAML::Mark> secondDocument(const std::string& text) {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    DocumentStarts starts;
    if (!parser.HandleNextDocument(starts) || !parser.HandleNextDocument(starts) || starts.marks.size() < 2) {
        return std::nullopt;
    }
    return starts.marks[1];
}

Json numberOrText(const std::string& text) {
    if (const auto whole = parseInt(text)) {
        return *whole;
    }
    if (const auto number = parseDouble(text)) {
        return *number;
    }
    return text;
}

Json scalarFor(const Field& field, const YAML::Node& node) {
    const std::string& text = node.Scalar();
    switch (field.type) {
    case FieldType::Integer:
    case FieldType::Number:
        return numberOrText(text);
    case FieldType::Boolean: {
        const auto flag = parseBool(text);
        return flag ? Json(*flag) : Json(text);
    }
    case FieldType::TextList:
        if (field.acceptsShare && !isQuoted(node)) {
            if (const auto share = parseDouble(text)) {
                return *share;
            }
        }
        return text;
    default:
        return text;
    }
}

// Duplicate keys are told by an object that cannot be: the caller checks for them before.
Json valueFor(const Field& field, const YAML::Node& node) {
    if (node.IsNull()) {
        return nullptr;
    }
    if (node.IsScalar()) {
        return scalarFor(field, node);
    }
    if (node.IsSequence()) {
        Json out = Json::array();
        for (const YAML::Node& item : node) {
            out.push_back(item.IsScalar() ? Json(item.Scalar()) : Json(nullptr));
        }
        return out;
    }
    Json out = Json::object();
    for (const auto& item : node) {
        out[item.first.IsScalar() ? item.first.Scalar() : std::string()] =
            item.second.IsScalar() ? numberOrText(item.second.Scalar()) : Json(nullptr);
    }
    return out;
}

class Reader {
public:
    Reader(const std::string& fileName, std::vector<Error>& faults)
        : m_fileName(fileName)
        , m_faults(faults) {}

    recipe::Recipe read(const YAML::Node& root) {
        if (!root.IsNull()) {
            readMap(root, "");
        }
        return std::move(m_recipe);
    }

private:
    void readMap(const YAML::Node& map, const std::string& section) {
        std::set<std::string> seen;
        for (const auto& item : map) {
            if (!item.first.IsScalar()) {
                fault(makeError(ErrorCode::InvalidInput, "a key must be a word"), item.first.Mark(), section);
                continue;
            }
            const std::string& name = item.first.Scalar();
            const std::string key = section.empty() ? name : section + '.' + name;
            if (!seen.insert(name).second) {
                fault(makeError(ErrorCode::Parse, "stands twice", "Keep one of the two."), item.first.Mark(), key);
            } else if (section.empty() && isSection(name)) {
                readSection(item.second, item.first.Mark(), name);
            } else {
                readField(item.second, item.first.Mark(), key);
            }
        }
    }

    void readSection(const YAML::Node& node, const YAML::Mark& mark, const std::string& name) {
        if (node.IsMap()) {
            readMap(node, name);
        } else if (!node.IsNull()) {
            fault(makeError(ErrorCode::InvalidInput, "is a section: indented keys were expected below it"), mark, name);
        }
    }

    void readField(const YAML::Node& node, const YAML::Mark& keyMark, const std::string& key) {
        const Field* field = recipe::findField(key);
        if (field == nullptr) {
            const std::string near = recipe::nearestKey(key);
            fault(makeError(ErrorCode::InvalidInput, "unknown key",
                            near.empty() ? std::string() : "Did you mean " + near + "?"),
                  keyMark, key);
            return;
        }
        if (node.IsMap()) {
            std::set<std::string> seen;
            for (const auto& item : node) {
                if (item.first.IsScalar() && !seen.insert(item.first.Scalar()).second) {
                    fault(makeError(ErrorCode::Parse, "stands twice", "Keep one of the two."), item.first.Mark(),
                          key + '.' + item.first.Scalar());
                    return;
                }
            }
        }
        if (auto set = field->set(m_recipe, valueFor(*field, node)); !set) {
            const bool ownPlace = !node.IsNull() && !node.Mark().is_null();
            m_faults.push_back(placed(std::move(set).error(), ownPlace ? node.Mark() : keyMark, m_fileName));
        }
    }

    static bool isSection(const std::string& name) {
        const auto all = recipe::fields();
        return std::any_of(all.begin(), all.end(), [&name](const Field& field) {
            return field.key.size() > name.size() && field.key[name.size()] == '.' &&
                   field.key.compare(0, name.size(), name) == 0;
        });
    }

    void fault(Error error, const YAML::Mark& mark, const std::string& key) {
        error.key = key;
        m_faults.push_back(placed(std::move(error), mark, m_fileName));
    }

    const std::string& m_fileName;
    std::vector<Error>& m_faults;
    recipe::Recipe m_recipe;
};

} // namespace

Result<YAML::Node> parseYamlDocument(std::string_view text, const std::string& fileName) {
    if (text.size() > kMostBytes) {
        return makeError(ErrorCode::InvalidInput, "is larger than a recipe can be (1 MiB)").at(fileName);
    }
    if (const auto bad = firstInvalidUtf8(text)) {
        const auto before = text.substr(0, *bad);
        Error error = makeError(ErrorCode::Parse, "a byte that is not valid UTF-8", "Save the file as UTF-8.")
                          .at(fileName, 1 + std::count(before.begin(), before.end(), '\n'));
        error.column = static_cast<std::int64_t>(*bad - (before.rfind('\n') + 1)) + 1;
        return error;
    }
    try {
        const std::string copy(text);
        if (const auto second = secondDocument(copy)) {
            return placed(
                makeError(ErrorCode::Parse,
                          "the recipe ends before this place: a second document, or a sign that cannot stand here"),
                *second, fileName);
        }
        const YAML::Node root = YAML::Load(copy);
        if (!root.IsNull() && !root.IsMap()) {
            return placed(makeError(ErrorCode::Parse, "a recipe is made of keys and values (key: value)"), root.Mark(),
                          fileName);
        }
        return root;
    } catch (const YAML::Exception& error) {
        return placed(makeError(ErrorCode::Parse, "not valid YAML: " + error.msg), error.mark, fileName);
    } catch (const std::exception& error) {
        return makeError(ErrorCode::Parse, std::string("not valid YAML: ") + error.what()).at(fileName);
    }
}

Result<recipe::Recipe> loadRecipeYaml(std::string_view text, const std::string& fileName, std::vector<Error>* faults) {
    std::vector<Error> found;
    recipe::Recipe recipe;
    auto root = parseYamlDocument(text, fileName);
    if (!root) {
        found.push_back(std::move(root).error());
    } else {
        try {
            recipe = Reader(fileName, found).read(*root);
        } catch (const YAML::Exception& error) {
            found.push_back(placed(makeError(ErrorCode::Parse, "not valid YAML: " + error.msg), error.mark, fileName));
        }
    }
    if (found.empty()) {
        return recipe;
    }
    Error first = found.front();
    if (found.size() > 1) {
        first.detail = std::to_string(found.size()) + " faults in all";
    }
    if (faults != nullptr) {
        *faults = std::move(found);
    }
    return first;
}

} // namespace fettle::project
