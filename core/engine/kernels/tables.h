// The tables each source of this folder fills; dispatch.cpp picks among them. A source for an instruction set holds
// nothing that could be merged with code of another one: no standard library, no inline functions but forced ones,
// everything in an unnamed namespace.
#pragma once

#include "engine/kernels/kernels.h"

namespace fettle::engine::kernels {

struct TableSet {
    Table<float> f32;
    Table<Bf16> bf16;
    FlatTable flat;
};

[[nodiscard]] const TableSet& referenceTables();
#if defined(FETTLE_KERNELS_X86)
[[nodiscard]] const TableSet& avx2Tables();
[[nodiscard]] const TableSet& avx512Tables();
[[nodiscard]] const TableSet& avx512Bf16Tables();
#endif

} // namespace fettle::engine::kernels
