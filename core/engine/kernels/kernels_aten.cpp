// The kernels as ATen operations.
#include "engine/kernels/kernels_aten.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

namespace fettle::engine::aten {
namespace {

at::ScalarType sumType(const at::Tensor& x) {
    return x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
}
at::Tensor wide(const at::Tensor& x) {
    return x.to(sumType(x));
}

/// Value and slope of the activation, in the type of x.
std::pair<at::Tensor, at::Tensor> activate(const at::Tensor& x, Activation act) {
    if (act == Activation::Silu) {
        const at::Tensor s = x.sigmoid();
        return {x * s, s * (1.0 + x * (1.0 - s))};
    }
    const double rootTwoOverPi = std::sqrt(2.0 / M_PI);
    constexpr double kCube = 0.044715;
    const at::Tensor t = (rootTwoOverPi * (x + kCube * x * x * x)).tanh();
    const at::Tensor inner = rootTwoOverPi * (1.0 + 3.0 * kCube * x * x);
    return {0.5 * x * (1.0 + t), 0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * inner};
}

/// The keys of one segment's queries and which of them each query sees.
struct View {
    at::Tensor keys; // [keys] int64 token indices
    at::Tensor seen; // [queries, keys] bool
};

View viewOf(const Packed& batch, std::size_t segment, std::int32_t window, const at::Tensor& like) {
    std::vector<std::int32_t> chain;
    for (auto s = static_cast<std::int32_t>(segment); s >= 0; s = batch.segments[static_cast<std::size_t>(s)].parent) {
        chain.push_back(s);
    }
    std::vector<std::int64_t> keys;
    for (auto s = chain.rbegin(); s != chain.rend(); ++s) {
        const AttentionSegment& seg = batch.segments[static_cast<std::size_t>(*s)];
        for (std::int64_t t = seg.begin; t < seg.end; ++t) {
            keys.push_back(t);
        }
    }
    const auto device = like.device();
    const AttentionSegment& own = batch.segments[segment];
    const at::Tensor keyIds = at::tensor(keys, at::kLong).to(device);
    const at::Tensor queryIds = at::arange(own.begin, own.end, at::TensorOptions().dtype(at::kLong).device(device));
    const std::int64_t before = static_cast<std::int64_t>(keys.size()) - (own.end - own.begin);
    const at::Tensor places = at::arange(static_cast<std::int64_t>(keys.size()), keyIds.options());
    at::Tensor seen = places.unsqueeze(0).le((queryIds - std::int64_t{own.begin} + before).unsqueeze(1));
    if (window > 0) {
        const at::Tensor pos = at::tensor(batch.pos, at::kLong).to(device);
        const at::Tensor distance =
            pos.index_select(0, queryIds).unsqueeze(1) - pos.index_select(0, keyIds).unsqueeze(0);
        seen = seen.logical_and(distance.lt(window));
    }
    return {keyIds, seen};
}

/// [rows, kvHeads, dim] -> [heads, rows, dim] in the type of the sums, every key head once per query head of its group.
at::Tensor headsFirst(const at::Tensor& x, std::int64_t heads) {
    const at::Tensor y = wide(x).transpose(0, 1);
    return y.size(0) == heads ? y : y.repeat_interleave(heads / y.size(0), 0);
}

/// [heads, rows, dim] summed over the groups -> [rows, kvHeads, dim].
at::Tensor groupsSummed(const at::Tensor& x, std::int64_t kvHeads) {
    return x.reshape({kvHeads, x.size(0) / kvHeads, x.size(1), x.size(2)}).sum(1).transpose(0, 1);
}

at::Tensor maskedScores(const at::Tensor& q, const at::Tensor& k, double scale, const at::Tensor& seen) {
    return (q.matmul(k.transpose(1, 2)) * scale)
        .masked_fill(seen.logical_not(), -std::numeric_limits<double>::infinity());
}

} // namespace

Normed rmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps) {
    const at::Tensor v = wide(x);
    const at::Tensor rstd = (v * v).mean(1).add(eps).rsqrt();
    return {(v * rstd.unsqueeze(1) * weight.to(v.scalar_type())).to(x.scalar_type()), rstd};
}

