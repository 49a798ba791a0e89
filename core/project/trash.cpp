// Renames within the project, and the removal of what is old.
#include "project/trash.h"

#include "base/clock.h"
#include "base/files.h"
#include "base/numbers.h"
#include "run/run_folder.h"

#include <algorithm>
#include <filesystem>
#include <optional>

namespace fettle::project {
namespace {

namespace fs = std::filesystem;

std::string trashOf(const std::string& project) {
    return project + "/trash";
}

std::string runsOf(const std::string& project) {
    return project + "/runs";
}

bool isName(const std::string& name) {
    return !name.empty() && name.front() != '.' && name.find('/') == std::string::npos;
}

std::optional<TrashedRun> parse(const std::string& project, const std::string& key) {
    const auto at = key.rfind('@');
    if (!isName(key) || at == std::string::npos || at == 0) {
        return std::nullopt;
    }
    const auto when = parseInt(key.substr(at + 1));
    if (!when || *when < 0) {
        return std::nullopt;
    }
    TrashedRun run{key, key.substr(0, at), key.substr(0, at), *when};
    if (const auto info = run::readRunInfo(trashOf(project) + '/' + key)) {
        run.name = jsonString(*info, "name", run.id).valueOr(run.id);
    }
    return run;
}

} // namespace

Result<TrashedRun> trashRun(const std::string& projectFolder, const std::string& id) {
    const std::string folder = runsOf(projectFolder) + '/' + id;
    if (!isName(id) || !folderExists(folder)) {
        return makeError(ErrorCode::NotFound, "there is no run '" + id + "' in this project").at(projectFolder);
    }
    if (run::hasLiveOwner(folder)) {
        return makeError(ErrorCode::Busy, "this run is still active", "Stop it first.").at(folder);
    }
    FETTLE_TRY(makeFolders(trashOf(projectFolder)));
    for (std::int64_t now = systemClock().unixMs();; ++now) {
        const std::string key = id + "@" + std::to_string(now);
        if (!fileExists(trashOf(projectFolder) + '/' + key)) {
            FETTLE_TRY(publishFolder(folder, trashOf(projectFolder) + '/' + key));
            return *parse(projectFolder, key);
        }
    }
}

Result<std::string> restoreRun(const std::string& projectFolder, const std::string& key) {
    const auto run = parse(projectFolder, key);
    const std::string from = trashOf(projectFolder) + '/' + key;
    if (!run || !folderExists(from)) {
        return makeError(ErrorCode::NotFound, "it is not among the deleted runs any more").at(from);
    }
    const std::string to = runsOf(projectFolder) + '/' + run->id;
    if (fileExists(to)) {
        return makeError(ErrorCode::Busy, "another run stands in its place", "Move that one away first.").at(to);
    }
    FETTLE_TRY(makeFolders(runsOf(projectFolder)));
    FETTLE_TRY(publishFolder(from, to));
    return to;
}

std::vector<TrashedRun> trashedRuns(const std::string& projectFolder) {
    std::vector<TrashedRun> out;
    std::error_code status;
    for (const auto& entry : fs::directory_iterator(trashOf(projectFolder), status)) {
        if (auto run = parse(projectFolder, entry.path().filename().string())) {
            out.push_back(std::move(*run));
        }
    }
    std::sort(out.begin(), out.end(), [](const TrashedRun& a, const TrashedRun& b) {
        return a.deletedMs != b.deletedMs ? a.deletedMs > b.deletedMs : a.key > b.key;
    });
    return out;
}

Result<std::int64_t> emptyTrash(const std::string& projectFolder, std::int64_t deletedBeforeMs) {
    std::int64_t removed = 0;
    for (const TrashedRun& run : trashedRuns(projectFolder)) {
        if (run.deletedMs <= deletedBeforeMs) {
            FETTLE_TRY(removeAll(trashOf(projectFolder) + '/' + run.key));
            ++removed;
        }
    }
    return removed;
}

} // namespace fettle::project
