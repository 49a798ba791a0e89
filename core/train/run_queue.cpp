// The file, its lock, and what happens to marks whose process has gone.
#include "train/run_queue.h"

#include "base/files.h"
#include "base/log.h"
#include "recipe/fields.h"
#include "train/sweep_budget.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace fettle::train {
namespace {

namespace fs = std::filesystem;
using jobs::RunState;

constexpr const char* kFile = "/queue.json";
constexpr const char* kLock = "/queue.lock";
constexpr const char* kRuns = "/runs";
constexpr const char* kBudgetUsed = "sweep_budget";

std::string cleanPath(const std::string& folder) {
    const fs::path path = fs::absolute(folder).lexically_normal();
    return path.has_filename() ? path.string() : path.parent_path().string();
}

std::optional<QueueState> stateFromName(const std::string& name) {
    for (const QueueState state : {QueueState::Waiting, QueueState::Held, QueueState::Started}) {
        if (name == queueStateName(state)) {
            return state;
        }
    }
    return std::nullopt;
}

bool pending(const QueueEntry& entry) {
    return entry.state == QueueState::Waiting || entry.state == QueueState::Held;
}

// Whether something happened to the run since it was added. Queued alone is nothing: it says so before it begins.
bool hasBegun(const QueueEntry& entry) {
    const auto history = run::readRun(entry.folder);
    return history && std::any_of(history->events.begin(), history->events.end(), [&entry](const run::RunEvent& event) {
               const auto* state = std::get_if<run::StateChanged>(&event.body);
               return event.seq > entry.fromSeq && state != nullptr && state->state != RunState::Queued;
           });
}

std::uint64_t logBytes(const std::string& folder) {
    const std::string path = folder + "/events.jsonl";
    return fileExists(path) ? fileSize(path).valueOr(0) : 0;
}

std::string laneOfRun(const std::string& folder) {
    const auto json = readJsonFile(folder + "/recipe.json");
    if (!json) {
        return {};
    }
    const auto recipe = recipe::fromJson(*json);
    return recipe ? laneOf(*recipe) : std::string();
}

// Lanes on which a run of the project lives, whoever started it.
std::set<std::string> busyLanes(const std::string& project) {
    std::set<std::string> busy;
    std::error_code status;
    for (const auto& entry : fs::directory_iterator(project + kRuns, status)) {
        const std::string folder = entry.path().string();
        if (run::hasLiveOwner(folder)) {
            busy.insert(laneOfRun(folder));
        }
    }
    return busy;
}

} // namespace

const char* queueStateName(QueueState state) {
    switch (state) {
    case QueueState::Waiting:
        return "waiting";
    case QueueState::Held:
        return "held";
    case QueueState::Started:
        return "started";
    case QueueState::None:
        break;
    }
    return "none";
}

std::string laneOf(const recipe::Recipe& recipe, const std::string& autoDevice) {
    return recipe.training.device == "auto" ? autoDevice : recipe.training.device;
}

// The queue as read under its lock, written back by save().
struct RunQueue::Locked {
    std::string project;
    int fd = -1;
    std::vector<QueueEntry> entries;

    explicit Locked(std::string folder)
        : project(std::move(folder)) {}
    ~Locked() {
        if (fd >= 0) {
            ::close(fd);
        }
    }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;

    Result<void> open() {
        const std::string lock = project + kLock;
        fd = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (fd < 0) {
            return errnoError(errno, "opening", lock);
        }
        while (::flock(fd, LOCK_EX) != 0) { // held by others for milliseconds, and let go when they die
            if (errno != EINTR) {
                return errnoError(errno, "locking", lock);
            }
        }
        FETTLE_TRY(read());
        if (bringInLine()) {
            if (const auto saved = save(); !saved) { // what we saw is true all the same
                logWarning(saved.error().text());
            }
        }
        return {};
    }

