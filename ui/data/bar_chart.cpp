#include "data/bar_chart.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace fettle::ui {

BarChart::BarChart(Token color, const QString& name, const QString& accessibleName, QWidget* parent)
    : QWidget(parent)
    , m_color(color) {
    setObjectName(name);
    setAccessibleName(accessibleName);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setFont(Theme::current().font(FontRole::Caption));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&Theme::current(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void BarChart::setBars(QVector<ChartBar> bars, QVector<ChartTick> ticks) {
    m_bars = std::move(bars);
    m_ticks = std::move(ticks);
    m_cursor = std::min(m_cursor, static_cast<int>(m_bars.size()) - 1);
    update();
}

void BarChart::setMarker(std::optional<double> at, const QString& text) {
    m_marker = at;
    m_markerText = text;
    update();
}

void BarChart::setChosen(int bar) {
    m_chosen = bar;
    update();
}

QSize BarChart::sizeHint() const {
    return {Theme::current().u(50), Theme::current().u(18)};
}

QSize BarChart::minimumSizeHint() const {
    return {Theme::current().u(20), Theme::current().u(12)};
}

QRectF BarChart::area() const {
    return QRectF(0, Theme::current().u(1), width(), height() - fontMetrics().height() - Theme::current().u(2));
}

int BarChart::barAt(double x) const {
    const auto count = static_cast<int>(m_bars.size());
    return count == 0 ? -1 : std::clamp(static_cast<int>(x / std::max(1, width()) * count), 0, count - 1);
}

QPoint BarChart::barPoint(int bar) const {
    const double wide = area().width() / static_cast<double>(std::max<qsizetype>(1, m_bars.size()));
    return QPointF(area().left() + wide * (bar + 0.5), area().bottom() - 2).toPoint();
}

void BarChart::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    const QRectF box = area();
    const double pixel = 1 / devicePixelRatioF();
    double most = 0;
    for (const ChartBar& bar : std::as_const(m_bars)) {
        most = std::max(most, bar.value);
    }
    const double wide = m_bars.isEmpty() ? 0 : box.width() / static_cast<double>(m_bars.size());
    const double gap = wide > 4 ? 1 : 0;
    for (qsizetype i = 0; i < m_bars.size() && most > 0; ++i) {
        if (m_bars[i].value <= 0) {
            continue;
        }
        const double tall = std::max(2.0, m_bars[i].value / most * box.height()); // a single row is still seen
        const QRectF bar(box.left() + wide * static_cast<double>(i), box.bottom() - tall, std::max(1.0, wide - gap),
                         tall);
        const QColor color = theme.color(m_bars[i].warn ? Token::Warn : m_color);
        painter.fillRect(bar, m_chosen >= 0 && m_chosen != i ? mix(color, theme.color(Token::Surface), 0.35) : color);
    }
    painter.fillRect(QRectF(box.left(), box.bottom(), box.width(), pixel), theme.color(Token::LineStrong));
    if (m_marker && *m_marker >= 0 && *m_marker <= 1) {
        const double x = box.left() + *m_marker * box.width();
        painter.setPen(QPen(theme.color(Token::Text2), 0, Qt::DashLine));
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()));
        const int textWidth = fontMetrics().horizontalAdvance(m_markerText);
        const bool leftOf = x + textWidth + theme.u(1.5) > width();
        painter.setPen(theme.color(Token::Text2));
        painter.drawText(
            QPointF(leftOf ? x - textWidth - theme.u(1) : x + theme.u(1), box.top() + fontMetrics().ascent()),
            m_markerText);
    }
    if (m_cursor >= 0 && hasFocus()) {
        painter.setPen(QPen(theme.color(Token::Accent), 2));
        painter.drawRect(QRectF(box.left() + wide * m_cursor, box.top(), wide, box.height()));
    }
    painter.setPen(theme.color(Token::Text2));
    int free = 0; // where the next tick may begin
    for (const ChartTick& tick : std::as_const(m_ticks)) {
        const int textWidth = fontMetrics().horizontalAdvance(tick.text);
        const int x = std::clamp(static_cast<int>(tick.at * width()) - (tick.at <= 0 ? 0 : textWidth / 2), 0,
                                 std::max(0, width() - textWidth));
        if (x >= free) {
            painter.drawText(QPointF(x, height() - fontMetrics().descent() - 1), tick.text);
            free = x + textWidth + theme.u(2);
        }
    }
}

void BarChart::moveTo(int bar) {
    const auto count = static_cast<int>(m_bars.size());
    if (count == 0) {
        return;
    }
    m_cursor = std::clamp(bar, 0, count - 1);
    setToolTip(m_bars[m_cursor].readOut);
    setAccessibleDescription(m_bars[m_cursor].readOut);
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
    update();
}

void BarChart::mousePressEvent(QMouseEvent* event) {
    if (const int bar = barAt(event->position().x()); bar >= 0 && event->button() == Qt::LeftButton) {
        moveTo(bar);
        Q_EMIT chosen(bar);
    }
}

void BarChart::mouseMoveEvent(QMouseEvent* event) {
    if (const int bar = barAt(event->position().x()); bar >= 0) {
        moveTo(bar);
    }
}

void BarChart::leaveEvent(QEvent* event) {
    QWidget::leaveEvent(event);
    update();
}

bool BarChart::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape &&
        m_chosen >= 0) { // lets go, does not leave the page
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

void BarChart::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Left:
        moveTo(m_cursor < 0 ? 0 : m_cursor - 1);
        return;
    case Qt::Key_Right:
        moveTo(m_cursor + 1);
        return;
    case Qt::Key_Home:
        moveTo(0);
        return;
    case Qt::Key_End:
        moveTo(static_cast<int>(m_bars.size()) - 1);
        return;
    case Qt::Key_Space:
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_cursor >= 0) {
            Q_EMIT chosen(m_cursor);
        }
        return;
    case Qt::Key_Escape:
        if (m_chosen >= 0) {
            Q_EMIT chosen(m_chosen);
            return;
        }
        break;
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

} // namespace fettle::ui
