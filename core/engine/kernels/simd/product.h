// The large product y = x W^T over a weight that never changes, packed once in panels of columns. Low-rank terms go
// through the same registers before the result is rounded, so they cost no pass over y. Pieces of rows and panels are
// small enough to share among threads that come and go.
#pragma once

#include "engine/kernels/simd/low_rank.h"

namespace fettle::engine::kernels {
namespace {

constexpr int kPanelVectors = kMaxTileVectors;
constexpr Index kPanel = Index{kPanelVectors} * kLanes; // columns of a panel
constexpr int kPanelRows = tileRows<kPanelVectors>();

FETTLE_INLINE Index panelsOf(Index n) {
    return (n + kPanel - 1) / kPanel;
}

template <class T>
std::int64_t packedWords(std::int64_t n, std::int64_t k) {
    return panelsOf(n) * elementsOf<T>(k) * kPanel;
}

/// w [n, k], or its transpose [k, n], into panels [n / kPanel][elements of k][kPanel].
template <class T>
void packWeight(Matrix<const T> w, bool transposed, std::uint32_t* out) {
    const Index n = transposed ? w.cols : w.rows;
    const Index k = transposed ? w.rows : w.cols;
    const Index elements = elementsOf<T>(k);
    auto* to = reinterpret_cast<Element<T>*>(out);
    parallel(panelsOf(n), [&](Index panel, int) {
        const Index first = panel * kPanel;
        const Index cols = smaller(kPanel, n - first);
        Element<T>* at = to + panel * elements * kPanel;
        if (transposed) {
            packRows<T>(w.data + first, w.stride, k, cols, at, kPanel);
        } else {
            packTransposed<T>(Matrix<const T>{rowOf(w, first), cols, k, w.stride}, at, kPanel);
        }
    });
}

/// Back to w [n, k].
template <class T>
void unpackWeight(const std::uint32_t* packed, Matrix<T> w) {
    const Index elements = elementsOf<T>(w.cols);
    overRows(w.rows, w.cols, [&](Index r) {
        const std::uint32_t* panel = packed + r / kPanel * elements * kPanel + r % kPanel;
        T* to = rowOf(w, r);
        for (Index c = 0; c < w.cols; ++c) {
            const std::uint32_t element = panel[c / Dot<T>::kPair * kPanel];
            if constexpr (Dot<T>::kPair == 2) {
                to[c].bits = static_cast<std::uint16_t>(c % 2 == 0 ? element & 0xFFFFU : element >> 16U);
            } else {
                storeOne(to + c, asFloat(element));
            }
        }
    });
}

/// A low-rank term ready for the tiles: p as rows of elements, b as panels [panel - first][elements of the
/// rank][kPanel], zero outside its columns.
template <class T>
struct PackedTerm {
    Matrix<const T> p;
    const Element<T>* panels;
    Index elements;
    Index firstPanel;
    Index lastPanel; // one past
    float scale;
};

/// One tile's terms: left operands at their first row.
template <class T>
struct TileTerm {
    Left<Element<T>> left;
    const Element<T>* right;
    Index elements;
    float scale;
};

constexpr int kMaxTerms = kMaxLowRankTerms;

/// How a tile ends: bias and addend in fp32, then one rounding.
template <class T>
struct ProductEnd {
    T* y;
    Index yStride;
    const T* bias;   // at the tile's first column, or null
    const T* addend; // at the tile's first element, or null
    Index addendStride;
    Index cols; // valid from the tile's first column
};

template <class D, int M, int N, class E>
FETTLE_INLINE void accumulateTile(Vec (&acc)[M][N], Index inner, Left<E> a, Right<E> b) {
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
#pragma GCC unroll 4
            for (int n = 0; n < N; ++n) {
                acc[m][n] = D::step(acc[m][n], lanes[n], left + m * a.row);
            }
        }
        left += a.step;
        right += b.step;
    }
}

