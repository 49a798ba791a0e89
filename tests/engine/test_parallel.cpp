// The loops of the kernels: every piece once, really on several threads, nested and concurrent calls, no wait for a
// helper that does not come.
#include "engine/kernels/parallel.h"

#include <QTest>

#include <atomic>
#include <chrono>
#include <omp.h>
#include <thread>
#include <vector>

namespace kernels = fettle::engine::kernels;

namespace {

template <class Body>
void loop(std::int64_t pieces, Body body) {
    kernels::runPieces(
        pieces, [](void* context, std::int64_t piece, int slot) { (*static_cast<Body*>(context))(piece, slot); },
        &body);
}

bool waitUntil(const std::atomic<int>& count, int wanted) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (count.load() < wanted) {
        if (std::chrono::steady_clock::now() > end) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

} // namespace

class TestParallel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { omp_set_num_threads(3); }

    void everyPieceRunsOnce() {
        for (int round = 0; round < 3000; ++round) {
            const auto pieces = static_cast<std::size_t>(round % 37);
            std::vector<std::atomic<int>> counts(pieces);
            std::atomic<int> badSlots{0};
            loop(static_cast<std::int64_t>(pieces), [&](std::int64_t piece, int slot) {
                counts[static_cast<std::size_t>(piece)].fetch_add(1);
                if (slot < 0 || slot >= 3) {
                    badSlots.fetch_add(1);
                }
            });
            for (const auto& count : counts) {
                QCOMPARE(count.load(), 1);
            }
            QCOMPARE(badSlots.load(), 0);
        }
    }

    void aSlotIsHeldByOneThread() {
        std::atomic<int> holders[3] = {};
        std::atomic<bool> shared{false};
        for (int round = 0; round < 200; ++round) {
            loop(50, [&](std::int64_t, int slot) {
                if (holders[slot].fetch_add(1) != 0) {
                    shared.store(true);
                }
                holders[slot].fetch_sub(1);
            });
        }
        QVERIFY(!shared.load());
    }

    void severalThreadsTakePart() {
        // Each piece waits for all three: only three threads at once get through.
        std::atomic<int> inside{0};
        std::atomic<int> late{0};
        loop(3, [&](std::int64_t, int) {
            inside.fetch_add(1);
            if (!waitUntil(inside, 3)) {
                late.fetch_add(1);
            }
        });
        QCOMPARE(late.load(), 0);
        QCOMPARE(kernels::lastLoopThreads(), 3);
    }

    void oneThreadMeansOneThread() {
        omp_set_num_threads(1);
        const auto self = std::this_thread::get_id();
        bool elsewhere = false;
        loop(20,
             [&](std::int64_t, int slot) { elsewhere = elsewhere || slot != 0 || std::this_thread::get_id() != self; });
        QVERIFY(!elsewhere);
        QCOMPARE(kernels::lastLoopThreads(), 1);
    }

    void helpersSleepAndWake() {
        for (int round = 0; round < 5; ++round) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20)); // longer than they spin
            std::atomic<int> inside{0};
            std::atomic<int> late{0};
            loop(2, [&](std::int64_t, int) {
                inside.fetch_add(1);
                if (!waitUntil(inside, 2)) {
                    late.fetch_add(1);
                }
            });
            QCOMPARE(late.load(), 0);
        }
    }

    void aLoopInsideAPieceIsSerial() {
        std::atomic<int> total{0};
        loop(6, [&](std::int64_t, int) { loop(10, [&](std::int64_t, int) { total.fetch_add(1); }); });
        QCOMPARE(total.load(), 60);
    }

    void twoCallersAtOnce() {
        std::atomic<std::int64_t> sum{0};
        const auto caller = [&] {
            omp_set_num_threads(3);
            for (int round = 0; round < 2000; ++round) {
                loop(8, [&](std::int64_t piece, int) { sum.fetch_add(piece); });
            }
        };
        std::thread other(caller);
        caller();
        other.join();
        QCOMPARE(sum.load(), std::int64_t{2 * 2000 * 28});
    }
};

QTEST_APPLESS_MAIN(TestParallel)
#include "test_parallel.moc"
