// Node by node.
#include "project/yaml_json.h"

#include "base/numbers.h"
#include "project/yaml_nodes.h"

namespace fettle::project {
namespace {

constexpr int kDeepest = 32;

Error placed(Error error, const YAML::Mark& mark, const std::string& file) {
    error.file = file;
    if (!mark.is_null()) {
        error.line = mark.line + 1;
        error.column = mark.column + 1;
    }
    return error;
}

Json scalar(const YAML::Node& node) {
    const std::string& text = node.Scalar();
    if (node.Tag() == "!") { // quoted
        return text;
    }
    if (text == "true" || text == "false") {
        return text == "true";
    }
    if (text == "null" || text == "~" || text.empty()) {
        return nullptr;
    }
    if (const auto whole = parseInt(text)) {
        return *whole;
    }
    if (const auto number = parseDouble(text)) {
        return *number;
    }
    return text;
}

Result<Json> convert(const YAML::Node& node, const std::string& file, int depth) {
    if (depth > kDeepest) {
        return placed(makeError(ErrorCode::Parse, "is nested too deep"), node.Mark(), file);
    }
    if (node.IsSequence()) {
        Json list = Json::array();
        for (const YAML::Node& item : node) {
            FETTLE_TRY_VALUE(Json value, convert(item, file, depth + 1));
            list.push_back(std::move(value));
        }
        return list;
    }
    if (node.IsMap()) {
        Json object = Json::object();
        for (const auto& item : node) {
            if (!item.first.IsScalar()) {
                return placed(makeError(ErrorCode::Parse, "a key must be a word"), item.first.Mark(), file);
            }
            const std::string& key = item.first.Scalar();
            if (object.contains(key)) {
                return placed(makeError(ErrorCode::Parse, "stands there twice").forKey(key), item.first.Mark(), file);
            }
            FETTLE_TRY_VALUE(Json value, convert(item.second, file, depth + 1));
            object[key] = std::move(value);
        }
        return object;
    }
    return node.IsScalar() ? scalar(node) : Json(nullptr);
}

} // namespace

Result<Json> yamlToJson(std::string_view text, const std::string& fileName) {
    FETTLE_TRY_VALUE(const YAML::Node root, parseYamlDocument(text, fileName));
    if (root.IsNull()) {
        return Json::object();
    }
    try {
        return convert(root, fileName, 0);
    } catch (const YAML::Exception& error) {
        return placed(makeError(ErrorCode::Parse, "not valid YAML: " + error.msg), error.mark, fileName);
    }
}

} // namespace fettle::project
