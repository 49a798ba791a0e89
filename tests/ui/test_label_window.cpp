// The labeling queue by keyboard in the real window.
#include "label_window.h"

#include <QComboBox>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPlainTextEdit>

#include <map>
#include <random>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using project::RowId;
using Phase = LabelState::Phase;

class TestLabelWindow : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnMessages(); }
    void thousandDecisionsByKeyboard();
    void heldKeysMoveButNeverDecide();
    void everyKeyDoesWhatTheListSays();
    void lettersAreTextWhereTextIsTyped();
    void pairsByArrows();
    void labelsAreDefinedInTheWindow();
    void secondPassAndDisagreements();
    void clicksLeaveTheKeysToTheCard();
    void narrowWindowsKeepEverything();
    void everyControlHasAName();
    void languageAndThemeChangeKeepTheRow();
};

void TestLabelWindow::thousandDecisionsByKeyboard() {
    constexpr int kRows = 1000;
    LabelWindow f(kRows, sectionRow);
    QVERIFY(f.open());
    std::mt19937 random(3);
    std::map<RowId, Qt::Key> pressed;
    for (int i = 0; i < kRows; ++i) {
        const RowId row = f.label->row();
        QVERIFY(f.subject().startsWith(u"package "_s));
        const auto pick = static_cast<unsigned>(random() % 11);
        const Qt::Key key = pick == 9 ? Qt::Key_A : pick == 10 ? Qt::Key_R : static_cast<Qt::Key>(Qt::Key_1 + pick);
        QVERIFY(pressed.emplace(row, key).second);
        QTest::keyClick(f.card(), key);
        QVERIFY(f.waitFor([&] { return f.label->row() != row; }));
    }
    QCOMPARE(f.label->state().phase, Phase::AllDecided);
    QCOMPARE(f.find<QLabel>("label.count")->text(), u"1,000 of 1,000"_s);
    QCOMPARE(f.find<QLabel>("label.session.labelled")->text(), u"1,000"_s);
    for (const auto& [id, key] : pressed) {
        const auto row = f.store().details(id);
        QVERIFY(row);
        QCOMPARE(row->annotations.size(), std::size_t{1});
        const bool number = key >= Qt::Key_1 && key <= Qt::Key_9;
        QCOMPARE(row->cells.label, number ? std::string(kSections[static_cast<std::size_t>(key - Qt::Key_1)]) : "");
        QCOMPARE(row->cells.state, key == Qt::Key_R ? project::RowState::Rejected : project::RowState::Active);
    }
    QCOMPARE(f.store().decisions(std::nullopt, 2 * kRows)->size(), std::size_t{kRows});
    // U, all the way back.
    for (int i = 0; i < kRows; ++i) {
        QVERIFY(f.key(Qt::Key_U));
    }
    QCOMPARE(f.label->state().done, std::size_t{0});
    const auto counts = f.store().counts();
    QCOMPARE(counts->states.at(project::RowState::Active), std::int64_t{kRows});
    QCOMPARE(counts->labels.at(""), std::int64_t{kRows});
}

void TestLabelWindow::heldKeysMoveButNeverDecide() {
    LabelWindow f(30, sectionRow);
    QVERIFY(f.open());
    const RowId row = f.label->row();
    for (const int key : {int(Qt::Key_1), int(Qt::Key_A), int(Qt::Key_R), int(Qt::Key_S), int(Qt::Key_U)}) {
        QKeyEvent held(QEvent::KeyPress, key, Qt::NoModifier, QString(), true, 1);
        for (int i = 0; i < 5; ++i) {
            QApplication::sendEvent(f.card(), &held);
        }
        QTest::qWait(20);
        QCOMPARE(f.label->row(), row);
        QCOMPARE(f.label->state().done, std::size_t{0});
        QCOMPARE(f.store().decisions(std::nullopt, 10)->size(), std::size_t{0});
    }
    QKeyEvent down(QEvent::KeyPress, Qt::Key_J, Qt::NoModifier, QString(), true, 1);
    for (int i = 0; i < 7; ++i) {
        QApplication::sendEvent(f.card(), &down);
        QVERIFY(f.waitFor([&] { return f.label->row() == row + i + 1; }));
    }
    QVERIFY(f.key(Qt::Key_K));
    QTRY_COMPARE(f.label->row(), row + 6);
    QVERIFY(f.key(Qt::Key_Up));
    QTRY_COMPARE(f.label->row(), row + 5);
}

