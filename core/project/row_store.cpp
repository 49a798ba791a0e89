// Threads, connections, and everything that changes rows.
#include "project/row_store.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/numbers.h"
#include "project/row_store_impl.h"

#include <random>

namespace fettle::project {
namespace {

constexpr int kCacheKiB = 16 * 1024; // of each connection

// Makes what every store has: an id of its own and the sums of no rows.
Result<std::string> storeIdOf(Database& database) {
    FETTLE_TRY_VALUE(std::string id, storeFact(database, kStoreFact));
    if (!id.empty()) {
        return id;
    }
    std::random_device device;
    id = hashHex(std::to_string(device()) + std::to_string(device()) + std::to_string(systemClock().unixMs()));
    FETTLE_TRY(setStoreFact(database, kStoreFact, id));
    return id;
}

} // namespace

Result<std::unique_ptr<Database>> openRows(const std::string& path, bool readOnly) {
    FETTLE_TRY_VALUE(std::unique_ptr<Database> database,
                     Database::open(path, readOnly ? Database::Mode::ReadOnly : Database::Mode::Existing));
    FETTLE_TRY(database->execute("PRAGMA cache_size = -" + std::to_string(kCacheKiB)));
    return database;
}

RowStore::Impl::~Impl() {
    worker.reset(); // first: it posts to the writer
    // Only members that were made: open() may fail on the way.
    if (screen != nullptr) {
        screen->stop();
    }
    if (queries != nullptr) {
        queries->stop();
    }
    pageReader.reset(); // its statements belong to the screen reader's connection
    index.reset();
    screen.reset();
    queries.reset();
    writer.reset();
}

Result<std::unique_ptr<Database>> RowStore::Impl::borrow() const {
    {
        const MutexLock lock(idleMutex);
        if (!idle.empty()) {
            std::unique_ptr<Database> database = std::move(idle.back());
            idle.pop_back();
            return database;
        }
    }
    return openRows(path, !readOnly.empty());
}

void RowStore::Impl::giveBack(std::unique_ptr<Database> database) const {
    constexpr std::size_t kKept = 2;
    if (database->inTransaction()) {
        return;
    }
    const MutexLock lock(idleMutex);
    if (idle.size() < kKept) {
        idle.push_back(std::move(database));
    }
}

std::unique_ptr<SearchIndex> RowStore::Impl::openIndex() const {
    auto opened = SearchIndex::openForReading(indexPath, store);
    return opened ? std::move(*opened) : nullptr;
}

Result<void> RowStore::Impl::writable() const {
    if (!readOnly.empty()) {
        return makeError(ErrorCode::Permission, "cannot be changed: " + readOnly,
                         "Make the folder writable, or work on a copy of the project.")
            .at(folder);
    }
    return {};
}

Result<void> RowStore::Impl::free() const {
    FETTLE_TRY(writable());
    if (holding.load() > 0) {
        return makeError(ErrorCode::Busy, "an import or an edit of many rows is running",
                         "Wait for it, or cancel it, then try again.")
            .at(folder);
    }
    return {};
}

void RowStore::Impl::tell(Database& database, StoreChange told) {
    if (const auto number = storeFact(database, kChangeFact)) {
        change.store(static_cast<std::uint64_t>(parseInt(*number).valueOr(0)));
    }
    if (told.journal) {
        if (auto state = readUndoState(database)) {
            const MutexLock lock(undoMutex);
            undo = std::move(*state);
        }
    }
    if (const auto version = database.integer("PRAGMA data_version")) {
        otherWriters = *version;
    }
    told.changeNumber = change.load();
    const MutexLock lock(listenerMutex);
    if (listener) {
        listener(told);
    }
}

void RowStore::Impl::written(Database& database, const Written& result) {
    if (result.done.step == 0 && result.done.rows == 0) {
        return;
    }
    StoreChange told;
    told.rows = result.done.first;
    told.many = result.done.rows > static_cast<std::int64_t>(result.done.first.size());
    if (told.many) {
        told.rows.clear();
    }
    told.content = true;
    told.order = result.order;
    told.labels = result.labels;
    told.journal = true;
    tell(database, told);
    worker->wake();
}

RowStore::RowStore(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl)) {}
RowStore::~RowStore() = default;

