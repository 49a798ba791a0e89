// Drawing rules (measured, see the design): phFastPolylines always, no translucent pens, no OpenGL, wide dashes only on
// short curves, at most five replots a second.
#include "plot/chart_impl.h"

#include "plot/smoothing.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {
constexpr int kReplotIntervalMs = 200;
constexpr int kWideDashLimit = 5000;
} // namespace

qsizetype nearestIndex(const QVector<double>& xs, double x) {
    if (xs.isEmpty()) {
        return -1;
    }
    const auto it = std::lower_bound(xs.begin(), xs.end(), x);
    if (it == xs.begin()) {
        return 0;
    }
    if (it == xs.end()) {
        return xs.size() - 1;
    }
    return x - *(it - 1) <= *it - x ? it - 1 - xs.begin() : it - xs.begin();
}

Chart::Impl::Curve* Chart::Impl::find(const QString& id) {
    const auto it = std::find_if(curves.begin(), curves.end(), [&id](const Curve& c) { return c.spec.id == id; });
    return it == curves.end() ? nullptr : &*it;
}

void Chart::Impl::schedule() {
    if (timer.isActive()) {
        return;
    }
    const qint64 passed = since.isValid() ? since.elapsed() : kReplotIntervalMs;
    timer.start(std::max(0, kReplotIntervalMs - static_cast<int>(std::min<qint64>(passed, kReplotIntervalMs))));
}

void Chart::Impl::replotNow() {
    if (!self->isVisible()) {
        return; // showEvent does
    }
    for (Curve& curve : curves) {
        if (curve.dirty) {
            fill(curve);
        }
    }
    if (fitted) {
        rescale();
    }
    placeCursor();
    plot->replot(QCustomPlot::rpQueuedReplot);
    ++replots;
    since.restart();
    describe();
    Q_EMIT self->replotted();
}

void Chart::Impl::fill(Curve& curve) {
    curve.dirty = false;
    const bool smooth = amount > 0 && (curve.spec.kind == CurveKind::Raw || curve.spec.kind == CurveKind::Overlay);
    const QVector<double> line = smooth ? smoothed(curve.x, curve.y, amount) : curve.y;
    curve.line->setData(curve.x, line, true);
    if (curve.raw != nullptr) {
        curve.raw->setVisible(curve.visible && smooth);
        curve.raw->setData(smooth ? curve.x : QVector<double>(), smooth ? curve.y : QVector<double>(), true);
    }
    setPen(curve);
}

void Chart::Impl::setPen(Curve& curve) {
    const Theme& theme = Theme::current();
    const QColor color = theme.seriesColor(curve.spec.slot);
    const bool dashed = curve.spec.kind == CurveKind::Overlay || Theme::seriesDashed(curve.spec.slot);
    QPen pen(color);
    pen.setJoinStyle(Qt::RoundJoin);
    switch (curve.spec.kind) {
    case CurveKind::Raw:
        pen.setWidthF(2.2);
        break;
    case CurveKind::Points:
        pen.setWidthF(1.2);
        break;
    case CurveKind::Overlay:
        pen.setWidthF(1.6);
        break;
    case CurveKind::Plain:
        pen.setWidthF(1.5);
        break;
    }
    if (dashed) {
        if (curve.x.size() > kWideDashLimit) {
            pen.setWidthF(1);
        }
        pen.setStyle(Qt::CustomDashLine);
        pen.setDashPattern({4, 3});
    }
    curve.line->setPen(pen);
    if (curve.spec.kind == CurveKind::Points) {
        const QCPScatterStyle::ScatterShape shape = curve.spec.slot % 3 == 0   ? QCPScatterStyle::ssDiamond
                                                    : curve.spec.slot % 3 == 1 ? QCPScatterStyle::ssSquare
                                                                               : QCPScatterStyle::ssCircle;
        curve.line->setScatterStyle(QCPScatterStyle(shape, QPen(theme.color(Token::Surface), 1.5), QBrush(color),
                                                    size == ChartSize::Small ? 5 : 8.5));
    }
    if (curve.raw != nullptr) {
        curve.raw->setPen(QPen(mix(color, theme.color(Token::Surface), 0.25), 1));
    }
}

