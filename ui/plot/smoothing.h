// Time-weighted exponential smoothing of a curve: points that lie further apart forget more, so that a curve with gaps
// is smoothed alike.
#pragma once

#include <QVector>

namespace fettle::ui {

/// y smoothed over x (ascending). `amount` in [0, 1): 0 gives y back, 0.9 keeps 90 % of the past a mean step. Started
/// without bias towards the first value (the sum of weights is divided out). NaN values are left out of the mean and
/// stay NaN in the result, so that a gap stays a gap.
[[nodiscard]] QVector<double> smoothed(const QVector<double>& x, const QVector<double>& y, double amount);

} // namespace fettle::ui
