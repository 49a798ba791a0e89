// Publishing for runs.
#include "project/run_data.h"

#include "project/project.h"
#include "run/data_path.h"

#include <algorithm>
#include <filesystem>

namespace fettle::project {
namespace {

constexpr const char* kPrefix = "project:";

} // namespace

bool usesProjectRows(const recipe::Recipe& recipe) {
    const auto named = [](const std::vector<std::string>& entries) {
        return std::any_of(entries.begin(), entries.end(),
                           [](const std::string& entry) { return entry.starts_with(kPrefix); });
    };
    return named(recipe.data.train) || named(recipe.data.validation);
}

Result<std::optional<PublishedData>> publishFor(Project& project, const recipe::Recipe& recipe, std::stop_token stop) {
    if (!usesProjectRows(recipe)) {
        return std::optional<PublishedData>();
    }
    FETTLE_TRY_VALUE(PublishedData data, project.publishRows(stop));
    return std::optional<PublishedData>(std::move(data));
}

Result<std::optional<PublishedData>> publishFor(const std::string& baseFolder, const recipe::Recipe& recipe,
                                                std::stop_token stop) {
    const std::string folder = usesProjectRows(recipe) ? run::findProjectFolder(baseFolder) : std::string();
    if (folder.empty()) {
        return std::optional<PublishedData>();
    }
    FETTLE_TRY_VALUE(const std::unique_ptr<Project> project, Project::open(folder));
    return publishFor(*project, recipe, stop);
}

Json versionInfo(const std::optional<PublishedData>& data) {
    Json info = Json::object();
    if (data) {
        info["data_version"] = {{"id", data->version}, {"hash", data->hash}};
    }
    return info;
}

Result<void> noteRunVersion(Project& project, const std::string& runFolder, const std::optional<PublishedData>& data) {
    return data ? project.rows().noteRun(std::filesystem::path(runFolder).filename().string(), *data) : Result<void>();
}

Result<void> noteRunVersion(const std::string& baseFolder, const std::string& runFolder,
                            const std::optional<PublishedData>& data) {
    if (!data) {
        return {};
    }
    FETTLE_TRY_VALUE(const std::unique_ptr<Project> project, Project::open(run::findProjectFolder(baseFolder)));
    return noteRunVersion(*project, runFolder, data);
}

std::string entryOfFile(const std::string& path, const std::string& projectFolder) {
    const std::filesystem::path file(path);
    const std::string name = file.filename().string();
    for (const Split split : {Split::Train, Split::Validation, Split::Test}) {
        const std::string own = splitName(split);
        const bool dropped = file.parent_path() == projectFolder && name == own + ".jsonl";
        const bool published =
            file.parent_path() == projectFolder + "/data" && name.starts_with(own + "-") && name.ends_with(".jsonl");
        if (dropped || published) {
            return kPrefix + own;
        }
    }
    return path;
}

} // namespace fettle::project
