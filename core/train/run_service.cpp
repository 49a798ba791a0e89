// Runs of this process. Each is one entry, shared by the caller's side (requests) and the lane's side (events). No lock
// is held while a listener or a trainer runs.
#include "train/run_service.h"

#include "base/log.h"
#include "base/mutex.h"
#include "train/data_files.h"
#include "train/run_changes.h"
#include "train/run_steering.h"

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <new>
#include <stop_token>
#include <thread>

namespace fettle::train {
namespace {

using jobs::RunState;

std::string keyOf(const std::string& folder) {
    const auto path = std::filesystem::absolute(folder).lexically_normal();
    return path.has_filename() ? path.string() : path.parent_path().string();
}

const char* reasonOf(ErrorCode code) {
    switch (code) {
    case ErrorCode::NonFinite:
        return "non_finite_loss";
    case ErrorCode::DiskFull:
        return "disk_full";
    case ErrorCode::OutOfMemory:
        return "out_of_memory";
    case ErrorCode::DeviceLost:
        return "device_lost";
    case ErrorCode::EngineMissing:
        return "engine_missing";
    case ErrorCode::Permission:
        return "read_only";
    case ErrorCode::Parse:
    case ErrorCode::InvalidInput:
    case ErrorCode::NotFound:
        return "data";
    default:
        return "error";
    }
}

run::StateChanged stateBody(RunState state, std::string reason = {}, std::string message = {}) {
    run::StateChanged body;
    body.state = state;
    body.reason = std::move(reason);
    body.message = std::move(message);
    return body;
}

run::StateChanged failure(const Error& error) {
    return stateBody(RunState::Failed, reasonOf(error.code), error.text());
}

struct Entry {
    std::string folder, id, lane;
    std::unique_ptr<run::RunWriter> writer; // set before the job is submitted, let go by the thread that ends the run
    jobs::RunControl control;
    mutable Mutex mutex;
    Condition changed;
    std::shared_ptr<jobs::JobHandle> job FETTLE_GUARDED_BY(mutex);
    RunState state FETTLE_GUARDED_BY(mutex) = RunState::Queued;
    std::int64_t step FETTLE_GUARDED_BY(mutex) = 0;
    std::optional<run::RunEvent> last FETTLE_GUARDED_BY(mutex); // the final state, told when the run is let go
    bool ended FETTLE_GUARDED_BY(mutex) = false;

    [[nodiscard]] RunState currentState() const {
        const MutexLock lock(mutex);
        return state;
    }
};

using EntryPtr = std::shared_ptr<Entry>;

} // namespace

struct RunService::Impl {
    jobs::JobSystem& jobs;
    const RunServiceOptions options;
    mutable Mutex mutex;
    std::vector<EntryPtr> entries FETTLE_GUARDED_BY(mutex);
    bool closing FETTLE_GUARDED_BY(mutex) = false;
    std::jthread watcher; // looks for requests of other processes; ended by the service's destructor

    Impl(jobs::JobSystem& system, RunServiceOptions given)
        : jobs(system)
        , options(std::move(given)) {}

    [[nodiscard]] EntryPtr find(const std::string& folder) const {
        const std::string key = keyOf(folder);
        const MutexLock lock(mutex);
        const auto found = std::find_if(entries.begin(), entries.end(),
                                        [&key](const EntryPtr& entry) { return entry->folder == key; });
        return found == entries.end() ? nullptr : *found;
    }

    void forget(const EntryPtr& entry) {
        const MutexLock lock(mutex);
        std::erase(entries, entry);
    }

    void tell(const std::string& folder, const run::RunEvent& event) const {
        if (!options.listener) {
            return;
        }
        try {
            options.listener(folder, event);
        } catch (const std::exception& error) {
            logWarning(std::string("the listener of run events failed: ") + error.what());
        } catch (...) {
            logWarning("the listener of run events failed");
        }
    }

