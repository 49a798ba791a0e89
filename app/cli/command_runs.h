// What the files behind `fettle runs` share.
#pragma once

#include "cli/commands.h"

#include <string>
#include <vector>

namespace fettle::app {

/// A run by folder, or by its id inside the project of the working folder.
[[nodiscard]] std::string runFolderOf(const std::string& name);
/// import-log, export and import.
[[nodiscard]] std::vector<Command> runFileCommands();

} // namespace fettle::app
