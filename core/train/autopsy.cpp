// What the records of a run say about one step.
#include "train/autopsy.h"

#include "train/run_changes.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fettle::train {
namespace {

constexpr std::size_t kShownSteps = 60;
constexpr std::size_t kBaseline = 400; // steps that tell what is usual
constexpr std::size_t kRecent = 12;    // the last ones are not among them, where there are enough others
constexpr std::size_t kFewSteps = 8;   // fewer tell nothing about the usual noise
constexpr double kDeviations = 6;
constexpr std::int64_t kStepsOfARise = 2; // one high step is an odd batch, not a rise
constexpr double kJump = 100;             // times the usual: far beyond what a harder batch does
constexpr std::size_t kJumpSteps = 10;    // before the end
constexpr double kHugeParameter = 100;    // an adapter's values are below 1; AdamW moves them by the rate a step

double median(std::vector<double> values) {
    if (values.empty()) {
        return 0;
    }
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

SignalFact signalOf(const std::vector<StepFact>& steps, double StepFact::*value) {
    SignalFact out;
    std::vector<double> finite;
    for (const StepFact& step : steps) {
        if (std::isfinite(step.*value)) {
            finite.push_back(step.*value);
        }
    }
    if (finite.size() < 2) {
        return out;
    }
    out.known = true;
    out.last = finite.back();
    if (finite.size() < kFewSteps) { // the first steps are all there is to compare with
        out.few = true;
        out.usual = finite.front();
        out.limit = 2 * out.usual;
    } else {
        const std::size_t recent = std::min(kRecent, finite.size() / 3);
        const std::vector<double> base(finite.begin(), finite.end() - static_cast<std::ptrdiff_t>(recent));
        out.usual = median(base);
        std::vector<double> distances;
        for (const double one : base) {
            distances.push_back(std::abs(one - out.usual));
        }
        out.limit = std::max(out.usual + kDeviations * 1.4826 * median(std::move(distances)), 1.5 * out.usual);
    }
    for (std::size_t i = steps.size() - std::min(steps.size(), kJumpSteps); i < steps.size(); ++i) {
        if (std::isfinite(steps[i].*value) && steps[i].*value > out.highest) {
            out.highest = steps[i].*value;
            out.highestStep = steps[i].step;
        }
    }
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        if (std::isfinite((*step).*value) && !((*step).*value > out.limit)) {
            break;
        }
        if (std::isfinite((*step).*value)) {
            out.rises = step->step;
            ++out.steps;
        }
    }
    return out;
}

StepFact factOf(const run::StepMetrics& metrics) {
    return {metrics.step, metrics.epoch, metrics.loss, metrics.lr, metrics.gradNorm, metrics.tokenAccuracy};
}

void addRecord(const std::string& runFolder, Autopsy& out) {
    auto record = readDivergence(runFolder);
    if (!record || !*record || (*record)->step != out.step) {
        return; // of an older version, or of an earlier life of the run
    }
    out.record = std::move(**record);
    out.what = out.record->what;
    out.computedRows = static_cast<std::int64_t>(out.record->rows.size());
    double largest = -1;
    for (const DivergedRow& row : out.record->rows) {
        out.badRows += row.bad > 0 ? 1 : 0;
        if (std::isfinite(row.loss) && row.loss > largest) {
            largest = row.loss;
            out.largestLossRow = row.sample;
            out.largestLoss = row.loss;
        }
    }
    if (std::isfinite(out.record->learningRate) && out.record->learningRate > 0) {
        out.rate = out.record->learningRate;
        out.highestRate = std::max(out.highestRate, out.rate);
    }
}

AutopsyCause causeOf(const Autopsy& a) {
    const auto rises = [](const SignalFact& signal) { return signal.steps >= (signal.few ? 1 : kStepsOfARise); };
    const bool rose = rises(a.loss) || rises(a.gradient);
    if (!a.diverged) {
        const bool odd = (a.at && (a.at->loss > a.loss.limit || a.at->gradientNorm > a.gradient.limit)) &&
                         (a.loss.known || a.gradient.known);
        if (!odd) {
            return AutopsyCause::NotUnusual;
        }
        const bool backAgain = a.after && a.after->loss <= a.loss.limit;
        return rose ? AutopsyCause::RateTooHigh : backAgain ? AutopsyCause::StepAlone : AutopsyCause::Untold;
    }
    const bool huge = a.record && (a.record->largestParameter > kHugeParameter);
    if (rose || (huge && a.record->adapterFinite)) {
        return AutopsyCause::RateTooHigh;
    }
    if (a.gradient.known && a.gradient.usual > 0 && a.gradient.highest > kJump * a.gradient.usual) {
        return AutopsyCause::GradientJumped;
    }
    if (a.record && !a.record->adapterFinite) {
        return AutopsyCause::AdapterBroken;
    }
    if (a.record && a.record->what == "loss" && a.badRows > 0) {
        if (a.computedRows < 2) {
            return AutopsyCause::Untold; // nothing to compare the row with
        }
        return a.badRows == 1               ? AutopsyCause::OneRow
               : a.badRows < a.computedRows ? AutopsyCause::SomeRows
                                            : AutopsyCause::AllRows;
    }
    return AutopsyCause::Untold;
}

Autopsy examine(const std::string& runFolder, const run::RunHistory& history, const recipe::Recipe& recipe,
                std::int64_t step, bool diverged) {
    Autopsy out;
    out.step = step;
    out.diverged = diverged;
    std::vector<StepFact> all;
    double lastEpoch = 0;
    for (const run::RunEvent& event : history.events) {
        if (const auto* metrics = std::get_if<run::StepMetrics>(&event.body)) {
            if (metrics->step < step) {
                all.push_back(factOf(*metrics));
                lastEpoch = metrics->epoch;
            } else if (metrics->step == step) {
                out.at = factOf(*metrics);
            } else if (!out.after) {
                out.after = factOf(*metrics);
            }
            if (metrics->step <= step && std::isfinite(metrics->lr)) {
                out.highestRate = std::max(out.highestRate, metrics->lr);
            }
        } else if (const auto* state = std::get_if<run::StateChanged>(&event.body)) {
            if (state->fromStep && *state->fromStep < step) {
                out.resumedFrom = *state->fromStep;
            }
        } else if (const auto* change = std::get_if<run::RecipeChanged>(&event.body)) {
            out.changes.push_back(*change);
        }
    }
    const bool numbers = out.at && std::isfinite(out.at->loss);
    std::vector<StepFact> compared = all;
    if (!diverged && numbers) {
        compared.push_back(*out.at);
    }
    if (compared.size() > kBaseline) {
        compared.erase(compared.begin(), compared.end() - static_cast<std::ptrdiff_t>(kBaseline));
    }
    out.loss = signalOf(compared, &StepFact::loss);
    out.gradient = signalOf(compared, &StepFact::gradientNorm);
    if (out.loss.rises && out.gradient.rises && *out.loss.rises != *out.gradient.rises) {
        out.roseFirst = *out.loss.rises < *out.gradient.rises ? "loss" : "gradient";
    } else if (out.loss.rises.has_value() != out.gradient.rises.has_value()) {
        out.roseFirst = out.loss.rises ? "loss" : "gradient";
    }
    out.before = all.size() > kShownSteps
                     ? std::vector<StepFact>(all.end() - static_cast<std::ptrdiff_t>(kShownSteps), all.end())
                     : all;
    if (out.resumedFrom && !out.before.empty() && *out.resumedFrom + 1 < out.before.front().step) {
        out.resumedFrom.reset(); // long ago
    }
    if (!all.empty() && lastEpoch > 0 && std::abs(lastEpoch - std::round(lastEpoch)) < 1e-9) {
        out.epochBegan = std::llround(lastEpoch) + 1;
    }
    out.rate = out.at && std::isfinite(out.at->rate) ? out.at->rate : all.empty() ? 0 : all.back().rate;
    out.warmUp = all.size() > 1 && all.back().rate > all[all.size() - 2].rate;
    out.noGradientLimit = recipe.optimizer.maxGradNorm <= 0;
    if (const auto info = run::readRunInfo(runFolder); info && info->contains("frozen")) {
        out.computeType = (*info)["frozen"].value("compute_dtype", std::string());
    }
    for (const run::CheckpointInfo& checkpoint : run::listCheckpoints(runFolder)) {
        if (checkpoint.step < step) {
            out.checkpoint = checkpoint;
        }
    }
    addRecord(runFolder, out);
    if (diverged) {
        for (auto event = history.events.rbegin(); event != history.events.rend(); ++event) {
            const auto* state = std::get_if<run::StateChanged>(&event->body);
            if (state != nullptr && state->reason == "non_finite_loss") {
                out.rows = state->rows;
                break;
            }
        }
    }
    if (out.rows.empty() && out.record) {
        for (const DivergedRow& row : out.record->rows) {
            out.rows.push_back(row.sample);
        }
        std::sort(out.rows.begin(), out.rows.end());
    }
    out.cause = causeOf(out);
    return out;
}

} // namespace