    // Writes an event, remembers what it says, tells the listener. A final state is told later, when the folder has
    // been let go, so that who hears of it may start the run again.
    Result<void> publish(Entry& entry, run::EventBody body) const {
        const auto* state = std::get_if<run::StateChanged>(&body);
        if (jobs::isFinal(entry.currentState())) {
            logWarning(entry.folder + ": an event after the end was left out");
            return {};
        }
        const RunState next = state != nullptr ? state->state : RunState::None;
        FETTLE_TRY_VALUE(run::RunEvent event, entry.writer->publish(std::move(body)));
        {
            const MutexLock lock(entry.mutex);
            if (next != RunState::None) {
                entry.state = next;
            }
            if (const auto* step = std::get_if<run::StepMetrics>(&event.body)) {
                entry.step = step->step;
            }
            if (jobs::isFinal(next)) {
                entry.last = std::move(event);
                return {};
            }
        }
        tell(entry.folder, event);
        return {};
    }

    // The end of every run, exactly once: a final state is made sure of, the folder let go, and then everybody hears.
    void finish(const EntryPtr& entry, run::StateChanged fallback) {
        if (!jobs::isFinal(entry->currentState())) {
            const run::StateChanged told = fallback;
            if (auto written = publish(*entry, std::move(fallback)); !written) {
                logWarning(entry->folder + ": its end could not be written: " + written.error().text());
                run::RunEvent event;
                event.run = entry->id;
                event.timeMs = options.clock->unixMs();
                event.body = told;
                const MutexLock lock(entry->mutex);
                entry->state = told.state;
                entry->last = std::move(event);
            }
        }
        entry->writer.reset();
        forget(entry);
        std::optional<run::RunEvent> last;
        {
            const MutexLock lock(entry->mutex);
            last = std::move(entry->last);
            entry->last.reset();
        }
        if (last) {
            tell(entry->folder, *last);
        }
        const MutexLock lock(entry->mutex);
        entry->ended = true;
        entry->changed.notifyAll();
    }

