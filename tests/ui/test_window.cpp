// The real window: keys, panes, narrow windows, languages, errors at their place, closing while training, names for
// screen readers.
#include "bridge/strings.h"
#include "recipe/fields.h"
#include "ui_fixture.h"

#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QComboBox>
#include <QDropEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTextBrowser>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using jobs::RunState;

namespace {

/// Controls that a person can reach: visible, enabled, focusable.
QList<QWidget*> controls(QWidget* root) {
    QList<QWidget*> out;
    for (QWidget* widget : root->findChildren<QWidget*>()) {
        if (widget->isVisible() && widget->isEnabled() && (widget->focusPolicy() & Qt::TabFocus) != 0) {
            out << widget;
        }
    }
    return out;
}

QString pathOf(QWidget* widget) {
    QString path;
    for (QWidget* each = widget; each != nullptr; each = each->parentWidget()) {
        path = QString::fromLatin1(each->metaObject()->className()) % u'#' % each->objectName() % u" / "_s % path;
    }
    return path;
}

} // namespace

class TestWindow : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnMessages(); }

    void firstRunShowsHomeWithTheSampleAsMainButton() {
        WindowFixture f;
        QVERIFY(f.show());
        QCOMPARE(f.window->currentScreen(), u"home"_s);
        QVERIFY(!f.find("home.current")->isVisible());
        QCOMPARE(f.find("home.sample")->property("kind").toString(), u"primary"_s);
        QCOMPARE(f.window->screen(u"home"_s)->primaryButton()->objectName(), u"home.sample"_s);
        QTest::keyClick(f.window.get(), Qt::Key_Return, Qt::ControlModifier); // the main button by key
        QTRY_VERIFY(f.workspace->hasProject());
        QTRY_VERIFY(f.find("home.current")->isVisible());
        QCOMPARE(f.find("home.sample")->property("kind").toString(), u"plain"_s); // one primary a page
        QTRY_VERIFY(f.find("home.recent")->isVisible());
    }

    void everyControlHasAName() {
        for (const QString& tongue : {u"en"_s, u"zh_CN"_s}) {
            WindowFixture f(train::FakeScript{}, tongue);
            QVERIFY(f.show());
            QVERIFY(f.openRows());
            for (const QString& screen : {u"home"_s, u"help"_s, u"settings"_s}) {
                f.window->showScreen(screen);
                f.window->setRunsOpen(true);
                const QList<QWidget*> all = controls(f.window.get());
                QVERIFY(all.size() >= 5);
                for (QWidget* widget : all) {
                    if (qobject_cast<QScrollBar*>(widget) != nullptr) {
                        continue;
                    }
                    QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(widget);
                    QVERIFY2(accessible != nullptr, qPrintable(pathOf(widget)));
                    QVERIFY2(!accessible->text(QAccessible::Name).isEmpty(), qPrintable(pathOf(widget)));
                }
            }
        }
    }

    void tabReachesEveryControlOfAPage() {
        WindowFixture f;
        QVERIFY(f.show());
        f.window->showScreen(u"settings"_s);
        QSet<QWidget*> reached;
        f.find("settings.theme.system")->setFocus();
        for (int i = 0; i < 60; ++i) {
            f.key(Qt::Key_Tab);
            reached.insert(QApplication::focusWidget());
        }
        for (const char* name : {"settings.language", "settings.size", "settings.font", "settings.motion",
                                 "settings.look.reset", "runs.toggle", "rail.settings"}) {
            QVERIFY2(reached.contains(f.find(name)), name);
        }
    }

    void keysGoToScreensAndBack() {
        WindowFixture f;
        QVERIFY(f.show());
        f.key(Qt::Key_Comma, Qt::ControlModifier);
        QCOMPARE(f.window->currentScreen(), u"settings"_s);
        f.key(Qt::Key_F1);
        QCOMPARE(f.window->currentScreen(), u"help"_s);
        f.key(Qt::Key_0, Qt::ControlModifier);
        QCOMPARE(f.window->currentScreen(), u"home"_s);
        f.key(Qt::Key_Escape);
        QCOMPARE(f.window->currentScreen(), u"help"_s);
        f.key(Qt::Key_Question);
        QCOMPARE(f.window->currentScreen(), u"help"_s);
        QCOMPARE(static_cast<HelpPage*>(f.window->screen(u"help"_s))->topic(), u"keys"_s);
        QVERIFY(f.find<QTextBrowser>("help.text")->toPlainText().contains(u"Ctrl+J"));
    }

    void commandsHaveOneKeyEach() {
        QSet<QString> used;
        for (const CommandRow& row : commandTable()) {
            QVERIFY(!row.keys().isEmpty());
            for (const QString& key : row.keys()) {
                QVERIFY2(!QKeySequence(key).isEmpty(), qPrintable(key));
                QVERIFY2(!used.contains(key), qPrintable(key));
                used.insert(key);
            }
        }
    }

    void f6GoesRoundThePanes() {
        WindowFixture f;
        QVERIFY(f.show());
        const auto in = [&f](const char* name) { return f.find(name)->isAncestorOf(QApplication::focusWidget()); };
        f.key(Qt::Key_F6);
        QTRY_VERIFY(in("home"));
        f.key(Qt::Key_F6);
        QVERIFY(in("runs"));
        f.key(Qt::Key_F6);
        QVERIFY(in("rail"));
        QCOMPARE(f.ring.target(), QApplication::focusWidget()); // the ring shows for keys
        f.key(Qt::Key_F6, Qt::ShiftModifier);
        QVERIFY(in("runs"));
        QTest::mousePress(f.find("page"), Qt::LeftButton);
        QVERIFY(f.ring.target() == nullptr);
        QTest::mouseRelease(f.find("page"), Qt::LeftButton);
    }

    void railMovesWithArrows() {
        WindowFixture f;
        QVERIFY(f.show());
        f.find("rail.home")->setFocus(Qt::TabFocusReason);
        f.key(Qt::Key_Down);
        QCOMPARE(QApplication::focusWidget()->objectName(), u"rail.help"_s);
        f.key(Qt::Key_Return);
        QCOMPARE(f.window->currentScreen(), u"help"_s);
    }

    void runsOpenAndCloseAndRemember() {
        WindowFixture f;
        QVERIFY(f.show());
        QVERIFY(f.openRows());
        QCOMPARE(f.window->runsPane().height(), f.window->runsPane().stripHeight());
        f.key(Qt::Key_J, Qt::ControlModifier);
        QTRY_VERIFY(f.window->runsPane().height() > f.window->runsPane().stripHeight() * 2);
        f.key(Qt::Key_J, Qt::ControlModifier);
        QTRY_COMPARE(f.window->runsPane().height(), f.window->runsPane().stripHeight());
    }

    void runIsSteeredFromTheStrip() {
        WindowFixture f(script(5000, 10));
        QVERIFY(f.show());
        QVERIFY(f.openRows());
        f.workspace->startRun(f.workspace->recipe());
        QTRY_VERIFY(f.find("runs.pause")->isVisible() && f.find("runs.pause")->isEnabled());
        f.key(Qt::Key_P, Qt::ControlModifier);
        QTRY_COMPARE(f.newestState(), RunState::Paused);
        QTRY_COMPARE(f.find<QPushButton>("runs.pause")->text(), u"Resume"_s);
        QTest::mouseClick(f.find("runs.pause"), Qt::LeftButton);
        QTRY_COMPARE(f.newestState(), RunState::Running);
        f.key(Qt::Key_S, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE(f.newestState(), RunState::Stopped);
        QTRY_VERIFY(!f.find("runs.stop")->isVisible());
    }

    void runsTableByKeyboard() {
        WindowFixture f;
        QVERIFY(f.show());
        QVERIFY(f.openRows());
        f.workspace->startRun(f.workspace->recipe());
        QTRY_COMPARE(f.newestState(), RunState::Succeeded);
        QTRY_VERIFY(!f.workspace->hasActiveRuns());
        f.window->setRunsOpen(true);
        auto* table = f.find<QAbstractItemView>("runs.table");
        table->setFocus(Qt::TabFocusReason);
        QVERIFY(table->currentIndex().isValid());
        f.key(Qt::Key_Space);
        QCOMPARE(f.workspace->overlays().size(), 1);
        f.key(Qt::Key_Space);
        QCOMPARE(f.workspace->overlays().size(), 0);
        f.key(Qt::Key_Delete); // can be undone, so it does not ask
        QTRY_COMPARE(f.workspace->runs().rowCount(), 0);
        QVERIFY(f.dialogs.asked.isEmpty());
        QVERIFY(f.workspace->overlays().isEmpty());
    }

    void projectIsMadeByKeyboard() {
        WindowFixture f;
        QVERIFY(f.show());
        f.key(Qt::Key_N, Qt::ControlModifier);
        auto* name = f.find<QLineEdit>("home.new.name");
        QTRY_VERIFY(name->hasFocus());
        f.key(Qt::Key_Return);
        QVERIFY(!name->accessibleDescription().isEmpty()); // an empty name is refused with words
        QVERIFY(!f.workspace->hasProject());
        QTest::keyClicks(name, u"Section names"_s);
        f.key(Qt::Key_Return);
        QTRY_VERIFY(f.workspace->hasProject());
        QCOMPARE(f.workspace->projectName(), u"Section names"_s);
        QTRY_VERIFY(f.window->windowTitle().contains(u"Section names"));
    }

    void droppedFileBecomesAProjectAndBadRowsAreTold() {
        WindowFixture f;
        QVERIFY(f.show());
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(f.rowsFile(20, 2))});
        QWidget* home = f.find("home");
        QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(home, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(home, &drop);
        QTRY_VERIFY(f.workspace->hasProject());
        QTRY_VERIFY(f.window->shownError().contains(u"2 of 22 rows"));
        f.key(Qt::Key_Escape);
        QVERIFY(f.window->shownError().isEmpty());
    }

    void failuresStandInTheWindowNotInADialog() {
        WindowFixture f;
        QVERIFY(f.show());
        f.dialogs.folder = f.folder.path(); // no project
        f.key(Qt::Key_O, Qt::ControlModifier);
        QTRY_VERIFY(!f.window->shownError().isEmpty());
        QVERIFY(QApplication::activeModalWidget() == nullptr);
        QTest::mouseClick(f.find("shell.error.details"), Qt::LeftButton);
        QTest::mouseClick(f.find("shell.error.repair"), Qt::LeftButton);
        QVERIFY(f.window->shownError().isEmpty());
    }

    void smallestWindowShowsIconsAndCutsNothing() {
        WindowFixture f;
        QVERIFY(f.show(QSize(960, 600)));
        QCOMPARE(f.window->size(), QSize(960, 600));
        QVERIFY(f.find<Rail>("rail")->isNarrow());
        QVERIFY(!f.find("rail.home")->toolTip().isEmpty());
        for (const QString& screen : {u"home"_s, u"settings"_s, u"help"_s}) {
            f.window->showScreen(screen);
            QTest::qWait(1);
            QWidget* page = f.window->screen(screen);
            for (QAbstractButton* button : page->findChildren<QAbstractButton*>()) {
                if (button->isVisible() && !button->text().isEmpty()) {
                    QVERIFY2(button->width() >= button->minimumSizeHint().width(), qPrintable(pathOf(button)));
                    const QPoint right = button->mapTo(page, QPoint(button->width(), 0));
                    QVERIFY2(right.x() <= page->width(), qPrintable(pathOf(button)));
                }
            }
        }
        f.window->resize(1280, 800);
        QTRY_VERIFY(!f.find<Rail>("rail")->isNarrow());
    }

    void themeChangesWhileRunning() {
        WindowFixture f;
        QVERIFY(f.show());
        f.window->showScreen(u"settings"_s);
        QTest::mouseClick(f.find("settings.theme.dark"), Qt::LeftButton);
        QCOMPARE(f.theme->scheme(), Scheme::Dark);
        const QColor page = f.window->grab().toImage().pixelColor(f.window->width() - 20, 5);
        QCOMPARE(page, Theme::color(Token::Window, Scheme::Dark));
        QCOMPARE(f.settings->scheme(), SchemeChoice::Dark);
    }

    void languageChangesWhileRunning() {
        WindowFixture f;
        QVERIFY(f.show());
        f.window->showScreen(u"settings"_s);
        auto* box = f.find<QComboBox>("settings.language");
        box->setCurrentIndex(box->findData(u"zh_CN"_s));
        Q_EMIT box->activated(box->currentIndex());
        QTRY_COMPARE(f.find<QAbstractButton>("rail.home")->text(), u"主页"_s);
        QCOMPARE(f.window->currentScreen(), u"settings"_s);
        QCOMPARE(QLocale().language(), QLocale::Chinese);
        f.settings->setValue(Setting::LookLanguage, u"en"_s);
        QTRY_COMPARE(f.find<QAbstractButton>("rail.home")->text(), u"Home"_s);
    }

    void textSizeAndDensityByKey() {
        WindowFixture f;
        QVERIFY(f.show());
        const int before = f.theme->pointSize();
        f.key(Qt::Key_Equal, Qt::ControlModifier);
        QCOMPARE(f.theme->pointSize(), before + 1);
        QTest::qWait(1); // built again
        f.key(Qt::Key_Minus, Qt::ControlModifier);
        QCOMPARE(f.theme->pointSize(), before);
        QTest::qWait(1);
        f.key(Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(f.theme->compact());
        QTRY_VERIFY(f.window->screen(u"home"_s) != nullptr);
    }

    void goToFindsByLetters() {
        QVERIFY(GoToPanel_score(u"set"_s, u"Settings"_s) > GoToPanel_score(u"set"_s, u"Smallest"_s));
        QCOMPARE(GoToPanel_score(u"xyz"_s, u"Settings"_s), -1);
        WindowFixture f;
        QVERIFY(f.show());
        f.key(Qt::Key_K, Qt::ControlModifier);
        QTRY_VERIFY(f.window->findChild<QLineEdit*>(u"goto.line"_s) != nullptr);
        auto* line = f.window->findChild<QLineEdit*>(u"goto.line"_s);
        QTest::keyClicks(line, u"loss curve"_s);
        QTest::keyClick(line, Qt::Key_Return);
        QTRY_COMPARE(f.window->currentScreen(), u"help"_s);
        QCOMPARE(static_cast<HelpPage*>(f.window->screen(u"help"_s))->topic(), u"loss-curve"_s);
    }

    void helpPagesExistInBothLanguages() {
        for (const auto& locale : {QLocale(QLocale::English), QLocale(QLocale::Chinese, QLocale::China)}) {
            QLocale::setDefault(locale);
            for (const HelpTopic& topic : helpTopics()) {
                const QString text = helpText(topic.id);
                QVERIFY2(text.size() > 200, qPrintable(topic.id));
                QVERIFY(text.startsWith(u"# "));
            }
            for (const recipe::Field& field : recipe::fields()) {
                QVERIFY2(helpText(u"settings"_s).contains(u'`' % qs(field.key) % u'`'), field.key.c_str());
            }
        }
        QLocale::setDefault(QLocale(QLocale::Chinese, QLocale::China));
        QVERIFY(helpText(u"rows"_s).contains(u"一行"));
    }

    void closingWhileTrainingAsksStopsAndSaves() {
        WindowFixture f(script(100000, 10));
        QVERIFY(f.show());
        QVERIFY(f.openRows());
        f.workspace->startRun(f.workspace->recipe());
        QTRY_COMPARE(f.newestState(), RunState::Running);
        QSignalSpy closed(f.window.get(), &MainWindow::closed);
        f.dialogs.yes = false;
        f.window->close();
        QCOMPARE(f.dialogs.asked.size(), 1);
        QVERIFY(f.window->isVisible()); // kept open
        f.dialogs.yes = true;
        f.window->close();
        QTRY_COMPARE(closed.size(), 1);
        QVERIFY(!f.window->isVisible());
        QCOMPARE(f.newestState(), RunState::Stopped);
    }

    void windowRemembersItsSize() {
        auto settings = Settings::createTemporary();
        WindowFixture f;
        QVERIFY(f.show(QSize(1100, 700)));
        f.window->close();
        QVERIFY(!f.settings->value(Setting::WindowGeometry).toByteArray().isEmpty());
    }

private:
    static int GoToPanel_score(const QString& query, const QString& text);
};

#include "shell/go_to.h"
int TestWindow::GoToPanel_score(const QString& query, const QString& text) {
    return GoToPanel::score(query, text);
}

QTEST_MAIN(TestWindow)
#include "test_window.moc"
