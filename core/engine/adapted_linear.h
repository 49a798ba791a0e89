// AdaptedLinear: one frozen linear layer (projections that share an input stacked into one product) and the low-rank
// adapters on top, forward and backward by hand.
//
// y = x W^T + b + s (x A^T) B^T. With dy: dP = s dy B, dB = s dy^T P, dA = dP^T x, dx = dy W + dP A; dW is never
// formed. The low-rank term goes into the frozen product as its addend, before rounding. DoRA: y = c (x W^T + s (x A^T)
// B^T) + b with c = magnitude / |W + sBA| by row, and the norm taken as a constant in the backward pass.
#pragma once

#include "engine/adapter_store.h"
#include "engine/frozen_linear.h"
#include "engine/ops.h"

#include <vector>

namespace fettle::engine {

/// What all layers of a pass share.
struct AdapterPass {
    Ops* ops = nullptr;
    bool active = false;   // an adapter is applied
    bool training = false; // dropout applies, what the backward pass needs is kept
    double dropout = 0;    // probability; only while training
    std::uint64_t dropoutSeed = 0;
    at::Tensor working; // flat parameters in the compute dtype
    at::Tensor staging; // flat fp32 gradients of this micro-batch
};

/// Thread: the model's.
class AdaptedLinear {
public:
    AdaptedLinear() = default;
    AdaptedLinear(FrozenLinear base, at::Tensor bias, std::int64_t layer,
                  std::vector<std::pair<Projection, std::int64_t>> parts);

    /// Takes the modules of `store` (or none where it is null).
    void bind(const AdapterStore* store);
    [[nodiscard]] bool adapted() const { return m_rank > 0; }
    [[nodiscard]] std::int64_t outFeatures() const { return m_base.outFeatures(); }
    [[nodiscard]] std::int64_t bytes() const { return m_base.bytes(); }

    /// DoRA's start values: magnitude = |W + sBA| by row, into `parameters` (fp32 flat).
    void startMagnitudes(const AdapterPass& pass, const at::Tensor& parameters);
    /// Makes DoRA's scale anew from the parameters (fp32 flat). Nothing to do without DoRA.
    void refreshMagnitudes(const AdapterPass& pass, const at::Tensor& parameters);

    /// x [tokens, in] -> [tokens, out]. `p` receives x A^T [tokens, sum of ranks] where the pass trains and the layer
    /// is adapted.
    /// With `residual` (fp32 [tokens, out]) the result is fp32 and includes it, rounded nowhere.
    [[nodiscard]] at::Tensor forward(const AdapterPass& pass, const at::Tensor& x, at::Tensor* p,
                                     const at::Tensor& residual = {}) const;
    /// x A^T again, as forward() made it; undefined where the layer is not adapted.
    [[nodiscard]] at::Tensor projectInput(const AdapterPass& pass, const at::Tensor& x) const {
        return pass.active && m_rank > 0 ? down(pass, x) : at::Tensor();
    }
    /// What backwardInput() leaves for gradients(): d(x A^T), and dy times DoRA's scale.
    struct Backward {
        at::Tensor dp, dy;
    };
    /// Gradient of B, and dx (undefined where it is not wanted).
    [[nodiscard]] at::Tensor backwardInput(const AdapterPass& pass, const at::Tensor& dy, const at::Tensor& p,
                                           bool wantInput, Backward& state) const;
    /// Gradients of A (and of DoRA's magnitude), which need the input x again.
    void gradients(const AdapterPass& pass, const at::Tensor& x, const at::Tensor& p, const Backward& state) const;

private:
    struct Part {
        Projection projection = Projection::Q;
        std::int64_t begin = 0, out = 0; // columns of y
        const AdapterModule* module = nullptr;
        std::int64_t rankBegin = 0; // columns of p
    };

    /// Row norms of W + sBA, fp32 [out] (columns without adapter: 1). Reads `pass.working`.
    [[nodiscard]] at::Tensor weightNorms(const AdapterPass& pass);
    [[nodiscard]] at::Tensor a(const at::Tensor& flat, const Part& part) const;
    [[nodiscard]] at::Tensor b(const at::Tensor& flat, const Part& part) const;
    [[nodiscard]] std::uint64_t key(const AdapterPass& pass, const Part& part) const;
    [[nodiscard]] at::Tensor lowRankTerm(const AdapterPass& pass, const at::Tensor& p,
                                         const at::Tensor& scaleColumns) const;
    /// What forward() adds inside the product: each part's p and B at its columns.
    [[nodiscard]] std::vector<LowRankAddend> lowRankTerms(const AdapterPass& pass, const at::Tensor& p) const;
    [[nodiscard]] at::Tensor down(const AdapterPass& pass, const at::Tensor& x) const;

    FrozenLinear m_base;
    at::Tensor m_bias; // compute dtype or undefined; also inside m_base
    std::int64_t m_layer = 0;
    std::vector<Part> m_parts;
    std::int64_t m_rank = 0; // sum of ranks
    bool m_stacked = false;  // every adapted part's A follows the one before: one product
    bool m_dora = false;
    at::Tensor m_squaredNorms;         // fp32 [out], of W alone; made at the first use
    at::Tensor m_norms, m_columnScale; // fp32 [out]: |W + sBA|, magnitude / norm (1 without adapter)
};

} // namespace fettle::engine
