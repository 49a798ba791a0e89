// Rows as lengths, and how many steps a run over them makes, before it starts.
#include "base/hash.h"
#include "train/preflight.h"
#include "train/run_plan.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fettle::train {
namespace {

constexpr std::int64_t kCpuMicroTokens = 1024; // fits the second-level caches of two cores (measured: 2048 is slower)
constexpr std::int64_t kCudaMicroTokens = 8192;
constexpr std::size_t kFewestPlanned = 200;

RowLengths lengthsWhere(const EncodedSplit& split, const std::vector<bool>& leftOut) {
    RowLengths out;
    out.tokens.reserve(split.rows.size());
    out.labels.reserve(split.rows.size());
    for (std::size_t i = 0; i < split.rows.size(); ++i) {
        if (leftOut.empty() || !leftOut[i]) {
            out.tokens.push_back(static_cast<std::int32_t>(split.rows[i].ids.size()));
            out.labels.push_back(static_cast<std::int32_t>(split.rows[i].labelCount()));
        }
    }
    return out;
}

} // namespace

std::vector<bool> heldOutRows(const std::vector<std::int64_t>& sampleIds, double share, std::uint64_t seed) {
    const std::size_t total = sampleIds.size();
    const auto wanted = std::min(total, static_cast<std::size_t>(share * static_cast<double>(total) + 0.5));
    std::vector<std::pair<std::uint64_t, std::size_t>> order(total);
    for (std::size_t row = 0; row < total; ++row) {
        order[row] = {hash64(std::to_string(sampleIds[row]), seed), row};
    }
    std::sort(order.begin(), order.end());
    std::vector<bool> moved(total, false);
    for (std::size_t i = 0; i < wanted; ++i) {
        moved[order[i].second] = true;
    }
    return moved;
}

RowLengths rowLengths(const EncodedSplit& split) {
    return lengthsWhere(split, {});
}

RowLengths trainedRowLengths(const recipe::Recipe& recipe, const EncodedSplit& split) {
    return recipe.data.validationShare > 0
               ? lengthsWhere(split, heldOutRows(split.sampleIds, recipe.data.validationShare,
                                                 static_cast<std::uint64_t>(recipe.seed)))
               : rowLengths(split);
}

std::int64_t microTokensOf(const recipe::Recipe& recipe, bool cuda) {
    return recipe.training.microTokens > 0 ? recipe.training.microTokens : (cuda ? kCudaMicroTokens : kCpuMicroTokens);
}

std::int64_t plannedSteps(const recipe::Recipe& recipe, const RowLengths& rows) {
    if (recipe.training.maxSteps) {
        return *recipe.training.maxSteps;
    }
    const double epochs = std::max(1.0, std::ceil(recipe.training.epochs));
    const auto few = static_cast<std::size_t>(static_cast<double>(kPlannedRows) / epochs);
    const std::size_t planned = std::min(rows.tokens.size(), std::max(few, kFewestPlanned));
    if (planned == 0) {
        return 0;
    }
    const auto end = static_cast<std::ptrdiff_t>(planned);
    const auto plan = RunPlan::make(recipe, {rows.tokens.begin(), rows.tokens.begin() + end},
                                    {rows.labels.begin(), rows.labels.begin() + end}, microTokensOf(recipe, false));
    if (!plan) {
        return 0;
    }
    if (planned == rows.tokens.size()) {
        return plan->totalSteps();
    }
    const auto all = std::accumulate(rows.tokens.begin(), rows.tokens.end(), 0.0);
    const auto seen = std::accumulate(rows.tokens.begin(), rows.tokens.begin() + end, 0.0);
    return std::max<std::int64_t>(1, std::llround(static_cast<double>(plan->totalSteps()) * all / std::max(1.0, seen)));
}

} // namespace fettle::train
