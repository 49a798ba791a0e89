#include "shell/runs_pane.h"

#include "bridge/dialog_service.h"
#include "bridge/strings.h"
#include "shell/queue_view.h"
#include "widgets/icons.h"
#include "workspace/workspace.h"

#include <QComboBox>
#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <tuple>

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
    strip.canPause = s.state == RunState::Running || s.state == RunState::Paused; // also of another process
    strip.canStop = s.state != RunState::Stopping;
    strip.fraction = row->fraction();
    QStringList parts;
    if (s.state == RunState::Starting) {
        parts << RunsPane::tr("reading model and data");
    } else if (s.state == RunState::Queued) {
        parts << (row->held ? RunsPane::tr("held in the queue") : RunsPane::tr("waits for its turn"));
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
    if (!row->owned && !row->queuePlace) {
        parts << RunsPane::tr("in its own process");
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
          FontRole::Body, Tone::Text2, Wrap::Yes))
    , m_filter(context.workspace.runs())
    , m_head(new QStackedWidget)
    , m_parts(new QStackedWidget)
    , m_queue(new QueueView(context)) {
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
    m_head->addWidget(makeBar());
    m_head->addWidget(makeEditor());
    m_head->setFixedHeight(headHeight());
    column->addWidget(m_head);
    auto* runs = new QWidget;
    auto* runsColumn = new QVBoxLayout(runs);
    runsColumn->setContentsMargins(0, 0, 0, 0);
    runsColumn->setSpacing(0);
    runsColumn->addWidget(m_table, 1);
    m_empty->setContentsMargins(theme.u(5), theme.u(3), theme.u(5), theme.u(5));
    runsColumn->addWidget(m_empty, 1, Qt::AlignTop);
    m_parts->addWidget(runs);
    m_parts->addWidget(m_queue);
    column->addWidget(m_parts, 1);
    m_table->setModel(&m_filter);
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
    connect(m_queue, &QueueView::runOpened, this, &RunsPane::runOpened);
    connect(m_queue, &QueueView::menuWanted, this, &RunsPane::showMenu);
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
    setDisabledReason(m_pause, strip.canPause ? QString() : tr("It can be paused once it runs."));
    setDisabledReason(m_stop, strip.canStop ? QString() : tr("It is stopping already."));
    const bool any = m_context.workspace.runs().rowCount() > 0;
    m_head->setVisible(m_open && any);
    m_parts->setVisible(m_open);
    const bool shown = m_filter.rowCount() > 0;
    m_table->setVisible(shown);
    m_empty->setVisible(!shown);
    if (!shown) {
        m_empty->setText(!any ? tr("Runs of this project appear here: their state, losses and speed. Start one on the "
                                   "Train screen.")
                         : m_filter.filters() ? tr("No run fits. Clear the words or choose another state or tag.")
                         : m_archive->isChecked()
                             ? tr("Nothing is archived. A run that is put away with its menu stands here.")
                             : tr("All runs are archived."));
    }
    refreshBar();
}

QString RunsPane::selectedFolder() const {
    const QModelIndex index = m_table->currentIndex();
    if (m_parts->currentWidget() == m_queue) {
        const QModelIndex waiting = m_queue->table()->currentIndex();
        return m_open && waiting.isValid() ? waiting.data(FolderRole).toString() : QString();
    }
    return m_open && index.isValid() ? index.data(FolderRole).toString() : QString();
}

void RunsPane::pauseOrResume() {
    const QString folder = m_table->hasFocus() && !selectedFolder().isEmpty() ? selectedFolder() : m_live;
    const RunRow* row = m_context.workspace.runs().find(folder);
    if (row == nullptr) {
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
    if (m_parts->currentWidget() == m_queue && m_queue->table()->isVisible()) {
        m_queue->table()->setFocus(reason);
    } else if (m_table->isVisible()) {
        m_table->setFocus(reason);
    } else {
        m_toggle->setFocus(reason);
    }
}

bool RunsPane::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_table && event->type() == QEvent::KeyPress) {
        switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Delete:
            deleteSelected();
            return true;
        case Qt::Key_F2:
            editSelected();
            return true;
        default:
            break;
        }
    }
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        if (watched == m_words && !m_words->text().isEmpty()) {
            m_words->clear();
            return true;
        }
        if (watched == m_editName || watched == m_editTags || watched == m_editNote) {
            endEdit();
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

void RunsPane::deleteSelected() {
    const QString folder = selectedFolder();
    const RunRow* row = m_context.workspace.runs().find(folder);
    if (row == nullptr || (row->live() && !row->queuePlace)) {
        return;
    }
    m_context.workspace.deleteRun(folder); // can be undone
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
        showMenu(selectedFolder(), event->globalPos());
    } else if (m_table->currentIndex().isValid()) {
        showMenu(selectedFolder(),
                 m_table->viewport()->mapToGlobal(m_table->visualRect(m_table->currentIndex()).bottomLeft()));
    }
}

void RunsPane::addRecord(QMenu& menu, const QString& folder) {
    const std::tuple<QString, QString, const char*> parts[] = {
        {u"info"_s, tr("Run record"), "record"},
        {u"columns"_s, tr("Compare recipes with the shown run"), "compare"},
        {u"export"_s, tr("Export as one archive…"), "export"},
    };
    for (const auto& [icon, text, part] : parts) {
        QAction* action = menu.addAction(themeIcon(icon), text);
        action->setObjectName(u"runs.menu."_s % QLatin1StringView(part));
        connect(action, &QAction::triggered, this,
                [this, wanted = QString(QLatin1StringView(part) % u':' % folder)] { Q_EMIT partWanted(wanted); });
    }
    QAction* open = menu.addAction(themeIcon(u"folder"_s), tr("Open folder"));
    open->setObjectName(u"runs.menu.folder"_s);
    connect(open, &QAction::triggered, this, [this, folder] {
        if (!m_context.dialogs.showFolder(folder)) {
            Q_EMIT m_context.workspace.failed(
                tr("Opening the folder"),
                makeError(ErrorCode::Unsupported, "no program opens folders", "Copy the path and open it by hand.")
                    .at(us(folder)));
        }
    });
    QAction* import = menu.addAction(themeIcon(u"import"_s), tr("Import a run…"));
    import->setObjectName(u"runs.menu.import"_s);
    connect(import, &QAction::triggered, this, &RunsPane::importWanted);
}

} // namespace fettle::ui
