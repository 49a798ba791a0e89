// Checks of rows: each code by a row that has it and one that has not; the table; tokens; facts; languages and labels
// of a whole set.
#include "data/encode_sample.h"
#include "data/row_checks.h"
#include "data/set_checks.h"
#include "data/text_quality.h"
#include "data_support.h"
#include "support/golden.h"
#include "support/results.h"
#include "text/chat_template.h"

#include <QtTest>

#include <algorithm>
#include <set>

using namespace fettle;
using namespace fettle::data;
using fettle::test::must;

namespace {

Sample sampleOf(SampleKind kind, const std::string& json) {
    Sample sample;
    sample.kind = kind;
    sample.row = must(parseJson(json));
    return sample;
}

Sample chatOf(const std::string& question, const std::string& answer) {
    Sample sample;
    sample.kind = SampleKind::Chat;
    sample.row["messages"] =
        Json::array({{{"role", "user"}, {"content", question}}, {{"role", "assistant"}, {"content", answer}}});
    return sample;
}

std::string hitsOf(const std::vector<CheckHit>& hits) {
    std::string out;
    for (const CheckHit& hit : hits) {
        out += (out.empty() ? "" : " ") + std::string(hit.check->code) + "@" + hit.key +
               (hit.end > hit.begin ? ":" + std::to_string(hit.begin) + "-" + std::to_string(hit.end) : "");
    }
    return out;
}

text::TextModel modelOf(const std::string& name, const std::string& templateText) {
    text::TextModel model;
    model.tokenizer = must(text::loadTokenizer(std::string(FETTLE_GOLDEN_DIR) + "/text/tokenizers/" + name));
    model.chatTemplate = must(text::compileChatTemplate(templateText));
    return model;
}

} // namespace

