// The pool behind runPieces(). One word, the gate, says which loop is open and how many helpers are inside: a helper
// enters by raising the count of an open gate, so that the caller, once it has closed the gate and the count is zero,
// may change everything else.
#include "engine/kernels/parallel.h"

#include <omp.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace fettle::engine::kernels {
namespace {

void relax() {
#if defined(__x86_64__)
    _mm_pause();
#else
    std::this_thread::yield();
#endif
}

thread_local bool insidePiece = false;
thread_local int lastThreads = 1;

class Pool {
public:
    ~Pool() {
        m_gate.fetch_add(kLoop);
        m_stop.store(true);
        m_gate.fetch_add(kLoop);
        m_gate.notify_all();
    } // the jthreads join

    /// False where another thread is in a loop.
    bool run(std::int64_t pieces, PieceBody body, void* context, int threads) {
        const std::unique_lock lock(m_caller, std::try_to_lock);
        if (!lock.owns_lock()) {
            return false;
        }
        try {
            while (static_cast<int>(m_helpers.size()) < threads - 1) {
                const int slot = static_cast<int>(m_helpers.size()) + 1;
                m_helpers.emplace_back([this, slot] { help(slot); });
            }
        } catch (const std::system_error&) {
            // The system gives no more threads: those there are will do.
        }
        m_pieces = pieces;
        m_body = body;
        m_context = context;
        m_threads = threads;
        m_next.store(0, std::memory_order_relaxed);
        m_entered.store(1, std::memory_order_relaxed);
        std::uint32_t gate = m_gate.load(std::memory_order_relaxed);
        gate = (gate + kLoop) | kOpen; // nobody is inside
        m_gate.store(gate);
        if (m_sleeping.load() > 0) {
            m_gate.notify_all();
        }
        work(0);
        // Close: whoever is not inside by now has nothing to do.
        std::uint32_t now = m_gate.fetch_and(~kOpen) & ~kOpen;
        for (int spins = 0; (now & kInside) != 0; now = m_gate.load(std::memory_order_acquire)) {
            if (++spins < kCallerSpins) {
                relax();
            } else {
                m_callerSleeps.store(true);
                now = m_gate.load();
                if ((now & kInside) != 0) {
                    m_gate.wait(now); // leaves the core to the thread that holds a piece
                }
                m_callerSleeps.store(false);
            }
        }
        lastThreads = m_entered.load(std::memory_order_relaxed);
        return true;
    }

private:
    static constexpr std::uint32_t kInside = 0xFFFU; // helpers inside
    static constexpr std::uint32_t kOpen = 0x1000U;  // may be entered
    static constexpr std::uint32_t kLoop = 0x2000U;  // number of the loop, counted in the bits above
    static constexpr int kCallerSpins = 2000;        // some tens of microseconds
    static constexpr int kHelperSpins = 8000;        // longer than the gaps between the loops of a step

    void work(int slot) {
        insidePiece = true;
        for (std::int64_t piece = m_next.fetch_add(1, std::memory_order_relaxed); piece < m_pieces;
             piece = m_next.fetch_add(1, std::memory_order_relaxed)) {
            m_body(m_context, piece, slot);
        }
        insidePiece = false;
    }

    /// Waits until the gate differs from `seen`.
    std::uint32_t waitForGate(std::uint32_t seen) {
        for (int spins = 0; spins < kHelperSpins; ++spins) {
            const std::uint32_t gate = m_gate.load(std::memory_order_acquire);
            if (gate != seen) {
                return gate;
            }
            relax();
        }
        m_sleeping.fetch_add(1);
        m_gate.wait(seen);
        m_sleeping.fetch_sub(1);
        return m_gate.load();
    }

    void help(int slot) {
        std::uint32_t done = 0; // the loop this helper has been in
        std::uint32_t gate = m_gate.load();
        while (!m_stop.load()) {
            const std::uint32_t loop = gate & ~(kInside | kOpen);
            if ((gate & kOpen) == 0 || loop == done) {
                gate = waitForGate(gate);
                continue;
            }
            if (!m_gate.compare_exchange_weak(gate, gate + 1, std::memory_order_acq_rel)) {
                continue; // `gate` is what it is now
            }
            done = loop;
            if (slot < m_threads) {
                m_entered.fetch_add(1, std::memory_order_relaxed);
                work(slot);
            }
            gate = m_gate.fetch_sub(1) - 1;
            if ((gate & (kOpen | kInside)) == 0 && m_callerSleeps.load()) {
                m_gate.notify_all();
            }
        }
    }

    std::mutex m_caller;
    std::atomic<std::uint32_t> m_gate{0};
    std::atomic<std::int64_t> m_next{0};
    std::atomic<int> m_sleeping{0};
    std::atomic<int> m_entered{0};
    std::atomic<bool> m_callerSleeps{false};
    std::atomic<bool> m_stop{false};
    // Written by the caller while nobody is inside.
    std::int64_t m_pieces = 0;
    PieceBody m_body = nullptr;
    void* m_context = nullptr;
    int m_threads = 1;
    std::vector<std::jthread> m_helpers; // last: joined before the rest goes
};

Pool& pool() {
    static Pool shared;
    return shared;
}

} // namespace

int parallelSlots() {
    return std::clamp(omp_get_max_threads(), 1, 1024);
}

int lastLoopThreads() {
    return lastThreads;
}

void runPieces(std::int64_t pieces, PieceBody body, void* context) {
    const int threads = parallelSlots();
    if (pieces > 1 && threads > 1 && !insidePiece && pool().run(pieces, body, context, threads)) {
        return;
    }
    for (std::int64_t piece = 0; piece < pieces; ++piece) {
        body(context, piece, 0);
    }
    lastThreads = 1;
}

} // namespace fettle::engine::kernels
