// Files: whole reads, memory maps, atomic replacement and durable appending. Every write path asks the fault hook
// first, so that tests can fail the n-th write.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace fettle {

/// Whole file. Errors: NotFound, Permission, Io, InvalidInput when larger than `limitBytes`.
[[nodiscard]] Result<std::string> readFile(const std::string& path, std::uint64_t limitBytes = std::uint64_t{1} << 34);

/// Replaces `path` by `bytes`: temporary file beside it, fsync, rename, fsync of the folder. After an error the old
/// file is untouched and no temporary is left.
[[nodiscard]] Result<void> writeFileAtomic(const std::string& path, std::string_view bytes);

/// Writes a large file in pieces with the same promise; commit() makes it appear, destruction without commit() leaves
/// nothing.
class AtomicFile {
public:
    [[nodiscard]] static Result<AtomicFile> create(const std::string& path);
    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&& other) noexcept;
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    ~AtomicFile();

    [[nodiscard]] Result<void> write(std::string_view bytes);
    [[nodiscard]] Result<void> write(std::span<const std::byte> bytes);
    [[nodiscard]] Result<void> commit();

private:
    AtomicFile() = default;
    void discard();

    int m_fd = -1;
    std::string m_path;
    std::string m_temporary;
};

/// Append-only file for event logs. A line is acknowledged when append() returned: its bytes are with the system (they
/// survive a killed process); sync() makes them survive a power cut. Thread: one.
class AppendFile {
public:
    [[nodiscard]] static Result<AppendFile> open(const std::string& path);
    AppendFile(AppendFile&& other) noexcept;
    AppendFile& operator=(AppendFile&& other) noexcept;
    AppendFile(const AppendFile&) = delete;
    AppendFile& operator=(const AppendFile&) = delete;
    ~AppendFile();

    /// All of `bytes` or none that counts: after a short write the file is cut back to its length before.
    [[nodiscard]] Result<void> append(std::string_view bytes);
    [[nodiscard]] Result<void> sync();
    /// Cuts the file to `size` bytes (a torn last line after a crash).
    [[nodiscard]] Result<void> truncate(std::uint64_t size);
    [[nodiscard]] std::uint64_t size() const { return m_size; }

private:
    AppendFile() = default;
    int m_fd = -1;
    std::uint64_t m_size = 0;
    bool m_torn = false; // bytes of a failed write could not be cut off: cut before the next one
    std::string m_path;
};

/// A read-only memory map. Empty files give an empty span. The file must not shrink while mapped (readers check sizes
/// against it once, at opening).
class MappedFile {
public:
    [[nodiscard]] static Result<MappedFile> open(const std::string& path);
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    [[nodiscard]] std::span<const std::byte> bytes() const { return {m_data, m_size}; }
    [[nodiscard]] std::string_view text() const { return {reinterpret_cast<const char*>(m_data), m_size}; }
    [[nodiscard]] const std::string& path() const { return m_path; }
    /// Tells the system that the pages are not needed soon (after weights were copied elsewhere).
    void dropPages() const;

private:
    MappedFile() = default;
    const std::byte* m_data = nullptr;
    std::size_t m_size = 0;
    std::string m_path;
};

/// Creates a folder and its parents. Existing folders are fine.
[[nodiscard]] Result<void> makeFolders(const std::string& path);
/// fsync of a folder, so that a rename in it survives a power cut.
[[nodiscard]] Result<void> syncFolder(const std::string& path);
/// Renames a finished temporary folder to its final name (same disk) and syncs the parent. The target must not exist.
[[nodiscard]] Result<void> publishFolder(const std::string& temporary, const std::string& final);
/// Removes a file or a folder with all it holds. A missing path is fine.
[[nodiscard]] Result<void> removeAll(const std::string& path);
[[nodiscard]] bool fileExists(const std::string& path);
[[nodiscard]] bool folderExists(const std::string& path);
[[nodiscard]] Result<std::uint64_t> fileSize(const std::string& path);
/// Free bytes for us on the disk of `path` (which may not exist yet: the nearest existing parent counts).
[[nodiscard]] Result<std::uint64_t> freeDiskBytes(const std::string& path);

/// $FETTLE_DATA_DIR, else ${XDG_DATA_HOME:-~/.local/share}/fettle.
[[nodiscard]] std::string dataFolder();
/// $FETTLE_PROJECTS_DIR, else ~/Fettle.
[[nodiscard]] std::string projectsFolder();
/// Folder of the running program (from /proc/self/exe).
[[nodiscard]] std::string programFolder();

enum class FileOperation { Open, Write, Sync, Rename };
/// For tests: called before each write operation; a value above 0 is an errno that the operation then fails with;
/// for Write a value below 0 writes half of the bytes first and then fails with the errno -value (a short write). An
/// empty function removes the hook. Not for product code.
void setFileFaultHook(std::function<int(FileOperation, const std::string& path)> hook);

} // namespace fettle
