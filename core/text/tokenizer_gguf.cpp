// Tokenizers from GGUF metadata. The file names its pre-tokenizer only; the expressions behind the names stand here.
#include "text/json_reader.h"
#include "text/special_tokens.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace fettle::text {
namespace {

#define FETTLE_CONTRACTIONS "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
#define FETTLE_UPPER "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]"
#define FETTLE_LOWER "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]"
#define FETTLE_TAIL "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

constexpr const char* kNumber = "\\p{N}";
constexpr const char* kThreeNumbers = "\\p{N}{1,3}";
constexpr const char* kLlama3 =
    FETTLE_CONTRACTIONS "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" FETTLE_TAIL;
constexpr const char* kQwen2 =
    FETTLE_CONTRACTIONS "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" FETTLE_TAIL;
constexpr const char* kQwen35 = FETTLE_CONTRACTIONS
    "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|" FETTLE_TAIL;
constexpr const char* kO200k = "[^\\r\\n\\p{L}\\p{N}]?" FETTLE_UPPER "*" FETTLE_LOWER "+" FETTLE_CONTRACTIONS
                               "?|[^\\r\\n\\p{L}\\p{N}]?" FETTLE_UPPER "+" FETTLE_LOWER "*" FETTLE_CONTRACTIONS
                               "?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" FETTLE_TAIL;
constexpr const char* kTekken =
    "[^\\r\\n\\p{L}\\p{N}]?" FETTLE_UPPER "*" FETTLE_LOWER "+|[^\\r\\n\\p{L}\\p{N}]?" FETTLE_UPPER "+" FETTLE_LOWER
    "*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" FETTLE_TAIL;
constexpr const char* kDeepseekHan = "[一-龥\xE3\x81\x80-\xE3\x82\x9F\xE3\x82\xA0-\xE3\x83\xBF]+";
constexpr const char* kDeepseekWords =
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| "
    "?[\\p{P}\\p{S}]+[\\r\\n]*|" FETTLE_TAIL;

#undef FETTLE_CONTRACTIONS
#undef FETTLE_UPPER
#undef FETTLE_LOWER
#undef FETTLE_TAIL

struct PreRule {
    std::vector<const char*> expressions; // each cuts the pieces of the one before; matches stand alone
    bool ignoreMerges = false;
    bool composed = false; // NFC first
};

const std::map<std::string, PreRule, std::less<>>& preRules() {
    static const std::map<std::string, PreRule, std::less<>> rules = [] {
        std::map<std::string, PreRule, std::less<>> out;
        const auto set = [&out](std::initializer_list<const char*> names, const PreRule& rule) {
            for (const char* name : names) {
                out[name] = rule;
            }
        };
        set({"gpt2", "gpt-2", "phi-2", "olmo", "roberta-bpe"}, {{gpt2Expression()}});
        set({"smollm", "starcoder", "refact", "command-r", "codeshell"}, {{kNumber, gpt2Expression()}});
        set({"llama3", "llama-v3", "llama-bpe", "falcon3"}, {{kLlama3}, true});
        set({"smaug-bpe", "dbrx"}, {{kLlama3}});
        set({"qwen2", "deepseek-r1-qwen"}, {{kQwen2}, false, true});
        set({"qwen35"}, {{kQwen35}, false, true});
        set({"gpt-4o", "llama4"}, {{kO200k}});
        set({"tekken"}, {{kTekken}, true});
        set({"deepseek-v3"}, {{kThreeNumbers, kDeepseekHan, kDeepseekWords}});
        return out;
    }();
    return rules;
}

std::string preNames() {
    std::string out;
    for (const auto& [name, rule] : preRules()) {
        out += (out.empty() ? "" : ", ") + name;
    }
    return out;
}

Result<void> addVocabulary(const GgufVocabulary& file, TokenizerParts& parts) {
    if (file.tokens.empty()) {
        return makeError(ErrorCode::InvalidInput, "the vocabulary is empty").forKey("tokenizer.ggml.tokens");
    }
    if (!file.tokenTypes.empty() && file.tokenTypes.size() != file.tokens.size()) {
        return makeError(ErrorCode::InvalidInput, std::to_string(file.tokenTypes.size()) + " types for " +
                                                      std::to_string(file.tokens.size()) + " tokens")
            .forKey("tokenizer.ggml.token_type");
    }
    parts.model.vocabulary.reserve(file.tokens.size());
    for (std::size_t i = 0; i < file.tokens.size(); ++i) {
        const auto id = static_cast<TokenId>(i);
        const std::string& piece = file.tokens[i];
        const std::int32_t type = file.tokenTypes.empty() ? 1 : file.tokenTypes[i];
        Result<void> added = parts.model.vocabulary.add(piece, id);
        // Fillers repeat a name now and then; the first keeps it.
        if (!added && (i > static_cast<std::size_t>(kLargestTokenId) || !parts.model.vocabulary.find(piece))) {
            return std::move(added.error().forKey("tokenizer.ggml.tokens[" + std::to_string(i) + "]"));
        }
        if (added && (type == 3 || type == 4) && !piece.empty()) {
            AddedToken token;
            token.id = id;
            token.content = piece;
            token.special = type == 3;
            parts.added.push_back(std::move(token));
        }
    }
    return {};
}

Result<void> addMergesOfFile(const GgufVocabulary& file, BpeModel& model) {
    model.reserveMerges(file.merges.size());
    for (std::size_t i = 0; i < file.merges.size(); ++i) {
        const std::string& text = file.merges[i];
        const std::string key = "tokenizer.ggml.merges[" + std::to_string(i) + "]";
        // A piece may hold a blank itself only at its beginning, so the blank between them is the first that is not the
        // first byte.
        const std::size_t blank = text.find(' ', 1);
        if (blank == std::string::npos) {
            return makeError(ErrorCode::InvalidInput, "expected two pieces and a blank, found '" + text + "'")
                .forKey(key);
        }
        const std::string left = text.substr(0, blank), right = text.substr(blank + 1), joined = left + right;
        const auto leftId = model.vocabulary.find(left), rightId = model.vocabulary.find(right),
                   mergedId = model.vocabulary.find(joined);
        if (!leftId || !rightId || !mergedId) {
            return makeError(ErrorCode::InvalidInput, "token '" +
                                                          (!leftId    ? left
                                                           : !rightId ? right
                                                                      : joined) +
                                                          "' is not in the vocabulary")
                .forKey(key);
        }
        model.addMerge(*leftId, *rightId, static_cast<std::uint32_t>(i), *mergedId);
    }
    return {};
}

// SentencePiece BPE has scores instead of merges: two pieces may join when the vocabulary has the result, the highest
// score first.
Result<void> addMergesOfScores(const GgufVocabulary& file, BpeModel& model) {
    if (file.scores.size() != file.tokens.size()) {
        return makeError(ErrorCode::InvalidInput, std::to_string(file.scores.size()) + " scores for " +
                                                      std::to_string(file.tokens.size()) + " tokens")
            .forKey("tokenizer.ggml.scores");
    }
    std::vector<float> ranked(file.scores);
    for (std::size_t i = 0; i < ranked.size(); ++i) {
        if (!std::isfinite(ranked[i])) {
            return makeError(ErrorCode::InvalidInput, "a score is no number")
                .forKey("tokenizer.ggml.scores[" + std::to_string(i) + "]");
        }
    }
    std::sort(ranked.begin(), ranked.end(), std::greater<>());
    ranked.erase(std::unique(ranked.begin(), ranked.end()), ranked.end());
    for (std::size_t i = 0; i < file.tokens.size(); ++i) {
        const std::int32_t type = file.tokenTypes.empty() ? 1 : file.tokenTypes[i];
        const auto merged = model.vocabulary.find(file.tokens[i]);
        if ((type != 1 && type != 4) || merged != static_cast<TokenId>(i)) {
            continue;
        }
        const std::string_view piece = file.tokens[i];
        const auto rank = static_cast<std::uint32_t>(
            std::lower_bound(ranked.begin(), ranked.end(), file.scores[i], std::greater<>()) - ranked.begin());
        for (std::size_t cut = 1; cut < piece.size(); ++cut) {
            if ((static_cast<unsigned char>(piece[cut]) & 0xC0U) == 0x80U) {
                continue;
            }
            const auto left = model.vocabulary.find(piece.substr(0, cut)),
                       right = model.vocabulary.find(piece.substr(cut));
            if (left && right) {
                model.addMerge(*left, *right, rank, *merged);
            }
        }
    }
    return {};
}

Result<SplitPattern> patternOf(const char* expression) {
    return SplitPattern::fromRegex(expression);
}

Result<void> makeByteLevel(const GgufVocabulary& file, TokenizerParts& parts) {
    const auto rule = preRules().find(file.pre);
    if (rule == preRules().end()) {
        return makeError(ErrorCode::Unsupported,
                         file.pre.empty() ? "the file does not name its pre-tokenizer"
                                          : "unknown pre-tokenizer '" + file.pre + "'",
                         "Known names: " + preNames() + ". Use the model's folder with tokenizer.json instead.")
            .forKey("tokenizer.ggml.pre");
    }
    FETTLE_TRY(addMergesOfFile(file, parts.model));
    if (rule->second.composed) {
        parts.normalizer.add(NormalForm::Nfc);
    }
    for (const char* expression : rule->second.expressions) {
        FETTLE_TRY_VALUE(SplitPattern pattern, patternOf(expression));
        parts.preTokenizer.add(
            SplitStep{std::make_shared<const SplitPattern>(std::move(pattern)), SplitBehavior::Isolated, false});
    }
    parts.model.options.byteLevel = true;
    parts.model.options.ignoreMerges = rule->second.ignoreMerges;
    parts.decoder.add(ByteLevelDecode{});
    parts.kind = "bpe";
    return {};
}

Result<void> makeScored(const GgufVocabulary& file, TokenizerParts& parts) {
    constexpr const char* kBlank = "\xE2\x96\x81";
    FETTLE_TRY(addMergesOfScores(file, parts.model));
    if (file.addSpacePrefix) {
        parts.normalizer.add(PrependStep{kBlank});
    }
    parts.normalizer.add(ReplaceStep{std::make_shared<const SplitPattern>(SplitPattern::fromString(" ")), kBlank});
    parts.model.options.byteFallback = true;
    parts.model.options.fuseUnknown = true;
    parts.model.options.unknown = file.unk;
    parts.decoder.add(ReplaceDecode{std::make_shared<const SplitPattern>(SplitPattern::fromString(kBlank)), " "});
    parts.decoder.add(ByteFallbackDecode{});
    parts.decoder.add(FuseDecode{});
    if (file.addSpacePrefix) {
        parts.decoder.add(StripDecode{" ", 1, 0});
    }
    parts.kind = "spm-bpe";
    return {};
}

} // namespace

