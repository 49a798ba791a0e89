// AtenOps: plain tensor arithmetic, fp32 inside, rounded once at the end. Autograd is off wherever these run.
#include "engine/ops_aten.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

namespace fettle::engine {
namespace {

at::Tensor f32(const at::Tensor& tensor) {
    return tensor.to(at::kFloat);
}

/// Keys a segment may look at: its ancestors' tokens (farthest first) and its own.
at::Tensor keyRows(const BatchLayout& batch, std::size_t segment, c10::Device device) {
    std::vector<std::int64_t> chain;
    for (auto s = static_cast<std::int32_t>(segment); s >= 0; s = batch.segments[static_cast<std::size_t>(s)].parent) {
        chain.insert(chain.begin(), s);
    }
    std::vector<at::Tensor> rows;
    for (const std::int64_t s : chain) {
        const auto& part = batch.segments[static_cast<std::size_t>(s)];
        rows.push_back(at::arange(part.begin, part.end, at::TensorOptions().dtype(at::kLong).device(device)));
    }
    return at::cat(rows);
}

/// [queries, keys], true where the key may be seen. Positions grow along a chain, so order is order of position.
at::Tensor visible(const at::Tensor& queryPos, const at::Tensor& keyPos, std::int64_t window) {
    const at::Tensor distance = queryPos.unsqueeze(1) - keyPos.unsqueeze(0);
    at::Tensor mask = distance >= 0;
    if (window > 0) {
        mask = mask.logical_and(distance < window);
    }
    return mask;
}

struct Heads {
    at::Tensor q, k, v; // [heads, rows, headDim], keys and values repeated to the query heads
};

at::Tensor headsOf(const at::Tensor& x, std::int64_t heads, std::int64_t headDim) {
    return f32(x).reshape({x.size(0), heads, headDim}).transpose(0, 1);
}
at::Tensor rowsOf(const at::Tensor& x) {
    return x.transpose(0, 1).reshape({x.size(1), x.size(0) * x.size(2)});
}

Heads splitHeads(const kernels::AttentionShape& shape, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
    const std::int64_t group = shape.heads / shape.kvHeads;
    return {headsOf(q, shape.heads, shape.headDim),
            headsOf(k, shape.kvHeads, shape.headDim).repeat_interleave(group, 0),
            headsOf(v, shape.kvHeads, shape.headDim).repeat_interleave(group, 0)};
}

constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();

} // namespace

void AtenOps::rmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps, const at::Tensor& y,
                      const at::Tensor& rstd) {
    const at::Tensor wide = f32(x);
    const at::Tensor r = wide.square().mean(-1).add(eps).rsqrt();
    if (rstd.defined()) {
        rstd.copy_(r);
    }
    y.copy_(wide * r.unsqueeze(1) * weight);
}

void AtenOps::addRmsNorm(const at::Tensor& x, const at::Tensor& residual, const at::Tensor& weight, double eps,
                         const at::Tensor& sum, const at::Tensor& y, const at::Tensor& rstd) {
    sum.copy_(f32(x) + f32(residual));
    rmsNorm(sum, weight, eps, y, rstd);
}

void AtenOps::rmsNormBackward(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& weight,
                              const at::Tensor& rstd, const at::Tensor& dx, bool accumulate) {
    const at::Tensor wide = f32(x);
    const at::Tensor g = f32(dy) * weight;
    const at::Tensor r = rstd.unsqueeze(1);
    at::Tensor result = (g - wide * (g * wide).mean(-1, true) * r.square()) * r;
    if (accumulate) {
        result = result + f32(dx);
    }
    dx.copy_(result);
}

void AtenOps::rope(const at::Tensor& x, std::int64_t headDim, const at::Tensor& pos, const RotaryTables& tables,
                   bool inverse) {
    const std::int64_t half = tables.cosines().size(1);
    const std::int64_t heads = x.size(1) / headDim;
    const at::Tensor at = pos.to(at::kLong);
    const at::Tensor cosines = tables.cosines().index_select(0, at).unsqueeze(1); // [tokens, 1, half]
    const at::Tensor sines = tables.sines().index_select(0, at).unsqueeze(1) * (inverse ? -1.0 : 1.0);
    const at::Tensor view = x.unflatten(1, {heads, headDim});
    const at::Tensor first = f32(view.narrow(2, 0, half));
    const at::Tensor second = f32(view.narrow(2, half, half));
    const at::Tensor turned = first * cosines - second * sines;
    view.narrow(2, half, half).copy_(second * cosines + first * sines);
    view.narrow(2, 0, half).copy_(turned);
}

void AtenOps::gatedActivation(const at::Tensor& gate, const at::Tensor& up, const at::Tensor& h) {
    const at::Tensor g = f32(gate);
    h.copy_(g * g.sigmoid() * f32(up));
}

void AtenOps::gatedActivationBackward(const at::Tensor& dh, const at::Tensor& gate, const at::Tensor& up) {
    const at::Tensor g = f32(gate);
    const at::Tensor u = f32(up);
    const at::Tensor d = f32(dh);
    const at::Tensor s = g.sigmoid();
    dh.copy_(g * s * u);
    up.copy_(d * g * s);
    gate.copy_(d * u * s * (1 + g * (1 - s)));
}

