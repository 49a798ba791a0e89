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
constexpr Index kDepth = 768; // elements of k in one go: a slice of rows and of a panel stay in the cache

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

/// How a tile ends: bias and addend in fp32, then one rounding, or none where Y is float.
template <class T, class Y>
struct ProductEnd {
    Y* y;
    Index yStride;
    const T* bias;   // at the tile's first column, or null
    const Y* addend; // at the tile's first element, or null
    Index addendStride;
    Index cols; // valid from the tile's first column
};

/// Rows of sums [rows, kPanel] to y.
template <class T, class Y>
FETTLE_INLINE void finishTile(const float* sums, Index rows, const ProductEnd<T, Y>& end) {
    for (Index m = 0; m < rows; ++m) {
        overRow(smaller(kPanel, end.cols), [&](Index lane, Index count) {
            Vec x = load(sums + m * kPanel + lane);
            if (end.bias != nullptr) {
                x += loadAny(end.bias + lane, count);
            }
            if (end.addend != nullptr) {
                x += loadAny(end.addend + m * end.addendStride + lane, count);
            }
            storeAny(end.y + m * end.yStride + lane, x, count);
        });
    }
}

/// sums[rows, kPanel] (+)= a b for at most one tile of rows.
template <class T>
FETTLE_INLINE void panelTile(Index rows, Index inner, Left<Element<T>> a, const Element<T>* panel, float* sums,
                             bool accumulate) {
    const Right<Element<T>> b{panel, kPanel};
    const ToFloat out{sums, kPanel, accumulate};
    if (rows == kPanelRows) {
        tile<Dot<T>, kPanelRows, kPanelVectors>(inner, a, b, out);
    } else {
        restOfRows<Dot<T>, kPanelRows - 1, kPanelVectors>(rows, inner, a, b, out);
    }
}

/// The low-rank terms of one tile, before anything else is in the sums. True where there is one.
template <class T>
FETTLE_INLINE bool termsTile(Index rows, const TileTerm<T>* terms, int termCount, float* sums) {
    for (int i = 0; i < termCount; ++i) {
        panelTile<T>(rows, terms[i].elements, terms[i].left, terms[i].right, sums, i > 0);
        // In units of the next term's scale, or of none.
        const float factor = i + 1 < termCount ? terms[i].scale / terms[i + 1].scale : terms[i].scale;
        for (Index at = 0; factor != 1.0F && at < rows * kPanel; at += kLanes) {
            store(sums + at, load(sums + at) * factor);
        }
    }
    return termCount > 0;
}

