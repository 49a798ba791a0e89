// tokenizer.json: vocabulary, merges and added tokens; the steps around them are read by json_reader.
#include "text/json_reader.h"
#include "text/special_tokens.h"

#include <algorithm>

namespace fettle::text {
namespace {

Result<void> readAddedTokens(const JsonPlace& place, std::vector<AddedToken>& out) {
    if (place.value == nullptr) {
        return {};
    }
    FETTLE_TRY_VALUE(const Json* list, place.array());
    for (std::size_t i = 0; i < list->size(); ++i) {
        const JsonPlace item = place.element(i);
        FETTLE_TRY(item.object());
        AddedToken token;
        FETTLE_TRY_VALUE(const std::int64_t id, item.member("id").integer(0, kLargestTokenId));
        token.id = static_cast<TokenId>(id);
        FETTLE_TRY_VALUE(token.content, item.member("content").text());
        FETTLE_TRY_VALUE(token.special, item.member("special").flag(false));
        FETTLE_TRY_VALUE(token.normalized, item.member("normalized").flag(!token.special));
        FETTLE_TRY_VALUE(token.singleWord, item.member("single_word").flag(false));
        FETTLE_TRY_VALUE(token.leftStrip, item.member("lstrip").flag(false));
        FETTLE_TRY_VALUE(token.rightStrip, item.member("rstrip").flag(false));
        out.push_back(std::move(token));
    }
    return {};
}

Result<void> readVocabulary(const JsonPlace& place, Vocabulary& out) {
    FETTLE_TRY(place.object());
    out.reserve(place.value->size());
    for (const auto& [piece, id] : place.value->items()) {
        const JsonPlace entry{&id, ""};
        Result<std::int64_t> number = entry.integer(0, kLargestTokenId);
        if (!number) {
            return std::move(number.error().forKey(place.path + '.' + piece));
        }
        Result<void> added = out.add(piece, static_cast<TokenId>(number.value()));
        if (!added) {
            return std::move(added.error().forKey(place.path + '.' + piece));
        }
    }
    return {};
}

Result<void> readMerges(const JsonPlace& place, BpeModel& model) {
    FETTLE_TRY_VALUE(const Json* list, place.array());
    model.reserveMerges(list->size());
    std::string joined;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const Json& item = (*list)[i];
        std::string_view left, right;
        if (item.is_string()) {
            const auto& text = item.get_ref<const std::string&>();
            if (i == 0 && text.compare(0, 8, "#version") == 0) {
                continue;
            }
            const std::size_t blank = text.find(' ');
            if (blank == std::string::npos || text.find(' ', blank + 1) != std::string::npos) {
                return place.element(i).error(ErrorCode::InvalidInput,
                                              "expected two pieces and one blank, found '" + text + "'");
            }
            left = std::string_view(text).substr(0, blank);
            right = std::string_view(text).substr(blank + 1);
        } else if (item.is_array() && item.size() == 2 && item[0].is_string() && item[1].is_string()) {
            left = item[0].get_ref<const std::string&>();
            right = item[1].get_ref<const std::string&>();
        } else {
            return place.element(i).error(ErrorCode::InvalidInput, "expected \"a b\" or [\"a\", \"b\"]");
        }
        joined.assign(left).append(right);
        const auto leftId = model.vocabulary.find(left), rightId = model.vocabulary.find(right),
                   mergedId = model.vocabulary.find(joined);
        if (!leftId || !rightId || !mergedId) {
            const std::string_view absent = !leftId ? left : !rightId ? right : std::string_view(joined);
            return place.element(i).error(ErrorCode::InvalidInput,
                                          "token '" + std::string(absent) + "' is not in the vocabulary");
        }
        model.addMerge(*leftId, *rightId, static_cast<std::uint32_t>(i), *mergedId);
    }
    return {};
}

Result<void> readModel(const JsonPlace& place, BpeModel& model) {
    FETTLE_TRY(place.object());
    // Files from before 0.9 have no "type"; BPE is then told by its merges.
    FETTLE_TRY_VALUE(const std::string type,
                     place.member("type").text(place.member("merges").value != nullptr ? "BPE" : nullptr));
    if (type != "BPE") {
        return place.member("type").unsupported("tokenizer model '" + type + "'");
    }
    for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
        FETTLE_TRY_VALUE(const std::string affix, place.member(key).text(""));
        if (!affix.empty()) {
            return place.member(key).unsupported("marked subwords ('" + affix + "')");
        }
    }
    if (const JsonPlace dropout = place.member("dropout"); dropout.value != nullptr) {
        if (!dropout.value->is_number()) {
            return dropout.error(ErrorCode::InvalidInput, "expected a number");
        }
        if (dropout.value->get<double>() != 0) {
            return dropout.unsupported("merges dropped at random");
        }
    }
    FETTLE_TRY_VALUE(model.options.byteFallback, place.member("byte_fallback").flag(false));
    FETTLE_TRY_VALUE(model.options.fuseUnknown, place.member("fuse_unk").flag(false));
    FETTLE_TRY_VALUE(model.options.ignoreMerges, place.member("ignore_merges").flag(false));
    FETTLE_TRY(readVocabulary(place.member("vocab"), model.vocabulary));
    FETTLE_TRY(readMerges(place.member("merges"), model));
    if (const JsonPlace unknown = place.member("unk_token"); unknown.value != nullptr) {
        FETTLE_TRY_VALUE(const std::string token, unknown.text());
        model.options.unknown = model.vocabulary.find(token);
        if (!model.options.unknown && !token.empty()) {
            return unknown.error(ErrorCode::InvalidInput, "token '" + token + "' is not in the vocabulary");
        }
    }
    return {};
}

} // namespace

Result<std::shared_ptr<const Tokenizer>> tokenizerFromJson(std::string_view bytes, std::string_view configBytes) {
    FETTLE_TRY_VALUE(const Json file, parseJson(bytes));
    const JsonPlace root{&file, ""};
    if (!file.is_object()) {
        return makeError(ErrorCode::InvalidInput, "a tokenizer file must hold an object");
    }
    TokenizerParts parts;
    FETTLE_TRY(readModel(root.member("model"), parts.model));
    FETTLE_TRY(readAddedTokens(root.member("added_tokens"), parts.added));
    FETTLE_TRY(readNormalizer(root.member("normalizer"), parts.normalizer));
    FETTLE_TRY(readPreTokenizer(root.member("pre_tokenizer"), parts.preTokenizer, parts.model.options.byteLevel));
    FETTLE_TRY(readDecoder(root.member("decoder"), parts.decoder));
    FETTLE_TRY(readPostProcessor(root.member("post_processor"), parts.frameBefore, parts.frameAfter));
    parts.kind = parts.model.options.byteLevel ? "bpe" : "spm-bpe";

    auto config = readTokenizerConfig(configBytes);
    if (!config) {
        config.error().file = "tokenizer_config.json";
        return std::move(config).error();
    }
    SpecialTokens known;
    known.unk = parts.model.options.unknown;
    if (!parts.frameBefore.empty()) {
        known.bos = parts.frameBefore.front();
    }
    if (!parts.frameAfter.empty()) {
        known.eos = parts.frameAfter.back();
    }
    parts.special = specialTokens(config.value(), known, [&parts](std::string_view text) -> std::optional<TokenId> {
        const auto found = std::find_if(parts.added.begin(), parts.added.end(),
                                        [text](const AddedToken& token) { return token.content == text; });
        return found == parts.added.end() ? std::nullopt : std::optional(found->id);
    });
    return makeBpeTokenizer(std::move(parts));
}

} // namespace fettle::text