    Result<void> read() {
        const std::string path = project + kFile;
        if (!fileExists(path)) {
            return {};
        }
        FETTLE_TRY_VALUE(const Json json, readJsonFile(path));
        const auto list = json.is_object() ? json.find("entries") : json.end();
        if (!json.is_object() || list == json.end() || !list->is_array()) {
            return makeError(ErrorCode::Corrupt, "holds no list of entries",
                             "Move the file away: the runs themselves are kept and can be added again.")
                .at(path)
                .forKey("entries");
        }
        for (std::size_t i = 0; i < list->size(); ++i) {
            const Json& item = (*list)[i];
            QueueEntry entry;
            entry.run =
                item.is_object() ? jsonString(item, "run", std::string()).valueOr(std::string()) : std::string();
            const auto state = item.is_object()
                                   ? stateFromName(jsonString(item, "state", std::string()).valueOr(std::string()))
                                   : std::nullopt;
            if (entry.run.empty() || entry.run.find('/') != std::string::npos || !state) {
                return makeError(ErrorCode::Corrupt, "needs a run and a state (waiting, held or started)",
                                 "Correct the entry, or move the file away: the runs themselves are kept.")
                    .at(path)
                    .forKey("entries[" + std::to_string(i) + "]");
            }
            entry.state = *state;
            entry.folder = project + kRuns + '/' + entry.run;
            entry.lane = jsonString(item, "lane", std::string("cpu")).valueOr("cpu");
            entry.place = jsonBool(item, "apart", false).valueOr(false) ? RunPlace::Apart : RunPlace::Here;
            entry.heldBecause = jsonString(item, "held_because", std::string()).valueOr(std::string());
            entry.fromSeq = jsonInt(item, "from_seq", 0).valueOr(0);
            entry.fromBytes = static_cast<std::uint64_t>(jsonInt(item, "from_bytes", 0).valueOr(0));
            entry.addedMs = jsonInt(item, "added_ms", 0).valueOr(0);
            entries.push_back(std::move(entry));
        }
        return {};
    }

    // Marks without a live owner, and runs that were deleted or started past the queue. True = something changed.
    bool bringInLine() {
        bool changed = false;
        std::vector<QueueEntry> kept;
        for (QueueEntry& entry : entries) {
            const bool there = fileExists(entry.folder + "/recipe.json");
            if (there && run::hasLiveOwner(entry.folder)) {
                changed = changed || entry.state != QueueState::Started;
                entry.state = QueueState::Started;
            } else if (!there || ((entry.state == QueueState::Started || logBytes(entry.folder) != entry.fromBytes) &&
                                  hasBegun(entry))) {
                changed = true;
                continue;
            } else if (entry.state == QueueState::Started) {
                changed = true;
                entry.state = QueueState::Waiting;
            }
            kept.push_back(std::move(entry));
        }
        entries = std::move(kept);
        return changed;
    }

    [[nodiscard]] Result<void> save() const {
        Json list = Json::array();
        for (const QueueEntry& entry : entries) {
            Json item = {{"run", entry.run},          {"state", queueStateName(entry.state)},
                         {"lane", entry.lane},        {"apart", entry.place == RunPlace::Apart},
                         {"from_seq", entry.fromSeq}, {"from_bytes", entry.fromBytes},
                         {"added_ms", entry.addedMs}};
            if (!entry.heldBecause.empty()) {
                item["held_because"] = entry.heldBecause;
            }
            list.push_back(std::move(item));
        }
        return writeFileAtomic(project + kFile, dumpJsonPretty(Json{{"version", 1}, {"entries", std::move(list)}}));
    }

    [[nodiscard]] Result<QueueEntry*> find(const std::string& run) {
        const auto found =
            std::find_if(entries.begin(), entries.end(), [&run](const QueueEntry& entry) { return entry.run == run; });
        if (found == entries.end()) {
            return makeError(ErrorCode::NotFound, "run '" + run + "' is not in the queue").at(project + kFile);
        }
        return &*found;
    }

    [[nodiscard]] Result<QueueEntry*> findPending(const std::string& run) {
        FETTLE_TRY_VALUE(QueueEntry * entry, find(run));
        if (!pending(*entry)) {
            return makeError(ErrorCode::Busy, "run '" + run + "' has started", "Stop it instead.").at(entry->folder);
        }
        return entry;
    }

