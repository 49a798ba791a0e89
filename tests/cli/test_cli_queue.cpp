// The command line with many runs: sweeps, queues, runs in a process of their own that are steered from outside, and
// the named failures with their way on.
#include "base/files.h"
#include "cli/cli_process.h"
#include "recipe/fields.h"
#include "run/run_folder.h"
#include "support/golden.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

using namespace fettle;
using namespace fettle::test;
using namespace Qt::Literals::StringLiterals;
using jobs::RunState;

namespace {

// A folder with rows, a recipe, a sweep, and a project around them.
struct Place {
    TempFolder folder;
    explicit Place(int epochs = 1) {
        std::string rows;
        for (int i = 0; i < 24; ++i) {
            rows += "{\"ids\":[5," + std::to_string(20 + i) + ",40,42,2],\"labels\":[-100,-100,40,42,2]}\n";
        }
        must(writeFileAtomic(path("rows.jsonl"), rows));
        must(writeFileAtomic(path("valid.jsonl"), rows));
        must(makeFolders(path("runs")));
        const Json recipe = {
            {"model", goldenRoot() + "/models/llama/hf"},
            {"data", {{"train", path("rows.jsonl")}, {"validation", path("valid.jsonl")}, {"format", "ids"}}},
            {"adapter", {{"rank", 4}}},
            {"training", {{"epochs", epochs}, {"batch_rows", 4}, {"compute_dtype", "fp32"}, {"threads", 1}}}};
        must(writeFileAtomic(path("recipe.json"), dumpJson(recipe)));
    }
    [[nodiscard]] std::string path(const std::string& name) const { return folder / name; }
    /// A prepared run "run-0001" that nothing has started.
    [[nodiscard]] std::string prepared() const {
        Json recipe = must(readJsonFile(path("recipe.json")));
        const std::string run = path("runs/run-0001");
        recipe["output"] = run;
        must(run::createRunFolder(run, "Run 1", recipe::toJson(must(recipe::fromJson(recipe)))));
        return run;
    }
};

RunState stateOf(const std::string& run) {
    return must(run::readRun(run)).state;
}

} // namespace

