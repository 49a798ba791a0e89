// Dropout on the input of an adapter: masks are a function of (seed, layer, projection, token, feature), so that the
// backward pass makes them again instead of keeping them.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace fettle::engine {

/// x with each element dropped with `probability` (in steps of 1/65536) and the others divided by 1 - probability.
/// Fresh, dtype and device of x. A row's mask depends on its index. On CUDA the mask is made on the host and copied:
/// exact, not fast.
[[nodiscard]] at::Tensor dropped(const at::Tensor& x, double probability, std::uint64_t key);

/// The key of one module in one pass.
[[nodiscard]] std::uint64_t dropoutKey(std::uint64_t seed, std::int64_t layer, int projection);

} // namespace fettle::engine
