#include "train/layer_map.h"

#include "base/numbers.h"
#include "bridge/strings.h"
#include "widgets/theme.h"

#include <QAccessible>
#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

LayerMap::LayerMap(QWidget* parent)
    : QWidget(parent) {
    setObjectName(u"inside.layers.map"_s);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Gradient norms by layer"));
    connect(&Theme::current(), &Theme::changed, this, [this] {
        m_imageSteps = -1;
        update();
    });
}

void LayerMap::setNorms(std::shared_ptr<const LayerNorms> norms) {
    const bool shorter = m_norms != nullptr && (norms == nullptr || norms->steps.size() < m_norms->steps.size());
    m_norms = std::move(norms);
    m_imageSteps = -1;
    if (shorter || m_norms == nullptr) {
        m_cursor.reset();
    }
    setAccessibleDescription(readOut());
    update();
}

QSize LayerMap::sizeHint() const {
    return {Theme::current().u(120), Theme::current().u(48)};
}

QSize LayerMap::minimumSizeHint() const {
    return {Theme::current().u(50), Theme::current().u(36)};
}

QString LayerMap::readOut() const {
    if (m_norms == nullptr || m_norms->steps.isEmpty()) {
        return {};
    }
    const Cell cell = m_cursor.value_or(Cell{m_norms->steps.size() - 1, m_norms->layers - 1});
    double squares = 0;
    for (int layer = 0; layer < m_norms->layers; ++layer) {
        const auto norm = static_cast<double>(m_norms->at(cell.step, layer));
        squares += norm * norm;
    }
    const auto norm = static_cast<double>(m_norms->at(cell.step, cell.layer));
    return tr("Step %1, layer %2 of %3: norm %4 (all layers %5)")
        .arg(Format::exactCount(m_norms->steps[cell.step]), Format::exactCount(cell.layer + 1),
             Format::exactCount(m_norms->layers), std::isfinite(norm) ? Format::number(norm, 3) : Format::loss(norm),
             std::isfinite(squares) ? Format::number(std::sqrt(squares), 3) : Format::loss(squares));
}

QRect LayerMap::mapArea() const {
    const Theme& theme = Theme::current();
    const int text = fontMetrics().height();
    return QRect(theme.u(18), theme.u(1), std::max(1, width() - theme.u(18) - theme.u(24)),
                 std::max(1, height() - text - theme.u(3)));
}

// One pixel a column of steps and a layer: of several steps in a column the largest shows, so that no peak is lost.
void LayerMap::makeImage(const QSize& size) {
    const Theme& theme = Theme::current();
    const qsizetype steps = m_norms->steps.size();
    const int layers = m_norms->layers;
    const auto columns = static_cast<int>(std::clamp<qsizetype>(steps, 1, std::max(1, size.width())));
    m_low = std::numeric_limits<double>::infinity();
    m_high = 0;
    for (const float value : m_norms->values) {
        if (std::isfinite(value) && value > 0) {
            m_low = std::min(m_low, static_cast<double>(value));
            m_high = std::max(m_high, static_cast<double>(value));
        }
    }
    if (!(m_high > 0)) {
        m_low = m_high = 1;
    }
    m_low = std::max(m_low, m_high * 1e-4); // four decades are enough to tell layers apart
    QRgb ramp[256];
    for (int i = 0; i < 256; ++i) {
        ramp[i] = mix(theme.color(Token::S1), theme.color(Token::Surface), 0.05 + 0.95 * i / 255.0).rgb();
    }
    const QRgb none = theme.color(Token::Sunken).rgb();
    const QRgb bad = theme.color(Token::Bad).rgb();
    m_image = QImage(columns, layers, QImage::Format_RGB32);
    const double range = std::log(m_high / m_low);
    for (int column = 0; column < columns; ++column) {
        const qsizetype from = steps * column / columns;
        const qsizetype to = std::max(from + 1, steps * (column + 1) / columns);
        for (int layer = 0; layer < layers; ++layer) {
            float most = -1;
            bool noNumber = false;
            for (qsizetype step = from; step < to; ++step) {
                const float value = m_norms->at(step, layer);
                noNumber = noNumber || !std::isfinite(value);
                most = std::max(most, std::isfinite(value) ? value : most);
            }
            QRgb color = none;
            if (noNumber) {
                color = bad;
            } else if (most > 0) {
                const double share =
                    range > 0 ? std::log(std::max(static_cast<double>(most), m_low) / m_low) / range : 0.5;
                color = ramp[std::clamp(static_cast<int>(std::lround(share * 255)), 0, 255)];
            }
            m_image.setPixel(column, layers - 1 - layer, color);
        }
    }
    m_imageSteps = steps;
}

