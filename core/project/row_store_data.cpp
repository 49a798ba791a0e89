// Files in, files out, versions made.
#include "base/clock.h"
#include "base/files.h"
#include "data/importer.h"
#include "project/data_versions.h"
#include "project/row_intake.h"
#include "project/row_publish.h"
#include "project/row_store_impl.h"

#include <algorithm>
#include <filesystem>
#include <thread>

namespace fettle::project {
namespace {

int importThreads() {
    return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 8U));
}

// After an import the log of writes is as long as the import: back into the file at once, not at the next edit.
void shortenLog(Database& database) {
    (void)database.execute("PRAGMA wal_checkpoint(TRUNCATE)"); // a reader in between: the next commit does it
}

} // namespace

StoreTaskPtr RowStore::import(ImportRequest request, std::function<void(const ImportProgress&)> progress,
                              Callback<ImportDone> done) {
    Impl* self = m_impl.get();
    auto task = std::make_shared<WritingTask>(); // shared with the caller
    if (auto ready = self->free(); !ready) {
        self->writer->post([task, error = ready.error(), done = std::move(done)](Database&) {
            done(error);
            task->finish();
        });
        return task;
    }
    ++self->holding;
    self->worker->hold(true);
    self->writer->post([self, task, request = std::move(request), progress = std::move(progress),
                        done = std::move(done)](Database& database) {
        IntakeOptions options;
        options.stop = task->token();
        options.progress = progress;
        options.nowMs = systemClock().unixMs();
        options.threads = importThreads();
        auto imported = importFile(database, request, options);
        --self->holding;
        self->worker->hold(false);
        if (imported && !imported->done.unchanged) {
            shortenLog(database);
            StoreChange told;
            told.many = told.content = told.order = told.journal = told.versions = true;
            told.labels = imported->written.labels;
            self->tell(database, told);
            self->worker->wake();
        }
        done(imported ? Result<ImportDone>(imported->done) : Result<ImportDone>(imported.error()));
        task->finish();
    });
    return task;
}

Result<ImportDone> RowStore::import(const ImportRequest& request, std::stop_token stop,
                                    const std::function<void(const ImportProgress&)>& progress) {
    std::optional<Result<ImportDone>> answer;
    const StoreTaskPtr task =
        import(request, progress, [&answer](Result<ImportDone> done) { answer.emplace(std::move(done)); });
    const std::stop_callback cancel(stop, [&task] { task->cancel(); });
    task->wait();
    return std::move(*answer);
}

Result<ImportDone> RowStore::takeSplitFile(const std::string& path, Split split) {
    ImportRequest request;
    request.path = path;
    request.split = split;
    return m_impl->write<ImportDone>([&](Database& database) -> Result<ImportDone> {
        IntakeOptions options;
        options.nowMs = systemClock().unixMs();
        options.threads = importThreads();
        FETTLE_TRY_VALUE(Statement known, database.prepare("SELECT 1 FROM sources WHERE path = ?"));
        FETTLE_TRY_VALUE(const bool again, known.bind(1, path).step());
        known.reset();
        options.ownFile = !again;
        FETTLE_TRY_VALUE(const IntakeDone imported, importFile(database, request, options));
        if (!imported.done.unchanged) {
            if (imported.done.rows > 10'000) {
                shortenLog(database);
            }
            StoreChange told;
            told.many = told.content = told.order = told.journal = told.versions = told.labels = true;
            m_impl->tell(database, told);
            m_impl->worker->wake();
        }
        return imported.done;
    });
}

Result<bool> RowStore::splitFileIsKnown(const std::string& path) const {
    return m_impl->read<bool>([&](Database& database) { return isAsImported(database, path); });
}

StoreTaskPtr RowStore::compareFile(ImportRequest request, Callback<ImportDifference> done) {
    Impl* self = m_impl.get();
    auto task = std::make_shared<WritingTask>(); // shared with the caller
    // The reader's slot for looks at files: a second one takes the place of the first.
    self->queries->ask(static_cast<int>(ReadSlot::Preview),
                       [task, request = std::move(request),
                        done = std::move(done)](Database& database, const std::function<bool()>& stopped) {
                           IntakeOptions options;
                           options.stop = task->token();
                           options.threads = importThreads();
                           auto difference = compareWithRows(database, request, options);
                           if (!stopped()) {
                               done(std::move(difference));
                           }
                           task->finish();
                       });
    return task;
}

Result<ImportDifference> RowStore::compareFile(const ImportRequest& request, std::stop_token stop) const {
    return m_impl->read<ImportDifference>([&](Database& database) {
        IntakeOptions options;
        options.stop = stop;
        options.threads = importThreads();
        return compareWithRows(database, request, options);
    });
}

