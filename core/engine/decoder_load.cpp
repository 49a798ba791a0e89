// Loading: from the tensors of a model file to stacked, packed layers.
#include "engine/decoder_impl.h"

#include <ATen/ATen.h>

#include <cmath>
#include <string>

namespace fettle::engine {
namespace {

/// Reads weights in the compute dtype, on the host.
class WeightReader {
public:
    WeightReader(const model::ModelFiles& files, at::ScalarType dtype)
        : m_files(files)
        , m_dtype(dtype) {}

    /// Rows of several weights [n_i, k] one below the other.
    [[nodiscard]] Result<at::Tensor> rows(const std::vector<std::string>& names, const std::vector<std::int64_t>& outs,
                                          std::int64_t in) const {
        std::int64_t total = 0;
        for (const std::int64_t out : outs) {
            total += out;
        }
        at::Tensor stacked = in > 0 ? at::empty({total, in}, m_dtype) : at::empty({total}, m_dtype);
        std::int64_t begin = 0;
        for (std::size_t i = 0; i < names.size(); ++i) {
            FETTLE_TRY(into(names[i], stacked.narrow(0, begin, outs[i])));
            begin += outs[i];
        }
        return stacked;
    }

    [[nodiscard]] Result<at::Tensor> vector(const std::string& name, std::int64_t size) const {
        at::Tensor values = at::empty({size}, at::kFloat);
        FETTLE_TRY(m_files.readFloat(name, {values.data_ptr<float>(), static_cast<std::size_t>(size)}));
        return values;
    }

private:
    [[nodiscard]] Result<void> into(const std::string& name, const at::Tensor& target) const {
        FETTLE_TRY_VALUE(const std::vector<std::int64_t> shape, m_files.shape(name));
        if (at::IntArrayRef(shape) != target.sizes()) {
            return makeError(ErrorCode::InvalidInput,
                             "the tensor has another shape than the model's configuration says")
                .at(m_files.path())
                .forKey(name);
        }
        const auto count = static_cast<std::size_t>(target.numel());
        if (m_dtype == at::kBFloat16) {
            return m_files.readBf16(name, {static_cast<std::uint16_t*>(target.data_ptr()), count});
        }
        return m_files.readFloat(name, {target.data_ptr<float>(), count});
    }

    const model::ModelFiles& m_files;
    at::ScalarType m_dtype;
};

} // namespace

Result<void> DecoderModel::Impl::load(const model::ModelFiles& files) {
    config = files.config();
    if (config.modelType != "llama" && config.modelType != "mistral") {
        return makeError(ErrorCode::Unsupported, "models of type '" + config.modelType + "' are not supported yet",
                         "Supported: llama (also SmolLM2) and mistral.")
            .at(files.path())
            .forKey("model_type");
    }
    if (config.heads < 1 || config.kvHeads < 1 || config.heads % config.kvHeads != 0) {
        return makeError(ErrorCode::InvalidInput, std::to_string(config.heads) + " query heads cannot share " +
                                                      std::to_string(config.kvHeads) + " key heads")
            .at(files.path())
            .forKey("num_key_value_heads");
    }
    FETTLE_TRY_VALUE(std::vector<float> frequencies, rotaryFrequencies(config));
    rotary = RotaryTables(std::move(frequencies), device);
    const WeightReader reader(files, dtype);
    const FrozenLinear::Options kind{.forwardOnly = options.forInferenceOnly};
    const auto toDevice = [&](const at::Tensor& tensor) { return tensor.to(device); };

    FETTLE_TRY_VALUE(const at::Tensor table,
                     reader.rows({"model.embed_tokens.weight"}, {config.vocabulary}, config.hidden));
    embedding = toDevice(table);
    weightBytes = static_cast<std::uint64_t>(embedding.nbytes());
    if (config.tiedEmbeddings) {
        FETTLE_TRY_VALUE(head, FrozenLinear::create(embedding, {}, kind));
    } else {
        FETTLE_TRY_VALUE(const at::Tensor untied, reader.rows({"lm_head.weight"}, {config.vocabulary}, config.hidden));
        FETTLE_TRY_VALUE(head, FrozenLinear::create(toDevice(untied), {}, kind));
    }
    weightBytes += static_cast<std::uint64_t>(head.bytes());
    FETTLE_TRY_VALUE(const at::Tensor lastNorm, reader.vector("model.norm.weight", config.hidden));
    finalNormWeight = toDevice(lastNorm);

    constexpr std::array<std::array<std::size_t, 2>, kGroups> kMembers = {{{0, 3}, {3, 4}, {4, 6}, {6, 7}}};
    blocks.resize(static_cast<std::size_t>(config.layers));
    for (std::int64_t layer = 0; layer < config.layers; ++layer) {
        DecoderBlock& block = blocks[static_cast<std::size_t>(layer)];
        const std::string base = "model.layers." + std::to_string(layer) + ".";
        FETTLE_TRY_VALUE(const at::Tensor norm1, reader.vector(base + "input_layernorm.weight", config.hidden));
        FETTLE_TRY_VALUE(const at::Tensor norm2,
                         reader.vector(base + "post_attention_layernorm.weight", config.hidden));
        block.norm1Weight = toDevice(norm1);
        block.norm2Weight = toDevice(norm2);
        for (std::size_t g = 0; g < kGroups; ++g) {
            std::vector<std::string> weights;
            std::vector<std::string> biases;
            std::vector<std::int64_t> outs;
            std::vector<std::pair<Projection, std::int64_t>> parts;
            std::int64_t in = 0;
            for (std::size_t p = kMembers[g][0]; p < kMembers[g][1]; ++p) {
                const auto projection = static_cast<Projection>(p);
                const ProjectionShape shape = projectionShape(config, projection);
                weights.push_back(base + projectionPath(projection) + ".weight");
                biases.push_back(base + projectionPath(projection) + ".bias");
                outs.push_back(shape.out);
                parts.emplace_back(projection, shape.out);
                in = shape.in;
            }
            FETTLE_TRY_VALUE(const at::Tensor weight, reader.rows(weights, outs, in));
            at::Tensor bias;
            if (static_cast<Group>(g) <= Group::O ? config.attentionBias : config.mlpBias) {
                FETTLE_TRY_VALUE(const at::Tensor stacked, reader.rows(biases, outs, 0));
                bias = toDevice(stacked);
            }
            FETTLE_TRY_VALUE(FrozenLinear packed, FrozenLinear::create(toDevice(weight), bias, kind));
            block.linear[g] = AdaptedLinear(std::move(packed), bias, layer, std::move(parts));
            weightBytes += static_cast<std::uint64_t>(block.linear[g].bytes());
        }
    }
    files.dropPages();
    lowestBlock = config.layers;
    return {};
}

} // namespace fettle::engine
