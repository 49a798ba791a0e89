// The job system: one lane per compute device (capacity 1, first come first served) and a small pool at nice 19 for
// import, encoding and export. It owns all its threads.
#pragma once

#include "base/result.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace fettle::jobs {

/// Given to a job's body. Thread: the job's.
class JobContext {
public:
    virtual ~JobContext() = default;
    [[nodiscard]] virtual std::stop_token stopToken() const = 0;
    [[nodiscard]] bool cancelled() const { return stopToken().stop_requested(); }
    /// 0 to 1, or negative = unknown; throttled (at most 20 reports a second reach the listener; 0 and 1 always).
    virtual void progress(double fraction, const std::string& what = {}) = 0;
};

using JobBody = std::function<Result<void>(JobContext&)>;

struct JobOptions {
    std::string name;
    std::string lane;                                           // "" = general pool; "cpu", "cuda:0" = device lane
    std::function<void(double, const std::string&)> onProgress; // on the job's thread
    std::function<void(const Result<void>&)>
        onDone; // on the job's thread, once, always (also when cancelled before it began: Cancelled)
};

class JobHandle {
public:
    virtual ~JobHandle() = default;
    virtual void cancel() = 0; // asks; the body sees it in its stop token
    [[nodiscard]] virtual bool finished() const = 0;
    virtual void wait() = 0; // never on the GUI thread
};

/// Exceptions of a body become one Error at the border (bad_alloc → OutOfMemory, others → Internal). The destructor
/// cancels everything, then joins.
class JobSystem {
public:
    explicit JobSystem(int poolThreads = 0); // 0 = max(1, cores - 1)
    ~JobSystem();
    JobSystem(const JobSystem&) = delete;
    JobSystem& operator=(const JobSystem&) = delete;
    [[nodiscard]] std::shared_ptr<JobHandle> submit(JobBody body, JobOptions options);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace fettle::jobs
