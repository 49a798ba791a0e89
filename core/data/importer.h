// Importers: a file or folder of rows to Samples. The format is detected or given; each bad row is reported with line,
// key, code and reason while the good ones live on.
#pragma once

#include "base/result.h"
#include "data/sample.h"

#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace fettle::data {

/// Names as in recipes and on the command line: auto chat prompt_completion alpaca sharegpt preference feedback text
/// prompt_only stepwise ids csv tsv, and the detected names that reports show (trl_preference openai_preference
/// alpaca_preference sharegpt_preference trl_kto alpaca_kto sharegpt_kto trl_stepwise). A family name (alpaca,
/// sharegpt, preference, feedback) takes every shape of that family.
struct ImportOptions {
    std::string format = "auto";
    std::stop_token stop;
    std::int64_t firstId = 0; // Sample::id of the first good row: pass the good rows of the files before
    std::size_t longRowBytes = std::size_t{1} << 20; // a longer row is read and flagged (line_too_long, a warning)
    std::size_t maxRowBytes = std::size_t{1} << 28;  // a longer row is refused (line_too_long, an error)
    std::size_t maxFaults = 100'000;                 // kept in the report; the rest is counted
    /// Each row as the file has it → as a known format has it, before the format is told (a mapping of columns). Empty:
    /// as it is. Called for objects only.
    std::function<Json(Json&&)> mapRow = {};
};

enum class Severity { Error = 1, Warning };

/// One fault. `code`: the seven of the cookbook, json_syntax invalid_utf8 … (list in data/README.md).
struct RowFault {
    std::string file;
    std::int64_t line = 0; // 1-based physical line; 0 = the file as a whole
    std::string key; // dotted path inside the row: "messages[1].role"; "[3]" = element 3 of the array itself; empty =
                     // the row as a whole
    std::string code;
    std::string reason; // for people, with what to do
    Severity severity = Severity::Error;
};

/// Faults of a whole file (no_rows wrong_encoding not_text unknown_format unknown_columns duplicate_column) stand in
/// `faults` like any other; goodRows is then 0.
struct ImportReport {
    std::string format;    // detected format; empty where none could be told
    std::int64_t rows = 0; // good and bad
    std::int64_t goodRows = 0;
    std::vector<RowFault> faults; // in file order, at most maxFaults
    std::int64_t faultsNotKept = 0;
    std::map<std::string, std::int64_t> errors; // all of them, by code
    std::map<std::string, std::int64_t> warnings;
};

/// Streams the good rows to `take` (return false to stop early: rows after are not read). Memory: one row at a time,
/// whatever the file's size. Errors: NotFound, Permission, Io (cannot be read), Unsupported (Parquet), InvalidInput
/// (unknown format name), Cancelled; they name file, reason, remedy. Thread: any.
[[nodiscard]] Result<ImportReport> importRows(const std::string& path, const ImportOptions& options,
                                              const std::function<bool(Sample&&)>& take);

/// Small files and tests: everything at once.
struct ImportedRows {
    ImportReport report;
    std::vector<Sample> samples;
};
[[nodiscard]] Result<ImportedRows> importAll(const std::string& path, const ImportOptions& options = {});

/// For callers that need rows: an error (InvalidInput with the first fault's place and reason) where a file gave none.
[[nodiscard]] Result<void> requireRows(const std::string& path, const ImportReport& report);

/// {"format","rows","good","bad":[{"line","key","code","reason"}],"warnings":[…same…],"not_listed":n}; unknown lines
/// and keys are null.
[[nodiscard]] Json toJson(const ImportReport& report);

/// One normalised row as the exporter writes it: {"kind",…}; importing that line gives the same sample again.
[[nodiscard]] std::string toJsonLine(const Sample& sample);

/// Imports `path` and writes its good rows to `outPath`, one JSON line each. Atomic: after an error or a stop the old
/// file is untouched.
[[nodiscard]] Result<ImportReport> importToJsonLines(const std::string& path, const ImportOptions& options,
                                                     const std::string& outPath);

} // namespace fettle::data
