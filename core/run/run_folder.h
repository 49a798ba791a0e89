// A run folder: recipe.json, events.jsonl, checkpoints/, run.json (name, owner). One writer, any number of readers; a
// reader never needs the writer.
#pragma once

#include "base/clock.h"
#include "base/files.h"
#include "base/mutex.h"
#include "run/events.h"

#include <functional>
#include <memory>

namespace fettle::run {

/// Appends events and remembers what they add up to. Disk first: publish() returns after the line is in the file, then
/// tells the listener. A torn last line of an earlier life is cut when opened. Holds the owner lock (flock on
/// owner.lock) while alive: a run whose lock is free has no live owner. Thread: any (serialised inside).
class RunWriter {
public:
    /// Error Busy when another live process owns the run.
    [[nodiscard]] static Result<std::unique_ptr<RunWriter>> open(const std::string& folder,
                                                                 const Clock& clock = systemClock());
    ~RunWriter();
    RunWriter(const RunWriter&) = delete;
    RunWriter& operator=(const RunWriter&) = delete;

    /// Numbers, stamps, appends. Error: DiskFull, Io … (the caller decides how the run fails). Nothing was appended
    /// then, unless only the sync of a final state or a checkpoint failed.
    [[nodiscard]] Result<RunEvent> publish(EventBody body);
    void setListener(std::function<void(const RunEvent&)> listener); // called on the publishing thread, without a lock;
                                                                     // with several publishers order by seq
    [[nodiscard]] const std::string& folder() const;
    [[nodiscard]] const std::string& runId() const;

private:
    struct Impl;
    explicit RunWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// Events of a folder, with steps that a resume overwrote dropped (step events beyond from_step that came before the
/// resume) and a torn last line ignored.
struct RunHistory {
    std::vector<RunEvent> events;
    jobs::RunState state =
        jobs::RunState::None; // last stated; Interrupted where it claims to be alive without an owner
    std::string reason, message;
    std::int64_t lastStep = 0;
    std::int64_t damagedLines = 0; // lines in the middle that could not be read (counted, shown)
};
[[nodiscard]] Result<RunHistory> readRun(const std::string& folder);
/// The same of an events.jsonl by itself, wherever it lies: the state is the one last stated. A file that does not
/// exist is empty.
[[nodiscard]] Result<RunHistory> readEventFile(const std::string& path);

/// Follows a file that grows: each poll() gives the new whole events. Thread: one.
class RunFollower {
public:
    explicit RunFollower(std::string folder);
    /// Nothing new, or no file yet, gives an empty list. A resume that overwrites steps comes as its state event
    /// (from_step): the caller drops what it showed beyond.
    [[nodiscard]] Result<std::vector<RunEvent>> poll();
    [[nodiscard]] std::int64_t damagedLines() const { return m_damaged; }

private:
    std::string m_folder;
    std::uint64_t m_offset = 0;
    std::int64_t m_damaged = 0;
};

/// Whether a live process holds the run.
[[nodiscard]] bool hasLiveOwner(const std::string& folder);

struct CheckpointInfo {
    std::int64_t step = 0;
    std::string path; // absolute
    bool best = false;
};
/// "step_000400" of step 400, and back; nullopt for any other name.
[[nodiscard]] std::string checkpointName(std::int64_t step);
[[nodiscard]] std::optional<std::int64_t> checkpointStep(std::string_view name);
/// Whole checkpoints (found by listing checkpoints/step_NNNNNN with a readable state.json), oldest first.
[[nodiscard]] std::vector<CheckpointInfo> listCheckpoints(const std::string& folder);

/// What a list of runs shows, computed in one pass.
struct RunSummary {
    std::string id, name, folder;
    jobs::RunState state = jobs::RunState::None;
    std::string reason, message;
    std::int64_t step = 0, totalSteps = 0;
    std::optional<double> trainLoss, validationLoss, tokensPerSecond;
    std::uint64_t peakBytes = 0;
    std::int64_t startedMs = 0, endedMs = 0;
    std::int64_t lastCheckpointStep = 0;
    std::optional<double> bestValidationLoss; // lowest finite one
    std::int64_t trainedMs = 0;               // without pauses
    std::vector<std::string> tags;            // what people wrote about it, in run.json
    std::string note, sweep;
    bool archived = false;
};
[[nodiscard]] Result<RunSummary> summarise(const std::string& folder);

/// Creates `folder` with recipe.json (resolved) and run.json {"name","created_ms","total_steps"?,"version"}. Must not
/// exist.
/// `more`: further keys of run.json, there from the first moment on.
[[nodiscard]] Result<void> createRunFolder(const std::string& folder, const std::string& name, const Json& recipe,
                                           const Json& more = Json::object());
/// Merges keys into run.json (atomic; processes that do so at the same time wait for each other). A null removes a key.
[[nodiscard]] Result<void> updateRunInfo(const std::string& folder, const Json& keys);
[[nodiscard]] Result<Json> readRunInfo(const std::string& folder);

} // namespace fettle::run
