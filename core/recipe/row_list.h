// Rows by number, as a recipe lists them: "17" is one row, "40-60" is both ends and what lies between.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace fettle::recipe {

class RowList {
public:
    RowList() = default;
    /// Error (InvalidInput) names the entry that is no number and no range.
    [[nodiscard]] static Result<RowList> parse(std::span<const std::string> entries);
    [[nodiscard]] static RowList of(std::vector<std::int64_t> rows);

    [[nodiscard]] bool empty() const { return m_ranges.empty(); }
    [[nodiscard]] bool contains(std::int64_t row) const;
    /// Numbers in the list, each once.
    [[nodiscard]] std::int64_t count() const;
    void add(const RowList& other);
    /// The shortest way to write it: ascending, neighbours as ranges.
    [[nodiscard]] std::vector<std::string> entries() const;

private:
    void tidy();
    std::vector<std::pair<std::int64_t, std::int64_t>> m_ranges; // both ends inside; ascending, apart
};

} // namespace fettle::recipe
