// The live line of `fettle train`: step, loss, tokens/s, time left; evaluations, samples and warnings as lines above
// it.
#pragma once

#include "run/events.h"

#include <cstdint>
#include <string>

namespace fettle::app {

/// Thread: the one that publishes.
class TrainProgress {
public:
    explicit TrainProgress(bool on);
    void take(const run::RunEvent& event);
    /// Steps of the whole run, once they are known; 0 = unknown.
    void setTotalSteps(std::int64_t steps) { m_totalSteps = steps; }
    /// Ends the live line.
    void finish();

private:
    void line(const std::string& text); // a lasting line
    void live(const std::string& text); // replaces itself on a terminal, thinned otherwise

    bool m_on, m_terminal;
    std::int64_t m_totalSteps = 0;
    double m_secondsPerStep = 0;
    std::int64_t m_lastPrintedMs = 0;
    bool m_liveShown = false;
};

} // namespace fettle::app
