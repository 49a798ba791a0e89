// Making a run folder, its run.json, and the names of checkpoints.
#include "run/run_folder.h"

#include "base/numbers.h"

#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace fettle::run {
namespace {

constexpr const char* kInfo = "/run.json";
constexpr const char* kCheckpointPrefix = "step_";

} // namespace

std::string checkpointName(std::int64_t step) {
    std::string digits = std::to_string(step);
    if (digits.size() < 6) {
        digits.insert(0, 6 - digits.size(), '0');
    }
    return kCheckpointPrefix + digits;
}

std::optional<std::int64_t> checkpointStep(std::string_view name) {
    const std::string_view prefix = kCheckpointPrefix;
    if (name.substr(0, prefix.size()) != prefix) {
        return std::nullopt;
    }
    const auto step = parseInt(name.substr(prefix.size()));
    if (!step || *step < 0 || checkpointName(*step) != name) {
        return std::nullopt;
    }
    return *step;
}

Result<void> createRunFolder(const std::string& folder, const std::string& name, const Json& recipe, const Json& more) {
    namespace fs = std::filesystem;
    const fs::path target = fs::absolute(folder).lexically_normal();
    const std::string clean = target.has_filename() ? target.string() : target.parent_path().string();
    if (fileExists(clean)) {
        return makeError(ErrorCode::Busy, "exists already", "Choose another folder, or resume the run that is there.")
            .at(clean);
    }
    const fs::path parent = fs::path(clean).parent_path();
    FETTLE_TRY(makeFolders(parent.string()));
    const std::string temporary = (parent / (".new-" + fs::path(clean).filename().string())).string();
    const auto build = [&]() -> Result<void> {
        FETTLE_TRY(removeAll(temporary)); // left by a crash
        FETTLE_TRY(makeFolders(temporary + "/checkpoints"));
        FETTLE_TRY(writeFileAtomic(temporary + "/recipe.json", dumpJsonPretty(recipe)));
        Json info = Json::object();
        info["name"] = name;
        info["created_ms"] = systemClock().unixMs();
        info["version"] = FETTLE_VERSION;
        info.update(more);
        FETTLE_TRY(writeFileAtomic(temporary + kInfo, dumpJsonPretty(info)));
        return publishFolder(temporary, clean);
    };
    auto built = build();
    if (!built) {
        (void)removeAll(temporary);
    }
    return built;
}

Result<Json> readRunInfo(const std::string& folder) {
    FETTLE_TRY_VALUE(Json info, readJsonFile(folder + kInfo));
    if (!info.is_object()) {
        return makeError(ErrorCode::Corrupt, "is not an object").at(folder + kInfo);
    }
    return info;
}

Result<void> updateRunInfo(const std::string& folder, const Json& keys) {
    // The trainer writes total_steps while a person renames the run: without a lock one of them would be lost.
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return errnoError(errno, "opening", folder);
    }
    while (::flock(fd, LOCK_EX) != 0 && errno == EINTR) {
    }
    const auto merge = [&]() -> Result<void> {
        FETTLE_TRY_VALUE(Json info, readRunInfo(folder));
        for (const auto& [key, value] : keys.items()) {
            if (value.is_null()) {
                info.erase(key);
            } else {
                info[key] = value;
            }
        }
        return writeFileAtomic(folder + kInfo, dumpJsonPretty(info));
    };
    auto merged = merge();
    ::close(fd);
    return merged;
}

} // namespace fettle::run
