// PackedBatch: the only batch type. Tokens of several rows side by side, no padding. A segment attends to itself
// (causal) and to its ancestors; plain rows have none.
#pragma once

#include "text/encode.h"

#include <cstdint>
#include <string>
#include <vector>

namespace fettle::data {

struct Segment {
    std::int32_t begin = 0, end = 0; // [begin, end) in ids
    std::int32_t parent = -1;        // index of an earlier segment in the same batch whose tokens come before, or -1
    std::int64_t sample = -1;        // Sample::id, -1 for a shared prefix
};

struct PackedBatch {
    std::vector<std::int32_t> ids; // [tokens]
    std::vector<std::int32_t> pos; // [tokens] position inside the row (goes on from the parent)
    std::vector<Segment> segments; // in order, gap-free
    std::vector<std::int32_t>
        labelRows;                    // [labels] index of the token whose hidden state predicts the label; may repeat
    std::vector<std::int32_t> labels; // [labels] id to predict
    std::vector<float> weights;       // [labels]
    std::int64_t realTokens = 0;      // as if nothing were shared
    [[nodiscard]] std::int64_t computedTokens() const { return static_cast<std::int64_t>(ids.size()); }
};

/// One optimizer step: micro-batches of row indices. Loss = sum over all of them divided by the step's label tokens.
struct StepPlan {
    std::vector<std::vector<std::int64_t>> microBatches;
    std::int64_t tokens = 0;
    std::int64_t labelTokens = 0;
};

struct PackOptions {
    std::int64_t batchTokens = 4096; // real tokens an optimizer step (at least one row); ignored where batchRows > 0
    std::int64_t batchRows = 0;
    std::int64_t microTokens = 1024; // capacity of a micro-batch; a longer row gets one alone
    bool shuffle = true;             // false: file order, rows of a step stay together
    std::uint64_t seed = 42;
    std::int64_t epoch = 0; // shuffles differ by epoch
};

/// Deterministic for equal inputs on every machine. Every row stands in exactly one step, rows without labels included:
/// a step's labelTokens may be 0.
[[nodiscard]] std::vector<StepPlan> planEpoch(const std::vector<std::int32_t>& rowTokens,
                                              const std::vector<std::int32_t>& rowLabels, const PackOptions& options);

/// Builds one batch from rows. labels[i] of a row become label rows i-1 (index 0 is never predicted). `sampleIds`
/// parallel to `rows`.
[[nodiscard]] PackedBatch packRows(const std::vector<const text::EncodedRow*>& rows,
                                   const std::vector<std::int64_t>& sampleIds);

/// Hash over a whole plan, stored with checkpoints.
[[nodiscard]] std::string planHash(const std::vector<StepPlan>& plan);

} // namespace fettle::data
