// Keys and mouse of a chart.
#include "plot/chart_impl.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace fettle::ui {

std::optional<double> Chart::Impl::pointNear(double x) const {
    // The cursor stands on a point that exists.
    std::optional<double> at;
    for (const Curve& curve : curves) {
        const qsizetype i = curve.visible ? curve.data.x.nearest(x) : -1;
        if (i >= 0 && (!at || std::abs(curve.data.x[i] - x) < std::abs(*at - x))) {
            at = curve.data.x[i];
        }
    }
    return at;
}

void Chart::Impl::setView(XRange range) {
    const XRange all = everything();
    // Not wider than everything, not narrower than numbers can tell apart, and never away from the data.
    const double least = std::max(all.size() * 1e-7, std::abs(all.to) * 1e-12);
    if (range.size() >= all.size() * 0.9999) {
        link->setRange(std::nullopt);
        scheduleView();
        return;
    }
    if (range.size() < least) {
        const double center = (range.from + range.to) / 2;
        range = {center - least / 2, center + least / 2};
    }
    const double shift = range.from < all.from ? all.from - range.from : range.to > all.to ? all.to - range.to : 0;
    link->setRange(XRange{range.from + shift, range.to + shift});
    scheduleView();
}

void Chart::Impl::zoom(double factor, double at) {
    const XRange now = link->range().value_or(everything());
    const double share = (at - now.from) / now.size();
    const double size_ = now.size() * factor;
    setView({at - share * size_, at + (1 - share) * size_});
}

void Chart::Impl::pan(double share) {
    if (const std::optional<XRange> now = link->range()) {
        setView({now->from + share * now->size(), now->to + share * now->size()});
    }
}

void Chart::Impl::step(int by) {
    for (const Curve& curve : std::as_const(curves)) {
        if (!curve.visible || curve.size() == 0) {
            continue;
        }
        const Column& x = curve.data.x;
        // Where one pixel holds many points a step is still one point; Shift takes ten.
        const qsizetype at = link->x() ? x.nearest(*link->x()) + by : curve.size() - 1 + std::min(by, 0);
        const double to = x[std::clamp<qsizetype>(at, 0, curve.size() - 1)];
        link->set(to);
        if (const std::optional<XRange> view = link->range(); view && (to < view->from || to > view->to)) {
            setView({to - view->size() / 2, to + view->size() / 2}); // the view follows
        }
        return;
    }
}

void Chart::Impl::jump(int by) {
    if (markers.isEmpty()) {
        return;
    }
    const double from =
        link->x().value_or(by > 0 ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity());
    std::optional<double> to;
    if (by > 0) {
        const auto it = std::upper_bound(markers.begin(), markers.end(), from,
                                         [](double value, const ChartMarker& m) { return value < m.x; });
        if (it != markers.end()) {
            to = it->x;
        }
    } else {
        const auto it = std::lower_bound(markers.begin(), markers.end(), from,
                                         [](const ChartMarker& m, double value) { return m.x < value; });
        if (it != markers.begin()) {
            to = (it - 1)->x;
        }
    }
    if (to) {
        link->set(to);
        if (const std::optional<XRange> view = link->range(); view && (*to < view->from || *to > view->to)) {
            setView({*to - view->size() / 2, *to + view->size() / 2});
        }
    }
}

void Chart::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    const bool byKey = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    if (byKey && !m_impl->link->x()) {
        m_impl->step(0);
    }
}

void Chart::contextMenuEvent(QContextMenuEvent* event) {
    const QPoint at = event->reason() == QContextMenuEvent::Keyboard
                          ? mapToGlobal(m_impl->plot->axisRect()->rect().topLeft())
                          : event->globalPos();
    Q_EMIT menuWanted(at);
}

