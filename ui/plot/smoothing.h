// Time-weighted exponential smoothing of a curve: points that lie further apart forget more, so that a curve with gaps
// is smoothed alike. It grows with its curve: what was smoothed once is not smoothed again.
#pragma once

#include "plot/column.h"

#include <QVector>

namespace fettle::ui {

/// y smoothed over the distances of x (ascending). `amount` in [0, 1): 0 gives y back, 0.9 keeps 90 % of the past over
/// the curve's usual distance (the median of its first 64). Started without bias towards the first value (the sum of
/// weights is divided out). NaN values are left out of the mean and stay NaN in the result, so that a gap stays a gap.
class Ema {
public:
    explicit Ema(double amount = 0);
    /// Brings `out` up to the length of y; points beyond the ones smoothed before must be new ones at the end.
    void extend(const Column& x, const Column& y);
    [[nodiscard]] const Column& values() const { return m_out; }
    [[nodiscard]] double amount() const { return m_amount; }

private:
    void restart(const Column& x);
    double m_amount = 0;
    double m_pace = 1;
    double m_sum = 0, m_weight = 0, m_before = 0;
    qsizetype m_paced = 0; // distances that the pace was taken from
    Column m_out;
};

[[nodiscard]] QVector<double> smoothed(const QVector<double>& x, const QVector<double>& y, double amount);

} // namespace fettle::ui
