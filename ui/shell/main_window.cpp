#include "shell/main_window.h"

#include "bridge/dialog_service.h"
#include "bridge/strings.h"
#include "settings/settings.h"
#include "shell/archive_strip.h"
#include "shell/closing_page.h"
#include "shell/go_to.h"
#include "shell/notifier.h"
#include "widgets/icons.h"
#include "workspace/workspace.h"

#include <QApplication>
#include <QCloseEvent>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScreen>
#include <QShortcut>
#include <QSplitter>
#include <QTextEdit>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

MainWindow::MainWindow(const ShellContext& context, QVector<ScreenSpec> screens, QWidget* parent)
    : QMainWindow(parent)
    , m_context(context)
    , m_screens(std::move(screens))
    , m_commands(new Commands(this)) {
    setObjectName(u"main"_s);
    setWindowTitle(u"Fettle"_s);
    setWindowIcon(QIcon(u":/fettle/fettle.svg"_s));
    // 960x600 at a usual font; larger text needs more, but never more than the screen has.
    setMinimumSize(960, 600);
    build();
    connectCommands();
    Settings& settings = context.settings;
    if (const QByteArray geometry = settings.value(Setting::WindowGeometry).toByteArray();
        geometry.isEmpty() || !restoreGeometry(geometry)) {
        resize(1280, 800);
    }
    connect(&Theme::current(), &Theme::metricsChanged, this, &MainWindow::rebuild, Qt::QueuedConnection);
    Workspace& workspace = context.workspace;
    connect(&workspace, &Workspace::failed, this, &MainWindow::showFailure);
    connect(&workspace, &Workspace::imported, this, &MainWindow::showImport);
    connect(&workspace, &Workspace::importUnclear, this, [this](const QString& file, const Error& error) {
        showFailure(tr("Importing %1").arg(file.section(u'/', -1)), error);
        if (spec(u"data"_s) != nullptr) {
            m_error->setRepair(tr("Choose what its columns become"), [this, file] {
                m_error->setError({});
                m_context.workspace.createForImport(file);
            });
        }
    });
    connect(&workspace, &Workspace::importWanted, this,
            [this](const QString& file) { showScreen(u"data"_s, u"import:"_s % file); });
    connect(&workspace, &Workspace::projectChanged, this, [this] {
        const QString name = m_context.workspace.projectName();
        setWindowTitle(name.isEmpty() ? u"Fettle"_s : name % u" – Fettle"_s);
        m_context.settings.setValue(Setting::LastProject, m_context.workspace.projectFolder());
        if (const ScreenSpec* now = spec(m_current);
            now != nullptr && now->needsProject && !m_context.workspace.hasProject()) {
            showScreen(m_screens.first().id);
        }
    });
    auto* notifier = new Notifier(context, *this);
    connect(notifier, &Notifier::toastWanted, this, [this](const QString& text, const QString& folder) {
        m_toast->showMessage(text, tr("Show"), [this, folder] { Q_EMIT m_runs->runOpened(folder); });
    });
    connect(&workspace, &Workspace::runDeleted, this, [this](const QString& title) {
        m_toast->showMessage(tr("%1 deleted").arg(title), tr("Undo"), [this] { m_context.workspace.restoreRun(); });
    });
    connect(&workspace, &Workspace::startFromRecipe, this, [this] {
        if (spec(u"train"_s) != nullptr) {
            showScreen(u"train"_s, u"new"_s);
        }
    });
    connect(&settings, &Settings::changed, this, &MainWindow::placeRuns);
    placeRuns();
    connect(&workspace, &Workspace::runEnded, this, [this] {
        if (m_closing && !m_context.workspace.hasActiveRuns()) {
            close();
        }
    });
    showScreen(m_screens.first().id);
}

MainWindow::~MainWindow() = default;

const ScreenSpec* MainWindow::spec(const QString& id) const {
    const auto it =
        std::find_if(m_screens.begin(), m_screens.end(), [&id](const ScreenSpec& each) { return each.id == id; });
    return it == m_screens.end() ? nullptr : &*it;
}

