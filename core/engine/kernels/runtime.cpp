// Process and thread set-up of the engine.
#include "engine/kernels/runtime.h"

#include "engine/kernels/kernels.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <omp.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <set>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace fettle::engine {
namespace {

std::set<std::string> mappedOpenMp() {
    std::set<std::string> files;
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        const auto slash = line.find('/');
        if (slash == std::string::npos) {
            continue;
        }
        const std::string path = line.substr(slash);
        const std::string file = path.substr(path.rfind('/') + 1);
        if (file.rfind("libgomp", 0) == 0 || file.rfind("libomp", 0) == 0 || file.rfind("libiomp", 0) == 0) {
            files.insert(path);
        }
    }
    return files;
}

} // namespace

void configureProcess() {
    static std::once_flag once;
    std::call_once(once, [] {
        // One compiled kernel per shape and a default of 1024: variable lengths would pile them up.
        setenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64", 0);
        setenv("LRU_CACHE_CAPACITY", "64", 0);
        try {
            at::set_num_interop_threads(1);
        } catch (const std::exception&) {
            // Set already by whoever used torch first in this process: nothing here runs inter-op.
        }
#if defined(__GLIBC__)
        constexpr int kLargestMapped = 32 << 20; // glibc takes no more
        constexpr int kKept = 1 << 30;
        mallopt(M_MMAP_THRESHOLD, kLargestMapped);
        mallopt(M_TRIM_THRESHOLD, kKept);
#endif
    });
}

void configureComputeThread(int threads) {
    at::init_num_threads();
    at::set_num_threads(threads > 0 ? threads : std::max(1, omp_get_num_procs()));
}

void releaseMemory() {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}

Result<RuntimeReport> inspectRuntime() {
    RuntimeReport report;
    report.instructionSet = kernels::name(kernels::bestInstructionSet());
    const auto files = mappedOpenMp();
    report.openMpFiles.assign(files.begin(), files.end());
    if (files.size() > 1) {
        std::string list;
        for (const std::string& file : files) {
            list += (list.empty() ? "" : ", ") + file;
        }
        return makeError(ErrorCode::Internal, "several OpenMP runtimes in one process: " + list,
                         "start without LD_PRELOAD, or set LIBTORCH_DIR to a LibTorch without a copy of its own");
    }
    const int wanted = at::get_num_threads();
    std::vector<int> seen(static_cast<std::size_t>(wanted), 0);
    at::parallel_for(0, wanted, 1, [&](std::int64_t begin, std::int64_t) {
        seen[static_cast<std::size_t>(begin)] = omp_get_num_threads();
    });
    report.threads = std::max(1, *std::max_element(seen.begin(), seen.end()));
    if (report.threads < wanted) {
        return makeError(ErrorCode::Internal,
                         "a parallel loop ran on " + std::to_string(report.threads) + " of " + std::to_string(wanted) +
                             " threads",
                         "check OMP_THREAD_LIMIT and OMP_DYNAMIC in the environment");
    }
    try {
        if (const auto probe = c10::Dispatcher::singleton().findSchema({"mkldnn::_is_mkldnn_bf16_supported", ""})) {
            report.oneDnnBf16 = at::Context::hasMKLDNN() && probe->typed<bool()>().call();
        }
    } catch (const c10::Error&) {
        report.oneDnnBf16 = false; // another signature in this LibTorch
    }
    return report;
}

} // namespace fettle::engine
