// The workspace's work with files of rows and with projects it does not open: a new project from a file, the recent
// list, facts of the machine.
#include "workspace/workspace.h"

#include "base/files.h"
#include "base/json.h"
#include "bridge/strings.h"
#include "project/recipe_yaml.h"
#include "project/row_store.h"

#include <QThread>

#include <algorithm>
#include <filesystem>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

namespace fs = std::filesystem;

std::string faultText(const project::RejectedRow& fault) {
    std::string text = "line " + std::to_string(fault.line) + ": ";
    if (!fault.key.empty()) {
        text += fault.key + ": ";
    }
    return text + fault.reason;
}

Result<std::shared_ptr<project::Project>> projectFromFile(const std::string& file, const WorkspaceOptions& options,
                                                          jobs::JobContext& context, ImportOutcome* outcome) {
    const std::string stem = fs::path(file).stem().string();
    FETTLE_TRY_VALUE(const std::uint64_t size, fileSize(file));
    FETTLE_TRY(makeFolders(options.projectsFolder));
    const std::string folder = Workspace::freeFolder(options.projectsFolder, stem);
    FETTLE_TRY_VALUE(std::unique_ptr<project::Project> created, project::Project::create(folder, stem));
    const auto fill = [&]() -> Result<void> {
        project::ImportRequest request;
        request.path = file;
        request.split = project::Split::Train;
        FETTLE_TRY_VALUE(
            const project::ImportDone done,
            created->rows().import(request, context.stopToken(), [&context](const project::ImportProgress& progress) {
                const double fraction = progress.totalBytes > 0 ? static_cast<double>(progress.bytes) /
                                                                      static_cast<double>(progress.totalBytes)
                                                                : -1;
                context.progress(fraction, std::to_string(progress.rows));
            }));
        FETTLE_TRY_VALUE(const std::vector<project::RejectedRow> rejected,
                         created->rows().rejectedRows(done.source, kShownFaults));
        outcome->file = qs(fs::path(file).filename().string());
        outcome->rows = done.rows + done.rejected;
        outcome->goodRows = done.rows;
        outcome->format = qs(done.format);
        outcome->faultCount = done.rejected;
        for (const project::RejectedRow& row : rejected) {
            outcome->faults.push_back(faultText(row));
        }
        if (done.rows == 0) {
            Error error = makeError(ErrorCode::InvalidInput, "no row of this file can be used",
                                    "look at the faults: each names line, key and reason")
                              .at(file);
            for (const std::string& fault : outcome->faults) {
                error.detail += fault + "\n";
            }
            return error;
        }
        return created->saveRecipe(Workspace::firstRecipe(options.defaultModel, size));
    };
    if (Result<void> filled = fill(); !filled) {
        created.reset();
        (void)removeAll(folder); // made a moment ago by us: nothing of the person's is in it
        return std::move(filled).error();
    }
    return std::shared_ptr<project::Project>(std::move(created));
}

} // namespace

void Workspace::createFromFile(const QString& file) {
    openInJob(
        tr("Importing %1").arg(file.section(u'/', -1)),
        [path = us(file), options = m_options](jobs::JobContext& context, ImportOutcome* outcome) {
            return projectFromFile(path, options, context, outcome);
        },
        true, file);
}

void Workspace::createForImport(const QString& file) {
    openInJob(
        tr("Creating %1").arg(file.section(u'/', -1)),
        [path = us(file), options = m_options](jobs::JobContext&,
                                               ImportOutcome*) -> Result<std::shared_ptr<project::Project>> {
            const std::string stem = fs::path(path).stem().string();
            const std::uint64_t size = fileSize(path).valueOr(0);
            FETTLE_TRY(makeFolders(options.projectsFolder));
            FETTLE_TRY_VALUE(std::unique_ptr<project::Project> created,
                             project::Project::create(freeFolder(options.projectsFolder, stem), stem));
            FETTLE_TRY(created->saveRecipe(firstRecipe(options.defaultModel, size)));
            return std::shared_ptr<project::Project>(std::move(created));
        },
        false);
    m_importAfter = file;
}

void Workspace::refreshRecent() {
    const Post post = m_courier.sender();
    auto cards = std::make_shared<QVector<ProjectCard>>(); // written by the job, read after it
    (void)m_jobs.submit(
        [cards](jobs::JobContext& context) -> Result<void> {
            for (const project::RecentProject& recent : project::recentProjects()) {
                if (context.cancelled()) {
                    break;
                }
                ProjectCard card;
                card.folder = qs(recent.folder);
                card.name = qs(recent.name);
                card.openedMs = recent.openedMs;
                if (const Result<std::string> text = readFile(recent.folder + "/recipe.yaml", 1 << 20)) {
                    if (const Result<recipe::Recipe> recipe = project::loadRecipeYaml(text.value())) {
                        card.model = qs(recipe.value().model);
                    }
                }
                std::error_code error;
                for (fs::directory_iterator it(recent.folder + "/runs", error), end; !error && it != end;
                     it.increment(error)) {
                    const Result<run::RunSummary> summary = run::summarise(it->path().string());
                    if (!summary) {
                        continue;
                    }
                    ++card.runs;
                    const std::optional<double>& loss = summary.value().validationLoss;
                    if (loss && (!card.bestValidation || *loss < *card.bestValidation)) {
                        card.bestValidation = loss;
                    }
                }
                cards->append(card);
            }
            return {};
        },
        {.name = "recent projects",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, cards](const Result<void>& result) {
             if (result) {
                 post([this, cards] {
                     m_recent = *cards;
                     Q_EMIT recentChanged();
                 });
             }
         }});
}

void Workspace::forget(const QString& folder) {
    if (const Result<void> done = project::forgetRecentProject(us(folder)); !done) {
        Q_EMIT failed(tr("Changing the recent list"), done.error());
    }
    refreshRecent();
}

MachineFacts machineFacts() {
    MachineFacts facts;
    facts.cores = QThread::idealThreadCount();
    if (const Result<std::string> text = readFile("/proc/meminfo", 1 << 20)) {
        const QString line = qs(text.value()).section(u'\n', 0, 0); // "MemTotal:  16123456 kB"
        facts.memoryBytes = line.section(u' ', -2, -2).toULongLong() * 1024;
    }
    std::error_code error;
    for (fs::directory_iterator it("/proc/driver/nvidia/gpus", error), end; !error && it != end; it.increment(error)) {
        if (const Result<std::string> text = readFile(it->path().string() + "/information", 1 << 20)) {
            for (const QString& line : qs(text.value()).split(u'\n')) {
                if (line.startsWith(u"Model:")) {
                    facts.gpu = line.section(u':', 1).trimmed();
                }
            }
        }
    }
    return facts;
}

} // namespace fettle::ui