void AtenOps::attention(const BatchLayout& batch, const kernels::AttentionShape& shape, const at::Tensor& q,
                        const at::Tensor& k, const at::Tensor& v, const at::Tensor& out, const at::Tensor& lse) {
    for (std::size_t s = 0; s < batch.segments.size(); ++s) {
        const auto& segment = batch.segments[s];
        const std::int64_t count = segment.end - segment.begin;
        if (count == 0) {
            continue;
        }
        const at::Tensor keys = keyRows(batch, s, q.device());
        const Heads heads =
            splitHeads(shape, q.narrow(0, segment.begin, count), k.index_select(0, keys), v.index_select(0, keys));
        const at::Tensor mask =
            visible(batch.pos.narrow(0, segment.begin, count), batch.pos.index_select(0, keys), shape.window);
        at::Tensor scores =
            at::matmul(heads.q, heads.k.transpose(1, 2)) * static_cast<double>(shape.scale); // [heads, queries, keys]
        scores.masked_fill_(mask.logical_not(), kMinusInfinity);
        const at::Tensor sum = scores.logsumexp(-1);
        if (lse.defined()) {
            lse.narrow(1, segment.begin, count).copy_(sum);
        }
        out.narrow(0, segment.begin, count).copy_(rowsOf(at::matmul((scores - sum.unsqueeze(-1)).exp(), heads.v)));
    }
}

void AtenOps::attentionBackward(const BatchLayout& batch, const kernels::AttentionShape& shape, const at::Tensor& q,
                                const at::Tensor& k, const at::Tensor& v, const at::Tensor& out, const at::Tensor& lse,
                                const at::Tensor& dout, const at::Tensor& dq, const at::Tensor& dk,
                                const at::Tensor& dv) {
    const std::int64_t group = shape.heads / shape.kvHeads;
    const double scale = static_cast<double>(shape.scale);
    at::Tensor dkSum =
        at::zeros(k.sizes(), k.options().dtype(at::kFloat)); // children of a shared segment add to its keys
    at::Tensor dvSum = at::zeros(v.sizes(), v.options().dtype(at::kFloat));
    for (std::size_t s = 0; s < batch.segments.size(); ++s) {
        const auto& segment = batch.segments[s];
        const std::int64_t count = segment.end - segment.begin;
        if (count == 0) {
            continue;
        }
        const at::Tensor keys = keyRows(batch, s, q.device());
        const Heads heads =
            splitHeads(shape, q.narrow(0, segment.begin, count), k.index_select(0, keys), v.index_select(0, keys));
        const at::Tensor d = headsOf(dout.narrow(0, segment.begin, count), shape.heads, shape.headDim);
        const at::Tensor o = headsOf(out.narrow(0, segment.begin, count), shape.heads, shape.headDim);
        const at::Tensor mask =
            visible(batch.pos.narrow(0, segment.begin, count), batch.pos.index_select(0, keys), shape.window);
        at::Tensor p =
            (at::matmul(heads.q, heads.k.transpose(1, 2)) * scale - lse.narrow(1, segment.begin, count).unsqueeze(-1))
                .exp();
        p.masked_fill_(mask.logical_not(), 0.0);
        const at::Tensor delta = (d * o).sum(-1, true);
        const at::Tensor ds = p * (at::matmul(d, heads.v.transpose(1, 2)) - delta) * scale;
        dq.narrow(0, segment.begin, count).copy_(rowsOf(at::matmul(ds, heads.k)));
        const auto fold = [&](const at::Tensor& x) { return rowsOf(x.unflatten(0, {shape.kvHeads, group}).sum(1)); };
        dkSum.index_add_(0, keys, fold(at::matmul(ds.transpose(1, 2), heads.q)));
        dvSum.index_add_(0, keys, fold(at::matmul(p.transpose(1, 2), d)));
    }
    dk.copy_(dkSum);
    dv.copy_(dvSum);
}

void AtenOps::decodeAttention(const std::vector<CachedSequence>& sequences, const kernels::AttentionShape& shape,
                              const at::Tensor& q, const at::Tensor& out) {
    const std::int64_t width = std::int64_t{shape.kvHeads} * shape.headDim;
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        const CachedSequence& sequence = sequences[i];
        const std::int64_t seen =
            shape.window > 0 ? std::min<std::int64_t>(sequence.rows, shape.window) : sequence.rows;
        const at::Tensor cache = sequence.keysValues.narrow(0, sequence.rows - seen, seen);
        const Heads heads = splitHeads(shape, q.narrow(0, static_cast<std::int64_t>(i), 1), cache.narrow(1, 0, width),
                                       cache.narrow(1, width, width));
        const at::Tensor p =
            (at::matmul(heads.q, heads.k.transpose(1, 2)) * static_cast<double>(shape.scale)).softmax(-1);
        out.narrow(0, static_cast<std::int64_t>(i), 1).copy_(rowsOf(at::matmul(p, heads.v)));
    }
}

void AtenOps::crossEntropy(const at::Tensor& logits, const at::Tensor& labels, const at::Tensor& weights, float scale,
                           bool gradient, const at::Tensor& loss, const at::Tensor& correct) {
    const at::Tensor wide = f32(logits);
    const at::Tensor counted = labels >= 0;
    const at::Tensor ids = labels.clamp_min(0).to(at::kLong).unsqueeze(1);
    const at::Tensor logProbability = wide.log_softmax(-1);
    const at::Tensor zero = at::zeros({}, wide.options());
    loss.copy_(at::where(counted, -logProbability.gather(1, ids).squeeze(1), zero));
    correct.copy_(wide.argmax(-1).eq(ids.squeeze(1)).logical_and(counted));
    if (gradient) {
        at::Tensor d = logProbability.exp();
        d.scatter_add_(1, ids, at::full_like(ids, -1, d.options()));
        const at::Tensor factor = at::where(counted, weights * static_cast<double>(scale), zero);
        logits.copy_(d * factor.unsqueeze(1));
    }
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
    dst.add_(f32(at::matmul(u.t(), v)), static_cast<double>(scale));
}

void AtenOps::convert(const at::Tensor& from, const at::Tensor& to) {
    to.copy_(from);
}

} // namespace fettle::engine
