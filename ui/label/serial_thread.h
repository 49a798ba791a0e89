// A thread that does one thing after another. The labeling queue has two of its own, so that the next row never waits
// behind long work of others.
#pragma once

#include "base/mutex.h"

#include <deque>
#include <functional>
#include <thread>
#include <utility>

namespace fettle::ui {

/// The destructor drops what waits, but for tasks with a negative key, finishes what runs and joins. Thread: post()
/// any.
class SerialThread {
public:
    SerialThread()
        : m_thread([this] { work(); }) {}
    ~SerialThread() {
        {
            MutexLock lock(m_mutex);
            m_stop = true;
            std::erase_if(m_waiting, [](const auto& waiting) { return waiting.first >= 0; });
        }
        m_changed.notifyAll();
        m_thread.join();
    }
    SerialThread(const SerialThread&) = delete;
    SerialThread& operator=(const SerialThread&) = delete;

    /// A key other than 0 takes the place of a waiting task with the same key.
    void post(int key, std::function<void()> task) {
        {
            MutexLock lock(m_mutex);
            if (key != 0) {
                for (auto& waiting : m_waiting) {
                    if (waiting.first == key) {
                        waiting.second = std::move(task);
                        return;
                    }
                }
            }
            m_waiting.emplace_back(key, std::move(task));
        }
        m_changed.notifyOne();
    }

private:
    void work() {
        for (;;) {
            std::function<void()> task;
            {
                MutexLock lock(m_mutex);
                while (m_waiting.empty() && !m_stop) {
                    m_changed.wait(m_mutex);
                }
                if (m_waiting.empty()) {
                    return; // stopped
                }
                task = std::move(m_waiting.front().second);
                m_waiting.pop_front();
            }
            task();
        }
    }

    Mutex m_mutex;
    Condition m_changed;
    std::deque<std::pair<int, std::function<void()>>> m_waiting FETTLE_GUARDED_BY(m_mutex);
    bool m_stop FETTLE_GUARDED_BY(m_mutex) = false;
    std::thread m_thread; // last
};

} // namespace fettle::ui
