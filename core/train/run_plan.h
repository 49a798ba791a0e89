// The plan of a run: every optimizer step of every epoch, and the steps at which it evaluates and saves. A pure
// function of the encoded rows and the recipe, so that a resumed run finds the very same steps. No torch.
#pragma once

#include "data/packed_batch.h"
#include "recipe/recipe.h"
#include "train/preflight.h"

#include <cstdint>
#include <string>
#include <vector>

namespace fettle::train {

class RunPlan {
public:
    /// Errors: no rows, nothing to train.
    [[nodiscard]] static Result<RunPlan> make(const recipe::Recipe& recipe, const std::vector<std::int32_t>& rowTokens,
                                              const std::vector<std::int32_t>& rowLabels, std::int64_t microTokens);

    [[nodiscard]] std::int64_t totalSteps() const { return m_total; }
    [[nodiscard]] std::int64_t epochs() const { return static_cast<std::int64_t>(m_stepsInEpoch.size()); }
    [[nodiscard]] std::int64_t stepsInEpoch(std::int64_t epoch) const {
        return m_stepsInEpoch.at(static_cast<std::size_t>(epoch));
    }
    /// Steps of one epoch, in order; made anew at each call (rows are shuffled by epoch).
    [[nodiscard]] std::vector<data::StepPlan> epochSteps(std::int64_t epoch) const;
    /// Place of 0-based global step index: epoch and step inside it.
    struct Place {
        std::int64_t epoch = 0, step = 0;
    };
    [[nodiscard]] Place placeOf(std::int64_t stepIndex) const;
    /// Epochs done after `step` steps: 1.5 = in the middle of the second.
    [[nodiscard]] double epochsAfter(std::int64_t step) const;
    [[nodiscard]] bool evaluatesAfter(std::int64_t step) const;
    [[nodiscard]] bool savesAfter(std::int64_t step) const;
    [[nodiscard]] bool endsEpoch(std::int64_t step) const;
    /// Hash over the first epoch's steps and the number of all.
    [[nodiscard]] const std::string& hash() const { return m_hash; }

private:
    [[nodiscard]] std::vector<std::int64_t> stepsEvery(std::optional<std::int64_t> everySteps,
                                                       double everyEpochs) const;

    std::vector<std::int32_t> m_rowTokens, m_rowLabels;
    data::PackOptions m_options;
    std::vector<std::int64_t> m_stepsInEpoch, m_wholeSteps,
        m_firstStep;                                  // by epoch; whole = before a part of an epoch or max_steps cut it
    std::vector<std::int64_t> m_evaluations, m_saves; // sorted
    std::int64_t m_total = 0;
    std::string m_hash;
};

} // namespace fettle::train
