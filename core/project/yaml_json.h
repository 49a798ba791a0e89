// YAML tables other than recipes as JSON: sweeps. Plain words become what JSON would read (numbers, true, false, null),
// quoted ones stay text.
#pragma once

#include "base/json.h"

#include <string>
#include <string_view>

namespace fettle::project {

/// The one document of `text`; an empty one is an empty object. Errors carry file, line and column: no YAML, two keys
/// of one name, a key that is no word, nesting beyond all reason.
[[nodiscard]] Result<Json> yamlToJson(std::string_view text, const std::string& fileName = {});

} // namespace fettle::project
