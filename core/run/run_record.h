// The record of a run: on what machine, with which versions, on which data, and what was predicted against what came.
// The trainer writes it into run.json; everything else is read from the events.
#pragma once

#include "base/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fettle::run {

struct MachineInfo {
    std::string cpu;                       // model name; "" = unknown
    std::int64_t threads = 0, cores = 0;   // logical and physical processors; 0 = unknown
    std::vector<std::string> instructions; // that matter for training: "avx2", "avx512f", "amx_bf16" …
    std::uint64_t memoryBytes = 0;
    std::string system, kernel; // "Debian GNU/Linux 12 (bookworm)", "6.1.0"
};
/// The machine this program runs on. Reads a few files of /proc; names nobody.
[[nodiscard]] MachineInfo thisMachine();
/// From the texts of /proc/cpuinfo, /proc/meminfo and os-release (for tests; thisMachine uses it).
[[nodiscard]] MachineInfo machineFrom(std::string_view cpuinfo, std::string_view meminfo, std::string_view osRelease);
[[nodiscard]] Json toJson(const MachineInfo& machine);
[[nodiscard]] MachineInfo machineFromJson(const Json& json); // what is missing stays empty

/// What the estimate said before the first step.
struct Prediction {
    std::uint64_t peakBytes = 0;
    double seconds = 0, tokensPerSecond = 0;
    std::int64_t steps = 0;
    bool speedMeasured = false; // by an earlier run on this machine
};
[[nodiscard]] Json toJson(const Prediction& prediction);

struct RunRecord {
    std::string id, name, state;
    std::int64_t startedMs = 0, endedMs = 0;
    std::string version, torch;         // of Fettle, of LibTorch
    std::optional<MachineInfo> machine; // runs of older versions have none
    std::string device, computeDtype, kernels, recompute;
    std::int64_t threads = 0, microTokens = 0;
    std::string recipeHash;            // of recipe.json without the folder of the run: equal = the same settings
    std::string dataHash, packingHash; // of the encoded rows; of rows and their order
    std::int64_t rows = 0, tokensAnEpoch = 0;
    std::optional<Prediction> predicted;
    // What came.
    std::uint64_t peakBytes = 0;
    std::optional<std::uint64_t> devicePeakBytes;
    double seconds = 0; // of the run, without pauses
    std::int64_t steps = 0, totalSteps = 0, tokens = 0, resumes = 0;
    std::optional<double> tokensPerSecond;
    bool bitReproducible = true;              // nothing on the way changed what decides the numbers
    std::vector<std::string> notReproducible; // why it is not: what the log says
};
/// Error: no readable run folder. Keys that run.json lacks stay empty.
[[nodiscard]] Result<RunRecord> readRunRecord(const std::string& folder);
[[nodiscard]] Json toJson(const RunRecord& record);
/// Lines of "name  value" for people, in English.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> recordLines(const RunRecord& record);

/// Hash of the settings in a recipe.json.
[[nodiscard]] std::string recipeHash(const Json& recipe);

/// Words after `fettle` that train the run in `folder` again, number for number, into a new folder beside it: its
/// resolved recipe, with what `auto` stood for on this machine written out. Error: no readable recipe.json.
[[nodiscard]] Result<std::vector<std::string>> reproduceArguments(const std::string& folder);
/// The same as a line for a shell, with the program.
[[nodiscard]] Result<std::string> reproduceCommand(const std::string& folder);

} // namespace fettle::run
