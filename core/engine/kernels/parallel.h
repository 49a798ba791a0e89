// Parallel loops of the kernels on threads of our own. Unlike an OpenMP region, a loop never waits for a thread that
// has not begun: the caller works through the pieces itself and waits only for pieces that another thread holds. On a
// busy machine, where a thread may not run for many milliseconds, an OpenMP barrier in each of a step's thousand loops
// costs more than the second core brings; here the second core helps when it is there.
#pragma once

#include <cstdint>

namespace fettle::engine::kernels {

/// One piece of a loop; `slot` (0 to parallelSlots() - 1) is held by one thread at a time. Must not throw.
using PieceBody = void (*)(void* context, std::int64_t piece, int slot);

/// Runs body(context, 0 … pieces - 1) in any order, at most parallelSlots() at a time. Pieces must be independent and
/// cut without regard to threads, so that results are the same for any number. Serial inside another piece, and while
/// another thread is in a loop.
void runPieces(std::int64_t pieces, PieceBody body, void* context);

/// Threads a loop of the calling thread may use: its OpenMP setting (at::set_num_threads).
[[nodiscard]] int parallelSlots();

/// Threads that took part in the last loop of the calling thread; for checks.
[[nodiscard]] int lastLoopThreads();

} // namespace fettle::engine::kernels
