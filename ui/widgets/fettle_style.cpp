#include "widgets/fettle_style.h"

#include "widgets/theme.h"

#include <QPainter>
#include <QStyleFactory>
#include <QStyleOption>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

FettleStyle::FettleStyle()
    : QProxyStyle(QStyleFactory::create(u"Fusion"_s)) {}

int FettleStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    switch (metric) {
    case PM_FocusFrameHMargin:
    case PM_FocusFrameVMargin:
        return 4;
    case PM_SplitterWidth:
        return 8;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
        return 0;
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
        return Theme::current().u(4);
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return Theme::current().u(4.5);
    case PM_CheckBoxLabelSpacing:
    case PM_RadioButtonLabelSpacing:
        return Theme::current().u(2);
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int FettleStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                           QStyleHintReturn* data) const {
    switch (hint) {
    case SH_Widget_Animation_Duration:
        return 0;
    case SH_ToolTip_WakeUpDelay:
        return 700;
    case SH_ComboBox_Popup:
        return 0;
    case SH_EtchDisabledText:
        return 0;
    case SH_ScrollView_FrameOnlyAroundContents:
        return 0;
    case SH_Splitter_OpaqueResize:
        return 1;
    default:
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

QRect FettleStyle::subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const {
    // Header labels stand over their cells, which the delegate insets by itself.
    return element == SE_HeaderLabel ? option->rect : QProxyStyle::subElementRect(element, option, widget);
}

void FettleStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                                const QWidget* widget) const {
    const Theme& theme = Theme::current();
    switch (element) {
    case PE_FrameFocusRect:
        return; // FocusRing draws the only ring
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
    case PE_IndicatorRadioButton: {
        const bool round = element == PE_IndicatorRadioButton;
        const bool on = (option->state & (State_On | State_NoChange)) != 0;
        const bool enabled = (option->state & State_Enabled) != 0;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRectF box = QRectF(option->rect).adjusted(1, 1, -1, -1);
        const QColor edge = !enabled ? theme.color(Token::Line)
                            : on     ? theme.color(Token::Accent)
                                     : theme.color(Token::LineStrong);
        painter->setPen(QPen(edge, 1));
        painter->setBrush(on && enabled                            ? theme.color(Token::Accent)
                          : (option->state & State_MouseOver) != 0 ? theme.color(Token::Hover)
                          : enabled                                ? theme.color(Token::Surface)
                                                                   : theme.color(Token::Sunken));
        if (round) {
            painter->drawEllipse(box);
        } else {
            painter->drawRoundedRect(box, box.width() * 0.2, box.width() * 0.2);
        }
        if (on) {
            const QColor sign = enabled ? theme.color(Token::OnAccent) : theme.color(Token::Text3);
            if (round) {
                painter->setPen(Qt::NoPen);
                painter->setBrush(sign);
                painter->drawEllipse(box.center(), box.width() * 0.2, box.width() * 0.2);
            } else {
                QPen pen(sign, box.width() * 0.13, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
                painter->setPen(pen);
                const auto at = [&box](double x, double y) {
                    return QPointF(box.x() + x * box.width(), box.y() + y * box.height());
                };
                if ((option->state & State_NoChange) != 0) {
                    painter->drawLine(at(0.28, 0.5), at(0.72, 0.5));
                } else {
                    painter->drawPolyline(QPolygonF({at(0.24, 0.52), at(0.43, 0.7), at(0.76, 0.32)}));
                }
            }
        }
        painter->restore();
        return;
    }
    case PE_FrameStatusBarItem:
        return;
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void FettleStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                              const QWidget* widget) const {
    const Theme& theme = Theme::current();
    switch (element) {
    case CE_HeaderEmptyArea:
    case CE_HeaderSection: {
        painter->fillRect(option->rect, theme.color(Token::Surface));
        painter->setPen(QPen(theme.color(Token::Line), 0));
        painter->drawLine(option->rect.bottomLeft(), option->rect.bottomRight());
        return;
    }
    case CE_HeaderLabel: {
        const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option);
        if (header == nullptr) {
            break;
        }
        painter->save();
        painter->setPen(theme.color(Token::Text2));
        const QRect area = header->rect.adjusted(theme.u(2), 0, -theme.u(2), 0);
        painter->drawText(area, static_cast<int>(header->textAlignment | Qt::AlignVCenter) | Qt::TextSingleLine,
                          header->fontMetrics.elidedText(header->text, Qt::ElideRight, area.width()));
        painter->restore();
        return;
    }
    case CE_Splitter: {
        painter->fillRect(option->rect, theme.color(Token::Window));
        painter->setPen(QPen(theme.color(Token::Line), 0));
        const QPoint middle = option->rect.center();
        if ((option->state & State_Horizontal) != 0) {
            painter->drawLine(QPoint(middle.x(), option->rect.top()), QPoint(middle.x(), option->rect.bottom()));
        } else {
            painter->drawLine(QPoint(option->rect.left(), middle.y()), QPoint(option->rect.right(), middle.y()));
        }
        return;
    }
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

} // namespace fettle::ui
