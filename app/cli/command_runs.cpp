// fettle runs: what runs there are, what one did, and how two differ.
#include "cli/command_runs.h"
#include "base/files.h"
#include "base/numbers.h"
#include "cli/run_divergence.h"
#include "recipe/fields.h"
#include "run/data_path.h"
#include "run/metric_table.h"
#include "run/recipe_diff.h"
#include "run/run_folder.h"
#include "run/run_record.h"

#include <algorithm>
#include <filesystem>

namespace fettle::app {

std::string runFolderOf(const std::string& name) {
    if (fileExists(name + "/recipe.json")) {
        return name;
    }
    const std::string project = run::findProjectFolder(std::filesystem::current_path().string());
    const std::string inProject = (project.empty() ? std::string(".") : project) + "/runs/" + name;
    return fileExists(inProject + "/recipe.json") ? inProject : name;
}

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

// "name":[[step,value],…] of every metric, in the words of the CSV. Written as text in pieces: a long run has millions
// of points.
void printSeries(const std::vector<run::MetricSeries>& all) {
    constexpr std::size_t kPiece = std::size_t{1} << 20;
    std::string out;
    for (const run::MetricSeries& series : all) {
        out += (&series == &all.front() ? "" : ",") + dumpJson(Json(series.name)) + ":[";
        bool first = true;
        for (std::size_t i = 0; i < series.values.size(); ++i) {
            if (!series.values[i].present()) {
                continue;
            }
            out += (first ? "[" : ",[") + std::to_string(series.axis->step[i]) + ",";
            first = false;
            series.values[i].appendText(out);
            out += ']';
            if (out.size() > kPiece) {
                print(out);
                out.clear();
            }
        }
        out += ']';
    }
    print(out);
}

int showJson(const std::string& folder, const run::RunSummary& summary, const run::RunHistory& history) {
    Json json = summaryJson(summary);
    Json evaluations = Json::array();
    Json checkpoints = Json::array();
    for (const run::RunEvent& event : history.events) {
        if (std::holds_alternative<run::EvalMetrics>(event.body)) {
            evaluations.push_back(run::eventToJson(event));
        } else if (std::holds_alternative<run::CheckpointSaved>(event.body)) {
            checkpoints.push_back(run::eventToJson(event));
        }
    }
    json["evaluations"] = std::move(evaluations);
    json["checkpoints"] = std::move(checkpoints);
    if (const auto recipe = readJsonFile(folder + "/recipe.json")) {
        json["recipe"] = *recipe;
    }
    if (const auto record = run::readRunRecord(folder)) {
        json["record"] = run::toJson(*record);
    }
    if (const auto command = run::reproduceCommand(folder)) {
        json["reproduce"] = *command;
    }
    json["damaged_lines"] = history.damagedLines;
    addDivergence(folder, history, json);
    std::string head = dumpJson(json);
    head.pop_back(); // the closing brace comes after the series
    print(head + ",\"series\":{");
    printSeries(run::metricSeries(history.events));
    printLine("}}");
    return kDone;
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
        return showJson(folder, *summary, *history);
    }
    printSummary(*summary);
    if (!summary->message.empty()) {
        printLine("  " + summary->message);
    }
    printDivergence(folder, *history);
    for (const run::RunEvent& event : history->events) {
        if (const auto* evaluation = std::get_if<run::EvalMetrics>(&event.body)) {
            std::string line = "  step " + std::to_string(evaluation->step) + "  " + evaluation->split + " loss " +
                               formatFixed(evaluation->loss, 4) + "  token accuracy " +
                               formatFixed(evaluation->tokenAccuracy, 4);
            for (const auto& [name, value] : evaluation->more) {
                line += "  " + name + " " + formatFixed(value, 4);
            }
            printLine(line);
        }
    }
    for (const run::CheckpointInfo& checkpoint : run::listCheckpoints(folder)) {
        printLine("  checkpoint " + checkpoint.path + (checkpoint.best ? "  (best)" : ""));
    }
    if (const auto record = run::readRunRecord(folder)) {
        for (const auto& [name, value] : run::recordLines(*record)) {
            printLine("  " + name + ": " + value);
        }
    }
    if (const auto command = run::reproduceCommand(folder)) {
        printLine("  again: " + *command);
    }
    return kDone;
}

// The recipe with every key this version knows: an older run does not differ by keys that came later. As it is where it
// cannot be read as a recipe.
Json fullRecipe(const Json& json) {
    const auto recipe = recipe::fromJson(json);
    return recipe ? recipe::toJson(*recipe) : json;
}

int compare(const Arguments& arguments) {
    Json runs = Json::array();
    std::vector<Json> recipes;
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
        recipes.push_back(fullRecipe(*json));
        runs.push_back(summaryJson(*summary));
        if (!arguments.json()) {
            printSummary(*summary);
        }
    }
    Json differences = Json::array();
    const auto orNull = [](const std::optional<Json>& value) { return value ? *value : Json(nullptr); };
    const auto text = [](const std::optional<Json>& value) { return value ? dumpJson(*value) : std::string("-"); };
    for (const run::RecipeDifference& difference : run::recipeDifference(recipes[0], recipes[1])) {
        differences.push_back({{"section", difference.section},
                               {"key", difference.key},
                               {"left", orNull(difference.left)},
                               {"right", orNull(difference.right)}});
        if (!arguments.json()) {
            printLine("  " + difference.key + ": " + text(difference.left) + " | " + text(difference.right));
        }
    }
    if (arguments.json()) {
        printJson({{"runs", std::move(runs)}, {"recipe_differences", std::move(differences)}});
    } else if (differences.empty()) {
        printLine("  the recipes are the same");
    }
    return kDone;
}

} // namespace

std::vector<Command> runsCommands() {
    std::vector<Command> commands{
        {{.name = "runs list",
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
    for (Command& command : runFileCommands()) {
        commands.push_back(std::move(command));
    }
    return commands;
}

} // namespace fettle::app
