#include "plot/curve_layer.h"

#include "widgets/theme.h"

#include <algorithm>
#include <cmath>

namespace fettle::ui {

/// Values to pixels of the axis rectangle; far outside is cut off, so that coordinates stay small numbers.
struct CurveLayer::Scale {
    double left, bottom, width, height;
    QCPRange x, y;
    bool log;
    int columns; // pixel columns of the device

    [[nodiscard]] double px(double value) const {
        return left + std::clamp((value - x.lower) / x.size(), -8.0, 9.0) * width;
    }
    [[nodiscard]] double py(double value) const {
        double share = 0;
        if (log) {
            share = value > 0 ? std::log(value / y.lower) / std::log(y.upper / y.lower) : -8.0;
        } else {
            share = (value - y.lower) / y.size();
        }
        return bottom - std::clamp(share, -8.0, 9.0) * height;
    }
    [[nodiscard]] bool drawable(double value) const { return std::isfinite(value) && (!log || value > 0); }
    [[nodiscard]] bool drawable(const Extent& extent) const { return !extent.isEmpty() && (!log || extent.high > 0); }
    /// Right edge of a pixel column.
    [[nodiscard]] double edge(int column) const { return x.lower + x.size() * (column + 1) / columns; }
    [[nodiscard]] double middle(int column) const { return left + (column + 0.5) * width / columns; }
};

CurveLayer::CurveLayer(QCustomPlot* plot)
    : QCPAbstractPlottable(plot->xAxis, plot->yAxis) {}

QCPRange CurveLayer::getKeyRange(bool& found, QCP::SignDomain) const {
    found = !m_x.isEmpty();
    return found ? QCPRange(m_x.front(), m_x.back()) : QCPRange();
}

QCPRange CurveLayer::getValueRange(bool& found, QCP::SignDomain, const QCPRange&) const {
    const Extent all = m_y.extent(0, m_y.size());
    found = !all.isEmpty();
    return found ? QCPRange(all.low, all.high) : QCPRange();
}

void CurveLayer::draw(QCPPainter* painter) {
    m_segments = 0;
    const qsizetype n = std::min(m_x.size(), m_y.size());
    if (n == 0) {
        return;
    }
    const QRect area = mKeyAxis->axisRect()->rect();
    const bool vector = painter->modes().testFlag(QCPPainter::pmVectorized);
    const double ratio = vector ? 2 : painter->device()->devicePixelRatioF();
    const Scale scale{static_cast<double>(area.left()),
                      static_cast<double>(area.bottom() + 1),
                      static_cast<double>(area.width()),
                      static_cast<double>(area.height()),
                      mKeyAxis->range(),
                      mValueAxis->range(),
                      mValueAxis->scaleType() == QCPAxis::stLogarithmic,
                      std::max(1, qRound(area.width() * ratio))};
    // One point beyond each edge, so that lines leave the picture where they should.
    const qsizetype from = std::max<qsizetype>(0, m_x.lowerBound(scale.x.lower) - 1);
    const qsizetype to =
        std::min(n, m_x.lowerBound(std::nextafter(scale.x.upper, std::numeric_limits<double>::infinity())) + 1);
    if (to <= from) {
        return;
    }
    if (m_look.band) {
        drawBand(painter, scale, from, to);
    } else {
        drawLine(painter, scale, from, to);
    }
    if (m_look.dots && to - from <= std::max<qsizetype>(40, area.width() / 8)) {
        drawDots(painter, scale, from, to);
    }
}

void CurveLayer::drawBand(QCPPainter* painter, const Scale& scale, qsizetype from, qsizetype to) {
    painter->setAntialiasing(false);
    painter->setPen(m_look.pen);
    painter->setBrush(Qt::NoBrush);
    if (to - from <= 2 * scale.columns) {
        drawLine(painter, scale, from, to);
        return;
    }
    QVector<QLineF> lines;
    lines.reserve(scale.columns + 2);
    double before = std::numeric_limits<double>::quiet_NaN(); // where the last column ended
    qsizetype at = from;
    for (int column = -1; column <= scale.columns && at < to; ++column) {
        // Column -1 and the one after the last hold the points outside.
        const qsizetype next = column == scale.columns ? to : std::min(to, m_x.lowerBound(scale.edge(column), at));
        if (next == at) {
            continue;
        }
        const Extent extent = m_y.extent(at, next);
        const double last = m_y[next - 1];
        const double first = m_y[at];
        at = next;
        if (!scale.drawable(extent)) {
            before = std::numeric_limits<double>::quiet_NaN();
            continue;
        }
        double top = scale.py(extent.high);
        double bottom = scale.py(extent.low);
        if (std::isfinite(before) && scale.drawable(first)) { // joined to the column before
            top = std::min(top, before);
            bottom = std::max(bottom, before);
        }
        const double x = scale.middle(column);
        lines.append(QLineF(x, top, x, std::max(bottom, top + 1)));
        before = scale.drawable(last) ? scale.py(last) : std::numeric_limits<double>::quiet_NaN();
    }
    painter->drawLines(lines);
    m_segments += lines.size();
}

void CurveLayer::flush(QCPPainter* painter, QPolygonF& line) {
    if (line.size() == 1) { // alone between gaps: a dot
        painter->drawLine(QLineF(line[0], line[0] + QPointF(0.01, 0)));
        ++m_segments;
    } else if (line.size() > 1) {
        m_segments += line.size() - 1;
        if (m_look.pen.style() == Qt::SolidLine && !painter->modes().testFlag(QCPPainter::pmVectorized)) {
            // Joined wide lines are forty times slower in the raster painter; round caps hide the joints.
            for (qsizetype i = 1; i < line.size(); ++i) {
                painter->drawLine(QLineF(line[i - 1], line[i]));
            }
        } else {
            painter->drawPolyline(line);
        }
    }
    line.clear();
}

void CurveLayer::drawLine(QCPPainter* painter, const Scale& scale, qsizetype from, qsizetype to) {
    painter->setAntialiasing(!m_look.band);
    painter->setPen(m_look.pen);
    painter->setBrush(Qt::NoBrush);
    QPolygonF line;
    line.reserve(2 * scale.columns + 4);
    if (to - from <= 2 * scale.columns) {
        for (qsizetype i = from; i < to; ++i) {
            const double y = m_y[i];
            if (scale.drawable(y)) {
                line.append(QPointF(scale.px(m_x[i]), scale.py(y)));
            } else {
                flush(painter, line);
            }
        }
        flush(painter, line);
        return;
    }
    const double fine = 1.5 * scale.width / scale.columns;
    qsizetype at = from;
    for (int column = -1; column <= scale.columns && at < to; ++column) {
        const qsizetype next = column == scale.columns ? to : std::min(to, m_x.lowerBound(scale.edge(column), at));
        if (next == at) {
            continue;
        }
        const Extent extent = m_y.extent(at, next);
        const bool broken = !scale.drawable(m_y[at]) || !scale.drawable(m_y[next - 1]);
        at = next;
        if (!scale.drawable(extent)) {
            flush(painter, line);
            continue;
        }
        const double x = scale.middle(column);
        const double top = scale.py(extent.high);
        const double bottom = scale.py(extent.low);
        if (bottom - top <= fine) {
            line.append(QPointF(x, (top + bottom) / 2));
        } else { // through both ends, the nearer one first
            const bool down = line.isEmpty() || std::abs(line.back().y() - top) < std::abs(line.back().y() - bottom);
            line.append(QPointF(x, down ? top : bottom));
            line.append(QPointF(x, down ? bottom : top));
        }
        if (broken) {
            flush(painter, line);
        }
    }
    flush(painter, line);
}

void CurveLayer::drawDots(QCPPainter* painter, const Scale& scale, qsizetype from, qsizetype to) {
    painter->setAntialiasing(true);
    painter->setPen(QPen(m_look.edge, 1.5));
    painter->setBrush(m_look.pen.color());
    const double r = m_look.dotSize / 2;
    const int room = static_cast<int>(std::ceil(r)) + 2; // a dot at the edge is drawn whole
    painter->setClipRect(mKeyAxis->axisRect()->rect().adjusted(-room, -room, room, room));
    for (qsizetype i = from; i < to; ++i) {
        if (!scale.drawable(m_y[i]) || !scale.x.contains(m_x[i]) || !scale.y.contains(m_y[i])) {
            continue;
        }
        const QPointF at(scale.px(m_x[i]), scale.py(m_y[i]));
        if (m_look.dotShape == 2) {
            painter->drawEllipse(at, r, r);
        } else if (m_look.dotShape == 1) {
            painter->drawRect(QRectF(at.x() - r * 0.9, at.y() - r * 0.9, r * 1.8, r * 1.8));
        } else {
            painter->drawPolygon(QPolygonF{at + QPointF(0, -r * 1.2), at + QPointF(r * 1.2, 0),
                                           at + QPointF(0, r * 1.2), at + QPointF(-r * 1.2, 0)});
        }
    }
}

MarkerLayer::MarkerLayer(QCustomPlot* plot)
    : QCPAbstractPlottable(plot->xAxis, plot->yAxis) {}

QCPRange MarkerLayer::getKeyRange(bool& found, QCP::SignDomain) const {
    found = false;
    return {};
}

QCPRange MarkerLayer::getValueRange(bool& found, QCP::SignDomain, const QCPRange&) const {
    found = false;
    return {};
}

void MarkerLayer::draw(QCPPainter* painter) {
    const Theme& theme = Theme::current();
    const QRect area = mKeyAxis->axisRect()->rect();
    const QCPRange range = mKeyAxis->range();
    const double u = theme.u();
    const double ground = area.bottom() + 1;
    std::array<double, 8> last;
    last.fill(-1e9);
    for (const ChartMarker& marker : m_markers) {
        if (!range.contains(marker.x)) {
            continue;
        }
        const double x = std::round(mKeyAxis->coordToPixel(marker.x)) + 0.5;
        double& before = last[static_cast<std::size_t>(marker.kind)];
        const bool always = marker.kind == ChartMarker::Kind::Diverged || marker.kind == ChartMarker::Kind::Best;
        if (!always && x - before < 3) {
            continue; // closer together than can be told apart; the cursor reads them all
        }
        before = x;
        painter->setBrush(Qt::NoBrush);
        switch (marker.kind) {
        case ChartMarker::Kind::Evaluation:
            painter->setAntialiasing(false);
            painter->setPen(QPen(theme.color(Token::LineStrong), 1));
            painter->drawLine(QLineF(x, ground - u * 0.75, x, ground));
            break;
        case ChartMarker::Kind::Checkpoint:
        case ChartMarker::Kind::Best: {
            // A small flag on the axis; filled = the best so far.
            painter->setAntialiasing(true);
            painter->setPen(QPen(theme.color(Token::Text3), 1));
            painter->drawLine(QLineF(x, ground - u * 2.25, x, ground));
            if (marker.kind == ChartMarker::Kind::Best) {
                painter->setBrush(theme.color(Token::Text3));
            }
            painter->drawPolygon(QPolygonF{QPointF(x, ground - u * 2.25), QPointF(x + u * 1.25, ground - u * 1.7),
                                           QPointF(x, ground - u * 1.15)});
            break;
        }
        case ChartMarker::Kind::Paused:
            painter->setAntialiasing(false);
            painter->setPen(QPen(theme.color(Token::Warn), 1.5));
            painter->drawLine(QLineF(x - u * 0.4, ground - u * 3.5, x - u * 0.4, ground - u * 2));
            painter->drawLine(QLineF(x + u * 0.5, ground - u * 3.5, x + u * 0.5, ground - u * 2));
            break;
        case ChartMarker::Kind::Resumed:
        case ChartMarker::Kind::Continued:
            painter->setAntialiasing(true);
            painter->setPen(QPen(theme.color(Token::Text3), 1));
            if (marker.kind == ChartMarker::Kind::Resumed) {
                painter->setBrush(theme.color(Token::Text3));
            }
            painter->drawPolygon(QPolygonF{QPointF(x, ground - u * 5), QPointF(x + u * 1.4, ground - u * 4.3),
                                           QPointF(x, ground - u * 3.6)});
            break;
        case ChartMarker::Kind::Diverged: {
            painter->setAntialiasing(false);
            painter->setPen(QPen(theme.color(Token::Bad), 1, Qt::DashLine));
            painter->drawLine(QLineF(x, area.top(), x, ground));
            painter->setAntialiasing(true);
            painter->setPen(QPen(theme.color(Token::Surface), 1.5));
            painter->setBrush(theme.color(Token::Bad));
            const QPointF at(x, area.top() + u * 1.5);
            painter->drawPolygon(QPolygonF{at + QPointF(0, -u * 1.4), at + QPointF(u * 1.4, 0),
                                           at + QPointF(0, u * 1.4), at + QPointF(-u * 1.4, 0)});
            break;
        }
        }
    }
    if (!m_note.isEmpty()) {
        painter->setAntialiasing(true);
        painter->setFont(theme.font(FontRole::Caption));
        const double width = QFontMetricsF(theme.font(FontRole::Caption)).horizontalAdvance(m_note);
        const QRectF place(area.left() + u, area.top(), width + u, u * 5);
        painter->fillRect(place, theme.color(Token::Surface)); // over a curve it would not be readable
        painter->setPen(theme.color(Token::Text3));
        painter->drawText(place, static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter), m_note);
    }
}

} // namespace fettle::ui
