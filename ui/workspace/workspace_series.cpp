// Numbers of runs: from the file once, then grown by the events of this process. Those of other processes are read
// again.
#include "workspace/workspace.h"

#include "bridge/strings.h"

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

void Workspace::onBatch(const EventBatch& batch) {
    bool states = false;
    QSet<QString> touched;
    QHash<QString, std::int64_t> ended; // when
    for (const BridgedEvent& bridged : batch.events) {
        const QString folder = qs(bridged.folder);
        if (const auto* changed = std::get_if<run::StateChanged>(&bridged.event.body)) {
            states = true;
            if (jobs::isFinal(changed->state)) {
                ended.insert(folder, bridged.event.timeMs);
            }
        }
        if (m_reading.contains(folder)) {
            m_late[folder].push_back(bridged.event);
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
        if (m_series.contains(qs(folder)) || m_reading.contains(qs(folder))) {
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
        pump(); // the lane is free
    }
    if (!ended.isEmpty()) {
        refreshRecent();
    }
    for (auto it = ended.constBegin(); it != ended.constEnd(); ++it) {
        noteEnd(it.key(), it.value());
    }
}

void Workspace::noteEnd(const QString& folder, std::int64_t timeMs) {
    if (m_ends.value(folder, -1) == timeMs) {
        return; // events and the list both tell of it
    }
    const RunRow* row = m_runs->find(folder);
    if (row == nullptr || !jobs::isFinal(row->summary.state)) {
        m_endsWaiting.insert(folder, timeMs); // the list does not have it yet
        return;
    }
    m_ends.insert(folder, timeMs);
    m_endsWaiting.remove(folder);
    Q_EMIT runEnded(folder);
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
        m_readAgain.insert(folder);
        return;
    }
    m_reading.insert(folder);
    m_late.remove(folder);
    auto answer = std::make_shared<RunSeries>(); // written by the job, read after it
    const Post post = m_courier.sender();
    const std::uint64_t generation = m_generation;
    const std::shared_ptr<const RunSeries> before = m_read.value(folder); // read on from there
    (void)m_jobs.submit(
        [answer, before, path = us(folder)](jobs::JobContext&) -> Result<void> {
            FETTLE_TRY_VALUE(*answer, readSeries(path, before.get()));
            return {};
        },
        {.name = "read run",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, answer, folder, generation](const Result<void>& result) {
             post([this, answer, folder, generation, result] {
                 m_reading.remove(folder);
                 bool again = m_readAgain.remove(folder);
                 const std::vector<run::RunEvent> late = m_late.take(folder);
                 if (generation != m_generation) {
                     return;
                 }
                 if (result) {
                     m_read.insert(folder, std::make_shared<const RunSeries>(*answer)); // shares its columns
                     for (const run::RunEvent& event : late) { // those the file had already are ignored
                         again = !answer->apply(event) || again;
                     }
                     m_series.insert(folder, answer);
                     Q_EMIT seriesChanged(folder);
                     if (again) {
                         readSeriesInJob(folder);
                     }
                 } else if (result.error().code != ErrorCode::Cancelled) {
                     Q_EMIT failed(tr("Reading the run"), result.error());
                 }
             });
         }});
}

} // namespace fettle::ui
