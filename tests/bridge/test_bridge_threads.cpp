// The two ways from other threads into the window, hammered by several threads at once: run events through the bridge,
// functions through a courier whose receiver comes and goes. Built without the window, so that it also runs under the
// thread sanitizer.
#include "bridge/courier.h"
#include "bridge/event_bridge.h"

#include <QEventLoop>
#include <QTimer>
#include <QtTest>

#include <atomic>
#include <map>
#include <thread>

using namespace fettle;
using namespace fettle::ui;

namespace {

constexpr int kThreads = 4;

run::RunEvent metricsEvent(std::int64_t seq) {
    run::RunEvent event;
    event.seq = seq;
    event.run = "run-0001";
    run::StepMetrics metrics;
    metrics.step = seq;
    event.body = metrics;
    return event;
}

run::RunEvent stateEvent(std::int64_t seq) {
    run::RunEvent event;
    event.seq = seq;
    event.run = "run-0001";
    event.body = run::StateChanged{};
    return event;
}

} // namespace

class TestBridgeThreads : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Each thread is one run. Order within a run holds, states all arrive, and what is missing was counted.
    void eventsOfManyThreads() {
        constexpr std::int64_t kEvents = 5000;
        EventBridge bridge(nullptr, 256); // small: it overflows
        std::map<std::string, std::int64_t> last, arrived, states, dropped;
        bool ordered = true;
        connect(&bridge, &EventBridge::batch, this, [&](const EventBatch& batch) {
            for (const BridgedEvent& each : batch.events) {
                ordered = ordered && each.event.seq > last[each.folder];
                last[each.folder] = each.event.seq;
                ++arrived[each.folder];
                states[each.folder] += std::holds_alternative<run::StateChanged>(each.event.body) ? 1 : 0;
            }
            for (const auto& [folder, count] : batch.dropped) {
                dropped[folder] += count;
            }
        });
        std::atomic<int> done{0};
        std::vector<std::thread> threads;
        for (int t = 0; t < kThreads; ++t) {
            threads.emplace_back([&bridge, &done, t] {
                const std::string folder = "run-" + std::to_string(t);
                for (std::int64_t seq = 1; seq <= kEvents; ++seq) {
                    bridge.post(folder, seq % 500 == 0 ? stateEvent(seq) : metricsEvent(seq));
                }
                ++done;
            });
        }
        QTRY_COMPARE_WITH_TIMEOUT(done.load(), kThreads, 60'000);
        for (std::thread& thread : threads) {
            thread.join();
        }
        QTRY_COMPARE_WITH_TIMEOUT(last["run-0"] + last["run-1"] + last["run-2"] + last["run-3"], kThreads * kEvents,
                                  10'000);
        QVERIFY(ordered);
        for (int t = 0; t < kThreads; ++t) {
            const std::string folder = "run-" + std::to_string(t);
            QCOMPARE(arrived[folder] + dropped[folder], kEvents);
            QCOMPARE(states[folder], kEvents / 500);
        }
    }

    // Receivers die while others still post to them: what was posted to a living one runs on this thread, the rest is
    // dropped, nothing touches the dead.
    void couriersOfReceiversThatGo() {
        std::atomic<bool> stop{false};
        std::atomic<int> posted{0};
        int ran = 0; // this thread
        bool here = true;
        const std::thread::id home = std::this_thread::get_id();
        for (int round = 0; round < 20; ++round) {
            auto receiver = std::make_unique<QObject>();
            auto courier = std::make_unique<Courier>(receiver.get());
            std::vector<std::thread> threads;
            stop = false;
            for (int t = 0; t < kThreads; ++t) {
                threads.emplace_back([&, post = courier->sender()] {
                    while (!stop) {
                        auto words = std::make_shared<std::vector<int>>(16, 7); // written here, read there
                        post([&ran, &here, home, words] {
                            ran += words->back() == 7 ? 1 : 0;
                            here = here && std::this_thread::get_id() == home;
                        });
                        ++posted;
                        std::this_thread::yield();
                    }
                });
            }
            const int before = ran;
            QTRY_VERIFY_WITH_TIMEOUT(ran > before + 50, 10'000);
            courier.reset(); // threads go on posting to nobody
            receiver.reset();
            stop = true;
            for (std::thread& thread : threads) {
                thread.join();
            }
        }
        QVERIFY(here);
        QVERIFY(ran > 0 && ran <= posted.load());
    }
};

QTEST_GUILESS_MAIN(TestBridgeThreads)
#include "test_bridge_threads.moc"
