// The rows of a project: the one door to them for window, command line and training. Three threads of its own: a
// writer, a reader for what is on screen (pages, single rows) and a reader for what takes longer (queries, counts,
// histograms), each with its own connection. Nothing of SQLite shows, and nothing of Qt.
#pragma once

#include "base/result.h"
#include "project/data_version.h"
#include "project/label_set.h"
#include "project/row_edit.h"
#include "project/row_import.h"
#include "project/row_job.h"
#include "project/row_page.h"
#include "project/row_query.h"

#include <functional>
#include <memory>
#include <stop_token>

namespace fettle::project {

/// Newest wins in each slot: a new request takes the place of one that waits and interrupts one that runs. A request
/// that was replaced before it was done is never answered (its callback is destroyed uncalled). Different slots do not
/// disturb each other.
enum class ReadSlot {
    None = 0,
    Table,
    Page,
    Details,
    Counts,
    HistogramA,
    HistogramB,
    HistogramC,
    HistogramD,
    History,
    Versions,
    Preview,
    Other
};

/// Given to the listener after every commit, by whoever made it (other processes included: then everything is set).
struct StoreChange {
    std::uint64_t changeNumber = 0;
    std::vector<RowId> rows; // that changed, at most 256; empty with `many` = look at everything again
    bool many = false;
    bool content = false; // rows, splits, states, labels, …
    bool order = false;   // rows came or went: counts and indexes are old
    bool derived = false; // tokens, checks, full text, losses
    bool journal = false; // undo and redo
    bool labels = false;  // the label set
    bool versions = false;
};

/// A running import, export or bulk edit. Thread: any.
class StoreTask {
public:
    virtual ~StoreTask() = default;
    virtual void cancel() = 0; // asks; the answer is then an error Cancelled and nothing was changed
    [[nodiscard]] virtual bool finished() const = 0;
    virtual void wait() = 0; // never on the GUI thread
};
using StoreTaskPtr = std::shared_ptr<StoreTask>; // held by caller and store

/// Where a split's rows lie as a file that never changes: named by its content, made when it is first asked for.
struct PublishedSplit {
    Split split = Split::None;
    std::string path; // <project>/data/train-HASH.jsonl; SPLIT.jsonl where the split is just that file, untouched
    std::string hash; // of its bytes
    std::int64_t rows = 0;
};
struct PublishedData {
    std::int64_t version = 0;           // DataVersion::id
    std::string hash;                   // DataVersion::hash
    std::vector<PublishedSplit> splits; // that have active rows
};

/// Single rows by id, on a connection of its own: for passes that fetch rows again. Thread: one at a time; the store
/// outlives it.
class SampleReader {
public:
    virtual ~SampleReader() = default;
    [[nodiscard]] virtual Result<data::Sample> read(RowId id) = 0; // NotFound
};

/// Thread: any, all calls. Calls with a callback return at once; the callback runs on one of the store's threads, must
/// not block and must not call a synchronous member. Calls without one wait: for the command line, jobs and tests,
/// never the GUI thread. The destructor interrupts what runs, drops what waits for reading, finishes the edits that
/// were accepted, then joins; no callback comes after it.
///
/// Errors of all: Busy (locked by another program for 5 s), DiskFull, Permission (read-only: reading still works),
/// Corrupt, Io; each with what to do. A failed edit has changed nothing and may be tried again.
class RowStore {
public:
    ~RowStore();
    RowStore(const RowStore&) = delete;
    RowStore& operator=(const RowStore&) = delete;

    template <class T>
    using Callback = std::function<void(Result<T>)>;

    /// On the writer thread, after the commit, before the edit's own callback. One listener; replaces the one before.
    /// An empty function removes it: when this returned, the old one is not running and will not be called again.
    void setListener(std::function<void(const StoreChange&)> listener);
    /// Grows with every commit.
    [[nodiscard]] std::uint64_t changeNumber() const;
    /// Why nothing can be written ("the folder is read-only"); "" = it can.
    [[nodiscard]] std::string readOnlyReason() const;

