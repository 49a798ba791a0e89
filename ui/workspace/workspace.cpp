#include "workspace/workspace.h"

#include "base/files.h"
#include "bridge/strings.h"
#include "recipe/fields.h"
#include "train/model_text.h"

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

std::optional<std::int64_t> countLines(const std::string& path) {
    const Result<MappedFile> file = MappedFile::open(path);
    if (!file) {
        return std::nullopt;
    }
    std::int64_t rows = 0;
    bool filled = false;
    for (const char c : file.value().text()) {
        if (c == '\n') {
            rows += filled ? 1 : 0;
            filled = false;
        } else if (c != ' ' && c != '\r' && c != '\t') {
            filled = true;
        }
    }
    return rows + (filled ? 1 : 0);
}

} // namespace

Workspace::Workspace(jobs::JobSystem& jobs, WorkspaceOptions options, QObject* parent)
    : QObject(parent)
    , m_jobs(jobs)
    , m_options(std::move(options))
    , m_courier(this)
    , m_runs(std::make_unique<RunsModel>()) {
    connect(&m_bridge, &EventBridge::batch, this, &Workspace::onBatch);
    m_service = std::make_unique<train::RunService>(
        m_jobs, train::RunServiceOptions{
                    .trainers = m_options.trainers,
                    .listener = [bridge = &m_bridge](const std::string& folder, const run::RunEvent& event) {
                        bridge->post(folder, event);
                    }});
    m_follow.setInterval(2000);
    connect(&m_follow, &QTimer::timeout, this, &Workspace::follow);
}

Workspace::~Workspace() {
    cancelBusy();
    for (const std::shared_ptr<jobs::JobHandle>& job : m_serviceJobs) {
        job->cancel();
        job->wait();
    }
    m_service.reset(); // stops and joins: no event reaches the bridge after this
}

QString Workspace::projectFolder() const {
    return m_project == nullptr ? QString() : qs(m_project->folder());
}

void Workspace::setBusy(const QString& what, std::shared_ptr<jobs::JobHandle> job) {
    m_busy = what;
    m_busyJob = std::move(job);
    Q_EMIT busyChanged();
}

void Workspace::keep(std::shared_ptr<jobs::JobHandle> job) {
    std::erase_if(m_serviceJobs, [](const std::shared_ptr<jobs::JobHandle>& each) { return each->finished(); });
    m_serviceJobs.push_back(std::move(job));
}

void Workspace::cancelBusy() {
    if (m_busyJob != nullptr) {
        m_busyJob->cancel();
    }
}

void Workspace::openInJob(
    const QString& what,
    std::function<Result<std::shared_ptr<project::Project>>(jobs::JobContext&, ImportOutcome*)> open, bool import) {
    cancelBusy();
    struct Answer {
        std::shared_ptr<project::Project> project;
        ImportOutcome outcome;
    };
    auto answer = std::make_shared<Answer>(); // written by the job, read after it
    const Post post = m_courier.sender();
    const std::uint64_t generation = ++m_generation;
    auto handle = m_jobs.submit(
        [open = std::move(open), answer](jobs::JobContext& context) -> Result<void> {
            FETTLE_TRY_VALUE(answer->project, open(context, &answer->outcome));
            (void)project::noteRecentProject(answer->project->folder(), answer->project->name());
            return {};
        },
        {.name = us(what),
         .lane = {},
         .onProgress =
             [this, post, generation](double fraction, const std::string& counted) {
                 post([this, fraction, counted, generation] {
                     if (generation == m_generation) {
                         Q_EMIT progressed(fraction, qs(counted));
                     }
                 });
             },
         .onDone =
             [this, post, answer, what, generation, import](const Result<void>& result) {
                 post([this, answer, what, result, generation, import] {
                     if (generation != m_generation) {
                         return;
                     }
                     setBusy({}, nullptr);
                     if (!result) {
                         if (result.error().code != ErrorCode::Cancelled) {
                             Q_EMIT failed(what, result.error());
                         }
                         return;
                     }
                     adopt(answer->project, import ? std::optional<ImportOutcome>(answer->outcome) : std::nullopt);
                 });
             }});
    setBusy(what, std::move(handle));
}

void Workspace::adopt(std::shared_ptr<project::Project> project, std::optional<ImportOutcome> outcome) {
    m_project = std::move(project);
    m_name = qs(m_project->name());
    m_counts = {};
    m_series.clear();
    m_read.clear();
    m_late.clear();
    m_readAgain.clear();
    m_overlays.clear();
    m_shown.clear();
    m_recipe = {};
    m_recipeFault.reset();
    m_runs->setRows({});
    m_runs->setOverlays({});
    m_follow.start();
    Result<recipe::Recipe> recipe = m_project->loadRecipe(); // a small file
    if (recipe) {
        m_recipe = std::move(recipe).value();
    } else {
        m_recipeFault = recipe.error();
    }
    Q_EMIT projectChanged();
    Q_EMIT recipeChanged();
    Q_EMIT shownRunChanged();
    Q_EMIT overlaysChanged();
    countRows();
    refreshRuns();
    refreshRecent();
    if (outcome) {
        Q_EMIT imported(*outcome);
    }
}

void Workspace::openProject(const QString& folder) {
    openInJob(
        tr("Opening %1").arg(folder.section(u'/', -1)),
        [path = us(folder)](jobs::JobContext&, ImportOutcome*) -> Result<std::shared_ptr<project::Project>> {
            FETTLE_TRY_VALUE(std::unique_ptr<project::Project> opened, project::Project::open(path));
            return std::shared_ptr<project::Project>(std::move(opened));
        },
        false);
}