    // The owner lock first, then the mark. The lock is let go where the mark cannot be written.
    [[nodiscard]] Result<QueueClaim> take(QueueEntry& entry, std::optional<double> maxMinutes) {
        QueueClaim claim;
        claim.folder = entry.folder;
        claim.maxMinutes = maxMinutes;
        FETTLE_TRY_VALUE(claim.owner, run::RunWriter::open(entry.folder));
        const QueueState before = entry.state;
        entry.state = QueueState::Started;
        if (auto saved = save(); !saved) {
            entry.state = before;
            return saved.error();
        }
        return claim;
    }

    // The first that may start for this place. Those whose sweep may not go on are held.
    [[nodiscard]] Result<QueueEntry*> first(RunPlace place, std::optional<double>& minutes) {
        const std::set<std::string> busy = busyLanes(project);
        bool changed = false;
        QueueEntry* found = nullptr;
        for (auto entry = entries.begin(); entry != entries.end() && found == nullptr;) {
            if (entry->state != QueueState::Waiting || entry->place != place || busy.contains(entry->lane)) {
                ++entry;
                continue;
            }
            if (hasBegun(*entry)) { // started past the queue, and over
                entry = entries.erase(entry);
                changed = true;
                continue;
            }
            const auto left = sweepMinutesLeft(entry->folder);
            if (left && *left && **left <= 0) {
                entry->state = QueueState::Held;
                entry->heldBecause = kBudgetUsed;
                changed = true;
                ++entry;
                continue;
            }
            minutes = left ? *left : std::nullopt;
            found = &*entry;
        }
        if (changed) {
            FETTLE_TRY(save());
        }
        return found;
    }
};

RunQueue::RunQueue(std::string projectFolder)
    : m_project(cleanPath(projectFolder)) {}

std::optional<RunQueue> RunQueue::around(const std::string& runFolder) {
    const fs::path runs = fs::path(cleanPath(runFolder)).parent_path();
    const std::string around = runs.parent_path().string();
    if (runs.filename() != "runs" || (!fileExists(around + "/project.db") && !fileExists(around + kFile))) {
        return std::nullopt;
    }
    return RunQueue(runs.parent_path().string());
}

Result<std::vector<QueueEntry>> RunQueue::entries() const {
    if (!fileExists(m_project + kFile)) {
        return std::vector<QueueEntry>(); // nothing is written for a look
    }
    Locked queue(m_project);
    FETTLE_TRY(queue.open());
    return std::move(queue.entries);
}

Result<void> RunQueue::add(const std::string& runFolder, const Adding& adding) const {
    const std::string folder = cleanPath(runFolder);
    const fs::path path(folder);
    if (path.parent_path().string() != m_project + kRuns) {
        return makeError(ErrorCode::InvalidInput, "is no run of the project " + m_project).at(folder);
    }
    FETTLE_TRY_VALUE(const Json json, readJsonFile(folder + "/recipe.json"));
    auto recipe = recipe::fromJson(json);
    if (!recipe) {
        recipe.error().file = folder + "/recipe.json";
        return std::move(recipe).error();
    }
    Locked queue(m_project);
    FETTLE_TRY(queue.open());
    QueueEntry entry;
    entry.run = path.filename().string();
    if (const auto present = queue.find(entry.run)) {
        if (!pending(**present)) {
            return makeError(ErrorCode::Busy, "this run is active already").at(folder);
        }
        (*present)->place = adding.place;
        return queue.save();
    }
    if (run::hasLiveOwner(folder)) {
        return makeError(ErrorCode::Busy, "this run is active already").at(folder);
    }
    FETTLE_TRY_VALUE(const run::RunHistory history, run::readRun(folder));
    if (history.state == RunState::Succeeded) {
        return makeError(ErrorCode::InvalidInput, "this run has succeeded: there is nothing to go on with",
                         "Start a new run, from its adapter if you like (adapter.init_from).")
            .at(folder);
    }
    entry.folder = folder;
    entry.lane = laneOf(*recipe);
    entry.state = adding.state;
    entry.place = adding.place;
    entry.fromSeq = history.events.empty() ? 0 : history.events.back().seq;
    entry.fromBytes = logBytes(folder);
    entry.addedMs = systemClock().unixMs();
    const auto at =
        adding.front ? std::find_if(queue.entries.begin(), queue.entries.end(), pending) : queue.entries.end();
    queue.entries.insert(at, std::move(entry));
    return queue.save();
}

