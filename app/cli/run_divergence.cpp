// The autopsy of a diverged run on the command line.
#include "cli/run_divergence.h"

#include "cli/output.h"
#include "train/autopsy.h"
#include "train/run_changes.h"

namespace fettle::app {
namespace {

std::optional<train::Autopsy> autopsy(const std::string& runFolder, const run::RunHistory& history) {
    const auto recipe = train::effectiveRecipe(runFolder);
    if (!recipe) {
        printError(recipe.error());
        return std::nullopt;
    }
    return train::divergenceOf(runFolder, history, *recipe);
}

} // namespace

void addDivergence(const std::string& runFolder, const run::RunHistory& history, Json& out) {
    if (const auto found = autopsy(runFolder, history)) {
        out["divergence"] = train::autopsyJson(*found);
    }
    Json changes = Json::array();
    for (const run::RunEvent& event : history.events) {
        if (const auto* change = std::get_if<run::RecipeChanged>(&event.body)) {
            changes.push_back(
                {{"step", change->step}, {"key", change->key}, {"from", change->from}, {"to", change->to}});
        }
    }
    if (!changes.empty()) {
        out["changes"] = std::move(changes);
    }
}

void printDivergence(const std::string& runFolder, const run::RunHistory& history) {
    for (const run::RunEvent& event : history.events) {
        if (const auto* change = std::get_if<run::RecipeChanged>(&event.body)) {
            printLine("  from step " + std::to_string(change->step) + " on " + change->key + " is " +
                      dumpJson(change->to) + " (was " + dumpJson(change->from) + ")");
        }
    }
    if (const auto found = autopsy(runFolder, history)) {
        for (const std::string& line : train::autopsyLines(*found)) {
            printLine("  " + line);
        }
    }
}

} // namespace fettle::app
