// A flood of events: half a million steps as fast as a trainer can write them. Nothing may be lost or doubled, the
// window keeps turning. The longest gap of the event loop is printed for people; what is asserted is the work of the
// window's own thread between two turns.
#include "plot/chart.h"
#include "run/run_folder.h"
#include "train_fixture.h"

#include <QElapsedTimer>
#include <QtTest>

#include <ctime>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using jobs::RunState;

namespace {

constexpr qint64 kLongestWorkMs = 50;

/// The longest time the event loop did not turn.
class GapMeter : public QObject {
public:
    GapMeter() {
        connect(&m_timer, &QTimer::timeout, this, [this] {
            const qint64 gap = m_clock.restart();
            const qint64 now = cpuMs();
            m_longest = std::max(m_longest, gap);
            m_longestCpu = std::max(m_longestCpu, now - m_cpu);
            m_cpu = now;
            m_over += gap > 50 ? 1 : 0;
            ++m_turns;
        });
    }
    void start() {
        m_longest = 0;
        m_longestCpu = 0;
        m_cpu = cpuMs();
        m_over = 0;
        m_turns = 0;
        m_clock.start();
        m_timer.start(1);
    }
    void report(const char* what) {
        qInfo("%s: longest gap %lld ms (%lld ms of it work of this thread), %d of %d turns over 50 ms", what,
              static_cast<long long>(m_longest), static_cast<long long>(m_longestCpu), m_over, m_turns);
        m_timer.stop();
    }
    [[nodiscard]] int turns() const { return m_turns; }
    [[nodiscard]] qint64 longestWork() const { return m_longestCpu; }

private:
    /// What this thread worked: other programs on a shared machine do not count.
    static qint64 cpuMs() {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return time.tv_sec * 1000 + time.tv_nsec / 1'000'000;
    }
    QTimer m_timer;
    QElapsedTimer m_clock;
    qint64 m_longest = 0, m_longestCpu = 0, m_cpu = 0;
    int m_over = 0, m_turns = 0;
};

} // namespace

class TestTrainLoad : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnTrainMessages(); }

    void halfAMillionSteps() {
        constexpr std::int64_t kSteps = 500'000;
        TrainWindow f(train::FakeScript{
            .steps = kSteps, .stepsPerEpoch = 100'000, .evaluateEvery = 50'000, .checkpointEvery = 0});
        QVERIFY(f.show());
        QVERIFY(f.open());
        f.window->showScreen(u"train"_s);
        QTRY_VERIFY(f.sees("train.start"));
        GapMeter meter;
        meter.start();
        f.click("train.start");
        QTRY_VERIFY(f.sees("train.loss"));
        auto* chart = f.find<Chart>("train.loss.chart");
        QElapsedTimer took;
        took.start();
        QTRY_COMPARE_WITH_TIMEOUT(f.newestState(), RunState::Succeeded, 200'000);
        QTRY_COMPARE_WITH_TIMEOUT(chart->pointCount(u"train"_s), qsizetype{kSteps}, 60'000);
        meter.report("live");
        qInfo("%lld steps in %lld ms, %d replots", static_cast<long long>(kSteps),
              static_cast<long long>(took.elapsed()), chart->replotCount());
        QVERIFY(meter.turns() > 100);
        // Between two turns of the event loop the window's thread never works longer than 50 ms. Its own processor time
        // is asserted, not the clock: other programs on a shared machine do not count.
        QVERIFY2(meter.longestWork() <= kLongestWorkMs, qPrintable(QString::number(meter.longestWork())));
        QVERIFY(chart->replotCount() <= 2 + took.elapsed() / 200 + 5);
        QCOMPARE(*chart->lastValue(u"train"_s), train::fakeLoss(kSteps));
        QTRY_COMPARE(f.find<StatTile>("train.tile.step")->figure(), Format::exactCount(kSteps));
        QTRY_COMPARE(chart->pointCount(u"validation"_s), qsizetype{10});

        // And the same from its folder, as after a restart.
        const QString project = f.workspace->projectFolder();
        f.workspace->closeProject();
        meter.start();
        f.workspace->openProject(project);
        QTRY_VERIFY(f.workspace->runs().rowCount() == 1);
        f.window->showScreen(u"train"_s);
        QTRY_COMPARE_WITH_TIMEOUT(f.find<Chart>("train.loss.chart")->pointCount(u"train"_s), qsizetype{kSteps}, 60'000);
        QTest::qWait(500);
        meter.report("reopened");
        QVERIFY2(meter.longestWork() <= kLongestWorkMs, qPrintable(QString::number(meter.longestWork())));
        QCOMPARE(*f.find<Chart>("train.loss.chart")->lastValue(u"train"_s), train::fakeLoss(kSteps));
    }
};

QTEST_MAIN(TestTrainLoad)
#include "test_train_load.moc"
