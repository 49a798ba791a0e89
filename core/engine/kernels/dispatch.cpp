// Picks the kernel tables by what the processor has.
#include "engine/kernels/tables.h"

#if defined(FETTLE_KERNELS_X86)
#include <cpuid.h>
#endif

namespace fettle::engine::kernels {
namespace {

InstructionSet detect() {
#if defined(FETTLE_KERNELS_X86)
    __builtin_cpu_init();
    const bool avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
    const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
                        __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0;
    if (avx512 && __builtin_cpu_supports("avx512bf16") != 0) {
        return InstructionSet::Avx512Bf16;
    }
    if (avx512) {
        return InstructionSet::Avx512;
    }
    if (avx2) {
        return InstructionSet::Avx2;
    }
#endif
    return InstructionSet::Reference;
}

const TableSet& tablesFor(InstructionSet wanted) {
#if defined(FETTLE_KERNELS_X86)
    const InstructionSet best = bestInstructionSet();
    switch (wanted < best ? wanted : best) {
    case InstructionSet::Avx512Bf16:
        return avx512Bf16Tables();
    case InstructionSet::Avx512:
        return avx512Tables();
    case InstructionSet::Avx2:
        return avx2Tables();
    case InstructionSet::Reference:
        break;
    }
#else
    static_cast<void>(wanted);
#endif
    return referenceTables();
}

const TableSet& active() {
    static const TableSet& tables = tablesFor(bestInstructionSet());
    return tables;
}

} // namespace

InstructionSet bestInstructionSet() {
    static const InstructionSet best = detect();
    return best;
}

bool hasTileUnit() {
#if defined(FETTLE_KERNELS_X86)
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    constexpr unsigned kAmxBf16 = 1U << 22U;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & kAmxBf16) != 0;
#else
    return false;
#endif
}

const char* name(InstructionSet set) {
    switch (set) {
    case InstructionSet::Reference:
        return "reference";
    case InstructionSet::Avx2:
        return "avx2";
    case InstructionSet::Avx512:
        return "avx512";
    case InstructionSet::Avx512Bf16:
        return "avx512_bf16";
    }
    return "unknown";
}

template <>
const Table<float>& table<float>() {
    return active().f32;
}
template <>
const Table<Bf16>& table<Bf16>() {
    return active().bf16;
}
const FlatTable& flat() {
    return active().flat;
}

template <>
const Table<float>& tableOf<float>(InstructionSet set) {
    return tablesFor(set).f32;
}
template <>
const Table<Bf16>& tableOf<Bf16>(InstructionSet set) {
    return tablesFor(set).bf16;
}
const FlatTable& flatOf(InstructionSet set) {
    return tablesFor(set).flat;
}

} // namespace fettle::engine::kernels
