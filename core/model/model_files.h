// A model on disk, whatever its form: a Hugging Face folder (one file or shards) or a GGUF file. Tensors are asked for
// by their Hugging Face names and come as float or bf16.
#pragma once

#include "base/json.h"
#include "model/tensor_file.h"

#include <optional>

namespace fettle::model {

struct RopeScaling {
    std::string type = "default"; // default, linear, llama3, …
    double factor = 1, lowFreqFactor = 1, highFreqFactor = 4;
    std::int64_t originalMaxPositions = 0;
};

/// Shape of a decoder. Only what the supported families need; unsupported features make openModel say so.
struct ModelConfig {
    std::string modelType; // "llama", "mistral", …; SmolLM2 is "llama"
    std::int64_t vocabulary = 0, hidden = 0, intermediate = 0, layers = 0, heads = 0, kvHeads = 0, headDim = 0;
    double rmsNormEps = 1e-5, ropeTheta = 10000;
    RopeScaling ropeScaling;
    std::vector<double> ropeFrequencyFactors; // GGUF rope_freqs.weight: divisors, overrides ropeScaling; else empty
    std::int64_t slidingWindow = 0;           // 0 = none; a token sees the `slidingWindow` last ones including itself
    std::int64_t maxPositions = 0;
    bool tiedEmbeddings = false, attentionBias = false, mlpBias = false;
    std::optional<std::int64_t> bos, pad;
    std::vector<std::int64_t> eos;
    DataType storedType = DataType::F32; // torch_dtype; GGUF: the type most weights have
    [[nodiscard]] std::int64_t parameterCount() const;
};

/// Errors name the key. model types other than llama and mistral: Unsupported with the name.
[[nodiscard]] Result<ModelConfig> configFromJson(const Json& config);
/// config.json in the old key spelling (rope_theta, rope_scaling, torch_dtype = `weights`, one of F32, F16, BF16).
/// Rotary divisors of a GGUF file become the Llama 3 scaling they were made from; Unsupported where they came from
/// something else.
[[nodiscard]] Result<Json> configToJson(const ModelConfig& config, DataType weights);

class ModelFiles {
public:
    virtual ~ModelFiles() = default;
    [[nodiscard]] virtual const ModelConfig& config() const = 0;
    [[nodiscard]] virtual const std::string& path() const = 0;
    [[nodiscard]] virtual bool isGguf() const = 0;
    /// Hugging Face names, in file order ("model.layers.0.self_attn.q_proj.weight"); lm_head.weight is absent when
    /// tied.
    [[nodiscard]] virtual const std::vector<std::string>& names() const = 0;
    [[nodiscard]] virtual bool has(std::string_view name) const = 0;
    [[nodiscard]] virtual Result<std::vector<std::int64_t>> shape(std::string_view name) const = 0;
    [[nodiscard]] virtual Result<DataType> type(std::string_view name) const = 0;
    /// Dequantised, q and k rows of GGUF files back in Hugging Face order. `out.size()` must equal the value count.
    /// Thread: any.
    [[nodiscard]] virtual Result<void> readFloat(std::string_view name, std::span<float> out) const = 0;
    /// The same rounded to bf16 (round to nearest even); exact where the file holds bf16.
    [[nodiscard]] virtual Result<void> readBf16(std::string_view name, std::span<std::uint16_t> out) const = 0;
    /// Where the pages of the file may be dropped again after loading.
    virtual void dropPages() const = 0;
    /// Tensors of the file that the model has no use for (a head beside tied embeddings, stored rotary frequencies), to
    /// be shown.
    [[nodiscard]] virtual std::vector<std::string> ignored() const { return {}; }
};

/// A folder with config.json, or a .gguf file. Checks that every tensor the config asks for is there with the right
/// shape.
[[nodiscard]] Result<std::unique_ptr<ModelFiles>> openModel(const std::string& path);

/// Writes the Hugging Face folder that this model stands for: config.json (old key spelling), generation_config.json,
/// model.safetensors, tokenizer files where known. F16 and BF16 tensors keep their type, all others become F32. Needs
/// the memory of the largest tensor only. `out` must not exist or be empty; it appears whole or not at all.
[[nodiscard]] Result<void> exportHuggingFaceFolder(const ModelFiles& model, const std::string& out);

/// The part of it without weights, for writers of merged models: config.json with torch_dtype = `weights`,
/// generation_config.json and the tokenizer files, into an existing folder. Tokenizers of GGUF files are written where
/// they are byte-level BPE of a known kind; otherwise a warning is logged and none is written.
[[nodiscard]] Result<void> writeCompanionFiles(const ModelFiles& model, const std::string& folder, DataType weights);

} // namespace fettle::model
