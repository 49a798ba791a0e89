// Words of the preflight that several of its parts use.
#pragma once

#include <QString>

namespace fettle::ui {

/// Why nothing of a row is trained, in the window's language; core tells it in English.
[[nodiscard]] QString silentWords(const QString& reason);

} // namespace fettle::ui
