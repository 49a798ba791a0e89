// Tokenizer files built from GGUF metadata: each known pre-tokenizer, the frame of begin and end tokens, added tokens,
// and metadata that cannot be.
#include "base/json.h"
#include "model/model_layout.h"

#include <QtTest>

#include <cstring>

using namespace fettle;
using namespace fettle::model;

namespace {

/// Just enough of a GGUF writer for metadata.
class Metadata {
public:
    void text(const std::string& key, const std::string& value) {
        head(key, 8);
        put(value);
    }
    void number(const std::string& key, std::uint32_t value) {
        head(key, 4);
        put(value);
    }
    void truth(const std::string& key, bool value) {
        head(key, 7);
        m_bytes += static_cast<char>(value);
    }
    void texts(const std::string& key, const std::vector<std::string>& values) {
        head(key, 9);
        put(std::uint32_t{8});
        put(static_cast<std::uint64_t>(values.size()));
        for (const std::string& value : values) {
            put(value);
        }
    }
    void numbers(const std::string& key, const std::vector<std::int32_t>& values) {
        head(key, 9);
        put(std::uint32_t{5});
        put(static_cast<std::uint64_t>(values.size()));
        for (const std::int32_t value : values) {
            put(value);
        }
    }
    [[nodiscard]] std::string file() const {
        Metadata start;
        start.m_bytes = "GGUF";
        start.put(std::uint32_t{3});
        start.put(std::uint64_t{0});
        start.put(m_count);
        return start.m_bytes + m_bytes;
    }

private:
    template <class T>
    void put(const T& value) {
        if constexpr (std::is_same_v<T, std::string>) {
            put(static_cast<std::uint64_t>(value.size()));
            m_bytes += value;
        } else {
            m_bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
        }
    }
    void head(const std::string& key, std::uint32_t type) {
        put(key);
        put(type);
        ++m_count;
    }
    std::string m_bytes;
    std::uint64_t m_count = 0;
};

Metadata vocabulary(const std::string& pre) {
    Metadata out;
    out.text("tokenizer.ggml.model", "gpt2");
    out.text("tokenizer.ggml.pre", pre);
    out.texts("tokenizer.ggml.tokens", {"<|begin|>", "<|end|>", "a", "b", "ab", "<user>"});
    out.numbers("tokenizer.ggml.token_type", {3, 3, 1, 1, 1, 4});
    out.texts("tokenizer.ggml.merges", {"a b"});
    out.number("tokenizer.ggml.bos_token_id", 0);
    out.number("tokenizer.ggml.eos_token_id", 1);
    return out;
}

Result<TokenizerFiles> filesFrom(const Metadata& metadata) {
    const std::string bytes = metadata.file();
    FETTLE_TRY_VALUE(const auto file, parseGguf(std::as_bytes(std::span<const char>(bytes)), "test.gguf"));
    ModelConfig config;
    config.maxPositions = 512;
    return tokenizerFilesFromGguf(*file, config);
}

Json contents(const TokenizerFiles& files, const std::string& name) {
    for (const auto& [file, text] : files.files) {
        if (file == name) {
            return parseJson(text).valueOr(Json());
        }
    }
    return nullptr;
}

} // namespace

