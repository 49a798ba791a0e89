#include "bridge/run_series.h"

#include "run/run_life.h"
#include "run/run_scan.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace fettle::ui {

namespace {

constexpr std::size_t kLogLines = 500;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct StepColumn {
    std::string_view key;
    Column RunSeries::*column;
};
constexpr std::array kColumns = {
    StepColumn{"loss", &RunSeries::loss},
    StepColumn{"lr", &RunSeries::lr},
    StepColumn{"grad_norm", &RunSeries::gradNorm},
    StepColumn{"label_tokens", &RunSeries::labelTokens},
    StepColumn{"tokens", &RunSeries::stepTokens},
    StepColumn{"computed_tokens", &RunSeries::computedTokens},
    StepColumn{"tokens_per_s", &RunSeries::tokensPerSecond},
    StepColumn{"step_ms", &RunSeries::stepMs},
    StepColumn{"wait_ms", &RunSeries::waitMs},
    StepColumn{"peak_bytes", &RunSeries::peakBytes},
    StepColumn{"device_peak_bytes", &RunSeries::devicePeakBytes},
    StepColumn{"token_accuracy", &RunSeries::tokenAccuracy},
};

constexpr auto keysOf() {
    std::array<std::string_view, kColumns.size()> out;
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
        out[i] = kColumns[i].key;
    }
    return out;
}
constexpr auto kKeys = keysOf();

/// Points up to `limit` of an ascending column.
qsizetype upTo(const Column& steps, double limit) {
    return steps.lowerBound(std::nextafter(limit, std::numeric_limits<double>::infinity()));
}

template <class T>
void cutAfter(std::vector<T>& items, std::int64_t limit) {
    items.erase(std::remove_if(items.begin(), items.end(), [limit](const T& item) { return item.step > limit; }),
                items.end());
}

} // namespace

std::span<const std::string_view> stepKeys() {
    return kKeys;
}

const Column* RunSeries::stepColumn(std::string_view key) const {
    const auto found =
        std::find_if(kColumns.begin(), kColumns.end(), [key](const StepColumn& c) { return c.key == key; });
    return found == kColumns.end() ? nullptr : &(this->*found->column);
}

const EvalSeries* RunSeries::evaluation(std::string_view split, std::string_view key) const {
    const auto found = std::find_if(evaluations.begin(), evaluations.end(),
                                    [&](const EvalSeries& e) { return e.split == split && e.key == key; });
    return found == evaluations.end() ? nullptr : &*found;
}

StepPlace RunSeries::place() const {
    return step.isEmpty() ? StepPlace{} : StepPlace{step.back(), epoch.back(), tokens.back(), seconds.back()};
}

StepPlace RunSeries::placeOf(double wanted, double at) const {
    StepPlace out{wanted, 0, 0, at};
    if (!step.isEmpty()) {
        // The step itself, or the last one before it.
        const qsizetype i = upTo(step, wanted) - 1;
        if (i >= 0) {
            out.epoch = epoch[i];
            out.tokens = tokens[i];
        }
    }
    return out;
}

bool RunSeries::advance(std::int64_t seq) {
    const bool gap = seq > 0 && lastSeq > 0 && seq != lastSeq + 1;
    if (seq > 0) {
        lastSeq = seq;
    }
    return !gap;
}

