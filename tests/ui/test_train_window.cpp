// The Train screen in the real window: by mouse and by key, its states, the smallest size, another language, and
// closing while a run is active.
#include "plot/chart.h"
#include "run/run_folder.h"
#include "train_fixture.h"

#include <QComboBox>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QtTest>

#include <set>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using jobs::RunState;
using train::FakeScript;

namespace {

/// The menu that is open, once it is.
QMenu* openMenu() {
    QMenu* menu = nullptr;
    (void)QTest::qWaitFor(
        [&menu] { return (menu = qobject_cast<QMenu*>(QApplication::activePopupWidget())) != nullptr; }, 3000);
    return menu;
}

void chooseInMenu(const char* name) {
    QMenu* menu = openMenu();
    QVERIFY(menu != nullptr);
    auto* action = menu->findChild<QAction*>(QString::fromLatin1(name));
    QVERIFY(action != nullptr && action->isEnabled());
    menu->setActiveAction(action);
    QTest::keyClick(menu, Qt::Key_Return);
}

} // namespace

class TestTrainWindow : public QObject {
    Q_OBJECT

    static bool openTrain(TrainWindow& f, const Rows& rows = {}) {
        if (!f.show() || !f.open(rows)) {
            return false;
        }
        f.window->showScreen(u"train"_s);
        return QTest::qWaitFor([&f] { return f.sees("train.start"); }, 5000);
    }

private Q_SLOTS:
    void init() { failOnTrainMessages(); }

    void trainsFromTheButtonToTheEnd() {
        TrainWindow f(FakeScript{.steps = 40, .stepDelayMs = 4});
        QVERIFY(openTrain(f));
        QVERIFY(f.find<QPushButton>("train.start")->isEnabled());
        f.click("train.start");
        QTRY_VERIFY(f.sees("train.loss"));
        QTRY_VERIFY(f.sees("train.pause"));
        auto* chart = f.find<Chart>("train.loss.chart");
        QTRY_VERIFY(chart->pointCount(u"train"_s) > 3);
        QTRY_COMPARE(f.banner(), u"succeeded"_s);
        QTRY_COMPARE(chart->pointCount(u"train"_s), qsizetype{40});
        QCOMPARE(chart->pointCount(u"validation"_s), qsizetype{8});
        QCOMPARE(f.find<StatTile>("train.tile.step")->figure(), u"40"_s);
        QVERIFY(f.find<StatTile>("train.tile.validation")->figure() != Format::unknown());
        QVERIFY(f.sees("train.tile.taken") && !f.sees("train.tile.time"));
        QVERIFY(!f.sees("train.pause") && !f.sees("train.stop"));
        QVERIFY(f.sees("train.banner"));
        QCOMPARE(f.find<Pill>("train.state")->text(), u"Succeeded"_s);
        // The chart equals the file, number for number.
        const Result<run::RunHistory> history = run::readRun(f.newest()->summary.folder);
        QVERIFY(history);
        std::vector<double> losses;
        for (const run::RunEvent& event : history->events) {
            if (const auto* metrics = std::get_if<run::StepMetrics>(&event.body)) {
                losses.push_back(metrics->loss);
            }
        }
        QCOMPARE(losses.size(), std::size_t{40});
        QCOMPARE(*chart->lastValue(u"train"_s), losses.back());
        QVERIFY(chart->replotCount() < 40); // at most five a second
    }

