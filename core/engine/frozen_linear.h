// FrozenLinear: a linear layer whose weight never changes, y = x W^T + bias + addend and dx = dy W + addend. What is
// added (the low-rank terms of an adapter) is added before the result is rounded: in bf16 a term below half a unit in
// the last place of the base product would otherwise be lost. On CPU the weight is packed once in both directions, for
// our own product or for oneDNN's, whichever is faster on the processor; the adapters never know how it is stored.
#pragma once

#include "base/result.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace fettle::engine {

/// scale * p b^T forward (p [T, r], b [columns, r]), scale * p b backward (b [r, columns]): added to the columns of the
/// result from `firstColumn` on.
struct LowRankAddend {
    at::Tensor p;
    at::Tensor b;
    std::int64_t firstColumn = 0;
    float scale = 1.0F;
};

class FrozenLinear {
public:
    enum class Storage {
        Plain,  // the tensor itself, ATen's products
        OneDnn, // packed for oneDNN
        Own     // packed for kernels::Table::product
    };
    struct Options {
        bool forwardOnly = false; // no transposed copy (generation, evaluation): backwardInput unpacks on every call
        bool oneDnn = false;      // not our own product even where it is faster (tests, benchmarks)
    };

    FrozenLinear() = default;
    /// `weight` [n, k] fp32 or bf16, `bias` [n] of the same dtype or undefined. The layer keeps its own form; the
    /// caller may drop the weight. Errors: dtype, shape.
    [[nodiscard]] static Result<FrozenLinear> create(const at::Tensor& weight, const at::Tensor& bias, Options options);
    [[nodiscard]] static Result<FrozenLinear> create(const at::Tensor& weight, const at::Tensor& bias = {}) {
        return create(weight, bias, Options{});
    }

    /// x [T, k] (rows may be strided) -> y [T, n], fresh. `addend` [T, n] or undefined. Throws c10::Error only (out of
    /// memory), caught per micro-batch.
    [[nodiscard]] at::Tensor forward(const at::Tensor& x, const at::Tensor& addend = {}) const;
    /// The same in fp32 (with an addend in fp32): the sum that runs through the blocks. Where the product is not our
    /// own it is rounded to the weight's dtype, with the terms, before the addend is added.
    [[nodiscard]] at::Tensor forwardWide(const at::Tensor& x, const std::vector<LowRankAddend>& terms,
                                         const at::Tensor& addend = {}) const;
    /// x w^T + bias in fp32, rounded nowhere: logits. Where the product is not our own a second one brings back what
    /// rounding the first took away (about 16 bits in all).
    [[nodiscard]] at::Tensor forwardExact(const at::Tensor& x) const;
    /// dy [T, n] -> dx [T, k], fresh. `addend` [T, k] or undefined.
    [[nodiscard]] at::Tensor backwardInput(const at::Tensor& dy, const at::Tensor& addend = {}) const;

    /// The same with low-rank terms (at most kernels::kMaxLowRankTerms): where the storage is our own they cost no pass
    /// over y.
    [[nodiscard]] at::Tensor forward(const at::Tensor& x, const std::vector<LowRankAddend>& terms,
                                     const at::Tensor& addend = {}) const;
    [[nodiscard]] at::Tensor backwardInput(const at::Tensor& dy, const std::vector<LowRankAddend>& terms) const;

    [[nodiscard]] std::int64_t inFeatures() const { return m_in; }
    [[nodiscard]] std::int64_t outFeatures() const { return m_out; }
    [[nodiscard]] at::ScalarType dtype() const { return m_dtype; }
    /// Bytes held, both directions.
    [[nodiscard]] std::int64_t bytes() const;
    [[nodiscard]] Storage storage() const { return m_storage; }
    /// True where the weight is packed (else ATen's own matrix product).
    [[nodiscard]] bool packed() const { return m_storage != Storage::Plain; }

private:
    at::Tensor m_forward;  // packed [n, k], or the plain weight
    at::Tensor m_backward; // packed [k, n], or undefined
    at::Tensor m_bias;
    at::ScalarType m_dtype = at::kFloat;
    std::int64_t m_in = 0;
    std::int64_t m_out = 0;
    Storage m_storage = Storage::Plain;

    [[nodiscard]] at::Tensor plainWeight() const;
    [[nodiscard]] at::Tensor multiply(const at::Tensor& x, bool forward, const at::Tensor& addend,
                                      const std::vector<LowRankAddend>& terms) const;
};

} // namespace fettle::engine
