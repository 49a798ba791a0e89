// The one source that sees QCustomPlot. Rules (measured, see the design): phFastPolylines always, no translucent pens,
// no OpenGL, wide dashes only on short curves, at most five replots a second. One file because everything in it touches
// the same axes, cursor and legend of one chart.
#include "plot/chart.h"

#include "base/numbers.h"
#include "bridge/strings.h"
#include "plot/qcustomplot_wrapper.h"
#include "plot/smoothing.h"

#include <QAccessible>
#include <QClipboard>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QSvgGenerator>

#include <algorithm>
#include <cmath>
#include <limits>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kReplotIntervalMs = 200;
constexpr int kWideDashLimit = 5000;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Curve {
    CurveSpec spec;
    QVector<double> x, y;
    bool visible = true;
    bool dirty = true;
    QCPGraph* line = nullptr;
    QCPGraph* raw = nullptr;
};

/// Nearest index to x in an ascending vector; -1 when empty.
qsizetype nearest(const QVector<double>& xs, double x) {
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

/// Numbers on axes by the locale of the window: 1,100 · 0.5 · 2e-4.
class AxisTicker : public QCPAxisTicker {
protected:
    QString getTickLabel(double tick, const QLocale&, QChar, int) override {
        if (std::abs(tick) < 1e-12) {
            return QLocale().toString(0);
        }
        return std::abs(tick) >= 1000 ? Format::exactCount(std::llround(tick)) : shortNumber(tick);
    }

public:
    static QString shortNumber(double value) {
        if (std::abs(value) < 1e-3 || std::abs(value) >= 1e7) {
            return Format::number(value, 2);
        }
        QString text = QLocale().toString(value, 'f', 6);
        const QChar point = QLocale().decimalPoint().isEmpty() ? QChar(u'.') : QLocale().decimalPoint().at(0);
        if (text.contains(point)) {
            while (text.endsWith(u'0')) {
                text.chop(1);
            }
            if (text.endsWith(point)) {
                text.chop(1);
            }
        }
        return text.startsWith(u'-') ? QString(QChar(0x2212) % text.mid(1)) : text;
    }
};

/// First, middle and end: a small chart has no room for more.
class EndsTicker : public AxisTicker {
protected:
    QVector<double> createTickVector(double, const QCPRange& range) override {
        const double middle = range.center();
        return {range.lower, range.size() >= 4 ? std::round(middle) : middle, range.upper};
    }
    int getSubTickCount(double) override { return 0; }
};

/// 1, 2, 5 times powers of ten: a loss rarely spans a whole decade.
class LogTicker : public QCPAxisTicker {
protected:
    QVector<double> createTickVector(double, const QCPRange& range) override {
        const double lower = std::max(range.lower, 1e-300);
        QVector<double> all;
        for (int decade = static_cast<int>(std::floor(std::log10(lower))); std::pow(10, decade) <= range.upper;
             ++decade) {
            for (const double digit : {1.0, 2.0, 5.0}) {
                all.append(digit * std::pow(10.0, decade));
            }
        }
        const double decades = std::log10(range.upper / lower);
        if (decades > 4) { // only powers of ten
            QVector<double> tens;
            for (qsizetype i = 0; i < all.size(); i += 3) {
                tens.append(all[i]);
            }
            return tens;
        }
        if (decades < 0.5) { // finer than 1-2-5
            all.clear();
            const double unit = std::pow(10.0, std::floor(std::log10(range.upper - lower)));
            const double step = (range.upper - lower) / unit < 2.5 ? unit / 2 : unit;
            for (double v = std::ceil(lower / step) * step; v <= range.upper; v += step) {
                all.append(v);
            }
        }
        return all;
    }
    int getSubTickCount(double) override { return 0; }
    QString getTickLabel(double tick, const QLocale&, QChar, int) override { return AxisTicker::shortNumber(tick); }
};

} // namespace

void ChartCursor::set(std::optional<double> x) {
    if (x != m_x) {
        m_x = x;
        Q_EMIT moved();
    }
}

