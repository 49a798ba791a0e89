// What the sources of Chart share; for chart*.cpp only. Rules (measured, see the design): no joined wide solid lines,
// no translucent pens, no OpenGL, new data at most five times a second.
#pragma once

#include "plot/chart.h"
#include "plot/curve_layer.h"
#include "plot/smoothing.h"
#include "widgets/theme.h"

#include <QElapsedTimer>
#include <QFrame>
#include <QTimer>

namespace fettle::ui {

/// Swatches and values at the cursor, a child widget over the plot.
class ReadOut : public QFrame {
public:
    explicit ReadOut(QWidget* parent);
    void setContent(const QString& head, const QVector<CursorValue>& values, const QStringList& notes, ValueKind kind);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    [[nodiscard]] QString text(const CursorValue& value) const;
    QString m_head;
    QVector<CursorValue> m_values;
    QStringList m_notes;
    ValueKind m_kind = ValueKind::Other;
};

/// Cursor line, its dots and the zoom rectangle, over the plot: they move without the plot being drawn again.
class CursorOverlay : public QWidget {
public:
    explicit CursorOverlay(QWidget* parent);
    struct Dot {
        QPointF at;
        QColor color;
    };
    void setCursorLine(std::optional<double> x, const QRect& area, const QVector<Dot>& dots, double radius);
    void setRubber(const QRect& rect);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::optional<double> m_x;
    QRect m_area, m_rubber;
    QVector<Dot> m_dots;
    double m_radius = 4;
};

struct Curve {
    CurveSpec spec;
    CurveData data;
    Ema ema;
    bool visible = true;
    bool dirty = true;
    CurveLayer* line = nullptr;
    CurveLayer* raw = nullptr;
    [[nodiscard]] const Column& key() const { return data.key.isEmpty() ? data.x : data.key; }
    [[nodiscard]] qsizetype size() const { return std::min(data.x.size(), data.y.size()); }
};

struct Chart::Impl {
    Chart* self = nullptr;
    ChartSize size = ChartSize::Normal;
    QCustomPlot* plot = nullptr;
    ReadOut* readOut = nullptr;
    CursorOverlay* overlay = nullptr;
    MarkerLayer* marks = nullptr;
    QVector<Curve> curves;
    QVector<ChartMarker> markers; // x ascends
    ChartCursor* link = nullptr;
    ChartCursor* own = nullptr;
    bool log = false;
    bool ignoreOutliers = false;
    bool yFitted = true; // the person has not zoomed in y
    double amount = 0;
    double lastAmount = 0.9;
    int replots = 0;
    XAxis axis = XAxis::Step;
    ValueKind values = ValueKind::Other;
    std::optional<double> xEnd;
    QElapsedTimer since;
    QTimer timer; // the next replot
    // the mouse
    std::optional<QPoint> pressed;
    QCPRange pressedX, pressedY;
    bool dragging = false, boxing = false;

    [[nodiscard]] Curve* find(const QString& id);
    [[nodiscard]] bool smooths(const Curve& curve) const {
        return amount > 0 && (curve.spec.kind == CurveKind::Raw || curve.spec.kind == CurveKind::Overlay);
    }
    /// What is read at a point: smoothed where the curve is.
    [[nodiscard]] const Column& shown(Curve& curve) const;
    /// New data: at most five times a second.
    void schedule();
    /// A changed view: at the next turn.
    void scheduleView() { timer.start(0); }
    void replot(QCustomPlot::RefreshPriority priority);
    void fill(Curve& curve);
    void setLook(Curve& curve);
    [[nodiscard]] XRange everything() const;
    void rescaleX();
    void rescaleY();
    void placeCursor();
    void style();
    void tickers();
    void describe();
    // input
    void zoom(double factor, double at);
    void pan(double share);
    void step(int by);
    void jump(int by);
    void setView(XRange range);
    [[nodiscard]] std::optional<double> pointNear(double x) const;
};

} // namespace fettle::ui