Result<std::unique_ptr<RowStore>> RowStore::open(const std::string& folder, const std::string& databasePath,
                                                 const std::string& readOnlyReason) {
    auto impl = std::make_unique<Impl>();
    impl->folder = folder;
    impl->path = databasePath;
    impl->indexPath = folder + "/search.db";
    impl->readOnly = readOnlyReason;
    const bool readOnly = !readOnlyReason.empty();
    FETTLE_TRY_VALUE(std::unique_ptr<Database> writing, openRows(databasePath, readOnly));
    if (readOnly) {
        FETTLE_TRY_VALUE(impl->store, storeFact(*writing, kStoreFact));
    } else {
        FETTLE_TRY_VALUE(impl->store, storeIdOf(*writing));
    }
    FETTLE_TRY_VALUE(UndoState undo, readUndoState(*writing));
    {
        const MutexLock lock(impl->undoMutex);
        impl->undo = std::move(undo);
    }
    FETTLE_TRY_VALUE(const std::string change, storeFact(*writing, kChangeFact));
    impl->change.store(static_cast<std::uint64_t>(parseInt(change).valueOr(0)));
    FETTLE_TRY_VALUE(impl->otherWriters, writing->integer("PRAGMA data_version"));
    FETTLE_TRY_VALUE(std::unique_ptr<Database> screen, openRows(databasePath, readOnly));
    FETTLE_TRY_VALUE(std::unique_ptr<Database> queries, openRows(databasePath, readOnly));
    Impl* self = impl.get();
    impl->writer = std::make_unique<WriterThread>(std::move(writing));
    impl->screen = std::make_unique<ReaderThread>(std::move(screen));
    impl->queries = std::make_unique<ReaderThread>(std::move(queries));
    impl->worker = std::make_unique<RowWorker>(databasePath, impl->indexPath, impl->store, *impl->writer,
                                               [self](Database& database) {
                                                   StoreChange told;
                                                   told.derived = true;
                                                   told.many = true;
                                                   self->tell(database, told);
                                               });
    impl->writer->setIdle([self](Database& database) { // has another program written?
        const auto version = database.integer("PRAGMA data_version");
        if (version && *version != self->otherWriters) {
            StoreChange told;
            told.many = told.content = told.order = told.derived = told.journal = told.labels = told.versions = true;
            self->tell(database, told);
            self->worker->wake();
        }
    });
    return std::unique_ptr<RowStore>(new RowStore(std::move(impl)));
}

void RowStore::setListener(std::function<void(const StoreChange&)> listener) {
    const MutexLock lock(m_impl->listenerMutex);
    m_impl->listener = std::move(listener);
}

std::uint64_t RowStore::changeNumber() const {
    return m_impl->change.load();
}

std::string RowStore::readOnlyReason() const {
    return m_impl->readOnly;
}

// --- edits ---------------------------------------------------------------------------------------------------------

namespace {

using Edited = Result<EditDone>;

Edited doneOf(Result<Written>&& written) {
    if (!written) {
        return std::move(written).error();
    }
    return written->done;
}

} // namespace

void RowStore::apply(EditStep step, Callback<EditDone> done) {
    Impl* self = m_impl.get();
    if (auto ready = self->free(); !ready) {
        self->writer->post([error = ready.error(), done = std::move(done)](Database&) { done(error); });
        return;
    }
    self->writer->post([self, step = std::move(step), done = std::move(done)](Database& database) {
        auto written = applyStep(database, step, systemClock().unixMs());
        if (written) {
            self->written(database, *written);
        }
        if (done) {
            done(doneOf(std::move(written)));
        }
    });
}

Result<EditDone> RowStore::apply(const EditStep& step) {
    FETTLE_TRY(m_impl->free());
    return m_impl->write<EditDone>([&](Database& database) -> Edited {
        auto written = applyStep(database, step, systemClock().unixMs());
        if (written) {
            m_impl->written(database, *written);
        }
        return doneOf(std::move(written));
    });
}

