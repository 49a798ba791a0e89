#include "train/before_chart.h"

#include "bridge/strings.h"
#include "widgets/theme.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <limits>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

struct BeforeChart::Pane {
    QString title;
    double train::StepFact::*value = nullptr;
    double limit = 0;
    std::optional<std::int64_t> rises;
    Token color = Token::S1;
};

BeforeChart::BeforeChart(QWidget* parent)
    : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Loss and gradient norm before the step"));
    connect(&Theme::current(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void BeforeChart::setState(const AutopsyState& state) {
    m_state = state;
    m_cursor = std::min(m_cursor, static_cast<int>(state.before.size()) - 1);
    setAccessibleDescription(readOut());
    update();
}

QSize BeforeChart::sizeHint() const {
    return {Theme::current().u(80), Theme::current().u(44)};
}

QSize BeforeChart::minimumSizeHint() const {
    return {Theme::current().u(40), Theme::current().u(40)};
}

QString BeforeChart::readOut() const {
    if (m_state.before.isEmpty()) {
        return {};
    }
    const train::StepFact& fact =
        m_cursor < 0 ? m_state.before.back() : m_state.before[static_cast<qsizetype>(m_cursor)];
    return tr("Step %1: loss %2, gradient norm %3, learning rate %4")
        .arg(Format::exactCount(fact.step), Format::number(fact.loss, 4), Format::number(fact.gradientNorm, 4),
             Format::number(fact.rate, 3));
}

QRectF BeforeChart::paneArea(int pane) const {
    const Theme& theme = Theme::current();
    const double left = theme.u(15);
    const double head = fontMetrics().height() + theme.u(1);
    const double foot = fontMetrics().height() + theme.u(1);
    const double each = (height() - foot) / 2.0;
    return {left, pane * each + head, std::max(1.0, width() - left - theme.u(3)),
            std::max(1.0, each - head - theme.u(1))};
}

void BeforeChart::paintPane(QPainter& painter, const QRectF& area, const Pane& pane) const {
    const Theme& theme = Theme::current();
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const train::StepFact& fact : m_state.before) {
        if (std::isfinite(fact.*pane.value)) {
            low = std::min(low, fact.*pane.value);
            high = std::max(high, fact.*pane.value);
        }
    }
    painter.setFont(theme.font(FontRole::Caption));
    painter.setPen(theme.color(Token::Text2));
    painter.drawText(QPointF(0, area.top() - theme.u(1.5)), pane.title);
    if (!(high >= low)) {
        return;
    }
    const bool logarithmic = low > 0 && high / low > 50; // a rise over decades would hide all before it
    if (pane.limit > 0) {
        high = std::max(high, std::min(pane.limit, 2 * high));
    }
    if (!(high > low)) {
        high = low + std::max(1e-6, std::abs(low) * 0.1);
    }
    const auto y = [&](double value) {
        const double share = logarithmic ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
        return area.bottom() - std::clamp(share, 0.0, 1.0) * area.height();
    };
    const auto count = static_cast<double>(std::max<qsizetype>(1, m_state.before.size() - 1));
    const auto x = [&](qsizetype index) { return area.left() + static_cast<double>(index) / count * area.width(); };
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(theme.color(Token::LineStrong), 0));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    painter.setPen(theme.color(Token::Text2));
    const double text = fontMetrics().height();
    const QRectF scale(0, 0, area.left() - theme.u(2), text);
    painter.drawText(scale.translated(0, area.top() - 2), static_cast<int>(Qt::AlignRight | Qt::AlignVCenter),
                     Format::number(high, 3));
    painter.drawText(scale.translated(0, area.bottom() - text), static_cast<int>(Qt::AlignRight | Qt::AlignVCenter),
                     Format::number(low, 3));
    if (pane.limit > 0 && pane.limit <= high) {
        painter.setPen(QPen(theme.color(Token::Text3), 1, Qt::DashLine));
        painter.drawLine(QPointF(area.left(), y(pane.limit)), QPointF(area.right(), y(pane.limit)));
    }
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath path;
    bool open = false;
    for (qsizetype i = 0; i < m_state.before.size(); ++i) {
        const double value = m_state.before[i].*pane.value;
        if (!std::isfinite(value)) {
            open = false;
            continue;
        }
        open ? path.lineTo(x(i), y(value)) : path.moveTo(x(i), y(value));
        open = true;
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.color(pane.color), 2));
    painter.drawPath(path);
    for (qsizetype i = 0; i < m_state.before.size(); ++i) { // from here on above the usual: a diamond, and words
        if (pane.rises && m_state.before[i].step == *pane.rises) {
            const QPointF at(x(i), y(m_state.before[i].*pane.value));
            const double r = theme.u(1.25);
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme.color(Token::Bad));
            painter.drawPolygon(
                QPolygonF({at + QPointF(0, -r), at + QPointF(r, 0), at + QPointF(0, r), at - QPointF(r, 0)}));
            painter.setPen(theme.color(Token::Bad));
            const QString words = tr("rises from step %1").arg(Format::exactCount(*pane.rises));
            const double wide = painter.fontMetrics().horizontalAdvance(words);
            painter.drawText(QPointF(std::min(at.x() + theme.u(2), area.right() - wide), area.top() - theme.u(1.5)),
                             words);
        }
    }
    if (m_cursor >= 0 && m_cursor < m_state.before.size()) {
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(QPen(theme.color(Token::Accent), 1));
        painter.drawLine(QPointF(x(m_cursor), area.top()), QPointF(x(m_cursor), area.bottom()));
    }
}

