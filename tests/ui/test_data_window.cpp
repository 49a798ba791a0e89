// The Data screen in the real window on the real store: finding, judging, repairing, importing, versions, splits and
// export, by mouse and by key; empty, read-only and changed files; the way to Train.
#include "data_fixture.h"

#include "data/bar_chart.h"
#include "data/check_chips.h"
#include "data/conversation_view.h"
#include "data/inspector_view.h"
#include "data/rows_view.h"
#include "data/word_diff.h"

#include <QAccessible>
#include <QComboBox>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileInfo>
#include <QHeaderView>
#include <QLineEdit>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QSignalSpy>
#include <QtTest>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using project::RowId;
using project::RowState;
using project::Split;

class TestDataWindow : public QObject {
    Q_OBJECT

    static bool open(DataWindow& f, int rows = 200) {
        if (!f.show() || !f.openSections(rows)) {
            return false;
        }
        f.window->showScreen(u"data"_s);
        f.find<RowsView>("data.table")->setFocus();
        return true;
    }
    /// What the store holds now.
    static project::RowDetails row(DataWindow& f, RowId id) {
        return f.workspace->project()->rows().details(id).valueOr(project::RowDetails{});
    }
    static std::int64_t rowsIn(DataWindow& f, const project::Filter& filter) {
        const auto found = f.workspace->project()->rows().counts(filter);
        return found ? found->rows : -1;
    }

private Q_SLOTS:
    void init() { failOnTrainMessages(); }

    void ctrl2ShowsTheRowsAndTheRailCountsThem() {
        DataWindow f;
        QVERIFY(f.show());
        QVERIFY(f.openSections(200));
        f.key(Qt::Key_2, Qt::ControlModifier);
        QCOMPARE(f.window->currentScreen(), u"data"_s);
        QTRY_VERIFY(f.sees("data.table"));
        auto* item = f.find<RailItem>("rail.data");
        QVERIFY(item != nullptr);
        QTRY_VERIFY(item->fact().contains(u"240"_s));
        QVERIFY(f.data->state().sentence.contains(u"200"_s));
        QTRY_VERIFY(f.data->table().cells(0) != nullptr);
        QCOMPARE(f.data->table().cells(0)->answer, std::string("x11"));
    }

    void searchNarrowsAndEscapingTheFilterShowsAll() {
        DataWindow f;
        QVERIFY(open(f));
        f.key(Qt::Key_Slash);
        QCOMPARE(QApplication::focusWidget()->objectName(), u"data.search"_s);
        f.type(u"perl"_s);
        f.key(Qt::Key_Return);
        QTRY_VERIFY(f.data->table().rowCount() > 0 && f.data->table().rowCount() < 60);
        QVERIFY(f.sees("data.pill.0"));
        f.click("data.pill.0");
        QTRY_COMPARE(f.data->table().rowCount(), 240);
        QVERIFY(!f.sees("data.pill.0"));
        f.data->search(u"nothinglikethis"_s, DataPresenter::When::Now);
        QTRY_VERIFY(f.sees("data.nothing.clear"));
        f.click("data.nothing.clear");
        QTRY_COMPARE(f.data->table().rowCount(), 240);
    }

    void chineseIsFoundWithoutBlanks() {
        DataWindow f;
        QVERIFY(open(f));
        for (const QString& words : {u"\u7f51"_s, u"\u7f51\u7edc"_s, u"\u7f51\u7edc\u5de5\u5177"_s}) {
            f.data->search(words, DataPresenter::When::Now);
            QTRY_VERIFY2(!f.data->state().querying, qPrintable(words));
            QVERIFY2(f.data->table().rowCount() > 0 && f.data->table().rowCount() < 30, qPrintable(words));
        }
    }

