// /proc/self/status and /proc/meminfo.
#include "train/process_memory.h"

#include "base/files.h"
#include "base/numbers.h"

#include <fstream>
#include <string>
#include <string_view>

namespace fettle::train {
namespace {

std::uint64_t kilobytesOf(const char* path, std::string_view key) {
    const auto text = readFile(path);
    if (!text) {
        return 0;
    }
    const auto at = text->find(key);
    if (at == std::string::npos) {
        return 0;
    }
    const auto begin = text->find_first_of("0123456789", at + key.size());
    const auto end = text->find_first_not_of("0123456789", begin);
    const auto value = parseInt(std::string_view(*text).substr(begin, end - begin));
    return value ? static_cast<std::uint64_t>(*value) * 1024 : 0;
}

} // namespace

std::uint64_t peakResidentBytes() {
    return kilobytesOf("/proc/self/status", "VmHWM:");
}

void resetPeakResident() {
    if (std::ofstream refs("/proc/self/clear_refs"); refs) { // 5 = the peak of the resident set (proc(5))
        refs << '5';
    }
}

std::uint64_t availableMemoryBytes() {
    return kilobytesOf("/proc/meminfo", "MemAvailable:");
}

bool hasFastBf16() {
    static const bool found = [] {
        const auto info = readFile("/proc/cpuinfo");
        return info &&
               (info->find(" avx512_bf16") != std::string::npos || info->find(" amx_bf16") != std::string::npos);
    }();
    return found;
}

} // namespace fettle::train
