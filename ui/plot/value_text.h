// How the values of a chart are written for people, by what they are.
#pragma once

#include <QString>

namespace fettle::ui {

enum class XAxis { Step, Tokens, Epoch, Time };
enum class ValueKind {
    Loss,  // three decimals
    Score, // two decimals
    Rate,  // 1.3e-4
    Count, // 6,240
    Bytes, // 2.1 GB
    Time,  // milliseconds: 61 ms
    Other  // significant digits
};

[[nodiscard]] QString valueText(ValueKind kind, double value);
/// At an axis: as short as it can be.
[[nodiscard]] QString tickText(ValueKind kind, double value);
/// "Step 320", "12,400 tokens", "Epoch 1.29", "9 min 40 s".
[[nodiscard]] QString placeText(XAxis axis, double x);
[[nodiscard]] QString placeTick(XAxis axis, double x);
/// "step", "tokens", "epoch", "seconds": in files.
[[nodiscard]] QString axisKey(XAxis axis);

} // namespace fettle::ui
