// Tokenizer files that lie, each beside its good twin: the error names the key and nothing crashes. Also vocabularies
// of GGUF files and SentencePiece models.
#include "small_tokenizer.h"
#include "support/temp_folder.h"
#include "tokenizer_cases.h"

#include <QTest>

#include <cstring>
#include <functional>

using namespace fettle;
using namespace fettle::test;
using text::TokenId;

namespace {

struct Lie {
    const char* name;
    std::function<void(Json&)> bend;
    ErrorCode code;
    const char* key; // of the error, "" = none
};

std::vector<Lie> lies() {
    const auto invalid = ErrorCode::InvalidInput, unsupported = ErrorCode::Unsupported;
    const auto split = [](const char* kind, const Json& pattern, const char* behavior) {
        return Json{{"type", "Sequence"},
                    {"pretokenizers", Json::array({Json{{"type", "Split"},
                                                        {"pattern", Json{{kind, pattern}}},
                                                        {"behavior", behavior},
                                                        {"invert", false}},
                                                   Json{{"type", "ByteLevel"}, {"use_regex", false}}})}};
    };
    return {
        {"no model", [](Json& j) { j.erase("model"); }, invalid, "model"},
        {"model is text", [](Json& j) { j["model"] = "BPE"; }, invalid, "model"},
        {"unigram", [](Json& j) { j["model"]["type"] = "Unigram"; }, unsupported, "model.type"},
        {"type is a number", [](Json& j) { j["model"]["type"] = 3; }, invalid, "model.type"},
        {"vocabulary is a list", [](Json& j) { j["model"]["vocab"] = Json::array({"a"}); }, invalid, "model.vocab"},
        {"no vocabulary", [](Json& j) { j["model"].erase("vocab"); }, invalid, "model.vocab"},
        {"id is text", [](Json& j) { j["model"]["vocab"]["hello"] = "7"; }, invalid, "model.vocab.hello"},
        {"id is a fraction", [](Json& j) { j["model"]["vocab"]["hello"] = 7.5; }, invalid, "model.vocab.hello"},
        {"id is negative", [](Json& j) { j["model"]["vocab"]["hello"] = -1; }, invalid, "model.vocab.hello"},
        {"id is huge", [](Json& j) { j["model"]["vocab"]["hello"] = 4000000000U; }, invalid, "model.vocab.hello"},
        {"id is beyond 64 bits", [](Json& j) { j["model"]["vocab"]["hello"] = 18446744073709551615U; }, invalid,
         "model.vocab.hello"},
        {"no merges", [](Json& j) { j["model"].erase("merges"); }, invalid, "model.merges"},
        {"merges is an object", [](Json& j) { j["model"]["merges"] = Json::object(); }, invalid, "model.merges"},
        {"merge of three",
         [](Json& j) {
             j["model"]["merges"][2] = Json::array({"h", "e", "l"});
         },
         invalid, "model.merges[2]"},
        {"merge of numbers",
         [](Json& j) {
             j["model"]["merges"][2] = Json::array({1, 2});
         },
         invalid, "model.merges[2]"},
        {"merge without blank", [](Json& j) { j["model"]["merges"][0] = "he"; }, invalid, "model.merges[0]"},
        {"merge with two blanks", [](Json& j) { j["model"]["merges"][0] = "h e l"; }, invalid, "model.merges[0]"},
        {"merge of an unknown token",
         [](Json& j) {
             j["model"]["merges"][1] = Json::array({"l", "\xC3\xA9"});
         },
         invalid, "model.merges[1]"},
        {"merge to an unknown token", [](Json& j) { j["model"]["merges"].push_back("x y"); }, invalid,
         "model.merges[5]"},
        {"unknown token is unknown", [](Json& j) { j["model"]["unk_token"] = "<unk>"; }, invalid, "model.unk_token"},
        {"dropout", [](Json& j) { j["model"]["dropout"] = 0.1; }, unsupported, "model.dropout"},
        {"dropout is text", [](Json& j) { j["model"]["dropout"] = "0"; }, invalid, "model.dropout"},
        {"marked subwords", [](Json& j) { j["model"]["continuing_subword_prefix"] = "##"; }, unsupported,
         "model.continuing_subword_prefix"},
        {"flag is a number", [](Json& j) { j["model"]["ignore_merges"] = 1; }, invalid, "model.ignore_merges"},
        {"added tokens is an object", [](Json& j) { j["added_tokens"] = Json::object(); }, invalid, "added_tokens"},
        {"added token is text", [](Json& j) { j["added_tokens"][1] = "</s>"; }, invalid, "added_tokens[1]"},
        {"added token without id", [](Json& j) { j["added_tokens"][1].erase("id"); }, invalid, "added_tokens[1].id"},
        {"added token without content", [](Json& j) { j["added_tokens"][1].erase("content"); }, invalid,
         "added_tokens[1].content"},
        {"added token of another id", [](Json& j) { j["added_tokens"][1]["id"] = 5; }, invalid, "added_tokens[1].id"},
        {"added token beyond all ids", [](Json& j) { j["added_tokens"][1]["id"] = 2147483647; }, invalid,
         "added_tokens[1].id"},
        {"normaliser is a list", [](Json& j) { j["normalizer"] = Json::array(); }, invalid, "normalizer"},
        {"normaliser without type", [](Json& j) { j["normalizer"] = Json::object(); }, invalid, "normalizer.type"},
        {"precompiled normaliser",
         [](Json& j) {
             j["normalizer"] = Json{{"type", "Precompiled"}};
         },
         unsupported, "normalizer.type"},
        {"sequence without list",
         [](Json& j) {
             j["normalizer"] = Json{{"type", "Sequence"}};
         },
         invalid, "normalizer.normalizers"},
        {"step in a sequence",
         [](Json& j) {
             j["normalizer"] =
                 Json{{"type", "Sequence"}, {"normalizers", Json::array({Json{{"type", "NFC"}}, Json{{"type", "X"}}})}};
         },
         unsupported, "normalizer.normalizers[1].type"},
        {"replace without content",
         [](Json& j) {
             j["normalizer"] = Json{{"type", "Replace"}, {"pattern", Json{{"String", " "}}}};
         },
         invalid, "normalizer.content"},
        {"replace without pattern",
         [](Json& j) {
             j["normalizer"] = Json{{"type", "Replace"}, {"content", ""}};
         },
         invalid, "normalizer.pattern"},
        {"pattern of no kind",
         [](Json& j) {
             j["normalizer"] = Json{{"type", "Replace"}, {"pattern", Json{{"Glob", "*"}}}, {"content", ""}};
         },
         invalid, "normalizer.pattern"},
        {"expression that does not compile",
         [split](Json& j) { j["pre_tokenizer"] = split("Regex", "(a", "Isolated"); }, invalid,
         "pre_tokenizer.pretokenizers[0].pattern.Regex"},
        {"expression with an unknown property",
         [split](Json& j) { j["pre_tokenizer"] = split("Regex", "\\p{Nope}", "Isolated"); }, invalid,
         "pre_tokenizer.pretokenizers[0].pattern.Regex"},
        {"expression with set operations",
         [split](Json& j) { j["pre_tokenizer"] = split("Regex", "[\\p{L}&&[a-z]]+", "Isolated"); }, unsupported,
         "pre_tokenizer.pretokenizers[0].pattern.Regex"},
        {"expression is a number", [split](Json& j) { j["pre_tokenizer"] = split("Regex", 5, "Isolated"); }, invalid,
         "pre_tokenizer.pretokenizers[0].pattern.Regex"},
        {"expression of single bytes", [split](Json& j) { j["pre_tokenizer"] = split("Regex", "\\C", "Isolated"); },
         invalid, "pre_tokenizer.pretokenizers[0].pattern.Regex"},
        {"unknown behaviour", [split](Json& j) { j["pre_tokenizer"] = split("String", " ", "Sideways"); }, invalid,
         "pre_tokenizer.pretokenizers[0].behavior"},
        {"byte level first",
         [](Json& j) {
             j["pre_tokenizer"] =
                 Json{{"type", "Sequence"},
                      {"pretokenizers", Json::array({Json{{"type", "ByteLevel"}}, Json{{"type", "Digits"}}})}};
         },
         unsupported, "pre_tokenizer.pretokenizers[0]"},
        {"unknown pre-tokenizer", [](Json& j) { j["pre_tokenizer"]["type"] = "UnicodeScripts"; }, unsupported,
         "pre_tokenizer.type"},
        {"metaspace of two characters",
         [](Json& j) {
             j["pre_tokenizer"] = Json{{"type", "Metaspace"}, {"replacement", "__"}};
         },
         invalid, "pre_tokenizer.replacement"},
        {"metaspace scheme",
         [](Json& j) {
             j["pre_tokenizer"] = Json{{"type", "Metaspace"}, {"prepend_scheme", "last"}};
         },
         invalid, "pre_tokenizer.prepend_scheme"},
        {"unknown decoder", [](Json& j) { j["decoder"]["type"] = "CTC"; }, unsupported, "decoder.type"},
        {"strip without count",
         [](Json& j) {
             j["decoder"] = Json{{"type", "Strip"}, {"content", " "}, {"stop", 0}};
         },
         invalid, "decoder.start"},
        {"strip of a negative count",
         [](Json& j) {
             j["decoder"] = Json{{"type", "Strip"}, {"content", " "}, {"start", -1}, {"stop", 0}};
         },
         invalid, "decoder.start"},
        {"suffix is empty",
         [](Json& j) {
             j["decoder"] = Json{{"type", "BPEDecoder"}, {"suffix", ""}};
         },
         invalid, "decoder.suffix"},
        {"unknown post-processor", [](Json& j) { j["post_processor"]["type"] = "Other"; }, unsupported,
         "post_processor.type"},
        {"template without text", [](Json& j) { j["post_processor"]["single"].erase(1); }, invalid,
         "post_processor.single"},
        {"template with the text twice",
         [](Json& j) { j["post_processor"]["single"].push_back(j["post_processor"]["single"][1]); }, unsupported,
         "post_processor.single[3]"},
        {"template with an unnamed token", [](Json& j) { j["post_processor"]["special_tokens"].erase("</s>"); },
         invalid, "post_processor.single[2].SpecialToken.id"},
        {"template id outside", [](Json& j) { j["post_processor"]["special_tokens"]["</s>"]["ids"][0] = 5000; },
         invalid, "post_processor"},
        {"template ids is a number", [](Json& j) { j["post_processor"]["special_tokens"]["</s>"]["ids"] = 1; }, invalid,
         "post_processor.special_tokens.</s>.ids"},
        {"pair of one",
         [](Json& j) {
             j["post_processor"] =
                 Json{{"type", "BertProcessing"}, {"cls", Json::array({"<s>"})}, {"sep", Json::array({"</s>", 1})}};
         },
         invalid, "post_processor.cls"},
    };
}

// Pieces, scores and types of a SentencePiece model: field 1 of the file, each with text (1), float (2) and type (3).
text::GgufVocabulary vocabularyOfModel(const std::string& bytes) {
    text::GgufVocabulary out;
    std::size_t at = 0;
    const auto varint = [&] {
        std::uint64_t value = 0;
        for (unsigned shift = 0; at < bytes.size(); shift += 7) {
            const auto byte = static_cast<unsigned char>(bytes[at++]);
            value |= std::uint64_t{byte & 0x7FU} << shift;
            if (byte < 0x80) {
                break;
            }
        }
        return value;
    };
    while (at < bytes.size()) {
        const std::uint64_t tag = varint();
        if ((tag & 7U) == 0) {
            varint();
            continue;
        }
        const std::size_t size = (tag & 7U) == 2 ? varint() : (tag & 7U) == 5 ? 4 : 8;
        const std::size_t end = at + size;
        if (tag == (1U << 3U | 2U)) {
            out.tokens.emplace_back();
            out.scores.push_back(0);
            out.tokenTypes.push_back(1);
            while (at < end) {
                const std::uint64_t field = varint();
                if (field == (1U << 3U | 2U)) {
                    const std::size_t length = varint();
                    out.tokens.back() = bytes.substr(at, length);
                    at += length;
                } else if (field == (2U << 3U | 5U)) {
                    std::memcpy(&out.scores.back(), bytes.data() + at, 4);
                    at += 4;
                } else {
                    out.tokenTypes.back() = static_cast<std::int32_t>(varint());
                }
            }
        }
        at = end;
    }
    out.model = "llama";
    return out;
}

std::string messageOf(const Error& error) {
    return error.text() + " [key " + error.key + ", code " + errorCodeName(error.code) + "]";
}

} // namespace

class TestTokenizerFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void goodTwin();
    void spellings();
    void lying_data();
    void lying();
    void notJson();
    void config();
    void folders();
    void sentencePiece();
    void ggufNames();
    void ggufLies();
    void ggufScores();
    void defaultModel();
};

void TestTokenizerFiles::goodTwin() {
    const auto tokenizer = must(text::tokenizerFromJson(dumpJson(smallTokenizer())));
    const auto encoded = must(tokenizer->encode("<s>hello hell w", {.addFrame = true}));
    std::vector<std::string> pieces;
    for (const TokenId id : encoded.ids) {
        pieces.push_back(tokenizer->piece(id));
    }
    const std::vector<std::string> expected = {"<s>", "<s>", "hello", "\xC4\xA0", "hell", "\xC4\xA0w", "</s>"};
    QCOMPARE(pieces, expected);
    const std::vector<text::ByteSpan> spans = {{0, 0}, {0, 3}, {3, 8}, {8, 9}, {9, 13}, {13, 15}, {15, 15}};
    QVERIFY(encoded.spans == spans);
    QCOMPARE(tokenizer->special().bos, std::optional<TokenId>(0));
    QCOMPARE(tokenizer->special().eos, std::optional<TokenId>(1));
    QCOMPARE(tokenizer->special().stop, std::vector<TokenId>{1});
    QVERIFY(tokenizer->isSpecial(1) && !tokenizer->isSpecial(2) && !tokenizer->isSpecial(-1));
    QCOMPARE(tokenizer->vocabularySize(), 103);
    QCOMPARE(tokenizer->piece(103), std::string());
    QCOMPARE(tokenizer->tokenBytes(*tokenizer->idOf("\xC4\xA0w")), std::string(" w"));
    QCOMPARE(tokenizer->decode(std::vector<TokenId>{0, 5000, -3, *tokenizer->idOf("hello")}), std::string("<s>hello"));

    // Bytes without an entry yield no token and are counted: é is two of them.
    const auto lacking = must(tokenizer->encode("h\xC3\xA9llo"));
    QCOMPARE(lacking.bytesWithoutToken, std::uint64_t{2});
    QCOMPARE(tokenizer->decode(lacking.ids), std::string("hllo"));
    QVERIFY(lacking.spans.back() == (text::ByteSpan{5, 6}));
}