    void headerSortsUpDownAndBack() {
        DataWindow f;
        QVERIFY(open(f));
        auto* table = f.find<RowsView>("data.table");
        const auto press = [&](int column) {
            auto* header = table->horizontalHeader();
            QTest::mouseClick(header->viewport(), Qt::LeftButton, Qt::NoModifier,
                              QPoint(header->sectionViewportPosition(column) + 12, header->height() / 2));
        };
        QTRY_VERIFY(f.data->table().cells(0) != nullptr);
        press(2); // answers
        QTRY_VERIFY(f.data->table().cells(0) != nullptr && f.data->table().cells(0)->answer == "admin");
        press(2);
        QTRY_VERIFY(f.data->table().cells(0) != nullptr && f.data->table().cells(0)->answer == "x11");
        QVERIFY(f.data->sort().descending);
        press(2);
        QTRY_COMPARE(f.data->sort().key, project::SortKey::None);
        QTRY_COMPARE(f.data->table().idAt(0), 1);
    }

    void filterFormBuildsAFilterThatIsKept() {
        DataWindow f;
        QVERIFY(open(f));
        f.key(Qt::Key_F);
        QTRY_VERIFY(f.sees("data.filter.form"));
        f.click("data.filter.splits.1"); // validation
        QTRY_COMPARE(f.data->table().rowCount(), 20);
        auto* path = f.find<QComboBox>("data.filter.path");
        path->setCurrentText(u"metadata.section"_s);
        f.find<QLineEdit>("data.filter.value")->setText(u"web"_s);
        f.click("data.filter.test.add");
        QTRY_VERIFY(f.data->table().rowCount() > 0 && f.data->table().rowCount() <= 3);
        f.find<QLineEdit>("data.filter.name")->setText(u"Web, validation"_s);
        f.click("data.filter.save");
        QTRY_VERIFY(f.sees("data.filter.kept.Web, validation"));
        f.click("data.filter.clear");
        QTRY_COMPARE(f.data->table().rowCount(), 240);
        f.click("data.filter.kept.Web, validation");
        QTRY_VERIFY(f.data->table().rowCount() <= 3);
        f.click("data.filter.range.add"); // nothing was typed
        QCOMPARE(f.data->filter().numbers.size(), 0U);
        // and it is there again after the project was closed
        const QString folder = f.workspace->projectFolder();
        QTRY_VERIFY(!f.workspace->project()->rows().viewState("data.filters").is_null());
        f.workspace->closeProject();
        f.workspace->openProject(folder);
        QTRY_COMPARE(f.data->savedFilters().size(), 1);
        QCOMPARE(f.data->savedFilters().first().name, u"Web, validation"_s);
    }

    void barsFilterAndLetGo() {
        DataWindow f;
        QVERIFY(open(f));
        auto* bars = f.find<BarChart>("data.balance");
        QTRY_COMPARE(bars->bars().size(), 8);
        QTest::mouseClick(bars, Qt::LeftButton, Qt::NoModifier, bars->barPoint(2));
        QTRY_COMPARE(f.data->table().rowCount(), 30);
        QCOMPARE(f.data->chosenBar(), 2);
        bars->setFocus();
        f.key(Qt::Key_Escape);
        QTRY_COMPARE(f.data->table().rowCount(), 240);
        QCOMPARE(f.window->currentScreen(), u"data"_s);
        QVERIFY(f.jobDone());
        auto* numbers = f.find<BarChart>("data.histogram");
        QTRY_VERIFY(numbers->bars().size() > 2);
        int tallest = 0;
        for (int i = 0; i < numbers->bars().size(); ++i) {
            tallest = numbers->bars()[i].value > numbers->bars()[tallest].value ? i : tallest;
        }
        const int rows = static_cast<int>(numbers->bars()[tallest].value);
        numbers->setFocus();
        f.key(Qt::Key_Home);
        for (int i = 0; i < tallest; ++i) {
            f.key(Qt::Key_Right);
        }
        f.key(Qt::Key_Space);
        QTRY_COMPARE(f.data->table().rowCount(), rows);
    }

