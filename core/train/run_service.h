// Run service: everything between "start this recipe" and a finished run folder, for window and CLI alike. It prepares
// run folders, queues runs on the lane of their device, writes their events and steers them while they live.
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "jobs/job_system.h"
#include "recipe/recipe.h"
#include "run/run_folder.h"
#include "train/engine.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fettle::train {

/// The recipe with all that can be decided without an engine: model as an absolute path, data files, template and
/// init_from as absolute paths (project:SPLIT becomes the file it stands for), rules between fields checked. Relative
/// paths are looked for under `baseFolder`, then under the working folder. `training.device`, `threads`, … stay `auto`:
/// the engine decides them and writes what it chose into the run. Errors name the key. Thread: any; touches the disk,
/// reads no weights.
[[nodiscard]] Result<recipe::Recipe> resolveRecipe(const recipe::Recipe& recipe, const std::string& baseFolder);

struct PrepareOptions {
    std::string folder;         // run folder to create; "" = recipe.output, which is then required
    std::string name;           // name for people; "" = the folder's name
    std::string baseFolder;     // project folder or folder of the recipe file; "" = working folder
    Json info = Json::object(); // further keys of run.json: sweep, tags …
};
/// resolveRecipe, then a new run folder with recipe.json and run.json, which remembers the data files (size, hash).
/// Returns its absolute path. Error when it exists already. Reads the data files once; nothing is encoded or loaded.
[[nodiscard]] Result<std::string> prepareRun(const recipe::Recipe& recipe, const PrepareOptions& options);

/// A run this process owns.
struct ActiveRun {
    std::string id;     // folder name
    std::string folder; // absolute: the key of all calls
    std::string lane;   // "cpu", "cuda:0"
    jobs::RunState state = jobs::RunState::Queued;
    std::int64_t step = 0;
};

/// Makes the trainer of one run. Called on the lane, so it may open the engine (0.2 s). Tests and the window's tests
/// give a fake.
using TrainerFactory = std::function<Result<std::unique_ptr<Trainer>>()>;
/// The product's factory: openEngine() and its trainer.
[[nodiscard]] TrainerFactory engineTrainers();

/// Called with every event, after its line is on disk, on the thread that published it (mostly the lane). The last
/// event of a run that could not be written has seq 0. Must not call back into the service with wait().
using RunListener = std::function<void(const std::string& folder, const run::RunEvent& event)>;

struct RunServiceOptions {
    TrainerFactory trainers = engineTrainers();
    RunListener listener;
    std::string autoDevice = "cpu"; // lane of runs whose device is auto
    const Clock* clock = &systemClock();
    int controlPollMs = 200; // how often control.json of the runs is looked for
};

struct StartOptions {
    std::unique_ptr<run::RunWriter> owner; // of the folder, where it was taken already (train/run_queue.h)
    std::optional<double> maxMinutes;      // ends it earlier than its recipe does (stop.max_minutes)
};

/// Owns the runs of this process, and obeys what other processes ask of them (train/run_steering.h). A run ends with
/// exactly one final state in its events, whatever the trainer does. Resuming is starting a folder that has events: the
/// trainer goes on from the last checkpoint. Thread: any; no call but wait() blocks on a run. The destructor stops all
/// runs (the step is finished and saved), then waits for them.
class RunService {
public:
    /// `jobs` must outlive the service.
    RunService(jobs::JobSystem& jobs, RunServiceOptions options);
    ~RunService();
    RunService(const RunService&) = delete;
    RunService& operator=(const RunService&) = delete;

    /// Takes ownership of a prepared or interrupted run folder, writes `queued` and returns. Errors: Busy (owned by a
    /// live process, this one included), NotFound, a bad recipe.json, the disk.
    [[nodiscard]] Result<void> start(const std::string& runFolder);
    [[nodiscard]] Result<void> start(const std::string& runFolder, StartOptions start);
    /// prepareRun and start.
    [[nodiscard]] Result<std::string> launch(const recipe::Recipe& recipe, const PrepareOptions& options);

    /// Requests; they return at once. Unknown or ended runs are ignored (false).
    bool pause(const std::string& runFolder);
    bool resume(const std::string& runFolder);
    bool stop(const std::string& runFolder);                  // finish the step, save, end; a queued run ends at once
    bool abort(const std::string& runFolder);                 // end without saving
    bool showLayers(const std::string& runFolder, bool show); // gradient norms by layer from the next step on
    void stopAll();

    [[nodiscard]] std::vector<ActiveRun> active() const;
    [[nodiscard]] bool isActive(const std::string& runFolder) const;
    /// Blocks until the run has ended and gives its final state; at once for a run that is not active (then what its
    /// folder says). Never on the GUI thread.
    [[nodiscard]] Result<jobs::RunState> wait(const std::string& runFolder);

private:
    void obeyRequests(); // on the watcher
    struct Impl;
    std::shared_ptr<Impl> m_impl; // shared with jobs that outlive a call
};

} // namespace fettle::train
