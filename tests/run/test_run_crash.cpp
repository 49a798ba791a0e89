// Kill tests: a process that appends events is killed at a random moment. What it was told is written must be there, in
// order, and nothing half-written may count.
#include "run/run_folder.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <chrono>
#include <random>
#include <thread>

#include <signal.h> // NOLINT: kill
#include <sys/wait.h>
#include <unistd.h>

using namespace fettle;
using namespace fettle::run;
using test::must;
using test::TempFolder;

class TestRunCrash : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nothingAcknowledgedIsLost();
};

// In the child: append until killed, and tell each acknowledged number through the pipe.
[[noreturn]] static void appendForever(const std::string& folder, int pipe) {
    auto writer = RunWriter::open(folder);
    if (!writer) {
        ::_exit(3);
    }
    StateChanged running;
    running.state = jobs::RunState::Running;
    auto event = (*writer)->publish(running);
    for (std::int64_t i = 1; event.ok(); ++i) {
        const std::int64_t seq = event->seq;
        if (::write(pipe, &seq, sizeof seq) != sizeof seq) {
            break;
        }
        StepMetrics step;
        step.step = i;
        step.loss = 1.5;
        event = i % 50 == 0 ? (*writer)->publish(LogLine{"info", std::string(static_cast<std::size_t>(i % 5000), 'x')})
                            : (*writer)->publish(step);
    }
    ::_exit(4);
}

void TestRunCrash::nothingAcknowledgedIsLost() {
    const QByteArray fromOutside = qgetenv("FETTLE_TEST_SEED");
    const auto seed = fromOutside.isEmpty()
                          ? static_cast<std::uint32_t>(std::chrono::steady_clock::now().time_since_epoch().count())
                          : fromOutside.toUInt();
    qInfo("seed %u (set FETTLE_TEST_SEED to repeat)", seed);
    std::mt19937 random(seed);
    const TempFolder folder;
    const std::string run = folder / "run-0001";
    must(createRunFolder(run, "Run 1", Json::object()));
    std::int64_t acknowledged = 0;
    for (int life = 0; life < 10; ++life) {
        int ends[2];
        QVERIFY(::pipe(ends) == 0);
        const pid_t child = ::fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            ::close(ends[0]);
            appendForever(run, ends[1]);
        }
        ::close(ends[1]);
        const auto lifeUs = std::chrono::microseconds(2000 + random() % 30000);
        std::jthread killer([child, lifeUs] {
            std::this_thread::sleep_for(lifeUs);
            ::kill(child, SIGKILL);
        });
        std::int64_t seq = 0;
        std::int64_t told = 0;
        while (::read(ends[0], &seq, sizeof seq) == sizeof seq) {
            acknowledged = seq;
            ++told;
        }
        ::close(ends[0]);
        killer.join();
        int status = 0;
        QVERIFY(::waitpid(child, &status, 0) == child);
        QVERIFY2(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, std::to_string(WEXITSTATUS(status)).c_str());

        QVERIFY(!hasLiveOwner(run)); // the lock died with its holder
        const auto history = must(readRun(run));
        QVERIFY(told == 0 || history.state == jobs::RunState::Interrupted);
        QCOMPARE(history.damagedLines, std::int64_t{0});
        QVERIFY2(static_cast<std::int64_t>(history.events.size()) >= acknowledged,
                 std::to_string(acknowledged).c_str());
        for (std::size_t i = 0; i < history.events.size(); ++i) {
            QCOMPARE(history.events[i].seq, static_cast<std::int64_t>(i) + 1);
        }
    }
    QVERIFY(acknowledged > 10);
    const auto next = must(must(RunWriter::open(run))->publish(LogLine{"info", "after"}));
    const auto history = must(readRun(run));
    QCOMPARE(history.events.back().seq, next.seq);
    QCOMPARE(static_cast<std::int64_t>(history.events.size()), next.seq);
    qInfo("%lld events acknowledged over 10 lives", static_cast<long long>(acknowledged));
}

QTEST_APPLESS_MAIN(TestRunCrash)
#include "test_run_crash.moc"
