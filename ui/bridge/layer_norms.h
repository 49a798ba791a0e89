// Gradient norms of each layer by step, as a run wrote them: one flat table that grows and is cut at a resume.
#pragma once

#include "run/events.h"

#include <QVector>

#include <algorithm>

namespace fettle::ui {

struct LayerNorms {
    int layers = 0;
    QVector<std::int64_t> steps;
    QVector<float> values; // [step * layers + layer]; NaN = no number

    /// Takes a step that has them. A run has as many layers at each step as at the first.
    void add(const run::StepMetrics& step) {
        if (step.layerNorms.empty()) {
            return;
        }
        if (layers == 0) {
            layers = static_cast<int>(step.layerNorms.size());
        }
        if (static_cast<int>(step.layerNorms.size()) == layers) {
            steps.append(step.step);
            for (const float norm : step.layerNorms) {
                values.append(norm);
            }
        }
    }
    void cutAfter(std::int64_t step) {
        const auto keep = std::upper_bound(steps.begin(), steps.end(), step) - steps.begin();
        steps.resize(keep);
        values.resize(keep * layers);
    }
    [[nodiscard]] float at(qsizetype step, int layer) const { return values[step * layers + layer]; }
};

} // namespace fettle::ui
