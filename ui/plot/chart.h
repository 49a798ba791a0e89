// Charts over a run's numbers: curves with a faint raw line behind, validation with markers, overlays dashed; a shared
// cursor with a read-out and a shared x range; log scale, smoothing, zoom and pan, marks of what happened. Any number
// of points: what is drawn depends on pixels, and no extreme is lost. QCustomPlot stays inside chart*.cpp.
#pragma once

#include "plot/column.h"
#include "plot/value_text.h"

#include <QVector>
#include <QWidget>

#include <memory>
#include <optional>
#include <utility>

namespace fettle::ui {

enum class CurveKind {
    Raw,     // a live curve: smoothed 2.2 px over the raw points in a 25 % mix
    Points,  // few points with markers (validation)
    Overlay, // another run: dashed
    Plain    // one thin solid line
};

struct CurveSpec {
    QString id;
    QString title;
    CurveKind kind = CurveKind::Raw;
    int slot = 0; // series colour; the seventh on is dashed
    bool removable = false;
    QString note = {}; // "diverged": said by the legend
    friend bool operator==(const CurveSpec&, const CurveSpec&) = default;
};

/// x ascends. `key`: what smoothing takes distances from (the steps); empty = x.
struct CurveData {
    Column x, y;
    Column key = {};
};

/// Something that happened at x; `text` is read out where the cursor stands there.
struct ChartMarker {
    enum class Kind { Checkpoint, Best, Evaluation, Paused, Resumed, Continued, Diverged };
    Kind kind = Kind::Checkpoint;
    double x = 0;
    QString text;
    friend bool operator==(const ChartMarker&, const ChartMarker&) = default;
};

/// Which curve is where the cursor stands.
struct CursorValue {
    QString id, title;
    QColor color;
    std::optional<double> value;
};

struct XRange {
    double from = 0, to = 1;
    [[nodiscard]] double size() const { return to - from; }
    friend bool operator==(const XRange&, const XRange&) = default;
};

/// What charts share that belong together: the cursor and the x range. Thread: GUI.
class ChartCursor : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    void set(std::optional<double> x);
    [[nodiscard]] std::optional<double> x() const { return m_x; }
    /// nullopt = everything.
    void setRange(std::optional<XRange> range);
    [[nodiscard]] std::optional<XRange> range() const { return m_range; }

Q_SIGNALS:
    void moved();
    void rangeChanged();

private:
    std::optional<double> m_x;
    std::optional<XRange> m_range;
};

enum class ChartSize { Normal, Small };

/// One pair of axes. Values that are no number make gaps. New data is painted at most five times a second (once at once
/// when quiet), a changed view at the next turn of the event loop. Thread: GUI. Keys while focused: left/right cursor
/// (Shift: ten), Ctrl+left/right what happened before and after, +/- zoom, 0 fit, L log, S smoothing, Ctrl+C copies the
/// values under the cursor. Mouse: wheel zooms x, Shift+wheel y, drag pans, Shift+drag zooms into a rectangle, double
/// click fits.
class Chart : public QWidget {
    Q_OBJECT
public:
    explicit Chart(ChartSize size = ChartSize::Normal, QWidget* parent = nullptr);
    ~Chart() override;

    /// Curves in drawing order; data of ids that stay is kept.
    void setCurves(const QVector<CurveSpec>& curves);
    [[nodiscard]] QVector<CurveSpec> curves() const;
    /// Shares the columns. Where they extend what is there, only what is new is smoothed.
    void setData(const QString& id, const CurveData& data);
    /// Copies; x may be in any order.
    void setData(const QString& id, const QVector<double>& x, const QVector<double>& y);
    /// Points at the end (x ascending and beyond what is there; others are sorted in).
    void append(const QString& id, const QVector<double>& x, const QVector<double>& y);
    [[nodiscard]] qsizetype pointCount(const QString& id) const;
    [[nodiscard]] CurveData data(const QString& id) const;
    void setCurveVisible(const QString& id, bool visible);
    [[nodiscard]] bool curveVisible(const QString& id) const;
    void setMarkers(const QVector<ChartMarker>& markers);
    [[nodiscard]] const QVector<ChartMarker>& markers() const;

    void setLog(bool log);
    [[nodiscard]] bool isLog() const;
    void setSmoothing(double amount);
    [[nodiscard]] double smoothing() const;
    /// Fits the y axis to the middle 98 % of the values, and says so at the axis.
    void setIgnoreOutliers(bool ignore);
    [[nodiscard]] bool ignoresOutliers() const;
    /// The axis reaches at least here (total steps of the run).
    void setXEnd(std::optional<double> end);
    void setXAxis(XAxis axis);
    [[nodiscard]] XAxis xAxis() const;
    void setValueKind(ValueKind kind);
    [[nodiscard]] ValueKind valueKind() const;
    void setCursor(ChartCursor* cursor);
    [[nodiscard]] ChartCursor* cursorLink() const;
    /// Everything again, in x and y.
    void fit();
    void setXRange(const XRange& range);
    [[nodiscard]] XRange xRange() const;
    [[nodiscard]] XRange yRange() const;

    [[nodiscard]] std::optional<double> lastValue(const QString& id) const;
    [[nodiscard]] QVector<CursorValue> valuesAt(double x) const;
    /// What happened there, in words.
    [[nodiscard]] QStringList happenedAt(double x) const;
    /// The values under the cursor as text: full precision, C locale; "" = no cursor.
    [[nodiscard]] QString cursorText() const;
    /// How often it was painted anew (work, for tests), and line segments of the last time.
    [[nodiscard]] int replotCount() const;
    [[nodiscard]] qsizetype drawnSegments() const;
    /// Draws now instead of at the next turn; for measuring.
    void drawNow();

    [[nodiscard]] QString toCsv() const; // see chart_export.h
    [[nodiscard]] QImage toImage(double scale) const;
    [[nodiscard]] QByteArray toSvg() const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void logChanged(bool log);
    void smoothingChanged(double amount);
    void outliersChanged(bool ignore);
    void dataChanged();
    void replotted(); // smoothed values are up to date
    void menuWanted(const QPoint& global);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void connectLink();
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace fettle::ui
