// Values of Arrow arrays as JSON. Internal to the Parquet module.
#pragma once

#include "base/json.h"

#include <arrow/array.h>

#include <cstdint>
#include <string>

namespace fettle::data {

/// What went wrong with a value: the path inside its row, and why.
struct ValueFault {
    std::string path, reason;
    [[nodiscard]] bool any() const { return !reason.empty(); }
};

/// The value as JSON; null where it is null or a number that is none. `path` names it in a fault; `bytes` grows by
/// about its length. Members of structs that are null are left out.
[[nodiscard]] Json valueOf(const arrow::Array& array, std::int64_t index, const std::string& path, std::size_t& bytes,
                           ValueFault& fault);

} // namespace fettle::data
