// Every file of golden/data/import gives the rows and the format that its index states; what we write reads back the
// same.
#include "data_support.h"
#include "support/golden.h"

#include <QtTest>

using namespace fettle;
using namespace fettle::data;
using namespace fettle::data::test;

class TestImport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void goldenFiles() {
        const std::string root = goldenRoot() + "/data/import";
        const auto index = readJsonFile(root + "/expected.json");
        QVERIFY2(index.ok(), index.ok() ? "" : index.error().text().c_str());
        int compared = 0;
        int refused = 0;
        for (const Json& entry : *index) {
            const auto name = entry["file"].get<std::string>();
            const auto format = entry["format"].get<std::string>();
            const auto imported = importAll(root + '/' + name);
#ifndef FETTLE_HAS_PARQUET
            if (format == "parquet") { // the module was not built: it says so
                QVERIFY2(!imported.ok() && imported.error().code == ErrorCode::Unsupported,
                         (name + " must be refused as unsupported").c_str());
                ++refused;
                continue;
            }
#endif
            QVERIFY2(imported.ok(), imported.ok() ? "" : (name + ": " + imported.error().text()).c_str());
            const ImportReport& report = imported->report;
            QVERIFY2(report.format == format, (name + ": format " + report.format + ", expected " + format).c_str());
            QVERIFY2(report.errors.empty(), (name + ':' + faultsText(report)).c_str());
            QVERIFY2(imported->samples.size() == entry["rows"].size(),
                     (name + ": " + std::to_string(imported->samples.size()) + " rows").c_str());
            QCOMPARE(report.rows, static_cast<std::int64_t>(entry["rows"].size()));
            for (std::size_t i = 0; i < imported->samples.size(); ++i) {
                const auto got = plain(rowOf(imported->samples[i]));
                const auto wanted = plain(entry["rows"][i]);
                QVERIFY2(got == wanted,
                         (name + " row " + std::to_string(i) + "\n got    " + got.dump() + "\n wanted " + wanted.dump())
                             .c_str());
                QCOMPARE(imported->samples[i].id, static_cast<std::int64_t>(i));
            }
            ++compared;
        }
        qInfo("%d files compared; refused because the module is not built: %d (parquet)", compared, refused);
        QVERIFY(compared > 0);
    }

    // The family names that recipes use take the same files.
    void namedFormats() {
        const std::string root = goldenRoot() + "/data/import";
        const auto index = readJsonFile(root + "/expected.json");
        QVERIFY(index.ok());
        for (const Json& entry : *index) {
            const auto format = entry["format"].get<std::string>();
            std::vector<std::string> names = {format};
            if (format.ends_with("_preference")) {
                names.emplace_back("preference");
            } else if (format.ends_with("_kto")) {
                names.emplace_back("feedback");
            } else if (format == "trl_stepwise") {
                names.emplace_back("stepwise");
            } else if (format == "parquet") {
                continue;
            }
            if (format.starts_with("alpaca")) {
                names.emplace_back("alpaca");
            } else if (format.starts_with("sharegpt")) {
                names.emplace_back("sharegpt");
            }
            for (const std::string& name : names) {
                ImportOptions options;
                options.format = name;
                const auto imported = importAll(root + '/' + entry["file"].get<std::string>(), options);
                QVERIFY2(imported.ok(), (entry["file"].get<std::string>() + " as " + name).c_str());
                QVERIFY2(imported->samples.size() == entry["rows"].size(),
                         (entry["file"].get<std::string>() + " as " + name + faultsText(imported->report)).c_str());
            }
        }
        ImportOptions unknown;
        unknown.format = "exotic";
        const auto refused = importAll(root + "/chat.jsonl", unknown);
        QVERIFY(!refused.ok() && refused.error().code == ErrorCode::InvalidInput);
    }

    void exportReadsBackTheSame() {
        const std::string root = goldenRoot() + "/data/import";
        const auto index = readJsonFile(root + "/expected.json");
        QVERIFY(index.ok());
        const Scratch scratch;
        int files = 0;
        for (const Json& entry : *index) {
            const std::string path = root + '/' + entry["file"].get<std::string>();
#ifndef FETTLE_HAS_PARQUET
            if (entry["format"] == "parquet") {
                continue;
            }
#endif
            const std::string out = scratch.path("out.jsonl");
            const auto report = importToJsonLines(path, {}, out);
            QVERIFY2(report.ok(), report.ok() ? "" : report.error().text().c_str());
            const auto first = importAll(path);
            const auto second = importAll(out);
            QVERIFY(first.ok() && second.ok());
            QVERIFY2(second->samples.size() == first->samples.size(), (path + faultsText(second->report)).c_str());
            for (std::size_t i = 0; i < first->samples.size(); ++i) {
                const std::string a = toJsonLine(first->samples[i]);
                const std::string b = toJsonLine(second->samples[i]);
                QVERIFY2(a == b, (path + "\n" + a + b).c_str());
            }
            ++files;
        }
        QVERIFY(files > 0);
    }

    void exportIsAtomic() {
        const Scratch scratch;
        const std::string source = scratch.write("rows.jsonl", "{\"text\":\"a\"}\n");
        const std::string out = scratch.write("out.jsonl", "old\n");
        setFileFaultHook(
            [](FileOperation operation, const std::string&) { return operation == FileOperation::Sync ? 5 : 0; });
        const auto failed = importToJsonLines(source, {}, out);
        setFileFaultHook({});
        QVERIFY(!failed.ok());
        QCOMPARE(readFile(out).valueOr({}), std::string("old\n"));
        QVERIFY(importToJsonLines(source, {}, out).ok());
        QCOMPARE(readFile(out).valueOr({}), std::string("{\"kind\":\"text\",\"text\":\"a\"}\n"));
    }

    void linesOfArrayElements() {
        const Scratch scratch;
        const std::string path = scratch.write(
            "rows.json", "[\n  {\n    \"text\": \"a\"\n  },\n  {\n    \"text\": 5\n  },\n  {\"text\": \"b\"}\n]\n");
        const auto all = importAll(path);
        QVERIFY(all.ok());
        QCOMPARE(all->samples.size(), std::size_t{2});
        QCOMPARE(all->samples[0].line, std::int64_t{2});
        QCOMPARE(all->samples[1].line, std::int64_t{8});
        QCOMPARE(all->report.faults.size(), std::size_t{1});
        QCOMPARE(all->report.faults[0].line, std::int64_t{5});
        QCOMPARE(all->report.faults[0].code, std::string("wrong_type"));
    }

    void arraysGoOnAfterABrokenRow() {
        const Scratch scratch;
        const std::string good = "{\"prompt\":\"q\",\"completion\":\"a\"}";
        struct Case {
            const char* name;
            std::string text;
            std::size_t rows;
            std::int64_t line;
        };
        const std::vector<Case> cases = {
            {"row not closed",
             "[\n" + good + ",\n{\"prompt\":\"q\",\"completion\":\"a\",\n" + good + ",\n" + good + "\n]\n", 3, 0},
            {"string not closed", "[\n" + good + ",\n{\"prompt\":\"q,\n" + good + ",\n" + good + "\n]\n", 3, 3},
            {"comma missing", "[\n" + good + "\n" + good + ",\n" + good + "\n]\n", 3, 3},
            {"word between rows", "[\n" + good + ", oops,\n" + good + "\n]\n", 2, 2},
            {"two commas", "[\n" + good + ",,\n" + good + "\n]\n", 2, 2},
            {"swapped brackets", "[\n" + good + ",\n{\"prompt\":[\"q\"}],\n" + good + "\n]\n", 2, 3},
        };
        for (const Case& c : cases) {
            const auto all = importAll(scratch.write("rows.json", c.text));
            QVERIFY(all.ok());
            QVERIFY2(all->samples.size() == c.rows,
                     (c.name + (": " + std::to_string(all->samples.size())) + faultsText(all->report)).c_str());
            QVERIFY2(all->report.faults.size() == 1 && all->report.faults[0].code == "json_syntax",
                     (c.name + faultsText(all->report)).c_str());
            QVERIFY2(c.line == 0 || all->report.faults[0].line == c.line, (c.name + faultsText(all->report)).c_str());
        }
    }

    void tables() {
        const Scratch scratch;
        const auto rows = [&](const std::string& text, const char* name = "t.csv") {
            return importAll(scratch.write(name, text));
        };
        auto all = rows("prompt,completion,label\na,b,true\nc,d,False\ne,f,maybe\n");
        QVERIFY(all.ok());
        QCOMPARE(all->samples.size(), std::size_t{2});
        QCOMPARE(all->samples[1].row["label"].get<bool>(), false);
        QCOMPARE(all->report.faults.at(0).code, std::string("wrong_type"));
        // A quote that is never closed costs its own row only.
        all = rows("prompt,completion\n\"open,b\n\"c\",d\n\"e\",\"f\ng\"\n");
        QVERIFY(all.ok());
        QVERIFY2(all->samples.size() == 2 && all->report.faults.size() == 1 &&
                     all->report.faults[0].code == "unclosed_quote" && all->report.faults[0].line == 2,
                 faultsText(all->report).c_str());
        QCOMPARE(all->samples[1].row["completion"].get<std::string>(), std::string("f\ng"));
        QCOMPARE(all->samples[1].line, std::int64_t{4});
        all = rows("text\nalpha\n\nbeta\n");
        QVERIFY(all.ok());
        QCOMPARE(all->samples.size(), std::size_t{2});
        all = rows(",prompt,completion\n0,a,b\n");
        QVERIFY(all.ok() && all->samples.size() == 1);
        QCOMPARE(all->samples[0].row["metadata"]["column_1"].get<std::string>(), std::string("0"));
    }

    void idsAndShapesOfTheirOwn() {
        const Scratch scratch;
        const auto all = importAll(scratch.write(
            "rows.jsonl",
            "{\"ids\":[1,2,3],\"labels\":[-100,2,3]}\n{\"ids\":[1,2],\"labels\":[1]}\n{\"ids\":[],\"labels\":[]}\n"
            "{\"ids\":[-1],\"labels\":[1]}\n{\"ids\":[1.5],\"labels\":[1]}\n{\"ids\":[1],\"labels\":[-7]}\n"));
        QVERIFY(all.ok());
        QCOMPARE(all->report.format, std::string("ids"));
        QCOMPARE(all->samples.size(), std::size_t{1});
        QVERIFY2(all->report.errors.at("bad_ids") == 5, faultsText(all->report).c_str());
        const auto strings =
            importAll(scratch.write("rows.jsonl", "{\"chosen\":\"Ask: é one\",\"rejected\":\"Ask: è two\"}\n"));
        QVERIFY(strings.ok() && strings->samples.size() == 1);
        QCOMPARE(strings->samples[0].row["prompt"].get<std::string>(), std::string("Ask:"));
        QCOMPARE(strings->samples[0].row["chosen"].get<std::string>(), std::string(" é one"));
        const auto roles =
            importAll(scratch.write("rows.jsonl", "{\"conversations\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":"
                                                  "\"assistant\",\"content\":\"b\"}]}\n"));
        QVERIFY(roles.ok() && roles->samples.size() == 1);
        QCOMPARE(roles->report.format, std::string("chat"));
    }

    void folders() {
        const Scratch scratch;
        QVERIFY(makeFolders(scratch.path("texts/deep")).ok());
        (void)scratch.write("texts/b.txt", "\xEF\xBB\xBFsecond");
        (void)scratch.write("texts/a.md", "first");
        (void)scratch.write("texts/deep/c.txt", "third\xFF");
        (void)scratch.write("texts/d.bin", "x");
        const auto all = importAll(scratch.path("texts"));
        QVERIFY(all.ok());
        QCOMPARE(all->report.format, std::string("text_folder"));
        QCOMPARE(all->samples.size(), std::size_t{2});
        QCOMPARE(all->samples[1].row["text"].get<std::string>(), std::string("second"));
        QCOMPARE(all->report.errors.at("invalid_utf8"), std::int64_t{1});
        QCOMPARE(all->report.warnings.at("skipped_file"), std::int64_t{1});
    }

    void stopsAndLimits() {
        const Scratch scratch;
        std::string text;
        for (int i = 0; i < 100; ++i) {
            text += "{\"text\":\"row\"}\n{\"text\":1}\n";
        }
        const std::string path = scratch.write("rows.jsonl", text);
        int taken = 0;
        const auto early = importRows(path, {}, [&](Sample&&) { return ++taken < 5; });
        QVERIFY(early.ok());
        QCOMPARE(taken, 5);
        ImportOptions few;
        few.maxFaults = 10;
        const auto counted = importAll(path, few);
        QVERIFY(counted.ok());
        QCOMPARE(counted->report.faults.size(), std::size_t{10});
        QCOMPARE(counted->report.faultsNotKept, std::int64_t{90});
        QCOMPARE(counted->report.errors.at("wrong_type"), std::int64_t{100});
        std::stop_source stop;
        ImportOptions stoppable;
        stoppable.stop = stop.get_token();
        const auto cancelled = importRows(path, stoppable, [&](Sample&&) {
            stop.request_stop();
            return true;
        });
        QVERIFY(!cancelled.ok() && cancelled.error().code == ErrorCode::Cancelled);
        ImportOptions small;
        small.maxRowBytes = 12;
        small.format = "text";
        const auto refused = importAll(path, small);
        QVERIFY(refused.ok());
        QCOMPARE(refused->report.errors.at("line_too_long"), std::int64_t{100});
        const auto missing = importAll(scratch.path("nothing.jsonl"));
        QVERIFY(!missing.ok() && missing.error().code == ErrorCode::NotFound);
        QVERIFY(!requireRows(path, refused->report).ok());
    }
};

QTEST_APPLESS_MAIN(TestImport)
#include "test_import.moc"
