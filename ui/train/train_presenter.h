// The Train screen before a run, without a widget: what the form says beside each field, what preflight found, and the
// rule of starting: the button works at once, a count under way is awaited, and only rows that nobody decided about
// hold the start.
#pragma once

#include "train/engine.h"
#include "train/inside_presenter.h"
#include "train/model_text.h"
#include "train/preflight.h"
#include "train/preflight_check.h"
#include "train/recipe_form.h"
#include "train/row_peek.h"
#include "train/run_presenter.h"
#include "train/run_record_presenter.h"
#include "train/schedule.h"
#include "train/start_presenter.h"
#include "train/step_measure.h"
#include "train/try_presenter.h"
#include "widgets/buttons.h"
#include "workspace/workspace.h"

#include <QObject>
#include <QSet>
#include <QTimer>

#include <functional>
#include <limits>
#include <optional>

namespace fettle::ui {

struct TrainOptions {
    std::function<std::uint64_t()> freeMemory; // empty = what the machine says
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
    QString advancedLine; // what the folded advanced form says of itself
    bool suggested = true;
    bool canUndo = false, canRedo = false;
    std::optional<Error> recipeFault; // the YAML text is no recipe: the form shows the last good one
};

/// What the page shows at its left; kept here because pages are made again.
struct FormFace {
    enum class Side { Form, Yaml, Picker } side = Side::Form;
    bool advancedOpen = false;
    QSet<QString> openGroups{QStringLiteral("optimizer")}; // of the advanced form
};

/// The learning rate as it would run, with what is being typed.
struct SchedulePreview {
    train::Schedule schedule;
    bool known = false; // the number of steps is
};

enum class Fix {
    None,
    RaiseContext,
    LeaveOverLong,
    LeaveSilent,
    LowerContextAgain,
    RecomputeAll,   // less memory: everything is computed again in the backward pass
    SmallerMicro,   // less memory: smaller micro-batches
    SmallerContext, // less memory: shorter rows
    TakeValidation, // a share of the rows
    SuggestedRate,
    UndoFix, // Action::arg: which
    ShowYaml,
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
        QString arg = {};
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
    // two real steps
    bool measured = false; // peak and speed are of this recipe on this machine
    bool measuring = false;
    QString measuringText, measureHold; // why it cannot be measured now; "" = it can
    // one row
    std::optional<ShownRow> row;              // the one asked for last; while another is read, the one before
    std::int64_t rowNumber = 0, rowCount = 0; // 1-based; rows that can be read
    bool rowReading = false;
    QString rowNote; // why nothing of it is trained, what is cut
    bool hasLong = false, hasSilent = false;
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
    [[nodiscard]] InsidePresenter& inside() { return m_inside; }
    [[nodiscard]] RunRecordPresenter& record() { return m_record; }

    /// Whether Try it shows instead of the charts; kept here because pages are made again.
    [[nodiscard]] bool triesIt() const { return m_triesIt; }
    void setTriesIt(bool tries) { m_triesIt = tries; }

    [[nodiscard]] FormState formState() const;
    [[nodiscard]] PreflightState preflightState() const;

    void chooseModel(int index);
    void chooseModelPath(const QString& path);
    void chooseData(int index);
    void chooseTrainOn(const QString& value);
    void apply(Fix fix, const QString& arg = {});

    [[nodiscard]] FormFace& face() { return m_face; }
    [[nodiscard]] StartPresenter& starts() { return m_starts; }
    /// Takes the recipe of a run into the form, to be changed there; one step that can be undone.
    void duplicate(const QString& folder);
    [[nodiscard]] SchedulePreview schedulePreview() const;
    /// A field is being typed into and not taken yet: the curve follows.
    void previewTyping(const recipe::Field& field, const QString& text);

    [[nodiscard]] StepMeasure& measure() { return m_measure; }
    /// Two real steps of the recipe, in the background; starting a run gives them up.
    void measureNow();
    /// Measures by itself once rows are counted and nothing else uses the device.
    void setMeasuresByItself(bool measures);

    /// One row as it will be trained, by its 1-based number among the rows that can be read.
    void showRow(std::int64_t number);
    void stepRow(int by);
    enum class RowKind { Long, Silent };
    /// The next row of that kind after the shown one, from the start again at the end.
    void nextRow(RowKind kind);
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
    void scheduleChanged();
    void rowChanged();

private:
    [[nodiscard]] static QString advancedLine(const recipe::Recipe& recipe, const SchedulePreview& preview);
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
    InsidePresenter m_inside;
    RunRecordPresenter m_record;
    Mode m_mode = Mode::Form;
    bool m_formChosen = false; // the person asked for the form: runs that turn up do not take it away
    bool m_triesIt = false;
    bool m_waiting = false;
    bool m_asked = false; // a start was held: the reason stays beside the button
    QVector<train::KnownModel> m_models;
    std::optional<model::ModelConfig> m_config; // of the model counted last
    std::string m_configModel, m_configPath;    // as the recipe names it, and where it lies
    /// A fix that was taken: its finding stays as "ok, Undo" as long as the recipe says what it made.
    struct Applied {
        QString id;
        std::string key;
        Json from, to;
        QString what, meaning;
    };
    void applyField(const QString& id, const char* key, const Json& to, const QString& what, const QString& meaning);
    [[nodiscard]] bool holdsStill(const Applied& applied) const;
    /// `mostRows`: more are only looked through for the longest one, which is enough for memory.
    [[nodiscard]] std::optional<train::Estimate>
    estimateOf(const recipe::Recipe& recipe, std::size_t mostRows = std::numeric_limits<std::size_t>::max()) const;
    struct MemoryFix {
        Fix fix = Fix::None;
        recipe::Recipe recipe;
        std::uint64_t saves = 0;
        std::int64_t value = 0;
        std::int64_t rowsTooLong = 0;
    };
    [[nodiscard]] const QVector<MemoryFix>& memoryFixes() const;
    [[nodiscard]] QVector<MemoryFix> findMemoryFixes(const train::Estimate& now) const;
    void addMemory(QVector<Finding>& out) const;
    void addLongRows(QVector<Finding>& out, const CountedSplit& split) const;
    void addSilentRows(QVector<Finding>& out, const CountedSplit& split) const;
    void addAdvice(QVector<Finding>& out, const PreflightCount& count) const;
    void fillRow(PreflightState& state) const;
    void fillMeasure(PreflightState& state) const;
    void maybeMeasure();

    std::function<std::uint64_t()> m_freeMemory;
    QVector<Applied> m_applied;
    FormFace m_face;
    StartPresenter m_starts;
    StepMeasure m_measure;
    RowPeek m_peek;
    std::optional<recipe::Recipe> m_typing; // with the field that is being typed
    bool m_measuresByItself = false;
    QTimer m_quiet; // before measuring by itself
    mutable std::optional<train::Estimate> m_estimate;
    mutable std::string m_estimateKey;
    mutable QVector<MemoryFix> m_memoryFixes;
    mutable std::string m_memoryKey; // the estimate they belong to; "" = none
};

} // namespace fettle::ui
