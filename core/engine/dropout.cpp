// Dropout masks from hashes: 16 bits an element, one hash for four.
#include "engine/dropout.h"

#include "engine/random.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>

namespace fettle::engine {
namespace {

constexpr std::uint64_t kDropoutStride = 16; // more than the projections of a block

template <class T>
void dropRows(const at::Tensor& x, const at::Tensor& out, std::uint64_t threshold, float keepScale, std::uint64_t key) {
    const T* from = x.const_data_ptr<T>();
    T* to = out.data_ptr<T>();
    const std::int64_t cols = x.size(1);
    const std::int64_t pitch = x.stride(0);
    at::parallel_for(0, x.size(0), 16, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            const std::uint64_t rowKey = mixBits(key + static_cast<std::uint64_t>(row) * 0xA0761D6478BD642FULL);
            for (std::int64_t c = 0; c < cols; c += 4) {
                std::uint64_t bits = mixBits(rowKey + static_cast<std::uint64_t>(c));
                const std::int64_t last = std::min(cols, c + 4);
                for (std::int64_t i = c; i < last; ++i, bits >>= 16) {
                    const float value = static_cast<float>(from[row * pitch + i]);
                    to[row * cols + i] = static_cast<T>((bits & 0xFFFF) < threshold ? 0.0F : value * keepScale);
                }
            }
        }
    });
}

} // namespace

at::Tensor dropped(const at::Tensor& x, double probability, std::uint64_t key) {
    const auto threshold = static_cast<std::uint64_t>(probability * 65536.0 + 0.5);
    const float keepScale = static_cast<float>(1.0 / (1.0 - probability));
    if (!x.is_cpu()) {
        const at::Tensor ones = at::ones(x.sizes(), at::kFloat);
        const at::Tensor mask = at::empty_like(ones);
        dropRows<float>(ones, mask, threshold, keepScale, key);
        return x * mask.to(x.options());
    }
    const at::Tensor out = at::empty({x.size(0), x.size(1)}, x.options());
    if (x.scalar_type() == at::kBFloat16) {
        dropRows<at::BFloat16>(x, out, threshold, keepScale, key);
    } else {
        dropRows<float>(x, out, threshold, keepScale, key);
    }
    return out;
}

std::uint64_t dropoutKey(std::uint64_t seed, std::int64_t layer, int projection) {
    return mixBits(mixBits(seed) + static_cast<std::uint64_t>(layer) * kDropoutStride +
                   static_cast<std::uint64_t>(projection));
}

} // namespace fettle::engine
