// Rows of data files for commands that look at several of them: one after another, numbered over all.
#pragma once

#include "cli/arguments.h"
#include "data/exporter.h"
#include "data/importer.h"
#include "text/encode.h"

#include <functional>
#include <string>
#include <vector>

namespace fettle::app {

/// Where each row stands, by number.
class RowPlaces {
public:
    void add(const std::string& file, std::int64_t line);
    [[nodiscard]] std::string text(std::int64_t row) const; // "rows.jsonl:12"
    [[nodiscard]] std::int64_t line(std::int64_t row) const { return m_lines[static_cast<std::size_t>(row)]; }
    [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(m_lines.size()); }

private:
    std::vector<std::string> m_files;
    std::vector<std::int64_t> m_begins; // first row of each
    std::vector<std::int64_t> m_lines;
};

/// Good rows of all files, in order, with Sample::id counted over all of them. `take` may end the reading by an error.
/// Faults are told on standard error when `tell`. Gives the number of faulty rows; an error where a file cannot be
/// read, or none of them holds a row.
[[nodiscard]] Result<std::int64_t> readRows(const std::vector<std::string>& files, const std::string& format, bool tell,
                                            const std::function<Result<void>(data::Sample&&)>& take);

/// The same as a source that can be read again.
[[nodiscard]] data::SampleSource sourceOf(const std::vector<std::string>& files, const std::string& format);

[[nodiscard]] data::ImportOptions importOptions(const Arguments& arguments);
void tellFaults(const data::ImportReport& report);
[[nodiscard]] Result<text::TextModel> textModel(const Arguments& arguments);

} // namespace fettle::app
