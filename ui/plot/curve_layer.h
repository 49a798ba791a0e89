// What is drawn inside the axes: one curve, and the marks of what happened. A curve with more points than pixels is
// drawn by the lowest and highest value of every pixel column, so the work depends on the width of the picture and a
// single spike among a million points is always there.
#pragma once

#include "plot/chart.h"
#include "plot/qcustomplot_wrapper.h"

namespace fettle::ui {

/// How a curve looks.
struct CurveLook {
    QPen pen;
    bool band = false; // the raw line: vertical hairlines, not smoothed at the edges
    bool dots = false; // a marker at each point where there is room
    int dotShape = 0;  // 0 diamond, 1 square, 2 circle
    double dotSize = 8.5;
    QColor edge; // of the dots
};

class CurveLayer : public QCPAbstractPlottable {
public:
    explicit CurveLayer(QCustomPlot* plot);
    void setLook(const CurveLook& look) { m_look = look; }
    void setColumns(const Column& x, const Column& y) {
        m_x = x;
        m_y = y;
    }
    [[nodiscard]] const Column& values() const { return m_y; }
    [[nodiscard]] qsizetype segments() const { return m_segments; }

    double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }
    QCPRange getKeyRange(bool& found, QCP::SignDomain) const override;
    QCPRange getValueRange(bool& found, QCP::SignDomain, const QCPRange&) const override;

protected:
    void draw(QCPPainter* painter) override;
    void drawLegendIcon(QCPPainter*, const QRectF&) const override {}

private:
    struct Scale;
    void drawBand(QCPPainter* painter, const Scale& scale, qsizetype from, qsizetype to);
    void drawLine(QCPPainter* painter, const Scale& scale, qsizetype from, qsizetype to);
    void drawDots(QCPPainter* painter, const Scale& scale, qsizetype from, qsizetype to);
    void flush(QCPPainter* painter, QPolygonF& line);
    Column m_x, m_y;
    CurveLook m_look;
    qsizetype m_segments = 0;
};

class MarkerLayer : public QCPAbstractPlottable {
public:
    explicit MarkerLayer(QCustomPlot* plot);
    void setMarkers(const QVector<ChartMarker>& markers) { m_markers = markers; } // x ascends
    void setNote(const QString& note) { m_note = note; }                          // at the top of the y axis

    double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }
    QCPRange getKeyRange(bool& found, QCP::SignDomain) const override;
    QCPRange getValueRange(bool& found, QCP::SignDomain, const QCPRange&) const override;

protected:
    void draw(QCPPainter* painter) override;
    void drawLegendIcon(QCPPainter*, const QRectF&) const override {}

private:
    QVector<ChartMarker> m_markers;
    QString m_note;
};

} // namespace fettle::ui
