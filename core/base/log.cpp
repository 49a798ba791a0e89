// Log lines, one at a time.
#include "base/log.h"

#include "base/mutex.h"

#include <cstdio>
#include <cstdlib>

namespace fettle {
namespace {

struct LogState {
    Mutex mutex;
    std::function<void(LogLevel, std::string_view)> sink FETTLE_GUARDED_BY(mutex);
};

LogState& state() {
    static LogState instance;
    return instance;
}

} // namespace

const char* logLevelName(LogLevel level) {
    switch (level) {
    case LogLevel::Debug:
        return "debug";
    case LogLevel::Info:
        return "info";
    case LogLevel::Warning:
        return "warning";
    case LogLevel::Error:
        return "error";
    }
    return "info";
}

void logLine(LogLevel level, std::string_view text) {
    static const bool debugOn = std::getenv("FETTLE_DEBUG") != nullptr; // NOLINT(concurrency-mt-unsafe): read once
    if (level == LogLevel::Debug && !debugOn) {
        return;
    }
    LogState& log = state();
    const MutexLock lock(log.mutex);
    if (log.sink) {
        log.sink(level, text);
        return;
    }
    const std::string line = std::string(logLevelName(level)) + ": " + std::string(text) + '\n';
    std::fwrite(line.data(), 1, line.size(), stderr);
}

void setLogSink(std::function<void(LogLevel, std::string_view)> sink) {
    LogState& log = state();
    const MutexLock lock(log.mutex);
    log.sink = std::move(sink);
}

} // namespace fettle