class TestModelTokenizer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void smollmSplitsDigitsOneByOne() {
        Metadata metadata = vocabulary("smollm");
        metadata.truth("tokenizer.ggml.add_bos_token", false);
        metadata.text("tokenizer.chat_template", "{{ messages }}");
        const auto files = filesFrom(metadata);
        QVERIFY2(files.ok(), files.ok() ? "" : files.error().text().c_str());
        const Json tokenizer = contents(files.value(), "tokenizer.json");
        const Json expected =
            parseJson(R"({"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},
            {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}]})")
                .value();
        QVERIFY2(tokenizer["pre_tokenizer"] == expected, dumpJson(tokenizer).c_str());
        QVERIFY(tokenizer["post_processor"].is_null() && tokenizer["normalizer"].is_null());
        QCOMPARE(dumpJson(tokenizer["model"]["vocab"]),
                 std::string(R"({"<|begin|>":0,"<|end|>":1,"a":2,"b":3,"ab":4,"<user>":5})"));
        QCOMPARE(dumpJson(tokenizer["model"]["merges"]), std::string(R"(["a b"])"));
        QCOMPARE(tokenizer["added_tokens"].size(), std::size_t{3});
        QVERIFY(tokenizer["added_tokens"][0]["special"].get<bool>() &&
                !tokenizer["added_tokens"][2]["special"].get<bool>());
        const Json settings = contents(files.value(), "tokenizer_config.json");
        QCOMPARE(settings["bos_token"].get<std::string>(), std::string("<|begin|>"));
        QCOMPARE(settings["eos_token"].get<std::string>(), std::string("<|end|>"));
        QVERIFY(!settings.contains("pad_token") && settings["model_max_length"] == 512);
        QCOMPARE(settings["chat_template"].get<std::string>(), std::string("{{ messages }}"));
        QCOMPARE(files.value().files.back(),
                 (std::pair<std::string, std::string>("chat_template.jinja", "{{ messages }}")));
    }

    void otherKinds() {
        const auto llama = filesFrom(vocabulary("llama-bpe"));
        QVERIFY(llama.ok());
        Json tokenizer = contents(llama.value(), "tokenizer.json");
        QVERIFY(tokenizer["model"]["ignore_merges"].get<bool>());
        QCOMPARE(tokenizer["pre_tokenizer"]["pretokenizers"][0]["type"].get<std::string>(), std::string("Split"));
        QVERIFY(!tokenizer["pre_tokenizer"]["pretokenizers"][1]["use_regex"].get<bool>());
        const Json frame = parseJson(R"({"type":"TemplateProcessing",
            "single":[{"SpecialToken":{"id":"<|begin|>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
            "pair":[{"SpecialToken":{"id":"<|begin|>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
                    {"SpecialToken":{"id":"<|begin|>","type_id":1}},{"Sequence":{"id":"B","type_id":1}}],
            "special_tokens":{"<|begin|>":{"id":"<|begin|>","ids":[0],"tokens":["<|begin|>"]}}})")
                               .value();
        QVERIFY2(tokenizer["post_processor"] == frame, dumpJson(tokenizer["post_processor"]).c_str());

        Metadata ends = vocabulary("gpt-2");
        ends.truth("tokenizer.ggml.add_eos_token", true);
        tokenizer = contents(filesFrom(ends).value(), "tokenizer.json");
        QCOMPARE(tokenizer["pre_tokenizer"]["type"].get<std::string>(), std::string("ByteLevel"));
        QCOMPARE(tokenizer["post_processor"]["single"][1]["SpecialToken"]["id"].get<std::string>(),
                 std::string("<|end|>"));
        tokenizer = contents(filesFrom(vocabulary("qwen2")).value(), "tokenizer.json");
        QCOMPARE(tokenizer["normalizer"]["type"].get<std::string>(), std::string("NFC"));
    }

    void unknownKindsSayWhy() {
        const auto unknown = filesFrom(vocabulary("tomorrow"));
        QVERIFY(unknown.ok() && unknown.value().files.empty());
        QVERIFY(unknown.value().reason.find("tomorrow") != std::string::npos);
        Metadata sentencePiece;
        sentencePiece.text("tokenizer.ggml.model", "llama");
        QVERIFY(filesFrom(sentencePiece).value().reason.find("llama") != std::string::npos);
        QVERIFY(!filesFrom(Metadata()).value().reason.empty());
    }

    void impossibleMetadata() {
        const auto refused = [](const Metadata& metadata, const char* key) {
            const auto files = filesFrom(metadata);
            QVERIFY2(!files.ok() && files.error().key == key, files.ok() ? "written" : files.error().text().c_str());
        };
        Metadata wrongId = vocabulary("smollm");
        wrongId.number("tokenizer.ggml.padding_token_id", 6);
        refused(wrongId, "tokenizer.ggml.padding_token_id");
        const auto with = [](const std::vector<std::string>& tokens, const std::vector<std::int32_t>& types,
                             const std::vector<std::string>& merges) {
            Metadata out;
            out.text("tokenizer.ggml.model", "gpt2");
            out.text("tokenizer.ggml.pre", "smollm");
            out.texts("tokenizer.ggml.tokens", tokens);
            out.numbers("tokenizer.ggml.token_type", types);
            out.texts("tokenizer.ggml.merges", merges);
            return out;
        };
        QVERIFY(filesFrom(with({"a", "b"}, {1, 1}, {})).ok());
        refused(with({"a", "a"}, {1, 1}, {}), "tokenizer.ggml.tokens");
        refused(with({"a", "\xFF"}, {1, 1}, {}), "tokenizer.ggml.tokens");
        refused(with({}, {}, {}), "tokenizer.ggml.tokens");
        refused(with({"a", "b"}, {1}, {}), "tokenizer.ggml.token_type");
        for (const char* merge : {"ab", "a ", " b", "a b c", ""}) {
            refused(with({"a", "b"}, {1, 1}, {merge}), "tokenizer.ggml.merges");
        }
    }
};

QTEST_APPLESS_MAIN(TestModelTokenizer)
#include "test_model_tokenizer.moc"
