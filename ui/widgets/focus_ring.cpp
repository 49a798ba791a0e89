#include "widgets/focus_ring.h"

#include "widgets/theme.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QFocusEvent>
#include <QPainter>
#include <QTextEdit>

namespace fettle::ui {

namespace {

class Frame : public QFocusFrame {
public:
    using QFocusFrame::QFocusFrame;

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Theme& theme = Theme::current();
        painter.setPen(QPen(theme.color(Token::Accent), 2));
        painter.setBrush(Qt::NoBrush);
        const double radius = theme.u(1.5) + 2;
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), radius, radius);
    }
};

bool showsFocusInside(const QWidget* widget) {
    return qobject_cast<const QAbstractScrollArea*>(widget) != nullptr || widget->property("focusInside").toBool();
}

} // namespace

FocusRing::FocusRing(QObject* parent)
    : QObject(parent) {
    qApp->installEventFilter(this);
}

FocusRing::~FocusRing() {
    delete m_frame;
}

QWidget* FocusRing::target() const {
    return m_frame != nullptr && m_frame->isVisible() ? m_frame->widget() : nullptr;
}

bool FocusRing::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::FocusIn && watched->isWidgetType()) {
        auto* widget = static_cast<QWidget*>(watched);
        if (widget == QApplication::focusWidget()) {
            const Qt::FocusReason reason = static_cast<QFocusEvent*>(event)->reason();
            if (reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason || reason == Qt::ShortcutFocusReason) {
                show(widget);
            } else if (m_frame != nullptr && m_frame->widget() != widget) {
                hide();
            }
        }
    } else if (event->type() == QEvent::MouseButtonPress) {
        hide();
    } else if (event->type() == QEvent::FocusOut && m_frame != nullptr && watched == m_frame->widget()) {
        hide();
    }
    return QObject::eventFilter(watched, event);
}

void FocusRing::show(QWidget* widget) {
    if (showsFocusInside(widget)) {
        hide();
        return;
    }
    if (m_frame == nullptr) {
        m_frame = new Frame(widget);
    }
    m_frame->setWidget(widget); // moves the frame into the widget's window and follows it
}

void FocusRing::hide() {
    if (m_frame != nullptr) {
        m_frame->setWidget(nullptr);
        m_frame->hide();
    }
}

} // namespace fettle::ui
