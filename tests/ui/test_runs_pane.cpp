// The Runs pane in the real window: search, tags, archive, delete with undo, the queue by key, runs of their own
// processes, sweeps, notices; and pictures of them (FETTLE_SHOTS names the folder).
#include "bridge/queue_model.h"
#include "recipe/fields.h"
#include "run/run_folder.h"
#include "shell/notifier.h"
#include "train/parallel_plot.h"
#include "train/sweep_view.h"
#include "train_fixture.h"

#include <QComboBox>
#include <QLineEdit>
#include <QMimeData>
#include <QProcess>
#include <QSignalSpy>

#include <cerrno>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using jobs::RunState;

namespace {

/// A run that has ended, with a curve.
void endedRun(const std::string& project, int number, double loss, RunState state, const std::string& reason,
              const Json& info) {
    const std::string folder = project + "/runs/run-000" + std::to_string(number);
    recipe::Recipe recipe;
    recipe.model = "unused";
    recipe.data.train = {"unused"};
    recipe.adapter.rank = 4 << (number % 3);
    QVERIFY(run::createRunFolder(folder, "Run " + std::to_string(number), recipe::toJson(recipe), info).ok());
    QVERIFY(run::updateRunInfo(folder, Json{{"total_steps", 40}, {"created_ms", 1732440000000 + number * 60000}}).ok());
    auto writer = run::RunWriter::open(folder);
    QVERIFY(writer.ok());
    const auto say = [&](run::EventBody body) { QVERIFY((*writer)->publish(std::move(body)).ok()); };
    run::StateChanged s;
    s.state = RunState::Starting;
    say(s);
    s.state = RunState::Running;
    say(s);
    for (int step = 1; step <= 40; ++step) {
        run::StepMetrics metrics;
        metrics.step = step;
        metrics.loss = loss + 2.0 / step;
        metrics.lr = 2e-4;
        metrics.tokens = 512;
        metrics.stepMs = 400 + number;
        metrics.tokensPerSecond = 1200 + 10 * number;
        metrics.peakBytes = 1'400'000'000ULL + static_cast<std::uint64_t>(number) * 50'000'000ULL;
        say(metrics);
    }
    run::EvalMetrics eval;
    eval.step = 40;
    eval.loss = loss;
    say(eval);
    s.state = state;
    s.reason = reason;
    say(s);
}

QString stem(const QString& name) {
    static const QTemporaryDir own;
    const QString wanted = qEnvironmentVariable("FETTLE_SHOTS");
    const QString folder = wanted.isEmpty() ? own.path() : wanted;
    QDir().mkpath(folder);
    return folder % u'/' % name;
}

void picture(TrainWindow& f, const QString& name) {
    QTest::qWait(350);
    const QPixmap shot = f.window->grab();
    QVERIFY(!shot.isNull());
    QVERIFY(shot.save(stem(name % u".png"_s)));
}

bool rowsAre(TrainWindow& f, int count) {
    return QTest::qWaitFor([&] { return f.find<QAbstractItemView>("runs.table")->model()->rowCount() == count; },
                           10000);
}

} // namespace

