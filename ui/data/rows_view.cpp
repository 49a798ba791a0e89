#include "data/rows_view.h"

#include "bridge/strings.h"

#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QItemSelection>
#include <QKeyEvent>
#include <QScopedValueRollback>
#include <QScrollBar>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using project::RowId;

namespace {
/// More chosen ids than this are not shown again one by one after another order (they stay chosen).
constexpr std::size_t kShownAgain = 20'000;
constexpr qsizetype kShortAnswer = 24;
} // namespace

void RowsDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const QString name = index.model()->headerData(index.column(), Qt::Horizontal, HeaderNameRole).toString();
    if (name == u"answer" || name == u"label" || name.startsWith(u"metadata.")) {
        const QString text = index.data(Qt::DisplayRole).toString();
        if (text.size() > 1 && text.size() <= kShortAnswer && !text.contains(u' ')) {
            QStyleOptionViewItem fixed(option);
            fixed.font = Theme::current().mono();
            TableDelegate::paint(painter, fixed, index);
            return;
        }
    }
    TableDelegate::paint(painter, option, index);
}

RowsView::RowsView(DataPresenter& presenter, QWidget* parent)
    : DataTable(u"data.table"_s, tr("Rows"), parent)
    , m_presenter(presenter) {
    setItemDelegate(new RowsDelegate(this));
    setModel(&presenter.table());
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);                 // widths do not jump when it comes
    verticalHeader()->setDefaultSectionSize(Theme::current().u(6.75)); // tables of rows start compact
    QHeaderView* header = horizontalHeader();
    header->setSectionsClickable(true);
    header->setSectionsMovable(true);
    header->setSortIndicatorShown(true);
    header->setSortIndicator(-1, Qt::AscendingOrder);
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    header->setAccessibleName(tr("Columns"));
    connect(header, &QHeaderView::sectionClicked, this, [this](int section) {
        const QString name = m_presenter.table().columns().value(section).name;
        if (const DataColumn* column = findDataColumn(name)) {
            m_presenter.sortBy(column->sort, name == u"id");
        }
        placeColumns();
    });
    connect(header, &QHeaderView::sectionMoved, this, &RowsView::keepColumns, Qt::QueuedConnection);
    connect(header, &QHeaderView::sectionResized, this, [this](int section, int, int width) {
        if (m_quiet || (QGuiApplication::mouseButtons() & Qt::LeftButton) == 0 ||
            section >= m_presenter.table().columns().size()) { // only a person widens
            return;
        }
        ShownColumns columns = m_presenter.table().columns();
        columns[section].width = width;
        m_presenter.setColumns(columns);
    });
    connect(header, &QWidget::customContextMenuRequested, this,
            [this](const QPoint& at) { Q_EMIT columnMenuWanted(horizontalHeader()->mapToGlobal(at)); });
    connect(&presenter, &DataPresenter::indexAboutToChange, this, [this] {
        m_top = rowAt(0);
        m_quiet = true;
    });
    connect(&presenter, &DataPresenter::indexChanged, this, [this] {
        m_quiet = false;
        placeColumns();
        putSelection();
    });
    connect(&presenter, &DataPresenter::columnsChanged, this, &RowsView::placeColumns);
    connect(&presenter.selection(), &RowSelection::changed, this, [this] {
        if (m_presenter.selection().count() == 0) {
            m_marking = false;
        }
        if (!m_quiet && m_presenter.selection().count() == 0 && selectionModel()->hasSelection()) {
            const QScopedValueRollback quiet(m_quiet, true);
            clearSelection();
        }
    });
    connect(this, &DataTable::marked, this, [this](const QModelIndex& index) {
        if (!m_marking) { // the row under the cursor was chosen by going there, not by a mark
            m_marking = true;
            selectionModel()->select(index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
            return;
        }
        selectionModel()->select(index, QItemSelectionModel::Toggle | QItemSelectionModel::Rows);
    });
    connect(this, &DataTable::opened, this, &RowsView::conversationWanted);
    connect(selectionModel(), &QItemSelectionModel::selectionChanged, this, &RowsView::takeSelection);
    connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& now) {
        if (!m_quiet && now.isValid()) {
            m_presenter.setCurrent(m_presenter.table().idAt(now.row()));
        }
    });
    placeColumns();
    putSelection();
}

