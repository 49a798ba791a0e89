// Project folders and their index of runs. What lies on disk is true; the index is brought in line whenever it is
// asked.
#include "project/project.h"

#include "base/clock.h"
#include "base/files.h"
#include "base/mutex.h"
#include "base/numbers.h"
#include "project/database.h"
#include "project/recipe_yaml.h"
#include "project/row_store.h"
#include "project/schema.h"
#include "run/run_folder.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>

namespace fettle::project {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDatabase = "/project.db";
constexpr const char* kRuns = "/runs";
constexpr const char* kRunPrefix = "run-";
constexpr const char* kLastRun = "last_run_number";

std::string cleanPath(const std::string& folder) {
    const fs::path path = fs::absolute(folder).lexically_normal();
    return path.has_filename() ? path.string() : path.parent_path().string();
}

// 7 of "run-0007"; 0 of any other name.
std::int64_t runNumber(const std::string& id) {
    const std::string prefix = kRunPrefix;
    if (id.compare(0, prefix.size(), prefix) != 0) {
        return 0;
    }
    const std::string digits = id.substr(prefix.size());
    const bool plain =
        !digits.empty() && std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
    const auto number = plain ? parseInt(digits) : Result<std::int64_t>(0);
    return number.valueOr(0);
}

std::string runId(std::int64_t number) {
    std::string digits = std::to_string(number);
    if (digits.size() < 4) {
        digits.insert(0, 4 - digits.size(), '0');
    }
    return kRunPrefix + digits;
}

bool isRunName(const std::string& id) {
    return !id.empty() && id.front() != '.' && id.find('/') == std::string::npos;
}

} // namespace

struct Project::Impl {
    std::string folder;
    mutable Mutex mutex;
    std::unique_ptr<Database> database FETTLE_GUARDED_BY(mutex);
    std::unique_ptr<RowStore> rows; // set once, before anyone else sees the project

    /// Why the folder cannot be written; "" = it can.
    [[nodiscard]] std::string readOnlyReason() const {
        const bool writable = ::access(folder.c_str(), W_OK) == 0 && ::access((folder + kDatabase).c_str(), W_OK) == 0;
        return writable ? "" : "the project's folder is read-only";
    }
    Result<void> openRowStore() {
        FETTLE_TRY_VALUE(rows, RowStore::open(folder, folder + kDatabase, readOnlyReason()));
        return {};
    }

    Result<std::string> fact(const char* key) const FETTLE_REQUIRES(mutex) {
        FETTLE_TRY_VALUE(Statement find, database->prepare("SELECT value FROM facts WHERE key = ?"));
        FETTLE_TRY_VALUE(const bool row, find.bind(1, key).step());
        return row ? find.text(0) : std::string();
    }
    Result<void> setFact(const char* key, const std::string& value) FETTLE_REQUIRES(mutex) {
        FETTLE_TRY_VALUE(
            Statement set,
            database->prepare(
                "INSERT INTO facts (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"));
        return set.bind(1, key).bind(2, value).run();
    }
    Result<std::int64_t> lastRunNumber() const FETTLE_REQUIRES(mutex) {
        FETTLE_TRY_VALUE(const std::string text, fact(kLastRun));
        return parseInt(text).valueOr(0);
    }

    // Runs as the folder has them.
    [[nodiscard]] std::map<std::string, RunEntry> onDisk() const {
        std::map<std::string, RunEntry> found;
        std::error_code status;
        for (const auto& entry : fs::directory_iterator(folder + kRuns, status)) {
            const std::string id = entry.path().filename().string();
            if (!isRunName(id) || !fileExists(entry.path().string() + "/recipe.json")) {
                continue;
            }
            RunEntry run{id, id, entry.path().string(), 0};
            if (const auto info = run::readRunInfo(run.folder)) {
                run.name = jsonString(*info, "name", id).valueOr(id);
                run.createdMs = jsonInt(*info, "created_ms", 0).valueOr(0);
            }
            found.emplace(id, std::move(run));
        }
        return found;
    }

