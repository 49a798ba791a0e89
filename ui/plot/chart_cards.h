// What stands around a chart: the legend row, the card of the loss, and the card of a small chart.
#pragma once

#include "plot/chart.h"
#include "widgets/frames.h"

#include <functional>

class QAbstractButton;
class QHBoxLayout;
class QPushButton;

namespace fettle::ui {

/// The legend row above a chart: each curve a button (show or hide) with its sign and the value at the cursor, or the
/// last one. Removable ones carry a cross; Del removes too.
class ChartLegend : public QWidget {
    Q_OBJECT
public:
    ChartLegend(Chart* chart, const QString& name, QWidget* parent = nullptr);
    void setCurves(const QVector<CurveSpec>& curves);
    void setCursor(ChartCursor* cursor);

Q_SIGNALS:
    void removeWanted(const QString& id);

private:
    void refresh();
    Chart* m_chart;
    ChartCursor* m_cursor = nullptr;
    QString m_name;
    QVector<CurveSpec> m_curves;
    QVector<QAbstractButton*> m_buttons;
};

/// The loss chart: heading, legend, smoothing, linear or log, charts, save, chart.
class LossChart : public Card {
    Q_OBJECT
public:
    explicit LossChart(const QString& title, const QString& name, QWidget* parent = nullptr);
    [[nodiscard]] Chart* chart() const { return m_chart; }
    [[nodiscard]] ChartLegend* legend() const { return m_legend; }
    void setCurves(const QVector<CurveSpec>& curves);
    void setCursor(ChartCursor* cursor);
    /// Their menus are the owner's.
    [[nodiscard]] QPushButton* saveButton() const { return m_save; }
    [[nodiscard]] QPushButton* chartsButton() const { return m_charts; }

private:
    Chart* m_chart;
    ChartLegend* m_legend;
    QPushButton* m_save;
    QPushButton* m_charts;
    QHBoxLayout* m_row;
    bool m_below = false; // the legend has a line of its own
};

/// A small chart: title, last value, curves. Its heading can be dragged to another place; Alt+arrows move it by key.
class SmallChart : public Card {
    Q_OBJECT
public:
    SmallChart(const QString& title, const QString& name, QWidget* parent = nullptr);
    [[nodiscard]] Chart* chart() const { return m_chart; }
    void setCursor(ChartCursor* cursor);
    /// The first curve's value stands in the heading.
    void setCurves(const QVector<CurveSpec>& curves);
    [[nodiscard]] QString shownValue() const;

Q_SIGNALS:
    void moveWanted(int by); // places
    void dragged(const QPoint& global);
    void dropped(const QPoint& global);

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refresh();
    Chart* m_chart;
    Label* m_value;
    ChartCursor* m_cursor = nullptr;
    std::optional<QPoint> m_pressed;
    bool m_dragging = false;
};

} // namespace fettle::ui
