// What stands above the rows of the Runs pane: search and order, the editor of a run's name, tags and note; and the
// menu of a run.
#include "shell/runs_pane.h"

#include "bridge/dialog_service.h"
#include "bridge/strings.h"
#include "shell/queue_view.h"
#include "widgets/icons.h"
#include "workspace/workspace.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QStackedWidget>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using jobs::RunState;

namespace {

QComboBox* combo(const QString& name, const QString& accessible, const QStringList& items) {
    auto* box = new QComboBox;
    box->setObjectName(name);
    box->setAccessibleName(accessible);
    box->addItems(items);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    return box;
}

QLineEdit* field(const QString& name, const QString& accessible, const QString& hint) {
    auto* edit = new QLineEdit;
    edit->setObjectName(name);
    edit->setAccessibleName(accessible);
    edit->setPlaceholderText(hint);
    return edit;
}

} // namespace

int RunsPane::headHeight() const {
    return Theme::current().u(10);
}

QWidget* RunsPane::makeBar() {
    const Theme& theme = Theme::current();
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(theme.u(5), 0, theme.u(5), 0);
    row->setSpacing(theme.u(2));
    m_tabs = new ChoiceGroup(GroupLook::Tabs, tr("Runs or queue"));
    m_tabs->addChoice(static_cast<int>(Part::Runs), tr("All runs"), u"runs.tab.runs"_s);
    m_tabs->addChoice(static_cast<int>(Part::Queue), tr("Queue"), u"runs.tab.queue"_s);
    m_tabs->setCurrent(static_cast<int>(Part::Runs));
    row->addWidget(m_tabs);
    m_runsBar = new QWidget;
    auto* tools = new QHBoxLayout(m_runsBar);
    tools->setContentsMargins(0, 0, 0, 0);
    tools->setSpacing(theme.u(2));
    m_words = field(u"runs.words"_s, tr("Search runs"), tr("Search name, tag, note"));
    m_words->setClearButtonEnabled(true);
    m_words->setMinimumWidth(theme.u(38));
    m_words->setMaximumWidth(theme.u(64));
    m_words->installEventFilter(this);
    m_shown = combo(u"runs.state"_s, tr("State"),
                    {tr("Any state"), tr("Live"), tr("Succeeded"), tr("Ended early"), tr("Failed")});
    m_tag = combo(u"runs.tag"_s, tr("Tag"), {tr("Any tag")});
    m_order = combo(u"runs.order"_s, tr("Order"),
                    {tr("Newest first"), tr("By name"), tr("Best loss first"), tr("Fastest first")});
    m_archive = makeButton(ButtonKind::Ghost, tr("Archive"), u"runs.archive"_s);
    m_archive->setCheckable(true);
    tools->addWidget(m_words, 1);
    tools->addWidget(m_shown);
    tools->addWidget(m_tag);
    tools->addWidget(m_order);
    tools->addWidget(m_archive);
    row->addWidget(m_runsBar, 8); // the stretch at the end is for the queue's bar
    row->addWidget(m_queue->bar());
    m_queue->bar()->hide();
    row->addStretch(1);
    m_sweep = makeButton(ButtonKind::Ghost, tr("New sweep"), u"runs.sweep"_s, u"sweep"_s);
    m_more = makeButton(ButtonKind::Icon, tr("More"), u"runs.more"_s, u"more"_s);
    row->addWidget(m_sweep);
    row->addWidget(m_more);
    connect(m_tabs, &ChoiceGroup::chosen, this, [this](int id) { showPart(static_cast<Part>(id)); });
    connect(m_words, &QLineEdit::textChanged, this, [this](const QString& words) {
        m_filter.setWords(words);
        refresh();
    });
    connect(m_shown, &QComboBox::activated, this, [this](int index) {
        m_filter.setShown(static_cast<RunsShown>(index));
        refresh();
    });
    connect(m_tag, &QComboBox::activated, this, [this](int index) {
        m_filter.setTag(index == 0 ? QString() : m_tag->itemText(index));
        refresh();
    });
    connect(m_order, &QComboBox::activated, this,
            [this](int index) { m_filter.setOrder(static_cast<RunsOrder>(index)); });
    connect(m_archive, &QPushButton::toggled, this, [this](bool on) {
        m_filter.setArchived(on);
        refresh();
    });
    connect(m_sweep, &QPushButton::clicked, this, [this] { Q_EMIT sweepWanted({}); });
    connect(m_more, &QPushButton::clicked, this, [this] {
        auto* menu = new QMenu(this);
        menu->setObjectName(u"runs.more.menu"_s);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        Workspace& workspace = m_context.workspace;
        for (const QString& id : workspace.sweeps()) {
            connect(menu->addAction(themeIcon(u"sweep"_s), tr("Results of %1").arg(id)), &QAction::triggered, this,
                    [this, id] { Q_EMIT sweepWanted(id); });
        }
        menu->addSeparator();
        QAction* restore = menu->addAction(themeIcon(u"undo"_s), tr("Bring back the run deleted last"));
        restore->setObjectName(u"runs.more.restore"_s);
        restore->setEnabled(workspace.canRestoreRun());
        connect(restore, &QAction::triggered, &workspace, &Workspace::restoreRun);
        QAction* empty = menu->addAction(themeIcon(u"cross"_s, Token::Bad),
                                         tr("Delete %Ln run(s) for good…", nullptr, workspace.trashedRuns()));
        empty->setObjectName(u"runs.more.empty"_s);
        empty->setEnabled(workspace.trashedRuns() > 0);
        connect(empty, &QAction::triggered, this, &RunsPane::emptyTrash);
        menu->popup(m_more->mapToGlobal(QPoint(0, m_more->height())));
    });
    return bar;
}

