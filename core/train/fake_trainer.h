// A trainer that trains nothing: it plays a script of events with the timing, controls and failures of a real run. For
// tests, also those of the window.
#pragma once

#include "train/engine.h"
#include "train/run_service.h"

#include <cstdint>
#include <optional>

namespace fettle::train {

struct FakeScript {
    std::int64_t steps = 20; // at most; a recipe's max_steps may end it sooner
    int stepDelayMs = 0;     // how long a step takes
    int startDelayMs = 0;    // loading and encoding
    std::int64_t stepsPerEpoch = 10;
    std::int64_t evaluateEvery = 5;            // 0 = never
    std::int64_t checkpointEvery = 5;          // 0 = only the last
    std::int64_t samplePrompts = 1;            // answers shown at each evaluation
    std::optional<std::int64_t> nonFiniteAt{}; // this step's loss is no number: Failed, non_finite_loss, rows named
    std::optional<std::int64_t> diskErrorAt{}; // the checkpoint written at or after this step fails: Failed, disk_full
    std::optional<std::int64_t> outOfMemoryAt{}; // Failed, out_of_memory
    std::optional<std::int64_t> throwAt{};       // throws out of run(), as a bug would
    std::optional<std::int64_t> deviceLostAt{};  // Failed, device_lost
    std::optional<std::int64_t> diskLowAt{};     // from this step on only a megabyte is free
    std::int64_t layers = 0;                     // gradient norms of so many layers with each step
    std::int64_t rows = 0;                       // losses of so many rows at the end of each epoch: see fakeRowLoss()
    std::int64_t riseSteps = 0; // before nonFiniteAt: the gradient norm doubles with each of these steps
};

/// Loss of step `n` (1-based): a smooth, falling, reproducible curve.
[[nodiscard]] double fakeLoss(std::int64_t step);

/// Loss of a row in an epoch (from 0): of ten rows the first is never learned, the second forgotten after the second
/// epoch, the third easy from the start, the others learn.
[[nodiscard]] float fakeRowLoss(std::int64_t row, std::int64_t epoch);

/// Honours RunControl and the recipe's stop conditions like the real one (polled each step), resumes from the last
/// checkpoint of the folder, writes checkpoints that hold state.json and nothing else. The sink's error ends it.
[[nodiscard]] std::unique_ptr<Trainer> makeFakeTrainer(FakeScript script);
[[nodiscard]] TrainerFactory fakeTrainers(FakeScript script);

} // namespace fettle::train