at::Tensor rmsNormBackward(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& weight,
                           const at::Tensor& rstd) {
    const at::Tensor v = wide(x);
    const at::Tensor g = wide(dy) * weight.to(v.scalar_type());
    const at::Tensor r = rstd.unsqueeze(1);
    return ((g - v * r * r * (g * v).mean(1, true)) * r).to(x.scalar_type());
}

void rope(at::Tensor x, const at::Tensor& pos, const at::Tensor& cosines, const at::Tensor& sines, bool inverse) {
    const std::int64_t half = cosines.size(1);
    const at::ScalarType type = sumType(x);
    const at::Tensor c = cosines.index_select(0, pos).to(type).unsqueeze(1);
    const at::Tensor s = sines.index_select(0, pos).to(type).unsqueeze(1) * (inverse ? -1.0 : 1.0);
    const at::Tensor a = wide(x.narrow(2, 0, half)).clone();
    const at::Tensor b = wide(x.narrow(2, half, half)).clone();
    x.narrow(2, 0, half).copy_(a * c - b * s);
    x.narrow(2, half, half).copy_(b * c + a * s);
}

at::Tensor gatedActivation(const at::Tensor& gate, const at::Tensor& up, Activation act) {
    return (activate(wide(gate), act).first * wide(up)).to(gate.scalar_type());
}

void gatedActivationBackward(at::Tensor dh, at::Tensor gate, at::Tensor up, Activation act) {
    const auto [value, slope] = activate(wide(gate), act);
    const at::Tensor d = wide(dh).clone();
    const at::Tensor u = wide(up).clone();
    gate.copy_(d * u * slope);
    up.copy_(d * value);
    dh.copy_(value * u);
}

Attended attention(const Packed& batch, const AttentionShape& shape, const at::Tensor& q, const at::Tensor& k,
                   const at::Tensor& v) {
    Attended result{at::empty_like(q), at::empty({q.size(1), q.size(0)}, q.options().dtype(sumType(q)))};
    for (std::size_t s = 0; s < batch.segments.size(); ++s) {
        const AttentionSegment& segment = batch.segments[s];
        const std::int64_t count = segment.end - segment.begin;
        const View view = viewOf(batch, s, shape.window, q);
        const at::Tensor queries = headsFirst(q.narrow(0, segment.begin, count), shape.heads);
        const at::Tensor keys = headsFirst(k.index_select(0, view.keys), shape.heads);
        const at::Tensor values = headsFirst(v.index_select(0, view.keys), shape.heads);
        const at::Tensor scores = maskedScores(queries, keys, static_cast<double>(shape.scale), view.seen);
        result.out.narrow(0, segment.begin, count).copy_(scores.softmax(2).matmul(values).transpose(0, 1));
        result.lse.narrow(1, segment.begin, count).copy_(scores.logsumexp(2));
    }
    return result;
}

