// The door to Parquet: files of tables, read and written by the module libfettle_parquet.so (Arrow out of the pyarrow
// wheel), which a program opens with the first such file. Nothing of Arrow shows.
#pragma once

#include "base/json.h"
#include "base/result.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace fettle::data {

inline constexpr std::uint32_t kParquetInterface = 1; // raise with every change of this header

struct ParquetColumn {
    std::string name;
    std::string type; // Arrow's words: "string", "list<item: struct<role: string, content: string>>"
};
struct ParquetInfo {
    std::int64_t rows = 0;
    std::vector<ParquetColumn> columns;
};

/// A row as an object: lists, structs and maps with text keys are arrays and objects; dates, times and decimals are
/// text; bytes are text where they are UTF-8. A value that is null (or a number that is none) is left out.
struct ParquetRow {
    std::int64_t number = 0; // 1-based
    Json row;
    std::size_t bytes = 0;   // about as long as its JSON
    std::string faultColumn; // not empty: the row has a value that cannot be a text or a number …
    std::string faultReason; // … and why
};

/// Gives all rows in order to `take` until it returns false; may be called several times, with the same rows.
using JsonRowSource = std::function<Result<void>(const std::function<bool(const Json&)>& take)>;

/// Thread: any; calls do not disturb each other.
class Parquet {
public:
    virtual ~Parquet() = default;
    /// Errors: NotFound, Permission, Io, Corrupt (names what Arrow says).
    [[nodiscard]] virtual Result<ParquetInfo> info(const std::string& path) = 0;
    /// Row by row in bounded memory (a column chunk of one row group is streamed in pages); `take` returns false to
    /// stop.
    [[nodiscard]] virtual Result<void> read(const std::string& path, const std::function<bool(ParquetRow&&)>& take) = 0;
    /// Objects to a file (zstd, groups of at most 16,384 rows) that replaces `path` only when it is whole. Columns and
    /// their types are those that all rows together need: what a row lacks is null. Errors: InvalidInput where one key
    /// holds values that no column can hold together (a text here, a list there: names key and both rows), the disk, of
    /// the source.
    [[nodiscard]] virtual Result<std::int64_t> write(const std::string& path, const JsonRowSource& rows) = 0;
};

/// Opens the module on first use and keeps it. Error Unsupported with what was tried and how to get it. Thread: any.
[[nodiscard]] Result<Parquet*> openParquet();

} // namespace fettle::data

/// The one symbol of the module. Null when the interface number does not fit.
extern "C" fettle::data::Parquet* fettleParquetCreate(std::uint32_t interfaceNumber);
using FettleParquetCreate = fettle::data::Parquet* (*)(std::uint32_t);
