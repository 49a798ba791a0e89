// Starting runs: everything goes through the queue of the project, which outlives this window. Runs live here or in a
// process of their own; a sweep is many of them.
#include "workspace/workspace.h"

#include "base/files.h"
#include "bridge/strings.h"
#include "project/run_data.h"
#include "recipe/fields.h"
#include "train/run_steering.h"

#include <filesystem>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

// A process that was started needs a moment until it has taken its run; it is not started again meanwhile.
constexpr std::int64_t kComesUpMs = 20000;

std::string idOf(const QString& folder) {
    return us(folder.section(u'/', -1));
}

} // namespace

// What pump() does, in a job: takes what may start here, and starts processes for what lives apart.
Result<void> Workspace::pumpNow(const PumpOptions& options) {
    const train::RunQueue queue(options.project);
    for (;;) {
        FETTLE_TRY_VALUE(auto claim, queue.claimNext(train::RunPlace::Here));
        if (!claim) {
            break;
        }
        const std::string folder = claim->folder;
        train::StartOptions start;
        start.owner = std::move(claim->owner);
        start.maxMinutes = claim->maxMinutes;
        if (auto started = options.service->start(folder, std::move(start)); !started) {
            // It would be taken again at once: it waits for a person instead.
            (void)queue.hold(std::filesystem::path(folder).filename().string());
            return started;
        }
    }
    FETTLE_TRY_VALUE(const auto apart, queue.next(train::RunPlace::Apart));
    if (apart && options.comingUp->claim(apart->folder)) {
        if (const auto pid = train::startRunApart(apart->folder, options.program, options.nice); !pid) {
            (void)queue.hold(apart->run);
            return pid.error();
        }
    }
    return {};
}

bool ComingUp::claim(const std::string& folder) {
    const MutexLock lock(m_mutex);
    const std::int64_t now = systemClock().monotonicMs();
    std::erase_if(m_since, [now](const auto& item) { return now - item.second > kComesUpMs; });
    return m_since.emplace(folder, now).second;
}

Workspace::PumpOptions Workspace::pumpOptions() const {
    return {.project = m_project == nullptr ? std::string() : m_project->folder(),
            .service = m_service.get(),
            .comingUp = m_comingUp,
            .program = m_options.program,
            .nice = m_nice};
}

void Workspace::pump() {
    if (m_project == nullptr || m_closing) {
        return;
    }
    if (m_pumping) {
        m_pumpAgain = true;
        return;
    }
    m_pumping = true;
    const Post post = m_courier.sender();
    const std::uint64_t generation = m_generation;
    keep(m_jobs.submit([options = pumpOptions()](jobs::JobContext&) -> Result<void> { return pumpNow(options); },
                       {.name = "queue",
                        .lane = "workspace changes",
                        .onProgress = {},
                        .onDone = [this, post, generation](const Result<void>& result) {
                            post([this, generation, result] {
                                m_pumping = false;
                                if (generation == m_generation && !result &&
                                    result.error().code != ErrorCode::Cancelled) {
                                    Q_EMIT failed(tr("Starting the next run"), result.error());
                                    refreshRuns();
                                }
                                if (std::exchange(m_pumpAgain, false)) {
                                    pump();
                                }
                            });
                        }}));
}

void Workspace::setRunPlace(train::RunPlace place, bool nice) {
    m_place = place;
    m_nice = nice;
}

// `make` prepares a run folder or names one; then it waits in the queue and starts when it can.
void Workspace::queueInJob(const QString& what, std::function<Result<std::string>()> make) {
    if (m_project == nullptr) {
        return;
    }
    auto folder = std::make_shared<std::string>(); // written by the job, read after it
    const Post post = m_courier.sender();
    keep(m_jobs.submit(
        [folder, make = std::move(make), place = m_place, options = pumpOptions()](jobs::JobContext&) -> Result<void> {
            FETTLE_TRY_VALUE(*folder, make());
            FETTLE_TRY(train::RunQueue(options.project).add(*folder, {.place = place}));
            return pumpNow(options);
        },
        {.name = us(what),
         .lane = "workspace changes",
         .onProgress = {},
         .onDone = [this, post, folder, what](const Result<void>& result) {
             post([this, folder, what, result] {
                 if (!result) {
                     Q_EMIT failed(what, result.error());
                 }
                 refreshRuns();
                 if (result) {
                     showRun(qs(*folder));
                     Q_EMIT runStarted(qs(*folder));
                 }
             });
         }}));
}

void Workspace::startRun(const recipe::Recipe& recipe) {
    queueInJob(tr("Starting the run"), [recipe, project = m_project]() -> Result<std::string> {
        FETTLE_TRY_VALUE(const project::NewRun fresh, project->newRunFolder());
        FETTLE_TRY_VALUE(const auto data, project::publishFor(*project, recipe));
        FETTLE_TRY_VALUE(const std::string made, train::prepareRun(recipe, {.folder = fresh.folder,
                                                                            .name = fresh.name,
                                                                            .baseFolder = project->folder(),
                                                                            .info = project::versionInfo(data)}));
        FETTLE_TRY(project::noteRunVersion(*project, made, data));
        return made;
    });
}

void Workspace::continueRun(const QString& folder) {
    queueInJob(tr("Continuing the run"), [path = us(folder)]() -> Result<std::string> { return path; });
}