Result<std::shared_ptr<const Tokenizer>> tokenizerFromGguf(const GgufVocabulary& vocabulary) {
    TokenizerParts parts;
    if (vocabulary.model != "gpt2" && vocabulary.model != "llama") {
        return makeError(ErrorCode::Unsupported, "tokenizer model '" + vocabulary.model + "'",
                         "Known models: gpt2, llama.")
            .forKey("tokenizer.ggml.model");
    }
    FETTLE_TRY(addVocabulary(vocabulary, parts));
    FETTLE_TRY(vocabulary.model == "gpt2" ? makeByteLevel(vocabulary, parts) : makeScored(vocabulary, parts));
    SpecialTokens known;
    known.bos = vocabulary.bos;
    known.eos = vocabulary.eos;
    known.unk = vocabulary.unk;
    known.pad = vocabulary.pad;
    if (vocabulary.eot) {
        known.stop.push_back(*vocabulary.eot);
    }
    if (vocabulary.addBos && vocabulary.bos) {
        parts.frameBefore.push_back(*vocabulary.bos);
    }
    if (vocabulary.addEos && vocabulary.eos) {
        parts.frameAfter.push_back(*vocabulary.eos);
    }
    parts.special = specialTokens({}, known, [&parts](std::string_view text) -> std::optional<TokenId> {
        const auto found = std::find_if(parts.added.begin(), parts.added.end(), [text](const AddedToken& token) {
            return token.special && token.content == text;
        });
        return found == parts.added.end() ? std::nullopt : std::optional(found->id);
    });
    return makeBpeTokenizer(std::move(parts));
}

} // namespace fettle::text
