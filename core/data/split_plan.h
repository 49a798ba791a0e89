// Planning splits: which rows go to train, validation and test. A pure function: what already stands in a split stays
// there, so new rows never move old ones; torn groups and duplicate clusters are told before anything is written.
#pragma once

#include "base/result.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace fettle::data {

enum class Split { None = 0, Train, Validation, Test };
inline constexpr std::array<Split, 3> kSplits = {Split::Train, Split::Validation, Split::Test};
[[nodiscard]] const char* splitName(Split split); // "none" "train" "validation" "test"

struct SplitRow {
    std::int64_t id = 0;
    std::uint64_t key = 0;     // what the row's place is drawn from: a hash of a stable id or of its content
    std::uint64_t group = 0;   // rows of a group stay together (hash of a field, of user or source); 0 = none
    std::uint64_t cluster = 0; // duplicate cluster; 0 = none
    std::uint32_t stratum = 0; // label or other class for `stratified`
    Split current = Split::None;
    bool frozen = false; // never moves, whatever the options say
};

struct SplitPlanOptions {
    std::array<double, 3> ratio = {0.8, 0.1, 0.1};     // train, validation, test; any scale, at least one above 0
    std::array<std::int64_t, 3> counts = {-1, -1, -1}; // rows wanted; -1 = what is left. Given: ratio is not used
    bool stratified = false;  // every stratum in the same proportions (to the row, where groups allow)
    bool keepClusters = true; // rows of a duplicate cluster go together
    bool reassign = false;    // draw all rows again that are not frozen
    std::uint64_t seed = 42;
};

enum class SplitWarningKind {
    ClusterTorn = 1, // a duplicate cluster stands in several splits: a leak
    GroupTorn,       // a group does
    SplitEmpty,      // a split that was asked for gets no row
    StratumSmall,    // a stratum has too few rows (or groups) to stand in every split
    CountsShort,     // fewer rows than asked for
};
[[nodiscard]] const char* splitWarningName(SplitWarningKind kind);

struct SplitWarning {
    SplitWarningKind kind = SplitWarningKind::ClusterTorn;
    std::uint64_t which = 0;        // cluster, group or stratum; of SplitEmpty and CountsShort the Split
    std::vector<std::int64_t> rows; // ids (at most 100), of ClusterTorn and GroupTorn
    std::string text;               // in words
};

struct SplitAssignment {
    std::int64_t id = 0;
    Split split = Split::Train;
    bool moved = false; // differs from `current`
};

struct SplitPlan {
    std::vector<SplitAssignment> rows;    // in the order given
    std::array<std::int64_t, 3> counts{}; // rows a split
    std::vector<SplitWarning> warnings;
};

/// Ratio without strata: the place of a row (of its group or cluster) is a hash of its key and the seed, so it depends
/// on no other row. Counts and strata: units in the order of that hash fill what is missing. Rows that stand in a split
/// stay (unless `reassign`), and what belongs to them joins them. Errors: InvalidInput (no ratio above 0, negative
/// counts).
[[nodiscard]] Result<SplitPlan> planSplit(const std::vector<SplitRow>& rows, const SplitPlanOptions& options);

} // namespace fettle::data
