// The chart as a widget: its curves, their data, and its settings.
#include "plot/chart_impl.h"

#include "base/numbers.h"
#include "bridge/strings.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

void ChartCursor::set(std::optional<double> x) {
    if (x != m_x) {
        m_x = x;
        Q_EMIT moved();
    }
}

void ChartCursor::setRange(std::optional<XRange> range) {
    if (range != m_range) {
        m_range = range;
        Q_EMIT rangeChanged();
    }
}

Curve* Chart::Impl::find(const QString& id) {
    const auto it = std::find_if(curves.begin(), curves.end(), [&id](const Curve& c) { return c.spec.id == id; });
    return it == curves.end() ? nullptr : &*it;
}

const Column& Chart::Impl::shown(Curve& curve) const {
    if (!smooths(curve)) {
        return curve.data.y;
    }
    if (curve.ema.amount() != amount) {
        curve.ema = Ema(amount);
    }
    curve.ema.extend(curve.key(), curve.data.y);
    return curve.ema.values();
}

Chart::Chart(ChartSize size, QWidget* parent)
    : QWidget(parent)
    , m_impl(std::make_unique<Impl>()) {
    Impl& d = *m_impl;
    d.self = this;
    d.size = size;
    setFocusPolicy(Qt::StrongFocus);
    d.plot = new QCustomPlot(this);
    d.plot->setFocusPolicy(Qt::NoFocus);
    d.plot->setPlottingHint(QCP::phFastPolylines, true);
    d.plot->setInteractions(QCP::iNone);
    d.plot->installEventFilter(this);
    d.plot->axisRect()->setupFullAxesBox(false);
    for (QCPAxis* axis : {d.plot->xAxis2, d.plot->yAxis2}) {
        axis->setVisible(false);
    }
    d.plot->axisRect()->setMinimumMargins(
        QMargins(0, 0, Theme::current().u(size == ChartSize::Small ? 3.5 : 4), 0)); // half of the last label
    d.plot->legend->setVisible(false);
    d.marks = new MarkerLayer(d.plot);
    d.overlay = new CursorOverlay(this);
    d.readOut = new ReadOut(this);
    d.own = new ChartCursor(this);
    setCursor(d.own);
    d.tickers();
    d.style();
    d.timer.setSingleShot(true);
    connect(&d.timer, &QTimer::timeout, this, [this] { m_impl->replot(QCustomPlot::rpQueuedRefresh); });
    connect(&Theme::current(), &Theme::changed, this, [this] {
        m_impl->style();
        m_impl->scheduleView();
    });
    setMouseTracking(true);
}

Chart::~Chart() = default;

QSize Chart::sizeHint() const {
    const Theme& theme = Theme::current();
    return m_impl->size == ChartSize::Small ? QSize(theme.u(40), theme.u(22)) : QSize(theme.u(140), theme.u(64));
}

QSize Chart::minimumSizeHint() const {
    const Theme& theme = Theme::current();
    return m_impl->size == ChartSize::Small ? QSize(theme.u(24), theme.u(18)) : QSize(theme.u(60), theme.u(30));
}

void Chart::setCurves(const QVector<CurveSpec>& specs) {
    Impl& d = *m_impl;
    QVector<Curve> old = std::exchange(d.curves, {});
    for (const Curve& curve : std::as_const(old)) {
        d.plot->removePlottable(curve.line);
        if (curve.raw != nullptr) {
            d.plot->removePlottable(curve.raw);
        }
    }
    // Raw lines first, so that every smoothed line lies over them.
    for (const CurveSpec& spec : specs) {
        Curve curve;
        curve.spec = spec;
        const auto kept =
            std::find_if(old.begin(), old.end(), [&spec](const Curve& c) { return c.spec.id == spec.id; });
        if (kept != old.end()) {
            curve.data = kept->data;
            curve.ema = kept->ema;
            curve.visible = kept->visible;
        }
        if (spec.kind == CurveKind::Raw) {
            curve.raw = new CurveLayer(d.plot);
        }
        d.curves.append(curve);
    }
    for (Curve& curve : d.curves) {
        curve.line = new CurveLayer(d.plot);
    }
    d.style();
    d.schedule();
}

QVector<CurveSpec> Chart::curves() const {
    QVector<CurveSpec> out;
    for (const Curve& curve : m_impl->curves) {
        out.append(curve.spec);
    }
    return out;
}