template <class T, int M>
[[gnu::noinline]] void productTile(Index inner, Left<Element<T>> a, Right<Element<T>> b, const TileTerm<T>* terms,
                                   int termCount, ProductEnd<T> end) {
    using D = Dot<T>;
    constexpr int N = kPanelVectors;
    Vec acc[M][N];
#pragma GCC unroll 16
    for (int m = 0; m < M; ++m) {
#pragma GCC unroll 4
        for (int n = 0; n < N; ++n) {
            acc[m][n] = Vec{};
        }
    }
    for (int i = 0; i < termCount; ++i) {
        accumulateTile<D, M, N>(acc, terms[i].elements, terms[i].left, Right<Element<T>>{terms[i].right, kPanel});
        // In units of the next term's scale, or of none.
        const float factor = i + 1 < termCount ? terms[i].scale / terms[i + 1].scale : terms[i].scale;
        if (factor != 1.0F) {
#pragma GCC unroll 16
            for (int m = 0; m < M; ++m) {
#pragma GCC unroll 4
                for (int n = 0; n < N; ++n) {
                    acc[m][n] *= factor;
                }
            }
        }
    }
    accumulateTile<D, M, N>(acc, inner, a, b);
#pragma GCC unroll 16
    for (int m = 0; m < M; ++m) {
#pragma GCC unroll 4
        for (int n = 0; n < N; ++n) {
            const Index lane = n * kLanes;
            const Index count = end.cols - lane;
            if (count > 0) {
                Vec x = acc[m][n];
                if (end.bias != nullptr) {
                    x += loadAny(end.bias + lane, count);
                }
                if (end.addend != nullptr) {
                    x += loadAny(end.addend + m * end.addendStride + lane, count);
                }
                storeAny(end.y + m * end.yStride + lane, x, count);
            }
        }
    }
}

template <class T, int M>
FETTLE_INLINE void productRest(Index rows, Index inner, Left<Element<T>> a, Right<Element<T>> b,
                               const TileTerm<T>* terms, int termCount, ProductEnd<T> end) {
    if constexpr (M > 0) {
        if (rows == M) {
            productTile<T, M>(inner, a, b, terms, termCount, end);
        } else {
            productRest<T, M - 1>(rows, inner, a, b, terms, termCount, end);
        }
    }
}

/// Packs b of a term; `out` has room for its panels.
template <class T>
void packTerm(const LowRankTerm<T>& term, Index rank, Index cols, Index firstPanel, Element<T>* out) {
    const Index elements = elementsOf<T>(rank);
    const Index panels = panelsOf(term.firstColumn % kPanel + cols);
    static_cast<void>(firstPanel);
    parallel(panels, [&](Index panel, int) {
        Element<T>* at = out + panel * elements * kPanel;
        const Index begin = larger(0, panel * kPanel - term.firstColumn % kPanel); // in columns of the term
        const Index skip = panel == 0 ? term.firstColumn % kPanel : 0;             // lanes before them
        const Index count = smaller(kPanel - skip, cols - begin);
        __builtin_memset(at, 0, static_cast<std::size_t>(elements * kPanel) * sizeof(*at));
        for (Index e = 0; e < elements; ++e) {
            for (Index c = 0; c < count; ++c) {
                const auto value = [&](Index r) {
                    return term.plain ? rowOf(term.b, r) + begin + c : rowOf(term.b, begin + c) + r;
                };
                Element<T>* to = at + e * kPanel + skip + c;
                if constexpr (Dot<T>::kPair == 1) {
                    *to = one(value(e));
                } else {
                    const std::uint32_t high = 2 * e + 1 < rank ? value(2 * e + 1)->bits : 0U;
                    *to = value(2 * e)->bits | (high << 16U);
                }
            }
        }
    });
}

/// Everything a product's pieces share.
template <class T>
struct ProductCall {
    Matrix<const T> x;
    const Element<T>* packed;
    const T* bias;
    Matrix<const T> addend;
    Matrix<T> y;
    PackedTerm<T> terms[kMaxTerms];
    int termCount;
    Index elements;
};

