// The data files of a prepared run as they were then, so that a run that waited does not train on other rows in
// silence.
#pragma once

#include "base/json.h"
#include "recipe/recipe.h"

#include <string>

namespace fettle::train {

/// [{"path","bytes","hash"}, …] of data.train and data.validation of a resolved recipe: the key data_files of run.json.
[[nodiscard]] Result<Json> describeDataFiles(const recipe::Recipe& resolved);

/// Compares the files of a prepared run with what run.json remembers. Fine where it remembers nothing, and for a run
/// that has a checkpoint: going on says itself what differs. Error InvalidInput that names the first file that changed
/// or is gone.
[[nodiscard]] Result<void> checkDataFiles(const std::string& runFolder);

} // namespace fettle::train
