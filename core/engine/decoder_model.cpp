// DecoderModel: the passes over packed batches.
#include "engine/decoder_model.h"

#include "engine/decoder_impl.h"
#include "engine/device.h"
#include "engine/guard.h"
#include "engine/scratch_pool.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace fettle::engine {

bool BatchOutcome::finite() const {
    return std::isfinite(lossSum);
}

kernels::AttentionShape DecoderModel::Impl::attentionShape() const {
    kernels::AttentionShape shape;
    shape.heads = static_cast<std::int32_t>(config.heads);
    shape.kvHeads = static_cast<std::int32_t>(config.kvHeads);
    shape.headDim = static_cast<std::int32_t>(config.headDim);
    shape.scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(config.headDim)));
    shape.window = static_cast<std::int32_t>(config.slidingWindow);
    return shape;
}

Result<BatchLayout> DecoderModel::Impl::layOut(const data::PackedBatch& batch, bool padded) const {
    return layOutBatch(
        batch,
        {.vocabulary = config.vocabulary, .headChunkRows = options.headChunkRows, .device = device, .padded = padded});
}

Result<void> DecoderModel::Impl::bind(AdapterStore* adapter) {
    if (adapter != nullptr) {
        if (at::Device(adapter->device()) != device) {
            return makeError(ErrorCode::InvalidInput,
                             "the adapter is on " + adapter->device() + ", the model on " + options.device);
        }
        for (const AdapterModule& module : adapter->modules()) {
            const ProjectionShape shape = projectionShape(config, module.projection);
            if (module.layer >= config.layers || module.in != shape.in || module.out != shape.out) {
                return makeError(ErrorCode::InvalidInput, "the adapter was laid out for another model")
                    .forKey(module.path);
            }
        }
    }
    store = adapter;
    seenVersion = 0;
    working.reset();
    lowestBlock = config.layers;
    lowestGroup = kGroups;
    for (std::size_t l = blocks.size(); l-- > 0;) {
        for (std::size_t g = kGroups; g-- > 0;) {
            blocks[l].linear[g].bind(store);
            if (blocks[l].linear[g].adapted()) {
                lowestBlock = static_cast<std::int64_t>(l);
                lowestGroup = g;
            }
        }
    }
    refreshAdapter();
    return {};
}

void DecoderModel::Impl::refreshAdapter() {
    if (store == nullptr || seenVersion == store->version()) {
        return;
    }
    if (dtype == at::kFloat) {
        working = store->parameters();
    } else {
        if (!working.defined()) {
            working = at::empty({store->count()}, store->parameters().options().dtype(dtype));
        }
        ops->convert(store->parameters(), working);
    }
    if (store->config().dora) {
        const AdapterPass pass = {.ops = ops.get(),
                                  .active = true,
                                  .training = false,
                                  .dropout = 0,
                                  .dropoutSeed = 0,
                                  .working = working,
                                  .staging = {}};
        if (store->magnitudesPending()) {
            for (DecoderBlock& block : blocks) {
                for (AdaptedLinear& linear : block.linear) {
                    linear.startMagnitudes(pass, store->parameters());
                }
            }
            store->setMagnitudesPending(false);
        }
        for (DecoderBlock& block : blocks) {
            for (AdaptedLinear& linear : block.linear) {
                linear.refreshMagnitudes(pass, store->parameters());
            }
        }
    }
    seenVersion = store->version();
}

AdapterPass DecoderModel::Impl::adapterPass(bool training, std::uint64_t dropoutSeed) {
    refreshAdapter();
    AdapterPass pass;
    pass.ops = ops.get();
    pass.active = store != nullptr;
    pass.training = training;
    pass.dropoutSeed = dropoutSeed;
    if (store != nullptr) {
        pass.dropout = training ? store->config().dropout : 0;
        pass.working = working;
        pass.staging = store->staging();
    }
    return pass;
}

BlockPass DecoderModel::Impl::blockPass(const AdapterPass& adapter, const BatchLayout& layout) {
    rotary.reserve(layout.positions);
    BlockPass pass;
    pass.adapter = &adapter;
    pass.layout = &layout;
    pass.rotary = &rotary;
    pass.shape = attentionShape();
    pass.eps = config.rmsNormEps;
    pass.recompute = options.recompute;
    return pass;
}