/// Rows [first, first + rows) of panels [panel, lastPanel).
template <class T>
void productPiece(const ProductCall<T>& call, Index first, Index rows, Index panel, Index lastPanel,
                  Element<T>* scratch) {
    using E = Element<T>;
    const Left<E> left = leftRows(call.x, first, rows, scratch);
    scratch += rows * call.elements;
    Left<E> termLeft[kMaxTerms];
    for (int i = 0; i < call.termCount; ++i) {
        termLeft[i] = leftRows(call.terms[i].p, first, rows, scratch);
        scratch += rows * call.terms[i].elements;
    }
    for (; panel < lastPanel; ++panel) {
        TileTerm<T> terms[kMaxTerms];
        int termCount = 0;
        for (int i = 0; i < call.termCount; ++i) {
            const PackedTerm<T>& term = call.terms[i];
            if (panel >= term.firstPanel && panel < term.lastPanel) {
                terms[termCount++] = {termLeft[i], term.panels + (panel - term.firstPanel) * term.elements * kPanel,
                                      term.elements, term.scale};
            }
        }
        const Index column = panel * kPanel;
        const Right<E> right{call.packed + panel * call.elements * kPanel, kPanel};
        for (Index r = 0; r < rows; r += kPanelRows) {
            const ProductEnd<T> end{rowOf(call.y, first + r) + column,
                                    call.y.stride,
                                    call.bias != nullptr ? call.bias + column : nullptr,
                                    call.addend.data != nullptr ? rowOf(call.addend, first + r) + column : nullptr,
                                    call.addend.stride,
                                    call.y.cols - column};
            const Left<E> tileLeft{left.data + r * left.row, left.row, 1};
            if (r + kPanelRows <= rows) {
                productTile<T, kPanelRows>(call.elements, tileLeft, right, terms, termCount, end);
            } else {
                productRest<T, kPanelRows - 1>(rows - r, call.elements, tileLeft, right, terms, termCount, end);
            }
            for (int i = 0; i < termCount; ++i) {
                terms[i].left.data += kPanelRows * terms[i].left.row;
            }
        }
    }
}

template <class T>
void product(Matrix<const T> x, const std::uint32_t* packed, const T* bias, Matrix<const T> addend,
             const LowRankTerm<T>* terms, int termCount, Matrix<T> y) {
    using E = Element<T>;
    ProductCall<T> call{x, reinterpret_cast<const E*>(packed), bias, addend, y, {}, 0, elementsOf<T>(x.cols)};
    Index words = 0;
    Index termElements = 0;
    for (int i = 0; i < termCount; ++i) {
        const LowRankTerm<T>& term = terms[i];
        const Index cols = term.plain ? term.b.cols : term.b.rows;
        if (term.scale == 0.0F || term.p.cols == 0) {
            continue;
        }
        const Index firstPanel = term.firstColumn / kPanel;
        call.terms[call.termCount++] = {term.p,
                                        nullptr,
                                        elementsOf<T>(term.p.cols),
                                        firstPanel,
                                        firstPanel + panelsOf(term.firstColumn % kPanel + cols),
                                        term.scale};
        const PackedTerm<T>& made = call.terms[call.termCount - 1];
        words += (made.lastPanel - made.firstPanel) * made.elements * kPanel;
        termElements += made.elements;
    }
    auto* memory = static_cast<E*>(workspace(0, static_cast<std::size_t>(larger(words, 1)) * sizeof(E)));
    for (int i = 0, used = 0; i < termCount; ++i) {
        const LowRankTerm<T>& term = terms[i];
        if (term.scale == 0.0F || term.p.cols == 0) {
            continue;
        }
        PackedTerm<T>& made = call.terms[used++];
        made.panels = memory;
        packTerm(term, term.p.cols, term.plain ? term.b.cols : term.b.rows, made.firstPanel, memory);
        memory += (made.lastPanel - made.firstPanel) * made.elements * kPanel;
    }
    // Rows of a piece stay in the second-level cache; panels of a piece make it some tenths of a millisecond of work.
    constexpr Index kCachedElements = 98304;
    constexpr Index kMostRows = 32;
    constexpr Index kPieceProducts = Index{1} << 22;
    const Index rows =
        smaller(kMostRows, larger(4, kCachedElements / larger(call.elements, 1) / kPanelRows)) * kPanelRows;
    const Index blocks = (x.rows + rows - 1) / rows;
    const Index panels = panelsOf(y.cols);
    const Index held = smaller(rows, x.rows);
    const Index group = larger(1, kPieceProducts / larger(1, held * call.elements * kPanel));
    const Index groups = (panels + group - 1) / group;
    const Index scratchWords = roundUp(held * (call.elements + termElements), 16);
    auto* scratch = static_cast<E*>(workspace(1, static_cast<std::size_t>(scratchWords * parallelSlots()) * sizeof(E)));
    parallel(blocks * groups, [&](Index piece, int slot) {
        const Index first = piece / groups * rows;
        const Index panel = piece % groups * group;
        productPiece(call, first, smaller(rows, x.rows - first), panel, smaller(panels, panel + group),
                     scratch + slot * scratchWords);
    });
}

} // namespace
} // namespace fettle::engine::kernels