class TestCliQueue : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aSweepRunsAndNamesItsBest() {
        const Place place;
        must(writeFileAtomic(place.path("sweep.yaml"),
                             "# two by two\nmethod: grid\nfields:\n  adapter.rank: [2, 4]\n"
                             "  optimizer.learning_rate: {log_uniform: [1e-4, 1e-2], steps: 2}\n"));
        const CliResult result = runCli(
            {"train", "--recipe", place.path("recipe.json"), "--sweep", place.path("sweep.yaml"), "--json"}, 240000);
        QVERIFY2(result.code == 0, result.err.c_str());
        const Json json = result.json();
        QCOMPARE(json["runs"].size(), std::size_t(4));
        QCOMPARE(json["best"], json["runs"][0]["id"]);
        for (const Json& run : json["runs"]) {
            QCOMPARE(run["state"], Json("succeeded"));
            QVERIFY(run["validation_loss"].get<double>() >= json["runs"][0]["validation_loss"].get<double>());
        }
        must(writeFileAtomic(place.path("bad.yaml"), "fields:\n  adapter.rnak: [1, 2]\n"));
        const CliResult bad =
            runCli({"train", "--recipe", place.path("recipe.json"), "--sweep", place.path("bad.yaml")});
        QCOMPARE(bad.code, 1);
        QVERIFY2(bad.err.find("fields.adapter.rnak") != std::string::npos &&
                     bad.err.find("adapter.rank") != std::string::npos,
                 bad.err.c_str());
    }

    void aSharedBudgetEndsASweep() {
        const Place place(4000);
        must(writeFileAtomic(place.path("sweep.json"), R"({"max_minutes":0.02,"fields":{"adapter.rank":[2,4,8,16]}})"));
        const CliResult result = runCli(
            {"train", "--recipe", place.path("recipe.json"), "--sweep", place.path("sweep.json"), "--json"}, 240000);
        QVERIFY2(result.code == 0, result.err.c_str());
        // Each run that began was given what was left and stopped by it; none trained to its end.
        const Json json = result.json();
        int stopped = 0;
        for (const Json& run : json["runs"]) {
            QVERIFY2(run["state"] == Json("none") || run["reason"] == Json("max_minutes"), result.out.c_str());
            stopped += run["reason"] == Json("max_minutes") ? 1 : 0;
        }
        QVERIFY2(stopped >= 1, result.out.c_str());
    }

    void aQueueIsListedChangedAndWorkedOff() {
        const Place place;
        const std::string run = place.prepared();
        const auto queue = [&](const std::vector<std::string>& words) {
            std::vector<std::string> all = words;
            all.insert(all.end(), {"--project", place.folder.path()});
            return runCli(all);
        };
        QCOMPARE(queue({"queue", "add", "run-0001", "--held"}).code, 0);
        QVERIFY(queue({"queue", "list"}).out.find("run-0001  held") != std::string::npos);
        QCOMPARE(queue({"queue", "release", "run-0001"}).code, 0);
        QCOMPARE(queue({"queue", "list", "--json"}).json()["entries"][0]["state"], Json("waiting"));
        QCOMPARE(queue({"queue", "hold", "run-0009"}).code, 1);
        const CliResult worked = runCli({"train", "--queue", place.folder.path(), "--json"});
        QVERIFY2(worked.code == 0, worked.err.c_str());
        QCOMPARE(stateOf(run), RunState::Succeeded);
        QVERIFY(queue({"queue", "list", "--json"}).json()["entries"].empty());
    }

    void aDetachedRunIsSteeredFromOutside() {
        const Place place(100000);
        const std::string run = place.prepared();
        const CliResult started = runCli({"train", "--run", run, "--detach", "--nice", "--json"});
        QVERIFY2(started.code == 0, started.err.c_str());
        QVERIFY(run::hasLiveOwner(run));
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(run), RunState::Running, 60000);
        const CliResult paused = runCli({"runs", "pause", run, "--wait", "--json"});
        QVERIFY2(paused.code == 0, paused.err.c_str());
        QCOMPARE(paused.json()["state"], Json("paused"));
        QCOMPARE(runCli({"runs", "resume", run, "--wait"}).code, 0);
        const CliResult stopped = runCli({"runs", "stop", run, "--wait", "--json"});
        QVERIFY2(stopped.code == 0, stopped.err.c_str());
        QCOMPARE(stopped.json()["state"], Json("stopped"));
        QVERIFY(!run::listCheckpoints(run).empty());
        const CliResult nobody = runCli({"runs", "stop", run});
        QCOMPARE(nobody.code, 1);
        QVERIFY2(nobody.err.find("nobody is working") != std::string::npos, nobody.err.c_str());
    }

    void failuresNameTheirWayOn() {
        const Place place;
        // Rows that changed since the run was prepared.
        const CliResult stopped =
            runCli({"train", "--recipe", place.path("recipe.json"), "--set", "output=" + place.path("one"), "--set",
                    "stop.target_loss=1000", "--set", "training.max_steps=40"});
        QVERIFY2(stopped.code == 0, stopped.err.c_str());
        QVERIFY2(stopped.err.find("stop.target_loss") != std::string::npos, stopped.err.c_str());
        QVERIFY2(stopped.err.find("generate --model '") != std::string::npos, stopped.err.c_str()); // its own model
        const std::string run = place.prepared();
        must(run::updateRunInfo(
            run, Json{{"data_files", {{{"path", place.path("rows.jsonl")}, {"bytes", 5}, {"hash", "0"}}}}}));
        const CliResult changed = runCli({"train", "--run", run});
        QCOMPARE(changed.code, 1);
        QCOMPARE(must(run::readRun(run)).reason, std::string("data_changed"));
        QVERIFY2(changed.err.find("rows.jsonl") != std::string::npos && changed.err.find("Next: ") != std::string::npos,
                 changed.err.c_str());
        // No engine.
        qputenv("FETTLE_ENGINE_MODULE", "/nowhere/libengine.so");
        const CliResult engine =
            runCli({"train", "--recipe", place.path("recipe.json"), "--set", "output=" + place.path("two")});
        qunsetenv("FETTLE_ENGINE_MODULE");
        QCOMPARE(engine.code, 1);
        QCOMPARE(must(run::readRun(place.path("two"))).reason, std::string("engine_missing"));
        QVERIFY2(engine.err.find("Next: install the engine") != std::string::npos, engine.err.c_str());
    }

    // A file that cannot grow in the middle of a run: the run fails with its reason, keeps what was saved, and goes on
    // to its end when there is room.
    void aFullDiskIsNamedAndGoneOnFrom() {
        const Place place;
        const std::string run = place.path("runs/run-0001");
        const std::string steps = "training.max_steps=12";
        // 10 or 20 kB a file (shells count blocks of 512 or 1,024 bytes): enough for the events, not for an adapter.
        QProcess process;
        process.start(u"/bin/sh"_s,
                      {u"-c"_s, u"ulimit -f 20; exec \"$@\""_s, u"sh"_s, cliProgram(), u"train"_s, u"--recipe"_s,
                       QString::fromStdString(place.path("recipe.json")), u"--set"_s,
                       QString::fromStdString("output=" + run), u"--set"_s, QString::fromStdString(steps)});
        QVERIFY(process.waitForFinished(120000));
        const std::string err = process.readAllStandardError().toStdString();
        QVERIFY2(process.exitStatus() == QProcess::NormalExit && process.exitCode() == 1, err.c_str());
        const run::RunHistory history = must(run::readRun(run));
        QCOMPARE(history.state, RunState::Failed);
        QCOMPARE(history.reason, std::string("disk_full"));
        QVERIFY2(err.find("checkpoints") != std::string::npos && err.find("Next: ") != std::string::npos, err.c_str());
        QVERIFY(run::listCheckpoints(run).empty()); // nothing half written counts as one
        const CliResult resumed = runCli({"train", "--resume", run});
        QVERIFY2(resumed.code == 0, resumed.err.c_str());
        QCOMPARE(stateOf(run), RunState::Succeeded);
        QCOMPARE(run::listCheckpoints(run).back().step, std::int64_t{12});
        // No room for the folder at all.
        const CliResult nowhere =
            runCli({"train", "--recipe", place.path("recipe.json"), "--set", "output=/sys/fettle/run", "--set", steps});
        QCOMPARE(nowhere.code, 1);
        QVERIFY2(nowhere.err.find("/sys/fettle") != std::string::npos, nowhere.err.c_str());
    }
};

QTEST_GUILESS_MAIN(TestCliQueue)
#include "test_cli_queue.moc"