    // --- reading -------------------------------------------------------------------------------------------------
    /// The ids that a table shows. Under 0.5 s at 1,000,000 rows.
    void query(ReadSlot slot, Filter filter, Sort sort, Callback<QueryResult> done);
    [[nodiscard]] Result<QueryResult> query(const Filter& filter, const Sort& sort = {},
                                            std::stop_token stop = {}) const;
    /// Cells of these rows, in this order (at most a few pages at a time).
    void page(ReadSlot slot, std::vector<RowId> ids, Callback<RowPage> done);
    [[nodiscard]] Result<RowPage> page(const std::vector<RowId>& ids) const;
    void details(ReadSlot slot, RowId id, Callback<RowDetails> done);
    [[nodiscard]] Result<RowDetails> details(RowId id) const; // NotFound
    void counts(ReadSlot slot, Filter filter, Callback<RowCounts> done);
    [[nodiscard]] Result<RowCounts> counts(const Filter& filter = {}, std::stop_token stop = {}) const;
    void histogram(ReadSlot slot, Filter filter, RowNumber number, int bins, Callback<Histogram> done);
    [[nodiscard]] Result<Histogram> histogram(const Filter& filter, RowNumber number, int bins) const;
    void balance(ReadSlot slot, Filter filter, Balance::Of of, std::size_t bars, Callback<Balance> done);
    [[nodiscard]] Result<Balance> balance(const Filter& filter, Balance::Of of, std::size_t bars) const;
    /// Rows whose texts share the rarest words with this one, most alike first, with a similarity of 0 to 1 (Jaccard of
    /// words). Needs the full-text index: empty until it is there.
    struct Neighbour {
        RowId row = 0;
        double similarity = 0;
    };
    void neighbours(ReadSlot slot, RowId id, Filter among, std::size_t count, Callback<std::vector<Neighbour>> done);
    [[nodiscard]] Result<std::vector<Neighbour>> neighbours(RowId id, const Filter& among, std::size_t count) const;
    /// Every row of a filter in order of id, one at a time (return false to stop). Memory: one row. Sees one state of
    /// the store whatever is edited meanwhile.
    [[nodiscard]] Result<void> forEach(const Filter& filter, const std::function<bool(const RowDetails&)>& take,
                                       std::stop_token stop = {}) const;
    /// The same for code that needs samples only (checks, exporters): Sample::id is the row's id. Fast.
    [[nodiscard]] Result<void> forEachSample(const Filter& filter, const std::function<bool(data::Sample&&)>& take,
                                             std::stop_token stop = {}) const;
    [[nodiscard]] Result<std::unique_ptr<SampleReader>> sampleReader() const;
    /// Is the full-text index there for every row? (false: searching scans.)
    [[nodiscard]] bool searchIsIndexed() const;

    // --- editing -------------------------------------------------------------------------------------------------
    /// Errors besides those of all: InvalidInput (the row would not be one: names the key; nothing is changed),
    /// NotFound (no such row), Busy (an import holds the rows).
    void apply(EditStep step, Callback<EditDone> done);
    [[nodiscard]] Result<EditDone> apply(const EditStep& step);
    StoreTaskPtr applyBulk(BulkEdit edit, std::function<void(double)> progress, Callback<EditDone> done);
    [[nodiscard]] Result<EditDone> applyBulk(const BulkEdit& edit);

    /// many.
    void undo(Callback<EditDone> done); // InvalidInput where there is nothing to undo
    void redo(Callback<EditDone> done);
    [[nodiscard]] Result<EditDone> undo();
    [[nodiscard]] Result<EditDone> redo();
    [[nodiscard]] UndoState undoState() const; // at once, from memory

    void journal(ReadSlot slot, std::size_t newest, Callback<std::vector<JournalEntry>> done);
    [[nodiscard]] Result<std::vector<JournalEntry>> journal(std::size_t newest) const;
    void history(ReadSlot slot, RowId id, Callback<std::vector<RowChange>> done); // newest first
    [[nodiscard]] Result<std::vector<RowChange>> history(RowId id) const;

    // --- numbers from elsewhere: kept, not journaled ---------------------------------------------------------------
    /// Loss or Uncertainty of rows; `origin` says whose (a run's id, a model). An earlier origin's numbers are
    /// forgotten.
    [[nodiscard]] Result<void> setNumbers(RowNumber number, const std::string& origin,
                                          const std::vector<std::pair<RowId, double>>& values);
    [[nodiscard]] std::string numbersOrigin(RowNumber number) const;
    /// Findings that look at several rows (near duplicates, leaks): replaces all findings of these codes.
    [[nodiscard]] Result<void> setChecks(const std::vector<std::string>& codes,
                                         const std::vector<std::pair<RowId, RowCheck>>& found);

    // --- labels ----------------------------------------------------------------------------------------------------
    [[nodiscard]] Result<LabelSet> labelSet() const;
    [[nodiscard]] Result<void> setLabelSet(const LabelSet& set);
    [[nodiscard]] Result<std::vector<Annotator>> annotators() const;
    /// Newest first; of all annotators where the name is absent.
    [[nodiscard]] Result<std::vector<Decision>> decisions(const std::optional<std::string>& annotator,
                                                          std::size_t newest) const;
    [[nodiscard]] Result<std::vector<SharedRow>> sharedRows(const std::string& first, const std::string& second) const;

