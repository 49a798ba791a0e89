// The board of charts in the real window: choosing, ordering, axes, overlays, logs of other programs and export, by
// mouse and by key; and pictures of it for human eyes, into the folder FETTLE_SHOTS.
#include "base/numbers.h"
#include "plot/chart_cards.h"
#include "run/metric_table.h"
#include "run/run_csv.h"
#include "train/chart_board.h"
#include "train/foreign_logs.h"
#include "train_fixture.h"

#include <QClipboard>
#include <QDir>
#include <QDropEvent>
#include <QMenu>
#include <QMimeData>
#include <QtTest>

#include <cmath>
#include <set>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using jobs::RunState;
using train::FakeScript;

namespace {

QMenu* openMenu() {
    QMenu* menu = nullptr;
    (void)QTest::qWaitFor(
        [&menu] { return (menu = qobject_cast<QMenu*>(QApplication::activePopupWidget())) != nullptr; }, 3000);
    return menu;
}

/// The menu of the loss card, by key; a menu that is still closing is waited for.
void openCharts(TrainWindow& f) {
    auto* button = f.find<QPushButton>("train.loss.charts");
    QTRY_VERIFY(QApplication::activePopupWidget() == nullptr);
    button->setFocus(Qt::TabFocusReason);
    QTRY_VERIFY(button->hasFocus());
    QTest::keyClick(button, Qt::Key_Space);
}

/// By key, as a person without a mouse would.
void choose(const char* name) {
    QMenu* menu = openMenu();
    QVERIFY2(menu != nullptr, name);
    auto* action = menu->findChild<QAction*>(QString::fromLatin1(name));
    QVERIFY2(action != nullptr && action->isEnabled(), name);
    menu->setActiveAction(action);
    QTest::keyClick(menu, Qt::Key_Return);
}

/// A log as the Hugging Face Trainer writes it: 60 steps, an evaluation every ten.
std::string trainerState(bool diverges) {
    Json history = Json::array();
    for (int step = 1; step <= 60; ++step) {
        const double loss = diverges && step > 40 ? 0.0 : 0.5 + 2.4 * std::exp(-step / 25.0);
        history.push_back({{"epoch", step / 20.0},
                           {"grad_norm", diverges && step > 40 ? Json("NaN!") : Json(1.5 / step + 0.4)},
                           {"learning_rate", 2e-4 * (1 - step / 60.0)},
                           {"loss", loss},
                           {"rewards/margins", 0.1 * step},
                           {"step", step}});
        if (step % 10 == 0) {
            history.push_back(
                {{"epoch", step / 20.0}, {"eval_loss", 0.6 + 2.2 * std::exp(-step / 25.0)}, {"step", step}});
        }
    }
    std::string text = dumpJson(Json{{"epoch", 3.0}, {"global_step", 60}, {"log_history", history}, {"max_steps", 60}});
    for (std::size_t at = text.find("\"NaN!\""); at != std::string::npos; at = text.find("\"NaN!\"")) {
        text.replace(at, 6, "NaN"); // bare, as Python writes it
    }
    return text;
}

} // namespace

class TestChartBoard : public QObject {
    Q_OBJECT
    QString m_shots;
    QTemporaryDir m_temporary;