at::Tensor DecoderModel::Impl::hidden(const BlockPass& pass, std::vector<BlockSaved>* saved, const BlockSink& sink) {
    const std::int64_t tokens = pass.layout->paddedTokens;
    at::Tensor x = at::empty({tokens, config.hidden}, wide());
    ops->gatherRows(embedding, pass.layout->ids, x);
    at::Tensor rstd = at::empty({tokens}, wide());
    at::Tensor norm = normOf(x, blocks[0].norm1Weight, rstd);
    AdapterPass below = *pass.adapter; // blocks under the lowest adapter: nothing is kept for a backward pass
    below.training = false;
    BlockPass belowPass = pass;
    belowPass.adapter = &below;
    for (std::size_t l = 0; l < blocks.size(); ++l) {
        const bool keep = saved != nullptr && static_cast<std::int64_t>(l) >= lowestBlock;
        const KeyValueSink keysValues =
            sink ? KeyValueSink([&sink, l](const at::Tensor& kv) { sink(l, kv); }) : KeyValueSink();
        // Saved tensors hold x and norm.
        x = blocks[l].forward(keep ? pass : belowPass, x, norm, rstd, keep ? &(*saved)[l] : nullptr, keysValues);
        if (l + 1 < blocks.size()) {
            rstd = at::empty({tokens}, wide());
            norm = normOf(x, blocks[l + 1].norm1Weight, rstd);
        }
    }
    return x;
}

at::Tensor DecoderModel::Impl::normOf(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& rstd) {
    const at::Tensor norm = at::empty(x.sizes(), embedding.options());
    ops->rmsNorm(x, weight, config.rmsNormEps, norm, rstd);
    return norm;
}

at::Tensor DecoderModel::Impl::logitsOf(const at::Tensor& hiddenRows) {
    return head.forwardExact(normOf(hiddenRows, finalNormWeight, {}));
}

DecoderModel::Impl::Loss DecoderModel::Impl::loss(const BatchLayout& layout, const data::PackedBatch& batch,
                                                  const at::Tensor& hiddenStates, double gradientScale, bool gradient) {
    const at::Tensor rows = at::empty({layout.paddedLabels, config.hidden}, wide());
    ops->gatherRows(hiddenStates, layout.labelRows, rows);
    const at::Tensor rstd = at::empty({layout.paddedLabels}, wide());
    const at::Tensor normed = normOf(rows, finalNormWeight, rstd);
    const at::Tensor losses = at::empty({layout.paddedLabels}, wide());
    const at::Tensor correct = at::empty({layout.paddedLabels}, wide().dtype(at::kByte));
    const at::Tensor dnormed = gradient ? at::empty_like(normed) : at::Tensor();
    for (std::int64_t begin = 0; begin < layout.paddedLabels; begin += options.headChunkRows) {
        const std::int64_t count = std::min(options.headChunkRows, layout.paddedLabels - begin);
        const at::Tensor logitRows = head.forwardExact(normed.narrow(0, begin, count)); // [count, vocabulary]
        // The gradient lies over the logits: in bf16 each row in the front half of its logits.
        const at::Tensor slopes = !gradient             ? at::Tensor()
                                  : dtype == at::kFloat ? logitRows
                                                        : logitRows.view(dtype).narrow(1, 0, config.vocabulary);
        ops->crossEntropy(logitRows, layout.labelIds.narrow(0, begin, count), layout.weights.narrow(0, begin, count),
                          static_cast<float>(gradientScale), slopes, losses.narrow(0, begin, count),
                          correct.narrow(0, begin, count));
        if (gradient) {
            dnormed.narrow(0, begin, count).copy_(head.backwardInput(slopes));
        }
    }
    Loss result;
    if (gradient) {
        const at::Tensor drows = at::empty_like(rows);
        ops->rmsNormBackward(dnormed, rows, finalNormWeight, rstd, drows, false, {});
        const at::Tensor sum = at::zeros_like(hiddenStates);
        ops->scatterAddRows(drows.narrow(0, 0, layout.labels), layout.labelRows.narrow(0, 0, layout.labels), sum);
        at::Tensor rounded = sum;
        if (dtype != at::kFloat) {
            rounded = at::empty(sum.sizes(), embedding.options());
            ops->convert(sum, rounded);
        }
        result.dhidden = {sum, rounded};
    }
    const at::Tensor hostLosses = losses.to(at::kCPU);
    const at::Tensor hostCorrect = correct.to(at::kCPU);
    const float* loss = hostLosses.const_data_ptr<float>();
    const std::uint8_t* right = hostCorrect.const_data_ptr<std::uint8_t>();
    BatchOutcome& outcome = result.outcome;
    outcome.perLabelLoss.assign(loss, loss + layout.labels);
    for (std::size_t i = 0; i < batch.weights.size(); ++i) {
        const float weight = batch.weights[i];
        if (weight > 0) {
            outcome.lossSum += static_cast<double>(weight) * static_cast<double>(loss[i]);
            outcome.weightSum += static_cast<double>(weight);
            ++outcome.labels;
            outcome.correct += right[i];
        }
    }
    return result;
}

