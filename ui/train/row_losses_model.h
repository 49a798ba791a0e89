// The table of row losses: numbers from the presenter's shared table, texts read line by line as rows come into sight.
#pragma once

#include "train/row_losses_presenter.h"
#include "widgets/table.h"

#include <QAbstractTableModel>
#include <QCache>

namespace fettle::ui {

class RowLossesModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Row, Words, Curve, First, Last, Class, Columns };
    explicit RowLossesModel(RowLossesPresenter& presenter, QObject* parent = nullptr);
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] std::optional<std::int64_t> sample(int row) const;
    /// Losses of a row, for its curve.
    [[nodiscard]] std::span<const float> losses(int row) const;
    [[nodiscard]] float top() const { return m_table ? m_table->top : 0; }

private:
    void reload();
    RowLossesPresenter& m_presenter;
    std::shared_ptr<const RowTable> m_table;
    std::shared_ptr<const std::vector<std::uint32_t>> m_order;
    mutable QCache<std::int64_t, QString> m_words;
};

/// Paints the curve of a row's losses; the rest as the house's delegate does.
class RowLossesDelegate : public TableDelegate {
    Q_OBJECT
public:
    using TableDelegate::TableDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace fettle::ui
