// The one writer of a run: owner lock, numbering, stamps, and the line on disk before anybody hears of it.
#include "run/run_folder.h"

#include "base/log.h"
#include "run/event_line.h"

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace fettle::run {
namespace {

constexpr const char* kEvents = "/events.jsonl";
constexpr const char* kLock = "/owner.lock";

// An open file description that holds an flock; closing it lets go, and so does the death of the process.
class OwnerLock {
public:
    OwnerLock() = default;
    OwnerLock(const OwnerLock&) = delete;
    OwnerLock& operator=(const OwnerLock&) = delete;
    ~OwnerLock() {
        if (m_fd >= 0) {
            ::close(m_fd);
        }
    }

    Result<void> take(const std::string& folder) {
        const std::string path = folder + kLock;
        m_fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (m_fd < 0) {
            return errnoError(errno, "opening", path);
        }
        // A reader that asks hasLiveOwner() holds the lock for a moment: try for a little while.
        for (int attempt = 0; attempt < 20; ++attempt) {
            if (::flock(m_fd, LOCK_EX | LOCK_NB) == 0) {
                const std::string pid = std::to_string(::getpid()) + '\n'; // for people; nothing reads it
                if (::ftruncate(m_fd, 0) != 0 || ::pwrite(m_fd, pid.data(), pid.size(), 0) < 0) {
                    logLine(LogLevel::Debug, "owner.lock could not be written; the lock holds all the same");
                }
                return {};
            }
            if (errno != EWOULDBLOCK && errno != EINTR) {
                return errnoError(errno, "locking", path);
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return makeError(ErrorCode::Busy, "another process is working on this run",
                         "Wait until it has ended, or stop it first.")
            .at(folder);
    }

private:
    int m_fd = -1;
};

bool isAlive(jobs::RunState state) {
    return state != jobs::RunState::Queued && state != jobs::RunState::Paused && !jobs::isFinal(state);
}

// What the log of an earlier life tells the next one.
struct Tail {
    std::uint64_t wholeBytes = 0; // up to and with the last newline
    std::int64_t seq = 0;
    std::int64_t elapsedMs = 0;
};

Result<Tail> readTail(const std::string& path) {
    Tail tail;
    if (!fileExists(path)) {
        return tail;
    }
    FETTLE_TRY_VALUE(const MappedFile file, MappedFile::open(path));
    const std::string_view text = file.text();
    const auto newline = text.rfind('\n');
    tail.wholeBytes = newline == std::string_view::npos ? 0 : newline + 1;
    // Backwards to the last readable line; unreadable ones after it used up a number each.
    std::size_t end = tail.wholeBytes;
    std::int64_t unreadable = 0;
    while (end > 0) {
        const auto before = end >= 2 ? text.rfind('\n', end - 2) : std::string_view::npos;
        const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
        const auto json = parseJson(text.substr(begin, end - begin - 1));
        if (json) {
            const auto seq = jsonInt(*json, "seq", 0);
            const auto elapsed = jsonInt(*json, "elapsed_ms", 0);
            if (seq && *seq > 0) {
                tail.seq = *seq + unreadable;
                tail.elapsedMs = elapsed.valueOr(0);
                return tail;
            }
        }
        ++unreadable;
        end = begin;
    }
    tail.seq = unreadable;
    return tail;
}

} // namespace

struct RunWriter::Impl {
    std::string folder;
    std::string id;
    const Clock* clock = nullptr;
    OwnerLock lock;
    Mutex mutex;
    std::optional<AppendFile> file FETTLE_GUARDED_BY(mutex);
    std::int64_t seq FETTLE_GUARDED_BY(mutex) = 0;
    std::int64_t elapsedMs FETTLE_GUARDED_BY(mutex) = 0; // counted up to lastMs
    std::int64_t lastMs FETTLE_GUARDED_BY(mutex) = 0;    // monotonic
    bool counting FETTLE_GUARDED_BY(mutex) = true;       // off while queued, paused or ended
    std::function<void(const RunEvent&)> listener FETTLE_GUARDED_BY(mutex);
};

RunWriter::RunWriter(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl)) {}
RunWriter::~RunWriter() = default;

Result<std::unique_ptr<RunWriter>> RunWriter::open(const std::string& folder, const Clock& clock) {
    if (!folderExists(folder)) {
        return makeError(ErrorCode::NotFound, "there is no such run folder").at(folder);
    }
    auto impl = std::make_unique<Impl>();
    impl->folder = std::filesystem::absolute(folder).lexically_normal().string();
    while (impl->folder.size() > 1 && impl->folder.back() == '/') {
        impl->folder.pop_back();
    }
    impl->id = std::filesystem::path(impl->folder).filename().string();
    impl->clock = &clock;
    FETTLE_TRY(impl->lock.take(impl->folder));
    const std::string path = impl->folder + kEvents;
    FETTLE_TRY_VALUE(const Tail tail, readTail(path));
    FETTLE_TRY_VALUE(AppendFile file, AppendFile::open(path));
    if (file.size() != tail.wholeBytes) {
        FETTLE_TRY(file.truncate(tail.wholeBytes));
    }
    {
        const MutexLock lock(impl->mutex);
        impl->file.emplace(std::move(file));
        impl->seq = tail.seq;
        impl->elapsedMs = tail.elapsedMs;
        impl->lastMs = clock.monotonicMs();
    }
    return std::unique_ptr<RunWriter>(new RunWriter(std::move(impl)));
}

Result<RunEvent> RunWriter::publish(EventBody body) {
    RunEvent event;
    event.run = m_impl->id;
    event.body = std::move(body);
    const auto* state = std::get_if<StateChanged>(&event.body);
    const bool durable =
        std::holds_alternative<CheckpointSaved>(event.body) || (state != nullptr && jobs::isFinal(state->state));
    std::function<void(const RunEvent&)> listener;
    {
        const MutexLock lock(m_impl->mutex);
        const std::int64_t now = m_impl->clock->monotonicMs();
        event.seq = m_impl->seq + 1;
        event.timeMs = m_impl->clock->unixMs();
        event.elapsedMs = m_impl->elapsedMs + (m_impl->counting ? std::max<std::int64_t>(0, now - m_impl->lastMs) : 0);
        FETTLE_TRY(m_impl->file->append(eventLine(event)));
        m_impl->seq = event.seq;
        m_impl->elapsedMs = event.elapsedMs;
        m_impl->lastMs = now;
        if (state != nullptr) {
            m_impl->counting = isAlive(state->state);
        }
        if (durable) {
            FETTLE_TRY(m_impl->file->sync());
        }
        listener = m_impl->listener;
    }
    if (listener) {
        listener(event);
    }
    return event;
}

void RunWriter::setListener(std::function<void(const RunEvent&)> listener) {
    const MutexLock lock(m_impl->mutex);
    m_impl->listener = std::move(listener);
}

const std::string& RunWriter::folder() const {
    return m_impl->folder;
}

const std::string& RunWriter::runId() const {
    return m_impl->id;
}

bool hasLiveOwner(const std::string& folder) {
    const int fd = ::open((folder + kLock).c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    const bool owned = ::flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ::close(fd);
    return owned;
}

} // namespace fettle::run
