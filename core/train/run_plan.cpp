// Steps of a run, and when it evaluates and saves.
#include "train/run_plan.h"

#include "base/hash.h"

#include <algorithm>
#include <cmath>

namespace fettle::train {
namespace {

constexpr std::int64_t kMaxEpochs = 100000;

} // namespace

Result<RunPlan> RunPlan::make(const recipe::Recipe& recipe, const std::vector<std::int32_t>& rowTokens,
                              const std::vector<std::int32_t>& rowLabels, std::int64_t microTokens) {
    std::int64_t labels = 0;
    for (const std::int32_t count : rowLabels) {
        labels += count;
    }
    if (rowTokens.empty() || labels == 0) {
        return makeError(ErrorCode::InvalidInput,
                         rowTokens.empty() ? "no rows are left to train on" : "no token of any row is trained",
                         "Look at the rows with `fettle data encode`, or change data.train_on, data.template or "
                         "training.context.")
            .forKey("data.train");
    }
    RunPlan plan;
    plan.m_rowTokens = rowTokens;
    plan.m_rowLabels = rowLabels;
    plan.m_options.batchTokens = recipe.training.batchTokens;
    plan.m_options.batchRows = recipe.training.batchRows.value_or(0);
    plan.m_options.microTokens = microTokens;
    plan.m_options.shuffle = recipe.data.shuffle;
    plan.m_options.seed = static_cast<std::uint64_t>(recipe.seed);

    const std::int64_t limit = recipe.training.maxSteps.value_or(0);
    const double epochs = limit > 0 ? static_cast<double>(kMaxEpochs) : recipe.training.epochs;
    for (std::int64_t epoch = 0; static_cast<double>(epoch) < epochs; ++epoch) {
        const auto whole = plan.epochSteps(epoch);
        if (epoch == 0) {
            plan.m_hash = data::planHash(whole);
        }
        auto steps = static_cast<std::int64_t>(whole.size());
        const double share = std::min(1.0, epochs - static_cast<double>(epoch));
        steps = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::llround(share * static_cast<double>(steps))));
        if (limit > 0) {
            steps = std::min(steps, limit - plan.m_total);
        }
        plan.m_firstStep.push_back(plan.m_total);
        plan.m_wholeSteps.push_back(static_cast<std::int64_t>(whole.size()));
        plan.m_stepsInEpoch.push_back(steps);
        plan.m_total += steps;
        if (limit > 0 && plan.m_total >= limit) {
            break;
        }
    }
    plan.m_hash = hashHex(plan.m_hash + ":" + std::to_string(plan.m_total));
    plan.m_evaluations = plan.stepsEvery(recipe.evaluation.everySteps, recipe.evaluation.everyEpochs);
    plan.m_saves = plan.stepsEvery(recipe.checkpoint.everySteps, recipe.checkpoint.everyEpochs);
    if (plan.m_saves.empty() || plan.m_saves.back() != plan.m_total) {
        plan.m_saves.push_back(plan.m_total); // a finished run always has its last adapter
    }
    return plan;
}

std::vector<data::StepPlan> RunPlan::epochSteps(std::int64_t epoch) const {
    data::PackOptions options = m_options;
    options.epoch = epoch;
    return data::planEpoch(m_rowTokens, m_rowLabels, options);
}

RunPlan::Place RunPlan::placeOf(std::int64_t stepIndex) const {
    const auto next = std::upper_bound(m_firstStep.begin(), m_firstStep.end(), stepIndex);
    const auto epoch = static_cast<std::int64_t>(next - m_firstStep.begin()) - 1;
    return {epoch, stepIndex - m_firstStep.at(static_cast<std::size_t>(epoch))};
}

double RunPlan::epochsAfter(std::int64_t step) const {
    if (step <= 0) {
        return 0;
    }
    const Place place = placeOf(step - 1);
    return static_cast<double>(place.epoch) +
           static_cast<double>(place.step + 1) /
               static_cast<double>(m_wholeSteps.at(static_cast<std::size_t>(place.epoch)));
}

bool RunPlan::evaluatesAfter(std::int64_t step) const {
    return std::binary_search(m_evaluations.begin(), m_evaluations.end(), step);
}

bool RunPlan::savesAfter(std::int64_t step) const {
    return std::binary_search(m_saves.begin(), m_saves.end(), step);
}

bool RunPlan::endsEpoch(std::int64_t step) const {
    const Place place = placeOf(step - 1);
    return place.step + 1 == stepsInEpoch(place.epoch);
}

std::vector<std::int64_t> RunPlan::stepsEvery(std::optional<std::int64_t> everySteps, double everyEpochs) const {
    std::vector<std::int64_t> steps;
    if (everySteps && *everySteps > 0) {
        for (std::int64_t step = *everySteps; step <= m_total; step += *everySteps) {
            steps.push_back(step);
        }
    } else if (!everySteps && everyEpochs > 0) {
        for (std::int64_t k = 1;; ++k) {
            const double position = static_cast<double>(k) * everyEpochs;
            const auto epoch = static_cast<std::int64_t>(std::floor(position - 1e-9));
            if (epoch >= epochs()) {
                break;
            }
            const double inside = position - static_cast<double>(epoch);
            const auto step =
                m_firstStep[static_cast<std::size_t>(epoch)] +
                static_cast<std::int64_t>(std::llround(inside * static_cast<double>(stepsInEpoch(epoch))));
            if (step >= 1 && step <= m_total && (steps.empty() || steps.back() < step)) {
                steps.push_back(step);
            }
        }
    } else {
        return steps;
    }
    if (steps.empty() || steps.back() != m_total) {
        steps.push_back(m_total);
    }
    return steps;
}

} // namespace fettle::train
