// Vectors of fp32 lanes for one instruction set: this file and its neighbours are compiled once per set, inside an
// unnamed namespace, so that no function of one set can stand in for that of another. Generic vector types of the
// compiler; intrinsics only where they pay.
#pragma once

#include "engine/kernels/parallel.h"
#include "engine/kernels/tables.h"
#include "engine/kernels/workspace.h"

#include <immintrin.h>

namespace fettle::engine::kernels {
namespace {

using Index = std::int64_t;

#if defined(__AVX512F__)
constexpr int kLanes = 16;
constexpr int kMaxTileVectors = 4; // vectors of columns in a register tile
#else
constexpr int kLanes = 8;
constexpr int kMaxTileVectors = 2;
#endif

typedef float Vec __attribute__((vector_size(4 * kLanes)));
typedef std::uint32_t VecU __attribute__((vector_size(4 * kLanes)));
typedef std::int32_t VecI __attribute__((vector_size(4 * kLanes)));
typedef std::uint16_t VecH __attribute__((vector_size(2 * kLanes)));
typedef float VecLoose __attribute__((vector_size(4 * kLanes), aligned(4), may_alias));
typedef std::uint32_t VecULoose __attribute__((vector_size(4 * kLanes), aligned(2), may_alias));
typedef std::uint16_t VecHLoose __attribute__((vector_size(2 * kLanes), aligned(2), may_alias));

#define FETTLE_INLINE [[gnu::always_inline]] inline

FETTLE_INLINE Vec splat(float x) {
#if defined(__AVX512F__)
    return __builtin_bit_cast(Vec, _mm512_set1_ps(x));
#else
    return __builtin_bit_cast(Vec, _mm256_set1_ps(x));
#endif
}
FETTLE_INLINE Vec asFloat(VecU x) {
    return __builtin_bit_cast(Vec, x);
}
FETTLE_INLINE VecU asBits(Vec x) {
    return __builtin_bit_cast(VecU, x);
}
FETTLE_INLINE float asFloat(std::uint32_t x) {
    return __builtin_bit_cast(float, x);
}

FETTLE_INLINE Vec load(const float* p) {
    return *reinterpret_cast<const VecLoose*>(p);
}
FETTLE_INLINE VecU loadBits(const Bf16* p) {
    return __builtin_convertvector(*reinterpret_cast<const VecHLoose*>(p), VecU);
}
FETTLE_INLINE Vec load(const Bf16* p) {
    return asFloat(loadBits(p) << 16U);
}
FETTLE_INLINE float one(const float* p) {
    return *p;
}
FETTLE_INLINE float one(const Bf16* p) {
    return asFloat(static_cast<std::uint32_t>(p->bits) << 16U);
}

FETTLE_INLINE std::uint16_t roundBits(float x) {
    const auto bits = __builtin_bit_cast(std::uint32_t, x);
    return x != x ? static_cast<std::uint16_t>((bits >> 16U) | 0x40U)
                  : static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U);
}

/// bf16 bits of each lane, round to nearest even, NaN stays NaN.
FETTLE_INLINE VecH toHalf(Vec x) {
#if defined(__AVX512BF16__)
    return __builtin_bit_cast(VecH, _mm512_cvtneps_pbh(__builtin_bit_cast(__m512, x)));
#else
    const VecU bits = asBits(x);
    const VecU rounded = (bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U;
    const VecU quiet = (bits >> 16U) | 0x40U;
    return __builtin_convertvector(x != x ? quiet : rounded, VecH);
#endif
}

FETTLE_INLINE void store(float* p, Vec x) {
    *reinterpret_cast<VecLoose*>(p) = x;
}
FETTLE_INLINE void store(Bf16* p, Vec x) {
    *reinterpret_cast<VecHLoose*>(p) = toHalf(x);
}
FETTLE_INLINE void storeOne(float* p, float x) {
    *p = x;
}
FETTLE_INLINE void storeOne(Bf16* p, float x) {
    p->bits = roundBits(x);
}

/// The first n of kLanes elements, zero beyond; and back.
template <class T>
FETTLE_INLINE Vec loadPart(const T* p, Index n) {
    float lanes[kLanes] = {};
    for (Index i = 0; i < n; ++i) {
        lanes[i] = one(p + i);
    }
    return load(lanes);
}
template <class T>
FETTLE_INLINE void storePart(T* p, Vec x, Index n) {
    float lanes[kLanes];
    store(lanes, x);
    for (Index i = 0; i < n; ++i) {
        storeOne(p + i, lanes[i]);
    }
}
/// What a row operation calls with full = true for whole vectors and false for the rest.
template <class T>
FETTLE_INLINE Vec loadAny(const T* p, Index n) {
    return n >= kLanes ? load(p) : loadPart(p, n);
}
template <class T>
FETTLE_INLINE void storeAny(T* p, Vec x, Index n) {
    if (n >= kLanes) {
        store(p, x);
    } else {
        storePart(p, x, n);
    }
}

FETTLE_INLINE Vec maxOf(Vec a, Vec b) {
    return a > b ? a : b;
}

/// Sum of the lanes, always in the same tree.
FETTLE_INLINE float sumLanes(Vec x) {
#if defined(__AVX512F__)
    return _mm512_reduce_add_ps(__builtin_bit_cast(__m512, x));
#else
    const __m256 all = __builtin_bit_cast(__m256, x);
    const __m128 quarter = _mm_add_ps(_mm256_castps256_ps128(all), _mm256_extractf128_ps(all, 1));
    const __m128 eighth = _mm_add_ps(quarter, _mm_movehl_ps(quarter, quarter));
    return _mm_cvtss_f32(_mm_add_ss(eighth, _mm_movehdup_ps(eighth)));
#endif
}

FETTLE_INLINE float maxLanes(Vec x) {
    float lanes[kLanes];
    store(lanes, x);
    float top = lanes[0];
    for (int i = 1; i < kLanes; ++i) {
        top = lanes[i] > top || lanes[i] != lanes[i] ? lanes[i] : top;
    }
    return top;
}

/// exp in fp32, 1 to 2 units in the last place; 0 below -104; NaN stays NaN. x = n ln 2 + r, |r| <= ln 2 / 2, the
/// series of exp(r) to r^6 (minimax).
FETTLE_INLINE Vec expOf(Vec x) {
    constexpr float kLowest = -104.0F;
    constexpr float kHighest = 88.8F;
    x = splat(kLowest) > x ? splat(kLowest) : x;
    x = x > splat(kHighest) ? splat(kHighest) : x;
    constexpr float kRound = 12582912.0F; // 1.5 * 2^23: adding it leaves the nearest integer in the low bits
    const Vec shifted = x * 1.44269504088896341F + kRound;
    const Vec n = shifted - kRound;
    const Vec r = (x - n * 0.693359375F) + n * 2.12194440e-4F;
    Vec p = splat(1.9875691500e-4F);
    p = p * r + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    p = p * r + 5.0000001201e-1F;
    p = p * (r * r) + r + 1.0F;
#if defined(__AVX512F__)
    return __builtin_bit_cast(Vec, _mm512_scalef_ps(__builtin_bit_cast(__m512, p), __builtin_bit_cast(__m512, n)));
#else
    // 2^n in two factors, so that n from -150 to 128 stays in range.
    const VecI whole = __builtin_convertvector(n, VecI);
    const VecI first = whole >> 1;
    const VecI second = whole - first;
    const Vec a = __builtin_bit_cast(Vec, (first + 127) << 23);
    const Vec b = __builtin_bit_cast(Vec, (second + 127) << 23);
    return p * a * b;
#endif
}

FETTLE_INLINE float expOne(float x) {
    return expOf(splat(x))[0];
}

FETTLE_INLINE Index roundUp(Index n, Index to) {
    return (n + to - 1) / to * to;
}
FETTLE_INLINE Index smaller(Index a, Index b) {
    return a < b ? a : b;
}
FETTLE_INLINE Index larger(Index a, Index b) {
    return a > b ? a : b;
}

template <class T>
FETTLE_INLINE T* rowOf(const Matrix<T>& m, Index row) {
    return m.data + row * m.stride;
}

/// body(piece, slot) for all pieces, on the threads there are.
template <class Body>
FETTLE_INLINE void parallel(Index pieces, Body body) {
    runPieces(
        pieces, [](void* context, std::int64_t piece, int slot) { (*static_cast<Body*>(context))(piece, slot); },
        &body);
}

/// Elements in one piece of a loop over rows: some microseconds of work.
constexpr Index kPieceElements = 32768;

/// body(row) for all rows, in pieces of whole rows.
template <class Body>
FETTLE_INLINE void overRows(Index rows, Index cols, Body body) {
    const Index each = larger(1, kPieceElements / larger(cols, 1));
    parallel((rows + each - 1) / each, [&](Index piece, int) {
        const Index last = smaller(rows, (piece + 1) * each);
        for (Index row = piece * each; row < last; ++row) {
            body(row);
        }
    });
}

} // namespace
} // namespace fettle::engine::kernels
