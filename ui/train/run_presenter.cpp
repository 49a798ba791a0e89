#include "train/run_presenter.h"

#include "base/json.h"
#include "bridge/strings.h"
#include "data/importer.h"
#include "recipe/fields.h"
#include "text/conversation.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <cmath>
#include <set>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using jobs::RunState;

namespace {

constexpr std::size_t kRowsShown = 50;

DataRow dataRow(const data::Sample& sample) {
    DataRow out;
    out.sample = sample.id;
    if (const auto chat = text::conversationFromJson(sample.row); chat && !chat->messages.empty()) {
        out.answer = qs(chat->messages.back().content());
        if (chat->messages.size() > 1) {
            out.asked = qs(chat->messages[chat->messages.size() - 2].content());
        }
        return out;
    }
    const auto field = [&sample](const char* key) {
        return sample.row.contains(key) && sample.row[key].is_string() ? qs(sample.row[key].get<std::string>())
                                                                       : QString();
    };
    out.asked = field("prompt");
    out.answer = field("completion");
    if (out.asked.isEmpty() && out.answer.isEmpty()) {
        out.answer = sample.row.contains("text") ? field("text") : qs(dumpJson(sample.row));
    }
    return out;
}

/// Two whole sentences; some languages put no blank between them.
QString both(const QString& first, const QString& second) {
    return RunPresenter::tr("%1 %2", "two sentences").arg(first, second);
}

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

void RunPresenter::readRecipe() {
    if (m_recipes.contains(m_folder)) {
        return;
    }
    auto answer = std::make_shared<std::optional<recipe::Recipe>>(); // written by the job, read after it
    const auto post = m_courier.sender();
    (void)m_workspace.jobs().submit(
        [answer, path = us(m_folder) + "/recipe.json"](jobs::JobContext&) -> Result<void> {
            FETTLE_TRY_VALUE(const Json json, readJsonFile(path));
            FETTLE_TRY_VALUE(*answer, recipe::fromJson(json));
            return {};
        },
        {.name = "read recipe",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, answer, folder = m_folder](const Result<void>&) {
             post([this, answer, folder] {
                 if (*answer) { // else the sentence stays empty; the run itself says what is wrong
                     m_recipes.insert(folder, **answer);
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
    out.canPause = row->owned && (s.state == RunState::Running || s.state == RunState::Paused);
    out.canStop = row->owned && out.live && s.state != RunState::Stopping;
    out.canAbort = row->owned && out.live;
    out.whyNot = !out.live || row->owned ? QString() : tr("This run belongs to another process: steer it there.");
    out.reading = numbers == nullptr;
    out.damagedLines = numbers ? numbers->damagedLines : 0;
    out.hasCheckpoint = !checkpoint().isEmpty();
    const std::optional<recipe::Recipe> recipe = this->recipe();
    if (recipe) {
        QStringList parts{tr("rank %1").arg(recipe->adapter.rank),
                          tr("learning rate %1").arg(Format::rate(recipe->optimizer.learningRate))};
        parts << (recipe->training.maxSteps ? tr("%Ln step(s)", nullptr, static_cast<int>(*recipe->training.maxSteps))
                                            : tr("%1 epochs").arg(QLocale().toString(recipe->training.epochs)));
        parts << tr("context %1").arg(Format::exactCount(recipe->training.context))
              << m_workspace.modelTitle(qs(recipe->model));
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

RunBanner RunPresenter::banner(const RunRow& row, const RunSeries* numbers) const {
    const run::RunSummary& s = row.summary;
    RunBanner out;
    const std::optional<LastCheckpoint> checkpoint = lastCheckpoint(m_workspace, m_folder);
    const std::int64_t saved = checkpoint ? checkpoint->step : 0;
    const QString savedText = Format::exactCount(saved);
    const bool hasSaved = saved > 0;
    const run::StateChanged told = numbers != nullptr ? numbers->state : run::StateChanged{};
    const QString step = Format::exactCount(told.step.value_or(s.step));
    const auto goOn = [&](bool primary) {
        return RunBanner::Action{RunAction::Continue,
                                 hasSaved ? tr("Continue from step %1").arg(savedText) : tr("Start it again"), primary};
    };
    const auto say = [&out](const char* kind, State state, const QString& heading, const QString& sentence) {
        out.shown = true;
        out.kind = QString::fromLatin1(kind);
        out.state = state;
        out.heading = heading;
        out.sentence = sentence;
    };
    const QString lastSaved =
        hasSaved ? tr("Everything up to step %1 is saved.").arg(savedText) : tr("No checkpoint was saved before.");
    switch (s.state) {
    case RunState::None:
        say("prepared", State::Accent, tr("Not started yet"), tr("Its folder and recipe are there."));
        out.actions = {{RunAction::Continue, tr("Start it"), true}};
        break;
    case RunState::Queued: {
        const RunRow* active = m_workspace.runs().active();
        say("queued", State::Accent, tr("Waits for its turn"),
            active != nullptr && active->summary.folder != s.folder
                ? tr("It starts when %1 has ended.").arg(active->title())
                : tr("It starts when the processor is free."));
        break;
    }
    case RunState::Starting:
        say("starting", State::Accent, tr("Starting"),
            tr("The rows are turned into tokens and the model is read. The curve begins with the first step."));
        break;
    case RunState::Running:
        break;
    case RunState::Paused:
        say("paused", State::Warn, tr("Paused after step %1").arg(Format::exactCount(s.step)),
            tr("The model stays in memory. Resume goes on with the next step."));
        if (row.owned) {
            out.actions = {{RunAction::Resume, tr("Resume"), true}};
        }
        break;
    case RunState::Stopping:
        say("stopping", State::Accent, tr("Stopping"), tr("The step is finished, then the adapter is saved."));
        break;
    case RunState::Succeeded: {
        QString sentence = tr("The adapter of step %1 is saved.").arg(savedText);
        if (numbers != nullptr && numbers->evalLoss.size() > 1 &&
            numbers->evalLoss.back() > *std::min_element(numbers->evalLoss.begin(), numbers->evalLoss.end()) * 1.02) {
            sentence = both(sentence, tr("The validation loss was lower before: fewer epochs may do better."));
        }
        say("succeeded", State::Ok, tr("Done"), hasSaved ? sentence : QString());
        if (hasSaved) {
            out.actions = {{RunAction::TryIt, tr("Try it"), true}};
        }
        break;
    }
    case RunState::Stopped:
        say("stopped", State::Accent, tr("Stopped at step %1").arg(Format::exactCount(s.step)),
            hasSaved ? tr("The adapter of step %1 is saved. The run can go on from there.").arg(savedText)
                     : tr("It ended before its first step."));
        out.actions = {goOn(true)};
        if (hasSaved) {
            out.actions.append({RunAction::TryIt, tr("Try it"), false});
        }
        break;
    case RunState::Aborted:
        say("aborted", State::Accent, tr("Aborted at step %1").arg(Format::exactCount(s.step)), lastSaved);
        out.actions = {goOn(true)};
        break;
    case RunState::Interrupted:
        say("interrupted", State::Warn,
            s.step > 0 ? tr("Interrupted at step %1").arg(Format::exactCount(s.step)) : tr("Interrupted"),
            both(tr("The program ended while the run was active."), lastSaved));
        out.actions = {{RunAction::Continue, tr("Resume"), true}};
        break;
    case RunState::Failed:
        if (s.reason == "non_finite_loss") {
            QStringList ids;
            for (std::size_t i = 0; i < told.rows.size() && i < 6; ++i) {
                ids << Format::exactCount(told.rows[i]);
            }
            const auto more = static_cast<int>(told.rows.size()) - static_cast<int>(ids.size());
            QString sentence = tr("Loss is not a number since step %1.").arg(step);
            if (!ids.isEmpty()) {
                const QString list = ids.join(tr(", ", "between numbers"));
                sentence = both(sentence, more > 0 ? tr("Rows %1 and %Ln more.", nullptr, more).arg(list)
                                                   : tr("Rows %1.").arg(list));
            }
            say("diverged", State::Bad, tr("Diverged"), sentence);
            out.actions = {{hasSaved ? RunAction::ContinueAtHalfRate : RunAction::StartAgainAtHalfRate,
                            hasSaved ? tr("Continue from step %1 at half the rate").arg(savedText)
                                     : tr("Start again at half the rate"),
                            true}};
            if (!told.rows.empty()) {
                out.actions.append({RunAction::ShowRows, tr("Show rows"), false});
            }
        } else if (s.reason == "disk_full") {
            say("disk_full", State::Bad, tr("The disk is full"),
                both(tr("Step %1 could not be saved. Free some space, then go on.").arg(step), lastSaved));
            out.actions = {goOn(true)};
        } else if (s.reason == "out_of_memory") {
            say("out_of_memory", State::Bad, tr("There was not enough memory"),
                both(tr("It ended at step %1. Lower the context or the rank, or close other programs.").arg(step),
                     lastSaved));
            out.actions = {{RunAction::ChangeRecipe, tr("Change the recipe"), true}, goOn(false)};
        } else if (s.reason == "device_lost") {
            say("device_lost", State::Bad, tr("The device stopped answering"), lastSaved);
            out.actions = {goOn(true)};
        } else if (s.reason == "engine_missing") {
            say("engine_missing", State::Bad, tr("The training engine could not be opened"),
                tr("Run packaging/setup.sh once: it fetches LibTorch. Everything else works without it."));
            out.actions = {{RunAction::Continue, tr("Try again"), true}, {RunAction::Log, tr("Details"), false}};
        } else if (s.reason == "data") {
            say("data", State::Bad, tr("The rows or the model could not be read"), qs(s.message));
            out.actions = {{RunAction::ChangeRecipe, tr("Change the recipe"), true},
                           {RunAction::Continue, tr("Try again"), false}};
        } else {
            say("failed", State::Bad, tr("The run failed"), s.message.empty() ? lastSaved : qs(s.message));
            out.actions = {goOn(true), {RunAction::Log, tr("Details"), false}};
        }
        break;
    }
    return out;
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

// ---------------------------------------------------------------- acts

void RunPresenter::pauseOrResume() {
    const RunRow* row = m_workspace.runs().find(m_folder);
    if (row == nullptr || !row->owned) {
        return;
    }
    if (row->summary.state == RunState::Paused) {
        m_workspace.resumeRun(m_folder);
    } else if (row->summary.state == RunState::Running) {
        m_workspace.pauseRun(m_folder);
    }
}

void RunPresenter::stop() {
    m_workspace.stopRun(m_folder);
}

void RunPresenter::abort() {
    m_workspace.abortRun(m_folder);
}

std::optional<recipe::Recipe> RunPresenter::halfRate() const {
    std::optional<recipe::Recipe> out = recipe();
    const RunRow* row = m_workspace.runs().find(m_folder);
    if (!out || row == nullptr) {
        return std::nullopt;
    }
    out->output.clear();
    out->optimizer.learningRate /= 2;
    if (const std::optional<LastCheckpoint> from = lastCheckpoint(m_workspace, m_folder)) {
        out->adapter.initFrom = us(from->folder);
        if (row->summary.totalSteps > from->step) { // what was left of it
            out->training.maxSteps = row->summary.totalSteps - from->step;
        }
    }
    return out;
}

void RunPresenter::act(RunAction action) {
    switch (action) {
    case RunAction::Continue:
        m_workspace.continueRun(m_folder);
        break;
    case RunAction::Resume:
        m_workspace.resumeRun(m_folder);
        break;
    case RunAction::ContinueAtHalfRate:
    case RunAction::StartAgainAtHalfRate:
        if (const std::optional<recipe::Recipe> next = halfRate()) {
            m_workspace.startRun(*next);
        }
        break;
    case RunAction::StartAgain:
        if (std::optional<recipe::Recipe> next = recipe()) {
            next->output.clear();
            m_workspace.startRun(*next);
        }
        break;
    case RunAction::ShowRows:
        readRows();
        break;
    case RunAction::ChangeRecipe:
        Q_EMIT recipeWanted();
        break;
    case RunAction::TryIt:
        Q_EMIT tryWanted();
        break;
    case RunAction::Log:
        Q_EMIT logWanted();
        break;
    case RunAction::None:
        break;
    }
}

void RunPresenter::hideRows() {
    m_rowsShown = false;
    Q_EMIT rowsChanged();
}

void RunPresenter::readRows() {
    const std::shared_ptr<const RunSeries> numbers = series();
    const std::optional<recipe::Recipe> recipe = this->recipe();
    if (numbers == nullptr || !recipe || numbers->state.rows.empty()) {
        return;
    }
    std::set<std::int64_t> wanted;
    for (const std::int64_t id : numbers->state.rows) {
        if (wanted.size() < kRowsShown) {
            wanted.insert(id);
        }
    }
    auto answer = std::make_shared<QVector<DataRow>>(); // written by the job, read after it
    const auto post = m_courier.sender();
    (void)m_workspace.jobs().submit(
        [answer, wanted, files = recipe->data.train,
         format = recipe->data.format](jobs::JobContext& context) -> Result<void> {
            data::ImportOptions options;
            options.format = format;
            options.stop = context.stopToken();
            for (const std::string& file : files) {
                FETTLE_TRY_VALUE(const data::ImportReport report,
                                 data::importRows(file, options, [&](data::Sample&& sample) {
                                     if (wanted.count(sample.id) > 0) {
                                         answer->append(dataRow(sample));
                                     }
                                     return answer->size() < static_cast<qsizetype>(wanted.size());
                                 }));
                options.firstId += report.goodRows;
                if (answer->size() >= static_cast<qsizetype>(wanted.size())) {
                    break;
                }
            }
            return {};
        },
        {.name = "read rows",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, answer, folder = m_folder](const Result<void>& result) {
             post([this, answer, folder, result] {
                 if (folder != m_folder) {
                     return;
                 }
                 if (!result && result.error().code != ErrorCode::Cancelled) {
                     Q_EMIT m_workspace.failed(tr("Reading the rows"), result.error());
                     return;
                 }
                 m_rows = *answer;
                 m_rowsShown = true;
                 Q_EMIT rowsChanged();
             });
         }});
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
