// AtenOps: the same operations with ATen alone, for devices without kernels of ours (CUDA). They also run on CPU, where
// tests hold them against the kernel tables.
#pragma once

#include "engine/ops.h"

namespace fettle::engine {

/// Any dtype and device; sums in fp32. Attention goes segment by segment with explicit scores: right on every device,
/// not yet the fast path of a GPU.
class AtenOps final : public Ops {
public:
    void rmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps, const at::Tensor& y,
                 const at::Tensor& rstd) override;
    void rmsNormBackward(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& rstd,
                         const at::Tensor& dx, bool accumulate, const at::Tensor& rounded) override;
    void rope(const at::Tensor& x, std::int64_t headDim, const at::Tensor& pos, const RotaryTables& tables,
              bool inverse) override;
    void gatedActivation(const at::Tensor& gate, const at::Tensor& up, const at::Tensor& h) override;
    void gatedActivationBackward(const at::Tensor& dh, const at::Tensor& gate, const at::Tensor& up) override;
    void attention(const BatchLayout& batch, const kernels::AttentionShape& shape, const at::Tensor& q,
                   const at::Tensor& k, const at::Tensor& v, const at::Tensor& out, const at::Tensor& lse) override;
    void attentionBackward(const BatchLayout& batch, const kernels::AttentionShape& shape, const at::Tensor& q,
                           const at::Tensor& k, const at::Tensor& v, const at::Tensor& out, const at::Tensor& lse,
                           const at::Tensor& dout, const at::Tensor& dq, const at::Tensor& dk,
                           const at::Tensor& dv) override;
    void decodeAttention(const std::vector<CachedSequence>& sequences, const kernels::AttentionShape& shape,
                         const at::Tensor& q, const at::Tensor& out) override;
    void crossEntropy(const at::Tensor& logits, const at::Tensor& labels, const at::Tensor& weights, float scale,
                      const at::Tensor& gradient, const at::Tensor& loss, const at::Tensor& correct) override;
    void gatherRows(const at::Tensor& table, const at::Tensor& ids, const at::Tensor& out) override;
    void scatterAddRows(const at::Tensor& src, const at::Tensor& ids, const at::Tensor& dst) override;
    void projectDown(const at::Tensor& x, const at::Tensor& a, float scale, const at::Tensor& p) override;
    void projectUp(const at::Tensor& p, const at::Tensor& b, float scale, const at::Tensor& y,
                   bool accumulate) override;
    void projectDownBackward(const at::Tensor& dy, const at::Tensor& b, float scale, const at::Tensor& dp) override;
    void projectUpBackward(const at::Tensor& dp, const at::Tensor& a, float scale, const at::Tensor& dx,
                           bool accumulate) override;
    void addOuter(const at::Tensor& u, const at::Tensor& v, float scale, const at::Tensor& dst) override;
    void convert(const at::Tensor& from, const at::Tensor& to) override;
};

} // namespace fettle::engine
