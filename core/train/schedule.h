// Learning-rate schedules: the rate of a step as a pure function of the recipe and the length of the run (no torch: the
// window draws it before the start).
#pragma once

#include "recipe/recipe.h"

#include <cstdint>

namespace fettle::train {

struct Schedule {
    std::string name = "cosine"; // cosine linear constant wsd
    double peak = 2e-4;
    std::int64_t warmupSteps = 0, totalSteps = 1;
};

/// Warm-up: steps where they are given, else ceil(ratio · total), never more than the run.
[[nodiscard]] Schedule scheduleOf(const recipe::OptimizerSection& optimizer, std::int64_t totalSteps);

/// Rate of step `step` (1-based), as transformers counts it: s = step - 1 scheduler steps lie behind it. Warm-up
/// peak·s/warmup, then cosine peak·(1 + cos(π·p))/2, linear peak·(1 - p), constant peak, or wsd: constant until the
/// last tenth of the run, then linear to 0; p = (s - warmup)/(total - warmup). Sources: transformers
/// `get_cosine_schedule_with_warmup`; warm-up stable decay: arXiv 2404.06395.
[[nodiscard]] double learningRate(const Schedule& schedule, std::int64_t step);

} // namespace fettle::train
