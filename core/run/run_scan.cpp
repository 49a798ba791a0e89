#include "run/run_scan.h"

#include "base/files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fettle::run {
namespace {

/// A file descriptor that closes itself.
class Handle {
public:
    explicit Handle(int fd)
        : m_fd(fd) {}
    ~Handle() {
        if (m_fd >= 0) {
            ::close(m_fd);
        }
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    [[nodiscard]] int get() const { return m_fd; }

private:
    int m_fd;
};

// Fills `out` from `offset`; fewer bytes at the end of the file. Returns an errno or 0.
int readPiece(int fd, std::uint64_t offset, std::string& out, std::size_t wanted) {
    out.resize(wanted);
    std::size_t got = 0;
    while (got < wanted) {
        const ssize_t part = ::pread(fd, out.data() + got, wanted - got, static_cast<off_t>(offset + got));
        if (part < 0 && errno == EINTR) {
            continue;
        }
        if (part < 0) {
            return errno;
        }
        if (part == 0) {
            break; // cut meanwhile
        }
        got += static_cast<std::size_t>(part);
    }
    out.resize(got);
    return 0;
}

void parsePiece(std::string_view text, EventChunk& out) {
    std::size_t begin = 0;
    StepLine step;
    while (begin < text.size()) {
        const void* found = std::memchr(text.data() + begin, '\n', text.size() - begin);
        const auto end =
            found == nullptr ? text.size() : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
        const std::string_view line = text.substr(begin, end - begin);
        begin = end + 1;
        if (line.empty()) {
            continue;
        }
        if (parseStepLine(line, step)) {
            out.steps.push_back(step);
            continue;
        }
        auto event = parseEventLine(line);
        if (!event) {
            ++out.damagedLines;
        } else if (event->has_value()) {
            out.before.push_back(out.steps.size());
            out.events.push_back(std::move(**event));
        }
    }
}

struct Piece {
    std::string text;
    EventChunk chunk;
};

} // namespace

Result<ScanOutcome> scanEvents(const std::string& folder, const ScanOptions& options,
                               const std::function<bool(const EventChunk&)>& take) {
    const std::string path = folder + "/events.jsonl";
    ScanOutcome outcome;
    outcome.end = options.from;
    const Handle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
        if (errno == ENOENT) {
            return outcome;
        }
        return errnoError(errno, "opening", path);
    }
    struct stat info {};
    if (::fstat(file.get(), &info) != 0) {
        return errnoError(errno, "reading", path);
    }
    outcome.size = static_cast<std::uint64_t>(info.st_size);
    if (outcome.size < options.from) {
        return makeError(ErrorCode::Corrupt, "became shorter than what was read of it already", "Open the run again.")
            .at(path);
    }
    const auto cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const int most = options.threads > 0 ? options.threads : std::min(4, cores);
    std::vector<Piece> pieces(static_cast<std::size_t>(most));
    std::size_t wanted = std::max<std::size_t>(options.pieceBytes, 1);
    while (outcome.end < outcome.size) {
        // As many pieces as there are threads; each ends with a line.
        std::size_t used = 0;
        std::uint64_t at = outcome.end;
        bool tooLong = false;
        while (used < pieces.size() && at < outcome.size) {
            Piece& piece = pieces[used];
            const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, outcome.size - at));
            if (const int failed = readPiece(file.get(), at, piece.text, size); failed != 0) {
                return errnoError(failed, "reading", path);
            }
            const std::size_t last = piece.text.rfind('\n');
            if (last == std::string::npos) {
                tooLong = piece.text.size() == size && at + size < outcome.size; // a line longer than a piece
                break;
            }
            piece.text.resize(last + 1);
            at += piece.text.size();
            piece.chunk.steps.clear();
            piece.chunk.events.clear();
            piece.chunk.before.clear();
            piece.chunk.damagedLines = 0;
            piece.chunk.end = at;
            ++used;
        }
        if (used == 0) {
            if (!tooLong) {
                break; // a torn last line
            }
            wanted *= 2;
            continue;
        }
        {
            std::vector<std::jthread> helpers; // joined at the end of this block
            for (std::size_t i = 1; i < used; ++i) {
                helpers.emplace_back([&piece = pieces[i]] { parsePiece(piece.text, piece.chunk); });
            }
            parsePiece(pieces[0].text, pieces[0].chunk);
        }
        for (std::size_t i = 0; i < used; ++i) {
            outcome.damagedLines += pieces[i].chunk.damagedLines;
            outcome.end = pieces[i].chunk.end;
            if (!take(pieces[i].chunk)) {
                return outcome;
            }
        }
    }
    return outcome;
}

} // namespace fettle::run
