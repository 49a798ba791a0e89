// fettle train: a run from a recipe, a prepared folder, or an interrupted run, watched in the terminal or as event
// lines.
#include "base/files.h"
#include "cli/commands.h"
#include "cli/run_location.h"
#include "cli/run_next.h"
#include "cli/signals.h"
#include "cli/train_progress.h"
#include "recipe/fields.h"
#include "run/data_path.h"
#include "train/model_text.h"
#include "train/run_queue.h"
#include "train/run_service.h"
#include "train/run_steering.h"
#include "train/sweep.h"

#ifdef FETTLE_WITH_PROJECT
#include "project/run_data.h"
#endif

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
#ifdef FETTLE_WITH_PROJECT
    FETTLE_TRY_VALUE(const auto data, project::publishFor(folder, recipe));
    options.info = project::versionInfo(data);
    FETTLE_TRY_VALUE(const std::string made, train::prepareRun(recipe, options));
    FETTLE_TRY(project::noteRunVersion(folder, made, data));
    return made;
#else
    return train::prepareRun(recipe, options);
#endif
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

/// The run's model as `--model` takes it: its name where it is a known one, else its path.
std::string modelArgument(const std::string& folder) {
    const auto recipe = readJsonFile(folder + "/recipe.json");
    const std::string path =
        recipe ? jsonString(*recipe, "model", std::string()).valueOr(std::string()) : std::string();
    for (const train::KnownModel& known : train::knownModels()) {
        if (known.present && known.path == path) {
            return known.name;
        }
    }
    return "'" + path + "'";
}

void tellWhatNext(const std::string& folder, jobs::RunState state) {
    const auto adapter = adapterFolder(folder);
    std::string quoted = "'" + folder + "'";
    if (state == jobs::RunState::Succeeded) {
        printNote("\nDone. The adapter lies in " + (adapter ? *adapter : folder) + "\nNext:");
        printNote("  fettle generate --model " + modelArgument(folder) + " --adapter " + quoted +
                  " --prompt '…'     ask the tuned model");
        printNote("  fettle runs show " + quoted + "                                   look at the numbers again");
    } else if (adapter) {
        printNote("\nThe last checkpoint is kept. Go on with:\n  fettle train --resume " + quoted);
    }
}

// The runs of this process: one service, watched in the terminal or as event lines, stopped by Ctrl+C.
class Worker {
public:
    explicit Worker(const Arguments& arguments)
        : m_events(arguments.has("--json-events"))
        , m_quiet(m_events || arguments.json())
        , m_progress(!m_quiet)
        , m_service(m_jobs, optionsOf()) {
        catchInterrupts();
    }