void Chart::keyPressEvent(QKeyEvent* event) {
    Impl& d = *m_impl;
    const bool shift = event->modifiers().testFlag(Qt::ShiftModifier);
    const auto others = event->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier);
    if (event->matches(QKeySequence::Copy)) {
        if (const QString text = cursorText(); !text.isEmpty()) {
            QGuiApplication::clipboard()->setText(text);
        }
        return;
    }
    if (others == Qt::ControlModifier && (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right)) {
        d.jump(event->key() == Qt::Key_Right ? 1 : -1);
        return;
    }
    if (others == Qt::NoModifier) {
        const double center = d.link->x().value_or(d.plot->xAxis->range().center());
        switch (event->key()) {
        case Qt::Key_Left:
            d.step(shift ? -10 : -1);
            return;
        case Qt::Key_Right:
            d.step(shift ? 10 : 1);
            return;
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            d.zoom(0.8, center);
            return;
        case Qt::Key_Minus:
            d.zoom(1.25, center);
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
    const QRect area = d.plot->axisRect()->rect();
    switch (event->type()) {
    case QEvent::MouseMove: {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        const QPoint at = mouse->position().toPoint();
        if (!d.pressed) {
            d.link->set(area.contains(at) ? d.pointNear(d.plot->xAxis->pixelToCoord(at.x())) : std::nullopt);
            break;
        }
        if (d.boxing) {
            d.overlay->setRubber(QRect(*d.pressed, at).normalized().intersected(area));
        } else if (d.dragging || (at - *d.pressed).manhattanLength() > 3) {
            d.dragging = true;
            const double perPixel = d.pressedX.size() / std::max(1, area.width());
            const double by = -(at.x() - d.pressed->x()) * perPixel;
            if (d.link->range()) {
                d.setView({d.pressedX.lower + by, d.pressedX.upper + by});
            }
            if (!d.yFitted) {
                const double share = static_cast<double>(at.y() - d.pressed->y()) / std::max(1, area.height());
                if (d.plot->yAxis->scaleType() == QCPAxis::stLogarithmic) { // equal ways are equal factors
                    const double factor = std::pow(d.pressedY.upper / d.pressedY.lower, share);
                    d.plot->yAxis->setRange(d.pressedY.lower * factor, d.pressedY.upper * factor);
                } else {
                    const double up = share * d.pressedY.size();
                    d.plot->yAxis->setRange(d.pressedY.lower + up, d.pressedY.upper + up);
                }
                d.scheduleView();
            }
        }
        return true;
    }
    case QEvent::Leave:
        d.link->set(std::nullopt);
        break;
    case QEvent::MouseButtonPress: {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        setFocus(Qt::MouseFocusReason);
        if (mouse->button() == Qt::LeftButton) {
            d.pressed = mouse->position().toPoint();
            d.pressedX = d.plot->xAxis->range();
            d.pressedY = d.plot->yAxis->range();
            d.dragging = false;
            d.boxing = mouse->modifiers().testFlag(Qt::ShiftModifier);
            return true;
        }
        break;
    }
    case QEvent::MouseButtonRelease: {
        if (!d.pressed) {
            break;
        }
        const QRect box =
            QRect(*d.pressed, static_cast<QMouseEvent*>(event)->position().toPoint()).normalized().intersected(area);
        d.pressed.reset();
        if (std::exchange(d.boxing, false)) {
            d.overlay->setRubber({});
            if (box.width() > 4 && box.height() > 4) {
                d.yFitted = false;
                d.plot->yAxis->setRange(d.plot->yAxis->pixelToCoord(box.bottom()),
                                        d.plot->yAxis->pixelToCoord(box.top()));
                d.setView({d.plot->xAxis->pixelToCoord(box.left()), d.plot->xAxis->pixelToCoord(box.right())});
            }
        }
        return true;
    }
    case QEvent::MouseButtonDblClick:
        fit();
        return true;
    case QEvent::Wheel: {
        auto* wheel = static_cast<QWheelEvent*>(event);
        const QPoint angle = wheel->angleDelta();
        const bool shift = wheel->modifiers().testFlag(Qt::ShiftModifier);
        if (!wheel->modifiers().testFlag(Qt::ControlModifier) && !shift && !hasFocus()) {
            wheel->ignore(); // a page that scrolls goes on scrolling; click the chart first
            return true;
        }
        if (!shift && std::abs(angle.x()) > std::abs(angle.y())) {
            d.pan(-angle.x() / 1200.0);
            return true;
        }
        const double factor = std::pow(0.85, (angle.y() != 0 ? angle.y() : angle.x()) / 120.0);
        if (shift) {
            d.yFitted = false;
            d.plot->yAxis->scaleRange(factor, d.plot->yAxis->pixelToCoord(wheel->position().y()));
            d.scheduleView();
        } else {
            d.zoom(factor, d.plot->xAxis->pixelToCoord(wheel->position().x()));
        }
        return true;
    }
    default:
        break;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace fettle::ui