void TestLabelWindow::everyKeyDoesWhatTheListSays() {
    LabelWindow f(40, sectionRow);
    QVERIFY(f.open());
    const RowId row = f.label->row();
    const auto at = [&](RowId id) { return f.store().details(id).value(); };
    QVERIFY(f.key(Qt::Key_Exclam, Qt::ShiftModifier)); // Shift+1
    QTRY_COMPARE(at(row).cells.rating.value_or(0), std::int64_t{1});
    QVERIFY(f.key(Qt::Key_5, Qt::ShiftModifier)); // where Shift leaves the digit a digit
    QTRY_COMPARE(at(row).cells.rating.value_or(0), std::int64_t{5});
    QVERIFY(f.key(Qt::Key_T));
    f.type(u"odd"_s);
    QVERIFY(f.key(Qt::Key_Return));
    QTRY_COMPARE(at(row).cells.tags, std::vector<std::string>{"odd"});
    QVERIFY(f.key(Qt::Key_C));
    f.type(u"why this?"_s);
    QVERIFY(f.key(Qt::Key_Return));
    QTRY_COMPARE(at(row).comment, std::string("why this?"));
    QVERIFY(f.key(Qt::Key_E));
    auto* edit = f.find<QPlainTextEdit>("label.edit");
    QVERIFY(edit->hasFocus());
    edit->selectAll();
    f.type(u"utils and libs"_s);
    QVERIFY(f.key(Qt::Key_Return, Qt::ControlModifier));
    QTRY_COMPARE(at(row).cells.answer, std::string("utils and libs"));
    QVERIFY(f.card()->hasFocus());
    QVERIFY(f.key(Qt::Key_E));
    f.type(u"thrown away"_s);
    QVERIFY(f.key(Qt::Key_Escape));
    QVERIFY(f.card()->hasFocus());
    QCOMPARE(at(row).cells.answer, std::string("utils and libs"));
    QCOMPARE(f.label->row(), row); // all of that stays on the row
    QVERIFY(f.key(Qt::Key_0));
    f.type(u"games"_s);
    QVERIFY(f.key(Qt::Key_Return));
    QTRY_COMPARE(f.label->row(), row + 1);
    QCOMPARE(at(row).cells.label, std::string("games"));
    QVERIFY(f.key(Qt::Key_U));
    QTRY_COMPARE(f.label->row(), row);
    QVERIFY(at(row).cells.label.empty());
    QVERIFY(f.key(Qt::Key_U, Qt::ShiftModifier));
    QTRY_COMPARE(at(row).cells.label, std::string("games"));
    QVERIFY(f.key(Qt::Key_Z, Qt::ControlModifier));
    QTRY_VERIFY(at(row).cells.label.empty());
    QVERIFY(f.key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier));
    QTRY_COMPARE(at(row).cells.label, std::string("games"));
    QVERIFY(f.key(Qt::Key_G, Qt::ControlModifier));
    f.type(u"12"_s);
    QVERIFY(f.key(Qt::Key_Return));
    QTRY_COMPARE(f.label->row(), RowId{12});
    QVERIFY(f.key(Qt::Key_S));
    QTRY_COMPARE(f.label->row(), RowId{13});
    QCOMPARE(f.store().decisions(std::nullopt, 100)->front().row, row); // skipping decides nothing
    QVERIFY(f.key(Qt::Key_Slash));
    f.type(u"\"package 25\""_s);
    QVERIFY(f.key(Qt::Key_Return));
    QTRY_COMPARE(f.label->state().total, std::size_t{1});
    QTRY_COMPARE(f.subject(), u"package 25"_s);
    f.find<QPushButton>("label.search.clear")->click();
    QTRY_COMPARE(f.label->state().total, std::size_t{40});
    QVERIFY(f.card()->hasFocus());
    QVERIFY(f.key(Qt::Key_R));
    QVERIFY(f.key(Qt::Key_A));
    QTRY_COMPARE(f.label->session().labelled(), std::int64_t{3});
    QTest::keyClick(f.card(), Qt::Key_L);
    QTRY_COMPARE(f.window->currentScreen(), u"data"_s);
    QVERIFY(f.find<QAbstractButton>("rail.data")->isChecked());
    QVERIFY(f.enter());
    QVERIFY(!f.find<QWidget>("rail.label")->isVisible());
    QTest::keyClick(f.card(), '?');
    QTRY_COMPARE(f.window->currentScreen(), u"help"_s);
}

