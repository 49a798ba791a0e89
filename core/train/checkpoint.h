// Checkpoints: a PEFT adapter other programs load, plus what an exact resume needs (state.safetensors: optimizer
// moments and row losses; state.json: position and all that decides the numbers). A checkpoint folder appears whole or
// not at all. No torch.
#pragma once

#include "base/json.h"
#include "model/peft_adapter.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace fettle::train {

/// What decides the numbers of a run beside the recipe. A resumed run is bit-equal on CPU where all of them are equal.
struct FrozenSettings {
    int threads = 0;
    std::string device, computeDtype, recompute, kernels, torchVersion, packingHash;
    std::int64_t microTokens = 0;
    [[nodiscard]] Json toJson() const;
    [[nodiscard]] static Result<FrozenSettings> fromJson(const Json& json);
    /// "threads 2 → 1", one a difference.
    [[nodiscard]] std::vector<std::string> differences(const FrozenSettings& other) const;
};

struct TrainState {
    std::int64_t step = 0;        // steps done
    std::int64_t epoch = 0;       // epoch of the next step, 0-based
    std::int64_t stepInEpoch = 0; // of the next step
    std::int64_t optimizerSteps = 0;
    std::int64_t totalSteps = 0;
    std::int64_t tokensDone = 0;
    std::optional<double> bestLoss; // best so far, lower is better: the validation loss, or 1 - token accuracy
    std::int64_t bestStep = 0;
    std::int64_t evaluationsSinceBest = 0;
    bool best = false; // this checkpoint has the best validation loss so far
    std::optional<double> validationLoss;
    std::vector<double> recentLosses; // of the last steps, oldest first: what stop.target_loss looks at
    FrozenSettings frozen;
};

struct CheckpointData {
    TrainState state;
    model::PeftAdapter adapter;
    std::vector<float> firstMoment, secondMoment;
    std::vector<double> rowLossSums; // of the epoch in progress, by row
    std::vector<std::int32_t> rowLossCounts;
};

/// Name inside the run folder: "checkpoints/step_000400".
[[nodiscard]] std::string checkpointName(std::int64_t step);

struct CheckpointToWrite {
    const TrainState& state;
    const model::PeftAdapter& adapter;
    std::span<const float> firstMoment, secondMoment;
    std::span<const double> rowLossSums;
    std::span<const std::int32_t> rowLossCounts;
};
/// An existing checkpoint of the same step is replaced. Errors leave no half folder behind.
[[nodiscard]] Result<void> writeCheckpoint(const std::string& runFolder, const CheckpointToWrite& data);
/// Errors (Corrupt) name file and key.
[[nodiscard]] Result<CheckpointData> readCheckpoint(const std::string& folder);
/// Removes checkpoints beyond the `keepLast` newest; the newest whose state says best is kept too where `keepBest`.
/// What cannot be removed is counted, never an error.
std::int64_t pruneCheckpoints(const std::string& runFolder, std::int64_t keepLast, bool keepBest);

} // namespace fettle::train
