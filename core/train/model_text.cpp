// Tokenizer and chat template of a model, wherever a Hugging Face folder or a GGUF file keeps them.
#include "train/model_text.h"

#include "base/files.h"
#include "base/json.h"
#include "model/gguf.h"
#include "run/data_path.h"

#include <array>
#include <filesystem>

namespace fettle::train {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 7> kSpecialNames{"bos_token", "eos_token", "unk_token", "sep_token",
                                                   "pad_token", "cls_token", "mask_token"};

// A token stands as text or as {"content": text, …}.
std::optional<std::string> tokenText(const Json& value) {
    if (value.is_string()) {
        return value.get<std::string>();
    }
    if (value.is_object()) {
        const auto content = value.find("content");
        if (content != value.end() && content->is_string()) {
            return content->get<std::string>();
        }
    }
    return std::nullopt;
}

void addSpecialTokens(Json& variables, const Json& file) {
    if (!file.is_object()) {
        return;
    }
    for (const char* name : kSpecialNames) {
        const auto found = file.find(name);
        if (found == file.end()) {
            continue;
        }
        if (auto token = tokenText(*found)) {
            variables[name] = std::move(*token);
        }
    }
    const auto more = file.find("additional_special_tokens");
    if (more != file.end() && more->is_array()) {
        Json list = Json::array();
        for (const Json& item : *more) {
            if (auto token = tokenText(item)) {
                list.push_back(std::move(*token));
            }
        }
        variables["additional_special_tokens"] = std::move(list);
    }
}

// A template is text, or a list of named ones of which "default" is meant.
std::string templateIn(const Json& value) {
    if (value.is_string()) {
        return value.get<std::string>();
    }
    std::string chosen;
    if (value.is_array()) {
        for (const Json& item : value) {
            const std::string name = jsonString(item, "name", "").valueOr("");
            if (name == "default" || chosen.empty()) {
                chosen = jsonString(item, "template", "").valueOr(chosen);
            }
        }
    }
    return chosen;
}

Result<Json> readObject(const std::string& path) {
    if (!fileExists(path)) {
        return Json::object();
    }
    return readJsonFile(path);
}

Result<text::TextModel> fromFolder(const std::string& path) {
    const std::string folder = folderExists(path) ? path : fs::path(path).parent_path().string();
    text::TextModel out;
    FETTLE_TRY_VALUE(out.tokenizer, text::loadTokenizer(path));
    FETTLE_TRY_VALUE(const Json map, readObject(folder + "/special_tokens_map.json"));
    FETTLE_TRY_VALUE(const Json config, readObject(folder + "/tokenizer_config.json"));
    addSpecialTokens(out.templateVariables, map);
    addSpecialTokens(out.templateVariables, config);
    // In the order of the reference: a file of its own wins over the configuration.
    if (fileExists(folder + "/chat_template.jinja")) {
        FETTLE_TRY_VALUE(out.chatTemplateSource, readFile(folder + "/chat_template.jinja"));
    } else if (fileExists(folder + "/chat_template.json")) {
        FETTLE_TRY_VALUE(const Json own, readJsonFile(folder + "/chat_template.json"));
        if (own.is_object() && own.contains("chat_template")) {
            out.chatTemplateSource = templateIn(own["chat_template"]);
        }
    } else if (config.is_object() && config.contains("chat_template")) {
        out.chatTemplateSource = templateIn(config["chat_template"]);
    }
    return out;
}

std::optional<text::TokenId> idAt(const model::GgufFile& file, const char* key) {
    const auto id = file.integer(key);
    return id && *id >= 0 && *id <= INT32_MAX ? std::optional(static_cast<text::TokenId>(*id)) : std::nullopt;
}

Result<text::TextModel> fromGguf(const std::string& path) {
    FETTLE_TRY_VALUE(const auto file, model::openGguf(path));
    text::GgufVocabulary vocabulary;
    vocabulary.model = file->text("tokenizer.ggml.model").value_or("");
    vocabulary.pre = file->text("tokenizer.ggml.pre").value_or("");
    const model::GgufArray* tokens = file->array("tokenizer.ggml.tokens");
    if (tokens == nullptr || tokens->strings.empty()) {
        return makeError(ErrorCode::Unsupported, "holds no tokenizer",
                         "Use a GGUF file with its vocabulary, or the Hugging Face folder.")
            .at(path)
            .forKey("tokenizer.ggml.tokens");
    }
    vocabulary.tokens = tokens->strings;
    if (const auto* scores = file->array("tokenizer.ggml.scores")) {
        vocabulary.scores.reserve(scores->numbers.size());
        for (const double score : scores->numbers) {
            vocabulary.scores.push_back(static_cast<float>(score));
        }
    }
    if (const auto* types = file->array("tokenizer.ggml.token_type")) {
        vocabulary.tokenTypes.reserve(types->integers.size());
        for (const std::int64_t type : types->integers) {
            vocabulary.tokenTypes.push_back(static_cast<std::int32_t>(type));
        }
    }
    if (const auto* merges = file->array("tokenizer.ggml.merges")) {
        vocabulary.merges = merges->strings;
    }
    vocabulary.bos = idAt(*file, "tokenizer.ggml.bos_token_id");
    vocabulary.eos = idAt(*file, "tokenizer.ggml.eos_token_id");
    vocabulary.eot = idAt(*file, "tokenizer.ggml.eot_token_id");
    vocabulary.unk = idAt(*file, "tokenizer.ggml.unknown_token_id");
    vocabulary.pad = idAt(*file, "tokenizer.ggml.padding_token_id");
    vocabulary.addBos = file->boolean("tokenizer.ggml.add_bos_token").value_or(false);
    vocabulary.addEos = file->boolean("tokenizer.ggml.add_eos_token").value_or(false);
    vocabulary.addSpacePrefix = file->boolean("tokenizer.ggml.add_space_prefix").value_or(true);
    text::TextModel out;
    auto tokenizer = text::tokenizerFromGguf(vocabulary);
    if (!tokenizer) {
        tokenizer.error().file = path;
        return std::move(tokenizer).error();
    }
    out.tokenizer = std::move(tokenizer).value();
    const std::array<std::pair<const char*, std::optional<text::TokenId>>, 4> specials{{{"bos_token", vocabulary.bos},
                                                                                        {"eos_token", vocabulary.eos},
                                                                                        {"unk_token", vocabulary.unk},
                                                                                        {"pad_token", vocabulary.pad}}};
    for (const auto& [name, id] : specials) {
        if (id && static_cast<std::size_t>(*id) < vocabulary.tokens.size()) {
            out.templateVariables[name] = vocabulary.tokens[static_cast<std::size_t>(*id)];
        }
    }
    out.chatTemplateSource = file->text("tokenizer.chat_template").value_or("");
    file->dropPages();
    return out;
}

} // namespace

