// The list of runs: read from the folders, followed where other processes write them, and what a person can do with
// one.
#include "workspace/workspace.h"

#include "base/files.h"
#include "bridge/strings.h"
#include "project/trash.h"
#include "recipe/fields.h"
#include "train/run_steering.h"

#include <QCoreApplication>

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using jobs::Request;
using jobs::RunState;

namespace {

constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

// The context in full: lupdate does not see through this file's namespaces.
QString recipeWords() {
    return QCoreApplication::translate("fettle::ui::Workspace", "rank %1, lr %2");
}

/// "rank 16, lr 2e-4" from a run's own recipe.
QString recipeLine(const std::string& folder) {
    const Result<Json> json = readJsonFile(folder + "/recipe.json");
    if (!json) {
        return {};
    }
    const Result<recipe::Recipe> recipe = recipe::fromJson(json.value());
    if (!recipe) {
        return {};
    }
    return recipeWords().arg(recipe.value().adapter.rank).arg(Format::rate(recipe.value().optimizer.learningRate));
}

/// What the queue says about a run that waits in it.
void fillFromQueue(RunRow& row, const std::vector<train::QueueEntry>& queue) {
    int place = 0;
    for (const train::QueueEntry& entry : queue) {
        const bool waits = entry.state == train::QueueState::Waiting || entry.state == train::QueueState::Held;
        if (entry.run == row.summary.id) {
            row.apart = entry.place == train::RunPlace::Apart;
            if (waits) {
                row.queuePlace = place;
                row.held = entry.state == train::QueueState::Held;
                row.heldBecause = entry.heldBecause;
                row.summary.state = RunState::Queued;
                row.summary.reason.clear();
                row.summary.message.clear();
            }
            return;
        }
        place += waits ? 1 : 0;
    }
}

} // namespace

void Workspace::refreshRuns() {
    if (m_project == nullptr) {
        return;
    }
    if (m_refreshing) {
        m_refreshAgain = true;
        return;
    }
    m_refreshing = true;
    struct Answer {
        QVector<RunRow> rows;
        int trashed = 0;
        std::optional<Error> queueFault;
    };
    auto answer = std::make_shared<Answer>(); // written by the job, read after it
    const Post post = m_courier.sender();
    const std::uint64_t generation = m_generation;
    QHash<QString, QString> known; // a run's recipe never changes: read once in a language
    if (const QString words = recipeWords(); words != m_recipeWords) {
        m_recipeWords = words;
    } else {
        for (const RunRow& row : m_runs->rows()) {
            known.insert(qs(row.summary.folder), row.what);
        }
    }
    (void)m_jobs.submit(
        [answer, project = m_project, known](jobs::JobContext& context) -> Result<void> {
            FETTLE_TRY_VALUE(const std::vector<project::RunEntry> found, project->runs());
            std::vector<train::QueueEntry> queue;
            if (auto entries = train::RunQueue(project->folder()).entries()) {
                queue = std::move(entries).value();
            } else { // the runs are shown all the same
                answer->queueFault = entries.error();
            }
            answer->trashed = static_cast<int>(project::trashedRuns(project->folder()).size());
            for (const project::RunEntry& entry : found) {
                if (context.cancelled()) {
                    return makeError(ErrorCode::Cancelled, "cancelled");
                }
                Result<run::RunSummary> summary = run::summarise(entry.folder);
                RunRow row;
                if (summary) {
                    row.summary = std::move(summary).value();
                } else { // still a line: a run that cannot be read is not hidden
                    row.summary.id = entry.id;
                    row.summary.message = summary.error().text();
                    row.summary.state = RunState::Failed;
                }
                row.summary.folder = entry.folder;
                row.summary.name = entry.name;
                const QString key = qs(entry.folder);
                row.what = known.value(key).isEmpty() ? recipeLine(entry.folder) : known.value(key);
                row.slot = slotOf(entry.id);
                fillFromQueue(row, queue);
                answer->rows.append(row);
            }
            return {};
        },
        {.name = "list runs",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, answer, generation](const Result<void>& result) {
             post([this, answer, generation, result] {
                 m_refreshing = false;
                 if (generation == m_generation && m_project != nullptr) {
                     if (result) {
                         m_trashed = answer->trashed;
                         const std::string fault = answer->queueFault ? answer->queueFault->text() : std::string();
                         if (std::exchange(m_queueFault, fault) != fault && !fault.empty()) {
                             Q_EMIT failed(tr("Reading the queue"), *answer->queueFault); // said once
                         }
                         takeRows(std::move(answer->rows));
                     } else if (result.error().code != ErrorCode::Cancelled) {
                         Q_EMIT failed(tr("Reading the runs"), result.error());
                     }
                 }
                 if (std::exchange(m_refreshAgain, false)) {
                     refreshRuns();
                 }
             });
         }});
}

