// Workers over plain queues. A job cancelled before it began moves to a thread of its own kind ("notices"), so that its
// owner hears at once, however long the lane is busy.
#include "jobs/job_system.h"

#include "base/log.h"
#include "base/mutex.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <map>
#include <new>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

namespace fettle::jobs {
namespace {

constexpr int kPoolNice = 19;
constexpr std::chrono::milliseconds kProgressGap{50};

class Record;
using RecordPtr = std::shared_ptr<Record>;

// What the handles may still reach after the system is gone.
struct Queue {
    std::deque<RecordPtr> waiting;
    std::vector<std::jthread> threads;
};

struct Core {
    Mutex mutex;
    Condition changed;
    std::map<std::string, Queue> lanes FETTLE_GUARDED_BY(mutex); // "" = pool
    Queue notices FETTLE_GUARDED_BY(mutex);
    std::vector<RecordPtr> running FETTLE_GUARDED_BY(mutex);
    bool closing FETTLE_GUARDED_BY(mutex) = false;
};

class Record final : public JobHandle, public JobContext, public std::enable_shared_from_this<Record> {
public:
    Record(JobBody body, JobOptions options, std::weak_ptr<Core> core)
        : m_body(std::move(body))
        , m_options(std::move(options))
        , m_core(std::move(core)) {}

    void cancel() override;

    [[nodiscard]] bool finished() const override {
        const MutexLock lock(m_mutex);
        return m_finished;
    }

    void wait() override {
        const MutexLock lock(m_mutex);
        while (!m_finished) {
            m_changed.wait(m_mutex);
        }
    }

    [[nodiscard]] std::stop_token stopToken() const override { return m_stop.get_token(); }

    void progress(double fraction, const std::string& what) override {
        if (!m_options.onProgress) {
            return;
        }
        const double shown = std::isnan(fraction) || fraction < 0 ? -1 : std::min(fraction, 1.0);
        const auto now = std::chrono::steady_clock::now();
        if (shown != 0 && shown != 1 && m_reported && now - m_lastReport < kProgressGap) {
            return;
        }
        m_reported = true;
        m_lastReport = now;
        m_options.onProgress(shown, what);
    }

    void requestStop() { m_stop.request_stop(); }
    [[nodiscard]] const std::string& lane() const { return m_options.lane; }

    // On the job's thread: body, then onDone, then everything they hold is let go.
    void execute() { finish(stopToken().stop_requested() ? Result<void>(cancelledError()) : runBody()); }

private:
    [[nodiscard]] Error cancelledError() const {
        return makeError(ErrorCode::Cancelled,
                         (m_options.name.empty() ? std::string("job") : m_options.name) + " was cancelled");
    }

    Result<void> runBody() {
        try {
            return m_body(*this);
        } catch (const std::bad_alloc&) {
            return makeError(ErrorCode::OutOfMemory, named("not enough memory"),
                             "Close other programs or make the job smaller.");
        } catch (const std::exception& error) {
            return makeError(ErrorCode::Internal, named(error.what()));
        } catch (...) {
            return makeError(ErrorCode::Internal, named("unknown exception"));
        }
    }

    void finish(const Result<void>& result) {
        if (m_options.onDone) {
            try {
                m_options.onDone(result);
            } catch (const std::exception& error) {
                logWarning(named(std::string("the listener of its end failed: ") + error.what()));
            } catch (...) {
                logWarning(named("the listener of its end failed"));
            }
        }
        m_body = nullptr;
        m_options.onDone = nullptr;
        m_options.onProgress = nullptr;
        const MutexLock lock(m_mutex);
        m_finished = true;
        m_changed.notifyAll();
    }

    [[nodiscard]] std::string named(const std::string& text) const {
        return m_options.name.empty() ? text : m_options.name + ": " + text;
    }

