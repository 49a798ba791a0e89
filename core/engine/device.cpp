// Devices: what this machine offers, and the order in which torch is brought up.
#include "engine/device.h"

#include "engine/decoder_model.h"
#include "engine/kernels/runtime.h"
#include "engine/scratch_pool.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>

#include <cstdlib>
#include <dlfcn.h>
#include <mutex>
#include <thread>

namespace fettle::engine {

bool decideCuda() {
    static const bool usable = [] {
        // RTLD_LOCAL and never closed: the library registers itself with torch and stays for the life of the process.
        if (dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL) == nullptr) {
            return false;
        }
        if (dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_LOCAL) == nullptr) {
            return false;
        }
        return at::globalContext().hasCUDA() && at::globalContext().getAcceleratorHooksInterface().deviceCount() > 0;
    }();
    return usable;
}

void prepareTorch() {
    static std::once_flag once;
    std::call_once(once, [] {
        decideCuda();
        configureProcess();
        installScratchPool();
    });
}

int setComputeThreads(int threads) {
    const int all = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const int wanted = threads > 0 ? threads : all;
    at::init_num_threads();
    if (at::get_num_threads() != wanted) {
        at::set_num_threads(wanted);
    }
    return wanted;
}

DeviceSummary deviceSummary() {
    prepareTorch();
    DeviceSummary summary;
    summary.devices.emplace_back("cpu");
    __builtin_cpu_init();
    const bool avx512 = __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0;
    const bool bf16 = avx512 && __builtin_cpu_supports("avx512bf16") != 0;
    // g++ 12 knows no name for AMX: the kernel's list of flags does (CPUID leaf 7, EDX bit 22 = amx-bf16).
    unsigned eax = 7;
    unsigned ebx = 0;
    unsigned ecx = 0;
    unsigned edx = 0;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    const bool amx = avx512 && (edx & (1U << 22)) != 0;
    summary.cpu = amx                                   ? "AMX bf16"
                  : bf16                                ? "AVX-512 bf16"
                  : avx512                              ? "AVX-512"
                  : __builtin_cpu_supports("avx2") != 0 ? "AVX2"
                                                        : "baseline";
    summary.fastBf16 = amx || bf16;
    summary.cuda = decideCuda();
    if (summary.cuda) {
        const int count = static_cast<int>(at::globalContext().getAcceleratorHooksInterface().deviceCount());
        for (int i = 0; i < count; ++i) {
            summary.devices.push_back("cuda:" + std::to_string(i));
        }
    }
    return summary;
}

Result<std::string> resolveDevice(const std::string& name) {
    const DeviceSummary summary = deviceSummary();
    if (name == "auto" || name.empty()) {
        return summary.devices.size() > 1 ? summary.devices[1] : summary.devices[0];
    }
    const std::string wanted = name == "cuda" ? "cuda:0" : name;
    std::string known;
    for (const std::string& device : summary.devices) {
        if (device == wanted) {
            return wanted;
        }
        known += (known.empty() ? "" : ", ") + device;
    }
    return makeError(wanted.starts_with("cuda") ? ErrorCode::DeviceLost : ErrorCode::InvalidInput,
                     "there is no device '" + name + "' here",
                     "Devices of this machine: " + known +
                         ". CUDA needs a driver (libcuda.so.1) and the CUDA libraries of LibTorch.")
        .forKey("training.device");
}

Result<ComputeType> computeTypeFromName(const std::string& name, const std::string& device) {
    if (name == "fp32") {
        return ComputeType::Fp32;
    }
    if (name == "bf16") {
        return ComputeType::Bf16;
    }
    if (name == "auto" || name.empty()) {
        return device != "cpu" || deviceSummary().fastBf16 ? ComputeType::Bf16 : ComputeType::Fp32;
    }
    return makeError(ErrorCode::InvalidInput, "unknown compute type '" + name + "'", "Use auto, bf16 or fp32.")
        .forKey("training.compute_dtype");
}

Result<Recompute> recomputeFromName(const std::string& name) {
    if (name == "none") {
        return Recompute::None;
    }
    if (name == "lean" || name == "auto" || name.empty()) {
        return Recompute::Lean;
    }
    if (name == "full") {
        return Recompute::Full;
    }
    return makeError(ErrorCode::InvalidInput, "unknown recompute policy '" + name + "'",
                     "Use auto, none, lean or full.")
        .forKey("training.recompute");
}

const char* computeTypeName(ComputeType type) {
    return type == ComputeType::Bf16 ? "bf16" : "fp32";
}

const char* recomputeName(Recompute recompute) {
    switch (recompute) {
    case Recompute::None:
        return "none";
    case Recompute::Lean:
        return "lean";
    case Recompute::Full:
        return "full";
    }
    return "";
}

} // namespace fettle::engine
