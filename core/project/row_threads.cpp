// A writer's queue and a reader's slots.
#include "project/row_threads.h"

#include <chrono>

namespace fettle::project {

WriterThread::WriterThread(std::unique_ptr<Database> database)
    : m_database(std::move(database))
    , m_thread([this] { work(); }) {}

WriterThread::~WriterThread() {
    {
        const MutexLock lock(m_mutex);
        m_stop = true; // comes after what is queued
        m_changed.notifyAll();
    }
    m_thread.join();
}

void WriterThread::post(Task task, Urgency urgency) {
    const MutexLock lock(m_mutex);
    (urgency == Urgency::Later ? m_later : m_urgent).push_back(std::move(task));
    m_changed.notifyAll();
}

void WriterThread::setIdle(Task idle) {
    const MutexLock lock(m_mutex);
    m_idle = std::move(idle);
}

void WriterThread::work() {
    constexpr auto kIdle = std::chrono::seconds(2);
    for (;;) {
        Task task;
        {
            MutexLock lock(m_mutex);
            bool waited = true;
            while (m_urgent.empty() && m_later.empty() && !m_stop && waited) {
                waited = m_changed.waitFor(m_mutex, kIdle);
            }
            if (!m_urgent.empty()) {
                task = std::move(m_urgent.front());
                m_urgent.pop_front();
            } else if (!m_later.empty()) {
                task = std::move(m_later.front());
                m_later.pop_front();
            } else if (m_stop) {
                return;
            } else {
                task = m_idle;
            }
        }
        if (task) {
            task(*m_database);
        }
    }
}

ReaderThread::ReaderThread(std::unique_ptr<Database> database)
    : m_database(std::move(database))
    , m_thread([this] { work(); }) {}

ReaderThread::~ReaderThread() {
    stop();
}

void ReaderThread::stop() {
    if (!m_thread.joinable()) {
        return;
    }
    {
        const MutexLock lock(m_mutex);
        m_stop = true;
        m_waiting.clear();
        m_replaced = true;
        if (m_runningSlot >= 0) {
            m_database->interrupt();
        }
        m_changed.notifyAll();
    }
    m_thread.join();
}

void ReaderThread::ask(int slot, Request request) {
    std::pair<std::uint64_t, Request> old; // destroyed outside the lock
    {
        const MutexLock lock(m_mutex);
        if (m_stop) {
            return;
        }
        if (m_runningSlot == slot) {
            m_replaced = true;
            m_database->interrupt();
        }
        auto& place = m_waiting[slot];
        old = std::exchange(place, std::pair{++m_next, std::move(request)});
        m_changed.notifyAll();
    }
}

void ReaderThread::work() {
    const auto stopped = [this] {
        const MutexLock lock(m_mutex);
        return m_replaced;
    };
    for (;;) {
        Request request;
        {
            MutexLock lock(m_mutex);
            m_runningSlot = -1;
            m_replaced = false;
            while (m_waiting.empty() && !m_stop) {
                m_changed.wait(m_mutex);
            }
            if (m_stop) {
                return;
            }
            auto oldest = m_waiting.begin();
            for (auto one = m_waiting.begin(); one != m_waiting.end(); ++one) {
                oldest = one->second.first < oldest->second.first ? one : oldest;
            }
            m_runningSlot = oldest->first;
            request = std::move(oldest->second.second);
            m_waiting.erase(oldest);
        }
        request(*m_database, stopped);
    }
}

} // namespace fettle::project
