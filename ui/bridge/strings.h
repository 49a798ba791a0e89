// Core's UTF-8 std::string and the window's QString: the only place where one becomes the other. And numbers, sizes and
// times as people read them.
#pragma once

#include "base/error.h"

#include <QCoreApplication>
#include <QString>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fettle::ui {

[[nodiscard]] inline QString qs(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}
[[nodiscard]] inline std::string us(const QString& text) {
    const QByteArray bytes = text.toUtf8();
    return std::string(bytes.constData(), static_cast<std::size_t>(bytes.size()));
}

/// Numbers for people, by the locale of the window. Unknown values are "–". Files and clipboards use base/numbers
/// instead.
class Format {
    Q_DECLARE_TR_FUNCTIONS(fettle::ui::Format)
public:
    [[nodiscard]] static QString unknown() { return QStringLiteral("–"); }
    [[nodiscard]] static QString count(std::int64_t value);          // 6,240; from a million "1.2 M"
    [[nodiscard]] static QString exactCount(std::int64_t value);     // 1,234,567
    [[nodiscard]] static QString loss(std::optional<double> value);  // three decimals; NaN is "NaN"
    [[nodiscard]] static QString score(std::optional<double> value); // two decimals
    [[nodiscard]] static QString rate(double value);                 // 2e-4
    [[nodiscard]] static QString number(double value, int digits);   // significant digits
    [[nodiscard]] static QString bytes(std::uint64_t value);         // decimal GB
    [[nodiscard]] static QString duration(double seconds);           // 61 ms, 9 min 40 s, 3 h 05 min
    /// Time left, said as roughly as it is known: whole seconds, from two minutes on whole minutes.
    [[nodiscard]] static QString roughDuration(double seconds);
    [[nodiscard]] static QString percent(double fraction); // 43 % in English, 43% in Chinese
    [[nodiscard]] static QString tokensPerSecond(std::optional<double> value);
    /// "today 14:02", "yesterday 17:40", "12 Nov", "3 Nov 2024". `nowMs` for tests; negative = now.
    [[nodiscard]] static QString when(std::int64_t unixMs, std::int64_t nowMs = -1);
};

/// The window's text for an error: what happened and what to do by code; file, line, key and English detail go to
/// Details.
struct ErrorText {
    QString what, meaning, details;
};
[[nodiscard]] ErrorText describe(const Error& error);

} // namespace fettle::ui
