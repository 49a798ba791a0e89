// Requests to a run of another process, and processes that outlive the one that started them.
#include "queue_support.h"
#include "train/fake_trainer.h"
#include "train/run_service.h"
#include "train/run_steering.h"

#include <QtTest>

#include <csignal>
#include <fstream>
#include <thread>

#include <unistd.h>

using namespace fettle;
using namespace fettle::train;
using jobs::Request;
using jobs::RunState;
using test::errorOf;
using test::must;
using test::QueueProject;

namespace {

RunState stateOf(const std::string& folder) {
    return must(run::readRun(folder)).state;
}

// The service of "another process": only files are shared with it.
struct Owner {
    jobs::JobSystem jobs{1};
    std::unique_ptr<RunService> service;
    explicit Owner(const std::string& folder) {
        RunServiceOptions options;
        FakeScript script;
        script.steps = 1000000;
        script.stepDelayMs = 2;
        script.evaluateEvery = 0;
        script.checkpointEvery = 0;
        options.trainers = fakeTrainers(script);
        options.controlPollMs = 10;
        service = std::make_unique<RunService>(jobs, std::move(options));
        must(service->start(folder));
    }
};

} // namespace

class TestRunSteering : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void requestsAreObeyedAndTakenAway() {
        const QueueProject p(1);
        const Owner owner(p.run(1));
        QTRY_COMPARE(stateOf(p.run(1)), RunState::Running);
        must(steerRun(p.run(1), Request::Pause));
        QTRY_COMPARE(stateOf(p.run(1)), RunState::Paused);
        QTRY_VERIFY(!fileExists(p.run(1) + "/control.json"));
        must(steerRun(p.run(1), Request::Resume));
        QTRY_COMPARE(stateOf(p.run(1)), RunState::Running);
        must(steerRun(p.run(1), Request::Stop));
        QTRY_COMPARE(stateOf(p.run(1)), RunState::Stopped);
        QVERIFY(!run::listCheckpoints(p.run(1)).empty());
    }

    void gradientNormsByLayerAreTurnedOnAndOff() {
        const QueueProject p(1);
        const Owner owner(p.run(1));
        const auto lastHasLayers = [&p] {
            const auto history = must(run::readRun(p.run(1)));
            for (auto event = history.events.rbegin(); event != history.events.rend(); ++event) {
                if (const auto* step = std::get_if<run::StepMetrics>(&event->body)) {
                    return step->layerNorms.empty() ? 0 : 1;
                }
            }
            return -1;
        };
        QTRY_COMPARE(lastHasLayers(), 0);
        must(steerRun(p.run(1), Request::ShowLayers));
        QTRY_COMPARE(lastHasLayers(), 1);
        must(steerRun(p.run(1), Request::HideLayers));
        QTRY_COMPARE(lastHasLayers(), 0);
        QCOMPARE(stateOf(p.run(1)), RunState::Running);
    }

    void abortSavesNothingAndTheLastRequestCounts() {
        const QueueProject p(1);
        const Owner owner(p.run(1));
        QTRY_COMPARE(stateOf(p.run(1)), RunState::Running);
        must(steerRun(p.run(1), Request::Pause));
        must(steerRun(p.run(1), Request::Abort));
        QTRY_COMPARE(stateOf(p.run(1)), RunState::Aborted);
        QVERIFY(run::listCheckpoints(p.run(1)).empty());
    }

    void nobodyToAskIsTold() {
        const QueueProject p(1);
        QCOMPARE(errorOf(steerRun(p.run(1), Request::Stop)).code, ErrorCode::NotFound);
        QCOMPARE(errorOf(steerRun(p.folder, Request::Stop)).code, ErrorCode::NotFound);
        QVERIFY(!fileExists(p.run(1) + "/control.json"));
    }

    void whatWasLeftForAnEarlierLifeIsDropped() {
        const QueueProject p(1);
        must(writeFileAtomic(p.run(1) + "/control.json", "{\"request\":\"abort\"}"));
        const Owner owner(p.run(1));
        QTRY_VERIFY(must(run::readRun(p.run(1))).lastStep > 20);
        QCOMPARE(stateOf(p.run(1)), RunState::Running);
        // Nonsense is taken away and changes nothing.
        must(writeFileAtomic(p.run(1) + "/control.json", "{\"request\":\"dance\"}"));
        QTRY_VERIFY(!fileExists(p.run(1) + "/control.json"));
        const std::int64_t at = must(run::readRun(p.run(1))).lastStep;
        QTRY_VERIFY(must(run::readRun(p.run(1))).lastStep > at);
    }

    void aProcessApartHasItsOwnSessionAndLog() {
        const QueueProject p(1);
        const std::string log = p.place / "process.log";
        const std::int64_t pid = must(startApart({.program = "/bin/sh",
                                                  .arguments = {"-c", "echo begun; nice; exec sleep 30"},
                                                  .logFile = log,
                                                  .nice = true}));
        QVERIFY(pid > 0);
        QTRY_COMPARE(readFile(log).valueOr(std::string()), std::string("begun\n19\n"));
        const auto process = static_cast<pid_t>(pid);
        QVERIFY(::kill(process, 0) == 0);
        QVERIFY(::getsid(process) != ::getsid(0));
        std::ifstream status("/proc/" + std::to_string(pid) + "/stat");
        std::string number, name, state;
        pid_t parent = 0;
        status >> number >> name >> state >> parent;
        QVERIFY(parent != ::getpid()); // nobody of us has to wait for it
        ::kill(process, SIGKILL);
    }

    void aProgramThatCannotStartIsTold() {
        const QueueProject p(1);
        const Error missing =
            errorOf(startApart({.program = p.place / "none", .arguments = {}, .logFile = "/dev/null"}));
        QCOMPARE(missing.code, ErrorCode::NotFound);
        must(writeFileAtomic(p.place / "plain", "no program"));
        const Error refused =
            errorOf(startApart({.program = p.place / "plain", .arguments = {}, .logFile = p.place / "log"}));
        QCOMPARE(refused.code, ErrorCode::Permission);
        QCOMPARE(refused.file, p.place / "plain");
    }
};

QTEST_GUILESS_MAIN(TestRunSteering)
#include "test_run_steering.moc"
