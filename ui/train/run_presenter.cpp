#include "train/run_presenter.h"

#include "bridge/strings.h"
#include "train/run_changes.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using jobs::RunState;

namespace {

QString timeOfDay(double secondsAhead) {
    return QLocale().toString(QDateTime::currentDateTime().addSecs(static_cast<qint64>(secondsAhead)).time(),
                              u"HH:mm"_s);
}

} // namespace

std::optional<LastCheckpoint> lastCheckpoint(Workspace& workspace, const QString& runFolder) {
    const std::shared_ptr<const RunSeries> numbers = runFolder.isEmpty() ? nullptr : workspace.series(runFolder);
    const RunRow* row = workspace.runs().find(runFolder);
    const std::int64_t listed = row == nullptr ? 0 : row->summary.lastCheckpointStep;
    if (numbers != nullptr && !numbers->checkpoints.empty() && numbers->checkpoints.back().step >= listed) {
        const run::CheckpointSaved& last = numbers->checkpoints.back();
        return LastCheckpoint{last.step, runFolder % u'/' % qs(last.path)};
    }
    if (listed > 0) {
        return LastCheckpoint{listed, runFolder % u"/checkpoints/"_s % qs(run::checkpointName(listed))};
    }
    return std::nullopt;
}

RunPresenter::RunPresenter(Workspace& workspace, QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_courier(this)
    , m_logs(workspace.jobs(), this)
    , m_machine(machineFacts()) {
    connect(&workspace, &Workspace::runsChanged, this, &RunPresenter::changed);
    connect(&workspace, &Workspace::seriesChanged, this, [this](const QString& folder) {
        if (folder == m_folder || m_workspace.overlays().contains(folder)) {
            Q_EMIT seriesChanged();
        }
        if (folder == m_folder) {
            Q_EMIT changed();
        }
    });
    connect(&workspace, &Workspace::overlaysChanged, this, &RunPresenter::seriesChanged);
    connect(&workspace, &Workspace::projectChanged, this, [this] {
        m_recipes.clear();
        m_logs.clear();
        show({});
    });
}

void RunPresenter::show(const QString& folder) {
    if (folder == m_folder) {
        return;
    }
    m_folder = folder;
    m_samplesStep.reset();
    m_rows.clear();
    m_rowsShown = false;
    Q_EMIT shownChanged();
    if (!folder.isEmpty()) {
        readRecipe();
        (void)series(); // asks for it
    }
    Q_EMIT changed();
    Q_EMIT seriesChanged();
    Q_EMIT rowsChanged();
}

std::shared_ptr<const RunSeries> RunPresenter::series() const {
    return m_folder.isEmpty() ? nullptr : m_workspace.series(m_folder);
}

std::optional<recipe::Recipe> RunPresenter::recipe() const {
    const auto found = m_recipes.constFind(m_folder);
    return found == m_recipes.constEnd() ? std::nullopt : std::optional<recipe::Recipe>(*found);
}

double RunPresenter::startRate(const recipe::Recipe& recipe) const {
    for (const run::RecipeChanged& change : m_changes.value(m_folder)) {
        if (change.key == "optimizer.learning_rate" && change.from.is_number()) {
            return change.from.get<double>();
        }
    }
    return recipe.optimizer.learningRate;
}

void RunPresenter::readRecipe() {
    if (m_recipes.contains(m_folder)) {
        return;
    }
    struct Answer {
        std::optional<recipe::Recipe> recipe;
        std::vector<run::RecipeChanged> changes;
    };
    auto answer = std::make_shared<Answer>(); // written by the job, read after it
    const auto post = m_courier.sender();
    (void)m_workspace.jobs().submit(
        [answer, folder = us(m_folder)](jobs::JobContext&) -> Result<void> {
            FETTLE_TRY_VALUE(answer->recipe, train::effectiveRecipe(folder));
            FETTLE_TRY_VALUE(answer->changes, train::recipeChanges(folder));
            return {};
        },
        {.name = "read recipe",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, answer, folder = m_folder](const Result<void>&) {
             post([this, answer, folder] {
                 if (answer->recipe) { // else the sentence stays empty; the run itself says what is wrong
                     m_recipes.insert(folder, *answer->recipe);
                     m_changes.insert(folder, answer->changes);
                     Q_EMIT changed();
                 }
             });
         }});
}

