// A decoder with random weights that lives in memory, packed batches with shared prefixes, and adapters whose every
// number is random: material for tests of the engine.
#pragma once

#include "data/packed_batch.h"
#include "engine/adapter_store.h"
#include "engine/random.h"
#include "model/model_files.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <vector>

/// Weights by Hugging Face names, drawn from `seed`.
class FakeModel final : public fettle::model::ModelFiles {
public:
    FakeModel(fettle::model::ModelConfig config, std::uint64_t seed)
        : m_config(std::move(config)) {
        using fettle::engine::Projection;
        add("model.embed_tokens.weight", {m_config.vocabulary, m_config.hidden}, seed, 1.0, 0);
        for (std::int64_t layer = 0; layer < m_config.layers; ++layer) {
            const std::string base = "model.layers." + std::to_string(layer) + ".";
            add(base + "input_layernorm.weight", {m_config.hidden}, seed, 0.2, 1);
            add(base + "post_attention_layernorm.weight", {m_config.hidden}, seed, 0.2, 1);
            for (std::size_t p = 0; p < fettle::engine::kProjections; ++p) {
                const auto projection = static_cast<Projection>(p);
                const auto shape = fettle::engine::projectionShape(m_config, projection);
                const std::string path = base + fettle::engine::projectionPath(projection);
                add(path + ".weight", {shape.out, shape.in}, seed, 1.0 / std::sqrt(static_cast<double>(shape.in)), 0);
                if (projection <= Projection::O ? m_config.attentionBias : m_config.mlpBias) {
                    add(path + ".bias", {shape.out}, seed, 0.3, 0);
                }
            }
        }
        add("model.norm.weight", {m_config.hidden}, seed, 0.2, 1);
        if (!m_config.tiedEmbeddings) {
            add("lm_head.weight", {m_config.vocabulary, m_config.hidden}, seed, 0.3, 0);
        }
    }

    [[nodiscard]] const at::Tensor& tensor(const std::string& name) const { return m_tensors.at(name); }

    [[nodiscard]] const fettle::model::ModelConfig& config() const override { return m_config; }
    [[nodiscard]] const std::string& path() const override { return m_path; }
    [[nodiscard]] bool isGguf() const override { return false; }
    [[nodiscard]] const std::vector<std::string>& names() const override { return m_names; }
    [[nodiscard]] bool has(std::string_view name) const override { return m_tensors.contains(std::string(name)); }
    [[nodiscard]] fettle::Result<std::vector<std::int64_t>> shape(std::string_view name) const override {
        const auto found = m_tensors.find(std::string(name));
        if (found == m_tensors.end()) {
            return fettle::makeError(fettle::ErrorCode::NotFound, "no tensor " + std::string(name));
        }
        return found->second.sizes().vec();
    }
    [[nodiscard]] fettle::Result<fettle::model::DataType> type(std::string_view) const override {
        return fettle::model::DataType::F32;
    }
    [[nodiscard]] fettle::Result<void> readFloat(std::string_view name, std::span<float> out) const override {
        const at::Tensor& tensor = m_tensors.at(std::string(name));
        std::memcpy(out.data(), tensor.const_data_ptr<float>(), out.size_bytes());
        return {};
    }
    [[nodiscard]] fettle::Result<void> readBf16(std::string_view name, std::span<std::uint16_t> out) const override {
        const at::Tensor rounded = m_tensors.at(std::string(name)).to(at::kBFloat16);
        std::memcpy(out.data(), rounded.const_data_ptr(), out.size_bytes());
        return {};
    }
    void dropPages() const override {}

private:
    void add(const std::string& name, const std::vector<std::int64_t>& shape, std::uint64_t seed, double deviation,
             double mean) {
        at::Tensor tensor = at::empty(shape, at::kFloat);
        fettle::engine::Random random(seed, m_names.size());
        float* values = tensor.data_ptr<float>();
        for (std::int64_t i = 0; i < tensor.numel(); ++i) {
            values[i] = static_cast<float>(mean + deviation * random.normal());
        }
        m_names.push_back(name);
        m_tensors.emplace(name, std::move(tensor));
    }

