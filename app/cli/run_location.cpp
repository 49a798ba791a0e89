// Run folders, adapter folders and recipe files by path.
#include "cli/run_location.h"

#include "base/files.h"
#include "base/json.h"
#include "recipe/fields.h"
#include "run/data_path.h"
#include "run/run_folder.h"
#ifdef FETTLE_WITH_PROJECT
#include "project/project.h"
#include "project/recipe_yaml.h"
#include "project/yaml_json.h"
#endif

#include <filesystem>

namespace fettle::app {

Result<RunLocation> newRunLocation(const recipe::Recipe& recipe, const std::string& recipeFolder) {
    if (!recipe.output.empty()) {
        const auto path = std::filesystem::absolute(recipe.output);
        return RunLocation{path.string(), path.filename().string()};
    }
#ifdef FETTLE_WITH_PROJECT
    if (const std::string folder = run::findProjectFolder(recipeFolder); !folder.empty()) {
        FETTLE_TRY_VALUE(const auto project, project::Project::open(folder));
        FETTLE_TRY_VALUE(const auto place, project->newRunFolder());
        return RunLocation{place.folder, place.name};
    }
#endif
    for (int number = 1; number < 1000000; ++number) {
        std::string digits = std::to_string(number);
        digits.insert(0, digits.size() < 4 ? 4 - digits.size() : 0, '0');
        const auto path = std::filesystem::absolute(recipeFolder) / "runs" / ("run-" + digits);
        if (!fileExists(path.string())) {
            return RunLocation{path.string(), "Run " + std::to_string(number)};
        }
    }
    return makeError(ErrorCode::Io, "no free run number left").at(recipeFolder);
}

Result<std::string> adapterFolder(const std::string& path) {
    if (path.empty() || fileExists(path + "/adapter_config.json")) {
        return path;
    }
    const auto checkpoints = run::listCheckpoints(path);
    if (checkpoints.empty()) {
        return makeError(ErrorCode::NotFound,
                         "is neither a PEFT adapter (no adapter_config.json) nor a run with a checkpoint",
                         "Name the folder that holds adapter_config.json.")
            .at(path);
    }
    const run::CheckpointInfo* chosen = &checkpoints.back();
    for (const run::CheckpointInfo& checkpoint : checkpoints) {
        if (checkpoint.best) {
            chosen = &checkpoint;
        }
    }
    return chosen->path;
}

Result<recipe::Recipe> loadRecipeFile(const std::string& path) {
    FETTLE_TRY_VALUE(const std::string text, readFile(path));
    if (path.ends_with(".json")) {
        auto json = parseJson(text);
        if (!json) {
            return json.error().at(path, json.error().line);
        }
        auto recipe = recipe::fromJson(*json);
        if (!recipe) {
            recipe.error().file = path;
        }
        return recipe;
    }
#ifdef FETTLE_WITH_PROJECT
    return project::loadRecipeYaml(text, path);
#else
    return makeError(ErrorCode::Unsupported, "this build reads recipes as JSON only",
                     "Convert the recipe to JSON, or use a build with yaml-cpp.")
        .at(path);
#endif
}

Result<Json> loadTableFile(const std::string& path) {
    if (path.ends_with(".json")) {
        return readJsonFile(path);
    }
#ifdef FETTLE_WITH_PROJECT
    FETTLE_TRY_VALUE(const std::string text, readFile(path));
    return project::yamlToJson(text, path);
#else
    return makeError(ErrorCode::Unsupported, "this build reads tables as JSON only",
                     "Convert the file to JSON, or use a build with yaml-cpp.")
        .at(path);
#endif
}

} // namespace fettle::app