void RowsView::takeSelection() {
    if (m_quiet) {
        return;
    }
    const QScopedValueRollback quiet(m_quiet, true);
    const SampleTableModel& table = m_presenter.table();
    std::int64_t rows = 0;
    for (const QItemSelectionRange& range : selectionModel()->selection()) {
        rows += range.left() == 0 ? range.height() : 0;
    }
    if (rows > 1 && rows == table.rowCount()) {
        m_presenter.selection().setAll(m_presenter.filter(), rows);
        return;
    }
    std::vector<RowId> ids;
    ids.reserve(static_cast<std::size_t>(rows));
    for (const QItemSelectionRange& range : selectionModel()->selection()) {
        for (int row = range.top(); range.left() == 0 && row <= range.bottom(); ++row) {
            ids.push_back(table.idAt(row));
        }
    }
    m_presenter.selection().set(std::move(ids));
}

void RowsView::putSelection() {
    const QScopedValueRollback quiet(m_quiet, true);
    const SampleTableModel& table = m_presenter.table();
    const RowSelection& chosen = m_presenter.selection();
    const int last = table.columnCount() - 1;
    QItemSelection selection;
    if (chosen.isAll() && table.rowCount() > 0) {
        selection.select(table.index(0, 0), table.index(table.rowCount() - 1, last));
    } else if (chosen.ids().size() > 64 && chosen.ids().size() <= kShownAgain && table.index() != nullptr) {
        int from = -1;
        for (int row = 0; row <= table.rowCount(); ++row) {
            const bool in = row < table.rowCount() && chosen.contains(table.idAt(row));
            if (in && from < 0) {
                from = row;
            } else if (!in && from >= 0) {
                selection.select(table.index(from, 0), table.index(row - 1, last));
                from = -1;
            }
        }
    } else {
        for (const RowId id : chosen.ids()) {
            if (chosen.ids().size() > 64) {
                break;
            }
            if (const int row = table.rowOf(id, m_top); row >= 0) {
                selection.select(table.index(row, 0), table.index(row, last));
            }
        }
    }
    const int current = table.rowOf(m_presenter.current(), m_top);
    if (current >= 0) {
        selectionModel()->setCurrentIndex(table.index(current, 0), QItemSelectionModel::NoUpdate);
        scrollTo(table.index(current, 0));
    }
    selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
}

void RowsView::placeColumns() {
    const QScopedValueRollback quiet(m_quiet, true);
    const Theme& theme = Theme::current();
    const QFontMetrics metrics(font());
    const ShownColumns& columns = m_presenter.table().columns();
    QHeaderView* header = horizontalHeader();
    int used = 0;
    int stretch = -1;
    for (int i = 0; i < columns.size(); ++i) {
        const DataColumn* column = findDataColumn(columns[i].name);
        int width = columns[i].width;
        if (width <= 0 && column != nullptr && *column->sample == '\0') {
            stretch = i;
            continue;
        }
        if (width <= 0) {
            const QString sample =
                columns[i].name == u"id"
                    ? Format::exactCount(std::max<std::int64_t>(9999, m_presenter.rows().facts().rows()))
                : column != nullptr ? QString::fromLatin1(column->sample)
                                    : u"some words"_s;
            const int arrow = column != nullptr && (column->sort != project::SortKey::None) ? theme.u(3) : 0;
            width = std::max(metrics.horizontalAdvance(sample),
                             metrics.horizontalAdvance(columnTitle(columns[i].name)) + arrow) +
                    theme.u(5);
        }
        setColumnWidth(i, width);
        used += width;
    }
    if (stretch >= 0) {
        setColumnWidth(stretch, std::max(theme.u(30), viewport()->width() - used));
    }
    int sorted = -1;
    for (int i = 0; i < columns.size(); ++i) {
        const DataColumn* column = findDataColumn(columns[i].name);
        if (column != nullptr && m_presenter.sort().key != project::SortKey::None &&
            column->sort == m_presenter.sort().key) {
            sorted = i;
        }
    }
    header->setSortIndicator(sorted, m_presenter.sort().descending ? Qt::DescendingOrder : Qt::AscendingOrder);
}

