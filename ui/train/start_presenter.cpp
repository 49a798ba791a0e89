#include "train/start_presenter.h"

#include "base/files.h"
#include "bridge/runs_model.h"
#include "bridge/strings.h"
#include "model/peft_adapter.h"
#include "project/recipe_yaml.h"
#include "project/run_data.h"
#include "train/field_words.h"
#include "train/model_text.h"
#include "train/recipe_form.h"
#include "workspace/workspace.h"

#include <algorithm>
#include <array>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

struct Starter {
    const char* file;
    const char* title;
    const char* when;
};

/// The files in resources/recipes, in the order of the list.
constexpr std::array<Starter, 6> kStarters{
    {{"quick-try.yaml", QT_TRANSLATE_NOOP("fettle::ui::StartPresenter", "Quick try"),
      QT_TRANSLATE_NOOP("fettle::ui::StartPresenter",
                        "To see whether anything is learned: sixty small steps, done in a minute or two.")},
     {"careful-default.yaml", QT_TRANSLATE_NOOP("fettle::ui::StartPresenter", "Careful default"),
      QT_TRANSLATE_NOOP("fettle::ui::StartPresenter",
                        "When the result is to be kept: three passes, ended when validation stops improving.")},
     {"long-answers.yaml", QT_TRANSLATE_NOOP("fettle::ui::StartPresenter", "Long answers"),
      QT_TRANSLATE_NOOP("fettle::ui::StartPresenter",
                        "For reports, code or stories: a wide adapter and a context of 4,096 tokens.")},
     {"small-memory.yaml", QT_TRANSLATE_NOOP("fettle::ui::StartPresenter", "Small memory"),
      QT_TRANSLATE_NOOP("fettle::ui::StartPresenter",
                        "When preflight says that it does not fit: small pieces and recomputation, a little slower.")},
     {"short-labels.yaml", QT_TRANSLATE_NOOP("fettle::ui::StartPresenter", "Short answers like labels"),
      QT_TRANSLATE_NOOP("fettle::ui::StartPresenter",
                        "For classes, yes or no, single words: the same number of answers in every step.")},
     {"continue-adapter.yaml", QT_TRANSLATE_NOOP("fettle::ui::StartPresenter", "Continue from an adapter"),
      QT_TRANSLATE_NOOP("fettle::ui::StartPresenter",
                        "For new rows on top of a finished adapter: one pass at a low rate.")}}};
constexpr const char* kContinues = "continue-adapter.yaml";

/// Settings that belong to the rows and the machine rather than to a way of training.
constexpr std::array<const char*, 5> kOfThePlace{"output", "data.format", "data.template", "training.device",
                                                 "training.threads"};

void copyField(recipe::Recipe& to, const recipe::Recipe& from, const recipe::Field& field) {
    (void)field.set(to, field.get(from)); // a value that stands in a recipe is one
}

} // namespace

QVector<RecipeDifference> recipeDifference(const recipe::Recipe& a, const recipe::Recipe& b) {
    QVector<RecipeDifference> out;
    for (const recipe::FieldDifference& each : recipe::difference(a, b)) {
        const recipe::Field& field = *recipe::findField(each.key);
        out.append({qs(each.key), FieldWords::longTitle(field), FieldWords::shown(field, each.left),
                    FieldWords::shown(field, each.right)});
    }
    return out;
}