Result<text::TextModel> loadTextModel(const std::string& path) {
    const bool gguf = fs::path(path).extension() == ".gguf" && !folderExists(path);
    FETTLE_TRY_VALUE(text::TextModel out, gguf ? fromGguf(path) : fromFolder(path));
    if (!out.chatTemplateSource.empty()) {
        auto compiled = text::compileChatTemplate(out.chatTemplateSource);
        if (!compiled) {
            compiled.error().file = path;
            compiled.error().key = "chat_template";
            return std::move(compiled).error();
        }
        out.chatTemplate = std::move(compiled).value();
    }
    return out;
}

Result<text::TextModel> withRecipeTemplate(text::TextModel model, const recipe::Recipe& recipe,
                                           const std::string& baseFolder) {
    const std::string& choice = recipe.data.chatTemplate;
    if (choice == "model") {
        return model;
    }
    model.chatTemplate.reset();
    model.chatTemplateSource.clear();
    if (choice == "none") {
        return model;
    }
    auto path = run::resolveDataPath(choice, baseFolder);
    if (!path) {
        return std::move(path).error().forKey("data.template");
    }
    FETTLE_TRY_VALUE(model.chatTemplateSource, readFile(*path));
    auto compiled = text::compileChatTemplate(model.chatTemplateSource);
    if (!compiled) {
        compiled.error().file = *path;
        return std::move(compiled).error();
    }
    model.chatTemplate = std::move(compiled).value();
    return model;
}

} // namespace fettle::train
