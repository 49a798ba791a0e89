// One decoder block, forward and backward by hand.
#include "engine/decoder_block.h"

#include <ATen/ATen.h>

namespace fettle::engine {
namespace {

struct QkvColumns {
    at::Tensor q, k, v;
};

QkvColumns columns(const at::Tensor& qkv, const kernels::AttentionShape& shape) {
    const std::int64_t q = std::int64_t{shape.heads} * shape.headDim;
    const std::int64_t kv = std::int64_t{shape.kvHeads} * shape.headDim;
    return {qkv.narrow(1, 0, q), qkv.narrow(1, q, kv), qkv.narrow(1, q + kv, kv)};
}

} // namespace

at::Tensor DecoderBlock::forwardToActivation(const BlockPass& pass, const at::Tensor& x, const at::Tensor& norm1,
                                             const at::Tensor& rstd1, BlockSaved& saved,
                                             const KeyValueSink& sink) const {
    const AdapterPass& adapter = *pass.adapter;
    Ops& ops = *adapter.ops;
    const std::int64_t tokens = x.size(0);
    const at::TensorOptions narrow = norm1.options(); // the compute dtype
    saved.x = x;
    saved.norm1 = norm1;
    saved.rstd1 = rstd1;
    const auto p = [&](Group group) { return &saved.p[static_cast<std::size_t>(group)]; };

    saved.qkv = at(Group::Qkv).forward(adapter, norm1, p(Group::Qkv));
    const QkvColumns part = columns(saved.qkv, pass.shape);
    ops.rope(part.q, pass.shape.headDim, pass.layout->pos, *pass.rotary, false);
    ops.rope(part.k, pass.shape.headDim, pass.layout->pos, *pass.rotary, false);
    if (sink) {
        sink(saved.qkv.narrow(1, part.q.size(1), part.k.size(1) * 2));
    }
    saved.attention = at::empty({tokens, part.q.size(1)}, narrow);
    saved.lse = adapter.training ? at::empty({pass.shape.heads, tokens}, x.options()) : at::Tensor();
    ops.attention(*pass.layout, pass.shape, part.q, part.k, part.v, saved.attention, saved.lse);

    saved.x2 = at(Group::O).forward(adapter, saved.attention, p(Group::O), x);
    saved.norm2 = at::empty(x.sizes(), narrow);
    saved.rstd2 = at::empty({tokens}, x.options());
    ops.rmsNorm(saved.x2, norm2Weight, pass.eps, saved.norm2, saved.rstd2);

    saved.gateUp = at(Group::GateUp).forward(adapter, saved.norm2, p(Group::GateUp));
    const std::int64_t intermediate = saved.gateUp.size(1) / 2;
    at::Tensor h = at::empty({tokens, intermediate}, narrow);
    ops.gatedActivation(saved.gateUp.narrow(1, 0, intermediate), saved.gateUp.narrow(1, intermediate, intermediate), h);
    return h;
}

at::Tensor DecoderBlock::forward(const BlockPass& pass, const at::Tensor& x, const at::Tensor& norm1,
                                 const at::Tensor& rstd1, BlockSaved* saved, const KeyValueSink& sink) const {
    BlockSaved local;
    const at::Tensor h = forwardToActivation(pass, x, norm1, rstd1, local, sink);
    at::Tensor output =
        at(Group::Down).forward(*pass.adapter, h, &local.p[static_cast<std::size_t>(Group::Down)], local.x2);
    if (saved != nullptr) {
        if (pass.recompute == Recompute::Full) {
            saved->x = x;
            return output;
        }
        if (pass.recompute == Recompute::Lean) {
            local.norm1.reset();
            local.norm2.reset();
        }
        *saved = std::move(local);
    }
    return output;
}

at::Tensor DecoderBlock::decode(const BlockPass& pass, const at::Tensor& x, const at::Tensor& norm1,
                                const std::vector<CachedSequence>& cached) const {
    const AdapterPass& adapter = *pass.adapter;
    Ops& ops = *adapter.ops;
    const at::Tensor qkv = at(Group::Qkv).forward(adapter, norm1, nullptr);
    const QkvColumns part = columns(qkv, pass.shape);
    ops.rope(part.q, pass.shape.headDim, pass.layout->pos, *pass.rotary, false);
    ops.rope(part.k, pass.shape.headDim, pass.layout->pos, *pass.rotary, false);
    const at::Tensor keysValues = qkv.narrow(1, part.q.size(1), part.k.size(1) * 2);
    for (std::size_t i = 0; i < cached.size(); ++i) {
        cached[i].keysValues.select(0, cached[i].rows - 1).copy_(keysValues.select(0, static_cast<std::int64_t>(i)));
    }
    const at::Tensor attention = at::empty({x.size(0), part.q.size(1)}, norm1.options());
    ops.decodeAttention(cached, pass.shape, part.q, attention);
    const at::Tensor x2 = at(Group::O).forward(adapter, attention, nullptr, x);
    const at::Tensor norm2 = at::empty_like(norm1);
    ops.rmsNorm(x2, norm2Weight, pass.eps, norm2, {});
    const at::Tensor gateUp = at(Group::GateUp).forward(adapter, norm2, nullptr);
    const std::int64_t intermediate = gateUp.size(1) / 2;
    const at::Tensor h = at::empty({x.size(0), intermediate}, norm1.options());
    ops.gatedActivation(gateUp.narrow(1, 0, intermediate), gateUp.narrow(1, intermediate, intermediate), h);
    return at(Group::Down).forward(adapter, h, nullptr, x2);
}

void DecoderBlock::backward(const BlockPass& pass, const StreamGradient& dx, BlockSaved& saved,
                            std::size_t lowest) const {
    const AdapterPass& adapter = *pass.adapter;
    Ops& ops = *adapter.ops;
    const at::Tensor x = saved.x;
    const at::TensorOptions narrow = dx.rounded.options();
    if (pass.recompute == Recompute::Full) {
        const at::Tensor norm1 = at::empty(x.sizes(), narrow);
        const at::Tensor rstd1 = at::empty({x.size(0)}, x.options());
        ops.rmsNorm(x, norm1Weight, pass.eps, norm1, rstd1);
        const at::Tensor h = forwardToActivation(pass, x, norm1, rstd1, saved, {});
        saved.p[static_cast<std::size_t>(Group::Down)] = at(Group::Down).projectInput(adapter, h);
    }
    const auto p = [&](Group group) { return saved.p[static_cast<std::size_t>(group)]; };
    const auto above = [lowest](Group group) { return lowest < static_cast<std::size_t>(group) || lowest == kGroups; };
    AdaptedLinear::Backward state;

    // MLP: dh, then the gate in place (dh's buffer becomes h, which the adapter of `down` needs).
    const std::int64_t intermediate = saved.gateUp.size(1) / 2;
    const at::Tensor gate = saved.gateUp.narrow(1, 0, intermediate);
    const at::Tensor up = saved.gateUp.narrow(1, intermediate, intermediate);
    at::Tensor dh = at(Group::Down).backwardInput(adapter, dx.rounded, p(Group::Down), above(Group::Down), state);
    if (!above(Group::Down)) {
        dh = at::empty({x.size(0), intermediate}, narrow);
        ops.gatedActivation(gate, up, dh);
        at(Group::Down).gradients(adapter, dh, p(Group::Down), state);
        return;
    }
    ops.gatedActivationBackward(dh, gate, up);
    at(Group::Down).gradients(adapter, dh, p(Group::Down), state);
    dh.reset();

    at::Tensor dnorm2 =
        at(Group::GateUp).backwardInput(adapter, saved.gateUp, p(Group::GateUp), above(Group::GateUp), state);
    if (at(Group::GateUp).adapted()) {
        if (!saved.norm2.defined()) {
            saved.norm2 = at::empty(x.sizes(), narrow);
            ops.rmsNorm(saved.x2, norm2Weight, pass.eps, saved.norm2, {});
        }
        at(Group::GateUp).gradients(adapter, saved.norm2, p(Group::GateUp), state);
    }
    if (!above(Group::GateUp)) {
        return;
    }
    state = {};
    saved.gateUp.reset();
    saved.norm2.reset();
    ops.rmsNormBackward(dnorm2, saved.x2, norm2Weight, saved.rstd2, dx.sum, true, dx.rounded);
    dnorm2.reset();
    saved.x2.reset();

    // Attention.
    at::Tensor dattention = at(Group::O).backwardInput(adapter, dx.rounded, p(Group::O), above(Group::O), state);
    at(Group::O).gradients(adapter, saved.attention, p(Group::O), state);
    if (!above(Group::O)) {
        return;
    }
    at::Tensor dqkv = at::empty_like(saved.qkv);
    const QkvColumns part = columns(saved.qkv, pass.shape);
    const QkvColumns dpart = columns(dqkv, pass.shape);
    ops.attentionBackward(*pass.layout, pass.shape, part.q, part.k, part.v, saved.attention, saved.lse, dattention,
                          dpart.q, dpart.k, dpart.v);
    dattention.reset();
    saved.qkv.reset();
    saved.attention.reset();
    saved.lse.reset();
    ops.rope(dpart.q, pass.shape.headDim, pass.layout->pos, *pass.rotary, true);
    ops.rope(dpart.k, pass.shape.headDim, pass.layout->pos, *pass.rotary, true);

    const at::Tensor dnorm1 = at(Group::Qkv).backwardInput(adapter, dqkv, p(Group::Qkv), above(Group::Qkv), state);
    if (at(Group::Qkv).adapted()) {
        if (!saved.norm1.defined()) {
            saved.norm1 = at::empty(x.sizes(), narrow);
            ops.rmsNorm(x, norm1Weight, pass.eps, saved.norm1, {});
        }
        at(Group::Qkv).gradients(adapter, saved.norm1, p(Group::Qkv), state);
    }
    if (above(Group::Qkv)) {
        ops.rmsNormBackward(dnorm1, x, norm1Weight, saved.rstd1, dx.sum, true, dx.rounded);
    }
    saved = {};
}

} // namespace fettle::engine
