#include "bridge/run_series.h"

#include "run/run_folder.h"

#include <algorithm>

namespace fettle::ui {

namespace {

constexpr std::size_t kLogLines = 500;

void cutAfter(QVector<double>& keys, std::initializer_list<QVector<double>*> columns, double limit) {
    const auto keep = std::upper_bound(keys.begin(), keys.end(), limit) - keys.begin();
    keys.resize(keep);
    for (QVector<double>* column : columns) {
        column->resize(std::min(column->size(), keep));
    }
}

template <class T>
void cutAfter(std::vector<T>& items, std::int64_t limit) {
    items.erase(std::remove_if(items.begin(), items.end(), [limit](const T& item) { return item.step > limit; }),
                items.end());
}

} // namespace

bool RunSeries::apply(const run::RunEvent& event) {
    if (event.seq > 0 && event.seq <= lastSeq) {
        return true;
    }
    const bool gap = event.seq > 0 && lastSeq > 0 && event.seq != lastSeq + 1;
    if (event.seq > 0) {
        lastSeq = event.seq;
    }
    if (const auto* changed = std::get_if<run::StateChanged>(&event.body)) {
        state = *changed;
        if (changed->fromStep) {
            ++resumes;
            const double limit = static_cast<double>(*changed->fromStep);
            cutAfter(step,
                     {&epoch, &tokens, &seconds, &loss, &lr, &gradNorm, &tokensPerSecond, &tokenAccuracy, &memoryGb,
                      &stepMs},
                     limit);
            cutAfter(evalStep, {&evalLoss, &evalAccuracy}, limit);
            cutAfter(samples, *changed->fromStep);
            cutAfter(checkpoints, *changed->fromStep);
        }
    } else if (const auto* metrics = std::get_if<run::StepMetrics>(&event.body)) {
        step.append(static_cast<double>(metrics->step));
        epoch.append(metrics->epoch);
        tokens.append((tokens.isEmpty() ? 0 : tokens.back()) + static_cast<double>(metrics->tokens));
        seconds.append(static_cast<double>(event.elapsedMs) / 1000);
        loss.append(metrics->loss);
        lr.append(metrics->lr);
        gradNorm.append(metrics->gradNorm);
        tokensPerSecond.append(metrics->tokensPerSecond);
        tokenAccuracy.append(metrics->tokenAccuracy);
        memoryGb.append(static_cast<double>(metrics->devicePeakBytes.value_or(metrics->peakBytes)) / 1e9);
        stepMs.append(metrics->stepMs);
    } else if (const auto* eval = std::get_if<run::EvalMetrics>(&event.body)) {
        if (eval->split == "validation") {
            evalStep.append(static_cast<double>(eval->step));
            evalLoss.append(eval->loss);
            evalAccuracy.append(eval->tokenAccuracy);
        }
    } else if (const auto* sample = std::get_if<run::SampleGenerated>(&event.body)) {
        samples.push_back(*sample);
    } else if (const auto* checkpoint = std::get_if<run::CheckpointSaved>(&event.body)) {
        checkpoints.push_back(*checkpoint);
    } else if (const auto* line = std::get_if<run::LogLine>(&event.body)) {
        log.push_back(*line);
        if (log.size() > kLogLines) {
            log.erase(log.begin());
        }
    }
    return !gap;
}

double RunSeries::recentStepMs() const {
    const auto n = std::min<qsizetype>(stepMs.size(), 20);
    double sum = 0;
    for (qsizetype i = stepMs.size() - n; i < stepMs.size(); ++i) {
        sum += stepMs[i];
    }
    return n > 0 ? sum / static_cast<double>(n) : 0;
}

Result<RunSeries> readSeries(const std::string& folder) {
    FETTLE_TRY_VALUE(const run::RunHistory history, run::readRun(folder));
    RunSeries series;
    series.folder = folder;
    for (const run::RunEvent& event : history.events) {
        (void)series.apply(event); // readRun has dropped overwritten steps, so numbers may jump here
    }
    series.state.state = history.state; // Interrupted where nobody owns it
    series.damagedLines = history.damagedLines;
    return series;
}

} // namespace fettle::ui
