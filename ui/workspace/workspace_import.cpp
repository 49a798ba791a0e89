// The workspace's work with files of rows and with projects it does not open: a new project from a file, the recent
// list, facts of the machine.
#include "workspace/workspace.h"

#include "base/files.h"
#include "base/json.h"
#include "bridge/strings.h"
#include "data/importer.h"
#include "project/recipe_yaml.h"

#include <QThread>

#include <algorithm>
#include <filesystem>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

namespace fs = std::filesystem;

std::string faultText(const data::RowFault& fault) {
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
        FETTLE_TRY_VALUE(AtomicFile rows, AtomicFile::create(created->splitPath("train")));
        Result<void> written;
        std::int64_t count = 0;
        data::ImportOptions importOptions;
        importOptions.stop = context.stopToken();
        FETTLE_TRY_VALUE(const data::ImportReport report,
                         data::importRows(file, importOptions, [&](data::Sample&& sample) {
                             written = rows.write(dumpJson(sample.row) + "\n");
                             if (++count % 500 == 0) {
                                 context.progress(-1, std::to_string(count));
                             }
                             return written.ok() && !context.cancelled();
                         }));
        FETTLE_TRY(std::move(written));
        if (context.cancelled()) {
            return makeError(ErrorCode::Cancelled, "cancelled");
        }
        outcome->file = qs(fs::path(file).filename().string());
        outcome->rows = report.rows;
        outcome->goodRows = report.goodRows;
        outcome->format = qs(report.format);
        outcome->faultCount = static_cast<std::int64_t>(report.faults.size());
        for (std::size_t i = 0; i < std::min(report.faults.size(), kShownFaults); ++i) {
            outcome->faults.push_back(faultText(report.faults[i]));
        }
        if (report.goodRows == 0) {
            Error error = makeError(ErrorCode::InvalidInput, "no row of this file can be used",
                                    "look at the faults: each names line, key and reason")
                              .at(file);
            for (const std::string& fault : outcome->faults) {
                error.detail += fault + "\n";
            }
            return error;
        }
        FETTLE_TRY(rows.commit());
        FETTLE_TRY(created->takeSplitFiles());
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
        true);
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
