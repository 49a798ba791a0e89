// AdamW over the flat adapter store, with clipping by the global norm. Moments are two further flat fp32 buffers.
// [torch]
#pragma once

#include "base/result.h"
#include "engine/adapter_store.h"
#include "recipe/recipe.h"

#include <ATen/core/Tensor.h>

namespace fettle::train {

class Optimizer {
public:
    /// `store` must outlive the optimizer.
    Optimizer(engine::AdapterStore& store, const recipe::OptimizerSection& options, double plusRatio);

    /// L2 norm of all gradients (before clipping), in double, independent of the number of threads.
    [[nodiscard]] double gradientNorm() const;
    /// Sum of squares of the gradients of each layer, 0 for one without adapter; the roots are what layer norms are.
    [[nodiscard]] std::vector<double> layerSquares() const;
    /// One step at `learningRate`: gradients are scaled by min(1, maxGradNorm / (norm + 1e-6)) where maxGradNorm > 0
    /// (torch.nn.utils.clip_grad_norm_), then AdamW with decoupled decay (torch.optim.AdamW). With LoRA+ the rate of B
    /// matrices is `plusRatio` times that of A (arXiv 2402.12354). Tells the store that its parameters changed.
    void step(double learningRate, double gradientNorm);

    [[nodiscard]] std::int64_t stepsDone() const { return m_steps; }
    /// Moments as CPU fp32 tensors [count], for checkpoints.
    [[nodiscard]] at::Tensor firstMoment() const;
    [[nodiscard]] at::Tensor secondMoment() const;
    /// Error when the sizes do not fit.
    [[nodiscard]] Result<void> restore(std::span<const float> first, std::span<const float> second, std::int64_t steps);

private:
    engine::AdapterStore& m_store;
    recipe::OptimizerSection m_options;
    double m_plusRatio;
    at::Tensor m_first, m_second;
    std::int64_t m_steps = 0;
};

} // namespace fettle::train
