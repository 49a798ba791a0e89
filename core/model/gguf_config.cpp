// The configuration of a GGUF file of architecture llama (Llama, SmolLM2, Mistral): keys where it has them, tensors
// where only they tell (biases, tied head, divisors).
#include "model/model_layout.h"

#include <charconv>
#include <map>

namespace fettle::model {
namespace {

constexpr const char* kPrefix = "llama.";

/// Keys store floats; 9.99999974e-06 was 1e-05 before. The shortest text that gives the same float is what was meant.
double asWritten(double stored) {
    const auto narrow = static_cast<float>(stored);
    if (static_cast<double>(narrow) != stored) {
        return stored;
    }
    char text[64];
    const auto end = std::to_chars(text, text + sizeof text, narrow).ptr;
    double out = stored;
    std::from_chars(text, end, out);
    return out;
}

Result<std::int64_t> size(const GgufFile& file, const std::string& name,
                          std::optional<std::int64_t> fallback = std::nullopt) {
    const std::string key = kPrefix + name;
    if (file.get(key) == nullptr && fallback) {
        return *fallback;
    }
    const auto value = file.integer(key);
    if (!value) {
        return makeError(file.array(key) != nullptr ? ErrorCode::Unsupported : ErrorCode::InvalidInput,
                         file.get(key) == nullptr     ? "the key is missing"
                         : file.array(key) != nullptr ? "layers of different sizes are not supported"
                                                      : "must be a whole number")
            .forKey(key);
    }
    return *value;
}

Result<double> real(const GgufFile& file, const std::string& name, std::optional<double> fallback = std::nullopt) {
    const std::string key = kPrefix + name;
    if (file.get(key) == nullptr && fallback) {
        return *fallback;
    }
    const auto value = file.number(key);
    if (!value) {
        return makeError(ErrorCode::InvalidInput, file.get(key) == nullptr ? "the key is missing" : "must be a number")
            .forKey(key);
    }
    return asWritten(*value);
}

Error unsupported(const std::string& name, std::string message) {
    return makeError(ErrorCode::Unsupported, std::move(message)).forKey(kPrefix + name);
}

Result<void> readRope(const GgufFile& file, ModelConfig& out) {
    FETTLE_TRY_VALUE(out.ropeTheta, real(file, "rope.freq_base", 10000.0));
    FETTLE_TRY_VALUE(const std::int64_t rotated, size(file, "rope.dimension_count", out.headDim));
    if (rotated != out.headDim) {
        return unsupported("rope.dimension_count", "partial rotary embeddings are not supported");
    }
    FETTLE_TRY_VALUE(const double oldFactor, real(file, "rope.scale_linear", 1.0));
    FETTLE_TRY_VALUE(const double factor, real(file, "rope.scaling.factor", oldFactor));
    const std::string type = file.text(std::string(kPrefix) + "rope.scaling.type")
                                 .value_or(factor != 1.0 && factor != 0.0 ? "linear" : "none");
    if (type == "linear") {
        if (!(factor > 0)) {
            return makeError(ErrorCode::InvalidInput, "must be above 0")
                .forKey(std::string(kPrefix) + "rope.scaling.factor");
        }
        out.ropeScaling.type = "linear";
        out.ropeScaling.factor = factor;
    } else if (type != "none") {
        return unsupported("rope.scaling.type", "rotary scaling '" + type + "' is not supported");
    }
    const TensorInfo* divisors = file.find("rope_freqs.weight");
    if (divisors == nullptr) {
        return {};
    }
    if (divisors->type != DataType::F32 || divisors->valueCount() != out.headDim / 2) {
        return makeError(ErrorCode::InvalidInput, "must be " + std::to_string(out.headDim / 2) + " values of type F32")
            .forKey("rope_freqs.weight");
    }
    std::vector<float> values(static_cast<std::size_t>(out.headDim / 2));
    FETTLE_TRY(decodeToFloat(DataType::F32, divisors->bytes, values));
    for (const float value : values) {
        if (!(value > 0)) {
            return makeError(ErrorCode::InvalidInput, "a divisor is not above 0").forKey("rope_freqs.weight");
        }
        out.ropeFrequencyFactors.push_back(static_cast<double>(value));
    }
    return {};
}

void readTokens(const GgufFile& file, ModelConfig& out) {
    out.bos = file.integer("tokenizer.ggml.bos_token_id");
    out.pad = file.integer("tokenizer.ggml.padding_token_id");
    for (const char* key : {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id"}) {
        const auto id = file.integer(key);
        if (id && (out.eos.empty() || out.eos.front() != *id)) {
            out.eos.push_back(*id);
        }
    }
}

DataType mostUsedType(const GgufFile& file) {
    std::map<DataType, std::int64_t> values;
    DataType best = DataType::F32;
    for (const TensorInfo& info : file.tensors()) {
        values[info.type] += info.valueCount();
    }
    for (const auto& [type, count] : values) {
        if (count > values[best]) {
            best = type;
        }
    }
    return best;
}

} // namespace

Result<ModelConfig> configFromGguf(const GgufFile& file) {
    const auto architecture = file.text("general.architecture");
    if (!architecture) {
        return makeError(ErrorCode::InvalidInput, "the key is missing").forKey("general.architecture");
    }
    if (const auto kind = file.text("general.type"); kind && *kind != "model") {
        return makeError(ErrorCode::Unsupported, "the file holds no model but: " + *kind).forKey("general.type");
    }
    if (*architecture != "llama") {
        return makeError(ErrorCode::Unsupported, "models of type '" + *architecture + "' are not supported",
                         "Supported are llama (SmolLM2 too) and mistral.")
            .forKey("general.architecture");
    }
    ModelConfig out;
    out.modelType = "llama";
    FETTLE_TRY_VALUE(const std::int64_t experts, size(file, "expert_count", 0));
    if (experts > 0) {
        return unsupported("expert_count", "mixtures of experts are not supported");
    }
    FETTLE_TRY_VALUE(out.layers, size(file, "block_count"));
    FETTLE_TRY_VALUE(out.hidden, size(file, "embedding_length"));
    FETTLE_TRY_VALUE(out.intermediate, size(file, "feed_forward_length"));
    FETTLE_TRY_VALUE(out.heads, size(file, "attention.head_count"));
    FETTLE_TRY_VALUE(out.kvHeads, size(file, "attention.head_count_kv", out.heads));
    FETTLE_TRY_VALUE(out.maxPositions, size(file, "context_length"));
    FETTLE_TRY_VALUE(out.slidingWindow, size(file, "attention.sliding_window", 0));
    FETTLE_TRY_VALUE(out.rmsNormEps, real(file, "attention.layer_norm_rms_epsilon"));
    if (out.heads < 1) {
        return makeError(ErrorCode::InvalidInput, "must be 1 or more").forKey("llama.attention.head_count");
    }
    FETTLE_TRY_VALUE(out.headDim, size(file, "attention.key_length", out.hidden / out.heads));
    FETTLE_TRY_VALUE(const std::int64_t valueDim, size(file, "attention.value_length", out.headDim));
    if (valueDim != out.headDim) {
        return unsupported("attention.value_length", "values of another size than keys are not supported");
    }
    const TensorInfo* embeddings = file.find("token_embd.weight");
    if (embeddings == nullptr || embeddings->shape.size() != 2) {
        return makeError(ErrorCode::InvalidInput, "the tensor is missing or no matrix").forKey("token_embd.weight");
    }
    out.vocabulary = embeddings->shape.front();
    out.tiedEmbeddings = file.find("output.weight") == nullptr;
    out.attentionBias = file.find("blk.0.attn_q.bias") != nullptr;
    out.mlpBias = file.find("blk.0.ffn_up.bias") != nullptr;
    out.storedType = mostUsedType(file);
    readTokens(file, out);
    FETTLE_TRY(readRope(file, out));
    FETTLE_TRY(checkConfig(out));
    return out;
}

} // namespace fettle::model
