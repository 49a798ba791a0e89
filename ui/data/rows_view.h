// The table of rows on the Data page: sorting by its header, columns that are moved and widened, keys of their own, and
// the selection kept as ids.
#pragma once

#include "data/data_presenter.h"
#include "widgets/table.h"

namespace fettle::ui {

/// Short answers without a blank (labels, codes) in the fixed-width face, so that equal ones stand alike.
class RowsDelegate : public TableDelegate {
    Q_OBJECT
public:
    using TableDelegate::TableDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

class RowsView : public DataTable {
    Q_OBJECT
public:
    explicit RowsView(DataPresenter& presenter, QWidget* parent = nullptr);
    void goToRow(project::RowId id);
    /// One row on or back, from the side panel.
    void step(int by);

Q_SIGNALS:
    void xrayWanted();
    void conversationWanted();
    void historyWanted();
    void editWanted();
    void filterWanted();
    void goToWanted();
    void menuWanted(const QPoint& at); // global
    void columnMenuWanted(const QPoint& at);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool event(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    /// Rows marked by Space stay marked while the arrows move.
    [[nodiscard]] QItemSelectionModel::SelectionFlags selectionCommand(const QModelIndex& index,
                                                                       const QEvent* event) const override;

private:
    void takeSelection();
    void putSelection();
    void placeColumns();
    void keepColumns();
    DataPresenter& m_presenter;
    bool m_quiet = false;
    bool m_marking = false;
    int m_top = 0; // first visible row while the index changes
};

} // namespace fettle::ui
