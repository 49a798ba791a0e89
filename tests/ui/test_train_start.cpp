// The start of the Train screen in the real window, by mouse and by key: the advanced form, the YAML view, recipes to
// start from, two measured steps, rows by number.
#include "train/advanced_form.h"
#include "train/advanced_row.h"
#include "train/yaml_editor.h"
#include "train_fixture.h"
#include "widgets/table.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QtTest>

#include <set>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using jobs::RunState;
using train::FakeScript;

class TestTrainStart : public QObject {
    Q_OBJECT

    static bool openTrain(TrainWindow& f, const Rows& rows = {}, const QSize& size = QSize(1280, 800)) {
        if (!f.show(size) || !f.open(rows)) {
            return false;
        }
        f.window->showScreen(u"train"_s);
        return QTest::qWaitFor([&f] { return f.sees("train.advanced"); }, 5000);
    }
    static QString explained(const TrainWindow& f) { return f.find<FieldExplainer>("train.explainer")->text(); }
    static void typeInto(YamlEditor* editor, const QString& text) {
        editor->moveCursor(QTextCursor::End);
        QTest::keyClicks(editor, text);
    }

private Q_SLOTS:
    void init() { failOnTrainMessages(); }

    void advancedByMouse() {
        TrainWindow f;
        QVERIFY(openTrain(f));
        auto* advanced = f.window->findChild<AdvancedForm*>();
        QVERIFY(advanced != nullptr && !advanced->isOpen());
        QVERIFY(!f.sees("train.explainer"));
        f.click("train.advanced");
        QTRY_VERIFY(f.sees("train.explainer"));
        QTRY_VERIFY(f.sees("train.advanced.optimizer.schedule")); // the section that is open at first
        QVERIFY(f.sees("train.advanced.curve"));
        QVERIFY(!f.sees("train.advanced.data.shuffle"));
        f.click("train.advanced.group.data");
        QTRY_VERIFY(f.sees("train.advanced.data.shuffle"));
        auto* shuffle = f.find<QCheckBox>("train.advanced.data.shuffle");
        f.window->findChild<PageBody*>(u"train.form.body"_s)->ensureWidgetVisible(shuffle);
        shuffle->click();
        QVERIFY(!f.train->form().recipe().data.shuffle);
        QVERIFY(f.sees("train.advanced.data.shuffle.reset"));
        QVERIFY(shuffle->accessibleDescription().contains(u"default: on"_s));
        f.click("train.advanced.data.shuffle.reset");
        QVERIFY(f.train->form().recipe().data.shuffle);
        QTRY_VERIFY(!f.sees("train.advanced.data.shuffle.reset"));
        f.click("train.advanced");
        QTRY_VERIFY(!f.sees("train.advanced.optimizer.schedule"));
        QVERIFY(!f.sees("train.explainer"));
    }

