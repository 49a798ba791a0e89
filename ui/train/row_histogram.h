// Bars of how many rows end at which loss. A press on a bar filters to it, a second press shows all; arrows move, Space
// filters, Escape shows all.
#pragma once

#include "train/row_losses_presenter.h"

#include <QWidget>

namespace fettle::ui {

class RowHistogram : public QWidget {
    Q_OBJECT
public:
    explicit RowHistogram(RowLossesPresenter& presenter, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }
    [[nodiscard]] QString readOut() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    void setCursorTo(int bin);
    void choose(int bin);
    [[nodiscard]] QRectF barsArea() const;
    [[nodiscard]] int binAt(double x) const;
    RowLossesPresenter& m_presenter;
    int m_cursor = -1;
};

} // namespace fettle::ui
