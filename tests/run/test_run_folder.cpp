// Writer, readers, checkpoints, data entries, and the disk that fails at every possible moment.
#include "run/data_path.h"
#include "run/event_line.h"
#include "run/run_folder.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <thread>

using namespace fettle;
using namespace fettle::run;
using jobs::RunState;
using test::errorOf;
using test::must;
using test::TempFolder;

class TestRunFolder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup();
    void createdFolderHoldsRecipeAndInfo();
    void anExistingFolderIsNotTouched();
    void writerNumbersAndStampsWithoutGaps();
    void seqGoesOnAfterRestartAndTornLinesAreCut();
    void pausesDoNotCount();
    void secondWriterIsBusy();
    void listenerHearsAfterTheDisk();
    void publishingFromManyThreadsLeavesNoGap();
    void overwrittenStepsDoNotCount();
    void claimedAliveWithoutOwnerIsInterrupted();
    void damagedMiddleLinesAreCounted();
    void followerGivesEachWholeEventOnce();
    void checkpointsAreFoundByListing();
    void summaryAddsUp();
    void runInfoMerges();
    void everyFailingWriteLeavesAReadableRun();
    void everyFailingOperationOfCreatingLeavesNothing();
    void dataEntriesResolve();
    void readsHundredThousandEventsFast();
};

namespace {

class HandClock final : public Clock {
public:
    [[nodiscard]] std::int64_t unixMs() const override { return 1700000000000 + now; }
    [[nodiscard]] std::int64_t monotonicMs() const override { return now; }
    std::int64_t now = 0;
};

StateChanged state(RunState value, std::optional<std::int64_t> fromStep = {}) {
    StateChanged body;
    body.state = value;
    body.fromStep = fromStep;
    return body;
}

StepMetrics step(std::int64_t number, double loss = 1) {
    StepMetrics body;
    body.step = number;
    body.loss = loss;
    body.tokens = 100;
    body.stepMs = 200;
    body.peakBytes = static_cast<std::uint64_t>(1000 + number);
    return body;
}

std::string makeRun(const TempFolder& folder, const std::string& name = "run-0001") {
    const std::string path = folder / name;
    must(createRunFolder(path, "Run 1", Json{{"seed", 42}}));
    return path;
}

void append(const std::string& file, const std::string& bytes) {
    auto out = must(AppendFile::open(file));
    must(out.append(bytes));
}

std::vector<std::int64_t> stepsOf(const std::vector<RunEvent>& events) {
    std::vector<std::int64_t> out;
    for (const auto& event : events) {
        if (const auto* body = std::get_if<StepMetrics>(&event.body)) {
            out.push_back(body->step);
        }
    }
    return out;
}

void saveCheckpoint(const std::string& run, std::int64_t number, const std::string& stateJson = "{}") {
    const std::string path = run + "/checkpoints/" + checkpointName(number);
    must(makeFolders(path));
    must(writeFileAtomic(path + "/state.json", stateJson));
}

} // namespace

void TestRunFolder::cleanup() {
    setFileFaultHook({});
}

void TestRunFolder::createdFolderHoldsRecipeAndInfo() {
    const TempFolder folder;
    const std::string run = makeRun(folder, "deep/er/run-0001");
    QVERIFY(must(readJsonFile(run + "/recipe.json"))["seed"] == 42);
    const Json info = must(readRunInfo(run));
    QVERIFY(info["name"] == "Run 1");
    QVERIFY(info["created_ms"].get<std::int64_t>() > 1600000000000);
    QVERIFY(info["version"] == FETTLE_VERSION);
    QVERIFY(folderExists(run + "/checkpoints"));
    const auto history = must(readRun(run));
    QVERIFY(history.state == RunState::None && history.events.empty());
    QVERIFY(!hasLiveOwner(run));
}

