// Importing files into the store: what it would do (preview), doing it (all or nothing, streaming), and the rows that
// could not be read.
#pragma once

#include "data/importer.h"
#include "project/row_types.h"

#include <functional>
#include <map>
#include <optional>

namespace fettle::project {

/// What a column or top-level key becomes.
enum class ColumnRole { None = 0, System, User, Assistant, Text, Chosen, Rejected, Label, Metadata, Ignore };
struct ColumnUse {
    std::string column;
    ColumnRole role = ColumnRole::None;
};
[[nodiscard]] const char* columnRoleName(ColumnRole role); // "user", …
[[nodiscard]] ColumnRole columnRoleFromName(std::string_view name);

struct ImportRequest {
    std::string path;                    // file or folder
    std::string format = "auto";         // as data::ImportOptions
    std::vector<ColumnUse> mapping = {}; // empty = by the names of the columns or keys, as the importers know them
    Split split = Split::Train;          // of new rows; rows that are there keep theirs
    /// Rows of an earlier import of the same file that the file no longer has: stay, or leave (state Removed).
    enum class Gone { None = 0, Keep, Remove } gone = Gone::Remove;
    /// The journal says so; "" = "Import NAME".
    std::string label = {};
};

/// Against the last import of the same file (path, or the same name where the folder moved). A row is known again by
/// its content, or by its "id" key in the metadata, or by its line while lines before it did not move.
struct ImportDifference {
    std::int64_t added = 0, changed = 0, removed = 0, same = 0;
};

struct ImportProgress {
    std::int64_t rows = 0; // read so far
    std::int64_t rejected = 0;
    std::uint64_t bytes = 0, totalBytes = 0;
    double seconds = 0;
    double secondsLeft = -1; // negative = not known
    enum class Phase { None = 0, Reading, Comparing, Saving } phase = Phase::None;
};

struct ImportDone {
    std::int64_t source = 0; // id of the SourceFile
    std::string format;
    std::int64_t rows = 0; // good ones
    std::int64_t rejected = 0;
    ImportDifference difference;
    std::map<std::string, std::int64_t> errors, warnings; // by code
    std::string version;                                  // name of the version that was made automatically
    double seconds = 0;
    bool unchanged = false; // the very same bytes were imported before: nothing was done
};

/// A look at a file before it is imported: format, columns, first rows. Reads at most a few thousand rows.
struct ImportPreview {
    std::string path;
    std::string format;   // detected, or as asked for
    std::string encoding; // "UTF-8", "UTF-8 with BOM"
    std::uint64_t bytes = 0;
    bool whole = false; // the file was read to its end: counts are exact
    std::int64_t rows = 0, goodRows = 0;
    std::vector<ColumnUse> columns;     // in file order, with the role each has now
    std::vector<data::Sample> first;    // good rows in normal form, at most 20
    std::vector<data::RowFault> faults; // at most 100
    std::string problem;                // why not a single row can be read; "" = some can
    std::string remedy;
};

/// Thread: any; touches no store. Errors: as data::importRows.
[[nodiscard]] Result<ImportPreview> previewImport(const ImportRequest& request, std::stop_token stop = {});

/// A file that rows came from.
struct SourceFile {
    std::int64_t id = 0;
    std::string path, name;
    std::string format;
    std::int64_t importedMs = 0;
    std::int64_t rows = 0; // in the store, removed ones apart
    std::int64_t rejected = 0;
    /// Since the import the file has other bytes (size or time), or is gone: offer to import it again.
    enum class OnDisk { None = 0, Same, Changed, Gone } onDisk = OnDisk::None;
};

struct RejectedRow {
    std::int64_t line = 0;
    std::string key, code, reason;
    std::string text; // as it stands in the file, cut to 64 KiB; "" where the row has no text of its own
};

} // namespace fettle::project
