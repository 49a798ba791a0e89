// fettle queue …: the waiting runs of a project; fettle runs pause|resume|stop|abort: a run of another process.
#include "base/files.h"
#include "base/numbers.h"
#include "cli/commands.h"
#include "run/data_path.h"
#include "run/run_folder.h"
#include "train/run_queue.h"
#include "train/run_steering.h"

#include <chrono>
#include <filesystem>
#include <thread>

namespace fettle::app {
namespace {

Result<std::string> projectOf(const Arguments& arguments) {
    const std::string given = arguments.text("--project", std::filesystem::current_path().string());
    const std::string found = run::findProjectFolder(given);
    if (!found.empty()) {
        return found;
    }
    if (folderExists(given + "/runs")) {
        return given;
    }
    return makeError(ErrorCode::NotFound, "is no project and lies in none", "Name one with --project.").at(given);
}

// A run by folder, or by its id in the project.
Result<std::string> runOf(const Arguments& arguments) {
    const std::string& name = arguments.positional()[0];
    if (fileExists(name + "/recipe.json")) {
        return std::filesystem::absolute(name).lexically_normal().string();
    }
    FETTLE_TRY_VALUE(const std::string project, projectOf(arguments));
    const std::string folder = project + "/runs/" + name;
    if (!fileExists(folder + "/recipe.json")) {
        return makeError(ErrorCode::NotFound, "there is no run '" + name + "'", "`fettle runs list` shows them.")
            .at(project + "/runs");
    }
    return folder;
}

int list(const Arguments& arguments) {
    const auto project = projectOf(arguments);
    if (!project) {
        return failed(project.error());
    }
    const auto entries = train::RunQueue(*project).entries();
    if (!entries) {
        return failed(entries.error());
    }
    Json out = Json::array();
    for (const train::QueueEntry& entry : *entries) {
        if (arguments.json()) {
            out.push_back({{"run", entry.run},
                           {"folder", entry.folder},
                           {"state", train::queueStateName(entry.state)},
                           {"held_because", entry.heldBecause},
                           {"lane", entry.lane},
                           {"apart", entry.place == train::RunPlace::Apart}});
        } else {
            printLine(entry.run + "  " + train::queueStateName(entry.state) +
                      (entry.heldBecause.empty() ? "" : " (" + entry.heldBecause + ")") + "  " + entry.lane +
                      (entry.place == train::RunPlace::Apart ? "  own process" : ""));
        }
    }
    if (arguments.json()) {
        printJson({{"entries", std::move(out)}});
    } else if (entries->empty()) {
        printNote("Nothing waits in " + *project);
    }
    return kDone;
}

using Change = std::function<Result<void>(const train::RunQueue&, const std::string& folder, const Arguments&)>;

// A command that changes one entry and says nothing when it is done.
std::function<int(const Arguments&)> changing(Change change) {
    return [change = std::move(change)](const Arguments& arguments) {
        const auto folder = runOf(arguments);
        if (!folder) {
            return failed(folder.error());
        }
        const std::filesystem::path runs = std::filesystem::path(*folder).parent_path();
        const train::RunQueue queue(runs.parent_path().string());
        if (const auto done = change(queue, *folder, arguments); !done) {
            return failed(done.error());
        }
        if (arguments.json()) {
            printJson({{"run", *folder}});
        }
        return kDone;
    };
}

std::string idOf(const std::string& folder) {
    return std::filesystem::path(folder).filename().string();
}

Result<void> add(const train::RunQueue& queue, const std::string& folder, const Arguments& arguments) {
    return queue.add(folder, {.place = arguments.has("--apart") ? train::RunPlace::Apart : train::RunPlace::Here,
                              .state = arguments.has("--held") ? train::QueueState::Held : train::QueueState::Waiting,
                              .front = arguments.has("--front")});
}

Result<void> move(const train::RunQueue& queue, const std::string& folder, const Arguments& arguments) {
    FETTLE_TRY_VALUE(const std::int64_t position, arguments.integer("--to", 1, 1, 1000000));
    return queue.move(idOf(folder), static_cast<std::size_t>(position - 1));
}

std::function<int(const Arguments&)> steering(jobs::Request request) {
    return [request](const Arguments& arguments) {
        const auto folder = runOf(arguments);
        if (!folder) {
            return failed(folder.error());
        }
        // A run that waits has no owner to ask: it leaves the queue.
        if (const auto queue = train::RunQueue::around(*folder);
            queue && (request == jobs::Request::Stop || request == jobs::Request::Abort) &&
            !run::hasLiveOwner(*folder)) {
            if (const auto removed = queue->remove(idOf(*folder))) {
                printNote("It was waiting and is out of the queue.");
                return kDone;
            }
        }
        if (const auto asked = train::steerRun(*folder, request); !asked) {
            return failed(asked.error());
        }
        if (arguments.has("--wait")) {
            const bool ends = request == jobs::Request::Stop || request == jobs::Request::Abort;
            const auto wanted = request == jobs::Request::Pause ? jobs::RunState::Paused : jobs::RunState::Running;
            for (;;) {
                const auto history = run::readRun(*folder);
                if (!history) {
                    return failed(history.error());
                }
                if (jobs::isFinal(history->state) || (!ends && history->state == wanted)) {
                    break;
                }
                std::this_thread::sleep_for(std::chrono::milliseconds(100));
            }
        }
        if (arguments.json()) {
            const auto history = run::readRun(*folder);
            printJson({{"run", *folder}, {"state", history ? jobs::runStateName(history->state) : "none"}});
        }
        return kDone;
    };
}

} // namespace

std::vector<Command> queueCommands() {
    const Option project{.name = "--project", .value = "P", .help = "project folder (the working folder)"};
    const auto command = [&project](const char* name, const char* summary, std::vector<Option> options,
                                    std::function<int(const Arguments&)> run) {
        options.insert(options.begin(), project);
        return Command{{.name = name,
                        .summary = summary,
                        .options = std::move(options),
                        .positional = "RUN",
                        .minPositional = 1,
                        .maxPositional = 1},
                       std::move(run)};
    };
    const Option wait{.name = "--wait", .value = {}, .help = "returns when it was obeyed"};
    return {
        {{.name = "queue list",
          .summary = "the runs that wait, in order",
          .options = {project},
          .positional = {},
          .minPositional = 0,
          .maxPositional = 0},
         list},
        command("queue add", "puts a prepared or ended run into the queue",
                {{.name = "--front", .value = {}, .help = "before all others"},
                 {.name = "--held", .value = {}, .help = "waits until it is released"},
                 {.name = "--apart", .value = {}, .help = "will train in a process of its own"}},
                changing(add)),
        command("queue move", "changes the order",
                {{.name = "--to", .value = "N", .help = "1 = next", .required = true}}, changing(move)),
        command("queue hold", "keeps a run from starting", {},
                changing([](const train::RunQueue& queue, const std::string& folder, const Arguments&) {
                    return queue.hold(idOf(folder));
                })),
        command("queue release", "lets a held run start again", {},
                changing([](const train::RunQueue& queue, const std::string& folder, const Arguments&) {
                    return queue.release(idOf(folder));
                })),
        command("queue remove", "takes a run out of the queue; its folder stays", {},
                changing([](const train::RunQueue& queue, const std::string& folder, const Arguments&) {
                    return queue.remove(idOf(folder));
                })),
        command("runs pause", "pauses a run of another process", {wait}, steering(jobs::Request::Pause)),
        command("runs resume", "goes on with a paused run", {wait}, steering(jobs::Request::Resume)),
        command("runs stop", "ends a run of another process and saves", {wait}, steering(jobs::Request::Stop)),
        command("runs abort", "ends a run of another process without saving", {wait}, steering(jobs::Request::Abort)),
        command("runs show-layers", "writes gradient norms by layer from the next step on", {},
                steering(jobs::Request::ShowLayers)),
        command("runs hide-layers", "stops writing gradient norms by layer", {}, steering(jobs::Request::HideLayers))};
}

} // namespace fettle::app