void Workspace::takeRows(QVector<RunRow> rows) {
    QHash<QString, std::int64_t> ended; // of other processes: their events do not reach us
    for (RunRow& row : rows) {
        row.owned = m_service->isActive(row.summary.folder);
        const RunRow* old = m_runs->find(qs(row.summary.folder));
        // What events have told since may be newer than the summary.
        if (old != nullptr && row.owned && old->summary.step > row.summary.step) {
            row.summary.step = old->summary.step;
            row.summary.trainLoss = old->summary.trainLoss;
        }
        if (old != nullptr && !row.owned && !old->owned && old->live() && !old->queuePlace &&
            jobs::isFinal(row.summary.state)) {
            ended.insert(qs(row.summary.folder), row.summary.endedMs);
        }
    }
    m_runs->setRows(std::move(rows));
    if (m_shown.isEmpty() && !m_runs->rows().isEmpty()) {
        showRun(qs(m_runs->rows().first().summary.folder));
    }
    Q_EMIT runsChanged();
    for (auto it = ended.constBegin(); it != ended.constEnd(); ++it) {
        if (m_series.contains(it.key())) {
            readSeriesInJob(it.key());
        }
        noteEnd(it.key(), it.value());
    }
    const QHash<QString, std::int64_t> waiting = m_endsWaiting;
    for (auto it = waiting.constBegin(); it != waiting.constEnd(); ++it) {
        noteEnd(it.key(), it.value());
    }
}

void Workspace::follow() {
    // Runs of other processes: their files grow without telling us.
    bool waits = false;
    for (const RunRow& row : m_runs->rows()) {
        const QString folder = qs(row.summary.folder);
        waits = waits || (row.queuePlace && !row.held);
        if (row.live() && !row.owned && !row.queuePlace && m_series.contains(folder)) {
            readSeriesInJob(folder);
        }
    }
    refreshRuns();
    if (waits) {
        pump(); // the run they waited for may be one of another process
    }
}

// ---------------------------------------------------------------- steering

void Workspace::steer(const QString& folder, Request request) {
    const std::string path = us(folder);
    const bool own = request == Request::Pause    ? m_service->pause(path)
                     : request == Request::Resume ? m_service->resume(path)
                     : request == Request::Stop   ? m_service->stop(path)
                     : request == Request::Abort  ? m_service->abort(path)
                                                  : m_service->showLayers(path, request == Request::ShowLayers);
    if (own) {
        return;
    }
    const RunRow* row = m_runs->find(folder);
    if (row != nullptr && row->queuePlace) { // nobody works on it yet
        if (request == Request::Stop || request == Request::Abort) {
            removeFromQueue(folder);
        }
        return;
    }
    changeInJob(tr("Steering the run"), folder,
                [path, request]() -> Result<void> { return train::steerRun(path, request); });
}

void Workspace::pauseRun(const QString& folder) {
    steer(folder, Request::Pause);
}

void Workspace::resumeRun(const QString& folder) {
    steer(folder, Request::Resume);
}

void Workspace::showLayers(const QString& folder, bool show) {
    steer(folder, show ? Request::ShowLayers : Request::HideLayers);
}

void Workspace::stopRun(const QString& folder) {
    steer(folder, Request::Stop);
}

void Workspace::abortRun(const QString& folder) {
    steer(folder, Request::Abort);
}

bool Workspace::hasActiveRuns() const {
    return !m_service->active().empty();
}

void Workspace::stopAll() {
    m_closing = true; // what waits stays in the queue
    m_service->stopAll();
}

// ---------------------------------------------------------------- what people say about a run

void Workspace::changeInJob(const QString& what, const QString& folder, std::function<Result<void>()> change) {
    const Post post = m_courier.sender();
    const std::uint64_t generation = m_generation;
    (void)m_jobs.submit([change = std::move(change)](jobs::JobContext&) -> Result<void> { return change(); },
                        {.name = us(what),
                         .lane = "workspace changes", // one after the other, in the order they were asked for
                         .onProgress = {},
                         .onDone = [this, post, what, folder, generation](const Result<void>& result) {
                             post([this, what, folder, generation, result] {
                                 if (generation != m_generation) {
                                     return;
                                 }
                                 if (!result) {
                                     Q_EMIT failed(what, result.error());
                                 }
                                 refreshRuns();
                                 pump();
                             });
                         }});
}

void Workspace::renameRun(const QString& folder, const QString& name) {
    const RunRow* row = m_runs->find(folder);
    if (m_project == nullptr || row == nullptr || name.trimmed().isEmpty()) {
        return;
    }
    changeInJob(tr("Renaming the run"), folder,
                [project = m_project, id = row->summary.id, to = us(name.trimmed())]() -> Result<void> {
                    return project->setRunName(id, to);
                });
}

