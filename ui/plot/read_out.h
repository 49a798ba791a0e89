// The cursor's read-out: a child widget over the plot with a swatch, a name and a value a line.
#pragma once

#include "bridge/strings.h"
#include "plot/chart.h"

#include <QFrame>
#include <QPainter>
#include <QStyle>
#include <QStyleOption>

#include <algorithm>

namespace fettle::ui {

/// Swatches and values at the cursor, a child widget over the plot.
class ReadOut : public QFrame {
public:
    explicit ReadOut(QWidget* parent)
        : QFrame(parent) {
        setProperty("kind", QStringLiteral("readout"));
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
            width = std::max(width, theme.u(6) + metrics.horizontalAdvance(value.title % QStringLiteral("  ") % text(value)));
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
                             value.title % QStringLiteral("  ") % text(value));
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

} // namespace fettle::ui