    /// A window with one run that is done.
    static bool openDone(TrainWindow& f, const QSize& size = QSize(1280, 800)) {
        if (!f.show(size) || !f.open({.good = 480})) {
            return false;
        }
        f.window->showScreen(u"train"_s);
        if (!QTest::qWaitFor([&f] { return f.sees("train.start"); }, 5000)) {
            return false;
        }
        f.train->start();
        return QTest::qWaitFor([&f] { return f.banner() == u"succeeded" || f.banner() == u"diverged"; }, 20'000);
    }
    static ChartBoard* board(const TrainWindow& f) { return f.find<ChartBoard>("train.board"); }
    static QString write(const TrainWindow& f, const QString& name, const std::string& text) {
        const QString path = f.folder.filePath(name);
        (void)QDir().mkpath(QFileInfo(path).path());
        (void)writeFileAtomic(us(path), text);
        return path;
    }
    void save(QWidget& window, const QString& name) {
        QTest::qWait(400);
        const QPixmap picture = window.grab();
        const QImage image = picture.toImage();
        std::set<QRgb> seen;
        for (int y = 0; y < image.height(); y += 3) {
            for (int x = 0; x < image.width(); x += 3) {
                seen.insert(image.pixel(x, y));
            }
        }
        QVERIFY2(seen.size() > 15, qPrintable(name));
        const QString scale = qEnvironmentVariable("QT_SCALE_FACTOR");
        QVERIFY(picture.save(m_shots % u"/charts-"_s % name % (scale.isEmpty() ? QString() : QString(u"-x"_s % scale)) %
                             u".png"_s));
    }

private Q_SLOTS:
    void initTestCase() {
        m_shots = qEnvironmentVariable("FETTLE_SHOTS", m_temporary.path());
        QVERIFY(QDir().mkpath(m_shots));
    }
    void init() { failOnTrainMessages(); }

    void chartsAreChosenOrderedAndRemembered() {
        TrainWindow f(FakeScript{.steps = 30});
        QVERIFY(openDone(f));
        ChartBoard* b = board(f);
        QCOMPARE(b->shownCharts(), QStringList({u"token_accuracy"_s, u"lr"_s, u"grad_norm"_s, u"tokens_per_s"_s}));
        // By key from the menu of the loss card.
        openCharts(f);
        choose("train.charts.show.peak_bytes");
        QTRY_COMPARE(b->shownCharts().size(), 5);
        QTRY_COMPARE(b->card(u"peak_bytes"_s)->chart()->pointCount(u"train"_s), qsizetype{30});
        openCharts(f);
        choose("train.charts.show.lr");
        QTRY_COMPARE(b->shownCharts(),
                     QStringList({u"token_accuracy"_s, u"grad_norm"_s, u"tokens_per_s"_s, u"peak_bytes"_s}));
        // Alt+arrows move the chart that has the focus, and it keeps the focus.
        Chart* accuracy = b->card(u"token_accuracy"_s)->chart();
        accuracy->setFocus(Qt::TabFocusReason);
        QTest::keyClick(accuracy, Qt::Key_Right, Qt::AltModifier);
        QCOMPARE(b->shownCharts().indexOf(u"token_accuracy"_s), 1);
        QVERIFY(accuracy->hasFocus());
        // By mouse: the heading of the last is dragged before the first.
        SmallChart* last = b->card(u"peak_bytes"_s);
        SmallChart* first = b->card(b->shownCharts().first());
        QTRY_VERIFY(last->isVisible() && last->x() > first->x());
        QTest::mousePress(last, Qt::LeftButton, {}, QPoint(30, 8));
        QTest::mouseMove(last, last->mapFromGlobal(first->mapToGlobal(QPoint(20, 40))));
        QTest::mouseMove(last, last->mapFromGlobal(first->mapToGlobal(QPoint(10, 40))));
        QTest::mouseRelease(last, Qt::LeftButton, {}, last->mapFromGlobal(first->mapToGlobal(QPoint(10, 40))));
        QCOMPARE(b->shownCharts().first(), u"peak_bytes"_s);
        // A new window over the same settings shows the same.
        const QStringList order = b->shownCharts();
        f.window->rebuild();
        QTRY_VERIFY(f.window->findChild<ChartBoard*>(u"train.board"_s) != nullptr && board(f) != b);
        QTRY_COMPARE(board(f)->shownCharts(), order);
    }

    void everyNumberOfTheEventsHasAChart() {
        TrainWindow f(FakeScript{.steps = 12});
        QVERIFY(openDone(f));
        f.find<QPushButton>("train.loss.charts")->click();
        QMenu* menu = openMenu();
        QVERIFY(menu != nullptr);
        for (const run::Metric& metric : run::metrics()) {
            if (metric.source != run::Metric::Source::Step) {
                continue;
            }
            const QString key = qs(metric.key);
            if (key == u"step" || key == u"epoch") {
                continue; // they are axes
            }
            QVERIFY2(stepKeys().end() != std::find(stepKeys().begin(), stepKeys().end(), metric.key), metric.key);
            const Column* column = f.train->run().series()->stepColumn(metric.key);
            QVERIFY2(column != nullptr, metric.key);
            if (key != u"loss" && !column->isEmpty()) {
                QVERIFY2(menu->findChild<QAction*>(u"train.charts.show."_s % key) != nullptr, metric.key);
                QVERIFY(chartMetric(key).kind != ValueKind::Other); // and a name of its own
                QVERIFY(chartMetric(key).title != key);
            }
        }
        menu->close();
    }

    void oneAxisForAllCharts() {
        TrainWindow f(FakeScript{.steps = 30});
        QVERIFY(openDone(f));
        ChartBoard* b = board(f);
        const std::shared_ptr<const RunSeries> series = f.train->run().series();
        const std::pair<XAxis, double> ends[] = {{XAxis::Tokens, series->tokens.back()},
                                                 {XAxis::Epoch, series->epoch.back()},
                                                 {XAxis::Time, series->seconds.back()},
                                                 {XAxis::Step, 30}};
        for (const auto& [axis, right] : ends) {
            b->setAxis(axis);
            QCOMPARE(b->loss()->chart()->data(u"train"_s).x.back(), right);
            QCOMPARE(b->loss()->chart()->data(u"train"_s).y, series->loss);
            QCOMPARE(b->card(u"lr"_s)->chart()->data(u"train"_s).x.back(), right);
            QVERIFY(b->loss()->chart()->data(u"validation"_s).x.back() <= right);
            QCOMPARE(b->loss()->chart()->xAxis(), axis);
        }
    }

    void zoomAndOverlayByKeyOnly() {
        TrainWindow f(FakeScript{.steps = 60});
        QVERIFY(openDone(f));
        const QString first = qs(f.newest()->summary.folder);
        f.train->newRun();
        f.train->start();
        QTRY_VERIFY(f.workspace->runs().rowCount() == 2 && f.banner() == u"succeeded"_s);
        ChartBoard* b = board(f);
        Chart* chart = b->loss()->chart();
        Chart* rate = b->card(u"lr"_s)->chart();
        chart->setFocus(Qt::TabFocusReason);
        QTRY_COMPARE(chart->cursorLink()->x().value_or(0), 60.0);
        for (int i = 0; i < 3; ++i) {
            f.key(Qt::Key_Left, Qt::ShiftModifier);
        }
        QCOMPARE(chart->cursorLink()->x().value(), 30.0);
        QCOMPARE(b->card(u"lr"_s)->shownValue(), valueText(ValueKind::Rate, f.train->run().series()->lr[29])); // linked
        f.key(Qt::Key_Plus);
        f.key(Qt::Key_Plus);
        QTRY_VERIFY(chart->xRange().size() < 45);
        QTRY_COMPARE(rate->xRange(), chart->xRange());
        f.key(Qt::Key_0);
        QTRY_COMPARE(chart->xRange(), (XRange{0, 60}));
        // What happened is read out where the cursor gets by key.
        f.key(Qt::Key_Right, Qt::ControlModifier);
        QVERIFY(!chart->happenedAt(chart->cursorLink()->x().value()).isEmpty());
        // Ctrl+C: values under the cursor, full precision.
        f.key(Qt::Key_C, Qt::ControlModifier);
        const double at = chart->cursorLink()->x().value();
        QVERIFY(QGuiApplication::clipboard()->text().startsWith(u"step\t"_s % QString::number(at)));
        // Overlay from the Runs pane.
        f.window->setRunsOpen(true);
        auto* table = f.find<QAbstractItemView>("runs.table");
        table->setFocus(Qt::TabFocusReason);
        table->setCurrentIndex(table->model()->index(1, 0));
        f.key(Qt::Key_Space);
        QTRY_COMPARE(chart->pointCount(first), qsizetype{60});
        QTRY_COMPARE(rate->pointCount(first), qsizetype{60});
        f.window->setRunsOpen(false);
        // And away by Del in the legend.
        auto* entry = b->findChild<QAbstractButton*>(u"train.loss.legend."_s % first);
        QVERIFY(entry != nullptr);
        entry->setFocus(Qt::TabFocusReason);
        f.key(Qt::Key_Delete);
        QTRY_VERIFY(f.workspace->overlays().isEmpty());
        QTRY_COMPARE(chart->pointCount(first), qsizetype{0});
    }

    /// By key. On this platform a menu that closes may leave the window inactive.
    static void openSaveMenu(const TrainWindow& f) {
        f.window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(f.window.get()));
        auto* button = f.find<QPushButton>("train.loss.save");
        button->setFocus(Qt::TabFocusReason);
        QTRY_VERIFY(button->hasFocus());
        f.key(Qt::Key_Space);
    }

