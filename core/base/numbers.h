// Numbers in files and on the command line, independent of the locale (QApplication calls setlocale; under de_DE strtod
// and printf use commas).
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace fettle {

/// The whole of `text` as a number; anything left over, empty text or a value out of range is an error. A leading + is
/// accepted.
[[nodiscard]] Result<double> parseDouble(std::string_view text);
[[nodiscard]] Result<std::int64_t> parseInt(std::string_view text);
[[nodiscard]] Result<bool> parseBool(std::string_view text); // true/false only

/// Shortest text that reads back to the same value ("0.0002" is written 2e-04 → "2e-4"). Not for NaN or infinities:
/// those give "null".
[[nodiscard]] std::string formatDouble(double value);
/// Fixed number of decimals with a point, for terminal lines and reports: formatFixed(3.14159, 2) = "3.14".
[[nodiscard]] std::string formatFixed(double value, int decimals);
/// "1.2 GB", "640 MB", "12 kB" (decimal units).
[[nodiscard]] std::string formatBytes(std::uint64_t bytes);
/// "9 min 40 s", "3 h 05 min", "12 s".
[[nodiscard]] std::string formatDuration(double seconds);

} // namespace fettle
