// What a run knew at the moment a number stopped being one: divergence.json in its folder, written before the run
// fails. It holds facts that are gone afterwards: losses of single tokens, the state of the adapter. No torch.
#pragma once

#include "base/json.h"
#include "data/packed_batch.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace fettle::train {

struct DivergedRow {
    std::int64_t sample = 0;
    double loss = 0;              // mean over its trained tokens; NaN when one of them has none
    std::int64_t labels = 0;      // trained tokens
    std::int64_t bad = 0;         // of these: the loss is no number
    std::vector<float> tokenLoss; // one a trained token, in order; NaN = no number. Empty = too many rows to keep
};

struct DivergenceRecord {
    std::int64_t step = 0;
    std::string what; // "loss" or "gradient": which of them was no number first
    double learningRate = 0;
    double gradientNorm = 0; // NaN where it is no number or was not reached
    bool adapterFinite = true;
    double largestParameter = 0;         // of the adapter, by size
    std::vector<std::int64_t> badLayers; // layers whose gradient is no number (what = gradient)
    std::int64_t rowsInStep = 0;
    std::vector<DivergedRow> rows; // that were computed in this step until then
};

inline constexpr std::size_t kRowsWithTokens = 64; // of a record; the others keep their mean only

/// Adds the rows of a batch with their losses (parallel to batch.labels). A row that a recipe cut into pieces becomes
/// one entry.
void addRows(DivergenceRecord& record, const data::PackedBatch& batch, std::span<const float> losses);

[[nodiscard]] std::string divergenceFile(const std::string& runFolder);
[[nodiscard]] Result<void> writeDivergence(const std::string& runFolder, const DivergenceRecord& record);
/// nullopt: the run has none. Errors (Corrupt) name file and key.
[[nodiscard]] Result<std::optional<DivergenceRecord>> readDivergence(const std::string& runFolder);

} // namespace fettle::train
