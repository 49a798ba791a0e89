// The list of recent projects, a small JSON file of the user.
#include "base/clock.h"
#include "base/files.h"
#include "base/json.h"
#include "base/resources.h"
#include "project/project.h"

#include <algorithm>
#include <filesystem>

namespace fettle::project {
namespace {

constexpr std::size_t kMost = 20;

std::string listPath() {
    return configFolder() + "/recent.json";
}

std::string cleanPath(const std::string& folder) {
    const auto path = std::filesystem::absolute(folder).lexically_normal();
    return path.has_filename() ? path.string() : path.parent_path().string();
}

std::vector<RecentProject> readAll() {
    std::vector<RecentProject> out;
    const auto json = readJsonFile(listPath());
    if (!json || !json->is_object() || !json->contains("projects") || !(*json)["projects"].is_array()) {
        return out;
    }
    for (const Json& item : (*json)["projects"]) {
        RecentProject project;
        project.folder = jsonString(item, "folder", "").valueOr("");
        project.name = jsonString(item, "name", "").valueOr("");
        project.openedMs = jsonInt(item, "opened_ms", 0).valueOr(0);
        if (!project.folder.empty()) {
            out.push_back(std::move(project));
        }
    }
    return out;
}

Result<void> writeAll(const std::vector<RecentProject>& projects) {
    Json list = Json::array();
    for (const RecentProject& project : projects) {
        Json item = Json::object();
        item["folder"] = project.folder;
        item["name"] = project.name;
        item["opened_ms"] = project.openedMs;
        list.push_back(std::move(item));
    }
    Json root = Json::object();
    root["projects"] = std::move(list);
    FETTLE_TRY(makeFolders(configFolder()));
    return writeFileAtomic(listPath(), dumpJsonPretty(root));
}

void drop(std::vector<RecentProject>& projects, const std::string& folder) {
    std::erase_if(projects, [&folder](const RecentProject& project) { return project.folder == folder; });
}

} // namespace

std::vector<RecentProject> recentProjects() {
    auto projects = readAll();
    std::erase_if(projects, [](const RecentProject& project) { return !fileExists(project.folder + "/project.db"); });
    return projects;
}

Result<void> noteRecentProject(const std::string& folder, const std::string& name) {
    auto projects = readAll(); // a disk that is away for now keeps its entries
    const std::string clean = cleanPath(folder);
    drop(projects, clean);
    projects.insert(projects.begin(), RecentProject{clean, name, systemClock().unixMs()});
    if (projects.size() > kMost) {
        projects.resize(kMost);
    }
    return writeAll(projects);
}

Result<void> forgetRecentProject(const std::string& folder) {
    auto projects = readAll();
    const std::size_t before = projects.size();
    drop(projects, cleanPath(folder));
    return projects.size() == before ? Result<void>() : writeAll(projects);
}

} // namespace fettle::project