void TestTokenizerFiles::spellings() {
    const auto pairs = must(text::tokenizerFromJson(dumpJson(smallTokenizer())));
    Json other = smallTokenizer();
    Json merges = Json::array({"#version: 0.2"});
    for (const Json& merge : other["model"]["merges"]) {
        merges.push_back(merge[0].get<std::string>() + " " + merge[1].get<std::string>());
    }
    other["model"]["merges"] = merges;
    other["model"].erase("type"); // files of the first versions
    const auto strings = must(text::tokenizerFromJson(dumpJson(other)));
    for (const char* input : {"hello world", "hell hello he llo", "w w  w"}) {
        QCOMPARE(must(strings->encode(input)).ids, must(pairs->encode(input)).ids);
    }
}

void TestTokenizerFiles::lying_data() {
    QTest::addColumn<int>("index");
    const std::vector<Lie> all = lies();
    for (std::size_t i = 0; i < all.size(); ++i) {
        QTest::newRow(all[i].name) << static_cast<int>(i);
    }
}

void TestTokenizerFiles::lying() {
    QFETCH(int, index);
    const Lie lie = lies()[static_cast<std::size_t>(index)];
    Json file = smallTokenizer();
    lie.bend(file);
    const Error error = errorOf(text::tokenizerFromJson(dumpJson(file)));
    QVERIFY2(error.code == lie.code && error.key == lie.key && !error.message.empty(), messageOf(error).c_str());
}

