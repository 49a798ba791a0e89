#include "train/autopsy_presenter.h"

#include "bridge/strings.h"

#include <algorithm>
#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;
using train::AutopsyCause;

namespace {

QString number(double value) {
    if (!std::isfinite(value)) {
        return Format::loss(value);
    }
    return std::abs(value) >= 1e5 || (value != 0 && std::abs(value) < 1e-3) ? Format::number(value, 3)
                                                                            : Format::loss(value);
}

QString rowList(const std::vector<std::int64_t>& rows) {
    QStringList out;
    for (std::size_t i = 0; i < rows.size() && i < 8; ++i) {
        out << Format::exactCount(rows[i]);
    }
    return out.join(AutopsyPresenter::tr(", ", "between numbers"));
}

} // namespace

AutopsyPresenter::AutopsyPresenter(Workspace& workspace, RunPresenter& run, RowReader::EngineDoor engine,
                                   QObject* parent)
    : QObject(parent)
    , m_workspace(workspace)
    , m_run(run)
    , m_courier(this)
    , m_rows(workspace, std::move(engine)) {
    const auto forget = [this] {
        ++m_generation;
        m_reading = false;
        m_folder.clear();
        m_autopsy.reset();
        m_error.reset();
        m_rowsShown = false;
        m_rows.clear();
        Q_EMIT changed();
    };
    connect(&run, &RunPresenter::shownChanged, this, forget);
    // The model of the rows leaves the memory to the run that goes on.
    connect(&workspace, &Workspace::runStarted, this, forget);
}

void AutopsyPresenter::look() {
    const RunRow* row = m_workspace.runs().find(m_run.folder());
    if (row == nullptr || (m_folder == m_run.folder() && m_runState == row->summary.state)) {
        return;
    }
    read(std::nullopt);
}

void AutopsyPresenter::lookInto(std::int64_t step) {
    read(step);
}

void AutopsyPresenter::read(std::optional<std::int64_t> step) {
    const RunRow* row = m_workspace.runs().find(m_run.folder());
    if (row == nullptr) {
        return;
    }
    struct Answer {
        std::optional<train::Autopsy> autopsy;
    };
    m_folder = m_run.folder();
    m_runState = row->summary.state;
    m_autopsy.reset();
    m_error.reset();
    m_rowsShown = false;
    m_rows.clear();
    m_reading = true;
    const std::uint64_t generation = ++m_generation;
    auto answer = std::make_shared<Answer>(); // written by the job, read after it
    const auto post = m_courier.sender();
    (void)m_workspace.jobs().submit(
        [answer, step, folder = us(m_folder)](jobs::JobContext&) -> Result<void> {
            if (step) {
                FETTLE_TRY_VALUE(answer->autopsy, train::autopsyOf(folder, *step));
            } else {
                FETTLE_TRY_VALUE(answer->autopsy, train::divergenceOf(folder));
            }
            return {};
        },
        {.name = "look into a step",
         .lane = {},
         .onProgress = {},
         .onDone = [this, post, answer, generation](const Result<void>& result) {
             post([this, answer, generation, result] {
                 if (generation != m_generation) {
                     return;
                 }
                 m_reading = false;
                 if (result) {
                     m_autopsy = answer->autopsy;
                     if (m_autopsy && m_autopsy->diverged) {
                         showRows();
                     }
                 } else {
                     m_error = result.error();
                 }
                 Q_EMIT changed();
             });
         }});
    Q_EMIT changed();
}

void AutopsyPresenter::showRows() {
    if (!m_autopsy) {
        return;
    }
    m_rowsShown = true;
    RowRequest request;
    request.folder = m_folder;
    request.record = m_autopsy->record;
    if (m_autopsy->diverged && !m_autopsy->rows.empty()) {
        std::vector<std::int64_t> rows = m_autopsy->rows;
        if (m_autopsy->record) { // what was computed beside them
            for (const train::DivergedRow& row : m_autopsy->record->rows) {
                rows.push_back(row.sample);
            }
        }
        std::sort(rows.begin(), rows.end());
        rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
        request.samples = QVector<std::int64_t>(rows.begin(), rows.end());
    } else {
        request.step = m_autopsy->step;
    }
    if (m_autopsy->checkpoint) {
        request.adapter = qs(m_autopsy->checkpoint->path);
    }
    m_rows.read(request);
    Q_EMIT changed();
}

void AutopsyPresenter::continueAtHalfRate() {
    m_run.act(m_autopsy && m_autopsy->checkpoint ? RunAction::ContinueAtHalfRate : RunAction::StartAgainAtHalfRate);
}

void AutopsyPresenter::leaveOut(const QVector<std::int64_t>& rows) {
    if (!rows.isEmpty()) {
        m_run.leaveOut(rows);
    }
}