void TestLabelWindow::lettersAreTextWhereTextIsTyped() {
    LabelWindow f(10, sectionRow);
    QVERIFY(f.open());
    const RowId row = f.label->row();
    QVERIFY(!f.card()->testAttribute(Qt::WA_InputMethodEnabled));
    QVERIFY(f.key(Qt::Key_T));
    auto* line = f.find<QLineEdit>("label.line");
    QVERIFY(line->hasFocus());
    f.type(u"ajrk1/?e"_s);
    QCOMPARE(line->text(), u"ajrk1/?e"_s);
    QVERIFY(f.key(Qt::Key_Escape));
    QVERIFY(f.card()->hasFocus());
    auto* name = f.find<QLineEdit>("label.person");
    name->setFocus();
    f.type(u"Ada 1"_s);
    QCOMPARE(name->text(), u"Ada 1"_s);
    QVERIFY(f.key(Qt::Key_Return));
    QTRY_COMPARE(f.label->annotator(), u"Ada 1"_s);
    QCOMPARE(f.label->row(), row);
    QCOMPARE(f.store().decisions(std::nullopt, 10)->size(), std::size_t{0});
    QVERIFY(f.waitFor([&] { return f.label->state().phase == Phase::Row; }));
    QVERIFY(f.key(Qt::Key_2));
    QTRY_COMPARE(f.store().details(row)->annotations.size(), std::size_t{1});
    QCOMPARE(f.store().details(row)->annotations.front().annotator, std::string("Ada 1"));
}

void TestLabelWindow::pairsByArrows() {
    LabelWindow f(6, pairRow);
    QVERIFY(f.open());
    for (const Qt::Key key : {Qt::Key_Left, Qt::Key_Right, Qt::Key_Equal}) {
        const RowId row = f.label->row();
        const QString left = f.find<QLabel>("label.answer")->text();
        const QString right = f.find<QLabel>("label.other")->text();
        QVERIFY(left != right);
        QVERIFY(f.find<QWidget>("label.other")->isVisible());
        QVERIFY(f.key(key));
        QTRY_VERIFY(f.label->row() != row);
        const auto now = f.store().details(row);
        const QString chosen = qs(now->sample.row["chosen"].get<std::string>());
        QCOMPARE(now->annotations.size(), std::size_t{1});
        if (key == Qt::Key_Equal) {
            QCOMPARE(now->annotations.front().pair, std::string("tie"));
        } else {
            QCOMPARE(chosen, key == Qt::Key_Left ? left : right);
        }
    }
}

void TestLabelWindow::labelsAreDefinedInTheWindow() {
    LabelWindow f(18, sectionRow);
    QVERIFY(f.open(QSize(1280, 800), false));
    QVERIFY(f.find<QWidget>("label.define")->isVisible());
    f.find<QPushButton>("label.define")->click();
    f.find<QPushButton>("label.set.take")->click();
    QVERIFY(f.waitFor([&] { return f.window->findChild<QLineEdit*>(u"label.set.name.9"_s) != nullptr; }));
    f.find<QLineEdit>("label.set.question")->setText(u"which section?"_s);
    f.find<QPlainTextEdit>("label.set.guideline")->setPlainText(u"By *purpose*."_s);
    f.find<QPushButton>("label.set.add")->click();
    QVERIFY(f.find<QLineEdit>("label.set.name.10")->hasFocus());
    f.type(u"utils"_s); // twice
    f.find<QPushButton>("label.set.save")->click();
    QVERIFY(f.find<QWidget>("label.set.error")->isVisible());
    f.find<QLineEdit>("label.set.name.10")->setText(u"games"_s);
    f.find<QPushButton>("label.set.up.10")->click();
    QCOMPARE(f.find<QLineEdit>("label.set.name.9")->text(), u"games"_s);
    const QString first = f.find<QLineEdit>("label.set.name.1")->text();
    f.find<QPushButton>("label.set.save")->click();
    QTRY_COMPARE(f.store().labelSet()->labels.size(), std::size_t{10});
    QCOMPARE(f.store().labelSet()->labels[8].name, std::string("games"));
    QCOMPARE(f.store().labelSet()->guideline, std::string("By *purpose*."));
    QVERIFY(f.label->labelsAreAnswers());
    QVERIFY(f.card()->hasFocus());
    QVERIFY(f.find<QWidget>("label.guideline")->isVisible());
    const RowId row = f.label->row();
    QVERIFY(f.key(Qt::Key_1));
    QTRY_COMPARE(qs(f.store().details(row)->cells.answer), first);
}

