// The store's own threads: one that writes, task by task, and readers whose newest request in a slot wins. Private to
// this folder.
#pragma once

#include "base/mutex.h"
#include "project/database.h"

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <thread>

namespace fettle::project {

/// Tasks in order, urgent ones first. The destructor finishes what is queued, then joins.
class WriterThread {
public:
    explicit WriterThread(std::unique_ptr<Database> database);
    ~WriterThread();
    WriterThread(const WriterThread&) = delete;
    WriterThread& operator=(const WriterThread&) = delete;

    using Task = std::function<void(Database&)>;
    enum class Urgency { None = 0, Now, Later }; // Later: the background job's
    void post(Task task, Urgency urgency = Urgency::Now);
    /// Called every two seconds while nothing else is to be done.
    void setIdle(Task idle);
    /// Runs the task there and waits for it.
    template <class T>
    T call(const std::function<T(Database&)>& task, Urgency urgency = Urgency::Now);
    [[nodiscard]] bool isThis() const { return std::this_thread::get_id() == m_thread.get_id(); }
    void interrupt() { m_database->interrupt(); }

private:
    void work();
    std::unique_ptr<Database> m_database;
    Mutex m_mutex;
    Condition m_changed;
    std::deque<Task> m_urgent FETTLE_GUARDED_BY(m_mutex);
    std::deque<Task> m_later FETTLE_GUARDED_BY(m_mutex);
    Task m_idle FETTLE_GUARDED_BY(m_mutex);
    bool m_stop FETTLE_GUARDED_BY(m_mutex) = false;
    std::jthread m_thread; // last: it uses the others
};

/// One reader with its own connection. The destructor interrupts, drops what waits, joins.
class ReaderThread {
public:
    explicit ReaderThread(std::unique_ptr<Database> database);
    ~ReaderThread();
    ReaderThread(const ReaderThread&) = delete;
    ReaderThread& operator=(const ReaderThread&) = delete;

    /// `stopped` tells the request that a newer one took its place: it must not answer then.
    using Request = std::function<void(Database&, const std::function<bool()>& stopped)>;
    void ask(int slot, Request request);
    [[nodiscard]] bool isThis() const { return std::this_thread::get_id() == m_thread.get_id(); }
    /// Interrupts what runs, drops what waits and joins; the connection stays until the destructor, so that statements
    /// of the requests can go before it.
    void stop();

private:
    void work();
    std::unique_ptr<Database> m_database;
    Mutex m_mutex;
    Condition m_changed;
    std::map<int, std::pair<std::uint64_t, Request>> m_waiting FETTLE_GUARDED_BY(m_mutex); // by slot
    std::uint64_t m_next FETTLE_GUARDED_BY(m_mutex) = 0;
    int m_runningSlot FETTLE_GUARDED_BY(m_mutex) = -1;
    bool m_replaced FETTLE_GUARDED_BY(m_mutex) = false; // the running one
    bool m_stop FETTLE_GUARDED_BY(m_mutex) = false;
    std::jthread m_thread; // last
};

template <class T>
T WriterThread::call(const std::function<T(Database&)>& task, Urgency urgency) {
    Mutex mutex;
    Condition changed;
    std::optional<T> result;
    post(
        [&](Database& database) {
            T value = task(database);
            const MutexLock lock(mutex);
            result.emplace(std::move(value));
            changed.notifyAll();
        },
        urgency);
    MutexLock lock(mutex);
    while (!result) {
        changed.wait(mutex);
    }
    return std::move(*result);
}

} // namespace fettle::project
