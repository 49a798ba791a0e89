// fettle train: a run from a recipe, a prepared folder, or an interrupted run, watched in the terminal or as event
// lines.
#include "base/files.h"
#include "base/numbers.h"
#include "cli/commands.h"
#include "cli/run_location.h"
#include "cli/signals.h"
#include "cli/train_progress.h"
#include "recipe/fields.h"
#include "train/run_service.h"

#include <chrono>
#include <filesystem>
#include <thread>

namespace fettle::app {
namespace {

Result<std::string> prepare(const Arguments& arguments) {
    const std::string recipePath = arguments.text("--recipe");
    FETTLE_TRY_VALUE(recipe::Recipe recipe, loadRecipeFile(recipePath));
    for (const std::string& assignment : arguments.all("--set")) {
        FETTLE_TRY(recipe::applySetting(recipe, assignment));
    }
    const std::string folder = std::filesystem::absolute(recipePath).parent_path().string();
    FETTLE_TRY_VALUE(const RunLocation place, newRunLocation(recipe, folder));
    train::PrepareOptions options;
    options.folder = place.folder;
    options.name = arguments.text("--name", place.name);
    options.baseFolder = folder;
    return train::prepareRun(recipe, options);
}

Json resultOf(const std::string& folder) {
    Json json = {{"run", folder}};
    if (const auto summary = run::summarise(folder)) {
        json["state"] = jobs::runStateName(summary->state);
        json["reason"] = summary->reason;
        json["message"] = summary->message;
        json["step"] = summary->step;
        json["total_steps"] = summary->totalSteps;
        json["train_loss"] = summary->trainLoss ? Json(*summary->trainLoss) : Json(nullptr);
        json["validation_loss"] = summary->validationLoss ? Json(*summary->validationLoss) : Json(nullptr);
        json["tokens_per_s"] = summary->tokensPerSecond ? Json(*summary->tokensPerSecond) : Json(nullptr);
        json["peak_bytes"] = summary->peakBytes;
    }
    const auto adapter = adapterFolder(folder);
    json["adapter"] = adapter ? Json(*adapter) : Json(nullptr);
    return json;
}

void tellWhatNext(const std::string& folder, jobs::RunState state) {
    const auto adapter = adapterFolder(folder);
    std::string quoted = "'" + folder + "'";
    if (state == jobs::RunState::Succeeded) {
        printNote("\nDone. The adapter lies in " + (adapter ? *adapter : folder) + "\nNext:");
        printNote("  fettle generate --model smollm2-135m-instruct --adapter " + quoted +
                  " --prompt '…'     ask the tuned model");
        printNote("  fettle runs show " + quoted + "                                   look at the numbers again");
    } else if (adapter) {
        printNote("\nThe last checkpoint is kept. Go on with:\n  fettle train --resume " + quoted);
    }
}

int train(const Arguments& arguments) {
    const int sources = static_cast<int>(arguments.has("--recipe")) + static_cast<int>(arguments.has("--resume")) +
                        static_cast<int>(arguments.has("--run"));
    if (sources != 1) {
        return failed(makeError(ErrorCode::Usage, "give one of --recipe R.yaml, --resume RUN, --run DIR"));
    }
    if (!arguments.has("--recipe") && arguments.has("--set")) {
        return failed(makeError(ErrorCode::Usage,
                                "--set changes a recipe: it goes with --recipe; a run that exists keeps its settings"));
    }
    std::string folder;
    if (arguments.has("--recipe")) {
        auto prepared = prepare(arguments);
        if (!prepared) {
            return failed(prepared.error());
        }
        folder = *prepared;
    } else {
        folder = std::filesystem::absolute(arguments.text(arguments.has("--resume") ? "--resume" : "--run")).string();
    }
    catchInterrupts();
    const bool events = arguments.has("--json-events");
    TrainProgress progress(!events && !arguments.json());
    jobs::JobSystem jobs;
    train::RunServiceOptions options;
    options.listener = [&](const std::string& runFolder, const run::RunEvent& event) {
        if (const auto* changed = std::get_if<run::StateChanged>(&event.body);
            changed != nullptr && changed->state == jobs::RunState::Running) {
            if (const auto info = run::readRunInfo(runFolder)) {
                progress.setTotalSteps(jsonInt(*info, "total_steps", 0).valueOr(0));
            }
        }
        if (events) {
            print(dumpJson(run::eventToJson(event)) + "\n");
        } else {
            progress.take(event);
        }
    };
    train::RunService service(jobs, std::move(options));
    if (!events && !arguments.json()) {
        printNote("Run: " + folder);
    }
    if (auto started = service.start(folder); !started) {
        return failed(started.error());
    }
    int seen = 0;
    while (service.isActive(folder)) {
        if (const int asked = interruptCount(); asked != seen) {
            seen = asked;
            if (asked == 1) {
                printNote("\nStopping: the step is finished and saved (Ctrl+C again ends at once).");
                service.stop(folder);
            } else {
                service.abort(folder);
            }
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    const auto state = service.wait(folder);
    progress.finish();
    if (!state) {
        return failed(state.error());
    }
    if (*state == jobs::RunState::Failed) {
        const auto summary = run::summarise(folder);
        printNote("fettle: the run failed" + (summary ? ": " + summary->message : std::string()));
    }
    if (arguments.json()) {
        printJson(resultOf(folder));
    } else if (!events) {
        tellWhatNext(folder, *state);
    }
    return *state == jobs::RunState::Succeeded || *state == jobs::RunState::Stopped ? kDone : kFailed;
}

} // namespace

std::vector<Command> trainCommands() {
    return {{{.name = "train",
              .summary = "trains an adapter; Ctrl+C stops and saves",
              .options = {{.name = "--recipe", .value = "R.yaml", .help = "the recipe; makes a new run"},
                          {.name = "--set",
                           .value = "key=value",
                           .help = "changes the recipe: --set optimizer.learning_rate=1e-4",
                           .repeatable = true},
                          {.name = "--name", .value = "NAME", .help = "name of the new run"},
                          {.name = "--resume", .value = "RUN", .help = "goes on with a run from its last checkpoint"},
                          {.name = "--run", .value = "DIR", .help = "a prepared run folder"},
                          {.name = "--json-events",
                           .value = {},
                           .help = "prints the lines of events.jsonl as they are written"}}},
             train}};
}

} // namespace fettle::app
