// The checks of core/data over the rows of a project: what each row says alone (for the background job), and what only
// all rows together can say (duplicates, leaks between splits, unusual languages, labels).
#pragma once

#include "project/row_store.h"

namespace fettle::project {

/// For RowStore::setRowChecker: data::checkRow() and the language of data::rowFacts(). Details begin with the key where
/// the finding has one ("messages[1].content: ada@example.org").
[[nodiscard]] RowChecker standardRowChecker();

struct SetFindingOptions {
    double threshold = 0.8; // of near duplicates, 0.5 to 1
    std::string labelField; // as data::rowFacts
    std::stop_token stop;
    std::function<void(double)> progress;
};
struct SetFindings {
    std::int64_t rows = 0; // active ones, looked at
    std::int64_t duplicateRows = 0, leakedRows = 0;
    bool upToDate = false;   // the rows are those of the pass before: nothing was done
    std::int64_t capped = 0; // groups of rows so alike that not every pair was compared
    /// Clusters of near duplicates (exact ones included), to be shown side by side. Kept with the project.
    std::vector<std::vector<RowId>> clusters;
};
/// Looks at all active rows and replaces the findings of these checks (RowStore::setChecks). Minutes at 1,000,000 rows,
/// about 220 bytes a row; skipped where contents and splits are those of the last pass. Thread: any but the GUI's.
[[nodiscard]] Result<SetFindings> findAcrossRows(RowStore& rows, const SetFindingOptions& options);

/// A split planned over the rows of a project, and carried out as one undo step.
struct SplitRequest {
    std::vector<double> ratio = {0.8, 0.1, 0.1}; // train, validation, test
    std::vector<std::int64_t> counts;            // instead: rows, -1 = the rest
    std::string stratify;                        // "label", "answer" or a path below metadata; "" = not
    std::string group;                           // the same; rows of a value stay together
    bool keepClusters = true;                    // near duplicates stay together (clusters of the last pass)
    bool reassign = false; // rows that stand in a split may move; those of the test split never do
    std::uint64_t seed = 42;
};
struct SplitOutcome {
    std::int64_t train = 0, validation = 0, test = 0; // rows after it
    std::vector<std::string> warnings;
    std::vector<Edit> edits; // rows that get another split (some may have it already)
    RowId lastRow = 0;
};
/// What would be done; nothing is changed. Rows that came with an import after the last split (and lie in train as the
/// import put them) are drawn; rows that were there stay, unless `reassign`.
[[nodiscard]] Result<SplitOutcome> planRowSplit(const RowStore& rows, const SplitRequest& request,
                                                std::stop_token stop = {});
/// As one undo step. Returns how many rows moved.
[[nodiscard]] Result<std::int64_t> carryOutSplit(RowStore& rows, const SplitOutcome& outcome, const std::string& label);

} // namespace fettle::project