StartPresenter::StartPresenter(Workspace& workspace, RecipeForm& form, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_form(form) {
    connect(&form, &RecipeForm::changed, this, &StartPresenter::changed);
    connect(&workspace, &Workspace::runsChanged, this, &StartPresenter::changed);
    connect(&workspace, &Workspace::projectChanged, this, [this] {
        m_chosen.clear();
        m_adapter.clear();
        m_adapterShape.reset();
        read();
    });
}

void StartPresenter::setKind(Kind kind) {
    if (kind != m_kind) {
        m_kind = kind;
        m_chosen.clear();
        read();
    }
}

QVector<StartChoice> StartPresenter::choices() const {
    QVector<StartChoice> out;
    if (m_kind == Kind::Starters) {
        for (const Starter& starter : kStarters) {
            out.append({.id = QString::fromLatin1(starter.file), .title = tr(starter.title), .when = tr(starter.when)});
        }
        return out;
    }
    for (const RunRow& row : m_workspace.runs().rows()) {
        const StateWord word = stateWord(row.summary.state, row.summary.reason);
        out.append({.id = qs(row.summary.folder),
                    .title = row.title(),
                    .when = row.what,
                    .state = word.word,
                    .tone = word.state,
                    .loss = row.summary.validationLoss ? row.summary.validationLoss : row.summary.trainLoss});
    }
    return out;
}

int StartPresenter::current() const {
    const QVector<StartChoice> all = choices();
    for (qsizetype i = 0; i < all.size(); ++i) {
        if (all[i].id == m_chosen) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

void StartPresenter::choose(int index) {
    const QVector<StartChoice> all = choices();
    const QString id = index >= 0 && index < all.size() ? all[index].id : QString();
    if (id != m_chosen) {
        m_chosen = id;
        read();
    }
}

void StartPresenter::chooseRun(const QString& folder) {
    m_kind = Kind::Runs;
    m_chosen = folder;
    read();
}

void StartPresenter::read() {
    m_start.reset();
    m_error.reset();
    if (!m_chosen.isEmpty()) {
        const bool starter = m_kind == Kind::Starters;
        const std::string path = starter ? m_workspace.options().resourcesFolder + "/recipes/" + us(m_chosen)
                                         : us(m_chosen) + "/recipe.json";
        Result<recipe::Recipe> read = [&]() -> Result<recipe::Recipe> {
            if (starter) {
                FETTLE_TRY_VALUE(const std::string text, readFile(path));
                return project::loadRecipeYaml(text, path);
            }
            FETTLE_TRY_VALUE(const Json json, readJsonFile(path));
            return recipe::fromJson(json);
        }();
        if (read) {
            m_start = starter ? std::move(read).value() : unresolved(std::move(read).value());
        } else {
            m_error = read.error();
            if (m_error->file.empty()) {
                m_error->file = path;
            }
        }
    }
    if (needsAdapter() && m_adapter.isEmpty()) {
        const QVector<AdapterChoice> known = adapters();
        if (!known.isEmpty()) {
            m_adapter = known.first().folder;
        }
    }
    readAdapter();
    Q_EMIT changed();
}

bool StartPresenter::needsAdapter() const {
    return m_kind == Kind::Starters && m_chosen == QLatin1StringView(kContinues);
}

QVector<AdapterChoice> StartPresenter::adapters() const {
    QVector<AdapterChoice> out;
    for (const RunRow& row : m_workspace.runs().rows()) {
        if (row.summary.lastCheckpointStep > 0) {
            const QString name = qs(run::checkpointName(row.summary.lastCheckpointStep));
            out.append({tr("%1, step %2").arg(row.title(), Format::exactCount(row.summary.lastCheckpointStep)),
                        qs(row.summary.folder) % u"/checkpoints/"_s % name});
        }
    }
    return out;
}

void StartPresenter::setAdapter(const QString& folder) {
    m_adapter = folder;
    readAdapter();
    Q_EMIT changed();
}

void StartPresenter::readAdapter() {
    m_adapterShape.reset();
    if (!needsAdapter() || m_adapter.isEmpty()) {
        return;
    }
    m_error.reset();
    const std::string path = us(m_adapter) + "/adapter_config.json";
    Result<model::AdapterConfig> config = [&path]() -> Result<model::AdapterConfig> {
        FETTLE_TRY_VALUE(const Json json, readJsonFile(path));
        return model::adapterConfigFromJson(json);
    }();
    if (!config) {
        m_error = config.error();
        m_error->file = path;
        return;
    }
    recipe::Recipe shape;
    shape.adapter.rank = config->rank;
    shape.adapter.alpha = config->alpha;
    shape.adapter.targets = config->targets;
    shape.adapter.rankPattern = config->rankPattern;
    shape.adapter.alphaPattern = config->alphaPattern;
    shape.adapter.rslora = config->rslora;
    shape.adapter.dora = config->dora;
    m_adapterShape = shape;
}

recipe::Recipe StartPresenter::withInputsOf(const recipe::Recipe& start, const recipe::Recipe& now) {
    recipe::Recipe out = start;
    for (const recipe::Field& field : recipe::fields()) {
        const bool ofThePlace =
            std::any_of(kOfThePlace.begin(), kOfThePlace.end(), [&field](const char* key) { return field.key == key; });
        if (field.input || ofThePlace) {
            copyField(out, now, field);
        }
    }
    return out;
}

recipe::Recipe StartPresenter::unresolved(recipe::Recipe run) const {
    run.output.clear();
    const recipe::Recipe& now = m_form.recipe();
    if (train::resolveModelPath(now.model).valueOr(now.model) == run.model) {
        run.model = now.model;
    } else {
        for (const train::KnownModel& known : train::knownModels()) {
            if (known.path == run.model) {
                run.model = known.name;
            }
        }
    }
    if (const auto project = m_workspace.project()) {
        const auto named = [&project](std::vector<std::string>& files) {
            for (std::string& file : files) {
                file = project::entryOfFile(file, project->folder());
            }
        };
        named(run.data.train);
        named(run.data.validation);
    }
    return run;
}

std::optional<recipe::Recipe> StartPresenter::result() const {
    if (!m_start || (needsAdapter() && !m_adapterShape)) {
        return std::nullopt;
    }
    if (m_kind == Kind::Runs) {
        return m_start;
    }
    recipe::Recipe out = withInputsOf(*m_start, m_form.recipe());
    if (needsAdapter()) {
        const recipe::AdapterSection& shape = m_adapterShape->adapter;
        out.adapter = shape;
        out.adapter.initFrom = us(m_adapter);
    }
    // A wish to stop early needs rows to see it by.
    if (out.data.validation.empty() && !(out.data.validationShare > 0)) {
        out.evaluation.patience.reset();
    }
    return out;
}

QVector<RecipeDifference> StartPresenter::difference() const {
    const std::optional<recipe::Recipe> wanted = result();
    return wanted ? recipeDifference(m_form.recipe(), *wanted) : QVector<RecipeDifference>();
}

QString StartPresenter::hold() const {
    if (m_form.locked()) {
        return tr("Correct the YAML text first");
    }
    if (m_chosen.isEmpty()) {
        return tr("Choose a recipe");
    }
    if (needsAdapter() && m_adapter.isEmpty()) {
        return tr("Choose the adapter to go on from");
    }
    if (m_error) {
        return tr("This recipe cannot be read");
    }
    return difference().isEmpty() ? tr("Nothing would change") : QString();
}

void StartPresenter::take() {
    const std::optional<recipe::Recipe> wanted = result();
    if (!wanted || !hold().isEmpty()) {
        return;
    }
    const QVector<StartChoice> all = choices();
    const QString title = all.value(current()).title;
    m_form.change(*wanted);
    Q_EMIT taken(title);
}

} // namespace fettle::ui
