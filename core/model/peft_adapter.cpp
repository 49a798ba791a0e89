// The adapter folder: adapter_config.json, adapter_model.safetensors and a model card.
#include "model/peft_adapter.h"

#include "base/files.h"
#include "base/log.h"
#include "model/peft_rules.h"
#include "model/safetensors.h"

#include <algorithm>
#include <array>

#include <unistd.h>

namespace fettle::model {
namespace {

constexpr const char* kPrefix = "base_model.model.";
constexpr const char* kSuffixes[] = {".lora_A.weight", ".lora_B.weight", ".lora_magnitude_vector"};
enum Part : std::size_t { kA, kB, kMagnitude };

struct Place {
    std::string module;
    Part part = kA;
};

bool endsIn(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

Result<Place> placeOf(const std::string& name) {
    if (name.rfind(kPrefix, 0) == 0) {
        for (const Part part : {kA, kB, kMagnitude}) {
            const std::string_view suffix = kSuffixes[part];
            const std::size_t front = std::string_view(kPrefix).size();
            if (endsIn(name, suffix) && name.size() > front + suffix.size()) {
                return Place{name.substr(front, name.size() - front - suffix.size()), part};
            }
        }
    }
    const bool embedding = name.find("lora_embedding_") != std::string::npos;
    return makeError(ErrorCode::Unsupported,
                     embedding                      ? "adapted embeddings are not supported"
                     : endsIn(name, ".lora_B.bias") ? "adapters with biases are not supported"
                                                    : "not a tensor of a LoRA adapter for linear modules",
                     "Save the adapter as plain LoRA, rsLoRA or DoRA.")
        .forKey(name);
}

Error mismatch(const std::string& name, std::string message) {
    return makeError(ErrorCode::InvalidInput, std::move(message)).forKey(name);
}

using Modules = std::map<std::string, std::array<const AdapterTensor*, 3>>;

/// Pairs complete, ranks as configured, magnitudes where and only where DoRA is on.
Result<void> checkTensors(const PeftAdapter& adapter) {
    Modules modules;
    for (const AdapterTensor& tensor : adapter.tensors) {
        FETTLE_TRY_VALUE(const Place place, placeOf(tensor.name));
        std::size_t values = 1;
        for (const std::int64_t extent : tensor.shape) {
            if (extent < 1 || values > tensor.values.size()) {
                return mismatch(tensor.name, "impossible shape");
            }
            values *= static_cast<std::size_t>(extent);
        }
        if (values != tensor.values.size() || tensor.shape.size() != (place.part == kMagnitude ? 1U : 2U)) {
            return mismatch(tensor.name, "impossible shape");
        }
        const AdapterTensor*& slot = modules[place.module][place.part];
        if (slot != nullptr) {
            return mismatch(tensor.name, "the tensor occurs twice");
        }
        slot = &tensor;
    }
    for (const auto& [module, parts] : modules) {
        const std::string name = kPrefix + module;
        for (const Part part : {kA, kB}) {
            if (parts[part] == nullptr) {
                return mismatch(name + kSuffixes[part], "the tensor is missing");
            }
        }
        FETTLE_TRY_VALUE(const ModuleScale scale, checkedModuleScale(adapter.config, module));
        const std::int64_t rank = parts[kA]->shape[0];
        if (rank != scale.rank || parts[kB]->shape[1] != rank) {
            return mismatch(name + kSuffixes[rank != scale.rank ? kA : kB],
                            "has rank " + std::to_string(rank != scale.rank ? rank : parts[kB]->shape[1]) +
                                ", the configuration says " + std::to_string(scale.rank));
        }
        if ((parts[kMagnitude] != nullptr) != adapter.config.dora) {
            return mismatch(name + kSuffixes[kMagnitude], adapter.config.dora ? "the tensor is missing, use_dora is on"
                                                                              : "the tensor is there, use_dora is off");
        }
        if (adapter.config.dora && parts[kMagnitude]->shape[0] != parts[kB]->shape[0]) {
            return mismatch(name + kSuffixes[kMagnitude], "must have one value for each row of lora_B");
        }
        // A target pattern that cannot be matched would leave the adapter half loaded elsewhere.
        FETTLE_TRY_VALUE(const bool targeted, checkedTargetsModule(adapter.config, module));
        if (!targeted && !(adapter.config.targets.empty() && adapter.config.targetRegex.empty())) {
            return mismatch(name, "the module has tensors but target_modules does not name it");
        }
    }
    if (modules.empty()) {
        return makeError(ErrorCode::InvalidInput, "the adapter holds no tensors");
    }
    return {};
}

void takeTargetsFromTensors(PeftAdapter& adapter) {
    for (const AdapterTensor& tensor : adapter.tensors) {
        const auto place = placeOf(tensor.name);
        if (!place) {
            continue; // reported by the check that follows
        }
        const std::string name = place.value().module.substr(place.value().module.rfind('.') + 1);
        if (std::find(adapter.config.targets.begin(), adapter.config.targets.end(), name) ==
            adapter.config.targets.end()) {
            adapter.config.targets.push_back(name);
        }
    }
}

std::string modelCard(const AdapterConfig& config) {
    const std::string base = dumpJson(Json(config.baseModel)); // a JSON text is a YAML text
    std::string out = "---\n";
    if (!config.baseModel.empty()) {
        out += "base_model: " + base + '\n';
    }
    out += "library_name: peft\npipeline_tag: text-generation\ntags:\n- lora\n---\n\n# " +
           std::string(config.dora ? "DoRA" : "LoRA") + " adapter\n\n";
    out += (config.baseModel.empty() ? std::string("Made with Fettle.")
                                     : "Made with Fettle for `" + config.baseModel + "`.") +
           " Load it with PEFT:\n\n```python\nfrom peft import AutoPeftModelForCausalLM\n\nmodel = "
           "AutoPeftModelForCausalLM.from_pretrained(\"path/to/this/folder\")\n```\n";
    return out;
}

Result<void> writeFiles(const std::string& folder, const PeftAdapter& adapter) {
    std::vector<TensorToWrite> tensors;
    for (const AdapterTensor& tensor : adapter.tensors) {
        tensors.push_back(
            {tensor.name, DataType::F32, tensor.shape, std::as_bytes(std::span<const float>(tensor.values))});
    }
    FETTLE_TRY(writeSafetensors(folder + "/adapter_model.safetensors", std::move(tensors)));
    FETTLE_TRY(writeFileAtomic(folder + "/adapter_config.json", dumpJsonPretty(adapterConfigToJson(adapter.config))));
    if (!fileExists(folder + "/README.md")) {
        FETTLE_TRY(writeFileAtomic(folder + "/README.md", modelCard(adapter.config)));
    }
    return {};
}

} // namespace

Result<PeftAdapter> readPeftAdapter(const std::string& folder) {
    const std::string configPath = folder + "/adapter_config.json";
    const std::string tensorPath = folder + "/adapter_model.safetensors";
    if (!fileExists(configPath)) {
        return makeError(ErrorCode::NotFound, "adapter_config.json is missing",
                         "An adapter is a folder with adapter_config.json and adapter_model.safetensors.")
            .at(folder);
    }
    FETTLE_TRY_VALUE(const Json json, readJsonFile(configPath));
    PeftAdapter out;
    auto config = adapterConfigFromJson(json);
    if (!config) {
        return std::move(config).error().at(configPath);
    }
    out.config = std::move(config).value();
    if (!fileExists(tensorPath)) {
        return fileExists(folder + "/adapter_model.bin")
                   ? makeError(ErrorCode::Unsupported,
                               "the adapter is a pickle (adapter_model.bin), which can run code when read",
                               "Save it as safetensors.")
                         .at(folder)
                   : makeError(ErrorCode::NotFound, "adapter_model.safetensors is missing").at(folder);
    }
    FETTLE_TRY_VALUE(const auto file, openSafetensors(tensorPath));
    for (const TensorInfo& info : file->tensors()) {
        if (info.type != DataType::F32 && info.type != DataType::F16 && info.type != DataType::BF16 &&
            info.type != DataType::F64) {
            return makeError(ErrorCode::Unsupported, std::string("adapter tensors of type ") +
                                                         typeTraits(info.type).name + " are not supported")
                .forKey(info.name)
                .at(tensorPath);
        }
        AdapterTensor tensor;
        tensor.name = info.name;
        if (endsIn(tensor.name, ".lora_magnitude_vector.weight")) {
            tensor.name.resize(tensor.name.size() -
                               std::string_view(".weight").size()); // some old versions wrote it so
        }
        tensor.shape = info.shape;
        tensor.values.resize(static_cast<std::size_t>(info.valueCount()));
        FETTLE_TRY(decodeToFloat(info.type, info.bytes, tensor.values));
        out.tensors.push_back(std::move(tensor));
    }
    if (out.config.targets.empty() && out.config.targetRegex.empty()) {
        takeTargetsFromTensors(out); // PEFT guesses them from the model type then; the tensors know
    }
    if (auto checked = checkTensors(out); !checked) {
        return std::move(checked).error().at(tensorPath);
    }
    return out;
}

Result<void> writePeftAdapter(const std::string& folder, const PeftAdapter& adapter) {
    if (auto checked = checkTensors(adapter); !checked) {
        return std::move(checked).error().at(folder);
    }
    std::string target = folder;
    while (target.size() > 1 && target.back() == '/') {
        target.pop_back();
    }
    if (folderExists(target)) {
        return writeFiles(target, adapter);
    }
    const std::string temporary = target + ".part-" + std::to_string(::getpid());
    FETTLE_TRY(removeAll(temporary));
    FETTLE_TRY(makeFolders(temporary));
    auto written = writeFiles(temporary, adapter);
    if (written) {
        written = publishFolder(temporary, target);
    }
    if (!written && folderExists(temporary)) {
        const auto removed = removeAll(temporary);
        if (!removed) {
            logWarning(removed.error().text());
        }
    }
    return written;
}

} // namespace fettle::model
