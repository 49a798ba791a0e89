#include "bridge/event_bridge.h"

#include <algorithm>

namespace fettle::ui {

namespace {
bool mayBeDropped(const run::EventBody& body) {
    return !std::holds_alternative<run::StateChanged>(body) && !std::holds_alternative<run::CheckpointSaved>(body);
}
} // namespace

EventBridge::EventBridge(QObject* parent, std::size_t capacity)
    : QObject(parent)
    , m_capacity(capacity) {
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &EventBridge::drain);
}

void EventBridge::post(const std::string& folder, const run::RunEvent& event) {
    bool wake = false;
    {
        MutexLock lock(m_mutex);
        if (m_queue.size() >= m_capacity) {
            const auto victim = std::find_if(m_queue.begin(), m_queue.end(),
                                             [](const BridgedEvent& e) { return mayBeDropped(e.event.body); });
            if (victim != m_queue.end()) {
                ++m_dropped[victim->folder];
                m_queue.erase(victim);
            } // else all of them must arrive: the queue grows
        }
        m_queue.push_back(BridgedEvent{folder, event});
        if (!m_pending) {
            m_pending = true;
            ++m_wakes;
            wake = true;
        }
    }
    if (wake) {
        QMetaObject::invokeMethod(this, &EventBridge::drain, Qt::QueuedConnection);
    }
}

std::int64_t EventBridge::wakes() const {
    MutexLock lock(m_mutex);
    return m_wakes;
}

void EventBridge::drain() {
    constexpr int kInterval = 1000 / kBatchesPerSecond;
    if (m_last.isValid() && m_last.elapsed() < kInterval) {
        if (!m_timer.isActive()) {
            m_timer.start(static_cast<int>(kInterval - m_last.elapsed()));
        }
        return; // still pending: no further wake is posted
    }
    EventBatch out;
    {
        MutexLock lock(m_mutex);
        out.events.assign(std::make_move_iterator(m_queue.begin()), std::make_move_iterator(m_queue.end()));
        m_queue.clear();
        out.dropped = std::exchange(m_dropped, {});
        m_pending = false;
    }
    m_last.restart();
    if (!out.events.empty()) {
        Q_EMIT batch(out);
    }
}

} // namespace fettle::ui
