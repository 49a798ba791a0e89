// Ops: the kernels of a block on tensors, whatever device and dtype they have. On CPU they are the kernel tables,
// elsewhere plain ATen operations; the layers above see no difference. Contracts are those of kernels::Table with
// tensors for matrices (rows may be strided, elements of a row are contiguous).
#pragma once

#include "engine/batch_layout.h"
#include "engine/decoder_model.h"
#include "engine/kernels/kernels.h"
#include "engine/rotary.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace fettle::engine {

/// Cached keys and values of one sequence in one layer: [capacity, 2 * kvHeads * headDim], keys left, values right; the
/// first `rows` are filled.
struct CachedSequence {
    at::Tensor keysValues;
    std::int64_t rows = 0;
};

/// Thread: the model's.
class Ops {
public:
    /// `path` is for CPU; other devices have Aten alone.
    [[nodiscard]] static std::unique_ptr<Ops> make(c10::Device device, at::ScalarType dtype, KernelPath path);
    virtual ~Ops() = default;

    virtual void rmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps, const at::Tensor& y,
                         const at::Tensor& rstd) = 0;
    /// `rounded`: undefined, or dx itself where the activations are fp32.
    virtual void rmsNormBackward(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& weight,
                                 const at::Tensor& rstd, const at::Tensor& dx, bool accumulate,
                                 const at::Tensor& rounded) = 0;
    virtual void rope(const at::Tensor& x, std::int64_t headDim, const at::Tensor& pos, const RotaryTables& tables,
                      bool inverse) = 0;
    virtual void gatedActivation(const at::Tensor& gate, const at::Tensor& up, const at::Tensor& h) = 0;
    virtual void gatedActivationBackward(const at::Tensor& dh, const at::Tensor& gate, const at::Tensor& up) = 0;
    /// lse: fp32 [heads, tokens] or undefined.
    virtual void attention(const BatchLayout& batch, const kernels::AttentionShape& shape, const at::Tensor& q,
                           const at::Tensor& k, const at::Tensor& v, const at::Tensor& out, const at::Tensor& lse) = 0;
    virtual void attentionBackward(const BatchLayout& batch, const kernels::AttentionShape& shape, const at::Tensor& q,
                                   const at::Tensor& k, const at::Tensor& v, const at::Tensor& out,
                                   const at::Tensor& lse, const at::Tensor& dout, const at::Tensor& dq,
                                   const at::Tensor& dk, const at::Tensor& dv) = 0;
    /// One new row of q for each sequence; its key and value are cached already.
    virtual void decodeAttention(const std::vector<CachedSequence>& sequences, const kernels::AttentionShape& shape,
                                 const at::Tensor& q, const at::Tensor& out) = 0;
    /// logits fp32; gradient in the dtype of the activations or undefined; loss fp32 [rows], correct uint8 [rows].
    virtual void crossEntropy(const at::Tensor& logits, const at::Tensor& labels, const at::Tensor& weights,
                              float scale, const at::Tensor& gradient, const at::Tensor& loss,
                              const at::Tensor& correct) = 0;
    /// From a table in the dtype of the activations or fp32, to fp32.
    virtual void gatherRows(const at::Tensor& table, const at::Tensor& ids, const at::Tensor& out) = 0;
    /// Both fp32.
    virtual void scatterAddRows(const at::Tensor& src, const at::Tensor& ids, const at::Tensor& dst) = 0;

    virtual void projectDown(const at::Tensor& x, const at::Tensor& a, float scale, const at::Tensor& p) = 0;
    virtual void projectUp(const at::Tensor& p, const at::Tensor& b, float scale, const at::Tensor& y,
                           bool accumulate) = 0;
    virtual void projectDownBackward(const at::Tensor& dy, const at::Tensor& b, float scale, const at::Tensor& dp) = 0;
    virtual void projectUpBackward(const at::Tensor& dp, const at::Tensor& a, float scale, const at::Tensor& dx,
                                   bool accumulate) = 0;
    virtual void addOuter(const at::Tensor& u, const at::Tensor& v, float scale, const at::Tensor& dst) = 0;
    /// fp32 into the dtype of the activations, both contiguous.
    virtual void convert(const at::Tensor& from, const at::Tensor& to) = 0;
};

} // namespace fettle::engine