void Workspace::openSample() {
    openInJob(
        tr("Opening the sample"),
        [projects = m_options.projectsFolder, resources = m_options.resourcesFolder](
            jobs::JobContext&, ImportOutcome*) -> Result<std::shared_ptr<project::Project>> {
            FETTLE_TRY_VALUE(std::unique_ptr<project::Project> opened, project::openSample(projects, resources));
            return std::shared_ptr<project::Project>(std::move(opened));
        },
        false);
}

std::string Workspace::freeFolder(const std::string& parent, const std::string& wanted) {
    std::string safe;
    for (const char c :
         wanted) { // a folder name that every file system takes; the person's words stay in the project's name
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '_' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
        if (plain) {
            safe += c;
        } else if (!safe.empty() && safe.back() != '-') {
            safe += '-';
        }
    }
    while (!safe.empty() && (safe.back() == '-' || safe.back() == '.')) {
        safe.pop_back();
    }
    while (!safe.empty() && (safe.front() == '.' || safe.front() == '-')) {
        safe.erase(safe.begin());
    }
    if (safe.empty()) {
        safe = "project";
    }
    std::string folder = parent + "/" + safe;
    for (int n = 2; fileExists(folder) || folderExists(folder); ++n) {
        folder = parent + "/" + safe + "-" + std::to_string(n);
    }
    return folder;
}

recipe::Recipe Workspace::firstRecipe(const std::string& model, std::uint64_t dataBytes) {
    recipe::Recipe recipe;
    recipe.model = model;
    recipe.data.train = {"project:train"};
    recipe.data.validationShare = 0.05;
    // About four bytes a token; some sixty steps an epoch where the data allows it, between 512 and 4,096 tokens a
    // step.
    const std::uint64_t wanted = dataBytes / 4 / 60;
    std::int64_t tokens = 512;
    while (tokens < 4096 && static_cast<std::uint64_t>(tokens) < wanted) {
        tokens *= 2;
    }
    recipe.training.batchTokens = tokens;
    return recipe;
}

void Workspace::createProject(const QString& name) {
    openInJob(
        tr("Creating %1").arg(name),
        [name = us(name), options = m_options](jobs::JobContext&,
                                               ImportOutcome*) -> Result<std::shared_ptr<project::Project>> {
            FETTLE_TRY(makeFolders(options.projectsFolder));
            FETTLE_TRY_VALUE(std::unique_ptr<project::Project> created,
                             project::Project::create(freeFolder(options.projectsFolder, name), name));
            recipe::Recipe recipe;
            recipe.model = options.defaultModel;
            FETTLE_TRY(created->saveRecipe(recipe));
            return std::shared_ptr<project::Project>(std::move(created));
        },
        false);
}

void Workspace::closeProject() {
    m_project.reset();
    m_name.clear();
    ++m_generation;
    m_follow.stop();
    m_runs->setRows({});
    m_series.clear();
    m_read.clear();
    m_late.clear();
    m_readAgain.clear();
    m_shown.clear();
    m_counts = {};
    Q_EMIT projectChanged();
    Q_EMIT runsChanged();
}

void Workspace::reloadRecipe() {
    if (m_project == nullptr) {
        return;
    }
    Result<recipe::Recipe> recipe = m_project->loadRecipe();
    if (recipe) {
        m_recipe = std::move(recipe).value();
        m_recipeFault.reset();
    } else {
        m_recipeFault = recipe.error();
    }
    Q_EMIT recipeChanged();
}

void Workspace::saveRecipe(const recipe::Recipe& recipe) {
    if (m_project == nullptr) {
        return;
    }
    m_recipe = recipe;
    m_recipeFault.reset();
    if (const Result<void> saved = m_project->saveRecipe(recipe); !saved) {
        Q_EMIT failed(tr("Saving the recipe"), saved.error());
    }
    Q_EMIT recipeChanged();
}

void Workspace::countRows() {
    if (m_project == nullptr) {
        return;
    }
    const Post post = m_courier.sender();
    const std::uint64_t generation = m_generation;
    auto counts = std::make_shared<DataCounts>(); // written by the job, read after it
    (void)m_jobs.submit(
        [counts, project = m_project](jobs::JobContext&) -> Result<void> {
            counts->train = countLines(project->splitPath("train"));
            counts->validation = countLines(project->splitPath("validation"));
            counts->test = countLines(project->splitPath("test"));
            return {};
        },
        {.name = "count rows",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, counts, generation](const Result<void>& result) {
             if (result) {
                 post([this, counts, generation] {
                     if (generation == m_generation) {
                         m_counts = *counts;
                         Q_EMIT countsChanged();
                     }
                 });
             }
         }});
}

// ---------------------------------------------------------------- runs

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
                                 m_read.remove(folder);
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

QString Workspace::modelTitle(const QString& model) const {
    if (model.isEmpty()) {
        return {};
    }
    auto found = m_titles.constFind(model);
    if (found == m_titles.constEnd()) {
        QString title = model.section(u'/', -1);
        for (const train::KnownModel& known : train::knownModels()) {
            if (qs(known.name) == model || qs(known.path) == model) {
                title = qs(known.title);
            }
        }
        found = m_titles.insert(model, title);
    }
    return *found;
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
