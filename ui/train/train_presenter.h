// The Train screen before a run, without a widget: what the form says beside each field, what preflight found, and the
// rule of starting: the button works at once, a count under way is awaited, and only rows that nobody decided about
// hold the start.
#pragma once

#include "train/engine.h"
#include "train/model_text.h"
#include "train/preflight.h"
#include "train/preflight_check.h"
#include "train/recipe_form.h"
#include "train/run_presenter.h"
#include "train/try_presenter.h"
#include "widgets/buttons.h"
#include "workspace/workspace.h"

#include <QObject>

#include <functional>
#include <optional>

namespace fettle::ui {

struct TrainOptions {
    std::function<Result<train::Engine*>()> engine = [] { return train::openEngine(); }; // for Try it; called in a job
};

/// One way to fill data.train and data.validation.
struct DataChoice {
    QString title, hint;
    recipe::DataSection data; // only train, validation and validationShare count
};

/// What the form shows around its fields.
struct FormState {
    QVector<train::KnownModel> models;
    int model = -1; // index in models; -1 = one that is not in the list
    QString modelTitle, modelHint;
    QVector<DataChoice> data;
    int dataIndex = 0;
    QString dataHint, trainOnHint;
    QString rankHint, rateHint, epochsHint, contextHint, batchHint;
    bool suggested = true;
    bool canUndo = false, canRedo = false;
    std::optional<Error> recipeFault; // recipe.yaml cannot be read: the form shows the last good one
};

enum class Fix {
    None,
    RaiseContext,
    LeaveOverLong,
    LeaveSilent,
    LowerContextAgain,
    AskOverLongAgain,
    AskSilentAgain,
    ShowFaults,
    ChooseFile,
    Retry
};

struct Finding {
    QString id; // "fits", "over_long", "silent", "faulty", …
    State state = State::Ok;
    QString what, meaning;
    struct Action {
        Fix fix = Fix::None;
        QString text;
    };
    QVector<Action> fixes;
    bool holds = false; // the start waits for a decision about it
};

struct PreflightState {
    enum class Phase { Nothing, Counting, Counted, Failed } phase = Phase::Nothing;
    QString pill; // "measured here", "estimated", "counting"
    State pillState = State::Neutral;
    QString peak, time, speed;                      // "–" while unknown
    QString peakNote, timeNote, speedNote;          // "of 15.4 GB free", "960 steps", "tokens/s"
    std::int64_t trained = 0, context = 0, cut = 0; // tokens an epoch
    QString tokensLine;
    QVector<Finding> findings;
    std::optional<Error> error;
    QVector<ShownRow> shown;
    std::optional<double> fraction; // while counting
    QString countedText;
    // the button
    QString button;       // "Start training", "Add to queue"
    bool waiting = false; // pressed, the count is awaited
    QString hold;         // why a press does not start; "" = it does
};

/// Thread: GUI.
class TrainPresenter : public QObject {
    Q_OBJECT
public:
    explicit TrainPresenter(Workspace& workspace, TrainOptions options = {}, QObject* parent = nullptr);

    enum class Mode { Form, Run };
    [[nodiscard]] Mode mode() const { return m_mode; }
    /// Shows a run of the project, live or ended.
    void openRun(const QString& folder);
    /// Back to the form.
    void newRun();

    [[nodiscard]] Workspace& workspace() { return m_workspace; }
    [[nodiscard]] RecipeForm& form() { return m_form; }
    [[nodiscard]] PreflightCheck& check() { return m_check; }
    [[nodiscard]] RunPresenter& run() { return m_run; }
    [[nodiscard]] TryPresenter& tryIt() { return m_try; }

    /// Whether Try it shows instead of the charts; kept here because pages are made again.
    [[nodiscard]] bool triesIt() const { return m_triesIt; }
    void setTriesIt(bool tries) { m_triesIt = tries; }

    [[nodiscard]] FormState formState() const;
    [[nodiscard]] PreflightState preflightState() const;

    void chooseModel(int index);
    void chooseModelPath(const QString& path);
    void chooseData(int index);
    void chooseTrainOn(const QString& value);
    void apply(Fix fix);
    /// Counts again (after data files changed).
    void recount();

    /// The button: starts, or awaits the count and starts by itself, or holds with a reason.
    void start();
    void cancelWaiting();
    /// Everything that would hold a start now; empty while counting.
    [[nodiscard]] QVector<Finding> holds() const;

    /// Called when the screen is shown: looks at models and rows again.
    void entered();
    /// "Run 7 · 43 %" for the rail.
    [[nodiscard]] QString fact() const;

Q_SIGNALS:
    void formChanged();
    void preflightChanged();
    void modeChanged();
    void started(); // a start was asked for from the service

private:
    void onFormChanged();
    void onCheckChanged();
    void readModels();
    void startNow();
    [[nodiscard]] QVector<Finding> findings(const PreflightCount& count) const;
    [[nodiscard]] std::int64_t raisedContext(const PreflightCount& count) const;
    [[nodiscard]] std::optional<train::Estimate> estimate() const;
    [[nodiscard]] QVector<DataChoice> dataChoices() const;

    Workspace& m_workspace;
    Courier m_courier;
    RecipeForm m_form;
    PreflightCheck m_check;
    RunPresenter m_run;
    TryPresenter m_try;
    Mode m_mode = Mode::Form;
    bool m_formChosen = false; // the person asked for the form: runs that turn up do not take it away
    bool m_triesIt = false;
    bool m_waiting = false;
    bool m_asked = false; // a start was held: the reason stays beside the button
    QVector<train::KnownModel> m_models;
    std::optional<model::ModelConfig> m_config; // of the model counted last
    std::string m_configModel, m_configPath;    // as the recipe names it, and where it lies
    struct Raised {
        std::int64_t from = 0, to = 0; // context before and after the fix; the finding stays as "ok, Undo"
    };
    std::optional<Raised> m_raised;
    mutable std::optional<train::Estimate> m_estimate;
    mutable std::string m_estimateKey;
};

} // namespace fettle::ui