    void advancedByKeyboard() {
        TrainWindow f;
        QVERIFY(openTrain(f));
        f.find<QLineEdit>("train.rank")->setFocus(Qt::TabFocusReason);
        f.key(Qt::Key_F, Qt::ControlModifier);
        auto* search = f.find<QLineEdit>("train.advanced.search");
        QTRY_VERIFY(search->hasFocus());
        QTest::keyClicks(search, u"beta"_s);
        auto* advanced = f.window->findChild<AdvancedForm*>();
        QCOMPARE(advanced->shownRows(), 2);
        QTest::keyClick(search, Qt::Key_Return); // to the first that is found
        auto* beta = f.find<QLineEdit>("train.advanced.optimizer.beta1");
        QTRY_VERIFY(beta->hasFocus());
        QTRY_VERIFY2(explained(f).contains(u"optimizer.beta1"_s) && explained(f).contains(u"Too low"_s),
                     qPrintable(explained(f)));
        beta->selectAll();
        QTest::keyClicks(beta, u"2"_s);
        QTest::keyClick(beta, Qt::Key_Tab);
        QVERIFY(f.train->form().error("optimizer.beta1").contains(u"Beta 1"_s));
        QVERIFY(beta->accessibleDescription().contains(u"0.99999"_s));
        QVERIFY(!f.find<QPushButton>("train.start")->isEnabled());
        f.key(Qt::Key_Z, Qt::ControlModifier); // takes back what was typed
        QVERIFY(!f.train->form().hasErrors());
        QCOMPARE(beta->text(), u"0.9"_s);
        beta->setFocus(Qt::TabFocusReason);
        beta->selectAll();
        QTest::keyClicks(beta, u"0.8"_s);
        QTest::keyClick(beta, Qt::Key_Escape); // cancels
        QCOMPARE(beta->text(), u"0.9"_s);
        // Nothing found, and back.
        search->setFocus();
        search->selectAll();
        QTest::keyClicks(search, u"zebra"_s);
        QCOMPARE(advanced->shownRows(), 0);
        QTest::keyClick(search, Qt::Key_Escape);
        QVERIFY(search->text().isEmpty());
        QVERIFY(advanced->shownRows() > 5);
        // "/" opens it too, but is a letter inside a field.
        f.find<QPushButton>("train.start")->setFocus();
        f.key(Qt::Key_Slash);
        QTRY_VERIFY(search->hasFocus());
        QTest::keyClicks(search, u"/"_s);
        QCOMPARE(search->text(), u"/"_s);
    }

    void everyControlIsReachedAndNamed() {
        TrainWindow f;
        QVERIFY(openTrain(f));
        auto* advanced = f.window->findChild<AdvancedForm*>();
        advanced->setOpen(true);
        for (const recipe::FieldGroup& group : recipe::fieldGroups()) {
            const QString name = u"train.advanced.group."_s % (*group.key == 0 ? u"top"_s : qs(group.key));
            auto* head = f.window->findChild<QAbstractButton*>(name);
            QVERIFY2(head != nullptr, qPrintable(name));
            if (!head->isChecked()) {
                head->click();
            }
        }
        QCOMPARE(advanced->shownRows(), static_cast<int>(recipe::fields().size()));
        std::set<QString> reached;
        f.find<QLineEdit>("train.advanced.search")->setFocus(Qt::TabFocusReason);
        for (int i = 0; i < 200; ++i) {
            QWidget* now = QApplication::focusWidget();
            QVERIFY(now != nullptr);
            reached.insert(now->objectName());
            if (auto* parent = now->parentWidget()) {
                reached.insert(parent->objectName()); // the editor inside an editable list
            }
            QVERIFY2(!now->accessibleName().isEmpty() || !now->property("text").toString().isEmpty(),
                     qPrintable(now->objectName()));
            f.key(Qt::Key_Tab);
        }
        for (const recipe::Field& field : recipe::fields()) {
            QVERIFY2(reached.count(u"train.advanced."_s % qs(field.key)) > 0, field.key.c_str());
        }
    }

    void changedOnesAlone() {
        TrainWindow f;
        QVERIFY(openTrain(f));
        auto* advanced = f.window->findChild<AdvancedForm*>();
        advanced->setOpen(true);
        f.click("train.advanced.changed");
        QCOMPARE(advanced->shownRows(), 2); // context and batch of the project's recipe
        f.click("train.advanced.reset_all");
        QCOMPARE(f.train->form().changedCount(), 0);
        QCOMPARE(f.train->form().recipe().training.context, std::int64_t{2048});
        f.key(Qt::Key_Z, Qt::ControlModifier);
        QTRY_COMPARE(f.train->form().recipe().training.context, std::int64_t{48});
    }

