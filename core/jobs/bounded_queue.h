// A bounded queue between one stage and the next: push blocks when full, pop blocks when empty, close() ends both. What
// was pushed before close() is still popped.
#pragma once

#include "base/mutex.h"

#include <cstddef>
#include <deque>
#include <optional>

namespace fettle::jobs {

template <class T>
class BoundedQueue {
public:
    explicit BoundedQueue(std::size_t capacity)
        : m_capacity(capacity) {}

    /// False when the queue was closed (the value is dropped).
    bool push(T value) {
        MutexLock lock(m_mutex);
        while (!m_closed && m_items.size() >= m_capacity) {
            m_changed.wait(m_mutex);
        }
        if (m_closed) {
            return false;
        }
        m_items.push_back(std::move(value));
        m_changed.notifyAll();
        return true;
    }

    /// nullopt when closed and empty.
    std::optional<T> pop() {
        MutexLock lock(m_mutex);
        while (!m_closed && m_items.empty()) {
            m_changed.wait(m_mutex);
        }
        if (m_items.empty()) {
            return std::nullopt;
        }
        std::optional<T> value(std::move(m_items.front()));
        m_items.pop_front();
        m_changed.notifyAll();
        return value;
    }

    void close() {
        MutexLock lock(m_mutex);
        m_closed = true;
        m_changed.notifyAll();
    }

    [[nodiscard]] std::size_t size() const {
        MutexLock lock(m_mutex);
        return m_items.size();
    }

private:
    const std::size_t m_capacity;
    mutable Mutex m_mutex;
    Condition m_changed;
    std::deque<T> m_items FETTLE_GUARDED_BY(m_mutex);
    bool m_closed FETTLE_GUARDED_BY(m_mutex) = false;
};

} // namespace fettle::jobs
