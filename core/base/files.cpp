// POSIX file handling. Durable means: data synced before the rename, folder synced after it.
#include "base/files.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <mutex>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace fettle {
namespace {

namespace fs = std::filesystem;

std::atomic<bool> faultsOn{false};
std::mutex faultMutex;
std::function<int(FileOperation, const std::string&)> faultHook;

int injectedFault(FileOperation operation, const std::string& path) {
    if (!faultsOn.load(std::memory_order_relaxed)) {
        return 0;
    }
    const std::scoped_lock lock(faultMutex);
    return faultHook ? faultHook(operation, path) : 0;
}

Result<void> writeAll(int fd, const char* data, std::size_t size, const std::string& path) {
    if (const int fault = injectedFault(FileOperation::Write, path)) {
        if (fault < 0) {
            [[maybe_unused]] const ssize_t part = ::write(fd, data, size / 2);
        }
        return errnoError(fault < 0 ? -fault : fault, "writing", path);
    }
    while (size > 0) {
        const ssize_t written = ::write(fd, data, std::min<std::size_t>(size, std::size_t{1} << 30));
        if (written < 0) {
            if (errno == EINTR) {
                continue;
            }
            return errnoError(errno, "writing", path);
        }
        data += written;
        size -= static_cast<std::size_t>(written);
    }
    return {};
}

Result<void> syncDescriptor(int fd, const std::string& path) {
    if (const int fault = injectedFault(FileOperation::Sync, path)) {
        return errnoError(fault, "saving", path);
    }
    if (::fsync(fd) != 0 && errno != EINVAL && errno != EROFS) {
        return errnoError(errno, "saving", path);
    }
    return {};
}

std::string parentOf(const std::string& path) {
    const std::string parent = fs::path(path).parent_path().string();
    return parent.empty() ? "." : parent;
}

Result<void> renamePath(const std::string& from, const std::string& to) {
    if (const int fault = injectedFault(FileOperation::Rename, to)) {
        return errnoError(fault, "renaming", to);
    }
    if (::rename(from.c_str(), to.c_str()) != 0) {
        return errnoError(errno, "renaming", to);
    }
    return {};
}

std::string environment(const char* name) {
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody sets the environment
    return value == nullptr ? std::string() : std::string(value);
}

std::string homeFolder() {
    const std::string home = environment("HOME");
    return home.empty() ? "/tmp" : home;
}

} // namespace

Result<std::string> readFile(const std::string& path, std::uint64_t limitBytes) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return errnoError(errno, "opening", path);
    }
    struct stat info {};
    if (::fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
        ::close(fd);
        return makeError(ErrorCode::InvalidInput, "is a folder, a file was expected").at(path);
    }
    std::string out;
    if (info.st_size > 0 && static_cast<std::uint64_t>(info.st_size) <= limitBytes) {
        out.reserve(static_cast<std::size_t>(info.st_size));
    }
    char buffer[1 << 16];
    for (;;) {
        const ssize_t got = ::read(fd, buffer, sizeof buffer);
        if (got < 0) {
            if (errno == EINTR) {
                continue;
            }
            const int code = errno;
            ::close(fd);
            return errnoError(code, "reading", path);
        }
        if (got == 0) {
            break;
        }
        out.append(buffer, static_cast<std::size_t>(got));
        if (out.size() > limitBytes) {
            ::close(fd);
            return makeError(ErrorCode::InvalidInput, "larger than " + std::to_string(limitBytes) + " bytes").at(path);
        }
    }
    ::close(fd);
    return out;
}

Result<void> writeFileAtomic(const std::string& path, std::string_view bytes) {
    FETTLE_TRY_VALUE(AtomicFile file, AtomicFile::create(path));
    FETTLE_TRY(file.write(bytes));
    return file.commit();
}

