// Data entries of recipes as paths.
#include "run/data_path.h"

#include "base/files.h"
#include "base/json.h"

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
    if (const auto published = readJsonFile(project + "/data/splits.json"); published && published->is_object()) {
        const auto splits = published->find("splits");
        const auto found =
            splits != published->end() && splits->is_object() ? splits->find(split) : Json::const_iterator();
        if (splits != published->end() && splits->is_object() && found != splits->end()) {
            std::string path = project + '/' + jsonString(*found, "file", std::string()).valueOr(std::string());
            if (fileExists(path)) {
                return path;
            }
        } else if (split == "train" || split == "validation" || split == "test") {
            return makeError(ErrorCode::NotFound, "the project has no rows in its split '" + split + "'",
                             "Import data into it, or name a file.")
                .at(project);
        }
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

bool isPublishedRows(const std::string& path) {
    const fs::path file(path);
    const std::string name = file.stem().string();
    const std::size_t dash = name.rfind('-');
    return file.extension() == ".jsonl" && file.parent_path().filename() == "data" && dash != std::string::npos &&
           name.size() - dash == 17 && name.find_first_not_of("0123456789abcdef", dash + 1) == std::string::npos &&
           fileExists((file.parent_path() / "splits.json").string());
}

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
