// What a chart is made of: the plot, its curves and how they are drawn. Included by the chart's own sources only.
#pragma once

#include "plot/axis_tickers.h"
#include "plot/chart.h"
#include "plot/read_out.h"

#include <QElapsedTimer>
#include <QTimer>

namespace fettle::ui {

/// Index of the value nearest to x in an ascending vector; -1 when empty.
[[nodiscard]] qsizetype nearestIndex(const QVector<double>& xs, double x);

struct Chart::Impl {
    struct Curve {
        CurveSpec spec;
        QVector<double> x, y;
        bool visible = true;
        bool dirty = true;
        QCPGraph* line = nullptr;
        QCPGraph* raw = nullptr;
    };

    Chart* self;
    ChartSize size;
    QCustomPlot* plot;
    ReadOut* readOut;
    QCPItemStraightLine* cursorLine;
    QVector<Curve> curves;
    ChartCursor* cursor = nullptr;
    ChartCursor* own = nullptr;
    bool log = false;
    bool ignoreOutliers = false;
    bool fitted = true; // the person has not zoomed
    double amount = 0;
    double lastAmount = 0.9;
    int digits = 3;
    int replots = 0;
    QString xTitle;
    std::optional<double> xEnd;
    QElapsedTimer since;
    QTimer timer;
    QVector<QCPItemTracer*> tracers;

    Curve* find(const QString& id);
    void schedule();
    void replotNow();
    void fill(Curve& curve);
    void setPen(Curve& curve);
    void rescale();
    void placeCursor();
    void style();
    void tickers();
    void describe();
};

} // namespace fettle::ui