    // The index says what the folder says; nothing is written where they agree.
    Result<std::map<std::string, RunEntry>> refresh() FETTLE_REQUIRES(mutex) {
        auto disk = onDisk();
        std::map<std::string, RunEntry> indexed;
        {
            FETTLE_TRY_VALUE(Statement all, database->prepare("SELECT id, name, created_ms FROM runs"));
            for (;;) {
                FETTLE_TRY_VALUE(const bool row, all.step());
                if (!row) {
                    break;
                }
                indexed.emplace(all.text(0), RunEntry{all.text(0), all.text(1), {}, all.integer(2)});
            }
        }
        FETTLE_TRY_VALUE(std::int64_t last, lastRunNumber());
        std::int64_t highest = last;
        const bool same = disk.size() == indexed.size() && std::all_of(disk.begin(), disk.end(), [&](const auto& item) {
                              const auto found = indexed.find(item.first);
                              return found != indexed.end() && found->second.name == item.second.name &&
                                     found->second.createdMs == item.second.createdMs;
                          });
        for (const auto& [id, run] : disk) {
            highest = std::max(highest, runNumber(id));
        }
        if (same && highest == last) {
            return disk;
        }
        FETTLE_TRY_VALUE(Transaction transaction, Transaction::begin(*database));
        FETTLE_TRY(database->execute("DELETE FROM runs"));
        FETTLE_TRY_VALUE(Statement insert,
                         database->prepare("INSERT INTO runs (id, name, created_ms) VALUES (?, ?, ?)"));
        for (const auto& [id, run] : disk) {
            FETTLE_TRY(insert.bind(1, id).bind(2, run.name).bind(3, run.createdMs).run());
        }
        FETTLE_TRY(setFact(kLastRun, std::to_string(highest)));
        FETTLE_TRY(transaction.commit());
        return disk;
    }
};

Project::Project(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl)) {}
Project::~Project() = default;

Result<std::unique_ptr<Project>> Project::create(const std::string& folder, const std::string& name) {
    auto impl = std::make_unique<Impl>();
    impl->folder = cleanPath(folder);
    const bool existed = folderExists(impl->folder);
    if (fileExists(impl->folder) && !(existed && fs::is_empty(impl->folder))) {
        return makeError(ErrorCode::Busy, "is not empty",
                         "Choose a new or an empty folder, or open the project that is there.")
            .at(impl->folder);
    }
    const auto build = [&]() -> Result<void> {
        FETTLE_TRY(makeFolders(impl->folder + kRuns));
        FETTLE_TRY(writeFileAtomic(impl->folder + "/recipe.yaml", writeRecipeYaml({})));
        const MutexLock lock(impl->mutex);
        FETTLE_TRY_VALUE(impl->database, Database::open(impl->folder + kDatabase, Database::Mode::Create));
        FETTLE_TRY(migrate(*impl->database, Database::Mode::Create));
        FETTLE_TRY(impl->setFact("created_ms", std::to_string(systemClock().unixMs())));
        FETTLE_TRY(impl->setFact("name", name));
        return impl->openRowStore();
    };
    if (auto built = build(); !built) {
        {
            const MutexLock lock(impl->mutex);
            impl->rows.reset();
            impl->database.reset();
        }
        (void)removeAll(impl->folder);
        if (existed) {
            (void)makeFolders(impl->folder);
        }
        return std::move(built).error();
    }
    return std::unique_ptr<Project>(new Project(std::move(impl)));
}

Result<std::unique_ptr<Project>> Project::open(const std::string& folder) {
    auto impl = std::make_unique<Impl>();
    impl->folder = cleanPath(folder);
    const std::string path = impl->folder + kDatabase;
    if (!fileExists(path)) {
        return makeError(ErrorCode::NotFound, "holds no project (no project.db)",
                         "Choose a project folder, or create a project.")
            .at(impl->folder);
    }
    const std::string readOnly = impl->readOnlyReason();
    const Database::Mode mode = readOnly.empty() ? Database::Mode::Existing : Database::Mode::ReadOnly;
    {
        const MutexLock lock(impl->mutex);
        FETTLE_TRY_VALUE(impl->database, Database::open(path, mode));
        FETTLE_TRY(migrate(*impl->database, mode));
        if (readOnly.empty()) {
            FETTLE_TRY(impl->refresh());
        }
    }
    FETTLE_TRY(impl->openRowStore());
    std::unique_ptr<Project> project(new Project(std::move(impl)));
    if (readOnly.empty()) {
        FETTLE_TRY(project->takeSplitFiles());
    }
    return project;
}

Result<bool> Project::takeSplitFiles() {
    bool changed = false;
    for (const Split split : {Split::Train, Split::Validation, Split::Test}) {
        const std::string path = splitPath(splitName(split));
        if (!fileExists(path)) {
            continue;
        }
        FETTLE_TRY_VALUE(const bool known, m_impl->rows->splitFileIsKnown(path));
        if (known) {
            continue;
        }
        auto taken = m_impl->rows->takeSplitFile(path, split);
        if (!taken && taken.error().code == ErrorCode::InvalidInput) {
            continue; // no row of it can be read: whoever asks for the split is told why
        }
        if (!taken) {
            return std::move(taken).error();
        }
        changed = changed || !taken->unchanged;
    }
    return changed;
}

