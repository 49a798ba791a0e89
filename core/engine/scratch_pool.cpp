// ScratchPool: a caching c10::Allocator. Every block, pooled or not, starts with a header of one cache line, so that
// one deleter serves all and the raw interface holds.
#include "engine/scratch_pool.h"

#include "base/mutex.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>

#include <cstdlib>
#include <map>
#include <new>
#include <sys/mman.h>

namespace fettle::engine {
namespace {

constexpr std::size_t kHeaderBytes = 64;
constexpr std::size_t kPooledFrom = std::size_t{64} << 10; // smaller tensors are malloc's business
constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kSmallStep = std::size_t{64} << 10; // block sizes below a huge page
constexpr std::size_t kSpareShare =
    4; // unused blocks may hold up to 1/4 of the bytes in use before the pool starts giving back
constexpr std::size_t kSpareFloor = std::size_t{64} << 20;

struct Header {
    std::uint64_t mark = 0; // kMark and the block's address
    std::size_t bytes = 0;  // of the whole block
    bool pooled = false;
};
constexpr std::uint64_t kMark = 0x7363726174636821ULL;

std::uint64_t markOf(const void* block) {
    return kMark ^ reinterpret_cast<std::uintptr_t>(block);
}
static_assert(sizeof(Header) <= kHeaderBytes);

thread_local int scopeDepth = 0;

class PoolAllocator final : public c10::Allocator {
public:
    c10::DataPtr allocate(std::size_t size) override {
        void* data = size == 0 ? nullptr : take(size);
        return {data, data, &PoolAllocator::release, c10::Device(c10::kCPU)};
    }
    [[nodiscard]] c10::DeleterFnPtr raw_deleter() const override { return &PoolAllocator::release; }
    void copy_data(void* dest, const void* src, std::size_t count) const override {
        default_copy_data(dest, src, count);
    }

    void trim() {
        MutexLock lock(m_mutex);
        trimLocked(0);
    }
    std::uint64_t bytes() {
        MutexLock lock(m_mutex);
        return m_usedBytes + m_freeBytes;
    }

    static PoolAllocator& instance() {
        static auto* pool = new PoolAllocator(); // never destroyed: tensors of other static objects may be freed later
        return *pool;
    }

private:
    void* take(std::size_t size) {
        const bool pooled = scopeDepth > 0 && size >= kPooledFrom;
        const std::size_t step = size + kHeaderBytes >= kHugePage ? kHugePage / 2 : pooled ? kSmallStep : kHeaderBytes;
        const std::size_t bytes = (size + kHeaderBytes + step - 1) / step * step;
        void* block = pooled ? takeFree(bytes) : nullptr;
        if (block == nullptr) {
            block = fresh(bytes, pooled);
            if (block == nullptr) {
                trim();
                block = fresh(bytes, pooled);
            }
            TORCH_CHECK(block != nullptr, "DefaultCPUAllocator: can't allocate memory: you tried to allocate ", size,
                        " bytes");
        }
        return static_cast<char*>(block) + kHeaderBytes;
    }

    void* fresh(std::size_t bytes, bool pooled) {
        const bool huge = bytes >= kHugePage;
        void* block = nullptr;
        if (posix_memalign(&block, huge ? kHugePage : kHeaderBytes, bytes) != 0) {
            return nullptr;
        }
        if (huge && pooled) {
            madvise(block, bytes, MADV_HUGEPAGE); // advice only
        }
        new (block) Header{markOf(block), bytes, pooled};
        if (pooled) {
            MutexLock lock(m_mutex);
            m_usedBytes += bytes;
        }
        return block;
    }

    /// The smallest free block that fits without wasting more than a quarter.
    void* takeFree(std::size_t bytes) {
        MutexLock lock(m_mutex);
        const auto found = m_free.lower_bound(bytes);
        if (found == m_free.end() || found->first > bytes + bytes / 4) {
            if (m_freeBytes > kSpareFloor + m_usedBytes / kSpareShare) {
                trimLocked(kSpareFloor);
            }
            return nullptr;
        }
        void* block = found->second;
        m_freeBytes -= found->first;
        m_usedBytes += found->first;
        m_free.erase(found);
        return block;
    }

    static void release(void* data) {
        if (data == nullptr) {
            return;
        }
        void* block = static_cast<char*>(data) - kHeaderBytes;
        const Header header = *static_cast<Header*>(block);
        if (header.mark != markOf(block)) {
            // oneDNN frees through whichever allocator is current: this memory is older than the pool and came from
            // torch's own, which uses free().
            std::free(data);
            return;
        }
        if (!header.pooled) {
            std::free(block);
            return;
        }
        PoolAllocator& pool = instance();
        MutexLock lock(pool.m_mutex);
        pool.m_free.emplace(header.bytes, block);
        pool.m_freeBytes += header.bytes;
        pool.m_usedBytes -= header.bytes;
    }

    void trimLocked(std::size_t keep) FETTLE_REQUIRES(m_mutex) {
        while (!m_free.empty() && m_freeBytes > keep) {
            const auto largest = std::prev(m_free.end());
            m_freeBytes -= largest->first;
            std::free(largest->second);
            m_free.erase(largest);
        }
    }

    Mutex m_mutex;
    std::multimap<std::size_t, void*> m_free FETTLE_GUARDED_BY(m_mutex);
    std::size_t m_freeBytes FETTLE_GUARDED_BY(m_mutex) = 0;
    std::size_t m_usedBytes FETTLE_GUARDED_BY(m_mutex) = 0;
};

} // namespace

void installScratchPool() {
    // Torch's own allocator registers with the lowest priority; ours stays for the life of the process.
    static const bool installed = [] {
        c10::SetCPUAllocator(&PoolAllocator::instance(), 1);
        return true;
    }();
    static_cast<void>(installed);
}

ScratchScope::ScratchScope() {
    ++scopeDepth;
}

ScratchScope::~ScratchScope() {
    --scopeDepth;
}

void releaseScratchPool() {
    PoolAllocator::instance().trim();
}

std::uint64_t scratchPoolBytes() {
    return PoolAllocator::instance().bytes();
}

} // namespace fettle::engine
