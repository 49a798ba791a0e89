// Projects with runs that wait, for tests of the queue.
#pragma once

#include "base/files.h"
#include "recipe/fields.h"
#include "run/run_folder.h"
#include "support/results.h"
#include "support/temp_folder.h"
#include "train/run_queue.h"

#include <algorithm>
#include <string>
#include <vector>

namespace fettle::test {

/// A folder that passes for a project, with prepared runs run-0001 … that nothing waits for yet.
struct QueueProject {
    TempFolder place;
    std::string folder;
    train::RunQueue queue;

    explicit QueueProject(int runs = 0)
        : folder(place / "project")
        , queue(folder) {
        must(makeFolders(folder + "/runs"));
        must(writeFileAtomic(folder + "/project.db", "not read by the queue"));
        for (int i = 0; i < runs; ++i) {
            prepare(i + 1);
        }
    }
    static std::string id(int number) { return "run-000" + std::to_string(number); }
    [[nodiscard]] std::string run(int number) const { return folder + "/runs/" + id(number); }
    void prepare(int number, const std::string& device = "cpu") const {
        recipe::Recipe recipe;
        recipe.model = "unused";
        recipe.data.train = {"unused"};
        recipe.training.device = device;
        must(run::createRunFolder(run(number), id(number), recipe::toJson(recipe)));
    }
    /// "run-0001 waiting run-0002 held …"
    [[nodiscard]] std::string text() const {
        std::string out;
        for (const train::QueueEntry& entry : must(queue.entries())) {
            out += (out.empty() ? "" : " ") + entry.run.substr(entry.run.size() - 1) + " " +
                   train::queueStateName(entry.state);
        }
        return out;
    }
};

/// How often a run began from its first step.
inline int beginnings(const std::string& folder) {
    const auto history = must(run::readRun(folder));
    return static_cast<int>(std::count_if(history.events.begin(), history.events.end(), [](const run::RunEvent& event) {
        const auto* state = std::get_if<run::StateChanged>(&event.body);
        return state != nullptr && state->state == jobs::RunState::Starting;
    }));
}

} // namespace fettle::test
