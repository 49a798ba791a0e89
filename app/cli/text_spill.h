// Texts that are read once and wanted again later: in memory while they are few, in a temporary file that no one else
// sees when they are many.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fettle::app {

class TextSpill {
public:
    TextSpill() = default;
    ~TextSpill();
    TextSpill(const TextSpill&) = delete;
    TextSpill& operator=(const TextSpill&) = delete;

    /// Errors: DiskFull, Io.
    [[nodiscard]] Result<void> add(std::string_view text);
    /// The text that was added as number `index`.
    [[nodiscard]] Result<std::string> text(std::int64_t index);
    [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(m_ends.size()); }

private:
    Result<void> flush();

    std::vector<std::uint64_t> m_ends; // end of each text, over all
    std::string m_pending;             // what is not in the file yet; begins at m_written
    std::uint64_t m_written = 0;
    int m_fd = -1;
};

} // namespace fettle::app
