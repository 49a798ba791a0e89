// Run events: what a run says about itself, one JSON object a line in events.jsonl (the append-only truth), and as
// values for window and CLI.
#pragma once

#include "base/json.h"
#include "jobs/run_control.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace fettle::run {

struct StateChanged {
    jobs::RunState state = jobs::RunState::None;
    std::string reason; // non_finite_loss disk_full out_of_memory device_lost data error user …; "" = none
    std::optional<std::int64_t> fromStep; // on resume: events of later steps no longer count
    std::optional<std::int64_t> step;
    std::vector<std::int64_t> rows; // sample ids where the reason has them
    std::string message;
};
struct StepMetrics {
    std::int64_t step = 0;
    double epoch = 0;
    double loss = 0, lr = 0, gradNorm = 0;
    std::int64_t labelTokens = 0, tokens = 0, computedTokens = 0;
    double tokensPerSecond = 0, stepMs = 0, waitMs = 0;
    std::uint64_t peakBytes = 0;
    std::optional<std::uint64_t> devicePeakBytes;
    double tokenAccuracy = 0;
    std::vector<float> layerNorms; // gradient norm of each layer; only where the recipe asks for it
};
struct EvalMetrics {
    std::int64_t step = 0;
    std::string split = "validation";
    double loss = 0, tokenAccuracy = 0;
    std::vector<std::pair<std::string, double>> more;
};
struct SampleGenerated {
    std::int64_t step = 0;
    std::int64_t promptId = 0;
    std::string prompt, base, text, expected;
};
struct CheckpointSaved {
    std::int64_t step = 0;
    std::string path; // relative to the run folder
    bool best = false;
};
struct RowLosses {
    std::int64_t step = 0;
    std::string path;
};
struct ResourceUsage {
    double cpu = 0; // cores in use
    std::uint64_t memoryBytes = 0, diskFreeBytes = 0;
    std::string device;
};
struct LogLine {
    std::string level, text;
};

/// A value of the recipe that holds from now on; recipe.json keeps what the run was started with.
struct RecipeChanged {
    std::int64_t step = 0; // after which step
    std::string key;
    Json from, to;
};

using EventBody = std::variant<StateChanged, StepMetrics, EvalMetrics, SampleGenerated, CheckpointSaved, RowLosses,
                               ResourceUsage, LogLine, RecipeChanged>;

struct RunEvent {
    std::int64_t seq = 0;       // gap-free from 1
    std::string run;            // run id = folder name
    std::int64_t timeMs = 0;    // Unix
    std::int64_t elapsedMs = 0; // of the run, without pauses
    EventBody body;
};

/// The step an event belongs to, with which it is dropped when a resume goes back before it; nullopt for those that
/// stay (states, resource usage, log lines).
[[nodiscard]] std::optional<std::int64_t> stepOf(const EventBody& body);

[[nodiscard]] Json eventToJson(const RunEvent& event);
/// Unknown types give nullopt with no error (newer writers); wrong types of known keys are errors naming the key.
[[nodiscard]] Result<std::optional<RunEvent>> eventFromJson(const Json& json);

} // namespace fettle::run
