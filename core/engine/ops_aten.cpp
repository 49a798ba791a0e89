// AtenOps: the ATen kernels behind the interface of Ops, results copied to where the caller wants them. Autograd is off
// wherever these run.
#include "engine/ops_aten.h"

#include "engine/kernels/kernels_aten.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace fettle::engine {
namespace {

aten::Packed packed(const BatchLayout& batch) {
    return {batch.segments, std::vector<std::int64_t>(batch.hostPos.begin(), batch.hostPos.end())};
}

/// [tokens, heads * dim] -> [tokens, heads, dim], a view.
at::Tensor headsOf(const at::Tensor& x, std::int64_t headDim) {
    return x.unflatten(1, {x.size(1) / headDim, headDim});
}

} // namespace

void AtenOps::rmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps, const at::Tensor& y,
                      const at::Tensor& rstd) {
    const aten::Normed normed = aten::rmsNorm(x, weight, eps);
    y.copy_(normed.y);
    if (rstd.defined()) {
        rstd.copy_(normed.rstd);
    }
}

void AtenOps::rmsNormBackward(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& weight,
                              const at::Tensor& rstd, const at::Tensor& dx, bool accumulate,
                              const at::Tensor& rounded) {
    const at::Tensor result = aten::rmsNormBackward(dy, x, weight, rstd);
    if (accumulate) {
        dx.add_(result);
    } else {
        dx.copy_(result);
    }
    if (rounded.defined() && !rounded.is_same(dx)) {
        rounded.copy_(dx);
    }
}

void AtenOps::rope(const at::Tensor& x, std::int64_t headDim, const at::Tensor& pos, const RotaryTables& tables,
                   bool inverse) {
    aten::rope(headsOf(x, headDim), pos.to(at::kLong), tables.cosines(), tables.sines(), inverse);
}

void AtenOps::gatedActivation(const at::Tensor& gate, const at::Tensor& up, const at::Tensor& h) {
    h.copy_(aten::gatedActivation(gate, up, kernels::Activation::Silu));
}

void AtenOps::gatedActivationBackward(const at::Tensor& dh, const at::Tensor& gate, const at::Tensor& up) {
    aten::gatedActivationBackward(dh, gate, up, kernels::Activation::Silu);
}

void AtenOps::attention(const BatchLayout& batch, const kernels::AttentionShape& shape, const at::Tensor& q,
                        const at::Tensor& k, const at::Tensor& v, const at::Tensor& out, const at::Tensor& lse) {
    const std::int64_t dim = shape.headDim;
    const aten::Attended result =
        aten::attention(packed(batch), shape, headsOf(q, dim), headsOf(k, dim), headsOf(v, dim));
    headsOf(out, dim).copy_(result.out);
    if (lse.defined()) {
        lse.copy_(result.lse);
    }
}

void AtenOps::attentionBackward(const BatchLayout& batch, const kernels::AttentionShape& shape, const at::Tensor& q,
                                const at::Tensor& k, const at::Tensor& v, const at::Tensor& out, const at::Tensor& lse,
                                const at::Tensor& dout, const at::Tensor& dq, const at::Tensor& dk,
                                const at::Tensor& dv) {
    const std::int64_t dim = shape.headDim;
    const aten::AttentionGradients result =
        aten::attentionBackward(packed(batch), shape, headsOf(q, dim), headsOf(k, dim), headsOf(v, dim),
                                {headsOf(out, dim), lse}, headsOf(dout, dim));
    headsOf(dq, dim).copy_(result.dq);
    headsOf(dk, dim).copy_(result.dk);
    headsOf(dv, dim).copy_(result.dv);
}

void AtenOps::decodeAttention(const std::vector<CachedSequence>& sequences, const kernels::AttentionShape& shape,
                              const at::Tensor& q, const at::Tensor& out) {
    const std::int64_t width = std::int64_t{shape.kvHeads} * shape.headDim;
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        const auto row = static_cast<std::int64_t>(i);
        const at::Tensor cache = sequences[i].keysValues.narrow(0, 0, sequences[i].rows);
        const at::Tensor result = aten::decodeAttention(shape, headsOf(q.narrow(0, row, 1), shape.headDim),
                                                        headsOf(cache.narrow(1, 0, width), shape.headDim),
                                                        headsOf(cache.narrow(1, width, width), shape.headDim));
        headsOf(out.narrow(0, row, 1), shape.headDim).copy_(result);
    }
}

void AtenOps::crossEntropy(const at::Tensor& logits, const at::Tensor& labels, const at::Tensor& weights, float scale,
                           const at::Tensor& gradient, const at::Tensor& loss, const at::Tensor& correct) {
    const aten::Losses result =
        aten::crossEntropy(logits, labels.to(at::kLong), weights, static_cast<double>(scale), gradient.defined());
    if (gradient.defined()) {
        gradient.copy_(result.gradient);
    }
    loss.copy_(result.loss);
    correct.copy_(result.correct);
}

void AtenOps::gatherRows(const at::Tensor& table, const at::Tensor& ids, const at::Tensor& out) {
    out.copy_(table.index_select(0, ids));
}

void AtenOps::scatterAddRows(const at::Tensor& src, const at::Tensor& ids, const at::Tensor& dst) {
    at::Tensor target = dst;
    target.index_add_(0, ids, src);
}

void AtenOps::projectDown(const at::Tensor& x, const at::Tensor& a, float scale, const at::Tensor& p) {
    p.copy_(at::matmul(x, a.t()) * static_cast<double>(scale));
}

void AtenOps::projectUp(const at::Tensor& p, const at::Tensor& b, float scale, const at::Tensor& y, bool accumulate) {
    const at::Tensor term = at::matmul(p, b.t()) * static_cast<double>(scale);
    if (accumulate) {
        y.add_(term);
    } else {
        y.copy_(term);
    }
}

void AtenOps::projectDownBackward(const at::Tensor& dy, const at::Tensor& b, float scale, const at::Tensor& dp) {
    dp.copy_(at::matmul(dy, b) * static_cast<double>(scale));
}

void AtenOps::projectUpBackward(const at::Tensor& dp, const at::Tensor& a, float scale, const at::Tensor& dx,
                                bool accumulate) {
    const at::Tensor term = at::matmul(dp, a) * static_cast<double>(scale);
    if (accumulate) {
        dx.add_(term);
    } else {
        dx.copy_(term);
    }
}

void AtenOps::addOuter(const at::Tensor& u, const at::Tensor& v, float scale, const at::Tensor& dst) {
    aten::addOuter(u, v, static_cast<double>(scale), dst);
}

void AtenOps::convert(const at::Tensor& from, const at::Tensor& to) {
    to.copy_(from);
}

} // namespace fettle::engine
