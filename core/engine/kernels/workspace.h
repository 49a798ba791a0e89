// Scratch memory of the kernels: grows with the largest call and stays with the calling thread, so that a step
// allocates nothing.
#pragma once

#include <cstddef>

namespace fettle::engine::kernels {

/// `bytes` of memory, aligned to 64, valid until the next call with the same slot on this thread. Throws
/// std::bad_alloc.
[[nodiscard]] void* workspace(int slot, std::size_t bytes);

/// Bytes this thread holds.
[[nodiscard]] std::size_t workspaceBytes();

constexpr int kWorkspaceSlots = 4;

} // namespace fettle::engine::kernels
