// File kinds by magic numbers, byte order marks, first characters and names.
#include "data/file_kind.h"

#include "base/json.h"

#include <algorithm>
#include <array>

namespace fettle::data {
namespace {

using std::string_view_literals::operator""sv;

struct Magic {
    std::string_view bytes;
    std::string_view name;
};
constexpr std::array<Magic, 12> kMagic = {{{"\x1F\x8B"sv, "a gzip archive"},
                                           {"PK\x03\x04"sv, "a zip archive"},
                                           {"BZh"sv, "a bzip2 archive"},
                                           {"\xFD"
                                            "7zXZ"sv,
                                            "an xz archive"},
                                           {"\x28\xB5\x2F\xFD"sv, "a zstd archive"},
                                           {"7z\xBC\xAF"sv, "a 7z archive"},
                                           {"SQLite format 3"sv, "an SQLite database"},
                                           {"%PDF"sv, "a PDF"},
                                           {"\x89PNG"sv, "a picture"},
                                           {"ARROW1"sv, "an Arrow file"},
                                           {"Obj\x01"sv, "an Avro file"},
                                           {"GGUF"sv, "a model file"}}};

std::string extensionOf(const std::string& path) {
    const std::size_t slash = path.find_last_of('/');
    const std::size_t dot = path.find_last_of('.');
    std::string extension =
        dot == std::string::npos || (slash != std::string::npos && dot < slash) ? std::string() : path.substr(dot + 1);
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
    return extension;
}

bool parses(std::string_view text) {
    JsonParseError fault;
    return parseJsonDetailed(text, fault).has_value();
}

} // namespace

FileKindFound binaryKindOf(std::string_view text) {
    if (text.starts_with("PAR1")) {
        return {FileKind::Parquet, 0, {}};
    }
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
        return {FileKind::WrongEncoding, 0, "the file begins with a UTF-16 byte order mark; save it as UTF-8"};
    }
    for (const Magic& magic : kMagic) {
        if (text.starts_with(magic.bytes)) {
            return {FileKind::NotText, 0,
                    "this is " + std::string(magic.name) + ", not text" +
                        (magic.name.ends_with("archive") ? "; unpack it first" : "")};
        }
    }
    const std::string_view head = text.substr(0, 4096);
    std::array<std::size_t, 2> zeros = {0, 0};
    std::size_t controls = 0;
    for (std::size_t i = 0; i < head.size(); ++i) {
        const auto c = static_cast<unsigned char>(head[i]);
        zeros[i % 2] += c == 0 ? 1 : 0;
        controls += c != 0 && c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1B ? 1 : 0;
    }
    const std::size_t zeroCount = zeros[0] + zeros[1];
    if (zeroCount * 5 > head.size()) {
        if (std::min(zeros[0], zeros[1]) * 10 < zeroCount) {
            return {FileKind::WrongEncoding, 0, "every second byte is zero, as in UTF-16; save the file as UTF-8"};
        }
        return {FileKind::NotText, 0, "the file holds many zero bytes; it is not text"};
    }
    if (controls * 10 > head.size()) {
        return {FileKind::NotText, 0, "the file holds many control characters; it is not text"};
    }
    return {};
}

FileKindFound fileKindOf(std::string_view text, const std::string& path, std::string_view format) {
    FileKindFound found = binaryKindOf(text);
    if (found.kind != FileKind::None) {
        return found;
    }
    found.start = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    text.remove_prefix(found.start);
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) {
        return found;
    }
    const std::string extension = extensionOf(path);
    const bool tableName = extension == "csv" || extension == "tsv" || extension == "tab";
    if (format == "csv" || format == "tsv" || tableName) {
        found.kind = FileKind::Table;
        return found;
    }
    const std::size_t lineEnd = std::min(text.find('\n', first), text.size());
    const std::string_view line = text.substr(first, lineEnd - first);
    const bool more = text.find_first_not_of(" \t\r\n", lineEnd) != std::string_view::npos;
    if (text[first] == '[') {
        // In a file of lines, a first line that is whole by itself is a (bad) row; everywhere else the bracket opens
        // the list of rows.
        const bool lines = (extension == "jsonl" || extension == "ndjson") && more && parses(line);
        found.kind = lines ? FileKind::JsonLines : FileKind::JsonArray;
        return found;
    }
    if (text[first] != '{' &&
        (extension == "txt" || extension == "text" || extension == "md" || extension == "markdown")) {
        found.kind = FileKind::PlainText;
        return found;
    }
    const bool document =
        extension == "json" && text[first] == '{' && more && !parses(line) && parses(text.substr(first));
    found.kind = document ? FileKind::JsonDocument : FileKind::JsonLines;
    return found;
}

} // namespace fettle::data
