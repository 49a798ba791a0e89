// What a chart shows: ranges, pens, numbers at the axes, the read-out.
#include "plot/chart_impl.h"

#include "bridge/strings.h"

#include <QStyleOption>

#include <algorithm>
#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kReplotIntervalMs = 200;
constexpr qsizetype kQuantileSample = 20'000;

/// Numbers on axes by the locale of the window: 1,100 · 0.5 · 2e-4.
class TextTicker : public QCPAxisTicker {
public:
    explicit TextTicker(std::function<QString(double)> text)
        : m_text(std::move(text)) {}

protected:
    QString getTickLabel(double tick, const QLocale&, QChar, int) override { return m_text(tick); }

private:
    std::function<QString(double)> m_text;
};

/// First, middle and end: a small chart has no room for more.
class EndsTicker : public TextTicker {
public:
    using TextTicker::TextTicker;

protected:
    QVector<double> createTickVector(double, const QCPRange& range) override {
        const double middle = range.center();
        return {range.lower, range.size() >= 4 ? std::round(middle) : middle, range.upper};
    }
    int getSubTickCount(double) override { return 0; }
};

/// 1, 2, 5 times powers of ten: a loss rarely spans a whole decade.
class LogTicker : public TextTicker {
public:
    using TextTicker::TextTicker;

protected:
    QVector<double> createTickVector(double, const QCPRange& range) override {
        const double lower = std::max(range.lower, 1e-300);
        const double decades = std::log10(range.upper / lower);
        QVector<double> all;
        if (decades < 0.5) { // finer than 1-2-5
            const double unit = std::pow(10.0, std::floor(std::log10(range.upper - lower)));
            const double step = (range.upper - lower) / unit < 2.5 ? unit / 2 : unit;
            for (double v = std::ceil(lower / step) * step; v <= range.upper && all.size() < 50; v += step) {
                all.append(v);
            }
            return all;
        }
        const int first = static_cast<int>(std::floor(std::log10(lower)));
        const int stride = std::max(1, static_cast<int>(decades / 8));
        for (int decade = first; std::pow(10, decade) <= range.upper; ++decade) {
            if (decades > 4) { // only powers of ten
                if ((decade - first) % stride == 0) {
                    all.append(std::pow(10.0, decade));
                }
                continue;
            }
            for (const double digit : {1.0, 2.0, 5.0}) {
                all.append(digit * std::pow(10.0, decade));
            }
        }
        return all;
    }
    int getSubTickCount(double) override { return 0; }
};

/// The middle 98 % of [from, to), from evenly spread values.
Extent middle(const Column& values, qsizetype from, qsizetype to, bool log) {
    const qsizetype stride = std::max<qsizetype>(1, (to - from) / kQuantileSample);
    std::vector<double> sample;
    for (qsizetype i = from; i < to; i += stride) {
        if (const double y = values[i]; std::isfinite(y) && (!log || y > 0)) {
            sample.push_back(y);
        }
    }
    if (sample.size() < 100) {
        return values.extent(from, to);
    }
    const auto low = sample.begin() + static_cast<std::ptrdiff_t>(sample.size() / 100);
    const auto high = sample.end() - 1 - static_cast<std::ptrdiff_t>(sample.size() / 100);
    std::nth_element(sample.begin(), low, sample.end());
    const double first = *low;
    std::nth_element(sample.begin(), high, sample.end());
    return {first, *high};
}

/// Lowest value above zero, for a logarithmic axis.
double lowestPositive(const Column& values, qsizetype from, qsizetype to) {
    double low = std::numeric_limits<double>::infinity();
    while (from < to) {
        const qsizetype end = std::min(to, (from / Column::kBlock + 1) * Column::kBlock);
        const Extent block = values.extent(from, end);
        if (block.low > 0) {
            low = std::min(low, block.low);
        } else {
            for (qsizetype i = from; i < end; ++i) {
                low = values[i] > 0 ? std::min(low, values[i]) : low;
            }
        }
        from = end;
    }
    return low;
}

} // namespace

void Chart::Impl::schedule() {
    if (timer.isActive()) {
        return;
    }
    const qint64 passed = since.isValid() ? since.elapsed() : kReplotIntervalMs;
    timer.start(std::max(0, kReplotIntervalMs - static_cast<int>(std::min<qint64>(passed, kReplotIntervalMs))));
}

