// The import engine: file kind, format, rows, faults.
#include "data/importer.h"

#include "base/files.h"
#include "base/utf8.h"
#include "data/file_kind.h"
#include "data/formats.h"
#include "data/parquet_door.h"
#include "data/row_importer.h"
#include "data/row_walkers.h"

#include <algorithm>
#include <filesystem>

namespace fettle::data {
namespace {

constexpr std::size_t kDetectObjects = 64; // rows that vote on the format
constexpr std::size_t kDetectRows = 4096;  // rows looked at for them

// Gathers what rows look like before the real pass.
class Detector final : public RowVisitor {
public:
    Detector(std::vector<const RowFormat*> allowed, const std::function<Json(Json&&)>& mapRow)
        : m_allowed(std::move(allowed))
        , m_mapRow(mapRow)
        , m_votes(m_allowed.size(), 0) {}

    bool jsonRow(std::int64_t line, std::int64_t, std::string_view text) override {
        JsonParseError fault;
        auto row = parseJsonDetailed(text, fault);
        return look(line, row ? &*row : nullptr);
    }
    /// One row, or nothing where it could not be read. False: enough were seen.
    bool look(std::int64_t line, Json* row) {
        ++m_rows;
        if (row != nullptr && row->is_object()) {
            if (m_mapRow) {
                *row = m_mapRow(std::move(*row));
            }
            ++m_objects;
            for (std::size_t i = 0; i < m_allowed.size(); ++i) {
                if (m_allowed[i]->matches(*row)) {
                    ++m_votes[i];
                    break;
                }
            }
            if (m_firstObjectLine == 0) {
                m_firstObjectLine = line;
                m_firstKeys = keysOf(*row);
            }
        }
        return m_objects < kDetectObjects && m_rows < kDetectRows;
    }
    bool tableRow(std::int64_t, std::vector<std::string>&, std::string_view) override { return false; }
    bool badRow(std::int64_t, std::string, const char*, std::string, std::string_view) override {
        return ++m_rows < kDetectRows;
    }
    bool badPlace(std::int64_t, const char*, std::string) override { return true; }
    void progress(std::size_t) override {}

    [[nodiscard]] const RowFormat* winner() const {
        const auto most = std::max_element(m_votes.begin(), m_votes.end());
        return most == m_votes.end() || *most == 0 ? nullptr
                                                   : m_allowed[static_cast<std::size_t>(most - m_votes.begin())];
    }
    [[nodiscard]] std::size_t rows() const { return m_rows; }
    [[nodiscard]] std::size_t objects() const { return m_objects; }
    [[nodiscard]] std::int64_t firstObjectLine() const { return m_firstObjectLine; }
    [[nodiscard]] const std::string& firstKeys() const { return m_firstKeys; }

private:
    static std::string keysOf(const Json& row) {
        std::string keys;
        std::string wrapper;
        std::size_t count = 0;
        for (const auto& member : row.get_ref<const Json::object_t&>()) {
            if (wrapper.empty() && member.second.is_array() && !member.second.empty() &&
                member.second.front().is_object()) {
                wrapper = member.first;
            }
            if (++count <= 8) {
                keys += (keys.empty() ? "" : ", ") + member.first;
            }
        }
        std::string reason = "the keys (" + keys + (count > 8 ? ", …" : "") + ") are those of no known format";
        if (!wrapper.empty()) {
            reason += "; the rows seem to lie under '" + wrapper + "': save that list as a file of its own";
        }
        return reason;
    }

