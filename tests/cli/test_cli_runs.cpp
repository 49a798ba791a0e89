// fettle runs as a process: logs of other programs, the numbers of a run told the same everywhere, runs as files, and a
// run trained again bit for bit.
#include "base/files.h"
#include "base/numbers.h"
#include "cli/cli_process.h"
#include "support/golden.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <cmath>
#include <filesystem>
#include <map>

using namespace fettle;
using namespace fettle::test;
namespace fs = std::filesystem;

namespace {

#define VERIFY_CODE(result, expected)                                                                                  \
    QVERIFY2((result).code == (expected), ((result).err + (result).out.substr(0, 500)).c_str())
#define VERIFY_HAS(text, part) QVERIFY2((text).find(part) != std::string::npos, (text).c_str())

std::string logs(const std::string& path) {
    return std::string(FETTLE_GOLDEN_DIR) + "/logs/" + path;
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> out(1);
    for (const char c : text) {
        if (c == separator) {
            out.emplace_back();
        } else {
            out.back() += c;
        }
    }
    return out;
}

// Cells of the lines of one kind of event, by column; the texts of this run need no quotes.
std::vector<std::map<std::string, std::string>> linesOf(const std::string& csv, const std::string& type) {
    const auto lines = split(csv, '\n');
    const auto header = split(lines[0], ',');
    std::vector<std::map<std::string, std::string>> out;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        if (lines[i].find("," + type + ",") == std::string::npos) {
            continue;
        }
        const auto cells = split(lines[i], ',');
        auto& row = out.emplace_back();
        for (std::size_t column = 0; column < std::min(cells.size(), header.size()); ++column) {
            row[header[column]] = cells[column];
        }
    }
    return out;
}

} // namespace