class TestRunsPane : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnMessages(); }

    void waitingRunsKeepTheirOrderAndAreMovedByKey() {
        TrainWindow f(script(100000, 5));
        QVERIFY(f.open());
        QVERIFY(f.show());
        f.workspace->startRun(f.workspace->recipe());
        QTRY_COMPARE(f.newestState(), RunState::Running);
        for (int i = 0; i < 3; ++i) {
            f.workspace->startRun(f.workspace->recipe());
            QTRY_COMPARE(f.workspace->runs().rowCount(), i + 2);
        }
        f.window->setRunsOpen(true);
        f.click("runs.tab.queue");
        auto* table = f.find<QAbstractItemView>("queue.table");
        const auto order = [table] {
            QStringList out;
            for (int row = 0; row < table->model()->rowCount(); ++row) {
                out << table->model()->index(row, QueueModel::Name).data().toString();
            }
            return out.join(u' ');
        };
        QTRY_COMPARE(order(), u"Run 2 Run 3 Run 4"_s);
        table->setFocus();
        table->setCurrentIndex(table->model()->index(2, 0));
        f.key(Qt::Key_Up, Qt::AltModifier);
        QTRY_COMPARE(order(), u"Run 2 Run 4 Run 3"_s);
        QTRY_COMPARE(table->currentIndex().row(), 1); // the run stays selected
        f.key(Qt::Key_Up, Qt::AltModifier);
        QTRY_COMPARE(order(), u"Run 4 Run 2 Run 3"_s);
        f.key(Qt::Key_Down, Qt::AltModifier);
        QTRY_COMPARE(order(), u"Run 2 Run 4 Run 3"_s);
        // Dragging asks for the same.
        auto* model = qobject_cast<QueueModel*>(table->model());
        std::unique_ptr<QMimeData> data(model->mimeData({model->index(2, 0)}));
        QVERIFY(!model->dropMimeData(data.get(), Qt::MoveAction, 0, 0, {}));
        QTRY_COMPARE(order(), u"Run 3 Run 2 Run 4"_s);
        // Held, then let go.
        table->setCurrentIndex(table->model()->index(0, 0));
        f.click("queue.hold");
        QTRY_COMPARE(table->model()->index(0, QueueModel::Status).data().toString(), u"Held"_s);
        picture(f, u"runs-queue"_s);
        // The first that is not held starts when the lane is free.
        const QString first = qs(f.workspace->runs().rows().last().summary.folder);
        f.workspace->stopRun(first);
        QTRY_COMPARE(f.workspace->runs().find(first)->summary.state, RunState::Stopped);
        QTRY_COMPARE(order(), u"Run 3 Run 4"_s);
        f.click("queue.remove");
        QTRY_COMPARE(order(), u"Run 4"_s);
        QTRY_COMPARE(f.workspace->runs().find(first)->summary.state, RunState::Stopped);
    }

    void aRunIsFoundTaggedArchivedDeletedAndBroughtBack() {
        TrainWindow f;
        QVERIFY(f.open());
        const std::string project = us(f.workspace->projectFolder());
        endedRun(project, 1, 0.51, RunState::Succeeded, {}, Json{{"tags", {"baseline"}}, {"note", "first try"}});
        endedRun(project, 2, 0.47, RunState::Succeeded, "early_stopping", Json{{"tags", {"best", "paper"}}});
        endedRun(project, 3, 0.62, RunState::Failed, "non_finite_loss", Json::object());
        endedRun(project, 4, 0.49, RunState::Stopped, "low_disk", Json::object());
        QVERIFY(f.show());
        f.workspace->refreshRuns();
        QTRY_COMPARE(f.workspace->runs().rowCount(), 4);
        f.window->setRunsOpen(true);
        QVERIFY(rowsAre(f, 4));
        picture(f, u"runs-tags"_s);
        auto* words = f.find<QLineEdit>("runs.words");
        words->setText(u"FIRST"_s); // the note
        QVERIFY(rowsAre(f, 1));
        words->setText(u"rank nothing"_s);
        QVERIFY(rowsAre(f, 0));
        words->clear();
        auto* state = f.find<QComboBox>("runs.state");
        state->setCurrentIndex(4);
        Q_EMIT state->activated(4);
        QVERIFY(rowsAre(f, 1));
        state->setCurrentIndex(0);
        Q_EMIT state->activated(0);
        auto* order = f.find<QComboBox>("runs.order");
        order->setCurrentIndex(2);
        Q_EMIT order->activated(2);
        auto* table = f.find<QAbstractItemView>("runs.table");
        QTRY_COMPARE(table->model()->index(0, 0).data().toString(), u"Run 2"_s);
        // F2 edits name, tags and note in place.
        table->setFocus();
        table->setCurrentIndex(table->model()->index(0, 0));
        f.key(Qt::Key_F2);
        QTRY_VERIFY(f.sees("runs.edit.name"));
        QCOMPARE(f.find<QLineEdit>("runs.edit.tags")->text(), u"best, paper"_s);
        f.find<QLineEdit>("runs.edit.name")->setText(u"The good one"_s);
        f.find<QLineEdit>("runs.edit.tags")->setText(u"best，final, final"_s);
        picture(f, u"runs-edit"_s);
        f.click("runs.edit.save");
        QTRY_COMPARE(f.workspace->runs().rows().at(2).title(), u"The good one"_s);
        QTRY_COMPARE(f.workspace->runs().rows().at(2).summary.tags, (std::vector<std::string>{"best", "final"}));
        // Archived runs stand apart.
        const QString third = qs(f.workspace->runs().rows().at(1).summary.folder);
        f.workspace->archiveRun(third, true);
        QVERIFY(rowsAre(f, 3));
        f.click("runs.archive");
        QVERIFY(rowsAre(f, 1));
        f.click("runs.archive");
        // Deleting can be undone, by the toast's key.
        table->setFocus();
        table->setCurrentIndex(table->model()->index(0, 0));
        f.key(Qt::Key_Delete);
        QVERIFY(rowsAre(f, 2));
        QVERIFY(f.dialogs.asked.isEmpty());
        QTRY_VERIFY(f.workspace->canRestoreRun());
        picture(f, u"runs-deleted"_s);
        f.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(rowsAre(f, 3));
        // Duplicating opens the form with its recipe.
        const std::int64_t rank = 4 << (1 % 3); // not the one that stands in the form
        QVERIFY(f.train->form().recipe().adapter.rank != rank);
        f.workspace->duplicateRun(qs(project + "/runs/run-0001"));
        QTRY_COMPARE(f.train->form().recipe().adapter.rank, rank);
        QTRY_COMPARE(f.train->mode(), TrainPresenter::Mode::Form);
    }

    void aRunOfItsOwnProcessOutlivesTheWindow() {
        QString folder;
        TrainWindow f;
        QVERIFY(f.open());
        const std::string project = us(f.workspace->projectFolder());
        {
            const auto fresh = f.workspace->project()->newRunFolder();
            QVERIFY(fresh.ok());
            recipe::Recipe recipe;
            recipe.model = "unused";
            recipe.data.train = {"unused"};
            QVERIFY(run::createRunFolder(fresh->folder, fresh->name, recipe::toJson(recipe)).ok());
            folder = qs(fresh->folder);
        }
        QProcess window;
        window.start(QStringLiteral(FETTLE_FAKE_PROGRAM), {u"window"_s, qs(project), folder});
        QVERIFY(window.waitForReadyRead(20000));
        QCOMPARE(window.readAllStandardOutput().trimmed(), QByteArray("started"));
        QTRY_VERIFY_WITH_TIMEOUT(run::hasLiveOwner(us(folder)), 10000);
        window.kill();
        QVERIFY(window.waitForFinished());
        // Found again, shown live, and it goes on.
        QVERIFY(f.show());
        f.workspace->refreshRuns();
        const auto row = [&] { return f.workspace->runs().find(folder); };
        QTRY_VERIFY_WITH_TIMEOUT(row() != nullptr && row()->summary.state == RunState::Running, 10000);
        QVERIFY(!row()->owned);
        const std::int64_t at = row()->summary.step;
        QTRY_VERIFY_WITH_TIMEOUT(row()->summary.step > at, 10000);
        QVERIFY(!f.workspace->hasActiveRuns()); // closing does not ask
        f.window->setRunsOpen(true);
        picture(f, u"runs-apart"_s);
        // Steered from here.
        f.workspace->pauseRun(folder);
        QTRY_VERIFY_WITH_TIMEOUT(row()->summary.state == RunState::Paused, 10000);
        f.workspace->resumeRun(folder);
        QTRY_VERIFY_WITH_TIMEOUT(row()->summary.state == RunState::Running, 10000);
        QSignalSpy ended(f.workspace.get(), &Workspace::runEnded);
        f.workspace->stopRun(folder);
        QTRY_VERIFY_WITH_TIMEOUT(row()->summary.state == RunState::Stopped, 10000);
        QTRY_COMPARE(ended.size(), 1);
        QVERIFY(f.window->close());
        QVERIFY(f.dialogs.asked.isEmpty());
    }

    void aSweepIsPlannedStartedAndRead() {
        TrainWindow f(script(6, 0));
        QVERIFY(f.open());
        QVERIFY(f.show());
        f.window->showScreen(u"train"_s, u"sweep"_s);
        QTRY_VERIFY(f.sees("sweep.start"));
        auto* start = f.find<QPushButton>("sweep.start");
        QCOMPARE(start->text(), u"Start 6 runs"_s);
        picture(f, u"sweep-new"_s);
        f.find<QLineEdit>("sweep.text2")->setText(u"8, none"_s);
        QTRY_VERIFY(!start->isEnabled());
        QVERIFY2(f.text("sweep.fault").contains(u"fields.adapter.rank[1]"), qPrintable(f.text("sweep.fault")));
        f.find<QLineEdit>("sweep.text2")->setText(u"8, 16"_s);
        QTRY_VERIFY(start->isEnabled());
        QSignalSpy started(f.workspace.get(), &Workspace::sweepStarted);
        f.click("sweep.start");
        QTRY_COMPARE_WITH_TIMEOUT(started.size(), 1, 20000);
        auto* table = f.find<QAbstractItemView>("sweep.table");
        QTRY_COMPARE(table->model()->rowCount(), 6);
        auto* model = qobject_cast<SweepModel*>(table->model());
        QTRY_VERIFY_WITH_TIMEOUT(
            std::all_of(model->results().rows.begin(), model->results().rows.end(),
                        [](const train::SweepRow& row) { return row.summary.state == RunState::Succeeded; }),
            30000);
        QTRY_VERIFY(model->results().best.has_value());
        // Sorted by what is asked for, and the same run is chosen in table and plot, by key.
        model->sort(2, Qt::DescendingOrder);
        QCOMPARE(model->index(0, 2).data().toString(), u"16"_s);
        auto* plot = f.find<ParallelPlot>("sweep.parallel");
        plot->setFocus();
        f.key(Qt::Key_Down);
        QVERIFY(plot->selected() >= 0);
        QCOMPARE(model->indexAt(table->currentIndex().row()), plot->selected());
        f.key(Qt::Key_Right);
        QCOMPARE(plot->axis(), 1);
        QVERIFY(plot->accessibleDescription().contains(u"Rank"_s));
        picture(f, u"sweep-results"_s);
        f.settings->setScheme(SchemeChoice::Dark);
        picture(f, u"sweep-results-dark"_s);
    }

    void noticesGoToTheTrayOrAToast() {
        TrainWindow f(script(8, 0, 5));
        QVERIFY(f.open());
        QVERIFY(f.show());
        auto* notifier = f.window->findChild<Notifier*>();
        QVERIFY(notifier != nullptr);
        QSignalSpy toasts(notifier, &Notifier::toastWanted);
        f.workspace->startRun(f.workspace->recipe());
        QTRY_COMPARE(toasts.size(), 1); // the window is looked at
        QCOMPARE(toasts.first().first().toString(), u"Run 1: Diverged"_s);
        picture(f, u"notice-toast"_s);
        QVector<Notice> shown;
        notifier->setTray([&shown](const Notice& notice) {
            shown.append(notice);
            return true;
        });
        QWidget other;
        other.show();
        other.activateWindow();
        QTRY_VERIFY(!f.window->isActiveWindow());
        f.workspace->startRun(f.workspace->recipe());
        QTRY_COMPARE(shown.size(), 1);
        QCOMPARE(shown.first().state, State::Bad);
        QVERIFY(f.window->windowTitle().startsWith(u"●"));
        f.window->activateWindow();
        QTRY_VERIFY(!f.window->windowTitle().startsWith(u"●"));
        f.settings->setValue(Setting::NotifyEnded, false);
        f.workspace->startRun(f.workspace->recipe());
        QTRY_COMPARE(f.workspace->runs().rowCount(), 3);
        QTRY_COMPARE(f.newestState(), RunState::Failed);
        QTest::qWait(100);
        QCOMPARE(toasts.size(), 1);
        QCOMPARE(shown.size(), 1);
    }

    void failuresHaveTheirStateAndAWayOn() {
        TrainWindow f(script(400, 5));
        QVERIFY(f.open());
        QVERIFY(f.show());
        f.workspace->startRun(f.workspace->recipe());
        QTRY_COMPARE(f.newestState(), RunState::Running);
        f.workspace->startRun(f.workspace->recipe()); // waits
        QTRY_COMPARE(f.workspace->runs().rowCount(), 2);
        // Its rows change while it waits.
        const std::string rows = f.workspace->project()->splitPath("train");
        QVERIFY(
            writeFileAtomic(rows, readFile(rows).valueOr(std::string()) + TrainFixture::chat("one more", "row")).ok());
        f.workspace->stopRun(qs(f.workspace->runs().rows().last().summary.folder));
        QTRY_COMPARE_WITH_TIMEOUT(f.newestState(), RunState::Failed, 20000);
        QCOMPARE(f.newest()->summary.reason, std::string("data_changed"));
        f.train->openRun(qs(f.newest()->summary.folder));
        QTRY_COMPARE(f.banner(), u"data_changed"_s);
        QVERIFY(!f.train->run().state().banner.actions.isEmpty());
        picture(f, u"failure-data-changed"_s);
        // A folder that becomes read-only.
        f.workspace->startRun(f.workspace->recipe());
        QTRY_COMPARE(f.newestState(), RunState::Running);
        QTRY_VERIFY(f.newest()->summary.step >= 1); // stopping then has something to save
        const auto noFaults = qScopeGuard([] { setFileFaultHook({}); });
        setFileFaultHook([](FileOperation operation, const std::string& path) {
            return operation == FileOperation::Open && path.find("checkpoints") != std::string::npos ? EROFS : 0;
        });
        f.workspace->stopRun(qs(f.newest()->summary.folder));
        QTRY_COMPARE_WITH_TIMEOUT(f.newestState(), RunState::Failed, 20000);
        setFileFaultHook({});
        QCOMPARE(f.newest()->summary.reason, std::string("read_only"));
        f.train->openRun(qs(f.newest()->summary.folder));
        QTRY_COMPARE(f.banner(), u"read_only"_s);
    }

    void picturesInEveryLook_data() {
        QTest::addColumn<QString>("tongue");
        QTest::addColumn<bool>("dark");
        QTest::newRow("en") << u"en"_s << false;
        QTest::newRow("en-dark") << u"en"_s << true;
        QTest::newRow("zh") << u"zh_CN"_s << false;
    }
    void picturesInEveryLook() {
        QFETCH(QString, tongue);
        QFETCH(bool, dark);
        TrainWindow f(script(100000, 5), tongue);
        f.settings->setScheme(dark ? SchemeChoice::Dark : SchemeChoice::Light);
        QVERIFY(f.open());
        const std::string project = us(f.workspace->projectFolder());
        endedRun(project, 1, 0.51, RunState::Succeeded, {}, Json{{"tags", {"baseline"}}, {"note", "first try"}});
        endedRun(project, 2, 0.47, RunState::Succeeded, "early_stopping", Json{{"tags", {"best", "paper"}}});
        endedRun(project, 3, 0.62, RunState::Failed, "non_finite_loss", Json::object());
        endedRun(project, 4, 0.49, RunState::Stopped, "max_minutes", Json::object());
        QVERIFY(f.show());
        f.workspace->refreshRuns();
        QTRY_COMPARE(f.workspace->runs().rowCount(), 4);
        const QString tag = QString::fromLatin1(QTest::currentDataTag());
        f.window->setRunsOpen(true);
        picture(f, u"look-runs-"_s % tag);
        for (int i = 0; i < 4; ++i) {
            f.workspace->startRun(f.workspace->recipe());
            QTRY_COMPARE(f.workspace->runs().rowCount(), 5 + i);
        }
        f.click("runs.tab.queue");
        QTRY_COMPARE(f.find<QAbstractItemView>("queue.table")->model()->rowCount(), 3);
        picture(f, u"look-queue-"_s % tag);
        f.window->setRunsOpen(false);
        f.window->showScreen(u"train"_s, u"sweep"_s);
        picture(f, u"look-sweep-"_s % tag);
        f.window->showScreen(u"settings"_s);
        picture(f, u"look-settings-"_s % tag);
    }
};

QTEST_MAIN(TestRunsPane)
#include "test_runs_pane.moc"