QWidget* RunsPane::makeEditor() {
    const Theme& theme = Theme::current();
    auto* editor = new QWidget;
    auto* row = new QHBoxLayout(editor);
    row->setContentsMargins(theme.u(5), 0, theme.u(5), 0);
    row->setSpacing(theme.u(2));
    m_editName = field(u"runs.edit.name"_s, tr("Name of the run"), tr("Name"));
    m_editTags = field(u"runs.edit.tags"_s, tr("Tags, separated by commas"), tr("Tags, separated by commas"));
    m_editNote = field(u"runs.edit.note"_s, tr("Note"), tr("Note: what you tried, what you saw"));
    QPushButton* save = makeButton(ButtonKind::Plain, tr("Save"), u"runs.edit.save"_s, u"check"_s);
    QPushButton* cancel = makeButton(ButtonKind::Ghost, tr("Cancel"), u"runs.edit.cancel"_s);
    row->addWidget(m_editName, 2);
    row->addWidget(m_editTags, 3);
    row->addWidget(m_editNote, 5);
    row->addWidget(save);
    row->addWidget(cancel);
    for (QLineEdit* edit : {m_editName, m_editTags, m_editNote}) {
        edit->installEventFilter(this);
        connect(edit, &QLineEdit::returnPressed, this, &RunsPane::saveEdit);
    }
    connect(save, &QPushButton::clicked, this, &RunsPane::saveEdit);
    connect(cancel, &QPushButton::clicked, this, &RunsPane::endEdit);
    return editor;
}

void RunsPane::showPart(Part part) {
    m_tabs->setCurrent(static_cast<int>(part));
    m_parts->setCurrentIndex(static_cast<int>(part));
    m_runsBar->setVisible(part == Part::Runs);
    m_queue->bar()->setVisible(part == Part::Queue);
    refresh();
}

void RunsPane::searchRuns() {
    showPart(Part::Runs);
    m_words->setFocus(Qt::ShortcutFocusReason);
}

void RunsPane::refreshBar() {
    const int waiting = m_queue->model().rowCount();
    m_tabs->button(static_cast<int>(Part::Queue))
        ->setText(waiting > 0 ? tr("Queue (%1)").arg(Format::exactCount(waiting)) : tr("Queue"));
    const QStringList tags = m_filter.tags();
    if (tags != m_tags) { // only then: an open list would close
        const QString now = m_tag->currentIndex() > 0 ? m_tag->currentText() : QString();
        m_tags = tags;
        m_tag->clear();
        m_tag->addItem(tr("Any tag"));
        m_tag->addItems(tags);
        m_tag->setCurrentIndex(std::max(0, m_tag->findText(now)));
        if (!now.isEmpty() && !tags.contains(now)) {
            m_filter.setTag({});
        }
    }
    m_tag->setVisible(!tags.isEmpty());
    const int archived = m_filter.archivedCount();
    m_archive->setVisible(archived > 0 || m_archive->isChecked());
    m_archive->setText(tr("Archive (%1)").arg(Format::exactCount(archived)));
}

void RunsPane::editSelected() {
    const QString folder = selectedFolder();
    const RunRow* row = m_context.workspace.runs().find(folder);
    if (row == nullptr) {
        return;
    }
    m_edited = folder;
    QStringList tags;
    for (const std::string& tag : row->summary.tags) {
        tags << qs(tag);
    }
    m_editName->setText(row->title());
    m_editTags->setText(tags.join(u", "_s));
    m_editNote->setText(qs(row->summary.note));
    m_head->setCurrentIndex(1);
    m_editName->setFocus(Qt::OtherFocusReason);
    m_editName->selectAll();
}

void RunsPane::saveEdit() {
    Workspace& workspace = m_context.workspace;
    if (const RunRow* row = workspace.runs().find(m_edited)) {
        QStringList tags = m_editTags->text().split(u',', Qt::SkipEmptyParts);
        tags = tags.join(u'，').split(u'，', Qt::SkipEmptyParts); // the comma of a Chinese keyboard
        const QString name = m_editName->text().trimmed();
        if (!name.isEmpty() && name != row->title()) {
            workspace.renameRun(m_edited, name);
        }
        workspace.tagRun(m_edited, tags);
        if (m_editNote->text().trimmed() != qs(row->summary.note)) {
            workspace.noteRun(m_edited, m_editNote->text());
        }
    }
    endEdit();
}

