// Stage by stage: rows never seen in order of id, then rows that were edited since.
#include "project/row_worker.h"

#include "base/clock.h"
#include "base/numbers.h"
#include "project/row_editor.h"

#include <sys/resource.h>

#include <algorithm>

namespace fettle::project {
namespace {

constexpr std::int64_t kIndexBatch = 10'000; // rows of one transaction of the index: larger ones merge less
constexpr std::int64_t kRowBatch = 1'000;    // rows of one transaction of the project: edits wait no longer than that
constexpr std::int64_t kTellMs = 200;

// A row as it was read for a stage.
struct Seen {
    RowId id = 0;
    std::int64_t touch = 0;
    std::int64_t kind = 0;
    std::string text;
};

// The next rows of a stage: those above `upTo`, else those marked with its bit.
struct Batch {
    std::vector<Seen> rows;
    RowId upTo = 0; // to be kept once they are done; 0 = these were marked ones
    bool marked = false;
};

Result<Batch> nextBatch(Database& database, RowId upTo, int bit, std::int64_t most) {
    FETTLE_TRY_VALUE(const Snapshot snapshot, Snapshot::begin(database));
    Batch out;
    const auto read = [&](Statement& rows) -> Result<void> {
        for (;;) {
            FETTLE_TRY_VALUE(const bool more, rows.step());
            if (!more) {
                return {};
            }
            out.rows.push_back({rows.integer(0), rows.integer(1), rows.integer(2), rows.text(3)});
        }
    };
    FETTLE_TRY_VALUE(Statement fresh,
                     database.prepare("SELECT rows.id, touch, kind, texts.row FROM rows CROSS JOIN texts ON texts.id = "
                                      "rows.id WHERE rows.id > ? ORDER BY rows.id LIMIT ?"));
    FETTLE_TRY(read(fresh.bind(1, upTo).bind(2, most)));
    if (!out.rows.empty()) {
        out.upTo = out.rows.back().id;
        return out;
    }
    FETTLE_TRY_VALUE(
        Statement marked,
        database.prepare("SELECT rows.id, touch, kind, texts.row FROM stale CROSS JOIN rows ON rows.id = "
                         "stale.row JOIN texts ON texts.id = rows.id WHERE what & ? ORDER BY rows.id LIMIT "
                         "?"));
    FETTLE_TRY(read(marked.bind(1, std::int64_t{bit}).bind(2, most)));
    out.marked = true;
    return out;
}

// Takes a stage's bit from rows that are still as they were read.
Result<void> unmark(Database& database, const std::vector<Seen>& rows, int bit) {
    FETTLE_TRY_VALUE(
        Statement clear,
        database.prepare("UPDATE stale SET what = what & ~?2 WHERE row = ?1 AND EXISTS (SELECT 1 FROM rows "
                         "WHERE id = ?1 AND touch = ?3)"));
    for (const Seen& row : rows) {
        FETTLE_TRY(clear.bind(1, row.id).bind(2, std::int64_t{bit}).bind(3, row.touch).run());
    }
    return database.execute("DELETE FROM stale WHERE what = 0");
}

Result<data::Sample> sampleOf(const Seen& row) {
    data::Sample sample;
    sample.id = row.id;
    sample.kind = static_cast<data::SampleKind>(row.kind);
    FETTLE_TRY_VALUE(sample.row, parseJson(row.text));
    return sample;
}

Result<void> bumpChange(Database& database) {
    FETTLE_TRY_VALUE(const std::string change, storeFact(database, kChangeFact));
    return setStoreFact(database, kChangeFact, std::to_string(parseInt(change).valueOr(0) + 1));
}

// Replaces the findings of one origin, and counts all of the row.
class FindingWriter {
public:
    static Result<FindingWriter> open(Database& database, std::int64_t origin) {
        FETTLE_TRY_VALUE(Statement remove, database.prepare("DELETE FROM findings WHERE row = ? AND origin = ?"));
        FETTLE_TRY_VALUE(Statement insert,
                         database.prepare("INSERT INTO findings (row, code, other, detail, origin) VALUES "
                                          "(?, ?, ?, ?, ?)"));
        FETTLE_TRY_VALUE(Statement count,
                         database.prepare("UPDATE rows SET checks = (SELECT count(*) FROM findings WHERE "
                                          "row = ?1) WHERE id = ?1"));
        return FindingWriter(database, std::move(remove), std::move(insert), std::move(count), origin);
    }
    Result<void> write(RowId row, const std::vector<RowCheck>& found) {
        FETTLE_TRY(m_remove.bind(1, row).bind(2, m_origin).run());
        const bool removed = m_database->changes() > 0;
        for (const RowCheck& check : found) {
            FETTLE_TRY(m_insert.bind(1, row)
                           .bind(2, check.code)
                           .bind(3, check.other)
                           .bind(4, check.detail)
                           .bind(5, m_origin)
                           .run());
        }
        return removed || !found.empty() ? m_count.bind(1, row).run() : Result<void>();
    }

private:
    FindingWriter(Database& database, Statement remove, Statement insert, Statement count, std::int64_t origin)
        : m_database(&database)
        , m_remove(std::move(remove))
        , m_insert(std::move(insert))
        , m_count(std::move(count))
        , m_origin(origin) {}
    Database* m_database;
    Statement m_remove, m_insert, m_count;
    std::int64_t m_origin;
};

// How far a stage is, and by whose rules: other rules begin anew.
Result<RowId> stageUpTo(Database& database, const std::string& stage, const std::string& name) {
    FETTLE_TRY_VALUE(const std::string rules, storeFact(database, stage + "_rules"));
    if (rules != name) {
        return RowId{0};
    }
    FETTLE_TRY_VALUE(const std::string upTo, storeFact(database, stage + "_up_to"));
    return parseInt(upTo).valueOr(0);
}

Result<void> keepUpTo(Database& database, const std::string& stage, const std::string& name, RowId upTo) {
    FETTLE_TRY(setStoreFact(database, stage + "_rules", name));
    return setStoreFact(database, stage + "_up_to", std::to_string(upTo));
}

} // namespace

RowWorker::RowWorker(std::string databasePath, std::string indexPath, std::string store, WriterThread& writer,
                     std::function<void(Database&)> wrote)
    : m_databasePath(std::move(databasePath))
    , m_indexPath(std::move(indexPath))
    , m_store(std::move(store))
    , m_writer(writer)
    , m_wrote(std::move(wrote))
    , m_thread([this](std::stop_token stop) { work(stop); }) {}

RowWorker::~RowWorker() {
    m_thread.request_stop();
    {
        const MutexLock lock(m_mutex);
        m_changed.notifyAll();
    }
    m_thread.join();
}

void RowWorker::setTokenCounter(TokenCounter counter) {
    const MutexLock lock(m_mutex);
    m_counter = std::move(counter);
    m_dirty = true;
    m_failed = false;
    m_changed.notifyAll();
}

void RowWorker::setRowChecker(RowChecker checker) {
    const MutexLock lock(m_mutex);
    m_checker = std::move(checker);
    m_dirty = true;
    m_failed = false;
    m_changed.notifyAll();
}

void RowWorker::start(std::function<void(const RowJobProgress&)> progress) {
    const MutexLock lock(m_mutex);
    m_progress = std::move(progress);
    m_started = true;
    m_paused = false;
    m_failed = false;
    m_now.paused = false;
    m_dirty = true;
    m_changed.notifyAll();
}

void RowWorker::pause() {
    const MutexLock lock(m_mutex);
    m_paused = true;
    m_now.paused = true;
}

void RowWorker::wake() {
    const MutexLock lock(m_mutex);
    m_dirty = true;
    m_now.upToDate = false;
    m_changed.notifyAll();
}

void RowWorker::hold(bool holding) {
    const MutexLock lock(m_mutex);
    m_holding = holding;
    m_dirty = true;
    m_changed.notifyAll();
}

RowJobProgress RowWorker::progress() const {
    const MutexLock lock(m_mutex);
    return m_now;
}

Result<void> RowWorker::finish(std::stop_token stop, const std::function<void(const RowJobProgress&)>& progress) {
    start(progress);
    Result<void> done;
    MutexLock lock(m_mutex);
    for (;;) {
        if (m_failed) {
            done = makeError(ErrorCode::Io, m_now.problem, m_now.remedy);
            break;
        }
        if (m_now.upToDate && !m_dirty && !m_now.running) {
            break;
        }
        if (stop.stop_requested()) {
            m_paused = true;
            m_now.paused = true;
            done = makeError(ErrorCode::Cancelled, "stopped; what was done is kept");
            break;
        }
        m_changed.waitFor(m_mutex, std::chrono::milliseconds(50));
    }
    m_progress = {};
    while (m_telling) { // after this call nobody hears of it any more
        m_changed.wait(m_mutex);
    }
    return done;
}

void RowWorker::call(const RowJobProgress& now) {
    std::function<void(const RowJobProgress&)> told;
    {
        const MutexLock lock(m_mutex);
        told = m_progress;
        m_telling = static_cast<bool>(told);
    }
    if (told) {
        told(now);
        const MutexLock lock(m_mutex);
        m_telling = false;
        m_changed.notifyAll();
    }
}

bool RowWorker::mayWork() const {
    const MutexLock lock(m_mutex);
    return m_started && !m_paused && !m_holding && !m_failed;
}

void RowWorker::work(std::stop_token stop) {
    ::setpriority(PRIO_PROCESS, 0, 19); // of this thread: whatever a person does goes first
    std::unique_ptr<Database> database;
    while (!stop.stop_requested()) {
        {
            MutexLock lock(m_mutex);
            while (!stop.stop_requested() && (!m_dirty || !m_started || m_paused || m_holding || m_failed)) {
                m_changed.wait(m_mutex);
            }
            m_dirty = false;
            m_now.running = true;
        }
        Result<bool> more = true;
        while (more && *more && !stop.stop_requested() && mayWork()) {
            if (database == nullptr) {
                auto opened = Database::open(m_databasePath, Database::Mode::Existing);
                if (!opened) {
                    more = std::move(opened).error();
                    break;
                }
                database = std::move(*opened);
            }
            more = step(*database, stop);
        }
        RowJobProgress now;
        {
            const MutexLock lock(m_mutex);
            now = m_now;
            now.running = false;
            if (!more && more.error().code != ErrorCode::Busy) {
                now.problem = more.error().text();
                now.remedy = more.error().hint;
            } else if (more) {
                now.problem.clear();
                now.upToDate = !*more && !m_dirty;
            }
        }
        call(now); // heard before anyone who waits goes on
        {
            const MutexLock lock(m_mutex);
            now.paused = m_paused;
            now.upToDate = now.upToDate && !m_dirty;
            m_now = now;
            m_failed = !more && more.error().code != ErrorCode::Busy;
            m_dirty = m_dirty || (!more && !m_failed) || (more && *more); // another program writes: again
            m_changed.notifyAll();
        }
    }
}

Result<bool> RowWorker::step(Database& database, std::stop_token) {
    TokenCounter counter;
    RowChecker checker;
    {
        const MutexLock lock(m_mutex);
        counter = m_counter;
        checker = m_checker;
    }
    FETTLE_TRY_VALUE(const bool index, indexStep(database));
    if (index) {
        return true;
    }
    if (counter.count) {
        FETTLE_TRY_VALUE(const bool tokens, tokenStep(database, counter));
        if (tokens) {
            return true;
        }
    }
    if (checker.check) {
        return checkStep(database, checker);
    }
    return false;
}

Result<bool> RowWorker::indexStep(Database& database) {
    if (m_index == nullptr) {
        FETTLE_TRY_VALUE(m_index, SearchIndex::open(m_indexPath, m_store));
    }
    FETTLE_TRY_VALUE(const RowId upTo, m_index->upTo());
    FETTLE_TRY_VALUE(const Batch batch, nextBatch(database, upTo, kStaleIndex, kIndexBatch));
    if (batch.rows.empty()) {
        return false;
    }
    FETTLE_TRY_VALUE(const std::int64_t total, database.integer("SELECT max(id) FROM rows"));
    tell(RowJobProgress::Stage::Index, upTo, total, 0, false);
    std::vector<SearchIndex::Entry> entries;
    entries.reserve(batch.rows.size());
    std::string words;
    for (const Seen& row : batch.rows) {
        FETTLE_TRY_VALUE(const Json json, parseJson(row.text));
        words.clear();
        appendSearchable(json, words);
        entries.push_back({row.id, indexTerms(foldText(words))});
    }
    FETTLE_TRY(m_index->add(entries, batch.upTo));
    if (batch.marked) {
        const Result<void> written = m_writer.call<Result<void>>(
            [&](Database& writer) -> Result<void> {
                FETTLE_TRY_VALUE(Transaction transaction, Transaction::begin(writer));
                FETTLE_TRY(unmark(writer, batch.rows, kStaleIndex));
                return transaction.commit();
            },
            WriterThread::Urgency::Later);
        FETTLE_TRY(written);
    } else if (batch.upTo >= total) {
        FETTLE_TRY(m_index->tidy());
    }
    tell(RowJobProgress::Stage::Index, std::max(batch.upTo, upTo), total, static_cast<std::int64_t>(batch.rows.size()),
         true);
    return true;
}

Result<bool> RowWorker::tokenStep(Database& database, const TokenCounter& counter) {
    FETTLE_TRY_VALUE(const RowId upTo, stageUpTo(database, "tokens", counter.name));
    FETTLE_TRY_VALUE(const Batch batch, nextBatch(database, upTo, kStaleTokens, kRowBatch));
    if (batch.rows.empty()) {
        return false;
    }
    FETTLE_TRY_VALUE(const std::int64_t total, database.integer("SELECT max(id) FROM rows"));
    tell(RowJobProgress::Stage::Tokens, upTo, total, 0, false);
    std::vector<TokenCount> counts;
    counts.reserve(batch.rows.size());
    for (const Seen& row : batch.rows) {
        FETTLE_TRY_VALUE(const data::Sample sample, sampleOf(row));
        auto count = counter.count(sample);
        if (!count) { // a row the template refuses says so itself
            TokenCount failed;
            failed.tokens = -1;
            failed.trained = -1;
            failed.checks.push_back({"template_error", count.error().message, 0});
            count = std::move(failed);
        }
        counts.push_back(std::move(*count));
    }
    const Result<void> written = m_writer.call<Result<void>>(
        [&](Database& writer) -> Result<void> {
            FETTLE_TRY_VALUE(Transaction transaction, Transaction::begin(writer));
            FETTLE_TRY_VALUE(Statement write,
                             writer.prepare("UPDATE rows SET tokens = ?2, trained = ?3 WHERE id = ?1"));
            FETTLE_TRY_VALUE(FindingWriter findings, FindingWriter::open(writer, 2));
            for (std::size_t i = 0; i < counts.size(); ++i) {
                FETTLE_TRY(write.bind(1, batch.rows[i].id).bind(2, counts[i].tokens).bind(3, counts[i].trained).run());
                FETTLE_TRY(findings.write(batch.rows[i].id, counts[i].checks));
            }
            if (batch.marked) {
                FETTLE_TRY(unmark(writer, batch.rows, kStaleTokens));
            } else {
                FETTLE_TRY(keepUpTo(writer, "tokens", counter.name, batch.upTo));
            }
            FETTLE_TRY(bumpChange(writer));
            FETTLE_TRY(transaction.commit());
            m_wrote(writer);
            return {};
        },
        WriterThread::Urgency::Later);
    FETTLE_TRY(written);
    tell(RowJobProgress::Stage::Tokens, std::max(batch.upTo, upTo), total, static_cast<std::int64_t>(batch.rows.size()),
         true);
    return true;
}

Result<bool> RowWorker::checkStep(Database& database, const RowChecker& checker) {
    FETTLE_TRY_VALUE(const RowId upTo, stageUpTo(database, "checks", checker.name));
    FETTLE_TRY_VALUE(const Batch batch, nextBatch(database, upTo, kStaleChecks, kRowBatch));
    if (batch.rows.empty()) {
        return false;
    }
    FETTLE_TRY_VALUE(const std::int64_t total, database.integer("SELECT max(id) FROM rows"));
    tell(RowJobProgress::Stage::Checks, upTo, total, 0, false);
    struct Found {
        std::vector<RowCheck> checks;
        std::string language;
    };
    std::vector<Found> found;
    for (const Seen& row : batch.rows) {
        FETTLE_TRY_VALUE(const data::Sample sample, sampleOf(row));
        found.push_back({checker.check(sample), checker.language ? checker.language(sample) : std::string()});
    }
    const Result<void> written = m_writer.call<Result<void>>(
        [&](Database& writer) -> Result<void> {
            FETTLE_TRY_VALUE(Transaction transaction, Transaction::begin(writer));
            FETTLE_TRY_VALUE(Statement add, writer.prepare("INSERT OR IGNORE INTO languages (name) VALUES (?)"));
            FETTLE_TRY_VALUE(
                Statement write,
                writer.prepare("UPDATE rows SET language = coalesce((SELECT id FROM languages WHERE name = "
                               "?2), 0) WHERE id = ?1"));
            FETTLE_TRY_VALUE(FindingWriter findings, FindingWriter::open(writer, 1));
            for (std::size_t i = 0; i < found.size(); ++i) {
                if (!found[i].language.empty()) {
                    FETTLE_TRY(add.bind(1, found[i].language).run());
                }
                FETTLE_TRY(write.bind(1, batch.rows[i].id).bind(2, found[i].language).run());
                FETTLE_TRY(findings.write(batch.rows[i].id, found[i].checks));
            }
            if (batch.marked) {
                FETTLE_TRY(unmark(writer, batch.rows, kStaleChecks));
            } else {
                FETTLE_TRY(keepUpTo(writer, "checks", checker.name, batch.upTo));
            }
            FETTLE_TRY(bumpChange(writer));
            FETTLE_TRY(transaction.commit());
            m_wrote(writer);
            return {};
        },
        WriterThread::Urgency::Later);
    FETTLE_TRY(written);
    tell(RowJobProgress::Stage::Checks, std::max(batch.upTo, upTo), total, static_cast<std::int64_t>(batch.rows.size()),
         true);
    return true;
}

void RowWorker::tell(RowJobProgress::Stage stage, std::int64_t done, std::int64_t total, std::int64_t rows,
                     bool finishedBatch) {
    RowJobProgress now;
    {
        const MutexLock lock(m_mutex);
        const std::int64_t time = systemClock().monotonicMs();
        if (stage != m_stage) {
            m_stage = stage;
            m_stageBegunMs = time;
            m_stageRows = 0;
        }
        m_stageRows += rows;
        m_now.stage = stage;
        m_now.done = done;
        m_now.total = total;
        if (finishedBatch && time > m_stageBegunMs) {
            m_now.rowsPerSecond = static_cast<double>(m_stageRows) * 1000 / static_cast<double>(time - m_stageBegunMs);
            m_now.secondsLeft = m_now.rowsPerSecond > 0 ? static_cast<double>(total - done) / m_now.rowsPerSecond : -1;
        }
        if (time - m_toldMs < kTellMs) {
            return;
        }
        m_toldMs = time;
        now = m_now;
    }
    call(now);
}

} // namespace fettle::project
