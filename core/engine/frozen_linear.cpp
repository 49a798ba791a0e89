// FrozenLinear over our own packed product, or over oneDNN's prepacked weights, called through the dispatcher by name
// (the operators exist in every LibTorch, their C++ headers do not), or over ATen's matrix product where oneDNN is
// absent or the tensor is elsewhere.
#include "engine/frozen_linear.h"

#include "engine/kernels/kernels.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <type_traits>

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

/// A view of a tensor whose rows are contiguous.
template <class T>
kernels::Matrix<T> matrixOf(const at::Tensor& t) {
    return {static_cast<T*>(t.data_ptr()), t.size(0), t.size(1), t.stride(0)};
}

at::Tensor rowsOf(const at::Tensor& t) {
    return t.stride(1) == 1 || t.size(1) == 1 ? t : t.contiguous();
}

bool ownIsFaster(at::ScalarType dtype) {
    return dtype == at::kFloat ? kernels::table<float>().ownProducts
                               : kernels::table<kernels::Bf16>().ownProducts && !kernels::hasTileUnit();
}

template <class T>
at::Tensor packOwn(const at::Tensor& weight, bool transposed) {
    const auto& table = kernels::table<T>();
    const std::int64_t n = weight.size(transposed ? 1 : 0);
    const std::int64_t k = weight.size(transposed ? 0 : 1);
    at::Tensor packed = at::empty({table.packedWords(n, k)}, at::TensorOptions().dtype(at::kInt));
    table.packWeight(matrixOf<T>(weight), transposed, static_cast<std::uint32_t*>(packed.data_ptr()));
    return packed;
}

template <class T>
at::Tensor unpackOwn(const at::Tensor& packed, std::int64_t n, std::int64_t k, at::ScalarType dtype) {
    at::Tensor weight = at::empty({n, k}, at::TensorOptions().dtype(dtype));
    kernels::table<T>().unpackWeight(static_cast<const std::uint32_t*>(packed.data_ptr()), matrixOf<T>(weight));
    return weight;
}

/// Y: what comes out and what is added, T or float.
template <class T, class Y>
at::Tensor multiplyOwn(const at::Tensor& input, const at::Tensor& packed, std::int64_t n, const at::Tensor& bias,
                       const at::Tensor& addend, const std::vector<LowRankAddend>& terms, bool plain) {
    const at::Tensor x = rowsOf(input);
    const at::Tensor added = addend.defined() ? rowsOf(addend) : addend;
    at::Tensor y = at::empty({x.size(0), n}, std::is_same_v<T, Y> ? x.options() : x.options().dtype(at::kFloat));
    std::vector<kernels::LowRankTerm<T>> list;
    std::vector<at::Tensor> kept; // what the views point into
    for (const LowRankAddend& term : terms) {
        kept.push_back(rowsOf(term.p));
        kept.push_back(rowsOf(term.b));
        list.push_back(
            {matrixOf<T>(kept[kept.size() - 2]), matrixOf<T>(kept.back()), term.firstColumn, term.scale, plain});
    }
    const auto& table = kernels::table<T>();
    const auto run = [&](auto product) {
        product(matrixOf<T>(x), static_cast<const std::uint32_t*>(packed.data_ptr()),
                bias.defined() ? static_cast<const T*>(bias.data_ptr()) : nullptr,
                added.defined() ? kernels::Matrix<const Y>(matrixOf<Y>(added)) : kernels::Matrix<const Y>{},
                list.data(), static_cast<int>(list.size()), matrixOf<Y>(y));
    };
    if constexpr (std::is_same_v<T, Y>) {
        run(table.product);
    } else {
        run(table.productWide);
    }
    return y;
}