Result<BatchOutcome> DecoderModel::Impl::forwardBackward(const data::PackedBatch& batch, double gradientScale,
                                                         std::uint64_t dropoutSeed) {
    if (store == nullptr) {
        return makeError(ErrorCode::InvalidInput, "there is no adapter to train");
    }
    if (options.forInferenceOnly) {
        return makeError(ErrorCode::InvalidInput, "the model was loaded for inference only");
    }
    FETTLE_TRY_VALUE(const BatchLayout layout, layOut(batch, true));
    if (layout.labels == 0) {
        return BatchOutcome();
    }
    const AdapterPass adapter = adapterPass(true, dropoutSeed);
    const BlockPass pass = blockPass(adapter, layout);
    std::vector<BlockSaved> saved(blocks.size());
    const at::Tensor hiddenStates = hidden(pass, &saved, {});
    Loss result = loss(layout, batch, hiddenStates, gradientScale, true);
    if (!result.outcome.finite()) {
        return result.outcome; // gradients would be no numbers: the caller decides, the buffers stay clean
    }
    store->staging().zero_();
    for (std::size_t l = blocks.size(); static_cast<std::int64_t>(l) > lowestBlock; --l) {
        const std::size_t block = l - 1;
        blocks[block].backward(pass, result.dhidden, saved[block],
                               static_cast<std::int64_t>(block) == lowestBlock ? lowestGroup : kGroups);
        saved[block] = {};
    }
    at::Tensor gradients = store->gradients();
    gradients.add_(store->staging());
    return result.outcome;
}

Result<BatchOutcome> DecoderModel::Impl::evaluate(const data::PackedBatch& batch) {
    FETTLE_TRY_VALUE(const BatchLayout layout, layOut(batch, true));
    if (layout.labels == 0) {
        return BatchOutcome();
    }
    const AdapterPass adapter = adapterPass(false, 0);
    const BlockPass pass = blockPass(adapter, layout);
    return loss(layout, batch, hidden(pass, nullptr, {}), 0, false).outcome;
}

Result<std::vector<float>> DecoderModel::Impl::logits(const data::PackedBatch& batch) {
    FETTLE_TRY_VALUE(const BatchLayout layout, layOut(batch, true));
    const AdapterPass adapter = adapterPass(false, 0);
    const BlockPass pass = blockPass(adapter, layout);
    const at::Tensor hiddenStates = hidden(pass, nullptr, {});
    std::vector<float> all(static_cast<std::size_t>(layout.tokens * config.vocabulary));
    for (std::int64_t begin = 0; begin < layout.tokens; begin += options.headChunkRows) {
        const std::int64_t count = std::min(options.headChunkRows, layout.tokens - begin);
        const at::Tensor rows = logitsOf(hiddenStates.narrow(0, begin, count)).to(at::kCPU, at::kFloat).contiguous();
        std::copy_n(rows.const_data_ptr<float>(), rows.numel(), all.begin() + begin * config.vocabulary);
    }
    return all;
}

