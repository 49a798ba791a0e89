// Reading runs: the whole history, what is new, and the checkpoints.
#include "run/run_folder.h"

#include "run/event_line.h"
#include "run/run_life.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <limits>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fettle::run {
namespace {

constexpr const char* kEvents = "/events.jsonl";

// Bytes of `path` from `offset` to its end now. A file that does not exist yet is empty.
Result<std::string> readFrom(const std::string& path, std::uint64_t offset, std::uint64_t& size) {
    size = 0;
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        if (errno == ENOENT) {
            return std::string();
        }
        return errnoError(errno, "opening", path);
    }
    struct stat info {};
    std::string out;
    int failed = ::fstat(fd, &info) == 0 ? 0 : errno;
    if (failed == 0) {
        size = static_cast<std::uint64_t>(info.st_size);
        out.resize(size > offset ? static_cast<std::size_t>(size - offset) : 0);
        std::size_t got = 0;
        while (got < out.size()) {
            const ssize_t part = ::pread(fd, out.data() + got, out.size() - got, static_cast<off_t>(offset + got));
            if (part < 0 && errno == EINTR) {
                continue;
            }
            if (part < 0) {
                failed = errno;
                break;
            }
            if (part == 0) {
                break; // cut meanwhile
            }
            got += static_cast<std::size_t>(part);
        }
        out.resize(got);
    }
    ::close(fd);
    if (failed != 0) {
        return errnoError(failed, "reading", path);
    }
    return out;
}

// Appends the events of all whole lines of `text`; returns the bytes used.
std::size_t parseLines(std::string_view text, std::vector<RunEvent>& events, std::int64_t& damaged) {
    std::size_t begin = 0;
    for (;;) {
        const auto end = text.find('\n', begin);
        if (end == std::string_view::npos) {
            return begin;
        }
        const std::string_view line = text.substr(begin, end - begin);
        begin = end + 1;
        if (line.empty()) {
            continue;
        }
        auto event = parseEventLine(line);
        if (!event) {
            ++damaged;
        } else if (event->has_value()) {
            events.push_back(std::move(**event));
        }
    }
}

// From the end backwards: a resume at step n takes away what came before it and lies beyond n.
void dropOverwritten(std::vector<RunEvent>& events) {
    std::int64_t limit = std::numeric_limits<std::int64_t>::max();
    std::vector<bool> keep(events.size(), true);
    bool anyDropped = false;
    for (std::size_t i = events.size(); i-- > 0;) {
        if (const auto* state = std::get_if<StateChanged>(&events[i].body); state != nullptr && state->fromStep) {
            limit = std::min(limit, *state->fromStep);
        }
        const auto step = stepOf(events[i].body);
        if (step && *step > limit) {
            keep[i] = false;
            anyDropped = true;
        }
    }
    if (!anyDropped) {
        return;
    }
    std::size_t out = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (keep[i]) {
            if (out != i) {
                events[out] = std::move(events[i]);
            }
            ++out;
        }
    }
    events.resize(out);
}

} // namespace

Result<RunHistory> readEventFile(const std::string& path) {
    RunHistory history;
    std::uint64_t size = 0;
    FETTLE_TRY_VALUE(const std::string text, readFrom(path, 0, size));
    parseLines(text, history.events, history.damagedLines);
    dropOverwritten(history.events);
    for (const RunEvent& event : history.events) {
        if (const auto* state = std::get_if<StateChanged>(&event.body)) {
            history.state = state->state;
            history.reason = state->reason;
            history.message = state->message;
        } else if (const auto* step = std::get_if<StepMetrics>(&event.body)) {
            history.lastStep = step->step;
        }
    }
    return history;
}

Result<RunHistory> readRun(const std::string& folder) {
    if (!folderExists(folder)) {
        return makeError(ErrorCode::NotFound, "there is no such run folder").at(folder);
    }
    const bool ownedBefore = hasLiveOwner(folder); // asked first: an owner that ends while we read is no death
    FETTLE_TRY_VALUE(RunHistory history, readEventFile(folder + kEvents));
    if (orphaned(folder, history.state, ownedBefore)) {
        history.state = jobs::RunState::Interrupted;
        history.reason.clear();
        history.message = interruptedMessage();
    }
    return history;
}

RunFollower::RunFollower(std::string folder)
    : m_folder(std::move(folder)) {}

Result<std::vector<RunEvent>> RunFollower::poll() {
    std::uint64_t size = 0;
    FETTLE_TRY_VALUE(const std::string text, readFrom(m_folder + kEvents, m_offset, size));
    if (size < m_offset) {
        return makeError(ErrorCode::Corrupt, "became shorter than what was read of it already", "Open the run again.")
            .at(m_folder + kEvents);
    }
    std::vector<RunEvent> events;
    m_offset += parseLines(text, events, m_damaged);
    return events;
}

std::vector<CheckpointInfo> listCheckpoints(const std::string& folder) {
    std::vector<CheckpointInfo> found;
    std::error_code status;
    for (const auto& entry : std::filesystem::directory_iterator(folder + "/checkpoints", status)) {
        const auto step = checkpointStep(entry.path().filename().string());
        if (!step) {
            continue;
        }
        if (const auto state = readJsonFile(entry.path().string() + "/state.json")) {
            found.push_back(CheckpointInfo{*step, std::filesystem::absolute(entry.path()).lexically_normal().string(),
                                           jsonBool(*state, "best", false).valueOr(false)});
        }
    }
    std::sort(found.begin(), found.end(),
              [](const CheckpointInfo& a, const CheckpointInfo& b) { return a.step < b.step; });
    // Each was the best when it was written: the newest of them is the best.
    bool seen = false;
    for (auto info = found.rbegin(); info != found.rend(); ++info) {
        info->best = info->best && !seen;
        seen = seen || info->best;
    }
    return found;
}

} // namespace fettle::run
