// kill -9 at random moments of a run: no acknowledged event or checkpoint is lost, nothing half-written is taken for
// whole, and the resumed run ends bit-equal to a straight one. Ten kills; fifty with FETTLE_TEST_FULL. FETTLE_TEST_SEED
// repeats a sequence.
#include "base/files.h"
#include "cli/cli_process.h"
#include "run/run_folder.h"
#include "support/golden.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <random>
#include <set>

using namespace fettle;
using namespace fettle::test;

class TestKill : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void killedRunsLoseNothingAndResumeToTheBit() {
        const char* given = std::getenv("FETTLE_TEST_SEED");
        const unsigned seed =
            given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
        qInfo("seed %u (repeat with FETTLE_TEST_SEED)", seed);
        std::mt19937 random(seed);
        const int kills = std::getenv("FETTLE_TEST_FULL") != nullptr ? 50 : 10;

        const TempFolder folder;
        std::string rows;
        for (int i = 0; i < 60; ++i) {
            rows += "{\"ids\":[5," + std::to_string(20 + i) + ",40," + std::to_string(41 + i % 7) +
                    ",42,2],\"labels\":[-100,-100,40," + std::to_string(41 + i % 7) + ",42,2]}\n";
        }
        QVERIFY(writeFileAtomic(folder / "rows.jsonl", rows).ok());
        const Json recipe = {
            {"model", goldenRoot() + "/models/llama/hf"},
            {"data", {{"train", "rows.jsonl"}, {"format", "ids"}}},
            {"adapter", {{"rank", 4}, {"dropout", 0.1}}},
            {"optimizer", {{"learning_rate", 2e-3}}},
            {"training", {{"epochs", 60}, {"batch_rows", 3}, {"compute_dtype", "fp32"}, {"threads", 1}}},
            {"checkpoint", {{"every_steps", 40}}}};
        QVERIFY(writeFileAtomic(folder / "recipe.json", dumpJson(recipe)).ok());
        const auto straight =
            runCli({"train", "--recipe", folder / "recipe.json", "--set", "output=" + (folder / "straight"), "--json"},
                   300000);
        QVERIFY2(straight.code == 0, straight.err.c_str());
        const auto began = run::summarise(folder / "straight");
        const double fullMs = static_cast<double>(began->endedMs - began->startedMs);
        qInfo("a straight run of 1,200 steps takes %.0f ms", fullMs);

        int resumes = 0;
        int finished = 0;
        int runs = 0;
        for (int kill = 0; kill < kills;) {
            const std::string run = folder / ("run" + std::to_string(runs++));
            std::vector<std::string> words = {"train", "--recipe",      folder / "recipe.json",
                                              "--set", "output=" + run, "--json-events"};
            std::set<std::string> acknowledged;
            for (;;) {
                QProcess process;
                process.start(cliProgram(), cliArguments(words));
                QVERIFY(process.waitForStarted());
                const bool last = kill >= kills;
                if (!last) {
                    // Somewhere between the start of the program and its end; the loading of the engine is part of it.
                    const int wait =
                        std::uniform_int_distribution<int>(30, static_cast<int>(fullMs * 0.8) + 600)(random);
                    if (!process.waitForFinished(wait)) {
                        process.kill();
                        ++kill;
                    }
                }
                QVERIFY(process.state() == QProcess::NotRunning || process.waitForFinished(300000));
                const bool died = process.exitStatus() == QProcess::CrashExit;
                // What was printed as a whole line had been written before.
                const QByteArray printed = process.readAllStandardOutput();
                for (const QByteArray& line : printed.left(printed.lastIndexOf('\n') + 1).split('\n')) {
                    if (!line.isEmpty()) {
                        acknowledged.insert(line.toStdString());
                    }
                }
                if (!fileExists(run + "/recipe.json")) {
                    QVERIFY(acknowledged.empty());
                    break; // killed before the run existed
                }
                const auto text = readFile(run + "/events.jsonl");
                std::set<std::string> written;
                if (text) {
                    for (std::size_t at = 0, end = 0; (end = text->find('\n', at)) != std::string::npos; at = end + 1) {
                        written.insert(text->substr(at, end - at));
                    }
                }
                for (const std::string& line : acknowledged) {
                    QVERIFY2(written.contains(line), line.c_str());
                }
                const auto history = run::readRun(run);
                QVERIFY2(history.ok(), history ? "" : history.error().text().c_str());
                QCOMPARE(history->damagedLines, std::int64_t(0));
                std::int64_t newest = 0;
                for (const auto& checkpoint : run::listCheckpoints(run)) {
                    newest = checkpoint.step;
                    QVERIFY(fileExists(checkpoint.path + "/adapter_model.safetensors"));
                }
                for (const run::RunEvent& event : history->events) {
                    if (const auto* saved = std::get_if<run::CheckpointSaved>(&event.body)) {
                        QVERIFY2(saved->step <= newest, "an acknowledged checkpoint is gone");
                    }
                }
                // A kill may come after the last event: the run is complete then, too.
                if (!died || history->state == jobs::RunState::Succeeded) {
                    QVERIFY2(died || process.exitCode() == 0, process.readAllStandardError().constData());
                    ++finished;
                    QCOMPARE(history->state, jobs::RunState::Succeeded);
                    std::int64_t expected = 1;
                    for (const run::RunEvent& event : history->events) {
                        if (const auto* step = std::get_if<run::StepMetrics>(&event.body)) {
                            QCOMPARE(step->step, expected++);
                        }
                    }
                    QCOMPARE(expected, std::int64_t(1201));
                    for (const char* file : {"adapter_model.safetensors", "state.safetensors"}) {
                        const auto a = readFile(folder / (std::string("straight/checkpoints/step_001200/") + file));
                        const auto b = readFile(run + "/checkpoints/step_001200/" + file);
                        QVERIFY(a.ok() && b.ok());
                        QVERIFY2(*a == *b, file);
                    }
                    break;
                }
                QCOMPARE(history->state, jobs::RunState::Interrupted);
                ++resumes;
                words = {"train", "--resume", run, "--json-events"};
            }
        }
        qInfo("%d kills, %d resumes, %d runs finished bit-equal", kills, resumes, finished);
        QVERIFY(finished > 0);
    }
};

QTEST_GUILESS_MAIN(TestKill)
#include "test_kill.moc"