void Chart::Impl::rescale() {
    double right = xEnd.value_or(0);
    double left = std::numeric_limits<double>::infinity();
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const Curve& curve : curves) {
        if (!curve.visible || curve.x.isEmpty()) {
            continue;
        }
        right = std::max(right, curve.x.back());
        left = std::min(left, curve.x.front());
        QVector<double> values;
        values.reserve(curve.y.size());
        for (const double y : curve.y) {
            if (std::isfinite(y) && (!log || y > 0)) {
                values.append(y);
            }
        }
        if (values.isEmpty()) {
            continue;
        }
        qsizetype first = 0;
        qsizetype last = values.size() - 1;
        if (ignoreOutliers && values.size() >= 100) {
            first = values.size() / 100;
            last = values.size() - 1 - first;
            std::nth_element(values.begin(), values.begin() + first, values.end());
            low = std::min(low, values[first]);
            std::nth_element(values.begin(), values.begin() + last, values.end());
            high = std::max(high, values[last]);
        } else {
            const auto [a, b] = std::minmax_element(values.begin(), values.end());
            low = std::min(low, *a);
            high = std::max(high, *b);
        }
    }
    if (!std::isfinite(left)) {
        left = 0;
    }
    if (left <= right * 0.05) {
        left = 0;
    }
    if (right <= left) {
        right = left + 1;
    }
    plot->xAxis->setRange(left, right);
    if (!std::isfinite(low)) {
        low = log ? 0.1 : 0;
        high = 1;
    }
    if (log) {
        low = std::max(low, 1e-12);
        high = std::max(high, low * 1.5);
        const double margin = std::pow(high / low, 0.06);
        plot->yAxis->setRange(low / margin, high * margin);
    } else {
        double bottom = low > 0 && low < high * 0.6 ? 0 : low;
        double span = high - bottom;
        if (!(span > 0)) {
            span = std::abs(high) > 0 ? std::abs(high) * 0.2 : 1;
            bottom = bottom > 0 ? std::max(0.0, bottom - span / 2) : bottom - (high < 0 ? span / 2 : 0);
            high += span / 2;
        }
        plot->yAxis->setRange(bottom == 0 ? 0 : bottom - 0.06 * span, high + 0.06 * (high - bottom));
    }
}

void Chart::Impl::placeCursor() {
    const std::optional<double> x = cursor != nullptr ? cursor->x() : std::nullopt;
    const bool on = x && plot->xAxis->range().contains(*x);
    cursorLine->setVisible(on);
    for (QCPItemTracer* tracer : tracers) {
        tracer->setVisible(false);
    }
    if (!on) {
        readOut->hide();
        return;
    }
    cursorLine->point1->setCoords(*x, 0);
    cursorLine->point2->setCoords(*x, 1);
    const QVector<CursorValue> values = self->valuesAt(*x);
    qsizetype shown = 0;
    for (Curve& curve : curves) {
        if (!curve.visible) {
            continue;
        }
        const qsizetype index = nearestIndex(curve.x, *x);
        if (index < 0 || index >= curve.line->dataCount()) {
            continue;
        }
        const double y = curve.line->data()->at(static_cast<int>(index))->value;
        if (!std::isfinite(y) || *x > curve.x.back() + 0.5 || shown >= tracers.size()) {
            continue;
        }
        QCPItemTracer* tracer = tracers[shown++];
        tracer->position->setCoords(curve.x[index], y);
        tracer->setPen(QPen(Theme::current().color(Token::Surface), 1.5));
        tracer->setBrush(Theme::current().seriesColor(curve.spec.slot));
        tracer->setVisible(true);
    }
    if (size == ChartSize::Small || values.isEmpty()) {
        readOut->hide();
        return;
    }
    readOut->setContent(xTitle.isEmpty() ? AxisTicker::shortNumber(*x)
                                         : xTitle % u' ' % Format::exactCount(std::llround(*x)),
                        values, digits);
    const QRect area = plot->axisRect()->rect();
    const int at = static_cast<int>(plot->xAxis->coordToPixel(*x));
    const int gap = Theme::current().u(2.5);
    const int left = at + gap + readOut->width() <= area.right() ? at + gap : at - gap - readOut->width();
    readOut->move(plot->pos() + QPoint(std::max(area.left(), left), area.top() + Theme::current().u(1)));
    readOut->show();
    readOut->raise();
}

