// Bars that filter: a press on one chooses it, a second press lets go; arrows move, Space or Enter chooses, Escape lets
// go. Knows nothing of what the bars count.
#pragma once

#include "widgets/theme.h"

#include <QString>
#include <QVector>
#include <QWidget>

#include <optional>

namespace fettle::ui {

struct ChartBar {
    double value = 0;
    QString readOut; // "Tokens 12 to 23: 148 rows"
    bool warn = false;
};
struct ChartTick {
    double at = 0; // 0 to 1 of the width
    QString text;
};

/// Thread: GUI.
class BarChart : public QWidget {
    Q_OBJECT
public:
    BarChart(Token color, const QString& name, const QString& accessibleName, QWidget* parent = nullptr);
    void setBars(QVector<ChartBar> bars, QVector<ChartTick> ticks);
    /// A dashed line with words, at 0 to 1 of the width.
    void setMarker(std::optional<double> at, const QString& text);
    void setChosen(int bar); // -1 = none
    [[nodiscard]] const QVector<ChartBar>& bars() const { return m_bars; }
    /// The middle of a bar, for tests.
    [[nodiscard]] QPoint barPoint(int bar) const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void chosen(int bar);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] QRectF area() const;
    [[nodiscard]] int barAt(double x) const;
    void moveTo(int bar);
    Token m_color;
    QVector<ChartBar> m_bars;
    QVector<ChartTick> m_ticks;
    std::optional<double> m_marker;
    QString m_markerText;
    int m_chosen = -1, m_cursor = -1;
};

} // namespace fettle::ui
