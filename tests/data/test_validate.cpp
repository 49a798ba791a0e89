// The validator counts as the published notebook does, and names every fault of the broken files.
#include "data/stats.h"
#include "data/validate.h"
#include "data_support.h"
#include "support/golden.h"

#include <QtTest>

using namespace fettle;
using namespace fettle::data;
using namespace fettle::data::test;

class TestValidate : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cookbookCounts() {
        const std::string root = goldenRoot() + "/data/cookbook";
        const auto expected = readJsonFile(root + "/expected.json");
        QVERIFY2(expected.ok(), expected.ok() ? "" : expected.error().text().c_str());
        int files = 0;
        for (const auto& entry : expected->items()) {
            if (!entry.key().ends_with(".jsonl")) {
                continue;
            }
            const auto report = validateFile(root + '/' + entry.key());
            QVERIFY(report.ok());
            const Json got = toJson(*report);
            const std::string shown = entry.key() + ' ' + got.dump();
            QVERIFY2(got["rows"] == entry.value()["rows"], shown.c_str());
            QVERIFY2(plain(got["errors"]) == plain(entry.value()["errors"]), shown.c_str());
            if (entry.value().contains("no_user")) {
                const std::int64_t noUser =
                    got["warnings"].contains("missing_user") ? got["warnings"]["missing_user"].get<std::int64_t>() : 0;
                QVERIFY2(noUser == entry.value()["no_user"].get<std::int64_t>(), shown.c_str());
            }
            if (entry.value().contains("first")) {
                for (const auto& first : entry.value()["first"].items()) {
                    QVERIFY2(got["first"].contains(first.key()) &&
                                 got["first"][first.key()]["line"] == first.value()["line"],
                             (first.key() + ": " + shown).c_str());
                }
            }
            ++files;
        }
        QVERIFY(files > 0);
        int epochs = 0;
        for (const auto& rows : (*expected)["default_epochs"].items()) {
            QCOMPARE(defaultEpochs(std::stoll(rows.key())), rows.value().get<std::int64_t>());
            ++epochs;
        }
        QVERIFY(epochs > 0);
    }

    void brokenFiles() {
        const std::string root = goldenRoot() + "/data/broken";
        const auto index = readJsonFile(root + "/expected.json");
        QVERIFY(index.ok());
        for (const Json& entry : *index) {
            if (!entry["file"].is_string()) {
                continue; // the made file: test_broken_rows
            }
            const auto report = validateFile(root + '/' + entry["file"].get<std::string>());
            QVERIFY(report.ok());
            const Json got = toJson(*report);
            const auto code = entry["code"].get<std::string>();
            const std::string shown = entry.dump() + '\n' + got.dump();
            QVERIFY2(got[entry["severity"] == "error" ? "errors" : "warnings"].contains(code), shown.c_str());
            QVERIFY2(got["first"][code]["line"] == entry["line"] && got["first"][code]["key"] == entry["key"],
                     shown.c_str());
            QVERIFY2(report->goodRows == entry["rows_kept"].get<std::int64_t>(), shown.c_str());
        }
    }

    void noFindingsInGoodFiles() {
        const std::string root = goldenRoot() + "/data/import";
        const auto index = readJsonFile(root + "/expected.json");
        QVERIFY(index.ok());
        for (const Json& entry : *index) {
#ifndef FETTLE_HAS_PARQUET
            if (entry["format"] == "parquet") {
                continue;
            }
#endif
            const auto report = validateFile(root + '/' + entry["file"].get<std::string>());
            QVERIFY(report.ok());
            QVERIFY2(report->errors.empty() && report->rows == static_cast<std::int64_t>(entry["rows"].size()),
                     (entry["file"].get<std::string>() + toJson(*report).dump()).c_str());
        }
    }

    // A key that is null is counted by the notebook and kills no row.
    void nullKeys() {
        const Scratch scratch;
        const std::string path =
            scratch.write("rows.jsonl", "{\"messages\":[{\"role\":\"user\",\"content\":\"q\",\"mood\":null},{\"role\":"
                                        "\"assistant\",\"content\":\"a\",\"tool_calls\":null}]}\n");
        const auto report = validateFile(path);
        QVERIFY(report.ok());
        QCOMPARE(report->goodRows, std::int64_t{1});
        QCOMPARE(report->errors.at("message_unrecognized_key"), std::int64_t{1});
        const auto imported = importAll(path);
        QVERIFY(imported.ok() && imported->report.faults.empty() && imported->samples.size() == 1);
    }
};

QTEST_APPLESS_MAIN(TestValidate)
#include "test_validate.moc"