Result<PublishedData> Project::publishRows(std::stop_token stop, const std::function<void(double)>& progress) {
    FETTLE_TRY(takeSplitFiles());
    return m_impl->rows->publish(stop, progress);
}

RowStore& Project::rows() const {
    return *m_impl->rows;
}

const std::string& Project::folder() const {
    return m_impl->folder;
}

std::string Project::name() const {
    const MutexLock lock(m_impl->mutex);
    const auto name = m_impl->fact("name");
    return name && !name->empty() ? *name : fs::path(m_impl->folder).filename().string();
}

Result<void> Project::setName(const std::string& name) {
    if (name.empty()) {
        return makeError(ErrorCode::InvalidInput, "a project needs a name");
    }
    const MutexLock lock(m_impl->mutex);
    return m_impl->setFact("name", name);
}

Result<std::vector<RunEntry>> Project::runs() {
    const MutexLock lock(m_impl->mutex);
    FETTLE_TRY_VALUE(auto found, m_impl->refresh());
    std::vector<RunEntry> out;
    for (auto& [id, run] : found) {
        out.push_back(std::move(run));
    }
    std::sort(out.begin(), out.end(), [](const RunEntry& a, const RunEntry& b) {
        return a.createdMs != b.createdMs ? a.createdMs > b.createdMs : a.id > b.id;
    });
    return out;
}

Result<NewRun> Project::newRunFolder() {
    const MutexLock lock(m_impl->mutex);
    FETTLE_TRY(m_impl->refresh());
    FETTLE_TRY_VALUE(std::int64_t number, m_impl->lastRunNumber());
    do {
        ++number;
    } while (fileExists(m_impl->folder + kRuns + '/' + runId(number))); // also what is no run
    return NewRun{m_impl->folder + kRuns + '/' + runId(number), "Run " + std::to_string(number)};
}

Result<void> Project::setRunName(const std::string& id, const std::string& name) {
    const std::string folder = m_impl->folder + kRuns + '/' + id;
    if (!isRunName(id) || !folderExists(folder)) {
        return makeError(ErrorCode::NotFound, "there is no run '" + id + "' in this project").at(m_impl->folder);
    }
    if (name.empty()) {
        return makeError(ErrorCode::InvalidInput, "a run needs a name").at(folder);
    }
    FETTLE_TRY(run::updateRunInfo(folder, Json{{"name", name}}));
    const MutexLock lock(m_impl->mutex);
    FETTLE_TRY(m_impl->refresh());
    return {};
}

Result<void> Project::removeRun(const std::string& id) {
    const std::string folder = m_impl->folder + kRuns + '/' + id;
    if (!isRunName(id) || !folderExists(folder)) {
        return makeError(ErrorCode::NotFound, "there is no run '" + id + "' in this project").at(m_impl->folder);
    }
    if (run::hasLiveOwner(folder)) {
        return makeError(ErrorCode::Busy, "this run is still active", "Stop it first.").at(folder);
    }
    // Out of sight in one step, then bit by bit.
    const std::string away = m_impl->folder + kRuns + "/.removed-" + id;
    FETTLE_TRY(removeAll(away));
    FETTLE_TRY(publishFolder(folder, away));
    FETTLE_TRY(removeAll(away));
    const MutexLock lock(m_impl->mutex);
    FETTLE_TRY(m_impl->refresh());
    return {};
}

std::string Project::recipePath() const {
    return m_impl->folder + "/recipe.yaml";
}

Result<recipe::Recipe> Project::loadRecipe() const {
    FETTLE_TRY_VALUE(const std::string text, readFile(recipePath()));
    return loadRecipeYaml(text, recipePath());
}

Result<void> Project::saveRecipe(const recipe::Recipe& recipe) {
    const auto text = readFile(recipePath());
    if (!text && text.error().code != ErrorCode::NotFound) {
        return text.error();
    }
    const std::string merged = text ? mergeRecipeYaml(*text, recipe) : writeRecipeYaml(recipe);
    if (text && merged == *text) {
        return {};
    }
    return writeFileAtomic(recipePath(), merged);
}

std::string Project::splitPath(const std::string& split) const {
    return m_impl->folder + '/' + split + ".jsonl";
}

} // namespace fettle::project
