// Devices and the process-wide choices that must be made before the first call into LibTorch.
#pragma once

#include "base/result.h"

#include <string>
#include <vector>

namespace fettle::engine {

/// Opens libtorch_cuda.so where the driver's libcuda.so.1 can be loaded, once a process and before any other call into
/// torch: torch looks for its CUDA hooks only at its first use. Returns whether CUDA devices can be used. Thread: any.
bool decideCuda();

/// decideCuda(), one inter-op thread, and a small oneDNN primitive cache (shapes vary with the length of
/// micro-batches). Every entry point of the engine calls it first. Thread: any.
void prepareTorch();

/// Sets the compute threads of the calling thread: `threads`, or all cores where it is 0. Returns the number.
int setComputeThreads(int threads);

struct DeviceSummary {
    std::vector<std::string> devices; // "cpu", "cuda:0", …
    std::string cpu;                  // "AMX bf16", "AVX-512 bf16", "AVX-512", "AVX2", "baseline"
    bool fastBf16 = false;            // bf16 products have instructions of their own
    bool cuda = false;
};
[[nodiscard]] DeviceSummary deviceSummary();

} // namespace fettle::engine
