// Comparing JSON values.
#include "data/value_diff.h"

#include "data/formats.h"

#include <algorithm>

namespace fettle::data {
namespace {

void compare(const Json& first, const Json& second, const std::string& key, std::vector<ValueDifference>& out) {
    if (first.is_object() && second.is_object()) {
        for (const auto& member : first.get_ref<const Json::object_t&>()) {
            if (member.second.is_null()) {
                continue;
            }
            const Json* other = present(second, member.first);
            if (other == nullptr) {
                out.push_back({DifferenceKind::Lost, memberKey(key, member.first), &member.second, nullptr});
            } else {
                compare(member.second, *other, memberKey(key, member.first), out);
            }
        }
        for (const auto& member : second.get_ref<const Json::object_t&>()) {
            if (!member.second.is_null() && present(first, member.first) == nullptr) {
                out.push_back({DifferenceKind::Added, memberKey(key, member.first), nullptr, &member.second});
            }
        }
        return;
    }
    if (first.is_array() && second.is_array()) {
        const std::size_t both = std::min(first.size(), second.size());
        for (std::size_t i = 0; i < both; ++i) {
            compare(first[i], second[i], elementKey(key, i), out);
        }
        for (std::size_t i = both; i < first.size(); ++i) {
            out.push_back({DifferenceKind::Lost, elementKey(key, i), &first[i], nullptr});
        }
        for (std::size_t i = both; i < second.size(); ++i) {
            out.push_back({DifferenceKind::Added, elementKey(key, i), nullptr, &second[i]});
        }
        return;
    }
    if (first != second) {
        out.push_back({DifferenceKind::Changed, key, &first, &second});
    }
}

} // namespace

std::vector<ValueDifference> differencesOf(const Json& first, const Json& second) {
    std::vector<ValueDifference> out;
    compare(first, second, {}, out);
    return out;
}

} // namespace fettle::data
