// PEFT LoRA adapters: the folder other programs read and write (adapter_config.json + adapter_model.safetensors).
#pragma once

#include "base/json.h"
#include "model/tensor_file.h"

#include <map>

namespace fettle::model {

struct AdapterConfig {
    std::string baseModel;
    std::int64_t rank = 16;
    double alpha = 32, dropout = 0;
    std::vector<std::string> targets; // module names ("q_proj") or full paths; empty with targetRegex set
    std::string targetRegex; // where target_modules is one text ("all-linear" is resolved by the reader of the model)
    std::map<std::string, std::int64_t>
        rankPattern; // PEFT patterns: key matches a module whose path ends in it (regex `(.*\.)?(KEY)$`)
    std::map<std::string, double> alphaPattern;
    std::vector<std::string> rankPatternOrder, alphaPatternOrder; // keys in the order of the file: the first that
                                                                  // matches counts. Others follow in sorted order
    bool rslora = false, dora = false;
    Json unknown = Json::object(); // other keys, kept. Of these only exclude_modules, layers_pattern and
                                   // layers_to_transform are written again
};

/// adapter_config.json, both ways. Errors name the key; settings that would change what the adapter means and that we
/// do not apply are Unsupported.
[[nodiscard]] Result<AdapterConfig> adapterConfigFromJson(const Json& json);
[[nodiscard]] Json adapterConfigToJson(const AdapterConfig& config);

/// Rank, alpha and scale of one module path ("model.layers.0.self_attn.q_proj") by the rules of PEFT.
struct ModuleScale {
    std::int64_t rank = 0;
    double alpha = 0;
    double scale = 0;
};
/// Patterns that do not compile or that take too long to match count as not matching; readPeftAdapter refuses them.
[[nodiscard]] ModuleScale moduleScale(const AdapterConfig& config, std::string_view modulePath);
/// Whether PEFT would adapt this linear module. "all-linear" takes all but the output layer.
[[nodiscard]] bool targetsModule(const AdapterConfig& config, std::string_view modulePath);

struct AdapterTensor {
    std::string name; // full PEFT name: "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"
    std::vector<std::int64_t> shape;
    std::vector<float> values;
};

struct PeftAdapter {
    AdapterConfig config;
    std::vector<AdapterTensor> tensors;
};

/// Errors name file and key. Kinds we do not apply (lora_embedding, modules_to_save, bias other than none, other peft
/// types) are refused by name.
[[nodiscard]] Result<PeftAdapter> readPeftAdapter(const std::string& folder);
/// Writes the stable key set of formats.md; the folder appears whole or not at all where it did not exist, files are
/// replaced atomically where it did.
[[nodiscard]] Result<void> writePeftAdapter(const std::string& folder, const PeftAdapter& adapter);

} // namespace fettle::model