void TestTokenizerFiles::notJson() {
    const std::string good = dumpJson(smallTokenizer());
    for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, good.size() / 2, good.size() - 1}) {
        QCOMPARE(errorOf(text::tokenizerFromJson(good.substr(0, cut))).code, ErrorCode::Parse);
    }
    QCOMPARE(errorOf(text::tokenizerFromJson("[]")).code, ErrorCode::InvalidInput);
    QCOMPARE(errorOf(text::tokenizerFromJson("\xFF{}")).code, ErrorCode::Parse);
    std::string deep = R"({"normalizer":)";
    for (int i = 0; i < 5000; ++i) {
        deep += R"({"type":"Sequence","normalizers":[)";
    }
    QCOMPARE(errorOf(text::tokenizerFromJson(deep)).code, ErrorCode::Parse);

    // An expression that backtracks without bound gives an error on the text that provokes it, in reasonable time.
    Json slow = smallTokenizer();
    slow["pre_tokenizer"] = Json::parse(
        R"({"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"(x+x+)+[yz]"},"behavior":"Isolated"},{"type":"ByteLevel"}]})");
    const auto tokenizer = must(text::tokenizerFromJson(dumpJson(slow)));
    QVERIFY(tokenizer->encode("xxxxy").ok());
    QCOMPARE(errorOf(tokenizer->encode(std::string(60, 'x'))).code, ErrorCode::InvalidInput);
}

