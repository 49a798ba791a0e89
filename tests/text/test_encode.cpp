// Conversations to ids and labels: the golden rows, assistant masks of the template cases, and the rules of what is
// trained.
#include "template_cases.h"

#include "text/encode.h"

#include <QtTest>

using namespace fettle;
using namespace fettle::test;

namespace {

std::shared_ptr<const text::Tokenizer> tokenizerNamed(const std::string& name) {
    static std::map<std::string, std::shared_ptr<const text::Tokenizer>> kept;
    auto& tokenizer = kept[name];
    if (!tokenizer) {
        tokenizer = must(text::loadTokenizer(goldenRoot() + "/text/tokenizers/" + name));
    }
    return tokenizer;
}

/// The tokenizer with special tokens added behind its vocabulary, as transformers does for names it does not hold yet.
std::shared_ptr<const text::Tokenizer> tokenizerWithTokens(const std::string& name, const Json& specialTokens) {
    Json json = must(readJsonFile(goldenRoot() + "/text/tokenizers/" + name + "/tokenizer.json"));
    Json& added = json["added_tokens"];
    std::int64_t next = static_cast<std::int64_t>(json.at("model").at("vocab").size());
    for (const Json& token : added) {
        next = std::max(next, token.at("id").get<std::int64_t>() + 1);
    }
    for (const auto& [role, content] : specialTokens.items()) {
        added.push_back({{"id", next++},
                         {"content", content},
                         {"single_word", false},
                         {"lstrip", false},
                         {"rstrip", false},
                         {"normalized", false},
                         {"special", true}});
    }
    return must(text::tokenizerFromJson(dumpJson(json)));
}

text::TextModel modelWith(const std::string& source, const std::string& tokenizer = "bpe_qwen") {
    text::TextModel model;
    model.tokenizer = tokenizerNamed(tokenizer);
    model.chatTemplate = must(text::compileChatTemplate(source));
    model.chatTemplateSource = source;
    return model;
}

/// Comments in place of the tags: white space is trimmed as before.
std::string withoutGenerationTags(std::string source) {
    for (std::size_t begin = source.find("{%"); begin != std::string::npos; begin = source.find("{%", begin + 2)) {
        const std::size_t end = source.find("%}", begin);
        if (end == std::string::npos) {
            break;
        }
        const std::string tag = source.substr(begin, end - begin);
        if (tag.find(" generation") != std::string::npos || tag.find(" endgeneration") != std::string::npos) {
            const std::string comment =
                std::string("{#") + (tag[2] == '-' ? "-" : "") + " " + (tag.back() == '-' ? "-" : "") + "#}";
            source.replace(begin, end + 2 - begin, comment);
        }
    }
    return source;
}

std::string trainedText(const text::TextModel& model, const text::EncodedRow& row) {
    std::string out;
    bool gap = false;
    for (std::size_t i = 0; i < row.ids.size(); ++i) {
        if (row.labels[i] == text::kIgnore) {
            gap = !out.empty();
            continue;
        }
        if (row.labels[i] != row.ids[i]) {
            return "a label is not its id";
        }
        out += (gap ? "~" : "") + model.tokenizer->tokenBytes(row.ids[i]);
        gap = false;
    }
    return out;
}

text::EncodedRow encoded(const text::TextModel& model, const std::string& messages,
                         text::TrainOn trainOn = text::TrainOn::Assistant) {
    return must(text::encodeConversation(model, must(text::conversationFromJson(must(parseJson(messages)))), trainOn));
}

const char* const kPlain = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}";
const char* const kRows =
    R"([{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"assistant","content":"one"},)"
    R"({"role":"user","content":"r"},{"role":"assistant","content":"two"}])";

} // namespace