Result<AtomicFile> AtomicFile::create(const std::string& path) {
    AtomicFile file;
    file.m_path = path;
    if (const int fault = injectedFault(FileOperation::Open, path)) {
        return errnoError(fault, "creating", path);
    }
    std::string name = path + ".part-XXXXXX";
    file.m_fd = ::mkostemp(name.data(), O_CLOEXEC);
    if (file.m_fd < 0) {
        return errnoError(errno, "creating", path);
    }
    file.m_temporary = name;
    struct stat old {};
    const mode_t mode = ::stat(path.c_str(), &old) == 0 ? old.st_mode & 07777 : 0644;
    ::fchmod(file.m_fd, mode);
    return file;
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : m_fd(std::exchange(other.m_fd, -1))
    , m_path(std::move(other.m_path))
    , m_temporary(std::move(other.m_temporary)) {
    other.m_temporary.clear();
}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
    if (this != &other) {
        discard();
        m_fd = std::exchange(other.m_fd, -1);
        m_path = std::move(other.m_path);
        m_temporary = std::move(other.m_temporary);
        other.m_temporary.clear();
    }
    return *this;
}

AtomicFile::~AtomicFile() {
    discard();
}

void AtomicFile::discard() {
    if (m_fd >= 0) {
        ::close(m_fd);
        m_fd = -1;
    }
    if (!m_temporary.empty()) {
        ::unlink(m_temporary.c_str());
        m_temporary.clear();
    }
}

Result<void> AtomicFile::write(std::string_view bytes) {
    return writeAll(m_fd, bytes.data(), bytes.size(), m_path);
}