const char* autopsyCauseName(AutopsyCause cause) {
    switch (cause) {
    case AutopsyCause::Untold:
        break;
    case AutopsyCause::NotUnusual:
        return "not_unusual";
    case AutopsyCause::RateTooHigh:
        return "rate_too_high";
    case AutopsyCause::GradientJumped:
        return "gradient_jumped";
    case AutopsyCause::AdapterBroken:
        return "adapter_broken";
    case AutopsyCause::OneRow:
        return "one_row";
    case AutopsyCause::SomeRows:
        return "some_rows";
    case AutopsyCause::AllRows:
        return "all_rows";
    case AutopsyCause::StepAlone:
        return "step_alone";
    }
    return "untold";
}

std::optional<Autopsy> divergenceOf(const std::string& runFolder, const run::RunHistory& history,
                                    const recipe::Recipe& recipe) {
    if (history.state != jobs::RunState::Failed || history.reason != "non_finite_loss") {
        return std::nullopt;
    }
    std::int64_t step = history.lastStep;
    for (const run::RunEvent& event : history.events) {
        const auto* state = std::get_if<run::StateChanged>(&event.body);
        if (state != nullptr && state->reason == "non_finite_loss" && state->step) {
            step = *state->step;
        }
    }
    return examine(runFolder, history, recipe, step, true);
}

