// The table of run states against a drawing of it, and the flags that steer a run.
#include "jobs/run_control.h"

#include <QtTest>

#include <atomic>
#include <map>
#include <set>
#include <thread>

using namespace fettle::jobs;

class TestRunControl : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyTransitionIsAsDrawn();
    void namesGoBothWays();
    void aFinalStateIsOnlyLeftByStartingAgain();
    void abortWinsOverStopAndStopOverPause();
    void resumeLetsGo();
    void stopAndAbortWakeAPausedRun();
};

static const std::vector<RunState> kAll{RunState::None,    RunState::Queued,   RunState::Starting,   RunState::Running,
                                        RunState::Paused,  RunState::Stopping, RunState::Succeeded,  RunState::Stopped,
                                        RunState::Aborted, RunState::Failed,   RunState::Interrupted};

void TestRunControl::everyTransitionIsAsDrawn() {
    using enum RunState;
    const std::map<RunState, std::set<RunState>> drawn{
        {None, {Queued, Starting}},
        {Queued, {Starting, Stopped, Aborted, Failed, Interrupted}},
        {Starting, {Running, Paused, Stopping, Aborted, Failed, Interrupted}},
        {Running, {Paused, Stopping, Succeeded, Aborted, Failed, Interrupted}},
        {Paused, {Running, Stopping, Aborted, Failed, Interrupted}},
        {Stopping, {Stopped, Succeeded, Aborted, Failed, Interrupted}},
        {Succeeded, {}},
        {Stopped, {Queued, Starting}},
        {Aborted, {Queued, Starting}},
        {Failed, {Queued, Starting}},
        {Interrupted, {Queued, Starting}},
    };
    int checked = 0;
    for (const RunState from : kAll) {
        for (const RunState to : kAll) {
            const std::string pair = std::string(runStateName(from)) + " -> " + runStateName(to);
            QVERIFY2(mayFollow(from, to) == (drawn.at(from).count(to) == 1), pair.c_str());
            ++checked;
        }
    }
    QCOMPARE(checked, 121);
}

void TestRunControl::namesGoBothWays() {
    std::set<std::string> names;
    for (const RunState state : kAll) {
        names.insert(runStateName(state));
        if (state != RunState::None) {
            QVERIFY(runStateFromName(runStateName(state)) == state);
        }
    }
    QCOMPARE(names.size(), kAll.size());
    QVERIFY(!runStateFromName("none"));
    QVERIFY(!runStateFromName("Running"));
    QVERIFY(!runStateFromName(""));
}

void TestRunControl::aFinalStateIsOnlyLeftByStartingAgain() {
    for (const RunState from : kAll) {
        if (!isFinal(from)) {
            continue;
        }
        for (const RunState to : kAll) {
            if (mayFollow(from, to)) {
                QVERIFY(to == RunState::Queued || to == RunState::Starting);
            }
        }
    }
    int finals = 0;
    for (const RunState state : kAll) {
        finals += isFinal(state) ? 1 : 0;
    }
    QCOMPARE(finals, 5);
}

void TestRunControl::abortWinsOverStopAndStopOverPause() {
    RunControl control;
    QVERIFY(control.pending() == Request::None);
    control.pause();
    QVERIFY(control.pending() == Request::Pause);
    QVERIFY(!control.stopRequested());
    control.stop();
    QVERIFY(control.pending() == Request::Stop);
    QVERIFY(control.stopRequested() && !control.abortRequested());
    control.abort();
    QVERIFY(control.pending() == Request::Abort);
    control.resume();
    QVERIFY(control.pending() == Request::Abort);
    QVERIFY(control.stopRequested() && control.abortRequested());
    // What is looked at has nothing to do with it.
    QVERIFY(!control.layersWanted());
    control.showLayers(true);
    QCOMPARE(control.layersWanted().value_or(false), true);
    control.showLayers(false);
    QCOMPARE(control.layersWanted().value_or(true), false);
    QVERIFY(control.pending() == Request::Abort);
}

void TestRunControl::resumeLetsGo() {
    RunControl control;
    control.waitWhilePaused(); // not paused: returns
    control.pause();
    std::atomic<bool> passed{false};
    std::thread trainer([&] {
        control.waitWhilePaused();
        passed = true;
    });
    QTest::qSleep(20);
    QVERIFY(!passed);
    control.resume();
    trainer.join();
    QVERIFY(passed);
    QVERIFY(control.pending() == Request::None);
}

void TestRunControl::stopAndAbortWakeAPausedRun() {
    for (const bool abort : {false, true}) {
        RunControl control;
        control.pause();
        std::thread trainer([&] { control.waitWhilePaused(); });
        abort ? control.abort() : control.stop();
        trainer.join();
        QVERIFY(control.pending() == (abort ? Request::Abort : Request::Stop));
    }
}

QTEST_APPLESS_MAIN(TestRunControl)
#include "test_run_control.moc"
