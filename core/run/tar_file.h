// POSIX tar (ustar), the part that run archives need: regular files with paths up to 255 bytes. Private to core/run.
#pragma once

#include "base/files.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace fettle::run {

inline constexpr std::size_t kTarBlock = 512;

struct TarEntry {
    enum class Kind { File, Folder, Other };
    std::string path;
    Kind kind = Kind::File;
    char typeFlag = '0';
    std::uint64_t size = 0;
    std::int64_t modified = 0; // Unix seconds
};

/// Header block of a regular file. Error Unsupported: a path that does not fit.
[[nodiscard]] Result<std::string> tarHeader(const TarEntry& entry);
/// Bytes that fill the last block of a file of this size.
[[nodiscard]] std::size_t tarPadding(std::uint64_t size);
/// The two empty blocks at the end.
[[nodiscard]] std::string tarEnd();

/// Walks over an archive in memory (a map). Every error is Corrupt or Unsupported and names the entry or the byte.
class TarReader {
public:
    explicit TarReader(std::string_view bytes)
        : m_bytes(bytes) {}

    /// The next entry, or nullopt at the end mark. An archive without its end mark is torn: an error.
    [[nodiscard]] Result<std::optional<TarEntry>> next();
    [[nodiscard]] std::string_view data() const { return m_data; } // of the entry given last

private:
    std::string_view m_bytes, m_data;
    std::size_t m_at = 0;
};

} // namespace fettle::run
