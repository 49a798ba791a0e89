// The program's log: lines to stderr or to a sink. The only global in core; nothing depends on what was logged.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace fettle {

enum class LogLevel { Debug, Info, Warning, Error };

[[nodiscard]] const char* logLevelName(LogLevel level);

/// Thread: any. Debug lines are dropped unless FETTLE_DEBUG is set.
void logLine(LogLevel level, std::string_view text);
inline void logInfo(std::string_view text) {
    logLine(LogLevel::Info, text);
}
inline void logWarning(std::string_view text) {
    logLine(LogLevel::Warning, text);
}

/// Replaces stderr as the place for lines (the studio keeps the last ones for its report); an empty function restores
/// stderr.
void setLogSink(std::function<void(LogLevel, std::string_view)> sink);

} // namespace fettle