    // On the lane. Returns what the run ends with if its trainer did not say so itself.
    run::StateChanged train(const EntryPtr& entry, const recipe::Recipe& recipe, const std::stop_token& token);
};

namespace {

// What a trainer sees of the service.
class ServiceSink final : public EventSink {
public:
    explicit ServiceSink(std::function<Result<void>(run::EventBody)> publish)
        : m_publish(std::move(publish)) {}
    Result<void> publish(run::EventBody body) override { return m_publish(std::move(body)); }

private:
    std::function<Result<void>(run::EventBody)> m_publish;
};

} // namespace

run::StateChanged RunService::Impl::train(const EntryPtr& entry, const recipe::Recipe& recipe,
                                          const std::stop_token& token) {
    const std::stop_callback onShutdown(token, [&entry] { entry->control.stop(); });
    ServiceSink sink([this, &entry](run::EventBody body) { return publish(*entry, std::move(body)); });
    try {
        if (auto same = checkDataFiles(entry->folder); !same) {
            return stateBody(RunState::Failed, "data_changed", same.error().text());
        }
        auto trainer = options.trainers();
        if (!trainer) {
            return failure(trainer.error());
        }
        const auto ended = (*trainer)->run(entry->folder, recipe, entry->control, sink);
        if (!ended) {
            return failure(ended.error());
        }
        if (jobs::isFinal(*ended)) {
            return stateBody(*ended);
        }
        return stateBody(RunState::Failed, "error",
                         std::string("the trainer returned while ") + jobs::runStateName(*ended));
    } catch (const std::bad_alloc&) {
        return stateBody(RunState::Failed, "out_of_memory", "Not enough memory.");
    } catch (const std::exception& error) {
        return stateBody(RunState::Failed, "error", error.what());
    } catch (...) {
        return stateBody(RunState::Failed, "error", "unknown exception");
    }
}

TrainerFactory engineTrainers() {
    return []() -> Result<std::unique_ptr<Trainer>> {
        FETTLE_TRY_VALUE(Engine * engine, openEngine());
        return engine->makeTrainer();
    };
}

RunService::RunService(jobs::JobSystem& jobs, RunServiceOptions options)
    : m_impl(std::make_shared<Impl>(jobs, std::move(options))) {
    m_impl->watcher = std::jthread([this](const std::stop_token& token) {
        std::mutex mutex;
        std::condition_variable_any wake;
        std::unique_lock lock(mutex);
        const auto pause = std::chrono::milliseconds(m_impl->options.controlPollMs);
        while (!wake.wait_for(lock, token, pause, [&token] { return token.stop_requested(); })) {
            obeyRequests();
        }
    });
}

void RunService::obeyRequests() {
    for (const ActiveRun& active : this->active()) {
        switch (takeRequest(active.folder)) {
        case jobs::Request::Pause:
            pause(active.folder);
            break;
        case jobs::Request::Resume:
            resume(active.folder);
            break;
        case jobs::Request::Stop:
            stop(active.folder);
            break;
        case jobs::Request::Abort:
            abort(active.folder);
            break;
        case jobs::Request::ShowLayers:
            showLayers(active.folder, true);
            break;
        case jobs::Request::HideLayers:
            showLayers(active.folder, false);
            break;
        case jobs::Request::None:
            break;
        }
    }
}

RunService::~RunService() {
    m_impl->watcher.request_stop();
    m_impl->watcher.join();
    std::vector<EntryPtr> entries;
    {
        const MutexLock lock(m_impl->mutex);
        m_impl->closing = true;
        entries = m_impl->entries;
    }
    stopAll();
    for (const EntryPtr& entry : entries) {
        std::shared_ptr<jobs::JobHandle> job;
        {
            const MutexLock lock(entry->mutex);
            job = entry->job;
        }
        if (job) {
            job->wait();
        }
    }
}

Result<void> RunService::start(const std::string& runFolder) {
    return start(runFolder, StartOptions{});
}

Result<void> RunService::start(const std::string& runFolder, StartOptions start) {
    auto entry = std::make_shared<Entry>();
    entry->folder = keyOf(runFolder);
    entry->id = std::filesystem::path(entry->folder).filename().string();
    auto recipe = effectiveRecipe(entry->folder); // with what was changed since
    if (!recipe) {
        return std::move(recipe).error();
    }
    if (start.maxMinutes) {
        recipe->stop.maxMinutes = std::min(*start.maxMinutes, recipe->stop.maxMinutes.value_or(*start.maxMinutes));
    }
    entry->lane = recipe->training.device == "auto" ? m_impl->options.autoDevice : recipe->training.device;
    {
        const MutexLock lock(m_impl->mutex);
        if (m_impl->closing) {
            return makeError(ErrorCode::Cancelled, "the program is about to end").at(entry->folder);
        }
        const bool running = std::any_of(m_impl->entries.begin(), m_impl->entries.end(),
                                         [&entry](const EntryPtr& other) { return other->folder == entry->folder; });
        if (running) {
            return makeError(ErrorCode::Busy, "this run is active already").at(entry->folder);
        }
        m_impl->entries.push_back(entry);
    }
    const auto open = [&]() -> Result<void> {
        FETTLE_TRY_VALUE(const run::RunHistory history, run::readRun(entry->folder));
        if (history.state == RunState::Succeeded) {
            return makeError(ErrorCode::InvalidInput, "this run has succeeded: there is nothing to go on with",
                             "Start a new run, from its adapter if you like (adapter.init_from).")
                .at(entry->folder);
        }
        if (start.owner) {
            entry->writer = std::move(start.owner);
        } else {
            FETTLE_TRY_VALUE(entry->writer, run::RunWriter::open(entry->folder, *m_impl->options.clock));
        }
        dropRequests(entry->folder);
        return m_impl->publish(*entry, stateBody(RunState::Queued));
    };
    if (auto opened = open(); !opened) {
        entry->writer.reset();
        m_impl->forget(entry);
        return opened;
    }

    jobs::JobOptions options;
    options.name = "run " + entry->id;
    options.lane = entry->lane;
    auto ending = std::make_shared<std::optional<run::StateChanged>>(); // lane's side only
    options.onDone = [impl = m_impl, entry, ending](const Result<void>&) {
        if (*ending) {
            impl->finish(entry, **ending);
        } else { // never began
            impl->finish(entry, stateBody(entry->control.abortRequested() ? RunState::Aborted : RunState::Stopped,
                                          "user", "Ended before it began."));
        }
    };
    auto body = [impl = m_impl, entry, ending,
                 values = std::move(recipe).value()](jobs::JobContext& context) -> Result<void> {
        *ending = impl->train(entry, values, context.stopToken());
        return {};
    };
    auto job = m_impl->jobs.submit(std::move(body), std::move(options));
    {
        const MutexLock lock(entry->mutex);
        entry->job = job;
    }
    if (entry->control.stopRequested()) {
        job->cancel(); // asked for while it was being submitted
    }
    return {};
}

Result<std::string> RunService::launch(const recipe::Recipe& recipe, const PrepareOptions& options) {
    FETTLE_TRY_VALUE(std::string folder, prepareRun(recipe, options));
    FETTLE_TRY(start(folder));
    return folder;
}

bool RunService::pause(const std::string& runFolder) {
    const EntryPtr entry = m_impl->find(runFolder);
    if (entry) {
        entry->control.pause();
    }
    return entry != nullptr;
}

bool RunService::showLayers(const std::string& runFolder, bool show) {
    const EntryPtr entry = m_impl->find(runFolder);
    if (entry) {
        entry->control.showLayers(show);
    }
    return entry != nullptr;
}

bool RunService::resume(const std::string& runFolder) {
    const EntryPtr entry = m_impl->find(runFolder);
    if (entry) {
        entry->control.resume();
    }
    return entry != nullptr;
}

namespace {

void end(Entry& entry, jobs::Request request) {
    if (request == jobs::Request::Abort) {
        entry.control.abort();
    } else {
        entry.control.stop();
    }
    std::shared_ptr<jobs::JobHandle> job;
    {
        const MutexLock lock(entry.mutex);
        job = entry.job;
    }
    if (job) {
        job->cancel(); // a queued one ends at once; a running one has heard already
    }
}

} // namespace

bool RunService::stop(const std::string& runFolder) {
    const EntryPtr entry = m_impl->find(runFolder);
    if (entry) {
        end(*entry, jobs::Request::Stop);
    }
    return entry != nullptr;
}

bool RunService::abort(const std::string& runFolder) {
    const EntryPtr entry = m_impl->find(runFolder);
    if (entry) {
        end(*entry, jobs::Request::Abort);
    }
    return entry != nullptr;
}

void RunService::stopAll() {
    std::vector<EntryPtr> entries;
    {
        const MutexLock lock(m_impl->mutex);
        entries = m_impl->entries;
    }
    for (const EntryPtr& entry : entries) {
        end(*entry, jobs::Request::Stop);
    }
}

std::vector<ActiveRun> RunService::active() const {
    std::vector<EntryPtr> entries;
    {
        const MutexLock lock(m_impl->mutex);
        entries = m_impl->entries;
    }
    std::vector<ActiveRun> out;
    for (const EntryPtr& entry : entries) {
        const MutexLock lock(entry->mutex);
        out.push_back(ActiveRun{entry->id, entry->folder, entry->lane, entry->state, entry->step});
    }
    return out;
}

bool RunService::isActive(const std::string& runFolder) const {
    return m_impl->find(runFolder) != nullptr;
}

Result<RunState> RunService::wait(const std::string& runFolder) {
    const EntryPtr entry = m_impl->find(runFolder);
    if (!entry) {
        FETTLE_TRY_VALUE(const run::RunHistory history, run::readRun(keyOf(runFolder)));
        return history.state;
    }
    const MutexLock lock(entry->mutex);
    while (!entry->ended) {
        entry->changed.wait(entry->mutex);
    }
    return entry->state;
}

} // namespace fettle::train
