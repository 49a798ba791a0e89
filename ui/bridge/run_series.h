// The numbers of one run as columns for charts, grown event by event. A resume drops the steps it overwrote, so that a
// curve never shows a step twice.
#pragma once

#include "base/result.h"
#include "run/events.h"

#include <QVector>

#include <string>

namespace fettle::ui {

struct RunSeries {
    std::string folder;
    // One entry a step.
    QVector<double> step, epoch, tokens, seconds, loss, lr, gradNorm, tokensPerSecond, tokenAccuracy, memoryGb, stepMs;
    // One entry an evaluation (split validation).
    QVector<double> evalStep, evalLoss, evalAccuracy;
    std::vector<run::SampleGenerated> samples; // in order of time
    std::vector<run::CheckpointSaved> checkpoints;
    std::vector<run::LogLine> log; // at most the last 500
    run::StateChanged state;       // the last one
    std::int64_t lastSeq = 0;
    std::int64_t resumes = 0;
    std::int64_t damagedLines = 0;

    /// Takes one event; older sequence numbers are ignored. Returns false when there is a gap before it (metrics were
    /// dropped): read the folder again.
    bool apply(const run::RunEvent& event);
    /// Mean milliseconds of the last steps; 0 = unknown.
    [[nodiscard]] double recentStepMs() const;
};

/// Reads the folder. Thread: any (a job).
[[nodiscard]] Result<RunSeries> readSeries(const std::string& folder);

} // namespace fettle::ui
