// Importing. Workers parse, hash and measure; the writer inserts. A second import of a file is compared first, row by
// row: by content, then by id, then by place between rows that are the same.
#include "project/row_intake.h"

#include "base/clock.h"
#include "base/files.h"
#include "base/numbers.h"
#include "base/utf8.h"
#include "data/parallel_import.h"
#include "project/column_mapping.h"
#include "project/data_versions.h"
#include "project/row_reader.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <unordered_map>

namespace fettle::project {
namespace {

constexpr std::size_t kRejectedBytes = std::size_t{1} << 20; // of a rejected row's text
constexpr std::int64_t kRejectedRows = 100'000;              // listed; more are counted
constexpr std::int64_t kProgressMs = 100;

std::int64_t idInFile(const Json& row) {
    const auto metadata = row.find("metadata");
    if (metadata == row.end() || !metadata->is_object()) {
        return 0;
    }
    const auto id = metadata->find("id");
    if (id == metadata->end() || id->is_null()) {
        return 0;
    }
    return static_cast<std::int64_t>(hash64(dumpJson(*id)) | 1U);
}

// What a worker makes of a piece of the file.
class PreparedBatch final : public data::RowBatch {
public:
    struct Row {
        RowContent content;
        std::string label;
        std::int64_t line = 0;
        std::int64_t idHash = 0;
    };
    struct Bad {
        std::int64_t line = 0;
        std::string key, code, reason, text;
    };
    explicit PreparedBatch(bool hashesOnly)
        : m_hashesOnly(hashesOnly) {}

