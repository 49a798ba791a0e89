// The table of metrics and the series made with it.
#include "run/metric_table.h"

#include "base/numbers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace fettle::run {
namespace {

using Source = Metric::Source;

MetricValue bytes(std::uint64_t value) {
    return MetricValue::whole(static_cast<std::int64_t>(value));
}

// In the order of the keys in step_metrics.
constexpr std::array<Metric, 15> kMetrics{{
    {"epoch", "epochs", Source::Step, [](const StepMetrics& m) { return MetricValue::real(m.epoch); }, nullptr},
    {"loss", "", Source::Step, [](const StepMetrics& m) { return MetricValue::real(m.loss); }, nullptr},
    {"lr", "", Source::Step, [](const StepMetrics& m) { return MetricValue::real(m.lr); }, nullptr},
    {"grad_norm", "", Source::Step, [](const StepMetrics& m) { return MetricValue::real(m.gradNorm); }, nullptr},
    {"label_tokens", "tokens", Source::Step, [](const StepMetrics& m) { return MetricValue::whole(m.labelTokens); },
     nullptr},
    {"tokens", "tokens", Source::Step, [](const StepMetrics& m) { return MetricValue::whole(m.tokens); }, nullptr},
    {"computed_tokens", "tokens", Source::Step,
     [](const StepMetrics& m) { return MetricValue::whole(m.computedTokens); }, nullptr},
    {"tokens_per_s", "tokens/s", Source::Step,
     [](const StepMetrics& m) { return MetricValue::real(m.tokensPerSecond); }, nullptr},
    {"step_ms", "ms", Source::Step, [](const StepMetrics& m) { return MetricValue::real(m.stepMs); }, nullptr},
    {"wait_ms", "ms", Source::Step, [](const StepMetrics& m) { return MetricValue::real(m.waitMs); }, nullptr},
    {"peak_bytes", "bytes", Source::Step, [](const StepMetrics& m) { return bytes(m.peakBytes); }, nullptr},
    {"device_peak_bytes", "bytes", Source::Step,
     [](const StepMetrics& m) { return m.devicePeakBytes ? bytes(*m.devicePeakBytes) : MetricValue(); }, nullptr},
    {"token_accuracy", "", Source::Step, [](const StepMetrics& m) { return MetricValue::real(m.tokenAccuracy); },
     nullptr},
    {"loss", "", Source::Evaluation, nullptr, [](const EvalMetrics& m) { return MetricValue::real(m.loss); }},
    {"token_accuracy", "", Source::Evaluation, nullptr,
     [](const EvalMetrics& m) { return MetricValue::real(m.tokenAccuracy); }},
}};

struct Split {
    std::string name;
    std::shared_ptr<SeriesAxis> axis = std::make_shared<SeriesAxis>();
    std::vector<MetricSeries> fixed, further;
};

bool hasPresent(const MetricSeries& series) {
    return std::any_of(series.values.begin(), series.values.end(), [](const MetricValue& v) { return v.present(); });
}

std::vector<MetricSeries> fixedSeries(Source source, const std::string& split,
                                      const std::shared_ptr<const SeriesAxis>& axis) {
    std::vector<MetricSeries> out;
    for (const Metric& metric : kMetrics) {
        if (metric.source == source) {
            out.push_back({source == Source::Step ? metric.key : evaluationName(split, metric.key),
                           metric.unit,
                           source,
                           split,
                           axis,
                           {}});
        }
    }
    return out;
}

void addEvaluation(Split& split, const EvalMetrics& body) {
    std::size_t column = 0;
    for (const Metric& metric : kMetrics) {
        if (metric.source == Source::Evaluation) {
            split.fixed[column++].values.push_back(metric.ofEvaluation(body));
        }
    }
    const std::size_t before = split.axis->size() - 1;
    for (const auto& [key, value] : body.more) {
        const std::string name = evaluationName(split.name, key);
        auto found = std::find_if(split.further.begin(), split.further.end(),
                                  [&name](const MetricSeries& series) { return series.name == name; });
        if (found == split.further.end()) {
            split.further.push_back({name, "", Source::Evaluation, split.name, split.axis, {}});
            found = std::prev(split.further.end());
        }
        found->values.resize(before);
        found->values.push_back(MetricValue::real(value));
    }
}

} // namespace