void MainWindow::build() {
    const Theme& theme = Theme::current();
    auto* central = new QWidget;
    auto* row = new QHBoxLayout(central);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    m_rail = new Rail(m_context, m_screens);
    m_splitter = new QSplitter(Qt::Vertical);
    m_splitter->setObjectName(u"splitter"_s);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(1); // the strip has its own top line
    m_pageArea = new QWidget;
    m_pageArea->setObjectName(u"page"_s);
    auto* column = new QVBoxLayout(m_pageArea);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_busyBox = new QWidget;
    auto* busyRow = new QVBoxLayout(m_busyBox);
    busyRow->setContentsMargins(theme.u(7), theme.u(3), theme.u(7), 0);
    m_busy = new ProgressRow({}, u"busy"_s);
    busyRow->addWidget(m_busy);
    auto* errorBox = new QWidget;
    auto* errorRow = new QHBoxLayout(errorBox);
    errorRow->setContentsMargins(theme.u(7), theme.u(3), theme.u(7), 0);
    m_error = new InlineError(u"shell.error"_s);
    errorRow->addWidget(m_error);
    errorBox->hide();
    connect(m_error, &InlineError::shownChanged, errorBox, &QWidget::setVisible);
    m_stack = new QStackedWidget;
    m_archives = new ArchiveStrip(m_context, this);
    column->addWidget(m_busyBox);
    column->addWidget(m_archives);
    column->addWidget(errorBox);
    column->addWidget(m_stack, 1);
    m_toast = new Toast(m_pageArea);
    m_runs = new RunsPane(m_context);
    m_splitter->addWidget(m_pageArea);
    m_splitter->addWidget(m_runs);
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setStretchFactor(1, 0);
    row->addWidget(m_rail);
    row->addWidget(m_splitter, 1);
    setCentralWidget(central);
    m_busyBox->hide();

    connect(m_rail, &Rail::chosen, this, [this](const QString& id) { showScreen(id); });
    connect(m_rail, &Rail::commandWanted, this, &MainWindow::run);
    connect(m_runs, &RunsPane::openWanted, this, &MainWindow::setRunsOpen);
    auto* undo = new QShortcut(QKeySequence::Undo, m_runs);
    undo->setContext(Qt::WidgetWithChildrenShortcut); // elsewhere it undoes what is there
    connect(undo, &QShortcut::activated, this, [this] { m_context.workspace.restoreRun(); });
    connect(m_runs, &RunsPane::sweepWanted, this, [this](const QString& id) {
        if (spec(u"train"_s) != nullptr) {
            showScreen(u"train"_s, id.isEmpty() ? u"sweep"_s : QString(u"sweep:"_s % id));
        }
    });
    connect(m_runs, &RunsPane::runOpened, this, [this](const QString& folder) {
        m_context.workspace.showRun(folder);
        if (spec(u"train"_s) != nullptr) {
            showScreen(u"train"_s, u"run"_s);
        }
    });
    connect(m_archives, &ArchiveStrip::opened, m_runs, &RunsPane::runOpened);
    connect(m_archives, &ArchiveStrip::said, m_toast, [this](const QString& text) { m_toast->showMessage(text); });
    connect(m_runs, &RunsPane::partWanted, this, [this](const QString& part) {
        if (spec(u"train"_s) != nullptr) {
            showScreen(u"train"_s, part);
        }
    });
    connect(m_runs, &RunsPane::importWanted, m_archives, &ArchiveStrip::chooseFiles);
    connect(m_splitter, &QSplitter::splitterMoved, this, &MainWindow::rememberRunsHeight);
    Workspace& workspace = m_context.workspace;
    connect(&workspace, &Workspace::busyChanged, m_busyBox, [this] {
        const QString what = m_context.workspace.busyWith();
        if (!what.isEmpty()) {
            auto* fresh = new ProgressRow(what, u"busy"_s);
            delete m_busyBox->layout()->replaceWidget(m_busy, fresh);
            m_busy->hide();
            m_busy->deleteLater();
            m_busy = fresh;
            fresh->setProgress(std::nullopt, {});
            connect(fresh, &ProgressRow::cancelled, &m_context.workspace, &Workspace::cancelBusy);
            m_error->setError({});
        }
        m_busyBox->setVisible(!what.isEmpty());
    });
    connect(&workspace, &Workspace::progressed, m_busyBox, [this](double fraction, const QString& counted) {
        m_busy->setProgress(
            fraction < 0 ? std::nullopt : std::optional<double>(fraction),
            fraction < 0 && !counted.isEmpty() ? tr("%1 rows").arg(Format::exactCount(counted.toLongLong())) : counted);
    });
    applyWidth();
}