RunViewState RunPresenter::state() const {
    RunViewState out;
    out.folder = m_folder;
    const RunRow* row = m_workspace.runs().find(m_folder);
    if (row == nullptr) {
        return out;
    }
    const run::RunSummary& s = row->summary;
    const std::shared_ptr<const RunSeries> numbers = series();
    out.title = row->title();
    out.slot = row->slot;
    out.word = stateWord(s.state, s.reason);
    out.live = row->live();
    out.paused = s.state == RunState::Paused;
    out.canPause = s.state == RunState::Running || s.state == RunState::Paused; // also of another process
    out.canStop = out.live && s.state != RunState::Stopping;
    out.canAbort = out.live;
    out.reading = numbers == nullptr;
    out.damagedLines = numbers ? numbers->damagedLines : 0;
    out.hasCheckpoint = !checkpoint().isEmpty();
    const std::optional<recipe::Recipe> recipe = this->recipe();
    if (recipe) {
        QStringList parts{tr("rank %1").arg(recipe->adapter.rank),
                          tr("learning rate %1").arg(Format::rate(startRate(*recipe)))};
        parts << (recipe->training.maxSteps ? tr("%Ln step(s)", nullptr, static_cast<int>(*recipe->training.maxSteps))
                                            : tr("%1 epochs").arg(QLocale().toString(recipe->training.epochs)));
        parts << tr("context %1").arg(Format::exactCount(recipe->training.context))
              << m_workspace.modelTitle(qs(recipe->model));
        for (const run::RecipeChanged& change : m_changes.value(m_folder)) {
            parts << tr("%1 from step %2 on")
                         .arg(change.key == "optimizer.learning_rate" && change.to.is_number()
                                  ? tr("learning rate %1").arg(Format::rate(change.to.get<double>()))
                                  : qs(change.key),
                              Format::exactCount(change.step));
        }
        out.sentence = parts.join(u" · "_s);
    }
    if (s.totalSteps > 0) {
        out.totalSteps = static_cast<double>(s.totalSteps);
    }

    // Step. The numbers may be ahead of the list of runs, which leaves out what came too fast.
    const std::int64_t shownStep =
        std::max<std::int64_t>(s.step, numbers && !numbers->step.isEmpty() ? std::llround(numbers->step.back()) : 0);
    out.step.figure = shownStep > 0 || s.state == RunState::Running ? Format::exactCount(shownStep) : Format::unknown();
    const double epoch = numbers && !numbers->epoch.isEmpty() ? numbers->epoch.back() : 0;
    if (s.totalSteps > 0) {
        out.step.comparison = epoch > 0 && recipe && !recipe->training.maxSteps
                                  ? tr("of %1, epoch %2 of %3")
                                        .arg(Format::exactCount(s.totalSteps), Format::score(epoch),
                                             QLocale().toString(recipe->training.epochs))
                                  : tr("of %1").arg(Format::exactCount(s.totalSteps));
    } else if (s.state == RunState::Starting) {
        out.step.comparison = tr("reading model and data");
    } else if (s.state == RunState::Queued) {
        out.step.comparison = tr("waits for its turn");
    }

    // Validation loss.
    if (numbers && !numbers->evalLoss.isEmpty()) {
        qsizetype best = -1;
        for (qsizetype i = 0; i < numbers->evalLoss.size(); ++i) {
            if (std::isfinite(numbers->evalLoss[i]) && (best < 0 || numbers->evalLoss[i] < numbers->evalLoss[best])) {
                best = i;
            }
        }
        const qsizetype last = numbers->evalLoss.size() - 1;
        out.validation.figure = Format::loss(numbers->evalLoss.back());
        if (best >= 0) {
            const QString step = Format::exactCount(std::llround(numbers->evalStep[best]));
            out.validation.comparison = best == last
                                            ? tr("best so far, step %1").arg(step)
                                            : tr("best %1 at step %2").arg(Format::loss(numbers->evalLoss[best]), step);
            out.validation.tone = best == last ? Tone::Ok : Tone::Text2;
        }
        if (!numbers->evalAccuracy.isEmpty() && std::isfinite(numbers->evalAccuracy.back())) {
            out.accuracy.comparison = tr("validation %1").arg(Format::score(numbers->evalAccuracy.back()));
        }
    } else if (recipe && recipe->data.validation.empty() && recipe->data.validationShare <= 0) {
        out.validation.comparison = tr("no validation rows");
    } else if (s.step > 0) {
        out.validation.comparison = tr("not measured yet");
    }
    if (numbers && !numbers->tokenAccuracy.isEmpty()) {
        // The mean of the last steps: a single step of few answers jumps about.
        double sum = 0;
        int n = 0;
        for (qsizetype i = numbers->tokenAccuracy.size() - 1; i >= 0 && n < 20; --i) {
            if (std::isfinite(numbers->tokenAccuracy[i])) {
                sum += numbers->tokenAccuracy[i];
                ++n;
            }
        }
        if (n > 0) {
            out.accuracy.figure = Format::score(sum / n);
            if (out.accuracy.comparison.isEmpty()) {
                out.accuracy.comparison = tr("mean of the last %Ln step(s)", nullptr, n);
            }
        }
    }

    // Memory and time.
    if (s.peakBytes > 0) {
        out.memory.figure = Format::bytes(s.peakBytes);
        out.memory.comparison = m_machine.memoryBytes > 0
                                    ? tr("of %1 in this machine").arg(Format::bytes(m_machine.memoryBytes))
                                    : QString();
    }
    const double worked = numbers && !numbers->seconds.isEmpty() ? numbers->seconds.back() : 0;
    if (const std::optional<double> left = row->secondsLeft()) {
        out.time.figure = Format::duration(*left);
        out.time.comparison = tr("done about %1").arg(timeOfDay(*left));
    } else if (out.live) {
        out.time.comparison = out.paused                      ? tr("paused after %1").arg(Format::duration(worked))
                              : s.state == RunState::Stopping ? tr("finishing the step")
                                                              : tr("not known yet");
    } else {
        out.timeTaken = true;
        if (worked > 0) {
            out.time.figure = Format::duration(worked);
        }
        out.time.comparison = s.endedMs > 0 ? tr("ended %1").arg(Format::when(s.endedMs)) : QString();
    }
    out.banner = banner(*row, numbers.get());
    return out;
}

