// The numbers of one run as columns for charts, grown event by event. A resume drops the steps it overwrote, so that a
// curve never shows a step twice. Copies share their columns: a chart holds what it draws, and a million steps are kept
// once.
#pragma once

#include "base/result.h"
#include "bridge/layer_norms.h"
#include "plot/column.h"
#include "run/event_line.h"

#include <deque>
#include <span>
#include <string>

namespace fettle::ui {

/// Where a point lies, by everything that a chart may use as x.
struct StepPlace {
    double step = 0, epoch = 0, tokens = 0, seconds = 0;
};

/// One metric of one split, in the order of its evaluations.
struct EvalSeries {
    std::string split, key; // "validation", "loss"
    Column step, epoch, tokens, seconds, value;
};

/// Something that happened at a step.
struct RunMarker {
    enum class Kind { Checkpoint, Evaluation, Paused, Resumed, Continued, Diverged };
    Kind kind = Kind::Checkpoint;
    StepPlace at;
    bool best = false;
};

struct RunSeries {
    std::string folder;
    // One entry a step. `tokens` counts up; the other numbers are the step's own.
    Column step, epoch, tokens, seconds, loss, lr, gradNorm, tokensPerSecond, tokenAccuracy, stepMs, waitMs,
        labelTokens, stepTokens, computedTokens, peakBytes;
    Column devicePeakBytes; // empty where the run says nothing of a device
    // One entry an evaluation (split validation).
    Column evalStep, evalLoss, evalAccuracy;
    std::vector<EvalSeries> evaluations;       // every split and metric, by first appearance
    std::vector<RunMarker> markers;            // in order of time
    std::vector<run::SampleGenerated> samples; // in order of time
    std::vector<run::CheckpointSaved> checkpoints;
    std::deque<run::LogLine> log; // at most the last 500
    LayerNorms layerNorms;
    std::vector<std::int64_t> rowLossSteps; // at which losses of rows were written
    run::StateChanged state;                // the last one
    std::int64_t lastSeq = 0;
    std::int64_t resumes = 0;
    std::int64_t damagedLines = 0;
    std::uint64_t readTo = 0; // bytes of the file that were read into this

    /// Takes one event; older sequence numbers are ignored. Returns false when there is a gap before it (metrics were
    /// dropped): read the folder again.
    bool apply(const run::RunEvent& event);
    bool apply(const run::StepLine& line);
    /// Mean milliseconds of the last steps; 0 = unknown.
    [[nodiscard]] double recentStepMs() const;
    /// Where the newest step lies.
    [[nodiscard]] StepPlace place() const;
    /// The numbers of steps under `key` of the event ("grad_norm"); nullptr for other keys.
    [[nodiscard]] const Column* stepColumn(std::string_view key) const;
    /// nullptr when that metric was never measured on that split.
    [[nodiscard]] const EvalSeries* evaluation(std::string_view split, std::string_view key) const;

private:
    bool advance(std::int64_t seq);
    void cutAfter(std::int64_t fromStep);
    void mark(RunMarker::Kind kind, std::int64_t step, double seconds, bool best = false);
    void add(const run::StateChanged& changed, double seconds);
    void add(const run::EvalMetrics& eval, double seconds);
    [[nodiscard]] StepPlace placeOf(double step, double seconds) const;
    jobs::RunState m_before = jobs::RunState::None; // state before the last one
};

/// Keys of the numbers of steps, in the order of their event.
[[nodiscard]] std::span<const std::string_view> stepKeys();

/// Reads the folder, or what was added to it since `before` was read (by this function). Thread: any (a job).
[[nodiscard]] Result<RunSeries> readSeries(const std::string& folder, const RunSeries* before = nullptr);

} // namespace fettle::ui