void TestLabelWindow::secondPassAndDisagreements() {
    LabelWindow f(12, sectionRow);
    QVERIFY(f.open());
    for (int i = 0; i < 12; ++i) {
        const RowId row = f.label->row();
        QVERIFY(f.key(static_cast<Qt::Key>(Qt::Key_1 + i % 2)));
        QTRY_VERIFY(f.label->row() != row);
    }
    QTRY_COMPARE(f.label->state().phase, Phase::AllDecided);
    f.find<QPushButton>("label.second")->click();
    auto* name = f.find<QLineEdit>("label.second.name");
    QVERIFY(name->hasFocus());
    f.type(u"Ben"_s);
    QTest::keyClick(name, Qt::Key_Return);
    QVERIFY(f.waitFor([&] { return f.label->state().phase == Phase::Row && f.card()->hasFocus(); }));
    for (int i = 0; i < 12; ++i) {
        const RowId row = f.label->row();
        for (int choice = 1; choice <= 9; ++choice) {
            const auto* button = f.window->findChild<QAbstractButton*>(u"label.choice.%1"_s.arg(choice));
            QVERIFY(!button->isChecked());
            QVERIFY(!button->accessibleDescription().contains(u"in force"_s));
        }
        QVERIFY(f.key(static_cast<Qt::Key>(Qt::Key_1 + (i < 3 ? (i + 1) % 2 : i % 2))));
        QTRY_VERIFY(f.label->row() != row);
    }
    auto* link = f.find<QPushButton>("label.disagreements");
    QTRY_COMPARE_WITH_TIMEOUT(link->text(), u"Show 3 disagreements"_s, 10'000);
    QVERIFY(f.find<QLabel>("label.kappa.interval")->text().startsWith(u"12 shared rows"_s));
    link->click();
    AgreementPresenter& both = f.label->agreement();
    const auto settle = [&](Qt::Key key, std::size_t left) {
        return f.waitFor([&] {
            return both.details() && !both.saving() && both.current() != nullptr &&
                   both.details()->cells.id == both.current()->row;
        }) && (QTest::keyClick(QApplication::focusWidget(), key), true) &&
               f.waitFor([&] { return both.openCount() == left && !both.saving(); });
    };
    QTRY_COMPARE(both.disagreements().size(), std::size_t{3});
    const RowId row = both.current()->row;
    const std::string second = both.current()->second;
    QVERIFY(settle(Qt::Key_2, 2));
    QCOMPARE(f.store().details(row)->cells.label, second);
    QVERIFY(settle(Qt::Key_1, 1));
    QVERIFY(f.waitFor([&] { return both.details() && both.details()->cells.id == both.current()->row; }));
    const RowId third = both.current()->row;
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_0);
    f.type(u"games"_s);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
    QTRY_COMPARE(both.openCount(), std::size_t{0});
    QCOMPARE(f.store().details(third)->cells.label, std::string("games"));
    QVERIFY(settle(Qt::Key_U, 1));
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_L);
    QVERIFY(f.find<QWidget>("label.back")->isVisible());
}