void TestRunFolder::anExistingFolderIsNotTouched() {
    const TempFolder folder;
    const std::string run = makeRun(folder);
    const Error error = errorOf(createRunFolder(run, "other", Json::object()));
    QVERIFY(error.code == ErrorCode::Busy);
    QVERIFY(must(readRunInfo(run))["name"] == "Run 1");
    QVERIFY(errorOf(readRun(folder / "none")).code == ErrorCode::NotFound);
    QVERIFY(errorOf(RunWriter::open(folder / "none")).code == ErrorCode::NotFound);
}

void TestRunFolder::writerNumbersAndStampsWithoutGaps() {
    const TempFolder folder;
    const std::string run = makeRun(folder);
    HandClock clock;
    {
        const auto writer = must(RunWriter::open(run + "/", clock));
        QCOMPARE(writer->runId(), std::string("run-0001"));
        clock.now = 10;
        QCOMPARE(must(writer->publish(state(RunState::Starting))).seq, std::int64_t{1});
        clock.now = 25;
        const RunEvent event = must(writer->publish(step(1)));
        QCOMPARE(event.seq, std::int64_t{2});
        QCOMPARE(event.timeMs, std::int64_t{1700000000025});
        QCOMPARE(event.elapsedMs, std::int64_t{25});
        QVERIFY(hasLiveOwner(run));
    }
    QVERIFY(!hasLiveOwner(run));
    const auto history = must(readRun(run));
    QCOMPARE(history.events.size(), std::size_t{2});
    QCOMPARE(history.events[1].run, std::string("run-0001"));
}

void TestRunFolder::seqGoesOnAfterRestartAndTornLinesAreCut() {
    const TempFolder folder;
    const std::string run = makeRun(folder);
    const std::string file = run + "/events.jsonl";
    for (const std::string& torn :
         {std::string(), std::string("{\"seq\":99,\"ty"), std::string("x"), std::string(100, '\0')}) {
        must(must(RunWriter::open(run))->publish(step(1)));
        append(file, torn);
        QCOMPARE(must(readRun(run)).damagedLines, std::int64_t{0});
    }
    must(must(RunWriter::open(run))->publish(step(1)));
    const auto events = must(readRun(run)).events;
    QCOMPARE(events.size(), std::size_t{5});
    for (std::size_t i = 0; i < events.size(); ++i) {
        QCOMPARE(events[i].seq, static_cast<std::int64_t>(i) + 1);
    }
    QVERIFY(must(readFile(file)).find('\0') == std::string::npos);
    // A whole but unreadable last line used up its number.
    append(file, "garbage\n");
    QCOMPARE(must(must(RunWriter::open(run))->publish(step(2))).seq, std::int64_t{7});
}

void TestRunFolder::pausesDoNotCount() {
    const TempFolder folder;
    const std::string run = makeRun(folder);
    HandClock clock;
    {
        const auto writer = must(RunWriter::open(run, clock));
        must(writer->publish(state(RunState::Queued)));
        clock.now = 1000; // waiting in the queue
        QCOMPARE(must(writer->publish(state(RunState::Starting))).elapsedMs, std::int64_t{0});
        clock.now = 1500;
        must(writer->publish(state(RunState::Running)));
        clock.now = 2000;
        QCOMPARE(must(writer->publish(state(RunState::Paused))).elapsedMs, std::int64_t{1000});
        clock.now = 9000;
        QCOMPARE(must(writer->publish(state(RunState::Running))).elapsedMs, std::int64_t{1000});
        clock.now = 9200;
        QCOMPARE(must(writer->publish(step(1))).elapsedMs, std::int64_t{1200});
        clock.now = 9100; // a clock that jumps back takes nothing away
        QCOMPARE(must(writer->publish(step(2))).elapsedMs, std::int64_t{1200});
    }
    clock.now = 50000;
    const auto writer = must(RunWriter::open(run, clock));
    clock.now = 50300;
    QCOMPARE(must(writer->publish(step(3))).elapsedMs, std::int64_t{1500});
}

