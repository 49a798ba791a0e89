// fettle data … --project: the rows of a project from the command line, and the rows a run is trained on.
#include "base/files.h"
#include "cli_process.h"
#include "project/project.h"
#include "project/row_store.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

using namespace fettle;
using test::CliResult;
using test::must;
using test::runCli;
using test::TempFolder;

namespace {

std::string chat(const std::string& asked, const std::string& answer) {
    return "{\"messages\":[{\"role\":\"user\",\"content\":" + dumpJson(asked) +
           "},{\"role\":\"assistant\",\"content\":" + dumpJson(answer) + "}]}\n";
}

} // namespace

class TestCliDataProject : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        { (void)must(project::Project::create(m_folder / "p", "CLI")); }
        std::string rows;
        for (int i = 0; i < 60; ++i) {
            rows +=
                chat("Question number " + std::to_string(i * 7919) + " about packages", "answer " + std::to_string(i));
        }
        rows += chat("Question number 0 about packages", "answer 0"); // stands twice
        rows += "{torn\n";
        must(writeFileAtomic(m_folder / "rows.jsonl", rows));
    }
    void importTellsWhatChanged() {
        const CliResult first = run({"data", "import", m_folder / "rows.jsonl", "--rejected", m_folder / "bad.jsonl"});
        QCOMPARE(first.code, 0);
        QCOMPARE(first.json()["added"], Json(61));
        QCOMPARE(first.json()["bad"].size(), std::size_t{1});
        QCOMPARE(first.json()["bad"][0]["line"], Json(62));
        QCOMPARE(must(readFile(m_folder / "bad.jsonl")), std::string("{torn\n"));
        QCOMPARE(run({"data", "import", m_folder / "rows.jsonl"}).json()["unchanged"], Json(true));
        std::string text = must(readFile(m_folder / "rows.jsonl"));
        text.replace(text.find("answer 5\""), 9, "answer five\"");
        must(writeFileAtomic(m_folder / "rows.jsonl", text + chat("one more", "yes")));
        QCOMPARE(run({"data", "import", m_folder / "rows.jsonl", "--plan"}).json()["changed"], Json(1));
        const CliResult second = run({"data", "import", m_folder / "rows.jsonl"});
        QCOMPARE(second.json()["added"], Json(1));
        QCOMPARE(second.json()["changed"], Json(1));
        QCOMPARE(second.json()["same"], Json(60));
    }
    void checksAreKept() {
        const CliResult checked = run({"data", "check"});
        QCOMPARE(checked.code, 0);
        bool duplicate = false;
        const Json told = checked.json();
        for (const Json& check : told["checks"]) {
            duplicate = duplicate || (check["code"] == "duplicate_exact" && check["rows"] == 1);
        }
        QVERIFY2(duplicate, checked.out.c_str());
        QVERIFY(!checked.json()["clusters"].empty());
    }
    void splitsStayWhereTheyAre() {
        QCOMPARE(run({"data", "versions", "--make", "before"}).code, 0);
        const CliResult split = run({"data", "split", "--counts", "rest,10,10"});
        QCOMPARE(split.code, 0);
        QCOMPARE(split.json()["counts"]["test"], Json(10));
        QCOMPARE(split.json()["counts"]["train"], Json(42));
        QCOMPARE(run({"data", "split", "--counts", "rest,10,10"}).json()["moved"], Json(0));
        std::string more;
        for (int i = 0; i < 40; ++i) {
            more += chat("Something new " + std::to_string(i * 104729), "yes " + std::to_string(i));
        }
        must(writeFileAtomic(m_folder / "more.jsonl", more));
        QCOMPARE(run({"data", "import", m_folder / "more.jsonl"}).code, 0);
        const CliResult again = run({"data", "split", "--ratio", "0.5,0.25,0.25"});
        QCOMPARE(again.code, 0);
        QVERIFY(again.json()["counts"]["test"].get<int>() > 10);
        const CliResult diff = run({"data", "diff", "before", "now"});
        QCOMPARE(diff.code, 0);
        QCOMPARE(diff.json()["added"], Json(40));
        QCOMPARE(diff.json()["changed"], Json(20)); // rows of the first split, and no other of the old ones
    }
    void exportsTheRowsOfASplit() {
        const CliResult exported =
            run({"data", "export", "--format", "openai", "--to", m_folder / "out.jsonl", "--split", "validation"});
        QCOMPARE(exported.code, 0);
        const std::string text = must(readFile(m_folder / "out.jsonl"));
        QCOMPARE(static_cast<std::int64_t>(std::count(text.begin(), text.end(), '\n')),
                 exported.json()["written"].get<std::int64_t>());
        QVERIFY(exported.json()["written"].get<int>() >= 10);
    }
    void wrongUseIsTold() {
        QCOMPARE(run({"data", "split"}).code, 2);
        QCOMPARE(run({"data", "import", m_folder / "rows.jsonl", "--map", "a"}).code, 2);
        const CliResult gone = runCli({"data", "check", "--project", m_folder / "nowhere"});
        QCOMPARE(gone.code, 1);
        QVERIFY(gone.err.find("project") != std::string::npos);
        const CliResult version = run({"data", "diff", "never"});
        QCOMPARE(version.code, 1);
        QVERIFY(version.err.find("before") != std::string::npos);
    }

private:
    CliResult run(std::vector<std::string> words) {
        words.insert(words.end(), {"--project", m_folder / "p", "--json"});
        return runCli(words);
    }
    TempFolder m_folder;
};

QTEST_GUILESS_MAIN(TestCliDataProject)
#include "test_cli_data_project.moc"