void RowsView::keepColumns() {
    const ShownColumns& now = m_presenter.table().columns();
    ShownColumns moved;
    for (int visual = 0; visual < now.size(); ++visual) {
        moved.append(now[horizontalHeader()->logicalIndex(visual)]);
    }
    if (moved == now) {
        return;
    }
    m_presenter.setColumns(moved); // the model's order is the order: the header starts afresh
    for (int i = 0; i < moved.size(); ++i) {
        const QScopedValueRollback quiet(m_quiet, true);
        const QSignalBlocker still(horizontalHeader());
        horizontalHeader()->moveSection(horizontalHeader()->visualIndex(i), i);
    }
    placeColumns();
    putSelection();
}

void RowsView::goToRow(RowId id) {
    const int row = m_presenter.table().rowOf(id, currentIndex().row());
    if (row >= 0) {
        setCurrentIndex(m_presenter.table().index(row, 0));
        scrollTo(m_presenter.table().index(row, 0), QAbstractItemView::PositionAtCenter);
    }
}

void RowsView::step(int by) {
    const int row = std::clamp(currentIndex().row() + by, 0, std::max(0, m_presenter.table().rowCount() - 1));
    if (m_presenter.table().rowCount() > 0) {
        setCurrentIndex(m_presenter.table().index(row, 0));
    }
}

void RowsView::resizeEvent(QResizeEvent* event) {
    DataTable::resizeEvent(event);
    placeColumns();
}

void RowsView::contextMenuEvent(QContextMenuEvent* event) {
    if (event->reason() == QContextMenuEvent::Mouse) {
        const QModelIndex under = indexAt(event->pos());
        if (under.isValid() && !selectionModel()->isRowSelected(under.row())) {
            setCurrentIndex(under);
        }
        Q_EMIT menuWanted(event->globalPos());
        return;
    }
    const QRect cell = visualRect(currentIndex());
    Q_EMIT menuWanted(viewport()->mapToGlobal(cell.isValid() ? cell.bottomLeft() + QPoint(40, 0) : QPoint(40, 40)));
}

void RowsView::mousePressEvent(QMouseEvent* event) {
    m_marking = false;
    DataTable::mousePressEvent(event);
}

QItemSelectionModel::SelectionFlags RowsView::selectionCommand(const QModelIndex& index, const QEvent* event) const {
    if (m_marking && event != nullptr && event->type() == QEvent::KeyPress &&
        static_cast<const QKeyEvent*>(event)->modifiers() == Qt::NoModifier) {
        return QItemSelectionModel::NoUpdate;
    }
    return DataTable::selectionCommand(index, event);
}

bool RowsView::event(QEvent* event) {
    // Single letters belong to the table while it has the focus, before any shortcut of the window.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool plain = key->modifiers() == Qt::NoModifier;
        if (plain && (key->key() == Qt::Key_X || key->key() == Qt::Key_C || key->key() == Qt::Key_H ||
                      key->key() == Qt::Key_F || key->key() == Qt::Key_E || key->key() == Qt::Key_Delete)) {
            event->accept();
            return true;
        }
    }
    return DataTable::event(event);
}

void RowsView::keyPressEvent(QKeyEvent* event) {
    if (event->modifiers() == Qt::NoModifier) {
        switch (event->key()) {
        case Qt::Key_X:
            Q_EMIT xrayWanted();
            return;
        case Qt::Key_C:
            Q_EMIT conversationWanted();
            return;
        case Qt::Key_H:
            Q_EMIT historyWanted();
            return;
        case Qt::Key_E:
            Q_EMIT editWanted();
            return;
        case Qt::Key_F:
            Q_EMIT filterWanted();
            return;
        case Qt::Key_Delete:
            m_presenter.setStateOfTarget(project::RowState::Rejected);
            return;
        case Qt::Key_Home:
        case Qt::Key_End: {
            const int rows = m_presenter.table().rowCount();
            if (rows > 0) {
                setCurrentIndex(m_presenter.table().index(event->key() == Qt::Key_Home ? 0 : rows - 1, 0));
            }
            return;
        }
        default:
            break;
        }
    }
    if (event->key() == Qt::Key_G && event->modifiers() == Qt::ControlModifier) {
        Q_EMIT goToWanted();
        return;
    }
    DataTable::keyPressEvent(event);
}

} // namespace fettle::ui
