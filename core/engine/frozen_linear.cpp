// FrozenLinear over oneDNN's prepacked weights, called through the dispatcher by name (the operators exist in every
// LibTorch, their C++ headers do not), or over ATen's matrix product where oneDNN is absent or the tensor is elsewhere.
#include "engine/frozen_linear.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>

namespace fettle::engine {
namespace {

using Reorder = at::Tensor(const at::Tensor&, c10::optional<c10::SymInt>);
using Pointwise = at::Tensor(const at::Tensor&, const at::Tensor&, const c10::optional<at::Tensor>&, c10::string_view,
                             c10::List<c10::optional<at::Scalar>>, c10::optional<c10::string_view>);
using PointwiseBinary = at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&,
                                   const c10::optional<at::Tensor>&, c10::string_view);

/// oneDNN's three operators, or nothing where this LibTorch lacks one or gave it another signature.
struct OneDnn {
    c10::optional<c10::TypedOperatorHandle<Reorder>> reorder;
    c10::optional<c10::TypedOperatorHandle<Pointwise>> pointwise;
    c10::optional<c10::TypedOperatorHandle<PointwiseBinary>> binary;
    bool bf16 = false;
    [[nodiscard]] bool usable() const { return reorder.has_value() && pointwise.has_value() && binary.has_value(); }
};

template <class Signature>
c10::optional<c10::TypedOperatorHandle<Signature>> find(const char* name, const char* overload) {
    auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
    if (!handle.has_value() || !handle->hasKernelForDispatchKey(c10::DispatchKey::MkldnnCPU)) {
        if (!handle.has_value() || !handle->hasKernelForDispatchKey(c10::DispatchKey::CPU)) {
            return c10::nullopt;
        }
    }
    return handle->typed<Signature>();
}

const OneDnn& oneDnn() {
    static const OneDnn ops = [] {
        OneDnn found;
        try {
            if (!at::globalContext().userEnabledMkldnn() || !at::Context::hasMKLDNN()) {
                return found;
            }
            found.reorder = find<Reorder>("mkldnn::_reorder_linear_weight", "");
            found.pointwise = find<Pointwise>("mkldnn::_linear_pointwise", "");
            found.binary = find<PointwiseBinary>("mkldnn::_linear_pointwise", "binary");
            if (const auto probe = c10::Dispatcher::singleton().findSchema({"mkldnn::_is_mkldnn_bf16_supported", ""})) {
                found.bf16 = probe->typed<bool()>().call();
            }
        } catch (const c10::Error&) {
            return OneDnn{}; // another signature: ATen's product serves
        }
        return found;
    }();
    return ops;
}

at::Tensor multiplyPacked(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                          const at::Tensor& addend) {
    const c10::optional<at::Tensor> maybeBias = bias.defined() ? c10::optional<at::Tensor>(bias) : c10::nullopt;
    if (addend.defined()) {
        return oneDnn().binary->call(x, addend, weight, maybeBias, "add");
    }
    return oneDnn().pointwise->call(x, weight, maybeBias, "none", c10::List<c10::optional<at::Scalar>>(), c10::nullopt);
}

/// x [T, in] times the plain matrix [in, out] (a transposed view for the forward direction), sums in fp32, the addend
/// before rounding.
at::Tensor multiplyPlain(const at::Tensor& x, const at::Tensor& matrix, const at::Tensor& bias,
                         const at::Tensor& addend) {
    if (addend.defined() && bias.defined()) {
        return at::addmm(addend, x, matrix).add_(bias);
    }
    if (addend.defined()) {
        return at::addmm(addend, x, matrix);
    }
    return bias.defined() ? at::addmm(bias, x, matrix) : at::mm(x, matrix);
}

} // namespace

Result<FrozenLinear> FrozenLinear::create(const at::Tensor& weight, const at::Tensor& bias, Options options) {
    if (!weight.defined() || weight.dim() != 2) {
        return makeError(ErrorCode::InvalidInput, "a linear weight must have two dimensions");
    }
    const at::ScalarType dtype = weight.scalar_type();
    if (dtype != at::kFloat && dtype != at::kBFloat16) {
        return makeError(ErrorCode::Unsupported, "linear weights are float32 or bfloat16 here");
    }
    if (bias.defined() && (bias.dim() != 1 || bias.size(0) != weight.size(0) || bias.scalar_type() != dtype)) {
        return makeError(ErrorCode::InvalidInput,
                         "the bias of a linear layer must be [out features] of the weight's dtype");
    }
    FrozenLinear layer;
    layer.m_dtype = dtype;
    layer.m_out = weight.size(0);
    layer.m_in = weight.size(1);
    layer.m_bias = bias.defined() ? bias.contiguous() : at::Tensor();
    const std::int64_t plainBytes = weight.numel() * static_cast<std::int64_t>(weight.element_size());
    try {
        const OneDnn& ops = oneDnn();
        const bool packable = weight.is_cpu() && ops.usable() && (dtype == at::kFloat || ops.bf16);
        if (packable) {
            layer.m_forward = ops.reorder->call(weight.contiguous(), c10::nullopt);
            if (!options.forwardOnly) {
                layer.m_backward = ops.reorder->call(weight.t().contiguous(), c10::nullopt);
            }
        } else {
            layer.m_forward = weight.contiguous();
        }
        layer.m_packed = packable;
    } catch (const c10::Error& error) {
        return makeError(ErrorCode::OutOfMemory, "cannot pack a linear weight")
            .withHint(error.what_without_backtrace());
    }
    layer.m_bytes = plainBytes * (layer.m_backward.defined() ? 2 : 1);
    return layer;
}

at::Tensor FrozenLinear::forward(const at::Tensor& x, const at::Tensor& addend) const {
    return m_packed ? multiplyPacked(x, m_forward, m_bias, addend) : multiplyPlain(x, m_forward.t(), m_bias, addend);
}

at::Tensor FrozenLinear::backwardInput(const at::Tensor& dy, const at::Tensor& addend) const {
    if (m_backward.defined()) {
        return multiplyPacked(dy, m_backward, {}, addend);
    }
    return multiplyPlain(dy, m_packed ? m_forward.to_dense() : m_forward, {}, addend);
}

} // namespace fettle::engine
