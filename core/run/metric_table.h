// The list of all numbers a run reports, with key and unit: window, CSV and command line take their metrics from here,
// so that the same run shows the same numbers everywhere.
#pragma once

#include "run/events.h"

#include <bit>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace fettle::run {

/// One number of an event: a whole number stays one, so that large counts keep every digit.
class MetricValue {
public:
    MetricValue() = default; // the event does not have it
    static MetricValue whole(std::int64_t value) { return {Kind::Whole, value}; }
    static MetricValue real(double value) { return {Kind::Real, std::bit_cast<std::int64_t>(value)}; }

    [[nodiscard]] bool present() const { return m_kind != Kind::Absent; }
    /// NaN where the event has it as "not finite"; nullopt where the event does not have it.
    [[nodiscard]] std::optional<double> number() const;
    /// Shortest text that reads back to the same number, "null" where it is not finite, "" where it is absent. The same
    /// in every locale; valid JSON unless empty.
    void appendText(std::string& out) const;
    [[nodiscard]] std::string text() const;

private:
    enum class Kind : std::int8_t { Absent, Whole, Real };
    MetricValue(Kind kind, std::int64_t bits)
        : m_bits(bits)
        , m_kind(kind) {}

    std::int64_t m_bits = 0; // the whole number, or the bits of the real one: a million of these are held
    Kind m_kind = Kind::Absent;
};

struct Metric {
    enum class Source { Step, Evaluation };
    const char* key;  // the key in the event: "loss", "grad_norm"
    const char* unit; // "", "tokens", "tokens/s", "ms", "bytes"; English, for captions
    Source source;
    MetricValue (*ofStep)(const StepMetrics&);       // null for evaluations
    MetricValue (*ofEvaluation)(const EvalMetrics&); // null for steps
};

/// Every metric with a fixed name: those of steps in the order of their event, then those of evaluations. Evaluations
/// may carry further ones by name (EvalMetrics::more).
[[nodiscard]] std::span<const Metric> metrics();
/// nullptr when no metric of that source has the key.
[[nodiscard]] const Metric* findMetric(Metric::Source source, std::string_view key);
/// "validation.loss": the name of a metric of one split.
[[nodiscard]] std::string evaluationName(std::string_view split, std::string_view key);

/// Where the points of some series lie, by all that a chart may use as x.
struct SeriesAxis {
    std::vector<std::int64_t> step;
    std::vector<double> epoch;   // of the last training step at or before the point; NaN before the first
    std::vector<double> tokens;  // real tokens trained so far
    std::vector<double> seconds; // of the run, without pauses
    [[nodiscard]] std::size_t size() const { return step.size(); }
};

struct MetricSeries {
    std::string name; // "loss", "validation.loss"
    std::string unit;
    Metric::Source source = Metric::Source::Step;
    std::string split;                      // of an evaluation
    std::shared_ptr<const SeriesAxis> axis; // shared by all series of the same events
    std::vector<MetricValue> values;        // one for each point of the axis
};

/// Every metric that occurs in `events` (in the order of metrics(), further ones of evaluations by first appearance).
/// Give events without overwritten steps, as readRun() does. Thread: any.
[[nodiscard]] std::vector<MetricSeries> metricSeries(std::span<const RunEvent> events);

} // namespace fettle::run
