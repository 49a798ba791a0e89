// What preflight says in figures: the estimate, two measured steps, one row, and what holds a start. Findings and their
// fixes: preflight_findings.cpp.
#include "bridge/strings.h"
#include "recipe/fields.h"
#include "train/preflight_words.h"
#include "train/train_presenter.h"

#include <algorithm>
#include <cmath>

namespace fettle::ui {

using namespace Qt::Literals::StringLiterals;

namespace {

/// What an estimate depends on beside the count.
std::string estimateKeyOf(const recipe::Recipe& recipe, const std::string& countKey) {
    Json json = recipe::toJson(recipe);
    return dumpJson(json) + countKey;
}

QString roughly(double seconds) {
    // A guess is said as roughly as it is known: whole minutes above two.
    return Format::duration(seconds >= 120  ? std::ceil(seconds / 60) * 60
                            : seconds >= 10 ? std::round(seconds / 5) * 5
                                            : seconds);
}

} // namespace

void TrainPresenter::onCheckChanged() {
    if (const PreflightCount* count = m_check.count(); count != nullptr && count->config) {
        m_config = count->config;
        m_configModel = m_form.recipe().model;
        m_configPath = count->modelPath;
    }
    Q_EMIT formChanged();
    if (m_waiting && !m_check.counting() && m_check.fits(m_form.recipe())) {
        m_waiting = false;
        startNow();
    }
    if (m_measuresByItself) {
        m_quiet.start();
    }
    Q_EMIT preflightChanged();
    Q_EMIT scheduleChanged();
}

void TrainPresenter::recount() {
    m_check.forget();
    m_check.request(m_form.recipe());
}

std::optional<train::Estimate> TrainPresenter::estimate() const {
    const PreflightCount* count = m_check.count();
    const recipe::Recipe& recipe = m_form.recipe();
    std::string key = estimateKeyOf(recipe, count == nullptr ? std::string() : count->key) + m_configPath;
    if (key != m_estimateKey) {
        m_estimateKey = std::move(key);
        m_estimate = estimateOf(recipe);
    }
    return m_estimate;
}

std::optional<train::Estimate> TrainPresenter::estimateOf(const recipe::Recipe& recipe, std::size_t mostRows) const {
    const PreflightCount* count = m_check.count();
    if (!m_config || m_configModel != recipe.model) {
        return std::nullopt;
    }
    recipe::Recipe resolved = recipe;
    resolved.model = m_configPath; // speeds are remembered by it
    train::RowLengths rows;
    if (count != nullptr && !count->error) {
        std::int32_t longest = 0;
        for (std::size_t i = 0; i < count->trained.tokens.size(); ++i) { // a smaller context drops rows
            if (count->trained.tokens[i] > recipe.training.context) {
                continue;
            }
            if (rows.tokens.size() < mostRows) {
                rows.tokens.push_back(count->trained.tokens[i]);
                rows.labels.push_back(count->trained.labels[i]);
            }
            longest = std::max(longest, count->trained.tokens[i]);
        }
        if (rows.tokens.size() >= mostRows) {
            rows.tokens.push_back(longest);
            rows.labels.push_back(1);
        }
    }
    train::Estimate out = train::estimate(*m_config, resolved, rows);
    if (m_freeMemory) {
        out.machineBytes = m_freeMemory();
    }
    return out;
}

// ---------------------------------------------------------------- two real steps

void TrainPresenter::measureNow() {
    if (!m_form.locked() && !m_form.hasErrors() && m_workspace.runs().active() == nullptr) {
        m_measure.start(m_form.recipe());
    }
}

void TrainPresenter::setMeasuresByItself(bool measures) {
    m_measuresByItself = measures;
    if (measures) {
        m_quiet.start();
    } else {
        m_quiet.stop();
    }
}

void TrainPresenter::maybeMeasure() {
    const PreflightCount* count = m_check.count();
    const recipe::Recipe& recipe = m_form.recipe();
    const bool ready = m_measuresByItself && m_mode == Mode::Form && count != nullptr && !count->error &&
                       m_check.fits(recipe) && count->train.rows > 0 && !m_waiting && holds().isEmpty();
    if (ready && !m_measure.fits(recipe) && !m_measure.running()) {
        measureNow();
    }
}

void TrainPresenter::fillMeasure(PreflightState& out) const {
    const recipe::Recipe& recipe = m_form.recipe();
    out.measuring = m_measure.running();
    out.measuringText =
        tr("Step %1 of %2").arg(std::min(m_measure.stepsDone() + 1, StepMeasure::kSteps)).arg(StepMeasure::kSteps);
    out.measureHold = m_form.locked() || m_form.hasErrors()         ? tr("Correct the recipe first")
                      : m_workspace.runs().active() != nullptr      ? tr("A run uses the device")
                      : out.phase == PreflightState::Phase::Failed  ? tr("The rows could not be counted")
                      : out.phase != PreflightState::Phase::Counted ? tr("Rows are being counted")
                                                                    : QString();
    const std::optional<Measurement>& last = m_measure.last();
    out.measured = m_measure.fits(recipe) && !last->error;
    if (!out.measured || out.phase != PreflightState::Phase::Counted) {
        return;
    }
    out.pill = tr("measured %1").arg(Format::when(last->atMs));
    out.pillState = State::Ok;
    out.peak = Format::bytes(last->peakBytes);
    // Time and speed stay those of the estimate: it remembers this measurement, or a run that came after it.
}

// ---------------------------------------------------------------- one row

void TrainPresenter::showRow(std::int64_t number) {
    const PreflightCount* count = m_check.count();
    if (count != nullptr && number > count->train.goodRows) {
        number = count->train.goodRows;
    }
    m_peek.ask(m_form.recipe(), std::max<std::int64_t>(1, number) - 1);
}

void TrainPresenter::stepRow(int by) {
    const PreflightState state = preflightState();
    showRow(std::clamp<std::int64_t>(state.rowNumber + by, 1, std::max<std::int64_t>(1, state.rowCount)));
}

void TrainPresenter::nextRow(RowKind kind) {
    const PreflightCount* count = m_check.count();
    if (count == nullptr) {
        return;
    }
    const QVector<qint64>& rows = kind == RowKind::Long ? count->train.overLongRows : count->train.silentRows;
    if (!rows.isEmpty()) {
        const auto next = std::upper_bound(rows.begin(), rows.end(), preflightState().rowNumber - 1);
        showRow((next == rows.end() ? rows.first() : *next) + 1);
    }
}

void TrainPresenter::fillRow(PreflightState& out) const {
    const PreflightCount* count = m_check.count();
    if (count == nullptr || count->error) {
        return;
    }
    out.rowCount = count->train.goodRows;
    out.hasLong = !count->train.overLongRows.isEmpty();
    out.hasSilent = !count->train.silentRows.isEmpty();
    out.rowReading = m_peek.reading();
    if (m_peek.row()) {
        out.row = m_peek.row();
    } else if (!count->shown.isEmpty()) {
        out.row = count->shown.first();
    }
    out.rowNumber = (m_peek.wanted() >= 0 ? m_peek.wanted() : out.row ? out.row->sample : 0) + 1;
    if (m_peek.error()) {
        out.rowNote = describe(*m_peek.error()).what;
    } else if (out.row && out.row->silent) {
        out.rowNote = tr("Nothing of this row is trained. %1").arg(silentWords(out.row->silentReason));
    } else if (out.row && out.row->overLong) {
        const std::string& rule = m_form.recipe().data.overLong;
        const QString length = tr("It has %Ln token(s)", nullptr, static_cast<int>(out.row->tokens.size()));
        out.rowNote = rule == "split"  ? tr("%1: it is split into pieces.").arg(length)
                      : rule == "drop" ? tr("%1, more than the context takes: it is left out.").arg(length)
                      : rule == "error"
                          ? tr("%1, more than the context takes: the recipe calls that an error.").arg(length)
                          : tr("%1: what is struck out is cut.").arg(length);
    }
}

QVector<Finding> TrainPresenter::holds() const {
    QVector<Finding> out;
    const PreflightCount* count = m_check.count();
    if (count == nullptr || !m_check.fits(m_form.recipe()) || count->error) {
        return out;
    }
    for (const Finding& finding : findings(*count)) {
        if (finding.holds) {
            out.append(finding);
        }
    }
    return out;
}

PreflightState TrainPresenter::preflightState() const {
    PreflightState out;
    const PreflightCount* count = m_check.count();
    const bool current = count != nullptr && m_check.fits(m_form.recipe());
    const bool counting = m_check.counting();
    out.button = m_workspace.runs().active() != nullptr ? tr("Add to queue") : tr("Start training");
    out.waiting = m_waiting;
    out.phase = counting  ? PreflightState::Phase::Counting
                : current ? (count->error ? PreflightState::Phase::Failed : PreflightState::Phase::Counted)
                          : PreflightState::Phase::Nothing;
    const std::optional<train::Estimate> known = estimate();
    const train::Estimate* guess = current && !count->error && known ? &*known : nullptr;
    out.peak = guess && guess->peakBytes > 0 ? Format::bytes(guess->peakBytes) : Format::unknown();
    out.time = guess && guess->seconds > 0 ? roughly(guess->seconds) : Format::unknown();
    out.speed = guess && guess->tokensPerSecond > 0 ? Format::exactCount(std::llround(guess->tokensPerSecond))
                                                    : Format::unknown();
    out.speedNote = guess && guess->tokensPerSecond > 0 ? tr("tokens/s") : QString();
    out.peakNote =
        guess && guess->machineBytes > 0 ? tr("of %1 free").arg(Format::bytes(guess->machineBytes)) : QString();
    out.timeNote =
        guess && guess->steps > 0 ? tr("about %Ln step(s)", nullptr, static_cast<int>(guess->steps)) : QString();
    if (counting) {
        out.pill = tr("counting");
        out.pillState = State::Accent;
        const std::int64_t done = m_check.rowsDone();
        const std::int64_t total = m_check.rowsTotal();
        if (total > 0) {
            out.fraction = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
            out.countedText = tr("%1 of %2 rows").arg(Format::exactCount(done), Format::exactCount(total));
        }
    } else if (guess) {
        out.pill = guess->speedMeasured ? tr("measured here") : tr("estimated");
        out.pillState = guess->speedMeasured ? State::Ok : State::Neutral;
    }
    if (current && count->error) {
        out.error = count->error;
    } else if (current) {
        out.trained = count->train.labelTokens;
        out.cut = count->train.cutTokens;
        out.context = std::max<std::int64_t>(0, count->train.tokens - out.trained);
        const QString total = Format::count(count->train.tokens + out.cut);
        out.tokensLine = out.cut > 0 ? tr("%1 tokens a pass: %2 trained · %3 context · %4 cut")
                                           .arg(total, Format::count(out.trained), Format::count(out.context),
                                                Format::count(out.cut))
                                     : tr("%1 tokens a pass: %2 trained · %3 context")
                                           .arg(total, Format::count(out.trained), Format::count(out.context));
        out.findings = findings(*count);
    }
    fillMeasure(out);
    fillRow(out);
    if (m_form.locked()) {
        const Error& fault = m_form.yamlFaults().front();
        out.hold =
            fault.line > 0 ? tr("Correct line %1 of the YAML text").arg(fault.line) : tr("Correct the YAML text");
    } else if (m_form.hasErrors()) {
        out.hold = tr("Correct the field marked in the form");
    } else if (current && count->error) {
        out.hold = m_asked ? tr("Preflight failed: see above") : QString();
    } else if (const QVector<Finding> held = holds(); !held.isEmpty()) {
        out.hold = held.first().id == u"rows" ? tr("There is no row to train on")
                   : held.size() > 1          ? tr("Choose what happens to long and silent rows")
                   : held.first().id == u"over_long"
                       ? tr("Choose what happens to %Ln long row(s)", nullptr, static_cast<int>(count->train.overLong))
                       : tr("Choose what happens to %Ln silent row(s)", nullptr, static_cast<int>(count->train.silent));
    }
    return out;
}

} // namespace fettle::ui
