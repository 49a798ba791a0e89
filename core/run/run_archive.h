// A run folder as one file, to keep or to take to another machine: a plain POSIX tar that any tool opens, with a
// manifest in front that names every file with its size and SHA-256.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fettle::run {

enum class ArchivedCheckpoints { All, Last, Best, None };
/// "all", "last", "best", "none"; nullopt for anything else.
[[nodiscard]] std::optional<ArchivedCheckpoints> archivedCheckpointsFromName(std::string_view name);

struct ArchiveOptions {
    ArchivedCheckpoints checkpoints = ArchivedCheckpoints::All;            // Best without a best one: the last
    std::function<bool(std::uint64_t done, std::uint64_t total)> progress; // bytes; false = cancel
};
struct ArchiveReport {
    std::int64_t files = 0;
    std::uint64_t bytes = 0;               // of the files
    std::vector<std::string> leftOut;      // links and special files of the folder
    std::vector<std::int64_t> checkpoints; // steps that are inside
};

/// What exportRunArchive would take along now: counts files and bytes and reads none of them. Thread: any.
[[nodiscard]] Result<ArchiveReport> runArchiveContents(const std::string& folder, ArchivedCheckpoints checkpoints);

/// Writes `folder` to `archive`, which appears whole or not at all. Errors: Busy (a live process owns the run: stop it
/// first), Cancelled, Io (a file changed meanwhile), DiskFull … Thread: any.
[[nodiscard]] Result<ArchiveReport> exportRunArchive(const std::string& folder, const std::string& archive,
                                                     const ArchiveOptions& options = {});

struct ImportOptions {
    std::string id; // name of the new folder; "" = that of the archive, with -2, -3 … where it is taken
    std::function<bool(std::uint64_t done, std::uint64_t total)> progress; // bytes; false = cancel
};
struct ImportedRun {
    std::string folder; // absolute
    std::string id;
    std::string archivedId; // folder name it had
    std::int64_t files = 0;
    std::uint64_t bytes = 0;
};

/// Unpacks an archive below `runsFolder` (made where missing). Nothing is overwritten, and the run appears only when
/// every file of the manifest is there with its size and checksum. Refused, naming the entry: links and special files,
/// paths that leave the folder, files that the manifest does not name, names twice, damaged headers, a torn end.
[[nodiscard]] Result<ImportedRun> importRunArchive(const std::string& archive, const std::string& runsFolder,
                                                   const ImportOptions& options = {});

} // namespace fettle::run
