// Charts over a run's numbers: curves with a faint raw line behind, validation with markers, overlays dashed; a shared
// cursor with a read-out; log scale, smoothing, zoom and pan. QCustomPlot stays inside chart.cpp.
#pragma once

#include "widgets/frames.h"

#include <QVector>
#include <QWidget>

#include <functional>
#include <memory>
#include <optional>

class QAbstractButton;
class QPushButton;

namespace fettle::ui {

enum class CurveKind {
    Raw,     // a live curve: smoothed 2.2 px over the raw points in a 25 % mix
    Points,  // few points with markers (validation)
    Overlay, // another run: dashed
    Plain    // one thin solid line (small charts)
};

struct CurveSpec {
    QString id;
    QString title;
    CurveKind kind = CurveKind::Raw;
    int slot = 0; // series colour; the seventh on is dashed
};

/// Which curve is where the cursor stands.
struct CursorValue {
    QString id, title;
    QColor color;
    std::optional<double> value;
};

/// Charts that share one cursor. Thread: GUI.
class ChartCursor : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    void set(std::optional<double> x);
    [[nodiscard]] std::optional<double> x() const { return m_x; }

Q_SIGNALS:
    void moved();

private:
    std::optional<double> m_x;
};

enum class ChartSize { Normal, Small };

/// One pair of axes. Data is kept sorted by x; values that are no number make gaps. Repaints at most five times a
/// second (once at once when quiet). Thread: GUI. Keys while focused: left/right cursor (Shift: ten), +/- zoom, 0 fit,
/// L log, S smoothing, Ctrl+C copies the values under the cursor.
class Chart : public QWidget {
    Q_OBJECT
public:
    explicit Chart(ChartSize size = ChartSize::Normal, QWidget* parent = nullptr);
    ~Chart() override;

    /// Curves in drawing order; data of ids that stay is kept.
    void setCurves(const QVector<CurveSpec>& curves);
    void setData(const QString& id, const QVector<double>& x, const QVector<double>& y);
    /// Points at the end (x ascending and beyond what is there; others are sorted in).
    void append(const QString& id, const QVector<double>& x, const QVector<double>& y);
    [[nodiscard]] qsizetype pointCount(const QString& id) const;
    void setCurveVisible(const QString& id, bool visible);
    [[nodiscard]] bool curveVisible(const QString& id) const;

    void setLog(bool log);
    [[nodiscard]] bool isLog() const;
    void setSmoothing(double amount);
    [[nodiscard]] double smoothing() const;
    /// Ignores the outer 1 % of values when the y axis is fitted.
    void setIgnoreOutliers(bool ignore);
    /// The axis reaches at least here (total steps of the run).
    void setXEnd(std::optional<double> end);
    void setXTitle(const QString& title); // "Step": head of the read-out
    void setCursor(ChartCursor* cursor);
    void fit();
    /// Digits of read-out and axis numbers.
    void setDigits(int digits);

    [[nodiscard]] std::optional<double> lastValue(const QString& id) const;
    [[nodiscard]] QVector<CursorValue> valuesAt(double x) const;
    /// How often it was painted anew (work, for tests).
    [[nodiscard]] int replotCount() const;

    [[nodiscard]] QString toCsv() const; // C locale, full precision: id,x,y
    [[nodiscard]] bool savePng(const QString& path) const;
    [[nodiscard]] bool saveSvg(const QString& path) const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void logChanged(bool log);
    void smoothingChanged(double amount);
    void dataChanged();
    void replotted(); // smoothed values are up to date

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void showEvent(QShowEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// The legend row above a chart: each curve a button (show or hide) with its sign and the value at the cursor, or the
/// last one.
class ChartLegend : public QWidget {
    Q_OBJECT
public:
    ChartLegend(Chart* chart, const QString& name, QWidget* parent = nullptr);
    void setCurves(const QVector<CurveSpec>& curves);
    void setCursor(ChartCursor* cursor);

private:
    void refresh();
    Chart* m_chart;
    ChartCursor* m_cursor = nullptr;
    QString m_name;
    QVector<CurveSpec> m_curves;
    QVector<QAbstractButton*> m_buttons;
};

/// The loss chart: heading, legend, smoothing, linear or log, save (PNG, SVG, CSV), chart.
class LossChart : public Card {
    Q_OBJECT
public:
    explicit LossChart(const QString& title, const QString& name, QWidget* parent = nullptr);
    [[nodiscard]] Chart* chart() const { return m_chart; }
    void setCurves(const QVector<CurveSpec>& curves);
    void setCursor(ChartCursor* cursor);
    /// Where "save" goes: the owner asks for a file and calls Chart::savePng, saveSvg or toCsv.
    [[nodiscard]] QPushButton* saveButton() const { return m_save; }

private:
    Chart* m_chart;
    ChartLegend* m_legend;
    QPushButton* m_save;
};

/// A small chart: title, last value, one curve.
class SmallChart : public Card {
    Q_OBJECT
public:
    SmallChart(const QString& title, const QString& name, int slot, QWidget* parent = nullptr);
    [[nodiscard]] Chart* chart() const { return m_chart; }
    void setCursor(ChartCursor* cursor);
    /// How the last value is written; default: Chart digits.
    void setValueText(std::function<QString(double)> text);
    static QString curveId() { return QStringLiteral("value"); }

private:
    void refresh();
    Chart* m_chart;
    Label* m_value;
    std::function<QString(double)> m_text;
    ChartCursor* m_cursor = nullptr;
};

/// A curve without axes, for a card or a row: raw points faint, smoothed line, a dot at the end. Painted without
/// QCustomPlot.
class MiniCurve : public QWidget {
    Q_OBJECT
public:
    explicit MiniCurve(int slot = 0, QWidget* parent = nullptr);
    /// `xEnd`: where the run will end, so that the curve grows into the free space; values that are no number are gaps.
    void setData(const QVector<double>& x, const QVector<double>& y, std::optional<double> xEnd);
    void setSlot(int slot);
    [[nodiscard]] bool isEmpty() const { return m_x.isEmpty(); }
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QVector<double> m_x, m_y;
    std::optional<double> m_end;
    int m_slot;
};

} // namespace fettle::ui