    void row(data::Sample&& sample) override {
        Row& row = m_rows.emplace_back();
        row.line = sample.line;
        row.idHash = idInFile(sample.row);
        if (m_hashesOnly) {
            row.content.hash = contentHash(sample.kind, dumpJson(sample.row));
            return;
        }
        row.content = contentOf(sample);
        row.label = labelInFile(sample.row);
    }
    void rejected(const data::RowFault& fault, std::string_view text) override {
        if (!m_hashesOnly) {
            m_bad.push_back(
                {fault.line, fault.key, fault.code, fault.reason, replaceInvalidUtf8(text.substr(0, kRejectedBytes))});
        }
    }
    [[nodiscard]] const std::vector<Row>& rows() const { return m_rows; }
    [[nodiscard]] const std::vector<Bad>& bad() const { return m_bad; }

private:
    bool m_hashesOnly;
    std::vector<Row> m_rows;
    std::vector<Bad> m_bad;
};

class ProgressTeller {
public:
    ProgressTeller(const IntakeOptions& options, ImportProgress::Phase phase)
        : m_options(options) {
        m_now.phase = phase;
    }
    void tell(std::int64_t rows, std::int64_t rejected, const data::RowBatch& batch) {
        m_now.rows = rows;
        m_now.rejected = rejected;
        m_now.bytes = batch.bytesDone;
        m_now.totalBytes = batch.bytesTotal;
        const std::int64_t now = systemClock().monotonicMs();
        if (!m_options.progress || now - m_told < kProgressMs) {
            return;
        }
        m_told = now;
        m_now.seconds = static_cast<double>(now - m_begun) / 1000;
        m_now.secondsLeft =
            m_now.bytes > 0 && m_now.totalBytes > 0
                ? m_now.seconds * static_cast<double>(m_now.totalBytes - m_now.bytes) / static_cast<double>(m_now.bytes)
                : -1;
        m_options.progress(m_now);
    }
    void phase(ImportProgress::Phase phase) {
        m_now.phase = phase;
        m_now.secondsLeft = -1;
        if (m_options.progress) {
            m_options.progress(m_now);
        }
    }

private:
    const IntakeOptions& m_options;
    ImportProgress m_now;
    std::int64_t m_begun = systemClock().monotonicMs();
    std::int64_t m_told = 0;
};

data::ImportOptions importOptions(const ImportRequest& request, const IntakeOptions& options) {
    data::ImportOptions out;
    out.format = request.format;
    out.stop = options.stop;
    out.maxFaults = 1000;
    out.mapRow = rowMapper(request.mapping);
    return out;
}

struct Source {
    std::int64_t id = 0;
    FileMark mark;
    std::string hash, mapping, format;
};

Result<std::optional<Source>> sourceOf(Database& database, const std::string& path) {
    FETTLE_TRY_VALUE(Statement find,
                     database.prepare("SELECT id, bytes, modified_ns, hash, mapping, format FROM sources "
                                      "WHERE path = ? ORDER BY id DESC LIMIT 1"));
    FETTLE_TRY_VALUE(const bool found, find.bind(1, path).step());
    if (!found) {
        return std::optional<Source>();
    }
    return std::optional<Source>(
        Source{find.integer(0), {find.integer(1), find.integer(2)}, find.text(3), find.text(4), find.text(5)});
}

Result<std::string> hashOfFile(const std::string& path) {
    if (folderExists(path)) {
        return std::string();
    }
    FETTLE_TRY_VALUE(const MappedFile file, MappedFile::open(path));
    constexpr std::size_t kBlock = std::size_t{32} << 20;
    Hasher hasher;
    const std::string_view text = file.text();
    for (std::size_t at = 0; at < text.size(); at += kBlock) {
        hasher.add(text.substr(at, kBlock));
        file.dropPages();
    }
    return hasher.hex();
}

// --- the comparison ------------------------------------------------------------------------------------------------

struct Kept { // a row of the earlier import
    Hash128 hash;
    RowId id = 0;
    bool removed = false;
    bool used = false;
};
struct HashOf {
    std::size_t operator()(const Hash128& hash) const { return static_cast<std::size_t>(hash.low); }
};

struct Comparison {
    ImportDifference difference;
    std::vector<RowId> target; // by good row of the file: 0 = new, id = the same, -id = changed
    std::vector<RowId> gone;   // rows of the store that the file no longer has
    std::vector<RowId> revived;
};

Result<std::vector<Kept>> keptRows(Database& database, std::int64_t source) {
    std::vector<Kept> out;
    FETTLE_TRY_VALUE(Statement read,
                     database.prepare("SELECT coalesce(origin, hash), id, state FROM rows WHERE source = ? "
                                      "ORDER BY line, id"));
    read.bind(1, source);
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, read.step());
        if (!more) {
            return out;
        }
        out.push_back({hashFromBytes(read.view(0)), read.integer(1),
                       read.integer(2) == static_cast<std::int64_t>(RowState::Removed), false});
    }
}

// Pairs what is left by the "id" that both carry in their metadata.
Result<void> pairById(Database& database, std::vector<Kept>& kept, const std::vector<std::int64_t>& idHashes,
                      std::vector<RowId>& target) {
    std::unordered_map<std::int64_t, std::size_t> fileRows;
    for (std::size_t row = 0; row < target.size(); ++row) {
        if (target[row] == 0 && idHashes[row] != 0) {
            fileRows.emplace(idHashes[row], row);
        }
    }
    if (fileRows.empty()) {
        return {};
    }
    FETTLE_TRY_VALUE(Statement read, database.prepare("SELECT row FROM texts WHERE id = ?"));
    for (Kept& row : kept) {
        if (row.used || row.removed) {
            continue;
        }
        read.reset();
        FETTLE_TRY_VALUE(const bool found, read.bind(1, row.id).step());
        if (!found) {
            continue;
        }
        FETTLE_TRY_VALUE(const Json json, parseJson(read.view(0)));
        const auto match = fileRows.find(idInFile(json));
        if (match != fileRows.end() && match->first != 0) {
            row.used = true;
            target[match->second] = -row.id;
            fileRows.erase(match);
        }
    }
    return {};
}