void TestRunFolder::secondWriterIsBusy() {
    const TempFolder folder;
    const std::string run = makeRun(folder);
    const auto writer = must(RunWriter::open(run));
    const Error error = errorOf(RunWriter::open(run));
    QVERIFY(error.code == ErrorCode::Busy);
    QVERIFY(error.file.find("run-0001") != std::string::npos && !error.hint.empty());
}

void TestRunFolder::listenerHearsAfterTheDisk() {
    const TempFolder folder;
    const std::string run = makeRun(folder);
    const auto writer = must(RunWriter::open(run));
    std::int64_t heard = 0;
    writer->setListener([&](const RunEvent& event) {
        heard = event.seq;
        const auto onDisk = must(readRun(run)).events;
        if (onDisk.empty() || onDisk.back().seq != event.seq) {
            heard = -1;
        }
    });
    must(writer->publish(step(1)));
    QCOMPARE(heard, std::int64_t{1});
}

void TestRunFolder::publishingFromManyThreadsLeavesNoGap() {
    const TempFolder folder;
    const std::string run = makeRun(folder);
    {
        const auto writer = must(RunWriter::open(run));
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < 250; ++i) {
                    must(writer->publish(LogLine{"info", "line"}));
                }
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
    }
    const auto events = must(readRun(run)).events;
    QCOMPARE(events.size(), std::size_t{1000});
    for (std::size_t i = 0; i < events.size(); ++i) {
        QCOMPARE(events[i].seq, static_cast<std::int64_t>(i) + 1);
    }
}

void TestRunFolder::overwrittenStepsDoNotCount() {
    const TempFolder folder;
    const std::string run = makeRun(folder);
    const auto writer = must(RunWriter::open(run));
    for (int i = 1; i <= 7; ++i) {
        must(writer->publish(step(i, 1)));
    }
    must(writer->publish(CheckpointSaved{6, "checkpoints/step_000006", true}));
    EvalMetrics eval;
    eval.step = 7;
    must(writer->publish(eval));
    must(writer->publish(LogLine{"info", "stays"}));
    must(writer->publish(state(RunState::Running, 4)));
    for (int i = 5; i <= 8; ++i) {
        must(writer->publish(step(i, 2)));
    }
    must(writer->publish(state(RunState::Running, 5)));
    must(writer->publish(step(6, 3)));
    const auto history = must(readRun(run));
    QCOMPARE(stepsOf(history.events), (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6}));
    std::vector<double> losses;
    int others = 0;
    for (const auto& event : history.events) {
        if (const auto* body = std::get_if<StepMetrics>(&event.body)) {
            losses.push_back(body->loss);
        } else {
            ++others;
        }
    }
    QCOMPARE(losses, (std::vector<double>{1, 1, 1, 1, 2, 3}));
    QCOMPARE(others, 3); // two states, one log line: the checkpoint and the evaluation beyond are gone
    QCOMPARE(history.lastStep, std::int64_t{6});
}

void TestRunFolder::claimedAliveWithoutOwnerIsInterrupted() {
    for (const RunState last : {RunState::Queued, RunState::Starting, RunState::Running, RunState::Paused,
                                RunState::Stopping, RunState::Succeeded, RunState::Failed, RunState::Stopped}) {
        const TempFolder folder;
        const std::string run = makeRun(folder);
        auto writer = must(RunWriter::open(run));
        must(writer->publish(state(last)));
        QVERIFY(must(readRun(run)).state == last);
        writer.reset();
        const auto history = must(readRun(run));
        QVERIFY(history.state == (jobs::isFinal(last) ? last : RunState::Interrupted));
        QCOMPARE(!history.message.empty(), !jobs::isFinal(last));
    }
}

