// Watch over /proc/stat and the clocks of this process.
#include "engine/module/watch.h"

#include "base/files.h"
#include "base/numbers.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <sstream>
#include <unistd.h>

namespace fettle::engine {
namespace {

constexpr double kQuietCores = 0.15;

/// CPU seconds the whole machine has spent since boot, without idling, waiting and guests.
double machineBusy() {
    const auto text = readFile("/proc/stat");
    if (!text) {
        return 0;
    }
    std::istringstream line(text.value().substr(0, text.value().find('\n')));
    std::string word;
    line >> word;
    double ticks = 0;
    for (int field = 0; field < 8 && (line >> word); ++field) {
        const bool idle = field == 3 || field == 4;
        ticks += idle ? 0 : static_cast<double>(parseInt(word).valueOr(0));
    }
    return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double ownCpu() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

} // namespace

Json spread(std::vector<double> values) {
    if (values.empty()) {
        return nullptr;
    }
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    const double median = values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
    return Json{{"median", median}, {"min", values.front()}, {"max", values.back()}};
}

void Watch::start() {
    m_busy = machineBusy();
    m_own = ownCpu();
    m_time = now();
}

void Watch::stop() {
    const double seconds = now() - m_time;
    m_seconds.push_back(seconds);
    m_others.push_back(std::max(0.0, (machineBusy() - m_busy) - (ownCpu() - m_own)) / seconds);
}

void Watch::report(const std::vector<double>& work, std::size_t warmup, Json& out) const {
    std::vector<double> speeds;
    std::vector<double> quiet;
    std::vector<double> others;
    for (std::size_t i = std::min(warmup, m_seconds.empty() ? 0 : m_seconds.size() - 1); i < m_seconds.size(); ++i) {
        speeds.push_back(work[i] / m_seconds[i]);
        others.push_back(m_others[i]);
        if (m_others[i] < kQuietCores) {
            quiet.push_back(speeds.back());
        }
    }
    out["tokens_per_s"] = spread(speeds);
    out["quiet_steps"] = quiet.size();
    out["tokens_per_s_quiet"] = spread(std::move(quiet));
    out["step_s"] = m_seconds;
    out["other_cores"] = spread(std::move(others));
}

} // namespace fettle::engine
