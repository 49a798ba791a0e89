// Attention of a few new rows over the keys and values a sequence has cached: a dot product per key, then a weighted
// sum of values.
#pragma once

#include "engine/kernels/simd/elementwise.h"

namespace fettle::engine::kernels {
namespace {

/// One query row of one head over keys [first, last) of a sequence. `scores` holds a float per key.
template <class T>
void decodeRow(const DecodeSequence<T>& sequence, Index column, Index dim, Index first, Index last, float scale,
               const T* query, T* out, float* scores, float* sums) {
    float top = -__builtin_inff();
    Index key = 0;
    for (std::int32_t s = 0; s < sequence.spanCount; ++s) {
        const KvSpan<T>& span = sequence.spans[s];
        const Index end = smaller(last - key, span.rows);
        for (Index j = larger(first - key, 0); j < end; ++j) {
            const T* row = span.k + j * span.stride + column;
            Vec dot{};
            overRow(dim, [&](Index c, Index n) { dot += loadAny(query + c, n) * loadAny(row + c, n); });
            const float score = sumLanes(dot) * scale;
            scores[key + j] = score;
            top = score > top || score != score ? score : top;
        }
        key += span.rows;
    }
    Vec totals{};
    overRow(last - first, [&](Index i, Index n) {
        Vec p = expOf(loadAny(scores + first + i, n) - top);
        storeAny(scores + first + i, p, n);
        if (n < kLanes) {
            p = loadPart(scores + first + i, n);
        }
        totals += p;
    });
    const float inverse = 1.0F / sumLanes(totals);
    for (Index c = 0; c < dim; c += kLanes) {
        const Index n = dim - c;
        Vec sum{};
        key = 0;
        for (std::int32_t s = 0; s < sequence.spanCount; ++s) {
            const KvSpan<T>& span = sequence.spans[s];
            const Index end = smaller(last - key, span.rows);
            for (Index j = larger(first - key, 0); j < end; ++j) {
                sum += loadAny(span.v + j * span.stride + column + c, n) * scores[key + j];
            }
            key += span.rows;
        }
        store(sums + c, sum * inverse);
    }
    overRow(dim, [&](Index c, Index n) { storeAny(out + c, load(sums + c), n); });
}

template <class T>
void decodeAttention(const DecodeSequence<T>* sequences, std::int32_t count, const AttentionShape& shape,
                     Matrix<const T> q, Matrix<T> out) {
    const Index dim = shape.headDim;
    const Index group = shape.heads / shape.kvHeads;
    Index most = 0;
    for (std::int32_t i = 0; i < count; ++i) {
        Index keys = 0;
        for (std::int32_t s = 0; s < sequences[i].spanCount; ++s) {
            keys += sequences[i].spans[s].rows;
        }
        most = larger(most, keys);
    }
    const Index floats = roundUp(most + kLanes, 16) + roundUp(dim, kLanes);
    auto* scratch =
        static_cast<float*>(workspace(1, static_cast<std::size_t>(floats * parallelSlots()) * sizeof(float)));
    const Index each = larger(1, kPieceElements / larger(1, most * group * dim)); // small sequences share a piece
    const Index items = Index{count} * shape.kvHeads;
    const auto one = [&](Index item, int slot) {
        const DecodeSequence<T>& sequence = sequences[item / shape.kvHeads];
        const Index kv = item % shape.kvHeads;
        float* scores = scratch + slot * floats;
        Index keys = 0;
        for (std::int32_t s = 0; s < sequence.spanCount; ++s) {
            keys += sequence.spans[s].rows;
        }
        for (Index i = 0; i < sequence.queryCount; ++i) {
            const Index last = keys - sequence.queryCount + i + 1;
            const Index first = shape.window > 0 ? larger(0, last - shape.window) : 0;
            for (Index head = kv * group; head < (kv + 1) * group; ++head) {
                decodeRow(
                    sequence, kv * dim, dim, first, last, shape.scale, rowOf(q, sequence.queryBegin + i) + head * dim,
                    rowOf(out, sequence.queryBegin + i) + head * dim, scores, scores + roundUp(most + kLanes, 16));
            }
        }
    };
    parallel((items + each - 1) / each, [&](Index piece, int slot) {
        for (Index item = piece * each; item < smaller(items, (piece + 1) * each); ++item) {
            one(item, slot);
        }
    });
}

} // namespace
} // namespace fettle::engine::kernels