    std::vector<const RowFormat*> m_allowed;
    const std::function<Json(Json&&)>& m_mapRow;
    std::vector<std::size_t> m_votes;
    std::size_t m_rows = 0;
    std::size_t m_objects = 0;
    std::int64_t m_firstObjectLine = 0;
    std::string m_firstKeys;
};

const RowFormat* formatOfColumns(const std::vector<std::string>& columns, const ImportOptions& options) {
    const std::vector<const RowFormat*> allowed = formatsNamed(options.format);
    Json row = Json::object();
    for (const std::string& column : columns) {
        row[column] = "";
    }
    if (options.mapRow) {
        row = options.mapRow(std::move(row));
        for (const RowFormat* format : allowed) {
            if (format->matches(row)) {
                return format;
            }
        }
        return nullptr;
    }
    const auto has = [&](std::string_view key) { return hasKey(row, key); };
    for (const RowFormat* format : allowed) {
        if (!format->matches(row)) {
            continue;
        }
        // In a table every row has the same keys: a format whose answer has no column is not meant.
        const std::string_view name = format->name;
        const bool whole =
            name == "prompt_only"                      ? columns.size() == 1 || allowed.size() == 1
            : name == "alpaca" || name == "alpaca_kto" ? has("output")
            : name.ends_with("_preference")
                ? (has("chosen") && has("rejected")) || (has("preferred_output") && has("non_preferred_output"))
            : name == "trl_stepwise" ? has("labels")
                                     : true;
        if (whole) {
            return format;
        }
    }
    return nullptr;
}

void importTable(std::string_view text, const ImportOptions& options, RowImporter& importer) {
    TableHeader header = readTableHeader(text);
    importer.report().format = header.delimiter == '\t' ? "tsv" : "csv";
    const std::int64_t line = std::max<std::int64_t>(header.bodyLine - 1, 1);
    if (!header.problem.empty()) {
        importer.fileFault(header.bodyLine, {}, header.problem == "bad_quote" ? "bad_quote" : "unclosed_quote",
                           "the header line has a quote that is wrong");
        return;
    }
    std::string names;
    for (std::size_t i = 0; i < header.columns.size(); ++i) {
        std::string& column = header.columns[i];
        if (column.empty()) {
            column = "column_" + std::to_string(i + 1); // an index that a spreadsheet or pandas left unnamed
        }
        names += (names.empty() ? "" : ", ") + column;
        if (std::find(header.columns.begin(), header.columns.begin() + static_cast<std::ptrdiff_t>(i), column) !=
            header.columns.begin() + static_cast<std::ptrdiff_t>(i)) {
            importer.fileFault(line, column, "duplicate_column",
                               "the column '" + column + "' stands twice in the header");
            return;
        }
    }
    if (firstInvalidUtf8(names)) {
        importer.fileFault(line, {}, "invalid_utf8", "the header is not valid UTF-8; save the file as UTF-8");
        return;
    }
    if (text.find_first_not_of(" \t\r\n", header.bodyOffset) == std::string_view::npos) {
        importer.fileFault(0, {}, "no_rows", "the table has a header and no rows");
        return;
    }
    const RowFormat* format = formatOfColumns(header.columns, options);
    if (format == nullptr) {
        importer.fileFault(line, {}, "unknown_columns",
                           "the columns (" + names +
                               ") do not say what to learn; name them prompt and completion, instruction and output, "
                               "messages, or text");
        return;
    }
    importer.setFormat(format);
    importer.setColumns(header.columns);
    walkTable(text, header, importer);
}

void walkJson(std::string_view text, FileKind kind, RowVisitor& visitor) {
    if (kind == FileKind::JsonArray) {
        walkJsonArray(text, visitor);
    } else if (kind == FileKind::JsonDocument) {
        const std::size_t first = text.find_first_not_of(" \t\r\n");
        visitor.jsonRow(1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(first), '\n'), -1,
                        text.substr(first));
    } else {
        walkJsonLines(text, visitor);
    }
}

// Rows of a Parquet file are objects like those of JSON lines; in columns of texts a list may stand as JSON. Their line
// is their number.
Result<void> importParquet(const std::string& path, const ImportOptions& options, RowImporter& importer) {
    FETTLE_TRY_VALUE(Parquet* const parquet, openParquet());
    importer.report().format = "parquet";
    const std::vector<const RowFormat*> allowed = formatsNamed(options.format);
    Detector detector(allowed, options.mapRow);
    FETTLE_TRY(parquet->read(path, [&](ParquetRow&& row) {
        if (!row.faultReason.empty() || !RowImporter::readCells(row.row).empty()) {
            return detector.look(row.number, nullptr);
        }
        return detector.look(row.number, &row.row);
    }));
    if (detector.rows() == 0) {
        importer.fileFault(0, {}, "no_rows", "the table has columns and no rows");
        return {};
    }
    const RowFormat* format = detector.winner();
    if (format == nullptr && allowed.size() == rowFormats().size()) {
        importer.fileFault(std::max<std::int64_t>(1, detector.firstObjectLine()), {}, "unknown_format",
                           detector.firstKeys().empty() ? "no row can be read" : detector.firstKeys());
        return {};
    }
    importer.setFormat(format != nullptr ? format : allowed.front());
    return parquet->read(path, [&importer](ParquetRow&& row) {
        if (!row.faultReason.empty()) {
            return importer.badRow(row.number, row.faultColumn, "invalid_utf8", row.faultReason, {});
        }
        return importer.objectRow(row.number, std::move(row.row), row.bytes);
    });
}

bool isTextName(const std::filesystem::path& path) {
    const std::string extension = path.extension().string();
    return extension == ".txt" || extension == ".text" || extension == ".md" || extension == ".markdown" ||
           extension == ".rst";
}

Result<void> importTextFile(const std::string& path, const ImportOptions& options, RowImporter& importer, bool& goOn) {
    FETTLE_TRY_VALUE(const std::uint64_t size, fileSize(path));
    if (size > options.maxRowBytes) {
        goOn = importer.badFile(path, 1, "line_too_long",
                                "the text has " + std::to_string(size) + " bytes; at most " +
                                    std::to_string(options.maxRowBytes) + " are read");
        return {};
    }
    FETTLE_TRY_VALUE(std::string text, readFile(path));
    const FileKindFound kind = binaryKindOf(text);
    if (kind.kind != FileKind::None) {
        goOn = importer.badFile(path, 1, kind.kind == FileKind::WrongEncoding ? "wrong_encoding" : "not_text",
                                kind.kind == FileKind::Parquet ? "this is a Parquet file, not text" : kind.reason);
        return {};
    }
    if (const auto offset = firstInvalidUtf8(text)) {
        const std::int64_t line =
            1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(*offset), '\n');
        goOn = importer.badFile(path, line, "invalid_utf8",
                                "byte " + std::to_string(*offset) + " is not valid UTF-8; save the file as UTF-8");
        return {};
    }
    if (text.starts_with("\xEF\xBB\xBF")) {
        text.erase(0, 3);
    }
    goOn = importer.textRow(path, std::move(text));
    return {};
}