// Pairs what is left by its place: behind the same unchanged row, in the same order.
void pairByPlace(std::vector<Kept>& kept, std::vector<RowId>& target) {
    std::unordered_map<RowId, std::vector<Kept*>> behind; // anchor → rows of the store that follow it
    RowId anchor = 0;
    for (Kept& row : kept) {
        if (row.used) {
            anchor = row.id;
        } else if (!row.removed) {
            behind[anchor].push_back(&row);
        }
    }
    std::unordered_map<RowId, std::size_t> next;
    anchor = 0;
    for (RowId& row : target) {
        if (row != 0) {
            anchor = row < 0 ? -row : row;
            continue;
        }
        const auto found = behind.find(anchor);
        std::size_t& at = next[anchor];
        if (found != behind.end() && at < found->second.size()) {
            Kept& match = *found->second[at++];
            match.used = true;
            row = -match.id;
        }
    }
}

Result<Comparison> compare(Database& database, const ImportRequest& request, const IntakeOptions& options,
                           std::int64_t source) {
    Comparison out;
    FETTLE_TRY_VALUE(std::vector<Kept> kept, keptRows(database, source));
    std::unordered_multimap<Hash128, std::size_t, HashOf> byHash;
    byHash.reserve(kept.size());
    for (std::size_t i = kept.size(); i-- > 0;) {
        byHash.emplace(kept[i].hash, i);
    }
    ProgressTeller teller(options, ImportProgress::Phase::Comparing);
    std::vector<std::int64_t> idHashes;
    FETTLE_TRY_VALUE(const data::ImportReport report,
                     data::importInBatches(
                         request.path, importOptions(request, options), options.threads,
                         [] { return std::make_unique<PreparedBatch>(true); },
                         [&](std::unique_ptr<data::RowBatch> batch) {
                             const auto& prepared = static_cast<const PreparedBatch&>(*batch);
                             for (const PreparedBatch::Row& row : prepared.rows()) {
                                 // Of equal rows the first that is there, then one that had left.
                                 const auto range = byHash.equal_range(row.content.hash);
                                 auto best = range.second;
                                 for (auto one = range.first; one != range.second; ++one) {
                                     const bool better = best == range.second ||
                                                         (kept[best->second].removed && !kept[one->second].removed) ||
                                                         (kept[best->second].removed == kept[one->second].removed &&
                                                          one->second < best->second);
                                     best = better ? one : best;
                                 }
                                 idHashes.push_back(row.idHash);
                                 if (best == range.second) {
                                     out.target.push_back(0);
                                     continue;
                                 }
                                 Kept& match = kept[best->second];
                                 match.used = true;
                                 out.target.push_back(match.id);
                                 if (match.removed) {
                                     out.revived.push_back(match.id);
                                 }
                                 byHash.erase(best);
                             }
                             teller.tell(static_cast<std::int64_t>(out.target.size()), 0, *batch);
                             return true;
                         }));
    FETTLE_TRY(data::requireRows(request.path, report));
    FETTLE_TRY(pairById(database, kept, idHashes, out.target));
    pairByPlace(kept, out.target);
    for (const RowId row : out.target) {
        ++(row == 0 ? out.difference.added : row < 0 ? out.difference.changed : out.difference.same);
    }
    out.difference.added += static_cast<std::int64_t>(out.revived.size());
    out.difference.same -= static_cast<std::int64_t>(out.revived.size());
    for (const Kept& row : kept) {
        if (!row.used && !row.removed) {
            out.gone.push_back(row.id);
        }
    }
    out.difference.removed = static_cast<std::int64_t>(out.gone.size());
    return out;
}

std::string absolutePath(const std::string& path) {
    return std::filesystem::absolute(path).lexically_normal().string();
}

// --- writing -------------------------------------------------------------------------------------------------------

class Importer {
public:
    Importer(Database& database, const ImportRequest& request, const IntakeOptions& options)
        : m_database(database)
        , m_request(request)
        , m_options(options)
        , m_teller(options, ImportProgress::Phase::Reading) {}

