// Faults of a recipe text in the window's language: line, key, reason, remedy.
#pragma once

#include "base/error.h"

#include <QString>

namespace fettle::ui {

struct FaultWords {
    QString where;  // "Line 7, optimizer.learning_rate"
    QString reason; // "Learning rate takes a number from 0 to 1."
    QString remedy; // "Did you mean optimizer.learning_rate?"; "" = the reason says it
};
[[nodiscard]] FaultWords faultWords(const Error& fault);
/// "Line 7, seed: …": all of it in one line.
[[nodiscard]] QString faultLine(const Error& fault);

} // namespace fettle::ui
