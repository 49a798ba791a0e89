// Recipes are objects of sections; values below a section (lists, maps of patterns) are compared whole.
#include "run/recipe_diff.h"

#include <algorithm>

namespace fettle::run {
namespace {

constexpr const char* kOutput = "output";

const Json* member(const Json& object, const std::string& key) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    return found != object.end() ? &*found : nullptr;
}

std::vector<std::string> keysOf(const Json& left, const Json& right) {
    std::vector<std::string> keys;
    for (const Json* json : {&left, &right}) {
        if (!json->is_object()) {
            continue;
        }
        for (const auto& [key, value] : json->items()) {
            if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
                keys.push_back(key);
            }
        }
    }
    return keys;
}

// Maps are equal in any order of their keys.
bool equal(const Json* left, const Json* right) {
    if (left == nullptr || right == nullptr) {
        return left == right;
    }
    if (!left->is_object() || !right->is_object()) {
        return *left == *right;
    }
    const auto keys = keysOf(*left, *right);
    return std::all_of(keys.begin(), keys.end(),
                       [&](const std::string& key) { return equal(member(*left, key), member(*right, key)); });
}

std::optional<Json> copyOf(const Json* value) {
    return value == nullptr ? std::nullopt : std::optional<Json>(*value);
}

void compare(const Json& left, const Json& right, const std::string& section, std::vector<RecipeDifference>& out) {
    for (const std::string& key : keysOf(left, right)) {
        const Json* a = member(left, key);
        const Json* b = member(right, key);
        const bool isSection =
            section.empty() && ((a != nullptr && a->is_object()) || (b != nullptr && b->is_object()));
        if (isSection || (section.empty() && key == kOutput) || equal(a, b)) {
            continue;
        }
        out.push_back({section, section.empty() ? key : section + '.' + key, copyOf(a), copyOf(b)});
    }
}

} // namespace

std::vector<RecipeDifference> recipeDifference(const Json& left, const Json& right) {
    std::vector<RecipeDifference> out;
    compare(left, right, {}, out);
    for (const std::string& section : keysOf(left, right)) {
        const Json* a = member(left, section);
        const Json* b = member(right, section);
        if ((a != nullptr && a->is_object()) || (b != nullptr && b->is_object())) {
            const Json nothing = Json::object();
            compare(a != nullptr ? *a : nothing, b != nullptr ? *b : nothing, section, out);
        }
    }
    return out;
}

Result<std::vector<RecipeDifference>> recipeDifferenceOfRuns(const std::string& leftFolder,
                                                             const std::string& rightFolder) {
    FETTLE_TRY_VALUE(const Json left, readJsonFile(leftFolder + "/recipe.json"));
    FETTLE_TRY_VALUE(const Json right, readJsonFile(rightFolder + "/recipe.json"));
    return recipeDifference(left, right);
}

} // namespace fettle::run
