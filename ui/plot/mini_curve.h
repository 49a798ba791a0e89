// A curve without axes, for a card or a row: raw points faint, smoothed line, a dot at the end. Painted without
// QCustomPlot.
#pragma once

#include "plot/smoothing.h"

#include <QWidget>

#include <optional>

namespace fettle::ui {

class MiniCurve : public QWidget {
    Q_OBJECT
public:
    explicit MiniCurve(int slot = 0, QWidget* parent = nullptr);
    /// `xEnd`: where the run will end, so that the curve grows into the free space; values that are no number are gaps.
    void setData(const Column& x, const Column& y, std::optional<double> xEnd);
    void setSlot(int slot);
    [[nodiscard]] bool isEmpty() const { return m_x.isEmpty(); }
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    static constexpr double kSmoothing = 0.9;
    Column m_x, m_y;
    Ema m_smooth{kSmoothing};
    std::optional<double> m_end;
    int m_slot;
};

} // namespace fettle::ui