    void keyboardOnly() {
        TrainWindow f(FakeScript{.steps = 400, .stepDelayMs = 5});
        QVERIFY(f.show());
        QVERIFY(f.open());
        f.key(Qt::Key_3, Qt::ControlModifier);
        QTRY_COMPARE(f.window->currentScreen(), u"train"_s);
        // From field to field; a value typed is taken, undone and redone.
        auto* rank = f.find<QLineEdit>("train.rank");
        rank->setFocus(Qt::TabFocusReason);
        rank->selectAll();
        QTest::keyClicks(rank, u"8"_s);
        QTest::keyClick(rank, Qt::Key_Tab);
        QCOMPARE(f.train->form().recipe().adapter.rank, std::int64_t{8});
        QTRY_VERIFY(QApplication::focusWidget() != rank);
        f.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(f.train->form().recipe().adapter.rank, std::int64_t{16});
        QCOMPARE(rank->text(), u"16"_s);
        f.key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(f.train->form().recipe().adapter.rank, std::int64_t{8});
        // Every control of the form is reached by Tab and has a name.
        std::set<QString> reached;
        f.find<QComboBox>("train.model")->setFocus(Qt::TabFocusReason);
        for (int i = 0; i < 60; ++i) {
            reached.insert(QApplication::focusWidget()->objectName());
            QVERIFY2(!QApplication::focusWidget()->accessibleName().isEmpty() ||
                         !QApplication::focusWidget()->property("text").toString().isEmpty(),
                     qPrintable(QApplication::focusWidget()->objectName()));
            f.key(Qt::Key_Tab);
        }
        for (const char* name : {"train.model", "train.data", "train.train_on", "train.rank", "train.learning_rate",
                                 "train.epochs", "train.context", "train.batch_tokens", "train.start"}) {
            QVERIFY2(reached.count(QString::fromLatin1(name)) > 0, name);
        }
        f.key(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(f.train->run().state().canPause);
        f.key(Qt::Key_P, Qt::ControlModifier);
        QTRY_COMPARE(f.banner(), u"paused"_s);
        QTRY_COMPARE(f.find<QPushButton>("train.pause")->text(), u"Resume"_s);
        f.key(Qt::Key_P, Qt::ControlModifier);
        QTRY_COMPARE(f.newestState(), RunState::Running);
        f.key(Qt::Key_S, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE(f.banner(), u"stopped"_s);
        f.key(Qt::Key_Return, Qt::ControlModifier); // the primary button: continue
        QTRY_VERIFY(f.train->run().state().canStop);
        f.key(Qt::Key_S, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(!f.workspace->hasActiveRuns());
    }

    void escapeTakesBackWhatIsTyped() {
        TrainWindow f;
        QVERIFY(openTrain(f));
        auto* rank = f.find<QLineEdit>("train.rank");
        rank->setFocus(Qt::TabFocusReason);
        rank->selectAll();
        QTest::keyClicks(rank, u"77"_s);
        QTest::keyClick(rank, Qt::Key_Escape);
        QCOMPARE(rank->text(), u"16"_s);
        QCOMPARE(f.window->currentScreen(), u"train"_s);
        rank->selectAll();
        QTest::keyClicks(rank, u"0"_s);
        QTest::keyClick(rank, Qt::Key_Return);
        QVERIFY(!f.train->form().error("adapter.rank").isEmpty());
        QVERIFY(!f.find<QPushButton>("train.start")->isEnabled());
        QVERIFY(f.sees("train.hold"));
        rank->selectAll();
        QTest::keyClicks(rank, u"4"_s);
        QTest::keyClick(rank, Qt::Key_Return);
        QVERIFY(f.find<QPushButton>("train.start")->isEnabled());
    }

    void pauseStopAbortByMouse() {
        TrainWindow f(FakeScript{.steps = 2000, .stepDelayMs = 5});
        QVERIFY(openTrain(f));
        f.click("train.start");
        QTRY_VERIFY(f.train->run().state().canPause);
        f.click("train.pause");
        QTRY_COMPARE(f.banner(), u"paused"_s);
        QTRY_VERIFY(f.sees("train.banner.primary"));
        f.click("train.banner.primary");
        QTRY_VERIFY(f.banner().isEmpty());
        f.dialogs.yes = false;
        f.click("train.more");
        chooseInMenu("train.menu.abort");
        QTRY_COMPARE(f.dialogs.asked.size(), 1); // asked once, refused
        QCOMPARE(f.newestState(), RunState::Running);
        f.dialogs.yes = true;
        f.click("train.more");
        chooseInMenu("train.menu.abort");
        QTRY_COMPARE(f.banner(), u"aborted"_s);
        f.click("train.banner.primary"); // goes on from its checkpoint
        QTRY_VERIFY(f.train->run().state().canStop);
        f.click("train.stop");
        QTRY_COMPARE(f.banner(), u"stopped"_s);
        f.click("train.new");
        QTRY_VERIFY(f.sees("train.start"));
        f.window->showScreen(u"train"_s, u"run"_s); // a click in Runs
        QTRY_VERIFY(f.sees("train.loss"));
    }

    void holdsWithTheReasonAndEachFix() {
        TrainWindow f(FakeScript{.steps = 3});
        QVERIFY(openTrain(f, {.good = 20, .tall = 3, .silent = 2, .bad = 1}));
        QTRY_VERIFY(f.sees("train.fix.over_long.raise"));
        QVERIFY(!f.find<QPushButton>("train.start")->isEnabled());
        QVERIFY(!f.text("train.hold").isEmpty());
        f.click("train.fix.over_long.raise");
        QTRY_VERIFY(f.sees("train.fix.over_long.undo"));
        QVERIFY(!f.find<QPushButton>("train.start")->isEnabled()); // silent rows still
        f.click("train.fix.over_long.undo");
        QTRY_VERIFY(f.sees("train.fix.over_long.leave"));
        f.click("train.fix.over_long.leave");
        QTRY_VERIFY(f.sees("train.fix.silent.leave"));
        f.click("train.fix.silent.leave");
        QTRY_VERIFY(f.find<QPushButton>("train.start")->isEnabled());
        QVERIFY(!f.sees("train.hold"));
        QVERIFY(f.sees("train.finding.over_long") && f.sees("train.finding.silent")); // ok, not gone
        f.click("train.fix.faulty.show");
        QTRY_VERIFY(f.sees("train.faults"));
        QVERIFY(f.find<QPlainTextEdit>("train.faults")->toPlainText().contains(u"train.jsonl:26"_s));
        f.click("train.start");
        QTRY_COMPARE(f.banner(), u"succeeded"_s);
    }

    void pressedWhileCountingShowsProgressAndStarts() {
        TrainWindow f(FakeScript{.steps = 3});
        QVERIFY(openTrain(f, {.good = 4000}));
        auto* context = f.find<QLineEdit>("train.context");
        context->setFocus();
        context->selectAll();
        QTest::keyClicks(context, u"47"_s);
        QTest::keyClick(context, Qt::Key_Return);
        QVERIFY(f.find<QPushButton>("train.start")->isEnabled());
        f.click("train.start");
        QVERIFY(f.sees("train.count"));
        QTRY_COMPARE(f.banner(), u"succeeded"_s);
    }

    void divergedOffersHalfTheRateAndRows() {
        TrainWindow f(FakeScript{.steps = 20, .nonFiniteAt = 12});
        QVERIFY(openTrain(f));
        f.click("train.start");
        QTRY_COMPARE(f.banner(), u"diverged"_s);
        QTRY_VERIFY(f.sees("train.banner.rows"));
        QTRY_VERIFY(f.train->run().recipe().has_value());
        f.click("train.banner.rows");
        QTRY_VERIFY(f.sees("train.rows"));
        f.click("train.rows.hide");
        QTRY_VERIFY(!f.sees("train.rows"));
        f.script->nonFiniteAt.reset();
        f.click("train.banner.primary");
        QTRY_COMPARE(f.banner(), u"succeeded"_s);
        QCOMPARE(f.workspace->runs().rowCount(), 1); // the same run goes on
    }

    void failuresAreStates_data() {
        QTest::addColumn<int>("what");
        QTest::addColumn<QString>("kind");
        QTest::newRow("disk full") << 0 << u"disk_full"_s;
        QTest::newRow("out of memory") << 1 << u"out_of_memory"_s;
        QTest::newRow("device lost") << 2 << u"device_lost"_s;
        QTest::newRow("bug") << 3 << u"failed"_s;
    }
    void failuresAreStates() {
        QFETCH(int, what);
        QFETCH(QString, kind);
        FakeScript script{.steps = 20};
        (what == 0   ? script.diskErrorAt
         : what == 1 ? script.outOfMemoryAt
         : what == 2 ? script.deviceLostAt
                     : script.throwAt) = 8;
        TrainWindow f(script);
        QVERIFY(openTrain(f));
        f.click("train.start");
        QTRY_COMPARE(f.banner(), kind);
        QTRY_VERIFY(f.sees("train.banner.primary"));
        *f.script = FakeScript{.steps = 20};
        if (what == 1) {
            f.click("train.banner.primary"); // change the recipe
            QTRY_VERIFY(f.sees("train.start"));
        } else {
            f.click("train.banner.primary"); // go on
            QTRY_COMPARE(f.banner(), u"succeeded"_s);
            QTRY_COMPARE(f.find<Chart>("train.loss.chart")->pointCount(u"train"_s), qsizetype{20});
        }
    }

    void engineMissing() {
        TrainWindow f({}, u"en"_s, []() -> Result<std::unique_ptr<train::Trainer>> {
            return makeError(ErrorCode::EngineMissing, "libfettle_engine.so was not found");
        });
        QVERIFY(openTrain(f));
        f.click("train.start");
        QTRY_COMPARE(f.banner(), u"engine_missing"_s);
        QTRY_VERIFY(f.sees("train.banner.primary"));
        f.click("train.more");
        chooseInMenu("train.menu.log");
        QTRY_VERIFY(f.sees("train.text"));
        QVERIFY(f.find<QPlainTextEdit>("train.text")->toPlainText().contains(u"libfettle_engine.so"_s));
    }

    void finishedRunOpensAfterARestart() {
        TrainWindow f(FakeScript{.steps = 30});
        QVERIFY(openTrain(f));
        f.click("train.start");
        QTRY_COMPARE(f.banner(), u"succeeded"_s);
        const QString project = f.workspace->projectFolder();
        f.workspace->closeProject();
        QTRY_COMPARE(f.window->currentScreen(), u"home"_s);
        f.workspace->openProject(project);
        QTRY_VERIFY(f.workspace->runs().rowCount() == 1);
        f.window->showScreen(u"train"_s);
        QTRY_COMPARE(f.banner(), u"succeeded"_s);
        QTRY_COMPARE(f.find<Chart>("train.loss.chart")->pointCount(u"train"_s), qsizetype{30});
    }

    void tryItStreamsBothAnswers() {
        TrainWindow f(FakeScript{.steps = 6});
        QVERIFY(openTrain(f));
        f.click("train.start");
        QTRY_COMPARE(f.banner(), u"succeeded"_s);
        f.click("train.banner.primary");
        QTRY_VERIFY(f.sees("try.prompt"));
        QVERIFY(!f.find<QPushButton>("try.send")->isEnabled()); // nothing written
        f.click("try.pick");
        QTRY_COMPARE(f.find<QPlainTextEdit>("try.prompt")->toPlainText(), u"test 0"_s);
        QVERIFY(f.sees("try.expected"));
        f.find<QPlainTextEdit>("try.prompt")->setFocus();
        f.key(Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(f.find<QPlainTextEdit>("try.tuned.text")->toPlainText(), u"tuned says yes"_s);
        QCOMPARE(f.find<QPlainTextEdit>("try.base.text")->toPlainText(), u"base says no"_s);
        QTRY_VERIFY(f.text("try.tuned.counts").contains(u"token"_s));
        // Esc stops; without an answer under way it goes back.
        f.engine.answers.base = std::string(300, 'x');
        f.engine.answers.tokenDelayMs = 10;
        f.key(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(f.find<QPlainTextEdit>("try.base.text")->toPlainText().size() > 3);
        f.key(Qt::Key_Escape);
        QTRY_VERIFY(f.train->tryIt().state().sides[0].phase == TrySide::Phase::Stopped);
        QCOMPARE(f.window->currentScreen(), u"train"_s);
        f.engine.answers.tokenDelayMs = 0;
        f.engine.answers.generateError = makeError(ErrorCode::OutOfMemory, "no room");
        f.key(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(f.sees("try.base.error"));
        f.click("train.view.charts");
        QTRY_VERIFY(f.sees("train.loss"));
    }

    void helpIsOneStepAway() {
        TrainWindow f(FakeScript{.steps = 6});
        QVERIFY(openTrain(f));
        f.click("train.help");
        QTRY_COMPARE(f.window->currentScreen(), u"help"_s);
        f.key(Qt::Key_Escape); // back
        QTRY_COMPARE(f.window->currentScreen(), u"train"_s);
        f.click("train.start");
        QTRY_COMPARE(f.banner(), u"succeeded"_s);
        f.click("train.more");
        chooseInMenu("train.menu.help");
        QTRY_COMPARE(f.window->currentScreen(), u"help"_s);
    }

    void overlayDrawsTheOtherRun() {
        TrainWindow f(FakeScript{.steps = 12});
        QVERIFY(openTrain(f));
        f.click("train.start");
        QTRY_COMPARE(f.banner(), u"succeeded"_s);
        const QString first = qs(f.newest()->summary.folder);
        f.click("train.new");
        f.click("train.start");
        QTRY_VERIFY(f.workspace->runs().rowCount() == 2 && f.banner() == u"succeeded"_s);
        f.workspace->toggleOverlay(first);
        QTRY_COMPARE(f.find<Chart>("train.loss.chart")->pointCount(first), qsizetype{12});
        f.workspace->toggleOverlay(first);
        QTRY_COMPARE(f.find<Chart>("train.loss.chart")->pointCount(first), qsizetype{0});
    }

    void closingStopsSavesAndEnds() {
        TrainWindow f(FakeScript{.steps = 5000, .stepDelayMs = 10});
        QVERIFY(openTrain(f));
        f.click("train.start");
        QTRY_VERIFY(f.train->run().state().canPause);
        f.dialogs.yes = false;
        f.window->close();
        QVERIFY(f.window->isVisible());
        QVERIFY(f.workspace->hasActiveRuns());
        f.dialogs.yes = true;
        int ticks = 0;
        QTimer alive;
        connect(&alive, &QTimer::timeout, this, [&ticks] { ++ticks; });
        alive.start(5);
        f.window->close();
        QVERIFY(f.sees("closing"));
        QTRY_VERIFY(!f.window->isVisible());
        QVERIFY(ticks > 0); // the event loop lived
        const Result<run::RunHistory> history = run::readRun(f.newest()->summary.folder);
        QVERIFY(history);
        QCOMPARE(history->state, RunState::Stopped);
        QVERIFY(!run::listCheckpoints(f.newest()->summary.folder).empty());
    }

    void smallestSizeReachesEverything_data() {
        QTest::addColumn<QString>("tongue");
        QTest::newRow("en") << u"en"_s;
        QTest::newRow("zh_CN") << u"zh_CN"_s;
    }
    void smallestSizeReachesEverything() {
        QFETCH(QString, tongue);
        TrainWindow f(FakeScript{.steps = 400, .stepDelayMs = 5}, tongue);
        QVERIFY(f.show(QSize(960, 600)));
        QVERIFY(f.open({.good = 20, .tall = 2}));
        f.window->showScreen(u"train"_s);
        QTRY_VERIFY(f.sees("train.start"));
        const auto fits = [&f](const char* area) {
            auto* body = f.find<QScrollArea>(area);
            return body->widget()->minimumSizeHint().width() <= body->viewport()->width();
        };
        QTRY_VERIFY(fits("train.form.body") && fits("train.preflight.body"));
        f.click("train.fix.over_long.leave");
        QTRY_VERIFY(f.find<QPushButton>("train.start")->isEnabled());
        f.key(Qt::Key_Return, Qt::ControlModifier);
        QTRY_VERIFY(f.train->run().state().canPause);
        QTRY_VERIFY(fits("train.run"));
        f.train->run().stop();
        QTRY_VERIFY(!f.workspace->hasActiveRuns());
    }

    void languageChangesWhileTraining() {
        TrainWindow f(FakeScript{.steps = 2000, .stepDelayMs = 5});
        QVERIFY(openTrain(f));
        f.click("train.start");
        QTRY_VERIFY(f.train->run().state().canPause);
        const auto words = [&f] { return f.newest() != nullptr ? f.newest()->what : QString(); };
        QTRY_VERIFY(words().startsWith(u"rank"_s));
        const QString english = words();
        f.settings->setValue(Setting::LookLanguage, u"zh_CN"_s);
        QTRY_VERIFY2(!words().isEmpty() && words() != english, qPrintable(words())); // the list of runs speaks it too
        QTRY_VERIFY(f.sees("train.pause") && f.text("train.pause") != u"Pause"_s);
        QTRY_VERIFY(f.find<Chart>("train.loss.chart")->pointCount(u"train"_s) > 3);
        f.settings->setScheme(SchemeChoice::Dark);
        f.train->run().stop();
        QTRY_VERIFY(!f.workspace->hasActiveRuns());
    }
};

QTEST_MAIN(TestTrainWindow)
#include "test_train_window.moc"
