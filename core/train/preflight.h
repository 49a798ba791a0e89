// Preflight: what will happen, before anything starts. Rows and tokens are counted by really encoding them; memory and
// time come from the shape model and, where known, from what was measured here.
#pragma once

#include "data/importer.h"
#include "model/model_files.h"
#include "recipe/recipe.h"
#include "text/encode.h"

#include <functional>
#include <stop_token>

namespace fettle::train {

struct EncodedSplit {
    std::vector<text::EncodedRow> rows;  // rows that take part, after the rule for over-long rows
    std::vector<std::int64_t> sampleIds; // of each row: position among the good rows of the split
    std::int64_t goodRows = 0, badRows = 0, overLong = 0, silent = 0, dropped = 0, cutTokens = 0, longestRow = 0;
    std::int64_t leftOut = 0; // rows that data.leave_out names; they count nowhere else
    std::int64_t tokens = 0, labelTokens = 0;
    std::uint64_t bytesWithoutToken = 0;
    std::vector<data::RowFault> faults;
    std::vector<std::int64_t> overLongRows, silentRows; // sample ids
    std::string silentReason;                           // the commonest
    std::string hash;                                   // over ids and labels
};

/// Imports and encodes one split of the recipe (files are resolved against `baseFolder`; project:SPLIT reads
/// SPLIT.jsonl in the project folder above the run). `progress(rowsDone)`; stops early with Cancelled. With over_long:
/// error the first such row is an error. Rows of data.leave_out are skipped where `files` are those of data.train;
/// sample ids do not move.
[[nodiscard]] Result<EncodedSplit> encodeSplit(const recipe::Recipe& recipe, const std::vector<std::string>& files,
                                               const std::string& baseFolder, const text::TextModel& textModel,
                                               std::stop_token stop,
                                               const std::function<void(std::int64_t)>& progress = {});

/// Which rows validation_share moves to validation: by a hash of sample id and seed, the same at every start.
[[nodiscard]] std::vector<bool> heldOutRows(const std::vector<std::int64_t>& sampleIds, double share,
                                            std::uint64_t seed);

/// What batches are made of: tokens and trained tokens of each row.
struct RowLengths {
    std::vector<std::int32_t> tokens, labels;
};
[[nodiscard]] RowLengths rowLengths(const EncodedSplit& split);
/// The same without the rows that the recipe's validation_share takes away.
[[nodiscard]] RowLengths trainedRowLengths(const recipe::Recipe& recipe, const EncodedSplit& split);

/// Tokens of a micro-batch: the recipe's, or what was measured best for the device.
[[nodiscard]] std::int64_t microTokensOf(const recipe::Recipe& recipe, bool cuda);

/// Optimizer steps of a run over these rows, as RunPlan makes them. Above kPlannedRows rows over all epochs the first
/// ones are planned and the count is scaled by tokens; 0 where there is nothing to train. Takes milliseconds.
inline constexpr std::size_t kPlannedRows = 20'000;
[[nodiscard]] std::int64_t plannedSteps(const recipe::Recipe& recipe, const RowLengths& rows);

struct Estimate {
    std::uint64_t peakBytes = 0, weightBytes = 0, adapterBytes = 0, activationBytes = 0, fixedBytes = 0;
    double flopsPerToken = 0;
    double tokensPerSecond = 0; // measured here where known, else derived from a prior
    bool speedMeasured = false;
    double seconds = 0;
    std::int64_t steps = 0, tokensPerEpoch = 0, adapterParameters = 0;
    std::uint64_t machineBytes = 0; // memory available now
};
/// Formulas: core/train/README.md (memory model). `rows` are those that are trained (see trainedRowLengths).
[[nodiscard]] Estimate estimate(const model::ModelConfig& config, const recipe::Recipe& recipe, const RowLengths& rows);

/// Under which a run of this recipe remembers its speed: model path, compute type, threads.
[[nodiscard]] std::string speedKey(const recipe::Recipe& recipe);
/// Remembers a measured speed in the user's cache (${XDG_CACHE_HOME:-~/.cache}/fettle/speeds.json), and reads it back.
/// Thread: any.
void rememberSpeed(const std::string& key, double tokensPerSecond);
[[nodiscard]] double rememberedSpeed(const std::string& key); // 0 = unknown

} // namespace fettle::train
