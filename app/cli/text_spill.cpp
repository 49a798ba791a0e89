// Texts in memory up to 64 MB, then in a file without a name.
#include "cli/text_spill.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace fettle::app {
namespace {

constexpr std::size_t kInMemory = std::size_t{64} << 20;

std::string temporaryFolder() {
    const char* folder = std::getenv("TMPDIR"); // NOLINT(concurrency-mt-unsafe): nothing changes it
    return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

} // namespace

TextSpill::~TextSpill() {
    if (m_fd >= 0) {
        ::close(m_fd);
    }
}

Result<void> TextSpill::add(std::string_view text) {
    m_pending += text;
    m_ends.push_back(m_written + m_pending.size());
    return m_pending.size() > kInMemory ? flush() : Result<void>();
}

Result<void> TextSpill::flush() {
    const std::string folder = temporaryFolder();
    if (m_fd < 0) {
        std::string name = folder + "/fettle_texts_XXXXXX";
        m_fd = ::mkstemp(name.data());
        if (m_fd < 0) {
            return errnoError(errno, "create a temporary file", folder);
        }
        ::unlink(name.c_str());
    }
    for (std::size_t at = 0; at < m_pending.size();) {
        const ssize_t done =
            ::pwrite(m_fd, m_pending.data() + at, m_pending.size() - at, static_cast<off_t>(m_written + at));
        if (done < 0) {
            if (errno == EINTR) {
                continue;
            }
            return errnoError(errno, "keep texts for comparing", folder);
        }
        at += static_cast<std::size_t>(done);
    }
    m_written += m_pending.size();
    m_pending = {};
    return {};
}

Result<std::string> TextSpill::text(std::int64_t index) {
    const auto place = static_cast<std::size_t>(index);
    const std::uint64_t begin = place > 0 ? m_ends[place - 1] : 0;
    const std::uint64_t end = m_ends[place];
    if (begin >= m_written) {
        return m_pending.substr(static_cast<std::size_t>(begin - m_written), static_cast<std::size_t>(end - begin));
    }
    std::string out(static_cast<std::size_t>(end - begin), '\0');
    for (std::size_t at = 0; at < out.size();) {
        const ssize_t done = ::pread(m_fd, out.data() + at, out.size() - at, static_cast<off_t>(begin + at));
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return errnoError(done < 0 ? errno : EIO, "read texts for comparing", temporaryFolder());
        }
        at += static_cast<std::size_t>(done);
    }
    return out;
}

} // namespace fettle::app
