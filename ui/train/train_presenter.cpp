#include "train/train_presenter.h"

#include "bridge/strings.h"
#include "recipe/fields.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double kOtherShare = 0.05; // validation where a project has no file for it
constexpr int kQuietMs = 1500;       // nothing was changed for so long: it may be measured by itself

bool sameData(const recipe::DataSection& a, const recipe::DataSection& b) {
    return a.train == b.train && a.validation == b.validation &&
           std::abs(a.validationShare - b.validationShare) < 1e-12;
}

constexpr std::int64_t kUnknownSteps = 200; // only the shape of a schedule is shown then

QString rowsOf(const std::optional<std::int64_t>& count) {
    return count ? Format::exactCount(*count) : Format::unknown();
}

} // namespace

TrainPresenter::TrainPresenter(Workspace& workspace, TrainOptions options, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_courier(this)
    , m_form(workspace)
    , m_check(workspace)
    , m_run(workspace)
    , m_try(workspace, options.engine)
    , m_inside(workspace, m_run, options.engine)
    , m_record(workspace)
    , m_freeMemory(std::move(options.freeMemory))
    , m_starts(workspace, m_form)
    , m_measure(workspace)
    , m_peek(workspace) {
    m_quiet.setSingleShot(true);
    m_quiet.setInterval(kQuietMs);
    connect(&m_quiet, &QTimer::timeout, this, &TrainPresenter::maybeMeasure);
    connect(&m_measure, &StepMeasure::changed, this, [this] {
        m_estimateKey.clear(); // a speed may be known now
        Q_EMIT formChanged();
        Q_EMIT preflightChanged();
    });
    connect(&m_peek, &RowPeek::changed, this, &TrainPresenter::rowChanged);
    connect(&m_starts, &StartPresenter::taken, this, [this] { m_face.side = FormFace::Side::Form; });
    connect(&m_form, &RecipeForm::changed, this, &TrainPresenter::onFormChanged);
    connect(&m_check, &PreflightCheck::changed, this, &TrainPresenter::onCheckChanged);
    connect(&workspace, &Workspace::countsChanged, this, &TrainPresenter::formChanged);
    connect(&workspace, &Workspace::runsChanged, this, &TrainPresenter::preflightChanged); // "Add to queue"
    connect(&workspace, &Workspace::projectChanged, this, [this] {
        m_waiting = false;
        m_asked = false;
        m_formChosen = false;
        m_applied.clear();
        m_peek.forget();
        m_typing.reset();
        m_face.side = FormFace::Side::Form;
        m_config.reset();
        m_check.forget();
        m_mode = Mode::Form;
        Q_EMIT modeChanged();
        m_check.request(m_form.recipe());
        Q_EMIT formChanged();
    });
    connect(&workspace, &Workspace::shownRunChanged, this, [this] {
        // A run that turns up by itself is shown, unless the person is in the form.
        if (!m_workspace.shownRun().isEmpty() && !m_formChosen) {
            openRun(m_workspace.shownRun());
        } else if (m_workspace.shownRun().isEmpty()) {
            m_mode = Mode::Form;
            Q_EMIT modeChanged();
        }
    });
    connect(&workspace, &Workspace::runStarted, this, &TrainPresenter::openRun);
    connect(&workspace, &Workspace::runEnded, this, [this] { // its speed is known now, and its memory free again
        m_estimateKey.clear();
        Q_EMIT formChanged();
        Q_EMIT preflightChanged();
    });
    connect(&workspace, &Workspace::failed, this, [this] {
        m_waiting = false;
        Q_EMIT preflightChanged();
    });
    connect(&workspace, &Workspace::startFromRecipe, this, [this](const recipe::Recipe& recipe) {
        m_form.change(recipe); // can be undone there
        newRun();
    });
    connect(&m_run, &RunPresenter::recipeWanted, this, &TrainPresenter::newRun);
    readModels();
    m_check.request(m_form.recipe());
    if (!workspace.shownRun().isEmpty()) {
        openRun(workspace.shownRun());
    }
}

void TrainPresenter::readModels() {
    auto answer = std::make_shared<std::vector<train::KnownModel>>(); // written by the job, read after it
    const auto post = m_courier.sender();
    (void)m_workspace.jobs().submit(
        [answer](jobs::JobContext&) -> Result<void> {
            *answer = train::knownModels();
            return {};
        },
        {.name = "list models", .lane = {}, .onProgress = {}, .onDone = [this, post, answer](const Result<void>&) {
             post([this, answer] {
                 m_models = QVector<train::KnownModel>(answer->begin(), answer->end());
                 Q_EMIT formChanged();
             });
         }});
}

void TrainPresenter::entered() {
    m_estimateKey.clear(); // memory in use changes
    m_memoryKey.clear();
    m_form.readAgain();
    readModels();
    m_check.request(m_form.recipe());
}

// ---------------------------------------------------------------- which page

void TrainPresenter::openRun(const QString& folder) {
    if (folder.isEmpty()) {
        return;
    }
    m_formChosen = false;
    m_waiting = false;
    m_run.show(folder);
    m_try.setRun(folder);
    m_record.show(folder);
    m_workspace.showRun(folder);
    if (m_mode != Mode::Run) {
        m_mode = Mode::Run;
        Q_EMIT modeChanged();
    }
    Q_EMIT preflightChanged();
}

void TrainPresenter::newRun() {
    m_formChosen = true;
    m_asked = false;
    if (m_mode != Mode::Form) {
        m_mode = Mode::Form;
        Q_EMIT modeChanged();
    }
    m_check.request(m_form.recipe());
}

QString TrainPresenter::fact() const {
    const RunRow* row = m_workspace.runs().active();
    if (row != nullptr) {
        if (const std::optional<double> fraction = row->fraction()) {
            return tr("%1 · %2").arg(row->title(), Format::percent(*fraction));
        }
        return tr("%1 · %2").arg(row->title(), stateWord(row->summary.state, row->summary.reason).word);
    }
    const QVector<RunRow>& rows = m_workspace.runs().rows();
    if (rows.isEmpty()) {
        return tr("No run yet");
    }
    return tr("%1 · %2").arg(rows.first().title(),
                             stateWord(rows.first().summary.state, rows.first().summary.reason).word);
}

// ---------------------------------------------------------------- form

void TrainPresenter::onFormChanged() {
    m_asked = false;
    m_typing.reset();
    m_check.request(m_form.recipe());
    if (const std::optional<ShownRow>& row = m_peek.row(); row && !m_form.locked()) {
        showRow(row->sample + 1); // context, template or rows may have changed
    }
    Q_EMIT formChanged();
    Q_EMIT preflightChanged();
    Q_EMIT scheduleChanged();
}

QVector<DataChoice> TrainPresenter::dataChoices() const {
    const DataCounts& rows = m_workspace.dataCounts();
    const recipe::DataSection& now = m_form.recipe().data;
    QVector<DataChoice> out;
    const auto add = [&out](const QString& title, const QString& hint, std::vector<std::string> validation,
                            double share) {
        DataChoice choice{title, hint, {}};
        choice.data.train = {"project:train"};
        choice.data.validation = std::move(validation);
        choice.data.validationShare = share;
        out.append(choice);
    };
    if (rows.validation) {
        const QString hint =
            rows.test ? tr("%1 train, %2 validation, test untouched").arg(rowsOf(rows.train), rowsOf(rows.validation))
                      : tr("%1 train, %2 validation").arg(rowsOf(rows.train), rowsOf(rows.validation));
        add(tr("Project rows, own validation rows"), hint, {"project:validation"}, 0);
    }
    const double share = now.validationShare > 0 ? now.validationShare : kOtherShare;
    const auto kept = static_cast<std::int64_t>(std::llround(static_cast<double>(rows.train.value_or(0)) * share));
    add(tr("Project rows, %1 kept for validation").arg(Format::percent(share)),
        rows.train ? tr("%1 train, %2 validation").arg(rowsOf(*rows.train - kept), rowsOf(kept))
                   : tr("no training rows yet"),
        {}, share);
    add(tr("Project rows, no validation"),
        tr("%1 train. Without validation rows nothing tells when to stop").arg(rowsOf(rows.train)), {}, 0);
    const bool listed =
        std::any_of(out.begin(), out.end(), [&now](const DataChoice& choice) { return sameData(choice.data, now); });
    if (!listed) {
        DataChoice own;
        const auto names = [](const std::vector<std::string>& files) {
            QStringList list;
            for (const std::string& file : files) {
                list << qs(file).section(u'/', -1);
            }
            return list.join(u", "_s);
        };
        own.title = now.train.empty() ? tr("Not chosen yet") : tr("Files of the recipe");
        own.hint = now.train.empty() ? tr("Choose what to train on") : names(now.train);
        own.data = now;
        out.prepend(own);
    }
    return out;
}

/// "sft · adamw · cosine, 29 warm-up steps · seed 42 · evaluate every 0.5 epochs"
QString TrainPresenter::advancedLine(const recipe::Recipe& recipe, const SchedulePreview& preview) {
    const QString schedule =
        preview.known && preview.schedule.warmupSteps > 0
            ? tr("%1, %Ln warm-up step(s)", nullptr, static_cast<int>(preview.schedule.warmupSteps))
                  .arg(qs(recipe.optimizer.schedule))
            : qs(recipe.optimizer.schedule);
    const QString evaluates =
        recipe.evaluation.everySteps
            ? tr("evaluate every %Ln step(s)", nullptr, static_cast<int>(*recipe.evaluation.everySteps))
        : recipe.evaluation.everyEpochs == 1.0 ? tr("evaluate every epoch")
        : recipe.evaluation.everyEpochs > 0
            ? tr("evaluate every %1 epochs").arg(QLocale().toString(recipe.evaluation.everyEpochs))
            : tr("evaluate at the end");
    return QStringList{qs(recipe.objective), qs(recipe.optimizer.name), schedule, tr("seed %1").arg(recipe.seed),
                       evaluates}
        .join(u" · "_s);
}

FormState TrainPresenter::formState() const {
    FormState out;
    const recipe::Recipe& recipe = m_form.recipe();
    out.models = m_models;
    for (qsizetype i = 0; i < m_models.size(); ++i) {
        if (m_models[i].name == recipe.model || m_models[i].path == recipe.model) {
            out.model = static_cast<int>(i);
        }
    }
    out.modelTitle = m_workspace.modelTitle(qs(recipe.model));
    QStringList facts;
    const bool known = m_config && m_configModel == recipe.model;
    if (known) {
        facts << tr("%1 parameters").arg(Format::count(m_config->parameterCount()));
    }
    if (out.model >= 0) {
        if (!m_models[out.model].licence.empty()) {
            facts << qs(m_models[out.model].licence);
        }
        if (!m_models[out.model].present) {
            facts = QStringList{tr("Not on this machine: fetch it with “fettle model fetch-default”")};
        }
    } else if (recipe.model.empty()) {
        facts << tr("Choose a model");
    }
    out.modelHint = facts.join(u", "_s);

    out.data = dataChoices();
    for (qsizetype i = 0; i < out.data.size(); ++i) {
        if (sameData(out.data[i].data, recipe.data)) {
            out.dataIndex = static_cast<int>(i);
        }
    }
    out.dataHint = out.data[out.dataIndex].hint;
    out.trainOnHint = recipe.data.trainOn == "all"              ? tr("Every message is learned, questions too")
                      : recipe.data.trainOn == "last_assistant" ? tr("Earlier turns are read but not learned")
                                                                : tr("Context is read but not learned");

    const std::optional<train::Estimate> guess = estimate();
    const QString rank = Format::exactCount(recipe.adapter.rank);
    out.rankHint =
        guess && guess->adapterParameters > 0
            ? tr("Size of the adapter, %1 adds %2 parameters").arg(rank, Format::count(guess->adapterParameters))
            : tr("Size of the adapter");
    const recipe::Recipe suggested = m_form.suggested();
    const QString rate = Format::rate(suggested.optimizer.learningRate);
    const double ratio = recipe.optimizer.learningRate / suggested.optimizer.learningRate;
    out.rateHint = std::abs(ratio - 1) < 1e-9 ? tr("As suggested")
                   : ratio > 20               ? tr("Far above the suggested %1, the loss may diverge").arg(rate)
                                              : tr("Suggested: %1").arg(rate);
    if (recipe.training.maxSteps) {
        out.epochsHint = tr("The recipe ends after %Ln step(s)", nullptr, static_cast<int>(*recipe.training.maxSteps));
    } else if (guess && guess->steps > 0) {
        out.epochsHint = tr("%1 passes over the rows are about %2 steps")
                             .arg(QLocale().toString(recipe.training.epochs), Format::exactCount(guess->steps));
    } else {
        out.epochsHint = tr("Passes over the rows");
    }
    const PreflightCount* count = m_check.count();
    if (count != nullptr && !count->error && count->train.longestRow > 0) {
        out.contextHint = tr("Longest row has %Ln token(s)", nullptr, static_cast<int>(count->train.longestRow));
    } else {
        out.contextHint = tr("Tokens of a row that are read at most");
    }
    out.batchHint = recipe.training.batchRows ? tr("The recipe takes %Ln row(s) a step instead", nullptr,
                                                   static_cast<int>(*recipe.training.batchRows))
                                              : tr("Tokens that share one step");
    out.suggested = m_form.isSuggested();
    out.canUndo = m_form.canUndo() || m_form.hasErrors();
    out.canRedo = m_form.canRedo();
    out.advancedLine = advancedLine(recipe, schedulePreview());
    if (m_form.locked()) {
        out.recipeFault = m_form.yamlFaults().front();
    }
    return out;
}

SchedulePreview TrainPresenter::schedulePreview() const {
    const recipe::Recipe& recipe = m_typing ? *m_typing : m_form.recipe();
    const std::optional<train::Estimate> guess = m_typing ? estimateOf(recipe) : estimate();
    const bool known = recipe.training.maxSteps.has_value() || (guess && guess->steps > 0);
    const std::int64_t steps = recipe.training.maxSteps ? *recipe.training.maxSteps
                               : known                  ? guess->steps
                                                        : kUnknownSteps;
    return {train::scheduleOf(recipe.optimizer, steps), known};
}

void TrainPresenter::previewTyping(const recipe::Field& field, const QString& text) {
    m_typing = m_form.preview(field.key.c_str(), text);
    Q_EMIT scheduleChanged();
}

void TrainPresenter::duplicate(const QString& folder) {
    m_starts.chooseRun(folder);
    const QString title = m_starts.choices().value(m_starts.current()).title;
    const bool same = m_starts.result() && m_starts.difference().isEmpty();
    if (m_starts.error()) {
        Q_EMIT m_workspace.failed(tr("Taking the recipe of %1").arg(title), *m_starts.error());
        return;
    }
    if (!same) {
        m_starts.take();
    }
    newRun();
}

void TrainPresenter::chooseModel(int index) {
    if (index >= 0 && index < m_models.size()) {
        recipe::Recipe next = m_form.recipe();
        next.model = m_models[index].name;
        m_form.change(next);
    }
}

void TrainPresenter::chooseModelPath(const QString& path) {
    recipe::Recipe next = m_form.recipe();
    next.model = us(path);
    m_form.change(next);
}

void TrainPresenter::chooseData(int index) {
    const QVector<DataChoice> choices = dataChoices();
    if (index >= 0 && index < choices.size()) {
        recipe::Recipe next = m_form.recipe();
        next.data.train = choices[index].data.train;
        next.data.validation = choices[index].data.validation;
        next.data.validationShare = choices[index].data.validationShare;
        m_form.change(next);
    }
}

void TrainPresenter::chooseTrainOn(const QString& value) {
    recipe::Recipe next = m_form.recipe();
    next.data.trainOn = us(value);
    m_form.change(next);
}

// ---------------------------------------------------------------- start

void TrainPresenter::start() {
    if (m_waiting || !m_workspace.hasProject()) {
        return;
    }
    m_measure.cancel(); // a run never waits for figures
    m_form.flush();
    if (m_form.hasErrors() || m_form.locked()) {
        m_asked = true;
        Q_EMIT preflightChanged();
        return;
    }
    if (m_check.count() != nullptr && m_check.count()->error && m_check.fits(m_form.recipe())) {
        recount(); // what failed may be there now: a model was fetched, a file put back
    }
    m_check.request(m_form.recipe());
    if (m_check.counting() || !m_check.fits(m_form.recipe())) {
        m_waiting = true;
        m_check.hurry();
        Q_EMIT preflightChanged();
        return;
    }
    startNow();
    Q_EMIT preflightChanged();
}

void TrainPresenter::startNow() {
    m_asked = true;
    const PreflightCount* count = m_check.count();
    if (count == nullptr || count->error || !holds().isEmpty()) {
        return; // the reason stands beside the button
    }
    m_asked = false;
    m_measure.cancel();
    m_workspace.startRun(m_form.recipe());
    Q_EMIT started();
}

void TrainPresenter::cancelWaiting() {
    m_waiting = false;
    Q_EMIT preflightChanged();
}

} // namespace fettle::ui