    void answerIsEditedInPlaceAndTakenBack() {
        DataWindow f;
        QVERIFY(open(f));
        auto* table = f.find<RowsView>("data.table");
        table->goToRow(7);
        QTRY_VERIFY(f.data->inspector().details().has_value());
        QCOMPARE(row(f, 7).cells.answer, std::string("perl"));
        f.key(Qt::Key_E);
        auto* edit = qobject_cast<BubbleEdit*>(QApplication::focusWidget());
        QVERIFY(edit != nullptr);
        edit->setPlainText(u"interpreters"_s);
        f.key(Qt::Key_Escape); // leaves without a trace
        QCOMPARE(row(f, 7).cells.answer, std::string("perl"));
        QCOMPARE(QApplication::focusWidget(), table);
        f.key(Qt::Key_E);
        edit = qobject_cast<BubbleEdit*>(QApplication::focusWidget());
        QVERIFY(edit != nullptr);
        edit->setPlainText(u"interpreters"_s);
        f.key(Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(row(f, 7).cells.answer, std::string("interpreters"));
        QTRY_VERIFY(f.data->table().cells(6) != nullptr && f.data->table().cells(6)->answer == "interpreters");
        QTRY_VERIFY(f.data->state().undo.contains(u'7'));
        table->setFocus();
        f.key(Qt::Key_Z, Qt::ControlModifier);
        QTRY_COMPARE(row(f, 7).cells.answer, std::string("perl"));
        f.key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE(row(f, 7).cells.answer, std::string("interpreters"));
    }

    void fieldsRefuseWhatIsNoRow() {
        DataWindow f;
        QVERIFY(open(f));
        f.find<RowsView>("data.table")->goToRow(3);
        QTRY_VERIFY(f.data->inspector().details().has_value());
        f.click("data.tab.fields");
        auto* json = f.find<QPlainTextEdit>("data.fields.json");
        const std::string before = row(f, 3).hash;
        json->setPlainText(u"{\"messages\": oops}"_s);
        f.click("data.fields.save");
        QTRY_VERIFY(f.sees("data.fields.error"));
        json->setPlainText(u"{\"messages\":[{\"role\":\"user\"}]}"_s);
        f.click("data.fields.save");
        QTest::qWait(50);
        QTRY_VERIFY(f.sees("data.fields.error"));
        QCOMPARE(row(f, 3).hash, before);
        f.click("data.fields.revert");
        QVERIFY(!f.sees("data.fields.error"));
        QString text = json->toPlainText();
        text.replace(u"\"contrib\""_s, u"\"backports\""_s).replace(u"\"main\""_s, u"\"backports\""_s);
        json->setPlainText(text);
        f.click("data.fields.save");
        QTRY_VERIFY(row(f, 3).hash != before);
        QCOMPARE(row(f, 3).sample.row["metadata"]["source"], Json("backports"));
    }

    void xrayShowsWhatIsTrainedAndWhy() {
        DataWindow f;
        QVERIFY(open(f));
        f.find<RowsView>("data.table")->goToRow(9);
        QTRY_VERIFY(f.data->inspector().details().has_value());
        f.key(Qt::Key_X);
        QTRY_VERIFY(f.data->inspector().xray().row().has_value());
        const XrayFacts& facts = f.data->inspector().xray().facts();
        QVERIFY(facts.trained > 0 && facts.trained < facts.tokens);
        QCOMPARE(facts.trained + facts.context + facts.cut, facts.tokens);
        QCOMPARE(f.text("data.xray.trained"), QString::number(facts.trained));
        QVERIFY(f.text("data.xray.why").contains(QString::number(facts.trained)));
        auto* tokens = f.find<TokenView>("data.xray.tokens");
        QCOMPARE(tokens->tokens().size(), facts.tokens);
        tokens->setFocus(Qt::TabFocusReason);
        f.key(Qt::Key_Right);
        QTRY_VERIFY(f.sees("data.xray.token"));
        auto* pick = f.find<QComboBox>("data.xray.template");
        pick->setCurrentIndex(pick->findData(u"none"_s));
        Q_EMIT pick->activated(pick->currentIndex());
        QTRY_VERIFY(!f.data->inspector().xray().reading());
        QCOMPARE(f.data->inspector().xray().templateInUse(), u"none"_s);
    }

    void delRejectsTheMarkedRowsAsOneStep() {
        DataWindow f;
        QVERIFY(open(f));
        auto* table = f.find<RowsView>("data.table");
        table->goToRow(5);
        f.key(Qt::Key_Space);
        f.key(Qt::Key_Down);
        f.key(Qt::Key_Down);
        f.key(Qt::Key_Space);
        f.key(Qt::Key_Down);
        QCOMPARE(f.data->selection().ids(), (std::vector<RowId>{5, 7}));
        QVERIFY(f.sees("data.bulk"));
        f.key(Qt::Key_Delete);
        project::Filter rejected;
        rejected.states = {RowState::Rejected};
        QTRY_COMPARE(rowsIn(f, rejected), 2);
        QCOMPARE(row(f, 7).cells.state, RowState::Rejected);
        QTRY_VERIFY(f.data->rows().undoState().undoSteps >= 1);
        f.key(Qt::Key_Z, Qt::ControlModifier);
        QTRY_COMPARE(rowsIn(f, rejected), 0);
    }

    void allMatchingMovesWithoutTouchingOthers() {
        DataWindow f;
        QVERIFY(open(f));
        f.data->search(u"perl"_s, DataPresenter::When::Now);
        QTRY_VERIFY(!f.data->state().querying && f.data->table().rowCount() < 60);
        const int matching = f.data->table().rowCount();
        f.find<RowsView>("data.table")->setFocus();
        f.key(Qt::Key_A, Qt::ControlModifier);
        QVERIFY(f.data->selection().isAll());
        QCOMPARE(f.data->selection().count(), matching);
        project::Filter train;
        train.splits = {Split::Train};
        train.search = "perl";
        f.data->setSplitOfTarget(Split::Validation);
        QTRY_COMPARE(rowsIn(f, train), 0);
        project::Filter validation;
        validation.splits = {Split::Validation};
        validation.search = "perl";
        QCOMPARE(rowsIn(f, validation), matching);
        project::Filter all;
        QCOMPARE(rowsIn(f, all), 240);
        QTRY_VERIFY(!f.data->rows().bulkProgress().has_value());
        f.data->tagTarget(u"later"_s, true);
        project::Filter tagged;
        tagged.tags = {"later"};
        QTRY_COMPARE(rowsIn(f, tagged), matching);
        QTRY_VERIFY(!f.data->rows().bulkProgress().has_value());
        f.data->undo();
        QTRY_COMPARE(rowsIn(f, tagged), 0);
        f.data->undo();
        QTRY_VERIFY(rowsIn(f, train) > 0);
    }

    void columnsAreChosenAndKept() {
        DataWindow f;
        QVERIFY(open(f));
        QTRY_VERIFY(!f.data->table().metadataKeys().isEmpty());
        f.click("data.columns");
        QAction* section = f.menuAction("data.columns.menu", "data.column.metadata.section");
        QVERIFY(section != nullptr);
        section->trigger();
        QCOMPARE(f.data->table().columns().last().name, u"metadata.section"_s);
        QTRY_VERIFY(!f.workspace->project()->rows().viewState("data.columns").is_null());
        const QString folder = f.workspace->projectFolder();
        f.workspace->closeProject();
        QTRY_VERIFY(f.data->table().columns() == usualColumns());
        f.workspace->openProject(folder);
        QTRY_COMPARE(f.data->table().columns().last().name, u"metadata.section"_s);
        for (QMenu* menu : f.window->findChildren<QMenu*>()) {
            menu->close();
        }
    }

    void goToRowByItsNumber() {
        DataWindow f;
        QVERIFY(open(f));
        f.key(Qt::Key_G, Qt::ControlModifier);
        QCOMPARE(QApplication::focusWidget()->objectName(), u"data.ask.line"_s);
        f.type(u"123"_s);
        f.key(Qt::Key_Return);
        QCOMPARE(f.data->current(), 123);
        QTRY_VERIFY(f.text("data.row.title").contains(u"123"_s));
        QVERIFY(!f.sees("data.ask"));
    }

    void findingsAreChipsWithFixesThatShowWhatTheyDo() {
        DataWindow f;
        QVERIFY(f.show());
        const QString file = f.folder.filePath(u"odd.jsonl"_s);
        std::string text = DataWindow::sectionRows(0, 40);
        text += TrainFixture::chat("write to ada@example.org or call +44 20 7946 0958", "done");
        text += TrainFixture::chat("who answers", "   ");
        QVERIFY(writeFileAtomic(us(file), text).ok());
        f.workspace->createFromFile(file);
        QTRY_COMPARE(f.window->currentScreen(), u"data"_s); // a fresh import lands on its rows
        QTRY_COMPARE(f.data->table().rowCount(), 42);
        QVERIFY(f.jobDone());
        QTRY_VERIFY(f.sees("data.chip.personal"));
        auto* chip = f.find<Chip>("data.chip.personal");
        QTest::mouseClick(chip, Qt::LeftButton);
        QTRY_COMPARE(f.data->table().rowCount(), 1);
        QTest::mouseClick(chip, Qt::LeftButton);
        QTRY_COMPARE(f.data->table().rowCount(), 42);
        Q_EMIT chip->customContextMenuRequested(QPoint(4, 4));
        QAction* redact = f.menuAction("data.chip.menu", "data.fix.redact");
        QVERIFY(redact != nullptr);
        redact->trigger();
        for (QMenu* menu : f.window->findChildren<QMenu*>()) {
            menu->close();
        }
        f.window->activateWindow(); // the platform without a screen leaves it to the popup
        QTRY_VERIFY(f.find<QAbstractButton>("data.fix.apply")->isEnabled());
        QCOMPARE(row(f, 41).cells.title, std::string("write to ada@example.org or call +44 20 7946 0958"));
        f.click("data.fix.apply");
        QTRY_VERIFY(row(f, 41).cells.title.find("ada@") == std::string::npos);
        QTRY_VERIFY(f.sees("data.table"));
        f.find<RowsView>("data.table")->setFocus();
        f.key(Qt::Key_Z, Qt::ControlModifier);
        QTRY_VERIFY(row(f, 41).cells.title.find("ada@") != std::string::npos);
    }

    void importPageShowsWhatItWouldDoAndDoesIt() {
        DataWindow f;
        QVERIFY(open(f, 50));
        const QString file = f.folder.filePath(u"more.jsonl"_s);
        QVERIFY(writeFileAtomic(us(file), DataWindow::sectionRows(500, 30) + "{\"messages\": oops}\n").ok());
        f.dialogs.file = file;
        f.click("data.import");
        QTRY_COMPARE(f.data->importer().state().phase, ImportState::Phase::Ready);
        QTRY_VERIFY(f.text("import.counts").contains(u"30"_s));
        QVERIFY(f.data->importer().asFormatSays());
        QCOMPARE(f.find<QComboBox>("import.role.0")->currentData().toInt(), int(project::ColumnRole::None));
        f.data->importer().setRole(0, project::ColumnRole::User); // and back: the format reads its keys again
        QTRY_VERIFY(!f.data->importer().asFormatSays());
        f.data->importer().setRole(0, project::ColumnRole::None);
        QTRY_VERIFY(f.data->importer().asFormatSays() && f.data->importer().state().phase == ImportState::Phase::Ready);
        QTRY_VERIFY(f.text("import.counts").contains(u"30"_s));
        QVERIFY(f.sees("import.faults"));
        QVERIFY(f.sees("import.bubble.0"));
        QCOMPARE(f.data->rows().facts().rows(), 60); // nothing yet
        f.dialogs.file = f.folder.filePath(u"faults.csv"_s);
        f.click("import.save");
        QTRY_VERIFY(QFileInfo::exists(f.dialogs.file));
        auto* split = f.find<QComboBox>("import.split");
        split->setCurrentIndex(split->findData(int(Split::Validation)));
        Q_EMIT split->activated(split->currentIndex());
        QTRY_VERIFY(f.find<QAbstractButton>("import.start")->isEnabled());
        f.key(Qt::Key_Return, Qt::ControlModifier); // the page's main button
        QTRY_COMPARE(f.data->table().rowCount(), 90);
        QTRY_VERIFY(f.sees("data.table"));
        project::Filter validation;
        validation.splits = {Split::Validation};
        QCOMPARE(rowsIn(f, validation), 35);
        // what could not be read can be had again
        f.window->screen(u"data"_s)->showPart(u"files"_s);
        QTRY_VERIFY(f.sees("data.files.faults"));
        f.dialogs.file = f.folder.filePath(u"rejected.jsonl"_s);
        f.click("data.files.save");
        QTRY_VERIFY(QFileInfo::exists(f.dialogs.file));
        QCOMPARE(readFile(us(f.dialogs.file)).valueOr(std::string()), std::string("{\"messages\": oops}\n"));
    }

    void changedFileIsOfferedAndKeepsLabels() {
        DataWindow f;
        QVERIFY(f.show());
        const QString file = f.folder.filePath(u"grows.jsonl"_s);
        QVERIFY(writeFileAtomic(us(file), DataWindow::sectionRows(0, 20)).ok());
        f.workspace->createFromFile(file);
        QTRY_COMPARE(f.data->table().rowCount(), 20);
        f.data->setCurrent(4);
        f.data->setLabelOfTarget(u"keep me"_s);
        QTRY_COMPARE(row(f, 4).cells.label, std::string("keep me"));
        QVERIFY(writeFileAtomic(us(file), DataWindow::sectionRows(0, 25)).ok());
        f.data->checkSources();
        QTRY_VERIFY(f.sees("data.stale"));
        f.click("data.stale.import");
        QTRY_VERIFY(f.text("import.counts").contains(u"5"_s));
        f.click("import.start");
        QTRY_COMPARE(f.data->table().rowCount(), 25);
        QCOMPARE(row(f, 4).cells.label, std::string("keep me"));
        QTRY_VERIFY(!f.sees("data.stale"));
    }

    void dropOnThePageOpensTheImport() {
        DataWindow f;
        QVERIFY(open(f, 50));
        const QString file = f.folder.filePath(u"dropped.jsonl"_s);
        QVERIFY(writeFileAtomic(us(file), DataWindow::sectionRows(500, 5)).ok());
        QMimeData mime;
        mime.setUrls({QUrl::fromLocalFile(file)});
        QWidget* page = f.window->screen(u"data"_s);
        QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(page, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(50, 50), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(page, &drop);
        QTRY_COMPARE(f.data->importer().state().phase, ImportState::Phase::Ready);
        QVERIFY(f.sees("import.start"));
        f.key(Qt::Key_Escape);
        QTRY_VERIFY(f.sees("data.table"));
        QCOMPARE(f.window->currentScreen(), u"data"_s);
    }

    void rowsSideBySideKeepOne() {
        DataWindow f;
        QVERIFY(open(f, 50));
        f.window->screen(u"data"_s)->showPart(u"duplicates"_s);
        QTRY_VERIFY(f.sees("data.beside.where"));
        auto* pages = f.find<QWidget>("data.beside");
        QVERIFY(pages != nullptr);
        // two rows, as Show both opens them
        auto* inspector = f.find<InspectorView>("data.inspector");
        Q_EMIT inspector->showBothWanted(3, 11);
        QTRY_VERIFY(f.sees("data.beside.row.1"));
        pages->setFocus();
        QTest::keyClick(pages, Qt::Key_2);
        QTRY_COMPARE(row(f, 3).cells.state, RowState::Rejected);
        QCOMPARE(row(f, 11).cells.state, RowState::Active);
        QTRY_VERIFY(f.sees("data.table"));
    }

    void versionsAreKeptAndCompared() {
        DataWindow f;
        QVERIFY(open(f, 50));
        f.window->screen(u"data"_s)->showPart(u"versions"_s);
        f.find<QLineEdit>("data.versions.name")->setText(u"Before"_s);
        f.click("data.versions.make");
        auto* from = f.find<QComboBox>("data.versions.from");
        QTRY_VERIFY(from->findText(u"Before"_s, Qt::MatchStartsWith) >= 0);
        f.data->rejectRow(8);
        project::EditStep step;
        step.label = "Edit";
        step.edits.push_back({9, project::RowField::Answer, "another word", 0});
        f.data->rows().apply(std::move(step));
        QTRY_COMPARE(row(f, 9).cells.answer, std::string("another word"));
        from->setCurrentIndex(from->findText(u"Before"_s, Qt::MatchStartsWith));
        Q_EMIT from->activated(from->currentIndex());
        auto* list = f.find<QTableView>("data.versions.rows");
        QTRY_COMPARE(list->model()->rowCount(), 2);
        QVERIFY(list->model()->index(1, 2).data().toString().contains(u"another word"_s));
    }

    void splitPlanIsShownBeforeRowsMove() {
        DataWindow f;
        QVERIFY(open(f, 50));
        f.window->screen(u"data"_s)->showPart(u"split"_s);
        QTRY_VERIFY(f.text("data.split.result").contains(u"Train"_s));
        f.find<QAbstractButton>("data.split.again")->click();
        QTRY_VERIFY(f.find<QAbstractButton>("data.split.apply")->isEnabled());
        project::Filter test;
        test.splits = {Split::Test};
        QCOMPARE(rowsIn(f, test), 5);
        f.click("data.split.apply");
        QTRY_VERIFY(f.data->rows().undoState().undoSteps > 0);
        QVERIFY(rowsIn(f, test) >= 5); // frozen rows stay
        for (RowId id = 56; id <= 60; ++id) {
            QCOMPARE(row(f, id).cells.split, Split::Test);
        }
    }

    void exportSaysWhatItWritesAndWritesIt() {
        DataWindow f;
        QVERIFY(open(f, 50));
        f.window->screen(u"data"_s)->showPart(u"export"_s);
        QTRY_VERIFY(f.find<QAbstractButton>("data.export.write")->isEnabled());
        f.dialogs.file = f.folder.filePath(u"out.jsonl"_s);
        f.click("data.export.write");
        QTRY_VERIFY(QFileInfo::exists(f.dialogs.file));
        const std::string text = readFile(us(f.dialogs.file)).valueOr(std::string());
        QCOMPARE(std::count(text.begin(), text.end(), '\n'), 50);
        QTRY_VERIFY(f.sees("data.table"));
    }

    void emptyProjectOffersOneButton() {
        DataWindow f;
        QVERIFY(f.show());
        f.workspace->createProject(u"Nothing yet"_s);
        QTRY_VERIFY(f.workspace->hasProject());
        f.window->showScreen(u"data"_s);
        QTRY_VERIFY(f.sees("data.empty.import"));
        QVERIFY(!f.sees("data.search"));
        QVERIFY(!f.sees("data.inspector"));
    }

    void unclearFileIsMappedFromHome() {
        DataWindow f;
        QVERIFY(f.show());
        const QString file = f.folder.filePath(u"table.csv"_s);
        QVERIFY(writeFileAtomic(us(file), "beschreibung,abteilung\nein Werkzeug,admin\nein Netz,net\n").ok());
        f.workspace->createFromFile(file);
        QTRY_VERIFY(!f.window->shownError().isEmpty());
        QVERIFY(!f.workspace->hasProject());
        f.workspace->createForImport(file);
        QTRY_VERIFY(f.sees("import.format"));
        QTRY_VERIFY(f.data->importer().preview().has_value());
        QTRY_COMPARE(f.data->importer().preview()->columns.size(), 2U);
        f.data->importer().setRole(0, project::ColumnRole::User);
        f.data->importer().setRole(1, project::ColumnRole::Assistant);
        QTRY_COMPARE(f.data->importer().state().phase, ImportState::Phase::Ready);
        QTRY_VERIFY(f.find<QAbstractButton>("import.start")->isEnabled());
        f.click("import.start");
        QTRY_COMPARE(f.data->table().rowCount(), 2);
        QTRY_COMPARE(row(f, 1).cells.answer, std::string("admin"));
        // the second press reaches Train
        QTest::mouseClick(f.find<RailItem>("rail.train"), Qt::LeftButton);
        QTRY_VERIFY(f.sees("train.start"));
    }

    void labelButtonTakesTheFilterAlong() {
        DataWindow f;
        QVERIFY(open(f, 50));
        f.data->search(u"perl"_s, DataPresenter::When::Now);
        QTRY_VERIFY(!f.data->state().querying && f.data->table().rowCount() < 30);
        f.click("data.label");
        QCOMPARE(f.window->currentScreen(), u"label"_s);
        QTRY_COMPARE(f.label.filter().search, std::string("perl"));
        f.key(Qt::Key_2, Qt::ControlModifier);
        QCOMPARE(f.window->currentScreen(), u"data"_s);
    }

    void narrowWindowKeepsTheTableAndOpensTheRowOverIt() {
        DataWindow f;
        QVERIFY(f.show(QSize(960, 600)));
        QVERIFY(f.openSections(50));
        f.window->showScreen(u"data"_s);
        QTRY_VERIFY(f.sees("data.table"));
        QVERIFY(!f.sees("data.inspector"));
        auto* table = f.find<RowsView>("data.table");
        table->setFocus();
        table->goToRow(3);
        f.key(Qt::Key_F4);
        QTRY_VERIFY(f.sees("data.inspector"));
        f.key(Qt::Key_F4);
        QVERIFY(!f.sees("data.inspector"));
        f.window->resize(1280, 800);
        QTRY_VERIFY(table->width() > 400);
        f.key(Qt::Key_F4);
        QTRY_VERIFY(f.sees("data.inspector"));
    }

    void everyControlHasANameAndTheKeysReachIt() {
        DataWindow f;
        QVERIFY(open(f, 50));
        f.find<RowsView>("data.table")->goToRow(3);
        for (const QString& part : {u""_s, u"versions"_s, u"split"_s, u"export"_s, u"files"_s, u"duplicates"_s}) {
            if (!part.isEmpty()) {
                f.window->screen(u"data"_s)->showPart(part);
            }
            QTest::qWait(50);
            for (QWidget* widget : f.window->screen(u"data"_s)->findChildren<QWidget*>()) {
                if (!widget->isVisible() || (widget->focusPolicy() & Qt::TabFocus) == 0 ||
                    qobject_cast<QScrollArea*>(widget) != nullptr ||
                    widget->objectName().startsWith(u"qt_")) { // Qt's own parts of a control
                    continue;
                }
                const QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(widget);
                QVERIFY2(
                    accessible != nullptr && !accessible->text(QAccessible::Name).isEmpty(),
                    qPrintable(widget->objectName() % u' ' % QString::fromLatin1(widget->metaObject()->className())));
            }
        }
    }

    void rebuildKeepsFilterAndRow() {
        DataWindow f;
        QVERIFY(open(f, 50));
        f.find<RowsView>("data.table")->goToRow(17);
        QTRY_VERIFY(f.data->inspector().details().has_value());
        f.data->search(u"web"_s, DataPresenter::When::Now);
        QTRY_VERIFY(f.data->table().rowCount() < 30);
        f.settings->setValue(Setting::LookLanguage, u"zh_CN"_s);
        QTRY_COMPARE(f.find<QLineEdit>("data.search")->text(), u"web"_s);
        QVERIFY(f.data->table().rowCount() < 30);
    }
};

QTEST_MAIN(TestDataWindow)
#include "test_data_window.moc"