void Workspace::startNow(const QString& folder) {
    if (m_project == nullptr) {
        return;
    }
    const Post post = m_courier.sender();
    const RunRow* active = m_runs->active();
    const bool busy = active != nullptr && !active->queuePlace;
    keep(m_jobs.submit(
        [options = pumpOptions(), id = idOf(folder), path = us(folder), busy](jobs::JobContext&) -> Result<void> {
            const train::RunQueue queue(options.project);
            if (busy) { // beside the run that lives here: in a process of its own
                FETTLE_TRY(queue.setPlace(id, train::RunPlace::Apart));
                FETTLE_TRY_VALUE(const std::int64_t pid, train::startRunApart(path, options.program, options.nice));
                (void)pid;
                return {};
            }
            FETTLE_TRY_VALUE(train::QueueClaim claim, queue.claim(id));
            train::StartOptions start;
            start.owner = std::move(claim.owner);
            start.maxMinutes = claim.maxMinutes;
            return options.service->start(path, std::move(start));
        },
        {.name = "start now",
         .lane = "workspace changes",
         .onProgress = {},
         .onDone = [this, post](const Result<void>& result) {
             post([this, result] {
                 if (!result) {
                     Q_EMIT failed(tr("Starting the run"), result.error());
                 }
                 refreshRuns();
             });
         }}));
}

void Workspace::moveInQueue(const QString& folder, int place) {
    if (m_project != nullptr) {
        changeInJob(tr("Changing the order"), folder,
                    [queue = train::RunQueue(m_project->folder()), id = idOf(folder), place]() -> Result<void> {
                        return queue.move(id, static_cast<std::size_t>(std::max(0, place)));
                    });
    }
}

void Workspace::holdRun(const QString& folder, bool hold) {
    if (m_project != nullptr) {
        changeInJob(hold ? tr("Holding the run") : tr("Releasing the run"), folder,
                    [queue = train::RunQueue(m_project->folder()), id = idOf(folder), hold]() -> Result<void> {
                        return hold ? queue.hold(id) : queue.release(id);
                    });
    }
}

void Workspace::removeFromQueue(const QString& folder) {
    if (m_project != nullptr) {
        changeInJob(tr("Taking the run out of the queue"), folder,
                    [queue = train::RunQueue(m_project->folder()), id = idOf(folder)]() -> Result<void> {
                        return queue.remove(id);
                    });
    }
}

// ---------------------------------------------------------------- sweeps

void Workspace::startSweep(const train::SweepSpec& spec, const recipe::Recipe& base) {
    if (m_project == nullptr) {
        return;
    }
    auto made = std::make_shared<train::NewSweep>(); // written by the job, read after it
    const Post post = m_courier.sender();
    keep(m_jobs.submit(
        [made, spec, base, project = m_project, place = m_place,
         options = pumpOptions()](jobs::JobContext&) -> Result<void> {
            FETTLE_TRY_VALUE(const auto data, project::publishFor(*project, base));
            train::SweepOptions sweep;
            sweep.projectFolder = project->folder();
            sweep.place = place;
            sweep.newRun = [&project]() -> Result<train::PrepareOptions> {
                FETTLE_TRY_VALUE(const project::NewRun fresh, project->newRunFolder());
                return train::PrepareOptions{
                    .folder = fresh.folder, .name = fresh.name, .baseFolder = {}, .info = Json::object()};
            };
            FETTLE_TRY_VALUE(*made, train::createSweep(spec, base, sweep));
            for (const std::string& folder : made->folders) {
                FETTLE_TRY(project::noteRunVersion(*project, folder, data));
            }
            return pumpNow(options);
        },
        {.name = "start sweep",
         .lane = "workspace changes",
         .onProgress = {},
         .onDone = [this, post, made](const Result<void>& result) {
             post([this, made, result] {
                 refreshRuns();
                 if (!made->id.empty()) {
                     Q_EMIT sweepStarted(qs(made->id));
                 }
                 if (!result) {
                     Q_EMIT failed(tr("Starting the sweep"), result.error());
                 }
             });
         }}));
}

void Workspace::stopSweep(const QString& id) {
    if (m_project == nullptr) {
        return;
    }
    for (const RunRow& row : m_runs->rows()) {
        if (qs(row.summary.sweep) == id && row.live() && !row.queuePlace) {
            stopRun(qs(row.summary.folder));
        }
    }
    changeInJob(tr("Stopping the sweep"), {}, [project = m_project->folder(), sweep = us(id)]() -> Result<void> {
        FETTLE_TRY_VALUE(const std::int64_t dropped, train::dropWaiting(project, sweep));
        (void)dropped;
        return {};
    });
}

void Workspace::readSweep(const QString& id, std::function<void(const Result<train::SweepResults>&)> done) {
    if (m_project == nullptr) {
        return;
    }
    struct Answer {
        Result<train::SweepResults> results = Error{};
    };
    auto answer = std::make_shared<Answer>(); // written by the job, read after it
    const Post post = m_courier.sender();
    const std::uint64_t generation = m_generation;
    (void)m_jobs.submit(
        [answer, project = m_project->folder(), sweep = us(id)](jobs::JobContext&) -> Result<void> {
            answer->results = train::readSweep(project, sweep);
            return {};
        },
        {.name = "read sweep",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, answer, generation, done = std::move(done)](const Result<void>&) {
             post([this, answer, generation, done] {
                 if (generation == m_generation) {
                     done(answer->results);
                 }
             });
         }});
}

QStringList Workspace::sweeps() const {
    QStringList out;
    for (const RunRow& row : m_runs->rows()) { // newest first, as the runs
        const QString id = qs(row.summary.sweep);
        if (!id.isEmpty() && !out.contains(id)) {
            out << id;
        }
    }
    return out;
}

} // namespace fettle::ui
