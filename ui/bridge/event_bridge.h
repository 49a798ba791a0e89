// Run events from the thread that publishes them to the GUI thread, in batches: 4,096 slots, one pending wake, at most
// 30 batches a second. State and checkpoint events are never dropped; when it is full the oldest metrics go and are
// counted by run, so that charts read the file again.
#pragma once

#include "base/mutex.h"
#include "run/events.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace fettle::ui {

struct BridgedEvent {
    std::string folder; // of the run
    run::RunEvent event;
};
struct EventBatch {
    std::vector<BridgedEvent> events;            // in the order they came
    std::map<std::string, std::int64_t> dropped; // run folder → metrics that were dropped before these
};

class EventBridge : public QObject {
    Q_OBJECT
public:
    static constexpr std::size_t kSlots = 4096;
    static constexpr int kBatchesPerSecond = 30;
    explicit EventBridge(QObject* parent = nullptr, std::size_t capacity = kSlots);

    /// Never blocks. Thread: any.
    void post(const std::string& folder, const run::RunEvent& event);
    [[nodiscard]] std::int64_t wakes() const; // queued calls so far (work, for tests)

Q_SIGNALS:
    void batch(const fettle::ui::EventBatch& batch); // GUI thread

private:
    void drain();
    const std::size_t m_capacity;
    mutable Mutex m_mutex;
    std::deque<BridgedEvent> m_queue FETTLE_GUARDED_BY(m_mutex);
    std::map<std::string, std::int64_t> m_dropped FETTLE_GUARDED_BY(m_mutex);
    bool m_pending FETTLE_GUARDED_BY(m_mutex) = false;
    std::int64_t m_wakes FETTLE_GUARDED_BY(m_mutex) = 0;
    QTimer m_timer;       // GUI thread
    QElapsedTimer m_last; // GUI thread
};

} // namespace fettle::ui
