// Watch: times the steps of a benchmark and notes how much of the machine other programs used meanwhile; a figure
// without that says nothing on a shared machine.
#pragma once

#include "base/json.h"

#include <vector>

namespace fettle::engine {

/// Median, min and max as {"median","min","max"}; null for no values.
[[nodiscard]] Json spread(std::vector<double> values);

/// Thread: one.
class Watch {
public:
    void start();
    void stop();
    [[nodiscard]] const std::vector<double>& seconds() const { return m_seconds; }
    /// Cores that others kept busy during each step (Linux; 0 elsewhere).
    [[nodiscard]] const std::vector<double>& otherCores() const { return m_others; }
    /// Adds tokens_per_s, tokens_per_s_quiet (steps with less than 0.15 cores used by others), quiet_steps, step_s,
    /// other_cores. `work`: tokens of each step.
    void report(const std::vector<double>& work, std::size_t warmup, Json& out) const;

private:
    std::vector<double> m_seconds, m_others;
    double m_busy = 0, m_own = 0, m_time = 0;
};

} // namespace fettle::engine
