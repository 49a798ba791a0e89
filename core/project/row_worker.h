// The background job: a thread that brings index, token counts and checks up to date, batch by batch. Private to this
// folder.
#pragma once

#include "base/mutex.h"
#include "project/row_job.h"
#include "project/row_threads.h"
#include "project/search_index.h"

#include <map>

namespace fettle::project {

class RowWorker {
public:
    /// `wrote` runs after each batch that changed project.db, on the writer thread.
    RowWorker(std::string databasePath, std::string indexPath, std::string store, WriterThread& writer,
              std::function<void(Database&)> wrote);
    ~RowWorker();
    RowWorker(const RowWorker&) = delete;
    RowWorker& operator=(const RowWorker&) = delete;

    void setTokenCounter(TokenCounter counter);
    void setRowChecker(RowChecker checker);
    void start(std::function<void(const RowJobProgress&)> progress);
    void pause();
    /// Rows changed: there may be something to do.
    void wake();
    void hold(bool holding); // an import writes: wait
    [[nodiscard]] RowJobProgress progress() const;
    /// Waits until there is nothing left to do, an error, or a stop.
    [[nodiscard]] Result<void> finish(std::stop_token stop, const std::function<void(const RowJobProgress&)>& progress);

private:
    struct Stage;
    void work(std::stop_token stop);
    Result<bool> step(Database& database, std::stop_token stop); // false: nothing left
    Result<bool> indexStep(Database& database);
    Result<bool> tokenStep(Database& database, const TokenCounter& counter);
    Result<bool> checkStep(Database& database, const RowChecker& checker);
    void call(const RowJobProgress& now); // the listener, if there is one
    void tell(RowJobProgress::Stage stage, std::int64_t done, std::int64_t total, std::int64_t rows, bool force);
    [[nodiscard]] bool mayWork() const;

    const std::string m_databasePath, m_indexPath, m_store;
    WriterThread& m_writer;
    const std::function<void(Database&)> m_wrote;
    std::unique_ptr<SearchIndex> m_index; // the thread's own

    mutable Mutex m_mutex;
    Condition m_changed;
    TokenCounter m_counter FETTLE_GUARDED_BY(m_mutex);
    RowChecker m_checker FETTLE_GUARDED_BY(m_mutex);
    std::function<void(const RowJobProgress&)> m_progress FETTLE_GUARDED_BY(m_mutex);
    RowJobProgress m_now FETTLE_GUARDED_BY(m_mutex);
    bool m_started FETTLE_GUARDED_BY(m_mutex) = false;
    bool m_paused FETTLE_GUARDED_BY(m_mutex) = false;
    bool m_holding FETTLE_GUARDED_BY(m_mutex) = false;
    bool m_dirty FETTLE_GUARDED_BY(m_mutex) = true;
    bool m_failed FETTLE_GUARDED_BY(m_mutex) = false;
    bool m_telling FETTLE_GUARDED_BY(m_mutex) = false;
    std::int64_t m_stageBegunMs FETTLE_GUARDED_BY(m_mutex) = 0;
    std::int64_t m_stageRows FETTLE_GUARDED_BY(m_mutex) = 0;
    std::int64_t m_toldMs FETTLE_GUARDED_BY(m_mutex) = 0;
    RowJobProgress::Stage m_stage FETTLE_GUARDED_BY(m_mutex) = RowJobProgress::Stage::None;
    std::jthread m_thread; // last
};

} // namespace fettle::project
