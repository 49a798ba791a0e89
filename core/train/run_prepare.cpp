// From a recipe as people write it to a run folder that says everything.
#include "train/run_service.h"

#include "recipe/fields.h"
#include "run/data_path.h"
#include "train/data_files.h"
#include "train/model_text.h"

#include <algorithm>
#include <filesystem>

namespace fettle::train {
namespace {

namespace fs = std::filesystem;

// The error of a path, told as one of its key. The place stays.
Error forKey(Error error, const char* key) {
    error.key = key;
    return error;
}

Result<std::string> resolveModel(const std::string& model, const std::string& baseFolder) {
    for (const KnownModel& known : knownModels()) {
        if (known.name == model) {
            return resolveModelPath(model);
        }
    }
    if (!baseFolder.empty() && fs::path(model).is_relative()) {
        const std::string under = (fs::path(baseFolder) / model).string();
        if (fileExists(under)) {
            return resolveModelPath(under);
        }
    }
    return resolveModelPath(model);
}

Result<void> resolveList(std::vector<std::string>& entries, const char* key, const std::string& baseFolder) {
    for (std::string& entry : entries) {
        auto path = run::resolveDataPath(entry, baseFolder);
        if (!path) {
            return forKey(std::move(path).error(), key);
        }
        entry = std::move(path).value();
    }
    return {};
}

} // namespace

Result<recipe::Recipe> resolveRecipe(const recipe::Recipe& recipe, const std::string& baseFolder) {
    if (auto faults = recipe::validate(recipe); !faults.empty()) {
        Error first = faults.front();
        for (std::size_t i = 1; i < faults.size(); ++i) {
            first.detail += (first.detail.empty() ? "" : "\n") + faults[i].text();
        }
        return first;
    }
    recipe::Recipe out = recipe;
    auto model = resolveModel(out.model, baseFolder);
    if (!model) {
        return forKey(std::move(model).error(), "model");
    }
    out.model = std::move(model).value();
    FETTLE_TRY(resolveList(out.data.train, "data.train", baseFolder));
    FETTLE_TRY(resolveList(out.data.validation, "data.validation", baseFolder));
    if (!out.data.train.empty() && std::all_of(out.data.train.begin(), out.data.train.end(),
                                               [](const std::string& path) { return run::isPublishedRows(path); })) {
        out.data.format = "auto"; // what a project publishes says itself what it is
    }
    if (out.data.chatTemplate != "model" && out.data.chatTemplate != "none") {
        auto path = run::resolveDataPath(out.data.chatTemplate, baseFolder);
        if (!path) {
            return forKey(std::move(path).error(), "data.template")
                .withHint("Write model, none or the path of a Jinja file.");
        }
        out.data.chatTemplate = std::move(path).value();
    }
    if (!out.adapter.initFrom.empty()) {
        auto path = run::resolveDataPath(out.adapter.initFrom, baseFolder);
        if (!path) {
            return forKey(std::move(path).error(), "adapter.init_from");
        }
        out.adapter.initFrom = std::move(path).value();
    }
    return out;
}

Result<std::string> prepareRun(const recipe::Recipe& recipe, const PrepareOptions& options) {
    const std::string wanted = options.folder.empty() ? recipe.output : options.folder;
    if (wanted.empty()) {
        return makeError(ErrorCode::InvalidInput, "no run folder is given", "Set output, or run inside a project.")
            .forKey("output");
    }
    fs::path folder = fs::absolute(wanted).lexically_normal();
    if (!folder.has_filename()) {
        folder = folder.parent_path();
    }
    FETTLE_TRY_VALUE(recipe::Recipe resolved, resolveRecipe(recipe, options.baseFolder));
    resolved.output = folder.string();
    const std::string name = options.name.empty() ? folder.filename().string() : options.name;
    FETTLE_TRY_VALUE(Json files, describeDataFiles(resolved));
    Json info = options.info;
    info["data_files"] = std::move(files);
    FETTLE_TRY(run::createRunFolder(folder.string(), name, recipe::toJson(resolved), info));
    return folder.string();
}

} // namespace fettle::train
