// The kernels compiled for avx2 (see CMakeLists.txt for the options).
#define FETTLE_SIMD_TABLES avx2Tables
#include "engine/kernels/simd/tables.inc" // NOLINT
