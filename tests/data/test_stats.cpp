// Distributions, billing and token counts equal the notebook's on the golden set, with every tokenizer of the set that
// can be read.
#include "data/stats.h"
#include "data_support.h"
#include "support/golden.h"

#include <QtTest>

#include <cmath>

using namespace fettle;
using namespace fettle::data;
using namespace fettle::data::test;

namespace {

bool close(double a, double b) {
    return std::abs(a - b) <= 1e-9 * std::max(1.0, std::abs(b));
}

} // namespace

class TestStats : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cookbookNumbers() {
        const std::string root = goldenRoot();
        const auto expected = readJsonFile(root + "/data/cookbook/expected.json");
        QVERIFY2(expected.ok(), expected.ok() ? "" : expected.error().text().c_str());
        int compared = 0;
        for (const auto& entry : expected->items()) {
            const Json& wanted = entry.value();
            if (!wanted.contains("tokens_per_row")) {
                continue;
            }
            const std::string prefix = "tokenizer ";
            if (!entry.key().starts_with(prefix)) {
                qInfo("not covered: %s (its ranks are not in the set)", entry.key().c_str());
                continue;
            }
            const auto tokenizer = text::loadTokenizer(root + "/text/tokenizers/" + entry.key().substr(prefix.size()));
            QVERIFY2(tokenizer.ok(), tokenizer.ok() ? "" : tokenizer.error().text().c_str());
            const std::string file = root + "/data/cookbook/clean.jsonl";
            StatsOptions options;
            options.billingCap = wanted["cap"].get<std::int64_t>();
            const auto stats = dataStats(file, **tokenizer, options);
            QVERIFY2(stats.ok(), stats.ok() ? "" : stats.error().text().c_str());
            const Json got = toJson(*stats);
            for (const char* name : {"messages", "tokens", "assistant_tokens"}) {
                for (const char* number : {"min", "max", "mean", "median", "p5", "p95"}) {
                    QVERIFY2(close(got[name][number].get<double>(), wanted[name][number].get<double>()),
                             (std::string(name) + ' ' + number + got.dump()).c_str());
                }
            }
            for (const char* number : {"over_cap", "default_epochs", "billed_tokens", "charged_tokens"}) {
                QVERIFY2(got[number] == wanted[number], (std::string(number) + got.dump()).c_str());
            }
            RowCounter counter(**tokenizer);
            const auto rows = importAll(file);
            QVERIFY(rows.ok() && rows->samples.size() == wanted["tokens_per_row"].size());
            for (std::size_t i = 0; i < rows->samples.size(); ++i) {
                const auto counts = counter.count(rows->samples[i]);
                QVERIFY(counts.ok());
                QCOMPARE(counts->tokens, wanted["tokens_per_row"][i].get<std::int64_t>());
                QCOMPARE(counts->assistantTokens, wanted["assistant_tokens_per_row"][i].get<std::int64_t>());
            }
            ++compared;
        }
        QVERIFY(compared > 0);
    }

    void everyKindIsCounted() {
        const auto tokenizer = text::loadTokenizer(goldenRoot() + "/text/tokenizers/bpe_gpt2");
        QVERIFY(tokenizer.ok());
        const auto index = readJsonFile(goldenRoot() + "/data/import/expected.json");
        QVERIFY(index.ok());
        for (const Json& entry : *index) {
#ifndef FETTLE_HAS_PARQUET
            if (entry["format"] == "parquet") {
                continue;
            }
#endif
            const auto stats =
                dataStats(goldenRoot() + "/data/import/" + entry["file"].get<std::string>(), **tokenizer);
            QVERIFY(stats.ok());
            QCOMPARE(stats->rows, static_cast<std::int64_t>(entry["rows"].size()));
            QVERIFY2(stats->messages.min >= 1 && stats->tokens.min > 0, entry["file"].get<std::string>().c_str());
        }
        const Scratch scratch;
        const auto ids = dataStats(
            scratch.write("ids.jsonl", "{\"ids\":[1,2,3],\"labels\":[-100,2,3]}\n{\"ids\":[],\"labels\":[]}\n"),
            **tokenizer);
        QVERIFY(ids.ok());
        QCOMPARE(ids->tokens.max, std::int64_t{3});
        QCOMPARE(ids->assistantTokens.max, std::int64_t{2});
        QCOMPARE(ids->badRows, std::int64_t{1});
    }

    void quantiles() {
        const std::vector<std::int64_t> values = {1, 2, 4, 8};
        QVERIFY(close(quantile(values, 0), 1) && close(quantile(values, 1), 8) && close(quantile(values, 0.5), 3) &&
                close(quantile(values, 0.95), 7.4));
        QVERIFY(close(quantile(std::vector<std::int64_t>{7}, 0.3), 7));
        QVERIFY(close(quantile(std::vector<std::int64_t>{}, 0.5), 0));
        QCOMPARE(defaultEpochs(0), std::int64_t{0});
    }
};

QTEST_APPLESS_MAIN(TestStats)
#include "test_stats.moc"
