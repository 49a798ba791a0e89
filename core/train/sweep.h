// Sweeps: many runs of one recipe with some fields changed, by grid or at random, under one budget. A sweep is a file
// in the project (sweeps/ID.json) and prepared runs that name it in their run.json; the queue does the rest.
#pragma once

#include "base/json.h"
#include "recipe/recipe.h"
#include "run/run_folder.h"
#include "train/run_queue.h"
#include "train/run_service.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fettle::train {

enum class SweepMethod { None = 0, Grid, Random };
enum class SweepRange { None = 0, Choice, Uniform, LogUniform };

/// One field and where its values come from.
struct SweepField {
    std::string key; // of the recipe: "optimizer.learning_rate"
    SweepRange range = SweepRange::None;
    std::vector<Json> values; // Choice
    double low = 0, high = 0; // Uniform, LogUniform; both ends belong to it
    std::int64_t steps = 0;   // of a grid over a range, ends included
};

struct SweepSpec {
    std::string name;
    SweepMethod method = SweepMethod::None;
    std::int64_t seed = 1;
    std::optional<std::int64_t> maxRuns; // Random needs it
    std::optional<double> maxMinutes;    // all runs together
    std::vector<SweepField> fields;
};

/// Runs a sweep may have at most.
inline constexpr std::int64_t kMostSweepRuns = 1000;

/// {"name","method":"grid|random","seed","max_runs","max_minutes","fields":{KEY:[…] | {"choice":[…]} |
/// {"uniform":[a,b],"steps"?} | {"log_uniform":[a,b],"steps"?}}}. Every fault names its key; unknown keys name the
/// nearest known one.
[[nodiscard]] Result<SweepSpec> sweepFromJson(const Json& json);
[[nodiscard]] Json sweepToJson(const SweepSpec& spec);

struct SweepPoint {
    std::vector<std::pair<std::string, Json>> values; // in the order of the fields
    recipe::Recipe recipe;
};
/// All runs of a sweep in order. The same spec and recipe give the same points on every machine. Random draws no point
/// twice; where all there are have been drawn it gives fewer than max_runs. Errors name the key: a value its field does
/// not take, a recipe that contradicts itself (with the values that do), more points than max_runs, no point at all.
[[nodiscard]] Result<std::vector<SweepPoint>> sweepPoints(const SweepSpec& spec, const recipe::Recipe& base);

struct SweepOptions {
    std::string projectFolder;
    std::string baseFolder;                         // relative data paths of the recipe; "" = projectFolder
    std::function<Result<PrepareOptions>()> newRun; // folder and name of the next run
    RunPlace place = RunPlace::Here;
    QueueState state = QueueState::Waiting; // or Held
};
struct NewSweep {
    std::string id; // "sweep-0001"
    std::vector<std::string> folders;
};
/// Checks everything, then writes the sweep's file, prepares its runs and puts them into the queue, in this order: a
/// crash in between leaves a sweep with fewer runs, never a run that does not know its sweep.
[[nodiscard]] Result<NewSweep> createSweep(const SweepSpec& spec, const recipe::Recipe& base,
                                           const SweepOptions& options);

struct SweepRow {
    run::RunSummary summary;
    std::vector<std::pair<std::string, Json>> values;
};
struct SweepResults {
    std::string id;
    SweepSpec spec;
    recipe::Recipe base;
    std::vector<SweepRow> rows;      // in the order they were made
    std::optional<std::size_t> best; // lowest validation loss (training loss where no run validates)
    std::int64_t createdMs = 0;
};
/// What a run is judged by: its lowest validation loss; without one in the whole sweep its last training loss.
[[nodiscard]] std::optional<double> sweepScore(const run::RunSummary& summary, bool validates);
/// Index of the best row; nullopt while no run has a finite score.
[[nodiscard]] std::optional<std::size_t> bestOf(const std::vector<SweepRow>& rows);
/// Reads the sweep and its runs. Errors: NotFound, Corrupt.
[[nodiscard]] Result<SweepResults> readSweep(const std::string& projectFolder, const std::string& id);
/// Ids, oldest first.
[[nodiscard]] std::vector<std::string> listSweeps(const std::string& projectFolder);
/// Takes the runs that still wait out of the queue. Returns how many; running ones are the caller's to stop.
[[nodiscard]] Result<std::int64_t> dropWaiting(const std::string& projectFolder, const std::string& id);

} // namespace fettle::train
