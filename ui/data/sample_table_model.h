// A table of any number of rows over an index of ids: cells come in pages through a function that was given, and data()
// reads what is there. No I/O, no waiting, no store.
#pragma once

#include "data/data_columns.h"
#include "data/page_cache.h"
#include "project/row_page.h"
#include "widgets/table.h"

#include <QAbstractTableModel>
#include <QTimer>

#include <functional>
#include <set>

namespace fettle::ui {

/// Roles beyond those of the house.
enum DataRole : int {
    RowIdRole = IconRole + 1, // qint64
    HeaderNameRole            // QString: name of the column, of headers
};

/// Thread: GUI.
class SampleTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    static constexpr std::size_t kPages = 64;
    static constexpr std::size_t kPagesAtOnce = 4; // what one request asks for at most
    using Answer = std::function<void(std::vector<project::RowCells>)>;
    /// Asks for the cells of these ids; a later request takes the place of one that was not answered.
    using Fetch = std::function<void(std::vector<project::RowId> ids, Answer answer)>;

    explicit SampleTableModel(Fetch fetch, QObject* parent = nullptr);

    /// Another filter or order: one reset.
    void setIndex(project::RowIndexPtr index);
    /// The same rows, some with other cells: what shows stays until the new cells are there.
    void rowsChanged(const std::vector<project::RowId>& rows);
    void allChanged();
    void setColumns(const ShownColumns& columns);
    [[nodiscard]] const ShownColumns& columns() const { return m_columns; }
    [[nodiscard]] const project::RowIndexPtr& index() const { return m_index; }
    using QAbstractTableModel::index;

    [[nodiscard]] project::RowId idAt(int row) const; // 0 = no such row
    /// -1 = not in the index. Looks at `near` and its neighbours first, then at all (1 ms for a million).
    [[nodiscard]] int rowOf(project::RowId id, int near = 0) const;
    /// Cells where they are in memory, else nullptr (and nothing is asked for).
    [[nodiscard]] const project::RowCells* cells(int row) const;
    /// Keys of metadata seen in rows so far, sorted: possible columns.
    [[nodiscard]] QStringList metadataKeys() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

    [[nodiscard]] int requests() const { return m_requests; } // work, for tests

Q_SIGNALS:
    void metadataSeen();
    void pagesArrived();

private:
    void request();
    void take(std::uint64_t generation, const std::vector<std::size_t>& pages, std::vector<project::RowCells> rows);
    [[nodiscard]] QVariant cell(const project::RowCells& row, const QString& name, int role) const;

    Fetch m_fetch;
    project::RowIndexPtr m_index;
    ShownColumns m_columns;
    mutable PageCache<project::RowCells> m_cache;
    mutable QTimer m_timer;
    std::vector<std::size_t> m_asked; // pages of the request under way
    std::uint64_t m_generation = 0;   // of the index and its contents: late answers are dropped
    std::uint64_t m_request = 0;
    std::set<std::string> m_metadata;
    int m_requests = 0;
};

} // namespace fettle::ui
