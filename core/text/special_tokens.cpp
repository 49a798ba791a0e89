// Special tokens by configuration and by name.
#include "text/special_tokens.h"

#include "base/json.h"
#include "base/utf8.h"

#include <algorithm>

namespace fettle::text {
namespace {

// Names under which models publish the end of a text; the first that a vocabulary has counts when its configuration
// names none.
constexpr const char* kEndOfText[] = {"<|endoftext|>", "<|end_of_text|>", "</s>", "<eos>", "<｜end▁of▁sentence｜>"};
// Names under which they publish the end of an answer: generation stops at each that the vocabulary has.
constexpr const char* kEndOfAnswer[] = {"<|im_end|>", "<|eot_id|>", "<|eom_id|>",      "<end_of_turn>",
                                        "<turn|>",    "<|end|>",    "<|end_of_turn|>", "<|eot|>",
                                        "<|return|>", "<|call|>",   "<|endoftext|>",   "<|end_of_text|>"};

Result<std::optional<std::string>> tokenText(const Json& config, const char* key) {
    const auto found = config.find(key);
    if (found == config.end() || found->is_null()) {
        return std::optional<std::string>();
    }
    if (found->is_string()) {
        return std::optional<std::string>(found->get<std::string>());
    }
    if (found->is_object()) {
        auto content = jsonString(*found, "content");
        if (!content) {
            content.error().key = std::string(key) + ".content";
            return std::move(content).error();
        }
        return std::optional<std::string>(std::move(content).value());
    }
    return makeError(ErrorCode::InvalidInput,
                     std::string("expected text or an object with \"content\", found ") + found->type_name())
        .forKey(key);
}

Result<std::optional<bool>> flag(const Json& config, const char* key) {
    const auto found = config.find(key);
    if (found == config.end() || found->is_null()) {
        return std::optional<bool>();
    }
    FETTLE_TRY_VALUE(const bool value, jsonBool(config, key));
    return std::optional<bool>(value);
}

} // namespace

Result<void> checkEncodable(std::string_view utf8) {
    if (utf8.size() > UINT32_MAX / 2) {
        return makeError(ErrorCode::InvalidInput, "the text is longer than 2 GiB", "Split it into several rows.");
    }
    if (const auto bad = firstInvalidUtf8(utf8)) {
        return makeError(ErrorCode::Parse, "not valid UTF-8 at byte " + std::to_string(*bad),
                         "Convert the text to UTF-8, or remove the bytes that are none.");
    }
    return {};
}

Result<TokenizerConfig> readTokenizerConfig(std::string_view bytes) {
    TokenizerConfig out;
    if (bytes.empty()) {
        return out;
    }
    FETTLE_TRY_VALUE(const Json config, parseJson(bytes));
    if (!config.is_object()) {
        return makeError(ErrorCode::InvalidInput, "tokenizer_config.json must hold an object");
    }
    FETTLE_TRY_VALUE(out.bos, tokenText(config, "bos_token"));
    FETTLE_TRY_VALUE(out.eos, tokenText(config, "eos_token"));
    FETTLE_TRY_VALUE(out.unk, tokenText(config, "unk_token"));
    FETTLE_TRY_VALUE(out.pad, tokenText(config, "pad_token"));
    FETTLE_TRY_VALUE(out.addBos, flag(config, "add_bos_token"));
    FETTLE_TRY_VALUE(out.addEos, flag(config, "add_eos_token"));
    return out;
}

SpecialTokens specialTokens(const TokenizerConfig& config, SpecialTokens known,
                            const std::function<std::optional<TokenId>(std::string_view)>& find) {
    const auto resolve = [&find](const std::optional<std::string>& text, std::optional<TokenId>& id) {
        if (text) {
            if (const auto found = find(*text)) {
                id = found;
            }
        }
    };
    resolve(config.bos, known.bos);
    resolve(config.eos, known.eos);
    resolve(config.unk, known.unk);
    resolve(config.pad, known.pad);
    for (const char* name : kEndOfText) {
        if (known.eos) {
            break;
        }
        known.eos = find(name);
    }
    const auto stopAt = [&known](std::optional<TokenId> id) {
        if (id && std::find(known.stop.begin(), known.stop.end(), *id) == known.stop.end()) {
            known.stop.push_back(*id);
        }
    };
    std::vector<TokenId> given;
    given.swap(known.stop);
    stopAt(known.eos);
    for (const TokenId id : given) {
        stopAt(id);
    }
    for (const char* name : kEndOfAnswer) {
        stopAt(find(name));
    }
    return known;
}

} // namespace fettle::text
