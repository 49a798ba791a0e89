// Generation: prompts run through the model packed side by side, then one token of every unfinished row at a time over
// cached keys and values.
#include "engine/decoder_impl.h"
#include "engine/sampler.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <unordered_set>

namespace fettle::engine {
namespace {

constexpr std::int64_t kPrefillTokens = 2048; // prompts that run together; a longer one runs alone

struct Sequence {
    std::size_t prompt = 0;
    std::int64_t rows = 0; // filled rows of the cache
    std::int32_t next = 0; // the id to feed
    at::Tensor cache;      // [layers, capacity, 2 kv]
    Sampler sampler;
};

} // namespace

Result<std::vector<GeneratedRow>> DecoderModel::Impl::generate(const std::vector<std::vector<std::int32_t>>& prompts,
                                                               const SamplingOptions& sampling,
                                                               const std::function<void(int, std::int32_t)>& onToken) {
    FETTLE_TRY(checkSampling(sampling));
    std::vector<GeneratedRow> results(prompts.size());
    for (std::size_t i = 0; i < prompts.size(); ++i) {
        if (prompts[i].empty()) {
            return makeError(ErrorCode::InvalidInput, "prompt " + std::to_string(i) + " has no tokens");
        }
    }
    if (sampling.maxNewTokens <= 0) {
        return results;
    }
    const std::unordered_set<std::int32_t> stops(sampling.stopIds.begin(), sampling.stopIds.end());
    const std::int64_t kv = config.kvHeads * config.headDim;
    const AdapterPass adapter = adapterPass(false, 0);
    std::vector<Sequence> active;

    /// Takes the choice for a sequence; false where it has ended.
    const auto accept = [&](Sequence& sequence, const float* logitRow) {
        const std::int32_t id = sequence.sampler.choose({logitRow, static_cast<std::size_t>(config.vocabulary)});
        GeneratedRow& result = results[sequence.prompt];
        if (stops.contains(id)) {
            result.stopped = true;
            return false;
        }
        result.ids.push_back(id);
        if (onToken) {
            onToken(static_cast<int>(sequence.prompt), id);
        }
        sequence.next = id;
        return static_cast<int>(result.ids.size()) < sampling.maxNewTokens;
    };

    for (std::size_t begin = 0; begin < prompts.size();) {
        if (sampling.stop.stop_requested()) {
            return results;
        }
        std::size_t end = begin;
        std::int64_t tokens = 0;
        while (end < prompts.size() &&
               (end == begin || tokens + static_cast<std::int64_t>(prompts[end].size()) <= kPrefillTokens)) {
            tokens += static_cast<std::int64_t>(prompts[end].size());
            ++end;
        }
        const std::vector<std::vector<std::int32_t>> group(prompts.begin() + static_cast<std::ptrdiff_t>(begin),
                                                           prompts.begin() + static_cast<std::ptrdiff_t>(end));
        const data::PackedBatch batch = packPrompts(group);
        FETTLE_TRY_VALUE(const BatchLayout layout, layOut(batch, true));
        std::vector<Sequence> fresh;
        std::vector<std::int64_t> lastRows;
        for (std::size_t i = 0; i < group.size(); ++i) {
            const auto length = static_cast<std::int64_t>(group[i].size());
            fresh.push_back({begin + i, length, 0,
                             at::empty({config.layers, length + sampling.maxNewTokens, 2 * kv}, embedding.options()),
                             Sampler(sampling, begin + i)});
            lastRows.push_back(batch.segments[i].end - 1);
        }
        const BlockPass pass = blockPass(adapter, layout);
        const at::Tensor states = hidden(pass, nullptr, [&](std::size_t block, const at::Tensor& keysValues) {
            for (std::size_t i = 0; i < fresh.size(); ++i) {
                const data::Segment& segment = batch.segments[i];
                fresh[i]
                    .cache.select(0, static_cast<std::int64_t>(block))
                    .narrow(0, 0, fresh[i].rows)
                    .copy_(keysValues.narrow(0, segment.begin, fresh[i].rows));
            }
        });
        const at::Tensor index = at::tensor(lastRows, at::kLong).to(device);
        const at::Tensor logitRows = logitsOf(states.index_select(0, index)).to(at::kCPU, at::kFloat).contiguous();
        for (std::size_t i = 0; i < fresh.size(); ++i) {
            if (accept(fresh[i],
                       logitRows.const_data_ptr<float>() + static_cast<std::int64_t>(i) * config.vocabulary)) {
                active.push_back(std::move(fresh[i]));
            }
        }
        begin = end;
    }

    std::vector<CachedSequence> cached;
    while (!active.empty() && !sampling.stop.stop_requested()) {
        const auto count = static_cast<std::int64_t>(active.size());
        BatchLayout layout;
        layout.tokens = layout.paddedTokens = count;
        const at::Tensor ids = at::empty({count}, at::kInt);
        const at::Tensor pos = at::empty({count}, at::kInt);
        for (std::int64_t i = 0; i < count; ++i) {
            Sequence& sequence = active[static_cast<std::size_t>(i)];
            ids.data_ptr<std::int32_t>()[i] = sequence.next;
            pos.data_ptr<std::int32_t>()[i] = static_cast<std::int32_t>(sequence.rows);
            layout.positions = std::max(layout.positions, sequence.rows + 1);
            ++sequence.rows;
        }
        layout.ids = ids.to(device);
        layout.pos = pos.to(device);
        const BlockPass pass = blockPass(adapter, layout);
        at::Tensor x = at::empty({count, config.hidden}, wide());
        ops->gatherRows(embedding, layout.ids, x);
        const at::Tensor norm = normOf(x, blocks[0].norm1Weight, {});
        for (std::size_t l = 0; l < blocks.size(); ++l) {
            cached.clear();
            for (const Sequence& sequence : active) {
                cached.push_back({sequence.cache.select(0, static_cast<std::int64_t>(l)), sequence.rows});
            }
            x = blocks[l].decode(pass, x, norm, cached);
            if (l + 1 < blocks.size()) {
                ops->rmsNorm(x, blocks[l + 1].norm1Weight, pass.eps, norm, {});
            }
        }
        const at::Tensor logitRows = logitsOf(x).to(at::kCPU, at::kFloat).contiguous();
        std::size_t kept = 0;
        for (std::size_t i = 0; i < active.size(); ++i) {
            if (accept(active[i],
                       logitRows.const_data_ptr<float>() + static_cast<std::int64_t>(i) * config.vocabulary)) {
                if (kept != i) {
                    active[kept] = std::move(active[i]);
                }
                ++kept;
            }
        }
        active.erase(active.begin() + static_cast<std::ptrdiff_t>(kept), active.end());
    }
    return results;
}

} // namespace fettle::engine
