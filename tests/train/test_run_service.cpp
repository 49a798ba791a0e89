// The run service with scripted trainers: control, queueing, resume, every way a run can fail, and shutdown.
#include "recipe/fields.h"
#include "support/results.h"
#include "support/temp_folder.h"
#include "train/fake_trainer.h"
#include "train/run_service.h"

#include <QtTest>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <map>
#include <mutex>
#include <numeric>
#include <set>
#include <thread>

using namespace fettle;
using namespace fettle::train;
using jobs::RunState;
using test::errorOf;
using test::must;
using test::TempFolder;

class TestRunService : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup();
    void aRunSucceedsAndItsEventsAreOnDisk();
    void statesFollowTheTable();
    void stopFinishesTheStepAndSaves();
    void abortSavesNothing();
    void pauseHoldsAndResumeGoesOn();
    void stopEndsAPausedRun();
    void resumingGoesOnFromTheLastCheckpoint();
    void resumingWithoutCheckpointBeginsAgainAndDropsTheOldSteps();
    void everyFailureHasItsReason();
    void aTrainerThatThrowsIsAFailedRun();
    void aMissingEngineIsAFailedRun();
    void aTrainerThatSaysNothingStillEnds();
    void aDiskThatRefusesEventsEndsTheRun();
    void runsOfOneDeviceQueueAndAQueuedOneEndsAtOnce();
    void aRunThatIsActiveOrOwnedIsBusy();
    void aSucceededRunIsNotStartedAgain();
    void listenerMayStartTheRunAgain();
    void destructorStopsAndJoins();
    void badRecipesAreNamed();
};

namespace {

struct Heard {
    std::mutex mutex;
    std::map<std::string, std::vector<run::RunEvent>> events;

