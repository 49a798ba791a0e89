// What kind of file lies before us, told by its first bytes and its name. Internal to core/data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fettle::data {

enum class FileKind { None = 0, JsonLines, JsonArray, JsonDocument, Table, PlainText, Parquet, NotText, WrongEncoding };

struct FileKindFound {
    FileKind kind = FileKind::None; // None: nothing but white space
    std::size_t start = 0;          // where the text begins (after a byte order mark)
    std::string reason;             // of NotText and WrongEncoding
};

/// `format` is the name that the user gave ("auto", "csv", …). `text` is the whole file; only its beginning is looked
/// at, but for a lone JSON document.
[[nodiscard]] FileKindFound fileKindOf(std::string_view text, const std::string& path, std::string_view format);

/// NotText, WrongEncoding, Parquet or None (looks like text), by the first bytes.
[[nodiscard]] FileKindFound binaryKindOf(std::string_view text);

} // namespace fettle::data
