// Learning-rate schedules.
#include "train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fettle::train {

Schedule scheduleOf(const recipe::OptimizerSection& optimizer, std::int64_t totalSteps) {
    Schedule schedule;
    schedule.name = optimizer.schedule;
    schedule.peak = optimizer.learningRate;
    schedule.totalSteps = std::max<std::int64_t>(1, totalSteps);
    const auto byRatio =
        static_cast<std::int64_t>(std::ceil(optimizer.warmupRatio * static_cast<double>(schedule.totalSteps)));
    schedule.warmupSteps = std::clamp<std::int64_t>(optimizer.warmupSteps.value_or(byRatio), 0, schedule.totalSteps);
    return schedule;
}

double learningRate(const Schedule& schedule, std::int64_t step) {
    const auto done = static_cast<double>(step - 1);
    const auto warmup = static_cast<double>(schedule.warmupSteps);
    if (done < warmup) {
        return schedule.peak * done / std::max(1.0, warmup);
    }
    const double length = std::max(1.0, static_cast<double>(schedule.totalSteps) - warmup);
    const double progress = std::clamp((done - warmup) / length, 0.0, 1.0);
    if (schedule.name == "constant") {
        return schedule.peak;
    }
    if (schedule.name == "linear") {
        return schedule.peak * (1.0 - progress);
    }
    if (schedule.name == "wsd") {
        constexpr double kDecayShare = 0.1;
        return progress < 1.0 - kDecayShare ? schedule.peak : schedule.peak * (1.0 - progress) / kDecayShare;
    }
    return schedule.peak * std::max(0.0, 0.5 * (1.0 + std::cos(std::numbers::pi * progress)));
}

} // namespace fettle::train
