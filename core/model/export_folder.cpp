// Writing a model as a Hugging Face folder: a folder of its own under a temporary name, renamed when everything in it
// is safe on disk.
#include "base/files.h"
#include "base/log.h"
#include "model/model_layout.h"
#include "model/safetensors.h"

#include <algorithm>
#include <filesystem>

#include <unistd.h>

namespace fettle::model {
namespace {

constexpr const char* kTokenizerFiles[] = {"tokenizer.json",        "tokenizer.model", "special_tokens_map.json",
                                           "added_tokens.json",     "vocab.json",      "merges.txt",
                                           "generation_config.json"};

DataType exportType(DataType stored) {
    return stored == DataType::F16 || stored == DataType::BF16 ? stored : DataType::F32;
}

/// One type for torch_dtype: what loses nothing of what is written.
Result<DataType> weightsType(const ModelFiles& model) {
    bool half = false;
    bool brain = false;
    for (const std::string& name : model.names()) {
        FETTLE_TRY_VALUE(const DataType type, model.type(name));
        if (type == DataType::F16) {
            half = true;
        } else if (type == DataType::BF16) {
            brain = true;
        } else {
            return DataType::F32;
        }
    }
    return half && brain ? DataType::F32 : half ? DataType::F16 : DataType::BF16;
}

Result<Json> readObject(const std::string& path) {
    FETTLE_TRY_VALUE(Json json, readJsonFile(path));
    if (!json.is_object()) {
        return makeError(ErrorCode::InvalidInput, "must hold an object").at(path);
    }
    return json;
}

/// The original's keys that we do not know stay; ours replace both spellings of what we do know.
Result<void> writeConfig(const ModelFiles& model, const std::string& folder, DataType weights) {
    FETTLE_TRY_VALUE(const Json ours, configToJson(model.config(), weights));
    Json merged = Json::object();
    if (!model.isGguf()) {
        FETTLE_TRY_VALUE(merged, readObject(model.path() + "/config.json"));
        for (const char* key : {"dtype", "rope_parameters", "_name_or_path", "_model_name_or_path"}) {
            merged.erase(key);
        }
        // generation_config.json may have added ids to eos; config.json keeps its own.
        for (const auto& [key, value] : ours.items()) {
            if (key != "eos_token_id" && key != "attention_dropout" && key != "initializer_range" &&
                key != "use_cache") {
                merged[key] = value;
            }
        }
    } else {
        merged = ours;
    }
    std::vector<std::string> keys;
    for (const auto& [key, value] : merged.items()) {
        keys.push_back(key);
    }
    std::sort(keys.begin(), keys.end());
    Json sorted = Json::object();
    for (const std::string& key : keys) {
        sorted[key] = merged[key];
    }
    return writeFileAtomic(folder + "/config.json", dumpJsonPretty(sorted));
}

Result<void> writeGgufCompanions(const ModelFiles& model, const std::string& folder) {
    const ModelConfig& config = model.config();
    Json generation = Json::object();
    generation["_from_model_config"] = true;
    generation["bos_token_id"] = config.bos ? Json(*config.bos) : Json();
    generation["eos_token_id"] = config.eos.empty()       ? Json()
                                 : config.eos.size() == 1 ? Json(config.eos.front())
                                                          : Json(config.eos);
    generation["pad_token_id"] = config.pad ? Json(*config.pad) : Json();
    FETTLE_TRY(writeFileAtomic(folder + "/generation_config.json", dumpJsonPretty(generation)));
    FETTLE_TRY_VALUE(const auto file, openGguf(model.path()));
    auto tokenizer = tokenizerFilesFromGguf(*file, config);
    if (!tokenizer) {
        return std::move(tokenizer).error().at(model.path());
    }
    if (!tokenizer.value().reason.empty()) {
        logWarning(model.path() + ": no tokenizer files are written beside the weights: " + tokenizer.value().reason);
    }
    for (const auto& [name, contents] : tokenizer.value().files) {
        FETTLE_TRY(writeFileAtomic(folder + '/' + name, contents));
    }
    return {};
}

/// Copies the tokenizer files and puts the chat template in both places where readers look for it.
Result<void> copyCompanions(const ModelFiles& model, const std::string& folder) {
    const std::string from = model.path() + '/';
    for (const char* name : kTokenizerFiles) {
        if (fileExists(from + name)) {
            FETTLE_TRY_VALUE(const std::string contents, readFile(from + name));
            FETTLE_TRY(writeFileAtomic(folder + '/' + name, contents));
        }
    }
    const std::string templates = from + "additional_chat_templates";
    if (folderExists(templates)) {
        FETTLE_TRY(makeFolders(folder + "/additional_chat_templates"));
        std::error_code status;
        for (const auto& entry : std::filesystem::directory_iterator(templates, status)) {
            FETTLE_TRY_VALUE(const std::string contents, readFile(entry.path().string()));
            FETTLE_TRY(
                writeFileAtomic(folder + "/additional_chat_templates/" + entry.path().filename().string(), contents));
        }
    }
    std::string chatTemplate;
    if (fileExists(from + "chat_template.jinja")) {
        FETTLE_TRY_VALUE(chatTemplate, readFile(from + "chat_template.jinja"));
    }
    std::string settingsText;
    if (fileExists(from + "tokenizer_config.json")) {
        FETTLE_TRY_VALUE(settingsText, readFile(from + "tokenizer_config.json"));
        auto settings = parseJson(settingsText);
        if (!settings || !settings.value().is_object()) {
            return makeError(ErrorCode::Parse, "not a JSON object").at(from + "tokenizer_config.json");
        }
        const auto inside = settings.value().find("chat_template");
        if (inside == settings.value().end() && !chatTemplate.empty()) {
            settings.value()["chat_template"] = chatTemplate;
            settingsText = dumpJsonPretty(settings.value());
        } else if (inside != settings.value().end() && inside->is_string() && chatTemplate.empty()) {
            chatTemplate = inside->get<std::string>();
        }
        FETTLE_TRY(writeFileAtomic(folder + "/tokenizer_config.json", settingsText));
    }
    return chatTemplate.empty() ? Result<void>() : writeFileAtomic(folder + "/chat_template.jinja", chatTemplate);
}

Result<void> writeWeights(const ModelFiles& model, const std::string& path) {
    std::vector<TensorToStream> tensors;
    for (const std::string& name : model.names()) {
        FETTLE_TRY_VALUE(const DataType stored, model.type(name));
        const DataType type = exportType(stored);
        FETTLE_TRY_VALUE(std::vector<std::int64_t> shape, model.shape(name));
        std::int64_t count = 1;
        for (const std::int64_t extent : shape) {
            count *= extent;
        }
        const auto values = static_cast<std::size_t>(count);
        const auto produce = [&model, name, type, values](const ByteSink& sink) -> Result<void> {
            if (type == DataType::BF16) {
                std::vector<std::uint16_t> buffer(values);
                FETTLE_TRY(model.readBf16(name, buffer));
                return sink(std::as_bytes(std::span<const std::uint16_t>(buffer)));
            }
            std::vector<float> buffer(values);
            FETTLE_TRY(model.readFloat(name, buffer));
            if (type == DataType::F32) {
                return sink(std::as_bytes(std::span<const float>(buffer)));
            }
            std::vector<std::byte> bytes(values * typeTraits(type).blockBytes);
            FETTLE_TRY(encodeFromFloat(type, buffer, bytes));
            return sink(bytes);
        };
        tensors.push_back({name, type, std::move(shape), produce});
    }
    return streamSafetensors(path, std::move(tensors));
}

Result<void> writeAll(const ModelFiles& model, const std::string& folder) {
    FETTLE_TRY_VALUE(const DataType weights, weightsType(model));
    FETTLE_TRY(writeCompanionFiles(model, folder, weights));
    FETTLE_TRY(writeWeights(model, folder + "/model.safetensors"));
    model.dropPages();
    return {};
}

} // namespace

Result<void> writeCompanionFiles(const ModelFiles& model, const std::string& folder, DataType weights) {
    FETTLE_TRY(writeConfig(model, folder, weights));
    return model.isGguf() ? writeGgufCompanions(model, folder) : copyCompanions(model, folder);
}

Result<void> exportHuggingFaceFolder(const ModelFiles& model, const std::string& out) {
    std::string target = out;
    while (target.size() > 1 && target.back() == '/') {
        target.pop_back();
    }
    std::error_code status;
    const bool exists = fileExists(target);
    if (exists && (!folderExists(target) || !std::filesystem::is_empty(target, status))) {
        return makeError(ErrorCode::Busy, "exists already and is not empty",
                         "Choose another folder, or remove this one.")
            .at(target);
    }
    FETTLE_TRY_VALUE(const std::uint64_t room, freeDiskBytes(target));
    const std::uint64_t needed =
        static_cast<std::uint64_t>(model.config().parameterCount()) * 4 + (std::uint64_t{32} << 20U);
    if (room < needed) {
        return makeError(ErrorCode::DiskFull,
                         "the folder needs up to " + std::to_string(needed) + " bytes, " + std::to_string(room) +
                             " are free",
                         "Free some space on this disk and try again.")
            .at(target);
    }
    const std::string temporary = target + ".part-" + std::to_string(::getpid());
    FETTLE_TRY(removeAll(temporary));
    FETTLE_TRY(makeFolders(temporary));
    auto written = writeAll(model, temporary);
    if (written && exists) {
        std::filesystem::remove(target, status); // empty: checked above
    }
    if (written) {
        written = publishFolder(temporary, target);
        if (!written && exists && !fileExists(target)) {
            std::filesystem::create_directory(target, status);
        }
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
