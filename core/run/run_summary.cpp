// The line of a list of runs, in one pass over the events and without keeping them. A run that was summarised before is
// read on from where it ended then: a list that looks again every two seconds costs nothing for runs that stand still.
#include "run/run_folder.h"
#include "run/run_life.h"
#include "run/run_scan.h"

#include <array>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fettle::run {
namespace {

constexpr std::size_t kSpeedSteps = 20;
constexpr std::size_t kRemembered = 1000; // runs

/// What the events add up to so far.
struct Fold {
    StateChanged state;
    bool anyState = false;
    std::int64_t step = 0, startedMs = 0, lastMs = 0, elapsedMs = 0, lastCheckpointStep = 0;
    bool started = false, any = false;
    std::optional<double> trainLoss, validationLoss, bestValidationLoss;
    std::uint64_t peakBytes = 0;
    double statedSpeed = 0;
    std::array<double, kSpeedSteps> tokens{}, milliseconds{}; // of the last steps, a ring
    std::int64_t steps = 0;
    std::int64_t highest = 0; // of anything that names a step
    std::uint64_t end = 0;    // bytes read
    std::string tail;         // the last of them: proves that it is the same file

    void take(const StepMetrics& metrics, std::int64_t timeMs, std::int64_t elapsed) {
        step = metrics.step;
        trainLoss = metrics.loss;
        peakBytes = std::max(peakBytes, metrics.peakBytes);
        statedSpeed = metrics.tokensPerSecond;
        const auto slot = static_cast<std::size_t>(steps) % kSpeedSteps;
        tokens[slot] = static_cast<double>(metrics.tokens);
        milliseconds[slot] = std::isfinite(metrics.stepMs) ? metrics.stepMs : 0;
        ++steps;
        highest = std::max(highest, metrics.step);
        lastMs = timeMs;
        elapsedMs = elapsed;
        any = true;
    }
    void take(const RunEvent& event) {
        any = true;
        lastMs = event.timeMs;
        elapsedMs = event.elapsedMs;
        if (const auto* changed = std::get_if<StateChanged>(&event.body)) {
            state = *changed;
            anyState = true;
            if (!started && changed->state != jobs::RunState::Queued) {
                started = true;
                startedMs = event.timeMs;
            }
        } else if (const auto* metrics = std::get_if<StepMetrics>(&event.body)) {
            take(*metrics, event.timeMs, event.elapsedMs);
        } else if (const auto* eval = std::get_if<EvalMetrics>(&event.body)) {
            if (eval->split == "validation") {
                validationLoss = eval->loss;
                if (std::isfinite(eval->loss)) {
                    bestValidationLoss = std::min(eval->loss, bestValidationLoss.value_or(eval->loss));
                }
            }
            highest = std::max(highest, eval->step);
        } else if (const auto* saved = std::get_if<CheckpointSaved>(&event.body)) {
            lastCheckpointStep = saved->step;
            highest = std::max(highest, saved->step);
        }
    }
    /// Tokens a second over the last steps: one step alone jumps with the length of its rows.
    [[nodiscard]] std::optional<double> speed() const {
        if (steps == 0) {
            return std::nullopt;
        }
        double sum = 0;
        double time = 0;
        for (std::size_t i = 0; i < kSpeedSteps; ++i) {
            sum += tokens[i];
            time += milliseconds[i];
        }
        return time > 0 && sum > 0 ? sum * 1000 / time : statedSpeed;
    }
};

/// A resume: events of lower number count up to this step only.
struct Resume {
    std::int64_t seq = 0, fromStep = 0;
};

/// Events from fold.end on. False: a resume took steps away that are in the fold already.
Result<bool> extend(const std::string& folder, Fold& fold) {
    bool good = true;
    const auto outcome = scanEvents(
        folder, {.from = fold.end, .threads = 0, .pieceBytes = std::size_t{4} << 20}, [&](const EventChunk& chunk) {
            chunk.visit([&fold](const StepLine& line) { fold.take(line.metrics, line.timeMs, line.elapsedMs); },
                        [&](const RunEvent& event) {
                            const auto* state = std::get_if<StateChanged>(&event.body);
                            if (state != nullptr && state->fromStep && *state->fromStep < fold.highest) {
                                good = false;
                            }
                            fold.take(event);
                        });
            return good;
        });
    if (!outcome) {
        return outcome.error();
    }
    fold.end = outcome->end;
    return good;
}

/// All events, those that resumes overwrote left out: once over the file for the resumes, once for the rest.
Result<Fold> foldAll(const std::string& folder) {
    std::vector<Resume> resumes;
    const auto first = scanEvents(folder, {}, [&](const EventChunk& chunk) {
        for (const RunEvent& event : chunk.events) {
            if (const auto* state = std::get_if<StateChanged>(&event.body); state != nullptr && state->fromStep) {
                resumes.push_back({event.seq, *state->fromStep});
            }
        }
        return true;
    });
    if (!first) {
        return first.error();
    }
    for (std::size_t i = resumes.size(); i-- > 1;) { // a later resume further back counts for earlier ones too
        resumes[i - 1].fromStep = std::min(resumes[i - 1].fromStep, resumes[i].fromStep);
    }
    Fold fold;
    std::size_t next = 0; // the resume ahead
    const auto kept = [&](std::int64_t step) { return next >= resumes.size() || step <= resumes[next].fromStep; };
    const auto second = scanEvents(folder, {}, [&](const EventChunk& chunk) {
        chunk.visit(
            [&](const StepLine& line) {
                if (kept(line.metrics.step)) {
                    fold.take(line.metrics, line.timeMs, line.elapsedMs);
                }
            },
            [&](const RunEvent& event) {
                if (next < resumes.size() && event.seq == resumes[next].seq) {
                    ++next;
                }
                if (const auto step = stepOf(event.body); !step || kept(*step)) {
                    fold.take(event);
                }
            });
        return true;
    });
    if (!second) {
        return second.error();
    }
    fold.end = second->end;
    return fold;
}

/// The last bytes before `end`.
std::string tailOf(const std::string& path, std::uint64_t end) {
    constexpr std::uint64_t kTail = 96;
    const std::uint64_t from = end > kTail ? end - kTail : 0;
    std::string out(static_cast<std::size_t>(end - from), '\0');
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return {};
    }
    const ssize_t got = ::pread(fd, out.data(), out.size(), static_cast<off_t>(from));
    ::close(fd);
    out.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return out;
}

