#include "shell/runs_pane.h"

#include "bridge/dialog_service.h"
#include "bridge/strings.h"
#include "widgets/icons.h"
#include "workspace/workspace.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QMenu>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using jobs::RunState;

RunsStrip runsStrip(const RunsModel& model) {
    RunsStrip strip;
    const int running =
        model.count(RunState::Running) + model.count(RunState::Starting) + model.count(RunState::Stopping);
    const int paused = model.count(RunState::Paused);
    const int queued = model.count(RunState::Queued);
    if (running > 0) {
        strip.counts.append({RunsPane::tr("%Ln running", nullptr, running), State::Accent});
    }
    if (paused > 0) {
        strip.counts.append({RunsPane::tr("%Ln paused", nullptr, paused), State::Warn});
    }
    if (queued > 0) {
        strip.counts.append({RunsPane::tr("%Ln queued", nullptr, queued), State::Neutral});
    }
    const RunRow* row = model.active();
    if (row == nullptr) {
        if (model.rowCount() == 0) {
            strip.line = RunsPane::tr("No run yet.");
            return strip;
        }
        const RunRow& last = model.rows().first();
        strip.line = RunsPane::tr("%1: %2").arg(last.title(), stateWord(last.summary.state, last.summary.reason).word);
        if (last.summary.trainLoss) {
            strip.line += u" · "_s % RunsPane::tr("loss %1").arg(Format::loss(last.summary.trainLoss));
        }
        return strip;
    }
    const run::RunSummary& s = row->summary;
    strip.name = row->title();
    strip.folder = qs(s.folder);
    strip.owned = row->owned;
    strip.paused = s.state == RunState::Paused;
    strip.canPause = row->owned && (s.state == RunState::Running || s.state == RunState::Paused);
    strip.canStop = row->owned && s.state != RunState::Stopping;
    strip.fraction = row->fraction();
    QStringList parts;
    if (s.state == RunState::Starting) {
        parts << RunsPane::tr("reading model and data");
    } else if (s.state == RunState::Queued) {
        parts << RunsPane::tr("waits for its turn");
    } else if (s.state == RunState::Stopping) {
        parts << RunsPane::tr("finishes the step and saves");
    }
    if (s.totalSteps > 0 && s.step > 0) {
        parts << RunsPane::tr("%1 of %2 steps").arg(Format::exactCount(s.step), Format::exactCount(s.totalSteps));
    } else if (s.step > 0) {
        parts << RunsPane::tr("step %1").arg(Format::exactCount(s.step));
    }
    if (s.trainLoss) {
        parts << RunsPane::tr("loss %1").arg(Format::loss(s.trainLoss));
    }
    if (const std::optional<double> left = row->secondsLeft()) {
        parts << RunsPane::tr("about %1 left").arg(Format::roughDuration(*left));
    }
    if (!row->owned) {
        parts << RunsPane::tr("runs in another process");
    }
    strip.line = parts.join(u" · "_s);
    return strip;
}

