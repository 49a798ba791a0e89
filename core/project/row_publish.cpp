// Splits as files named by their content.
#include "project/row_publish.h"

#include "base/files.h"
#include "base/hash.h"
#include "base/json.h"
#include "data/importer.h"
#include "project/row_intake.h"
#include "run/run_folder.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <set>

namespace fettle::project {
namespace {

namespace fs = std::filesystem;
constexpr const char* kFolder = "/data";
constexpr const char* kTable = "/data/splits.json";
constexpr std::size_t kBlock = std::size_t{1} << 20;
constexpr std::array<Split, 3> kSplits{Split::Train, Split::Validation, Split::Test};

void appendId(std::string& ids, RowId id) {
    char bytes[sizeof id];
    std::memcpy(bytes, &id, sizeof id);
    ids.append(bytes, sizeof id);
}

std::string idsPath(const std::string& folder, const PublishedSplit& split) {
    return folder + kFolder + '/' + splitName(split.split) + '-' + split.hash.substr(0, 16) + ".ids";
}

Result<std::optional<PublishedSplit>> writeSplit(Database& database, const std::string& folder, Split split,
                                                 std::stop_token stop,
                                                 const std::function<void(std::int64_t)>& written) {
    FETTLE_TRY_VALUE(Statement read,
                     database.prepare("SELECT rows.id, kind, texts.row FROM rows CROSS JOIN texts ON "
                                      "texts.id = rows.id WHERE state = 1 AND split = ? ORDER BY rows.id"));
    read.bind(1, static_cast<std::int64_t>(split));
    PublishedSplit out;
    out.split = split;
    static std::atomic<unsigned> number = 0; // several may publish at the same time
    const std::string temporary =
        folder + kFolder + "/.new-" + std::to_string(::getpid()) + '-' + std::to_string(++number) + ".jsonl";
    FETTLE_TRY_VALUE(AtomicFile file, AtomicFile::create(temporary));
    Hasher hasher;
    std::string ids;
    std::string pending;
    const auto flush = [&]() -> Result<void> {
        hasher.add(pending);
        FETTLE_TRY(file.write(pending));
        pending.clear();
        return {};
    };
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, read.step());
        if (!more) {
            break;
        }
        const std::string_view row = read.view(2);
        pending += "{\"kind\":\"";
        pending += data::sampleKindName(static_cast<data::SampleKind>(read.integer(1)));
        pending += row.size() > 2 ? "\"," : "\"";
        pending += row.substr(1);
        pending += '\n';
        appendId(ids, read.integer(0));
        ++out.rows;
        if (pending.size() >= kBlock) {
            FETTLE_TRY(flush());
            written(out.rows);
            if (stop.stop_requested()) {
                return makeError(ErrorCode::Cancelled, "stopped while writing the rows for training");
            }
        }
    }
    FETTLE_TRY(flush());
    if (out.rows == 0) {
        return std::optional<PublishedSplit>();
    }
    out.hash = hasher.hex();
    const std::string stem = folder + kFolder + '/' + splitName(split) + '-' + out.hash.substr(0, 16);
    out.path = stem + ".jsonl";
    if (!fileExists(stem + ".ids")) {
        FETTLE_TRY(writeFileAtomic(stem + ".ids", ids));
    }
    if (!fileExists(out.path)) {
        FETTLE_TRY(file.commit());
        std::error_code status;
        fs::rename(temporary, out.path, status);
        if (status) {
            return makeError(ErrorCode::Io, "cannot be renamed: " + status.message(), "Check who may write there.")
                .at(temporary);
        }
    }
    return std::optional<PublishedSplit>(std::move(out));
}

// SPLIT.jsonl itself, where the split is exactly its rows and nobody has touched them: then there is nothing to write,
// and whoever reads it is told of its faulty rows as well.
Result<std::optional<PublishedSplit>> untouchedFile(Database& database, const std::string& folder, Split split) {
    PublishedSplit out;
    out.split = split;
    out.path = folder + '/' + splitName(split) + ".jsonl";
    FETTLE_TRY_VALUE(Statement find,
                     database.prepare("SELECT id, bytes, modified_ns, hash FROM sources WHERE path = ?"));
    FETTLE_TRY_VALUE(const bool found, find.bind(1, out.path).step());
    if (!found) {
        return std::optional<PublishedSplit>();
    }
    const auto mark = markOf(out.path);
    if (!mark || !(*mark == FileMark{find.integer(1), find.integer(2)})) {
        return std::optional<PublishedSplit>();
    }
    const std::int64_t source = find.integer(0);
    out.hash = find.text(3);
    FETTLE_TRY_VALUE(
        Statement others,
        database.prepare("SELECT 1 FROM rows WHERE (source = ?1 AND (state <> 1 OR split <> ?2 OR origin IS NOT "
                         "NULL)) OR (source <> ?1 AND state = 1 AND split = ?2) LIMIT 1"));
    FETTLE_TRY_VALUE(const bool touched, others.bind(1, source).bind(2, static_cast<std::int64_t>(split)).step());
    if (touched) {
        return std::optional<PublishedSplit>();
    }
    std::string ids;
    FETTLE_TRY_VALUE(Statement rows, database.prepare("SELECT id FROM rows WHERE source = ? ORDER BY line, id"));
    rows.bind(1, source);
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, rows.step());
        if (!more) {
            break;
        }
        appendId(ids, rows.integer(0));
        ++out.rows;
    }
    if (out.rows == 0) {
        return std::optional<PublishedSplit>();
    }
    FETTLE_TRY(writeFileAtomic(idsPath(folder, out), ids));
    return std::optional<PublishedSplit>(std::move(out));
}

