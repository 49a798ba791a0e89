// Files into rows: comparing a file with what an earlier import of it left, and importing it in one transaction.
// Private to this folder.
#pragma once

#include "project/row_import.h"
#include "project/row_journal.h"

#include <stop_token>

namespace fettle::project {

struct IntakeOptions {
    std::stop_token stop;
    std::function<void(const ImportProgress&)> progress;
    std::int64_t nowMs = 0;
    int threads = 1;      // that read and hash beside the one that writes
    bool ownFile = false; // SPLIT.jsonl of the project: no step that people undo
};

struct IntakeDone {
    ImportDone done;
    Written written;
};
/// On the writer's connection. All or nothing.
[[nodiscard]] Result<IntakeDone> importFile(Database& database, const ImportRequest& request,
                                            const IntakeOptions& options);
/// On any connection.
[[nodiscard]] Result<ImportDifference> compareWithRows(Database& database, const ImportRequest& request,
                                                       const IntakeOptions& options);

/// Size and time of a file as `sources` keeps them; zeros for a folder.
struct FileMark {
    std::int64_t bytes = 0, modifiedNs = 0;
    bool operator==(const FileMark&) const = default;
};
[[nodiscard]] Result<FileMark> markOf(const std::string& path);

/// Whether a file is known and has the size and time it had when it was imported.
[[nodiscard]] Result<bool> isAsImported(Database& database, const std::string& path);

} // namespace fettle::project