    JobBody m_body;
    JobOptions m_options;
    std::weak_ptr<Core> m_core;
    std::stop_source m_stop;
    bool m_reported = false; // progress: job's thread only
    std::chrono::steady_clock::time_point m_lastReport{};
    mutable Mutex m_mutex;
    Condition m_changed;
    bool m_finished FETTLE_GUARDED_BY(m_mutex) = false;
};

// Takes records off `queue` (a member of core) until the system closes and the queue is empty.
void work(const std::shared_ptr<Core>& core, Queue& queue, bool nice) {
    if (nice) {
        ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kPoolNice); // this thread alone, on Linux
    }
    for (;;) {
        RecordPtr record;
        {
            const MutexLock lock(core->mutex);
            while (queue.waiting.empty() && !core->closing) {
                core->changed.wait(core->mutex);
            }
            if (queue.waiting.empty()) {
                return;
            }
            record = std::move(queue.waiting.front());
            queue.waiting.pop_front();
            core->running.push_back(record);
        }
        record->execute();
        const MutexLock lock(core->mutex);
        std::erase(core->running, record);
    }
}

void Record::cancel() {
    requestStop();
    const auto core = m_core.lock();
    if (!core) {
        return;
    }
    const MutexLock lock(core->mutex);
    const auto lane = core->lanes.find(m_options.lane);
    if (lane == core->lanes.end() || core->closing) {
        return;
    }
    auto& waiting = lane->second.waiting;
    const auto self =
        std::find_if(waiting.begin(), waiting.end(), [this](const RecordPtr& record) { return record.get() == this; });
    if (self == waiting.end()) {
        return; // running or done
    }
    Queue& notices = core->notices;
    notices.waiting.push_back(std::move(*self));
    waiting.erase(self);
    if (notices.threads.empty()) {
        notices.threads.emplace_back([core, &notices] { work(core, notices, false); });
    }
    core->changed.notifyAll();
}

} // namespace

struct JobSystem::Impl {
    std::shared_ptr<Core> core = std::make_shared<Core>();
    int poolThreads = 1;
};

JobSystem::JobSystem(int poolThreads)
    : m_impl(std::make_unique<Impl>()) {
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    m_impl->poolThreads = poolThreads > 0 ? poolThreads : std::max(1, cores - 1);
}

JobSystem::~JobSystem() {
    const auto core = m_impl->core;
    std::vector<std::jthread> threads;
    {
        const MutexLock lock(core->mutex);
        core->closing = true;
        const auto gather = [&threads](Queue& queue) {
            for (const RecordPtr& record : queue.waiting) {
                record->requestStop();
            }
            std::move(queue.threads.begin(), queue.threads.end(), std::back_inserter(threads));
            queue.threads.clear();
        };
        for (auto& [name, lane] : core->lanes) {
            gather(lane);
        }
        gather(core->notices);
        for (const RecordPtr& record : core->running) {
            record->requestStop();
        }
        core->changed.notifyAll();
    }
    threads.clear(); // joins: workers drain their queues (all cancelled) and leave
}

std::shared_ptr<JobHandle> JobSystem::submit(JobBody body, JobOptions options) {
    const auto core = m_impl->core;
    const std::string laneName = options.lane;
    auto record = std::make_shared<Record>(std::move(body), std::move(options), core);
    {
        const MutexLock lock(core->mutex);
        if (!core->closing) {
            Queue& lane = core->lanes[laneName];
            lane.waiting.push_back(record);
            const std::size_t wanted = laneName.empty() ? static_cast<std::size_t>(m_impl->poolThreads) : 1;
            // One thread more as long as there may be more work than threads.
            if (lane.threads.size() < wanted) {
                const bool nice = laneName.empty();
                lane.threads.emplace_back([core, &lane, nice] { work(core, lane, nice); });
            }
            core->changed.notifyAll();
            return record;
        }
    }
    record->requestStop(); // submitted by a job while the system goes down
    record->execute();
    return record;
}

} // namespace fettle::jobs