QString RunPresenter::checkpoint() const {
    const std::optional<LastCheckpoint> last = lastCheckpoint(m_workspace, m_folder);
    return last ? last->folder : QString();
}

SamplesState RunPresenter::samples() const {
    SamplesState out;
    const std::shared_ptr<const RunSeries> numbers = series();
    if (numbers == nullptr || numbers->samples.empty()) {
        return out;
    }
    std::vector<std::int64_t> steps;
    for (const run::SampleGenerated& sample : numbers->samples) {
        if (steps.empty() || steps.back() != sample.step) {
            steps.push_back(sample.step);
        }
    }
    out.count = static_cast<int>(steps.size());
    auto at = steps.end() - 1;
    if (m_samplesStep) {
        if (const auto found = std::find(steps.begin(), steps.end(), *m_samplesStep); found != steps.end()) {
            at = found;
        }
    }
    out.index = static_cast<int>(at - steps.begin());
    out.step = *at;
    for (const run::SampleGenerated& sample : numbers->samples) {
        if (sample.step != out.step) {
            continue;
        }
        SampleLine line{qs(sample.prompt), qs(sample.base), qs(sample.text), qs(sample.expected), std::nullopt};
        if (!sample.expected.empty()) {
            line.right = line.now.trimmed() == line.expected.trimmed();
        }
        out.lines.append(line);
    }
    return out;
}

void RunPresenter::stepSamples(int by) {
    const SamplesState now = samples();
    const int wanted = std::clamp(now.index + by, 0, std::max(0, now.count - 1));
    const std::shared_ptr<const RunSeries> numbers = series();
    if (numbers == nullptr || now.count == 0) {
        return;
    }
    std::int64_t last = -1;
    int index = -1;
    for (const run::SampleGenerated& sample : numbers->samples) {
        if (sample.step != last) {
            last = sample.step;
            if (++index == wanted) {
                break;
            }
        }
    }
    m_samplesStep = wanted == now.count - 1 ? std::nullopt : std::optional<std::int64_t>(last);
    Q_EMIT seriesChanged();
}

QString RunPresenter::logText() const {
    const std::shared_ptr<const RunSeries> numbers = series();
    QStringList lines;
    if (numbers != nullptr) {
        for (const run::LogLine& line : numbers->log) {
            lines << qs(line.level) % u": "_s % qs(line.text);
        }
        if (!numbers->state.message.empty()) {
            lines << qs(numbers->state.message);
        }
    }
    return lines.join(u'\n');
}

} // namespace fettle::ui
