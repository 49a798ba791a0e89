// Every file of golden/data/broken: the fault stands at the stated line and key with the stated code and severity,
// alone, and the rows beside it live.
#include "data_support.h"
#include "support/golden.h"

#include <QtTest>

using namespace fettle;
using namespace fettle::data;
using namespace fettle::data::test;

class TestBrokenRows : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void goldenFiles() {
        const std::string root = goldenRoot() + "/data/broken";
        const auto index = readJsonFile(root + "/expected.json");
        QVERIFY2(index.ok(), index.ok() ? "" : index.error().text().c_str());
        const Scratch scratch;
        int failures = 0;
        int files = 0;
        for (const Json& entry : *index) {
            std::string path;
            if (entry["file"].is_string()) {
                path = root + '/' + entry["file"].get<std::string>();
            } else {
                path = scratch.write("made.jsonl", madeFile(entry["make"]));
            }
            const auto all = importAll(path);
            QVERIFY2(all.ok(), all.ok() ? "" : (path + ": " + all.error().text()).c_str());
            ++files;
            const std::string wrong = problem(entry, *all);
            if (!wrong.empty()) {
                ++failures;
                qWarning("%s: %s%s", path.c_str(), wrong.c_str(), faultsText(all->report).c_str());
            }
        }
        qInfo("%d broken files", files);
        QCOMPARE(failures, 0);
        QVERIFY(files > 0);
    }

    void longRowsAreReadAndFlagged() {
        const Scratch scratch;
        std::string text =
            "{\"text\":\"short\"}\n{\"text\":\"" + std::string(40'000'000, 'a') + "\"}\n{\"text\":\"short\"}\n";
        const std::string path = scratch.write("long.jsonl", text);
        int rows = 0;
        const auto report = importRows(path, {}, [&](Sample&&) { return ++rows > 0; });
        QVERIFY(report.ok());
        QCOMPARE(rows, 3);
        QCOMPARE(report->warnings.at("line_too_long"), std::int64_t{1});
        QCOMPARE(report->faults.at(0).key, std::string("text"));
    }

private:
    static std::string madeFile(const Json& make) {
        const std::string good = "{\"messages\":[{\"role\":\"user\",\"content\":\"Where?\"},{\"role\":\"assistant\","
                                 "\"content\":\"Here.\"}]}\n";
        const std::string then = make["then"].get<std::string>();
        std::string digits;
        for (const char c : then) {
            digits += c >= '0' && c <= '9' ? std::string(1, c) : std::string();
        }
        std::string text;
        for (int i = 0; i < make["good_rows"].get<int>(); ++i) {
            text += good;
        }
        text += "{\"messages\":[{\"role\":\"user\",\"content\":\"" + std::string(std::stoul(digits), 'a') +
                "\"},{\"role\":\"assistant\",\"content\":\"Here.\"}]}\n";
        for (int i = 0; i < make["then_good_rows"].get<int>(); ++i) {
            text += good;
        }
        return text;
    }

    static std::string problem(const Json& entry, const ImportedRows& all) {
        if (static_cast<std::int64_t>(all.samples.size()) != entry["rows_kept"].get<std::int64_t>()) {
            return std::to_string(all.samples.size()) + " rows kept, expected " + entry["rows_kept"].dump();
        }
        if (all.report.faults.size() != 1) {
            return "expected one fault";
        }
        const RowFault& fault = all.report.faults.front();
        const std::int64_t line = entry["line"].is_null() ? 0 : entry["line"].get<std::int64_t>();
        const std::string key = entry["key"].is_null() ? std::string() : entry["key"].get<std::string>();
        if (fault.line != line || fault.key != key || fault.code != entry["code"].get<std::string>() ||
            (fault.severity == Severity::Error) != (entry["severity"] == "error") || fault.reason.empty()) {
            return "expected " + entry.dump() + ", found";
        }
        return {};
    }
};

QTEST_APPLESS_MAIN(TestBrokenRows)
#include "test_broken_rows.moc"
