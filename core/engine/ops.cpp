// Ops on CPU: tensors into the raw views of the kernel tables.
#include "engine/ops.h"

#include "engine/ops_aten.h"

#include <ATen/ATen.h>

#include <type_traits>

namespace fettle::engine {
namespace {

template <class T>
class CpuOps final : public Ops {
public:
    explicit CpuOps(bool plain)
        : m_table(plain ? kernels::tableOf<T>(kernels::InstructionSet::Reference) : kernels::table<T>())
        , m_wide(plain ? kernels::tableOf<float>(kernels::InstructionSet::Reference) : kernels::table<float>())
        , m_flat(plain ? kernels::flatOf(kernels::InstructionSet::Reference) : kernels::flat()) {}

    void rmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps, const at::Tensor& y,
                 const at::Tensor& rstd) override {
        m_table.rmsNorm(wide(x), floats(weight), static_cast<float>(eps), matrix(y), floats(rstd));
    }
    void rmsNormBackward(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& rstd,
                         const at::Tensor& dx, bool accumulate, const at::Tensor& rounded) override {
        const bool another = rounded.defined() && !rounded.is_same(dx);
        m_table.rmsNormBackward(matrix(dy), wide(x), floats(weight), floats(rstd), wide(dx), accumulate,
                                another ? matrix(rounded) : kernels::Matrix<T>{});
    }
    void rope(const at::Tensor& x, std::int64_t headDim, const at::Tensor& pos, const RotaryTables& tables,
              bool inverse) override {
        const kernels::RopeTable table{floats(tables.cosines()), floats(tables.sines()), tables.cosines().size(1)};
        m_table.rope(matrix(x), static_cast<std::int32_t>(headDim), pos.const_data_ptr<std::int32_t>(), table, inverse);
    }
    void gatedActivation(const at::Tensor& gate, const at::Tensor& up, const at::Tensor& h) override {
        m_table.gatedActivation(matrix(gate), matrix(up), matrix(h), kernels::Activation::Silu);
    }
    void gatedActivationBackward(const at::Tensor& dh, const at::Tensor& gate, const at::Tensor& up) override {
        m_table.gatedActivationBackward(matrix(dh), matrix(gate), matrix(up), kernels::Activation::Silu);
    }
    void attention(const BatchLayout& batch, const kernels::AttentionShape& shape, const at::Tensor& q,
                   const at::Tensor& k, const at::Tensor& v, const at::Tensor& out, const at::Tensor& lse) override {
        m_table.attention(attentionBatch(batch), shape, matrix(q), matrix(k), matrix(v), matrix(out), floats(lse));
    }
    void attentionBackward(const BatchLayout& batch, const kernels::AttentionShape& shape, const at::Tensor& q,
                           const at::Tensor& k, const at::Tensor& v, const at::Tensor& out, const at::Tensor& lse,
                           const at::Tensor& dout, const at::Tensor& dq, const at::Tensor& dk,
                           const at::Tensor& dv) override {
        m_table.attentionBackward(attentionBatch(batch), shape, matrix(q), matrix(k), matrix(v), matrix(out),
                                  floats(lse), matrix(dout), matrix(dq), matrix(dk), matrix(dv));
    }
    void decodeAttention(const std::vector<CachedSequence>& sequences, const kernels::AttentionShape& shape,
                         const at::Tensor& q, const at::Tensor& out) override {
        std::vector<kernels::KvSpan<T>> spans(sequences.size());
        std::vector<kernels::DecodeSequence<T>> list(sequences.size());
        for (std::size_t i = 0; i < sequences.size(); ++i) {
            const kernels::Matrix<T> cache = matrix(sequences[i].keysValues);
            spans[i] = {cache.data, cache.data + cache.cols / 2, cache.stride,
                        static_cast<std::int32_t>(sequences[i].rows)};
            list[i] = {&spans[i], 1, static_cast<std::int32_t>(i), 1};
        }
        m_table.decodeAttention(list.data(), static_cast<std::int32_t>(list.size()), shape, matrix(q), matrix(out));
    }
    void crossEntropy(const at::Tensor& logits, const at::Tensor& labels, const at::Tensor& weights, float scale,
                      const at::Tensor& gradient, const at::Tensor& loss, const at::Tensor& correct) override {
        m_table.crossEntropy(wide(logits), labels.const_data_ptr<std::int32_t>(), floats(weights), scale,
                             gradient.defined() ? matrix(gradient) : kernels::Matrix<T>{}, floats(loss),
                             correct.data_ptr<std::uint8_t>());
    }
    void gatherRows(const at::Tensor& table, const at::Tensor& ids, const at::Tensor& out) override {
        if (table.scalar_type() == at::kFloat) {
            m_wide.gatherRows(wide(table), ids.const_data_ptr<std::int32_t>(), wide(out));
        } else {
            m_table.gatherRows(matrix(table), ids.const_data_ptr<std::int32_t>(), wide(out));
        }
    }
    void scatterAddRows(const at::Tensor& src, const at::Tensor& ids, const at::Tensor& dst) override {
        m_wide.scatterAddRows(wide(src), ids.const_data_ptr<std::int32_t>(), wide(dst));
    }
    void projectDown(const at::Tensor& x, const at::Tensor& a, float scale, const at::Tensor& p) override {
        m_table.projectDown(matrix(x), matrix(a), scale, matrix(p));
    }
    void projectUp(const at::Tensor& p, const at::Tensor& b, float scale, const at::Tensor& y,
                   bool accumulate) override {
        m_table.projectUp(matrix(p), matrix(b), scale, matrix(y), accumulate);
    }
    void projectDownBackward(const at::Tensor& dy, const at::Tensor& b, float scale, const at::Tensor& dp) override {
        m_table.projectDownBackward(matrix(dy), matrix(b), scale, matrix(dp));
    }
    void projectUpBackward(const at::Tensor& dp, const at::Tensor& a, float scale, const at::Tensor& dx,
                           bool accumulate) override {
        m_table.projectUpBackward(matrix(dp), matrix(a), scale, matrix(dx), accumulate);
    }
    void addOuter(const at::Tensor& u, const at::Tensor& v, float scale, const at::Tensor& dst) override {
        m_table.addOuter(matrix(u), matrix(v), scale, wide(dst));
    }
    void convert(const at::Tensor& from, const at::Tensor& to) override {
        if constexpr (std::is_same_v<T, float>) {
            to.copy_(from);
        } else {
            m_flat.toBf16(from.const_data_ptr<float>(), static_cast<kernels::Bf16*>(to.data_ptr()), from.numel());
        }
    }

private:
    [[nodiscard]] static kernels::Matrix<T> matrix(const at::Tensor& tensor) {
        return {static_cast<T*>(tensor.data_ptr()), tensor.size(0), tensor.size(1), tensor.stride(0)};
    }
    [[nodiscard]] static kernels::Matrix<float> wide(const at::Tensor& tensor) {
        return {tensor.data_ptr<float>(), tensor.size(0), tensor.size(1), tensor.stride(0)};
    }
    [[nodiscard]] static float* floats(const at::Tensor& tensor) {
        return tensor.defined() ? tensor.data_ptr<float>() : nullptr;
    }
    [[nodiscard]] static kernels::AttentionBatch attentionBatch(const BatchLayout& batch) {
        return {batch.segments.data(), static_cast<std::int32_t>(batch.segments.size()), batch.hostPos.data(),
                batch.paddedTokens};
    }

    const kernels::Table<T>& m_table;
    const kernels::Table<float>& m_wide; // for what is fp32 whatever T is
    const kernels::FlatTable& m_flat;
};

} // namespace

std::unique_ptr<Ops> Ops::make(c10::Device device, at::ScalarType dtype, KernelPath path) {
    if (!device.is_cpu() || path == KernelPath::Aten) {
        return std::make_unique<AtenOps>();
    }
    const bool plain = path == KernelPath::Reference;
    if (dtype == at::kBFloat16) {
        return std::make_unique<CpuOps<kernels::Bf16>>(plain);
    }
    return std::make_unique<CpuOps<float>>(plain);
}

} // namespace fettle::engine
