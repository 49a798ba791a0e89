#include "train/step_measure.h"

#include "base/clock.h"
#include "base/files.h"
#include "bridge/strings.h"
#include "recipe/fields.h"
#include "run/run_folder.h"
#include "train/preflight.h"
#include "train/process_memory.h"
#include "train/run_service.h"
#include "workspace/workspace.h"

#include <QDir>
#include <QTemporaryDir>

#include <cmath>
#include <utility>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

/// Takes the figures out of the events and keeps nothing else.
class FigureSink final : public train::EventSink {
public:
    FigureSink(Measurement& out, std::function<void(int)> told)
        : m_out(out)
        , m_told(std::move(told)) {}
    Result<void> publish(run::EventBody body) override {
        if (const auto* step = std::get_if<run::StepMetrics>(&body)) {
            // The first step warms up; the second is what the rest of a run is like.
            m_out.tokensPerSecond = step->tokensPerSecond;
            m_out.peakBytes = std::max(m_out.peakBytes, step->devicePeakBytes.value_or(step->peakBytes));
            (step->step <= 1 ? m_out.firstLoss : m_out.secondLoss) = step->loss;
            m_told(static_cast<int>(step->step));
        } else if (const auto* state = std::get_if<run::StateChanged>(&body)) {
            if (state->state == jobs::RunState::Failed) {
                m_failure = makeError(state->reason == "out_of_memory"     ? ErrorCode::OutOfMemory
                                      : state->reason == "non_finite_loss" ? ErrorCode::NonFinite
                                      : state->reason == "device_lost"     ? ErrorCode::DeviceLost
                                      : state->reason == "disk_full"       ? ErrorCode::DiskFull
                                                                           : ErrorCode::InvalidInput,
                                      state->message);
            }
        }
        return {};
    }
    [[nodiscard]] const std::optional<Error>& failure() const { return m_failure; }

private:
    Measurement& m_out;
    std::function<void(int)> m_told;
    std::optional<Error> m_failure;
};

/// The same recipe, ended after two steps, without anything that is not training.
recipe::Recipe shortened(recipe::Recipe recipe) {
    recipe.training.maxSteps = StepMeasure::kSteps;
    recipe.data.validation.clear();
    recipe.data.validationShare = 0;
    recipe.evaluation = {};
    recipe.evaluation.everyEpochs = 0;
    recipe.checkpoint = {};
    recipe.checkpoint.everyEpochs = 0;
    recipe.output.clear();
    if (recipe.optimizer.warmupSteps && *recipe.optimizer.warmupSteps >= StepMeasure::kSteps) {
        recipe.optimizer.warmupSteps = StepMeasure::kSteps - 1;
    }
    return recipe;
}

Result<void> measure(Measurement& out, const recipe::Recipe& recipe, const std::string& project,
                     const train::TrainerFactory& trainers, jobs::RunControl& control, std::function<void(int)> told) {
    const QTemporaryDir folder(QDir::tempPath() % u"/fettle-measure-XXXXXX"_s); // goes away with everything in it
    if (!folder.isValid()) {
        return makeError(ErrorCode::Io, us(folder.errorString()), "Make room in the folder for temporary files.")
            .at(us(QDir::tempPath()));
    }
    FETTLE_TRY_VALUE(
        const std::string run,
        train::prepareRun(shortened(recipe),
                          {.folder = us(folder.filePath(u"run"_s)), .name = "Two steps", .baseFolder = project}));
    FETTLE_TRY_VALUE(const Json json, readJsonFile(run + "/recipe.json"));
    FETTLE_TRY_VALUE(const recipe::Recipe resolved, recipe::fromJson(json));
    FETTLE_TRY_VALUE(const std::unique_ptr<train::Trainer> trainer, trainers());
    train::resetPeakResident();
    FigureSink sink(out, std::move(told));
    FETTLE_TRY_VALUE(const jobs::RunState state, trainer->run(run, resolved, control, sink));
    if (control.stopRequested() || state == jobs::RunState::Aborted) {
        return makeError(ErrorCode::Cancelled, "cancelled");
    }
    if (state == jobs::RunState::Failed) {
        return sink.failure().value_or(makeError(ErrorCode::Internal, "the two steps failed without a reason"));
    }
    if (!(out.tokensPerSecond > 0)) {
        return makeError(ErrorCode::InvalidInput, "no step was made", "Check that there are rows to train on.");
    }
    train::rememberSpeed(train::speedKey(resolved), out.tokensPerSecond);
    return {};
}

} // namespace

