#include "shell/queue_view.h"

#include "bridge/strings.h"
#include "widgets/icons.h"
#include "widgets/table.h"
#include "widgets/text.h"
#include "workspace/workspace.h"

#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

QueueView::QueueView(const ShellContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(context.workspace.runs())
    , m_table(new DataTable(u"queue.table"_s, tr("Queue")))
    , m_empty(new Label(tr("Nothing waits. A run that is started while another one trains waits here for its turn."),
                        FontRole::Body, Tone::Text2, Wrap::Yes))
    , m_bar(new QWidget)
    , m_now(makeButton(ButtonKind::Ghost, tr("Start now"), u"queue.now"_s, u"play"_s))
    , m_hold(makeButton(ButtonKind::Ghost, tr("Hold"), u"queue.hold"_s, u"pause"_s))
    , m_up(makeButton(ButtonKind::Icon, tr("Earlier (Alt+Up)"), u"queue.up"_s, u"up"_s))
    , m_down(makeButton(ButtonKind::Icon, tr("Later (Alt+Down)"), u"queue.down"_s, u"down"_s))
    , m_remove(makeButton(ButtonKind::Ghost, tr("Take out"), u"queue.remove"_s, u"cross"_s)) {
    const Theme& theme = Theme::current();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_table, 1);
    m_empty->setContentsMargins(theme.u(5), theme.u(3), theme.u(5), theme.u(5));
    column->addWidget(m_empty, 1, Qt::AlignTop);
    auto* row = new QHBoxLayout(m_bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme.u(1));
    for (QPushButton* button : {m_up, m_down, m_now, m_hold, m_remove}) {
        row->addWidget(button);
    }
    m_table->setModel(&m_model);
    m_table->setColumnSamples(QueueModel::columnSamples(), QueueModel::Name);
    m_table->setDragEnabled(true);
    m_table->setAcceptDrops(true);
    m_table->setDragDropMode(QAbstractItemView::InternalMove);
    m_table->setDragDropOverwriteMode(false);
    m_table->setDropIndicatorShown(true);
    m_table->installEventFilter(this);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    Workspace& workspace = context.workspace;
    connect(m_table, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
        if (!selected().isEmpty()) {
            Q_EMIT menuWanted(selected(), m_table->viewport()->mapToGlobal(at));
        }
    });
    connect(m_table, &DataTable::opened, this,
            [this](const QModelIndex& index) { Q_EMIT runOpened(index.data(FolderRole).toString()); });
    connect(&m_model, &QueueModel::moveWanted, this, [this](const QString& folder, int place) {
        m_keep = folder;
        m_context.workspace.moveInQueue(folder, place);
    });
    connect(m_now, &QPushButton::clicked, this, [this] { m_context.workspace.startNow(selected()); });
    connect(m_hold, &QPushButton::clicked, this, [this] {
        if (const RunRow* run = m_model.at(m_table->currentIndex().row())) {
            m_keep = selected();
            m_context.workspace.holdRun(selected(), !run->held);
        }
    });
    connect(m_up, &QPushButton::clicked, this, [this] { moveSelected(-1); });
    connect(m_down, &QPushButton::clicked, this, [this] { moveSelected(1); });
    connect(m_remove, &QPushButton::clicked, this, [this] { m_context.workspace.removeFromQueue(selected()); });
    connect(&m_model, &QAbstractItemModel::modelReset, this, &QueueView::refresh);
    connect(&m_model, &QAbstractItemModel::dataChanged, this, &QueueView::refresh);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] {
        if (m_table->currentIndex().isValid()) {
            m_keep = selected();
        }
        refresh();
    });
    connect(&workspace, &Workspace::runsChanged, this, &QueueView::refresh);
    refresh();
}

QString QueueView::selected() const {
    const QModelIndex index = m_table->currentIndex();
    return index.isValid() ? index.data(FolderRole).toString() : QString();
}

void QueueView::refresh() {
    const bool any = m_model.rowCount() > 0;
    m_table->setVisible(any);
    m_empty->setVisible(!any);
    if (any && !m_table->currentIndex().isValid()) {
        const int row = m_model.rowOf(m_keep);
        m_table->setCurrentIndex(m_model.index(row < 0 ? 0 : row, 0));
        return; // comes again with the selection
    }
    const int at = m_table->currentIndex().row();
    const RunRow* run = m_model.at(at);
    const QString none = run == nullptr ? tr("No run is selected.") : QString();
    const RunRow* active = m_context.workspace.runs().active();
    const bool busy = active != nullptr && !active->queuePlace;
    setDisabledReason(m_now, none);
    m_now->setToolTip(busy ? tr("It trains beside %1, in a process of its own: both are slower.").arg(active->title())
                           : tr("It does not wait for its turn."));
    setDisabledReason(m_hold, none);
    m_hold->setText(run != nullptr && run->held ? tr("Let go") : tr("Hold"));
    setButtonIcon(m_hold, run != nullptr && run->held ? u"resume"_s : u"pause"_s);
    setDisabledReason(m_remove, none);
    setDisabledReason(m_up, run == nullptr ? none : at == 0 ? tr("It is the next one already.") : QString());
    setDisabledReason(m_down, run == nullptr                 ? none
                              : at == m_model.rowCount() - 1 ? tr("It is the last one already.")
                                                             : QString());
}

void QueueView::moveSelected(int by) {
    const int at = m_table->currentIndex().row();
    const int to = at + by;
    if (at >= 0 && to >= 0 && to < m_model.rowCount()) {
        m_keep = selected();
        m_context.workspace.moveInQueue(m_keep, to);
    }
}

bool QueueView::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_table && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->modifiers() == Qt::AltModifier && (key->key() == Qt::Key_Up || key->key() == Qt::Key_Down)) {
            moveSelected(key->key() == Qt::Key_Up ? -1 : 1);
            return true;
        }
        if (key->modifiers() == Qt::NoModifier && key->key() == Qt::Key_Delete) {
            m_context.workspace.removeFromQueue(selected());
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace fettle::ui