Result<void> RunQueue::move(const std::string& run, std::size_t position) const {
    Locked queue(m_project);
    FETTLE_TRY(queue.open());
    FETTLE_TRY_VALUE(QueueEntry * found, queue.findPending(run));
    QueueEntry entry = std::move(*found);
    queue.entries.erase(queue.entries.begin() + (found - queue.entries.data()));
    auto at = queue.entries.begin();
    for (std::size_t waiting = 0; at != queue.entries.end(); ++at) {
        if (pending(*at) && waiting++ == position) {
            break;
        }
    }
    queue.entries.insert(at, std::move(entry));
    return queue.save();
}

Result<void> RunQueue::hold(const std::string& run) const {
    Locked queue(m_project);
    FETTLE_TRY(queue.open());
    FETTLE_TRY_VALUE(QueueEntry * entry, queue.findPending(run));
    entry->state = QueueState::Held;
    entry->heldBecause.clear();
    return queue.save();
}

Result<void> RunQueue::release(const std::string& run) const {
    Locked queue(m_project);
    FETTLE_TRY(queue.open());
    FETTLE_TRY_VALUE(QueueEntry * entry, queue.findPending(run));
    entry->state = QueueState::Waiting;
    entry->heldBecause.clear();
    return queue.save();
}

Result<void> RunQueue::setPlace(const std::string& run, RunPlace place) const {
    Locked queue(m_project);
    FETTLE_TRY(queue.open());
    FETTLE_TRY_VALUE(QueueEntry * entry, queue.findPending(run));
    entry->place = place;
    return queue.save();
}

Result<void> RunQueue::remove(const std::string& run) const {
    Locked queue(m_project);
    FETTLE_TRY(queue.open());
    FETTLE_TRY_VALUE(QueueEntry * entry, queue.findPending(run));
    queue.entries.erase(queue.entries.begin() + (entry - queue.entries.data()));
    return queue.save();
}

Result<std::optional<QueueEntry>> RunQueue::next(RunPlace place) const {
    if (!fileExists(m_project + kFile)) {
        return std::optional<QueueEntry>();
    }
    Locked queue(m_project);
    FETTLE_TRY(queue.open());
    std::optional<double> minutes;
    FETTLE_TRY_VALUE(const QueueEntry* entry, queue.first(place, minutes));
    return entry == nullptr ? std::optional<QueueEntry>() : std::optional<QueueEntry>(*entry);
}

Result<std::optional<QueueClaim>> RunQueue::claimNext(RunPlace place) const {
    if (!fileExists(m_project + kFile)) {
        return std::optional<QueueClaim>();
    }
    Locked queue(m_project);
    FETTLE_TRY(queue.open());
    std::optional<double> minutes;
    FETTLE_TRY_VALUE(QueueEntry * entry, queue.first(place, minutes));
    if (entry == nullptr) {
        return std::optional<QueueClaim>();
    }
    FETTLE_TRY_VALUE(QueueClaim claim, queue.take(*entry, minutes));
    return std::optional<QueueClaim>(std::move(claim));
}

Result<QueueClaim> RunQueue::claim(const std::string& run) const {
    Locked queue(m_project);
    FETTLE_TRY(queue.open());
    FETTLE_TRY_VALUE(QueueEntry * entry, queue.find(run));
    if (!pending(*entry)) {
        return makeError(ErrorCode::Busy, "this run is active already").at(entry->folder);
    }
    FETTLE_TRY_VALUE(const std::optional<double> minutes, sweepMinutesLeft(entry->folder));
    if (minutes && *minutes <= 0) {
        return makeError(ErrorCode::InvalidInput, "the time its sweep may use is used up",
                         "Raise max_minutes of the sweep.")
            .at(entry->folder)
            .forKey("max_minutes");
    }
    return queue.take(*entry, minutes);
}

} // namespace fettle::train
