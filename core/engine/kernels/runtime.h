// How the engine sets up a process and its compute threads: oneDNN's cache, threads, memory that stays, and the checks
// that threads really run.
#pragma once

#include "base/result.h"

#include <string>
#include <vector>

namespace fettle::engine {

/// Once per process, before the first tensor: bounds oneDNN's cache of compiled shapes (unless the user set it), one
/// inter-op thread, and freed step memory is kept for the next step instead of going back to the system page by page.
/// Later calls do nothing.
void configureProcess();

/// In every thread that computes, before its first tensor: `threads` OpenMP threads (0: one per core). Torch sets
/// nothing up in threads it did not make.
void configureComputeThread(int threads);

/// Gives freed memory back to the system: at the end of a run.
void releaseMemory();

struct RuntimeReport {
    int threads = 0;                      // threads a parallel loop of ours really used
    std::vector<std::string> openMpFiles; // OpenMP runtimes in the process: one, or two pools fight
    bool oneDnnBf16 = false;    // bf16 products through oneDNN: without it they are many times slower than fp32
    std::string instructionSet; // of our kernels
};
/// Error where more than one OpenMP runtime is mapped or a parallel loop ran on fewer threads than asked for.
[[nodiscard]] Result<RuntimeReport> inspectRuntime();

} // namespace fettle::engine
