// Run control: pause, stop, abort, and the states a run can be in. The table of transitions is the only truth; window,
// CLI and trainer ask it.
#pragma once

#include "base/mutex.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fettle::jobs {

enum class RunState {
    None = 0,
    Queued,
    Starting,
    Running,
    Paused,
    Stopping,
    Succeeded,
    Stopped,
    Aborted,
    Failed,
    Interrupted
};

[[nodiscard]] const char* runStateName(RunState state); // "queued", … as in events
[[nodiscard]] std::optional<RunState> runStateFromName(std::string_view name);
[[nodiscard]] bool isFinal(RunState state); // Succeeded Stopped Aborted Failed Interrupted
[[nodiscard]] bool mayFollow(RunState from, RunState to);

enum class Request { None = 0, Pause, Resume, Stop, Abort, ShowLayers, HideLayers };

/// Shared by one run and those who steer it. Requests never block; the trainer polls once per micro-batch. Stop wins
/// over Pause, Abort over both. Thread: any.
class RunControl {
public:
    void pause();
    void resume();
    void stop();  // finish the step, save, end Stopped
    void abort(); // end without saving
    /// From the next step on gradient norms by layer are told, or no longer, whatever the recipe says. No number of the
    /// training depends on it.
    void showLayers(bool show);
    [[nodiscard]] std::optional<bool> layersWanted() const; // nothing: nobody asked, the recipe holds

    /// What the trainer should do now. While paused it returns Pause: the trainer then calls waitWhilePaused().
    [[nodiscard]] Request pending() const;
    [[nodiscard]] bool stopRequested() const; // stop or abort
    [[nodiscard]] bool abortRequested() const;
    /// Blocks until resumed, stopped or aborted.
    void waitWhilePaused();

private:
    mutable Mutex m_mutex;
    Condition m_changed;
    bool m_paused FETTLE_GUARDED_BY(m_mutex) = false;
    bool m_stop FETTLE_GUARDED_BY(m_mutex) = false;
    bool m_abort FETTLE_GUARDED_BY(m_mutex) = false;
    std::optional<bool> m_layers FETTLE_GUARDED_BY(m_mutex);
};

} // namespace fettle::jobs
