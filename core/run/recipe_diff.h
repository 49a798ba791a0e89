// What differs between the recipes of two runs, by dotted key.
#pragma once

#include "base/json.h"

#include <optional>
#include <string>
#include <vector>

namespace fettle::run {

struct RecipeDifference {
    std::string section;             // "optimizer"; "" = top level
    std::string key;                 // dotted: "optimizer.learning_rate"
    std::optional<Json> left, right; // nullopt where that recipe does not have the key
};

/// Keys that differ, the top level first, then section by section in the order of `left`, keys in the order of the
/// recipe. The folder of the run (`output`) is no setting and never differs. Numbers are compared by value (5 = 5.0).
[[nodiscard]] std::vector<RecipeDifference> recipeDifference(const Json& left, const Json& right);
/// The same of the recipe.json of two run folders.
[[nodiscard]] Result<std::vector<RecipeDifference>> recipeDifferenceOfRuns(const std::string& leftFolder,
                                                                           const std::string& rightFolder);

} // namespace fettle::run