std::optional<double> MetricValue::number() const {
    if (m_kind == Kind::Absent) {
        return std::nullopt;
    }
    if (m_kind == Kind::Whole) {
        return static_cast<double>(m_bits);
    }
    const auto value = std::bit_cast<double>(m_bits);
    return std::isfinite(value) ? value : std::numeric_limits<double>::quiet_NaN();
}

void MetricValue::appendText(std::string& out) const {
    if (m_kind == Kind::Absent) {
        return;
    }
    const auto real = std::bit_cast<double>(m_bits);
    if (m_kind == Kind::Real && !std::isfinite(real)) {
        out += "null";
        return;
    }
    std::array<char, 32> buffer{};
    const auto result = m_kind == Kind::Whole ? std::to_chars(buffer.data(), buffer.data() + buffer.size(), m_bits)
                                              : std::to_chars(buffer.data(), buffer.data() + buffer.size(), real);
    out.append(buffer.data(), result.ptr);
}

std::string MetricValue::text() const {
    std::string out;
    appendText(out);
    return out;
}

std::span<const Metric> metrics() {
    return kMetrics;
}

const Metric* findMetric(Metric::Source source, std::string_view key) {
    const auto found = std::find_if(kMetrics.begin(), kMetrics.end(),
                                    [&](const Metric& metric) { return metric.source == source && key == metric.key; });
    return found == kMetrics.end() ? nullptr : &*found;
}

std::string evaluationName(std::string_view split, std::string_view key) {
    return std::string(split) + '.' + std::string(key);
}

std::vector<MetricSeries> metricSeries(std::span<const RunEvent> events) {
    const auto stepAxis = std::make_shared<SeriesAxis>();
    std::vector<MetricSeries> ofSteps = fixedSeries(Source::Step, {}, stepAxis);
    std::vector<Split> splits;
    double epoch = std::numeric_limits<double>::quiet_NaN();
    double tokens = 0;
    const auto place = [&](SeriesAxis& axis, std::int64_t step, const RunEvent& event) {
        axis.step.push_back(step);
        axis.epoch.push_back(epoch);
        axis.tokens.push_back(tokens);
        axis.seconds.push_back(static_cast<double>(event.elapsedMs) / 1000);
    };
    for (const RunEvent& event : events) {
        if (const auto* step = std::get_if<StepMetrics>(&event.body)) {
            epoch = step->epoch;
            tokens += static_cast<double>(step->tokens);
            place(*stepAxis, step->step, event);
            for (std::size_t column = 0; column < ofSteps.size(); ++column) {
                ofSteps[column].values.push_back(kMetrics[column].ofStep(*step)); // steps come first in the table
            }
        } else if (const auto* evaluation = std::get_if<EvalMetrics>(&event.body)) {
            auto split = std::find_if(splits.begin(), splits.end(),
                                      [evaluation](const Split& one) { return one.name == evaluation->split; });
            if (split == splits.end()) {
                splits.emplace_back();
                split = std::prev(splits.end());
                split->name = evaluation->split;
                split->fixed = fixedSeries(Source::Evaluation, split->name, split->axis);
            }
            place(*split->axis, evaluation->step, event);
            addEvaluation(*split, *evaluation);
        }
    }
    std::vector<MetricSeries> out;
    for (MetricSeries& series : ofSteps) {
        if (hasPresent(series)) {
            out.push_back(std::move(series));
        }
    }
    for (Split& split : splits) {
        for (MetricSeries& series : split.fixed) {
            out.push_back(std::move(series));
        }
        for (MetricSeries& series : split.further) {
            series.values.resize(split.axis->size());
            out.push_back(std::move(series));
        }
    }
    return out;
}

} // namespace fettle::run
