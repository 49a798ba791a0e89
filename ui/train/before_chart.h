// The steps before a divergence: loss and gradient norm one above the other over the same steps, with the limit of what
// was usual and the step at which each left it. Arrows move a cursor; the read-out says its numbers.
#pragma once

#include "train/autopsy_presenter.h"

#include <QWidget>

namespace fettle::ui {

class BeforeChart : public QWidget {
    Q_OBJECT
public:
    explicit BeforeChart(QWidget* parent = nullptr);
    void setState(const AutopsyState& state);
    /// What the cursor reads; "" without steps.
    [[nodiscard]] QString readOut() const;
    [[nodiscard]] int cursor() const { return m_cursor; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void cursorMoved();

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    void setCursorTo(int index);
    [[nodiscard]] int indexAt(double x) const;
    struct Pane;
    void paintPane(QPainter& painter, const QRectF& area, const Pane& pane) const;
    [[nodiscard]] QRectF paneArea(int pane) const;

    AutopsyState m_state;
    int m_cursor = -1;
};

} // namespace fettle::ui