StoreTaskPtr RowStore::applyBulk(BulkEdit edit, std::function<void(double)> progress, Callback<EditDone> done) {
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
    self->writer->post([self, task, edit = std::move(edit), progress = std::move(progress),
                        done = std::move(done)](Database& database) {
        const std::stop_token stop = task->token();
        const auto run = [&]() -> Result<Written> {
            const std::unique_ptr<SearchIndex> searching = self->openIndex();
            RowLookup lookup(database, searching.get(), [stop] { return stop.stop_requested(); });
            FETTLE_TRY_VALUE(const QueryResult rows, lookup.query(edit.filter, {}));
            const auto total = static_cast<double>(rows.rows->size());
            return applyToAll(database, edit, *rows.rows, systemClock().unixMs(), [&](std::int64_t count) {
                if (progress) {
                    progress(static_cast<double>(count) / total);
                }
                return !stop.stop_requested();
            });
        };
        auto written = run();
        --self->holding;
        self->worker->hold(false);
        if (written) {
            self->written(database, *written);
        }
        done(doneOf(std::move(written)));
        task->finish();
    });
    return task;
}

Result<EditDone> RowStore::applyBulk(const BulkEdit& edit) {
    std::optional<Edited> answer;
    const StoreTaskPtr task = applyBulk(edit, {}, [&answer](Edited done) { answer.emplace(std::move(done)); });
    task->wait();
    return std::move(*answer);
}

void RowStore::undo(Callback<EditDone> done) {
    Impl* self = m_impl.get();
    self->writer->post([self, done = std::move(done), ready = self->free()](Database& database) {
        auto written = ready ? undoStep(database, systemClock().unixMs()) : Result<Written>(ready.error());
        if (written) {
            self->written(database, *written);
        }
        if (done) {
            done(doneOf(std::move(written)));
        }
    });
}

void RowStore::redo(Callback<EditDone> done) {
    Impl* self = m_impl.get();
    self->writer->post([self, done = std::move(done), ready = self->free()](Database& database) {
        auto written = ready ? redoStep(database, systemClock().unixMs()) : Result<Written>(ready.error());
        if (written) {
            self->written(database, *written);
        }
        if (done) {
            done(doneOf(std::move(written)));
        }
    });
}

Result<EditDone> RowStore::undo() {
    FETTLE_TRY(m_impl->free());
    return m_impl->write<EditDone>([&](Database& database) -> Edited {
        auto written = undoStep(database, systemClock().unixMs());
        if (written) {
            m_impl->written(database, *written);
        }
        return doneOf(std::move(written));
    });
}

Result<EditDone> RowStore::redo() {
    FETTLE_TRY(m_impl->free());
    return m_impl->write<EditDone>([&](Database& database) -> Edited {
        auto written = redoStep(database, systemClock().unixMs());
        if (written) {
            m_impl->written(database, *written);
        }
        return doneOf(std::move(written));
    });
}

UndoState RowStore::undoState() const {
    UndoState out;
    {
        const MutexLock lock(m_impl->undoMutex);
        out = m_impl->undo;
    }
    if (auto ready = m_impl->free(); !ready) {
        out.blockedBy = ready.error().message;
    }
    return out;
}

// --- numbers from elsewhere, label set, view state -----------------------------------------------------------------

Result<void> RowStore::setNumbers(RowNumber number, const std::string& origin,
                                  const std::vector<std::pair<RowId, double>>& values) {
    if (number != RowNumber::Loss && number != RowNumber::Uncertainty) {
        return makeError(ErrorCode::InvalidInput, "only losses and uncertainties come from elsewhere");
    }
    const std::string column = number == RowNumber::Loss ? "loss" : "uncertainty";
    return m_impl->write<void>([&](Database& database) -> Result<void> {
        FETTLE_TRY_VALUE(Transaction transaction, Transaction::begin(database));
        FETTLE_TRY_VALUE(const std::string before, storeFact(database, column + "_origin"));
        if (before != origin) {
            FETTLE_TRY(database.execute("UPDATE rows SET " + column + " = NULL WHERE " + column + " IS NOT NULL"));
            FETTLE_TRY(setStoreFact(database, column + "_origin", origin));
        }
        FETTLE_TRY_VALUE(Statement write, database.prepare("UPDATE rows SET " + column + " = ?2 WHERE id = ?1"));
        for (const auto& [row, value] : values) {
            FETTLE_TRY(write.bind(1, row).bind(2, value).run());
        }
        FETTLE_TRY_VALUE(const std::unique_ptr<RowEditor> editor, RowEditor::open(database, 0));
        FETTLE_TRY(editor->close());
        FETTLE_TRY(transaction.commit());
        StoreChange told;
        told.derived = true;
        told.many = true;
        m_impl->tell(database, told);
        return {};
    });
}

