#include "workspace/workspace.h"

#include "base/files.h"
#include "bridge/strings.h"
#include "project/row_store.h"
#include "recipe/fields.h"
#include "train/model_text.h"
#include "workspace/project_rows.h"
#include "workspace/run_archives.h"

#include <algorithm>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using jobs::RunState;

Workspace::Workspace(jobs::JobSystem& jobs, WorkspaceOptions options, QObject* parent)
    : QObject(parent)
    , m_jobs(jobs)
    , m_options(std::move(options))
    , m_courier(this)
    , m_runs(std::make_unique<RunsModel>())
    , m_archives(std::make_unique<RunArchives>(*this)) {
    m_rows = std::make_unique<ProjectRows>(*this);
    connect(m_rows.get(), &ProjectRows::factsChanged, this, &Workspace::countRows);
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
    std::function<Result<std::shared_ptr<project::Project>>(jobs::JobContext&, ImportOutcome*)> open, bool import,
    const QString& file) {
    cancelBusy();
    m_importAfter.clear();
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
             [this, post, answer, what, generation, import, file](const Result<void>& result) {
                 post([this, answer, what, result, generation, import, file] {
                     if (generation != m_generation) {
                         return;
                     }
                     setBusy({}, nullptr);
                     if (!result) {
                         if (import && result.error().code == ErrorCode::InvalidInput) {
                             Q_EMIT importUnclear(file, result.error());
                         } else if (result.error().code != ErrorCode::Cancelled) {
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
    m_ends.clear();
    m_endsWaiting.clear();
    m_late.clear();
    m_readAgain.clear();
    m_overlays.clear();
    m_shown.clear();
    m_recipe = {};
    m_recipeFault.reset();
    m_runs->setRows({});
    m_runs->setOverlays({});
    m_deleted.clear();
    m_trashed = 0;
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
    emptyTrash(false); // what was deleted more than a week ago; then the queue goes on
    refreshRecent();
    if (outcome) {
        Q_EMIT imported(*outcome);
    }
    if (!m_importAfter.isEmpty()) {
        const QString file = m_importAfter;
        m_importAfter.clear();
        Q_EMIT importWanted(file);
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
    m_ends.clear();
    m_endsWaiting.clear();
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
            FETTLE_TRY(project->takeSplitFiles());
            project::Filter training; // rejected rows never train
            training.states = {project::RowState::Active};
            FETTLE_TRY_VALUE(const project::RowCounts found, project->rows().counts(training));
            const auto rows = [&](project::Split split) -> std::optional<std::int64_t> {
                const auto count = found.splits.find(split);
                return count == found.splits.end() ? std::nullopt : std::optional<std::int64_t>(count->second);
            };
            counts->train = rows(project::Split::Train);
            counts->validation = rows(project::Split::Validation);
            counts->test = rows(project::Split::Test);
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