DecoderModel::DecoderModel(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl)) {}
DecoderModel::~DecoderModel() = default;

namespace {

/// Every public call runs in this: threads and grad mode belong to the calling thread, and nothing throws out.
template <class Function>
auto onDevice(const DecoderOptions& options, Function&& function) -> decltype(function()) {
    setComputeThreads(options.threads);
    const at::NoGradGuard noGrad;
    const ScratchScope scratch;
    return guarded(std::forward<Function>(function));
}

} // namespace

Result<std::unique_ptr<DecoderModel>> DecoderModel::load(const model::ModelFiles& files,
                                                         const DecoderOptions& options) {
    prepareTorch();
    setComputeThreads(options.threads);
    const at::NoGradGuard noGrad;
    return guarded([&]() -> Result<std::unique_ptr<DecoderModel>> {
        auto impl = std::make_unique<Impl>();
        impl->options = options;
        impl->options.headChunkRows = std::max<std::int64_t>(1, options.headChunkRows);
        impl->device = at::Device(options.device);
        impl->dtype = options.compute == ComputeType::Bf16 ? at::kBFloat16 : at::kFloat;
        impl->ops = Ops::make(impl->device, impl->dtype, options.kernels);
        FETTLE_TRY(impl->load(files));
        return std::unique_ptr<DecoderModel>(new DecoderModel(std::move(impl)));
    });
}

const model::ModelConfig& DecoderModel::config() const {
    return m_impl->config;
}
const DecoderOptions& DecoderModel::options() const {
    return m_impl->options;
}

Result<void> DecoderModel::setAdapter(AdapterStore* store) {
    return onDevice(m_impl->options, [&] { return m_impl->bind(store); });
}

Result<BatchOutcome> DecoderModel::forwardBackward(const data::PackedBatch& batch, double gradientScale,
                                                   std::uint64_t dropoutSeed) {
    return onDevice(m_impl->options, [&] { return m_impl->forwardBackward(batch, gradientScale, dropoutSeed); });
}

Result<BatchOutcome> DecoderModel::evaluate(const data::PackedBatch& batch) {
    return onDevice(m_impl->options, [&] { return m_impl->evaluate(batch); });
}

Result<std::vector<float>> DecoderModel::logits(const data::PackedBatch& batch) {
    return onDevice(m_impl->options, [&] { return m_impl->logits(batch); });
}

Result<std::vector<double>> DecoderModel::score(std::span<const std::int32_t> ids) {
    std::vector<double> scores(ids.size(), std::numeric_limits<double>::quiet_NaN());
    if (ids.empty()) {
        return scores;
    }
    data::PackedBatch batch = packPrompts({std::vector<std::int32_t>(ids.begin(), ids.end())});
    for (std::size_t i = 1; i < ids.size(); ++i) {
        batch.labelRows.push_back(static_cast<std::int32_t>(i - 1));
        batch.labels.push_back(ids[i]);
        batch.weights.push_back(1.0F);
    }
    FETTLE_TRY_VALUE(const BatchOutcome outcome, evaluate(batch));
    for (std::size_t i = 0; i < outcome.perLabelLoss.size(); ++i) {
        scores[i + 1] = -static_cast<double>(outcome.perLabelLoss[i]);
    }
    return scores;
}

Result<std::vector<GeneratedRow>> DecoderModel::generate(const std::vector<std::vector<std::int32_t>>& prompts,
                                                         const SamplingOptions& options,
                                                         const std::function<void(int, std::int32_t)>& onToken) {
    return onDevice(m_impl->options, [&] { return m_impl->generate(prompts, options, onToken); });
}

void DecoderModel::setRecompute(Recompute recompute) {
    m_impl->options.recompute = recompute;
}
void DecoderModel::releaseScratch() {
    releaseScratchPool();
}
std::uint64_t DecoderModel::weightBytes() const {
    return m_impl->weightBytes;
}
std::uint64_t DecoderModel::scratchBytes() const {
    return scratchPoolBytes();
}

} // namespace fettle::engine
