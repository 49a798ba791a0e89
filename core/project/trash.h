// Deleted runs: a folder `trash` in the project, from which they come back for a week.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace fettle::project {

/// How long a deleted run can be restored, at least.
inline constexpr std::int64_t kTrashDays = 7;

struct TrashedRun {
    std::string key;  // name in the trash: "run-0004@1732440000000"
    std::string id;   // "run-0004"
    std::string name; // for people
    std::int64_t deletedMs = 0;
};

/// Moves a run's folder into the trash: one rename. Errors: NotFound, Busy while a live process owns it.
[[nodiscard]] Result<TrashedRun> trashRun(const std::string& projectFolder, const std::string& id);
/// Back to its place. Error Busy where another run stands there by now. Returns its folder.
[[nodiscard]] Result<std::string> restoreRun(const std::string& projectFolder, const std::string& key);
/// Newest first; names that are no deleted run are left alone.
[[nodiscard]] std::vector<TrashedRun> trashedRuns(const std::string& projectFolder);
/// Removes for good what was deleted at or before `deletedBeforeMs`. Returns how many.
[[nodiscard]] Result<std::int64_t> emptyTrash(const std::string& projectFolder, std::int64_t deletedBeforeMs);

} // namespace fettle::project
