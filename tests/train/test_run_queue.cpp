// The queue of a project: order, holding, claims and what is left behind by a process that died. In one process; the
// campaign with killed processes is test_queue_kill.
#include "queue_support.h"
#include "train/fake_trainer.h"
#include "train/run_service.h"
#include "train/sweep_budget.h"

#include <QtTest>

#include <atomic>
#include <thread>

using namespace fettle;
using namespace fettle::train;
using jobs::RunState;
using test::beginnings;
using test::errorOf;
using test::must;
using test::QueueProject;

class TestRunQueue : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void orderIsKeptAndChanged() {
        const QueueProject p(4);
        QVERIFY(must(p.queue.entries()).empty());
        QVERIFY(!fileExists(p.folder + "/queue.json")); // a look writes nothing
        for (int i = 1; i <= 3; ++i) {
            must(p.queue.add(p.run(i)));
        }
        must(p.queue.add(p.run(4), {.state = QueueState::Held, .front = true}));
        QCOMPARE(p.text(), std::string("4 held 1 waiting 2 waiting 3 waiting"));
        must(p.queue.move("run-0003", 0));
        QCOMPARE(p.text(), std::string("3 waiting 4 held 1 waiting 2 waiting"));
        must(p.queue.move("run-0003", 2));
        QCOMPARE(p.text(), std::string("4 held 1 waiting 3 waiting 2 waiting"));
        must(p.queue.move("run-0004", 100)); // beyond the end is the end
        QCOMPARE(p.text(), std::string("1 waiting 3 waiting 2 waiting 4 held"));
        must(p.queue.hold("run-0001"));
        must(p.queue.release("run-0004"));
        must(p.queue.remove("run-0003"));
        QCOMPARE(p.text(), std::string("1 held 2 waiting 4 waiting"));
        must(p.queue.add(p.run(2))); // waits already: keeps its place
        QCOMPARE(p.text(), std::string("1 held 2 waiting 4 waiting"));
        QVERIFY(folderExists(p.run(3)));
    }

    void faultsAreNamed() {
        const QueueProject p(1);
        QCOMPARE(errorOf(p.queue.add(p.folder + "/runs/run-0009")).code, ErrorCode::NotFound);
        QCOMPARE(errorOf(p.queue.add(p.folder)).code, ErrorCode::InvalidInput);
        QCOMPARE(errorOf(p.queue.move("run-0001", 0)).code, ErrorCode::NotFound);
        QCOMPARE(errorOf(p.queue.claim("run-0001")).code, ErrorCode::NotFound);
        must(p.queue.add(p.run(1)));
        must(writeFileAtomic(p.folder + "/queue.json", "{\"entries\": [{\"run\": \"run-0001\", \"state\": \"odd\"}]}"));
        const Error odd = errorOf(p.queue.entries());
        QCOMPARE(odd.code, ErrorCode::Corrupt);
        QCOMPARE(odd.key, std::string("entries[0]"));
        QVERIFY2(odd.file.ends_with("/queue.json"), odd.file.c_str());
        must(writeFileAtomic(p.folder + "/queue.json", "{\"entries\": [\n  oops"));
        const Error broken = errorOf(p.queue.entries());
        QCOMPARE(broken.line, std::int64_t(2));
    }

    void aClaimIsExclusiveAndComesBackWhenLetGo() {
        const QueueProject p(2);
        must(p.queue.add(p.run(1)));
        must(p.queue.add(p.run(2)));
        {
            auto claim = must(p.queue.claimNext(RunPlace::Here));
            QVERIFY(claim.has_value());
            QCOMPARE(claim->folder, p.run(1));
            QCOMPARE(p.text(), std::string("1 started 2 waiting"));
            QVERIFY(!must(p.queue.claimNext(RunPlace::Here)).has_value()); // one run of a lane at a time
            QCOMPARE(errorOf(p.queue.claim("run-0001")).code, ErrorCode::Busy);
            QCOMPARE(errorOf(p.queue.hold("run-0001")).code, ErrorCode::Busy);
            QCOMPARE(errorOf(p.queue.remove("run-0001")).code, ErrorCode::Busy);
            QCOMPARE(errorOf(p.queue.add(p.run(1))).code, ErrorCode::Busy);
            const auto beside = must(p.queue.claim("run-0002")); // start now does not ask who else is running
            QCOMPARE(p.text(), std::string("1 started 2 started"));
        }
        QCOMPARE(p.text(), std::string("1 waiting 2 waiting")); // died before the first event
    }

    void placesAndLanesAreKeptApart() {
        const QueueProject p;
        p.prepare(1, "cuda:0");
        p.prepare(2, "cpu");
        p.prepare(3, "cuda:0");
        p.prepare(4, "auto");
        must(p.queue.add(p.run(1), {.place = RunPlace::Apart}));
        must(p.queue.add(p.run(2)));
        must(p.queue.add(p.run(3)));
        must(p.queue.add(p.run(4)));
        QCOMPARE(must(p.queue.next(RunPlace::Apart))->run, std::string("run-0001"));
        const auto apart = must(p.queue.claimNext(RunPlace::Apart));
        QCOMPARE(apart->folder, p.run(1));
        const auto here = must(p.queue.claimNext(RunPlace::Here));
        QCOMPARE(here->folder, p.run(2));                              // another lane
        QVERIFY(!must(p.queue.claimNext(RunPlace::Here)).has_value()); // 3 waits for cuda:0, 4 for the processor
        QVERIFY(!must(p.queue.next(RunPlace::Here)).has_value());
    }

    void aRunThatBeganIsNotStartedAgain() {
        const QueueProject p(2);
        must(p.queue.add(p.run(1)));
        must(p.queue.add(p.run(2)));
        {
            auto claim = must(p.queue.claimNext(RunPlace::Here));
            run::StateChanged starting;
            starting.state = RunState::Queued;
            (void)must(claim->owner->publish(starting));
            starting.state = RunState::Starting;
            (void)must(claim->owner->publish(starting));
        } // "killed"
        QCOMPARE(p.text(), std::string("2 waiting"));
        QCOMPARE(must(run::readRun(p.run(1))).state, RunState::Interrupted);
        // A person may put it back; then it counts from here.
        must(p.queue.add(p.run(1)));
        QCOMPARE(p.text(), std::string("2 waiting 1 waiting"));
        (void)must(p.queue.claimNext(RunPlace::Here));
        QCOMPARE(p.text(), std::string("2 waiting 1 waiting"));
    }

    void runsStartedPastTheQueueLeaveIt() {
        const QueueProject p(2);
        must(p.queue.add(p.run(1)));
        must(p.queue.add(p.run(2)));
        {
            const auto owner = must(run::RunWriter::open(p.run(1)));
            QCOMPARE(p.text(), std::string("1 started 2 waiting"));
            run::StateChanged state;
            state.state = RunState::Starting;
            (void)must(owner->publish(state));
            state.state = RunState::Succeeded;
            (void)must(owner->publish(state));
        }
        QCOMPARE(p.text(), std::string("2 waiting"));
        QCOMPARE(errorOf(p.queue.add(p.run(1))).code, ErrorCode::InvalidInput); // nothing to go on with
        must(removeAll(p.run(2)));
        QCOMPARE(p.text(), std::string());
    }

    void theServiceRunsWhatWasClaimed() {
        const QueueProject p(1);
        must(p.queue.add(p.run(1)));
        auto claim = must(p.queue.claimNext(RunPlace::Here));
        jobs::JobSystem jobs(1);
        RunServiceOptions options;
        options.trainers = fakeTrainers({.steps = 5});
        RunService service(jobs, std::move(options));
        StartOptions start;
        start.owner = std::move(claim->owner);
        must(service.start(claim->folder, std::move(start)));
        QCOMPARE(must(service.wait(claim->folder)), RunState::Succeeded);
        QCOMPARE(beginnings(p.run(1)), 1);
        QCOMPARE(p.text(), std::string());
        QVERIFY(RunQueue::around(p.run(1))->projectFolder() == p.folder);
        QVERIFY(!RunQueue::around(p.place / "elsewhere"));
    }

    void manyThreadsTakeEachRunOnce() {
        const QueueProject p(8);
        for (int i = 1; i <= 8; ++i) {
            must(p.queue.add(p.run(i)));
        }
        std::atomic<int> taken{0};
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < 4; ++t) {
                threads.emplace_back([&p, &taken] {
                    const RunQueue queue(p.folder);
                    for (;;) {
                        auto claim = queue.claimNext(RunPlace::Here);
                        if (!claim) {
                            return;
                        }
                        if (!*claim) {
                            const auto left = queue.entries();
                            if (!left || left->empty()) {
                                return;
                            }
                            std::this_thread::sleep_for(std::chrono::milliseconds(2));
                            continue;
                        }
                        ++taken;
                        run::StateChanged state;
                        state.state = RunState::Starting;
                        (void)(*claim)->owner->publish(state);
                        state.state = RunState::Aborted;
                        (void)(*claim)->owner->publish(state);
                    }
                });
            }
        }
        QCOMPARE(taken.load(), 8);
        for (int i = 1; i <= 8; ++i) {
            QCOMPARE(beginnings(p.run(i)), 1);
        }
    }

    void aDiskThatRefusesTheMarkLosesNothing() {
        const QueueProject p(1);
        must(p.queue.add(p.run(1)));
        setFileFaultHook([&](FileOperation operation, const std::string& path) {
            return operation == FileOperation::Rename && path.find("queue.json") != std::string::npos ? ENOSPC : 0;
        });
        const Error full = errorOf(p.queue.claimNext(RunPlace::Here));
        setFileFaultHook({});
        QCOMPARE(full.code, ErrorCode::DiskFull);
        QCOMPARE(p.text(), std::string("1 waiting"));
        QVERIFY(must(p.queue.claimNext(RunPlace::Here)).has_value());
    }

    void aSweepWithoutTimeIsHeld() {
        const QueueProject p(2);
        must(makeFolders(p.folder + "/sweeps"));
        must(writeFileAtomic(sweepFile(p.folder, "sweep-0001"), "{\"max_minutes\": 0.0001}"));
        must(run::updateRunInfo(p.run(1), Json{{"sweep", "sweep-0001"}}));
        must(run::updateRunInfo(p.run(2), Json{{"sweep", "sweep-0001"}}));
        must(p.queue.add(p.run(1)));
        must(p.queue.add(p.run(2)));
        QVERIFY(*must(sweepMinutesLeft(p.run(1))) > 0);
        {
            auto claim = must(p.queue.claimNext(RunPlace::Here));
            QVERIFY(claim->maxMinutes && *claim->maxMinutes <= 0.0001);
            run::StateChanged state;
            state.state = RunState::Running;
            (void)must(claim->owner->publish(state));
            QTest::qSleep(20);
            state.state = RunState::Stopped;
            (void)must(claim->owner->publish(state));
        }
        QCOMPARE(*must(sweepMinutesLeft(p.run(2))), 0.0);
        QVERIFY(!must(p.queue.claimNext(RunPlace::Here)).has_value());
        QCOMPARE(p.text(), std::string("2 held"));
        QCOMPARE(must(p.queue.entries()).front().heldBecause, std::string("sweep_budget"));
        QCOMPARE(errorOf(p.queue.claim("run-0002")).key, std::string("max_minutes"));
    }
};

QTEST_GUILESS_MAIN(TestRunQueue)
#include "test_run_queue.moc"