    Result<IntakeDone> run() {
        const std::int64_t begun = systemClock().monotonicMs();
        const std::string path = absolutePath(m_request.path);
        FETTLE_TRY_VALUE(const FileMark mark, markOf(m_request.path));
        FETTLE_TRY_VALUE(std::optional<Source> earlier, sourceOf(m_database, path));
        const std::string mapping = dumpJson(mappingJson(m_request.mapping));
        FETTLE_TRY_VALUE(const std::string hash, hashOfFile(m_request.path));
        if (earlier && !hash.empty() && earlier->hash == hash && earlier->mapping == mapping) {
            return unchanged(*earlier, mark);
        }
        std::optional<Comparison> comparison;
        if (earlier) {
            FETTLE_TRY_VALUE(comparison, compare(m_database, m_request, m_options, earlier->id));
        }
        FETTLE_TRY_VALUE(Transaction transaction, Transaction::begin(m_database));
        FETTLE_TRY_VALUE(m_editor, RowEditor::open(m_database, m_options.nowMs));
        FETTLE_TRY(forgetRedo(m_database));
        FETTLE_TRY_VALUE(StepWriter step, StepWriter::begin(m_database, *m_editor));
        FETTLE_TRY_VALUE(const std::int64_t lastSource, m_database.integer("SELECT max(id) FROM sources"));
        const std::int64_t source = earlier ? earlier->id : lastSource + 1;
        if (earlier) {
            FETTLE_TRY_VALUE(Statement forget, m_database.prepare("DELETE FROM rejected WHERE source = ?"));
            FETTLE_TRY(forget.bind(1, source).run());
        }
        FETTLE_TRY(writeRows(source, comparison ? &*comparison : nullptr, step));
        FETTLE_TRY(data::requireRows(m_request.path, m_report));
        m_teller.phase(ImportProgress::Phase::Saving);
        if (comparison) {
            FETTLE_TRY(leave(*comparison, step));
        }
        FETTLE_TRY(writeSource(source, path, mark, hash, mapping));
        StepWriter::Facts facts;
        facts.kind = JournalEntry::Kind::Import;
        const std::string name = std::filesystem::path(path).filename().string();
        facts.label = m_request.label.empty() ? "Import " + name : m_request.label;
        facts.timeMs = m_options.nowMs;
        facts.undone = m_options.ownFile ? 3 : 0;
        facts.firstRow = m_first > 0 && m_last >= m_first ? m_first : 0;
        facts.lastRow = facts.firstRow > 0 ? m_last : 0;
        FETTLE_TRY_VALUE(const std::int64_t stepId, step.finish(facts));
        FETTLE_TRY(m_editor->close());
        FETTLE_TRY_VALUE(const DataVersion version,
                         addVersion(m_database, name, m_options.nowMs, VersionKind::Automatic));
        FETTLE_TRY(transaction.commit());
        IntakeDone out;
        out.done.source = source;
        out.done.format = m_report.format;
        out.done.rows = m_report.goodRows;
        out.done.rejected = m_report.rows - m_report.goodRows;
        out.done.errors = m_report.errors;
        out.done.warnings = m_report.warnings;
        out.done.version = version.name;
        out.done.difference.added = m_report.goodRows;
        if (comparison) {
            out.done.difference = comparison->difference;
        }
        out.done.seconds = static_cast<double>(systemClock().monotonicMs() - begun) / 1000;
        out.written.done = {stepId, m_report.goodRows, {}, m_editor->changeNumber()};
        out.written.order = true;
        out.written.labels = m_editor->labelsGrew();
        return out;
    }

private:
    Result<IntakeDone> unchanged(const Source& source, const FileMark& mark) {
        FETTLE_TRY_VALUE(Statement note,
                         m_database.prepare("UPDATE sources SET bytes = ?2, modified_ns = ?3 WHERE id = ?1"));
        FETTLE_TRY(note.bind(1, source.id).bind(2, mark.bytes).bind(3, mark.modifiedNs).run());
        FETTLE_TRY_VALUE(Statement count,
                         m_database.prepare("SELECT count(*) FROM rows WHERE source = ? AND state < 3"));
        FETTLE_TRY(count.bind(1, source.id).step());
        IntakeDone out;
        out.done.source = source.id;
        out.done.format = source.format;
        out.done.rows = count.integer(0);
        out.done.difference.same = out.done.rows;
        out.done.unchanged = true;
        return out;
    }