void TestTokenizerFiles::config() {
    const std::string file = dumpJson(smallTokenizer());
    const auto named = must(text::tokenizerFromJson(
        file,
        R"({"bos_token":{"content":"</s>"},"eos_token":"<s>","pad_token":null,"model_max_length":1000000000000000019884624838656})"));
    QCOMPARE(named->special().bos, std::optional<TokenId>(1));
    QCOMPARE(named->special().eos, std::optional<TokenId>(0));
    QCOMPARE(named->special().pad, std::optional<TokenId>());
    QCOMPARE(errorOf(text::tokenizerFromJson(file, R"({"eos_token":7})")).key, std::string("eos_token"));
    QCOMPARE(errorOf(text::tokenizerFromJson(file, R"({"eos_token":{"text":"a"}})")).key,
             std::string("eos_token.content"));
    QCOMPARE(errorOf(text::tokenizerFromJson(file, "{")).file, std::string("tokenizer_config.json"));
}

void TestTokenizerFiles::folders() {
    const TempFolder folder;
    const Error empty = errorOf(text::loadTokenizer(folder.path()));
    QCOMPARE(empty.code, ErrorCode::NotFound);
    QCOMPARE(empty.file, folder.path());
    must(writeFileAtomic(folder / "tokenizer.json", dumpJson(smallTokenizer())));
    QCOMPARE(must(text::loadTokenizer(folder.path()))->kind(), std::string("bpe"));
    must(writeFileAtomic(folder / "tokenizer_config.json", "[]"));
    QCOMPARE(errorOf(text::loadTokenizer(folder.path())).file, folder / "tokenizer_config.json");
    must(writeFileAtomic(folder / "tokenizer_config.json", R"({"eos_token":"<s>"})"));
    QCOMPARE(must(text::loadTokenizer(folder / "tokenizer.json"))->special().eos, std::optional<TokenId>(0));
    must(writeFileAtomic(folder / "tokenizer.json", "{}"));
    QCOMPARE(errorOf(text::loadTokenizer(folder.path())).file, folder / "tokenizer.json");
}

void TestTokenizerFiles::sentencePiece() {
    std::size_t seen = 0;
    for (const std::string& name : tokenizerFolders()) {
        const std::string path = goldenRoot() + "/text/tokenizers/" + name + "/tokenizer.model";
        if (!fileExists(path)) {
            continue;
        }
        ++seen;
        const std::string bytes = must(readFile(path));
        QVERIFY(text::tokenizerFromSentencePiece(bytes).ok());
        QCOMPARE(errorOf(text::tokenizerFromSentencePiece(bytes.substr(0, bytes.size() / 2))).code, ErrorCode::Parse);
        const auto framed =
            must(text::tokenizerFromSentencePiece(bytes, R"({"add_bos_token":true,"add_eos_token":true})"));
        const auto encoded = must(framed->encode("a", {.addFrame = true}));
        QCOMPARE(std::optional<TokenId>(encoded.ids.front()), framed->special().bos);
        QCOMPARE(std::optional<TokenId>(encoded.ids.back()), framed->special().eos);
        QVERIFY(framed->isSpecial(*framed->special().bos));
    }
    QVERIFY(seen > 0);
    QCOMPARE(errorOf(text::tokenizerFromSentencePiece("")).code, ErrorCode::Parse);
    QCOMPARE(errorOf(text::tokenizerFromSentencePiece(dumpJson(smallTokenizer()))).code, ErrorCode::Parse);
}

