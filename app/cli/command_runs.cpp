// fettle runs: what runs there are, what one did, and how two differ.
#include "base/files.h"
#include "base/numbers.h"
#include "cli/commands.h"
#include "recipe/fields.h"
#include "run/data_path.h"
#include "run/run_folder.h"

#include <algorithm>
#include <filesystem>

namespace fettle::app {
namespace {

Json numberOrNull(const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json summaryJson(const run::RunSummary& summary) {
    return {{"id", summary.id},
            {"name", summary.name},
            {"folder", summary.folder},
            {"state", jobs::runStateName(summary.state)},
            {"reason", summary.reason},
            {"message", summary.message},
            {"step", summary.step},
            {"total_steps", summary.totalSteps},
            {"train_loss", numberOrNull(summary.trainLoss)},
            {"validation_loss", numberOrNull(summary.validationLoss)},
            {"tokens_per_s", numberOrNull(summary.tokensPerSecond)},
            {"peak_bytes", summary.peakBytes},
            {"started_ms", summary.startedMs},
            {"ended_ms", summary.endedMs},
            {"last_checkpoint_step", summary.lastCheckpointStep}};
}

std::string lossText(const std::optional<double>& value) {
    return value ? formatFixed(*value, 3) : std::string("-");
}

void printSummary(const run::RunSummary& summary) {
    std::string line = summary.id + "  " + summary.name + "  " + jobs::runStateName(summary.state);
    if (!summary.reason.empty()) {
        line += " (" + summary.reason + ")";
    }
    line += "  step " + std::to_string(summary.step) +
            (summary.totalSteps > 0 ? " of " + std::to_string(summary.totalSteps) : "") + "  loss " +
            lossText(summary.trainLoss) + "  validation " + lossText(summary.validationLoss);
    printLine(line);
}

// A run by folder, or by its id inside the project of the working folder.
std::string runFolderOf(const std::string& name) {
    if (fileExists(name + "/recipe.json")) {
        return name;
    }
    const std::string project = run::findProjectFolder(std::filesystem::current_path().string());
    const std::string inProject = (project.empty() ? std::string(".") : project) + "/runs/" + name;
    return fileExists(inProject + "/recipe.json") ? inProject : name;
}

int list(const Arguments& arguments) {
    const std::string place =
        arguments.text("--project", arguments.positional().empty() ? "." : arguments.positional()[0]);
    std::string folder = place;
    if (folderExists(place + "/runs")) {
        folder = place + "/runs";
    }
    if (!folderExists(folder)) {
        return failed(
            makeError(ErrorCode::NotFound, "no such folder", "Name a project folder or a folder of runs.").at(place));
    }
    std::vector<std::string> paths;
    std::error_code status;
    for (const auto& entry : std::filesystem::directory_iterator(folder, status)) {
        if (fileExists(entry.path().string() + "/recipe.json")) {
            paths.push_back(entry.path().string());
        }
    }
    std::sort(paths.begin(), paths.end());
    Json runs = Json::array();
    bool anyFailed = false;
    for (const std::string& path : paths) {
        const auto summary = run::summarise(path);
        if (!summary) {
            printError(summary.error());
            anyFailed = true;
            continue;
        }
        if (arguments.json()) {
            runs.push_back(summaryJson(*summary));
        } else {
            printSummary(*summary);
        }
    }
    if (arguments.json()) {
        printJson({{"runs", std::move(runs)}});
    } else if (paths.empty()) {
        printNote("No runs in " + folder);
    }
    return anyFailed ? kFailed : kDone;
}

int show(const Arguments& arguments) {
    const std::string folder = runFolderOf(arguments.positional()[0]);
    const auto summary = run::summarise(folder);
    if (!summary) {
        return failed(summary.error());
    }
    const auto history = run::readRun(folder);
    if (!history) {
        return failed(history.error());
    }
    if (history->damagedLines > 0) {
        printNote("warning: " + std::to_string(history->damagedLines) + " damaged lines in events.jsonl were left out");
    }
    if (arguments.json()) {
        Json json = summaryJson(*summary);
        Json series = Json::object();
        Json evaluations = Json::array();
        Json checkpoints = Json::array();
        for (const run::RunEvent& event : history->events) {
            const Json line = run::eventToJson(event);
            if (const auto* step = std::get_if<run::StepMetrics>(&event.body)) {
                for (const char* key : {"loss", "lr", "grad_norm", "token_accuracy", "tokens", "label_tokens",
                                        "tokens_per_s", "step_ms", "peak_bytes", "epoch"}) {
                    if (line.contains(key)) {
                        series[key].push_back({step->step, line[key]});
                    }
                }
            } else if (std::holds_alternative<run::EvalMetrics>(event.body)) {
                evaluations.push_back(line);
            } else if (std::holds_alternative<run::CheckpointSaved>(event.body)) {
                checkpoints.push_back(line);
            }
        }
        json["series"] = std::move(series);
        json["evaluations"] = std::move(evaluations);
        json["checkpoints"] = std::move(checkpoints);
        if (const auto recipe = readJsonFile(folder + "/recipe.json")) {
            json["recipe"] = *recipe;
        }
        json["damaged_lines"] = history->damagedLines;
        printJson(json);
        return kDone;
    }
    printSummary(*summary);
    if (!summary->message.empty()) {
        printLine("  " + summary->message);
    }
    for (const run::RunEvent& event : history->events) {
        if (const auto* evaluation = std::get_if<run::EvalMetrics>(&event.body)) {
            printLine("  step " + std::to_string(evaluation->step) + "  " + evaluation->split + " loss " +
                      formatFixed(evaluation->loss, 4) + "  token accuracy " +
                      formatFixed(evaluation->tokenAccuracy, 4));
        }
    }
    for (const run::CheckpointInfo& checkpoint : run::listCheckpoints(folder)) {
        printLine("  checkpoint " + checkpoint.path + (checkpoint.best ? "  (best)" : ""));
    }
    if (summary->peakBytes > 0) {
        printLine("  peak memory " + formatBytes(summary->peakBytes) +
                  (summary->tokensPerSecond ? ", " + formatFixed(*summary->tokensPerSecond, 0) + " tokens/s" : ""));
    }
    return kDone;
}

int compare(const Arguments& arguments) {
    Json runs = Json::array();
    std::vector<recipe::Recipe> recipes;
    for (const std::string& name : arguments.positional()) {
        const std::string folder = runFolderOf(name);
        const auto summary = run::summarise(folder);
        if (!summary) {
            return failed(summary.error());
        }
        const auto json = readJsonFile(folder + "/recipe.json");
        if (!json) {
            return failed(json.error());
        }
        auto recipe = recipe::fromJson(*json);
        if (!recipe) {
            recipe.error().file = folder + "/recipe.json";
            return failed(recipe.error());
        }
        recipes.push_back(std::move(*recipe));
        runs.push_back(summaryJson(*summary));
        if (!arguments.json()) {
            printSummary(*summary);
        }
    }
    Json differences = Json::array();
    for (const recipe::FieldDifference& difference : recipe::difference(recipes[0], recipes[1])) {
        differences.push_back({{"key", difference.key}, {"left", difference.left}, {"right", difference.right}});
        if (!arguments.json()) {
            printLine("  " + difference.key + ": " + dumpJson(difference.left) + " | " + dumpJson(difference.right));
        }
    }
    if (arguments.json()) {
        printJson({{"runs", std::move(runs)}, {"recipe_differences", std::move(differences)}});
    }
    return kDone;
}

} // namespace

std::vector<Command> runsCommands() {
    return {{{.name = "runs list",
              .summary = "the runs of a project",
              .options = {{.name = "--project", .value = "P", .help = "project folder (the working folder)"}},
              .positional = "[FOLDER]",
              .minPositional = 0,
              .maxPositional = 1},
             list},
            {{.name = "runs show",
              .summary = "what one run did; --json gives every metric",
              .options = {},
              .positional = "RUN",
              .minPositional = 1,
              .maxPositional = 1},
             show},
            {{.name = "runs compare",
              .summary = "two runs and what differs in their recipes",
              .options = {},
              .positional = "RUN RUN",
              .minPositional = 2,
              .maxPositional = 2},
             compare}};
}

} // namespace fettle::app
