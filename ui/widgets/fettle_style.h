// The application's style: Fusion with our metrics, no animation, no dotted focus box (the ring is FocusRing's), and
// check boxes, headers and splitters drawn from the tokens.
#pragma once

#include <QProxyStyle>

namespace fettle::ui {

class FettleStyle : public QProxyStyle {
    Q_OBJECT
public:
    FettleStyle();
    [[nodiscard]] int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
    [[nodiscard]] int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                                QStyleHintReturn* data) const override;
    [[nodiscard]] QRect subElementRect(SubElement element, const QStyleOption* option,
                                       const QWidget* widget) const override;
    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
    void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
};

} // namespace fettle::ui