class TestEncode : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void goldenRows() {
        const std::string folder = goldenRoot() + "/data/encode";
        const Json expected = must(readJsonFile(folder + "/expected.json"));
        const std::string path = goldenRoot() + "/" + expected.at("template").get<std::string>() + "/template.jinja";
        const std::string tokenizer =
            std::filesystem::path(expected.at("tokenizer").get<std::string>()).filename().string();
        const std::string source = must(readFile(path));
        const std::string bare = withoutGenerationTags(source);
        QVERIFY(bare != source && bare.find("generation %}") == std::string::npos);
        const std::vector<Json> rows = readJsonLines(folder + "/rows.jsonl");
        QCOMPARE(rows.size(), expected.at("rows").size());
        for (const std::string& used : {source, bare}) {
            const text::TextModel model = modelWith(used, tokenizer);
            for (std::size_t i = 0; i < rows.size(); ++i) {
                const text::EncodedRow row = must(text::encodeConversation(
                    model, must(text::conversationFromJson(rows[i])), text::TrainOn::Assistant));
                const std::string where = "row " + std::to_string(i) + (used == bare ? " without tags: " : ": ") +
                                          trainedText(model, row) + " " + row.silentReason;
                QVERIFY2(Json(row.ids) == expected.at("rows")[i].at("ids"), where.c_str());
                QVERIFY2(Json(row.labels) == expected.at("rows")[i].at("labels"), where.c_str());
            }
        }
        qInfo("%zu rows, with and without generation tags", rows.size());
    }

    void goldenAssistantMasks() {
        const TemplateWorld world;
        int compared = 0;
        std::string failures;
        const auto tokenizer = tokenizerWithTokens("bpe_qwen", world.specialTokens);
        for (const TemplateFolder& folder : templateFolders()) {
            text::TextModel model = modelWith(folder.source);
            model.tokenizer = tokenizer;
            for (const Json& row : folder.rows) {
                if (row.find("assistant_mask") == row.end()) {
                    continue;
                }
                ++compared;
                const std::string name = row.at("conversation").get<std::string>();
                const std::string where = folder.name + "/" + name;
                const text::Rendered rendered =
                    must(model.chatTemplate->render(world.conversation(name), world.options(row)));
                const text::Encoding encoding = must(model.tokenizer->encode(rendered.text));
                Json mask = Json::array();
                for (const text::ByteSpan& token : encoding.spans) {
                    mask.push_back(std::any_of(rendered.generation.begin(), rendered.generation.end(),
                                               [&](const text::ByteSpan& span) {
                                                   return token.begin < span.end && token.end > span.begin;
                                               })
                                       ? 1
                                       : 0);
                }
                failures += Json(encoding.ids) == row.at("ids") ? "" : "\n" + where + ": ids differ";
                failures += mask == row.at("assistant_mask") ? ""
                                                             : "\n" + where + ": " + dumpJson(mask) + "\n  wanted " +
                                                                   dumpJson(row.at("assistant_mask"));
                if (row.at("add_generation_prompt").get<bool>()) {
                    continue;
                }
                model.templateVariables = world.options(row).variables;
                const text::EncodedRow encodedRow =
                    must(text::encodeConversation(model, world.conversation(name), text::TrainOn::Assistant));
                Json labels = Json::array();
                for (const text::TokenId label : encodedRow.labels) {
                    labels.push_back(label == text::kIgnore ? 0 : 1);
                }
                failures += labels == row.at("assistant_mask") ? ""
                                                               : "\n" + where + ": labels " + dumpJson(labels) +
                                                                     "\n  wanted " + dumpJson(row.at("assistant_mask"));
            }
        }
        qInfo("%d masks", compared);
        QVERIFY(compared > 0);
        QVERIFY2(failures.empty(), failures.c_str());
    }

    void whatIsTrained() {
        const text::TextModel model = modelWith(kPlain);
        QVERIFY2(trainedText(model, encoded(model, kRows)) == "one<|im_end|>~two<|im_end|>",
                 trainedText(model, encoded(model, kRows)).c_str());
        QVERIFY(trainedText(model, encoded(model, kRows, text::TrainOn::LastAssistant)) == "two<|im_end|>");
        QVERIFY(trainedText(model, encoded(model, kRows, text::TrainOn::All)) ==
                "s<|im_end|>~q<|im_end|>~one<|im_end|>~r<|im_end|>~two<|im_end|>");
        const text::EncodedRow row = encoded(model, kRows);
        QCOMPARE(row.ids.size(), row.labels.size());
        QCOMPARE(row.ids.size(), row.spans.size());
        QCOMPARE(row.ids.size(), row.message.size());
        QVERIFY(row.silentReason.empty());
        for (std::size_t i = 0; i < row.ids.size(); ++i) {
            const std::string piece = row.text.substr(row.spans[i].begin, row.spans[i].end - row.spans[i].begin);
            if (piece == "one") {
                QCOMPARE(row.message[i], 2);
            }
            if (piece == "<|im_end|>") {
                QCOMPARE(row.message[i], -1);
            }
        }
    }

    void weightsAndEmptyAnswers() {
        const text::TextModel model = modelWith(kPlain);
        const std::string rows =
            R"([{"role":"user","content":"q"},{"role":"assistant","content":"one","weight":0},{"role":"user","content":"r"},{"role":"assistant","content":""}])";
        QVERIFY(trainedText(model, encoded(model, rows)) == "<|im_end|>");
        const text::EncodedRow none =
            encoded(model, R"([{"role":"user","content":"q"},{"role":"assistant","content":"one","weight":0}])");
        QCOMPARE(none.labelCount(), std::int64_t{0});
        QVERIFY(!none.silentReason.empty());
        QVERIFY(!encoded(model, R"([{"role":"user","content":"q"}])").silentReason.empty());
        // Weight 0 with generation tags.
        const text::TextModel tagged =
            modelWith("{% for m in messages %}{% if m.role == 'assistant' %}{% generation %}{{ m.content "
                      "}}<|im_end|>{% endgeneration %}{% else %}{{ m.content }}\n"
                      "{% endif %}{% endfor %}");
        QVERIFY(
            trainedText(
                tagged,
                encoded(
                    tagged,
                    R"([{"role":"user","content":"q"},{"role":"assistant","content":"one","weight":0},{"role":"assistant","content":"two"}])")) ==
            "two<|im_end|>");
        QVERIFY(trainedText(tagged, encoded(tagged, kRows, text::TrainOn::LastAssistant)) == "two<|im_end|>");
        QVERIFY(trainedText(tagged,
                            encoded(tagged, R"([{"role":"assistant","content":""},{"role":"user","content":"x"}])")) ==
                "<|im_end|>");
    }

    void contentThatIsNotFoundSilencesTheRow() {
        const text::TextModel model = modelWith(
            "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content | upper }}<|im_end|>\n{% endfor %}");
        const text::EncodedRow row = encoded(model, kRows);
        QCOMPARE(row.labelCount(), std::int64_t{0});
        QVERIFY2(row.silentReason.find("message 3 (assistant)") != std::string::npos, row.silentReason.c_str());
        QVERIFY(trainedText(
                    model, encoded(model, R"([{"role":"user","content":"q"},{"role":"assistant","content":"ONE"}])")) ==
                "ONE<|im_end|>");
    }

    void specialTokensWrittenByTheUserDoNotCount() {
        const text::TextModel model = modelWith(kPlain);
        // The end that the template writes is taken, not the one in the next message.
        const std::string rows =
            R"([{"role":"assistant","content":"<|im_end|>"},{"role":"user","content":"<|im_end|>"}])";
        QVERIFY2(trainedText(model, encoded(model, rows)) == "<|im_end|><|im_end|>",
                 trainedText(model, encoded(model, rows)).c_str());
        const text::TextModel bare = modelWith("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}");
        QVERIFY(trainedText(bare, encoded(bare, rows)).find("<|im_end|>~") == std::string::npos);
        QCOMPARE(encoded(bare, R"([{"role":"assistant","content":"one"},{"role":"user","content":"<|im_end|>"}])")
                     .silentReason.empty(),
                 true);
        QVERIFY(
            trainedText(
                bare, encoded(bare, R"([{"role":"assistant","content":"one"},{"role":"user","content":"<|im_end|>"}])"))
                .find("<|im_end|>") == std::string::npos);
    }

    void partsEndOnce() {
        const text::TextModel model = modelWith(
            "{% for m in messages %}{% for p in m.content %}{{ p.text }}{% endfor %}<|im_end|>\n{% endfor %}");
        const std::string rows =
            R"([{"role":"assistant","content":[{"type":"text","text":"one"},{"type":"text","text":" two"}]}])";
        QVERIFY2(trainedText(model, encoded(model, rows)) == "one two<|im_end|>",
                 trainedText(model, encoded(model, rows)).c_str());
    }

    /// A character of several byte tokens is trained whole, wherever the library puts their spans.
    void byteTokensAreTrainedTogether() {
        const std::string rows = "[{\"role\":\"user\",\"content\":\"\xF0\x9F\x8E\x89\"},{\"role\":\"assistant\","
                                 "\"content\":\"\xF0\x9F\x8E\x89x\xF0\x9F\x8E\x89\"}]";
        for (const char* const name :
             {"sp_bpe_llama", "sp_unigram_bytes", "spm_legacy", "spm_metaspace", "bpe_gpt2", "bpe_qwen"}) {
            const Result<std::shared_ptr<const text::Tokenizer>> tokenizer =
                text::loadTokenizer(goldenRoot() + "/text/tokenizers/" + name);
            if (!tokenizer.ok()) {
                QCOMPARE(tokenizer.error().code, ErrorCode::Unsupported); // built without the library
                continue;
            }
            text::TextModel model = modelWith("{% for m in messages %}{{ m.role }}: {{ m.content }};{% endfor %}");
            model.tokenizer = tokenizer.value();
            const text::EncodedRow row = encoded(model, rows);
            std::string bytes;
            std::size_t trained = 0;
            for (std::size_t i = 0; i < row.ids.size(); ++i) {
                if (row.labels[i] != text::kIgnore) {
                    bytes += model.tokenizer->tokenBytes(row.ids[i]);
                    ++trained;
                }
            }
            const std::string party = "\xF0\x9F\x8E\x89";
            QVERIFY2(trained >= 3 && bytes.find(party + "x" + party) != std::string::npos &&
                         bytes.size() <= 2 * party.size() + 3,
                     (std::string(name) + ": " + bytes).c_str());
            const text::EncodedRow pair = must(text::encodePromptCompletion(model, "q", party));
            const auto count = std::count_if(pair.labels.begin(), pair.labels.end(),
                                             [](text::TokenId label) { return label != text::kIgnore; });
            QVERIFY2(count >= 1 && static_cast<std::size_t>(count) + 1 >= pair.ids.size() - 2, name);
        }
    }

    void rowsWithoutTemplate() {
        text::TextModel model;
        model.tokenizer = tokenizerNamed("bpe_qwen");
        QVERIFY(!text::encodeConversation(model, must(text::conversationFromJson(must(parseJson(kRows)))),
                                          text::TrainOn::Assistant)
                     .ok());
        const auto eos = model.tokenizer->special().eos;
        const text::EncodedRow row = must(text::encodePlainText(model, "some text"));
        QVERIFY(std::equal(row.ids.begin(), row.ids.end(), row.labels.begin()));
        if (eos) {
            QCOMPARE(row.ids.back(), *eos);
        }
        const text::EncodedRow pair = must(text::encodePromptCompletion(model, "Question: ", "Answer"));
        QVERIFY(pair.text == "Question: Answer");
        for (std::size_t i = 0; i < pair.ids.size(); ++i) {
            const bool trained = pair.spans[i].end > 10 || i + 1 == pair.ids.size();
            QCOMPARE(pair.labels[i] != text::kIgnore, trained);
        }
        QVERIFY(must(text::encodePrompt(model, must(text::conversationFromJson(must(parseJson(kRows)))))) ==
                must(model.tokenizer->encode("r", {true, true})).ids);
    }

    void prompts() {
        const text::TextModel model =
            modelWith(std::string(kPlain) + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}");
        const std::vector<text::TokenId> ids = must(text::encodePrompt(
            model, must(text::conversationFromJson(must(parseJson(R"([{"role":"user","content":"q"}])"))))));
        QVERIFY(model.tokenizer->decode(ids) == "<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\n");
    }
};

QTEST_APPLESS_MAIN(TestEncode)
#include "test_encode.moc"