class TestRowChecks : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyCodeHasWords() {
        std::set<std::string> seen;
        bool warnings = false;
        for (const CheckInfo& info : allChecks()) {
            QVERIFY2(seen.insert(info.code).second, info.code);
            QVERIFY2(std::string_view(info.title).size() > 2 && std::string_view(info.explanation).ends_with("."),
                     info.code);
            QVERIFY2(!info.fixes.empty(), info.code);
            QVERIFY(findCheck(info.code) == &info);
            QVERIFY(std::string_view(checkFamilyTitle(info.family)).size() > 2);
            for (const CheckFix fix : info.fixes) {
                QVERIFY(std::string_view(checkFixName(fix)).size() > 2);
            }
            warnings = warnings || info.severity == Severity::Warning;
            QVERIFY2(!warnings || info.severity == Severity::Warning, "errors come first");
        }
        for (const char* code : {"data_type",
                                 "missing_messages_list",
                                 "message_missing_key",
                                 "message_unrecognized_key",
                                 "unrecognized_role",
                                 "missing_content",
                                 "example_missing_assistant_message",
                                 "too_long",
                                 "nothing_trained",
                                 "end_of_turn_untrained",
                                 "duplicate_exact",
                                 "duplicate_normalised",
                                 "duplicate_near",
                                 "leak_exact",
                                 "leak_normalised",
                                 "leak_near",
                                 "leak_same_prompt",
                                 "personal_email",
                                 "personal_phone",
                                 "personal_card",
                                 "personal_iban",
                                 "personal_ipv4",
                                 "personal_ipv6",
                                 "personal_api_key",
                                 "language_unusual",
                                 "encoding_damage",
                                 "empty_answer",
                                 "refused_answer",
                                 "label_rare",
                                 "label_imbalance"}) {
            QVERIFY2(seen.contains(code), code);
        }
        QVERIFY(findCheck("nonsense") == nullptr);
        // Whatever an importer can report has its words too.
        const Json broken = must(readJsonFile(std::string(FETTLE_GOLDEN_DIR) + "/data/broken/expected.json"));
        for (const Json& one : broken) {
            QVERIFY2(seen.contains(one["code"].get<std::string>()), one["code"].get<std::string>().c_str());
        }
    }

    void hitsOfRows() {
        QCOMPARE(hitsOf(checkRow(chatOf("What is it?", "A lamp."))), std::string());
        QCOMPARE(hitsOf(checkRow(chatOf("Mail jo@example.org", "Done."))),
                 std::string("personal_email@messages[0].content:5-19"));
        QCOMPARE(hitsOf(checkRow(chatOf("Q", " \u3000 "))), std::string("empty_answer@messages[1].content"));
        QCOMPARE(hitsOf(checkRow(chatOf("Q", ""))), std::string("missing_content@messages[1].content"));
        QCOMPARE(hitsOf(checkRow(chatOf("Q", "I'm sorry, but I can't help with that."))),
                 std::string("refused_answer@messages[1].content:0-27"));
        QCOMPARE(hitsOf(checkRow(chatOf("clÃ©", "a"))), std::string("encoding_damage@messages[0].content:2-6"));
        QCOMPARE(hitsOf(checkRow(sampleOf(SampleKind::Chat, R"({"messages":[{"role":"user","content":"Q"}]})"))),
                 std::string("example_missing_assistant_message@messages"));
        QCOMPARE(hitsOf(checkRow(sampleOf(SampleKind::Chat, R"({"messages":[]})"))),
                 std::string("missing_messages_list@messages"));
        QCOMPARE(hitsOf(checkRow(sampleOf(SampleKind::Chat, "[1]"))), std::string("data_type@"));
        QCOMPARE(
            hitsOf(checkRow(sampleOf(SampleKind::Preference, R"({"prompt":"P","chosen":"same","rejected":"same"})"))),
            std::string("same_answers@rejected"));
        QCOMPARE(hitsOf(checkRow(sampleOf(SampleKind::Preference,
                                          R"({"prompt":"P","chosen":"Yes.","rejected":"I cannot help with that."})"))),
                 std::string());
        QCOMPARE(hitsOf(checkRow(sampleOf(SampleKind::Completion, R"({"prompt":"P","completion":" "})"))),
                 std::string("empty_answer@completion"));
        QCOMPARE(hitsOf(checkRow(sampleOf(SampleKind::Stepwise,
                                          R"({"prompt":"P","completions":["a"," "],"labels":[true,false]})"))),
                 std::string("empty_answer@completions[1]"));
        const std::string asked =
            R"({"messages":[{"role":"user","content":"Q"},{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"ip":"10.0.0.1"}}}]}],"metadata":{"by":{"mail":"jo@example.org"}}})";
        QCOMPARE(hitsOf(checkRow(sampleOf(SampleKind::Chat, asked))),
                 std::string("personal_ipv4@messages[1].tool_calls[0].function.arguments.ip:0-8 "
                             "personal_email@metadata.by.mail:0-14"));
        RowCheckOptions narrow;
        narrow.personalInMetadata = false;
        QCOMPARE(hitsOf(checkRow(sampleOf(SampleKind::Chat, asked), narrow)), std::string());
    }

    void manyHitsAreCounted() {
        std::string text;
        for (int i = 0; i < 80; ++i) {
            text += "a" + std::to_string(i) + "@example.org ";
        }
        const auto hits = checkRow(chatOf(text, "ok"));
        QCOMPARE(hits.size(), std::size_t{50});
        QCOMPARE(hits.back().detail, std::string("30 more"));
    }

    void unusualLanguages() {
        if (!canGuessLanguages()) {
            QSKIP("built without CLD2");
        }
        RowCheckOptions options;
        options.usualLanguages = {"en", "zh"};
        const std::string german = "Der Zug hält heute ausnahmsweise am alten Güterbahnhof, weil die Weichen geprüft "
                                   "werden müssen.";
        const auto hits = checkRow(chatOf(german, german), options);
        QCOMPARE(hitsOf(hits), std::string("language_unusual@"));
        QCOMPARE(hits[0].detail, std::string("de"));
        QCOMPARE(hitsOf(checkRow(chatOf("The ferry leaves the harbour at seven and returns before dusk.",
                                        "A careful baker weighs the flour."),
                                 options)),
                 std::string());
        LanguageTally tally;
        for (int i = 0; i < 97; ++i) {
            tally.add("en");
        }
        tally.add("");
        tally.add("de");
        tally.add("fr");
        tally.remove("fr");
        QCOMPARE(tally.usual(), std::vector<std::string>{"en"});
        QCOMPARE(tally.counts().size(), std::size_t{3});
    }

    void tokens() {
        const std::string good =
            "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}";
        const std::string open = "{% for m in messages %}<|im_start|>{{ m.role }}\n{% generation %}{{ m.content "
                                 "}}{% endgeneration %}<|im_end|>\n{% endfor %}";
        const Sample chat = chatOf("What?", "A lamp.");
        const auto hits = [&](const std::string& templateText, std::int64_t context, const Sample& sample) {
            const text::TextModel model = modelOf("bpe_qwen", templateText);
            return checkTokens(sample, must(encodeSample(model, sample, {})), *model.tokenizer, {context});
        };
        QCOMPARE(hitsOf(hits(good, 2048, chat)), std::string());
        const auto cut = hits(good, 4, chat);
        QCOMPARE(hitsOf(cut), std::string("too_long@"));
        QVERIFY(cut[0].detail.ends_with("context 4"));
        QCOMPARE(hitsOf(hits(open, 0, chat)), std::string("end_of_turn_untrained@messages[1]"));
        Sample silent = chat;
        silent.row["messages"][1]["weight"] = 0;
        const auto nothing = hits(good, 0, silent);
        QCOMPARE(hitsOf(nothing), std::string("nothing_trained@"));
        QVERIFY(!nothing[0].detail.empty());
    }

    void facts() {
        const RowFacts facts = rowFacts(chatOf("Which section?", " web \n"));
        QCOMPARE(facts.turns, std::int64_t{2});
        QCOMPARE(facts.label, std::string("web"));
        QCOMPARE(facts.answerChars, std::int64_t{6});
        QCOMPARE(rowFacts(chatOf("Q", std::string(100, 'x'))).label, std::string());
        Sample tagged = chatOf("Q", "A");
        tagged.row["metadata"] = {{"source", {{"section", "net"}}}};
        QCOMPARE(rowFacts(tagged, "source.section").label, std::string("net"));
        QCOMPARE(rowFacts(tagged, "source.nothing").label, std::string());
        QCOMPARE(rowFacts(tagged, "source").label, std::string());
    }

    void labels() {
        LabelTally tally;
        const auto add = [&](const char* label, int rows) {
            for (int i = 0; i < rows; ++i) {
                tally.add(label);
            }
        };
        add("web", 200);
        add("net", 100);
        add("x11", 4);
        LabelReport report = tally.report();
        QVERIFY(report.isLabelTask && report.imbalanced);
        QCOMPARE(report.rare, std::vector<std::string>{"x11"});
        QCOMPARE(report.labels.front().label, std::string("web"));
        QCOMPARE(report.ratio, 50.0);
        double entropy = 0;
        for (const double share : {200.0 / 304, 100.0 / 304, 4.0 / 304}) {
            entropy -= share * std::log2(share);
        }
        QVERIFY(std::abs(report.entropyBits - entropy) < 1e-12);
        for (int i = 0; i < 4; ++i) {
            tally.remove("x11");
        }
        report = tally.report();
        QVERIFY(report.rare.empty() && !report.imbalanced);
        add("", 100);
        QVERIFY(!tally.report().isLabelTask); // a third of the rows has long answers
        LabelTally answers;
        for (int i = 0; i < 300; ++i) {
            answers.add("answer " + std::to_string(i));
        }
        QVERIFY(!answers.report().isLabelTask);
    }

    void hitsAsJson() {
        CheckHit hit{findCheck("leak_exact"), {}, 0, 0, "x", 7};
        QCOMPARE(dumpJson(toJson(hit)),
                 std::string(R"({"code":"leak_exact","severity":"error","detail":"x","other":7})"));
    }
};

QTEST_APPLESS_MAIN(TestRowChecks)
#include "test_row_checks.moc"
