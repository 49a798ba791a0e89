// The chart's doors: data, look, keys and mouse. How it draws stands in chart_impl.cpp; only these two sources see
// QCustomPlot.
#include "plot/chart.h"

#include "base/numbers.h"
#include "bridge/strings.h"
#include "plot/chart_impl.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QSvgGenerator>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
} // namespace

void ChartCursor::set(std::optional<double> x) {
    if (x != m_x) {
        m_x = x;
        Q_EMIT moved();
    }
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
    d.plot->setNoAntialiasingOnDrag(true);
    d.plot->installEventFilter(this);
    d.plot->axisRect()->setRangeDrag(Qt::Horizontal);
    d.plot->axisRect()->setupFullAxesBox(false);
    for (QCPAxis* axis : {d.plot->xAxis2, d.plot->yAxis2}) {
        axis->setVisible(false);
    }
    d.plot->axisRect()->setMinimumMargins(
        QMargins(0, 0, Theme::current().u(size == ChartSize::Small ? 3.5 : 4), 0)); // half of the last label
    d.plot->legend->setVisible(false);
    d.cursorLine = new QCPItemStraightLine(d.plot);
    d.cursorLine->point1->setTypeY(QCPItemPosition::ptAxisRectRatio);
    d.cursorLine->point2->setTypeY(QCPItemPosition::ptAxisRectRatio);
    d.cursorLine->setVisible(false);
    d.readOut = new ReadOut(this);
    d.own = new ChartCursor(this);
    setCursor(d.own);
    d.tickers();
    d.style();
    d.timer.setSingleShot(true);
    connect(&d.timer, &QTimer::timeout, this, [this] { m_impl->replotNow(); });
    connect(&Theme::current(), &Theme::changed, this, [this] {
        m_impl->style();
        m_impl->replotNow();
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
    QVector<Impl::Curve> old = std::exchange(d.curves, {});
    d.plot->clearGraphs();
    for (QCPItemTracer* tracer : d.tracers) {
        d.plot->removeItem(tracer);
    }
    d.tracers.clear();
    // Raw lines first, so that every smoothed line lies over them.
    for (const CurveSpec& spec : specs) {
        Impl::Curve curve;
        curve.spec = spec;
        const auto kept =
            std::find_if(old.begin(), old.end(), [&spec](const Impl::Curve& c) { return c.spec.id == spec.id; });
        if (kept != old.end()) {
            curve.x = kept->x;
            curve.y = kept->y;
            curve.visible = kept->visible;
        }
        if (spec.kind == CurveKind::Raw) {
            curve.raw = d.plot->addGraph();
        }
        d.curves.append(curve);
    }
    for (Impl::Curve& curve : d.curves) {
        curve.line = d.plot->addGraph();
        curve.line->setVisible(curve.visible);
        if (curve.raw != nullptr) {
            curve.raw->setAdaptiveSampling(true);
        }
        curve.line->setAdaptiveSampling(true);
        auto* tracer = new QCPItemTracer(d.plot);
        tracer->setStyle(QCPItemTracer::tsCircle);
        tracer->setVisible(false);
        d.tracers.append(tracer);
    }
    d.style();
    d.schedule();
}

void Chart::setData(const QString& id, const QVector<double>& x, const QVector<double>& y) {
    if (Impl::Curve* curve = m_impl->find(id)) {
        const auto n = std::min(x.size(), y.size());
        curve->x = QVector<double>(x.begin(), x.begin() + n);
        curve->y = QVector<double>(y.begin(), y.begin() + n);
        if (!std::is_sorted(curve->x.begin(), curve->x.end())) {
            QVector<qsizetype> order(n);
            std::iota(order.begin(), order.end(), qsizetype{0});
            std::stable_sort(order.begin(), order.end(), [&x](qsizetype a, qsizetype b) { return x[a] < x[b]; });
            for (qsizetype i = 0; i < n; ++i) {
                curve->x[i] = x[order[i]];
                curve->y[i] = y[order[i]];
            }
        }
        curve->dirty = true;
        m_impl->schedule();
        Q_EMIT dataChanged();
    }
}

void Chart::append(const QString& id, const QVector<double>& x, const QVector<double>& y) {
    Impl::Curve* curve = m_impl->find(id);
    if (curve == nullptr || x.isEmpty()) {
        return;
    }
    const bool inOrder = std::is_sorted(x.begin(), x.end()) && (curve->x.isEmpty() || x.front() >= curve->x.back());
    const auto n = std::min(x.size(), y.size());
    curve->x.append(QVector<double>(x.begin(), x.begin() + n));
    curve->y.append(QVector<double>(y.begin(), y.begin() + n));
    if (!inOrder) {
        setData(id, QVector<double>(curve->x), QVector<double>(curve->y));
        return;
    }
    curve->dirty = true;
    m_impl->schedule();
    Q_EMIT dataChanged();
}

qsizetype Chart::pointCount(const QString& id) const {
    const Impl::Curve* curve = m_impl->find(id);
    return curve == nullptr ? 0 : curve->x.size();
}

void Chart::setCurveVisible(const QString& id, bool visible) {
    if (Impl::Curve* curve = m_impl->find(id)) {
        curve->visible = visible;
        curve->line->setVisible(visible);
        curve->dirty = true;
        if (curve->raw != nullptr) {
            curve->raw->setVisible(visible);
        }
        m_impl->schedule();
    }
}

bool Chart::curveVisible(const QString& id) const {
    const Impl::Curve* curve = m_impl->find(id);
    return curve != nullptr && curve->visible;
}

void Chart::setLog(bool log) {
    if (log != m_impl->log) {
        m_impl->log = log;
        m_impl->tickers();
        m_impl->fitted = true;
        m_impl->schedule();
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
        for (Impl::Curve& curve : m_impl->curves) {
            curve.dirty = true;
        }
        m_impl->schedule();
        Q_EMIT smoothingChanged(amount);
    }
}

double Chart::smoothing() const {
    return m_impl->amount;
}

void Chart::setIgnoreOutliers(bool ignore) {
    m_impl->ignoreOutliers = ignore;
    m_impl->schedule();
}

void Chart::setXEnd(std::optional<double> end) {
    if (end != m_impl->xEnd) {
        m_impl->xEnd = end;
        m_impl->schedule();
    }
}

void Chart::setXTitle(const QString& title) {
    m_impl->xTitle = title;
}

void Chart::setDigits(int digits) {
    m_impl->digits = digits;
}

void Chart::setCursor(ChartCursor* cursor) {
    Impl& d = *m_impl;
    if (d.cursor != nullptr) {
        disconnect(d.cursor, nullptr, this, nullptr);
    }
    d.cursor = cursor != nullptr ? cursor : d.own;
    connect(d.cursor, &ChartCursor::moved, this, [this] {
        m_impl->placeCursor();
        m_impl->plot->replot(QCustomPlot::rpQueuedReplot);
    });
}

void Chart::fit() {
    m_impl->fitted = true;
    m_impl->schedule();
}

std::optional<double> Chart::lastValue(const QString& id) const {
    const Impl::Curve* curve = m_impl->find(id);
    if (curve == nullptr || curve->y.isEmpty()) {
        return std::nullopt;
    }
    return curve->y.back();
}

QVector<CursorValue> Chart::valuesAt(double x) const {
    QVector<CursorValue> out;
    for (const Impl::Curve& curve : m_impl->curves) {
        if (!curve.visible) {
            continue;
        }
        CursorValue value{curve.spec.id, curve.spec.title, Theme::current().seriesColor(curve.spec.slot), std::nullopt};
        const qsizetype index = nearestIndex(curve.x, x);
        // Before the first and after the last point there is no value.
        if (index >= 0 && x <= curve.x.back() + 0.5 && x >= curve.x.front() - 0.5) {
            const bool ready = !curve.dirty && index < curve.line->dataCount();
            value.value = ready ? curve.line->data()->at(static_cast<int>(index))->value : curve.y[index];
        }
        if (value.value) {
            out.append(value);
        }
    }
    return out;
}

int Chart::replotCount() const {
    return m_impl->replots;
}

QString Chart::toCsv() const {
    QString out = u"curve,x,y\n"_s;
    for (const Impl::Curve& curve : m_impl->curves) {
        for (qsizetype i = 0; i < curve.x.size(); ++i) {
            out += curve.spec.id % u',' % qs(formatDouble(curve.x[i])) % u',' %
                   (std::isfinite(curve.y[i]) ? qs(formatDouble(curve.y[i])) : QString()) % u'\n';
        }
    }
    return out;
}

bool Chart::savePng(const QString& path) const {
    return m_impl->plot->savePng(path, 0, 0, 2.0);
}

bool Chart::saveSvg(const QString& path) const {
    QSvgGenerator generator;
    generator.setFileName(path);
    generator.setSize(m_impl->plot->size());
    generator.setViewBox(m_impl->plot->rect());
    QCPPainter painter;
    if (!painter.begin(&generator)) {
        return false;
    }
    painter.setMode(QCPPainter::pmVectorized);
    m_impl->plot->toPainter(&painter, m_impl->plot->width(), m_impl->plot->height());
    return painter.end();
}

void Chart::resizeEvent(QResizeEvent*) {
    m_impl->plot->setGeometry(rect());
    m_impl->schedule();
}

void Chart::showEvent(QShowEvent*) {
    m_impl->schedule();
}

void Chart::paintEvent(QPaintEvent*) {}

void Chart::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    const bool byKey = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    if (byKey && !m_impl->cursor->x()) {
        for (const Impl::Curve& curve : m_impl->curves) {
            if (!curve.x.isEmpty()) {
                m_impl->cursor->set(curve.x.back());
                break;
            }
        }
    }
}

void Chart::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
}

