// What the desktop prefers, dark or light: asked from the desktop portal over D-Bus, asynchronously, and followed while
// it changes. Silent where there is no portal.
#pragma once

#include "widgets/theme.h"

#include <QObject>
#include <QVariant>

namespace fettle::ui {

/// Thread: GUI. Tells `theme` whenever the portal has an answer.
class PortalColorScheme : public QObject {
    Q_OBJECT
public:
    explicit PortalColorScheme(Theme& theme, QObject* parent = nullptr);
    /// 1 = dark, 2 = light, anything else (0, wrong type) = no preference; unpacks the variant in a variant.
    [[nodiscard]] static int schemeFromVariant(const QVariant& value);
};

} // namespace fettle::ui
