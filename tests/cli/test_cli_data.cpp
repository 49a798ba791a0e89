// fettle data dedupe, check, split, export and diff as processes: exit codes, JSON, files and messages.
#include "base/files.h"
#include "cli_process.h"
#include "support/golden.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <algorithm>
#include <map>
#include <set>

using namespace fettle;
using namespace fettle::test;

namespace {

std::string golden(const std::string& name) {
    return goldenRoot() + "/data/" + name;
}

void write(const std::string& path, const std::string& text) {
    must(writeFileAtomic(path, text));
}

std::string chatLine(const std::string& question, const std::string& answer, const std::string& more = {}) {
    return dumpJson({{"messages", Json::array({{{"role", "user"}, {"content", question}},
                                               {{"role", "assistant"}, {"content", answer}}})}})
               .insert(1, more) +
           "\n";
}

std::set<std::string> contentsOf(const std::string& path) {
    std::set<std::string> lines;
    std::string text = must(readFile(path));
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        lines.insert(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

} // namespace

class TestCliData : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void dedupeGivesThePlantedClusters() {
        const Json expected = must(readJsonFile(golden("duplicates/expected.json")));
        std::vector<std::string> words = {"data", "dedupe"};
        for (const Json& file : expected["files"]) {
            words.push_back(golden("duplicates/" + file.get<std::string>()));
        }
        words.insert(words.end(), {"--threshold", "0.8"});
        const CliResult shown = runCli(words);
        QCOMPARE(shown.code, 0);
        QVERIFY(shown.out.find("same text: ") != std::string::npos);
        words.emplace_back("--json");
        const CliResult result = runCli(words);
        QCOMPARE(result.code, 0);
        QVERIFY2(result.err.empty(), result.err.c_str());
        const Json got = result.json();
        QVERIFY(got["exact"] == expected["exact"]);
        QVERIFY(got["normalised"] == expected["normalised"]);
        auto wanted = expected["near_clusters"].get<std::vector<std::vector<int>>>();
        auto near = got["near"].get<std::vector<std::vector<int>>>();
        std::sort(wanted.begin(), wanted.end());
        QVERIFY(near == wanted);
    }

    void dedupeAgainstTellsLeaks() {
        const Json expected = must(readJsonFile(golden("leaks/expected.json")));
        const CliResult result = runCli({"data", "dedupe", golden("leaks/test.jsonl"), "--against",
                                         golden("leaks/train.jsonl"), "--threshold", "0.8", "--json"});
        QCOMPARE(result.code, 0);
        const Json got = result.json();
        QCOMPARE(got["leaks"].size(), expected["leaks"].size());
        for (std::size_t i = 0; i < got["leaks"].size(); ++i) {
            const Json& one = got["leaks"][i];
            const Json& wanted = expected["leaks"][i];
            QVERIFY(one["row"] == wanted["test_row"] && one["other"] == wanted["train_row"] &&
                    one["kind"] == wanted["kind"]);
        }
        QCOMPARE(got["rows"], expected["rows"]["test"]);
    }

    void checkNamesWhatIsWrong() {
        const TempFolder folder;
        std::string text;
        for (int i = 0; i < 30; ++i) {
            text += chatLine("Which section holds package number " + std::to_string(i * 7919) + "?",
                             i % 2 == 0 ? "web" : "net");
        }
        text += chatLine("Mail jo@example.org about it", "done here");
        text += chatLine("What is it like?", "I'm sorry, but I can't help with that.");
        text += chatLine("Which section holds package number 0?", "web");
        text += "not JSON\n";
        write(folder / "rows.jsonl", text);
        const CliResult result = runCli({"data", "check", folder / "rows.jsonl", "--json"});
        QCOMPARE(result.code, 0);
        QVERIFY(result.err.find("rows.jsonl:34") != std::string::npos);
        const Json got = result.json();
        QCOMPARE(got["rows"].get<int>(), 34);
        QCOMPARE(got["good"].get<int>(), 33);
        std::map<std::string, Json> checks;
        for (const Json& check : got["checks"]) {
            checks[check["code"].get<std::string>()] = check;
        }
        QCOMPARE(checks.at("personal_email")["first"]["line"].get<int>(), 31);
        QCOMPARE(checks.at("personal_email")["first"]["key"].get<std::string>(), std::string("messages[0].content"));
        QCOMPARE(checks.at("refused_answer")["rows"].get<int>(), 1);
        QCOMPARE(checks.at("duplicate_exact")["first"]["row"].get<int>(), 32);
        QVERIFY(!checks.contains("empty_answer"));
        bool told = false;
        for (const Json& hit : got["hits"]) {
            told = told || (hit["code"] == "personal_email" && hit["span"] == Json::array({5, 19}));
        }
        QVERIFY(told);
        const CliResult shown = runCli({"data", "check", folder / "rows.jsonl"});
        QVERIFY(shown.out.find("E-mail address [personal_email]  1 row, first " + (folder / "rows.jsonl") + ":31") !=
                std::string::npos);
    }

    void checkWithAModelCountsTokens() {
        const CliResult result = runCli(
            {"data", "check", golden("encode/rows.jsonl"), "--model", modelFolder(), "--context", "12", "--json"});
        QVERIFY2(result.code == 0, result.err.c_str());
        std::map<std::string, int> counts;
        const Json got = result.json();
        for (const Json& check : got["checks"]) {
            counts[check["code"].get<std::string>()] = check["rows"].get<int>();
        }
        const Json expected = must(readJsonFile(golden("encode/expected.json")));
        int longer = 0;
        for (const Json& row : expected.is_array() ? expected : expected["rows"]) {
            longer += row["ids"].size() > 12 ? 1 : 0;
        }
        QVERIFY(longer > 0);
        QCOMPARE(counts["too_long"], longer);
    }

    void splitIsStableAndKeepsWhatStands() {
        const TempFolder folder;
        std::string text;
        for (int i = 0; i < 400; ++i) {
            text += chatLine("Question " + std::to_string(i * 104729), "Answer " + std::to_string(i * 1299709),
                             "\"user\":\"u" + std::to_string(i % 40) + "\",");
        }
        write(folder / "a.jsonl", text);
        const CliResult first =
            runCli({"data", "split", folder / "a.jsonl", "--ratio", "0.8,0.1,0.1", "--out", folder / "one", "--json"});
        QVERIFY2(first.code == 0, first.err.c_str());
        const Json counts = first.json()["counts"];
        QCOMPARE(counts["train"].get<int>() + counts["validation"].get<int>() + counts["test"].get<int>(), 400);
        QVERIFY(counts["test"].get<int>() > 15 && counts["test"].get<int>() < 75);
        QCOMPARE(contentsOf(folder / "one/test.jsonl").size(), counts["test"].get<std::size_t>());
        // More rows in front: the old ones stay, by hash alone.
        std::string more;
        for (int i = 0; i < 200; ++i) {
            more += chatLine("New question " + std::to_string(i * 7), "New answer " + std::to_string(i));
        }
        write(folder / "b.jsonl", more + text);
        QCOMPARE(runCli({"data", "split", folder / "b.jsonl", "--ratio", "0.8,0.1,0.1", "--out", folder / "two"}).code,
                 0);
        for (const char* name : {"/train.jsonl", "/validation.jsonl", "/test.jsonl"}) {
            const auto before = contentsOf(folder / "one" + name);
            const auto after = contentsOf(folder / "two" + name);
            QVERIFY(std::includes(after.begin(), after.end(), before.begin(), before.end()));
        }
        // Counts and strata keep an earlier split when told so.
        const CliResult kept = runCli({"data", "split", folder / "b.jsonl", "--counts", "rest,60,60", "--keep",
                                       folder / "one", "--out", folder / "three", "--json"});
        QVERIFY2(kept.code == 0, kept.err.c_str());
        QCOMPARE(kept.json()["kept"].get<int>(), 400);
        QCOMPARE(kept.json()["counts"]["test"].get<int>(), std::max(60, counts["test"].get<int>()));
        const auto before = contentsOf(folder / "one/test.jsonl");
        const auto after = contentsOf(folder / "three/test.jsonl");
        QVERIFY(std::includes(after.begin(), after.end(), before.begin(), before.end()));
        // Groups stay together.
        QCOMPARE(runCli({"data", "split", folder / "a.jsonl", "--ratio", "2,1,1", "--group", "user", "--out",
                         folder / "four"})
                     .code,
                 0);
        std::map<std::string, std::set<std::string>> homes;
        for (const char* name : {"train", "validation", "test"}) {
            for (const std::string& line : contentsOf(folder / "four/" + name + ".jsonl")) {
                homes[must(parseJson(line))["metadata"]["user"].get<std::string>()].insert(name);
            }
        }
        QCOMPARE(homes.size(), std::size_t{40});
        for (const auto& [user, splits] : homes) {
            QCOMPARE(splits.size(), std::size_t{1});
        }
        const CliResult again =
            runCli({"data", "split", folder / "a.jsonl", "--ratio", "1,1,1", "--out", folder / "one"});
        QCOMPARE(again.code, 1);
        QVERIFY(again.err.find("--keep") != std::string::npos);
    }

    void exportWritesAndTellsLosses() {
        const TempFolder folder;
        write(folder / "rows.jsonl", chatLine("Q", "A") + chatLine("R", "B", "\"book\":1,"));
        const CliResult result = runCli(
            {"data", "export", folder / "rows.jsonl", "--format", "openai", "--to", folder / "o.jsonl", "--json"});
        QVERIFY2(result.code == 0, result.err.c_str());
        QCOMPARE(result.json()["written"].get<int>(), 2);
        QCOMPARE(result.json()["losses"]["metadata"].get<int>(), 1);
        QVERIFY(result.err.find("rows.jsonl:2: metadata: the format has no place for it") != std::string::npos);
        QCOMPARE(must(readFile(folder / "o.jsonl")), chatLine("Q", "A") + chatLine("R", "B"));
        const CliResult strict = runCli(
            {"data", "export", folder / "rows.jsonl", "--format", "openai", "--to", folder / "s.jsonl", "--strict"});
        QCOMPARE(strict.code, 1);
        QVERIFY(!fileExists(folder / "s.jsonl"));
        const CliResult plan = runCli(
            {"data", "export", folder / "rows.jsonl", "--format", "alpaca", "--to", folder / "p.json", "--plan"});
        QCOMPARE(plan.code, 0);
        QVERIFY(!fileExists(folder / "p.json"));
        const CliResult table =
            runCli({"data", "export", folder / "rows.jsonl", "--format", "csv", "--to", folder / "t.csv"});
        QCOMPARE(table.code, 0);
        const CliResult back = runCli({"data", "import", folder / "t.csv", "--to", folder / "back.jsonl", "--json"});
        QCOMPARE(back.json()["good"].get<int>(), 2);
        QCOMPARE(
            runCli({"data", "export", folder / "rows.jsonl", "--format", "azure", "--to", folder / "a.jsonl"}).code, 0);
        QVERIFY(must(readFile(folder / "a.jsonl")).starts_with("\xEF\xBB\xBF"));
        const CliResult parquet =
            runCli({"data", "export", folder / "rows.jsonl", "--format", "parquet", "--to", folder / "x.parquet"});
#ifdef FETTLE_HAS_PARQUET
        QCOMPARE(parquet.code, 0);
        const CliResult again =
            runCli({"data", "import", folder / "x.parquet", "--to", folder / "again.jsonl", "--json"});
        QCOMPARE(again.json()["good"].get<int>(), 2);
        QVERIFY(again.json()["format"] == "parquet");
#else
        QCOMPARE(parquet.code, 1);
        QVERIFY(parquet.err.find("Parquet") != std::string::npos);
#endif
    }

    void diffByIdAndByContent() {
        const TempFolder folder;
        const auto row = [](int id, const std::string& answer) {
            return chatLine("Q" + std::to_string(id), answer, "\"id\":" + std::to_string(id) + ",");
        };
        write(folder / "a.jsonl", row(1, "A") + row(2, "B") + row(3, "C"));
        write(folder / "b.jsonl", row(3, "C") + row(1, "changed") + row(4, "D"));
        const CliResult byId = runCli({"data", "diff", folder / "a.jsonl", folder / "b.jsonl", "--json"});
        QVERIFY2(byId.code == 0, byId.err.c_str());
        QCOMPARE(dumpJson(byId.json()),
                 std::string("{\"by\":\"id\",\"added\":[2],\"removed\":[1],\"changed\":[{\"first\":0,\"second\":1,"
                             "\"keys\":[\"messages[1].content\"]}],\"same\":1,\"moved\":0}"));
        write(folder / "c.jsonl", chatLine("Q1", "A") + chatLine("Q2", "B") + chatLine("Q2", "B"));
        write(folder / "d.jsonl", chatLine("Q2", "B") + chatLine("q1!", "other") + chatLine("Q3", "C"));
        const CliResult byContent = runCli({"data", "diff", folder / "c.jsonl", folder / "d.jsonl", "--json"});
        const Json got = byContent.json();
        QCOMPARE(got["by"].get<std::string>(), std::string("content"));
        QVERIFY(got["added"] == Json::array({2}) && got["removed"] == Json::array({2}) && got["same"] == 1);
        QVERIFY(got["changed"][0]["first"] == 0 && got["changed"][0]["second"] == 1);
        const CliResult same = runCli({"data", "diff", folder / "a.jsonl", folder / "a.jsonl"});
        QVERIFY(same.out.starts_with("0 added, 0 changed, 0 removed, 3 the same (0 moved)"));
    }

    void wrongUseIsTold() {
        const TempFolder folder;
        write(folder / "rows.jsonl", chatLine("Q", "A"));
        const std::string rows = folder / "rows.jsonl";
        const std::vector<std::vector<std::string>> usage = {
            {"data", "dedupe"},
            {"data", "dedupe", rows, "--threshold", "2"},
            {"data", "check"},
            {"data", "check", rows, "--nonsense"},
            {"data", "split", rows, "--out", folder / "s"},
            {"data", "split", rows, "--ratio", "1,2", "--out", folder / "s"},
            {"data", "split", rows, "--ratio", "a,b,c", "--out", folder / "s"},
            {"data", "split", rows, "--ratio", "1,1,1"},
            {"data", "export", rows, "--to", folder / "x.jsonl"},
            {"data", "diff", rows},
        };
        for (const auto& words : usage) {
            const CliResult result = runCli(words);
            QVERIFY2(result.code == 2 && !result.err.empty(), (words[1] + ": " + result.err).c_str());
        }
        const std::vector<std::vector<std::string>> failed = {
            {"data", "dedupe", folder / "none.jsonl"},
            {"data", "check", rows, "--model", folder / "none"},
            {"data", "split", rows, "--ratio", "0,0,0", "--out", folder / "s"},
            {"data", "split", rows, "--ratio", "1,1,1", "--keep", folder / "none", "--out", folder / "s"},
            {"data", "export", rows, "--format", "nonsense", "--to", folder / "x.jsonl"},
            {"data", "export", rows, "--format", "text", "--to", folder / "x.jsonl"},
            {"data", "diff", rows, folder / "none.jsonl"},
        };
        for (const auto& words : failed) {
            const CliResult result = runCli(words);
            QVERIFY2(result.code == 1 && !result.err.empty() && result.out.empty(),
                     (words[1] + ": " + result.err).c_str());
        }
        for (const char* name : {"dedupe", "check", "split", "export", "diff"}) {
            QVERIFY(runCli({"data", name, "--help"}).out.starts_with(std::string("fettle data ") + name));
        }
    }

private:
    // A folder with tokenizer and template and no weights, as the golden set of encodings uses them.
    std::string modelFolder() {
        const std::string tokenizer = goldenRoot() + "/text/tokenizers/bpe_qwen/tokenizer.json";
        const std::string chat = goldenRoot() + "/text/templates/chatml_generation/template.jinja";
        must(makeFolders(m_folder / "model"));
        write(m_folder / "model/tokenizer.json", must(readFile(tokenizer)));
        write(m_folder / "model/chat_template.jinja", must(readFile(chat)));
        write(m_folder / "model/tokenizer_config.json", "{\"eos_token\":\"<|im_end|>\"}");
        return m_folder / "model";
    }
    TempFolder m_folder;
};

QTEST_GUILESS_MAIN(TestCliData)
#include "test_cli_data.moc"
