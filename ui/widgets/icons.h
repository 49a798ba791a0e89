// Icons: SVG drawings of a 20x20 grid in resources/icons, rendered by colour token and device pixel ratio, so that a
// theme change needs no reload.
#pragma once

#include "widgets/theme.h"

#include <QIcon>
#include <QString>

class QPainter;

namespace fettle::ui {

/// "play", "warn", … (list: ui/widgets/README.md). Disabled is drawn in text3.
[[nodiscard]] QIcon themeIcon(const QString& name, Token role = Token::Text2);
/// Draws one directly. `rect` is square.
void paintIcon(QPainter& painter, const QString& name, const QRectF& rect, const QColor& color);
[[nodiscard]] bool iconExists(const QString& name);

} // namespace fettle::ui
