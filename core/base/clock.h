// Time: Unix milliseconds for files, a monotonic clock for durations, and an interface so that tests can move both.
#pragma once

#include <cstdint>

namespace fettle {

class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual std::int64_t unixMs() const = 0;
    [[nodiscard]] virtual std::int64_t monotonicMs() const = 0;
};

/// The machine's clock; lives for the whole program.
[[nodiscard]] const Clock& systemClock();

} // namespace fettle