Result<void> importFolder(const std::string& path, const ImportOptions& options, RowImporter& importer) {
    std::error_code error;
    std::vector<std::filesystem::path> files;
    std::vector<std::filesystem::path> skipped;
    for (std::filesystem::recursive_directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
        std::error_code ignored;
        if (it->path().filename().string().starts_with(".")) {
            if (it->is_directory(ignored)) {
                it.disable_recursion_pending();
            }
            continue;
        }
        if (it->is_regular_file(ignored)) {
            (isTextName(it->path()) ? files : skipped).push_back(it->path());
        }
    }
    if (error) {
        return makeError(ErrorCode::Io, "the folder cannot be read: " + error.message(),
                         "check that the path is right and readable")
            .at(path);
    }
    std::sort(files.begin(), files.end());
    std::sort(skipped.begin(), skipped.end());
    importer.report().format = "text_folder";
    for (const RowFormat& format : rowFormats()) {
        if (std::string_view(format.name) == "text") {
            importer.setFormat(&format);
        }
    }
    for (const auto& file : skipped) {
        importer.skippedFile(file.string(), "not read: in a folder only .txt and .md files are rows");
    }
    bool goOn = true;
    for (std::size_t i = 0; i < files.size() && goOn; ++i) {
        FETTLE_TRY(importTextFile(files[i].string(), options, importer, goOn));
    }
    if (files.empty()) {
        importer.fileFault(0, {}, "no_rows", "the folder holds no .txt or .md file");
    }
    return {};
}

} // namespace