    // --- import and export -------------------------------------------------------------------------------------------
    StoreTaskPtr import(ImportRequest request, std::function<void(const ImportProgress&)> progress,
                        Callback<ImportDone> done);
    [[nodiscard]] Result<ImportDone> import(const ImportRequest& request, std::stop_token stop = {},
                                            const std::function<void(const ImportProgress&)>& progress = {});
    /// What import() would change, without changing it.
    StoreTaskPtr compareFile(ImportRequest request, Callback<ImportDifference> done);
    [[nodiscard]] Result<ImportDifference> compareFile(const ImportRequest& request, std::stop_token stop = {}) const;
    [[nodiscard]] Result<std::vector<SourceFile>> sources() const; // newest first
    [[nodiscard]] Result<std::vector<RejectedRow>> rejectedRows(std::int64_t source, std::size_t most) const;
    /// The rejected rows as they stand in the file, to be repaired and imported again. Atomic. Returns how many.
    [[nodiscard]] Result<std::int64_t> saveRejectedRows(std::int64_t source, const std::string& path) const;

    // --- versions ----------------------------------------------------------------------------------------------------
    [[nodiscard]] Result<DataVersion> makeVersion(const std::string& name);
    [[nodiscard]] Result<void> renameVersion(std::int64_t id, const std::string& name);
    [[nodiscard]] Result<std::vector<DataVersion>> versions() const;          // newest first
    [[nodiscard]] Result<DataVersion> version(const VersionName& name) const; // NotFound lists those that are near
    void difference(ReadSlot slot, VersionName from, VersionName to, Callback<VersionDifference> done);
    [[nodiscard]] Result<VersionDifference> difference(const VersionName& from, const VersionName& to) const;
    void rowDifferences(ReadSlot slot, VersionName from, VersionName to, std::vector<RowId> rows,
                        Callback<std::vector<RowDifference>> done);
    [[nodiscard]] Result<std::vector<RowDifference>> rowDifferences(const VersionName& from, const VersionName& to,
                                                                    const std::vector<RowId>& rows) const;
    /// Of the rows as they are now; kept up to date by every edit.
    [[nodiscard]] Result<std::string> contentHash() const;
    /// The same, computed from all rows: equal, or the file is damaged (error Corrupt). Seconds at 1,000,000 rows.
    [[nodiscard]] Result<std::string> verifyContentHash() const;

    // --- training ----------------------------------------------------------------------------------------------------
    /// The active rows of each split as files that never change, so that a run trains on what it was prepared with.
    /// At once where nothing changed since; else seconds for 1,000,000 rows. Also notes where project:SPLIT leads now
    /// (<project>/data/splits.json). Files that no run and no split needs any more are removed.
    [[nodiscard]] Result<PublishedData> publish(std::stop_token stop = {},
                                                const std::function<void(double)>& progress = {});
    /// Remembers the version (of the last publish) that a run was prepared with.
    [[nodiscard]] Result<void> noteRun(const std::string& runId, const PublishedData& data);
    /// Row ids behind the sample numbers of a published file: line n (0-based) is row ids[n].
    [[nodiscard]] Result<RowIndexPtr> rowsOf(const std::string& publishedPath) const;

    // --- background job
    // ------------------------------------------------------------------------------------------------
    void setTokenCounter(TokenCounter counter);
    void setRowChecker(RowChecker checker);
    /// Works off what is left: index, tokens, checks. Runs until done, goes on after later edits by itself, waits while
    /// an import runs. Resumable: closing the store loses at most a batch.
    void startJob(std::function<void(const RowJobProgress&)> progress);
    void pauseJob();
    [[nodiscard]] RowJobProgress jobProgress() const;
    [[nodiscard]] Result<void> finishJob(std::stop_token stop = {},
                                         const std::function<void(const RowJobProgress&)>& progress = {}); // waits

    // --- what the window remembers with the project ------------------------------------------------------------------
    /// Columns, saved filters, position of the queue, …: JSON by key. Not journaled. Null where there is none.
    [[nodiscard]] Json viewState(const std::string& key) const;
    [[nodiscard]] Result<void> setViewState(const std::string& key, const Json& value);

private:
    friend class Project;
    struct Impl;
    static Result<std::unique_ptr<RowStore>> open(const std::string& folder, const std::string& databasePath,
                                                  const std::string& readOnlyReason);
    /// SPLIT.jsonl of the project enters the store: the first time as it is, later as a changed file.
    [[nodiscard]] Result<bool> splitFileIsKnown(const std::string& path) const;
    [[nodiscard]] Result<ImportDone> takeSplitFile(const std::string& path, Split split);
    explicit RowStore(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace fettle::project
