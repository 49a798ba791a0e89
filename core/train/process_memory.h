// Memory of this process and machine, and what its processor can do, from /proc.
#pragma once

#include <cstdint>

namespace fettle::train {

/// Highest resident set since the start (VmHWM), 0 where unknown.
[[nodiscard]] std::uint64_t peakResidentBytes();
/// Begins that maximum anew, so that it tells of what comes next. Where the system does not let it, it stays.
void resetPeakResident();
/// MemAvailable of the machine, 0 where unknown.
[[nodiscard]] std::uint64_t availableMemoryBytes();

/// Whether the processor multiplies bf16 in hardware (AVX-512 BF16 or AMX), from /proc/cpuinfo; read once.
[[nodiscard]] bool hasFastBf16();

} // namespace fettle::train
