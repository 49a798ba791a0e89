// The learning rate over the planned steps as a small curve, drawn before anything starts.
#pragma once

#include "train/schedule.h"

#include <QWidget>

#include <vector>

namespace fettle::ui {

class LrCurve : public QWidget {
    Q_OBJECT
public:
    /// Spark: a line without words, for a row. Chart: peak and number of steps beside the axes.
    enum class Look { Spark, Chart };
    explicit LrCurve(Look look, const QString& name, QWidget* parent = nullptr);
    /// `known` false: the number of steps is not known yet, only the shape is shown.
    void setSchedule(const train::Schedule& schedule, bool known);
    [[nodiscard]] const train::Schedule& schedule() const { return m_schedule; }
    /// What the curve says, in words; also read by screen readers.
    [[nodiscard]] static QString words(const train::Schedule& schedule, bool known);
    /// Rates at `count` steps spread over the run, the first and the last among them.
    [[nodiscard]] static std::vector<double> points(const train::Schedule& schedule, int count);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Look m_look;
    train::Schedule m_schedule;
    bool m_known = false;
};

} // namespace fettle::ui
