// Try it: one prompt, the answers of the base and of the tuned model side by side, token by token. Runs on the device
// lane, so that it waits for training and training for it; the model is loaded once and kept until a run needs the
// memory. No widgets.
#pragma once

#include "base/error.h"
#include "bridge/courier.h"
#include "jobs/job_system.h"
#include "train/engine.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QVector>

#include <array>
#include <functional>
#include <memory>
#include <optional>

namespace fettle::ui {

class Workspace;

struct TrySide {
    enum class Phase { Empty, Waiting, Loading, Answering, Done, Stopped, Failed } phase = Phase::Empty;
    QString text;
    int tokens = 0;
    double seconds = 0;
    std::optional<Error> error;
};

/// A row of the data to try.
struct TryRow {
    QString prompt, expected, system;
    std::int64_t number = 0; // 1-based, for people
    std::int64_t total = 0;
    std::string history; // earlier turns, as a JSON array of messages
};

struct TryState {
    bool available = false; // the run has a checkpoint
    QString why;            // else why not
    QString base, tuned;    // headings: "SmolLM2-135M-Instruct", "Run 7, step 400"
    bool busy = false;
    QString waitsFor;             // "Waits until Run 7 has ended." while the lane is taken
    std::array<TrySide, 2> sides; // 0 = base, 1 = tuned
    QString expected;             // of the row the prompt came from; "" = the prompt was written or changed
    QString rowLine;              // "Test row 3 of 90"
    int earlierTurns = 0;
    std::optional<Error> rowError;
};

/// Thread: GUI.
class TryPresenter : public QObject {
    Q_OBJECT
public:
    using EngineDoor = std::function<Result<train::Engine*>()>;
    TryPresenter(Workspace& workspace, EngineDoor engine, QObject* parent = nullptr);
    ~TryPresenter() override;

    /// Whose adapter is tried. Answers of another run are cleared.
    void setRun(const QString& folder);
    [[nodiscard]] TryState state() const;

    [[nodiscard]] QString prompt() const { return m_prompt; }
    [[nodiscard]] QString system() const { return m_system; }
    void setPrompt(const QString& text);
    void setSystem(const QString& text);
    void setMaxTokens(int tokens) { m_maxTokens = tokens; }
    [[nodiscard]] int maxTokens() const { return m_maxTokens; }
    void setTemperature(double temperature) { m_temperature = temperature; }
    [[nodiscard]] double temperature() const { return m_temperature; }

    /// The next row of the test split (validation where there is no test).
    void pickRow();
    void send();
    void stop();

Q_SIGNALS:
    void changed();
    void promptChanged(); // from a row

private:
    struct Session; // the loaded model; used on the lane only
    void readRows();
    void useRow(qsizetype index);
    void finish(std::uint64_t generation, const Result<void>& result);

    Workspace& m_workspace;
    Courier m_courier;
    EngineDoor m_engine;
    QString m_folder, m_prompt, m_system;
    int m_maxTokens = 128;
    double m_temperature = 0;
    std::array<TrySide, 2> m_sides;
    std::shared_ptr<jobs::JobHandle> m_job; // shared with the job system
    std::shared_ptr<Session> m_session;     // shared with jobs
    std::uint64_t m_generation = 0;
    QVector<TryRow> m_rows;
    QString m_rowsFolder; // project they were read from
    enum class From { Test, Validation, Train } m_rowsFrom = From::Test;
    bool m_reading = false;
    qsizetype m_row = -1;
    bool m_rowTouched = false; // the prompt was changed since
    std::optional<Error> m_rowError;
};

} // namespace fettle::ui