Result<std::int64_t> RowStore::saveRejectedRows(std::int64_t source, const std::string& path) const {
    constexpr std::size_t kAll = static_cast<std::size_t>(1) << 40U;
    FETTLE_TRY_VALUE(const std::vector<RejectedRow> rows, rejectedRows(source, kAll));
    FETTLE_TRY_VALUE(const std::vector<SourceFile> files, sources());
    const auto file = std::find_if(files.begin(), files.end(), [&](const SourceFile& one) { return one.id == source; });
    if (file == files.end() || rows.empty()) {
        return makeError(ErrorCode::NotFound, "no row of this file was rejected");
    }
    const bool table = file->format == "csv" || file->format == "tsv";
    FETTLE_TRY_VALUE(AtomicFile out, AtomicFile::create(path));
    if (table) { // its columns, from the file itself
        FETTLE_TRY_VALUE(const MappedFile whole, MappedFile::open(file->path));
        const std::string_view text = whole.text();
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string header(text.substr(0, end));
        while (!header.empty() && (header.back() == '\r' || header.back() == '\n')) {
            header.pop_back();
        }
        FETTLE_TRY(out.write(header + '\n'));
    }
    std::int64_t saved = 0;
    std::int64_t lastLine = -1;
    const std::string* lastText = nullptr;
    for (const RejectedRow& row : rows) {
        if (row.text.empty() || (row.line == lastLine && lastText != nullptr && *lastText == row.text)) {
            continue; // a second fault of the same row
        }
        lastLine = row.line;
        lastText = &row.text;
        std::string text = row.text;
        if (!table) { // an element of an array stood on several lines
            std::replace(text.begin(), text.end(), '\n', ' ');
        }
        while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
            text.pop_back();
        }
        FETTLE_TRY(out.write(text + '\n'));
        ++saved;
    }
    FETTLE_TRY(out.commit());
    return saved;
}

// --- versions and training -----------------------------------------------------------------------------------------

Result<DataVersion> RowStore::makeVersion(const std::string& name) {
    return m_impl->write<DataVersion>([&](Database& database) -> Result<DataVersion> {
        FETTLE_TRY_VALUE(Transaction transaction, Transaction::begin(database));
        FETTLE_TRY_VALUE(DataVersion made, addVersion(database, name, systemClock().unixMs(), VersionKind::Named));
        FETTLE_TRY(transaction.commit());
        StoreChange told;
        told.versions = true;
        m_impl->tell(database, told);
        return made;
    });
}

Result<void> RowStore::renameVersion(std::int64_t id, const std::string& name) {
    return m_impl->write<void>([&](Database& database) -> Result<void> {
        FETTLE_TRY(renameDataVersion(database, id, name));
        StoreChange told;
        told.versions = true;
        m_impl->tell(database, told);
        return {};
    });
}

Result<PublishedData> RowStore::publish(std::stop_token stop, const std::function<void(double)>& progress) {
    FETTLE_TRY_VALUE(const std::string hash, contentHash());
    if (const auto ready = readSplitTable(m_impl->folder); ready && ready->hash == hash && ready->version > 0) {
        const auto known = version(std::to_string(ready->version));
        if (known && known->hash == hash) {
            return *ready;
        }
    }
    FETTLE_TRY(m_impl->writable());
    // The state that the files are written from and the version that names it are the same: both begin on the writer.
    FETTLE_TRY_VALUE(std::unique_ptr<Database> snapshot, m_impl->borrow());
    PublishedData out;
    const Result<void> begun = m_impl->write<void>([&](Database& database) -> Result<void> {
        FETTLE_TRY(snapshot->execute("BEGIN"));
        FETTLE_TRY_VALUE(out.hash, storeFact(*snapshot, kHashFact));
        FETTLE_TRY_VALUE(const auto versions, readVersions(database));
        const auto same = std::find_if(versions.begin(), versions.end(),
                                       [&](const DataVersion& one) { return one.hash == out.hash; });
        if (same != versions.end()) {
            out.version = same->id;
            return {};
        }
        FETTLE_TRY_VALUE(Transaction transaction, Transaction::begin(database));
        FETTLE_TRY_VALUE(const DataVersion made,
                         addVersion(database, "For training", systemClock().unixMs(), VersionKind::Automatic));
        FETTLE_TRY(transaction.commit());
        out.version = made.id;
        StoreChange told;
        told.versions = true;
        m_impl->tell(database, told);
        return {};
    });
    FETTLE_TRY(begun);
    auto splits = writeSplits(*snapshot, m_impl->folder, stop, progress);
    (void)snapshot->execute("ROLLBACK");
    m_impl->giveBack(std::move(snapshot));
    if (!splits) {
        return std::move(splits).error();
    }
    out.splits = std::move(*splits);
    FETTLE_TRY(writeSplitTable(m_impl->folder, out));
    removeUnusedSplits(m_impl->folder, out);
    return out;
}

Result<void> RowStore::noteRun(const std::string& runId, const PublishedData& data) {
    return m_impl->write<void>([&](Database& database) -> Result<void> {
        FETTLE_TRY_VALUE(Statement write, database.prepare("INSERT INTO run_versions (run, version) VALUES (?, ?) ON "
                                                           "CONFLICT (run) DO UPDATE SET version = excluded.version"));
        FETTLE_TRY(write.bind(1, runId).bind(2, data.version).run());
        StoreChange told;
        told.versions = true;
        m_impl->tell(database, told);
        return {};
    });
}

} // namespace fettle::project
