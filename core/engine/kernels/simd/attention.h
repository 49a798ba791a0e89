// Attention over packed segments, tiled by blocks of keys with the queries as vector lanes: S^T = K Q^T reads keys as
// they lie, the softmax runs along lanes without sums across them, and one set of packed keys and values serves all
// query heads of a group. Sums in fp32 throughout; with pairs of bf16 the probabilities are rounded to bf16 before they
// are multiplied.
#pragma once

#include "engine/kernels/attention_work.h"
#include "engine/kernels/simd/tile.h"

namespace fettle::engine::kernels {
namespace {

constexpr Index kBlock = kQueryBlock; // lanes of a query block, and keys of a key block

/// Sizes of one call.
template <class T>
struct AttentionSizes {
    Index dim;         // of a head
    Index dimElements; // elements of a row, the inner length of S = K Q^T
    Index dimPadded;   // the same, whole vectors
    Index dimLanes;    // lanes of an output row
    Index local;       // keys in local order
    explicit AttentionSizes(const AttentionShape& shape, const AttentionWork& work)
        : dim(shape.headDim)
        , dimElements(elementsOf<T>(dim))
        , dimPadded(roundUp(dimElements, kLanes))
        , dimLanes(roundUp(dim, kLanes))
        , local(work.localCount) {}
    FETTLE_INLINE Index rowWords() const { return local * dimElements; }               // one head as rows
    FETTLE_INLINE Index pairWords() const { return local / Dot<T>::kPair * dimLanes; } // one head as pairs
};

/// Hands out pieces of one allocation, each aligned to a cache line.
struct Carver {
    char* at;
    template <class E>
    FETTLE_INLINE E* take(Index count) {
        E* result = reinterpret_cast<E*>(at);
        at += roundUp(count * static_cast<Index>(sizeof(E)), 64);
        return result;
    }
};

/// Packs the keys or values of one head in local order: as rows (left operand), as pairs of rows (right operand), or
/// both. Padding rows are zero.
template <class T>
void packHead(const AttentionBatch& batch, const AttentionWork& work, const AttentionSizes<T>& size,
              Matrix<const T> source, Index column, Element<T>* rows, Element<T>* pairs) {
    for (std::int32_t s = 0; s < batch.segmentCount; ++s) {
        const AttentionSegment& segment = batch.segments[s];
        const Index count = segment.end - segment.begin;
        const Index local = work.localBegin[s];
        const T* from = rowOf(source, segment.begin) + column;
        if (rows != nullptr) {
            for (Index j = 0; j < count; ++j) {
                packRow<T>(from + j * source.stride, size.dim, rows + (local + j) * size.dimElements, size.dimElements);
            }
            if (count % 2 != 0) {
                __builtin_memset(rows + (local + count) * size.dimElements, 0,
                                 static_cast<std::size_t>(size.dimElements) * sizeof(*rows));
            }
        }
        if (pairs != nullptr) {
            packRows<T>(from, source.stride, count, size.dim, pairs + local / Dot<T>::kPair * size.dimLanes,
                        size.dimLanes);
        }
    }
}

/// One block of queries seen by one thread.
template <class T>
struct QueryLanes {
    Index count; // queries
    Index lanes; // the same, whole vectors
    Index vectors;
    Index offset; // place of the first query in its segment
    const std::int32_t* pos;
    std::int32_t window;
};

template <class T>
FETTLE_INLINE QueryLanes<T> lanesOf(const AttentionBatch& batch, const AttentionShape& shape, const QueryBlock& block) {
    const Index lanes = roundUp(block.count, kLanes);
    return {block.count,
            lanes,
            lanes / kLanes,
            block.begin - batch.segments[block.segment].begin,
            batch.pos != nullptr ? batch.pos + block.begin : nullptr,
            shape.window};
}

/// The queries transposed: out[element of the head][kBlock lanes]; lanes beyond the last query are zero.
template <class T>
FETTLE_INLINE void packLanes(const AttentionSizes<T>& size, const QueryLanes<T>& q, const T* in, Index stride,
                             Element<T>* rows, Element<T>* out) {
    for (Index i = 0; i < q.lanes; ++i) {
        if (i < q.count) {
            packRow<T>(in + i * stride, size.dim, rows + i * size.dimPadded, size.dimPadded);
        } else {
            __builtin_memset(rows + i * size.dimPadded, 0, static_cast<std::size_t>(size.dimPadded) * sizeof(*rows));
        }
    }
    transpose(rows, size.dimPadded, q.lanes, size.dimPadded, out, kBlock);
}

/// Which lanes of vector v see key `key` of a segment: causal inside their own segment, within the window everywhere.
template <class T>
FETTLE_INLINE VecI visible(const QueryLanes<T>& q, Index v, bool own, Index key, const std::int32_t* keyPos) {
    VecI lane;
    for (int i = 0; i < kLanes; ++i) {
        lane[i] = i;
    }
    VecI mask = VecI{} - 1;
    if (own) {
        mask = lane >= static_cast<std::int32_t>(key - q.offset - v * kLanes);
    }
    if (q.window > 0) {
        VecI positions{};
        for (Index i = 0; i < smaller(kLanes, q.count - v * kLanes); ++i) {
            positions[i] = q.pos[v * kLanes + i];
        }
        mask &= positions - *keyPos < q.window;
    }
    return mask;
}

/// Calls body(local place of the key block, keys, own segment, first key in its segment, needs a mask, positions of the
/// keys) for every block of keys that some query of the block sees, in order.
template <class T, class Body>
FETTLE_INLINE void overKeyBlocks(const AttentionBatch& batch, const AttentionWork& work, const QueryBlock& block,
                                 const QueryLanes<T>& q, Body body) {
    for (std::int32_t c = work.chainBegin[block.segment]; c < work.chainBegin[block.segment + 1]; ++c) {
        const std::int32_t s = work.chain[c];
        const AttentionSegment& segment = batch.segments[s];
        const bool own = s == block.segment;
        const Index end = own ? q.offset + q.count : segment.end - segment.begin;
        for (Index key = 0; key < end; key += kBlock) {
            const Index keys = smaller(kBlock, end - key);
            const std::int32_t* keyPos = batch.pos != nullptr ? batch.pos + segment.begin + key : nullptr;
            if (q.window > 0 && q.pos[0] - keyPos[keys - 1] >= q.window) {
                continue;
            }
            const bool masked =
                (own && key + keys - 1 > q.offset) || (q.window > 0 && q.pos[q.count - 1] - keyPos[0] >= q.window);
            body(work.localBegin[s] + key, keys, own, key, masked, keyPos);
        }
    }
}

/// Two rows of lanes as elements along the rows: pairs, or the first alone.
template <class T>
FETTLE_INLINE void storeElements(Element<T>* out, Vec first, Vec second) {
    if constexpr (Dot<T>::kPair == 1) {
        static_cast<void>(second);
        store(out, first);
    } else {
        const VecU low = __builtin_convertvector(toHalf(first), VecU);
        const VecU high = __builtin_convertvector(toHalf(second), VecU);
        *reinterpret_cast<VecULoose*>(out) = low | (high << 16U);
    }
}

template <class T>
struct ForwardScratch {
    Element<T>* rows;  // [kBlock, dimPadded]
    Element<T>* lanes; // [dimPadded, kBlock]
    float* scores;     // [kBlock, kBlock] keys x queries
    Element<T>* probs; // [kBlock / pair, kBlock]
    float* sums;       // [kBlock, dimLanes] queries x dims
    float* top;        // [kBlock]
    float* total;      // [kBlock]
    float* alpha;      // [kBlock]
    static Index bytes(const AttentionSizes<T>& size) {
        return 4 * (2 * kBlock * size.dimPadded + 2 * kBlock * kBlock + kBlock * size.dimLanes + 3 * kBlock) + 8 * 64;
    }
    ForwardScratch(char* memory, const AttentionSizes<T>& size) {
        Carver carve{memory};
        rows = carve.take<Element<T>>(kBlock * size.dimPadded);
        lanes = carve.take<Element<T>>(kBlock * size.dimPadded);
        scores = carve.take<float>(kBlock * kBlock);
        probs = carve.take<Element<T>>(kBlock * kBlock);
        sums = carve.take<float>(kBlock * size.dimLanes);
        top = carve.take<float>(kBlock);
        total = carve.take<float>(kBlock);
        alpha = carve.take<float>(kBlock);
    }
};

/// Scores of one key block to probabilities, with the running maximum and sum of every query.
template <class T, bool kMasked>
void softmaxBlock(const QueryLanes<T>& q, Index keys, bool own, Index firstKey, const std::int32_t* keyPos, float scale,
                  ForwardScratch<T>& s) {
    constexpr int kPair = Dot<T>::kPair;
    const Vec factor = splat(scale);
    for (Index v = 0; v < q.vectors; ++v) {
        float* column = s.scores + v * kLanes;
        const Vec before = load(s.top + v * kLanes);
        Vec bare = splat(-__builtin_inff()); // the maximum of the scores without their factor, which is positive
        for (Index j = 0; j < keys; ++j) {
            Vec x = load(column + j * kBlock);
            if constexpr (kMasked) {
                const VecI mask = visible(q, v, own, firstKey + j, keyPos != nullptr ? keyPos + j : nullptr);
                x = mask ? x : splat(-__builtin_inff());
                store(column + j * kBlock, x);
            }
            bare = maxOf(x, bare);
        }
        const Vec top = maxOf(bare * factor, before);
        const Vec alpha = expOf(before - top);
        Vec sum{};
        for (Index j = 0; j < keys; j += kPair) {
            const Vec first = expOf(load(column + j * kBlock) * factor - top);
            Vec second{};
            if (kPair == 2 && j + 1 < keys) {
                second = expOf(load(column + (j + 1) * kBlock) * factor - top);
            }
            sum += first + second;
            storeElements<T>(s.probs + j / kPair * kBlock + v * kLanes, first, second);
        }
        store(s.top + v * kLanes, top);
        store(s.alpha + v * kLanes, alpha);
        store(s.total + v * kLanes, load(s.total + v * kLanes) * alpha + sum);
    }
}

template <class T>
void forwardBlock(const AttentionBatch& batch, const AttentionWork& work, const AttentionShape& shape,
                  const AttentionSizes<T>& size, const QueryBlock& block, Index head, Matrix<const T> queries,
                  const Element<T>* keyRows, const Element<T>* valuePairs, Matrix<T> out, float* lse,
                  ForwardScratch<T> s) {
    using D = Dot<T>;
    const QueryLanes<T> q = lanesOf<T>(batch, shape, block);
    packLanes(size, q, rowOf(queries, block.begin) + head * size.dim, queries.stride, s.rows, s.lanes);
    constexpr float kNothing = -1e30F; // finite: a lane that has seen no key yet gives exp(-inf) = 0, not NaN
    for (Index i = 0; i < q.lanes; i += kLanes) {
        store(s.top + i, splat(kNothing));
        store(s.total + i, Vec{});
    }
    bool first = true;
    overKeyBlocks(batch, work, block, q,
                  [&](Index local, Index keys, bool own, Index firstKey, bool masked, const std::int32_t* keyPos) {
                      multiply<D>(keys, q.lanes, size.dimElements,
                                  Left<Element<T>>{keyRows + local * size.dimElements, size.dimElements, 1},
                                  Right<Element<T>>{s.lanes, kBlock}, ToFloat{s.scores, kBlock, false});
                      if (masked) {
                          softmaxBlock<T, true>(q, keys, own, firstKey, keyPos, shape.scale, s);
                      } else {
                          softmaxBlock<T, false>(q, keys, own, firstKey, keyPos, shape.scale, s);
                      }
                      for (Index i = 0; !first && i < q.count; ++i) {
                          if (s.alpha[i] != 1.0F) {
                              float* row = s.sums + i * size.dimLanes;
                              for (Index c = 0; c < size.dimLanes; c += kLanes) {
                                  store(row + c, load(row + c) * s.alpha[i]);
                              }
                          }
                      }
                      multiply<D>(q.count, size.dimLanes, (keys + D::kPair - 1) / D::kPair,
                                  Left<Element<T>>{s.probs, 1, kBlock},
                                  Right<Element<T>>{valuePairs + local / D::kPair * size.dimLanes, size.dimLanes},
                                  ToFloat{s.sums, size.dimLanes, !first});
                      first = false;
                  });
    for (Index i = 0; i < q.count; ++i) {
        const float inverse = 1.0F / s.total[i];
        const float* row = s.sums + i * size.dimLanes;
        T* to = rowOf(out, block.begin + i) + head * size.dim;
        overRow(size.dim, [&](Index c, Index n) { storeAny(to + c, load(row + c) * inverse, n); });
        if (lse != nullptr) {
            lse[head * batch.tokens + block.begin + i] = s.top[i] + __builtin_logf(s.total[i]);
        }
    }
}

template <class T>
void attention(const AttentionBatch& batch, const AttentionShape& shape, Matrix<const T> q, Matrix<const T> k,
               Matrix<const T> v, Matrix<T> out, float* lse) {
    const AttentionWork& work = attentionWork(batch);
    const AttentionSizes<T> size(shape, work);
    const Index heads = shape.heads;
    const Index group = heads / shape.kvHeads;
    const Index rowWords = roundUp(size.rowWords(), 16);
    const Index pairWords = roundUp(size.pairWords(), 16);
    auto* keyRows = static_cast<Element<T>*>(
        workspace(0, static_cast<std::size_t>(shape.kvHeads * (rowWords + pairWords)) * sizeof(Element<T>)));
    Element<T>* valuePairs = keyRows + shape.kvHeads * rowWords;
    const Index scratchBytes = roundUp(ForwardScratch<T>::bytes(size), 4096);
    auto* scratch = static_cast<char*>(workspace(1, static_cast<std::size_t>(scratchBytes * parallelSlots())));
    parallel(2 * shape.kvHeads, [&](Index item, int) {
        const Index kv = item / 2;
        if (item % 2 == 0) {
            packHead(batch, work, size, k, kv * size.dim, keyRows + kv * rowWords, static_cast<Element<T>*>(nullptr));
        } else {
            packHead(batch, work, size, v, kv * size.dim, static_cast<Element<T>*>(nullptr),
                     valuePairs + kv * pairWords);
        }
    });
    // Late blocks see most keys: they come first.
    parallel(work.blockCount * heads, [&](Index item, int slot) {
        const Index head = item % heads;
        const QueryBlock& block = work.blocks[work.blockCount - 1 - item / heads];
        forwardBlock(batch, work, shape, size, block, head, q, keyRows + head / group * rowWords,
                     valuePairs + head / group * pairWords, out, lse,
                     ForwardScratch<T>(scratch + slot * scratchBytes, size));
    });
}

} // namespace
} // namespace fettle::engine::kernels
