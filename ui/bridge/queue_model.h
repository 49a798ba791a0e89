// The runs that wait, in the order they will start; rows are dragged to change it.
#pragma once

#include "bridge/runs_model.h"

#include <QAbstractTableModel>

namespace fettle::ui {

class QueueModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Place, Name, Status, Where, ColumnCount };
    explicit QueueModel(RunsModel& runs, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    [[nodiscard]] Qt::DropActions supportedDropActions() const override { return Qt::MoveAction; }
    [[nodiscard]] QStringList mimeTypes() const override;
    [[nodiscard]] QMimeData* mimeData(const QModelIndexList& indexes) const override;
    /// Asks for the move; the rows change when the queue on disk has.
    bool dropMimeData(const QMimeData* data, Qt::DropAction action, int row, int column,
                      const QModelIndex& parent) override;

    [[nodiscard]] const RunRow* at(int row) const;
    [[nodiscard]] int rowOf(const QString& folder) const; // -1
    [[nodiscard]] static QStringList columnSamples();

Q_SIGNALS:
    void moveWanted(const QString& folder, int place);

private:
    void refresh();
    RunsModel& m_runs;
    QStringList m_folders;
};

} // namespace fettle::ui
