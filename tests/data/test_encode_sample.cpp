// Ids and labels of the golden rows, by generation tags and, with the tags taken out, by the rule of content and the
// special token after it; and every kind of sample.
#include "data/encode_sample.h"
#include "data_support.h"
#include "support/golden.h"

#include <QtTest>

#include <regex>

using namespace fettle;
using namespace fettle::data;
using namespace fettle::data::test;

class TestEncodeSample : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        const auto read = readJsonFile(goldenRoot() + "/data/encode/expected.json");
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().text().c_str());
        m_expected = *read;
        const auto tokenizer = text::loadTokenizer(goldenRoot() + '/' + m_expected["tokenizer"].get<std::string>());
        QVERIFY2(tokenizer.ok(), tokenizer.ok() ? "" : tokenizer.error().text().c_str());
        const auto source =
            readFile(goldenRoot() + '/' + m_expected["template"].get<std::string>() + "/template.jinja");
        QVERIFY(source.ok());
        m_model = modelOf(*tokenizer, *source);
        m_untagged =
            modelOf(*tokenizer, std::regex_replace(*source, std::regex("\\{%-?\\s*(end)?generation\\s*-?%\\}"), ""));
        QVERIFY(m_model.chatTemplate != nullptr && m_untagged.chatTemplate != nullptr &&
                m_untagged.chatTemplateSource != m_model.chatTemplateSource);
    }

    void goldenRows() {
        const auto rows = importAll(goldenRoot() + "/data/encode/rows.jsonl");
        QVERIFY(rows.ok());
        QVERIFY(!rows->samples.empty() && rows->samples.size() == m_expected["rows"].size());
        for (const text::TextModel* model : {&m_model, &m_untagged}) {
            for (std::size_t i = 0; i < rows->samples.size(); ++i) {
                const auto encoded = encodeSample(*model, rows->samples[i], {});
                QVERIFY2(encoded.ok(), encoded.ok() ? "" : encoded.error().text().c_str());
                QCOMPARE(encoded->ids, m_expected["rows"][i]["ids"].get<std::vector<text::TokenId>>());
                const auto labels = m_expected["rows"][i]["labels"].get<std::vector<text::TokenId>>();
                const std::string shown =
                    std::string(model == &m_model ? "with" : "without") + " tags, row " + std::to_string(i);
                QVERIFY2(encoded->labels == labels, shown.c_str());
                std::int64_t count = 0;
                for (std::size_t t = 1; t < labels.size(); ++t) {
                    count += labels[t] != text::kIgnore ? 1 : 0;
                }
                QCOMPARE(encoded->labelCount(), count);
            }
        }
    }

    void completions() {
        const Scratch scratch;
        const auto rows = importAll(scratch.write("rows.jsonl", "{\"prompt\":\"Where?\",\"completion\":\"Here.\"}\n"));
        QVERIFY(rows.ok() && rows->samples.size() == 1);
        const auto framed = encodeSample(m_model, rows->samples[0], {});
        const auto chat =
            importAll(scratch.write("chat.jsonl", "{\"messages\":[{\"role\":\"user\",\"content\":\"Where?\"},{\"role\":"
                                                  "\"assistant\",\"content\":\"Here.\"}]}\n"));
        QVERIFY(chat.ok() && chat->samples.size() == 1);
        const auto same = encodeSample(m_model, chat->samples[0], {});
        QVERIFY(framed.ok() && same.ok());
        QCOMPARE(framed->ids, same->ids);
        QCOMPARE(framed->labels, same->labels);
        SampleEncoding plain;
        plain.useTemplate = false;
        const auto joined = encodeSample(m_model, rows->samples[0], plain);
        QVERIFY2(joined.ok(), joined.ok() ? "" : joined.error().text().c_str());
        QVERIFY(joined->labelCount() > 0 && joined->ids.size() < framed->ids.size());
        const auto refused = encodeSample(m_model, chat->samples[0], plain);
        QVERIFY(!refused.ok() && refused.error().code == ErrorCode::InvalidInput && refused.error().line == 1);
    }

    void idsAndTexts() {
        const Scratch scratch;
        const auto ids = importAll(scratch.write(
            "ids.jsonl", "{\"ids\":[5,6,7],\"labels\":[5,-100,7]}\n{\"ids\":[5,6],\"labels\":[5,-100]}\n"));
        QVERIFY(ids.ok() && ids->samples.size() == 2);
        const auto row = encodeSample(m_model, ids->samples[0], {});
        QVERIFY(row.ok());
        QCOMPARE(row->ids, (std::vector<text::TokenId>{5, 6, 7}));
        QCOMPARE(row->labels, (std::vector<text::TokenId>{5, -100, 7}));
        QCOMPARE(row->labelCount(), std::int64_t{1});
        QVERIFY(row->silentReason.empty());
        QVERIFY(!encodeSample(m_model, ids->samples[1], {})->silentReason.empty());
        const auto texts = importAll(scratch.write("text.jsonl", "{\"text\":\"Some words.\"}\n"));
        QVERIFY(texts.ok() && texts->samples.size() == 1);
        const auto text = encodeSample(m_model, texts->samples[0], {});
        QVERIFY(text.ok());
        QCOMPARE(text->labelCount(), static_cast<std::int64_t>(text->ids.size()) - 1);
    }

    void otherKindsAreRefused() {
        const auto rows = importAll(goldenRoot() + "/data/import/dpo_trl_strings.jsonl");
        QVERIFY(rows.ok() && !rows->samples.empty());
        const auto refused = encodeSample(m_model, rows->samples[0], {});
        QVERIFY(!refused.ok() && refused.error().code == ErrorCode::Unsupported);
    }

private:
    static text::TextModel modelOf(std::shared_ptr<const text::Tokenizer> tokenizer, const std::string& source) {
        text::TextModel model;
        model.tokenizer = std::move(tokenizer);
        const auto compiled = text::compileChatTemplate(source);
        model.chatTemplate = compiled ? *compiled : nullptr;
        model.chatTemplateSource = source;
        return model;
    }

    Json m_expected;
    text::TextModel m_model;
    text::TextModel m_untagged;
};

QTEST_APPLESS_MAIN(TestEncodeSample)
#include "test_encode_sample.moc"