void RunsPane::endEdit() {
    m_edited.clear();
    m_head->setCurrentIndex(0);
    focusPane(Qt::OtherFocusReason);
}

void RunsPane::emptyTrash() {
    m_context.dialogs.confirm(
        this,
        {.what = tr("Delete %Ln run(s) for good?", nullptr, m_context.workspace.trashedRuns()),
         .meaning = tr("Their curves, checkpoints and recipes are removed from the disk. This cannot be undone."),
         .verb = tr("Delete for good")},
        [this](bool yes) {
            if (yes) {
                m_context.workspace.emptyTrash(true);
            }
        });
}

void RunsPane::addSteering(QMenu& menu, const RunRow& row) {
    Workspace& workspace = m_context.workspace;
    const QString folder = qs(row.summary.folder);
    const RunState state = row.summary.state;
    if (row.queuePlace) {
        connect(menu.addAction(themeIcon(u"play"_s), tr("Start now")), &QAction::triggered, &workspace,
                [&workspace, folder] { workspace.startNow(folder); });
        connect(menu.addAction(themeIcon(row.held ? u"resume"_s : u"pause"_s), row.held ? tr("Let go") : tr("Hold")),
                &QAction::triggered, &workspace,
                [&workspace, folder, held = row.held] { workspace.holdRun(folder, !held); });
        connect(menu.addAction(themeIcon(u"up"_s), tr("Make it the next one")), &QAction::triggered, &workspace,
                [&workspace, folder] { workspace.moveInQueue(folder, 0); });
        connect(menu.addAction(themeIcon(u"cross"_s), tr("Take out of the queue")), &QAction::triggered, &workspace,
                [&workspace, folder] { workspace.removeFromQueue(folder); });
        return;
    }
    if (row.live()) {
        const bool paused = state == RunState::Paused;
        QAction* pause =
            menu.addAction(themeIcon(paused ? u"resume"_s : u"pause"_s), paused ? tr("Resume") : tr("Pause"));
        pause->setEnabled(paused || state == RunState::Running);
        connect(pause, &QAction::triggered, &workspace,
                [&workspace, folder, paused] { paused ? workspace.resumeRun(folder) : workspace.pauseRun(folder); });
        QAction* stop = menu.addAction(themeIcon(u"stop"_s), tr("Stop and save"));
        stop->setEnabled(state != RunState::Stopping);
        connect(stop, &QAction::triggered, &workspace, [&workspace, folder] { workspace.stopRun(folder); });
        QAction* abort = menu.addAction(themeIcon(u"bad"_s, Token::Bad), tr("Abort without saving…"));
        connect(abort, &QAction::triggered, this, [this, folder, title = row.title()] {
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
        return;
    }
    if (state == RunState::None) {
        connect(menu.addAction(themeIcon(u"queue"_s), tr("Put into the queue")), &QAction::triggered, &workspace,
                [&workspace, folder] { workspace.continueRun(folder); });
    } else if (state != RunState::Succeeded) {
        connect(menu.addAction(themeIcon(u"resume"_s),
                               tr("Continue from step %1").arg(Format::exactCount(row.summary.lastCheckpointStep))),
                &QAction::triggered, &workspace, [&workspace, folder] { workspace.continueRun(folder); });
    }
}

void RunsPane::addFiles(QMenu& menu, const RunRow& row) {
    const QString folder = qs(row.summary.folder);
    addRecord(menu, folder);
    connect(menu.addAction(themeIcon(u"copy"_s), tr("Copy folder path")), &QAction::triggered, this,
            [folder] { QGuiApplication::clipboard()->setText(folder); });
}

void RunsPane::showMenu(const QString& folder, const QPoint& global) {
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
    addSteering(*menu, *row);
    menu->addSeparator();
    connect(menu->addAction(themeIcon(u"pencil"_s), tr("Name, tags and note (F2)")), &QAction::triggered, this,
            &RunsPane::editSelected);
    connect(menu->addAction(themeIcon(u"duplicate"_s), tr("Duplicate with changes")), &QAction::triggered, &workspace,
            [&workspace, folder] { workspace.duplicateRun(folder); });
    if (!row->summary.sweep.empty()) {
        connect(menu->addAction(themeIcon(u"sweep"_s), tr("Results of its sweep")), &QAction::triggered, this,
                [this, sweep = qs(row->summary.sweep)] { Q_EMIT sweepWanted(sweep); });
    }
    const bool archived = row->summary.archived;
    connect(menu->addAction(themeIcon(u"bookmark"_s), archived ? tr("Take out of the archive") : tr("Archive")),
            &QAction::triggered, &workspace,
            [&workspace, folder, archived] { workspace.archiveRun(folder, !archived); });
    menu->addSeparator();
    addFiles(*menu, *row);
    if (!row->live() || row->queuePlace) {
        menu->addSeparator();
        connect(menu->addAction(themeIcon(u"cross"_s, Token::Bad), tr("Delete")), &QAction::triggered, this,
                &RunsPane::deleteSelected);
    }
    menu->popup(global);
}

} // namespace fettle::ui