void TestRunFolder::damagedMiddleLinesAreCounted() {
    const TempFolder folder;
    const std::string run = makeRun(folder);
    must(must(RunWriter::open(run))->publish(step(1)));
    append(
        run + "/events.jsonl",
        "not json\n{\"seq\":3,\"type\":\"step_metrics\",\"step\":\"x\"}\n\n{\"seq\":4,\"type\":\"from_the_future\"}\n");
    append(run + "/events.jsonl", eventLine(RunEvent{5, "run-0001", 0, 0, step(2)}));
    const auto history = must(readRun(run));
    QCOMPARE(history.damagedLines, std::int64_t{2});
    QCOMPARE(stepsOf(history.events), (std::vector<std::int64_t>{1, 2}));
    RunFollower follower(run);
    QCOMPARE(must(follower.poll()).size(), std::size_t{2});
    QCOMPARE(follower.damagedLines(), std::int64_t{2});
}

void TestRunFolder::followerGivesEachWholeEventOnce() {
    const TempFolder folder;
    const std::string run = makeRun(folder);
    RunFollower follower(run);
    QVERIFY(must(follower.poll()).empty());
    const std::string file = run + "/events.jsonl";
    const std::string first = eventLine(RunEvent{1, "r", 0, 0, step(1)});
    const std::string second = eventLine(RunEvent{2, "r", 0, 0, step(2)});
    append(file, first.substr(0, 20));
    QVERIFY(must(follower.poll()).empty());
    append(file, first.substr(20) + second.substr(0, 5));
    QCOMPARE(stepsOf(must(follower.poll())), (std::vector<std::int64_t>{1}));
    QVERIFY(must(follower.poll()).empty());
    append(file, second.substr(5));
    QCOMPARE(stepsOf(must(follower.poll())), (std::vector<std::int64_t>{2}));
    std::filesystem::resize_file(file, 3);
    QVERIFY(errorOf(follower.poll()).code == ErrorCode::Corrupt);
}

void TestRunFolder::checkpointsAreFoundByListing() {
    QCOMPARE(checkpointName(400), std::string("step_000400"));
    QCOMPARE(checkpointName(12345678), std::string("step_12345678"));
    QVERIFY(checkpointStep("step_000400") == 400);
    QVERIFY(checkpointStep("step_12345678") == 12345678);
    for (const char* name :
         {"step_400", "step_0000400", "step_000400.tmp", "step_-00400", "step_", "000400", "step_+00400"}) {
        QVERIFY2(!checkpointStep(name), name);
    }
    const TempFolder folder;
    const std::string run = makeRun(folder);
    QVERIFY(listCheckpoints(run).empty());
    for (const int number : {20, 5, 10}) {
        saveCheckpoint(run, number, number == 20 ? R"({"best": false})" : R"({"best": true})");
    }
    saveCheckpoint(run, 30, "{half");
    must(makeFolders(run + "/checkpoints/" + checkpointName(40)));
    must(makeFolders(run + "/checkpoints/step_000050.tmp"));
    const auto found = listCheckpoints(run);
    QCOMPARE(found.size(), std::size_t{3});
    QCOMPARE(found[0].step, std::int64_t{5});
    QCOMPARE(found[2].step, std::int64_t{20});
    QVERIFY(!found[0].best && found[1].best && !found[2].best); // the newest that says so
    QVERIFY(std::filesystem::path(found[0].path).is_absolute() && fileExists(found[0].path + "/state.json"));
}