void Workspace::tagRun(const QString& folder, const QStringList& tags) {
    Json list = Json::array();
    QSet<QString> seen;
    for (const QString& tag : tags) {
        const QString plain = tag.simplified();
        if (!plain.isEmpty() && !seen.contains(plain)) {
            seen.insert(plain);
            list.push_back(us(plain));
        }
    }
    const Json keys = {{"tags", list.empty() ? Json(nullptr) : std::move(list)}};
    changeInJob(tr("Tagging the run"), folder,
                [path = us(folder), keys]() -> Result<void> { return run::updateRunInfo(path, keys); });
}

void Workspace::noteRun(const QString& folder, const QString& note) {
    const Json keys = {{"note", note.trimmed().isEmpty() ? Json(nullptr) : Json(us(note.trimmed()))}};
    changeInJob(tr("Noting about the run"), folder,
                [path = us(folder), keys]() -> Result<void> { return run::updateRunInfo(path, keys); });
}

void Workspace::archiveRun(const QString& folder, bool archived) {
    const Json keys = {{"archived", archived ? Json(true) : Json(nullptr)}};
    changeInJob(archived ? tr("Archiving the run") : tr("Taking the run out of the archive"), folder,
                [path = us(folder), keys]() -> Result<void> { return run::updateRunInfo(path, keys); });
}

void Workspace::duplicateRun(const QString& folder) {
    auto recipe = std::make_shared<recipe::Recipe>(); // written by the job, read after it
    const Post post = m_courier.sender();
    (void)m_jobs.submit(
        [recipe, path = us(folder) + "/recipe.json"](jobs::JobContext&) -> Result<void> {
            FETTLE_TRY_VALUE(const Json json, readJsonFile(path));
            auto read = recipe::fromJson(json);
            if (!read) {
                return read.error().at(path);
            }
            *recipe = std::move(read).value();
            recipe->output.clear(); // a new run gets its own folder
            return {};
        },
        {.name = "duplicate run",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, recipe](const Result<void>& result) {
             post([this, recipe, result] {
                 if (result) {
                     Q_EMIT startFromRecipe(*recipe);
                 } else {
                     Q_EMIT failed(tr("Reading the recipe of the run"), result.error());
                 }
             });
         }});
}

// ---------------------------------------------------------------- deleting and bringing back

void Workspace::deleteRun(const QString& folder) {
    const RunRow* row = m_runs->find(folder);
    if (m_project == nullptr || row == nullptr) {
        return;
    }
    auto key = std::make_shared<std::string>(); // written by the job, read after it
    const Post post = m_courier.sender();
    const std::uint64_t generation = m_generation;
    (void)m_jobs.submit(
        [key, project = m_project, id = row->summary.id](jobs::JobContext&) -> Result<void> {
            FETTLE_TRY_VALUE(const project::TrashedRun run, project::trashRun(project->folder(), id));
            *key = run.key;
            return {};
        },
        {.name = "delete run",
         .lane = "workspace changes",
         .onProgress = {},
         .onDone = [this, post, folder, key, title = row->title(), generation](const Result<void>& result) {
             post([this, folder, key, title, generation, result] {
                 if (generation != m_generation) {
                     return;
                 }
                 if (!result) {
                     Q_EMIT failed(tr("Deleting the run"), result.error());
                     return;
                 }
                 m_series.remove(folder);
                 m_read.remove(folder);
                 if (m_overlays.remove(folder)) {
                     m_runs->setOverlays(m_overlays);
                     Q_EMIT overlaysChanged();
                 }
                 if (m_shown == folder) {
                     showRun({});
                 }
                 m_deleted.append(qs(*key));
                 refreshRuns();
                 Q_EMIT runDeleted(title);
             });
         }});
}

bool Workspace::canRestoreRun() const {
    return !m_deleted.isEmpty();
}

void Workspace::restoreRun() {
    if (m_project == nullptr || m_deleted.isEmpty()) {
        return;
    }
    changeInJob(tr("Restoring the run"), {},
                [folder = m_project->folder(), key = us(m_deleted.takeLast())]() -> Result<void> {
                    FETTLE_TRY_VALUE(const std::string restored, project::restoreRun(folder, key));
                    (void)restored;
                    return {};
                });
}

void Workspace::emptyTrash(bool all) {
    if (m_project == nullptr) {
        return;
    }
    if (all) {
        m_deleted.clear();
    }
    const std::int64_t limit =
        systemClock().unixMs() - (all ? 0 : static_cast<std::int64_t>(project::kTrashDays) * kDayMs);
    changeInJob(tr("Removing deleted runs"), {}, [folder = m_project->folder(), limit]() -> Result<void> {
        FETTLE_TRY_VALUE(const std::int64_t removed, project::emptyTrash(folder, limit));
        (void)removed;
        return {};
    });
}

} // namespace fettle::ui