    Result<void> writeRows(std::int64_t source, const Comparison* comparison, StepWriter& step) {
        FETTLE_TRY_VALUE(const std::int64_t lastRow, m_database.integer("SELECT max(id) FROM rows"));
        m_first = lastRow + 1;
        m_last = lastRow;
        FETTLE_TRY_VALUE(Statement bad,
                         m_database.prepare("INSERT INTO rejected (source, line, key, code, reason, text) "
                                            "VALUES (?, ?, ?, ?, ?, ?)"));
        FETTLE_TRY_VALUE(Statement place, m_database.prepare("UPDATE rows SET line = ?2 WHERE id = ?1 AND line <> ?2"));
        Result<void> written;
        std::size_t row = 0;
        std::int64_t listed = 0;
        const auto takeRow = [&](const PreparedBatch::Row& one) -> Result<void> {
            const RowId target = comparison == nullptr             ? 0
                                 : row < comparison->target.size() ? comparison->target[row]
                                                                   : 0;
            ++row;
            if (target > 0) {
                return place.bind(1, target).bind(2, one.line).run();
            }
            if (target < 0) {
                FETTLE_TRY_VALUE(const auto change, m_editor->replaceFromFile(-target, one.content, source, one.line));
                return change ? step.add(*change) : Result<void>();
            }
            RowEditor::NewRow fresh;
            fresh.id = ++m_last;
            fresh.split = static_cast<std::int64_t>(m_request.split);
            fresh.source = source;
            fresh.line = one.line;
            fresh.content = &one.content;
            if (!one.label.empty()) {
                fresh.labelName = one.label;
                FETTLE_TRY_VALUE(fresh.label, m_editor->labelId(one.label));
            }
            return m_editor->insert(fresh);
        };
        const auto takeBatch = [&](const PreparedBatch& batch) -> Result<void> {
            for (const PreparedBatch::Row& one : batch.rows()) {
                FETTLE_TRY(takeRow(one));
            }
            for (const PreparedBatch::Bad& one : batch.bad()) {
                if (++listed <= kRejectedRows) {
                    FETTLE_TRY(bad.bind(1, source)
                                   .bind(2, one.line)
                                   .bind(3, one.key)
                                   .bind(4, one.code)
                                   .bind(5, one.reason)
                                   .bind(6, one.text)
                                   .run());
                }
            }
            return {};
        };
        auto report = data::importInBatches(
            m_request.path, importOptions(m_request, m_options), m_options.threads,
            [] { return std::make_unique<PreparedBatch>(false); },
            [&](std::unique_ptr<data::RowBatch> batch) {
                written = m_options.stop.stop_requested()
                              ? Result<void>(makeError(ErrorCode::Cancelled, "the import was cancelled"))
                              : takeBatch(static_cast<const PreparedBatch&>(*batch));
                m_teller.tell(static_cast<std::int64_t>(row), listed, *batch);
                return written.ok();
            });
        FETTLE_TRY(std::move(written));
        if (!report) {
            return std::move(report).error();
        }
        m_report = std::move(*report);
        return {};
    }

    Result<void> leave(const Comparison& comparison, StepWriter& step) {
        const auto set = [&](RowId row, const char* state) -> Result<void> {
            FETTLE_TRY_VALUE(const auto change,
                             m_editor->set(row, RowField::State, 0, state, 1, RowEditor::Trust::Known));
            return change ? step.add(*change) : Result<void>();
        };
        for (const RowId row : comparison.revived) {
            FETTLE_TRY(set(row, "active"));
        }
        if (m_request.gone != ImportRequest::Gone::Keep) {
            for (const RowId row : comparison.gone) {
                FETTLE_TRY(set(row, "removed"));
            }
        }
        return {};
    }

