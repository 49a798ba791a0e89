// The kernels as ATen operations: the same mathematics as kernels.h on tensors of any device and dtype (float64
// included, for tests), sums in fp32 or wider. The way for devices without kernels of our own, and the second opinion
// on the CPU kernels. Shapes as in kernels.h; norm weights in fp32. Throw c10::Error only.
#pragma once

#include "engine/kernels/kernels.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace fettle::engine::aten {

using kernels::Activation;
using kernels::AdamW;
using kernels::AttentionSegment;
using kernels::AttentionShape;

struct Normed {
    at::Tensor y;    // [tokens, width]
    at::Tensor rstd; // [tokens] in the type of the sums
};
[[nodiscard]] Normed rmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps);
/// dx, to be added to the gradient that went around the norm.
[[nodiscard]] at::Tensor rmsNormBackward(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& weight,
                                         const at::Tensor& rstd);

/// x [tokens, heads, dim] in place; cosines and sines [positions, half], pos [tokens] int64 on the same device.
void rope(at::Tensor x, const at::Tensor& pos, const at::Tensor& cosines, const at::Tensor& sines, bool inverse);

[[nodiscard]] at::Tensor gatedActivation(const at::Tensor& gate, const at::Tensor& up, Activation act);
/// In place as in kernels.h: gate, up and dh become d gate, d up and h.
void gatedActivationBackward(at::Tensor dh, at::Tensor gate, at::Tensor up, Activation act);

/// The packed batch on the host; `pos` is read only where a window is set.
struct Packed {
    std::vector<AttentionSegment> segments;
    std::vector<std::int64_t> pos;
};
struct Attended {
    at::Tensor out; // [tokens, heads, dim]
    at::Tensor lse; // [heads, tokens] in the type of the sums
};
/// q [tokens, heads, dim], k and v [tokens, kvHeads, dim].
[[nodiscard]] Attended attention(const Packed& batch, const AttentionShape& shape, const at::Tensor& q,
                                 const at::Tensor& k, const at::Tensor& v);
struct AttentionGradients {
    at::Tensor dq, dk, dv;
};
[[nodiscard]] AttentionGradients attentionBackward(const Packed& batch, const AttentionShape& shape,
                                                   const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                                   const Attended& forward, const at::Tensor& dout);
/// q [queries, heads, dim] at the end of one sequence's keys [keys, kvHeads, dim].
[[nodiscard]] at::Tensor decodeAttention(const AttentionShape& shape, const at::Tensor& q, const at::Tensor& k,
                                         const at::Tensor& v);

struct Losses {
    at::Tensor loss;     // [rows] in the type of the sums
    at::Tensor correct;  // [rows] bool
    at::Tensor gradient; // [rows, vocabulary] in the type of the sums; undefined where not wanted
};
/// labels [rows] int64 (negative: no label), weights [rows] or undefined.
[[nodiscard]] Losses crossEntropy(const at::Tensor& logits, const at::Tensor& labels, const at::Tensor& weights,
                                  double scale, bool gradient);

/// dst (fp32 or wider) += scale * u^T v
void addOuter(const at::Tensor& u, const at::Tensor& v, double scale, at::Tensor dst);

/// One step on flat tensors of one dtype.
void adamW(const AdamW& options, at::Tensor p, const at::Tensor& g, at::Tensor m, at::Tensor v);

} // namespace fettle::engine::aten
