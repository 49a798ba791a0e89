// The rule of the Data page, without a widget: which rows show in which order, what is said about them, what an act on
// them does. Answers of the store come late and in any order; each is matched to the question that is still asked.
#pragma once

#include "data/check_words.h"
#include "data/import_presenter.h"
#include "data/row_inspector.h"
#include "data/row_selection.h"
#include "data/row_words.h"
#include "data/sample_table_model.h"
#include "workspace/project_rows.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>

namespace fettle::ui {

class Workspace;

struct SavedFilter {
    QString name;
    project::Filter filter;
};

/// What the page says.
struct DataState {
    enum class Phase { NoProject, Loading, Empty, NothingFound, Rows };
    Phase phase = Phase::NoProject;
    QString sentence; // under the title: rows, files, splits
    QString showing;  // "Showing all", "148 of 6,240"
    QString job;      // "Indexing 312,000 of 1,000,000 · about 2 min left"; "" = nothing to tell
    std::optional<double> jobFraction;
    bool jobPaused = false, jobPauses = false; // whether it can be paused
    QString jobProblem;                        // why it stopped, with what to do
    bool querying = false;
    QString searchNote;    // that the search reads every text; "" = it has an index
    bool outdated = false; // rows that show may no longer match or stand in order: offer to look again
    QString readOnly;      // why nothing can be changed
    QString undo, redo;    // labels; "" = nothing
    QString undoBlocked;   // why neither can be done now
};

/// A file that differs from what was imported of it.
struct StaleSource {
    QString name, path;
    bool gone = false;
    std::int64_t rows = 0;
};

/// Thread: GUI.
class DataPresenter : public QObject {
    Q_OBJECT
public:
    explicit DataPresenter(Workspace& workspace, QObject* parent = nullptr);
    ~DataPresenter() override;

    [[nodiscard]] Workspace& workspace() { return m_workspace; }
    [[nodiscard]] ProjectRows& rows() { return m_rows; }
    [[nodiscard]] SampleTableModel& table() { return *m_table; }
    [[nodiscard]] RowSelection& selection() { return m_selection; }
    [[nodiscard]] RowInspector& inspector() { return *m_inspector; }
    [[nodiscard]] ImportPresenter& importer() { return *m_importer; }
    /// Whether the window has a screen "label" to go to.
    void setOffersLabelling(bool offers) { m_offersLabelling = offers; }
    [[nodiscard]] bool offersLabelling() const { return m_offersLabelling; }
    [[nodiscard]] DataState state() const;
    /// The fact of the rail: "6,240 rows", and its sign.
    [[nodiscard]] QString railFact() const;
    [[nodiscard]] State railState() const; // Neutral, Warn, Bad

    // --- which rows
    [[nodiscard]] const project::Filter& filter() const { return m_filter; }
    void setFilter(const project::Filter& filter);
    /// As typed: takes effect after a pause; at once with `now`.
    enum class When { AfterPause, Now };
    void search(const QString& words, When when = When::AfterPause);
    void clearFilter() { setFilter({}); }
    [[nodiscard]] const project::Sort& sort() const { return m_sort; }
    void setSort(const project::Sort& sort);
    /// First press ascending, second descending, third by number again.
    void sortBy(project::SortKey key, bool byId);
    /// The same question again: what changed meanwhile takes its place.
    void lookAgain();
    [[nodiscard]] QVector<CheckChip> chips() const; // of all rows, so that a chip can be left
    [[nodiscard]] std::optional<std::int64_t> chipRows(const CheckChip& chip) const;
    [[nodiscard]] bool chipChecked(const CheckChip& chip) const;
    void toggleChip(const CheckChip& chip, bool extend);
    [[nodiscard]] const project::RowCounts& counts() const { return m_counts; } // of the filter

    [[nodiscard]] const QVector<SavedFilter>& savedFilters() const { return m_saved; }
    void saveFilter(const QString& name);
    void forgetFilter(const QString& name);

