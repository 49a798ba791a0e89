// AdamW on CPU through the kernel table, elsewhere through plain tensor operations of the same formula.
#include "train/optimizer.h"

#include "engine/kernels/kernels.h"

#include <ATen/ops/addcdiv.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace fettle::train {

namespace kernels = engine::kernels;

Optimizer::Optimizer(engine::AdapterStore& store, const recipe::OptimizerSection& options, double plusRatio)
    : m_store(store)
    , m_options(options)
    , m_plusRatio(plusRatio)
    , m_first(at::zeros_like(store.parameters()))
    , m_second(at::zeros_like(store.parameters())) {}

double Optimizer::gradientNorm() const {
    const at::Tensor& gradients = m_store.gradients();
    if (gradients.is_cpu()) {
        return std::sqrt(kernels::flat().squaredNorm(gradients.const_data_ptr<float>(), gradients.numel()));
    }
    return at::linalg_vector_norm(gradients, 2, c10::nullopt, false, at::kDouble)
        .item<double>(); // named step: one value read back
}

std::vector<double> Optimizer::layerSquares() const {
    std::int64_t layers = 0;
    for (const engine::AdapterModule& module : m_store.modules()) {
        layers = std::max(layers, module.layer + 1);
    }
    std::vector<double> out(static_cast<std::size_t>(layers), 0.0);
    const at::Tensor& gradients = m_store.gradients();
    for (const engine::AdapterView& view : m_store.views()) {
        double& sum = out[static_cast<std::size_t>(m_store.modules()[view.module].layer)];
        if (gradients.is_cpu()) {
            sum += kernels::flat().squaredNorm(gradients.const_data_ptr<float>() + view.offset, view.count);
        } else {
            const double norm = at::linalg_vector_norm(gradients.narrow(0, view.offset, view.count), 2, c10::nullopt,
                                                       false, at::kDouble)
                                    .item<double>();
            sum += norm * norm;
        }
    }
    return out;
}

void Optimizer::step(double learningRate, double gradientNorm) {
    ++m_steps;
    kernels::AdamW options;
    options.beta1 = m_options.beta1;
    options.beta2 = m_options.beta2;
    options.eps = m_options.eps;
    options.weightDecay = m_options.weightDecay;
    options.step = m_steps;
    options.gradScale = m_options.maxGradNorm > 0
                            ? static_cast<float>(std::min(1.0, m_options.maxGradNorm / (gradientNorm + 1e-6)))
                            : 1.0F;

    const auto update = [&](std::int64_t offset, std::int64_t count, double rate) {
        options.learningRate = rate;
        if (m_store.parameters().is_cpu()) {
            kernels::flat().adamW(options, count, m_store.parameters().mutable_data_ptr<float>() + offset,
                                  m_store.gradients().const_data_ptr<float>() + offset,
                                  m_first.mutable_data_ptr<float>() + offset,
                                  m_second.mutable_data_ptr<float>() + offset);
            return;
        }
        at::Tensor p = m_store.parameters().narrow(0, offset, count);
        at::Tensor m = m_first.narrow(0, offset, count);
        at::Tensor v = m_second.narrow(0, offset, count);
        const at::Tensor g = m_store.gradients().narrow(0, offset, count).mul(options.gradScale);
        p.mul_(1.0 - rate * options.weightDecay);
        m.mul_(options.beta1).add_(g, 1.0 - options.beta1);
        v.mul_(options.beta2).addcmul_(g, g, 1.0 - options.beta2);
        const double correction1 = 1.0 - std::pow(options.beta1, static_cast<double>(m_steps));
        const double correction2 = 1.0 - std::pow(options.beta2, static_cast<double>(m_steps));
        const at::Tensor denominator = v.sqrt().div_(std::sqrt(correction2)).add_(options.eps);
        p.addcdiv_(m, denominator, -rate / correction1);
    };

    if (m_plusRatio == 1.0) {
        update(0, m_store.count(), learningRate);
    } else {
        for (const engine::AdapterView& view : m_store.views()) {
            update(view.offset, view.count,
                   view.part == engine::AdapterPart::B ? learningRate * m_plusRatio : learningRate);
        }
    }
    m_store.adapterChanged();
}

at::Tensor Optimizer::firstMoment() const {
    return m_first.to(at::kCPU).contiguous();
}

at::Tensor Optimizer::secondMoment() const {
    return m_second.to(at::kCPU).contiguous();
}

Result<void> Optimizer::restore(std::span<const float> first, std::span<const float> second, std::int64_t steps) {
    const auto count = static_cast<std::size_t>(m_store.count());
    if (first.size() != count || second.size() != count) {
        return makeError(ErrorCode::Corrupt, "optimizer state has " + std::to_string(first.size()) +
                                                 " values, the adapter has " + std::to_string(count));
    }
    const auto fill = [count](at::Tensor& target, std::span<const float> values) {
        at::Tensor host = at::empty({static_cast<std::int64_t>(count)}, at::kFloat);
        std::memcpy(host.mutable_data_ptr<float>(), values.data(), count * sizeof(float));
        target.copy_(host);
    };
    fill(m_first, first);
    fill(m_second, second);
    m_steps = steps;
    return {};
}

} // namespace fettle::train