void LayerMap::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setFont(theme.font(FontRole::Caption));
    if (m_norms == nullptr || m_norms->steps.isEmpty()) {
        return;
    }
    const QRect area = mapArea();
    if (m_imageSteps != m_norms->steps.size() || m_image.isNull()) {
        makeImage(area.size() * devicePixelRatioF());
    }
    painter.drawImage(area, m_image);
    const int text = painter.fontMetrics().height();
    painter.setPen(theme.color(Token::Text2));
    const int right = static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    painter.drawText(QRect(0, area.bottom() - text, area.left() - theme.u(2), text), right, tr("Layer 1"));
    painter.drawText(QRect(0, area.top(), area.left() - theme.u(2), text), right,
                     tr("Layer %1").arg(Format::exactCount(m_norms->layers)));
    const QRect foot(area.left(), area.bottom() + theme.u(1), area.width(), text);
    painter.drawText(foot, static_cast<int>(Qt::AlignLeft),
                     tr("Step %1").arg(Format::exactCount(m_norms->steps.front())));
    painter.drawText(foot, static_cast<int>(Qt::AlignRight),
                     tr("Step %1").arg(Format::exactCount(m_norms->steps.back())));
    // The scale.
    const QRect bar(area.right() + theme.u(4), area.top() + text + theme.u(1), theme.u(3),
                    std::max(1, area.height() - 2 * text - theme.u(2)));
    for (int y = 0; y < bar.height(); ++y) {
        const double share = 1 - static_cast<double>(y) / std::max(1, bar.height() - 1);
        painter.fillRect(QRect(bar.left(), bar.top() + y, bar.width(), 1),
                         mix(theme.color(Token::S1), theme.color(Token::Surface), 0.05 + 0.95 * share));
    }
    painter.setPen(theme.color(Token::Text2));
    painter.drawText(QPoint(bar.left(), bar.top() - theme.u(1)), Format::number(m_high, 2));
    painter.drawText(QPoint(bar.left(), bar.bottom() + text), Format::number(m_low, 2));
    if (m_cursor) {
        const double wide = static_cast<double>(area.width()) / static_cast<double>(m_norms->steps.size());
        const double tall = static_cast<double>(area.height()) / m_norms->layers;
        const QRectF cell(area.left() + wide * static_cast<double>(m_cursor->step),
                          area.top() + tall * (m_norms->layers - 1 - m_cursor->layer), std::max(wide, 3.0),
                          std::max(tall, 3.0));
        painter.setPen(QPen(theme.color(Token::Surface), 3));
        painter.drawRect(cell);
        painter.setPen(QPen(theme.color(Token::Text), 1.5));
        painter.drawRect(cell);
    }
}

void LayerMap::setCursorTo(qsizetype step, int layer) {
    if (m_norms == nullptr || m_norms->steps.isEmpty()) {
        return;
    }
    m_cursor =
        Cell{std::clamp<qsizetype>(step, 0, m_norms->steps.size() - 1), std::clamp(layer, 0, m_norms->layers - 1)};
    setAccessibleDescription(readOut());
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
    update();
    Q_EMIT cursorMoved();
}

std::optional<LayerMap::Cell> LayerMap::cellAt(const QPointF& point) const {
    const QRect area = mapArea();
    if (m_norms == nullptr || m_norms->steps.isEmpty() || !area.contains(point.toPoint())) {
        return std::nullopt;
    }
    const double x = (point.x() - area.left()) / area.width();
    const double y = (point.y() - area.top()) / area.height();
    return Cell{std::clamp<qsizetype>(static_cast<qsizetype>(x * static_cast<double>(m_norms->steps.size())), 0,
                                      m_norms->steps.size() - 1),
                std::clamp(m_norms->layers - 1 - static_cast<int>(y * m_norms->layers), 0, m_norms->layers - 1)};
}

void LayerMap::copy() const {
    if (m_norms == nullptr || m_norms->steps.isEmpty()) {
        return;
    }
    const Cell cell = m_cursor.value_or(Cell{m_norms->steps.size() - 1, m_norms->layers - 1});
    std::string text = "step,layer,norm\n";
    for (int layer = 0; layer < m_norms->layers; ++layer) {
        text += std::to_string(m_norms->steps[cell.step]) + "," + std::to_string(layer + 1) + "," +
                formatDouble(static_cast<double>(m_norms->at(cell.step, layer))) + "\n";
    }
    QGuiApplication::clipboard()->setText(qs(text));
}

void LayerMap::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) {
        copy();
        return;
    }
    if (m_norms == nullptr || m_norms->steps.isEmpty()) {
        QWidget::keyPressEvent(event);
        return;
    }
    const Cell now = m_cursor.value_or(Cell{m_norms->steps.size() - 1, m_norms->layers - 1});
    const qsizetype by = (event->modifiers() & Qt::ShiftModifier) != 0 ? 10 : 1;
    switch (event->key()) {
    case Qt::Key_Left:
        setCursorTo(now.step - by, now.layer);
        return;
    case Qt::Key_Right:
        setCursorTo(now.step + by, now.layer);
        return;
    case Qt::Key_Up:
        setCursorTo(now.step, now.layer + 1);
        return;
    case Qt::Key_Down:
        setCursorTo(now.step, now.layer - 1);
        return;
    case Qt::Key_Home:
        setCursorTo(0, now.layer);
        return;
    case Qt::Key_End:
        setCursorTo(m_norms->steps.size() - 1, now.layer);
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void LayerMap::mousePressEvent(QMouseEvent* event) {
    if (const auto cell = cellAt(event->position())) {
        setCursorTo(cell->step, cell->layer);
    }
}

void LayerMap::mouseMoveEvent(QMouseEvent* event) {
    if (const auto cell = cellAt(event->position())) {
        setCursorTo(cell->step, cell->layer);
    }
}

void LayerMap::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    if (!m_cursor && m_norms != nullptr && event->reason() != Qt::MouseFocusReason) {
        setCursorTo(m_norms->steps.size() - 1, m_norms->layers - 1);
    }
}

} // namespace fettle::ui
