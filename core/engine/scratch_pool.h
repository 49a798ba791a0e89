// ScratchPool: keeps the memory of step tensors between micro-batches. Saved activations, gradients and logits come and
// go with the same sizes thousands of times; fresh pages from the system each time cost page faults and let the heap
// grow. The pool is torch's CPU allocator while a scope is open on the calling thread; elsewhere it passes memory
// through.
#pragma once

#include <cstdint>

namespace fettle::engine {

/// Makes the pool torch's CPU allocator, for the life of the process. Before other threads use torch (prepareTorch()
/// does it).
void installScratchPool();

/// While alive, large CPU tensors made on this thread come from the pool and go back to it when freed (on any thread,
/// also later). Scopes nest.
class ScratchScope {
public:
    ScratchScope();
    ~ScratchScope();
    ScratchScope(const ScratchScope&) = delete;
    ScratchScope& operator=(const ScratchScope&) = delete;
};

/// Gives all unused blocks back to the system. Thread: any.
void releaseScratchPool();
/// Bytes in blocks of the pool, used and unused. Thread: any.
[[nodiscard]] std::uint64_t scratchPoolBytes();

} // namespace fettle::engine
