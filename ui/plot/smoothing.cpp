#include "plot/smoothing.h"

#include <algorithm>
#include <cmath>

namespace fettle::ui {

QVector<double> smoothed(const QVector<double>& x, const QVector<double>& y, double amount) {
    const auto n = std::min(x.size(), y.size());
    QVector<double> out(y.begin(), y.begin() + n);
    if (amount <= 0 || n < 2) {
        return out;
    }
    const double keep = std::min(amount, 0.9999);
    const double span = x[n - 1] - x[0];
    const double pace = span > 0 ? span / static_cast<double>(n - 1) : 1;
    double sum = 0;
    double weight = 0;
    double before = x[0];
    for (qsizetype i = 0; i < n; ++i) {
        if (!std::isfinite(y[i])) {
            continue;
        }
        const double decay = std::pow(keep, std::max(0.0, x[i] - before) / pace);
        sum = sum * decay + y[i] * (1 - keep);
        weight = weight * decay + (1 - keep);
        out[i] = sum / weight;
        before = x[i];
    }
    return out;
}

} // namespace fettle::ui