/// Swatches and values at the cursor, a child widget over the plot.
class ReadOut : public QFrame {
public:
    explicit ReadOut(QWidget* parent)
        : QFrame(parent) {
        setProperty("kind", u"readout"_s);
        setAttribute(Qt::WA_TransparentForMouseEvents);
        setAttribute(Qt::WA_StyledBackground);
        hide();
    }
    void setContent(const QString& head, const QVector<CursorValue>& values, int digits) {
        m_head = head;
        m_values = values;
        m_digits = digits;
        const Theme& theme = Theme::current();
        const QFontMetrics metrics(font());
        int width = metrics.horizontalAdvance(head);
        for (const CursorValue& value : values) {
            width = std::max(width, theme.u(6) + metrics.horizontalAdvance(value.title % u"  "_s % text(value)));
        }
        resize(width + theme.u(5), theme.u(3) + metrics.height() * static_cast<int>(values.size() + 1));
        update();
    }

protected:
    void paintEvent(QPaintEvent* event) override {
        QFrame::paintEvent(event);
        const Theme& theme = Theme::current();
        QPainter painter(this);
        QStyleOption option;
        option.initFrom(this);
        style()->drawPrimitive(QStyle::PE_Widget, &option, &painter, this);
        const int line = fontMetrics().height();
        const int left = theme.u(2.5);
        int y = theme.u(1.5);
        painter.setPen(theme.color(Token::Text));
        painter.drawText(QRect(left, y, width(), line), static_cast<int>(Qt::AlignVCenter), m_head);
        for (const CursorValue& value : m_values) {
            y += line;
            painter.setPen(QPen(value.color, 2));
            painter.drawLine(left, y + line / 2, left + theme.u(3), y + line / 2);
            painter.setPen(theme.color(Token::Text));
            painter.drawText(QRect(left + theme.u(4.5), y, width(), line), static_cast<int>(Qt::AlignVCenter),
                             value.title % u"  "_s % text(value));
        }
    }

private:
    QString text(const CursorValue& value) const {
        return value.value ? Format::number(*value.value, m_digits) : Format::unknown();
    }
    QString m_head;
    QVector<CursorValue> m_values;
    int m_digits = 3;
};

struct Chart::Impl {
    Chart* self;
    ChartSize size;
    QCustomPlot* plot;
    ReadOut* readOut;
    QCPItemStraightLine* cursorLine;
    QVector<Curve> curves;
    ChartCursor* cursor = nullptr;
    ChartCursor* own = nullptr;
    bool log = false;
    bool ignoreOutliers = false;
    bool fitted = true; // the person has not zoomed
    double amount = 0;
    double lastAmount = 0.9;
    int digits = 3;
    int replots = 0;
    QString xTitle;
    std::optional<double> xEnd;
    QElapsedTimer since;
    QTimer timer;
    QVector<QCPItemTracer*> tracers;

    Curve* find(const QString& id) {
        const auto it = std::find_if(curves.begin(), curves.end(), [&id](const Curve& c) { return c.spec.id == id; });
        return it == curves.end() ? nullptr : &*it;
    }

    void schedule() {
        if (timer.isActive()) {
            return;
        }
        const qint64 passed = since.isValid() ? since.elapsed() : kReplotIntervalMs;
        timer.start(std::max(0, kReplotIntervalMs - static_cast<int>(std::min<qint64>(passed, kReplotIntervalMs))));
    }

    void replotNow() {
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

    void fill(Curve& curve) {
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

    void setPen(Curve& curve) {
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

    void rescale() {
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

    void placeCursor() {
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
            const qsizetype index = nearest(curve.x, *x);
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

    void style() {
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

    void tickers() {
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

    void describe() {
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
};

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
    QVector<Curve> old = std::exchange(d.curves, {});
    d.plot->clearGraphs();
    for (QCPItemTracer* tracer : d.tracers) {
        d.plot->removeItem(tracer);
    }
    d.tracers.clear();
    // Raw lines first, so that every smoothed line lies over them.
    for (const CurveSpec& spec : specs) {
        Curve curve;
        curve.spec = spec;
        const auto kept =
            std::find_if(old.begin(), old.end(), [&spec](const Curve& c) { return c.spec.id == spec.id; });
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
    for (Curve& curve : d.curves) {
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
    if (Curve* curve = m_impl->find(id)) {
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
    Curve* curve = m_impl->find(id);
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
    const Curve* curve = m_impl->find(id);
    return curve == nullptr ? 0 : curve->x.size();
}

void Chart::setCurveVisible(const QString& id, bool visible) {
    if (Curve* curve = m_impl->find(id)) {
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
    const Curve* curve = m_impl->find(id);
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
        for (Curve& curve : m_impl->curves) {
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
    const Curve* curve = m_impl->find(id);
    if (curve == nullptr || curve->y.isEmpty()) {
        return std::nullopt;
    }
    return curve->y.back();
}

QVector<CursorValue> Chart::valuesAt(double x) const {
    QVector<CursorValue> out;
    for (const Curve& curve : m_impl->curves) {
        if (!curve.visible) {
            continue;
        }
        CursorValue value{curve.spec.id, curve.spec.title, Theme::current().seriesColor(curve.spec.slot), std::nullopt};
        const qsizetype index = nearest(curve.x, x);
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
    for (const Curve& curve : m_impl->curves) {
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
        for (const Curve& curve : m_impl->curves) {
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
        for (const Curve& curve : d.curves) {
            if (curve.visible && !curve.x.isEmpty()) {
                const qsizetype at = nearest(curve.x, d.cursor->x().value_or(curve.x.back()));
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
                for (const Curve& curve : d.curves) {
                    const qsizetype i = curve.visible ? nearest(curve.x, x) : -1;
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