void TestLabelWindow::clicksLeaveTheKeysToTheCard() {
    LabelWindow f(10, sectionRow);
    QVERIFY(f.open());
    for (const char* name : {"label.choice.3", "label.accept", "label.reject"}) {
        const RowId row = f.label->row();
        QTest::mouseClick(f.find<QWidget>(name), Qt::LeftButton);
        QTRY_VERIFY(f.label->row() != row);
        QVERIFY(f.card()->hasFocus());
    }
    const RowId row = f.label->row();
    QVERIFY(f.key(Qt::Key_4));
    QTRY_VERIFY(f.label->row() != row);
    auto* order = f.find<QComboBox>("label.order");
    QVERIFY(!order->model()->index(1, 0).flags().testFlag(Qt::ItemIsEnabled)); // no losses yet
}

void TestLabelWindow::narrowWindowsKeepEverything() {
    LabelWindow f(10, sectionRow);
    QVERIFY(f.open(QSize(960, 600)));
    const auto* page = f.window->findChild<LabelPage*>();
    QTest::qWait(50);
    for (const QWidget* each : page->findChildren<QWidget*>()) {
        if (each->isVisible() && each->focusPolicy() != Qt::NoFocus) { // nothing to press is cut off
            const QRect at(each->mapTo(page, QPoint(0, 0)), each->size());
            QVERIFY2(at.left() >= 0 && at.right() < page->width(), qPrintable(each->objectName()));
        }
    }
    auto* side = f.find<QWidget>("label.side.scroll");
    QVERIFY(!side->isVisible());
    QTest::keyClick(f.card(), Qt::Key_F4);
    QTRY_VERIFY(side->isVisible());
    QVERIFY(f.card()->width() >= Theme::current().u(60));
    QTest::keyClick(f.card(), Qt::Key_F4);
    QTRY_VERIFY(!side->isVisible());
    QVERIFY(f.find<QWidget>("label.accept")->visibleRegion().boundingRect().height() > 0);
    f.window->resize(1280, 800);
    QTRY_VERIFY(side->isVisible());
}

void TestLabelWindow::everyControlHasAName() {
    LabelWindow f(10, sectionRow);
    QVERIFY(f.open());
    const auto* page = f.window->findChild<LabelPage*>();
    for (const QString& part : {QString(), u"labels"_s, u"second"_s, u"settle"_s}) {
        const_cast<LabelPage*>(page)->showPart(part);
        for (const QWidget* widget : page->findChildren<QWidget*>()) {
            if (!widget->isVisible() || widget->focusPolicy() == Qt::NoFocus || widget->focusProxy() != nullptr ||
                widget->objectName().startsWith(u"qt_"_s) || !widget->isEnabled()) {
                continue;
            }
            const auto* button = qobject_cast<const QAbstractButton*>(widget);
            const bool named = !widget->accessibleName().isEmpty() || (button != nullptr && !button->text().isEmpty());
            QVERIFY2(named, qPrintable(u"%1 %2"_s.arg(QString::fromLatin1(widget->metaObject()->className()),
                                                      widget->objectName())));
        }
    }
}

void TestLabelWindow::languageAndThemeChangeKeepTheRow() {
    LabelWindow f(10, sectionRow);
    QVERIFY(f.open());
    QVERIFY(f.key(Qt::Key_3));
    QVERIFY(f.key(Qt::Key_J));
    const RowId row = f.label->row();
    f.settings->setValue(Setting::LookLanguage, u"zh_CN"_s);
    QTRY_VERIFY(f.find<QPushButton>("label.accept")->text() != u"Accept"_s);
    QCOMPARE(f.label->row(), row);
    QTRY_VERIFY(f.card()->isVisible());
    f.card()->setFocus();
    QVERIFY(f.key(Qt::Key_2));
    QTRY_COMPARE(f.store().details(row)->cells.label, std::string("libs"));
    f.settings->setScheme(SchemeChoice::Dark);
    QTRY_COMPARE(Theme::current().scheme(), Scheme::Dark);
    QVERIFY(f.key(Qt::Key_U));
    QTRY_VERIFY(f.store().details(row)->cells.label.empty());
}

QTEST_MAIN(TestLabelWindow)
#include "test_label_window.moc"