void RunSeries::cutAfter(std::int64_t fromStep) {
    const auto limit = static_cast<double>(fromStep);
    const qsizetype keep = upTo(step, limit);
    for (Column* column : {&step, &epoch, &tokens, &seconds}) {
        column->truncate(keep);
    }
    for (const StepColumn& each : kColumns) {
        (this->*each.column).truncate(keep);
    }
    const qsizetype evals = upTo(evalStep, limit);
    for (Column* column : {&evalStep, &evalLoss, &evalAccuracy}) {
        column->truncate(evals);
    }
    for (EvalSeries& each : evaluations) {
        const qsizetype points = upTo(each.step, limit);
        for (Column* column : {&each.step, &each.epoch, &each.tokens, &each.seconds, &each.value}) {
            column->truncate(points);
        }
    }
    ui::cutAfter(samples, fromStep);
    ui::cutAfter(checkpoints, fromStep);
    layerNorms.cutAfter(fromStep);
    std::erase_if(rowLossSteps, [fromStep](std::int64_t told) { return told > fromStep; });
    markers.erase(
        std::remove_if(markers.begin(), markers.end(), [limit](const RunMarker& m) { return m.at.step > limit; }),
        markers.end());
}

void RunSeries::mark(RunMarker::Kind kind, std::int64_t at, double seconds_, bool best) {
    markers.push_back({kind, placeOf(static_cast<double>(at), seconds_), best});
}

void RunSeries::add(const run::StateChanged& changed, double at) {
    using jobs::RunState;
    m_before = state.state;
    state = changed;
    const auto newest = step.isEmpty() ? std::int64_t{0} : std::llround(step.back());
    if (changed.fromStep) {
        ++resumes;
        cutAfter(*changed.fromStep);
        mark(RunMarker::Kind::Continued, *changed.fromStep, at);
    } else if (changed.state == RunState::Paused) {
        mark(RunMarker::Kind::Paused, newest, at);
    } else if (changed.state == RunState::Running && m_before == RunState::Paused) {
        mark(RunMarker::Kind::Resumed, newest, at);
    }
    if (changed.state == RunState::Failed && changed.reason == "non_finite_loss") {
        mark(RunMarker::Kind::Diverged, changed.step.value_or(newest), at);
    }
}

void RunSeries::add(const run::EvalMetrics& eval, double at) {
    if (eval.split == "validation") {
        evalStep.append(static_cast<double>(eval.step));
        evalLoss.append(eval.loss);
        evalAccuracy.append(eval.tokenAccuracy);
    }
    const StepPlace where = placeOf(static_cast<double>(eval.step), at);
    const auto put = [&](std::string_view key, double value) {
        auto found = std::find_if(evaluations.begin(), evaluations.end(),
                                  [&](const EvalSeries& e) { return e.split == eval.split && e.key == key; });
        if (found == evaluations.end()) {
            evaluations.push_back({eval.split, std::string(key), {}, {}, {}, {}, {}});
            found = evaluations.end() - 1;
        }
        found->step.append(where.step);
        found->epoch.append(where.epoch);
        found->tokens.append(where.tokens);
        found->seconds.append(found->seconds.isEmpty() ? where.seconds
                                                       : std::max(found->seconds.back(), where.seconds));
        found->value.append(value);
    };
    put("loss", eval.loss);
    put("token_accuracy", eval.tokenAccuracy);
    for (const auto& [key, value] : eval.more) {
        put(key, value);
    }
    if (markers.empty() || markers.back().kind != RunMarker::Kind::Evaluation || markers.back().at.step != where.step) {
        markers.push_back({RunMarker::Kind::Evaluation, where, false});
    }
}

