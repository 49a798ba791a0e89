// The recipe as nested JSON and as command-line settings.
#include "base/numbers.h"
#include "recipe/fields.h"

#include <algorithm>

namespace fettle::recipe {
namespace {

struct KeyParts {
    std::string section; // "" at the top
    std::string name;
};

KeyParts split(const std::string& key) {
    const auto dot = key.find('.');
    return dot == std::string::npos ? KeyParts{"", key} : KeyParts{key.substr(0, dot), key.substr(dot + 1)};
}

bool isSection(std::string_view name) {
    const auto all = fields();
    return std::any_of(all.begin(), all.end(), [name](const Field& field) { return split(field.key).section == name; });
}

Error unknownKey(const std::string& key) {
    Error error = makeError(ErrorCode::InvalidInput, "unknown key").forKey(key);
    const std::string near = nearestKey(key);
    error.hint =
        near.empty() ? "The keys of a recipe are listed by `fettle train --help`." : "Did you mean " + near + "?";
    return error;
}

// What a setting's text means depends on the field: text is never read as a number, a number never as text.
Json valueFor(const Field& field, std::string_view text) {
    auto json = parseJson(text);
    if (field.type == FieldType::Text || field.type == FieldType::Choice) {
        if (json && (json->is_string() || (json->is_null() && field.nullable))) {
            return std::move(json).value();
        }
        return Json(std::string(text));
    }
    if (field.type == FieldType::TextList) {
        const bool takes = json && (json->is_string() || json->is_array() || json->is_null() ||
                                    (json->is_number() && field.acceptsShare));
        return takes ? std::move(json).value() : Json(std::string(text));
    }
    if (json) {
        return std::move(json).value();
    }
    // "1." or "+3": numbers that are not JSON.
    if (auto whole = parseInt(text)) {
        return Json(*whole);
    }
    if (auto number = parseDouble(text)) {
        return Json(*number);
    }
    return Json(std::string(text));
}

} // namespace

Json toJson(const Recipe& recipe) {
    Json out = Json::object();
    for (const Field& field : fields()) {
        const KeyParts key = split(field.key);
        (key.section.empty() ? out : out[key.section])[key.name] = field.get(recipe);
    }
    return out;
}

Result<Recipe> fromJson(const Json& json, std::vector<Error>* faults) {
    std::vector<Error> found;
    Recipe recipe;
    const auto set = [&](const std::string& key, const Json& value) {
        const Field* field = findField(key);
        if (field == nullptr) {
            found.push_back(unknownKey(key));
            return;
        }
        if (auto done = field->set(recipe, value); !done) {
            found.push_back(std::move(done).error());
        }
    };
    if (!json.is_object()) {
        found.push_back(makeError(ErrorCode::InvalidInput, "a recipe is an object of sections and keys"));
    } else {
        for (const auto& [name, value] : json.items()) {
            if (!isSection(name)) {
                set(name, value);
            } else if (value.is_object()) {
                for (const auto& [inner, item] : value.items()) {
                    set(name + '.' + inner, item);
                }
            } else if (!value.is_null()) {
                found.push_back(
                    makeError(ErrorCode::InvalidInput, "is a section: an object of keys was expected").forKey(name));
            }
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

Result<void> applySetting(Recipe& recipe, std::string_view assignment) {
    const auto equals = assignment.find('=');
    if (equals == std::string_view::npos || equals == 0) {
        return makeError(ErrorCode::Usage, "'" + std::string(assignment) + "' is no setting",
                         "Write key=value, for example optimizer.learning_rate=1e-4.");
    }
    const std::string key(assignment.substr(0, equals));
    const Field* field = findField(key);
    if (field == nullptr) {
        Error error = unknownKey(key);
        error.code = ErrorCode::Usage;
        return error;
    }
    return field->set(recipe, valueFor(*field, assignment.substr(equals + 1)));
}

std::vector<FieldDifference> difference(const Recipe& left, const Recipe& right) {
    std::vector<FieldDifference> out;
    for (const Field& field : fields()) {
        Json a = field.get(left);
        Json b = field.get(right);
        if (a != b) {
            out.push_back(FieldDifference{field.key, std::move(a), std::move(b)});
        }
    }
    return out;
}

bool operator==(const Recipe& left, const Recipe& right) {
    const auto all = fields();
    return std::all_of(all.begin(), all.end(), [&](const Field& field) { return field.get(left) == field.get(right); });
}

} // namespace fettle::recipe