void TestTokenizerFiles::ggufNames() {
    const Json file = smallTokenizer();
    text::GgufVocabulary good;
    good.model = "gpt2";
    good.tokens.resize(file["model"]["vocab"].size());
    for (const auto& [piece, id] : file["model"]["vocab"].items()) {
        good.tokens[id.get<std::size_t>()] = piece;
    }
    good.tokenTypes.assign(good.tokens.size(), 1);
    good.tokenTypes[0] = good.tokenTypes[1] = 3;
    for (const Json& merge : file["model"]["merges"]) {
        good.merges.push_back(merge[0].get<std::string>() + " " + merge[1].get<std::string>());
    }
    good.bos = 0;
    good.eos = 1;
    good.addBos = true;
    const auto pieces = [&good](const char* pre, const char* input) {
        good.pre = pre;
        const auto tokenizer = must(text::tokenizerFromGguf(good));
        std::string out;
        for (const TokenId id : must(tokenizer->encode(input, {.addFrame = true})).ids) {
            out += (out.empty() ? "" : "|") + tokenizer->tokenBytes(id);
        }
        return out;
    };
    // The pre-tokenizers differ in digits and in what they tie to a word.
    QCOMPARE(pieces("gpt-2", "hello 12 w"), std::string("<s>|hello| |1|2| w"));
    QCOMPARE(pieces("smollm", "hello\n w</s>"), std::string("<s>|hello|\n| w|</s>"));
    QCOMPARE(pieces("llama-bpe", "hello w"), std::string("<s>|hello| w"));
    QCOMPARE(pieces("deepseek-v3", "hello w"), std::string("<s>|hello| w"));
    for (const char* pre : {"no-such-name", "", "default"}) {
        good.pre = pre;
        const Error error = errorOf(text::tokenizerFromGguf(good));
        QVERIFY2(error.code == ErrorCode::Unsupported && error.key == "tokenizer.ggml.pre" &&
                     error.message.find(pre) != std::string::npos,
                 messageOf(error).c_str());
    }
}

void TestTokenizerFiles::ggufLies() {
    text::GgufVocabulary good;
    good.model = "gpt2";
    good.pre = "gpt-2";
    good.tokens = {"a", "b", "ab"};
    good.merges = {"a b"};
    QCOMPARE(must(must(text::tokenizerFromGguf(good))->encode("abc")).bytesWithoutToken, std::uint64_t{1});
    const auto keyOf = [](const text::GgufVocabulary& vocabulary) {
        return errorOf(text::tokenizerFromGguf(vocabulary)).key;
    };
    text::GgufVocabulary bad = good;
    bad.model = "bert";
    QCOMPARE(keyOf(bad), std::string("tokenizer.ggml.model"));
    bad = good;
    bad.tokens.clear();
    QCOMPARE(keyOf(bad), std::string("tokenizer.ggml.tokens"));
    bad = good;
    bad.tokenTypes = {1};
    QCOMPARE(keyOf(bad), std::string("tokenizer.ggml.token_type"));
    for (const char* merge : {"ab", "a c", "b b", "", " "}) {
        bad = good;
        bad.merges.emplace_back(merge);
        QCOMPARE(keyOf(bad), std::string("tokenizer.ggml.merges[1]"));
    }
    bad = good;
    bad.eos = 3;
    QCOMPARE(errorOf(text::tokenizerFromGguf(bad)).code, ErrorCode::InvalidInput);
    bad = good;
    bad.model = "llama";
    QCOMPARE(keyOf(bad), std::string("tokenizer.ggml.scores"));
    bad.scores = {0, 1, std::numeric_limits<float>::quiet_NaN()};
    QCOMPARE(keyOf(bad), std::string("tokenizer.ggml.scores[2]"));
}

void TestTokenizerFiles::ggufScores() {
    // A vocabulary with scores must cut like the library does that trained them.
    const std::string name = "sp_bpe_llama", folder = goldenRoot() + "/text/tokenizers/" + name;
    text::GgufVocabulary vocabulary = vocabularyOfModel(must(readFile(folder + "/tokenizer.model")));
    vocabulary.unk = 0;
    const auto tokenizer = must(text::tokenizerFromGguf(vocabulary));
    const Json strings = must(readJsonFile(goldenRoot() + "/text/strings.json"));
    for (const Json& row : jsonLines(folder + "/expected.jsonl")) {
        const std::string key = row["name"], input = strings[key];
        const auto encoded = must(tokenizer->encode(input, {.parseSpecial = false}));
        QVERIFY2(encoded.ids == row["ids"].get<std::vector<TokenId>>(), key.c_str());
        QVERIFY2(tokenizer->decode(encoded.ids) == row["decoded"].get<std::string>(), key.c_str());
    }
}

void TestTokenizerFiles::defaultModel() {
    const auto tokenizer = caseTokenizer("smollm2");
    QCOMPARE(tokenizer->vocabularySize(), 49152);
    QCOMPARE(tokenizer->special().eos, tokenizer->idOf("<|im_end|>"));
    QCOMPARE(tokenizer->special().bos, tokenizer->idOf("<|im_start|>"));
    const std::vector<TokenId> stop = {*tokenizer->idOf("<|im_end|>"), *tokenizer->idOf("<|endoftext|>")};
    QCOMPARE(tokenizer->special().stop, stop);
}

QTEST_APPLESS_MAIN(TestTokenizerFiles)
#include "test_tokenizer_files.moc"
