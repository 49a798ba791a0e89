// Memory of this process and machine, from /proc.
#pragma once

#include <cstdint>

namespace fettle::train {

/// Highest resident set since the start (VmHWM), 0 where unknown.
[[nodiscard]] std::uint64_t peakResidentBytes();
/// MemAvailable of the machine, 0 where unknown.
[[nodiscard]] std::uint64_t availableMemoryBytes();

} // namespace fettle::train
