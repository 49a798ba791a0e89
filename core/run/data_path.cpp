// Data entries of recipes as paths.
#include "run/data_path.h"

#include "base/files.h"

#include <algorithm>
#include <filesystem>

namespace fettle::run {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kProject = "project:";
constexpr int kLevels = 3; // <project>/runs/run-0001 and one more

Result<std::string> resolveSplit(const std::string& entry, const std::string& folder) {
    const std::string split = entry.substr(kProject.size());
    const bool plain = !split.empty() && split.front() != '.' && std::all_of(split.begin(), split.end(), [](char c) {
        return c != '/' && c != '\\' && c != '\0';
    });
    if (!plain) {
        return makeError(ErrorCode::InvalidInput, "'" + entry + "' names no split",
                         "Write project:train, project:validation or project:test.");
    }
    const std::string project = findProjectFolder(folder);
    if (project.empty()) {
        return makeError(ErrorCode::NotFound,
                         "'" + entry + "' needs a project, and " +
                             (folder.empty() ? std::string("the working folder") : folder) + " is in none",
                         "Name a file instead, or run inside a project.");
    }
    std::string path = project + '/' + split + ".jsonl";
    if (!fileExists(path)) {
        return makeError(ErrorCode::NotFound, "the project has no split '" + split + "'",
                         "Import data into it, or name a file.")
            .at(path);
    }
    return path;
}

} // namespace

std::string findProjectFolder(const std::string& folder) {
    fs::path place = fs::absolute(folder.empty() ? "." : folder).lexically_normal();
    if (!place.has_filename()) {
        place = place.parent_path();
    }
    for (int level = 0; level <= kLevels; ++level) {
        if (fileExists((place / "project.db").string())) {
            return place.string();
        }
        if (!place.has_relative_path()) {
            break;
        }
        place = place.parent_path();
    }
    return {};
}

Result<std::string> resolveDataPath(const std::string& entry, const std::string& runFolderOrProject) {
    if (entry.compare(0, kProject.size(), kProject) == 0) {
        return resolveSplit(entry, runFolderOrProject);
    }
    if (entry.empty()) {
        return makeError(ErrorCode::InvalidInput, "an empty path");
    }
    if (fs::path(entry).is_absolute()) {
        if (!fileExists(entry)) {
            return makeError(ErrorCode::NotFound, "no such file").at(entry);
        }
        return fs::path(entry).lexically_normal().string();
    }
    const auto under =
        (fs::absolute(runFolderOrProject.empty() ? "." : runFolderOrProject) / entry).lexically_normal().string();
    if (fileExists(under)) {
        return under;
    }
    const auto here = fs::absolute(entry).lexically_normal().string();
    if (fileExists(here)) {
        return here;
    }
    return makeError(ErrorCode::NotFound, "no such file, neither there nor at " + here).at(under);
}

} // namespace fettle::run
