// The record of a run in the real window: what it says and copies, two recipes side by side, archives out and in, the
// log and its search; by mouse and by key.
#include "run/run_folder.h"
#include "run/run_record.h"
#include "shell/archive_strip.h"
#include "train/run_record_comparison.h"
#include "train/run_record_export.h"
#include "train_fixture.h"
#include "workspace/run_archives.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDropEvent>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTableView>
#include <QTextBlock>
#include <QtTest>

#include <filesystem>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using jobs::RunState;
using train::FakeScript;

namespace {

void chooseInMenu(const char* name) {
    QMenu* menu = nullptr;
    QVERIFY(QTest::qWaitFor(
        [&menu] { return (menu = qobject_cast<QMenu*>(QApplication::activePopupWidget())) != nullptr; }, 3000));
    auto* action = menu->findChild<QAction*>(QString::fromLatin1(name));
    QVERIFY2(action != nullptr && action->isEnabled(), name);
    menu->setActiveAction(action);
    QTest::keyClick(menu, Qt::Key_Return);
    QTRY_VERIFY(QApplication::activePopupWidget() == nullptr);
    for (QWidget* window : QApplication::topLevelWidgets()) { // what a desktop does when a menu has gone
        if (window->objectName() == u"main"_s) {
            window->activateWindow();
        }
    }
}

QString focused() {
    const QWidget* widget = QApplication::focusWidget();
    return widget == nullptr ? QString() : widget->objectName();
}

QString clipboard() {
    return QGuiApplication::clipboard()->text();
}

/// All texts of labels below a widget, those that show.
QString said(const QWidget* widget) {
    QStringList out;
    for (const QLabel* label : widget->findChildren<QLabel*>()) {
        if (label->isVisible()) {
            out << label->text();
        }
    }
    return out.join(u'\n');
}

/// What the trainer writes about machine, data and prediction.
void writeRecord(const std::string& folder, std::int64_t predictedSteps, const char* cpu = "Test CPU 9000") {
    const Json info = {{"machine",
                        {{"cpu", cpu},
                         {"threads", 8},
                         {"cores", 4},
                         {"instructions", {"avx2", "fma"}},
                         {"memory_bytes", 16'000'000'000}}},
                       {"frozen",
                        {{"torch", "2.9.1"},
                         {"device", "cpu"},
                         {"compute_dtype", "fp32"},
                         {"kernels", "own"},
                         {"recompute", "lean"},
                         {"threads", 4},
                         {"micro_tokens", 512},
                         {"packing_hash", "0123456789abcdef"}}},
                       {"data", {{"hash", "fedcba9876543210"}, {"rows", 40}, {"tokens", 1234}}},
                       {"predicted",
                        {{"peak_bytes", 1'000'000'000},
                         {"seconds", 60.0},
                         {"tokens_per_s", 100.0},
                         {"steps", predictedSteps},
                         {"speed_measured", true}}}};
    QVERIFY(run::updateRunInfo(folder, info));
}

void drop(QWidget* on, const QStringList& files) {
    QMimeData data;
    QList<QUrl> urls;
    for (const QString& file : files) {
        urls << QUrl::fromLocalFile(file);
    }
    data.setUrls(urls);
    QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(on, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent dropped(QPointF(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(on, &dropped);
    QVERIFY(dropped.isAccepted());
}

} // namespace

class TestTrainRecord : public QObject {
    Q_OBJECT

    /// The window with that many ended runs; rank 16, 8, 4 … from the first on.
    static bool openRuns(TrainWindow& f, int runs) {
        if (!f.show() || !f.open()) {
            return false;
        }
        f.window->showScreen(u"train"_s);
        for (int i = 0; i < runs; ++i) {
            f.train->newRun();
            if (i > 0 && !f.train->form().setText("adapter.rank", QString::number(16 >> i))) {
                return false;
            }
            if (!QTest::qWaitFor([&f] { return f.counted(); }, 10000)) {
                return false;
            }
            const QString before = f.train->run().folder();
            f.train->start();
            const auto ended = [&] {
                return f.train->run().folder() != before && f.workspace->runs().rowCount() == i + 1 &&
                       f.banner() == u"succeeded"_s;
            };
            if (!QTest::qWaitFor(ended, 20000)) {
                return false;
            }
        }
        return true;
    }
    static std::string folderOf(const TrainWindow& f) { return us(f.train->run().folder()); }
    static bool showRecord(TrainWindow& f) {
        f.click("train.view.record");
        return QTest::qWaitFor([&f] { return f.sees("record.figures") && !f.train->record().state().reading; }, 10000);
    }

private Q_SLOTS:
    void init() { failOnTrainMessages(); }

    void differencesInPercent() {
        TrainWindow f; // the language
        QCOMPARE(RecordWords::difference(112, 100), u"+12\u00A0%"_s);
        QCOMPARE(RecordWords::difference(97, 100), u"−3.0\u00A0%"_s);
        QCOMPARE(RecordWords::difference(100, 100), u"0\u00A0%"_s);
        QCOMPARE(RecordWords::difference(100.04, 100), u"0\u00A0%"_s);
        QCOMPARE(RecordWords::difference(0, 100), u"–"_s);
        QCOMPARE(RecordWords::difference(100, 0), u"–"_s);
        run::RunRecord record;
        record.steps = 50;
        record.seconds = 120;
        record.peakBytes = 1'100'000'000;
        record.tokensPerSecond = 80;
        record.predicted = run::Prediction{1'000'000'000, 60, 100, 50, true};
        const QVector<RecordFigure> ended = RecordWords::figures(record, false);
        QCOMPARE(ended[0].difference, u"+10\u00A0%"_s);
        QCOMPARE(ended[0].tone, Tone::Text2);
        QCOMPARE(ended[1].difference, u"+100\u00A0%"_s);
        QCOMPARE(ended[1].tone, Tone::Warn);
        QCOMPARE(ended[2].difference, u"0\u00A0%"_s);
        QCOMPARE(ended[3].difference, u"−20\u00A0%"_s);
        QCOMPARE(ended[3].tone, Tone::Warn); // slower than promised
        const QVector<RecordFigure> live = RecordWords::figures(record, true);
        QCOMPARE(live[1].difference, u"–"_s); // half a run is not compared with a whole one
        QCOMPARE(live[2].difference, u"–"_s);
        QCOMPARE(live[0].difference, u"+10\u00A0%"_s);
        record.predicted.reset();
        QCOMPARE(RecordWords::figures(record, false)[1].difference, u"–"_s);
        QCOMPARE(RecordWords::figures(record, false)[1].predicted, u"–"_s);
    }

    void recordSaysAndCopies() {
        TrainWindow f(FakeScript{.steps = 40});
        QVERIFY(openRuns(f, 1));
        writeRecord(folderOf(f), 50);
        QVERIFY(showRecord(f));
        auto* view = f.find<QWidget>("train.record");
        QTRY_VERIFY(said(view).contains(u"Test CPU 9000"_s));
        const QString words = said(view);
        for (const char* part : {"Test CPU 9000", "8 threads, 4 cores", "avx2 fma", "2.9.1", "fp32", "fedcba9876543210",
                                 "0123456789abcdef", "1,234", "never", "Yes: the same command"}) {
            QVERIFY2(words.contains(QString::fromLatin1(part)), part);
        }
        QCOMPARE(f.find<QLabel>("record.difference.3")->text(), u"−20\u00A0%"_s); // 40 of 50 steps
        const run::RunRecord record = run::readRunRecord(folderOf(f)).value();
        QVERIFY(words.contains(qs(record.recipeHash)));
        const QString command = qs(run::reproduceCommand(folderOf(f)).value());
        QCOMPARE(f.find<QPlainTextEdit>("record.command")->toPlainText(), command);
        f.click("record.command.copy");
        QCOMPARE(clipboard(), command);
        f.click("record.copy");
        QVERIFY(clipboard().contains(u"Test CPU 9000"_s) && clipboard().contains(command));
        QVERIFY(clipboard().contains(u"Steps: 40 (predicted 50, difference −20\u00A0%)"_s));
        // A resume that changed what decides the numbers says so, with the reason.
        {
            auto writer = run::RunWriter::open(folderOf(f)).value();
            run::LogLine line;
            line.level = "warning";
            line.text =
                "settings differ from those of the checkpoint, so this run is not bit-reproducible: threads 4 → 8;";
            QVERIFY(writer->publish(line));
        }
        f.click("train.view.charts");
        f.train->record().readAgain(); // hidden: nothing is read
        QVERIFY(!f.train->record().state().reading);
        QVERIFY(showRecord(f));
        QTRY_VERIFY(said(view).contains(u"No. The log says: settings differ"_s));
        QVERIFY(said(view).contains(u"threads 4 → 8"_s));
    }

    void unreadableRecordNamesTheFile() {
        TrainWindow f(FakeScript{.steps = 5});
        QVERIFY(openRuns(f, 1));
        const QString recipe = f.train->run().folder() % u"/recipe.json"_s;
        QVERIFY(QFile::rename(recipe, recipe % u".away"_s));
        f.click("train.view.record");
        QTRY_VERIFY(f.sees("record.error"));
        QVERIFY(f.find<InlineError>("record.error")->what().contains(u"recipe.json"_s));
        QVERIFY(!f.find<QPushButton>("record.copy")->isEnabled());
        QVERIFY(QFile::rename(recipe % u".away"_s, recipe));
        f.click("record.error.repair");
        QTRY_VERIFY(f.sees("record.figures"));
        QVERIFY(!f.sees("record.error"));
    }

    void liveRunIsNotCompared() {
        TrainWindow f(FakeScript{.steps = 4000, .stepDelayMs = 3});
        QVERIFY(f.show() && f.open());
        f.window->showScreen(u"train"_s);
        f.train->start();
        QTRY_VERIFY(f.train->run().state().canStop && f.newest() != nullptr && f.newest()->summary.step > 5);
        QVERIFY(showRecord(f));
        QVERIFY(f.train->record().state().live);
        QVERIFY(said(f.find<QWidget>("train.record")).contains(u"The run is not over"_s));
        QVERIFY(!f.find<QPushButton>("record.export")->isEnabled());
        QCOMPARE(f.find<QLabel>("record.difference.3")->text(), u"–"_s);
        f.click("train.stop");
        QTRY_VERIFY(!f.train->record().state().live); // read again by itself
        QTRY_VERIFY(f.find<QPushButton>("record.export")->isEnabled());
        QVERIFY(f.sees("train.record"));
    }

    void comparesTwoRunsByKeyAndMouse() {
        TrainWindow f(FakeScript{.steps = 5});
        QVERIFY(openRuns(f, 2));
        writeRecord(f.workspace->runs().rows()[0].summary.folder, 5, "Fast CPU");
        writeRecord(f.workspace->runs().rows()[1].summary.folder, 5, "Slow CPU");
        QVERIFY(showRecord(f));
        f.find<QPushButton>("record.compare")->setFocus(Qt::TabFocusReason);
        f.key(Qt::Key_Space);
        QTRY_VERIFY(f.sees("compare.settings"));
        QCOMPARE(focused(), u"compare.right"_s);
        auto* table = f.find<QTableView>("compare.settings");
        QTRY_COMPARE(table->model()->rowCount(), 1); // the rank
        const auto cell = [](const QTableView* view, int row, int column) {
            return view->model()->index(row, column).data().toString();
        };
        QCOMPARE(table->model()->index(0, 0).data(SecondaryRole).toString(), u"adapter.rank"_s);
        QCOMPARE(cell(table, 0, 1), u"8"_s);
        QCOMPARE(cell(table, 0, 2), u"16"_s);
        auto* origins = f.find<QTableView>("compare.origins");
        QCOMPARE(origins->model()->rowCount(), 1); // the processor
        QCOMPARE(cell(origins, 0, 1), u"Fast CPU"_s);
        QCOMPARE(cell(origins, 0, 2), u"Slow CPU"_s);
        QVERIFY(f.find<QLabel>("compare.sentence")->text().startsWith(u"1 setting differs"_s));
        f.click("compare.copy");
        QVERIFY(clipboard().contains(u"adapter.rank\t8\t16"_s));
        QVERIFY(clipboard().contains(u"Processor\tFast CPU\tSlow CPU"_s));
        // By key: the swap, then everything.
        f.find<QPushButton>("compare.swap")->setFocus(Qt::TabFocusReason);
        f.key(Qt::Key_Space);
        QTRY_COMPARE(cell(table, 0, 1), u"16"_s);
        f.find<QCheckBox>("compare.only")->setFocus(Qt::TabFocusReason);
        f.key(Qt::Key_Space);
        QTRY_VERIFY(table->model()->rowCount() > 30);
        QVERIFY(origins->model()->rowCount() > 10);
        // A line copied from the table has the key and the plain values.
        table->setFocus(Qt::TabFocusReason);
        table->setCurrentIndex(table->model()->index(0, 0));
        f.key(Qt::Key_C, Qt::ControlModifier);
        QVERIFY(clipboard().contains(u"\t"_s));
        // The same run at both sides.
        auto* left = f.find<QComboBox>("compare.left");
        auto* right = f.find<QComboBox>("compare.right");
        QCOMPARE(left->currentIndex(), 1);
        right->setFocus(Qt::TabFocusReason);
        f.key(Qt::Key_End);
        QTRY_COMPARE(f.find<QLabel>("compare.sentence")->text(), u"The recipes are the same."_s);
        QVERIFY(f.sees("compare.origins.sentence"));
        f.click("compare.back");
        QTRY_VERIFY(f.sees("record.figures"));
        QCOMPARE(focused(), u"record.compare"_s);
        // From the menu of another run.
        f.window->showScreen(u"train"_s, u"compare:"_s % qs(f.workspace->runs().rows()[1].summary.folder));
        QTRY_VERIFY(f.sees("compare.settings"));
        f.click("train.view.charts");
        f.click("train.more");
        chooseInMenu("train.menu.compare");
        QTRY_VERIFY(f.sees("train.compare"));
    }

    void oneRunHasNothingBesideIt() {
        TrainWindow f(FakeScript{.steps = 5});
        QVERIFY(openRuns(f, 1));
        f.click("train.more");
        chooseInMenu("train.menu.compare");
        QTRY_VERIFY(f.sees("train.compare"));
        QVERIFY(said(f.find<QWidget>("train.compare")).contains(u"There is no other run"_s));
        QVERIFY(!f.find<QPushButton>("compare.copy")->isEnabled());
        QCOMPARE(focused(), u"compare.back"_s);
    }

    void comparesWhatIsUnknownOrMissing() {
        TrainWindow f; // the language
        const Json left = {{"model", "m"}, {"output", "a"}, {"adapter", {{"rank", 8}, {"of_old", {1, 2}}}}};
        const Json right = {{"model", "m"}, {"output", "b"}, {"adapter", {{"rank", 8}}}, {"seed", 7}};
        const QVector<ComparisonRow> rows = compareRecipes(left, right);
        const auto find = [&rows](const char* key) {
            const auto it = std::find_if(rows.begin(), rows.end(),
                                         [key](const ComparisonRow& row) { return row.key == QLatin1StringView(key); });
            return it == rows.end() ? ComparisonRow{} : *it;
        };
        QVERIFY(!find("model").differs && find("model").left == u"m"_s);
        QVERIFY(find("output").key.isEmpty()); // the place is no setting
        QVERIFY(!find("adapter.rank").differs);
        QVERIFY(find("seed").differs);
        QCOMPARE(find("seed").left, u"–"_s);
        QCOMPARE(find("seed").rightRaw, u"7"_s);
        QVERIFY(find("adapter.of_old").differs);
        QCOMPARE(find("adapter.of_old").left, u"[1,2]"_s);
        QCOMPARE(rows.size(), qsizetype{4});
    }

    void exportsAndImportsAgain() {
        TrainWindow f(FakeScript{.steps = 40, .checkpointEvery = 10});
        QVERIFY(openRuns(f, 1));
        QVERIFY(showRecord(f));
        auto* which = f.find<QComboBox>("record.checkpoints");
        QCOMPARE(which->count(), 4);
        for (int i = 0; i < 4; ++i) { // sizes are those of the archive
            const auto report =
                run::runArchiveContents(folderOf(f), f.train->record().state().archives[i].which).value();
            QVERIFY(which->itemText(i).endsWith(Format::bytes(report.bytes)));
        }
        const QString archive = f.folder.filePath(u"out.tar"_s);
        f.dialogs.file = archive;
        which->setFocus(Qt::TabFocusReason);
        f.key(Qt::Key_End); // none
        f.key(Qt::Key_Tab);
        QCOMPARE(focused(), u"record.export"_s);
        f.key(Qt::Key_Space);
        QTRY_VERIFY(f.sees("record.done"));
        QVERIFY(f.text("record.done").contains(archive));
        QVERIFY(QFile::exists(archive));
        // In again, by the keys of the command: its name is taken, so it gets another folder, and is shown.
        const QString before = f.train->run().folder();
        f.key(Qt::Key_I, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE(f.workspace->runs().rowCount(), 2);
        QTRY_VERIFY(f.train->run().folder() != before);
        QVERIFY(f.train->run().folder().endsWith(u"-2"_s));
        QTRY_COMPARE(f.banner(), u"succeeded"_s);
        QTRY_VERIFY(f.sees("train.tile.step"));
        QVERIFY(run::listCheckpoints(folderOf(f)).empty());
        QCOMPARE(readFile(us(before) + "/events.jsonl").value(), readFile(folderOf(f) + "/events.jsonl").value());
        QVERIFY(!f.sees("import.progress"));
    }

    void droppedArchivesAreImported() {
        TrainWindow f(FakeScript{.steps = 10});
        QVERIFY(openRuns(f, 1));
        const QString archive = f.folder.filePath(u"one.tar"_s);
        QVERIFY(run::exportRunArchive(folderOf(f), us(archive)));
        const QString junk = f.folder.filePath(u"junk.tar"_s);
        QVERIFY(writeFileAtomic(us(junk), std::string(4096, 'x')));
        // A torn one.
        const QString torn = f.folder.filePath(u"torn.tar"_s);
        std::string bytes = readFile(us(archive), 64 << 20).value();
        QVERIFY(writeFileAtomic(us(torn), bytes.substr(0, bytes.size() / 2)));
        drop(f.find<QWidget>("train.run"), {junk, archive, torn, archive}); // over the charts
        QTRY_COMPARE(f.workspace->runs().rowCount(), 3);
        QTRY_VERIFY(!f.workspace->archives().importing().busy);
        QTRY_COMPARE(f.workspace->runs().rowCount(), 3);
        QStringList cards;
        for (const InlineError* card : f.window->findChildren<InlineError*>(u"import.error"_s)) {
            cards << card->what();
        }
        QCOMPARE(cards.size(), 2);
        QVERIFY2(cards[0].contains(u"junk.tar"_s) || cards[1].contains(u"junk.tar"_s), qPrintable(cards.join(u'|')));
        QVERIFY(cards[0].contains(u"torn.tar"_s) || cards[1].contains(u"torn.tar"_s));
        QVERIFY(f.sees("import.error"));
        while (f.sees("import.error")) {
            f.click("import.error.repair");
            QTest::qWait(1);
        }
        QVERIFY(!f.sees("import"));
        // Nothing half done lies in the project.
        int folders = 0;
        for (const auto& entry : std::filesystem::directory_iterator(f.workspace->project()->folder() + "/runs")) {
            folders += entry.is_directory() ? 1 : 0;
        }
        QCOMPARE(folders, 3);
        // What is no archive is not taken.
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(f.folder.filePath(u"a.png"_s))});
        QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        enter.ignore();
        QApplication::sendEvent(f.window.get(), &enter);
        QVERIFY(!enter.isAccepted());
    }

    void importWithoutAProjectSaysSo() {
        TrainWindow f;
        QVERIFY(f.show());
        f.dialogs.file = f.folder.filePath(u"x.tar"_s);
        auto* strip = f.find<ArchiveStrip>("import");
        QSignalSpy spoken(strip, &ArchiveStrip::said);
        f.key(Qt::Key_I, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(spoken.size(), 1);
        QVERIFY(f.dialogs.asked.isEmpty());
        QVERIFY(!f.workspace->archives().importing().busy);
    }

    void exportIsCancelledAndLeavesNothing() {
        TrainWindow f(FakeScript{.steps = 5});
        QVERIFY(openRuns(f, 1));
        // A file that takes a while: 3 GB of holes.
        const std::string big = folderOf(f) + "/big.bin";
        QVERIFY(writeFileAtomic(big, "x"));
        std::filesystem::resize_file(big, 3'000'000'000ULL);
        QVERIFY(showRecord(f));
        const QString archive = f.folder.filePath(u"big.tar"_s);
        f.dialogs.file = archive;
        QSignalSpy failed(&f.workspace->archives(), &RunArchives::exportFailed);
        QSignalSpy done(&f.workspace->archives(), &RunArchives::exported);
        f.click("record.export");
        QTRY_VERIFY(f.sees("record.exporting"));
        QVERIFY(!f.find<QPushButton>("record.export")->isEnabled());
        f.click("record.exporting.cancel");
        QTRY_VERIFY(!f.workspace->archives().exporting().busy);
        QTRY_VERIFY(!f.sees("record.exporting"));
        QVERIFY(!QFile::exists(archive));
        QCOMPARE(failed.size() + done.size(), 0);
        QVERIFY(f.find<QPushButton>("record.export")->isEnabled());
        QVERIFY(QDir(f.folder.path()).entryList({u"*big*"_s}, QDir::Files | QDir::Hidden).isEmpty());
    }

    void exportIntoAFolderThatCannotBeWritten() {
        TrainWindow f(FakeScript{.steps = 5});
        QVERIFY(openRuns(f, 1));
        QVERIFY(showRecord(f));
        f.dialogs.file = f.folder.filePath(u"no-such-folder/x.tar"_s);
        f.click("record.export");
        QTRY_VERIFY(f.sees("record.export.error"));
        QVERIFY(!f.find<InlineError>("record.export.error")->what().isEmpty());
        f.dialogs.file = f.folder.filePath(u"x.tar"_s);
        f.click("record.export.error.repair"); // asks again
        QTRY_VERIFY(f.sees("record.done"));
        QVERIFY(!f.sees("record.export.error"));
    }

    void folderPathAndNumbers() {
        TrainWindow f(FakeScript{.steps = 20});
        QVERIFY(openRuns(f, 1));
        QVERIFY(showRecord(f));
        f.click("record.open");
        QCOMPARE(f.dialogs.shownFolders, QStringList{f.train->run().folder()});
        f.click("record.path");
        QCOMPARE(clipboard(), f.train->run().folder());
        f.dialogs.hasFileManager = false;
        f.click("record.open");
        QVERIFY(f.sees("record.export.error"));
        f.dialogs.file = f.folder.filePath(u"n.csv"_s);
        f.click("record.numbers");
        QTRY_VERIFY(f.text("record.done").contains(u"n.csv"_s));
        const std::string csv = readFile(us(f.dialogs.file)).value();
        const std::string events = readFile(folderOf(f) + "/events.jsonl").value();
        QCOMPARE(std::count(csv.begin(), csv.end(), '\n'), std::count(events.begin(), events.end(), '\n') + 1);
        QCOMPARE(fileNameOf(u"Run 3: lr/2"_s), u"Run-3-lr-2"_s);
        QCOMPARE(fileNameOf(u"../.."_s), u"run"_s);
    }

    void logIsWholeAndSearched() {
        TrainWindow f(FakeScript{.steps = 5});
        QVERIFY(openRuns(f, 1));
        {
            auto writer = run::RunWriter::open(folderOf(f)).value();
            for (int i = 0; i < 900; ++i) {
                run::LogLine line;
                line.level = i % 300 == 7 ? "warning" : "info";
                line.text = "note " + std::to_string(i) + (i % 300 == 7 ? " Needle" : "");
                QVERIFY(writer->publish(line));
            }
        }
        const QString project = f.workspace->projectFolder();
        f.workspace->closeProject();
        f.workspace->openProject(project);
        QTRY_COMPARE(f.workspace->runs().rowCount(), 1);
        f.window->showScreen(u"train"_s, u"run"_s);
        QTRY_VERIFY(f.train->run().series() != nullptr);
        f.click("train.more");
        chooseInMenu("train.menu.log");
        QTRY_VERIFY(f.sees("train.text"));
        auto* text = f.find<QPlainTextEdit>("train.text");
        QTRY_VERIFY(text->toPlainText().contains(u"note 0 "_s) || text->toPlainText().contains(u"note 0\n"_s));
        const QStringList lines = text->toPlainText().split(u'\n');
        for (int i = 0; i < 900; ++i) { // more than the window keeps
            QVERIFY(std::any_of(lines.begin(), lines.end(), [i](const QString& each) {
                return each.endsWith(u"note %1"_s.arg(i)) || each.endsWith(u"note %1 Needle"_s.arg(i));
            }));
        }
        QVERIFY(text->toPlainText().contains(u"state    succeeded"_s));
        text->setFocus();
        QTRY_VERIFY(text->hasFocus());
        text->moveCursor(QTextCursor::Start);
        QTest::keyClick(text, Qt::Key_F, Qt::ControlModifier);
        auto* line = f.find<QLineEdit>("train.find.line");
        QTRY_VERIFY(line->hasFocus());
        QTest::keyClicks(line, u"needle"_s);
        QCOMPARE(f.text("train.find.count"), u"1 of 3"_s);
        QCOMPARE(text->extraSelections().size(), 3);
        QTest::keyClick(line, Qt::Key_Return);
        QCOMPARE(f.text("train.find.count"), u"2 of 3"_s);
        QVERIFY(text->textCursor().block().text().contains(u"note 307"_s));
        QTest::keyClick(line, Qt::Key_Return, Qt::ShiftModifier);
        QTest::keyClick(line, Qt::Key_Return, Qt::ShiftModifier);
        QCOMPARE(f.text("train.find.count"), u"3 of 3"_s); // round the end
        QTest::keyClick(text, Qt::Key_F3);
        QCOMPARE(f.text("train.find.count"), u"1 of 3"_s);
        QTest::keyClicks(line, u"xyz"_s);
        QCOMPARE(f.text("train.find.count"), u"not found"_s);
        QVERIFY(!f.find<QPushButton>("train.find.next")->isEnabled());
        QTest::keyClick(line, Qt::Key_Escape);
        QVERIFY(line->text().isEmpty() && f.sees("train.text"));
    }

    void menusOfTheRunsPane() {
        TrainWindow f(FakeScript{.steps = 5});
        QVERIFY(openRuns(f, 2));
        f.window->setRunsOpen(true);
        auto* table = f.find<QTableView>("runs.table");
        table->setFocus(Qt::TabFocusReason);
        table->setCurrentIndex(table->model()->index(1, 0));
        const QString folder = table->currentIndex().data(FolderRole).toString();
        f.click("train.view.try"); // another view shows
        QContextMenuEvent event(QContextMenuEvent::Keyboard, QPoint(5, 5),
                                table->viewport()->mapToGlobal(QPoint(5, 5)));
        QApplication::sendEvent(&f.window->runsPane(), &event);
        chooseInMenu("runs.menu.record");
        QTRY_VERIFY(f.sees("record.figures"));
        QCOMPARE(f.train->run().folder(), folder);
        QApplication::sendEvent(&f.window->runsPane(), &event);
        chooseInMenu("runs.menu.export");
        QTRY_COMPARE(focused(), u"record.checkpoints"_s);
        QApplication::sendEvent(&f.window->runsPane(), &event);
        chooseInMenu("runs.menu.folder");
        QCOMPARE(f.dialogs.shownFolders, QStringList{folder});
        f.dialogs.file.clear(); // cancelled
        QApplication::sendEvent(&f.window->runsPane(), &event);
        chooseInMenu("runs.menu.import");
        QTRY_COMPARE(f.dialogs.asked.size(), 1);
        QVERIFY(!f.workspace->archives().importing().busy);
    }

    void everyControlHasAName() {
        TrainWindow f(FakeScript{.steps = 5});
        QVERIFY(openRuns(f, 2));
        QVERIFY(showRecord(f));
        for (const char* part : {"train.record", "train.compare"}) {
            if (QString::fromLatin1(part) == u"train.compare") {
                f.click("record.compare");
                QTRY_VERIFY(f.sees("compare.settings"));
            }
            int controls = 0;
            for (const QWidget* each : f.find<QWidget>(part)->findChildren<QWidget*>()) {
                if (!each->isVisible() || (each->focusPolicy() & Qt::TabFocus) == 0 ||
                    each->objectName().startsWith(u"qt_")) {
                    continue;
                }
                ++controls;
                QVERIFY2(!each->accessibleName().isEmpty() || !each->property("text").toString().isEmpty(),
                         qPrintable(each->objectName() % u' ' % QLatin1StringView(each->metaObject()->className())));
            }
            QVERIFY(controls >= 6);
        }
    }

    void survivesAnotherLanguage() {
        TrainWindow f(FakeScript{.steps = 5});
        QVERIFY(openRuns(f, 2));
        QVERIFY(showRecord(f));
        f.click("record.compare");
        QTRY_VERIFY(f.sees("compare.settings"));
        f.settings->setValue(Setting::LookLanguage, u"zh_CN"_s);
        QTRY_VERIFY(f.sees("compare.settings")); // made again, and still there
        QCOMPARE(f.find<QTableView>("compare.settings")->model()->rowCount(), 1);
        f.settings->setValue(Setting::LookLanguage, u"en"_s);
        QTRY_VERIFY(f.sees("compare.settings"));
    }
};

QTEST_MAIN(TestTrainRecord)
#include "test_train_record.moc"