void MainWindow::rebuild() {
    const QString current = m_current;
    const bool open = m_runs->isOpen();
    QWidget* focus = QApplication::focusWidget();
    const QString focused = focus != nullptr && focus->window() == this ? focus->objectName() : QString();
    m_pages.clear();
    m_current.clear();
    QWidget* old = takeCentralWidget();
    old->hide();
    old->deleteLater(); // a signal of one of its widgets may have led here
    m_commands->retranslate();
    m_context.workspace.refreshRuns(); // its rows hold words of the language
    build();
    showScreen(current);
    setRunsOpen(open);
    if (!focused.isEmpty()) {
        if (auto* again = centralWidget()->findChild<QWidget*>(focused)) {
            again->setFocus(Qt::OtherFocusReason);
        }
    }
}

void MainWindow::showScreen(const QString& id, const QString& part, Qt::FocusReason reason) {
    const ScreenSpec* wanted = spec(id);
    if (wanted == nullptr || (wanted->needsProject && !m_context.workspace.hasProject())) {
        return;
    }
    Screen* page = m_pages.value(id);
    if (page == nullptr) {
        page = wanted->make(m_stack);
        page->setObjectName(id);
        page->setAccessibleName(wanted->title());
        connect(page, &Screen::goTo, this,
                [this](const QString& screen, const QString& where) { showScreen(screen, where); });
        connect(page, &Screen::toast, this,
                [this](const QString& text, const QString& action, std::function<void()> act) {
                    m_toast->showMessage(text, action, std::move(act));
                });
        m_pages.insert(id, page);
        m_stack->addWidget(page);
    }
    if (m_current != id) {
        rememberRunsHeight();
        if (!m_current.isEmpty()) {
            m_history.removeAll(m_current);
            m_history.append(m_current);
        }
        m_current = id;
        m_context.settings.setValue(Setting::LastScreen, id);
    }
    m_stack->setCurrentWidget(page);
    m_rail->setCurrent(id);
    if (!part.isEmpty()) {
        page->showPart(part);
    }
    page->entered();
    if (reason == Qt::ShortcutFocusReason) {
        if (QWidget* first = page->firstFocus()) {
            first->setFocus(reason);
        } else {
            page->setFocus(reason);
        }
    }
    if (m_runs->isOpen()) {
        setRunsOpen(true); // the height of this screen
    }
}

void MainWindow::setRunsOpen(bool open) {
    const bool was = m_runs->isOpen();
    if (was && !open) {
        rememberRunsHeight();
    }
    m_runs->setOpen(open);
    const int total = std::max(m_splitter->height(), 1);
    int height = m_runs->stripHeight();
    if (open) {
        const QVariantMap heights = m_context.settings.value(Setting::RunsHeights).toMap();
        const Theme& theme = Theme::current();
        const int usual = m_runs->stripHeight() + m_runs->headHeight() + theme.u(7.5) +
                          theme.rowHeight() * std::clamp(m_context.workspace.runs().rowCount(), 2, 4) + theme.u(1);
        height = std::clamp(heights.value(m_current, usual).toInt(), m_runs->minimumHeight(),
                            std::max(m_runs->minimumHeight(), total * 2 / 3));
    }
    m_splitter->setSizes({total - height, height});
}

void MainWindow::rememberRunsHeight() {
    if (m_runs == nullptr || !m_runs->isOpen() || m_current.isEmpty() || !isVisible()) {
        return;
    }
    QVariantMap heights = m_context.settings.value(Setting::RunsHeights).toMap();
    heights.insert(m_current, m_runs->height());
    m_context.settings.setValue(Setting::RunsHeights, heights);
}

void MainWindow::connectCommands() {
    for (const CommandRow& row : commandTable()) {
        connect(m_commands->action(row.command), &QAction::triggered, this,
                [this, command = row.command] { run(command); });
    }
}

