// Adds up what the runs of a sweep have used.
#include "train/sweep_budget.h"

#include "base/files.h"
#include "run/run_folder.h"

#include <algorithm>
#include <filesystem>

namespace fettle::train {
namespace {

namespace fs = std::filesystem;

std::string sweepOf(const std::string& runFolder) {
    const auto info = run::readRunInfo(runFolder);
    return info ? jsonString(*info, "sweep", std::string()).valueOr(std::string()) : std::string();
}

} // namespace

std::string sweepFile(const std::string& projectFolder, const std::string& sweep) {
    return projectFolder + "/sweeps/" + sweep + ".json";
}

Result<std::optional<double>> sweepMinutesLeft(const std::string& runFolder) {
    const std::string sweep = sweepOf(runFolder);
    if (sweep.empty()) {
        return std::optional<double>();
    }
    const fs::path runs = fs::path(runFolder).parent_path();
    const std::string file = sweepFile(runs.parent_path().string(), sweep);
    if (!fileExists(file)) {
        return std::optional<double>(); // its runs are runs like any other
    }
    FETTLE_TRY_VALUE(const Json json, readJsonFile(file));
    const auto budget = json.find("max_minutes");
    if (budget == json.end() || !budget->is_number()) {
        return std::optional<double>();
    }
    double usedMs = 0;
    std::error_code status;
    for (const auto& entry : fs::directory_iterator(runs, status)) {
        const std::string folder = entry.path().string();
        if (sweepOf(folder) != sweep) {
            continue;
        }
        if (const auto history = run::readRun(folder); history && !history->events.empty()) {
            usedMs += static_cast<double>(history->events.back().elapsedMs);
        }
    }
    return std::optional<double>(std::max(0.0, budget->get<double>() - usedMs / 60000));
}

} // namespace fettle::train