std::string RowStore::numbersOrigin(RowNumber number) const {
    return m_impl
        ->read<std::string>([&](Database& database) {
            return storeFact(database, number == RowNumber::Loss ? "loss_origin" : "uncertainty_origin");
        })
        .valueOr(std::string());
}

Result<void> RowStore::setChecks(const std::vector<std::string>& codes,
                                 const std::vector<std::pair<RowId, RowCheck>>& found) {
    return m_impl->write<void>([&](Database& database) -> Result<void> {
        FETTLE_TRY_VALUE(Transaction transaction, Transaction::begin(database));
        FETTLE_TRY(database.execute("CREATE TEMP TABLE IF NOT EXISTS touched (row INTEGER PRIMARY KEY)"));
        FETTLE_TRY(database.execute("DELETE FROM touched"));
        FETTLE_TRY_VALUE(Statement old, database.prepare("INSERT OR IGNORE INTO touched SELECT row FROM findings WHERE "
                                                         "code = ?"));
        FETTLE_TRY_VALUE(Statement remove, database.prepare("DELETE FROM findings WHERE code = ?"));
        for (const std::string& code : codes) {
            FETTLE_TRY(old.bind(1, code).run());
            FETTLE_TRY(remove.bind(1, code).run());
        }
        FETTLE_TRY_VALUE(Statement touch, database.prepare("INSERT OR IGNORE INTO touched VALUES (?)"));
        FETTLE_TRY_VALUE(Statement insert,
                         database.prepare("INSERT INTO findings (row, code, other, detail, origin) VALUES "
                                          "(?, ?, ?, ?, 3)"));
        for (const auto& [row, check] : found) {
            FETTLE_TRY(insert.bind(1, row).bind(2, check.code).bind(3, check.other).bind(4, check.detail).run());
            FETTLE_TRY(touch.bind(1, row).run());
        }
        FETTLE_TRY(
            database.execute("UPDATE rows SET checks = (SELECT count(*) FROM findings WHERE row = rows.id) WHERE id "
                             "IN (SELECT row FROM touched)"));
        FETTLE_TRY_VALUE(const std::unique_ptr<RowEditor> editor, RowEditor::open(database, 0));
        FETTLE_TRY(editor->close());
        FETTLE_TRY(transaction.commit());
        StoreChange told;
        told.derived = true;
        told.many = true;
        m_impl->tell(database, told);
        return {};
    });
}

Result<void> RowStore::setLabelSet(const LabelSet& set) {
    return m_impl->write<void>([&](Database& database) -> Result<void> {
        FETTLE_TRY_VALUE(Transaction transaction, Transaction::begin(database));
        FETTLE_TRY(writeLabelSet(database, set));
        FETTLE_TRY(transaction.commit());
        StoreChange told;
        told.labels = true;
        m_impl->tell(database, told);
        return {};
    });
}

Result<void> RowStore::setViewState(const std::string& key, const Json& value) {
    return m_impl->write<void>([&](Database& database) -> Result<void> {
        FETTLE_TRY_VALUE(Statement write,
                         database.prepare("INSERT INTO view_state (key, value) VALUES (?, ?) ON CONFLICT "
                                          "(key) DO UPDATE SET value = excluded.value"));
        return write.bind(1, key).bind(2, dumpJson(value)).run();
    });
}

// --- background job ------------------------------------------------------------------------------------------------

void RowStore::setTokenCounter(TokenCounter counter) {
    m_impl->worker->setTokenCounter(std::move(counter));
}

void RowStore::setRowChecker(RowChecker checker) {
    m_impl->worker->setRowChecker(std::move(checker));
}

void RowStore::startJob(std::function<void(const RowJobProgress&)> progress) {
    if (m_impl->readOnly.empty()) {
        m_impl->worker->start(std::move(progress));
    }
}

void RowStore::pauseJob() {
    m_impl->worker->pause();
}

RowJobProgress RowStore::jobProgress() const {
    return m_impl->worker->progress();
}

Result<void> RowStore::finishJob(std::stop_token stop, const std::function<void(const RowJobProgress&)>& progress) {
    FETTLE_TRY(m_impl->writable());
    return m_impl->worker->finish(stop, progress);
}

} // namespace fettle::project
