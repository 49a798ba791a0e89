#include "train/parallel_plot.h"

#include "bridge/strings.h"

#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <limits>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

double scaled(const ParallelAxis& axis, double value) {
    return axis.logarithmic && value > 0 ? std::log10(value) : value;
}

} // namespace

ParallelPlot::ParallelPlot(QWidget* parent)
    : QWidget(parent) {
    setObjectName(u"sweep.parallel"_s);
    setAccessibleName(tr("Runs of the sweep as lines over their settings"));
    setFocusPolicy(Qt::StrongFocus);
    connect(&Theme::current(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

QSize ParallelPlot::sizeHint() const {
    const Theme& theme = Theme::current();
    return {theme.u(120), theme.u(60)};
}

QSize ParallelPlot::minimumSizeHint() const {
    const Theme& theme = Theme::current();
    return {theme.u(60), theme.u(36)};
}

void ParallelPlot::setData(QVector<ParallelAxis> axes, QVector<ParallelLine> lines) {
    m_axes = std::move(axes);
    m_lines = std::move(lines);
    m_axis = std::clamp(m_axis, 0, std::max(0, static_cast<int>(m_axes.size()) - 1));
    m_selected = m_selected < m_lines.size() ? m_selected : -1;
    m_ranges.clear();
    for (int axis = 0; axis < m_axes.size(); ++axis) {
        double low = std::numeric_limits<double>::infinity();
        double high = -low;
        for (const ParallelLine& line : std::as_const(m_lines)) {
            if (const auto value = line.values.value(axis); value && std::isfinite(*value)) {
                low = std::min(low, scaled(m_axes[axis], *value));
                high = std::max(high, scaled(m_axes[axis], *value));
            }
        }
        if (!m_axes[axis].words.isEmpty()) {
            low = 0;
            high = static_cast<double>(m_axes[axis].words.size() - 1);
        }
        if (!(low < high)) { // one value stands in the middle
            low = (std::isfinite(low) ? low : 0) - 1;
            high = low + 2;
        }
        m_ranges.append({low, high});
    }
    describe();
    update();
}

void ParallelPlot::setSelected(int line) {
    if (line != m_selected) {
        m_selected = line;
        describe();
        update();
    }
}

QRectF ParallelPlot::area() const {
    const Theme& theme = Theme::current();
    const double side = theme.u(12);
    return QRectF(rect()).adjusted(side, theme.u(9), -side, -theme.u(5));
}

double ParallelPlot::xOf(int axis) const {
    const QRectF box = area();
    const auto gaps = std::max<qsizetype>(1, m_axes.size() - 1);
    return box.left() + box.width() * axis / static_cast<double>(gaps);
}

std::optional<double> ParallelPlot::yOf(int axis, int line) const {
    const auto value = m_lines[line].values.value(axis);
    if (!value || !std::isfinite(*value)) {
        return std::nullopt;
    }
    const auto [low, high] = m_ranges[axis];
    const double share = (scaled(m_axes[axis], *value) - low) / (high - low);
    const QRectF box = area();
    return box.bottom() - share * box.height();
}

QString ParallelPlot::label(int axis, double value) const {
    const ParallelAxis& a = m_axes[axis];
    if (!a.words.isEmpty()) {
        return a.words.value(static_cast<int>(std::lround(value)));
    }
    if (a.lowerBetter) {
        return Format::loss(value);
    }
    // The end of a logarithmic axis comes back from its logarithm: not all of its digits are meant.
    const double whole = std::round(value);
    if (std::abs(value) >= 1 && std::abs(value - whole) < 1e-6 * std::abs(value)) {
        return Format::exactCount(static_cast<std::int64_t>(whole));
    }
    return Format::number(value, 3);
}

void ParallelPlot::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont caption = theme.font(FontRole::Caption);
    const QFontMetrics metrics(caption);
    painter.setFont(caption);
    const QRectF box = area();
    const auto drawLine = [&](int number, const QColor& color, double width) {
        QPainterPath path;
        bool open = false;
        for (int axis = 0; axis < m_axes.size(); ++axis) {
            const auto y = yOf(axis, number);
            if (!y) {
                open = false; // not measured: the line ends here
                continue;
            }
            open ? path.lineTo(xOf(axis), *y) : path.moveTo(xOf(axis), *y);
            open = true;
        }
        painter.setPen(QPen(color, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(Qt::NoBrush);
        painter.drawPath(path);
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        for (int axis = 0; axis < m_axes.size(); ++axis) {
            if (const auto y = yOf(axis, number)) {
                painter.drawEllipse(QPointF(xOf(axis), *y), width + 0.5, width + 0.5);
            }
        }
    };
    for (int axis = 0; axis < m_axes.size(); ++axis) {
        const double x = xOf(axis);
        const bool current = hasFocus() && axis == m_axis;
        painter.setPen(QPen(theme.color(current ? Token::Accent : Token::LineStrong), current ? 2 : 1));
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()));
        painter.setPen(theme.color(current ? Token::Accent : Token::Text2));
        const double width =
            std::max<double>(theme.u(24), box.width() / std::max<double>(1, double(m_axes.size())) - theme.u(2));
        QRectF head(x - width / 2, 0, width, theme.u(6));
        const double edge = theme.u(2);
        const double end = this->width() - edge;
        head.moveLeft(std::clamp(head.left(), edge, std::max(edge, end - width)));
        const Qt::Alignment where = head.left() <= edge   ? Qt::AlignLeft
                                    : head.right() >= end ? Qt::AlignRight
                                                          : Qt::AlignHCenter;
        painter.drawText(head, static_cast<int>(where | Qt::AlignVCenter),
                         metrics.elidedText(m_axes[axis].title, Qt::ElideMiddle, static_cast<int>(width)));
    }
    for (int line = 0; line < m_lines.size(); ++line) {
        if (line != m_selected && !m_lines[line].best) {
            drawLine(line, mix(theme.seriesColor(m_lines[line].slot), theme.color(Token::Surface), 0.45), 1.2);
        }
    }
    for (int line = 0; line < m_lines.size(); ++line) {
        if (m_lines[line].best && line != m_selected) {
            drawLine(line, theme.color(Token::Ok), 2.4);
        }
    }
    if (m_selected >= 0) {
        drawLine(m_selected, theme.color(m_lines[m_selected].best ? Token::Ok : Token::Accent), 3);
    }
    // Ends of the axes, and the values of the chosen run beside its points.
    for (int axis = 0; axis < m_axes.size(); ++axis) {
        const double x = xOf(axis);
        const bool last = axis == m_axes.size() - 1;
        const auto write = [&](double y, const QString& text, const QColor& color) {
            const int width = metrics.horizontalAdvance(text) + theme.u(2);
            QRectF place(last ? x - width - theme.u(2) : x + theme.u(2), y - metrics.height() / 2.0, width,
                         metrics.height());
            place.moveTop(std::clamp(place.top(), 0.0, std::max(0.0, height() - place.height())));
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme.color(Token::Surface));
            painter.drawRoundedRect(place, theme.u(0.5), theme.u(0.5));
            painter.setPen(color);
            painter.drawText(place, Qt::AlignCenter, text);
        };
        const QStringList& words = m_axes[axis].words;
        const auto [low, high] = m_ranges[axis];
        const bool any = std::any_of(m_lines.begin(), m_lines.end(),
                                     [axis](const ParallelLine& l) { return l.values.value(axis).has_value(); });
        if (!words.isEmpty()) {
            for (int word = 0; word < words.size(); ++word) {
                write(box.bottom() - box.height() * (word - low) / (high - low), words[word],
                      theme.color(Token::Text2));
            }
        } else if (any) {
            const auto value = [&](double at) { return m_axes[axis].logarithmic ? std::pow(10, at) : at; };
            write(box.bottom(), label(axis, value(low)), theme.color(Token::Text2));
            write(box.top(), label(axis, value(high)), theme.color(Token::Text2));
        }
        if (m_selected >= 0 && words.isEmpty()) {
            if (const auto y = yOf(axis, m_selected)) {
                write(*y, label(axis, *m_lines[m_selected].values[axis]), theme.color(Token::Text));
            }
        }
    }
    if (hasFocus()) {
        painter.setPen(QPen(theme.color(Token::Accent), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), theme.u(1.5), theme.u(1.5));
    }
}

void ParallelPlot::choose(int line) {
    setSelected(line);
    Q_EMIT chosen(line);
}

void ParallelPlot::step(int by) {
    QVector<std::pair<double, int>> order; // from the top of the axis to its bottom
    for (int line = 0; line < m_lines.size(); ++line) {
        if (const auto y = yOf(m_axis, line)) {
            order.append({*y, line});
        }
    }
    if (order.isEmpty()) {
        return;
    }
    std::sort(order.begin(), order.end());
    const auto now =
        std::find_if(order.begin(), order.end(), [this](const auto& item) { return item.second == m_selected; });
    const auto at = now == order.end() ? (by > 0 ? -1 : order.size()) : now - order.begin();
    choose(order[std::clamp<qsizetype>(at + by, 0, order.size() - 1)].second);
}

void ParallelPlot::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
        m_axis = std::clamp(m_axis + (event->key() == Qt::Key_Left ? -1 : 1), 0,
                            std::max(0, static_cast<int>(m_axes.size()) - 1));
        describe();
        update();
        break;
    case Qt::Key_Up:
        step(-1);
        break;
    case Qt::Key_Down:
        step(1);
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

void ParallelPlot::mousePressEvent(QMouseEvent* event) {
    const QPointF at = event->position();
    double nearest = Theme::current().u(4);
    int found = -1;
    for (int line = 0; line < m_lines.size(); ++line) {
        for (int axis = 0; axis + 1 < m_axes.size(); ++axis) {
            const auto a = yOf(axis, line);
            const auto b = yOf(axis + 1, line);
            const double x0 = xOf(axis);
            const double x1 = xOf(axis + 1);
            if (a && b && at.x() >= x0 && at.x() <= x1) {
                const double far = std::abs(*a + (*b - *a) * (at.x() - x0) / (x1 - x0) - at.y());
                if (far < nearest) {
                    nearest = far;
                    found = line;
                }
            }
        }
    }
    if (found >= 0) {
        choose(found);
    }
}

void ParallelPlot::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}

void ParallelPlot::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    update();
}

void ParallelPlot::describe() {
    QStringList parts;
    if (!m_axes.isEmpty()) {
        parts << tr("axis %1").arg(m_axes[m_axis].title);
    }
    if (m_selected >= 0) {
        parts << m_lines[m_selected].name;
        for (int axis = 0; axis < m_axes.size(); ++axis) {
            if (const auto value = m_lines[m_selected].values.value(axis)) {
                parts << tr("%1 %2").arg(m_axes[axis].title, label(axis, *value));
            }
        }
    }
    setAccessibleDescription(parts.join(u", "_s));
}

} // namespace fettle::ui
