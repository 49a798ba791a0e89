// Scanning events.jsonl of any length in bounded memory: pieces of a few megabytes, parsed on several threads, given
// out in the order of the file. A million step lines take a fraction of a second.
#pragma once

#include "run/event_line.h"

#include <functional>

namespace fettle::run {

/// Some lines of the file, in order. `events[i]` stands before `steps[before[i]]`.
struct EventChunk {
    std::vector<StepLine> steps;
    std::vector<RunEvent> events; // everything that is no plain step line
    std::vector<std::size_t> before;
    std::int64_t damagedLines = 0;
    std::uint64_t end = 0; // bytes of the file up to the end of this chunk

    /// Calls `step(StepLine)` and `event(RunEvent)` in the order of the lines.
    template <class OnStep, class OnEvent>
    void visit(OnStep&& step, OnEvent&& event) const {
        std::size_t next = 0;
        for (std::size_t i = 0; i < events.size(); ++i) {
            for (; next < before[i]; ++next) {
                step(steps[next]);
            }
            event(events[i]);
        }
        for (; next < steps.size(); ++next) {
            step(steps[next]);
        }
    }
};

struct ScanOptions {
    std::uint64_t from = 0; // byte offset of a line's begin
    int threads = 0;        // 0 = as many as there are cores, at most 4
    std::size_t pieceBytes = std::size_t{4} << 20;
};
struct ScanOutcome {
    std::uint64_t end = 0;  // bytes read: the next scan goes on from here
    std::uint64_t size = 0; // of the file when the scan began
    std::int64_t damagedLines = 0;
};

/// Gives the whole lines of <folder>/events.jsonl from `from` on to `take`, on the calling thread; a torn last line is
/// left for later, a file that is not there is empty. `take` returns false to stop. Error: Corrupt when the file is
/// shorter than `from`, Io.
[[nodiscard]] Result<ScanOutcome> scanEvents(const std::string& folder, const ScanOptions& options,
                                             const std::function<bool(const EventChunk&)>& take);

} // namespace fettle::run
