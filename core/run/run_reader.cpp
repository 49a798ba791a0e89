// Reading runs: the whole history, what is new, the checkpoints, and the line of a list.
#include "run/run_folder.h"

#include "run/event_line.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
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

bool claimsToLive(jobs::RunState state) {
    return state != jobs::RunState::None && !jobs::isFinal(state);
}

// Tokens a second over the last steps: one step alone jumps with the length of its rows.
std::optional<double> recentSpeed(const std::vector<RunEvent>& events) {
    constexpr int kSteps = 20;
    double tokens = 0;
    double milliseconds = 0;
    double stated = 0;
    int steps = 0;
    for (auto event = events.rbegin(); event != events.rend() && steps < kSteps; ++event) {
        if (const auto* step = std::get_if<StepMetrics>(&event->body)) {
            if (steps == 0) {
                stated = step->tokensPerSecond;
            }
            tokens += static_cast<double>(step->tokens);
            milliseconds += std::isfinite(step->stepMs) ? step->stepMs : 0;
            ++steps;
        }
    }
    if (steps == 0) {
        return std::nullopt;
    }
    return milliseconds > 0 && tokens > 0 ? tokens * 1000 / milliseconds : stated;
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
    if (claimsToLive(history.state) && !ownedBefore && !hasLiveOwner(folder)) {
        history.state = jobs::RunState::Interrupted;
        history.reason.clear();
        history.message = "The program that ran it ended before the run did. It can go on from its last checkpoint.";
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

Result<RunSummary> summarise(const std::string& folder) {
    FETTLE_TRY_VALUE(const RunHistory history, readRun(folder));
    RunSummary summary;
    summary.folder = std::filesystem::absolute(folder).lexically_normal().string();
    summary.id = std::filesystem::path(summary.folder).filename().string();
    summary.name = summary.id;
    if (const auto info = readRunInfo(folder)) {
        summary.name = jsonString(*info, "name", summary.id).valueOr(summary.id);
        summary.totalSteps = jsonInt(*info, "total_steps", 0).valueOr(0);
        summary.startedMs = jsonInt(*info, "created_ms", 0).valueOr(0);
        for (const Json& tag : info->value("tags", Json::array())) {
            if (tag.is_string()) {
                summary.tags.push_back(tag.get<std::string>());
            }
        }
        summary.note = jsonString(*info, "note", std::string()).valueOr(std::string());
        summary.sweep = jsonString(*info, "sweep", std::string()).valueOr(std::string());
        summary.archived = jsonBool(*info, "archived", false).valueOr(false);
    }
    summary.state = history.state;
    summary.reason = history.reason;
    summary.message = history.message;
    summary.step = history.lastStep;
    bool started = false;
    for (const RunEvent& event : history.events) {
        if (const auto* state = std::get_if<StateChanged>(&event.body)) {
            if (!started && state->state != jobs::RunState::Queued) {
                started = true;
                summary.startedMs = event.timeMs;
            }
        } else if (const auto* step = std::get_if<StepMetrics>(&event.body)) {
            summary.trainLoss = step->loss;
            summary.peakBytes = std::max(summary.peakBytes, step->peakBytes);
        } else if (const auto* eval = std::get_if<EvalMetrics>(&event.body)) {
            if (eval->split == "validation") {
                summary.validationLoss = eval->loss;
                if (std::isfinite(eval->loss)) {
                    summary.bestValidationLoss = std::min(eval->loss, summary.bestValidationLoss.value_or(eval->loss));
                }
            }
        } else if (const auto* saved = std::get_if<CheckpointSaved>(&event.body)) {
            summary.lastCheckpointStep = saved->step;
        }
    }
    if (!history.events.empty()) {
        summary.trainedMs = history.events.back().elapsedMs;
    }
    if (jobs::isFinal(summary.state) && !history.events.empty()) {
        summary.endedMs = history.events.back().timeMs;
    }
    summary.tokensPerSecond = recentSpeed(history.events);
    return summary;
}

} // namespace fettle::run