void TestRunFolder::summaryAddsUp() {
    const TempFolder folder;
    const std::string run = makeRun(folder);
    must(updateRunInfo(run, Json{{"total_steps", 40}}));
    HandClock clock;
    {
        const auto writer = must(RunWriter::open(run, clock));
        must(writer->publish(state(RunState::Queued)));
        clock.now = 500;
        must(writer->publish(state(RunState::Starting)));
        must(writer->publish(step(1, 3)));
        must(writer->publish(step(2, 2)));
        EvalMetrics eval;
        eval.loss = 2.5;
        must(writer->publish(eval));
        eval.split = "test";
        eval.loss = 9;
        must(writer->publish(eval));
        must(writer->publish(CheckpointSaved{2, "x", false}));
        clock.now = 900;
        StateChanged end = state(RunState::Failed);
        end.reason = "disk_full";
        end.message = "no space";
        must(writer->publish(end));
    }
    const auto summary = must(summarise(run));
    QCOMPARE(summary.id, std::string("run-0001"));
    QCOMPARE(summary.name, std::string("Run 1"));
    QVERIFY(summary.state == RunState::Failed);
    QCOMPARE(summary.reason, std::string("disk_full"));
    QCOMPARE(summary.step, std::int64_t{2});
    QCOMPARE(summary.totalSteps, std::int64_t{40});
    QCOMPARE(summary.trainLoss.value(), 2.0);
    QCOMPARE(summary.validationLoss.value(), 2.5);
    QCOMPARE(summary.tokensPerSecond.value(), 500.0);
    QCOMPARE(summary.peakBytes, std::uint64_t{1002});
    QCOMPARE(summary.lastCheckpointStep, std::int64_t{2});
    QCOMPARE(summary.startedMs, std::int64_t{1700000000500});
    QCOMPARE(summary.endedMs, std::int64_t{1700000000900});
    const auto fresh = must(summarise(makeRun(folder, "run-0002")));
    QVERIFY(!fresh.trainLoss && !fresh.validationLoss && !fresh.tokensPerSecond && fresh.endedMs == 0);
}

void TestRunFolder::runInfoMerges() {
    const TempFolder folder;
    const std::string run = makeRun(folder);
    must(updateRunInfo(run, Json{{"total_steps", 40}, {"name", "Better"}}));
    const Json info = must(readRunInfo(run));
    QVERIFY(info["total_steps"] == 40 && info["name"] == "Better" && info.contains("created_ms"));
    must(writeFileAtomic(run + "/run.json", "[]"));
    QVERIFY(errorOf(readRunInfo(run)).code == ErrorCode::Corrupt);
}

void TestRunFolder::everyFailingWriteLeavesAReadableRun() {
    // The n-th write fails, once outright and once after half of its bytes; everything acknowledged is there, in order,
    // and the writer can go on.
    for (const int fault : {ENOSPC, -ENOSPC, -EIO}) {
        for (int n = 1; n <= 12; ++n) {
            const TempFolder folder;
            const std::string run = makeRun(folder);
            std::vector<std::int64_t> acknowledged;
            int failures = 0;
            {
                const auto writer = must(RunWriter::open(run));
                int writes = 0;
                setFileFaultHook([&](FileOperation operation, const std::string&) {
                    return operation == FileOperation::Write && ++writes == n ? fault : 0;
                });
                for (int i = 1; i <= 10; ++i) {
                    const auto done = writer->publish(step(i));
                    if (done) {
                        acknowledged.push_back(i);
                    } else {
                        ++failures;
                        QVERIFY(done.error().code == (fault == -EIO ? ErrorCode::Io : ErrorCode::DiskFull));
                    }
                }
                setFileFaultHook({});
            }
            QCOMPARE(failures, n <= 10 ? 1 : 0);
            must(must(RunWriter::open(run))->publish(step(11)));
            acknowledged.push_back(11);
            const auto history = must(readRun(run));
            QCOMPARE(history.damagedLines, std::int64_t{0});
            QCOMPARE(stepsOf(history.events), acknowledged);
            for (std::size_t i = 0; i < history.events.size(); ++i) {
                QCOMPARE(history.events[i].seq, static_cast<std::int64_t>(i) + 1);
            }
        }
    }
    // A sync that fails is told; the line stands and is not numbered twice.
    const TempFolder folder;
    const std::string run = makeRun(folder);
    const auto writer = must(RunWriter::open(run));
    setFileFaultHook(
        [](FileOperation operation, const std::string&) { return operation == FileOperation::Sync ? EIO : 0; });
    QVERIFY(!writer->publish(state(RunState::Succeeded)).ok());
    setFileFaultHook({});
    QCOMPARE(must(writer->publish(step(1))).seq, std::int64_t{2});
    QCOMPARE(must(readRun(run)).events.size(), std::size_t{2});
}