QString AutopsyPresenter::causeSentence(const train::Autopsy& a) {
    switch (a.cause) {
    case AutopsyCause::NotUnusual:
        return tr("This step is like the others of this run.");
    case AutopsyCause::RateTooHigh: {
        const bool gradient = a.gradient.steps >= a.loss.steps;
        const train::SignalFact& signal = gradient ? a.gradient : a.loss;
        if (signal.steps == 0) {
            return tr("Likely the learning rate is too high: values of the adapter have grown to %1.")
                .arg(number(a.record ? a.record->largestParameter : 0));
        }
        return gradient
                   ? tr("Likely the learning rate is too high: the gradient norm rose for %Ln step(s) before, to %1 "
                        "where %2 is usual.",
                        nullptr, static_cast<int>(signal.steps))
                         .arg(number(signal.last), number(signal.usual))
                   : tr("Likely the learning rate is too high: the loss rose for %Ln step(s) before, to %1 where %2 "
                        "is usual.",
                        nullptr, static_cast<int>(signal.steps))
                         .arg(number(signal.last), number(signal.usual));
    }
    case AutopsyCause::GradientJumped:
        return tr("The gradient norm jumped to %1 at step %2, where %3 is usual: a learning rate that is too high, or "
                  "rows "
                  "of that step.")
            .arg(number(a.gradient.highest), Format::exactCount(a.gradient.highestStep), number(a.gradient.usual));
    case AutopsyCause::AdapterBroken:
        return tr("The adapter held values that are not numbers before this step began: the update of the step before "
                  "made them, not the rows of this one.");
    case AutopsyCause::OneRow:
        return tr("Likely one row: it alone of %1 has a loss that is not a number, and nothing rose before.")
            .arg(Format::exactCount(a.computedRows));
    case AutopsyCause::SomeRows:
        return tr("%1 of %2 rows have a loss that is not a number, and nothing rose before.")
            .arg(Format::exactCount(a.badRows), Format::exactCount(a.computedRows));
    case AutopsyCause::AllRows:
        return tr("All %1 rows have a loss that is not a number, and nothing rose before: single rows are not the "
                  "cause.")
            .arg(Format::exactCount(a.computedRows));
    case AutopsyCause::StepAlone:
        return tr("This step alone is unusual: the run went on as before, so its rows are harder or different.");
    case AutopsyCause::Untold:
        break;
    }
    return tr("What was recorded does not tell the cause.");
}

QVector<AutopsyLine> AutopsyPresenter::evidence(const train::Autopsy& a) {
    QVector<AutopsyLine> out;
    const auto add = [&out](State state, const QString& text) { out.append({state, text}); };
    if (a.at && !a.diverged) {
        add(State::Neutral,
            tr("Loss %1, gradient norm %2 at this step.").arg(number(a.at->loss), number(a.at->gradientNorm)));
    }
    if (a.gradient.known) {
        add(a.gradient.rises ? State::Bad : State::Ok,
            a.gradient.rises
                ? tr("Gradient norm above the usual since step %1: last %2, usual %3.")
                      .arg(Format::exactCount(*a.gradient.rises), number(a.gradient.last), number(a.gradient.usual))
                : tr("Gradient norm as usual before: last %1, usual %2.")
                      .arg(number(a.gradient.last), number(a.gradient.usual)));
    }
    if (a.loss.known) {
        add(a.loss.rises ? State::Bad : State::Ok,
            a.loss.rises
                ? tr("Loss above the usual since step %1: last %2, usual %3.")
                      .arg(Format::exactCount(*a.loss.rises), number(a.loss.last), number(a.loss.usual))
                : tr("Loss as usual before: last %1, usual %2.").arg(number(a.loss.last), number(a.loss.usual)));
    }
    if (a.roseFirst == "gradient") {
        add(State::Neutral, tr("The gradient norm rose first."));
    } else if (a.roseFirst == "loss") {
        add(State::Neutral, tr("The loss rose first."));
    }
    if (a.record) {
        if (!a.record->adapterFinite) {
            add(State::Bad, tr("The adapter holds values that are not numbers."));
        } else {
            add(State::Neutral, tr("Largest value of the adapter: %1.").arg(number(a.record->largestParameter)));
        }
        if (a.record->what == "loss" && a.computedRows > 0) {
            add(State::Bad, tr("%1 of %2 rows computed until then have a loss that is not a number.")
                                .arg(Format::exactCount(a.badRows), Format::exactCount(a.computedRows)));
        } else if (!a.record->badLayers.empty()) {
            std::vector<std::int64_t> layers;
            for (const std::int64_t layer : a.record->badLayers) {
                layers.push_back(layer + 1);
            }
            add(State::Bad, tr("All losses are numbers, the gradient is not: layers %1.").arg(rowList(layers)));
        }
    }
    if (a.largestLossRow) {
        add(State::Neutral, tr("Largest loss that is a number: row %1, %2.")
                                .arg(Format::exactCount(*a.largestLossRow), number(a.largestLoss)));
    }
    QString rate = tr("Learning rate %1, the highest until then %2.")
                       .arg(Format::number(a.rate, 3), Format::number(a.highestRate, 3));
    if (a.warmUp) {
        rate = tr("%1 %2", "two sentences").arg(rate, tr("It was still rising."));
    }
    add(State::Neutral, rate);
    if (a.noGradientLimit) {
        add(State::Warn, tr("Gradients were not limited: the gradient limit is 0."));
    }
    if (a.epochBegan) {
        add(State::Neutral, tr("It is the first step of epoch %1.").arg(Format::exactCount(*a.epochBegan)));
    }
    if (a.resumedFrom) {
        add(State::Neutral,
            tr("The run was resumed from step %1 shortly before.").arg(Format::exactCount(*a.resumedFrom)));
    }
    for (const run::RecipeChanged& change : a.changes) {
        add(State::Neutral, tr("From step %1 on %2 is %3, it was %4.")
                                .arg(Format::exactCount(change.step), qs(change.key), qs(dumpJson(change.to)),
                                     qs(dumpJson(change.from))));
    }
    if (!a.computeType.empty()) {
        add(State::Neutral, tr("Computed in %1.").arg(qs(a.computeType)));
    }
    add(State::Neutral, a.checkpoint
                            ? tr("Last checkpoint before it: step %1.").arg(Format::exactCount(a.checkpoint->step))
                            : tr("No checkpoint was saved before it."));
    return out;
}

