// Values of a recipe that were changed after the run had begun: told in its events, never by rewriting recipe.json. No
// torch.
#pragma once

#include "recipe/recipe.h"
#include "run/events.h"

#include <string>
#include <vector>

namespace fettle::train {

/// Every change told in the events of a run, oldest first. No events yet: none.
[[nodiscard]] Result<std::vector<run::RecipeChanged>> recipeChanges(const std::string& runFolder);

/// The recipe that holds now: recipe.json with the changes applied. What the next start of the run uses.
[[nodiscard]] Result<recipe::Recipe> effectiveRecipe(const std::string& runFolder);

/// From its last checkpoint on (0 = from the beginning) the run uses `value` for `key`: writes the event, or says what
/// the field refuses. Only the keys of changeableKeys() keep the steps of a run in place. The run must have no live
/// owner (Busy). A value that holds already writes nothing. Thread: any; touches the disk.
[[nodiscard]] Result<void> changeRecipe(const std::string& runFolder, const std::string& key, const Json& value);

/// optimizer.learning_rate, optimizer.max_grad_norm: a resume finds the same steps with the same rows.
[[nodiscard]] const std::vector<std::string>& changeableKeys();

} // namespace fettle::train
