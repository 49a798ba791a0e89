// Rows of a run as tokens with their losses: read from the data in a job, then scored by the engine on the device lane
// with the adapter of a checkpoint. Losses that a run noted when it diverged stand beside those. No widget.
#pragma once

#include "base/error.h"
#include "bridge/courier.h"
#include "jobs/job_system.h"
#include "train/data_rows.h"
#include "train/divergence_record.h"
#include "train/engine.h"
#include "train/preflight_check.h"

#include <QObject>
#include <QString>
#include <QVector>

#include <functional>
#include <memory>
#include <optional>

namespace fettle::ui {

class Workspace;

struct ReadRow {
    std::int64_t sample = 0;
    QString place;              // "train.jsonl, line 12"
    ShownRow shown;             // its tokens bear the losses of the source that is shown
    std::int64_t tokens = 0;    // before a cut to the context
    std::optional<double> loss; // mean over the trained tokens; NaN where one of them has no number
    int bad = 0;                // trained tokens whose loss is no number
    bool longest = false;       // of the rows shown, and longer than the others
    train::OddText odd;
};

struct RowRequest {
    QString folder; // run
    QVector<std::int64_t> samples;
    std::optional<std::int64_t> step; // all rows of this step instead
    QString adapter;                  // checkpoint folder; "" = no losses from the engine
    std::optional<train::DivergenceRecord> record;
};

/// Thread: GUI.
class RowReader : public QObject {
    Q_OBJECT
public:
    static constexpr int kMostRows = 50;
    enum class Phase { Nothing, Reading, Waiting, Scoring, Done, Failed };
    enum class Source { AtFailure, AtCheckpoint };
    using EngineDoor = std::function<Result<train::Engine*>()>;
    RowReader(Workspace& workspace, EngineDoor engine, QObject* parent = nullptr);
    ~RowReader() override;

    void read(const RowRequest& request);
    void clear();
    [[nodiscard]] Phase phase() const { return m_phase; }
    [[nodiscard]] const QVector<ReadRow>& rows() const { return m_rows; }
    /// Rows beyond kMostRows.
    [[nodiscard]] std::int64_t notShown() const { return m_notShown; }
    /// Why there are no rows (Failed), or no losses (Done).
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }
    [[nodiscard]] bool has(Source source) const;
    [[nodiscard]] Source source() const { return m_source; }
    void setSource(Source source);
    /// The upper end of the colour scale: the largest loss shown, at least 1.
    [[nodiscard]] double scale() const;

Q_SIGNALS:
    void changed();

private:
    using Losses = std::vector<std::optional<double>>; // one a token
    struct Answer;
    void score(const RowRequest& request, std::shared_ptr<Answer> answer, std::uint64_t generation);
    void cancel();
    void showLosses();

    Workspace& m_workspace;
    Courier m_courier;
    EngineDoor m_engine;
    Phase m_phase = Phase::Nothing;
    Source m_source = Source::AtCheckpoint;
    QVector<ReadRow> m_rows;
    std::vector<Losses> m_failure, m_checkpoint; // parallel to m_rows; empty = not known
    std::int64_t m_notShown = 0;
    std::optional<Error> m_error;
    std::shared_ptr<jobs::JobHandle> m_job; // shared with the job system
    std::uint64_t m_generation = 0;         // late answers are dropped
};

} // namespace fettle::ui