void MainWindow::run(Command command) {
    Workspace& workspace = m_context.workspace;
    Settings& settings = m_context.settings;
    // "?" types a question mark where text is edited.
    const auto typing = [] {
        QWidget* focus = QApplication::focusWidget();
        return qobject_cast<QLineEdit*>(focus) != nullptr || qobject_cast<QTextEdit*>(focus) != nullptr ||
               qobject_cast<QPlainTextEdit*>(focus) != nullptr;
    };
    switch (command) {
    case Command::Home:
        showScreen(u"home"_s, {}, Qt::ShortcutFocusReason);
        break;
    case Command::Data:
        showScreen(u"data"_s, {}, Qt::ShortcutFocusReason);
        break;
    case Command::Train:
        showScreen(u"train"_s, {}, Qt::ShortcutFocusReason);
        break;
    case Command::Settings:
        showScreen(u"settings"_s, {}, Qt::ShortcutFocusReason);
        break;
    case Command::Help:
        showScreen(u"help"_s, {}, Qt::ShortcutFocusReason);
        break;
    case Command::Keys:
        if (typing()) {
            if (auto* line = qobject_cast<QLineEdit*>(QApplication::focusWidget())) {
                line->insert(u"?"_s);
            } else if (auto* plain = qobject_cast<QPlainTextEdit*>(QApplication::focusWidget())) {
                plain->insertPlainText(u"?"_s);
            }
        } else {
            showScreen(u"help"_s, u"keys"_s, Qt::ShortcutFocusReason);
        }
        break;
    case Command::NewProject:
        showScreen(m_screens.first().id, u"new"_s);
        break;
    case Command::OpenProject:
        m_context.dialogs.openFolder(this, tr("Open project"), qs(workspace.options().projectsFolder),
                                     [&workspace](const QString& folder) {
                                         if (!folder.isEmpty()) {
                                             workspace.openProject(folder);
                                         }
                                     });
        break;
    case Command::ImportFile:
        m_context.dialogs.openFile(this,
                                   {.title = tr("New project from a file"),
                                    .folder = {},
                                    .filters = {tr("Rows (*.jsonl *.json *.csv *.tsv *.txt)"), tr("All files (*)")}},
                                   [&workspace](const QString& file) {
                                       if (!file.isEmpty()) {
                                           workspace.createFromFile(file);
                                       }
                                   });
        break;
    case Command::ImportRun:
        m_archives->chooseFiles();
        break;
    case Command::Primary:
        if (Screen* page = m_pages.value(m_current);
            page != nullptr && page->primaryButton() != nullptr && page->primaryButton()->isVisible()) {
            page->primaryButton()->click();
        }
        break;
    case Command::GoTo: {
        auto* panel = new GoToPanel(m_screens, *m_commands, workspace, this);
        connect(panel, &GoToPanel::screenChosen, this,
                [this](const QString& id, const QString& part) { showScreen(id, part, Qt::ShortcutFocusReason); });
        panel->open();
        break;
    }
    case Command::NextPane:
        nextPane(1);
        break;
    case Command::PreviousPane:
        nextPane(-1);
        break;
    case Command::ToggleRuns:
        setRunsOpen(!m_runs->isOpen());
        break;
    case Command::PauseRun:
        m_runs->pauseOrResume();
        break;
    case Command::StopRun:
        m_runs->stopAndSave();
        break;
    case Command::Back:
        if (!m_error->isHidden()) {
            m_error->setError({});
        } else if (!m_history.isEmpty()) {
            const QString back = m_history.takeLast();
            showScreen(back, {}, Qt::ShortcutFocusReason);
            m_history.removeLast(); // going back is not gone forward
        }
        break;
    case Command::LargerText:
        settings.setPointSize(Theme::current().pointSize() + 1);
        break;
    case Command::SmallerText:
        settings.setPointSize(Theme::current().pointSize() - 1);
        break;
    case Command::ToggleDensity:
        settings.setDensity(settings.density() == Density::Compact ? Density::Comfortable : Density::Compact);
        break;
    case Command::FullScreen:
        setWindowState(windowState() ^ Qt::WindowFullScreen);
        break;
    case Command::Quit:
        close();
        break;
    case Command::Count:
        break;
    }
}

void MainWindow::nextPane(int step) {
    QWidget* focus = QApplication::focusWidget();
    const int now = focus == nullptr               ? -1
                    : m_rail->isAncestorOf(focus)  ? 2
                    : m_runs->isAncestorOf(focus)  ? 1
                    : m_stack->isAncestorOf(focus) ? 0
                                                   : -1;
    switch (now < 0 ? 0 : (now + step + 3) % 3) {
    case 0:
        if (Screen* page = m_pages.value(m_current)) {
            QWidget* first = page->firstFocus();
            if (first == nullptr) { // the first control of the page
                for (QWidget* next = page->nextInFocusChain(); next != page; next = next->nextInFocusChain()) {
                    if (page->isAncestorOf(next) && next->isVisible() && next->isEnabled() &&
                        (next->focusPolicy() & Qt::TabFocus) != 0) {
                        first = next;
                        break;
                    }
                }
            }
            if (first != nullptr) {
                first->setFocus(Qt::ShortcutFocusReason);
            }
        }
        break;
    case 1:
        m_runs->focusPane(Qt::ShortcutFocusReason);
        break;
    default:
        m_rail->focusCurrent(Qt::ShortcutFocusReason);
        break;
    }
}