void Chart::setData(const QString& id, const CurveData& data) {
    Curve* curve = m_impl->find(id);
    if (curve == nullptr) {
        return;
    }
    const CurveData& old = curve->data;
    const bool sameX = data.x.extends(old.x);
    const bool grown = data.y.extends(old.y) && data.key.extends(old.key);
    if (grown && sameX && data.y.size() == old.y.size() && data.x.size() == old.x.size()) {
        return; // nothing new
    }
    if (!grown || (data.key.isEmpty() && !sameX)) {
        curve->ema = Ema(m_impl->amount); // other values: smoothed anew
    }
    curve->data = data;
    curve->dirty = true;
    m_impl->schedule();
    Q_EMIT dataChanged();
}

void Chart::setData(const QString& id, const QVector<double>& x, const QVector<double>& y) {
    const auto n = std::min(x.size(), y.size());
    QVector<qsizetype> order(n);
    std::iota(order.begin(), order.end(), qsizetype{0});
    std::stable_sort(order.begin(), order.end(), [&x](qsizetype a, qsizetype b) { return x[a] < x[b]; });
    CurveData data;
    for (const qsizetype i : std::as_const(order)) {
        data.x.append(x[i]);
        data.y.append(y[i]);
    }
    setData(id, data);
}

void Chart::append(const QString& id, const QVector<double>& x, const QVector<double>& y) {
    Curve* curve = m_impl->find(id);
    if (curve == nullptr || x.isEmpty()) {
        return;
    }
    const auto n = std::min(x.size(), y.size());
    const Column& old = curve->data.x;
    if (!std::is_sorted(x.begin(), x.end()) || (!old.isEmpty() && x.front() < old.back())) {
        setData(id, old.toVector() + x.first(n), curve->data.y.toVector() + y.first(n));
        return;
    }
    CurveData data = curve->data;
    data.x.append(x.begin(), x.begin() + n);
    data.y.append(y.begin(), y.begin() + n);
    setData(id, data);
}

qsizetype Chart::pointCount(const QString& id) const {
    const Curve* curve = m_impl->find(id);
    return curve == nullptr ? 0 : curve->size();
}

CurveData Chart::data(const QString& id) const {
    const Curve* curve = m_impl->find(id);
    return curve == nullptr ? CurveData{} : curve->data;
}

void Chart::setCurveVisible(const QString& id, bool visible) {
    if (Curve* curve = m_impl->find(id)) {
        curve->visible = visible;
        curve->dirty = true;
        m_impl->scheduleView();
    }
}

bool Chart::curveVisible(const QString& id) const {
    const Curve* curve = m_impl->find(id);
    return curve != nullptr && curve->visible;
}

void Chart::setMarkers(const QVector<ChartMarker>& markers) {
    Impl& d = *m_impl;
    QVector<ChartMarker> sorted = markers;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const ChartMarker& a, const ChartMarker& b) { return a.x < b.x; });
    if (sorted != d.markers) {
        d.markers = sorted;
        d.marks->setMarkers(sorted);
        d.schedule();
    }
}

const QVector<ChartMarker>& Chart::markers() const {
    return m_impl->markers;
}

void Chart::setLog(bool log) {
    if (log != m_impl->log) {
        m_impl->log = log;
        m_impl->tickers();
        m_impl->yFitted = true;
        m_impl->scheduleView();
        Q_EMIT logChanged(log);
    }
}

bool Chart::isLog() const {
    return m_impl->log;
}

void Chart::setSmoothing(double amount) {
    amount = std::clamp(amount, 0.0, 0.999);
    if (amount != m_impl->amount) {
        m_impl->amount = amount;
        if (amount > 0) {
            m_impl->lastAmount = amount;
        }
        for (Curve& curve : m_impl->curves) {
            curve.dirty = true;
        }
        m_impl->scheduleView();
        Q_EMIT smoothingChanged(amount);
    }
}

double Chart::smoothing() const {
    return m_impl->amount;
}

void Chart::setIgnoreOutliers(bool ignore) {
    if (ignore != m_impl->ignoreOutliers) {
        m_impl->ignoreOutliers = ignore;
        m_impl->yFitted = true;
        m_impl->scheduleView();
        Q_EMIT outliersChanged(ignore);
    }
}

bool Chart::ignoresOutliers() const {
    return m_impl->ignoreOutliers;
}

void Chart::setXEnd(std::optional<double> end) {
    if (end != m_impl->xEnd) {
        m_impl->xEnd = end;
        m_impl->schedule();
    }
}