AttentionGradients attentionBackward(const Packed& batch, const AttentionShape& shape, const at::Tensor& q,
                                     const at::Tensor& k, const at::Tensor& v, const Attended& forward,
                                     const at::Tensor& dout) {
    const auto scale = static_cast<double>(shape.scale);
    const at::Tensor dq = at::empty_like(q);
    const at::Tensor dk = at::zeros(k.sizes(), k.options().dtype(sumType(k)));
    const at::Tensor dv = at::zeros(v.sizes(), dk.options());
    for (std::size_t s = 0; s < batch.segments.size(); ++s) {
        const AttentionSegment& segment = batch.segments[s];
        const std::int64_t count = segment.end - segment.begin;
        const View view = viewOf(batch, s, shape.window, q);
        const at::Tensor queries = headsFirst(q.narrow(0, segment.begin, count), shape.heads);
        const at::Tensor keys = headsFirst(k.index_select(0, view.keys), shape.heads);
        const at::Tensor values = headsFirst(v.index_select(0, view.keys), shape.heads);
        const at::Tensor out = headsFirst(forward.out.narrow(0, segment.begin, count), shape.heads);
        const at::Tensor grad = headsFirst(dout.narrow(0, segment.begin, count), shape.heads);
        const at::Tensor lse = forward.lse.narrow(1, segment.begin, count).unsqueeze(2);
        const at::Tensor p = (maskedScores(queries, keys, scale, view.seen) - lse).exp();
        const at::Tensor ds = p * (grad.matmul(values.transpose(1, 2)) - (out * grad).sum(2, true)) * scale;
        dq.narrow(0, segment.begin, count).copy_(ds.matmul(keys).transpose(0, 1));
        dk.index_add_(0, view.keys, groupsSummed(ds.transpose(1, 2).matmul(queries), shape.kvHeads));
        dv.index_add_(0, view.keys, groupsSummed(p.transpose(1, 2).matmul(grad), shape.kvHeads));
    }
    return {dq, dk.to(k.scalar_type()), dv.to(v.scalar_type())};
}

at::Tensor decodeAttention(const AttentionShape& shape, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
    const std::int64_t keys = k.size(0);
    const std::int64_t queries = q.size(0);
    const at::TensorOptions ids = at::TensorOptions().dtype(at::kLong).device(q.device());
    const at::Tensor last = at::arange(keys - queries, keys, ids).unsqueeze(1);
    const at::Tensor place = at::arange(keys, ids).unsqueeze(0);
    at::Tensor seen = place.le(last);
    if (shape.window > 0) {
        seen = seen.logical_and((last - place).lt(shape.window));
    }
    const at::Tensor scores =
        maskedScores(headsFirst(q, shape.heads), headsFirst(k, shape.heads), static_cast<double>(shape.scale), seen);
    return scores.softmax(2).matmul(headsFirst(v, shape.heads)).transpose(0, 1).to(q.scalar_type()).contiguous();
}

Losses crossEntropy(const at::Tensor& logits, const at::Tensor& labels, const at::Tensor& weights, double scale,
                    bool gradient) {
    const at::Tensor x = wide(logits);
    const at::Tensor valid = labels.ge(0);
    const at::Tensor safe = labels.clamp_min(0).unsqueeze(1);
    const at::Tensor lse = x.logsumexp(1);
    Losses result;
    result.loss = (lse - x.gather(1, safe).squeeze(1)).masked_fill(valid.logical_not(), 0.0);
    result.correct = x.argmax(1).eq(labels); // the first of equal maxima
    if (gradient) {
        at::Tensor factor = valid.to(x.scalar_type()) * scale;
        if (weights.defined()) {
            factor = factor * weights.to(x.scalar_type());
        }
        at::Tensor grad = (x - lse.unsqueeze(1)).exp();
        grad.scatter_add_(1, safe, at::full_like(safe, -1, grad.options()));
        result.gradient = grad.mul_(factor.unsqueeze(1));
    }
    return result;
}

void addOuter(const at::Tensor& u, const at::Tensor& v, double scale, at::Tensor dst) {
    dst.add_(u.to(dst.scalar_type()).t().matmul(v.to(dst.scalar_type())), scale);
}

void adamW(const AdamW& o, at::Tensor p, const at::Tensor& g, at::Tensor m, at::Tensor v) {
    const double correction1 = 1.0 - std::pow(o.beta1, static_cast<double>(o.step));
    const double correction2 = std::sqrt(1.0 - std::pow(o.beta2, static_cast<double>(o.step)));
    const at::Tensor grad = g * static_cast<double>(o.gradScale);
    p.mul_(1.0 - o.learningRate * o.weightDecay);
    m.mul_(o.beta1).add_(grad, 1.0 - o.beta1);
    v.mul_(o.beta2).addcmul_(grad, grad, 1.0 - o.beta2);
    p.addcdiv_(m, v.sqrt().div_(correction2).add_(o.eps), -o.learningRate / correction1);
}

} // namespace fettle::engine::aten
