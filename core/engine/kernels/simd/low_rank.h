// The products of a low-rank adapter: down to the rank, up from it, and the gradients of both factors as sums over
// tokens. The narrow side is packed once per call; rows of activations are read where they lie.
#pragma once

#include "engine/kernels/simd/tile.h"

namespace fettle::engine::kernels {
namespace {

/// Rows of activations as a left operand: where they lie, or widened into `scratch` [rows, elements] where the dot
/// product wants another form.
template <class T>
FETTLE_INLINE Left<Element<T>> leftRows(Matrix<const T> x, Index first, Index rows, Element<T>* scratch) {
    constexpr bool kSameSize = sizeof(Element<T>) == sizeof(T) * Dot<T>::kPair;
    if constexpr (kSameSize) {
        if (x.cols % Dot<T>::kPair == 0 && x.stride % Dot<T>::kPair == 0) {
            return {reinterpret_cast<const Element<T>*>(rowOf(x, first)), x.stride / Dot<T>::kPair, 1};
        }
    }
    const Index elements = elementsOf<T>(x.cols);
    for (Index i = 0; i < rows; ++i) {
        packRow<T>(rowOf(x, first + i), x.cols, scratch + i * elements, elements);
    }
    return {scratch, elements, 1};
}

/// b [rows, cols] -> [elements of cols][lanes >= rows], pairs along the columns: the right operand of x b^T.
template <class T>
void packTransposed(Matrix<const T> b, Element<T>* out, Index lanes) {
    const Index elements = elementsOf<T>(b.cols);
    for (Index r = 0; r < lanes; ++r) {
        for (Index e = 0; e < elements; ++e) {
            if constexpr (Dot<T>::kPair == 1) {
                out[e * lanes + r] = r < b.rows ? one(rowOf(b, r) + e) : 0.0F;
            } else {
                const bool both = 2 * e + 1 < b.cols;
                const std::uint32_t low = r < b.rows ? rowOf(b, r)[2 * e].bits : 0U;
                const std::uint32_t high = r < b.rows && both ? rowOf(b, r)[2 * e + 1].bits : 0U;
                out[e * lanes + r] = low | (high << 16U);
            }
        }
    }
}

constexpr Index kRowBlock = 120; // rows of activations a piece of work holds: a multiple of every tile height

/// y[T, out] (+)= scale * x[T, in] b, with b packed as [elements of in][lanes >= out].
template <class T>
void timesPacked(Matrix<const T> x, const Element<T>* packed, Index lanes, float scale, Matrix<T> y, bool accumulate) {
    const Index elements = elementsOf<T>(x.cols);
    const Index blocks = (x.rows + kRowBlock - 1) / kRowBlock;
    const Index scratchWords = roundUp(kRowBlock * elements, 16);
    auto* scratch = static_cast<Element<T>*>(
        workspace(1, static_cast<std::size_t>(scratchWords * parallelSlots()) * sizeof(Element<T>)));
    parallel(blocks, [&](Index block, int slot) {
        const Index first = block * kRowBlock;
        const Index rows = smaller(kRowBlock, x.rows - first);
        const Left<Element<T>> left = leftRows(x, first, rows, scratch + slot * scratchWords);
        multiply<Dot<T>>(rows, lanes, elements, left, Right<Element<T>>{packed, lanes},
                         ToRows<T>{rowOf(y, first), y.stride, y.cols, scale, accumulate});
    });
}

template <class T>
void timesTransposed(Matrix<const T> x, Matrix<const T> b, float scale, Matrix<T> y, bool accumulate) {
    const Index lanes = roundUp(b.rows, kLanes);
    auto* packed = static_cast<Element<T>*>(
        workspace(0, static_cast<std::size_t>(elementsOf<T>(b.cols) * lanes) * sizeof(Element<T>)));
    packTransposed(b, packed, lanes);
    timesPacked(x, packed, lanes, scale, y, accumulate);
}

template <class T>
void times(Matrix<const T> x, Matrix<const T> b, float scale, Matrix<T> y, bool accumulate) {
    const Index lanes = roundUp(b.cols, kLanes);
    auto* packed = static_cast<Element<T>*>(
        workspace(0, static_cast<std::size_t>(elementsOf<T>(b.rows) * lanes) * sizeof(Element<T>)));
    packRows<T>(b.data, b.stride, b.rows, b.cols, packed, lanes);
    timesPacked(x, packed, lanes, scale, y, accumulate);
}

template <class T>
void projectDown(Matrix<const T> x, Matrix<const T> a, float scale, Matrix<T> p) {
    timesTransposed(x, a, scale, p, false);
}
template <class T>
void projectUp(Matrix<const T> p, Matrix<const T> b, float scale, Matrix<T> y, bool accumulate) {
    timesTransposed(p, b, scale, y, accumulate);
}
template <class T>
void projectDownBackward(Matrix<const T> dy, Matrix<const T> b, float scale, Matrix<T> dp) {
    times(dy, b, scale, dp, false);
}
template <class T>
void projectUpBackward(Matrix<const T> dp, Matrix<const T> a, float scale, Matrix<T> dx, bool accumulate) {
    times(dp, a, scale, dx, accumulate);
}

constexpr Index kOuterColumns = 32; // columns of the wide side in one piece of work
constexpr Index kOuterTokens = 256; // tokens packed at a time

/// narrow [T, m] -> [m][elements of T], pairs along the tokens: the left operand of a sum over tokens.
template <class T>
void packTokens(Matrix<const T> narrow, Element<T>* out, Index elements) {
    for (Index e = 0; e < elements; ++e) {
        const Index t = e * Dot<T>::kPair;
        const T* first = rowOf(narrow, t);
        if constexpr (Dot<T>::kPair == 1) {
            for (Index m = 0; m < narrow.cols; ++m) {
                out[m * elements + e] = one(first + m);
            }
        } else {
            const T* second = t + 1 < narrow.rows ? rowOf(narrow, t + 1) : nullptr;
            for (Index m = 0; m < narrow.cols; ++m) {
                const std::uint32_t high = second != nullptr ? second[m].bits : 0U;
                out[m * elements + e] = first[m].bits | (high << 16U);
            }
        }
    }
}

/// sums[m, lanes] = narrow^T wide over all tokens, for columns [begin, begin + cols) of the wide side.
template <class T>
FETTLE_INLINE void outerPiece(const Element<T>* left, Index m, Index elements, Matrix<const T> wide, Index begin,
                              Index cols, Element<T>* packed, float* sums) {
    const Index lanes = roundUp(cols, kLanes);
    for (Index t = 0; t < wide.rows; t += kOuterTokens) {
        const Index tokens = smaller(kOuterTokens, wide.rows - t);
        packRows<T>(rowOf(wide, t) + begin, wide.stride, tokens, cols, packed, lanes);
        multiply<Dot<T>>(m, lanes, elementsOf<T>(tokens), Left<Element<T>>{left + t / Dot<T>::kPair, elements, 1},
                         Right<Element<T>>{packed, lanes}, ToFloat{sums, kOuterColumns, t > 0});
    }
}

/// dst += scale * narrow^T wide, or its transpose.
template <class T>
void outer(Matrix<const T> narrow, Matrix<const T> wide, float scale, Matrix<float> dst, bool transposed) {
    const Index m = narrow.cols;
    const Index elements = elementsOf<T>(narrow.rows);
    auto* left = static_cast<Element<T>*>(workspace(0, static_cast<std::size_t>(m * elements) * sizeof(Element<T>)));
    packTokens(narrow, left, elements);
    const Index packedWords = kOuterTokens * kOuterColumns;
    const Index threadWords = packedWords + roundUp(m * kOuterColumns, 16);
    auto* scratch =
        static_cast<float*>(workspace(1, static_cast<std::size_t>(threadWords * parallelSlots()) * sizeof(float)));
    const Index pieces = (wide.cols + kOuterColumns - 1) / kOuterColumns;
    parallel(pieces, [&](Index piece, int slot) {
        float* mine = scratch + slot * threadWords;
        float* sums = mine + packedWords;
        const Index begin = piece * kOuterColumns;
        const Index cols = smaller(kOuterColumns, wide.cols - begin);
        outerPiece(left, m, elements, wide, begin, cols, reinterpret_cast<Element<T>*>(mine), sums);
        for (Index i = 0; !transposed && i < m; ++i) {
            float* to = rowOf(dst, i) + begin;
            overRow(cols, [&](Index c, Index n) {
                storeAny(to + c, loadAny(to + c, n) + load(sums + i * kOuterColumns + c) * scale, n);
            });
        }
        for (Index c = 0; transposed && c < cols; ++c) {
            float* to = rowOf(dst, begin + c);
            for (Index i = 0; i < m; ++i) {
                to[i] += sums[i * kOuterColumns + c] * scale;
            }
        }
    });
}

template <class T>
void addOuter(Matrix<const T> u, Matrix<const T> v, float scale, Matrix<float> dst) {
    if (u.rows == 0) {
        return;
    }
    if (u.cols <= v.cols) {
        outer(u, v, scale, dst, false);
    } else {
        outer(v, u, scale, dst, true);
    }
}

} // namespace
} // namespace fettle::engine::kernels
