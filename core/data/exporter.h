// Exporters: rows in normal form to the files of others. What a format cannot carry is found before anything is
// written: each row is written in memory, read back by the importer of that format, and compared.
#pragma once

#include "data/importer.h"

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fettle::data {

enum class ExportContainer { Lines = 1, Array, Csv, Tsv, Folder, Parquet };
[[nodiscard]] const char* exportContainerName(ExportContainer container); // "lines"

struct ExportFormat {
    const char* name;                                   // "openai"
    const char* title;                                  // "OpenAI chat"
    const char* summary;                                // one sentence
    const char* extension;                              // ".jsonl"
    ExportContainer container = ExportContainer::Lines; // unless told otherwise
    std::vector<SampleKind> kinds;                      // that it takes as they are
};

/// Every format in the order in which to offer them.
[[nodiscard]] std::span<const ExportFormat> exportFormats();
[[nodiscard]] const ExportFormat* findExportFormat(std::string_view name);

struct ExportOptions {
    std::string format = "chat";                             // a name of exportFormats(), or "parquet": trl in Parquet
    std::optional<ExportContainer> container = std::nullopt; // the format's own
    std::stop_token stop = {};
};

/// One thing that a row loses, or the row itself.
struct ExportLoss {
    std::int64_t id = 0;
    std::string file; // where the row came from
    std::int64_t line = 0;
    std::string key;    // "messages[1].thinking"; empty = the whole row, which is not written
    std::string reason; // for people
    [[nodiscard]] bool wholeRow() const { return key.empty(); }
};

/// What an export will do, before it does it.
struct ExportReport {
    std::string format;
    ExportContainer container = ExportContainer::Lines;
    SampleKind kind = SampleKind::None; // of the rows in the file
    std::int64_t rows = 0;              // seen
    std::int64_t written = 0;
    std::int64_t converted = 0; // written as another kind (prompt and completion as a chat); nothing is lost by that
    std::int64_t refused = 0;   // cannot be written at all
    std::int64_t rowsWithLosses = 0;            // written, and poorer
    std::map<std::string, std::int64_t> losses; // by key with the indices left out ("messages[].thinking"), and by
                                                // "row: REASON" for refused ones
    std::vector<ExportLoss> details;            // the first `kMaxDetails`
    static constexpr std::size_t kMaxDetails = 10'000;
    [[nodiscard]] bool lossless() const { return refused == 0 && rowsWithLosses == 0; }
};

/// {"format","container","kind","rows","written","converted","refused","rows_with_losses","losses":{…},
/// "details":[{"row","line","key","reason"}]}.
[[nodiscard]] Json toJson(const ExportReport& report);

/// Gives the rows one after another to `take` until it returns false; may be called several times, with the same rows.
using SampleSource = std::function<Result<void>(const std::function<bool(const Sample&)>& take)>;

/// Reads all rows twice and tells what would be lost. Errors: Unsupported (an impossible combination of format
/// and container), InvalidInput (unknown format, no rows), of the source.
[[nodiscard]] Result<ExportReport> planExport(const SampleSource& source, const ExportOptions& options);

/// Plans, then writes `outPath` (a folder for Folder) atomically: after an error or a stop nothing is changed. Refused
/// rows are left out and counted. With `allowLosses` false a plan with losses is an error (InvalidInput with the first
/// of them) and nothing is written.
[[nodiscard]] Result<ExportReport> exportRows(const SampleSource& source, const ExportOptions& options,
                                              const std::string& outPath, bool allowLosses);

/// Container by the name of a file: .csv .tsv .json .parquet; others nullopt.
[[nodiscard]] std::optional<ExportContainer> containerOfPath(const std::string& path);

} // namespace fettle::data