RunsPane::RunsPane(const ShellContext& context, QWidget* parent)
    : QFrame(parent)
    , m_context(context)
    , m_toggle(makeButton(ButtonKind::Ghost, tr("Runs"), u"runs.toggle"_s, u"up"_s))
    , m_pills(new QHBoxLayout)
    , m_name(new Label({}, FontRole::Body))
    , m_bar(new Bar)
    , m_line(new ElidedLabel({}, FontRole::Body, Token::Text2))
    , m_pause(makeButton(ButtonKind::Ghost, tr("Pause"), u"runs.pause"_s, u"pause"_s))
    , m_stop(makeButton(ButtonKind::Ghost, tr("Stop and save"), u"runs.stop"_s, u"stop"_s))
    , m_table(new DataTable(u"runs.table"_s, tr("Runs")))
    , m_empty(new Label(
          tr("Runs of this project appear here: their state, losses and speed. Start one on the Train screen."),
          FontRole::Body, Tone::Text2, Wrap::Yes)) {
    const Theme& theme = Theme::current();
    setObjectName(u"runs"_s);
    setProperty("kind", u"runs"_s);
    setAccessibleName(tr("Runs"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* strip = new QWidget;
    strip->setFixedHeight(theme.u(10) - 1);
    auto* row = new QHBoxLayout(strip);
    row->setContentsMargins(theme.u(3), 0, theme.u(5), 0);
    row->setSpacing(theme.u(2.5));
    m_toggle->setFont(theme.font(FontRole::BodyStrong));
    row->addWidget(m_toggle);
    m_pills->setSpacing(theme.u(1.5));
    row->addLayout(m_pills);
    row->addSpacing(theme.u(2));
    row->addWidget(m_name);
    m_bar->setAccessibleName(tr("Progress of the run"));
    m_bar->setFixedWidth(theme.u(36));
    row->addWidget(m_bar);
    row->addWidget(m_line, 1);
    row->addWidget(m_pause);
    row->addWidget(m_stop);
    column->addWidget(strip);
    column->addWidget(m_table, 1);
    m_empty->setContentsMargins(theme.u(5), theme.u(3), theme.u(5), theme.u(5));
    column->addWidget(m_empty, 1, Qt::AlignTop);
    m_table->setModel(&context.workspace.runs());
    m_table->setColumnSamples(RunsModel::columnSamples(), RunsModel::Name);
    m_table->installEventFilter(this);
    m_table->setContextMenuPolicy(Qt::NoContextMenu); // the pane shows it

    Workspace& workspace = context.workspace;
    connect(m_toggle, &QPushButton::clicked, this, [this] { Q_EMIT openWanted(!m_open); });
    connect(m_pause, &QPushButton::clicked, this,
            [this] { m_pausedNow ? m_context.workspace.resumeRun(m_live) : m_context.workspace.pauseRun(m_live); });
    connect(m_stop, &QPushButton::clicked, this, [this] { m_context.workspace.stopRun(m_live); });
    connect(m_table, &DataTable::opened, this,
            [this](const QModelIndex& index) { Q_EMIT runOpened(index.data(FolderRole).toString()); });
    connect(m_table, &DataTable::marked, this,
            [this](const QModelIndex& index) { m_context.workspace.toggleOverlay(index.data(FolderRole).toString()); });
    connect(&workspace, &Workspace::runsChanged, this, &RunsPane::refresh);
    connect(&workspace, &Workspace::projectChanged, this, &RunsPane::refresh);
    connect(&workspace.runs(), &QAbstractItemModel::dataChanged, this, &RunsPane::refresh);
    connect(&workspace.runs(), &QAbstractItemModel::modelReset, this, &RunsPane::refresh);
    setOpen(false);
    refresh();
}

int RunsPane::stripHeight() const {
    return Theme::current().u(10);
}

void RunsPane::setOpen(bool open) {
    m_open = open;
    setButtonIcon(m_toggle, open ? u"down"_s : u"up"_s);
    m_toggle->setAccessibleName(open ? tr("Close Runs") : tr("Open Runs"));
    setMinimumHeight(open ? stripHeight() + Theme::current().u(18) : stripHeight());
    setMaximumHeight(open ? QWIDGETSIZE_MAX : stripHeight());
    refresh();
}

void RunsPane::refresh() {
    const RunsStrip strip = runsStrip(m_context.workspace.runs());
    // Pills change in place; they are made again only when their number changes.
    while (m_pills->count() > strip.counts.size()) {
        QLayoutItem* item = m_pills->takeAt(m_pills->count() - 1);
        delete item->widget();
        delete item;
    }
    for (qsizetype i = 0; i < strip.counts.size(); ++i) {
        if (i >= m_pills->count()) {
            m_pills->addWidget(new Pill);
        }
        static_cast<Pill*>(m_pills->itemAt(static_cast<int>(i))->widget())
            ->setState(strip.counts[i].text, strip.counts[i].state);
    }
    m_live = strip.folder;
    m_pausedNow = strip.paused;
    m_name->setText(strip.name);
    m_name->setVisible(!strip.name.isEmpty());
    m_bar->setVisible(!strip.name.isEmpty());
    m_bar->setFraction(strip.name.isEmpty() ? std::optional<double>(0) : strip.fraction);
    m_line->setText(strip.line);
    m_pause->setVisible(!strip.name.isEmpty());
    m_stop->setVisible(!strip.name.isEmpty());
    m_pause->setText(strip.paused ? tr("Resume") : tr("Pause"));
    setButtonIcon(m_pause, strip.paused ? u"resume"_s : u"pause"_s);
    const QString foreign =
        strip.owned || strip.name.isEmpty() ? QString() : tr("This run belongs to another process: steer it there.");
    setDisabledReason(m_pause, strip.canPause      ? QString()
                               : foreign.isEmpty() ? tr("It can be paused once it runs.")
                                                   : foreign);
    setDisabledReason(m_stop, strip.canStop ? QString() : foreign.isEmpty() ? tr("It is stopping already.") : foreign);
    const bool any = m_context.workspace.runs().rowCount() > 0;
    m_table->setVisible(m_open && any);
    m_empty->setVisible(m_open && !any);
}

QString RunsPane::selectedFolder() const {
    const QModelIndex index = m_table->currentIndex();
    return m_open && index.isValid() ? index.data(FolderRole).toString() : QString();
}

void RunsPane::pauseOrResume() {
    const QString folder = m_table->hasFocus() && !selectedFolder().isEmpty() ? selectedFolder() : m_live;
    const RunRow* row = m_context.workspace.runs().find(folder);
    if (row == nullptr || !row->owned) {
        return;
    }
    if (row->summary.state == RunState::Paused) {
        m_context.workspace.resumeRun(folder);
    } else {
        m_context.workspace.pauseRun(folder);
    }
}

void RunsPane::stopAndSave() {
    const QString folder = m_table->hasFocus() && !selectedFolder().isEmpty() ? selectedFolder() : m_live;
    if (!folder.isEmpty()) {
        m_context.workspace.stopRun(folder);
    }
}

void RunsPane::focusPane(Qt::FocusReason reason) {
    if (m_table->isVisible()) {
        m_table->setFocus(reason);
    } else {
        m_toggle->setFocus(reason);
    }
}

bool RunsPane::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_table && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Delete) {
        deleteSelected();
        return true;
    }
    return QFrame::eventFilter(watched, event);
}

