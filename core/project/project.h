// A project is a folder: project.db (name, index of runs), recipe.yaml, runs/, and its data as train.jsonl,
// validation.jsonl, test.jsonl. The folder is the truth; the database only indexes.
#pragma once

#include "base/result.h"
#include "recipe/recipe.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace fettle::project {

class RowStore;
struct PublishedData;

inline constexpr int kProjectSchema = 2;

struct RunEntry {
    std::string id;     // folder name: "run-0001"
    std::string name;   // for people: "Run 1"
    std::string folder; // absolute
    std::int64_t createdMs = 0;
};

struct NewRun {
    std::string folder; // <project>/runs/run-0002, not created yet
    std::string name;   // "Run 2"
};

/// Thread: any (serialised inside). Calls touch the disk for milliseconds.
class Project {
public:
    /// A new project in `folder`, which must not exist or be empty. recipe.yaml is written with defaults where there is
    /// none.
    [[nodiscard]] static Result<std::unique_ptr<Project>> create(const std::string& folder, const std::string& name);
    /// Errors: NotFound (no project.db), Unsupported (made by a newer Fettle), InvalidInput (a database of another
    /// program), Corrupt, Busy (locked for long). Older ones are brought up to date. Runs on disk that the index lacks
    /// are added, runs that are gone leave it.
    [[nodiscard]] static Result<std::unique_ptr<Project>> open(const std::string& folder);
    ~Project();
    Project(const Project&) = delete;
    Project& operator=(const Project&) = delete;

    [[nodiscard]] const std::string& folder() const;
    [[nodiscard]] std::string name() const;
    [[nodiscard]] Result<void> setName(const std::string& name);

    /// Newest first. Looks at the folder again (runs may be made by other processes).
    [[nodiscard]] Result<std::vector<RunEntry>> runs();
    /// The next free folder and name. Nothing is created: train::prepareRun does.
    [[nodiscard]] Result<NewRun> newRunFolder();
    [[nodiscard]] Result<void> setRunName(const std::string& id, const std::string& name);
    /// Removes the run's folder and its entry. Error Busy while a live process owns it.
    [[nodiscard]] Result<void> removeRun(const std::string& id);

    /// The project's rows: open as long as the project is (row_store.h).
    [[nodiscard]] RowStore& rows() const;
    /// SPLIT.jsonl files that lie in the folder and are new or changed since they were taken in enter the rows (edits
    /// and labels of rows that did not change in the file stay). Done by open(). True when something came.
    [[nodiscard]] Result<bool> takeSplitFiles();
    /// takeSplitFiles(), then RowStore::publish(): to be called before project:SPLIT of a recipe is resolved.
    [[nodiscard]] Result<PublishedData> publishRows(std::stop_token stop = {},
                                                    const std::function<void(double)>& progress = {});

    [[nodiscard]] std::string recipePath() const; // <project>/recipe.yaml
    [[nodiscard]] Result<recipe::Recipe> loadRecipe() const;
    /// Changes only the values that differ; comments stay. Atomic.
    [[nodiscard]] Result<void> saveRecipe(const recipe::Recipe& recipe);
    /// <project>/SPLIT.jsonl: where a file of rows may be put to be taken in.
    [[nodiscard]] std::string splitPath(const std::string& split) const;

private:
    struct Impl;
    explicit Project(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// The sample project in `projectsFolder`: made from <resources>/sample/{train,validation,test}.jsonl and recipe.yaml
/// on the first call (whole or not at all), opened on later ones.
[[nodiscard]] Result<std::unique_ptr<Project>> openSample(const std::string& projectsFolder,
                                                          const std::string& resourcesFolder);
[[nodiscard]] std::string sampleFolder(const std::string& projectsFolder);

struct RecentProject {
    std::string folder, name;
    std::int64_t openedMs = 0;
};
/// ${XDG_CONFIG_HOME:-~/.config}/fettle/recent.json, newest first, at most 20. A damaged list is an empty one; folders
/// that are gone are left out.
[[nodiscard]] std::vector<RecentProject> recentProjects();
[[nodiscard]] Result<void> noteRecentProject(const std::string& folder, const std::string& name);
[[nodiscard]] Result<void> forgetRecentProject(const std::string& folder);

} // namespace fettle::project
