// The queue between two stages: order, bound, close.
#include "jobs/bounded_queue.h"

#include <QtTest>

#include <atomic>
#include <memory>
#include <thread>

using fettle::jobs::BoundedQueue;

class TestBoundedQueue : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void keepsOrderAndBound();
    void closeLetsTheRestOut();
    void closeWakesAFullPushAndAnEmptyPop();
    void nothingIsLostOrDoubledWithManyThreads();
    void takesMoveOnlyValues();
};

void TestBoundedQueue::keepsOrderAndBound() {
    BoundedQueue<int> queue(3);
    std::atomic<std::size_t> most{0};
    std::thread producer([&] {
        for (int i = 0; i < 1000; ++i) {
            queue.push(i);
            most = std::max(most.load(), queue.size());
        }
        queue.close();
    });
    int expected = 0;
    while (const auto value = queue.pop()) {
        QCOMPARE(*value, expected++);
    }
    producer.join();
    QCOMPARE(expected, 1000);
    QVERIFY(most <= 3);
}

void TestBoundedQueue::closeLetsTheRestOut() {
    BoundedQueue<int> queue(4);
    QVERIFY(queue.push(1) && queue.push(2));
    queue.close();
    QVERIFY(!queue.push(3));
    QCOMPARE(queue.pop().value_or(-1), 1);
    QCOMPARE(queue.pop().value_or(-1), 2);
    QVERIFY(!queue.pop());
    QVERIFY(!queue.pop());
}

void TestBoundedQueue::closeWakesAFullPushAndAnEmptyPop() {
    BoundedQueue<int> full(1);
    QVERIFY(full.push(1));
    std::atomic<int> pushed{-1};
    std::thread producer([&] { pushed = full.push(2) ? 1 : 0; });
    QTest::qSleep(10);
    full.close();
    producer.join();
    QCOMPARE(pushed.load(), 0);

    BoundedQueue<int> empty(1);
    std::atomic<bool> ended{false};
    std::thread consumer([&] { ended = !empty.pop().has_value(); });
    QTest::qSleep(10);
    empty.close();
    consumer.join();
    QVERIFY(ended);
}

void TestBoundedQueue::nothingIsLostOrDoubledWithManyThreads() {
    BoundedQueue<int> queue(2);
    std::vector<std::atomic<int>> seen(3000);
    std::vector<std::thread> producers;
    std::vector<std::thread> consumers;
    for (int p = 0; p < 3; ++p) {
        producers.emplace_back([&, p] {
            for (int i = p; i < 3000; i += 3) {
                queue.push(i);
            }
        });
    }
    for (int c = 0; c < 2; ++c) {
        consumers.emplace_back([&] {
            while (const auto value = queue.pop()) {
                ++seen[static_cast<std::size_t>(*value)];
            }
        });
    }
    for (auto& thread : producers) {
        thread.join();
    }
    queue.close();
    for (auto& thread : consumers) {
        thread.join();
    }
    for (const auto& count : seen) {
        QCOMPARE(count.load(), 1);
    }
}

void TestBoundedQueue::takesMoveOnlyValues() {
    BoundedQueue<std::unique_ptr<int>> queue(1);
    QVERIFY(queue.push(std::make_unique<int>(5)));
    const auto value = queue.pop();
    QVERIFY(value.has_value());
    QCOMPARE(**value, 5);
}

QTEST_APPLESS_MAIN(TestBoundedQueue)
#include "test_bounded_queue.moc"
