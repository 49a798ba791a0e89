// config.json: the old spelling (rope_theta, rope_scaling, torch_dtype) and that of transformers 5 (rope_parameters,
// dtype), in; the old one, out.
#include "model/model_layout.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace fettle::model {
namespace {

Error badKey(const char* key, std::string message) {
    return makeError(ErrorCode::InvalidInput, std::move(message)).forKey(key);
}

bool present(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && !found->is_null();
}

Result<std::vector<std::int64_t>> tokenIds(const Json& config, const char* key) {
    std::vector<std::int64_t> out;
    if (!present(config, key)) {
        return out;
    }
    const Json& value = config[key];
    const Json list = value.is_array() ? value : Json::array({value});
    for (const Json& item : list) {
        if (!item.is_number_integer()) {
            return badKey(key, "must be a token number or a list of them");
        }
        out.push_back(item.get<std::int64_t>());
    }
    return out;
}

Result<std::optional<std::int64_t>> tokenId(const Json& config, const char* key) {
    FETTLE_TRY_VALUE(const std::vector<std::int64_t> ids, tokenIds(config, key));
    return ids.empty() ? std::optional<std::int64_t>() : std::optional(ids.front());
}

/// rope_scaling of old files and rope_parameters of new ones share their keys, except that the former leaves rope_theta
/// outside.
Result<void> readRope(const Json& config, ModelConfig& out) {
    FETTLE_TRY_VALUE(out.ropeTheta, jsonDouble(config, "rope_theta", 10000.0));
    const char* key = present(config, "rope_parameters") ? "rope_parameters" : "rope_scaling";
    if (!present(config, key)) {
        return {};
    }
    const Json& rope = config[key];
    if (!rope.is_object()) {
        return badKey(key, "must be an object");
    }
    const auto inside = [key](Error error) {
        error.key = std::string(key) + '.' + error.key;
        return error;
    };
    const auto number = [&](const char* name, double fallback) -> Result<double> {
        auto value = jsonDouble(rope, name, fallback);
        return value ? std::move(value) : Result<double>(inside(std::move(value).error()));
    };
    FETTLE_TRY_VALUE(out.ropeTheta, number("rope_theta", out.ropeTheta));
    FETTLE_TRY_VALUE(const double partial, number("partial_rotary_factor", 1.0));
    if (partial != 1.0) {
        return makeError(ErrorCode::Unsupported, "partial rotary embeddings are not supported")
            .forKey(std::string(key) + ".partial_rotary_factor");
    }
    auto type = jsonString(rope, present(rope, "rope_type") ? "rope_type" : "type", std::string("default"));
    if (!type) {
        return inside(std::move(type).error());
    }
    out.ropeScaling.type = std::move(type).value();
    if (out.ropeScaling.type == "default") {
        return {};
    }
    if (out.ropeScaling.type != "linear" && out.ropeScaling.type != "llama3") {
        return makeError(ErrorCode::Unsupported, "rotary scaling '" + out.ropeScaling.type + "' is not supported",
                         "Supported are default, linear and llama3.")
            .forKey(std::string(key) + ".rope_type");
    }
    FETTLE_TRY_VALUE(out.ropeScaling.factor, number("factor", 0.0));
    if (!(out.ropeScaling.factor > 0) || !std::isfinite(out.ropeScaling.factor)) {
        return inside(badKey("factor", "must be a number above 0"));
    }
    if (out.ropeScaling.type == "llama3") {
        FETTLE_TRY_VALUE(out.ropeScaling.lowFreqFactor, number("low_freq_factor", 1.0));
        FETTLE_TRY_VALUE(out.ropeScaling.highFreqFactor, number("high_freq_factor", 4.0));
        const double low = out.ropeScaling.lowFreqFactor;
        const double high = out.ropeScaling.highFreqFactor;
        if (!(low > 0) || !(high > low) || !std::isfinite(high)) {
            return inside(badKey("high_freq_factor", "must be larger than low_freq_factor, and that above 0"));
        }
        FETTLE_TRY_VALUE(const double original,
                         number("original_max_position_embeddings", static_cast<double>(out.maxPositions)));
        if (!(original >= 1) || original > 1e9) {
            return inside(badKey("original_max_position_embeddings", "must be a number of tokens"));
        }
        out.ropeScaling.originalMaxPositions = static_cast<std::int64_t>(original);
    }
    return {};
}

Result<DataType> readType(const Json& config) {
    const char* key = present(config, "dtype") ? "dtype" : "torch_dtype";
    FETTLE_TRY_VALUE(std::string name, jsonString(config, key, std::string("auto")));
    if (name.rfind("torch.", 0) == 0) {
        name.erase(0, 6);
    }
    if (name == "float32" || name == "float") {
        return DataType::F32;
    }
    if (name == "bfloat16") {
        return DataType::BF16;
    }
    if (name == "float16" || name == "half") {
        return DataType::F16;
    }
    if (name == "float64" || name == "double") {
        return DataType::F64;
    }
    return name == "auto" ? Result<DataType>(DataType::None)
                          : Result<DataType>(badKey(key, "unknown number type '" + name + "'"));
}

Result<void> refuseQuantised(const Json& config) {
    if (!present(config, "quantization_config")) {
        return {};
    }
    const Json& quantisation = config["quantization_config"];
    const std::string method = jsonString(quantisation, "quant_method", std::string("unknown")).valueOr("unknown");
    std::string what = "weights quantised by " + method;
    if (method == "bitsandbytes") {
        const bool four = jsonBool(quantisation, "load_in_4bit", false).valueOr(false);
        std::string kind = jsonString(quantisation, "bnb_4bit_quant_type", std::string("fp4")).valueOr("fp4");
        std::transform(kind.begin(), kind.end(), kind.begin(),
                       [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
        what = "bitsandbytes " + (four ? kind + " weights (4 bit)" : std::string("weights (8 bit)"));
    }
    return makeError(ErrorCode::Unsupported, what + " are not supported",
                     "Use the model's folder with F32, F16 or BF16 weights, or its GGUF file.")
        .forKey("quantization_config");
}

/// Positions after which the pair of dimensions from `dimension` on has turned once.
double wavelength(const ModelConfig& config, std::int64_t dimension) {
    return 2 * std::numbers::pi *
           std::pow(config.ropeTheta, static_cast<double>(dimension) / static_cast<double>(config.headDim));
}

/// The divisors that Llama 3 scaling stands for (the frequencies of `config` over the scaled ones).
std::vector<double> llama3Divisors(const ModelConfig& config, const RopeScaling& scaling) {
    std::vector<double> out;
    const auto original = static_cast<double>(scaling.originalMaxPositions);
    for (std::int64_t i = 0; i < config.headDim; i += 2) {
        const double length = wavelength(config, i);
        if (length < original / scaling.highFreqFactor) {
            out.push_back(1);
        } else if (length > original / scaling.lowFreqFactor) {
            out.push_back(scaling.factor);
        } else {
            const double smooth =
                (original / length - scaling.lowFreqFactor) / (scaling.highFreqFactor - scaling.lowFreqFactor);
            out.push_back(1 / ((1 - smooth) / scaling.factor + smooth));
        }
    }
    return out;
}

/// Finds the Llama 3 scaling behind the divisors of a GGUF file, which states the result only. All models there are use
/// the frequency factors 1 and 4; the largest divisor is the factor, and each divisor between 1 and it tells the
/// original length. The result is accepted when it gives the same divisors again.
std::optional<RopeScaling> llama3From(const ModelConfig& config) {
    const std::vector<double>& divisors = config.ropeFrequencyFactors;
    RopeScaling scaling;
    scaling.type = "llama3";
    scaling.factor = *std::max_element(divisors.begin(), divisors.end());
    std::vector<double> lengths = {8192}; // what every published model has
    for (std::size_t i = 0; i < divisors.size(); ++i) {
        const double length = wavelength(config, static_cast<std::int64_t>(2 * i));
        if (divisors[i] > 1 && divisors[i] < scaling.factor) {
            const double smooth = (1 / divisors[i] - 1 / scaling.factor) / (1 - 1 / scaling.factor);
            lengths.push_back(length *
                              (scaling.lowFreqFactor + smooth * (scaling.highFreqFactor - scaling.lowFreqFactor)));
        } else if (divisors[i] == 1) {
            lengths.push_back(std::floor(length * scaling.highFreqFactor) +
                              1); // the shortest that leaves this one alone
        }
    }
    for (const double length : lengths) {
        if (!(length >= 1) || length > 1e9) {
            continue;
        }
        scaling.originalMaxPositions = std::llround(length);
        const std::vector<double> again = llama3Divisors(config, scaling);
        bool equal = again.size() == divisors.size();
        for (std::size_t i = 0; equal && i < again.size(); ++i) {
            equal = std::fabs(again[i] - divisors[i]) <= 1e-5 * again[i];
        }
        if (equal) {
            return scaling;
        }
    }
    return std::nullopt;
}

} // namespace

Result<void> checkConfig(const ModelConfig& config) {
    const struct {
        const char* key;
        std::int64_t value, most;
    } sizes[] = {{"vocab_size", config.vocabulary, 1 << 24},
                 {"hidden_size", config.hidden, 1 << 20},
                 {"intermediate_size", config.intermediate, 1 << 22},
                 {"num_hidden_layers", config.layers, 4096},
                 {"num_attention_heads", config.heads, 1 << 16},
                 {"num_key_value_heads", config.kvHeads, 1 << 16},
                 {"head_dim", config.headDim, 1 << 16},
                 {"max_position_embeddings", config.maxPositions, std::int64_t{1} << 40}};
    for (const auto& size : sizes) {
        if (size.value < 1 || size.value > size.most) {
            return badKey(size.key, std::to_string(size.value) + " is not between 1 and " + std::to_string(size.most));
        }
    }
    if (config.heads % config.kvHeads != 0) {
        return badKey("num_key_value_heads", std::to_string(config.heads) + " heads cannot share " +
                                                 std::to_string(config.kvHeads) + " key heads");
    }
    if (config.headDim % 2 != 0) {
        return badKey("head_dim", "must be even for rotary embeddings");
    }
    if (!(config.rmsNormEps >= 0) || !std::isfinite(config.rmsNormEps)) {
        return badKey("rms_norm_eps", "must be a number of 0 or more");
    }
    if (!(config.ropeTheta > 0) || !std::isfinite(config.ropeTheta)) {
        return badKey("rope_theta", "must be a number above 0");
    }
    if (config.slidingWindow < 0) {
        return badKey("sliding_window", "must be null or a number of tokens");
    }
    return {};
}

Result<ModelConfig> configFromJson(const Json& config) {
    if (!config.is_object()) {
        return makeError(ErrorCode::Parse, "config.json must hold an object");
    }
    ModelConfig out;
    FETTLE_TRY_VALUE(out.modelType, jsonString(config, "model_type"));
    const bool mistral = out.modelType == "mistral";
    if (out.modelType != "llama" && !mistral) {
        return makeError(ErrorCode::Unsupported, "models of type '" + out.modelType + "' are not supported",
                         "Supported are llama (SmolLM2 too) and mistral.")
            .forKey("model_type");
    }
    FETTLE_TRY(refuseQuantised(config));
    FETTLE_TRY_VALUE(out.vocabulary, jsonInt(config, "vocab_size"));
    FETTLE_TRY_VALUE(out.hidden, jsonInt(config, "hidden_size"));
    FETTLE_TRY_VALUE(out.intermediate, jsonInt(config, "intermediate_size"));
    FETTLE_TRY_VALUE(out.layers, jsonInt(config, "num_hidden_layers"));
    FETTLE_TRY_VALUE(out.heads, jsonInt(config, "num_attention_heads"));
    FETTLE_TRY_VALUE(out.kvHeads, jsonInt(config, "num_key_value_heads", mistral ? 8 : out.heads));
    if (!present(config, "head_dim") && (out.heads < 1 || out.hidden % out.heads != 0)) {
        return badKey("num_attention_heads", std::to_string(out.hidden) + " values cannot be split over " +
                                                 std::to_string(out.heads) + " heads");
    }
    FETTLE_TRY_VALUE(out.headDim, jsonInt(config, "head_dim", out.heads < 1 ? 0 : out.hidden / out.heads));
    FETTLE_TRY_VALUE(out.maxPositions, jsonInt(config, "max_position_embeddings", mistral ? 131072 : 2048));
    FETTLE_TRY_VALUE(out.rmsNormEps, jsonDouble(config, "rms_norm_eps", 1e-6));
    FETTLE_TRY_VALUE(out.tiedEmbeddings, jsonBool(config, "tie_word_embeddings", false));
    if (mistral) {
        // An absent window is the family's default; null means none.
        FETTLE_TRY_VALUE(out.slidingWindow,
                         jsonInt(config, "sliding_window", config.contains("sliding_window") ? 0 : 4096));
    } else {
        FETTLE_TRY_VALUE(out.attentionBias, jsonBool(config, "attention_bias", false));
        FETTLE_TRY_VALUE(out.mlpBias, jsonBool(config, "mlp_bias", false));
    }
    FETTLE_TRY_VALUE(const std::string activation, jsonString(config, "hidden_act", std::string("silu")));
    if (activation != "silu" && activation != "swish") {
        return makeError(ErrorCode::Unsupported,
                         "the activation '" + activation + "' is not supported for this model type")
            .forKey("hidden_act");
    }
    FETTLE_TRY_VALUE(const double partial, jsonDouble(config, "partial_rotary_factor", 1.0));
    if (partial != 1.0) {
        return makeError(ErrorCode::Unsupported, "partial rotary embeddings are not supported")
            .forKey("partial_rotary_factor");
    }
    FETTLE_TRY_VALUE(out.bos, tokenId(config, "bos_token_id"));
    FETTLE_TRY_VALUE(out.pad, tokenId(config, "pad_token_id"));
    FETTLE_TRY_VALUE(out.eos, tokenIds(config, "eos_token_id"));
    FETTLE_TRY_VALUE(out.storedType, readType(config));
    FETTLE_TRY(readRope(config, out));
    FETTLE_TRY(checkConfig(out));
    return out;
}

Result<Json> configToJson(const ModelConfig& config, DataType weights) {
    Json out = Json::object();
    const bool mistral = config.modelType == "mistral";
    out["architectures"] = Json::array({mistral ? "MistralForCausalLM" : "LlamaForCausalLM"});
    if (!mistral) {
        out["attention_bias"] = config.attentionBias;
    }
    out["attention_dropout"] = 0.0;
    out["bos_token_id"] = config.bos ? Json(*config.bos) : Json();
    out["eos_token_id"] = config.eos.empty()       ? Json()
                          : config.eos.size() == 1 ? Json(config.eos.front())
                                                   : Json(config.eos);
    out["head_dim"] = config.headDim;
    out["hidden_act"] = "silu";
    out["hidden_size"] = config.hidden;
    out["initializer_range"] = 0.02;
    out["intermediate_size"] = config.intermediate;
    out["max_position_embeddings"] = config.maxPositions;
    if (!mistral) {
        out["mlp_bias"] = config.mlpBias;
    }
    out["model_type"] = config.modelType;
    out["num_attention_heads"] = config.heads;
    out["num_hidden_layers"] = config.layers;
    out["num_key_value_heads"] = config.kvHeads;
    out["pad_token_id"] = config.pad ? Json(*config.pad) : Json();
    out["rms_norm_eps"] = config.rmsNormEps;
    RopeScaling scaling = config.ropeScaling;
    if (!config.ropeFrequencyFactors.empty()) {
        const auto found = llama3From(config);
        if (!found) {
            return makeError(ErrorCode::Unsupported,
                             "the rotary divisors of this file are of no kind that config.json can state")
                .forKey("rope_freqs.weight");
        }
        scaling = *found;
    }
    if (scaling.type == "default") {
        out["rope_scaling"] = nullptr;
    } else {
        Json& rope = out["rope_scaling"];
        rope["factor"] = scaling.factor;
        if (scaling.type == "llama3") {
            rope["high_freq_factor"] = scaling.highFreqFactor;
            rope["low_freq_factor"] = scaling.lowFreqFactor;
            rope["original_max_position_embeddings"] = scaling.originalMaxPositions;
        }
        rope["rope_type"] = scaling.type;
        if (scaling.type == "linear") {
            rope["type"] = scaling.type; // what readers before 4.43 look for
        }
    }
    out["rope_theta"] = config.ropeTheta;
    if (mistral || config.slidingWindow > 0) {
        out["sliding_window"] = config.slidingWindow > 0 ? Json(config.slidingWindow) : Json();
    }
    out["tie_word_embeddings"] = config.tiedEmbeddings;
    out["torch_dtype"] = weights == DataType::BF16 ? "bfloat16" : weights == DataType::F16 ? "float16" : "float32";
    out["use_cache"] = true;
    out["vocab_size"] = config.vocabulary;
    return out;
}

std::int64_t ModelConfig::parameterCount() const {
    std::int64_t count = 0;
    for (const ExpectedTensor& tensor : expectedTensors(*this)) {
        std::int64_t values = 1;
        for (const std::int64_t extent : tensor.shape) {
            values *= extent;
        }
        count += values;
    }
    return count;
}

std::vector<ExpectedTensor> expectedTensors(const ModelConfig& config) {
    std::vector<ExpectedTensor> out;
    const std::int64_t queries = config.heads * config.headDim;
    const std::int64_t keys = config.kvHeads * config.headDim;
    const std::int64_t hidden = config.hidden;
    const std::int64_t wide = config.intermediate;
    out.push_back({"model.embed_tokens.weight", "token_embd.weight", {config.vocabulary, hidden}, 0});
    for (std::int64_t layer = 0; layer < config.layers; ++layer) {
        const std::string path = "model.layers." + std::to_string(layer) + '.';
        const std::string block = "blk." + std::to_string(layer) + '.';
        const auto linear = [&](const char* name, const char* ggufName, std::int64_t rows, std::int64_t columns,
                                bool bias, std::int64_t heads) {
            out.push_back({path + name + ".weight", block + ggufName + ".weight", {rows, columns}, heads});
            if (bias) {
                out.push_back({path + name + ".bias", block + ggufName + ".bias", {rows}, heads});
            }
        };
        out.push_back({path + "input_layernorm.weight", block + "attn_norm.weight", {hidden}, 0});
        linear("self_attn.q_proj", "attn_q", queries, hidden, config.attentionBias, config.heads);
        linear("self_attn.k_proj", "attn_k", keys, hidden, config.attentionBias, config.kvHeads);
        linear("self_attn.v_proj", "attn_v", keys, hidden, config.attentionBias, 0);
        linear("self_attn.o_proj", "attn_output", hidden, queries, config.attentionBias, 0);
        out.push_back({path + "post_attention_layernorm.weight", block + "ffn_norm.weight", {hidden}, 0});
        linear("mlp.gate_proj", "ffn_gate", wide, hidden, config.mlpBias, 0);
        linear("mlp.up_proj", "ffn_up", wide, hidden, config.mlpBias, 0);
        linear("mlp.down_proj", "ffn_down", hidden, wide, config.mlpBias, 0);
    }
    out.push_back({"model.norm.weight", "output_norm.weight", {hidden}, 0});
    if (!config.tiedEmbeddings) {
        out.push_back({"lm_head.weight", "output.weight", {config.vocabulary, hidden}, 0});
    }
    return out;
}

} // namespace fettle::model