    /// Runs it to its end. `owner` where it was taken from the queue.
    [[nodiscard]] Result<jobs::RunState> run(const std::string& folder, train::StartOptions start) {
        if (!m_quiet) {
            printNote("Run: " + folder);
        }
        FETTLE_TRY(m_service.start(folder, std::move(start)));
        int seen = 0;
        while (m_service.isActive(folder)) {
            if (const int asked = interruptCount(); asked != seen) {
                seen = asked;
                if (asked == 1) {
                    printNote("\nStopping: the step is finished and saved (Ctrl+C again ends at once).");
                    m_service.stop(folder);
                } else {
                    m_service.abort(folder);
                }
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        auto state = m_service.wait(folder);
        m_progress.finish();
        if (state && *state == jobs::RunState::Failed) {
            const auto summary = run::summarise(folder);
            printNote("fettle: the run failed" + (summary ? ": " + summary->message : std::string()));
            if (const std::string next = summary ? wayOn(*summary) : std::string(); !next.empty()) {
                printNote("Next: " + next);
            }
        } else if (const auto summary = run::summarise(folder);
                   summary && !m_quiet && !summary->message.empty() && state) {
            printNote(summary->message);
        }
        return state;
    }

    [[nodiscard]] bool interrupted() const { return interruptCount() > 0; }

private:
    train::RunServiceOptions optionsOf() {
        train::RunServiceOptions options;
        options.listener = [this](const std::string& runFolder, const run::RunEvent& event) {
            if (const auto* changed = std::get_if<run::StateChanged>(&event.body);
                changed != nullptr && changed->state == jobs::RunState::Running) {
                if (const auto info = run::readRunInfo(runFolder)) {
                    m_progress.setTotalSteps(jsonInt(*info, "total_steps", 0).valueOr(0));
                }
            }
            if (m_events) {
                print(dumpJson(run::eventToJson(event)) + "\n");
            } else {
                m_progress.take(event);
            }
        };
        return options;
    }

    const bool m_events, m_quiet;
    TrainProgress m_progress;
    jobs::JobSystem m_jobs;
    train::RunService m_service;
};

bool endedWell(jobs::RunState state) {
    return state == jobs::RunState::Succeeded || state == jobs::RunState::Stopped;
}

// Takes the run out of its project's queue where it waits there; otherwise it is simply started.
Result<train::StartOptions> taken(const std::string& folder) {
    train::StartOptions start;
    const auto queue = train::RunQueue::around(folder);
    if (!queue) {
        return start;
    }
    auto claim = queue->claim(std::filesystem::path(folder).lexically_normal().filename().string());
    if (!claim) {
        if (claim.error().code == ErrorCode::NotFound) {
            return start;
        }
        return std::move(claim).error();
    }
    start.owner = std::move(claim->owner);
    start.maxMinutes = claim->maxMinutes;
    return start;
}

// Works through a queue until nothing waits for these places any more.
int workQueue(Worker& worker, const train::RunQueue& queue, const std::vector<train::RunPlace>& places,
              const Arguments& arguments) {
    int code = kDone;
    Json runs = Json::array();
    for (bool more = true; more && !worker.interrupted();) {
        more = false;
        for (const train::RunPlace place : places) {
            auto claim = queue.claimNext(place);
            if (!claim) {
                return failed(claim.error());
            }
            if (!*claim) {
                continue;
            }
            more = true;
            const std::string folder = (*claim)->folder;
            train::StartOptions start;
            start.owner = std::move((*claim)->owner);
            start.maxMinutes = (*claim)->maxMinutes;
            const auto state = worker.run(folder, std::move(start));
            if (!state) { // it would be taken again at once
                const std::string id = std::filesystem::path(folder).filename().string();
                printError(state.error());
                if (auto held = queue.hold(id); !held && held.error().code != ErrorCode::NotFound) {
                    return failed(held.error());
                }
                code = kFailed;
            } else {
                code = endedWell(*state) ? code : kFailed;
                runs.push_back(resultOf(folder));
            }
            break;
        }
    }
    if (arguments.json() && arguments.has("--queue")) {
        printJson({{"runs", std::move(runs)}});
    }
    return code;
}

int runSweep(const Arguments& arguments) {
    const std::string recipePath = arguments.text("--recipe");
    auto recipe = loadRecipeFile(recipePath);
    if (!recipe) {
        return failed(recipe.error());
    }
    for (const std::string& assignment : arguments.all("--set")) {
        if (auto set = recipe::applySetting(*recipe, assignment); !set) {
            return failed(set.error());
        }
    }
    const std::string sweepPath = arguments.text("--sweep");
    const auto json = loadTableFile(sweepPath);
    if (!json) {
        return failed(json.error());
    }
    auto spec = train::sweepFromJson(*json);
    if (!spec) {
        return failed(spec.error().at(sweepPath));
    }
    recipe->output.clear(); // every run gets its own
    const std::string baseFolder = std::filesystem::absolute(recipePath).parent_path().string();
    const std::string around = run::findProjectFolder(baseFolder);
    const std::string project = around.empty() ? baseFolder : around;
    train::SweepOptions options;
    options.projectFolder = project;
    options.baseFolder = baseFolder;
    options.state = train::QueueState::Held; // this process takes them, one after the other
    options.newRun = [&]() -> Result<train::PrepareOptions> {
        FETTLE_TRY_VALUE(const RunLocation place, newRunLocation(*recipe, baseFolder));
        return train::PrepareOptions{.folder = place.folder, .name = place.name, .baseFolder = {}, .info = {}};
    };
#ifdef FETTLE_WITH_PROJECT
    const auto data = project::publishFor(baseFolder, *recipe);
    if (!data) {
        return failed(data.error());
    }
#endif
    auto sweep = train::createSweep(*spec, *recipe, options);
    if (!sweep) {
        if (sweep.error().file.empty()) {
            sweep.error().file = sweepPath;
        }
        return failed(sweep.error());
    }
#ifdef FETTLE_WITH_PROJECT
    for (const std::string& folder : sweep->folders) {
        if (const auto noted = project::noteRunVersion(baseFolder, folder, *data); !noted) {
            return failed(noted.error());
        }
    }
#endif
    Worker worker(arguments);
    if (!arguments.json()) {
        printNote("Sweep " + sweep->id + ": " + std::to_string(sweep->folders.size()) + " runs");
    }
    const train::RunQueue queue(project);
    int code = kDone;
    for (const std::string& folder : sweep->folders) {
        if (worker.interrupted()) {
            break;
        }
        auto start = taken(folder);
        if (!start) {
            printError(start.error()); // the budget is used, or somebody else took it
            code = start.error().key == "max_minutes" ? code : kFailed;
            continue;
        }
        const auto state = worker.run(folder, std::move(*start));
        if (!state) {
            printError(state.error());
        }
        code = state && endedWell(*state) ? code : kFailed;
    }
    const auto results = train::readSweep(project, sweep->id);
    if (!results) {
        return failed(results.error());
    }
    printSweep(*results, arguments.json());
    return code;
}

int startApart(const std::string& folder, const Arguments& arguments) {
    const auto pid = train::startRunApart(folder, {}, arguments.has("--nice"));
    if (!pid) {
        return failed(pid.error());
    }
    // Whether it got hold of its run is worth a moment.
    bool alive = false;
    for (int i = 0; i < 100 && !alive; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        const auto history = run::readRun(folder);
        alive = run::hasLiveOwner(folder) || (history && jobs::isFinal(history->state));
    }
    if (!alive) {
        return failed(makeError(ErrorCode::Internal, "the process did not begin its run",
                                "Its words are in " + folder + "/process.log.")
                          .at(folder));
    }
    if (arguments.json()) {
        printJson({{"run", folder}, {"pid", *pid}, {"log", folder + "/process.log"}});
    } else {
        printNote("Process " + std::to_string(*pid) + " trains on its own. Its words: " + folder + "/process.log");
        printNote("  fettle runs show '" + folder + "'     how far it is");
        printNote("  fettle runs stop '" + folder + "'     ends it and saves");
    }
    return kDone;
}

int train(const Arguments& arguments) {
    int sources = 0;
    for (const char* source : {"--recipe", "--resume", "--run", "--queue"}) {
        sources += arguments.has(source) ? 1 : 0;
    }
    if (sources != 1) {
        return failed(
            makeError(ErrorCode::Usage, "give one of --recipe R.yaml, --resume RUN, --run DIR, --queue PROJECT"));
    }
    if (!arguments.has("--recipe") && arguments.has("--set")) {
        return failed(makeError(ErrorCode::Usage,
                                "--set changes a recipe: it goes with --recipe; a run that exists keeps its settings"));
    }
    if (!arguments.has("--recipe") && arguments.has("--sweep")) {
        return failed(makeError(ErrorCode::Usage, "--sweep changes a recipe: it goes with --recipe"));
    }
    const bool several = arguments.has("--sweep") || arguments.has("--queue");
    if (several && arguments.has("--detach")) {
        return failed(makeError(ErrorCode::Usage, "--detach is for one run",
                                "Start this command with `setsid nohup … &`, or add the runs to the queue."));
    }
    if (arguments.has("--nice") && !arguments.has("--detach")) {
        return failed(makeError(ErrorCode::Usage, "--nice goes with --detach; in a terminal use `nice fettle …`"));
    }
    if (arguments.has("--sweep")) {
        return runSweep(arguments);
    }
    if (arguments.has("--queue")) {
        Worker worker(arguments);
        return workQueue(worker, train::RunQueue(arguments.text("--queue")),
                         {train::RunPlace::Here, train::RunPlace::Apart}, arguments);
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
    if (arguments.has("--detach")) {
        return startApart(folder, arguments);
    }
    auto start = taken(folder);
    if (!start) {
        return failed(start.error());
    }
    Worker worker(arguments);
    const auto state = worker.run(folder, std::move(*start));
    if (!state) {
        return failed(state.error());
    }
    if (arguments.json()) {
        printJson(resultOf(folder));
    } else if (!arguments.has("--json-events")) {
        tellWhatNext(folder, *state);
    }
    if (const auto queue = train::RunQueue::around(folder); queue && arguments.has("--then-queue")) {
        (void)workQueue(worker, *queue, {train::RunPlace::Apart}, arguments);
    }
    return endedWell(*state) ? kDone : kFailed;
}

} // namespace

std::vector<Command> trainCommands() {
    return {
        {{.name = "train",
          .summary = "trains an adapter; Ctrl+C stops and saves",
          .options =
              {{.name = "--recipe", .value = "R.yaml", .help = "the recipe; makes a new run"},
               {.name = "--set",
                .value = "key=value",
                .help = "changes the recipe: --set optimizer.learning_rate=1e-4",
                .repeatable = true},
               {.name = "--name", .value = "NAME", .help = "name of the new run"},
               {.name = "--resume", .value = "RUN", .help = "goes on with a run from its last checkpoint"},
               {.name = "--run", .value = "DIR", .help = "a prepared run folder"},
               {.name = "--sweep",
                .value = "S.yaml",
                .help = "many runs of the recipe: method, fields, max_runs, max_minutes"},
               {.name = "--queue", .value = "PROJECT", .help = "works through the queue of a project"},
               {.name = "--detach", .value = {}, .help = "trains in a process of its own that outlives this terminal"},
               {.name = "--nice", .value = {}, .help = "with --detach: other programs come first"},
               {.name = "--then-queue",
                .value = {},
                .help = "afterwards goes on with runs that wait for a process of their own"},
               {.name = "--json-events", .value = {}, .help = "prints the lines of events.jsonl as they are written"}}},
         train}};
}

} // namespace fettle::app