    void yamlByKeyboard() {
        TrainWindow f;
        QVERIFY(openTrain(f));
        f.click("train.side.yaml");
        auto* editor = f.find<YamlEditor>("train.yaml");
        QTRY_VERIFY(editor->isVisible());
        QVERIFY(editor->toPlainText().startsWith(u"# My notes."_s));
        QVERIFY(editor->gutterWidth() > 0 && editor->faults().isEmpty());
        editor->setFocus();
        typeInto(editor, u"optimizer:"_s);
        QTest::keyClick(editor, Qt::Key_Return); // the next line is indented by itself
        QTest::keyClicks(editor, u"learning_rate: 5"_s);
        QTRY_VERIFY(f.sees("train.yaml.fault"));
        QCOMPARE(editor->faults(), QSet<int>{10});
        const QString fault = f.find<InlineError>("train.yaml.fault")->what();
        QVERIFY2(fault.contains(u"Line 10, optimizer.learning_rate"_s) && fault.contains(u"0 to 1"_s),
                 qPrintable(fault));
        QVERIFY(editor->accessibleDescription().contains(u"Line 10"_s));
        // The start says why it waits; the form shows the last good recipe and waits too.
        auto* start = f.find<QPushButton>("train.start");
        QVERIFY(!start->isEnabled());
        QVERIFY(f.text("train.hold").contains(u"line 10"_s));
        f.click("train.side.form");
        QTRY_VERIFY(f.sees("train.recipe_fault"));
        QVERIFY(!f.find<QLineEdit>("train.rank")->isEnabled());
        QCOMPARE(f.find<QLineEdit>("train.learning_rate")->text(), u"2e-4"_s);
        f.click("train.recipe_fault.repair");
        QTRY_VERIFY(editor->isVisible() && editor->hasFocus());
        QCOMPARE(editor->textCursor().blockNumber(), 9);
        QTest::keyClick(editor, Qt::Key_End);
        QTest::keyClicks(editor, u"e-3"_s);
        QTRY_VERIFY(!f.sees("train.yaml.fault"));
        QCOMPARE(f.train->form().recipe().optimizer.learningRate, 5e-3);
        QTRY_VERIFY(start->isEnabled());
        // A step in the form, then undo from the editor goes through both.
        f.click("train.side.form");
        auto* rank = f.find<QLineEdit>("train.rank");
        QTRY_VERIFY(rank->isEnabled());
        rank->setFocus();
        rank->selectAll();
        QTest::keyClicks(rank, u"8\t"_s);
        f.click("train.side.yaml");
        QVERIFY(editor->toPlainText().contains(u"rank: 8"_s));
        editor->setFocus();
        f.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(!editor->toPlainText().contains(u"rank: 8"_s));
        for (int i = 0; i < 40 && f.train->form().canUndo(); ++i) {
            f.key(Qt::Key_Z, Qt::ControlModifier);
        }
        QVERIFY(!editor->toPlainText().contains(u"optimizer"_s));
        for (int i = 0; i < 40 && f.train->form().canRedo(); ++i) {
            f.key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        }
        QVERIFY(editor->toPlainText().contains(u"rank: 8"_s));
    }

    void severalFaultsOneAfterTheOther() {
        TrainWindow f;
        QVERIFY(openTrain(f));
        f.click("train.side.yaml");
        auto* editor = f.find<YamlEditor>("train.yaml");
        editor->setFocus();
        f.train->form().setYaml(f.train->form().yaml() % u"sede: 1\nadapter:\n  rank: none\n"_s);
        QTRY_COMPARE(editor->faults().size(), qsizetype{2});
        QVERIFY(f.find<InlineError>("train.yaml.fault")->what().contains(u"sede"_s));
        f.key(Qt::Key_F8);
        QVERIFY(f.find<InlineError>("train.yaml.fault")->what().contains(u"adapter.rank"_s));
        f.click("train.yaml.next");
        QVERIFY(f.find<InlineError>("train.yaml.fault")->what().contains(u"sede"_s));
        f.click("train.yaml.discard");
        QTRY_VERIFY(!f.sees("train.yaml.fault"));
        QVERIFY(!editor->toPlainText().contains(u"sede"_s));
        f.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(editor->toPlainText().contains(u"sede"_s));
        f.key(Qt::Key_Z, Qt::ControlModifier);
    }

