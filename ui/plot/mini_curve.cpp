#include "plot/mini_curve.h"

#include "plot/smoothing.h"
#include "widgets/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace fettle::ui {

MiniCurve::MiniCurve(int slot, QWidget* parent)
    : QWidget(parent)
    , m_slot(slot) {}

void MiniCurve::setSlot(int slot) {
    m_slot = slot;
    update();
}

void MiniCurve::setData(const Column& x, const Column& y, std::optional<double> xEnd) {
    if (!y.extends(m_y) || !x.extends(m_x)) {
        m_smooth = Ema(kSmoothing);
    }
    m_x = x;
    m_y = y;
    m_end = xEnd;
    update();
}

QSize MiniCurve::sizeHint() const {
    const Theme& theme = Theme::current();
    return {theme.u(50), theme.u(18)};
}

void MiniCurve::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.color(Token::Line), 0));
    painter.drawLine(QPointF(0, height() - 0.5), QPointF(width(), height() - 0.5));
    const qsizetype n = std::min(m_x.size(), m_y.size());
    const Extent all = m_y.extent(0, n);
    if (n == 0 || all.isEmpty()) {
        return;
    }
    const double margin = theme.u(1.25);
    const double right = std::max(m_end.value_or(m_x.back()), m_x.back());
    const double span = std::max(right - m_x.front(), 1e-9);
    const double rise = std::max(all.high - all.low, 1e-9);
    const auto at = [&](double x, double y) {
        return QPointF(margin + (x - m_x.front()) / span * (width() - 2 * margin),
                       margin + (all.high - y) / rise * (height() - 3 * margin));
    };
    m_smooth.extend(m_x, m_y);
    const Column& line = n > 30 ? m_smooth.values() : m_y;
    // Never more points than pixels: lowest and highest of each column for the raw band, its last for the line.
    const auto columns = std::max<qsizetype>(1, width() * 2);
    const qsizetype stride = std::max<qsizetype>(1, n / columns);
    const QColor color = theme.seriesColor(m_slot);
    QPolygonF raw;
    QPolygonF smooth;
    for (qsizetype i = 0; i < n; i += stride) {
        const qsizetype end = std::min(n, i + stride);
        const Extent piece = m_y.extent(i, end);
        if (!piece.isEmpty()) {
            raw << at(m_x[i], piece.low);
            if (stride > 1) {
                raw << at(m_x[i], piece.high);
            }
        }
        if (std::isfinite(line[end - 1])) {
            smooth << at(m_x[end - 1], line[end - 1]);
        }
    }
    painter.setPen(QPen(mix(color, theme.color(Token::Surface), 0.3), 1));
    painter.drawPolyline(raw);
    QPen pen(color, 2);
    pen.setJoinStyle(Qt::RoundJoin);
    painter.setPen(pen);
    painter.drawPolyline(smooth);
    if (!smooth.isEmpty()) {
        painter.setPen(QPen(theme.color(Token::Surface), 1.5));
        painter.setBrush(color);
        painter.drawEllipse(smooth.back(), theme.u(1), theme.u(1));
    }
}

} // namespace fettle::ui