/// Addend and terms as one addend [T, n], rounded: for products that know no terms.
at::Tensor addendOf(const at::Tensor& x, std::int64_t n, const at::Tensor& addend,
                    const std::vector<LowRankAddend>& terms, bool plain) {
    if (terms.empty()) {
        return addend;
    }
    const at::Tensor sum = addend.defined() ? addend.clone() : at::zeros({x.size(0), n}, x.options());
    for (const LowRankAddend& term : terms) {
        const at::Tensor b = plain ? term.b : term.b.t();
        at::Tensor columns = sum.narrow(1, term.firstColumn, b.size(1));
        columns.addmm_(term.p, b, 1, static_cast<double>(term.scale));
    }
    return sum;
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
    const bool full = dtype == at::kFloat;
    try {
        const OneDnn& ops = oneDnn();
        if (weight.is_cpu() && !options.oneDnn && ownIsFaster(dtype)) {
            layer.m_storage = Storage::Own;
            const at::Tensor rows = rowsOf(weight);
            layer.m_forward = full ? packOwn<float>(rows, false) : packOwn<kernels::Bf16>(rows, false);
            if (!options.forwardOnly) {
                layer.m_backward = full ? packOwn<float>(rows, true) : packOwn<kernels::Bf16>(rows, true);
            }
        } else if (weight.is_cpu() && ops.usable() && (full || ops.bf16)) {
            layer.m_storage = Storage::OneDnn;
            layer.m_forward = ops.reorder->call(weight.contiguous(), c10::nullopt);
            if (!options.forwardOnly) {
                layer.m_backward = ops.reorder->call(weight.t().contiguous(), c10::nullopt);
            }
        } else {
            layer.m_forward = weight.contiguous();
        }
    } catch (const c10::Error& error) {
        return makeError(ErrorCode::OutOfMemory, "cannot pack a linear weight")
            .withHint(error.what_without_backtrace());
    }
    return layer;
}

std::int64_t FrozenLinear::bytes() const {
    if (m_storage == Storage::Own) {
        const std::int64_t words = m_forward.numel() + (m_backward.defined() ? m_backward.numel() : 0);
        return words * static_cast<std::int64_t>(sizeof(std::uint32_t));
    }
    const std::int64_t element = m_dtype == at::kFloat ? 4 : 2;
    return m_in * m_out * element * (m_backward.defined() ? 2 : 1);
}

at::Tensor FrozenLinear::plainWeight() const {
    switch (m_storage) {
    case Storage::Own:
        return m_dtype == at::kFloat ? unpackOwn<float>(m_forward, m_out, m_in, m_dtype)
                                     : unpackOwn<kernels::Bf16>(m_forward, m_out, m_in, m_dtype);
    case Storage::OneDnn:
        return m_forward.to_dense();
    case Storage::Plain:
        break;
    }
    return m_forward;
}

at::Tensor FrozenLinear::multiply(const at::Tensor& x, bool forward, const at::Tensor& addend,
                                  const std::vector<LowRankAddend>& terms) const {
    const at::Tensor& weight = forward ? m_forward : m_backward;
    const at::Tensor bias = forward ? m_bias : at::Tensor();
    const std::int64_t n = forward ? m_out : m_in;
    if (m_storage == Storage::Own && weight.defined()) {
        using kernels::Bf16;
        return m_dtype == at::kFloat ? multiplyOwn<float, float>(x, weight, n, bias, addend, terms, !forward)
                                     : multiplyOwn<Bf16, Bf16>(x, weight, n, bias, addend, terms, !forward);
    }
    const at::Tensor sum = addendOf(x, n, addend, terms, !forward);
    if (m_storage == Storage::OneDnn && weight.defined()) {
        return multiplyPacked(x, weight, bias, sum);
    }
    const at::Tensor plain = plainWeight();
    return multiplyPlain(x, forward ? plain.t() : plain, bias, sum);
}

at::Tensor FrozenLinear::forward(const at::Tensor& x, const at::Tensor& addend) const {
    return multiply(x, true, addend, {});
}

at::Tensor FrozenLinear::forwardWide(const at::Tensor& x, const std::vector<LowRankAddend>& terms,
                                     const at::Tensor& addend) const {
    if (m_dtype == at::kFloat) {
        return multiply(x, true, addend, terms);
    }
    if (m_storage == Storage::Own) {
        return multiplyOwn<kernels::Bf16, float>(x, m_forward, m_out, m_bias, addend, terms, false);
    }
    const at::Tensor y = multiply(x, true, {}, terms);
    return addend.defined() ? at::add(addend, y) : y.to(at::kFloat);
}

at::Tensor FrozenLinear::forwardExact(const at::Tensor& x) const {
    if (m_dtype == at::kFloat || m_storage == Storage::Own) {
        return forwardWide(x, {});
    }
    const at::Tensor y = multiply(x, true, {}, {});
    return at::add(multiply(x, true, y.neg(), {}).to(at::kFloat), y);
}

at::Tensor FrozenLinear::backwardInput(const at::Tensor& dy, const at::Tensor& addend) const {
    return multiply(dy, false, addend, {});
}

at::Tensor FrozenLinear::forward(const at::Tensor& x, const std::vector<LowRankAddend>& terms,
                                 const at::Tensor& addend) const {
    return multiply(x, true, addend, terms);
}

at::Tensor FrozenLinear::backwardInput(const at::Tensor& dy, const std::vector<LowRankAddend>& terms) const {
    return multiply(dy, false, {}, terms);
}

} // namespace fettle::engine
