// What happened at a step: a divergence by itself, any other step when asked. Facts come from the run's folder
// (train/autopsy.h), the rows from the data, their losses from the engine. Says them in the window's language. No
// widget.
#pragma once

#include "train/autopsy.h"
#include "train/row_reader.h"
#include "train/run_presenter.h"

#include <QObject>
#include <QVector>

#include <optional>

namespace fettle::ui {

struct AutopsyLine {
    State state = State::Neutral; // Bad or Warn: part of the evidence; Neutral: a circumstance
    QString text;
};

struct AutopsyState {
    enum class Phase { Nothing, Reading, Told, Failed } phase = Phase::Nothing;
    std::optional<Error> error;
    bool diverged = false;
    std::int64_t step = 0;
    QString heading;  // "Diverged at step 46"
    QString sentence; // the likely cause
    QVector<AutopsyLine> lines;
    QVector<train::StepFact> before;
    double lossLimit = 0, gradientLimit = 0; // 0 = none
    std::optional<std::int64_t> lossRises, gradientRises;
    QVector<std::int64_t> suspects; // rows to leave out by default
    QString halfRate;               // text of that button; "" = not offered
    QString halfRateMeans, leaveOutMeans;
    bool canLeaveOut = false;
};

/// Thread: GUI.
class AutopsyPresenter : public QObject {
    Q_OBJECT
public:
    AutopsyPresenter(Workspace& workspace, RunPresenter& run, RowReader::EngineDoor engine, QObject* parent = nullptr);

    [[nodiscard]] AutopsyState state() const;
    [[nodiscard]] RowReader& rows() { return m_rows; }
    /// Looks into the run shown: its divergence, or nothing. Does nothing when that is known.
    void look();
    /// Any step of the run.
    void lookInto(std::int64_t step);
    void showRows();
    [[nodiscard]] bool rowsShown() const { return m_rowsShown; }
    void continueAtHalfRate();
    void leaveOut(const QVector<std::int64_t>& rows);
    /// What an autopsy says, as text: heading, sentence and facts.
    [[nodiscard]] QString asText() const;

Q_SIGNALS:
    void changed();

private:
    void read(std::optional<std::int64_t> step);
    [[nodiscard]] static QString causeSentence(const train::Autopsy& autopsy);
    [[nodiscard]] static QVector<AutopsyLine> evidence(const train::Autopsy& autopsy);

    Workspace& m_workspace;
    RunPresenter& m_run;
    Courier m_courier;
    RowReader m_rows;
    QString m_folder;            // of what is known
    jobs::RunState m_runState{}; // when it was read
    std::optional<train::Autopsy> m_autopsy;
    std::optional<Error> m_error;
    bool m_reading = false, m_rowsShown = false;
    std::uint64_t m_generation = 0;
};

} // namespace fettle::ui