bool RunSeries::apply(const run::StepLine& line) {
    if (line.seq > 0 && line.seq <= lastSeq) {
        return true;
    }
    const bool whole = advance(line.seq);
    const run::StepMetrics& m = line.metrics;
    if (m.devicePeakBytes && devicePeakBytes.size() < step.size()) { // the first that names it
        for (qsizetype i = devicePeakBytes.size(); i < step.size(); ++i) {
            devicePeakBytes.append(kNan);
        }
    }
    if (m.devicePeakBytes || !devicePeakBytes.isEmpty()) {
        devicePeakBytes.append(m.devicePeakBytes ? static_cast<double>(*m.devicePeakBytes) : kNan);
    }
    tokens.append((tokens.isEmpty() ? 0 : tokens.back()) + static_cast<double>(m.tokens));
    // Axes ascend, whatever a line says; `step` does by itself.
    epoch.append(epoch.isEmpty() ? m.epoch : std::max(epoch.back(), m.epoch));
    const double now = static_cast<double>(line.elapsedMs) / 1000;
    seconds.append(seconds.isEmpty() ? now : std::max(seconds.back(), now));
    step.append(static_cast<double>(m.step));
    layerNorms.add(m);
    loss.append(m.loss);
    lr.append(m.lr);
    gradNorm.append(m.gradNorm);
    labelTokens.append(static_cast<double>(m.labelTokens));
    stepTokens.append(static_cast<double>(m.tokens));
    computedTokens.append(static_cast<double>(m.computedTokens));
    tokensPerSecond.append(m.tokensPerSecond);
    stepMs.append(m.stepMs);
    waitMs.append(m.waitMs);
    peakBytes.append(static_cast<double>(m.peakBytes));
    tokenAccuracy.append(m.tokenAccuracy);
    return whole;
}

bool RunSeries::apply(const run::RunEvent& event) {
    if (event.seq > 0 && event.seq <= lastSeq) {
        return true;
    }
    if (const auto* metrics = std::get_if<run::StepMetrics>(&event.body)) {
        return apply(run::StepLine{event.seq, event.timeMs, event.elapsedMs, *metrics});
    }
    const bool whole = advance(event.seq);
    const double at = static_cast<double>(event.elapsedMs) / 1000;
    if (const auto* changed = std::get_if<run::StateChanged>(&event.body)) {
        add(*changed, at);
    } else if (const auto* eval = std::get_if<run::EvalMetrics>(&event.body)) {
        add(*eval, at);
    } else if (const auto* sample = std::get_if<run::SampleGenerated>(&event.body)) {
        samples.push_back(*sample);
    } else if (const auto* checkpoint = std::get_if<run::CheckpointSaved>(&event.body)) {
        checkpoints.push_back(*checkpoint);
        mark(RunMarker::Kind::Checkpoint, checkpoint->step, at, checkpoint->best);
    } else if (const auto* rows = std::get_if<run::RowLosses>(&event.body)) {
        rowLossSteps.push_back(rows->step);
    } else if (const auto* line = std::get_if<run::LogLine>(&event.body)) {
        log.push_back(*line);
        if (log.size() > kLogLines) {
            log.pop_front();
        }
    }
    return whole;
}

double RunSeries::recentStepMs() const {
    const auto n = std::min<qsizetype>(stepMs.size(), 20);
    double sum = 0;
    for (qsizetype i = stepMs.size() - n; i < stepMs.size(); ++i) {
        sum += stepMs[i];
    }
    return n > 0 ? sum / static_cast<double>(n) : 0;
}

Result<RunSeries> readSeries(const std::string& folder, const RunSeries* before) {
    if (!folderExists(folder)) {
        return makeError(ErrorCode::NotFound, "there is no such run folder").at(folder);
    }
    const bool ownedBefore = run::hasLiveOwner(folder);
    RunSeries series;
    if (before != nullptr && before->folder == folder) {
        series = *before;
    }
    series.folder = folder;
    const auto scanned = run::scanEvents(folder, {.from = series.readTo}, [&series](const run::EventChunk& chunk) {
        chunk.visit([&series](const run::StepLine& line) { (void)series.apply(line); },
                    [&series](const run::RunEvent& event) { (void)series.apply(event); });
        return true;
    });
    if (!scanned) {
        if (before != nullptr && scanned.error().code == ErrorCode::Corrupt) {
            return readSeries(folder); // another file stands there now
        }
        return scanned.error();
    }
    series.readTo = scanned->end;
    series.damagedLines += scanned->damagedLines;
    if (run::orphaned(folder, series.state.state, ownedBefore)) {
        series.state.state = jobs::RunState::Interrupted;
    }
    return series;
}

} // namespace fettle::ui
