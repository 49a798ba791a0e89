// Where two JSON values differ, by dotted path; null and absent are the same, and so is the order of keys. Internal to
// core/data.
#pragma once

#include "base/json.h"

#include <string>
#include <vector>

namespace fettle::data {

enum class DifferenceKind { Lost = 1, Added, Changed };

struct ValueDifference {
    DifferenceKind kind = DifferenceKind::Changed;
    std::string key;              // "messages[1].thinking"
    const Json* first = nullptr;  // of Lost and Changed
    const Json* second = nullptr; // of Added and Changed
};

/// At the outermost place each: a lost object is one difference, not one for each of its keys. Lists are compared
/// element by element; what one has more is lost or added. Valid while both values live.
[[nodiscard]] std::vector<ValueDifference> differencesOf(const Json& first, const Json& second);

} // namespace fettle::data
