// The bridge: batches of events, series of a run, the runs table, numbers and errors for people.
#include "bridge/event_bridge.h"
#include "bridge/run_series.h"
#include "bridge/runs_model.h"
#include "bridge/strings.h"
#include "ui_fixture.h"
#include "widgets/table.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include <cmath>
#include <thread>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using jobs::RunState;

namespace {

run::RunEvent runEvent(std::int64_t seq, run::EventBody body) {
    run::RunEvent e;
    e.seq = seq;
    e.run = "run-0001";
    e.timeMs = 1000 + seq;
    e.elapsedMs = seq * 100;
    e.body = std::move(body);
    return e;
}

run::StepMetrics step(std::int64_t n, double loss) {
    run::StepMetrics m;
    m.step = n;
    m.loss = loss;
    m.stepMs = 500;
    m.tokens = 512;
    m.tokensPerSecond = 900;
    return m;
}

RunRow row(const std::string& id, RunState state, std::int64_t at = 0, std::int64_t total = 0) {
    RunRow r;
    r.summary.id = id;
    r.summary.name = "Run " + id.substr(id.size() - 1);
    r.summary.folder = "/p/runs/" + id;
    r.summary.state = state;
    r.summary.step = at;
    r.summary.totalSteps = total;
    r.slot = slotOf(id);
    return r;
}

} // namespace

