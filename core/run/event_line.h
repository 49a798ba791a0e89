// One line of events.jsonl as a value, fast: step lines in our own flat form are read without building a JSON tree,
// everything else by the strict parser.
#pragma once

#include "run/events.h"

#include <string_view>

namespace fettle::run {

/// A step line without its text: what scanning a million of them needs.
struct StepLine {
    std::int64_t seq = 0, timeMs = 0, elapsedMs = 0;
    StepMetrics metrics;
};
/// True when `line` is a step line in our own flat form; other lines (and other writers' step lines) go to
/// parseEventLine. Allocates nothing.
[[nodiscard]] bool parseStepLine(std::string_view line, StepLine& out);

/// nullopt without error: a type this version does not know. Error: not a readable event.
[[nodiscard]] Result<std::optional<RunEvent>> parseEventLine(std::string_view line);
/// eventToJson on one line, with the final newline.
[[nodiscard]] std::string eventLine(const RunEvent& event);

} // namespace fettle::run
