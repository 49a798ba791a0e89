// Importers: a file or folder of rows to Samples. The format is detected or given; each bad row is reported with line, key, code and reason while the good ones live on.
#pragma once

#include "base/result.h"
#include "data/sample.h"

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace fettle::data {

/// Names as in recipes and on the command line: auto chat prompt_completion alpaca sharegpt preference feedback text prompt_only stepwise ids csv.
/// (Detected names in reports are those of the conformance kit's import/expected.json.)
struct ImportOptions {
    std::string format = "auto";
    std::stop_token stop;
};

enum class Severity { Error = 1, Warning };

/// One fault. `code`: the seven of the cookbook, json_syntax invalid_utf8 … (list in data/README.md).
struct RowFault {
    std::string file;
    std::int64_t line = 0; // 1-based physical line
    std::string key;       // dotted path: "messages[1].role"
    std::string code;
    std::string reason;    // for people, with what to do
    Severity severity = Severity::Error;
};

struct ImportReport {
    std::string format;          // detected format
    std::int64_t rows = 0;       // good and bad
    std::int64_t goodRows = 0;
    std::vector<RowFault> faults; // all of them, in file order
};

/// Streams the good rows to `take` (return false to stop early). Errors are for the file as a whole (cannot be opened, not text, unknown format); they name file, reason, remedy.
[[nodiscard]] Result<ImportReport> importRows(const std::string& path, const ImportOptions& options, const std::function<bool(Sample&&)>& take);

/// Small files and tests: everything at once.
struct ImportedRows {
    ImportReport report;
    std::vector<Sample> samples;
};
[[nodiscard]] Result<ImportedRows> importAll(const std::string& path, const ImportOptions& options = {});

} // namespace fettle::data