void Chart::keyPressEvent(QKeyEvent* event) {
    Impl& d = *m_impl;
    const auto step = [&d](int by) {
        for (const Impl::Curve& curve : d.curves) {
            if (curve.visible && !curve.x.isEmpty()) {
                const qsizetype at = nearestIndex(curve.x, d.cursor->x().value_or(curve.x.back()));
                d.cursor->set(curve.x[std::clamp<qsizetype>(at + by, 0, curve.x.size() - 1)]);
                return;
            }
        }
    };
    const auto zoom = [&d](double factor) {
        d.fitted = false;
        const double center = d.cursor->x().value_or(d.plot->xAxis->range().center());
        d.plot->xAxis->scaleRange(factor, center);
        d.schedule();
    };
    const bool shift = event->modifiers().testFlag(Qt::ShiftModifier);
    const bool plain = (event->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier)) == Qt::NoModifier;
    if (event->matches(QKeySequence::Copy)) {
        if (const std::optional<double> x = d.cursor->x()) {
            QString text = u"x\t"_s % qs(formatDouble(*x)) % u'\n';
            for (const CursorValue& value : valuesAt(*x)) {
                text += value.title % u'\t' % qs(formatDouble(value.value.value_or(kNan))) % u'\n';
            }
            QGuiApplication::clipboard()->setText(text);
        }
        return;
    }
    if (plain) {
        switch (event->key()) {
        case Qt::Key_Left:
            step(shift ? -10 : -1);
            return;
        case Qt::Key_Right:
            step(shift ? 10 : 1);
            return;
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            zoom(0.8);
            return;
        case Qt::Key_Minus:
            zoom(1.25);
            return;
        case Qt::Key_0:
            fit();
            return;
        case Qt::Key_L:
            setLog(!d.log);
            return;
        case Qt::Key_S:
            setSmoothing(d.amount > 0 ? 0 : d.lastAmount);
            return;
        default:
            break;
        }
    }
    QWidget::keyPressEvent(event);
}

