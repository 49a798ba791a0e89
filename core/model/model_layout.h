// What a decoder's files must hold: tensor names and shapes by configuration, and how GGUF names map to them. Internal
// to core/model.
#pragma once

#include "model/gguf.h"
#include "model/model_files.h"

namespace fettle::model {

struct ExpectedTensor {
    std::string name; // Hugging Face
    std::string ggufName;
    std::vector<std::int64_t> shape; // slowest first
    std::int64_t permutedHeads = 0;  // GGUF stores the rows of q and k in another order, by head; 0: as they are
};

/// All tensors of the model, embeddings first. The configuration was checked before.
[[nodiscard]] std::vector<ExpectedTensor> expectedTensors(const ModelConfig& config);

/// The configuration a GGUF file states by its keys and tensors. Errors name the key.
[[nodiscard]] Result<ModelConfig> configFromGguf(const GgufFile& file);

/// Bounds and divisibility that every configuration must keep, whatever it was read from. Errors name the key of
/// config.json.
[[nodiscard]] Result<void> checkConfig(const ModelConfig& config);

/// The tokenizer files that a GGUF file's metadata stands for, by file name. Empty where the tokenizer is of a kind
/// that is not written; `reason` says why then.
struct TokenizerFiles {
    std::vector<std::pair<std::string, std::string>> files; // name, contents
    std::string reason;
};
[[nodiscard]] Result<TokenizerFiles> tokenizerFilesFromGguf(const GgufFile& file, const ModelConfig& config);

} // namespace fettle::model
