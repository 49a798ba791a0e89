// What a training run notes about itself for people who look inside it: gradient norms by layer, and the facts of a
// divergence.
#include "train/training_run.h"

#include "train/divergence_record.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace fettle::train {

std::vector<float> TrainingRun::layerNorms() const {
    std::vector<float> out;
    for (const double squares : m_optimizer->layerSquares()) {
        out.push_back(static_cast<float>(std::sqrt(squares)));
    }
    return out;
}

Result<void> TrainingRun::recordDivergence(const data::StepPlan& plan, const char* what, double norm) {
    DivergenceRecord record;
    record.step = m_state.step + 1;
    record.what = what;
    record.learningRate = learningRate(m_schedule, record.step);
    record.gradientNorm = norm;
    const at::Tensor& parameters = m_adapter->parameters();
    record.adapterFinite = at::isfinite(parameters).all().item<bool>();
    record.largestParameter = record.adapterFinite && parameters.numel() > 0 ? parameters.abs().max().item<double>()
                                                                             : std::numeric_limits<double>::quiet_NaN();
    for (const auto& micro : plan.microBatches) {
        record.rowsInStep += static_cast<std::int64_t>(micro.size());
    }
    if (record.what == "gradient") {
        const std::vector<double> squares = m_optimizer->layerSquares();
        for (std::size_t layer = 0; layer < squares.size(); ++layer) {
            if (!std::isfinite(squares[layer])) {
                record.badLayers.push_back(static_cast<std::int64_t>(layer));
            }
        }
    }
    for (const auto& [batch, losses] : m_stepLosses) {
        addRows(record, batch, losses);
    }
    if (const auto written = writeDivergence(m_folder, record); !written) {
        return log("warning", "the facts of the divergence could not be written (" + written.error().text() + ")");
    }
    return {};
}

} // namespace fettle::train