void TestRunFolder::everyFailingOperationOfCreatingLeavesNothing() {
    int n = 1;
    for (;; ++n) {
        const TempFolder folder;
        const std::string run = folder / "runs/run-0001";
        int operations = 0;
        setFileFaultHook([&](FileOperation, const std::string&) { return ++operations == n ? ENOSPC : 0; });
        const auto created = createRunFolder(run, "Run 1", Json{{"seed", 1}});
        setFileFaultHook({});
        if (created && operations < n) {
            break; // fewer operations than n: all were tried
        }
        QVERIFY(!created.ok());
        if (folderExists(run)) {
            // Only the sync of the parent failed: the folder is whole.
            QVERIFY(must(readRunInfo(run))["name"] == "Run 1");
        }
        QVERIFY(!folderExists(folder / "runs/.new-run-0001"));
    }
    QVERIFY2(n > 8, std::to_string(n).c_str());
}

void TestRunFolder::dataEntriesResolve() {
    const TempFolder folder;
    const std::string project = folder / "project";
    const std::string run = project + "/runs/run-0001";
    must(makeFolders(run));
    QVERIFY(errorOf(resolveDataPath("project:train", run)).code == ErrorCode::NotFound);
    must(writeFileAtomic(project + "/project.db", ""));
    QVERIFY(errorOf(resolveDataPath("project:train", run)).file == project + "/train.jsonl");
    must(writeFileAtomic(project + "/train.jsonl", "{}\n"));
    QCOMPARE(must(resolveDataPath("project:train", run)), project + "/train.jsonl");
    QCOMPARE(must(resolveDataPath("project:train", project)), project + "/train.jsonl");
    QCOMPARE(must(resolveDataPath("project:train", project + "/")), project + "/train.jsonl");
    QCOMPARE(findProjectFolder(run + "/"), project);
    QCOMPARE(findProjectFolder(folder.path()), std::string());
    for (const char* bad : {"project:", "project:../x", "project:a/b", "project:.hidden"}) {
        QVERIFY2(errorOf(resolveDataPath(bad, run)).code == ErrorCode::InvalidInput, bad);
    }
    QCOMPARE(must(resolveDataPath("train.jsonl", project)), project + "/train.jsonl");
    QCOMPARE(must(resolveDataPath("../../train.jsonl", run)), project + "/train.jsonl");
    QCOMPARE(must(resolveDataPath(project + "/./train.jsonl", "")), project + "/train.jsonl");
    QVERIFY(errorOf(resolveDataPath("nowhere.jsonl", project)).code == ErrorCode::NotFound);
    QVERIFY(errorOf(resolveDataPath("/nowhere.jsonl", project)).code == ErrorCode::NotFound);
    QVERIFY(errorOf(resolveDataPath("", project)).code == ErrorCode::InvalidInput);
}

void TestRunFolder::readsHundredThousandEventsFast() {
    const TempFolder folder;
    const std::string run = makeRun(folder);
    std::string text;
    for (std::int64_t i = 1; i <= 100000; ++i) {
        StepMetrics body = step(i, 1.0 / static_cast<double>(i) + 1e-7);
        body.epoch = static_cast<double>(i) / 333.0;
        body.lr = 2e-4 / static_cast<double>(i);
        body.gradNorm = 0.123456789012345 * static_cast<double>(i % 7);
        text += eventLine(RunEvent{i, "run-0001", 1700000000000 + i, i, body});
    }
    append(run + "/events.jsonl", text);
    const auto begin = std::chrono::steady_clock::now();
    const auto history = must(readRun(run));
    const auto ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count();
    QCOMPARE(history.events.size(), std::size_t{100000});
    qInfo("100,000 events, %zu bytes: %lld ms", text.size(), static_cast<long long>(ms));
#if defined(NDEBUG) && !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#endif
}

QTEST_APPLESS_MAIN(TestRunFolder)
#include "test_run_folder.moc"