void MainWindow::showFailure(const QString& action, const Error& error) {
    const ErrorText text = describe(error);
    m_error->setError(tr("%1 failed: %2").arg(action, text.what), text.meaning, text.details);
    m_error->setRepair(tr("Dismiss"), [this] { m_error->setError({}); });
}

void MainWindow::showImport(const ImportOutcome& outcome) {
    const QString good = Format::exactCount(outcome.goodRows);
    if (outcome.faultCount == 0) {
        m_toast->showMessage(
            tr("%Ln row(s) imported from %1", nullptr, static_cast<int>(outcome.goodRows)).arg(outcome.file));
    } else {
        QString details;
        for (const std::string& fault : outcome.faults) {
            details += qs(fault) % u'\n';
        }
        if (outcome.faultCount > static_cast<std::int64_t>(outcome.faults.size())) {
            details +=
                tr("and %1 more")
                    .arg(Format::exactCount(outcome.faultCount - static_cast<std::int64_t>(outcome.faults.size())));
        }
        m_error->setError(tr("%1 of %2 rows of %3 cannot be used.")
                              .arg(Format::exactCount(outcome.rows - outcome.goodRows),
                                   Format::exactCount(outcome.rows), outcome.file),
                          tr("The other %1 rows were imported. Details name line, key and reason of each.").arg(good),
                          details.trimmed());
        if (spec(u"data"_s) != nullptr) {
            m_error->setRepair(tr("Show them"), [this] {
                m_error->setError({});
                showScreen(u"data"_s, u"files"_s);
            });
        } else {
            m_error->setRepair(tr("Dismiss"), [this] { m_error->setError({}); });
        }
    }
    if (spec(u"data"_s) != nullptr) {
        showScreen(u"data"_s);
    }
}

QString MainWindow::shownError() const {
    return !m_error->isHidden() ? m_error->what() : QString();
}

void MainWindow::applyWidth() {
    const Theme& theme = Theme::current();
    // 1060 px at u = 4: larger text narrows earlier.
    m_rail->setNarrow(width() < theme.u(265));
}

void MainWindow::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    applyWidth();
    if (m_runs != nullptr && !m_runs->isOpen()) {
        setRunsOpen(false);
    }
}

void MainWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
}

void MainWindow::placeRuns() {
    m_context.workspace.setRunPlace(m_context.settings.value(Setting::TrainApart).toBool() ? train::RunPlace::Apart
                                                                                           : train::RunPlace::Here,
                                    m_context.settings.value(Setting::TrainNice).toBool());
}

void MainWindow::saveState() {
    rememberRunsHeight();
    m_context.settings.setValue(Setting::WindowGeometry, saveGeometry());
}

void MainWindow::showClosing() {
    auto* page = new ClosingPage(m_context.workspace);
    m_stack->addWidget(page);
    m_stack->setCurrentWidget(page);
    m_rail->setEnabled(false); // nothing can be begun any more
    m_runs->setEnabled(false);
    page->setFocus(Qt::OtherFocusReason);
}

void MainWindow::closeEvent(QCloseEvent* event) {
    saveState();
    if (m_context.workspace.hasActiveRuns()) {
        // The step is finished and saved, then the window closes by itself; the event loop stays alive meanwhile.
        event->ignore();
        if (m_closing) {
            return;
        }
        m_context.dialogs.confirm(
            this,
            {.what = tr("A run is active. Stop it and close?"),
             .meaning = tr("The step is finished and saved. The run can be continued later from there."),
             .verb = tr("Stop, save and close")},
            [this](bool yes) {
                if (yes) {
                    m_closing = true;
                    m_context.workspace.stopAll();
                    showClosing();
                    if (!m_context.workspace.hasActiveRuns()) {
                        close();
                    }
                }
            });
        return;
    }
    event->accept();
    Q_EMIT closed();
}

} // namespace fettle::ui
