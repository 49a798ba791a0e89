// Normalisers, pre-tokenizers, decoders and post-processors of tokenizer.json.
#include "text/json_reader.h"

#include "base/utf8.h"

namespace fettle::text {

JsonPlace JsonPlace::member(const char* key) const {
    JsonPlace out{nullptr, path.empty() ? std::string(key) : path + '.' + key};
    if (value != nullptr && value->is_object()) {
        const auto found = value->find(key);
        if (found != value->end() && !found->is_null()) {
            out.value = &*found;
        }
    }
    return out;
}

JsonPlace JsonPlace::element(std::size_t index) const {
    const Json& item = (*value)[index];
    return {item.is_null() ? nullptr : &item, path + '[' + std::to_string(index) + ']'};
}

Error JsonPlace::unsupported(const std::string& what) const {
    return makeError(ErrorCode::Unsupported, what, "This kind of tokenizer is not supported yet.").forKey(path);
}

namespace {

Error wrongType(const JsonPlace& place, const char* expected) {
    return place.error(ErrorCode::InvalidInput, place.value == nullptr ? std::string("missing; expected ") + expected
                                                                       : std::string("expected ") + expected +
                                                                             ", found " + place.value->type_name());
}

bool isOneCharacter(const std::string& text) {
    return !text.empty() && codePointAt(text, 0).size == text.size();
}

Result<std::string> oneCharacter(const JsonPlace& place, const char* fallback) {
    FETTLE_TRY_VALUE(std::string text, place.text(fallback));
    if (!isOneCharacter(text)) {
        return place.error(ErrorCode::InvalidInput, "expected one character, found '" + text + "'");
    }
    return text;
}

// The elements of a Sequence, each given to `read`.
template <class Read>
Result<void> each(const JsonPlace& list, const Read& read) {
    FETTLE_TRY_VALUE(const Json* items, list.array());
    for (std::size_t i = 0; i < items->size(); ++i) {
        FETTLE_TRY(read(list.element(i), i + 1 == items->size()));
    }
    return {};
}

Result<SplitBehavior> readBehavior(const JsonPlace& place, const char* fallback) {
    FETTLE_TRY_VALUE(const std::string name, place.text(fallback));
    if (name == "Isolated") {
        return SplitBehavior::Isolated;
    }
    if (name == "Removed") {
        return SplitBehavior::Removed;
    }
    if (name == "MergedWithPrevious") {
        return SplitBehavior::MergedWithPrevious;
    }
    if (name == "MergedWithNext") {
        return SplitBehavior::MergedWithNext;
    }
    if (name == "Contiguous") {
        return SplitBehavior::Contiguous;
    }
    return place.error(ErrorCode::InvalidInput, "unknown behaviour '" + name + "'");
}

Result<SplitStep> regexSplit(const JsonPlace& place, const std::string& expression, SplitBehavior behavior,
                             bool invert) {
    auto pattern = SplitPattern::fromRegex(expression);
    if (!pattern) {
        return std::move(pattern.error().forKey(place.path));
    }
    return SplitStep{std::make_shared<const SplitPattern>(std::move(pattern).value()), behavior, invert};
}

Result<std::string> metaspacePrepend(const JsonPlace& place) {
    const JsonPlace scheme = place.member("prepend_scheme");
    if (scheme.value == nullptr) { // older files: add_prefix_space
        FETTLE_TRY_VALUE(const bool prefix, place.member("add_prefix_space").flag(true));
        return std::string(prefix ? "always" : "never");
    }
    FETTLE_TRY_VALUE(std::string name, scheme.text());
    if (name != "always" && name != "first" && name != "never") {
        return scheme.error(ErrorCode::InvalidInput, "expected always, first or never, found '" + name + "'");
    }
    return name;
}

Result<void> readPreTokenizerStep(const JsonPlace& place, PreTokenizer& out, bool& byteLevel, bool last) {
    FETTLE_TRY_VALUE(const std::string type, place.member("type").text());
    if (type == "Sequence") {
        return each(place.member("pretokenizers"), [&](const JsonPlace& item, bool lastItem) {
            return readPreTokenizerStep(item, out, byteLevel, last && lastItem);
        });
    }
    if (type == "ByteLevel") {
        if (!last || byteLevel) {
            return place.unsupported("ByteLevel before other pre-tokenizers");
        }
        FETTLE_TRY_VALUE(const bool prefix, place.member("add_prefix_space").flag(true));
        FETTLE_TRY_VALUE(const bool regex, place.member("use_regex").flag(true));
        if (prefix) {
            out.add(PrefixSpaceStep{});
        }
        if (regex) {
            FETTLE_TRY_VALUE(SplitStep step, regexSplit(place, gpt2Expression(), SplitBehavior::Isolated, false));
            out.add(std::move(step));
        }
        byteLevel = true;
        return {};
    }
    if (type == "Split") {
        SplitStep step;
        FETTLE_TRY_VALUE(step.pattern, readPattern(place.member("pattern")));
        FETTLE_TRY_VALUE(step.behavior, readBehavior(place.member("behavior"), nullptr));
        FETTLE_TRY_VALUE(step.invert, place.member("invert").flag(false));
        out.add(std::move(step));
        return {};
    }
    if (type == "Digits") {
        FETTLE_TRY_VALUE(const bool individual, place.member("individual_digits").flag(false));
        out.add(CharacterSplitStep{CharacterSplitStep::Class::Number,
                                   individual ? SplitBehavior::Isolated : SplitBehavior::Contiguous});
        return {};
    }
    if (type == "Punctuation") {
        FETTLE_TRY_VALUE(const SplitBehavior behavior, readBehavior(place.member("behavior"), "Isolated"));
        out.add(CharacterSplitStep{CharacterSplitStep::Class::Punctuation, behavior});
        return {};
    }
    if (type == "WhitespaceSplit") {
        out.add(CharacterSplitStep{CharacterSplitStep::Class::WhiteSpace, SplitBehavior::Removed});
        return {};
    }
    if (type == "BertPreTokenizer") {
        out.add(CharacterSplitStep{CharacterSplitStep::Class::WhiteSpace, SplitBehavior::Removed});
        out.add(CharacterSplitStep{CharacterSplitStep::Class::Punctuation, SplitBehavior::Isolated});
        return {};
    }
    if (type == "Whitespace") {
        const std::string word = wordClassMembers();
        FETTLE_TRY_VALUE(SplitStep step,
                         regexSplit(place, "[" + word + "]+|[^\\s" + word + "]+", SplitBehavior::Removed, true));
        out.add(std::move(step));
        return {};
    }
    if (type == "CharDelimiterSplit") {
        FETTLE_TRY_VALUE(const std::string delimiter, oneCharacter(place.member("delimiter"), nullptr));
        out.add(SplitStep{std::make_shared<const SplitPattern>(SplitPattern::fromString(delimiter)),
                          SplitBehavior::Removed, false});
        return {};
    }
    if (type == "Metaspace") {
        MetaspaceStep step;
        FETTLE_TRY_VALUE(step.replacement, oneCharacter(place.member("replacement"), "\xE2\x96\x81"));
        FETTLE_TRY_VALUE(const std::string scheme, metaspacePrepend(place));
        step.prepend = scheme == "always"  ? MetaspaceStep::Prepend::Always
                       : scheme == "first" ? MetaspaceStep::Prepend::First
                                           : MetaspaceStep::Prepend::Never;
        FETTLE_TRY_VALUE(step.split, place.member("split").flag(true));
        out.add(std::move(step));
        return {};
    }
    return place.member("type").unsupported("pre-tokenizer '" + type + "'");
}

Result<void> readTokenPair(const JsonPlace& place, std::vector<TokenId>& out) {
    FETTLE_TRY_VALUE(const Json* pair, place.array());
    if (pair->size() != 2) {
        return place.error(ErrorCode::InvalidInput, "expected [token, id]");
    }
    FETTLE_TRY_VALUE(const std::int64_t id, place.element(1).integer(0, kLargestTokenId));
    out.push_back(static_cast<TokenId>(id));
    return {};
}

Result<void> readTemplate(const JsonPlace& place, std::vector<TokenId>& before, std::vector<TokenId>& after) {
    const JsonPlace specials = place.member("special_tokens");
    bool seen = false;
    Result<void> read = each(place.member("single"), [&](const JsonPlace& item, bool) -> Result<void> {
        FETTLE_TRY(item.object());
        if (item.member("Sequence").value != nullptr) {
            if (seen) {
                return item.unsupported("a template that takes the text twice");
            }
            seen = true;
            return {};
        }
        const JsonPlace name = item.member("SpecialToken").member("id");
        FETTLE_TRY_VALUE(const std::string token, name.text());
        const JsonPlace entry = specials.member(token.c_str());
        if (entry.value == nullptr) {
            return name.error(ErrorCode::InvalidInput, "'" + token + "' is not among special_tokens");
        }
        return each(entry.member("ids"), [&](const JsonPlace& id, bool) -> Result<void> {
            FETTLE_TRY_VALUE(const std::int64_t value, id.integer(0, kLargestTokenId));
            (seen ? after : before).push_back(static_cast<TokenId>(value));
            return {};
        });
    });
    if (!read) {
        return read;
    }
    if (!seen) {
        return place.member("single").error(ErrorCode::InvalidInput, "the template has no place for the text");
    }
    return {};
}

} // namespace

const char* gpt2Expression() {
    return "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
}

Result<std::string> JsonPlace::text() const {
    if (value == nullptr || !value->is_string()) {
        return wrongType(*this, "text");
    }
    return value->get<std::string>();
}

Result<std::string> JsonPlace::text(const char* fallback) const {
    return value == nullptr && fallback != nullptr ? Result<std::string>(std::string(fallback)) : text();
}

Result<bool> JsonPlace::flag(bool fallback) const {
    if (value == nullptr) {
        return fallback;
    }
    if (!value->is_boolean()) {
        return wrongType(*this, "true or false");
    }
    return value->get<bool>();
}

Result<std::int64_t> JsonPlace::integer(std::int64_t lowest, std::int64_t highest) const {
    if (value == nullptr || !value->is_number_integer()) {
        return wrongType(*this, "a whole number");
    }
    const bool tooLarge =
        value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(highest);
    const std::int64_t number = tooLarge ? highest : value->get<std::int64_t>();
    if (tooLarge || number < lowest || number > highest) {
        return error(ErrorCode::InvalidInput,
                     dumpJson(*value) + " is outside " + std::to_string(lowest) + " to " + std::to_string(highest));
    }
    return number;
}

Result<const Json*> JsonPlace::array() const {
    if (value == nullptr || !value->is_array()) {
        return wrongType(*this, "an array");
    }
    return value;
}

Result<void> JsonPlace::object() const {
    if (value == nullptr || !value->is_object()) {
        return wrongType(*this, "an object");
    }
    return {};
}

Result<std::shared_ptr<const SplitPattern>> readPattern(const JsonPlace& place) {
    FETTLE_TRY(place.object());
    if (const JsonPlace literal = place.member("String"); literal.value != nullptr) {
        FETTLE_TRY_VALUE(std::string text, literal.text());
        return std::make_shared<const SplitPattern>(SplitPattern::fromString(std::move(text)));
    }
    const JsonPlace regex = place.member("Regex");
    if (regex.value == nullptr) {
        return place.error(ErrorCode::InvalidInput, "expected \"String\" or \"Regex\"");
    }
    FETTLE_TRY_VALUE(const std::string expression, regex.text());
    auto pattern = SplitPattern::fromRegex(expression);
    if (!pattern) {
        return std::move(pattern.error().forKey(regex.path));
    }
    return std::make_shared<const SplitPattern>(std::move(pattern).value());
}

Result<void> readNormalizer(const JsonPlace& place, Normalizer& out) {
    if (place.value == nullptr) {
        return {};
    }
    FETTLE_TRY(place.object());
    FETTLE_TRY_VALUE(const std::string type, place.member("type").text());
    if (type == "Sequence") {
        return each(place.member("normalizers"),
                    [&out](const JsonPlace& item, bool) { return readNormalizer(item, out); });
    }
    if (type == "NFC" || type == "NFD" || type == "NFKC" || type == "NFKD") {
        out.add(type == "NFC"    ? NormalForm::Nfc
                : type == "NFD"  ? NormalForm::Nfd
                : type == "NFKC" ? NormalForm::Nfkc
                                 : NormalForm::Nfkd);
        return {};
    }
    if (type == "Lowercase") {
        out.add(LowercaseStep{});
        return {};
    }
    if (type == "Prepend") {
        FETTLE_TRY_VALUE(std::string what, place.member("prepend").text());
        out.add(PrependStep{std::move(what)});
        return {};
    }
    if (type == "Replace") {
        ReplaceStep step;
        FETTLE_TRY_VALUE(step.pattern, readPattern(place.member("pattern")));
        FETTLE_TRY_VALUE(step.by, place.member("content").text());
        out.add(std::move(step));
        return {};
    }
    if (type == "Strip") {
        StripStep step;
        FETTLE_TRY_VALUE(step.left, place.member("strip_left").flag(true));
        FETTLE_TRY_VALUE(step.right, place.member("strip_right").flag(true));
        out.add(step);
        return {};
    }
    return place.member("type").unsupported("normaliser '" + type + "'");
}

Result<void> readPreTokenizer(const JsonPlace& place, PreTokenizer& out, bool& byteLevel) {
    if (place.value == nullptr) {
        return {};
    }
    FETTLE_TRY(place.object());
    return readPreTokenizerStep(place, out, byteLevel, true);
}

Result<void> readDecoder(const JsonPlace& place, TokenDecoder& out) {
    if (place.value == nullptr) {
        return {};
    }
    FETTLE_TRY(place.object());
    FETTLE_TRY_VALUE(const std::string type, place.member("type").text());
    if (type == "Sequence") {
        return each(place.member("decoders"), [&out](const JsonPlace& item, bool) { return readDecoder(item, out); });
    }
    if (type == "ByteLevel") {
        out.add(ByteLevelDecode{});
    } else if (type == "ByteFallback") {
        out.add(ByteFallbackDecode{});
    } else if (type == "Fuse") {
        out.add(FuseDecode{});
    } else if (type == "Replace") {
        ReplaceDecode step;
        FETTLE_TRY_VALUE(step.pattern, readPattern(place.member("pattern")));
        FETTLE_TRY_VALUE(step.by, place.member("content").text());
        out.add(std::move(step));
    } else if (type == "Strip") {
        StripDecode step;
        FETTLE_TRY_VALUE(step.what, oneCharacter(place.member("content"), " "));
        FETTLE_TRY_VALUE(const std::int64_t start, place.member("start").integer(0, INT32_MAX));
        FETTLE_TRY_VALUE(const std::int64_t stop, place.member("stop").integer(0, INT32_MAX));
        step.start = static_cast<std::size_t>(start);
        step.stop = static_cast<std::size_t>(stop);
        out.add(std::move(step));
    } else if (type == "Metaspace") {
        MetaspaceDecode step;
        FETTLE_TRY_VALUE(step.replacement, oneCharacter(place.member("replacement"), "\xE2\x96\x81"));
        FETTLE_TRY_VALUE(const std::string scheme, metaspacePrepend(place));
        step.dropFirst = scheme != "never";
        out.add(std::move(step));
    } else if (type == "BPEDecoder") {
        SuffixDecode step;
        FETTLE_TRY_VALUE(step.suffix, place.member("suffix").text("</w>"));
        if (step.suffix.empty()) {
            return place.member("suffix").error(ErrorCode::InvalidInput, "expected text that is not empty");
        }
        out.add(std::move(step));
    } else {
        return place.member("type").unsupported("decoder '" + type + "'");
    }
    return {};
}

Result<void> readPostProcessor(const JsonPlace& place, std::vector<TokenId>& before, std::vector<TokenId>& after) {
    if (place.value == nullptr) {
        return {};
    }
    FETTLE_TRY(place.object());
    FETTLE_TRY_VALUE(const std::string type, place.member("type").text());
    if (type == "ByteLevel") { // trims offsets only; ours count the bytes as they are
        return {};
    }
    // Each processor of a sequence wraps what the ones before it made.
    std::vector<TokenId> outerBefore, outerAfter;
    if (type == "Sequence") {
        return each(place.member("processors"),
                    [&](const JsonPlace& item, bool) { return readPostProcessor(item, before, after); });
    }
    if (type == "TemplateProcessing") {
        FETTLE_TRY(readTemplate(place, outerBefore, outerAfter));
    } else if (type == "BertProcessing" || type == "RobertaProcessing") {
        FETTLE_TRY(readTokenPair(place.member("cls"), outerBefore));
        FETTLE_TRY(readTokenPair(place.member("sep"), outerAfter));
    } else {
        return place.member("type").unsupported("post-processor '" + type + "'");
    }
    before.insert(before.begin(), outerBefore.begin(), outerBefore.end());
    after.insert(after.end(), outerAfter.begin(), outerAfter.end());
    return {};
}

} // namespace fettle::text
