// Lanes, pool, cancelling, errors and shutdown of the job system. Waiting is on conditions, never on a guessed time.
#include "jobs/job_system.h"

#include <QtTest>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <new>
#include <semaphore>
#include <stdexcept>
#include <thread>

#include <sys/resource.h>
#include <unistd.h>

using namespace fettle;
using namespace fettle::jobs;

class TestJobSystem : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aLaneRunsOneJobAtATimeInOrder();
    void lanesRunBesideEachOther();
    void poolThreadsAreNice();
    void exceptionsBecomeErrors();
    void aRunningJobSeesItsCancel();
    void aQueuedJobIsToldAtOnceWhileTheLaneIsBusy();
    void destructorCancelsAndJoins();
    void everyJobIsToldExactlyOnce();
    void progressIsThrottledButEndsAreKept();
    void capturedValuesAreReleasedWhenFinished();
    void handlesOutliveTheSystem();
    void submittingFromAJobWorks();
    void aThrowingListenerDoesNotEndTheWorker();
};

namespace {

JobOptions named(const std::string& lane, std::function<void(const Result<void>&)> onDone = {}) {
    JobOptions options;
    options.name = "test job";
    options.lane = lane;
    options.onDone = std::move(onDone);
    return options;
}

void waitForCancel(JobContext& context) {
    while (!context.cancelled()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

} // namespace

void TestJobSystem::aLaneRunsOneJobAtATimeInOrder() {
    std::atomic<int> inside{0};
    std::atomic<int> most{0};
    std::vector<int> order; // guarded by the lane's capacity of one
    JobSystem jobs(4);
    std::vector<std::shared_ptr<JobHandle>> handles;
    for (int i = 0; i < 50; ++i) {
        handles.push_back(jobs.submit(
            [&, i](JobContext&) -> Result<void> {
                most = std::max(most.load(), ++inside);
                order.push_back(i);
                --inside;
                return {};
            },
            named("cpu")));
    }
    for (const auto& handle : handles) {
        handle->wait();
        QVERIFY(handle->finished());
    }
    QCOMPARE(most.load(), 1);
    QCOMPARE(order.size(), std::size_t{50});
    QVERIFY(std::is_sorted(order.begin(), order.end()));
}

void TestJobSystem::lanesRunBesideEachOther() {
    JobSystem jobs(1);
    std::binary_semaphore left{0};
    std::binary_semaphore right{0};
    // Each waits for the other: only two threads at once can finish this.
    const auto a = jobs.submit(
        [&](JobContext&) -> Result<void> {
            left.release();
            right.acquire();
            return {};
        },
        named("cpu"));
    const auto b = jobs.submit(
        [&](JobContext&) -> Result<void> {
            right.release();
            left.acquire();
            return {};
        },
        named("cuda:0"));
    a->wait();
    b->wait();
    QVERIFY(a->finished() && b->finished());
}

void TestJobSystem::poolThreadsAreNice() {
    JobSystem jobs(1);
    std::atomic<int> pool{-1};
    std::atomic<int> lane{-1};
    const auto own = ::getpriority(PRIO_PROCESS, 0);
    jobs.submit(
            [&](JobContext&) -> Result<void> {
                pool = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
                return {};
            },
            named(""))
        ->wait();
    jobs.submit(
            [&](JobContext&) -> Result<void> {
                lane = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
                return {};
            },
            named("cpu"))
        ->wait();
    QCOMPARE(pool.load(), 19);
    QCOMPARE(lane.load(), own);
}

void TestJobSystem::exceptionsBecomeErrors() {
    JobSystem jobs(1);
    const auto codeOf = [&jobs](JobBody body) {
        Result<void> seen;
        jobs.submit(std::move(body), named("", [&](const Result<void>& result) { seen = result; }))->wait();
        return seen;
    };
    auto memory = codeOf([](JobContext&) -> Result<void> { throw std::bad_alloc(); });
    QVERIFY(!memory && memory.error().code == ErrorCode::OutOfMemory);
    auto bug = codeOf([](JobContext&) -> Result<void> { throw std::runtime_error("that was not planned"); });
    QVERIFY(!bug && bug.error().code == ErrorCode::Internal);
    QVERIFY(bug.error().message.find("that was not planned") != std::string::npos);
    QVERIFY(bug.error().message.find("test job") != std::string::npos);
    auto odd = codeOf([](JobContext&) -> Result<void> { throw 7; }); // NOLINT: any type must be caught
    QVERIFY(!odd && odd.error().code == ErrorCode::Internal);
    auto own = codeOf([](JobContext&) -> Result<void> { return makeError(ErrorCode::DiskFull, "full"); });
    QVERIFY(!own && own.error().code == ErrorCode::DiskFull);
    QVERIFY(codeOf([](JobContext&) -> Result<void> { return {}; }).ok());
}

void TestJobSystem::aRunningJobSeesItsCancel() {
    JobSystem jobs(1);
    std::binary_semaphore began{0};
    std::atomic<int> code{0};
    const auto handle = jobs.submit(
        [&](JobContext& context) -> Result<void> {
            began.release();
            waitForCancel(context);
            return makeError(ErrorCode::Cancelled, "stopped early");
        },
        named("cpu", [&](const Result<void>& result) {
            code = static_cast<int>(result.ok() ? ErrorCode::None : result.error().code);
        }));
    began.acquire();
    QVERIFY(!handle->finished());
    handle->cancel();
    handle->wait();
    QCOMPARE(code.load(), static_cast<int>(ErrorCode::Cancelled));
    handle->cancel(); // a finished job does not mind
}

void TestJobSystem::aQueuedJobIsToldAtOnceWhileTheLaneIsBusy() {
    JobSystem jobs(1);
    std::binary_semaphore release{0};
    const auto busy = jobs.submit(
        [&](JobContext&) -> Result<void> {
            release.acquire();
            return {};
        },
        named("cpu"));
    std::atomic<bool> ran{false};
    std::atomic<int> told{0};
    std::atomic<int> code{0};
    const auto queued = jobs.submit(
        [&](JobContext&) -> Result<void> {
            ran = true;
            return {};
        },
        named("cpu", [&](const Result<void>& result) {
            ++told;
            code = static_cast<int>(result.ok() ? ErrorCode::None : result.error().code);
        }));
    queued->cancel();
    queued->cancel();
    queued->wait(); // returns although the lane is still busy
    QVERIFY(!busy->finished());
    QCOMPARE(told.load(), 1);
    QCOMPARE(code.load(), static_cast<int>(ErrorCode::Cancelled));
    release.release();
    busy->wait();
    QVERIFY(!ran);
}

void TestJobSystem::destructorCancelsAndJoins() {
    std::atomic<int> cancelled{0};
    std::atomic<int> done{0};
    std::atomic<bool> late{false};
    std::binary_semaphore began{0};
    {
        JobSystem jobs(2);
        const auto count = [&](const Result<void>& result) {
            ++done;
            if (!result.ok() && result.error().code == ErrorCode::Cancelled) {
                ++cancelled;
            }
        };
        (void)jobs.submit(
            [&](JobContext& context) -> Result<void> {
                began.release();
                waitForCancel(context);
                return makeError(ErrorCode::Cancelled, "told");
            },
            named("cpu", count));
        began.acquire();
        for (int i = 0; i < 5; ++i) {
            (void)jobs.submit(
                [&](JobContext&) -> Result<void> {
                    late = true;
                    return {};
                },
                named("cpu", count));
        }
    }
    QCOMPARE(done.load(), 6);
    QCOMPARE(cancelled.load(), 6);
    QVERIFY(!late);
}

void TestJobSystem::everyJobIsToldExactlyOnce() {
    constexpr int kJobs = 400;
    std::vector<std::atomic<int>> told(kJobs);
    {
        JobSystem jobs(3);
        std::vector<std::shared_ptr<JobHandle>> handles(kJobs);
        std::vector<std::thread> submitters;
        for (int part = 0; part < 4; ++part) {
            submitters.emplace_back([&, part] {
                for (int i = part; i < kJobs; i += 4) {
                    const char* lanes[] = {"", "cpu", "cuda:0"};
                    handles[static_cast<std::size_t>(i)] = jobs.submit(
                        [](JobContext&) -> Result<void> { return {}; },
                        named(lanes[i % 3], [&told, i](const Result<void>&) { ++told[static_cast<std::size_t>(i)]; }));
                    if (i % 7 == 0) {
                        handles[static_cast<std::size_t>(i)]->cancel();
                    }
                }
            });
        }
        for (auto& thread : submitters) {
            thread.join();
        }
    }
    for (const auto& count : told) {
        QCOMPARE(count.load(), 1);
    }
}

void TestJobSystem::progressIsThrottledButEndsAreKept() {
    JobSystem jobs(1);
    std::vector<double> seen;
    JobOptions options = named("");
    options.onProgress = [&](double fraction, const std::string&) { seen.push_back(fraction); };
    jobs.submit(
            [](JobContext& context) -> Result<void> {
                context.progress(0);
                for (int i = 1; i < 100000; ++i) {
                    context.progress(i / 100000.0);
                }
                context.progress(1, "done");
                return {};
            },
            options)
        ->wait();
    QVERIFY(seen.size() >= 2);
    QVERIFY2(seen.size() < 200, std::to_string(seen.size()).c_str());
    QCOMPARE(seen.front(), 0.0);
    QCOMPARE(seen.back(), 1.0);
    QVERIFY(std::is_sorted(seen.begin(), seen.end()));
    seen.clear();
    jobs.submit(
            [](JobContext& context) -> Result<void> {
                context.progress(std::numeric_limits<double>::quiet_NaN());
                context.progress(7);
                return {};
            },
            options)
        ->wait();
    QCOMPARE(seen, (std::vector<double>{-1, 1}));
}

void TestJobSystem::capturedValuesAreReleasedWhenFinished() {
    JobSystem jobs(1);
    auto value = std::make_shared<int>(7);
    const auto handle =
        jobs.submit([value](JobContext&) -> Result<void> { return {}; }, named("", [value](const Result<void>&) {}));
    handle->wait();
    QCOMPARE(value.use_count(), 1L);
}

void TestJobSystem::handlesOutliveTheSystem() {
    std::shared_ptr<JobHandle> handle;
    {
        JobSystem jobs(1);
        handle = jobs.submit([](JobContext&) -> Result<void> { return {}; }, named("cpu"));
    }
    handle->cancel();
    handle->wait();
    QVERIFY(handle->finished());
}

void TestJobSystem::submittingFromAJobWorks() {
    std::atomic<bool> inner{false};
    {
        JobSystem jobs(1);
        std::shared_ptr<JobHandle> second;
        jobs.submit(
                [&](JobContext&) -> Result<void> {
                    second = jobs.submit(
                        [&](JobContext&) -> Result<void> {
                            inner = true;
                            return {};
                        },
                        named("cpu"));
                    return {};
                },
                named("cpu"))
            ->wait();
        second->wait();
    }
    QVERIFY(inner);
}

void TestJobSystem::aThrowingListenerDoesNotEndTheWorker() {
    JobSystem jobs(1);
    jobs.submit([](JobContext&) -> Result<void> { return {}; },
                named("cpu", [](const Result<void>&) { throw std::runtime_error("listener"); }))
        ->wait();
    std::atomic<bool> next{false};
    jobs.submit(
            [&](JobContext&) -> Result<void> {
                next = true;
                return {};
            },
            named("cpu"))
        ->wait();
    QVERIFY(next);
}

QTEST_APPLESS_MAIN(TestJobSystem)
#include "test_job_system.moc"
