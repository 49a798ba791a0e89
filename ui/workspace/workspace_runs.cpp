// The workspace's runs: listing, starting, steering, following, and the numbers of those that somebody looks at.
#include "base/json.h"
#include "bridge/strings.h"
#include "recipe/fields.h"
#include "workspace/workspace.h"

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using jobs::RunState;

namespace {

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
    return Workspace::tr("rank %1, lr %2")
        .arg(recipe.value().adapter.rank)
        .arg(Format::rate(recipe.value().optimizer.learningRate));
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
    };
    auto answer = std::make_shared<Answer>(); // written by the job, read after it
    const Post post = m_courier.sender();
    const std::uint64_t generation = m_generation;
    QHash<QString, QString> known; // a run's recipe never changes: read once
    for (const RunRow& row : m_runs->rows()) {
        known.insert(qs(row.summary.folder), row.what);
    }
    (void)m_jobs.submit(
        [answer, project = m_project, known](jobs::JobContext& context) -> Result<void> {
            FETTLE_TRY_VALUE(const std::vector<project::RunEntry> entries, project->runs());
            for (const project::RunEntry& entry : entries) {
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
                         for (RunRow& row : answer->rows) {
                             row.owned = m_service->isActive(row.summary.folder);
                             // What events have told since may be newer than the summary.
                             if (const RunRow* old = m_runs->find(qs(row.summary.folder));
                                 old != nullptr && row.owned && old->summary.step > row.summary.step) {
                                 row.summary.step = old->summary.step;
                                 row.summary.trainLoss = old->summary.trainLoss;
                             }
                         }
                         m_runs->setRows(answer->rows);
                         if (m_shown.isEmpty() && !m_runs->rows().isEmpty()) {
                             showRun(qs(m_runs->rows().first().summary.folder));
                         }
                         Q_EMIT runsChanged();
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

void Workspace::follow() {
    // Runs of other processes: their files grow without telling us.
    const QVector<RunRow>& rows = m_runs->rows();
    const bool foreign =
        std::any_of(rows.begin(), rows.end(), [](const RunRow& row) { return row.live() && !row.owned; });
    if (foreign) {
        for (const RunRow& row : rows) {
            const QString folder = qs(row.summary.folder);
            if (row.live() && !row.owned && m_series.contains(folder)) {
                readSeriesInJob(folder);
            }
        }
    }
    refreshRuns();
}

void Workspace::onBatch(const EventBatch& batch) {
    bool states = false;
    QSet<QString> touched;
    QStringList ended;
    for (const BridgedEvent& bridged : batch.events) {
        const QString folder = qs(bridged.folder);
        if (const auto* changed = std::get_if<run::StateChanged>(&bridged.event.body)) {
            states = true;
            if (jobs::isFinal(changed->state)) {
                ended << folder;
            }
        }
        if (const auto found = m_series.constFind(folder); found != m_series.constEnd()) {
            // Charts may hold what was given out before: grow a copy only when somebody does.
            if (found->use_count() > 1) {
                m_series[folder] = std::make_shared<RunSeries>(**found);
            }
            if (!m_series[folder]->apply(bridged.event)) {
                readSeriesInJob(folder);
            }
            touched.insert(folder);
        }
    }
    for (const auto& [folder, count] : batch.dropped) {
        if (m_series.contains(qs(folder))) {
            readSeriesInJob(qs(folder));
        }
    }
    m_runs->applyEvents(batch);
    Q_EMIT runsChanged();
    for (const QString& folder : std::as_const(touched)) {
        Q_EMIT seriesChanged(folder);
    }
    if (states) {
        refreshRuns(); // total steps, ownership and names come from the folder
    }
    if (!ended.isEmpty()) {
        refreshRecent();
    }
    for (const QString& folder : std::as_const(ended)) {
        Q_EMIT runEnded(folder);
    }
}

std::shared_ptr<const RunSeries> Workspace::series(const QString& folder) {
    const auto found = m_series.constFind(folder);
    if (found != m_series.constEnd()) {
        return *found;
    }
    if (!folder.isEmpty()) {
        readSeriesInJob(folder);
    }
    return nullptr;
}

void Workspace::readSeriesInJob(const QString& folder) {
    if (m_reading.contains(folder)) {
        return;
    }
    m_reading.insert(folder);
    auto answer = std::make_shared<RunSeries>(); // written by the job, read after it
    const Post post = m_courier.sender();
    const std::uint64_t generation = m_generation;
    (void)m_jobs.submit(
        [answer, path = us(folder)](jobs::JobContext&) -> Result<void> {
            FETTLE_TRY_VALUE(*answer, readSeries(path));
            return {};
        },
        {.name = "read run",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, answer, folder, generation](const Result<void>& result) {
             post([this, answer, folder, generation, result] {
                 m_reading.remove(folder);
                 if (generation != m_generation) {
                     return;
                 }
                 if (result) {
                     m_series.insert(folder, answer);
                     Q_EMIT seriesChanged(folder);
                 } else if (result.error().code != ErrorCode::Cancelled) {
                     Q_EMIT failed(tr("Reading the run"), result.error());
                 }
             });
         }});
}

void Workspace::startRun(const recipe::Recipe& recipe) {
    if (m_project == nullptr) {
        return;
    }
    auto folder = std::make_shared<std::string>(); // written by the job, read after it
    const Post post = m_courier.sender();
    keep(m_jobs.submit(
        [folder, recipe, project = m_project, service = m_service.get()](jobs::JobContext&) -> Result<void> {
            FETTLE_TRY_VALUE(const project::NewRun fresh, project->newRunFolder());
            FETTLE_TRY_VALUE(
                *folder,
                service->launch(recipe, {.folder = fresh.folder, .name = fresh.name, .baseFolder = project->folder()}));
            return {};
        },
        {.name = "start run", .lane = {}, .onProgress = {}, .onDone = [this, post, folder](const Result<void>& result) {
             post([this, folder, result] {
                 if (!result) {
                     Q_EMIT failed(tr("Starting the run"), result.error());
                     return;
                 }
                 refreshRuns();
                 showRun(qs(*folder));
                 Q_EMIT runStarted(qs(*folder));
             });
         }}));
}

void Workspace::continueRun(const QString& folder) {
    const Post post = m_courier.sender();
    keep(m_jobs.submit([path = us(folder),
                        service = m_service.get()](jobs::JobContext&) -> Result<void> { return service->start(path); },
                       {.name = "continue run",
                        .lane = {},
                        .onProgress = {},
                        .onDone = [this, post, folder](const Result<void>& result) {
                            post([this, folder, result] {
                                if (!result) {
                                    Q_EMIT failed(tr("Continuing the run"), result.error());
                                    return;
                                }
                                refreshRuns();
                                showRun(folder);
                                Q_EMIT runStarted(folder);
                            });
                        }}));
}

void Workspace::pauseRun(const QString& folder) {
    m_service->pause(us(folder));
}

void Workspace::resumeRun(const QString& folder) {
    m_service->resume(us(folder));
}

void Workspace::stopRun(const QString& folder) {
    m_service->stop(us(folder));
}

void Workspace::abortRun(const QString& folder) {
    m_service->abort(us(folder));
}

void Workspace::deleteRun(const QString& folder) {
    if (m_project == nullptr) {
        return;
    }
    const RunRow* row = m_runs->find(folder);
    if (row == nullptr) {
        return;
    }
    const Post post = m_courier.sender();
    (void)m_jobs.submit([project = m_project,
                         id = row->summary.id](jobs::JobContext&) -> Result<void> { return project->removeRun(id); },
                        {.name = "delete run",
                         .lane = {},
                         .onProgress = {},
                         .onDone = [this, post, folder](const Result<void>& result) {
                             post([this, folder, result] {
                                 if (!result) {
                                     Q_EMIT failed(tr("Deleting the run"), result.error());
                                 }
                                 m_series.remove(folder);
                                 if (m_overlays.remove(folder)) {
                                     m_runs->setOverlays(m_overlays);
                                     Q_EMIT overlaysChanged();
                                 }
                                 if (m_shown == folder) {
                                     showRun({});
                                 }
                                 refreshRuns();
                             });
                         }});
}

void Workspace::renameRun(const QString& folder, const QString& name) {
    const RunRow* row = m_runs->find(folder);
    if (m_project == nullptr || row == nullptr || name.trimmed().isEmpty()) {
        return;
    }
    if (const Result<void> done = m_project->setRunName(row->summary.id, us(name.trimmed())); !done) {
        Q_EMIT failed(tr("Renaming the run"), done.error());
    }
    refreshRuns();
}

bool Workspace::hasActiveRuns() const {
    return !m_service->active().empty();
}

void Workspace::stopAll() {
    m_service->stopAll();
}

void Workspace::showRun(const QString& folder) {
    if (folder != m_shown) {
        m_shown = folder;
        Q_EMIT shownRunChanged();
    }
}

void Workspace::toggleOverlay(const QString& folder) {
    if (!m_overlays.remove(folder)) {
        m_overlays.insert(folder);
    }
    m_runs->setOverlays(m_overlays);
    Q_EMIT overlaysChanged();
}

} // namespace fettle::ui
