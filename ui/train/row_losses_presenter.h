// The losses of every row by epoch, without a widget: reads them in a job, classes them (train/row_history.h), filters
// and sorts a million of them off the window's thread, and knows where the texts of the rows lie.
#pragma once

#include "train/data_rows.h"
#include "train/row_history.h"
#include "train/row_reader.h"
#include "train/run_presenter.h"

#include <QObject>
#include <QStringList>

#include <array>
#include <memory>
#include <optional>

namespace fettle::ui {

inline constexpr int kRowClasses = 5; // as train::RowClass counts them

/// What the table shows; shared with jobs, never changed.
struct RowTable {
    train::RowHistory history;
    std::vector<train::RowClass> classes;
    train::RowThresholds thresholds;
    std::vector<float> last; // last loss of each row
    std::array<std::int64_t, kRowClasses> counts{};
    float top = 0; // the largest loss, for the curves in the cells
};

enum class RowSort { Row, LastHigh, LastLow, Risen };

struct RowHistogramBins {
    double low = 0, high = 0;  // the last bin takes all above too
    QVector<qsizetype> counts; // rows whose class is shown
};

struct RowFilter {
    std::array<bool, kRowClasses> classes{}; // none = all
    std::optional<int> bin;                  // of the histogram
    RowSort sort = RowSort::LastHigh;
    friend bool operator==(const RowFilter&, const RowFilter&) = default;
};

struct RowLossesState {
    enum class Phase { Nothing, Reading, Told, Failed } phase = Phase::Nothing;
    std::optional<Error> error;
    QStringList faults; // files that are missing or damaged
    std::int64_t total = 0, shown = 0;
    int epochs = 0;
    std::array<std::int64_t, kRowClasses> counts{};
    RowFilter filter;
    bool filtering = false;
    QString rule; // what the classes mean, with this run's numbers
    std::optional<std::int64_t> opened;
    QString textFault; // "" = the texts of the rows can be shown
};

/// Thread: GUI.
class RowLossesPresenter : public QObject {
    Q_OBJECT
public:
    static constexpr int kBins = 40;
    RowLossesPresenter(Workspace& workspace, RunPresenter& run, RowReader::EngineDoor engine,
                       QObject* parent = nullptr);
    ~RowLossesPresenter() override;

    [[nodiscard]] RowLossesState state() const;
    [[nodiscard]] std::shared_ptr<const RowTable> table() const { return m_table; }
    /// Indices in the table, in the order shown.
    [[nodiscard]] std::shared_ptr<const std::vector<std::uint32_t>> order() const { return m_order; }
    [[nodiscard]] const RowHistogramBins& histogram() const { return m_bins; }
    /// The beginning of a row's text; "" while it is not known. Reads one line of a file.
    [[nodiscard]] QString words(std::int64_t sample) const;
    [[nodiscard]] RowReader& reader() { return m_reader; }

    /// The page is seen: reads what is new.
    void look();
    /// Alone, or added to those that are on (`add`); one that is on goes off.
    void toggleClass(train::RowClass rowClass, bool add);
    void chooseBin(std::optional<int> bin);
    void setSort(RowSort sort);
    void open(std::int64_t sample);
    void close();
    /// Ids of the rows shown, one a line, to the clipboard; CSV of them into a file.
    void copyIds();
    void exportCsv(const QString& path);

    [[nodiscard]] static QString className(train::RowClass rowClass);
    [[nodiscard]] static State classState(train::RowClass rowClass);

Q_SIGNALS:
    void changed();
    void orderChanged(); // rows or their order
    void textsChanged();
    void exported(const QString& path, std::int64_t rows);

private:
    void read();
    void readPlaces();
    void arrange();
    void forget();

    Workspace& m_workspace;
    RunPresenter& m_run;
    Courier m_courier;
    RowReader m_reader;
    QString m_folder;
    std::ptrdiff_t m_files = -1; // of row losses the run had when it was read
    std::shared_ptr<const RowTable> m_table;
    std::shared_ptr<const std::vector<std::uint32_t>> m_order;
    std::shared_ptr<const train::RowPlaces> m_places;
    RowHistogramBins m_bins;
    RowFilter m_filter;
    std::optional<Error> m_error;
    QString m_textFault;
    bool m_reading = false, m_filtering = false;
    std::optional<std::int64_t> m_opened;
    std::shared_ptr<jobs::JobHandle> m_placesJob; // shared with the job system
    std::uint64_t m_generation = 0, m_arranged = 0;
};

} // namespace fettle::ui