    Result<void> writeSource(std::int64_t id, const std::string& path, const FileMark& mark, const std::string& hash,
                             const std::string& mapping) {
        FETTLE_TRY_VALUE(
            Statement write,
            m_database.prepare(
                "INSERT OR REPLACE INTO sources (id, path, name, format, mapping, bytes, modified_ns, hash, "
                "imported_ms, rejected, own) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
        return write.bind(1, id)
            .bind(2, path)
            .bind(3, std::filesystem::path(path).filename().string())
            .bind(4, m_report.format)
            .bind(5, mapping)
            .bind(6, mark.bytes)
            .bind(7, mark.modifiedNs)
            .bind(8, hash)
            .bind(9, m_options.nowMs)
            .bind(10, m_report.rows - m_report.goodRows)
            .bind(11, std::int64_t{m_options.ownFile ? 1 : 0})
            .run();
    }

    Database& m_database;
    const ImportRequest& m_request;
    const IntakeOptions& m_options;
    ProgressTeller m_teller;
    std::unique_ptr<RowEditor> m_editor;
    data::ImportReport m_report;
    RowId m_first = 0, m_last = 0;
};

} // namespace

Result<FileMark> markOf(const std::string& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) {
        return errnoError(errno, "reading", path);
    }
    if (S_ISDIR(info.st_mode)) {
        return FileMark{};
    }
    return FileMark{static_cast<std::int64_t>(info.st_size),
                    static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec};
}

Result<IntakeDone> importFile(Database& database, const ImportRequest& request, const IntakeOptions& options) {
    return Importer(database, request, options).run();
}

Result<ImportDifference> compareWithRows(Database& database, const ImportRequest& request,
                                         const IntakeOptions& options) {
    FETTLE_TRY_VALUE(const Snapshot snapshot, Snapshot::begin(database));
    FETTLE_TRY_VALUE(const auto earlier, sourceOf(database, absolutePath(request.path)));
    FETTLE_TRY_VALUE(Comparison comparison, compare(database, request, options, earlier ? earlier->id : 0));
    return comparison.difference;
}

Result<bool> isAsImported(Database& database, const std::string& path) {
    FETTLE_TRY_VALUE(const auto source, sourceOf(database, path));
    const auto mark = markOf(path);
    return source && mark && *mark == source->mark;
}

Result<std::vector<SourceFile>> readSources(Database& database) {
    std::vector<SourceFile> out;
    std::unordered_map<std::int64_t, std::int64_t> rows;
    FETTLE_TRY_VALUE(Statement count,
                     database.prepare("SELECT source, count(*) FROM rows WHERE state < 3 GROUP BY source"));
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, count.step());
        if (!more) {
            break;
        }
        rows[count.integer(0)] = count.integer(1);
    }
    FETTLE_TRY_VALUE(Statement read,
                     database.prepare("SELECT id, path, name, format, imported_ms, rejected, bytes, modified_ns FROM "
                                      "sources ORDER BY imported_ms DESC, id DESC"));
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, read.step());
        if (!more) {
            return out;
        }
        SourceFile one;
        one.id = read.integer(0);
        one.path = read.text(1);
        one.name = read.text(2);
        one.format = read.text(3);
        one.importedMs = read.integer(4);
        one.rejected = read.integer(5);
        one.rows = rows.count(one.id) > 0 ? rows[one.id] : 0;
        const auto mark = markOf(one.path);
        one.onDisk = !mark                                                 ? SourceFile::OnDisk::Gone
                     : *mark == FileMark{read.integer(6), read.integer(7)} ? SourceFile::OnDisk::Same
                                                                           : SourceFile::OnDisk::Changed;
        out.push_back(std::move(one));
    }
}

} // namespace fettle::project
