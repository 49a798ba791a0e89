// The queue of a project: which prepared runs wait, in which order, and who has taken one. It is a small file in the
// project (queue.json), so that it outlives the window, a crash and a logout; any number of processes may use it.
//
// Started exactly once. Taking a run is three steps under the queue's lock: its owner lock (an flock, gone with the
// process), the durable mark `started` in queue.json, and only then its first event. Killed before the mark, the run
// still waits; killed after it but before the run began, the mark has no live owner and no event behind it, and the run
// waits again at its place; killed later, the run is `interrupted`, no longer in the queue, and offers to go on.
#pragma once

#include "base/json.h"
#include "recipe/recipe.h"
#include "run/run_folder.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fettle::train {

enum class QueueState { None = 0, Waiting, Held, Started };
[[nodiscard]] const char* queueStateName(QueueState state); // "waiting", …

/// Where a waiting run will live: in the process that has the project open, or in one of its own.
enum class RunPlace { None = 0, Here, Apart };

struct QueueEntry {
    std::string run;    // id: the folder's name
    std::string folder; // absolute
    std::string lane;   // "cpu", "cuda:0": one run of a lane at a time
    QueueState state = QueueState::None;
    RunPlace place = RunPlace::Here;
    std::string heldBecause;     // "" = a person; sweep_budget
    std::int64_t fromSeq = 0;    // last event of the run when it was added: what came later belongs to this start
    std::uint64_t fromBytes = 0; // size of its log then
    std::int64_t addedMs = 0;
};

/// A run that was taken and must be started by who holds this. Letting it go without starting puts the run back.
struct QueueClaim {
    std::string folder;
    std::unique_ptr<run::RunWriter> owner;
    std::optional<double> maxMinutes; // what is left of its sweep's budget
};

/// Lane of a recipe; `auto` shares the lane of the processor.
[[nodiscard]] std::string laneOf(const recipe::Recipe& recipe, const std::string& autoDevice = "cpu");

/// Remembers only the folder; every call reads the file. Thread: any, from any number of processes. Calls touch the
/// disk for milliseconds (longer on a network disk): not for the GUI thread. Errors: NotFound (no such run or entry),
/// Corrupt (queue.json cannot be read: names line and key), Busy (the run is active), Permission, DiskFull …
class RunQueue {
public:
    explicit RunQueue(std::string projectFolder);
    /// The queue of the project that `runFolder` (<project>/runs/ID) belongs to; nullopt for a run outside a
    /// project and without a queue beside it.
    [[nodiscard]] static std::optional<RunQueue> around(const std::string& runFolder);

    /// In order. Marks that their process left behind are brought in line first.
    [[nodiscard]] Result<std::vector<QueueEntry>> entries() const;

    struct Adding {
        RunPlace place = RunPlace::Here;
        QueueState state = QueueState::Waiting; // or Held
        bool front = false;
    };
    /// Appends a prepared, interrupted, stopped, failed or aborted run. One that waits already keeps its place.
    [[nodiscard]] Result<void> add(const std::string& runFolder, const Adding& adding) const;
    [[nodiscard]] Result<void> add(const std::string& runFolder) const { return add(runFolder, Adding{}); }
    /// To 0-based `position` among those that wait or are held.
    [[nodiscard]] Result<void> move(const std::string& run, std::size_t position) const;
    [[nodiscard]] Result<void> hold(const std::string& run) const;
    [[nodiscard]] Result<void> release(const std::string& run) const;
    [[nodiscard]] Result<void> setPlace(const std::string& run, RunPlace place) const;
    /// Out of the queue; the run folder stays. Busy once it has started.
    [[nodiscard]] Result<void> remove(const std::string& run) const;

    /// Takes the first run that waits for that place and whose lane has no live run in this project; nullopt when there
    /// is none. A run whose sweep has used up its budget is held instead, and the next one is looked at.
    [[nodiscard]] Result<std::optional<QueueClaim>> claimNext(RunPlace place) const;
    /// The same without taking it: who would be next.
    [[nodiscard]] Result<std::optional<QueueEntry>> next(RunPlace place) const;
    /// Takes this one, waiting or held, whatever else is running ("start now"). NotFound where it is not in the queue.
    [[nodiscard]] Result<QueueClaim> claim(const std::string& run) const;

    [[nodiscard]] const std::string& projectFolder() const { return m_project; }

private:
    struct Locked;
    std::string m_project;
};

} // namespace fettle::train