    fettle::model::ModelConfig m_config;
    std::string m_path = "fake model";
    std::vector<std::string> m_names;
    std::map<std::string, at::Tensor> m_tensors;
};

/// A and B random (B too), magnitudes moved off their start.
inline void randomiseAdapter(fettle::engine::AdapterStore& store, std::uint64_t seed) {
    fettle::engine::Random random(seed);
    const auto values = store.parameterValues();
    for (const auto& view : store.views()) {
        for (std::int64_t i = 0; i < view.count; ++i) {
            float& value = values[static_cast<std::size_t>(view.offset + i)];
            if (view.part == fettle::engine::AdapterPart::Magnitude) {
                value *= static_cast<float>(0.6 + random.uniform());
            } else {
                value = static_cast<float>(0.3 * random.normal());
            }
        }
    }
    store.adapterChanged();
}

/// Segments: 0 a shared prefix, 1 and 2 its children, 3 a child of 1, 4 a plain document; labels of uneven weight, some
/// on the prefix, one row with two labels.
inline fettle::data::PackedBatch sharedBatch(std::int64_t vocabulary, std::uint64_t seed) {
    fettle::engine::Random random(seed);
    fettle::data::PackedBatch batch;
    const std::vector<std::pair<std::int32_t, std::int32_t>> plan = {
        {5, -1}, {4, 0}, {6, 0}, {3, 1}, {7, -1}}; // length, parent
    std::vector<std::int32_t> depth;
    for (const auto& [length, parent] : plan) {
        const std::int32_t start = parent < 0 ? 0 : depth[static_cast<std::size_t>(parent)];
        const auto begin = static_cast<std::int32_t>(batch.ids.size());
        for (std::int32_t i = 0; i < length; ++i) {
            batch.ids.push_back(static_cast<std::int32_t>(random.next() % static_cast<std::uint64_t>(vocabulary)));
            batch.pos.push_back(start + i);
        }
        batch.segments.push_back({begin, begin + length, parent, parent < 0 ? 0 : 1});
        depth.push_back(start + length);
    }
    const auto label = [&](std::int32_t row, float weight) {
        batch.labelRows.push_back(row);
        batch.labels.push_back(static_cast<std::int32_t>(random.next() % static_cast<std::uint64_t>(vocabulary)));
        batch.weights.push_back(weight);
    };
    for (std::size_t s = 0; s < batch.segments.size(); ++s) {
        for (std::int32_t row = batch.segments[s].begin; row < batch.segments[s].end; ++row) {
            if (random.uniform() < 0.6) {
                label(row, static_cast<float>(0.5 + random.uniform()));
            }
        }
    }
    label(4, 1.0F); // the last token of the prefix predicts the first one of each child
    label(4, 0.25F);
    batch.realTokens = batch.computedTokens();
    return batch;
}

/// One segment with its ancestors in front: the row as it would stand without sharing.
struct SegmentChain {
    std::vector<std::int32_t> ids;
    std::vector<std::int64_t> rows; // of the batch
    std::int32_t segment = 0;
    /// Whether a label at `row` belongs to this chain's own segment.
    [[nodiscard]] bool owner(std::int32_t row, const fettle::data::PackedBatch& batch) const {
        const auto& own = batch.segments[static_cast<std::size_t>(segment)];
        return row >= own.begin && row < own.end;
    }
};
inline std::vector<SegmentChain> chainsOf(const fettle::data::PackedBatch& batch) {
    std::vector<SegmentChain> chains;
    for (std::size_t s = 0; s < batch.segments.size(); ++s) {
        std::vector<std::int32_t> path;
        for (auto at = static_cast<std::int32_t>(s); at >= 0;
             at = batch.segments[static_cast<std::size_t>(at)].parent) {
            path.insert(path.begin(), at);
        }
        SegmentChain chain;
        chain.segment = static_cast<std::int32_t>(s);
        for (const std::int32_t part : path) {
            for (std::int32_t row = batch.segments[static_cast<std::size_t>(part)].begin;
                 row < batch.segments[static_cast<std::size_t>(part)].end; ++row) {
                chain.rows.push_back(row);
                chain.ids.push_back(batch.ids[static_cast<std::size_t>(row)]);
            }
        }
        chains.push_back(std::move(chain));
    }
    return chains;
}
