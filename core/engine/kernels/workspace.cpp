// Scratch memory per calling thread and slot.
#include "engine/kernels/workspace.h"

#include <array>
#include <cstdlib>
#include <memory>
#include <new>

namespace fettle::engine::kernels {
namespace {

struct Free {
    void operator()(void* p) const { std::free(p); }
};

struct Block {
    std::unique_ptr<void, Free> memory;
    std::size_t bytes = 0;
};

std::array<Block, kWorkspaceSlots>& blocks() {
    thread_local std::array<Block, kWorkspaceSlots> mine;
    return mine;
}

} // namespace

void* workspace(int slot, std::size_t bytes) {
    constexpr std::size_t kAlign = 64;
    Block& block = blocks()[static_cast<std::size_t>(slot)];
    if (block.bytes < bytes) {
        const std::size_t rounded = (bytes + bytes / 4 + kAlign - 1) / kAlign * kAlign;
        block.memory.reset();
        block.bytes = 0;
        block.memory.reset(std::aligned_alloc(kAlign, rounded));
        if (!block.memory) {
            throw std::bad_alloc();
        }
        block.bytes = rounded;
    }
    return block.memory.get();
}

std::size_t workspaceBytes() {
    std::size_t sum = 0;
    for (const Block& block : blocks()) {
        sum += block.bytes;
    }
    return sum;
}

} // namespace fettle::engine::kernels
