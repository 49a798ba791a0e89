// Walkers: bytes of a file to single rows with their physical lines, for JSON lines, JSON arrays and tables. They look
// at one row at a time and go on after a bad one. Internal to core/data.
#pragma once

#include "base/json.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace fettle::data {

/// What a walker reports to. Each method returns false to stop the walk.
class RowVisitor {
public:
    virtual ~RowVisitor() = default;
    /// The text of one row; `line` is where it begins (1-based), `index` its place in the array (-1 for lines).
    virtual bool jsonRow(std::int64_t line, std::int64_t index, std::string_view text) = 0;
    /// One row of a table: cells in the order of the columns; `bytes` is its length in the file.
    virtual bool tableRow(std::int64_t line, std::vector<std::string>& cells, std::string_view bytes) = 0;
    /// A row that cannot be read at all; `text` as it stands in the file.
    virtual bool badRow(std::int64_t line, std::string key, const char* code, std::string reason,
                        std::string_view text) = 0;
    /// A fault between rows (the array is not closed).
    virtual bool badPlace(std::int64_t line, const char* code, std::string reason) = 0;
    /// Called now and then with the bytes that are done with.
    virtual void progress(std::size_t offset) = 0;
};

/// Blank lines are skipped and counted as lines. `text` begins after a byte order mark.
void walkJsonLines(std::string_view text, RowVisitor& visitor);
/// `text` begins (after white space) with '['.
void walkJsonArray(std::string_view text, RowVisitor& visitor);

struct TableHeader {
    char delimiter = ',';
    std::vector<std::string> columns;
    std::size_t bodyOffset = 0;
    std::int64_t bodyLine = 2;
    std::string problem; // why the header cannot be read
};
/// The first line that is not blank; the delimiter is the one of , ; tab that the header holds most of.
[[nodiscard]] TableHeader readTableHeader(std::string_view text);
/// Rows after the header, RFC 4180: quotes, doubled quotes, line breaks inside quotes, CRLF or LF.
void walkTable(std::string_view text, const TableHeader& header, RowVisitor& visitor);

} // namespace fettle::data
