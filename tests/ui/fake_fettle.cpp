// Stands in for the command line program in tests of the window: `train --run DIR …` plays the run with a scripted
// trainer in a process of its own; `window PROJECT RUN` starts that process as the window does and then waits to be
// killed.
#include "train/fake_trainer.h"
#include "train/run_queue.h"
#include "train/run_service.h"
#include "train/run_steering.h"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>

using namespace fettle;
using namespace fettle::train;

namespace {

int play(const std::string& folder) {
    StartOptions start;
    if (const auto queue = RunQueue::around(folder)) {
        auto claim = queue->claim(std::filesystem::path(folder).filename().string());
        if (!claim) {
            std::fprintf(stderr, "%s\n", claim.error().text().c_str());
            return 1;
        }
        start.owner = std::move(claim->owner);
    }
    jobs::JobSystem jobs(1);
    RunServiceOptions options;
    FakeScript script;
    script.steps = 4000;
    script.stepDelayMs = 5;
    script.checkpointEvery = 0;
    options.trainers = fakeTrainers(script);
    options.controlPollMs = 20;
    RunService service(jobs, std::move(options));
    if (const auto started = service.start(folder, std::move(start)); !started) {
        std::fprintf(stderr, "%s\n", started.error().text().c_str());
        return 1;
    }
    std::puts("training");
    std::fflush(stdout);
    (void)service.wait(folder);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::string mode = argc > 1 ? argv[1] : "";
    if (mode == "train" && argc > 3) {
        return play(argv[3]);
    }
    if (mode == "window" && argc > 3) {
        if (!RunQueue(argv[2]).add(argv[3], {.place = RunPlace::Apart}) || !startRunApart(argv[3], argv[0], false)) {
            return 1;
        }
        std::puts("started");
        std::fflush(stdout);
        for (;;) {
            std::this_thread::sleep_for(std::chrono::seconds(1));
        }
    }
    return 64;
}
