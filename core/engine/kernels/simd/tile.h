// The register tile all small products are made of: C[M, N vectors] = sum over k of a(m, k) * b(k, lanes). An element
// is 32 bits wide: one fp32, or, where the processor multiplies bf16, a pair of bf16 that lie next to each other along
// k. Strides count elements, so both kinds run through the same code.
#pragma once

#include "engine/kernels/simd/elementwise.h"

namespace fettle::engine::kernels {
namespace {

/// fp32 elements; bf16 inputs are widened when they are packed.
struct FloatDot {
    using Element = float;
    static constexpr int kPair = 1; // values of k in one element
    /// One element in every lane. Kept in a register: folded into the multiplications it would be loaded once for each.
    FETTLE_INLINE static Vec spread(const float* a) {
        Vec x = splat(*a);
        asm("" : "+v"(x));
        return x;
    }
    FETTLE_INLINE static Vec step(Vec acc, Vec b, Vec a) { return acc + b * a; }
    FETTLE_INLINE static Vec loadB(const float* p) { return load(p); }
};

#if defined(__AVX512BF16__)
/// Pairs of bf16, products summed in fp32.
struct PairDot {
    using Element = std::uint32_t;
    static constexpr int kPair = 2;
    FETTLE_INLINE static Vec spread(const std::uint32_t* a) {
        std::uint32_t pair;
        __builtin_memcpy(&pair, a, sizeof(pair)); // rows of bf16 are aligned to 2
        return __builtin_bit_cast(Vec, _mm512_set1_epi32(static_cast<int>(pair)));
    }
    FETTLE_INLINE static Vec step(Vec acc, Vec b, Vec a) {
        return __builtin_bit_cast(Vec,
                                  _mm512_dpbf16_ps(__builtin_bit_cast(__m512, acc), __builtin_bit_cast(__m512bh, b),
                                                   __builtin_bit_cast(__m512bh, a)));
    }
    FETTLE_INLINE static Vec loadB(const std::uint32_t* p) {
        return __builtin_bit_cast(Vec, *reinterpret_cast<const VecULoose*>(p));
    }
};
#endif

template <class T>
struct DotOf {
    using Type = FloatDot;
};
#if defined(__AVX512BF16__)
template <>
struct DotOf<Bf16> {
    using Type = PairDot;
};
#endif
template <class T>
using Dot = typename DotOf<T>::Type;
template <class T>
using Element = typename Dot<T>::Element;

/// The left operand: element (m, k) at data[m * row + k * step].
template <class E>
struct Left {
    const E* data;
    Index row;
    Index step;
};

/// The right operand, packed: lanes of k at data[k * step].
template <class E>
struct Right {
    const E* data;
    Index step;
};

/// Where a tile ends in fp32: written or added.
struct ToFloat {
    float* data;
    Index row;
    bool accumulate;
    FETTLE_INLINE Vec first(Index m, Index lane) const { return accumulate ? load(data + m * row + lane) : Vec{}; }
    FETTLE_INLINE void last(Index m, Index lane, Vec x) const { store(data + m * row + lane, x); }
    FETTLE_INLINE ToFloat moved(Index m, Index lane) const { return {data + m * row + lane, row, accumulate}; }
};

/// Where a tile ends in rows of T: scaled, added to what is there, rounded once. `cols` lanes are valid from here on.
template <class T>
struct ToRows {
    T* data;
    Index row;
    Index cols;
    float scale;
    bool accumulate;
    FETTLE_INLINE Vec first(Index, Index) const { return Vec{}; }
    FETTLE_INLINE void last(Index m, Index lane, Vec x) const {
        const Index n = cols - lane;
        if (n <= 0) {
            return;
        }
        T* to = data + m * row + lane;
        x *= scale;
        if (accumulate) {
            x += loadAny(static_cast<const T*>(to), n);
        }
        storeAny(to, x, n);
    }
    FETTLE_INLINE ToRows moved(Index m, Index lane) const {
        return {data + m * row + lane, row, cols - lane, scale, accumulate};
    }
};

template <class D, int M, int N, class E, class Out>
[[gnu::noinline]] void tile(Index inner, Left<E> a, Right<E> b, Out out) {
    Vec acc[M][N];
#pragma GCC unroll 16
    for (int m = 0; m < M; ++m) {
#pragma GCC unroll 4
        for (int n = 0; n < N; ++n) {
            acc[m][n] = out.first(m, n * kLanes);
        }
    }
    const E* left = a.data;
    const E* right = b.data;
    for (Index k = 0; k < inner; ++k) {
        Vec lanes[N];
#pragma GCC unroll 4
        for (int n = 0; n < N; ++n) {
            lanes[n] = D::loadB(right + n * kLanes);
        }
#pragma GCC unroll 16
        for (int m = 0; m < M; ++m) {
            const Vec spread = D::spread(left + m * a.row);
#pragma GCC unroll 4
            for (int n = 0; n < N; ++n) {
                acc[m][n] = D::step(acc[m][n], lanes[n], spread);
            }
        }
        left += a.step;
        right += b.step;
    }
#pragma GCC unroll 16
    for (int m = 0; m < M; ++m) {
#pragma GCC unroll 4
        for (int n = 0; n < N; ++n) {
            out.last(m, n * kLanes, acc[m][n]);
        }
    }
}

/// Rows a tile of N vectors takes at once: as many accumulators as the registers hold.
template <int N>
constexpr int tileRows() {
#if defined(__AVX512F__)
    // At most 10: rows that lie a multiple of 4 KiB apart share the 12 ways of one cache set.
    return N >= 4 ? 6 : N == 3 ? 8 : 10;
#else
    return N >= 2 ? 4 : 8;
#endif
}

template <class D, int M, int N, class E, class Out>
FETTLE_INLINE void restOfRows(Index rows, Index inner, Left<E> a, Right<E> b, Out out) {
    if constexpr (M > 0) {
        if (rows == M) {
            tile<D, M, N>(inner, a, b, out);
        } else {
            restOfRows<D, M - 1, N>(rows, inner, a, b, out);
        }
    }
}

template <class D, int N, class E, class Out>
FETTLE_INLINE void tileColumn(Index rows, Index inner, Left<E> a, Right<E> b, Out out) {
    constexpr int kRows = tileRows<N>();
    Index m = 0;
    for (; m + kRows <= rows; m += kRows) {
        tile<D, kRows, N>(inner, Left<E>{a.data + m * a.row, a.row, a.step}, b, out.moved(m, 0));
    }
    restOfRows<D, kRows - 1, N>(rows - m, inner, Left<E>{a.data + m * a.row, a.row, a.step}, b, out.moved(m, 0));
}

/// out[rows, lanes] = a b, `lanes` a multiple of kLanes.
template <class D, class E, class Out>
void multiply(Index rows, Index lanes, Index inner, Left<E> a, Right<E> b, Out out) {
    constexpr Index kWide = Index{kMaxTileVectors} * kLanes;
    Index lane = 0;
    for (; lane + kWide <= lanes; lane += kWide) {
        tileColumn<D, kMaxTileVectors>(rows, inner, a, Right<E>{b.data + lane, b.step}, out.moved(0, lane));
    }
    const Right<E> rest{b.data + lane, b.step};
    switch ((lanes - lane) / kLanes) {
    case 3:
        if constexpr (kMaxTileVectors > 3) {
            tileColumn<D, 3>(rows, inner, a, rest, out.moved(0, lane));
        }
        break;
    case 2:
        if constexpr (kMaxTileVectors > 2) {
            tileColumn<D, 2>(rows, inner, a, rest, out.moved(0, lane));
        }
        break;
    case 1:
        tileColumn<D, 1>(rows, inner, a, rest, out.moved(0, lane));
        break;
    default:
        break;
    }
}

// Packing. Elements along the columns of a row hold pairs (c, c + 1); elements along the rows hold pairs (row, row +
// 1). What lies beyond is zero.

/// Elements of a row of `cols` values.
template <class T>
FETTLE_INLINE Index elementsOf(Index cols) {
    return (cols + Dot<T>::kPair - 1) / Dot<T>::kPair;
}

/// out[e] for one row: pairs along the columns. Zero up to `elements`.
template <class T>
FETTLE_INLINE void packRow(const T* in, Index cols, Element<T>* out, Index elements) {
    if constexpr (Dot<T>::kPair == 1) {
        overRow(cols, [&](Index i, Index n) { storeAny(out + i, loadAny(in + i, n), n); });
        for (Index i = cols; i < elements; ++i) {
            out[i] = 0;
        }
    } else {
        __builtin_memset(out + cols / 2, 0, static_cast<std::size_t>(elements - cols / 2) * sizeof(*out));
        __builtin_memcpy(out, in, static_cast<std::size_t>(cols) * sizeof(T));
    }
}

/// One row of lanes, pairs of two input rows (`second` null: zeros). `lanes` >= cols are written.
template <class T>
FETTLE_INLINE void packRowPair(const T* first, const T* second, Index cols, Element<T>* out, Index lanes) {
    if constexpr (Dot<T>::kPair == 1) {
        static_cast<void>(second);
        packRow<T>(first, cols, out, lanes);
    } else {
        Index i = 0;
        for (; i + kLanes <= cols; i += kLanes) {
            VecU both = loadBits(first + i);
            if (second != nullptr) {
                both |= loadBits(second + i) << 16U;
            }
            *reinterpret_cast<VecULoose*>(out + i) = both;
        }
        for (; i < lanes; ++i) {
            const std::uint32_t low = i < cols ? first[i].bits : 0U;
            const std::uint32_t high = i < cols && second != nullptr ? second[i].bits : 0U;
            out[i] = low | (high << 16U);
        }
    }
}

/// rows [rows, cols] -> out[rows / pair][lanes], pairs along the rows: the right operand of a sum over rows.
template <class T>
FETTLE_INLINE void packRows(const T* in, Index stride, Index rows, Index cols, Element<T>* out, Index lanes) {
    for (Index r = 0; r < rows; r += Dot<T>::kPair) {
        const T* second = r + 1 < rows ? in + (r + 1) * stride : nullptr;
        packRowPair<T>(in + r * stride, second, cols, out + r / Dot<T>::kPair * lanes, lanes);
    }
}

FETTLE_INLINE void transposeBlock(const std::uint32_t* in, Index inStride, std::uint32_t* out, Index outStride) {
    // kLanes x kLanes words: log2(kLanes) rounds of pairwise exchange.
    VecU rows[kLanes];
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; ++i) {
        rows[i] = *reinterpret_cast<const VecULoose*>(in + i * inStride);
    }
#pragma GCC unroll 4
    for (int half = kLanes / 2; half > 0; half /= 2) {
        VecU low{};
        VecU high{};
#pragma GCC unroll 16
        for (int lane = 0; lane < kLanes; ++lane) {
            const bool second = (lane & half) != 0;
            low[lane] = static_cast<std::uint32_t>(second ? kLanes + lane - half : lane);
            high[lane] = static_cast<std::uint32_t>(second ? kLanes + lane : lane + half);
        }
#pragma GCC unroll 16
        for (int i = 0; i < kLanes; ++i) {
            if ((i & half) == 0) {
                const VecU a = rows[i];
                const VecU b = rows[i + half];
                rows[i] = __builtin_shuffle(a, b, low);
                rows[i + half] = __builtin_shuffle(a, b, high);
            }
        }
    }
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; ++i) {
        *reinterpret_cast<VecULoose*>(out + i * outStride) = rows[i];
    }
}

/// out[c][r] = in[r][c] for 32-bit words; reads and writes whole blocks: both sides are padded to multiples of kLanes.
FETTLE_INLINE void transpose(const void* in, Index inStride, Index rows, Index cols, void* out, Index outStride) {
    const auto* from = static_cast<const std::uint32_t*>(in);
    auto* to = static_cast<std::uint32_t*>(out);
    for (Index r = 0; r < rows; r += kLanes) {
        for (Index c = 0; c < cols; c += kLanes) {
            transposeBlock(from + r * inStride + c, inStride, to + c * outStride + r, outStride);
        }
    }
}

} // namespace
} // namespace fettle::engine::kernels
