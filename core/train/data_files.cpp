// Size and hash of each file.
#include "train/data_files.h"

#include "base/files.h"
#include "base/hash.h"
#include "run/run_folder.h"

namespace fettle::train {
namespace {

Result<std::string> hashOf(const std::string& path) {
    FETTLE_TRY_VALUE(const MappedFile file, MappedFile::open(path));
    std::string hash = hashHex(file.text());
    file.dropPages();
    return hash;
}

Error changed(const std::string& path, const char* what) {
    return makeError(ErrorCode::InvalidInput, what,
                     "Start a new run with the rows as they are now, or put the old file back.")
        .at(path)
        .forKey("data");
}

} // namespace

Result<Json> describeDataFiles(const recipe::Recipe& resolved) {
    Json out = Json::array();
    for (const auto* list : {&resolved.data.train, &resolved.data.validation}) {
        for (const std::string& path : *list) {
            FETTLE_TRY_VALUE(const std::uint64_t bytes, fileSize(path));
            FETTLE_TRY_VALUE(std::string hash, hashOf(path));
            out.push_back({{"path", path}, {"bytes", bytes}, {"hash", std::move(hash)}});
        }
    }
    return out;
}

Result<void> checkDataFiles(const std::string& runFolder) {
    const auto info = run::readRunInfo(runFolder);
    const auto files = info ? info->find("data_files") : Json::const_iterator();
    if (!info || files == info->end() || !files->is_array() || !run::listCheckpoints(runFolder).empty()) {
        return {};
    }
    for (const Json& file : *files) {
        const std::string path =
            file.is_object() ? jsonString(file, "path", std::string()).valueOr(std::string()) : std::string();
        if (path.empty()) {
            continue;
        }
        const auto bytes = fileSize(path);
        if (!bytes) {
            return changed(path, "is gone since the run was prepared");
        }
        const auto hash = hashOf(path);
        if (static_cast<std::int64_t>(*bytes) != jsonInt(file, "bytes", -1).valueOr(-1) || !hash ||
            *hash != jsonString(file, "hash", std::string()).valueOr(std::string())) {
            return changed(path, "has changed since the run was prepared");
        }
    }
    return {};
}

} // namespace fettle::train