void Chart::Impl::replot(QCustomPlot::RefreshPriority priority) {
    if (!self->isVisible() || self->width() < 2 || self->height() < 2) {
        return; // showEvent does
    }
    bool fresh = false;
    for (Curve& curve : curves) {
        if (curve.dirty) {
            fresh = true;
            fill(curve);
        }
    }
    rescaleX();
    if (yFitted) {
        rescaleY();
    }
    marks->setNote(!ignoreOutliers || !yFitted ? QString()
                   : size == ChartSize::Small  ? Chart::tr("1–99 %", "percentiles of the values")
                                               : Chart::tr("1 to 99 % of the values"));
    plot->replot(priority);
    ++replots;
    since.restart();
    placeCursor();
    if (fresh) {
        describe();
    }
    Q_EMIT self->replotted();
}

void Chart::Impl::fill(Curve& curve) {
    curve.dirty = false;
    const bool smooth = smooths(curve);
    curve.line->setColumns(curve.data.x, shown(curve));
    curve.line->setVisible(curve.visible);
    if (curve.raw != nullptr) {
        curve.raw->setVisible(curve.visible && smooth);
        curve.raw->setColumns(smooth ? curve.data.x : Column(), smooth ? curve.data.y : Column());
    }
}

void Chart::Impl::setLook(Curve& curve) {
    const Theme& theme = Theme::current();
    const QColor color = theme.seriesColor(curve.spec.slot);
    CurveLook look;
    look.pen = QPen(color);
    look.pen.setJoinStyle(Qt::RoundJoin);
    look.pen.setCapStyle(Qt::RoundCap);
    switch (curve.spec.kind) {
    case CurveKind::Raw:
        look.pen.setWidthF(size == ChartSize::Small ? 1.5 : 2.2);
        break;
    case CurveKind::Points:
        look.pen.setWidthF(1.2);
        look.dots = true;
        look.dotShape = curve.spec.slot % 3;
        look.dotSize = size == ChartSize::Small ? 5 : 8.5;
        look.edge = theme.color(Token::Surface);
        break;
    case CurveKind::Overlay:
        look.pen.setWidthF(1.6);
        break;
    case CurveKind::Plain:
        look.pen.setWidthF(1.5);
        break;
    }
    if (curve.spec.kind == CurveKind::Overlay || Theme::seriesDashed(curve.spec.slot)) {
        look.pen.setCapStyle(Qt::FlatCap);
        look.pen.setStyle(Qt::CustomDashLine);
        look.pen.setDashPattern({4, 3});
    }
    curve.line->setLook(look);
    if (curve.raw != nullptr) {
        CurveLook faint;
        faint.pen = QPen(mix(color, theme.color(Token::Surface), 0.25), 1);
        faint.band = true;
        curve.raw->setLook(faint);
    }
}

XRange Chart::Impl::everything() const {
    double right = xEnd.value_or(0);
    double left = std::numeric_limits<double>::infinity();
    for (const Curve& curve : curves) {
        if (curve.visible && !curve.data.x.isEmpty()) {
            right = std::max(right, curve.data.x.back());
            left = std::min(left, curve.data.x.front());
        }
    }
    if (!std::isfinite(left) || left <= right * 0.05) {
        left = 0;
    }
    return {left, right > left ? right : left + 1};
}

void Chart::Impl::rescaleX() {
    const XRange range = link->range().value_or(everything());
    plot->xAxis->setRange(range.from, range.to);
}

void Chart::Impl::rescaleY() {
    // What lies in the x range decides.
    const QCPRange x = plot->xAxis->range();
    Extent all;
    for (Curve& curve : curves) {
        if (!curve.visible || curve.size() == 0) {
            continue;
        }
        const Column& xs = curve.data.x;
        const qsizetype from = xs.lowerBound(x.lower);
        const qsizetype to =
            std::min(curve.size(), xs.lowerBound(std::nextafter(x.upper, std::numeric_limits<double>::infinity())));
        if (to <= from) {
            continue;
        }
        Extent extent = ignoreOutliers ? middle(curve.data.y, from, to, log) : curve.data.y.extent(from, to);
        if (log && !extent.isEmpty() && extent.low <= 0) {
            extent.low = lowestPositive(curve.data.y, from, to);
        }
        if (!extent.isEmpty()) {
            all.add(extent);
        }
    }
    double low = all.low;
    double high = all.high;
    if (all.isEmpty()) {
        low = log ? 0.1 : 0;
        high = 1;
    }
    if (log) {
        low = std::max(low, 1e-300);
        high = std::max(high, low * 1.5);
        const double margin = std::pow(high / low, 0.06);
        plot->yAxis->setRange(low / margin, high * margin);
        return;
    }
    double bottom = low > 0 && low < high * 0.6 ? 0 : low;
    double span = high - bottom;
    if (!(span > 0)) {
        span = std::abs(high) > 0 ? std::abs(high) * 0.2 : 1;
        bottom = bottom > 0 ? std::max(0.0, bottom - span / 2) : bottom - (high < 0 ? span / 2 : 0);
        high += span / 2;
    }
    plot->yAxis->setRange(bottom == 0 ? 0 : bottom - 0.06 * span, high + 0.06 * (high - bottom));
}

