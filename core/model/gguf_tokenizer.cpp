// Tokenizer files for a Hugging Face folder, built from the metadata of a GGUF file: byte-level BPE with the
// pre-tokenizer that `tokenizer.ggml.pre` names.
#include "base/utf8.h"
#include "model/model_layout.h"

#include <unordered_set>

namespace fettle::model {
namespace {

enum TokenKind : std::int64_t { kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4, kUnused = 5, kByte = 6 };

/// How text is cut before merging. `pattern` empty: the GPT-2 pattern that ByteLevel holds itself.
struct PreTokenizer {
    const char* pattern = "";
    bool singleDigits = false; // every digit alone, before anything else
    bool ignoreMerges = false; // a piece that is in the vocabulary is taken whole
    const char* normalizer = nullptr;
};

std::optional<PreTokenizer> preTokenizerNamed(const std::string& pre) {
    constexpr const char* kLlama3 =
        R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
    constexpr const char* kQwen2 =
        R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
    if (pre == "smollm") {
        return PreTokenizer{"", true, false, nullptr};
    }
    if (pre == "gpt-2" || pre == "gpt2") {
        return PreTokenizer{};
    }
    if (pre == "llama-bpe" || pre == "llama3" || pre == "llama-v3") {
        return PreTokenizer{kLlama3, false, true, nullptr};
    }
    if (pre == "qwen2") {
        return PreTokenizer{kQwen2, false, false, "NFC"};
    }
    return std::nullopt;
}

Json byteLevel(bool addPrefixSpace, bool useRegex) {
    return Json{
        {"type", "ByteLevel"}, {"add_prefix_space", addPrefixSpace}, {"trim_offsets", true}, {"use_regex", useRegex}};
}

Json preTokenizerJson(const PreTokenizer& pre) {
    Json steps = Json::array();
    if (pre.singleDigits) {
        steps.push_back(Json{{"type", "Digits"}, {"individual_digits", true}});
    }
    const bool own = *pre.pattern != '\0';
    if (own) {
        steps.push_back(Json{
            {"type", "Split"}, {"pattern", Json{{"Regex", pre.pattern}}}, {"behavior", "Isolated"}, {"invert", false}});
    }
    steps.push_back(byteLevel(false, !own));
    return steps.size() == 1 ? steps.front() : Json{{"type", "Sequence"}, {"pretokenizers", steps}};
}

/// Text with BOS before and EOS after it, where the metadata asks for them.
Json postProcessor(const std::optional<std::pair<std::int64_t, std::string>>& bos,
                   const std::optional<std::pair<std::int64_t, std::string>>& eos) {
    if (!bos && !eos) {
        return nullptr;
    }
    Json single = Json::array();
    Json pair = Json::array();
    Json specials = Json::object();
    const auto frame = [&](const std::pair<std::int64_t, std::string>& token, int sequence) {
        specials[token.second] =
            Json{{"id", token.second}, {"ids", Json::array({token.first})}, {"tokens", Json::array({token.second})}};
        return Json{{"SpecialToken", Json{{"id", token.second}, {"type_id", sequence}}}};
    };
    for (const char* name : {"A", "B"}) {
        const int sequence = *name == 'A' ? 0 : 1;
        Json part = Json::array();
        if (bos) {
            part.push_back(frame(*bos, sequence));
        }
        part.push_back(Json{{"Sequence", Json{{"id", name}, {"type_id", sequence}}}});
        if (eos) {
            part.push_back(frame(*eos, sequence));
        }
        pair.insert(pair.end(), part.begin(), part.end());
        if (sequence == 0) {
            single = part;
        }
    }
    return Json{{"type", "TemplateProcessing"}, {"single", single}, {"pair", pair}, {"special_tokens", specials}};
}

Error bad(const char* key, std::string message) {
    return makeError(ErrorCode::InvalidInput, std::move(message)).forKey(key);
}

struct Tables {
    const std::vector<std::string>* tokens = nullptr;
    const std::vector<std::string>* merges = nullptr;
    std::vector<std::int64_t> kinds;
};

Result<Tables> readTables(const GgufFile& file) {
    Tables out;
    const GgufArray* tokens = file.array("tokenizer.ggml.tokens");
    if (tokens == nullptr || tokens->strings.empty()) {
        return bad("tokenizer.ggml.tokens", "a list of texts is missing");
    }
    const GgufArray* merges = file.array("tokenizer.ggml.merges");
    if (merges == nullptr) {
        return bad("tokenizer.ggml.merges", "a list of texts is missing");
    }
    out.tokens = &tokens->strings;
    out.merges = &merges->strings;
    if (const GgufArray* kinds = file.array("tokenizer.ggml.token_type")) {
        if (kinds->integers.size() != out.tokens->size()) {
            return bad("tokenizer.ggml.token_type", "must have one number a token");
        }
        out.kinds = kinds->integers;
    } else {
        out.kinds.assign(out.tokens->size(), kNormal);
    }
    std::unordered_set<std::string_view> seen;
    for (const std::string& token : *out.tokens) {
        if (firstInvalidUtf8(token)) {
            return bad("tokenizer.ggml.tokens", "a token is not UTF-8");
        }
        if (!seen.insert(token).second) {
            return bad("tokenizer.ggml.tokens", "the token '" + token + "' occurs twice");
        }
    }
    return out;
}

/// A merge is "a b"; byte-level pieces hold no space, so there is exactly one.
Result<Json> mergesJson(const std::vector<std::string>& merges) {
    Json out = Json::array();
    for (const std::string& merge : merges) {
        const std::size_t space = merge.find(' ');
        if (space == std::string::npos || space == 0 || space + 1 == merge.size() ||
            merge.find(' ', space + 1) != std::string::npos || firstInvalidUtf8(merge)) {
            return bad("tokenizer.ggml.merges", "'" + replaceInvalidUtf8(merge) + "' is no pair of pieces");
        }
        out.push_back(merge);
    }
    return out;
}

Json addedTokens(const Tables& tables) {
    Json out = Json::array();
    for (std::size_t i = 0; i < tables.tokens->size(); ++i) {
        if (tables.kinds[i] != kControl && tables.kinds[i] != kUserDefined && tables.kinds[i] != kUnknown) {
            continue;
        }
        out.push_back(Json{{"id", i},
                           {"content", (*tables.tokens)[i]},
                           {"single_word", false},
                           {"lstrip", false},
                           {"rstrip", false},
                           {"normalized", false},
                           {"special", tables.kinds[i] != kUserDefined}});
    }
    return out;
}

} // namespace

Result<TokenizerFiles> tokenizerFilesFromGguf(const GgufFile& file, const ModelConfig& config) {
    TokenizerFiles out;
    const auto model = file.text("tokenizer.ggml.model");
    if (!model || *model != "gpt2") {
        out.reason = model ? "tokenizers of kind '" + *model + "' are not written" : "the file holds no tokenizer";
        return out;
    }
    const std::string preName = file.text("tokenizer.ggml.pre").value_or("default");
    const auto pre = preTokenizerNamed(preName);
    if (!pre) {
        out.reason = "the pre-tokenizer '" + preName + "' is not known";
        return out;
    }
    FETTLE_TRY_VALUE(const Tables tables, readTables(file));
    FETTLE_TRY_VALUE(Json merges, mergesJson(*tables.merges));

    using Special = std::optional<std::pair<std::int64_t, std::string>>;
    const auto special = [&](const char* key) -> Result<Special> {
        const auto id = file.integer(key);
        if (!id) {
            return Special();
        }
        if (*id < 0 || *id >= static_cast<std::int64_t>(tables.tokens->size())) {
            return bad(key, "names no token");
        }
        return Special({*id, (*tables.tokens)[static_cast<std::size_t>(*id)]});
    };
    FETTLE_TRY_VALUE(const Special bos, special("tokenizer.ggml.bos_token_id"));
    FETTLE_TRY_VALUE(const Special eos, special("tokenizer.ggml.eos_token_id"));
    FETTLE_TRY_VALUE(const Special unknown, special("tokenizer.ggml.unknown_token_id"));
    FETTLE_TRY_VALUE(const Special pad, special("tokenizer.ggml.padding_token_id"));
    const bool addBos = file.boolean("tokenizer.ggml.add_bos_token")
                            .value_or(pre->ignoreMerges); // Llama 3 files of old leave the key out and mean yes
    const bool addEos = file.boolean("tokenizer.ggml.add_eos_token").value_or(false);

    Json vocabulary = Json::object();
    auto& entries = vocabulary.get_ref<Json::object_t&>();
    entries.reserve(tables.tokens->size()); // appended directly: look-up in an ordered object is linear, and the names
                                            // were checked to differ
    for (std::size_t i = 0; i < tables.tokens->size(); ++i) {
        entries.Container::emplace_back((*tables.tokens)[i], Json(i));
    }
    Json tokenizer = Json::object();
    tokenizer["version"] = "1.0";
    tokenizer["truncation"] = nullptr;
    tokenizer["padding"] = nullptr;
    tokenizer["added_tokens"] = addedTokens(tables);
    tokenizer["normalizer"] = pre->normalizer == nullptr ? Json() : Json{{"type", pre->normalizer}};
    tokenizer["pre_tokenizer"] = preTokenizerJson(*pre);
    tokenizer["post_processor"] = postProcessor(addBos ? bos : Special(), addEos ? eos : Special());
    tokenizer["decoder"] = byteLevel(true, true);
    Json& bpe = tokenizer["model"];
    bpe["type"] = "BPE";
    bpe["dropout"] = nullptr;
    bpe["unk_token"] = nullptr; // bytes without an entry give no token, as in the originals
    bpe["continuing_subword_prefix"] = nullptr;
    bpe["end_of_word_suffix"] = nullptr;
    bpe["fuse_unk"] = false;
    bpe["byte_fallback"] = false;
    bpe["ignore_merges"] = pre->ignoreMerges;
    bpe["vocab"] = std::move(vocabulary);
    bpe["merges"] = std::move(merges);

    Json settings = Json::object();
    settings["add_bos_token"] = addBos && bos.has_value();
    settings["add_prefix_space"] = false;
    const std::pair<const char*, const Special*> named[] = {
        {"bos_token", &bos}, {"eos_token", &eos}, {"pad_token", &pad}, {"unk_token", &unknown}};
    for (const auto& [name, token] : named) {
        if (*token) {
            settings[name] = (*token)->second;
        }
    }
    const auto chatTemplate = file.text("tokenizer.chat_template");
    if (chatTemplate) {
        settings["chat_template"] = *chatTemplate;
    }
    settings["clean_up_tokenization_spaces"] = false;
    settings["model_max_length"] = config.maxPositions;
    settings["tokenizer_class"] = "PreTrainedTokenizerFast";

    out.files.emplace_back("tokenizer.json", dumpJsonPretty(tokenizer));
    out.files.emplace_back("tokenizer_config.json", dumpJsonPretty(settings));
    if (chatTemplate) {
        out.files.emplace_back("chat_template.jinja", *chatTemplate);
    }
    return out;
}

} // namespace fettle::model
