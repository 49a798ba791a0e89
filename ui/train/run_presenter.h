// One run on the Train screen, live or ended, without a widget: title, state, figures, what happened and the ways on.
// Everything comes from the run's folder or its events, so that a run of yesterday looks like the one of now.
#pragma once

#include "bridge/courier.h"
#include "bridge/run_series.h"
#include "recipe/recipe.h"
#include "train/foreign_logs.h"
#include "widgets/buttons.h"
#include "widgets/text.h"
#include "workspace/workspace.h"

#include <QHash>
#include <QObject>
#include <QVector>

#include <optional>

namespace fettle::ui {

struct TileState {
    QString figure = QStringLiteral("–"), comparison;
    Tone tone = Tone::Text2;
};

enum class RunAction {
    None,
    Continue,
    ContinueAtHalfRate,
    StartAgainAtHalfRate,
    StartAgain,
    ShowRows,
    Resume,
    ChangeRecipe,
    TryIt,
    LookInside,
    Log
};

struct RunBanner {
    bool shown = false;
    QString kind; // "diverged", "disk_full", … for tests and help
    State state = State::Accent;
    QString heading, sentence;
    struct Action {
        RunAction action = RunAction::None;
        QString text;
        bool primary = false;
    };
    QVector<Action> actions;
};

struct SampleLine {
    QString prompt, base, now, expected;
    std::optional<bool> right; // the answer is the expected one, but for blanks around it
};
struct SamplesState {
    std::int64_t step = 0;
    int index = 0, count = 0; // which evaluation, of how many
    QVector<SampleLine> lines;
};

struct RunViewState {
    QString folder, title, sentence;
    StateWord word;
    int slot = 0;
    bool live = false, paused = false;
    bool canPause = false, canStop = false, canAbort = false;
    QString whyNot; // why it cannot be steered; "" = it can
    TileState step, validation, accuracy, memory, time;
    bool timeTaken = false; // the time tile says how long it took
    RunBanner banner;
    std::optional<double> totalSteps;
    bool hasCheckpoint = false;
    bool reading = false; // its events are being read
    std::int64_t damagedLines = 0;
};

/// The checkpoint a run was saved at last, by its events or its list row, whichever knows more; nullopt = none.
struct LastCheckpoint {
    std::int64_t step = 0;
    QString folder; // absolute
};
[[nodiscard]] std::optional<LastCheckpoint> lastCheckpoint(Workspace& workspace, const QString& runFolder);

/// A row of the data as the list of a divergence shows it.
struct DataRow {
    std::int64_t sample = 0;
    QString asked, answer;
};

/// Thread: GUI.
class RunPresenter : public QObject {
    Q_OBJECT
public:
    explicit RunPresenter(Workspace& workspace, QObject* parent = nullptr);

    void show(const QString& folder);
    [[nodiscard]] QString folder() const { return m_folder; }
    [[nodiscard]] RunViewState state() const;
    /// The numbers for charts; nullptr while they are read.
    [[nodiscard]] std::shared_ptr<const RunSeries> series() const;
    /// Logs of other programs over the charts; they stay while the project is open.
    [[nodiscard]] ForeignLogs& logs() { return m_logs; }
    [[nodiscard]] SamplesState samples() const;
    /// -1 older, +1 newer; stays where it is when new ones come, unless the newest is shown.
    void stepSamples(int by);

    void pauseOrResume();
    void stop();
    void abort();
    void act(RunAction action);

    /// The recipe the run was started with; nullopt until read.
    [[nodiscard]] std::optional<recipe::Recipe> recipe() const;
    /// Half of the learning rate that holds now.
    [[nodiscard]] std::optional<double> nextRate() const;
    /// The recipe of a new run from the beginning with half the rate.
    [[nodiscard]] std::optional<recipe::Recipe> halfRate() const;
    /// The recipe of a new run without these rows. It begins with the adapter of the last checkpoint, where there is
    /// one: other rows make other steps, so that the old ones cannot be continued exactly.
    [[nodiscard]] std::optional<recipe::Recipe> without(const QVector<std::int64_t>& rows) const;
    void leaveOut(const QVector<std::int64_t>& rows);
    [[nodiscard]] const QVector<DataRow>& rows() const { return m_rows; }
    [[nodiscard]] bool rowsShown() const { return m_rowsShown; }
    void hideRows();
    /// The last checkpoint's folder; "" = none.
    [[nodiscard]] QString checkpoint() const;
    [[nodiscard]] QString logText() const;

Q_SIGNALS:
    void changed();       // what state() says
    void seriesChanged(); // charts and samples
    void shownChanged();  // another run
    void rowsChanged();
    void recipeWanted(); // the form
    void tryWanted();
    void logWanted();
    void insideWanted(const QString& part); // Look inside: "autopsy", "samples"

private:
    void readRecipe();
    void readRows();
    void continueAtHalfRate();
    [[nodiscard]] double startRate(const recipe::Recipe& recipe) const;
    [[nodiscard]] RunBanner banner(const RunRow& row, const RunSeries* series) const;

    Workspace& m_workspace;
    Courier m_courier;
    ForeignLogs m_logs;
    QString m_folder;
    QHash<QString, recipe::Recipe> m_recipes; // as it holds now: read once, and after a change
    QHash<QString, std::vector<run::RecipeChanged>> m_changes;
    bool m_changing = false;
    QVector<DataRow> m_rows;
    bool m_rowsShown = false;
    std::optional<std::int64_t> m_samplesStep; // nullopt = the newest
    MachineFacts m_machine;
};

} // namespace fettle::ui
