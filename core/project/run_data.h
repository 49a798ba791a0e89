// What a run is trained on: the rows of a recipe's project:SPLIT as files that never change, and the data version they
// are.
#pragma once

#include "project/row_store.h"
#include "recipe/recipe.h"

#include <optional>

namespace fettle::project {

class Project;

/// Whether a recipe names project:SPLIT.
[[nodiscard]] bool usesProjectRows(const recipe::Recipe& recipe);

/// To be called before train::resolveRecipe or train::prepareRun: publishes the rows of the project that the recipe
/// reads (Project::publishRows). nullopt for a recipe of files. Seconds at 1,000,000 changed rows, else at once.
[[nodiscard]] Result<std::optional<PublishedData>> publishFor(Project& project, const recipe::Recipe& recipe,
                                                              std::stop_token stop = {});
/// The same for whatever project lies around `baseFolder`; nullopt where none does.
[[nodiscard]] Result<std::optional<PublishedData>> publishFor(const std::string& baseFolder,
                                                              const recipe::Recipe& recipe, std::stop_token stop = {});

/// {"data_version":{"id","hash"}} for train::PrepareOptions::info; {} where there is none.
[[nodiscard]] Json versionInfo(const std::optional<PublishedData>& data);
/// Remembers in the project that a prepared run was trained on that version.
[[nodiscard]] Result<void> noteRunVersion(Project& project, const std::string& runFolder,
                                          const std::optional<PublishedData>& data);
[[nodiscard]] Result<void> noteRunVersion(const std::string& baseFolder, const std::string& runFolder,
                                          const std::optional<PublishedData>& data);

/// "project:train" for a published file of that split (<project>/data/train-….jsonl) or SPLIT.jsonl of the project; the
/// path itself for any other.
[[nodiscard]] std::string entryOfFile(const std::string& path, const std::string& projectFolder);

} // namespace fettle::project
