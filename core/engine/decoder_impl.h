// The inside of DecoderModel, shared by its source files (loading, passes, generation).
#pragma once

#include "engine/decoder_block.h"
#include "engine/decoder_model.h"
#include "engine/frozen_linear.h"
#include "engine/rotary.h"

#include <memory>
#include <vector>

namespace fettle::engine {

struct DecoderModel::Impl {
    model::ModelConfig config;
    DecoderOptions options;
    c10::Device device = c10::Device(c10::kCPU);
    at::ScalarType dtype = at::kFloat;
    std::unique_ptr<Ops> ops;
    at::Tensor embedding;       // [vocabulary, hidden]
    at::Tensor finalNormWeight; // fp32 [hidden]
    FrozenLinear head;
    std::vector<DecoderBlock> blocks;
    RotaryTables rotary;
    std::uint64_t weightBytes = 0;

    AdapterStore* store = nullptr;
    at::Tensor working; // flat adapter in the compute dtype
    std::uint64_t seenVersion = 0;
    std::int64_t lowestBlock = 0; // of the adapter; number of blocks without one
    std::size_t lowestGroup = kGroups;

    [[nodiscard]] Result<void> load(const model::ModelFiles& files);
    [[nodiscard]] Result<void> bind(AdapterStore* adapter);
    void refreshAdapter();
    [[nodiscard]] AdapterPass adapterPass(bool training, std::uint64_t dropoutSeed);
    [[nodiscard]] BlockPass blockPass(const AdapterPass& adapter, const BatchLayout& layout);
    [[nodiscard]] kernels::AttentionShape attentionShape() const;
    [[nodiscard]] Result<BatchLayout> layOut(const data::PackedBatch& batch, bool padded) const;

    using BlockSink = std::function<void(std::size_t block, const at::Tensor& keysValues)>;
    [[nodiscard]] at::TensorOptions wide() const { return embedding.options().dtype(at::kFloat); }
    /// Rows of hidden states (fp32) through a norm, in the compute dtype.
    [[nodiscard]] at::Tensor normOf(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& rstd);
    /// Hidden states before the final norm, fp32 [padded tokens, hidden]. `saved` (one a block) null: forward only.
    [[nodiscard]] at::Tensor hidden(const BlockPass& pass, std::vector<BlockSaved>* saved, const BlockSink& sink);
    /// Final norm of the given rows and their losses; with `gradient` also the gradient by all hidden states (undefined
    /// otherwise).
    struct Loss {
        BatchOutcome outcome;
        StreamGradient dhidden;
    };
    [[nodiscard]] Loss loss(const BatchLayout& layout, const data::PackedBatch& batch, const at::Tensor& hiddenStates,
                            double gradientScale, bool gradient);
    /// Logits, fp32 [rows, vocabulary], of rows of hidden states before the final norm.
    [[nodiscard]] at::Tensor logitsOf(const at::Tensor& hiddenRows);

    [[nodiscard]] Result<BatchOutcome> forwardBackward(const data::PackedBatch& batch, double gradientScale,
                                                       std::uint64_t dropoutSeed);
    [[nodiscard]] Result<BatchOutcome> evaluate(const data::PackedBatch& batch);
    [[nodiscard]] Result<std::vector<float>> logits(const data::PackedBatch& batch);
    [[nodiscard]] Result<std::vector<GeneratedRow>> generate(const std::vector<std::vector<std::int32_t>>& prompts,
                                                             const SamplingOptions& sampling,
                                                             const std::function<void(int, std::int32_t)>& onToken);
};

} // namespace fettle::engine