Result<std::optional<Autopsy>> divergenceOf(const std::string& runFolder) {
    FETTLE_TRY_VALUE(const run::RunHistory history, run::readRun(runFolder));
    FETTLE_TRY_VALUE(const recipe::Recipe recipe, effectiveRecipe(runFolder));
    return divergenceOf(runFolder, history, recipe);
}

Result<Autopsy> autopsyOf(const std::string& runFolder, std::int64_t step) {
    FETTLE_TRY_VALUE(const run::RunHistory history, run::readRun(runFolder));
    FETTLE_TRY_VALUE(const recipe::Recipe recipe, effectiveRecipe(runFolder));
    if (auto diverged = divergenceOf(runFolder, history, recipe); diverged && diverged->step == step) {
        return std::move(*diverged);
    }
    const bool there = std::any_of(history.events.begin(), history.events.end(), [step](const run::RunEvent& event) {
        const auto* metrics = std::get_if<run::StepMetrics>(&event.body);
        return metrics != nullptr && metrics->step == step;
    });
    if (!there) {
        return makeError(ErrorCode::NotFound, "the run has no step " + std::to_string(step)).at(runFolder);
    }
    return examine(runFolder, history, recipe, step, false);
}

Result<std::vector<std::optional<double>>> tokenLosses(LoadedModel& model, const text::EncodedRow& row) {
    std::vector<std::optional<double>> out(row.ids.size());
    FETTLE_TRY_VALUE(const std::vector<double> scores, model.score(row.ids));
    for (std::size_t i = 1; i < row.ids.size() && i < scores.size(); ++i) {
        if (i < row.labels.size() && row.labels[i] != text::kIgnore) {
            out[i] = -scores[i];
        }
    }
    return out;
}

} // namespace fettle::train
