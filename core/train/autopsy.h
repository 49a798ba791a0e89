// The autopsy of a step: what a run's own records say about a divergence or a jump of its loss, with a likely cause
// that never says more than the evidence does. No torch, no data files: everything comes from the run folder.
#pragma once

#include "base/result.h"
#include "recipe/recipe.h"
#include "run/run_folder.h"
#include "train/divergence_record.h"
#include "train/engine.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fettle::train {

struct StepFact {
    std::int64_t step = 0;
    double epoch = 0, loss = 0, rate = 0, gradientNorm = 0, tokenAccuracy = 0;
};

/// A number before the step, against what was usual in this run.
struct SignalFact {
    bool known = false; // there were steps to compare with
    bool few = false;   // only the first steps of the run: compared with the very first, and one above is a rise
    double usual = 0;   // median of the earlier steps
    double limit = 0;   // above it a value is unusual: usual + 6 robust deviations, at least half as much again
    double last = 0;    // of the last step before (of the step itself where it has a number)
    std::optional<std::int64_t> rises; // first of the steps up to the last that were all above the limit
    std::int64_t steps = 0;            // how many these are
    double highest = 0;                // of the last steps
    std::int64_t highestStep = 0;
};

enum class AutopsyCause : std::uint8_t {
    Untold = 0,     // nothing unusual was recorded
    NotUnusual,     // asked about a step that is like the others
    RateTooHigh,    // loss or gradient rose over several steps before
    GradientJumped, // one of the last steps had a gradient far beyond the usual
    AdapterBroken,  // the adapter held no numbers when the step began, and nothing rose before
    OneRow,         // one row of several
    SomeRows,       // some of them
    AllRows,        // all of them, and nothing rose before
    StepAlone       // a jump of one step: before and after the run was as usual
};
/// "rate_too_high", …
[[nodiscard]] const char* autopsyCauseName(AutopsyCause cause);

struct Autopsy {
    std::int64_t step = 0;
    bool diverged = false;        // else a step somebody asked about
    std::string what;             // "loss", "gradient"; "" = not recorded
    std::vector<StepFact> before; // the last steps before it, and the step itself where it has numbers; oldest first
    std::optional<StepFact> at, after; // the step itself and the next, where they have numbers
    SignalFact loss, gradient;
    std::string roseFirst; // "loss", "gradient", "" = neither or together
    double rate = 0, highestRate = 0;
    bool warmUp = false;                     // the rate was still rising
    std::optional<std::int64_t> resumedFrom; // a resume among the steps of `before`
    std::optional<std::int64_t> epochBegan;  // number of the epoch that began with this step (2 = the second)
    std::vector<std::int64_t> rows;          // sample ids the run named, or of the record
    std::optional<DivergenceRecord> record;
    std::optional<std::int64_t> largestLossRow; // of the record's rows with a number
    double largestLoss = 0;
    std::int64_t badRows = 0, computedRows = 0;
    std::optional<run::CheckpointInfo> checkpoint; // the last one before the step
    bool noGradientLimit = false;
    std::string computeType; // "bf16", "fp32", "" = not recorded
    std::vector<run::RecipeChanged> changes;
    AutopsyCause cause = AutopsyCause::Untold;
};

/// Of a run that ended with non_finite_loss; nullopt where it did not. Errors: the folder cannot be read.
[[nodiscard]] Result<std::optional<Autopsy>> divergenceOf(const std::string& runFolder);
/// The same from what was read already.
[[nodiscard]] std::optional<Autopsy> divergenceOf(const std::string& runFolder, const run::RunHistory& history,
                                                  const recipe::Recipe& recipe);
/// Of any step of a run. Error NotFound where the run has no such step.
[[nodiscard]] Result<Autopsy> autopsyOf(const std::string& runFolder, std::int64_t step);

/// In English, for the command line and exports: one line a fact, the likely cause first.
[[nodiscard]] std::vector<std::string> autopsyLines(const Autopsy& autopsy);
[[nodiscard]] Json autopsyJson(const Autopsy& autopsy);

/// Loss of each token of a row by a loaded model: nullopt where it is no trained token, NaN where it is no number.
[[nodiscard]] Result<std::vector<std::optional<double>>> tokenLosses(LoadedModel& model, const text::EncodedRow& row);

} // namespace fettle::train
