#include "plot/smoothing.h"

#include <algorithm>
#include <cmath>

namespace fettle::ui {

namespace {
constexpr qsizetype kPaced = 64;
}

Ema::Ema(double amount)
    : m_amount(std::clamp(amount, 0.0, 0.9999)) {}

void Ema::restart(const Column& x) {
    m_out.clear();
    m_sum = 0;
    m_weight = 0;
    m_before = x.isEmpty() ? 0 : x.front();
    m_paced = std::min(kPaced, x.size() - 1);
    std::vector<double> gaps;
    for (qsizetype i = 0; i < m_paced; ++i) {
        if (const double gap = x[i + 1] - x[i]; gap > 0) {
            gaps.push_back(gap);
        }
    }
    m_pace = 1;
    if (!gaps.empty()) {
        const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
        std::nth_element(gaps.begin(), middle, gaps.end());
        m_pace = *middle;
    }
}

void Ema::extend(const Column& x, const Column& y) {
    const qsizetype n = std::min(x.size(), y.size());
    if (m_out.isEmpty() || m_out.size() > n || (m_paced < kPaced && n > m_paced + 1)) {
        restart(x);
    }
    const double fresh = 1 - m_amount;
    for (qsizetype i = m_out.size(); i < n; ++i) {
        const double value = y[i];
        if (m_amount <= 0 || !std::isfinite(value)) {
            m_out.append(value);
            continue;
        }
        const double gap = std::max(0.0, x[i] - m_before) / m_pace;
        const double decay = gap == 1 ? m_amount : std::pow(m_amount, gap);
        m_sum = m_sum * decay + value * fresh;
        m_weight = m_weight * decay + fresh;
        m_before = x[i];
        m_out.append(m_sum / m_weight);
    }
}

QVector<double> smoothed(const QVector<double>& x, const QVector<double>& y, double amount) {
    Ema ema(amount);
    ema.extend(Column(x), Column(y));
    return ema.values().toVector();
}

} // namespace fettle::ui