    void startsFromAnotherRecipe() {
        TrainWindow f;
        QVERIFY(openTrain(f));
        f.click("train.starts");
        auto* list = f.find<DataTable>("train.picker.list");
        QTRY_VERIFY(list->isVisible() && list->hasFocus());
        auto* take = f.find<QPushButton>("train.picker.take");
        QTest::keyClick(list, Qt::Key_Down);
        QTest::keyClick(list, Qt::Key_Down);
        QTRY_VERIFY(take->isEnabled());
        auto* table = f.find<DataTable>("train.picker.difference");
        QVERIFY(table->isVisible() && table->model()->rowCount() >= 3);
        const recipe::Recipe before = f.train->form().recipe();
        QTest::mouseClick(take, Qt::LeftButton);
        QTRY_VERIFY(f.sees("train.rank"));
        QVERIFY(!(f.train->form().recipe() == before));
        f.find<QLineEdit>("train.rank")->setFocus();
        f.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(f.train->form().recipe() == before);
        // Escape leaves it, and nothing has changed.
        f.click("train.starts");
        QTRY_VERIFY(list->isVisible());
        QTest::keyClick(list, Qt::Key_Escape);
        QTRY_VERIFY(!list->isVisible());
        QVERIFY(f.find<QPushButton>("train.starts")->hasFocus());
        // The one that goes on from an adapter asks for it.
        f.click("train.starts");
        f.train->starts().choose(5);
        QTRY_VERIFY(f.sees("train.picker.adapter"));
        QVERIFY(!take->isEnabled() && f.text("train.picker.hold").contains(u"adapter"_s));
    }

    void measuresAndShowsRows() {
        TrainWindow f(FakeScript{.steps = 9, .stepDelayMs = 2});
        QVERIFY(openTrain(f, {.good = 30, .tall = 3, .silent = 2}));
        QTRY_VERIFY(f.counted());
        QTRY_VERIFY(f.find<QPushButton>("train.measure")->isEnabled());
        f.find<QPushButton>("train.measure")->click();
        QTRY_VERIFY(f.train->preflightState().measured);
        QTRY_COMPARE(f.text("train.measure"), u"Measure again"_s);
        QVERIFY(f.window->findChild<QWidget*>(u"train.finding.moves"_s) != nullptr);
        auto* number = f.find<QLineEdit>("train.row.number");
        number->setFocus();
        number->selectAll();
        QTest::keyClicks(number, u"34\r"_s);
        QTRY_VERIFY(f.sees("train.row.note"));
        QTRY_VERIFY2(f.text("train.row.note").contains(u"weight"_s), qPrintable(f.text("train.row.note")));
        auto* by = f.find<QCheckBox>("train.measure.by_itself");
        by->click();
        QVERIFY(f.settings->value(Setting::TrainMeasure).toBool());
    }

    void duplicatesARunFromItsMenu() {
        TrainWindow f(FakeScript{.steps = 4});
        QVERIFY(openTrain(f));
        f.click("train.start");
        QTRY_COMPARE(f.banner(), u"succeeded"_s);
        QTRY_VERIFY(f.train->run().recipe().has_value());
        QVERIFY(f.train->form().setText("adapter.rank", u"64"_s));
        f.train->duplicate(f.train->run().folder());
        QTRY_VERIFY(f.sees("train.rank"));
        QCOMPARE(f.find<QLineEdit>("train.rank")->text(), u"16"_s);
    }

    void survivesAnotherLanguageAndSmallWindows() {
        TrainWindow f;
        QVERIFY(openTrain(f, {}, QSize(960, 600)));
        f.window->findChild<AdvancedForm*>()->setOpen(true);
        f.click("train.side.yaml");
        QTRY_VERIFY(f.sees("train.yaml"));
        f.settings->setValue(Setting::LookLanguage, u"zh_CN"_s);
        QTRY_COMPARE(f.find<QAbstractButton>("train.side.form")->text(), u"表单"_s);
        QTRY_VERIFY(f.sees("train.yaml")); // still the same face
        f.click("train.side.form");
        QTRY_VERIFY(f.sees("train.advanced"));
        QVERIFY(f.window->findChild<AdvancedForm*>()->isOpen());
    }
};

QTEST_MAIN(TestTrainStart)
#include "test_train_start.moc"