void Chart::setXAxis(XAxis axis) {
    if (axis != m_impl->axis) {
        m_impl->axis = axis;
        m_impl->tickers();
        m_impl->scheduleView();
    }
}

XAxis Chart::xAxis() const {
    return m_impl->axis;
}

void Chart::setValueKind(ValueKind kind) {
    if (kind != m_impl->values) {
        m_impl->values = kind;
        m_impl->tickers();
        m_impl->scheduleView();
    }
}

ValueKind Chart::valueKind() const {
    return m_impl->values;
}

void Chart::setCursor(ChartCursor* cursor) {
    Impl& d = *m_impl;
    if (d.link != nullptr) {
        disconnect(d.link, nullptr, this, nullptr);
    }
    d.link = cursor != nullptr ? cursor : d.own;
    connectLink();
}

void Chart::connectLink() {
    connect(m_impl->link, &ChartCursor::moved, this, [this] { m_impl->placeCursor(); });
    connect(m_impl->link, &ChartCursor::rangeChanged, this, [this] { m_impl->scheduleView(); });
}

ChartCursor* Chart::cursorLink() const {
    return m_impl->link;
}

void Chart::fit() {
    m_impl->yFitted = true;
    m_impl->link->setRange(std::nullopt);
    m_impl->scheduleView();
}

void Chart::setXRange(const XRange& range) {
    m_impl->setView(range);
}

XRange Chart::xRange() const {
    const QCPRange range = m_impl->plot->xAxis->range();
    return {range.lower, range.upper};
}

XRange Chart::yRange() const {
    const QCPRange range = m_impl->plot->yAxis->range();
    return {range.lower, range.upper};
}

std::optional<double> Chart::lastValue(const QString& id) const {
    const Curve* curve = m_impl->find(id);
    if (curve == nullptr || curve->size() == 0) {
        return std::nullopt;
    }
    return curve->data.y[curve->size() - 1];
}

QVector<CursorValue> Chart::valuesAt(double x) const {
    QVector<CursorValue> out;
    for (Curve& curve : m_impl->curves) {
        const Column& xs = curve.data.x;
        if (!curve.visible || curve.size() == 0) {
            continue;
        }
        // Before the first and after the last point there is no value.
        const double slack = m_impl->axis == XAxis::Step ? 0.5 : 0;
        if (x > xs.back() + slack || x < xs.front() - slack) {
            continue;
        }
        const qsizetype index = std::min(xs.nearest(x), curve.size() - 1);
        out.append({curve.spec.id, curve.spec.title, Theme::current().seriesColor(curve.spec.slot),
                    m_impl->shown(curve)[index]});
    }
    return out;
}

QStringList Chart::happenedAt(double x) const {
    // The cursor stands on points: a mark belongs to the point it is nearest to.
    const auto from = std::lower_bound(m_impl->markers.begin(), m_impl->markers.end(), x,
                                       [](const ChartMarker& m, double value) { return m.x < value; });
    QStringList out;
    for (auto it = from; it != m_impl->markers.end() && it->x == x; ++it) {
        out << it->text;
    }
    return out;
}

QString Chart::cursorText() const {
    const std::optional<double> x = m_impl->link->x();
    if (!x) {
        return {};
    }
    QString text = axisKey(m_impl->axis) % u'\t' % qs(formatDouble(*x)) % u'\n';
    for (const CursorValue& value : valuesAt(*x)) {
        text += value.title % u'\t' %
                (value.value && std::isfinite(*value.value) ? qs(formatDouble(*value.value)) : QString(u"NaN"_s)) %
                u'\n';
    }
    return text;
}

int Chart::replotCount() const {
    return m_impl->replots;
}

qsizetype Chart::drawnSegments() const {
    qsizetype sum = 0;
    for (const Curve& curve : m_impl->curves) {
        sum += curve.line->segments() + (curve.raw != nullptr ? curve.raw->segments() : 0);
    }
    return sum;
}

void Chart::drawNow() {
    m_impl->timer.stop();
    m_impl->replot(QCustomPlot::rpImmediateRefresh);
}

void Chart::resizeEvent(QResizeEvent*) {
    m_impl->plot->setGeometry(rect());
    m_impl->overlay->setGeometry(rect());
    m_impl->scheduleView();
}

void Chart::showEvent(QShowEvent*) {
    m_impl->scheduleView();
}

} // namespace fettle::ui
