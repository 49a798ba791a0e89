// Where runs and adapters are, as people name them on the command line.
#pragma once

#include "base/json.h"
#include "recipe/recipe.h"

#include <string>

namespace fettle::app {

struct RunLocation {
    std::string folder, name;
};
/// A new run folder for a recipe that lies in `recipeFolder`: recipe.output, else the next one of the project around
/// it, else recipeFolder/runs/run-NNNN.
[[nodiscard]] Result<RunLocation> newRunLocation(const recipe::Recipe& recipe, const std::string& recipeFolder);

/// A PEFT folder, a checkpoint, or a run folder (its best checkpoint, else its last) → the adapter folder. "" stays "".
[[nodiscard]] Result<std::string> adapterFolder(const std::string& path);

/// A recipe file (.yaml, .yml or .json).
[[nodiscard]] Result<recipe::Recipe> loadRecipeFile(const std::string& path);

/// A file of keys (.yaml, .yml or .json) as JSON: what a sweep is written in.
[[nodiscard]] Result<Json> loadTableFile(const std::string& path);

} // namespace fettle::app
