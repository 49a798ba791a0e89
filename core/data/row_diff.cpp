// Differences between sets of rows, and between two rows.
#include "data/row_diff.h"

#include "base/hash.h"
#include "data/formats.h"
#include "data/row_text.h"
#include "data/value_diff.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace fettle::data {
namespace {

std::uint64_t fromHex(std::string_view digits) {
    std::uint64_t value = 0;
    for (const char c : digits) {
        value = value << 4U | static_cast<std::uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return value;
}

bool hasUniqueIds(const std::vector<RowMark>& rows) {
    std::unordered_set<std::uint64_t> seen;
    return std::all_of(rows.begin(), rows.end(),
                       [&](const RowMark& row) { return row.id != 0 && seen.insert(row.id).second; });
}

struct ContentHasher {
    std::size_t operator()(const std::array<std::uint64_t, 2>& content) const {
        return static_cast<std::size_t>(content[0] ^ (content[1] * 0x9E3779B97F4A7C15U));
    }
};

RowDiff diffById(const std::vector<RowMark>& first, const std::vector<RowMark>& second) {
    RowDiff out;
    out.byId = true;
    std::unordered_map<std::uint64_t, std::int64_t> places;
    for (std::size_t i = 0; i < first.size(); ++i) {
        places.emplace(first[i].id, static_cast<std::int64_t>(i));
    }
    std::vector<bool> kept(first.size(), false);
    std::int64_t last = -1;
    for (std::size_t i = 0; i < second.size(); ++i) {
        const auto found = places.find(second[i].id);
        if (found == places.end()) {
            out.added.push_back(static_cast<std::int64_t>(i));
            continue;
        }
        const auto place = static_cast<std::size_t>(found->second);
        kept[place] = true;
        if (first[place].content != second[i].content) {
            out.changed.emplace_back(found->second, static_cast<std::int64_t>(i));
        } else {
            ++out.same;
            out.moved += found->second < last ? 1 : 0;
        }
        last = std::max(last, found->second);
    }
    for (std::size_t i = 0; i < first.size(); ++i) {
        if (!kept[i]) {
            out.removed.push_back(static_cast<std::int64_t>(i));
        }
    }
    return out;
}

// Positions by prompt; -1 where a prompt stands twice among them.
std::unordered_map<std::uint64_t, std::int64_t> uniquePrompts(const std::vector<RowMark>& rows,
                                                              const std::vector<std::int64_t>& places) {
    std::unordered_map<std::uint64_t, std::int64_t> out;
    for (const std::int64_t place : places) {
        const std::uint64_t prompt = rows[static_cast<std::size_t>(place)].prompt;
        if (prompt != 0) {
            const auto [found, isNew] = out.emplace(prompt, place);
            found->second = isNew ? place : -1;
        }
    }
    return out;
}

RowDiff diffByContent(const std::vector<RowMark>& first, const std::vector<RowMark>& second) {
    RowDiff out;
    std::unordered_map<std::array<std::uint64_t, 2>, std::vector<std::int64_t>, ContentHasher> open;
    for (std::size_t i = first.size(); i > 0; --i) { // the first of equal rows is taken first
        open[first[i - 1].content].push_back(static_cast<std::int64_t>(i) - 1);
    }
    std::vector<bool> kept(first.size(), false);
    std::vector<std::int64_t> news;
    std::int64_t last = -1;
    for (std::size_t i = 0; i < second.size(); ++i) {
        const auto found = open.find(second[i].content);
        if (found == open.end() || found->second.empty()) {
            news.push_back(static_cast<std::int64_t>(i));
            continue;
        }
        const std::int64_t place = found->second.back();
        found->second.pop_back();
        kept[static_cast<std::size_t>(place)] = true;
        ++out.same;
        out.moved += place < last ? 1 : 0;
        last = std::max(last, place);
    }
    std::vector<std::int64_t> gone;
    for (std::size_t i = 0; i < first.size(); ++i) {
        if (!kept[i]) {
            gone.push_back(static_cast<std::int64_t>(i));
        }
    }
    const auto before = uniquePrompts(first, gone);
    const auto after = uniquePrompts(second, news);
    std::unordered_set<std::int64_t> paired;
    for (const std::int64_t place : news) {
        const std::uint64_t prompt = second[static_cast<std::size_t>(place)].prompt;
        const auto old = before.find(prompt);
        const auto now = after.find(prompt);
        if (prompt != 0 && old != before.end() && old->second >= 0 && now->second >= 0) {
            out.changed.emplace_back(old->second, place);
            paired.insert(old->second);
        } else {
            out.added.push_back(place);
        }
    }
    for (const std::int64_t place : gone) {
        if (!paired.contains(place)) {
            out.removed.push_back(place);
        }
    }
    return out;
}

} // namespace

RowMark markOf(const Sample& sample, const std::string& idField) {
    RowMark out;
    const std::string hash = contentHash(sample);
    out.content = {fromHex(std::string_view(hash).substr(0, 16)), fromHex(std::string_view(hash).substr(16))};
    const std::string prompt = normalKey(promptText(sample));
    out.prompt = prompt.empty() ? 0 : hash64(prompt);
    const Json* value = !idField.empty() && sample.row.is_object() ? present(sample.row, "metadata") : nullptr;
    for (std::string_view path = idField; value != nullptr && !path.empty();) {
        const std::size_t dot = std::min(path.find('.'), path.size());
        value = value->is_object() ? present(*value, path.substr(0, dot)) : nullptr;
        path.remove_prefix(std::min(path.size(), dot + 1));
    }
    if (value != nullptr && !value->is_structured()) {
        out.id = std::max<std::uint64_t>(hash64(dumpJson(*value)), 1);
    }
    return out;
}

RowDiff diffRows(const std::vector<RowMark>& first, const std::vector<RowMark>& second) {
    const bool byId = !first.empty() && !second.empty() && hasUniqueIds(first) && hasUniqueIds(second);
    return byId ? diffById(first, second) : diffByContent(first, second);
}

std::vector<std::string> differingKeys(const Sample& first, const Sample& second) {
    std::vector<std::string> keys;
    if (first.kind != second.kind) {
        keys.emplace_back("kind");
    }
    for (ValueDifference& difference : differencesOf(first.row, second.row)) {
        keys.push_back(std::move(difference.key));
    }
    return keys;
}

} // namespace fettle::data