    void exportByKeyOnly() {
        TrainWindow f(FakeScript{.steps = 60});
        QVERIFY(openDone(f));
        ChartBoard* b = board(f);
        // From the menu of the loss card.
        for (const auto& [action, name] : {std::pair{"train.save.png", "a.png"},
                                           {"train.save.svg", "a.svg"},
                                           {"train.save.csv", "a.csv"},
                                           {"train.save.run", "run.csv"}}) {
            f.dialogs.file = f.folder.filePath(QString::fromLatin1(name));
            openSaveMenu(f);
            choose(action);
            QTRY_VERIFY(QFileInfo(f.dialogs.file).size() > 100);
            QTRY_VERIFY(f.sees("train.charts.notice"));
            QVERIFY(f.text("train.charts.notice").contains(QString::fromLatin1(name)));
            f.find<QWidget>("train.charts.notice")->hide();
        }
        QVERIFY(!QImage(f.folder.filePath(u"a.png"_s)).isNull());
        // The numbers of the run are those of its file, those of the chart are those of the run.
        const std::string csv = readFile(us(f.folder.filePath(u"a.csv"_s))).valueOr(std::string());
        std::string wanted = "curve,step,value\n";
        const std::shared_ptr<const RunSeries> series = f.train->run().series();
        for (qsizetype i = 0; i < 60; ++i) {
            wanted += "train," + std::to_string(i + 1) + ',' + formatDouble(series->loss[i]) + '\n';
        }
        QVERIFY(csv.starts_with(wanted));
        openSaveMenu(f);
        choose("train.save.copy");
        QTRY_VERIFY(!QGuiApplication::clipboard()->image().isNull());
        QVERIFY(b->loss()->chart()->toSvg().contains("</svg>"));
    }