void Chart::Impl::placeCursor() {
    const std::optional<double> x = link->x();
    const QRect area = plot->axisRect()->rect();
    const Theme& theme = Theme::current();
    if (!x || !plot->xAxis->range().contains(*x)) {
        overlay->setCursorLine(std::nullopt, area, {}, 0);
        readOut->hide();
        return;
    }
    QVector<CursorOverlay::Dot> dots;
    const QVector<CursorValue> at = self->valuesAt(*x);
    for (const CursorValue& value : at) {
        const bool drawable = value.value && std::isfinite(*value.value) && (!log || *value.value > 0) &&
                              plot->yAxis->range().contains(*value.value);
        Curve* curve = find(value.id);
        if (drawable && curve != nullptr) {
            const double nearest = curve->data.x[curve->data.x.nearest(*x)];
            dots.append(
                {QPointF(plot->xAxis->coordToPixel(nearest), plot->yAxis->coordToPixel(*value.value)), value.color});
        }
    }
    const double pixel = plot->xAxis->coordToPixel(*x);
    overlay->setCursorLine(pixel, area, dots, theme.u(size == ChartSize::Small ? 2 : 2.25) / 2.0);
    const QStringList happened = self->happenedAt(*x);
    if (size == ChartSize::Small || (at.isEmpty() && happened.isEmpty())) {
        readOut->hide();
        return;
    }
    readOut->setContent(placeText(axis, *x), at, happened, values);
    const int gap = theme.u(2.5);
    const int column = static_cast<int>(pixel);
    const int left = column + gap + readOut->width() <= area.right() ? column + gap : column - gap - readOut->width();
    readOut->move(QPoint(std::max(area.left(), left), area.top() + theme.u(1)));
    readOut->show();
    readOut->raise();
}

void Chart::Impl::style() {
    const Theme& theme = Theme::current();
    const QFont font = theme.font(FontRole::Caption);
    plot->setBackground(QBrush(theme.color(Token::Surface)));
    for (QCPAxis* each : {plot->xAxis, plot->yAxis}) {
        each->setTickLabelFont(font);
        each->setTickLabelColor(theme.color(Token::Text2));
        each->setLabelFont(font);
        each->setTickPen(QPen(theme.color(Token::LineStrong), 0));
        each->setSubTickPen(Qt::NoPen);
        each->setSubTicks(false);
        each->grid()->setAntialiased(false);
        each->grid()->setZeroLinePen(Qt::NoPen);
        each->grid()->setPen(QPen(theme.color(Token::Grid), 0));
        each->setTickLengthIn(0);
        each->setNumberFormat(QStringLiteral("g")); // our labels are not to be prettied once more
    }
    plot->xAxis->grid()->setVisible(false);
    plot->xAxis->setBasePen(QPen(theme.color(Token::LineStrong), 0));
    plot->xAxis->setTickLengthOut(theme.u(1));
    plot->yAxis->setBasePen(Qt::NoPen);
    plot->yAxis->setTickPen(Qt::NoPen);
    plot->yAxis->setTickLengthOut(0);
    plot->yAxis->setTickLabelPadding(theme.u(2));
    readOut->setFont(font);
    for (Curve& curve : curves) {
        setLook(curve);
    }
}

