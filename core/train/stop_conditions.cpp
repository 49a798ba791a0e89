// The chain, and the sentences it ends a run with.
#include "train/stop_conditions.h"

#include "base/numbers.h"
#include "run/run_folder.h"

#include <cmath>
#include <numeric>

namespace fettle::train {

using jobs::RunState;

StopConditions::StopConditions(const recipe::Recipe& recipe) {
    if (recipe.stop.minDiskGb > 0) {
        m_looksAtDisk = true;
        m_checks.emplace_back([limit = recipe.stop.minDiskGb](const RunStats& stats) -> std::optional<StopReason> {
            if (!stats.diskFreeBytes || static_cast<double>(*stats.diskFreeBytes) >= limit * 1e9) {
                return std::nullopt;
            }
            return StopReason{"low_disk", RunState::Stopped,
                              "Only " + formatBytes(*stats.diskFreeBytes) + " are free on the disk of the run; below " +
                                  formatDouble(limit) + " GB (stop.min_disk_gb) it stops and saves."};
        });
    }
    if (recipe.stop.targetLoss) {
        m_checks.emplace_back([target = *recipe.stop.targetLoss](const RunStats& stats) -> std::optional<StopReason> {
            std::optional<double> loss = stats.validationLoss;
            if (!stats.validates && stats.recentLosses.size() == kRecentLosses) {
                loss = std::accumulate(stats.recentLosses.begin(), stats.recentLosses.end(), 0.0) /
                       static_cast<double>(kRecentLosses);
            }
            if (!loss || !(*loss <= target)) {
                return std::nullopt;
            }
            return StopReason{"target_loss", RunState::Succeeded,
                              std::string(stats.validates ? "The validation loss" : "The mean training loss") + " is " +
                                  formatFixed(*loss, 4) + " at step " + std::to_string(stats.step) +
                                  ": the target of " + formatDouble(target) + " (stop.target_loss) is reached."};
        });
    }
    if (recipe.evaluation.patience) {
        m_checks.emplace_back([patience = *recipe.evaluation.patience,
                               metric = recipe.evaluation.metric](const RunStats& stats) -> std::optional<StopReason> {
            if (!stats.evaluated || stats.evaluationsSinceBest < patience) {
                return std::nullopt;
            }
            return StopReason{"early_stopping", RunState::Succeeded,
                              std::string(metric == "loss" ? "The validation loss" : "The token accuracy") +
                                  " has not improved for " + std::to_string(stats.evaluationsSinceBest) +
                                  " evaluation" + (stats.evaluationsSinceBest == 1 ? "" : "s") +
                                  " (evaluation.patience)."};
        });
    }
    if (recipe.stop.maxMinutes) {
        m_checks.emplace_back([limit = *recipe.stop.maxMinutes](const RunStats& stats) -> std::optional<StopReason> {
            if (stats.trainedMs < limit * 60000) {
                return std::nullopt;
            }
            return StopReason{"max_minutes", RunState::Stopped,
                              "It has trained " + formatDouble(limit) + " minutes (stop.max_minutes)."};
        });
    }
}

std::optional<StopReason> StopConditions::check(const RunStats& stats) const {
    for (const Check& each : m_checks) {
        if (auto reason = each(stats)) {
            return reason;
        }
    }
    return std::nullopt;
}

void noteLoss(std::vector<double>& recent, double loss) {
    recent.push_back(loss);
    if (recent.size() > kRecentLosses) {
        recent.erase(recent.begin());
    }
}

double trainedMsBefore(const std::string& folder) {
    const auto history = run::readRun(folder);
    if (!history) {
        return 0; // no life before this one
    }
    std::int64_t base = 0;
    std::int64_t last = 0;
    for (const run::RunEvent& event : history->events) {
        last = event.elapsedMs;
        if (const auto* state = std::get_if<run::StateChanged>(&event.body);
            state != nullptr && jobs::isFinal(state->state)) {
            base = last;
        }
    }
    return static_cast<double>(last - base);
}

} // namespace fettle::train