    // --- figures below the table
    static constexpr int kBins = 30;
    static constexpr int kBars = 18;
    [[nodiscard]] project::RowNumber histogramOf() const { return m_histogramOf; }
    void setHistogramOf(project::RowNumber number);
    [[nodiscard]] const std::optional<project::Histogram>& histogram() const { return m_histogram; }
    [[nodiscard]] project::Balance::Of balanceOf() const { return m_balanceOf; }
    void setBalanceOf(project::Balance::Of of);
    [[nodiscard]] const std::optional<project::Balance>& balance() const { return m_balance; }
    /// A press on a bar: the filter gets its range or value; the same bar again takes it away.
    void chooseBin(int bin);
    void chooseBar(int bar);
    [[nodiscard]] int chosenBin() const; // -1 = none
    [[nodiscard]] int chosenBar() const;
    [[nodiscard]] std::int64_t context() const; // of the recipe: the limit in the histogram

    // --- one row
    [[nodiscard]] project::RowId current() const { return m_current; }
    void setCurrent(project::RowId id);
    /// Filters to a row and those it is found to be like.
    void showRows(const std::vector<project::RowId>& ids);

    // --- edits of the selection, or of the current row where nothing is chosen
    [[nodiscard]] std::int64_t targetRows() const;
    void setStateOfTarget(project::RowState state);
    void setSplitOfTarget(project::Split split);
    void setLabelOfTarget(const QString& label);
    void tagTarget(const QString& tag, bool add);
    void rateTarget(int rating); // 0 = none
    void rejectRow(project::RowId id);
    void undo() { m_rows.undo(); }
    void redo() { m_rows.redo(); }

    // --- columns, kept with the project
    void setColumns(const ShownColumns& columns);

    [[nodiscard]] const QVector<StaleSource>& staleSources() const { return m_stale; }
    /// Looks whether imported files are other ones now.
    void checkSources();
    /// The error of reading that stands in the way, with what happened and what to do; nullopt = none.
    [[nodiscard]] const std::optional<Error>& problem() const { return m_problem; }
    void tryAgain();

Q_SIGNALS:
    void stateChanged();
    void filterChanged();
    void indexAboutToChange();
    void indexChanged();
    void figuresChanged();
    void chipsChanged();
    void currentChanged();
    void savedChanged();
    void columnsChanged();
    void sourcesChanged();
    void said(const QString& text, const QString& action, std::function<void()> act);

private:
    void open();
    void onChange(const project::StoreChange& change);
    void query();
    void refreshCounts();
    void refreshFigures();
    void countChips();
    void readViewState();
    void keep(const std::string& key, Json value);
    void edit(const QString& label, project::RowField field, const QString& value);

    Workspace& m_workspace;
    ProjectRows& m_rows;
    std::unique_ptr<SampleTableModel> m_table;
    RowSelection m_selection;
    std::unique_ptr<RowInspector> m_inspector;
    std::unique_ptr<ImportPresenter> m_importer;
    project::Filter m_filter;
    project::Sort m_sort;
    project::RowCounts m_counts;
    bool m_countsKnown = false;
    std::optional<project::Histogram> m_histogram;
    std::optional<project::Balance> m_balance;
    project::RowNumber m_histogramOf = project::RowNumber::Tokens;
    project::Balance::Of m_balanceOf = project::Balance::Of::Answer;
    bool m_balanceChosen = false;
    bool m_offersLabelling = false;
    std::map<data::CheckFamily, std::int64_t> m_chipRows;
    QVector<SavedFilter> m_saved;
    QVector<StaleSource> m_stale;
    QString m_sourceNames;
    project::RowId m_current = 0;
    std::optional<Error> m_problem;
    bool m_querying = false, m_scanned = false, m_outdated = false, m_reloadRow = false;
    bool m_countsAsked = false, m_histogramAsked = false, m_balanceAsked = false; // not answered yet
    std::uint64_t m_question = 0;
    QTimer m_searchPause, m_refresh;
    QString m_words;
};

} // namespace fettle::ui