void Chart::Impl::style() {
    const Theme& theme = Theme::current();
    const QFont font = theme.font(FontRole::Caption);
    plot->setBackground(QBrush(theme.color(Token::Surface)));
    for (QCPAxis* axis : {plot->xAxis, plot->yAxis}) {
        axis->setTickLabelFont(font);
        axis->setTickLabelColor(theme.color(Token::Text2));
        axis->setLabelFont(font);
        axis->setTickPen(QPen(theme.color(Token::LineStrong), 0));
        axis->setSubTickPen(Qt::NoPen);
        axis->setSubTicks(false);
        axis->grid()->setAntialiased(false);
        axis->grid()->setZeroLinePen(Qt::NoPen);
        axis->grid()->setPen(QPen(theme.color(Token::Grid), 0));
        axis->setTickLengthIn(0);
        axis->setNumberFormat(QStringLiteral("g")); // our labels are not to be prettied once more
    }
    plot->xAxis->grid()->setVisible(false);
    plot->xAxis->setBasePen(QPen(theme.color(Token::LineStrong), 0));
    plot->xAxis->setTickLengthOut(theme.u(1));
    plot->yAxis->setBasePen(Qt::NoPen);
    plot->yAxis->setTickPen(Qt::NoPen);
    plot->yAxis->setTickLengthOut(0);
    plot->yAxis->setTickLabelPadding(theme.u(2));
    cursorLine->setPen(QPen(theme.color(Token::LineStrong), 0));
    cursorLine->setAntialiased(false);
    readOut->setFont(font);
    for (QCPItemTracer* tracer : tracers) {
        tracer->setSize(theme.u(size == ChartSize::Small ? 2 : 2.25));
    }
    for (Curve& curve : curves) {
        setPen(curve);
    }
}

void Chart::Impl::tickers() {
    if (log) {
        plot->yAxis->setScaleType(QCPAxis::stLogarithmic);
        plot->yAxis->setTicker(QSharedPointer<LogTicker>::create());
    } else {
        plot->yAxis->setScaleType(QCPAxis::stLinear);
        auto ticker = QSharedPointer<AxisTicker>::create();
        ticker->setTickCount(size == ChartSize::Small ? 2 : 5);
        plot->yAxis->setTicker(ticker);
    }
    if (size == ChartSize::Small) {
        plot->xAxis->setTicker(QSharedPointer<EndsTicker>::create());
    } else {
        auto ticker = QSharedPointer<AxisTicker>::create();
        ticker->setTickCount(6);
        plot->xAxis->setTicker(ticker);
    }
}

void Chart::Impl::describe() {
    QStringList parts;
    for (const Curve& curve : curves) {
        const std::optional<double> last = self->lastValue(curve.spec.id);
        if (!last || !curve.visible) {
            continue;
        }
        const double first = curve.y.front();
        const QString trend = *last < first   ? Chart::tr("falling from %1").arg(Format::number(first, digits))
                              : *last > first ? Chart::tr("rising from %1").arg(Format::number(first, digits))
                                              : Chart::tr("level");
        parts << Chart::tr("%1: %2, %3").arg(curve.spec.title, Format::number(*last, digits), trend);
    }
    self->setAccessibleDescription(parts.join(u"; "_s));
}

} // namespace fettle::ui