StepMeasure::StepMeasure(Workspace& workspace, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_courier(this) {
    connect(&workspace, &Workspace::projectChanged, this, [this] {
        cancel();
        m_last.reset();
        Q_EMIT changed();
    });
}

StepMeasure::~StepMeasure() {
    cancel();
}

std::string StepMeasure::keyOf(const recipe::Recipe& recipe) const {
    Json all = recipe::toJson(recipe);
    for (const char* other : {"evaluation", "checkpoint", "optimizer", "stop", "seed", "output"}) {
        all.erase(other);
    }
    all["training"].erase("epochs");
    all["training"].erase("max_steps");
    all["data"].erase("validation");
    all["project"] = us(m_workspace.projectFolder());
    return dumpJson(all);
}

std::string StepMeasure::lossKeyOf(const recipe::Recipe& recipe) {
    const Json all = recipe::toJson(recipe);
    return dumpJson(Json{{"optimizer", all["optimizer"]}, {"seed", all["seed"]}});
}

bool StepMeasure::fits(const recipe::Recipe& recipe) const {
    return m_last && m_last->key == keyOf(recipe);
}

bool StepMeasure::lossesFit(const recipe::Recipe& recipe) const {
    return fits(recipe) && m_last->lossKey == lossKeyOf(recipe);
}

void StepMeasure::cancel() {
    ++m_generation; // late answers are dropped
    if (m_job != nullptr) {
        m_control->abort();
        m_job->cancel();
        m_job.reset();
        m_control.reset();
        m_steps = 0;
        Q_EMIT changed();
    }
}

void StepMeasure::start(const recipe::Recipe& recipe) {
    if (!m_workspace.hasProject()) {
        return;
    }
    cancel();
    ++m_started;
    auto answer = std::make_shared<Measurement>(); // written by the job, read after it
    answer->key = keyOf(recipe);
    answer->lossKey = lossKeyOf(recipe);
    m_control = std::make_shared<jobs::RunControl>();
    const auto post = m_courier.sender();
    const std::uint64_t generation = m_generation;
    const auto told = [this, post, generation](int steps) {
        post([this, generation, steps] {
            if (generation == m_generation) {
                m_steps = steps;
                Q_EMIT changed();
            }
        });
    };
    const std::string& device = recipe.training.device;
    m_job = m_workspace.jobs().submit(
        [answer, recipe, project = us(m_workspace.projectFolder()), trainers = m_workspace.options().trainers,
         control = m_control, told](jobs::JobContext& context) -> Result<void> {
            const std::stop_callback stops(context.stopToken(), [&control] { control->abort(); });
            return measure(*answer, recipe, project, trainers, *control, told);
        },
        {.name = "measure two steps",
         .lane = device == "auto" ? std::string("cpu") : device,
         .onProgress = {},
         .onDone = [this, post, answer, generation](const Result<void>& result) {
             post([this, answer, generation, result] {
                 if (generation != m_generation) {
                     return;
                 }
                 m_job.reset();
                 m_control.reset();
                 m_steps = 0;
                 if (!result) {
                     if (result.error().code == ErrorCode::Cancelled) {
                         Q_EMIT changed();
                         return;
                     }
                     answer->error = result.error();
                 }
                 answer->atMs = systemClock().unixMs();
                 m_last = std::move(*answer);
                 Q_EMIT changed();
             });
         }});
    Q_EMIT changed();
}

} // namespace fettle::ui
