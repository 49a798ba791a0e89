// The store's insides, shared by its sources. Private to this folder.
#pragma once

#include "project/row_journal.h"
#include "project/row_lookup.h"
#include "project/row_reader.h"
#include "project/row_store.h"
#include "project/row_threads.h"
#include "project/row_worker.h"

#include <atomic>

namespace fettle::project {

struct RowStore::Impl {
    std::string folder; // of the project
    std::string path;   // project.db
    std::string indexPath;
    std::string store;    // its id
    std::string readOnly; // why; "" = writable

    std::atomic<std::uint64_t> change{0};
    mutable Mutex undoMutex;
    UndoState undo FETTLE_GUARDED_BY(undoMutex);
    std::atomic<int> holding{0}; // imports and bulk edits that run
    Mutex listenerMutex;
    std::function<void(const StoreChange&)> listener FETTLE_GUARDED_BY(listenerMutex);
    std::int64_t otherWriters = 0; // data_version as the writer saw it last; the writer thread's own

    mutable Mutex idleMutex; // connections for calls that wait
    mutable std::vector<std::unique_ptr<Database>> idle FETTLE_GUARDED_BY(idleMutex);

    std::unique_ptr<RowReader> pageReader; // the screen reader's own
    std::unique_ptr<SearchIndex> index;    // the query reader's own
    std::unique_ptr<WriterThread> writer;
    std::unique_ptr<ReaderThread> screen; // pages and single rows
    std::unique_ptr<ReaderThread> queries;
    std::unique_ptr<RowWorker> worker; // last: it uses the writer

    ~Impl();

    /// On the writer thread, after a commit.
    void tell(Database& database, StoreChange change);
    void written(Database& database, const Written& written);
    [[nodiscard]] Result<void> writable() const;
    [[nodiscard]] Result<void> free() const; // no import or bulk edit holds the rows
    /// A write that waits.
    template <class T>
    [[nodiscard]] Result<T> write(const std::function<Result<T>(Database&)>& task) {
        FETTLE_TRY(writable());
        return writer->call<Result<T>>(task);
    }
    /// A read that waits, on a connection of its own.
    template <class T>
    [[nodiscard]] Result<T> read(const std::function<Result<T>(Database&)>& task) const {
        FETTLE_TRY_VALUE(std::unique_ptr<Database> database, borrow());
        Result<T> answer = task(*database);
        giveBack(std::move(database));
        return answer;
    }
    [[nodiscard]] Result<std::unique_ptr<Database>> borrow() const;
    void giveBack(std::unique_ptr<Database> database) const;
    /// The index for a query on this connection; nullptr where there is none.
    [[nodiscard]] std::unique_ptr<SearchIndex> openIndex() const;
    template <class T>
    void ask(ReaderThread& reader, ReadSlot slot,
             std::function<Result<T>(Database&, const std::function<bool()>&)> task, Callback<T> done) {
        reader.ask(static_cast<int>(slot), [task = std::move(task), done = std::move(done)](
                                               Database& database, const std::function<bool()>& stopped) {
            Result<T> answer = task(database, stopped);
            if (!stopped()) {
                done(std::move(answer));
            }
        });
    }
    template <class T>
    void askQuery(ReadSlot slot, std::function<Result<T>(RowLookup&)> task, Callback<T> done) {
        ask<T>(
            *queries, slot,
            [this, task = std::move(task)](Database& database, const std::function<bool()>& stopped) {
                if (index == nullptr) {
                    index = openIndex();
                }
                RowLookup lookup(database, index.get(), stopped);
                return task(lookup);
            },
            std::move(done));
    }
    template <class T>
    [[nodiscard]] Result<T> lookup(std::stop_token stop, const std::function<Result<T>(RowLookup&)>& task) const {
        return read<T>([&](Database& database) -> Result<T> {
            const std::unique_ptr<SearchIndex> searching = openIndex();
            RowLookup lookup(database, searching.get(), [stop] { return stop.stop_requested(); });
            return task(lookup);
        });
    }
};

/// A long write on the writer thread that can be cancelled.
class WritingTask final : public StoreTask {
public:
    void cancel() override { m_stop.request_stop(); }
    [[nodiscard]] bool finished() const override {
        const MutexLock lock(m_mutex);
        return m_finished;
    }
    void wait() override {
        MutexLock lock(m_mutex);
        while (!m_finished) {
            m_changed.wait(m_mutex);
        }
    }
    [[nodiscard]] std::stop_token token() const { return m_stop.get_token(); }
    void finish() {
        const MutexLock lock(m_mutex);
        m_finished = true;
        m_changed.notifyAll();
    }

private:
    std::stop_source m_stop;
    mutable Mutex m_mutex;
    Condition m_changed;
    bool m_finished FETTLE_GUARDED_BY(m_mutex) = false;
};

/// Readers and writer of one project. `folder` holds a migrated project.db.
[[nodiscard]] Result<std::unique_ptr<Database>> openRows(const std::string& path, bool readOnly);

} // namespace fettle::project
