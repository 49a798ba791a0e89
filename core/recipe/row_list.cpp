// Row numbers as sorted ranges.
#include "recipe/row_list.h"

#include "base/numbers.h"

#include <algorithm>

namespace fettle::recipe {
namespace {

Result<std::int64_t> numberOf(std::string_view text) {
    const auto value = parseInt(text);
    if (!value || *value < 0 || text.front() == '+') {
        return makeError(ErrorCode::InvalidInput, "is no row number");
    }
    return *value;
}

} // namespace

Result<RowList> RowList::parse(std::span<const std::string> entries) {
    RowList out;
    for (const std::string& entry : entries) {
        const std::size_t dash = entry.find('-');
        const auto first = numberOf(std::string_view(entry).substr(0, dash));
        const auto last = dash == std::string::npos ? first : numberOf(std::string_view(entry).substr(dash + 1));
        if (!first || !last || *last < *first) {
            return makeError(ErrorCode::InvalidInput, "\"" + entry + "\" is no row number and no range of them",
                             "Write numbers and ranges: [17, 40-60]. Rows are counted from 0.");
        }
        out.m_ranges.emplace_back(*first, *last);
    }
    out.tidy();
    return out;
}

RowList RowList::of(std::vector<std::int64_t> rows) {
    RowList out;
    for (const std::int64_t row : rows) {
        out.m_ranges.emplace_back(row, row);
    }
    out.tidy();
    return out;
}

void RowList::add(const RowList& other) {
    m_ranges.insert(m_ranges.end(), other.m_ranges.begin(), other.m_ranges.end());
    tidy();
}

void RowList::tidy() {
    std::sort(m_ranges.begin(), m_ranges.end());
    std::vector<std::pair<std::int64_t, std::int64_t>> out;
    for (const auto& range : m_ranges) {
        if (!out.empty() && range.first <= out.back().second + 1) {
            out.back().second = std::max(out.back().second, range.second);
        } else {
            out.push_back(range);
        }
    }
    m_ranges = std::move(out);
}

bool RowList::contains(std::int64_t row) const {
    const auto after = std::upper_bound(m_ranges.begin(), m_ranges.end(), row,
                                        [](std::int64_t value, const auto& range) { return value < range.first; });
    return after != m_ranges.begin() && row <= std::prev(after)->second;
}

std::int64_t RowList::count() const {
    std::int64_t out = 0;
    for (const auto& [first, last] : m_ranges) {
        out += last - first + 1;
    }
    return out;
}

std::vector<std::string> RowList::entries() const {
    std::vector<std::string> out;
    for (const auto& [first, last] : m_ranges) {
        out.push_back(first == last ? std::to_string(first) : std::to_string(first) + "-" + std::to_string(last));
    }
    return out;
}

} // namespace fettle::recipe
