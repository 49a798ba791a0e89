// A process that works on the queue of a project until it is killed: `work` takes runs and plays them with a scripted
// trainer, `churn` moves and holds them, `add` puts prepared runs into it and says so after each.
#include "run/run_folder.h"
#include "train/fake_trainer.h"
#include "train/run_queue.h"
#include "train/run_service.h"

#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <thread>

using namespace fettle;
using namespace fettle::train;

namespace {

int work(const RunQueue& queue) {
    jobs::JobSystem jobs(1);
    RunServiceOptions options;
    options.trainers = fakeTrainers({.steps = 6, .stepDelayMs = 3});
    RunService service(jobs, std::move(options));
    for (;;) {
        auto claim = queue.claimNext(RunPlace::Here);
        if (!claim) {
            std::fprintf(stderr, "%s\n", claim.error().text().c_str());
            return 1;
        }
        if (!*claim) {
            const auto left = queue.entries();
            if (left && left->empty()) {
                return 0;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
            continue;
        }
        const std::string folder = (*claim)->folder;
        StartOptions start;
        start.owner = std::move((*claim)->owner);
        if (!service.start(folder, std::move(start)) || !service.wait(folder)) {
            return 2;
        }
    }
}

int churn(const RunQueue& queue, unsigned seed) {
    std::mt19937 random(seed);
    for (;;) {
        const auto entries = queue.entries();
        if (!entries) {
            std::fprintf(stderr, "%s\n", entries.error().text().c_str());
            return 1;
        }
        if (entries->empty()) {
            return 0;
        }
        const std::string run = (*entries)[random() % entries->size()].run;
        switch (random() % 3) { // a run that has begun meanwhile refuses: that is fine
        case 0:
            (void)queue.move(run, random() % 6);
            break;
        case 1:
            (void)queue.hold(run);
            break;
        default:
            break;
        }
        (void)queue.release(run);
    }
}

int add(const RunQueue& queue, int runs) {
    for (int i = 1; i <= runs; ++i) {
        const std::string id = "run-000" + std::to_string(i);
        if (const auto added = queue.add(queue.projectFolder() + "/runs/" + id); !added) {
            std::fprintf(stderr, "%s\n", added.error().text().c_str());
            return 1;
        }
        std::printf("%s\n", id.c_str());
        std::fflush(stdout);
    }
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        return 64;
    }
    const std::string mode = argv[1];
    const RunQueue queue(argv[2]);
    const unsigned number = static_cast<unsigned>(std::strtoul(argv[3], nullptr, 10));
    return mode == "work" ? work(queue) : mode == "churn" ? churn(queue, number) : add(queue, static_cast<int>(number));
}
