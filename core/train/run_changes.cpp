// Changes of a run's recipe as events.
#include "train/run_changes.h"

#include "base/files.h"
#include "recipe/fields.h"
#include "run/run_folder.h"

#include <algorithm>

namespace fettle::train {
namespace {

constexpr std::string_view kMark = R"("type":"recipe_changed")";

} // namespace

const std::vector<std::string>& changeableKeys() {
    static const std::vector<std::string> keys{"optimizer.learning_rate", "optimizer.max_grad_norm"};
    return keys;
}

Result<std::vector<run::RecipeChanged>> recipeChanges(const std::string& runFolder) {
    std::vector<run::RecipeChanged> out;
    const std::string path = runFolder + "/events.jsonl";
    if (!fileExists(path)) {
        return out;
    }
    FETTLE_TRY_VALUE(const MappedFile file, MappedFile::open(path));
    // Only lines that bear the mark are parsed: a long run has a million others.
    const std::string_view text = file.text();
    for (std::size_t at = text.find(kMark); at != std::string_view::npos; at = text.find(kMark, at)) {
        const std::size_t before = text.rfind('\n', at);
        const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
        const std::size_t end = text.find('\n', at);
        if (end == std::string_view::npos) {
            break; // torn: not acknowledged
        }
        at = end;
        const auto json = parseJson(text.substr(begin, end - begin));
        if (!json) {
            continue; // counted where the events are read
        }
        const auto event = run::eventFromJson(*json);
        if (event && *event) {
            if (const auto* change = std::get_if<run::RecipeChanged>(&(*event)->body)) {
                out.push_back(*change);
            }
        }
    }
    return out;
}

Result<recipe::Recipe> effectiveRecipe(const std::string& runFolder) {
    const std::string path = runFolder + "/recipe.json";
    FETTLE_TRY_VALUE(const Json json, readJsonFile(path));
    auto recipe = recipe::fromJson(json);
    if (!recipe) {
        recipe.error().file = path;
        return std::move(recipe).error();
    }
    FETTLE_TRY_VALUE(const auto changes, recipeChanges(runFolder));
    for (const run::RecipeChanged& change : changes) {
        const recipe::Field* field = recipe::findField(change.key);
        if (field == nullptr) {
            return makeError(ErrorCode::Corrupt, "a change names no setting of a recipe")
                .at(runFolder + "/events.jsonl")
                .forKey(change.key);
        }
        FETTLE_TRY(field->set(*recipe, change.to));
    }
    return std::move(recipe).value();
}

Result<void> changeRecipe(const std::string& runFolder, const std::string& key, const Json& value) {
    const auto& keys = changeableKeys();
    const recipe::Field* field = recipe::findField(key);
    if (field == nullptr || std::find(keys.begin(), keys.end(), key) == keys.end()) {
        return makeError(ErrorCode::InvalidInput, "cannot be changed in a run that has begun",
                         "Start a new run from its adapter (adapter.init_from).")
            .forKey(key);
    }
    FETTLE_TRY_VALUE(recipe::Recipe recipe, effectiveRecipe(runFolder));
    const Json before = field->get(recipe);
    FETTLE_TRY(field->set(recipe, value));
    const Json after = field->get(recipe);
    if (before == after) {
        return {};
    }
    const auto checkpoints = run::listCheckpoints(runFolder);
    FETTLE_TRY_VALUE(const auto writer, run::RunWriter::open(runFolder));
    const auto told =
        writer->publish(run::RecipeChanged{checkpoints.empty() ? 0 : checkpoints.back().step, key, before, after});
    if (!told) {
        return told.error();
    }
    return {};
}

} // namespace fettle::train