/// Packs b of a term; `out` has room for its panels.
template <class T>
void packTerm(const LowRankTerm<T>& term, Index rank, Index cols, Element<T>* out) {
    const Index elements = elementsOf<T>(rank);
    const Index panels = panelsOf(term.firstColumn % kPanel + cols);
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
template <class T, class Y>
struct ProductCall {
    Matrix<const T> x;
    const Element<T>* packed;
    const T* bias;
    Matrix<const Y> addend;
    Matrix<Y> y;
    PackedTerm<T> terms[kMaxTerms];
    int termCount;
    Index elements;
};

/// Rows [first, first + rows) of panels [firstPanel, lastPanel). `sums`: [panels, rows, kPanel] where x is deep, else
/// of one tile.
template <class T, class Y>
void productPiece(const ProductCall<T, Y>& call, Index first, Index rows, Index firstPanel, Index lastPanel,
                  Element<T>* scratch, float* sums) {
    using E = Element<T>;
    const Left<E> left = leftRows(call.x, first, rows, scratch);
    scratch += rows * call.elements;
    Left<E> termLeft[kMaxTerms];
    for (int i = 0; i < call.termCount; ++i) {
        termLeft[i] = leftRows(call.terms[i].p, first, rows, scratch);
        scratch += rows * call.terms[i].elements;
    }
    const bool deep = call.elements > kDepth;
    // Depth outside: a slice of x serves all panels from the cache.
    for (Index depth = 0; depth < call.elements; depth += kDepth) {
        const Index inner = smaller(kDepth, call.elements - depth);
        const bool last = depth + inner == call.elements;
        for (Index panel = firstPanel; panel < lastPanel; ++panel) {
            TileTerm<T> terms[kMaxTerms];
            int termCount = 0;
            for (int i = 0; depth == 0 && i < call.termCount; ++i) {
                const PackedTerm<T>& term = call.terms[i];
                if (panel >= term.firstPanel && panel < term.lastPanel) {
                    terms[termCount++] = {termLeft[i], term.panels + (panel - term.firstPanel) * term.elements * kPanel,
                                          term.elements, term.scale};
                }
            }
            const Index column = panel * kPanel;
            const E* right = call.packed + (panel * call.elements + depth) * kPanel;
            for (Index r = 0; r < rows; r += kPanelRows) {
                const Index count = smaller(kPanelRows, rows - r);
                float* mine = deep ? sums + ((panel - firstPanel) * rows + r) * kPanel : sums;
                const bool started = termsTile(count, terms, termCount, mine);
                panelTile<T>(count, inner, Left<E>{left.data + r * left.row + depth, left.row, 1}, right, mine,
                             started || depth > 0);
                if (last) {
                    finishTile(
                        mine, count,
                        ProductEnd<T, Y>{rowOf(call.y, first + r) + column, call.y.stride,
                                         call.bias != nullptr ? call.bias + column : nullptr,
                                         call.addend.data != nullptr ? rowOf(call.addend, first + r) + column : nullptr,
                                         call.addend.stride, call.y.cols - column});
                }
                for (int i = 0; i < termCount; ++i) {
                    terms[i].left.data += kPanelRows * terms[i].left.row;
                }
            }
        }
    }
}

template <class T, class Y>
void product(Matrix<const T> x, const std::uint32_t* packed, const T* bias, Matrix<const Y> addend,
             const LowRankTerm<T>* terms, int termCount, Matrix<Y> y) {
    using E = Element<T>;
    ProductCall<T, Y> call{x, reinterpret_cast<const E*>(packed), bias, addend, y, {}, 0, elementsOf<T>(x.cols)};
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
        packTerm(term, term.p.cols, term.plain ? term.b.cols : term.b.rows, memory);
        memory += (made.lastPanel - made.firstPanel) * made.elements * kPanel;
    }
    // Pieces of some tenths of a millisecond, the same for any number of threads. Panels outside, rows inside: a panel
    // is read from memory once and from the shared cache after that.
    constexpr Index kMostRows = Index{32} * kPanelRows;
    constexpr Index kPieceProducts = Index{1} << 22;
    constexpr Index kEnoughPieces = 16;
    const Index panels = panelsOf(y.cols);
    Index rows = smaller(kMostRows, roundUp(larger(x.rows, 1), kPanelRows));
    const Index group = larger(1, kPieceProducts / larger(1, rows * call.elements * kPanel));
    const Index groups = (panels + group - 1) / group;
    while (groups * ((x.rows + rows - 1) / rows) < kEnoughPieces && rows > 8 * kPanelRows) {
        rows = roundUp(rows / 2, kPanelRows);
    }
    const Index blocks = (x.rows + rows - 1) / rows;
    const Index sumWords = (call.elements > kDepth ? group * rows : kPanelRows) * kPanel;
    const Index scratchWords = sumWords + roundUp(rows * (call.elements + termElements), 16);
    auto* scratch = static_cast<E*>(workspace(1, static_cast<std::size_t>(scratchWords * parallelSlots()) * sizeof(E)));
    parallel(blocks * groups, [&](Index piece, int slot) {
        const Index first = piece % blocks * rows;
        const Index panel = piece / blocks * group;
        productPiece(call, first, smaller(rows, x.rows - first), panel, smaller(panels, panel + group),
                     scratch + slot * scratchWords + sumWords, reinterpret_cast<float*>(scratch + slot * scratchWords));
    });
}

} // namespace
} // namespace fettle::engine::kernels
