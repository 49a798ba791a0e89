// Cuts a packed batch into trees, query blocks and chains of ancestors.
#include "engine/kernels/attention_work.h"

#include <algorithm>
#include <vector>

namespace fettle::engine::kernels {
namespace {

struct Storage {
    std::vector<std::int32_t> treeBlocks, treeBegin, localBegin, chainBegin, chain, root, order;
    std::vector<QueryBlock> blocks;
    AttentionWork work{};
};

void placeSegments(const AttentionBatch& batch, Storage& s) {
    const auto count = static_cast<std::size_t>(batch.segmentCount);
    s.root.resize(count);
    s.order.resize(count);
    for (std::int32_t i = 0; i < batch.segmentCount; ++i) {
        const std::int32_t parent = batch.segments[i].parent;
        s.root[static_cast<std::size_t>(i)] = parent < 0 ? i : s.root[static_cast<std::size_t>(parent)];
        s.order[static_cast<std::size_t>(i)] = i;
    }
    std::stable_sort(s.order.begin(), s.order.end(), [&](std::int32_t a, std::int32_t b) {
        return s.root[static_cast<std::size_t>(a)] < s.root[static_cast<std::size_t>(b)];
    });
}

} // namespace

const AttentionWork& attentionWork(const AttentionBatch& batch) {
    thread_local Storage s;
    s.treeBlocks.clear();
    s.treeBegin.clear();
    s.blocks.clear();
    s.chain.clear();
    s.chainBegin.assign(1, 0);
    s.localBegin.assign(static_cast<std::size_t>(batch.segmentCount), 0);
    placeSegments(batch, s);
    std::int32_t local = 0;
    std::int32_t tree = -1;
    for (const std::int32_t i : s.order) {
        const AttentionSegment& segment = batch.segments[i];
        if (s.root[static_cast<std::size_t>(i)] != tree) {
            tree = s.root[static_cast<std::size_t>(i)];
            s.treeBlocks.push_back(static_cast<std::int32_t>(s.blocks.size()));
            s.treeBegin.push_back(local);
        }
        s.localBegin[static_cast<std::size_t>(i)] = local;
        local += (segment.end - segment.begin + 1) / 2 * 2;
        for (std::int32_t t = segment.begin; t < segment.end; t += kQueryBlock) {
            s.blocks.push_back({i, t, std::min(kQueryBlock, segment.end - t)});
        }
    }
    s.treeBlocks.push_back(static_cast<std::int32_t>(s.blocks.size()));
    s.treeBegin.push_back(local);
    for (std::int32_t i = 0; i < batch.segmentCount; ++i) {
        const auto begin = static_cast<std::ptrdiff_t>(s.chain.size());
        for (std::int32_t a = i; a >= 0; a = batch.segments[a].parent) {
            s.chain.push_back(a);
        }
        std::reverse(s.chain.begin() + begin, s.chain.end());
        s.chainBegin.push_back(static_cast<std::int32_t>(s.chain.size()));
    }
    s.work = {static_cast<std::int32_t>(s.treeBegin.size()) - 1,
              s.treeBlocks.data(),
              s.treeBegin.data(),
              s.blocks.data(),
              static_cast<std::int32_t>(s.blocks.size()),
              s.localBegin.data(),
              s.chainBegin.data(),
              s.chain.data(),
              local};
    return s.work;
}

} // namespace fettle::engine::kernels
