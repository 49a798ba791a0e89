// A mutex with clang's thread-safety attributes (checked by the clang preset; nothing elsewhere). Members say who
// guards them: int m_x FETTLE_GUARDED_BY(m_mutex).
#pragma once

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define FETTLE_TS(x) __attribute__((x))
#else
#define FETTLE_TS(x)
#endif
#define FETTLE_GUARDED_BY(x) FETTLE_TS(guarded_by(x))
#define FETTLE_REQUIRES(...) FETTLE_TS(requires_capability(__VA_ARGS__))
#define FETTLE_NO_ANALYSIS FETTLE_TS(no_thread_safety_analysis)

namespace fettle {

class FETTLE_TS(capability("mutex")) Mutex {
public:
    void lock() FETTLE_TS(acquire_capability()) { m_mutex.lock(); }
    void unlock() FETTLE_TS(release_capability()) { m_mutex.unlock(); }
    bool tryLock() FETTLE_TS(try_acquire_capability(true)) { return m_mutex.try_lock(); }

private:
    std::mutex m_mutex;
};

class FETTLE_TS(scoped_lockable) MutexLock {
public:
    explicit MutexLock(Mutex& mutex) FETTLE_TS(acquire_capability(mutex))
        : m_mutex(mutex) {
        m_mutex.lock();
    }
    ~MutexLock() FETTLE_TS(release_capability()) { m_mutex.unlock(); }
    MutexLock(const MutexLock&) = delete;
    MutexLock& operator=(const MutexLock&) = delete;

private:
    Mutex& m_mutex;
};

/// Waits on a Mutex that the caller holds.
class Condition {
public:
    void wait(Mutex& mutex) FETTLE_REQUIRES(mutex) FETTLE_NO_ANALYSIS { m_condition.wait(mutex); }
    template <class Duration>
    bool waitFor(Mutex& mutex, Duration duration) FETTLE_REQUIRES(mutex) FETTLE_NO_ANALYSIS {
        return m_condition.wait_for(mutex, duration) == std::cv_status::no_timeout;
    }
    void notifyOne() { m_condition.notify_one(); }
    void notifyAll() { m_condition.notify_all(); }

private:
    std::condition_variable_any m_condition;
};

} // namespace fettle