    void logsOfOtherProgramsLieOverTheCharts() {
        TrainWindow f(FakeScript{.steps = 60});
        QVERIFY(openDone(f));
        ChartBoard* b = board(f);
        const QString path = write(f, u"their run/trainer_state.json"_s, trainerState(false));
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(b, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(50, 50), Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(b, &drop);
        Chart* chart = b->loss()->chart();
        QTRY_COMPARE(chart->pointCount(u"log1/loss"_s), qsizetype{60});
        QTRY_COMPARE(chart->pointCount(u"log1/eval_loss"_s), qsizetype{6});
        QCOMPARE(b->card(u"lr"_s)->chart()->pointCount(u"log1/learning_rate"_s), qsizetype{60});
        QCOMPARE(b->card(u"grad_norm"_s)->chart()->pointCount(u"log1/grad_norm"_s), qsizetype{60});
        QVERIFY(f.train->run().logs().reports().isEmpty());
        // What only they have is offered as a chart of its own.
        b->setShown(u"log:rewards/margins"_s, true);
        QTRY_COMPARE(b->card(u"log:rewards/margins"_s)->chart()->pointCount(u"log1/rewards/margins"_s), qsizetype{60});
        // By epoch as their log says, not at all by time.
        b->setAxis(XAxis::Epoch);
        QCOMPARE(chart->data(u"log1/loss"_s).x.back(), 3.0);
        b->setAxis(XAxis::Time);
        QCOMPARE(chart->pointCount(u"log1/loss"_s), qsizetype{0});
        b->setAxis(XAxis::Step);
        // Its colour is nobody else's; the legend takes it away.
        QSet<int> colours;
        for (const CurveSpec& spec : chart->curves()) {
            if (!spec.id.startsWith(u"log")) {
                QVERIFY(spec.slot != f.train->run().logs().logs().first()->slot);
            }
        }
        removeTheirs(b);
        QTRY_COMPARE(chart->pointCount(u"log1/loss"_s), qsizetype{0});
        QVERIFY(f.train->run().logs().logs().isEmpty());
    }
    static void removeTheirs(ChartBoard* b) {
        auto* entry = b->findChild<QAbstractButton*>(u"train.loss.legend.log1/loss"_s);
        QVERIFY(entry != nullptr);
        QTest::keyClick(entry, Qt::Key_Delete);
    }

    void brokenLogsSayWhereAndShowTheRest() {
        TrainWindow f(FakeScript{.steps = 20});
        QVERIFY(openDone(f));
        ChartBoard* b = board(f);
        b->addLog(write(f, u"torn/trainer_log.jsonl"_s,
                        "{\"current_steps\": 1, \"total_steps\": 4, \"loss\": 2.5}\n"
                        "{\"current_steps\": 2, \"total_steps\": 4, \"loss\": oops}\n"
                        "{\"current_steps\": 3, \"total_steps\": 4, \"loss\": 1.5}\n"));
        QTRY_COMPARE(b->loss()->chart()->pointCount(u"log1/loss"_s), qsizetype{2});
        QTRY_VERIFY(f.sees("train.log.log1"));
        QVERIFY(!f.train->run().logs().reports().first().failed);
        QCOMPARE(f.train->run().logs().reports().first().skipped, 1);
        QString words;
        for (const QLabel* label : f.find<QWidget>("train.log.log1")->findChildren<QLabel*>()) {
            words += label->text() % u'\n';
        }
        QVERIFY2(words.contains(u"2"), qPrintable(words)); // the line
        b->addLog(write(f, u"none/notes.txt"_s, "not a log\n"));
        QTRY_VERIFY(f.sees("train.log.log2"));
        QVERIFY(f.train->run().logs().reports().last().failed);
        QCOMPARE(f.train->run().logs().logs().size(), 1);
        f.train->run().logs().dismiss(u"log2"_s);
        QTRY_VERIFY(!f.sees("train.log.log2"));
        QVERIFY(f.sees("train.log.log1"));
        // One that diverged is told so, whatever its loss says.
        b->addLog(write(f, u"nan/trainer_state.json"_s, trainerState(true)));
        QTRY_VERIFY(f.train->run().logs().logs().size() == 2);
        QVERIFY(f.train->run().logs().logs().last()->diverged);
        QTRY_VERIFY(b->findChild<QAbstractButton*>(u"train.loss.legend.log3/loss"_s) != nullptr);
        QVERIFY(
            b->findChild<QAbstractButton*>(u"train.loss.legend.log3/loss"_s)->accessibleName().contains(u"diverged"));
    }

    void pictures_data() {
        QTest::addColumn<QString>("tongue");
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QSize>("size");
        QTest::newRow("en-light") << u"en"_s << false << QSize(1280, 800);
        QTest::newRow("en-dark") << u"en"_s << true << QSize(1280, 800);
        QTest::newRow("zh-light") << u"zh_CN"_s << false << QSize(1280, 800);
        QTest::newRow("en-small") << u"en"_s << false << QSize(960, 600);
    }
    void pictures() {
        QFETCH(QString, tongue);
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        const QString tag = QString::fromLatin1(QTest::currentDataTag());
        TrainWindow f(
            FakeScript{
                .steps = 480, .stepsPerEpoch = 160, .evaluateEvery = 40, .checkpointEvery = 80, .samplePrompts = 4},
            tongue);
        f.settings->setScheme(dark ? SchemeChoice::Dark : SchemeChoice::Light);
        QVERIFY(openDone(f, size));
        const QString first = qs(f.newest()->summary.folder);
        *f.script = FakeScript{.steps = 480,
                               .stepsPerEpoch = 160,
                               .evaluateEvery = 40,
                               .checkpointEvery = 80,
                               .samplePrompts = 4,
                               .nonFiniteAt = 312};
        f.train->newRun();
        f.train->start();
        QTRY_COMPARE(f.banner(), u"diverged"_s);
        f.train->openRun(first);
        QTRY_COMPARE(f.banner(), u"succeeded"_s);
        ChartBoard* b = board(f);
        b->loss()->chart()->setLog(true);
        b->loss()->chart()->cursorLink()->set(320);
        save(*f.window, tag % u"-board"_s);
        f.workspace->toggleOverlay(qs(f.newest()->summary.folder));
        b->addLog(write(f, u"their run/trainer_state.json"_s, trainerState(false)));
        QTRY_COMPARE(b->loss()->chart()->pointCount(u"log1/loss"_s), qsizetype{60});
        b->setShown(u"peak_bytes"_s, true);
        b->setShown(u"log:rewards/margins"_s, true);
        save(*f.window, tag % u"-overlay"_s);
        b->addLog(write(f, u"torn/trainer_log.jsonl"_s,
                        "{\"current_steps\": 1, \"loss\": 2.5}\n"
                        "{\"current_steps\": 2, \"loss\": oops}\n"
                        "{\"current_steps\": 3, \"loss\": 1.5}\n"));
        b->addLog(write(f, u"none/notes.txt"_s, "not a log\n"));
        QTRY_COMPARE(f.train->run().logs().reports().size(), 2);
        save(*f.window, tag % u"-errors"_s);
        f.find<QPushButton>("train.loss.charts")->click();
        if (QMenu* menu = openMenu()) {
            save(*menu, tag % u"-menu"_s);
            menu->close();
        }
    }
};

QTEST_MAIN(TestChartBoard)
#include "test_chart_board.moc"