void BeforeChart::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    if (m_state.before.isEmpty()) {
        painter.setPen(theme.color(Token::Text2));
        painter.drawText(rect(), static_cast<int>(Qt::AlignCenter | Qt::TextWordWrap),
                         tr("No step was finished before it."));
        return;
    }
    paintPane(painter, paneArea(0),
              {tr("Loss"), &train::StepFact::loss, m_state.lossLimit, m_state.lossRises, Token::S1});
    paintPane(
        painter, paneArea(1),
        {tr("Gradient norm"), &train::StepFact::gradientNorm, m_state.gradientLimit, m_state.gradientRises, Token::S2});
    painter.setFont(theme.font(FontRole::Caption));
    painter.setPen(theme.color(Token::Text2));
    const QRectF area = paneArea(1);
    const QRectF foot(area.left(), height() - fontMetrics().height() - 1, area.width(), fontMetrics().height());
    painter.drawText(foot, static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter),
                     tr("Step %1").arg(Format::exactCount(m_state.before.front().step)));
    painter.drawText(foot, static_cast<int>(Qt::AlignRight | Qt::AlignVCenter),
                     tr("Step %1").arg(Format::exactCount(m_state.before.back().step)));
}

int BeforeChart::indexAt(double x) const {
    const QRectF area = paneArea(0);
    const auto last = static_cast<double>(m_state.before.size() - 1);
    return static_cast<int>(std::lround(std::clamp((x - area.left()) / area.width(), 0.0, 1.0) * last));
}

void BeforeChart::setCursorTo(int index) {
    if (m_state.before.isEmpty()) {
        return;
    }
    m_cursor = std::clamp(index, 0, static_cast<int>(m_state.before.size()) - 1);
    setAccessibleDescription(readOut());
    setToolTip(readOut());
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
    update();
    Q_EMIT cursorMoved();
}

void BeforeChart::keyPressEvent(QKeyEvent* event) {
    const int last = static_cast<int>(m_state.before.size()) - 1;
    const int by = (event->modifiers() & Qt::ShiftModifier) != 0 ? 10 : 1;
    switch (event->key()) {
    case Qt::Key_Left:
        setCursorTo((m_cursor < 0 ? last + 1 : m_cursor) - by);
        return;
    case Qt::Key_Right:
        setCursorTo((m_cursor < 0 ? last : m_cursor) + by);
        return;
    case Qt::Key_Home:
        setCursorTo(0);
        return;
    case Qt::Key_End:
        setCursorTo(last);
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void BeforeChart::mousePressEvent(QMouseEvent* event) {
    setCursorTo(indexAt(event->position().x()));
}

void BeforeChart::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons() != Qt::NoButton) {
        setCursorTo(indexAt(event->position().x()));
    }
}

} // namespace fettle::ui
