// DecoderBlock: one block of the Llama family, x2 = x + o(attention(qkv(norm(x)))), x' = x2 + down(silu(gate(norm(x2)))
// * up(norm(x2))), with its backward pass.
#pragma once

#include "engine/adapted_linear.h"
#include "engine/decoder_model.h"

#include <array>
#include <functional>

namespace fettle::engine {

/// The linear layers of a block in forward order; each serves one or more projections.
enum class Group : std::uint8_t { Qkv = 0, O, GateUp, Down };
inline constexpr std::size_t kGroups = 4;

/// What every block of a pass sees.
struct BlockPass {
    const AdapterPass* adapter = nullptr;
    const BatchLayout* layout = nullptr;
    const RotaryTables* rotary = nullptr;
    kernels::AttentionShape shape;
    double eps = 1e-5;
    Recompute recompute = Recompute::None;
};

/// What one block keeps for its backward pass. Tensors that the policy leaves out are undefined and made again.
struct BlockSaved {
    at::Tensor x, rstd1, norm1;     // fp32 [tokens, hidden], fp32 [tokens], [tokens, hidden]
    at::Tensor qkv, attention, lse; // after rotation [tokens, q + 2 kv], [tokens, q], [heads, tokens]
    at::Tensor x2, rstd2, norm2;
    at::Tensor gateUp; // [tokens, 2 * intermediate]
    std::array<at::Tensor, kGroups> p;
};

/// The gradient that runs down through the blocks: their sum in fp32, and what the products read, in the compute dtype
/// (the same tensor in fp32). Both [tokens, hidden], updated in place.
struct StreamGradient {
    at::Tensor sum, rounded;
};

/// Called with the rotated keys and values of the block: [tokens, 2 kv].
using KeyValueSink = std::function<void(const at::Tensor&)>;

/// Thread: the model's.
struct DecoderBlock {
    at::Tensor norm1Weight, norm2Weight; // fp32 [hidden]
    std::array<AdaptedLinear, kGroups> linear;

    [[nodiscard]] AdaptedLinear& at(Group group) { return linear[static_cast<std::size_t>(group)]; }
    [[nodiscard]] const AdaptedLinear& at(Group group) const { return linear[static_cast<std::size_t>(group)]; }

    /// From x and its norm to x'. x is fp32 whatever the compute dtype is: the products that end attention and MLP add
    /// to it without rounding. `saved` null: nothing is kept.
    [[nodiscard]] at::Tensor forward(const BlockPass& pass, const at::Tensor& x, const at::Tensor& norm1,
                                     const at::Tensor& rstd1, BlockSaved* saved, const KeyValueSink& sink) const;

    /// One new row for each cached sequence, whose last row (of `rows`) receives the new keys and values.
    [[nodiscard]] at::Tensor decode(const BlockPass& pass, const at::Tensor& x, const at::Tensor& norm1,
                                    const std::vector<CachedSequence>& cached) const;

    /// dx: the gradient by x' on entry, by x on return (in place). Consumes `saved`. With `lowest`, only what its
    /// adapters need is computed and dx is left unfinished. `lowest`: the first adapted group of the lowest adapted
    /// block; kGroups: none.
    void backward(const BlockPass& pass, const StreamGradient& dx, BlockSaved& saved, std::size_t lowest) const;

private:
    /// Everything but the down projection, into `saved`.
    at::Tensor forwardToActivation(const BlockPass& pass, const at::Tensor& x, const at::Tensor& norm1,
                                   const at::Tensor& rstd1, BlockSaved& saved, const KeyValueSink& sink) const;
};

} // namespace fettle::engine
