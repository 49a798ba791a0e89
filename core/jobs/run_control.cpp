// The table of run states, and the flags that window, CLI and trainer share.
#include "jobs/run_control.h"

#include <array>

namespace fettle::jobs {
namespace {

struct StateRow {
    RunState state;
    const char* name;
    bool final;
    std::uint32_t next; // bit set of states that may follow
};

constexpr std::uint32_t bit(RunState state) {
    return std::uint32_t{1} << static_cast<unsigned>(state);
}

template <class... States>
constexpr std::uint32_t anyOf(States... states) {
    return (bit(states) | ...);
}

// What can end a run from any living state. Interrupted is what a reader says of a run that died.
constexpr std::uint32_t kDeaths = anyOf(RunState::Aborted, RunState::Failed, RunState::Interrupted);
// A run that ended early can be taken up again.
constexpr std::uint32_t kAgain = anyOf(RunState::Queued, RunState::Starting);

constexpr std::array<StateRow, 11> kStates{{
    {RunState::None, "none", false, anyOf(RunState::Queued, RunState::Starting)},
    {RunState::Queued, "queued", false, anyOf(RunState::Starting, RunState::Stopped) | kDeaths},
    {RunState::Starting, "starting", false, anyOf(RunState::Running, RunState::Paused, RunState::Stopping) | kDeaths},
    {RunState::Running, "running", false, anyOf(RunState::Paused, RunState::Stopping, RunState::Succeeded) | kDeaths},
    {RunState::Paused, "paused", false, anyOf(RunState::Running, RunState::Stopping) | kDeaths},
    {RunState::Stopping, "stopping", false, anyOf(RunState::Stopped, RunState::Succeeded) | kDeaths},
    {RunState::Succeeded, "succeeded", true, 0},
    {RunState::Stopped, "stopped", true, kAgain},
    {RunState::Aborted, "aborted", true, kAgain},
    {RunState::Failed, "failed", true, kAgain},
    {RunState::Interrupted, "interrupted", true, kAgain},
}};

const StateRow& rowOf(RunState state) {
    const auto index = static_cast<std::size_t>(state);
    return kStates[index < kStates.size() ? index : 0];
}

} // namespace

const char* runStateName(RunState state) {
    return rowOf(state).name;
}

std::optional<RunState> runStateFromName(std::string_view name) {
    for (const StateRow& row : kStates) {
        if (row.state != RunState::None && name == row.name) {
            return row.state;
        }
    }
    return std::nullopt;
}

bool isFinal(RunState state) {
    return rowOf(state).final;
}

bool mayFollow(RunState from, RunState to) {
    return (rowOf(from).next & bit(to)) != 0;
}

void RunControl::pause() {
    const MutexLock lock(m_mutex);
    m_paused = true;
    m_changed.notifyAll();
}

void RunControl::resume() {
    const MutexLock lock(m_mutex);
    m_paused = false;
    m_changed.notifyAll();
}

void RunControl::stop() {
    const MutexLock lock(m_mutex);
    m_stop = true;
    m_changed.notifyAll();
}

void RunControl::abort() {
    const MutexLock lock(m_mutex);
    m_abort = true;
    m_changed.notifyAll();
}

void RunControl::showLayers(bool show) {
    const MutexLock lock(m_mutex);
    m_layers = show;
}

std::optional<bool> RunControl::layersWanted() const {
    const MutexLock lock(m_mutex);
    return m_layers;
}

Request RunControl::pending() const {
    const MutexLock lock(m_mutex);
    if (m_abort) {
        return Request::Abort;
    }
    if (m_stop) {
        return Request::Stop;
    }
    return m_paused ? Request::Pause : Request::None;
}

bool RunControl::stopRequested() const {
    const MutexLock lock(m_mutex);
    return m_stop || m_abort;
}

bool RunControl::abortRequested() const {
    const MutexLock lock(m_mutex);
    return m_abort;
}

void RunControl::waitWhilePaused() {
    const MutexLock lock(m_mutex);
    while (m_paused && !m_stop && !m_abort) {
        m_changed.wait(m_mutex);
    }
}

} // namespace fettle::jobs