    RunListener listener() {
        return [this](const std::string& folder, const run::RunEvent& event) {
            const std::scoped_lock lock(mutex);
            events[folder].push_back(event);
        };
    }
    std::vector<run::RunEvent> of(const std::string& folder) {
        const std::scoped_lock lock(mutex);
        return events[folder];
    }
    std::vector<RunState> states(const std::string& folder) {
        std::vector<RunState> out;
        for (const auto& event : of(folder)) {
            if (const auto* state = std::get_if<run::StateChanged>(&event.body)) {
                out.push_back(state->state);
            }
        }
        return out;
    }
};

RunServiceOptions with(FakeScript script, Heard* heard = nullptr) {
    RunServiceOptions options;
    options.trainers = fakeTrainers(std::move(script));
    if (heard != nullptr) {
        options.listener = heard->listener();
    }
    return options;
}

std::string prepared(const TempFolder& folder, const std::string& name = "run-0001",
                     const std::string& device = "cpu") {
    recipe::Recipe recipe;
    recipe.model = "unused";
    recipe.data.train = {"unused"};
    recipe.training.device = device;
    const std::string path = folder / name;
    must(run::createRunFolder(path, name, recipe::toJson(recipe)));
    return path;
}

FakeScript slow() {
    FakeScript script;
    script.steps = 100000;
    script.stepDelayMs = 2;
    script.evaluateEvery = 0;
    script.checkpointEvery = 0;
    return script;
}

std::vector<std::int64_t> steps(const run::RunHistory& history) {
    std::vector<std::int64_t> out;
    for (const auto& event : history.events) {
        if (const auto* step = std::get_if<run::StepMetrics>(&event.body)) {
            out.push_back(step->step);
        }
    }
    return out;
}

template <class Condition>
void waitUntil(Condition condition) {
    for (int i = 0; i < 5000 && !condition(); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    if (!condition()) {
        throw std::runtime_error("did not happen within five seconds");
    }
}

std::int64_t stepOf(const RunService& service) {
    const auto active = service.active();
    return active.empty() ? -1 : active.front().step;
}

std::string reasonIn(const std::string& folder) {
    return must(run::readRun(folder)).reason;
}

} // namespace

void TestRunService::cleanup() {
    setFileFaultHook({});
}

void TestRunService::aRunSucceedsAndItsEventsAreOnDisk() {
    const TempFolder folder;
    const std::string run = prepared(folder);
    Heard heard;
    jobs::JobSystem jobs;
    RunService service(jobs, with({}, &heard));
    must(service.start(run));
    QVERIFY(must(service.wait(run)) == RunState::Succeeded);
    QVERIFY(!service.isActive(run) && service.active().empty());
    QVERIFY(!run::hasLiveOwner(run));
    const auto history = must(run::readRun(run));
    QVERIFY(history.state == RunState::Succeeded);
    QCOMPARE(history.lastStep, std::int64_t{20});
    QCOMPARE(steps(history).size(), std::size_t{20});
    QCOMPARE(run::listCheckpoints(run).size(), std::size_t{4});
    QCOMPARE(must(run::summarise(run)).totalSteps, std::int64_t{20});
    // What was heard is what is on disk, in order.
    const auto events = heard.of(run);
    QCOMPARE(events.size(), history.events.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
        QCOMPARE(events[i].seq, static_cast<std::int64_t>(i) + 1);
        QCOMPARE(dumpJson(eventToJson(events[i])), dumpJson(eventToJson(history.events[i])));
    }
    QVERIFY(must(service.wait(run)) == RunState::Succeeded); // an ended run answers from its folder
}

void TestRunService::statesFollowTheTable() {
    const TempFolder folder;
    const std::string run = prepared(folder);
    Heard heard;
    jobs::JobSystem jobs;
    RunService service(jobs, with(slow(), &heard));
    must(service.start(run));
    waitUntil([&] { return stepOf(service) >= 2; });
    QVERIFY(service.pause(run));
    waitUntil([&] { return service.active().front().state == RunState::Paused; });
    QVERIFY(service.resume(run));
    waitUntil([&] { return service.active().front().state == RunState::Running; });
    QVERIFY(service.stop(run));
    QVERIFY(must(service.wait(run)) == RunState::Stopped);
    using enum RunState;
    QVERIFY(heard.states(run) ==
            (std::vector<RunState>{Queued, Starting, Running, Paused, Running, Stopping, Stopped}));
    RunState before = None;
    for (const RunState state : heard.states(run)) {
        QVERIFY(jobs::mayFollow(before, state));
        before = state;
    }
}

void TestRunService::stopFinishesTheStepAndSaves() {
    const TempFolder folder;
    const std::string run = prepared(folder);
    jobs::JobSystem jobs;
    RunService service(jobs, with(slow()));
    must(service.start(run));
    waitUntil([&] { return stepOf(service) >= 3; });
    QVERIFY(service.stop(run + "/"));
    QVERIFY(must(service.wait(run)) == RunState::Stopped);
    const auto history = must(run::readRun(run));
    const auto checkpoints = run::listCheckpoints(run);
    QCOMPARE(checkpoints.size(), std::size_t{1});
    QCOMPARE(checkpoints.back().step, history.lastStep);
    QVERIFY(!service.stop(run));
}

void TestRunService::abortSavesNothing() {
    const TempFolder folder;
    const std::string run = prepared(folder);
    jobs::JobSystem jobs;
    FakeScript script = slow();
    script.stepDelayMs = 60000; // an abort does not wait for the step
    RunService service(jobs, with(script));
    must(service.start(run));
    waitUntil([&] { return !service.active().empty() && service.active().front().state == RunState::Running; });
    QVERIFY(service.abort(run));
    QVERIFY(must(service.wait(run)) == RunState::Aborted);
    QVERIFY(run::listCheckpoints(run).empty());
}

void TestRunService::pauseHoldsAndResumeGoesOn() {
    const TempFolder folder;
    const std::string run = prepared(folder);
    jobs::JobSystem jobs;
    RunService service(jobs, with(slow()));
    must(service.start(run));
    waitUntil([&] { return stepOf(service) >= 2; });
    service.pause(run);
    waitUntil([&] { return service.active().front().state == RunState::Paused; });
    const std::int64_t at = stepOf(service);
    std::this_thread::sleep_for(std::chrono::milliseconds(40));
    QCOMPARE(stepOf(service), at);
    service.resume(run);
    waitUntil([&] { return stepOf(service) > at; });
    service.abort(run);
    QVERIFY(must(service.wait(run)) == RunState::Aborted);
}

void TestRunService::stopEndsAPausedRun() {
    const TempFolder folder;
    const std::string run = prepared(folder);
    jobs::JobSystem jobs;
    RunService service(jobs, with(slow()));
    must(service.start(run));
    waitUntil([&] { return stepOf(service) >= 1; });
    service.pause(run);
    waitUntil([&] { return service.active().front().state == RunState::Paused; });
    service.stop(run);
    QVERIFY(must(service.wait(run)) == RunState::Stopped);
    QVERIFY(!run::listCheckpoints(run).empty());
}

void TestRunService::resumingGoesOnFromTheLastCheckpoint() {
    const TempFolder folder;
    const std::string run = prepared(folder);
    jobs::JobSystem jobs;
    FakeScript script;
    script.outOfMemoryAt = 8;
    {
        RunService service(jobs, with(script));
        must(service.start(run));
        QVERIFY(must(service.wait(run)) == RunState::Failed);
    }
    QCOMPARE(must(run::readRun(run)).lastStep, std::int64_t{7});
    RunService service(jobs, with({}));
    must(service.start(run));
    QVERIFY(must(service.wait(run)) == RunState::Succeeded);
    const auto history = must(run::readRun(run));
    std::vector<std::int64_t> expected(20);
    std::iota(expected.begin(), expected.end(), 1);
    QCOMPARE(steps(history), expected);
    std::optional<std::int64_t> from;
    std::set<std::int64_t> numbers;
    for (const auto& event : history.events) {
        numbers.insert(event.seq);
        if (const auto* state = std::get_if<run::StateChanged>(&event.body); state != nullptr && state->fromStep) {
            from = state->fromStep;
        }
    }
    QVERIFY(from == 5);
    QCOMPARE(numbers.size(), history.events.size());
}

void TestRunService::resumingWithoutCheckpointBeginsAgainAndDropsTheOldSteps() {
    const TempFolder folder;
    const std::string run = prepared(folder);
    jobs::JobSystem jobs;
    FakeScript script;
    script.deviceLostAt = 4;
    {
        RunService service(jobs, with(script));
        must(service.start(run));
        QVERIFY(must(service.wait(run)) == RunState::Failed);
    }
    RunService service(jobs, with({}));
    must(service.start(run));
    QVERIFY(must(service.wait(run)) == RunState::Succeeded);
    QCOMPARE(steps(must(run::readRun(run))).size(), std::size_t{20});
}

void TestRunService::everyFailureHasItsReason() {
    const auto reasonOf = [](auto set) {
        const TempFolder folder;
        const std::string run = prepared(folder);
        FakeScript script;
        set(script);
        jobs::JobSystem jobs;
        RunService service(jobs, with(script));
        must(service.start(run));
        if (must(service.wait(run)) != RunState::Failed) {
            throw std::runtime_error("did not fail");
        }
        return reasonIn(run);
    };
    QCOMPARE(reasonOf([](FakeScript& s) { s.nonFiniteAt = 3; }), std::string("non_finite_loss"));
    QCOMPARE(reasonOf([](FakeScript& s) { s.diskErrorAt = 3; }), std::string("disk_full"));
    QCOMPARE(reasonOf([](FakeScript& s) { s.outOfMemoryAt = 3; }), std::string("out_of_memory"));
    QCOMPARE(reasonOf([](FakeScript& s) { s.deviceLostAt = 3; }), std::string("device_lost"));

    const TempFolder folder;
    const std::string run = prepared(folder);
    FakeScript script;
    script.nonFiniteAt = 3;
    jobs::JobSystem jobs;
    RunService service(jobs, with(script));
    must(service.start(run));
    must(service.wait(run));
    const auto last = std::get<run::StateChanged>(must(run::readRun(run)).events.back().body);
    QVERIFY(last.step == 3 && last.rows.size() == 2 && !last.message.empty());
}

void TestRunService::aTrainerThatThrowsIsAFailedRun() {
    const TempFolder folder;
    const std::string run = prepared(folder);
    FakeScript script;
    script.throwAt = 2;
    jobs::JobSystem jobs;
    RunService service(jobs, with(script));
    must(service.start(run));
    QVERIFY(must(service.wait(run)) == RunState::Failed);
    const auto history = must(run::readRun(run));
    QCOMPARE(history.reason, std::string("error"));
    QVERIFY(history.message.find("the script says so") != std::string::npos);
}

void TestRunService::aMissingEngineIsAFailedRun() {
    const TempFolder folder;
    const std::string run = prepared(folder);
    RunServiceOptions options;
    options.trainers = []() -> Result<std::unique_ptr<Trainer>> {
        return makeError(ErrorCode::EngineMissing, "no module", "Set it up.");
    };
    jobs::JobSystem jobs;
    RunService service(jobs, options);
    must(service.start(run));
    QVERIFY(must(service.wait(run)) == RunState::Failed);
    QCOMPARE(reasonIn(run), std::string("engine_missing"));
    QVERIFY(must(run::readRun(run)).message.find("Set it up.") != std::string::npos);
}

void TestRunService::aTrainerThatSaysNothingStillEnds() {
    class Mute final : public Trainer {
    public:
        explicit Mute(RunState result)
            : m_result(result) {}
        Result<RunState> run(const std::string&, const recipe::Recipe&, jobs::RunControl&, EventSink& sink) override {
            if (m_result == RunState::Succeeded) { // and one that goes on talking after its end
                run::StateChanged end;
                end.state = RunState::Succeeded;
                must(sink.publish(end));
                must(sink.publish(end));
                must(sink.publish(run::LogLine{"info", "still here"}));
            }
            return m_result;
        }

    private:
        RunState m_result;
    };
    for (const auto& [returned, expected] : std::map<RunState, RunState>{{RunState::Stopped, RunState::Stopped},
                                                                         {RunState::Running, RunState::Failed},
                                                                         {RunState::Succeeded, RunState::Succeeded}}) {
        const TempFolder folder;
        const std::string run = prepared(folder);
        Heard heard;
        RunServiceOptions options;
        options.listener = heard.listener();
        options.trainers = [returned = returned]() -> Result<std::unique_ptr<Trainer>> {
            return std::make_unique<Mute>(returned);
        };
        jobs::JobSystem jobs;
        RunService service(jobs, options);
        must(service.start(run));
        QVERIFY(must(service.wait(run)) == expected);
        QVERIFY(heard.states(run) == (std::vector<RunState>{RunState::Queued, expected}));
        QCOMPARE(must(run::readRun(run)).events.size(), std::size_t{2});
    }
}

void TestRunService::aDiskThatRefusesEventsEndsTheRun() {
    for (int n = 1; n <= 30; n += 3) {
        const TempFolder folder;
        const std::string run = prepared(folder);
        Heard heard;
        jobs::JobSystem jobs;
        RunService service(jobs, with({}, &heard));
        must(service.start(run));
        std::atomic<int> writes{0};
        setFileFaultHook([&](FileOperation operation, const std::string& path) {
            return operation == FileOperation::Write && path.find("events.jsonl") != std::string::npos && ++writes >= n
                       ? ENOSPC
                       : 0;
        });
        const RunState ended = must(service.wait(run));
        setFileFaultHook({});
        const auto states = heard.states(run);
        QVERIFY(jobs::isFinal(states.back()));
        QVERIFY(states.back() == ended);
        QCOMPARE(std::count_if(states.begin(), states.end(), jobs::isFinal), std::ptrdiff_t{1});
        if (ended == RunState::Failed) {
            QCOMPARE(std::get<run::StateChanged>(heard.of(run).back().body).reason, std::string("disk_full"));
            QCOMPARE(heard.of(run).back().seq, std::int64_t{0});
            // Nothing on disk says that it ended: readers see it as interrupted, and it can be taken up again.
            QVERIFY(must(run::readRun(run)).state == RunState::Interrupted);
            RunService again(jobs, with({}));
            must(again.start(run));
            QVERIFY(must(again.wait(run)) == RunState::Succeeded);
        }
    }
}

void TestRunService::runsOfOneDeviceQueueAndAQueuedOneEndsAtOnce() {
    const TempFolder folder;
    const std::string first = prepared(folder, "a");
    const std::string second = prepared(folder, "b");
    const std::string third = prepared(folder, "c");
    const std::string other = prepared(folder, "d", "cuda:0");
    Heard heard;
    jobs::JobSystem jobs;
    RunService service(jobs, with(slow(), &heard));
    for (const auto& run : {first, second, third, other}) {
        must(service.start(run));
    }
    waitUntil([&] {
        return heard.states(first).back() == RunState::Running && heard.states(other).back() == RunState::Running;
    });
    QCOMPARE(service.active().size(), std::size_t{4});
    QVERIFY(heard.states(second) == (std::vector<RunState>{RunState::Queued}));
    service.abort(second);
    service.stop(third);
    QVERIFY(must(service.wait(second)) == RunState::Aborted);
    QVERIFY(must(service.wait(third)) == RunState::Stopped);
    QVERIFY(service.isActive(first) && service.isActive(other));
    QVERIFY(heard.states(second) == (std::vector<RunState>{RunState::Queued, RunState::Aborted}));
    QVERIFY(must(run::readRun(second)).state == RunState::Aborted);
    service.stopAll();
    QVERIFY(must(service.wait(first)) == RunState::Stopped);
    QVERIFY(must(service.wait(other)) == RunState::Stopped);
}

void TestRunService::aRunThatIsActiveOrOwnedIsBusy() {
    const TempFolder folder;
    const std::string run = prepared(folder);
    jobs::JobSystem jobs;
    RunService service(jobs, with(slow()));
    must(service.start(run));
    QVERIFY(errorOf(service.start(run + "/.")).code == ErrorCode::Busy);
    RunService other(jobs, with(slow()));
    QVERIFY(errorOf(other.start(run)).code == ErrorCode::Busy);
    QVERIFY(!other.isActive(run));
    QVERIFY(service.isActive(run));
}

void TestRunService::aSucceededRunIsNotStartedAgain() {
    const TempFolder folder;
    const std::string run = prepared(folder);
    jobs::JobSystem jobs;
    RunService service(jobs, with({}));
    must(service.start(run));
    must(service.wait(run));
    QVERIFY(errorOf(service.start(run)).code == ErrorCode::InvalidInput);
}

void TestRunService::listenerMayStartTheRunAgain() {
    const TempFolder folder;
    const std::string run = prepared(folder);
    jobs::JobSystem jobs;
    std::atomic<int> lives{0};
    std::atomic<bool> refused{false};
    RunService* self = nullptr;
    RunServiceOptions options;
    options.trainers = [&]() -> Result<std::unique_ptr<Trainer>> {
        FakeScript script;
        if (++lives == 1) {
            script.outOfMemoryAt = 7;
        }
        return makeFakeTrainer(script);
    };
    options.listener = [&](const std::string& path, const run::RunEvent& event) {
        const auto* state = std::get_if<run::StateChanged>(&event.body);
        if (state != nullptr && state->state == RunState::Failed && !self->start(path).ok()) {
            refused = true;
        }
    };
    RunService service(jobs, options);
    self = &service;
    must(service.start(run));
    waitUntil([&] { return must(run::readRun(run)).state == RunState::Succeeded; });
    QVERIFY(!refused);
    QCOMPARE(lives.load(), 2);
}

void TestRunService::destructorStopsAndJoins() {
    const TempFolder folder;
    const std::string first = prepared(folder, "a");
    const std::string second = prepared(folder, "b");
    Heard heard;
    jobs::JobSystem jobs;
    {
        RunService service(jobs, with(slow(), &heard));
        must(service.start(first));
        must(service.start(second));
        waitUntil([&] { return stepOf(service) >= 1; });
    }
    QVERIFY(heard.states(first).back() == RunState::Stopped);
    QVERIFY(heard.states(second).back() == RunState::Stopped);
    QVERIFY(!run::listCheckpoints(first).empty());
    QVERIFY(!run::hasLiveOwner(first) && !run::hasLiveOwner(second));
}

void TestRunService::badRecipesAreNamed() {
    const TempFolder folder;
    const std::string run = prepared(folder);
    jobs::JobSystem jobs;
    RunService service(jobs, with({}));
    must(writeFileAtomic(run + "/recipe.json", R"({"adapter":{"rank":"many"}})"));
    const Error error = errorOf(service.start(run));
    QCOMPARE(error.key, std::string("adapter.rank"));
    QCOMPARE(error.file, run + "/recipe.json");
    QVERIFY(errorOf(service.start(folder / "nowhere")).code == ErrorCode::NotFound);
    QVERIFY(service.active().empty());
}

QTEST_APPLESS_MAIN(TestRunService)
#include "test_run_service.moc"
