// Does the window stay alive while both cores train? The real window opens the sample project, trains it to the end
// with the real engine, and its event loop is watched: gaps of a 5 ms heartbeat, and how long the GUI thread worked in
// one piece between two waits. Prints one JSON object; exit 1 where the heartbeat's p99.9 or a burst of work passes 50
// ms.
#include "base/json.h"
#include "train_fixture.h"

#include <QAbstractEventDispatcher>
#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QtTest>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kBeatMs = 5;
constexpr double kLimitMs = 50;

double threadCpuMs() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

/// Gaps between beats, less the beat itself, and bursts of CPU between two waits of the event loop.
class Watch : public QObject {
public:
    Watch() {
        m_timer.setTimerType(Qt::PreciseTimer);
        connect(&m_timer, &QTimer::timeout, this, [this] {
            gaps.push_back(static_cast<double>(m_clock.nsecsElapsed()) / 1e6 - kBeatMs);
            m_clock.restart();
        });
        auto* dispatcher = QAbstractEventDispatcher::instance();
        // Once a turn, whichever dispatcher: CPU between two of them is the work of a turn, waiting costs none.
        connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, this, [this] {
            const double now = threadCpuMs();
            if (m_timer.isActive()) {
                bursts.push_back(now - m_last);
            }
            m_last = now;
        });
    }
    void start() {
        gaps.clear();
        bursts.clear();
        m_last = threadCpuMs();
        m_clock.start();
        m_timer.start(kBeatMs);
    }
    void stop() { m_timer.stop(); }
    std::vector<double> gaps, bursts;

private:
    QTimer m_timer;
    QElapsedTimer m_clock;
    double m_last = 0;
};

double quantile(std::vector<double> values, double q) {
    if (values.empty()) {
        return 0;
    }
    std::sort(values.begin(), values.end());
    return values[std::min(values.size() - 1, static_cast<std::size_t>(q * static_cast<double>(values.size())))];
}

Json summary(const std::vector<double>& values) {
    return {{"count", values.size()},
            {"p50", quantile(values, 0.5)},
            {"p99", quantile(values, 0.99)},
            {"p99_9", quantile(values, 0.999)},
            {"max", quantile(values, 1)},
            {"over_50_ms", std::count_if(values.begin(), values.end(), [](double v) { return v > kLimitMs; })}};
}

/// Runs the event loop as the program does (QTest's waiting sleeps between turns) until `done`; false after `ms`.
bool runUntil(const std::function<bool()>& done, int ms) {
    QEventLoop loop;
    QElapsedTimer took;
    took.start();
    QTimer poll;
    QObject::connect(&poll, &QTimer::timeout, &loop, [&] {
        if (done() || took.elapsed() > ms) {
            loop.quit();
        }
    });
    poll.start(50);
    loop.exec();
    return done();
}

int fail(const char* what) {
    std::fprintf(stderr, "bench_window: %s\n", what);
    return 2;
}

} // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    TrainWindow f({}, u"en"_s, train::engineTrainers());
    if (!f.show()) {
        return fail("the window did not open");
    }
    f.click("home.sample");
    if (!runUntil([&] { return f.workspace->hasProject(); }, 20'000)) {
        return fail("the sample project did not open");
    }
    f.window->showScreen(u"train"_s);
    if (!runUntil([&] { return f.sees("train.start") && f.counted(); }, 60'000)) {
        return fail("the rows were not counted: is the default model here (packaging/fetch.sh model)?");
    }
    Watch watch;
    QElapsedTimer took;
    took.start();
    f.click("train.start");
    watch.start();
    if (!runUntil([&] { return f.newest() != nullptr && f.newest()->summary.step >= 1; }, 120'000)) {
        return fail("no step came");
    }
    const double starting = quantile(watch.gaps, 1);
    const double startingBurst = quantile(watch.bursts, 1);
    watch.start();
    if (!runUntil([&] { return jobs::isFinal(f.newestState()); }, 1'800'000)) {
        return fail("the run did not end");
    }
    watch.stop();
    const double p999 = quantile(watch.gaps, 0.999);
    const double burst = quantile(watch.bursts, 1);
    const bool holds = p999 < kLimitMs && burst < kLimitMs;
    const Json out{{"bench", "window"},
                   {"platform", QGuiApplication::platformName().toStdString()},
                   {"steps", f.newest()->summary.step},
                   {"state", f.newestState() == jobs::RunState::Succeeded ? "succeeded" : "not succeeded"},
                   {"seconds", static_cast<double>(took.elapsed()) / 1e3},
                   {"heartbeat_gap_ms", summary(watch.gaps)},
                   {"gui_thread_burst_ms", summary(watch.bursts)},
                   {"starting", {{"longest_gap_ms", starting}, {"longest_burst_ms", startingBurst}}},
                   {"holds", holds}};
    std::printf("%s\n", dumpJson(out).c_str());
    return holds ? 0 : 1;
}
