// The kernels compiled for avx512 with bf16 (see CMakeLists.txt for the options).
#define FETTLE_SIMD_TABLES avx512Bf16Tables
#include "engine/kernels/simd/tables.inc" // NOLINT