void RunsPane::deleteSelected() {
    const QString folder = selectedFolder();
    const RunRow* row = m_context.workspace.runs().find(folder);
    if (row == nullptr || row->live()) {
        return;
    }
    m_context.dialogs.confirm(
        this,
        {.what = tr("Delete %1?").arg(row->title()),
         .meaning = tr("Its curves, checkpoints and recipe are removed from the disk. This cannot be undone."),
         .verb = tr("Delete %1").arg(row->title())},
        [this, folder](bool yes) {
            if (yes) {
                m_context.workspace.deleteRun(folder);
            }
        });
}

void RunsPane::contextMenuEvent(QContextMenuEvent* event) {
    if (!m_table->isVisible()) {
        return;
    }
    if (event->reason() == QContextMenuEvent::Mouse) {
        const QModelIndex index = m_table->indexAt(m_table->viewport()->mapFromGlobal(event->globalPos()));
        if (!index.isValid()) {
            return;
        }
        m_table->setCurrentIndex(index);
        showMenu(event->globalPos());
    } else if (m_table->currentIndex().isValid()) {
        showMenu(m_table->viewport()->mapToGlobal(m_table->visualRect(m_table->currentIndex()).bottomLeft()));
    }
}

void RunsPane::showMenu(const QPoint& global) {
    const QString folder = selectedFolder();
    Workspace& workspace = m_context.workspace;
    const RunRow* row = workspace.runs().find(folder);
    if (row == nullptr) {
        return;
    }
    auto* menu = new QMenu(this);
    menu->setObjectName(u"runs.menu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu->addAction(themeIcon(u"open"_s), tr("Show")), &QAction::triggered, this,
            [this, folder] { Q_EMIT runOpened(folder); });
    connect(menu->addAction(themeIcon(u"chart"_s), workspace.overlays().contains(folder) ? tr("Take out of the charts")
                                                                                         : tr("Overlay in the charts")),
            &QAction::triggered, &workspace, [&workspace, folder] { workspace.toggleOverlay(folder); });
    menu->addSeparator();
    const RunState state = row->summary.state;
    if (row->live()) {
        QAction* pause = menu->addAction(themeIcon(state == RunState::Paused ? u"resume"_s : u"pause"_s),
                                         state == RunState::Paused ? tr("Resume") : tr("Pause"));
        pause->setEnabled(row->owned && (state == RunState::Running || state == RunState::Paused));
        connect(pause, &QAction::triggered, &workspace, [&workspace, folder, state] {
            state == RunState::Paused ? workspace.resumeRun(folder) : workspace.pauseRun(folder);
        });
        QAction* stop = menu->addAction(themeIcon(u"stop"_s), tr("Stop and save"));
        stop->setEnabled(row->owned && state != RunState::Stopping);
        connect(stop, &QAction::triggered, &workspace, [&workspace, folder] { workspace.stopRun(folder); });
        QAction* abort = menu->addAction(themeIcon(u"bad"_s, Token::Bad), tr("Abort without saving…"));
        abort->setEnabled(row->owned);
        connect(abort, &QAction::triggered, this, [this, folder, title = row->title()] {
            m_context.dialogs.confirm(this,
                                      {.what = tr("Abort %1?").arg(title),
                                       .meaning = tr("What it learned since its last checkpoint is lost."),
                                       .verb = tr("Abort %1").arg(title)},
                                      [this, folder](bool yes) {
                                          if (yes) {
                                              m_context.workspace.abortRun(folder);
                                          }
                                      });
        });
    } else {
        const bool more = state == RunState::Interrupted || state == RunState::Stopped || state == RunState::Failed;
        if (more) {
            connect(
                menu->addAction(themeIcon(u"resume"_s),
                                tr("Continue from step %1").arg(Format::exactCount(row->summary.lastCheckpointStep))),
                &QAction::triggered, &workspace, [&workspace, folder] { workspace.continueRun(folder); });
        }
        connect(menu->addAction(themeIcon(u"cross"_s, Token::Bad), tr("Delete…")), &QAction::triggered, this,
                &RunsPane::deleteSelected);
    }
    menu->addSeparator();
    connect(menu->addAction(themeIcon(u"copy"_s), tr("Copy folder path")), &QAction::triggered, this,
            [folder] { QGuiApplication::clipboard()->setText(folder); });
    menu->popup(global);
}

} // namespace fettle::ui