/// What was summed up before, by event file. Thread: any.
class Memory {
public:
    std::optional<Fold> find(const std::string& path) {
        MutexLock lock(m_mutex);
        const auto found = m_folds.find(path);
        return found == m_folds.end() ? std::nullopt : std::optional<Fold>(found->second);
    }
    void keep(const std::string& path, const Fold& fold) {
        MutexLock lock(m_mutex);
        if (m_folds.size() >= kRemembered && m_folds.find(path) == m_folds.end()) {
            m_folds.clear();
        }
        m_folds[path] = fold;
    }

private:
    Mutex m_mutex;
    std::map<std::string, Fold> m_folds FETTLE_GUARDED_BY(m_mutex);
};

Result<Fold> foldOf(const std::string& folder) {
    static Memory memory;
    const std::string path = folder + "/events.jsonl";
    Fold fold;
    if (std::optional<Fold> known = memory.find(path);
        known && known->end > 0 && tailOf(path, known->end) == known->tail) {
        fold = std::move(*known);
    }
    const auto good = extend(folder, fold);
    if (!good || !*good) {
        FETTLE_TRY_VALUE(fold, foldAll(folder));
    }
    fold.tail = tailOf(path, fold.end);
    memory.keep(path, fold);
    return fold;
}

} // namespace

Result<RunSummary> summarise(const std::string& folder) {
    if (!folderExists(folder)) {
        return makeError(ErrorCode::NotFound, "there is no such run folder").at(folder);
    }
    const bool ownedBefore = hasLiveOwner(folder); // asked first: an owner that ends while we read is no death
    FETTLE_TRY_VALUE(const Fold fold, foldOf(folder));
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
    if (fold.started) {
        summary.startedMs = fold.startedMs;
    }
    summary.state = fold.state.state;
    summary.reason = fold.state.reason;
    summary.message = fold.state.message;
    if (orphaned(folder, summary.state, ownedBefore)) {
        summary.state = jobs::RunState::Interrupted;
        summary.reason.clear();
        summary.message = interruptedMessage();
    }
    summary.step = fold.step;
    summary.trainLoss = fold.trainLoss;
    summary.validationLoss = fold.validationLoss;
    summary.bestValidationLoss = fold.bestValidationLoss;
    summary.trainedMs = fold.elapsedMs;
    summary.peakBytes = fold.peakBytes;
    summary.lastCheckpointStep = fold.lastCheckpointStep;
    if (jobs::isFinal(summary.state) && fold.any) {
        summary.endedMs = fold.lastMs;
    }
    summary.tokensPerSecond = fold.speed();
    return summary;
}

} // namespace fettle::run
