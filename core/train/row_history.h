// Losses of every training row epoch by epoch, and what they say about the row: never learned, forgotten, too easy.
// Rules and their sources: README.md, "Rows by their losses". No torch.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace fettle::train {

/// A table rows x epochs, as compact as it can be: a million rows over ten epochs take 48 MB.
struct RowHistory {
    std::vector<std::int64_t> steps;   // of each column: the step that ended the epoch
    std::vector<std::int64_t> samples; // ascending
    std::vector<float> losses;         // [row * columns() + column]; NaN = not measured
    std::vector<Error> faults;         // files that are missing or damaged: each is left out and named here
    [[nodiscard]] std::size_t columns() const { return steps.size(); }
    [[nodiscard]] std::span<const float> row(std::size_t index) const {
        return std::span<const float>(losses).subspan(index * columns(), columns());
    }
    /// The last loss that was measured; NaN = none.
    [[nodiscard]] float last(std::size_t index) const;
};

/// All row_losses files that the run's events name; those of overwritten steps are not among them. An Error only where
/// the events cannot be read. Thread: any.
[[nodiscard]] Result<RowHistory> readRowHistory(const std::string& runFolder);

enum class RowClass : std::uint8_t { Untold = 0, Learning, TooEasy, NeverLearned, Forgotten };

/// A row whose last mean loss is no higher is known (the right tokens get 90 % and more): it is neither never learned
/// nor forgotten, however the others do.
inline constexpr double kKnownLoss = 0.105; // -ln 0.9

/// The numbers the rules use, taken from the run itself.
struct RowThresholds {
    double firstMedian = 0; // of the first losses
    double lastMedian = 0;  // of the last ones
    double lastUpper = 0;   // upper quartile of the last ones
    double medianFall = 0;  // median of first - last, at least 0
    double spread = 0;      // between the quartiles of the last losses
    [[nodiscard]] double easy() const { return firstMedian / 4; }
    [[nodiscard]] double hardlyFell() const { return medianFall / 4; }
    [[nodiscard]] double rose() const { return medianFall > 0 ? medianFall / 2 : spread; }
};
[[nodiscard]] RowThresholds rowThresholds(const RowHistory& history);
/// The class of one row. Untold: no loss at all.
[[nodiscard]] RowClass classifyRow(std::span<const float> losses, const RowThresholds& thresholds);
/// One class a row.
[[nodiscard]] std::vector<RowClass> classifyRowLosses(const RowHistory& history);
/// "never_learned", "forgotten", "too_easy", "learning", "untold".
[[nodiscard]] const char* rowClassName(RowClass rowClass);

/// CSV: row, class, first_loss, last_loss and one column a step that ended an epoch ("step_40"); rows by index, in the
/// order given. Numbers in the C locale with all digits, empty where there is none. Atomic.
[[nodiscard]] Result<void> writeRowHistoryCsv(const std::string& path, const RowHistory& history,
                                              std::span<const RowClass> classes, std::span<const std::uint32_t> rows);

} // namespace fettle::train
