// FrozenLinear: a linear layer whose weight never changes, y = x W^T + bias + addend and dx = dy W + addend. The addend
// (the low-rank term) is added before the result is rounded: in bf16 a term below half a unit in the last place of the
// base product would otherwise be lost. On CPU the weight is packed once for oneDNN, in both directions; the adapters
// never know how it is stored.
#pragma once

#include "base/result.h"

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace fettle::engine {

class FrozenLinear {
public:
    struct Options {
        bool forwardOnly =
            false; // no transposed copy: generation and evaluation; backwardInput then works on what is there, slowly
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
    /// dy [T, n] -> dx [T, k], fresh. `addend` [T, k] or undefined.
    [[nodiscard]] at::Tensor backwardInput(const at::Tensor& dy, const at::Tensor& addend = {}) const;

    [[nodiscard]] std::int64_t inFeatures() const { return m_in; }
    [[nodiscard]] std::int64_t outFeatures() const { return m_out; }
    [[nodiscard]] at::ScalarType dtype() const { return m_dtype; }
    /// Bytes held, both directions.
    [[nodiscard]] std::int64_t bytes() const { return m_bytes; }
    /// True where the weight is packed for oneDNN (else ATen's own matrix product).
    [[nodiscard]] bool packed() const { return m_packed; }

private:
    at::Tensor m_forward;  // packed [n, k], or the plain weight
    at::Tensor m_backward; // packed [k, n], or undefined: m_forward is used
    at::Tensor m_bias;
    at::ScalarType m_dtype = at::kFloat;
    std::int64_t m_in = 0;
    std::int64_t m_out = 0;
    std::int64_t m_bytes = 0;
    bool m_packed = false;
};

} // namespace fettle::engine