AutopsyState AutopsyPresenter::state() const {
    AutopsyState out;
    out.error = m_error;
    if (m_reading) {
        out.phase = AutopsyState::Phase::Reading;
        return out;
    }
    if (m_error) {
        out.phase = AutopsyState::Phase::Failed;
        return out;
    }
    if (!m_autopsy) {
        return out;
    }
    const train::Autopsy& a = *m_autopsy;
    out.phase = AutopsyState::Phase::Told;
    out.diverged = a.diverged;
    out.step = a.step;
    out.heading = a.diverged ? a.what == "gradient"
                                   ? tr("Step %1: the gradient is not a number").arg(Format::exactCount(a.step))
                                   : tr("Step %1: the loss is not a number").arg(Format::exactCount(a.step))
                             : tr("Step %1").arg(Format::exactCount(a.step));
    out.sentence = causeSentence(a);
    out.lines = evidence(a);
    out.before = QVector<train::StepFact>(a.before.begin(), a.before.end());
    if (a.at && !a.diverged) {
        out.before.append(*a.at);
        if (a.after) {
            out.before.append(*a.after);
        }
    }
    out.lossLimit = a.loss.known ? a.loss.limit : 0;
    out.gradientLimit = a.gradient.known ? a.gradient.limit : 0;
    out.lossRises = a.loss.rises;
    out.gradientRises = a.gradient.rises;
    if (a.record && a.badRows > 0 && a.badRows < a.computedRows) {
        for (const train::DivergedRow& row : a.record->rows) {
            if (row.bad > 0) {
                out.suspects.append(row.sample);
            }
        }
    }
    const RunRow* row = m_workspace.runs().find(m_folder);
    if (a.diverged && row != nullptr && row->summary.state == jobs::RunState::Failed) {
        const QString from = a.checkpoint ? Format::exactCount(a.checkpoint->step) : QString();
        out.halfRate =
            a.checkpoint ? tr("Continue from step %1 at half the rate").arg(from) : tr("Start again at half the rate");
        out.halfRateMeans =
            a.checkpoint ? tr("The same run goes on from step %1 with the learning rate %2; the change is noted in it.")
                               .arg(from, Format::number(m_run.nextRate().value_or(0), 3))
                         : tr("A new run begins: no checkpoint was saved before.");
        out.canLeaveOut = !a.rows.empty();
        out.leaveOutMeans = a.checkpoint ? tr("A new run begins with the adapter of step %1: without these rows the "
                                              "steps are others, so the old "
                                              "ones cannot be continued exactly.")
                                               .arg(from)
                                         : tr("A new run begins without these rows.");
    }
    return out;
}

QString AutopsyPresenter::asText() const {
    const AutopsyState told = state();
    QStringList lines{told.heading, told.sentence};
    for (const AutopsyLine& line : told.lines) {
        lines << line.text;
    }
    return lines.join(u'\n');
}

} // namespace fettle::ui