class TestBridge : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        failOnMessages();
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    }

    void eventsOfAnotherThreadArriveInOrderAndInFewBatches() {
        EventBridge bridge;
        std::vector<std::int64_t> seen;
        int batches = 0;
        connect(&bridge, &EventBridge::batch, this, [&](const EventBatch& batch) {
            QCOMPARE(QThread::currentThread(), qApp->thread());
            ++batches;
            for (const BridgedEvent& e : batch.events) {
                seen.push_back(e.event.seq);
            }
        });
        constexpr int kEvents = 3000;
        std::thread producer([&bridge] {
            for (int i = 1; i <= kEvents; ++i) {
                bridge.post("/r", runEvent(i, step(i, 1)));
            }
        });
        producer.join();
        QTRY_COMPARE(static_cast<int>(seen.size()), kEvents);
        QVERIFY(std::is_sorted(seen.begin(), seen.end()));
        QCOMPARE(batches, 1);        // all were there when it woke
        QCOMPARE(bridge.wakes(), 1); // one pending flag, one queued call
    }

    void batchesComeAtMostThirtyTimesASecond() {
        EventBridge bridge;
        int batches = 0;
        int got = 0;
        connect(&bridge, &EventBridge::batch, this, [&](const EventBatch& batch) {
            ++batches;
            got += static_cast<int>(batch.events.size());
        });
        QElapsedTimer clock;
        clock.start();
        int posted = 0;
        while (clock.elapsed() < 500) {
            ++posted;
            bridge.post("/r", runEvent(posted, step(posted, 1)));
            QTest::qWait(1);
        }
        QTRY_COMPARE(got, posted);
        const double seconds = static_cast<double>(clock.elapsed()) / 1000;
        QVERIFY2(batches <= static_cast<int>(30 * seconds) + 2, qPrintable(QString::number(batches)));
        QVERIFY(batches >= 3);
    }

    void fullQueueDropsOldMetricsOnly() {
        EventBridge bridge(nullptr, 64);
        EventBatch all;
        connect(&bridge, &EventBridge::batch, this, [&](const EventBatch& batch) { all = batch; });
        bridge.post(
            "/r",
            runEvent(
                1,
                run::StateChanged{
                    .state = RunState::Running, .reason = {}, .fromStep = {}, .step = {}, .rows = {}, .message = {}}));
        bridge.post("/r", runEvent(2, run::CheckpointSaved{.step = 1, .path = "c", .best = false}));
        for (int i = 3; i <= 300; ++i) {
            bridge.post("/r", runEvent(i, step(i, 1)));
        }
        QTRY_VERIFY(!all.events.empty());
        QCOMPARE(all.events.size(), std::size_t{64});
        QCOMPARE(all.events[0].event.seq, std::int64_t{1});
        QCOMPARE(all.events[1].event.seq, std::int64_t{2});
        QCOMPARE(all.events.back().event.seq, std::int64_t{300}); // the newest stay
        QCOMPARE(all.dropped.at("/r"), std::int64_t{300 - 64});
        // Only states: nothing may go, the queue grows.
        all = {};
        for (int i = 0; i < 100; ++i) {
            bridge.post("/r", runEvent(400 + i, run::StateChanged{.state = RunState::Paused,
                                                                  .reason = {},
                                                                  .fromStep = {},
                                                                  .step = {},
                                                                  .rows = {},
                                                                  .message = {}}));
        }
        QTRY_COMPARE(all.events.size(), std::size_t{100});
        QVERIFY(all.dropped.empty());
    }

    void resumeCutsTheSeries() {
        RunSeries series;
        std::int64_t seq = 0;
        for (int i = 1; i <= 10; ++i) {
            QVERIFY(series.apply(runEvent(++seq, step(i, 3.0 / i))));
            if (i % 5 == 0) {
                run::EvalMetrics eval;
                eval.step = i;
                eval.loss = 1;
                QVERIFY(series.apply(runEvent(++seq, eval)));
            }
        }
        QCOMPARE(series.step.size(), 10);
        QCOMPARE(series.tokens.back(), 5120.0);
        QVERIFY(series.apply(runEvent(
            ++seq,
            run::StateChanged{
                .state = RunState::Running, .reason = {}, .fromStep = 5, .step = {}, .rows = {}, .message = {}})));
        QCOMPARE(series.step.size(), 5);
        QCOMPARE(series.loss.size(), 5);
        QCOMPARE(series.evalStep.size(), 1);
        QVERIFY(series.apply(runEvent(++seq, step(6, 0.1))));
        QCOMPARE(series.step.back(), 6.0);
        QCOMPARE(series.tokens.back(), 6 * 512.0);
        QVERIFY(series.apply(runEvent(seq, step(7, 0.1)))); // seen already: ignored
        QCOMPARE(series.step.size(), 6);
        QVERIFY(!series.apply(runEvent(seq + 5, step(9, 0.1)))); // a gap asks for the file
    }

    void modelFollowsListAndEvents() {
        RunsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        model.setRows({row("run-0001", RunState::Succeeded, 10, 10)});
        QCOMPARE(inserted.size(), 1);
        model.setRows({row("run-0002", RunState::Running, 3, 10), row("run-0001", RunState::Succeeded, 10, 10)});
        QCOMPARE(inserted.size(), 2);
        QCOMPARE(reset.size(), 0);
        changed.clear();
        EventBatch batch;
        for (int i = 4; i <= 6; ++i) {
            batch.events.push_back({"/p/runs/run-0002", runEvent(i, step(i, 0.5))});
        }
        batch.events.push_back({"/elsewhere", runEvent(1, step(1, 1))});
        model.applyEvents(batch);
        QCOMPARE(changed.size(), 1); // one range, one signal
        const RunRow* running = model.active();
        QVERIFY(running != nullptr);
        QCOMPARE(running->summary.step, std::int64_t{6});
        QVERIFY(std::abs(*running->secondsLeft() - 2.0) < 1e-9);
        QCOMPARE(model.index(0, RunsModel::TrainLoss).data().toString(), u"0.500"_s);
        QCOMPARE(model.index(0, RunsModel::ValidationLoss).data().toString(), u"–"_s); // not measured
        QCOMPARE(model.index(0, RunsModel::Progress).data(BarRole).toDouble(), 0.6);
        model.setRows({row("run-0002", RunState::Running, 6, 10)});
        QCOMPARE(removed.size(), 1);
        QCOMPARE(reset.size(), 0);
        QCOMPARE(model.rowCount(model.index(0, 0)), 0);
    }

    void failedRunsSayWhyAndWhatNext() {
        QCOMPARE(stateWord(RunState::Failed, "non_finite_loss").word, u"Diverged"_s);
        QCOMPARE(stateWord(RunState::Failed, "disk_full").state, State::Bad);
        QVERIFY(nextAction(RunState::Failed, "non_finite_loss", 80).contains(u"80"));
        for (const char* reason : {"non_finite_loss", "disk_full", "out_of_memory", "device_lost", "error", ""}) {
            QVERIFY2(!nextAction(RunState::Failed, reason, 0).isEmpty(), reason);
        }
        QVERIFY(nextAction(RunState::Succeeded, {}, 10).isEmpty());
        for (int state = 0; state <= static_cast<int>(RunState::Interrupted); ++state) {
            QVERIFY(!stateWord(static_cast<RunState>(state), {}).word.isEmpty());
        }
    }

    void slotsAreForLife() {
        QCOMPARE(slotOf("run-0001"), 0);
        QCOMPARE(slotOf("run-0007"), 6);
        QCOMPARE(slotOf("run-0013"), 0);
        QCOMPARE(slotOf("my-run"), slotOf("my-run"));
        QVERIFY(slotOf("my-run") >= 0 && slotOf("my-run") < 12);
        QVERIFY(slotOf("run-99999999999999999999") >= 0);
    }

    void stripSaysWhatRuns() {
        RunsModel model;
        QCOMPARE(runsStrip(model).line, u"No run yet."_s);
        RunRow running = row("run-0007", RunState::Running, 412, 960);
        running.owned = true;
        running.stepMs = 1000;
        running.summary.trainLoss = 0.3724;
        model.setRows({row("run-0008", RunState::Queued), running});
        const RunsStrip strip = runsStrip(model);
        QCOMPARE(strip.name, u"Run 7"_s);
        QCOMPARE(strip.line, u"412 of 960 steps · loss 0.372 · about 10 min left"_s);
        QCOMPARE(strip.counts.size(), 2);
        QVERIFY(strip.canPause && strip.canStop && !strip.paused);
        running.owned = false;
        model.setRows({row("run-0008", RunState::Queued), running});
        QVERIFY(runsStrip(model).canPause); // steered through its folder
        QVERIFY(runsStrip(model).line.contains(u"in its own process"));
    }

    void numbersForPeople() {
        QCOMPARE(Format::count(6240), u"6,240"_s);
        QCOMPARE(Format::count(1200000), u"1.2 M"_s);
        QCOMPARE(Format::loss(0.37241), u"0.372"_s);
        QCOMPARE(Format::loss(std::nullopt), u"–"_s);
        QCOMPARE(Format::loss(std::nan("")), u"NaN"_s);
        QCOMPARE(Format::rate(2e-4), u"2e-4"_s);
        QCOMPARE(Format::number(1.3e-4, 2), u"1.3e-4"_s);
        QCOMPARE(Format::number(2e-5, 3), u"2e-5"_s);
        QCOMPARE(Format::number(964.2, 3), u"964"_s);
        QCOMPARE(Format::number(0.6712, 3), u"0.671"_s);
        QCOMPARE(Format::number(-1.5, 2), QString(QChar(0x2212) % u"1.5"_s));
        QCOMPARE(Format::bytes(15'400'000'000ULL), u"15.4\u00a0GB"_s);
        QCOMPARE(Format::duration(0.061), u"61 ms"_s);
        QCOMPARE(Format::duration(580), u"9 min 40 s"_s);
        QCOMPARE(Format::duration(11100), u"3 h 05 min"_s);
        QCOMPARE(Format::duration(std::nan("")), u"–"_s);
        QCOMPARE(Format::percent(0.43), u"43\u00a0%"_s);
        QCOMPARE(Format::percent(0.9999), u"99\u00a0%"_s); // 100 only when done
        const QDateTime now(QDate(2026, 7, 30), QTime(14, 2));
        const qint64 ms = now.toMSecsSinceEpoch();
        QCOMPARE(Format::when(ms, ms), u"today 14:02"_s);
        QCOMPARE(Format::when(now.addDays(-1).toMSecsSinceEpoch(), ms), u"yesterday 14:02"_s);
        QCOMPARE(Format::when(now.addDays(-20).toMSecsSinceEpoch(), ms), u"10 Jul"_s);
        QCOMPARE(Format::when(0, ms), u"–"_s);
        QLocale::setDefault(QLocale(QLocale::Chinese, QLocale::China));
        QCOMPARE(Format::percent(0.43), u"43%"_s);
    }

    void everyErrorCodeHasWords() {
        for (int code = static_cast<int>(ErrorCode::Io); code <= static_cast<int>(ErrorCode::Internal); ++code) {
            Error error =
                makeError(static_cast<ErrorCode>(code), "english detail", "english hint").at("/a/b/rows.jsonl", 812);
            const ErrorText text = describe(error);
            QVERIFY(!text.what.isEmpty());
            QVERIFY(!text.what.contains(u'%'));
            QVERIFY2(text.details.contains(u"rows.jsonl"), qPrintable(text.details));
            if (static_cast<ErrorCode>(code) != ErrorCode::Cancelled) {
                QVERIFY2(!text.meaning.isEmpty(), errorCodeName(static_cast<ErrorCode>(code)));
            }
        }
        QCOMPARE(describe(makeError(ErrorCode::Parse, "x").at("/a/rows.jsonl", 812)).what,
                 u"“rows.jsonl”, line 812, cannot be used as it is."_s);
    }
};

QTEST_MAIN(TestBridge)
#include "test_bridge.moc"
