// The sample project: built beside its place and moved there, so that a half-made one is never seen.
#include "base/files.h"
#include "project/project.h"

#include <array>
#include <filesystem>

namespace fettle::project {
namespace {

constexpr const char* kFolderName = "Sample";
constexpr const char* kProjectName = "Sample: recipe lines to JSON";
constexpr std::array<const char*, 4> kFiles{"recipe.yaml", "train.jsonl", "validation.jsonl", "test.jsonl"};

} // namespace

std::string sampleFolder(const std::string& projectsFolder) {
    return projectsFolder + '/' + kFolderName;
}

Result<std::unique_ptr<Project>> openSample(const std::string& projectsFolder, const std::string& resourcesFolder) {
    const std::string folder = sampleFolder(projectsFolder);
    if (fileExists(folder + "/project.db")) {
        return Project::open(folder);
    }
    if (fileExists(folder)) {
        return makeError(ErrorCode::Busy, "is there already and is no project",
                         "Rename it, then open the sample again.")
            .at(folder);
    }
    const std::string source = resourcesFolder + "/sample/";
    for (const char* name : kFiles) {
        if (!fileExists(source + name)) {
            return makeError(ErrorCode::NotFound, "the sample's data is missing",
                             "Install Fettle again, or set FETTLE_RESOURCES_DIR.")
                .at(source + name);
        }
    }
    const std::string temporary = projectsFolder + "/.new-" + kFolderName;
    const auto build = [&]() -> Result<void> {
        FETTLE_TRY(removeAll(temporary)); // left by a crash
        {
            FETTLE_TRY(Project::create(
                temporary, kProjectName)); // closed again: the database must not be open while its folder moves
        }
        for (const char* name : kFiles) {
            FETTLE_TRY_VALUE(const std::string bytes, readFile(source + name));
            FETTLE_TRY(writeFileAtomic(temporary + '/' + name, bytes));
        }
        return publishFolder(temporary, folder);
    };
    if (auto built = build(); !built) {
        (void)removeAll(temporary);
        return std::move(built).error();
    }
    return Project::open(folder);
}

} // namespace fettle::project