bool Chart::eventFilter(QObject* watched, QEvent* event) {
    Impl& d = *m_impl;
    if (watched != d.plot) {
        return QWidget::eventFilter(watched, event);
    }
    switch (event->type()) {
    case QEvent::MouseMove: {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        if (mouse->buttons() == Qt::NoButton) {
            const double x = d.plot->xAxis->pixelToCoord(mouse->position().x());
            const bool inside = d.plot->axisRect()->rect().contains(mouse->position().toPoint());
            // The cursor stands on a point that exists.
            std::optional<double> at;
            if (inside) {
                double best = std::numeric_limits<double>::infinity();
                for (const Impl::Curve& curve : d.curves) {
                    const qsizetype i = curve.visible ? nearestIndex(curve.x, x) : -1;
                    if (i >= 0 && std::abs(curve.x[i] - x) < best) {
                        best = std::abs(curve.x[i] - x);
                        at = curve.x[i];
                    }
                }
            }
            d.cursor->set(at);
        }
        break;
    }
    case QEvent::Leave:
        d.cursor->set(std::nullopt);
        break;
    case QEvent::MouseButtonPress:
        setFocus(Qt::MouseFocusReason);
        d.plot->setInteraction(QCP::iRangeDrag, true);
        d.fitted = false;
        break;
    case QEvent::MouseButtonDblClick:
        fit();
        return true;
    case QEvent::Wheel: {
        auto* wheel = static_cast<QWheelEvent*>(event);
        const int delta = wheel->angleDelta().y() != 0 ? wheel->angleDelta().y() : wheel->angleDelta().x();
        if (!wheel->modifiers().testFlag(Qt::ControlModifier) && !wheel->modifiers().testFlag(Qt::ShiftModifier) &&
            !hasFocus()) {
            wheel->ignore(); // a page that scrolls goes on scrolling; click the chart first
            return true;
        }
        const double factor = std::pow(0.85, delta / 120.0);
        QCPAxis* axis = wheel->modifiers().testFlag(Qt::ShiftModifier) ? d.plot->yAxis : d.plot->xAxis;
        const double at = axis == d.plot->xAxis ? wheel->position().x() : wheel->position().y();
        d.fitted = false;
        axis->scaleRange(factor, axis->pixelToCoord(at));
        d.schedule();
        return true;
    }
    default:
        break;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace fettle::ui
