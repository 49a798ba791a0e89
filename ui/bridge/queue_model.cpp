#include "bridge/queue_model.h"

#include "bridge/strings.h"
#include "widgets/table.h"

#include <QMimeData>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

const QString& mimeType() {
    static const QString type = u"application/x-fettle-waiting-run"_s;
    return type;
}

} // namespace

QueueModel::QueueModel(RunsModel& runs, QObject* parent)
    : QAbstractTableModel(parent)
    , m_runs(runs) {
    connect(&runs, &QAbstractItemModel::modelReset, this, &QueueModel::refresh);
    connect(&runs, &QAbstractItemModel::dataChanged, this, &QueueModel::refresh);
    connect(&runs, &QAbstractItemModel::rowsInserted, this, &QueueModel::refresh);
    connect(&runs, &QAbstractItemModel::rowsRemoved, this, &QueueModel::refresh);
    refresh();
}

void QueueModel::refresh() {
    QVector<const RunRow*> waiting;
    for (const RunRow& row : m_runs.rows()) {
        if (row.queuePlace) {
            waiting.append(&row);
        }
    }
    std::sort(waiting.begin(), waiting.end(),
              [](const RunRow* a, const RunRow* b) { return *a->queuePlace < *b->queuePlace; });
    QStringList folders;
    for (const RunRow* row : std::as_const(waiting)) {
        folders << qs(row->summary.folder);
    }
    if (folders == m_folders) {
        if (!folders.isEmpty()) {
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
        }
        return;
    }
    beginResetModel();
    m_folders = folders;
    endResetModel();
}

int QueueModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_folders.size());
}

int QueueModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(ColumnCount);
}

const RunRow* QueueModel::at(int row) const {
    return row >= 0 && row < m_folders.size() ? m_runs.find(m_folders[row]) : nullptr;
}

int QueueModel::rowOf(const QString& folder) const {
    return static_cast<int>(m_folders.indexOf(folder));
}

QStringList QueueModel::columnSamples() {
    return {u"88"_s, u"Run 888  rank 16, lr 2e-4"_s, u"Held: the sweep has no time left"_s, u"In its own process W"_s};
}

QVariant QueueModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return static_cast<int>(Qt::AlignVCenter | (section == Place ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Place:
        return tr("No.");
    case Name:
        return tr("Run");
    case Status:
        return tr("State");
    case Where:
        return tr("Will train");
    default:
        return {};
    }
}

Qt::ItemFlags QueueModel::flags(const QModelIndex& index) const {
    const Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    return index.isValid() ? flags | Qt::ItemIsDragEnabled : flags | Qt::ItemIsDropEnabled;
}

QVariant QueueModel::data(const QModelIndex& index, int role) const {
    const RunRow* row = index.isValid() ? at(index.row()) : nullptr;
    if (row == nullptr) {
        return {};
    }
    const QString status = !row->held                           ? tr("Waits")
                           : row->heldBecause == "sweep_budget" ? tr("Held: the sweep has no time left")
                                                                : tr("Held");
    const QString where = row->apart ? tr("In its own process") : tr("In this window");
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case Place:
            return Format::exactCount(index.row() + 1);
        case Name:
            return row->title();
        case Status:
            return status;
        case Where:
            return where;
        default:
            return {};
        }
    case Qt::TextAlignmentRole:
        return static_cast<int>(Qt::AlignVCenter | (index.column() == Place ? Qt::AlignRight : Qt::AlignLeft));
    case SecondaryRole:
        return index.column() == Name ? QVariant(row->what) : QVariant();
    case PillRole:
        return index.column() == Status ? QVariant(static_cast<int>(row->held ? State::Warn : State::Neutral))
                                        : QVariant();
    case FolderRole:
        return m_folders[index.row()];
    case Qt::AccessibleTextRole:
        return tr("%1 of %2: %3, %4, %5")
            .arg(Format::exactCount(index.row() + 1), Format::exactCount(rowCount()), row->title(), row->what, status);
    default:
        return {};
    }
}

QStringList QueueModel::mimeTypes() const {
    return {mimeType()};
}

QMimeData* QueueModel::mimeData(const QModelIndexList& indexes) const {
    auto* data = new QMimeData;
    if (!indexes.isEmpty()) {
        data->setData(mimeType(), m_folders[indexes.first().row()].toUtf8());
    }
    return data;
}

bool QueueModel::dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int, const QModelIndex& parent) {
    if (action != Qt::MoveAction || !data->hasFormat(mimeType())) {
        return false;
    }
    const QString folder = QString::fromUtf8(data->data(mimeType()));
    const int from = rowOf(folder);
    const int before = row >= 0 ? row : parent.isValid() ? parent.row() : rowCount();
    const int to = before > from ? before - 1 : before; // counted without the row itself
    if (from >= 0 && to != from) {
        Q_EMIT moveWanted(folder, to);
    }
    return false; // the view must not remove the row: the model is read again
}

} // namespace fettle::ui
