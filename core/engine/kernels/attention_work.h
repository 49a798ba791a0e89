// How a packed batch is cut into pieces for attention, once for all heads: trees of segments, blocks of queries, chains
// of ancestors. Plain arrays, so that the sources compiled for an instruction set need no standard library.
#pragma once

#include "engine/kernels/kernels.h"

namespace fettle::engine::kernels {

constexpr std::int32_t kQueryBlock = 64;

/// Up to kQueryBlock queries of one segment.
struct QueryBlock {
    std::int32_t segment;
    std::int32_t begin; // token
    std::int32_t count;
};

/// Keys are kept in a local order: tree after tree, every segment from an even place on, so that pairs never straddle
/// segments.
struct AttentionWork {
    std::int32_t treeCount;
    const std::int32_t* treeBlocks; // [treeCount + 1] ranges of blocks
    const std::int32_t* treeBegin;  // [treeCount + 1] ranges of the local order
    const QueryBlock* blocks;       // tree by tree
    std::int32_t blockCount;
    const std::int32_t* localBegin; // [segments] place of a segment's first key
    const std::int32_t* chainBegin; // [segments + 1] ranges of chain
    const std::int32_t* chain;      // root first, the segment itself last
    std::int64_t localCount;        // even
};

/// Owned by the calling thread, valid until its next call.
[[nodiscard]] const AttentionWork& attentionWork(const AttentionBatch& batch);

} // namespace fettle::engine::kernels
