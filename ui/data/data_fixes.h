// Fixes of what checks found, planned before they are done: which rows change, and how the first of them will read.
#pragma once

#include "data/check_codes.h"
#include "project/row_store.h"

#include <stop_token>

namespace fettle::ui {

struct FixExample {
    project::RowId row = 0;
    std::string before, after; // texts of the row; `after` empty = it is rejected
};

struct FixPlan {
    data::CheckFix fix = data::CheckFix::DropRow;
    std::int64_t rows = 0;   // that change
    std::int64_t places = 0; // spans replaced (Redact)
    std::int64_t held = 0;   // rows beyond kMostRowEdits, left for the next time
    std::vector<FixExample> examples;
    project::BulkEdit bulk; // where `edits` is empty
    std::vector<project::Edit> edits;
};
/// Rows whose text changes stand in one undo step in memory: this many at a time.
inline constexpr std::int64_t kMostRowEdits = 100'000;
inline constexpr std::size_t kFixExamples = 8;

/// DropRow, DropFromTrain, KeepOne (all but the first of each cluster, by the findings of rows), Redact,
/// RepairEncoding; others: Unsupported. `filter` says among which rows. Labels of the steps are the caller's.
[[nodiscard]] Result<FixPlan> planFix(project::RowStore& rows, data::CheckFix fix, const project::Filter& filter,
                                      std::stop_token stop);

/// Rows that findings tie together: each cluster ascending, clusters by their first row. Looks at the rows with a code
/// of the family Duplicate, at most `most` of them.
struct RowClusters {
    std::vector<std::vector<project::RowId>> clusters;
    std::int64_t rowsLookedAt = 0, rowsThere = 0;
};
[[nodiscard]] Result<RowClusters> findClusters(project::RowStore& rows, std::int64_t most, std::stop_token stop);

/// What a person reads of a row, on one line a message.
[[nodiscard]] std::string plainText(const data::Sample& sample);

} // namespace fettle::ui