void Chart::Impl::tickers() {
    const auto y = [kind = values](double tick) { return tickText(kind, tick); };
    if (log) {
        plot->yAxis->setScaleType(QCPAxis::stLogarithmic);
        plot->yAxis->setTicker(QSharedPointer<LogTicker>::create(y));
    } else {
        plot->yAxis->setScaleType(QCPAxis::stLinear);
        auto ticker = QSharedPointer<TextTicker>::create(y);
        ticker->setTickCount(size == ChartSize::Small ? 2 : 5);
        plot->yAxis->setTicker(ticker);
    }
    const auto x = [kind = axis](double tick) { return placeTick(kind, tick); };
    if (size == ChartSize::Small) {
        plot->xAxis->setTicker(QSharedPointer<EndsTicker>::create(x));
    } else {
        auto ticker = QSharedPointer<TextTicker>::create(x);
        ticker->setTickCount(6);
        plot->xAxis->setTicker(ticker);
    }
}

void Chart::Impl::describe() {
    QStringList parts;
    for (const Curve& curve : std::as_const(curves)) {
        const std::optional<double> last = self->lastValue(curve.spec.id);
        if (!last || !curve.visible) {
            continue;
        }
        const double first = curve.data.y.front();
        const QString trend = *last < first   ? Chart::tr("falling from %1").arg(valueText(values, first))
                              : *last > first ? Chart::tr("rising from %1").arg(valueText(values, first))
                                              : Chart::tr("level");
        parts << Chart::tr("%1: %2, %3").arg(curve.spec.title, valueText(values, *last), trend);
    }
    self->setAccessibleDescription(parts.join(u"; "_s));
}

// ---------------------------------------------------------------- what lies over the plot

ReadOut::ReadOut(QWidget* parent)
    : QFrame(parent) {
    setProperty("kind", u"readout"_s);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setAttribute(Qt::WA_StyledBackground);
    hide();
}

QString ReadOut::text(const CursorValue& value) const {
    return value.value ? valueText(m_kind, *value.value) : Format::unknown();
}

void ReadOut::setContent(const QString& head, const QVector<CursorValue>& values, const QStringList& notes,
                         ValueKind kind) {
    m_head = head;
    m_values = values;
    m_notes = notes;
    m_kind = kind;
    const Theme& theme = Theme::current();
    const QFontMetrics metrics(font());
    int width = metrics.horizontalAdvance(head);
    for (const CursorValue& value : values) {
        width = std::max(width, theme.u(6) + metrics.horizontalAdvance(value.title % u"  "_s % text(value)));
    }
    for (const QString& note : notes) {
        width = std::max(width, metrics.horizontalAdvance(note));
    }
    resize(width + theme.u(5), theme.u(3) + metrics.height() * static_cast<int>(values.size() + notes.size() + 1));
    update();
}

void ReadOut::paintEvent(QPaintEvent* event) {
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
    painter.setPen(theme.color(Token::Text2));
    for (const QString& note : m_notes) {
        y += line;
        painter.drawText(QRect(left, y, width(), line), static_cast<int>(Qt::AlignVCenter), note);
    }
}

CursorOverlay::CursorOverlay(QWidget* parent)
    : QWidget(parent) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setAttribute(Qt::WA_NoSystemBackground);
}

void CursorOverlay::setCursorLine(std::optional<double> x, const QRect& area, const QVector<Dot>& dots, double radius) {
    if (!x && !m_x) {
        return;
    }
    const auto strip = [this](std::optional<double> at, double wide) {
        return at ? QRect(qFloor(*at - wide), 0, qCeil(2 * wide) + 2, height()) : QRect();
    };
    const double wide = std::max(radius, m_radius) + 4;
    QRect dirty = strip(m_x, wide).united(strip(x, wide));
    for (const Dot& dot : m_dots + dots) {
        dirty = dirty.united(QRectF(dot.at.x() - wide, dot.at.y() - wide, 2 * wide, 2 * wide).toAlignedRect());
    }
    m_x = x;
    m_area = area;
    m_dots = dots;
    m_radius = radius;
    update(dirty);
}

void CursorOverlay::setRubber(const QRect& rect) {
    m_rubber = rect;
    update();
}

void CursorOverlay::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    if (m_x) {
        painter.setPen(QPen(theme.color(Token::LineStrong), 0));
        painter.drawLine(QPointF(*m_x, m_area.top()), QPointF(*m_x, m_area.bottom() + 1));
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme.color(Token::Surface), 1.5));
        for (const Dot& dot : m_dots) {
            painter.setBrush(dot.color);
            painter.drawEllipse(dot.at, m_radius, m_radius);
        }
    }
    if (!m_rubber.isEmpty()) {
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(QPen(theme.color(Token::Accent), 0, Qt::DashLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(m_rubber);
    }
}

} // namespace fettle::ui