void addNamedFiles(const std::string& runFolder, std::set<std::string>& used) {
    const auto info = run::readRunInfo(runFolder);
    if (!info) {
        return;
    }
    const auto files = info->find("data_files");
    if (files == info->end() || !files->is_array()) {
        return;
    }
    for (const Json& file : *files) {
        if (file.is_object()) {
            const fs::path path(jsonString(file, "path", std::string()).valueOr(std::string()));
            const std::string hash = jsonString(file, "hash", std::string()).valueOr(std::string());
            used.insert(path.stem().string());
            used.insert(path.stem().string() + '-' + hash.substr(0, 16)); // of SPLIT.jsonl
        }
    }
}

} // namespace

Result<std::vector<PublishedSplit>> writeSplits(Database& snapshot, const std::string& folder, std::stop_token stop,
                                                const std::function<void(double)>& progress) {
    FETTLE_TRY(makeFolders(folder + kFolder));
    FETTLE_TRY_VALUE(const std::int64_t all,
                     snapshot.integer("SELECT count(*) FROM rows WHERE state = 1 AND split > 0"));
    std::vector<PublishedSplit> out;
    std::int64_t before = 0;
    for (const Split split : kSplits) {
        FETTLE_TRY_VALUE(auto untouched, untouchedFile(snapshot, folder, split));
        if (untouched) {
            before += untouched->rows;
            out.push_back(std::move(*untouched));
            continue;
        }
        FETTLE_TRY_VALUE(auto written, writeSplit(snapshot, folder, split, stop, [&](std::int64_t rows) {
                             if (progress && all > 0) {
                                 progress(static_cast<double>(before + rows) / static_cast<double>(all));
                             }
                         }));
        if (written) {
            before += written->rows;
            out.push_back(std::move(*written));
        }
    }
    return out;
}

Result<void> writeSplitTable(const std::string& folder, const PublishedData& data) {
    Json splits = Json::object();
    for (const PublishedSplit& split : data.splits) {
        splits[splitName(split.split)] = {{"file", fs::path(split.path).lexically_relative(folder).string()},
                                          {"hash", split.hash},
                                          {"rows", split.rows}};
    }
    return writeFileAtomic(folder + kTable,
                           dumpJsonPretty({{"version", data.version}, {"hash", data.hash}, {"splits", splits}}));
}

std::optional<PublishedData> readSplitTable(const std::string& folder) {
    const auto json = readJsonFile(folder + kTable);
    if (!json || !json->is_object() || !json->contains("splits")) {
        return std::nullopt;
    }
    PublishedData out;
    out.version = jsonInt(*json, "version", 0).valueOr(0);
    out.hash = jsonString(*json, "hash", std::string()).valueOr(std::string());
    for (const Split split : kSplits) {
        const auto found = (*json)["splits"].find(splitName(split));
        if (found == (*json)["splits"].end() || !found->is_object()) {
            continue;
        }
        PublishedSplit one;
        one.split = split;
        one.path = folder + '/' + jsonString(*found, "file", std::string()).valueOr(std::string());
        one.hash = jsonString(*found, "hash", std::string()).valueOr(std::string());
        one.rows = jsonInt(*found, "rows", 0).valueOr(0);
        if (!fileExists(one.path)) {
            return std::nullopt;
        }
        out.splits.push_back(std::move(one));
    }
    return out;
}

void removeUnusedSplits(const std::string& folder, const PublishedData& current) {
    std::set<std::string> used; // names without their ending
    for (const PublishedSplit& split : current.splits) {
        used.insert(fs::path(idsPath(folder, split)).stem().string());
    }
    for (const char* place : {"/runs", "/trash"}) {
        std::error_code status;
        for (const auto& run : fs::directory_iterator(folder + place, status)) {
            addNamedFiles(run.path().string(), used);
        }
    }
    std::vector<std::string> unused;
    std::error_code status;
    for (const auto& entry : fs::directory_iterator(folder + kFolder, status)) {
        const std::string name = entry.path().filename().string();
        const bool ours =
            (name.starts_with("train-") || name.starts_with("validation-") || name.starts_with("test-")) &&
            (name.ends_with(".jsonl") || name.ends_with(".ids"));
        if (ours && used.count(entry.path().stem().string()) == 0) {
            unused.push_back(entry.path().string());
        }
    }
    for (const std::string& path : unused) {
        (void)removeAll(path); // tried again at the next publish
    }
}

Result<RowIndexPtr> readIds(const std::string& folder, const std::string& publishedPath) {
    std::string path = publishedPath.substr(0, publishedPath.rfind('.')) + ".ids";
    if (const auto now = readSplitTable(folder)) {
        for (const PublishedSplit& split : now->splits) {
            path = split.path == publishedPath ? idsPath(folder, split) : path;
        }
    }
    FETTLE_TRY_VALUE(const std::string bytes, readFile(path));
    auto ids = std::make_shared<RowIndex>(bytes.size() / sizeof(RowId)); // shared with whoever shows the run
    std::memcpy(ids->data(), bytes.data(), ids->size() * sizeof(RowId));
    return RowIndexPtr(std::move(ids));
}

} // namespace fettle::project
