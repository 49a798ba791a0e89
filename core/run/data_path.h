// Where a recipe's data entry lies: a file, or project:SPLIT inside the project that a run or a recipe belongs to.
#pragma once

#include "base/result.h"

#include <string>

namespace fettle::run {

/// The project folder that `folder` is or lies in (the folder itself or one of three parents that holds project.db); ""
/// when there is none.
[[nodiscard]] std::string findProjectFolder(const std::string& folder);

/// `project:SPLIT` → the published rows of the project around `runFolderOrProject` (<project>/data/splits.json says
/// which file; it never changes), or <project>/SPLIT.jsonl where nothing was published yet. Any other entry is a path:
/// absolute, or relative to that folder, or else to the working folder. Returns an absolute path that exists. Errors:
/// NotFound (says where it looked), InvalidInput (a split name with a slash or a dot).
[[nodiscard]] Result<std::string> resolveDataPath(const std::string& entry, const std::string& runFolderOrProject);

/// Whether a file is one that a project published (<project>/data/SPLIT-HASH.jsonl): rows in normal form, whatever
/// format a recipe names for its own files.
[[nodiscard]] bool isPublishedRows(const std::string& path);

} // namespace fettle::run
