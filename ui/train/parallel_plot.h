// Parallel coordinates: one axis a swept field and one for the loss, one line a run. Keyboard: left and right choose an
// axis, up and down go from run to run along it.
#pragma once

#include "widgets/theme.h"

#include <QString>
#include <QVector>
#include <QWidget>

#include <optional>

namespace fettle::ui {

struct ParallelAxis {
    QString title;
    bool logarithmic = false;
    QStringList words;        // of a choice of words: values are their indexes
    bool lowerBetter = false; // the loss
};
struct ParallelLine {
    QString name;
    int slot = 0;
    bool best = false;
    QVector<std::optional<double>> values; // one an axis; nullopt = not known (yet)
};

class ParallelPlot : public QWidget {
    Q_OBJECT
public:
    explicit ParallelPlot(QWidget* parent = nullptr);
    void setData(QVector<ParallelAxis> axes, QVector<ParallelLine> lines);
    void setSelected(int line); // -1 = none
    [[nodiscard]] int selected() const { return m_selected; }
    [[nodiscard]] int axis() const { return m_axis; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void chosen(int line); // by the person

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    [[nodiscard]] QRectF area() const;
    [[nodiscard]] double xOf(int axis) const;
    [[nodiscard]] std::optional<double> yOf(int axis, int line) const;
    [[nodiscard]] QString label(int axis, double value) const;
    void step(int by);
    void choose(int line);
    void describe();

    QVector<ParallelAxis> m_axes;
    QVector<ParallelLine> m_lines;
    QVector<std::pair<double, double>> m_ranges; // in the axis's own scale
    int m_selected = -1;
    int m_axis = 0;
};

} // namespace fettle::ui
