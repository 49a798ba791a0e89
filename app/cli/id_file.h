// Token ids from files, and the options by which commands name a model, shared by score and generate.
#pragma once

#include "cli/arguments.h"
#include "train/engine.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace fettle::app {

/// A JSON array of integers. Errors name file and entry.
[[nodiscard]] Result<std::vector<std::int32_t>> readIds(const std::string& path);
/// --model, --adapter, --dtype, --device, --threads in front of `more`.
[[nodiscard]] std::vector<Option> withModelOptions(std::vector<Option> more);
/// Opens the engine and loads what those options name.
[[nodiscard]] Result<std::unique_ptr<train::LoadedModel>> loadModel(const Arguments& arguments);

} // namespace fettle::app
