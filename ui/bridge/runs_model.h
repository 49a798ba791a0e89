// All runs of a project as a table: one column table (title, alignment, sample width, getter), rows changed in place by
// events so that nothing jumps.
#pragma once

#include "bridge/event_bridge.h"
#include "run/run_folder.h"
#include "widgets/buttons.h"

#include <QAbstractTableModel>
#include <QSet>
#include <QString>
#include <QVector>

#include <optional>

namespace fettle::ui {

/// A state for people: the word, its colour and shape.
struct StateWord {
    QString word;
    State state = State::Neutral;
};
[[nodiscard]] StateWord stateWord(jobs::RunState state, const std::string& reason);
/// What comes next, for a state that ended badly: "Continue from step 80 with half the rate." "" where nothing is to
/// say.
[[nodiscard]] QString nextAction(jobs::RunState state, const std::string& reason, std::int64_t checkpointStep);

struct RunRow {
    run::RunSummary summary;
    QString what;                  // "rank 16, lr 2e-4"
    int slot = 0;                  // series colour for life: from the number in its folder's name
    bool owned = false;            // by this process: can be steered
    double stepMs = 0;             // smoothed
    std::optional<int> queuePlace; // 0-based, among the runs that wait; nullopt = does not wait
    bool held = false;             // waits until a person lets it go
    std::string heldBecause;       // sweep_budget; "" = a person holds it
    bool apart = false;            // lives in a process of its own, or will
    [[nodiscard]] bool live() const;
    [[nodiscard]] std::optional<double> fraction() const;    // of total steps
    [[nodiscard]] std::optional<double> secondsLeft() const; // while running
    [[nodiscard]] QString title() const;
    friend bool sameRun(const RunRow& a, const RunRow& b) { return a.summary.folder == b.summary.folder; }
};
/// 0-based slot from "run-0007" (6); names without a number are hashed.
[[nodiscard]] int slotOf(const std::string& runId);

class RunsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Status, Progress, TrainLoss, ValidationLoss, Speed, Peak, Started, ColumnCount };
    explicit RunsModel(QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// Newest first. Rows that stay keep their index where the order allows; only what changed is signalled.
    void setRows(QVector<RunRow> rows);
    void updateRow(const RunRow& row); // by folder; unknown folders are ignored
    void applyEvents(const EventBatch& batch);
    [[nodiscard]] const QVector<RunRow>& rows() const { return m_rows; }
    [[nodiscard]] const RunRow* find(const QString& folder) const;
    [[nodiscard]] int rowOf(const QString& folder) const; // -1
    /// The run the strip speaks of: a running one, else one that waits; nullptr = none is live.
    [[nodiscard]] const RunRow* active() const;
    [[nodiscard]] int count(jobs::RunState state) const;
    void setOverlays(const QSet<QString>& folders);
    /// Widest usual text of each column.
    [[nodiscard]] static QStringList columnSamples();

private:
    QVector<RunRow> m_rows;
    QSet<QString> m_overlays;
};

} // namespace fettle::ui