class TestCliRuns : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        std::string rows;
        for (int i = 0; i < 24; ++i) {
            rows += "{\"ids\":[5," + std::to_string(20 + i) + ",40,41,42,2],\"labels\":[-100,-100,40,41,42,2]}\n";
        }
        must(writeFileAtomic(m_folder / "rows.jsonl", rows));
        const Json recipe = {{"model", goldenRoot() + "/models/llama/hf"},
                             {"data", {{"train", "rows.jsonl"}, {"validation", 0.25}, {"format", "ids"}}},
                             {"adapter", {{"rank", 4}, {"dropout", 0.1}}},
                             {"optimizer", {{"learning_rate", 5e-3}}},
                             {"training", {{"epochs", 2}, {"batch_rows", 6}, {"compute_dtype", "fp32"}}}};
        must(writeFileAtomic(m_folder / "recipe.json", dumpJson(recipe)));
        const auto trained =
            runCli({"train", "--recipe", m_folder / "recipe.json", "--set", "optimizer.learning_rate=4e-3", "--json"});
        VERIFY_CODE(trained, 0);
        m_run = trained.json()["run"].get<std::string>();
    }

    void importLogSpeaksTheContract() {
        const Json all = must(readJsonFile(logs("expected.json")));
        QVERIFY(all.size() > 30);
        for (const auto& [name, expected] : all.items()) {
            const auto result = runCli({"runs", "import-log", logs(expected["path"].get<std::string>()), "--json"});
            VERIFY_CODE(result, 0);
            const Json json = result.json();
            QVERIFY2(json.is_object() && json.size() == 2, name.c_str()); // series and skipped, nothing else
            QVERIFY2(json["skipped"] == expected["skipped"], (name + ": " + result.err).c_str());
            QVERIFY2(json["series"].size() == expected["series"].size(), name.c_str());
            for (const auto& [series, points] : expected["series"].items()) {
                QVERIFY2(json["series"].value(series, Json()) == points, (name + ": " + series).c_str());
            }
            for (const Json& told : expected["tells"]) {
                VERIFY_HAS(result.err, told.get<std::string>());
            }
            if (expected["diverged"].get<bool>()) {
                VERIFY_HAS(result.err, "diverged");
            }
        }
    }

    void importLogForPeople() {
        const auto table = runCli({"runs", "import-log", logs("hf_plain")});
        VERIFY_CODE(table, 0);
        for (const char* part : {"series", "points", "eval_loss", "grad_norm", "hf_plain"}) {
            VERIFY_HAS(table.out, part);
        }
        QVERIFY2(table.out.find("0.16666666") == std::string::npos, table.out.c_str()); // short numbers
        const auto diverged = runCli({"runs", "import-log", logs("hf_diverged")});
        VERIFY_HAS(diverged.out, "DIVERGED");
        const auto none = runCli({"runs", "import-log", m_folder / "rows.jsonl", "--json"});
        VERIFY_CODE(none, 1);
        VERIFY_HAS(none.err, "rows.jsonl");
        VERIFY_HAS(none.err, "trainer_state.json"); // what would be one
        QVERIFY(none.out.empty());
        VERIFY_CODE(runCli({"runs", "import-log", m_folder / "nothing"}), 1);
        VERIFY_CODE(runCli({"runs", "import-log"}), 2);
        VERIFY_CODE(runCli({"runs", "import-log", m_run, "--json"}), 0);
    }

    void showAndCsvTellTheSameNumbers() {
        const auto shown = runCli({"runs", "show", m_run, "--json"});
        VERIFY_CODE(shown, 0);
        const Json json = shown.json();
        QVERIFY(json.is_object());
        const auto written = runCli({"runs", "export", m_run, "--csv", m_folder / "run.csv", "--json"});
        VERIFY_CODE(written, 0);
        const std::string csv = must(readFile(m_folder / "run.csv"));
        const auto piped = runCli({"runs", "export", m_run, "--csv", "-"});
        VERIFY_CODE(piped, 0);
        QCOMPARE(piped.out, csv);
        std::size_t compared = 0;
        const auto check = [&](const std::vector<std::map<std::string, std::string>>& lines, const std::string& key,
                               const Json& points) {
            std::size_t at = 0;
            for (const auto& line : lines) {
                if (line.at(key).empty()) {
                    continue;
                }
                QVERIFY2(at < points.size(), key.c_str());
                QCOMPARE(points[at][0].get<std::int64_t>(), must(parseInt(line.at("step"))));
                QCOMPARE(dumpJson(points[at][1]), dumpJson(must(parseJson(line.at(key)))));
                ++at;
            }
            QCOMPARE(at, points.size());
            compared += at;
        };
        const auto steps = linesOf(csv, "step_metrics");
        QCOMPARE(steps.size(), std::size_t(json["step"].get<int>()));
        for (const char* key : {"epoch", "loss", "lr", "grad_norm", "label_tokens", "tokens", "computed_tokens",
                                "tokens_per_s", "step_ms", "wait_ms", "peak_bytes", "token_accuracy"}) {
            QVERIFY2(json["series"].contains(key), key);
            check(steps, key, json["series"][key]);
        }
        for (const char* key : {"loss", "token_accuracy"}) {
            const std::string name = std::string("validation.") + key;
            QVERIFY2(json["series"].contains(name), name.c_str());
            check(linesOf(csv, "eval_metrics"), key, json["series"][name]);
        }
        QVERIFY(compared > 12 * steps.size());
        // And the event file itself.
        std::size_t events = 0;
        for (const std::string& line : split(must(readFile(m_run + "/events.jsonl")), '\n')) {
            events += line.empty() ? 0 : 1;
        }
        QCOMPARE(written.json()["lines"].get<std::size_t>(), events);
        QCOMPARE(split(csv, '\n').size(), events + 2); // header and the last line end
    }

    void recordIsShown() {
        const Json record = runCli({"runs", "show", m_run, "--json"}).json()["record"];
        QVERIFY(record["machine"]["threads"].get<int>() > 0);
        QVERIFY(record["machine"]["memory_bytes"].get<double>() > 0);
        QVERIFY(record["predicted"]["peak_bytes"].get<double>() > 0);
        QCOMPARE(record["predicted"]["steps"], record["actual"]["steps"]);
        QVERIFY(record["actual"]["peak_bytes"].get<double>() > 0);
        QCOMPARE(record["rows"].get<int>(), 18);
        QCOMPARE(record["recipe_hash"].get<std::string>().size(), std::size_t(32));
        QCOMPARE(record["data_hash"].get<std::string>().size(), std::size_t(32));
        const auto text = runCli({"runs", "show", m_run});
        VERIFY_CODE(text, 0);
        for (const char* part : {"processor:", "versions: Fettle", "predicted", "again: fettle train"}) {
            VERIFY_HAS(text.out, part);
        }
    }

    void theCommandTrainsTheSameAdapter() {
        const std::string command = runCli({"runs", "show", m_run, "--json"}).json()["reproduce"].get<std::string>();
        QProcess shell;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("PATH"),
                           QStringLiteral(FETTLE_BIN_DIR ":") + environment.value(QStringLiteral("PATH")));
        shell.setProcessEnvironment(environment);
        shell.setWorkingDirectory(QStringLiteral("/"));
        shell.start(QStringLiteral("sh"), {QStringLiteral("-c"), QString::fromStdString(command + " --json")});
        QVERIFY(shell.waitForFinished(120000));
        const std::string out = shell.readAllStandardOutput().toStdString();
        QVERIFY2(shell.exitCode() == 0, (command + "\n" + shell.readAllStandardError().toStdString()).c_str());
        const std::string again = must(parseJson(out))["run"].get<std::string>();
        QVERIFY(again != m_run);
        std::size_t compared = 0;
        for (const auto& entry : fs::directory_iterator(m_run + "/checkpoints")) {
            const std::string name = "/checkpoints/" + entry.path().filename().string() + "/adapter_model.safetensors";
            QVERIFY2(must(readFile(m_run + name)) == must(readFile(again + name)), name.c_str());
            ++compared;
        }
        QVERIFY(compared > 0);
        // What compare says of them: nothing but what auto stood for.
        const Json compare = runCli({"runs", "compare", m_run, again, "--json"}).json();
        for (const Json& difference : compare["recipe_differences"]) {
            QCOMPARE(difference["section"].get<std::string>(), std::string("training"));
            QVERIFY(difference["left"] == "auto" || difference["left"].is_null());
        }
        const auto same = runCli({"runs", "compare", m_run, m_run});
        VERIFY_CODE(same, 0);
        VERIFY_HAS(same.out, "the same");
    }

    void archivesGoElsewhere() {
        const std::string archive = m_folder / "run.tar";
        const auto exported =
            runCli({"runs", "export", m_run, "--archive", archive, "--checkpoints", "last", "--json"});
        VERIFY_CODE(exported, 0);
        QCOMPARE(exported.json()["checkpoints"].size(), std::size_t(1));
        fs::create_directories(m_folder / "project");
        const auto imported = runCli({"runs", "import", archive, "--project", m_folder / "project", "--json"});
        VERIFY_CODE(imported, 0);
        const std::string there = imported.json()["run"].get<std::string>();
        QVERIFY(there.starts_with(m_folder / "project/runs/"));
        const Json before = runCli({"runs", "show", m_run, "--json"}).json();
        const Json after = runCli({"runs", "show", there, "--json"}).json();
        QVERIFY(before["series"] == after["series"]);
        QVERIFY(before["record"]["recipe_hash"] == after["record"]["recipe_hash"]);
        const auto twice = runCli({"runs", "import", archive, "--project", m_folder / "project", "--json"});
        VERIFY_CODE(twice, 0);
        QVERIFY(twice.json()["run"] != imported.json()["run"]);
        std::string bytes = must(readFile(archive));
        bytes[bytes.size() / 2] = static_cast<char>(~bytes[bytes.size() / 2]);
        must(writeFileAtomic(archive, bytes));
        const auto damaged = runCli({"runs", "import", archive, "--project", m_folder / "project"});
        VERIFY_CODE(damaged, 1);
        VERIFY_HAS(damaged.err, "run.tar");
        QCOMPARE(std::distance(fs::directory_iterator(m_folder / "project/runs"), fs::directory_iterator()), 2);
    }

    void exportUsage() {
        VERIFY_CODE(runCli({"runs", "export", m_run}), 2);
        VERIFY_CODE(runCli({"runs", "export", m_run, "--csv", "a", "--archive", "b"}), 2);
        VERIFY_CODE(runCli({"runs", "export", m_run, "--archive", m_folder / "b.tar", "--checkpoints", "some"}), 2);
        VERIFY_CODE(runCli({"runs", "export", m_run, "--csv", "-", "--checkpoints", "all"}), 2);
        const auto missing = runCli({"runs", "export", m_folder / "none", "--csv", m_folder / "x.csv"});
        VERIFY_CODE(missing, 1);
        VERIFY_HAS(missing.err, "none");
        VERIFY_CODE(runCli({"runs", "import", m_folder / "rows.jsonl", "--project", m_folder / "project"}), 1);
        VERIFY_CODE(runCli({"runs", "import", m_folder / "b.tar", "--project", m_folder / "no-such"}), 1);
    }

private:
    TempFolder m_folder;
    std::string m_run;
};

QTEST_GUILESS_MAIN(TestCliRuns)
#include "test_cli_runs.moc"