const RowFormat* chooseJsonFormat(std::string_view text, FileKind kind, const ImportOptions& options,
                                  RowImporter& importer) {
    const std::vector<const RowFormat*> allowed = formatsNamed(options.format);
    const RowFormat* format = allowed.front();
    const bool single = allowed.size() == 1;
    Detector detector(allowed, options.mapRow);
    walkJson(text, kind, detector);
    if (detector.rows() == 0) {
        importer.report().format = single ? format->name : "";
        if (kind == FileKind::JsonArray) {
            walkJson(text, kind, importer); // an array without rows may still be broken
        }
        importer.fileFault(0, {}, "no_rows", "the list of rows is empty");
        return nullptr;
    }
    if (const RowFormat* winner = detector.winner()) {
        format = winner;
    } else if (allowed.size() == rowFormats().size()) {
        if (detector.objects() > 0) {
            importer.fileFault(detector.firstObjectLine(), {}, "unknown_format", detector.firstKeys());
            return nullptr;
        }
        for (const RowFormat* candidate : allowed) { // no row is an object: each says so itself
            format = std::string_view(candidate->name) == "chat" ? candidate : format;
        }
    }
    importer.setFormat(format);
    importer.report().format = format->name;
    return format;
}

Result<ImportReport> runImport(const std::string& path, const ImportOptions& options,
                               const std::function<bool(Sample&&)>& take, const FaultSink& sink) {
    if (formatsNamed(options.format).empty()) {
        return makeError(ErrorCode::InvalidInput, "the data format '" + options.format + "' is not known",
                         "use auto, chat, prompt_completion, alpaca, sharegpt, preference, feedback, text, "
                         "prompt_only, stepwise, ids, csv or parquet")
            .at(path);
    }
    RowImporter importer(path, options, take, sink);
    if (folderExists(path)) {
        FETTLE_TRY(importFolder(path, options, importer));
    } else {
        FETTLE_TRY_VALUE(const MappedFile file, MappedFile::open(path));
        importer.setProgress([&file] { file.dropPages(); });
        const FileKindFound found = fileKindOf(file.text(), path, options.format);
        const std::string_view text = file.text().substr(found.start);
        switch (found.kind) {
        case FileKind::None:
            importer.fileFault(0, {}, "no_rows", "the file is empty");
            break;
        case FileKind::NotText:
            importer.fileFault(1, {}, "not_text", found.reason);
            break;
        case FileKind::WrongEncoding:
            importer.fileFault(1, {}, "wrong_encoding", found.reason);
            break;
        case FileKind::Parquet:
            FETTLE_TRY(importParquet(path, options, importer));
            break;
        case FileKind::Table:
            importTable(text, options, importer);
            break;
        case FileKind::PlainText: {
            importer.report().format = "text";
            importer.setFormat(formatsNamed("text").front());
            bool goOn = true;
            FETTLE_TRY(importTextFile(path, options, importer, goOn));
            break;
        }
        case FileKind::JsonLines:
        case FileKind::JsonArray:
        case FileKind::JsonDocument:
            if (chooseJsonFormat(text, found.kind, options, importer) != nullptr) {
                walkJson(text, found.kind, importer);
            }
            break;
        }
    }
    if (importer.cancelled()) {
        return makeError(ErrorCode::Cancelled, "stopped while reading").at(path);
    }
    return std::move(importer.report());
}

Result<ImportReport> importRows(const std::string& path, const ImportOptions& options,
                                const std::function<bool(Sample&&)>& take) {
    return runImport(path, options, take, {});
}

Result<ImportedRows> importAll(const std::string& path, const ImportOptions& options) {
    ImportedRows all;
    FETTLE_TRY_VALUE(all.report, importRows(path, options, [&](Sample&& sample) {
                         all.samples.push_back(std::move(sample));
                         return true;
                     }));
    return all;
}

} // namespace fettle::data
