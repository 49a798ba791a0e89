// The difference between two sets of rows: added, changed, removed. By id where rows have one, else by content, with
// rows of the same question told as changed.
#pragma once

#include "data/sample.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fettle::data {

/// What is kept of a row for the comparison.
struct RowMark {
    std::uint64_t id = 0; // hash of its id, 0 = none
    std::array<std::uint64_t, 2> content{};
    std::uint64_t prompt = 0; // hash of the prompt's normal key, 0 = none
};
/// `idField`: dotted path of the id below metadata ("id"), or empty = rows have none.
[[nodiscard]] RowMark markOf(const Sample& sample, const std::string& idField);

struct RowDiff {
    bool byId = false;                                          // else by content
    std::vector<std::int64_t> added;                            // positions in the second set
    std::vector<std::int64_t> removed;                          // positions in the first
    std::vector<std::pair<std::int64_t, std::int64_t>> changed; // first, second
    std::int64_t same = 0;
    std::int64_t moved = 0; // same rows at another place in the order
};

/// Ids are used where every row of both sets has one and none stands twice in a set; otherwise equal contents pair off
/// one by one, then rows with the same prompt that is unique among the rest on both sides are changed ones.
[[nodiscard]] RowDiff diffRows(const std::vector<RowMark>& first, const std::vector<RowMark>& second);

/// Dotted paths at which two rows differ, in order of the first ("messages[1].content", "metadata.source").
[[nodiscard]] std::vector<std::string> differingKeys(const Sample& first, const Sample& second);

} // namespace fettle::data
