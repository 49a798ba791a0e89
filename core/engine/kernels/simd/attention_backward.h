// The gradient of attention: scores are computed again from the saved log-sum-exp, block by block; dq of a query block
// stays in cache, dk and dv are summed in fp32 per tree of segments and key head. Where there are few trees each query
// head sums for itself and the sums are added in order at the end.
#pragma once

#include "engine/kernels/simd/attention.h"

namespace fettle::engine::kernels {
namespace {

template <class T>
struct BackwardScratch {
    Element<T>* rows;      // [kBlock, dimPadded]
    Element<T>* qLanes;    // [dimPadded, kBlock]
    Element<T>* gLanes;    // the same of dout
    Element<T>* qPairs;    // [kBlock / pair, dimLanes]
    Element<T>* gPairs;    // the same of dout
    float* scores;         // [kBlock, kBlock] keys x queries
    float* gradScores;     // the same
    Element<T>* probs;     // [kBlock, kBlock / pair] keys x queries, pairs along the queries
    Element<T>* gradRows;  // the same of the score gradients
    Element<T>* gradPairs; // [kBlock / pair, kBlock] pairs along the keys
    float* sums;           // [kBlock, dimLanes] dq
    float* lse;            // [kBlock]
    float* delta;          // [kBlock]
    static Index bytes(const AttentionSizes<T>& size) {
        return 4 * (3 * kBlock * size.dimPadded + 3 * kBlock * size.dimLanes + 5 * kBlock * kBlock + 2 * kBlock) +
               13 * 64;
    }
    BackwardScratch(char* memory, const AttentionSizes<T>& size) {
        Carver carve{memory};
        rows = carve.take<Element<T>>(kBlock * size.dimPadded);
        qLanes = carve.take<Element<T>>(kBlock * size.dimPadded);
        gLanes = carve.take<Element<T>>(kBlock * size.dimPadded);
        qPairs = carve.take<Element<T>>(kBlock * size.dimLanes);
        gPairs = carve.take<Element<T>>(kBlock * size.dimLanes);
        scores = carve.take<float>(kBlock * kBlock);
        gradScores = carve.take<float>(kBlock * kBlock);
        probs = carve.take<Element<T>>(kBlock * kBlock);
        gradRows = carve.take<Element<T>>(kBlock * kBlock);
        gradPairs = carve.take<Element<T>>(kBlock * kBlock);
        sums = carve.take<float>(kBlock * size.dimLanes);
        lse = carve.take<float>(kBlock);
        delta = carve.take<float>(kBlock);
    }
};

/// One row of lanes as elements along the lanes.
template <class T>
FETTLE_INLINE void storeAlong(Element<T>* row, Index lane, Vec x) {
    if constexpr (Dot<T>::kPair == 1) {
        store(row + lane, x);
    } else {
        store(reinterpret_cast<Bf16*>(row) + lane, x);
    }
}

/// Scores and dP of one key block to probabilities and score gradients, in the layouts the three products read.
template <class T, bool kMasked>
void gradientBlock(const QueryLanes<T>& q, Index keys, bool own, Index firstKey, const std::int32_t* keyPos,
                   float scale, BackwardScratch<T>& s) {
    constexpr int kPair = Dot<T>::kPair;
    constexpr Index kRow = kBlock / kPair;
    for (Index v = 0; v < q.vectors; ++v) {
        const Index lane = v * kLanes;
        const Vec lse = load(s.lse + lane);
        const Vec delta = load(s.delta + lane);
        const auto one = [&](Index j) {
            Vec p = expOf(load(s.scores + j * kBlock + lane) * scale - lse);
            if constexpr (kMasked) {
                p = visible(q, v, own, firstKey + j, keyPos != nullptr ? keyPos + j : nullptr) ? p : Vec{};
            }
            const Vec ds = p * (load(s.gradScores + j * kBlock + lane) - delta) * scale;
            storeAlong<T>(s.probs + j * kRow, lane, p);
            storeAlong<T>(s.gradRows + j * kRow, lane, ds);
            return ds;
        };
        for (Index j = 0; j < keys; j += kPair) {
            const Vec first = one(j);
            if constexpr (kPair == 2) {
                const Vec second = j + 1 < keys ? one(j + 1) : Vec{};
                storeElements<T>(s.gradPairs + j / kPair * kBlock + lane, first, second);
            }
        }
    }
}

/// Everything a backward call shares between its pieces.
template <class T>
struct BackwardCall {
    const AttentionBatch& batch;
    const AttentionWork& work;
    const AttentionShape& shape;
    AttentionSizes<T> size;
    Matrix<const T> q, out, dout;
    const float* lse;
    Matrix<T> dq;
};

template <class T>
void backwardBlock(const BackwardCall<T>& call, const QueryBlock& block, Index head, const Element<T>* keyRows,
                   const Element<T>* valueRows, const Element<T>* keyPairs, float* sumK, float* sumV,
                   BackwardScratch<T> s) {
    using D = Dot<T>;
    using E = Element<T>;
    constexpr int kPair = D::kPair;
    constexpr Index kRow = kBlock / kPair;
    const AttentionSizes<T>& size = call.size;
    const QueryLanes<T> q = lanesOf<T>(call.batch, call.shape, block);
    const T* queries = rowOf(call.q, block.begin) + head * size.dim;
    const T* grads = rowOf(call.dout, block.begin) + head * size.dim;
    packLanes(size, q, queries, call.q.stride, s.rows, s.qLanes);
    packLanes(size, q, grads, call.dout.stride, s.rows, s.gLanes);
    packRows<T>(queries, call.q.stride, q.count, size.dim, s.qPairs, size.dimLanes);
    packRows<T>(grads, call.dout.stride, q.count, size.dim, s.gPairs, size.dimLanes);
    for (Index i = 0; i < q.lanes; ++i) {
        if (i >= q.count) {
            s.lse[i] = 1e30F;
            s.delta[i] = 0.0F;
            continue;
        }
        const T* o = rowOf(call.out, block.begin + i) + head * size.dim;
        const T* g = grads + i * call.dout.stride;
        Vec dot{};
        overRow(size.dim, [&](Index c, Index n) { dot += loadAny(o + c, n) * loadAny(g + c, n); });
        s.delta[i] = sumLanes(dot);
        s.lse[i] = call.lse[head * call.batch.tokens + block.begin + i];
    }
    const Index queryElements = (q.count + kPair - 1) / kPair;
    bool first = true;
    overKeyBlocks(
        call.batch, call.work, block, q,
        [&](Index local, Index keys, bool own, Index firstKey, bool masked, const std::int32_t* keyPos) {
            multiply<D>(keys, q.lanes, size.dimElements,
                        Left<E>{keyRows + local * size.dimElements, size.dimElements, 1}, Right<E>{s.qLanes, kBlock},
                        ToFloat{s.scores, kBlock, false});
            multiply<D>(keys, q.lanes, size.dimElements,
                        Left<E>{valueRows + local * size.dimElements, size.dimElements, 1}, Right<E>{s.gLanes, kBlock},
                        ToFloat{s.gradScores, kBlock, false});
            if (masked) {
                gradientBlock<T, true>(q, keys, own, firstKey, keyPos, call.shape.scale, s);
            } else {
                gradientBlock<T, false>(q, keys, own, firstKey, keyPos, call.shape.scale, s);
            }
            multiply<D>(keys, size.dimLanes, queryElements, Left<E>{s.probs, kRow, 1},
                        Right<E>{s.gPairs, size.dimLanes}, ToFloat{sumV + local * size.dimLanes, size.dimLanes, true});
            multiply<D>(keys, size.dimLanes, queryElements, Left<E>{s.gradRows, kRow, 1},
                        Right<E>{s.qPairs, size.dimLanes}, ToFloat{sumK + local * size.dimLanes, size.dimLanes, true});
            multiply<D>(q.count, size.dimLanes, (keys + kPair - 1) / kPair,
                        Left<E>{kPair == 1 ? s.gradRows : s.gradPairs, 1, kBlock},
                        Right<E>{keyPairs + local / kPair * size.dimLanes, size.dimLanes},
                        ToFloat{s.sums, size.dimLanes, !first});
            first = false;
        });
    for (Index i = 0; i < q.count; ++i) {
        const float* row = s.sums + i * size.dimLanes;
        T* to = rowOf(call.dq, block.begin + i) + head * size.dim;
        overRow(size.dim, [&](Index c, Index n) { storeAny(to + c, load(row + c), n); });
    }
}

/// dk and dv of one head from `parts` sums, added in order.
template <class T>
void finishKeys(const BackwardCall<T>& call, const float* sums, Index parts, Index partWords, Matrix<T> to,
                Index column) {
    const AttentionSizes<T>& size = call.size;
    for (std::int32_t s = 0; s < call.batch.segmentCount; ++s) {
        const AttentionSegment& segment = call.batch.segments[s];
        for (Index t = segment.begin; t < segment.end; ++t) {
            const float* row = sums + (call.work.localBegin[s] + t - segment.begin) * size.dimLanes;
            T* out = rowOf(to, t) + column;
            overRow(size.dim, [&](Index c, Index n) {
                Vec sum = load(row + c);
                for (Index part = 1; part < parts; ++part) {
                    sum += load(row + part * partWords + c);
                }
                storeAny(out + c, sum, n);
            });
        }
    }
}

template <class T>
void attentionBackward(const AttentionBatch& batch, const AttentionShape& shape, Matrix<const T> q, Matrix<const T> k,
                       Matrix<const T> v, Matrix<const T> out, const float* lse, Matrix<const T> dout, Matrix<T> dq,
                       Matrix<T> dk, Matrix<T> dv) {
    using E = Element<T>;
    const AttentionWork& work = attentionWork(batch);
    const BackwardCall<T> call{batch, work, shape, AttentionSizes<T>(shape, work), q, out, dout, lse, dq};
    const AttentionSizes<T>& size = call.size;
    const Index group = shape.heads / shape.kvHeads;
    constexpr Index kEnoughPieces = 8; // a property of the batch, not of the machine: results never depend on threads
    const Index parts = Index{work.treeCount} * shape.kvHeads < kEnoughPieces ? group : 1;
    const Index rowWords = roundUp(size.rowWords(), 16);
    const Index pairWords = roundUp(size.pairWords(), 16);
    const Index sumWords = roundUp(size.local * size.dimLanes, 16);
    const Index sumCount = shape.kvHeads * parts;
    auto* keyRows =
        static_cast<E*>(workspace(0, static_cast<std::size_t>(shape.kvHeads * (2 * rowWords + pairWords)) * sizeof(E)));
    E* valueRows = keyRows + shape.kvHeads * rowWords;
    E* keyPairs = valueRows + shape.kvHeads * rowWords;
    auto* sumK = static_cast<float*>(workspace(2, static_cast<std::size_t>(2 * sumCount * sumWords) * sizeof(float)));
    float* sumV = sumK + sumCount * sumWords;
    const Index scratchBytes = roundUp(BackwardScratch<T>::bytes(size), 4096);
    auto* scratch = static_cast<char*>(workspace(1, static_cast<std::size_t>(scratchBytes * parallelSlots())));
    parallel(2 * shape.kvHeads, [&](Index item, int) {
        const Index kv = item / 2;
        if (item % 2 == 0) {
            packHead(batch, work, size, k, kv * size.dim, keyRows + kv * rowWords, keyPairs + kv * pairWords);
        } else {
            packHead(batch, work, size, v, kv * size.dim, valueRows + kv * rowWords, static_cast<E*>(nullptr));
        }
    });
    parallel(work.treeCount * sumCount, [&](Index item, int slot) {
        const Index tree = item / sumCount;
        const Index sum = item % sumCount; // kv head, then the part of its group
        const Index kv = sum / parts;
        const Index words = Index{work.treeBegin[tree + 1] - work.treeBegin[tree]} * size.dimLanes;
        float* mineK = sumK + sum * sumWords;
        float* mineV = sumV + sum * sumWords;
        const Index from = work.treeBegin[tree] * size.dimLanes;
        __builtin_memset(mineK + from, 0, static_cast<std::size_t>(words) * sizeof(float));
        __builtin_memset(mineV + from, 0, static_cast<std::size_t>(words) * sizeof(float));
        const BackwardScratch<T> mine(scratch + slot * scratchBytes, size);
        const Index firstHead = kv * group + (parts > 1 ? sum % parts : 0);
        const Index lastHead = parts > 1 ? firstHead + 1 : firstHead + group;
        for (Index head = firstHead; head < lastHead; ++head) {
            for (std::int32_t b = work.treeBlocks[tree]; b < work.treeBlocks[tree + 1]; ++b) {
                backwardBlock(call, work.blocks[b], head, keyRows + kv * rowWords, valueRows + kv * rowWords,
                              keyPairs + kv * pairWords, mineK, mineV, mine);
            }
        }
    });
    parallel(2 * shape.kvHeads, [&](Index item, int) {
        const Index kv = item / 2;
        const float* sums = (item % 2 == 0 ? sumK : sumV) + kv * parts * sumWords;
        finishKeys(call, sums, parts, sumWords, item % 2 == 0 ? dk : dv, kv * size.dim);
    });
}

} // namespace
} // namespace fettle::engine::kernels
