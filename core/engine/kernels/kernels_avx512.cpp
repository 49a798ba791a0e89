// The kernels compiled for avx512 (see CMakeLists.txt for the options).
#define FETTLE_SIMD_TABLES avx512Tables
#include "engine/kernels/simd/tables.inc" // NOLINT
