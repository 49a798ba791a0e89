// Stop conditions: what ends a run before its last step, other than a person or a failure. Each is one check over the
// same numbers; they are asked one after the other and the first that holds names the end. No torch.
#pragma once

#include "jobs/run_control.h"
#include "recipe/recipe.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace fettle::train {

/// Steps over which stop.target_loss takes the mean of the training loss where there are no validation rows.
inline constexpr std::size_t kRecentLosses = 20;

/// What a run knows after a step.
struct RunStats {
    std::int64_t step = 0;
    double trainedMs = 0; // since a person started or continued the run, without pauses; a crash does not reset it
    bool validates = false;
    std::optional<double> validationLoss;       // measured at this step
    std::vector<double> recentLosses;           // training loss of the last steps, at most kRecentLosses
    std::int64_t evaluationsSinceBest = 0;      // of the metric
    bool evaluated = false;                     // at this step
    std::optional<std::uint64_t> diskFreeBytes; // where the run is kept; nullopt = unknown
};

/// How the run ends: `Stopped` was cut short and can be continued, `Succeeded` has reached what was asked.
struct StopReason {
    std::string reason; // as in StateChanged::reason: max_minutes, target_loss, early_stopping, low_disk
    jobs::RunState state = jobs::RunState::None;
    std::string message; // one English sentence with the numbers
};

/// The chain of a recipe. A pure function of the numbers, so that a resumed run stops where the straight one would.
class StopConditions {
public:
    explicit StopConditions(const recipe::Recipe& recipe);
    /// The first that holds, in the order: low disk, target loss, patience, minutes.
    [[nodiscard]] std::optional<StopReason> check(const RunStats& stats) const;
    /// Whether somebody looks at the disk (so that the caller asks the system only then).
    [[nodiscard]] bool looksAtDisk() const { return m_looksAtDisk; }

private:
    using Check = std::function<std::optional<StopReason>(const RunStats&)>;
    std::vector<Check> m_checks;
    bool m_looksAtDisk = false;
};

/// Appends a loss and forgets the oldest beyond kRecentLosses.
void noteLoss(std::vector<double>& recent, double loss);

/// Training time in `folder` that counts against stop.max_minutes when it is started now: what lives since the last
/// end (stopped, failed …) took. A crash is no end.
[[nodiscard]] double trainedMsBefore(const std::string& folder);

} // namespace fettle::train