Result<void> AtomicFile::write(std::span<const std::byte> bytes) {
    return write(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

Result<void> AtomicFile::commit() {
    FETTLE_TRY(syncDescriptor(m_fd, m_path));
    const int closed = ::close(m_fd);
    m_fd = -1;
    if (closed != 0) {
        return errnoError(errno, "closing", m_path);
    }
    FETTLE_TRY(renamePath(m_temporary, m_path));
    m_temporary.clear();
    return syncFolder(parentOf(m_path));
}

Result<AppendFile> AppendFile::open(const std::string& path) {
    if (const int fault = injectedFault(FileOperation::Open, path)) {
        return errnoError(fault, "opening", path);
    }
    AppendFile file;
    file.m_path = path;
    file.m_fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (file.m_fd < 0) {
        return errnoError(errno, "opening", path);
    }
    struct stat info {};
    if (::fstat(file.m_fd, &info) != 0) {
        return errnoError(errno, "reading", path);
    }
    file.m_size = static_cast<std::uint64_t>(info.st_size);
    return file;
}

AppendFile::AppendFile(AppendFile&& other) noexcept
    : m_fd(std::exchange(other.m_fd, -1))
    , m_size(other.m_size)
    , m_torn(other.m_torn)
    , m_path(std::move(other.m_path)) {}

AppendFile& AppendFile::operator=(AppendFile&& other) noexcept {
    if (this != &other) {
        if (m_fd >= 0) {
            ::close(m_fd);
        }
        m_fd = std::exchange(other.m_fd, -1);
        m_size = other.m_size;
        m_torn = other.m_torn;
        m_path = std::move(other.m_path);
    }
    return *this;
}

AppendFile::~AppendFile() {
    if (m_fd >= 0) {
        ::close(m_fd);
    }
}

Result<void> AppendFile::append(std::string_view bytes) {
    if (m_torn) {
        FETTLE_TRY(truncate(m_size));
    }
    auto written = writeAll(m_fd, bytes.data(), bytes.size(), m_path);
    if (!written) {
        // A torn tail is also cut by readers; this keeps the next line from being glued to it.
        m_torn = ::ftruncate(m_fd, static_cast<off_t>(m_size)) != 0;
        return written;
    }
    m_size += bytes.size();
    return {};
}

Result<void> AppendFile::sync() {
    return syncDescriptor(m_fd, m_path);
}

Result<void> AppendFile::truncate(std::uint64_t size) {
    if (::ftruncate(m_fd, static_cast<off_t>(size)) != 0) {
        return errnoError(errno, "cutting", m_path);
    }
    m_size = size;
    m_torn = false;
    return {};
}

Result<MappedFile> MappedFile::open(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return errnoError(errno, "opening", path);
    }
    struct stat info {};
    if (::fstat(fd, &info) != 0) {
        const int code = errno;
        ::close(fd);
        return errnoError(code, "reading", path);
    }
    if (!S_ISREG(info.st_mode)) {
        ::close(fd);
        return makeError(ErrorCode::InvalidInput, "is not a regular file").at(path);
    }
    MappedFile file;
    file.m_path = path;
    file.m_size = static_cast<std::size_t>(info.st_size);
    if (file.m_size > 0) {
        void* data = ::mmap(nullptr, file.m_size, PROT_READ, MAP_PRIVATE, fd, 0);
        const int code = errno;
        ::close(fd);
        if (data == MAP_FAILED) {
            file.m_size = 0;
            return errnoError(code, "mapping", path);
        }
        file.m_data = static_cast<const std::byte*>(data);
    } else {
        ::close(fd);
    }
    return file;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : m_data(std::exchange(other.m_data, nullptr))
    , m_size(std::exchange(other.m_size, 0))
    , m_path(std::move(other.m_path)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    if (this != &other) {
        std::swap(m_data, other.m_data);
        std::swap(m_size, other.m_size);
        std::swap(m_path, other.m_path);
    }
    return *this;
}

MappedFile::~MappedFile() {
    if (m_data != nullptr) {
        ::munmap(const_cast<std::byte*>(m_data), m_size); // NOLINT: munmap takes a mutable pointer
    }
}

void MappedFile::dropPages() const {
    if (m_data != nullptr) {
        ::madvise(const_cast<std::byte*>(m_data), m_size, MADV_DONTNEED); // NOLINT: madvise takes a mutable pointer
    }
}

Result<void> makeFolders(const std::string& path) {
    if (const int fault = injectedFault(FileOperation::Open, path)) {
        return errnoError(fault, "creating folder", path);
    }
    std::error_code status;
    fs::create_directories(path, status);
    if (status) {
        return errnoError(status.value(), "creating folder", path);
    }
    return {};
}

Result<void> syncFolder(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return errnoError(errno, "opening", path);
    }
    auto synced = syncDescriptor(fd, path);
    ::close(fd);
    return synced;
}

Result<void> publishFolder(const std::string& temporary, const std::string& final) {
    if (fileExists(final)) {
        return makeError(ErrorCode::Busy, "exists already").at(final);
    }
    FETTLE_TRY(syncFolder(temporary));
    FETTLE_TRY(renamePath(temporary, final));
    return syncFolder(parentOf(final));
}

Result<void> removeAll(const std::string& path) {
    std::error_code status;
    fs::remove_all(path, status);
    if (status) {
        return errnoError(status.value(), "removing", path);
    }
    return {};
}

bool fileExists(const std::string& path) {
    std::error_code status;
    return fs::exists(path, status);
}

bool folderExists(const std::string& path) {
    std::error_code status;
    return fs::is_directory(path, status);
}

Result<std::uint64_t> fileSize(const std::string& path) {
    std::error_code status;
    const auto size = fs::file_size(path, status);
    if (status) {
        return errnoError(status.value(), "reading", path);
    }
    return static_cast<std::uint64_t>(size);
}

Result<std::uint64_t> freeDiskBytes(const std::string& path) {
    fs::path place = fs::absolute(path);
    while (!place.empty() && !fileExists(place.string()) && place != place.root_path()) {
        place = place.parent_path();
    }
    struct statvfs info {};
    if (::statvfs(place.c_str(), &info) != 0) {
        return errnoError(errno, "reading", place.string());
    }
    return static_cast<std::uint64_t>(info.f_bavail) * static_cast<std::uint64_t>(info.f_frsize);
}

std::string dataFolder() {
    if (auto own = environment("FETTLE_DATA_DIR"); !own.empty()) {
        return own;
    }
    if (auto data = environment("XDG_DATA_HOME"); !data.empty()) {
        return data + "/fettle";
    }
    return homeFolder() + "/.local/share/fettle";
}

std::string projectsFolder() {
    auto own = environment("FETTLE_PROJECTS_DIR");
    return own.empty() ? homeFolder() + "/Fettle" : own;
}

std::string programFolder() {
    std::error_code status;
    return fs::read_symlink("/proc/self/exe", status).parent_path().string();
}

void setFileFaultHook(std::function<int(FileOperation, const std::string&)> hook) {
    const std::scoped_lock lock(faultMutex);
    faultsOn.store(static_cast<bool>(hook));
    faultHook = std::move(hook);
}

} // namespace fettle
