// Exporting and importing run archives.
#include "run/run_archive.h"

#include "base/files.h"
#include "base/json.h"
#include "base/utf8.h"
#include "run/run_folder.h"
#include "run/sha256.h"
#include "run/tar_file.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include <sys/stat.h>

namespace fettle::run {
namespace {

namespace fs = std::filesystem;

constexpr const char* kManifest = "fettle-run.json";
constexpr const char* kFormat = "fettle-run";
constexpr std::int64_t kVersion = 1;
constexpr std::size_t kPiece = std::size_t{1} << 20;
constexpr std::size_t kLongestRoot = 60;

struct FileToPack {
    std::string relative; // from the run folder, with /
    std::string path;
    std::uint64_t size = 0;
    std::int64_t modified = 0;
    std::string sha256;
};

std::string cleanFolder(const std::string& folder) {
    const fs::path path = fs::absolute(folder).lexically_normal();
    return (path.has_filename() ? path : path.parent_path()).string();
}

// Steps of the checkpoints to take along.
std::set<std::int64_t> chosenSteps(const std::string& folder, ArchivedCheckpoints which) {
    const auto all = listCheckpoints(folder);
    std::set<std::int64_t> out;
    if (which == ArchivedCheckpoints::None || all.empty()) {
        return out;
    }
    if (which == ArchivedCheckpoints::All) {
        for (const CheckpointInfo& info : all) {
            out.insert(info.step);
        }
        return out;
    }
    const auto best = std::find_if(all.begin(), all.end(), [](const CheckpointInfo& info) { return info.best; });
    out.insert(which == ArchivedCheckpoints::Best && best != all.end() ? best->step : all.back().step);
    return out;
}

// What belongs to a living process and not to the run: locks, requests to its owner.
bool isTransient(std::string_view relative) {
    return relative.find('/') == std::string_view::npos &&
           (relative.ends_with(".lock") || relative == "control.json" || relative == kManifest);
}

// Whether a path below the folder belongs into the archive.
bool isWanted(const std::string& relative, const std::set<std::int64_t>& steps) {
    if (isTransient(relative)) {
        return false;
    }
    constexpr std::string_view kCheckpoints = "checkpoints/";
    if (!std::string_view(relative).starts_with(kCheckpoints)) {
        return !relative.ends_with(".tmp");
    }
    const std::string_view rest = std::string_view(relative).substr(kCheckpoints.size());
    const auto step = checkpointStep(rest.substr(0, rest.find('/')));
    return step && steps.contains(*step); // neither damaged ones nor those half written
}

Result<std::vector<FileToPack>> filesOf(const std::string& folder, const std::set<std::int64_t>& steps,
                                        std::vector<std::string>& leftOut) {
    std::vector<FileToPack> out;
    std::error_code status;
    auto entry = fs::recursive_directory_iterator(folder, status);
    for (; !status && entry != fs::recursive_directory_iterator(); entry.increment(status)) {
        const std::string path = entry->path().string();
        const std::string relative = path.substr(folder.size() + 1);
        struct stat info {};
        if (::lstat(path.c_str(), &info) != 0) {
            return errnoError(errno, "reading", path);
        }
        if (S_ISDIR(info.st_mode)) {
            continue;
        }
        if (!isWanted(relative, steps)) {
            continue;
        }
        if (!S_ISREG(info.st_mode)) {
            leftOut.push_back(relative);
            continue;
        }
        out.push_back(
            {relative, path, static_cast<std::uint64_t>(info.st_size), static_cast<std::int64_t>(info.st_mtime), {}});
    }
    if (status) {
        return makeError(ErrorCode::Io, "cannot be listed: " + status.message()).at(folder);
    }
    std::sort(out.begin(), out.end(), [](const FileToPack& a, const FileToPack& b) { return a.relative < b.relative; });
    return out;
}

Result<void> mustBeRun(const std::string& run) {
    if (!fileExists(run + "/recipe.json")) {
        return makeError(ErrorCode::NotFound, "is no run folder: it holds no recipe.json").at(run);
    }
    return {};
}

// The files to take along and what they add up to.
Result<ArchiveReport> contentsOf(const std::string& run, ArchivedCheckpoints which, std::vector<FileToPack>& files) {
    ArchiveReport report;
    const auto steps = chosenSteps(run, which);
    report.checkpoints.assign(steps.begin(), steps.end());
    FETTLE_TRY_VALUE(files, filesOf(run, steps, report.leftOut));
    for (const FileToPack& file : files) {
        report.bytes += file.size;
    }
    report.files = static_cast<std::int64_t>(files.size());
    return report;
}

class Progress {
public:
    Progress(const std::function<bool(std::uint64_t, std::uint64_t)>& tell, std::uint64_t total)
        : m_tell(tell)
        , m_total(total) {}
    Result<void> add(std::uint64_t bytes) {
        m_done += bytes;
        if (m_tell && !m_tell(std::min(m_done, m_total), m_total)) {
            return makeError(ErrorCode::Cancelled, "cancelled");
        }
        return {};
    }

private:
    const std::function<bool(std::uint64_t, std::uint64_t)>& m_tell;
    std::uint64_t m_total = 0, m_done = 0;
};

// take(piece) -> Result<void> for the whole file.
template <class Take>
Result<void> eachPiece(std::string_view bytes, Take take) {
    for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
        FETTLE_TRY(take(bytes.substr(at, kPiece)));
    }
    return {};
}

Json manifestOf(const std::string& id, const std::vector<FileToPack>& files) {
    Json list = Json::array();
    for (const FileToPack& file : files) {
        list.push_back({{"path", file.relative}, {"size", file.size}, {"sha256", file.sha256}});
    }
    return {{"format", kFormat},
            {"version", kVersion},
            {"run", id},
            {"written_by", FETTLE_VERSION},
            {"written_ms", systemClock().unixMs()},
            {"files", std::move(list)}};
}

Result<void> writeEntry(AtomicFile& out, TarEntry entry, std::string_view bytes) {
    FETTLE_TRY_VALUE(const std::string header, tarHeader(entry));
    FETTLE_TRY(out.write(header));
    FETTLE_TRY(out.write(bytes));
    return out.write(std::string(tarPadding(bytes.size()), '\0'));
}

// What the manifest promises of one file.
struct Promise {
    std::uint64_t size = 0;
    std::string sha256;
    bool seen = false;
};
struct Manifest {
    std::string run;
    std::map<std::string, Promise> files;
    std::uint64_t total = 0;
};

Error refused(const std::string& entry, const std::string& reason) {
    return makeError(ErrorCode::Corrupt, reason, "The archive is damaged or was not written by Fettle.").forKey(entry);
}

/// "" for a path that stays inside its folder, else what is wrong with it.
std::string pathFault(std::string_view path) {
    if (path.empty() || path.size() > 1000) {
        return "the path is empty or too long";
    }
    if (firstInvalidUtf8(path) ||
        std::any_of(path.begin(), path.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
        return "the path holds bytes that are no text";
    }
    if (path.front() == '/' || path.find('\\') != std::string_view::npos) {
        return "the path is not relative";
    }
    std::size_t begin = 0;
    while (begin <= path.size()) {
        const auto slash = std::min(path.find('/', begin), path.size());
        const std::string_view part = path.substr(begin, slash - begin);
        if (part.empty() || part == "." || part == "..") {
            return "the path leaves its folder";
        }
        begin = slash + 1;
    }
    return {};
}

Result<Manifest> readManifest(std::string_view text) {
    auto json = parseJson(text);
    if (!json) {
        return json.error().at(kManifest, json.error().line);
    }
    const auto inManifest = [](Error error) { return error.at(kManifest); };
    if (!json->is_object() || json->value("format", Json()) != kFormat) {
        return inManifest(makeError(ErrorCode::Unsupported, "this is no archive of a run"));
    }
    const auto version = jsonInt(*json, "version");
    if (!version || *version > kVersion) {
        return inManifest(
            makeError(ErrorCode::Unsupported, "the archive was written by a newer version of Fettle", "Update Fettle.")
                .forKey("version"));
    }
    Manifest manifest;
    auto run = jsonString(*json, "run");
    if (!run || !pathFault(*run).empty() || run->find('/') != std::string::npos || run->front() == '.') {
        return inManifest(makeError(ErrorCode::Corrupt, "is not a name of a run").forKey("run"));
    }
    manifest.run = std::move(*run);
    const auto files = json->find("files");
    if (files == json->end() || !files->is_array()) {
        return inManifest(makeError(ErrorCode::Corrupt, "is not a list").forKey("files"));
    }
    for (std::size_t i = 0; i < files->size(); ++i) {
        const Json& file = (*files)[i];
        const std::string key = "files[" + std::to_string(i) + "]";
        if (!file.is_object()) {
            return inManifest(makeError(ErrorCode::Corrupt, "is not an object").forKey(key));
        }
        const auto path = jsonString(file, "path");
        const auto size = jsonInt(file, "size");
        const auto sha = jsonString(file, "sha256");
        if (!path || !size || *size < 0 || !sha || sha->size() != 64) {
            return inManifest(makeError(ErrorCode::Corrupt, "needs path, size and sha256").forKey(key));
        }
        if (const std::string fault = pathFault(*path); !fault.empty()) {
            return inManifest(makeError(ErrorCode::Corrupt, fault).forKey(key + ".path"));
        }
        if (isTransient(*path)) {
            return inManifest(makeError(ErrorCode::Corrupt, "is no file of a run").forKey(key + ".path"));
        }
        if (!manifest.files.emplace(*path, Promise{static_cast<std::uint64_t>(*size), *sha}).second) {
            return inManifest(makeError(ErrorCode::Corrupt, "names a file twice").forKey(key + ".path"));
        }
        manifest.total += static_cast<std::uint64_t>(*size);
    }
    if (!manifest.files.contains("recipe.json")) {
        return inManifest(makeError(ErrorCode::Corrupt, "names no recipe.json: this is no run").forKey("files"));
    }
    return manifest;
}

Result<void> unpackFile(const std::string& target, std::string_view bytes, const Promise& promise, Progress& progress) {
    FETTLE_TRY(makeFolders(fs::path(target).parent_path().string()));
    FETTLE_TRY_VALUE(AtomicFile out, AtomicFile::create(target));
    Sha256 hash;
    const auto take = [&](std::string_view piece) -> Result<void> {
        hash.add(piece);
        FETTLE_TRY(out.write(piece));
        return progress.add(piece.size());
    };
    FETTLE_TRY(eachPiece(bytes, take));
    if (hash.hex() != promise.sha256) {
        return makeError(ErrorCode::Corrupt, "its checksum does not fit: the file is damaged",
                         "Copy or download the archive again.");
    }
    return out.commit();
}

Result<Manifest> unpack(std::string_view bytes, const std::string& temporary, const ImportOptions& options) {
    TarReader tar(bytes);
    FETTLE_TRY_VALUE(const std::optional<TarEntry> first, tar.next());
    const std::string tail = std::string("/") + kManifest;
    if (!first || first->kind != TarEntry::Kind::File || !first->path.ends_with(tail)) {
        return makeError(ErrorCode::Unsupported, std::string("does not begin with ") + kManifest,
                         "Only archives that `fettle runs export --archive` wrote can be imported.");
    }
    const std::string root = first->path.substr(0, first->path.size() - tail.size());
    if (!pathFault(root).empty() || root.find('/') != std::string::npos) {
        return refused(first->path, "the folder inside the archive has no usable name");
    }
    FETTLE_TRY_VALUE(Manifest manifest, readManifest(tar.data()));
    if (manifest.total > bytes.size()) {
        return makeError(ErrorCode::Corrupt, "promises more bytes than the archive has: it is torn",
                         "Copy or download the archive again.")
            .forKey("files");
    }
    FETTLE_TRY_VALUE(const std::uint64_t room, freeDiskBytes(temporary));
    if (room < manifest.total) {
        return makeError(ErrorCode::DiskFull, "there is not enough room for the run", "Make room and import again.")
            .at(temporary);
    }
    FETTLE_TRY(makeFolders(temporary));
    Progress progress(options.progress, manifest.total);
    for (;;) {
        FETTLE_TRY_VALUE(const std::optional<TarEntry> entry, tar.next());
        if (!entry) {
            break;
        }
        if (entry->kind == TarEntry::Kind::Other) {
            return refused(entry->path, std::string("is a link or a special file (type '") +
                                            (entry->typeFlag >= ' ' && entry->typeFlag < 127 ? entry->typeFlag : '?') +
                                            "'): refused");
        }
        std::string path = entry->path;
        if (entry->kind == TarEntry::Kind::Folder) {
            while (!path.empty() && path.back() == '/') {
                path.pop_back();
            }
        }
        if (const std::string fault = pathFault(path); !fault.empty()) {
            return refused(entry->path, fault);
        }
        if (entry->kind == TarEntry::Kind::Folder) {
            if (entry->size != 0) {
                return refused(entry->path, "is a folder with a size");
            }
            continue; // folders are made for their files
        }
        if (!path.starts_with(root + '/')) {
            return refused(entry->path, "lies outside the folder of the run");
        }
        path.erase(0, root.size() + 1);
        const auto promise = manifest.files.find(path);
        if (promise == manifest.files.end()) {
            return refused(entry->path, "is not named by the manifest");
        }
        if (promise->second.seen) {
            return refused(entry->path, "is there twice");
        }
        if (promise->second.size != entry->size) {
            return refused(entry->path, "has another size than the manifest says");
        }
        promise->second.seen = true;
        if (auto done = unpackFile(temporary + '/' + path, tar.data(), promise->second, progress); !done) {
            Error error = std::move(done).error();
            error.key = error.key.empty() ? entry->path : error.key;
            return error;
        }
    }
    for (const auto& [path, promise] : manifest.files) {
        if (!promise.seen) {
            return refused(path, "is named by the manifest and missing in the archive");
        }
    }
    const auto recipe = readJsonFile(temporary + "/recipe.json");
    if (!recipe || !recipe->is_object()) {
        return refused("recipe.json", recipe ? "is not an object" : "is not readable: " + recipe.error().message);
    }
    return manifest;
}

std::string freeId(const std::string& runsFolder, const std::string& wanted) {
    std::string id = wanted;
    for (int number = 2; fs::exists(fs::symlink_status(fs::path(runsFolder) / id)); ++number) {
        id = wanted + '-' + std::to_string(number);
    }
    return id;
}

} // namespace

std::optional<ArchivedCheckpoints> archivedCheckpointsFromName(std::string_view name) {
    if (name == "all") {
        return ArchivedCheckpoints::All;
    }
    if (name == "last") {
        return ArchivedCheckpoints::Last;
    }
    if (name == "best") {
        return ArchivedCheckpoints::Best;
    }
    if (name == "none") {
        return ArchivedCheckpoints::None;
    }
    return std::nullopt;
}

Result<ArchiveReport> runArchiveContents(const std::string& folder, ArchivedCheckpoints checkpoints) {
    const std::string run = cleanFolder(folder);
    FETTLE_TRY(mustBeRun(run));
    std::vector<FileToPack> files;
    return contentsOf(run, checkpoints, files);
}

Result<ArchiveReport> exportRunArchive(const std::string& folder, const std::string& archive,
                                       const ArchiveOptions& options) {
    const std::string run = cleanFolder(folder);
    FETTLE_TRY(mustBeRun(run));
    if (hasLiveOwner(run)) {
        return makeError(ErrorCode::Busy, "the run is still going on", "Stop it, or wait until it ends.").at(run);
    }
    const std::string target = fs::absolute(archive).lexically_normal().string();
    if (target.starts_with(run + '/')) {
        return makeError(ErrorCode::InvalidInput, "the archive would lie inside the run", "Name a file elsewhere.")
            .at(target);
    }
    const std::string id = fs::path(run).filename().string();
    std::vector<FileToPack> files;
    FETTLE_TRY_VALUE(ArchiveReport report, contentsOf(run, options.checkpoints, files));
    Progress progress(options.progress, 2 * report.bytes); // once for the checksums, once for the copy
    for (FileToPack& file : files) {
        FETTLE_TRY_VALUE(const MappedFile map, MappedFile::open(file.path));
        file.size = map.bytes().size();
        Sha256 hash;
        const auto take = [&](std::string_view piece) {
            hash.add(piece);
            return progress.add(piece.size());
        };
        FETTLE_TRY(eachPiece(map.text(), take));
        file.sha256 = hash.hex();
    }
    const std::string root = id.size() <= kLongestRoot ? id : "run";
    FETTLE_TRY_VALUE(AtomicFile out, AtomicFile::create(target));
    const std::string manifest = dumpJsonPretty(manifestOf(id, files));
    FETTLE_TRY(writeEntry(
        out, {.path = root + '/' + kManifest, .size = manifest.size(), .modified = systemClock().unixMs() / 1000},
        manifest));
    for (const FileToPack& file : files) {
        FETTLE_TRY_VALUE(const MappedFile map, MappedFile::open(file.path));
        FETTLE_TRY_VALUE(const std::string header,
                         tarHeader({.path = root + '/' + file.relative, .size = file.size, .modified = file.modified}));
        FETTLE_TRY(out.write(header));
        Sha256 hash;
        const auto take = [&](std::string_view piece) -> Result<void> {
            hash.add(piece);
            FETTLE_TRY(out.write(piece));
            return progress.add(piece.size());
        };
        FETTLE_TRY(eachPiece(map.text(), take));
        if (hash.hex() != file.sha256) {
            return makeError(ErrorCode::Io, "changed while it was exported", "Export the run again.").at(file.path);
        }
        FETTLE_TRY(out.write(std::string(tarPadding(file.size), '\0')));
    }
    FETTLE_TRY(out.write(tarEnd()));
    FETTLE_TRY(out.commit());
    return report;
}

Result<ImportedRun> importRunArchive(const std::string& archive, const std::string& runsFolder,
                                     const ImportOptions& options) {
    FETTLE_TRY_VALUE(const MappedFile file, MappedFile::open(archive));
    FETTLE_TRY(makeFolders(runsFolder));
    const std::string runs = cleanFolder(runsFolder);
    const std::string temporary = runs + "/.import-" + sha256Hex(archive).substr(0, 12) + ".tmp";
    FETTLE_TRY(removeAll(temporary)); // left by a crash
    auto manifest = unpack(file.text(), temporary, options);
    if (!manifest) {
        (void)removeAll(temporary);
        Error error = std::move(manifest).error();
        if (error.file.empty()) {
            error.file = archive;
        } else if (error.file == kManifest) {
            error.file = archive + ": " + kManifest;
        }
        return error;
    }
    ImportedRun out;
    out.archivedId = manifest->run;
    out.id = options.id.empty() ? freeId(runs, manifest->run) : options.id;
    out.folder = runs + '/' + out.id;
    out.files = static_cast<std::int64_t>(manifest->files.size());
    out.bytes = manifest->total;
    auto published = publishFolder(temporary, out.folder);
    if (!published) {
        (void)removeAll(temporary);
        return std::move(published).error();
    }
    return out;
}

} // namespace fettle::run
