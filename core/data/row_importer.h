// The real pass over a file: parses each row that a walker finds, brings it to normal form, reports its faults and
// hands the good ones over. Internal to core/data.
#pragma once

#include "data/file_kind.h"
#include "data/formats.h"
#include "data/row_walkers.h"

namespace fettle::data {

class RowImporter final : public RowVisitor {
public:
    /// All arguments but the path must outlive the importer.
    RowImporter(const std::string& path, const ImportOptions& options, const std::function<bool(Sample&&)>& take,
                const FaultSink& sink)
        : m_path(path)
        , m_options(options)
        , m_take(take)
        , m_sink(sink) {}

    void setFormat(const RowFormat* format) { m_format = format; }
    void setColumns(const std::vector<std::string>& columns) { m_columns = columns; }
    void setProgress(std::function<void()> progress) { m_progress = std::move(progress); }
    ImportReport& report() { return m_report; }
    [[nodiscard]] bool cancelled() const { return m_cancelled; }

    bool jsonRow(std::int64_t line, std::int64_t index, std::string_view text) override;
    bool tableRow(std::int64_t line, std::vector<std::string>& cells, std::string_view bytes) override;
    /// A row that was taken apart already (Parquet): texts in columns that hold lists are read as JSON.
    bool objectRow(std::int64_t line, Json&& row, std::size_t bytes);
    /// Reads those texts in place; returns the column of the first that is no JSON, or nothing.
    [[nodiscard]] static std::string readCells(Json& row);
    bool badRow(std::int64_t line, std::string key, const char* code, std::string reason,
                std::string_view text) override;
    bool badPlace(std::int64_t line, const char* code, std::string reason) override;
    void progress(std::size_t offset) override;

    /// A fault of the file as a whole.
    void fileFault(std::int64_t line, std::string key, const char* code, std::string reason);
    /// One text of a folder, and one that cannot be read; false stops.
    bool textRow(const std::string& file, std::string text);
    bool badFile(const std::string& file, std::int64_t line, const char* code, std::string reason);
    void skippedFile(const std::string& file, std::string reason);

private:
    bool begin();
    bool bad(std::int64_t line, std::string key, const char* code, std::string reason);
    bool parsed(std::int64_t line, std::int64_t index, Json&& row, std::size_t bytes);
    void flush(std::int64_t line);
    void emit(std::int64_t line, const PendingFault& pending);
    bool addCell(const std::string& column, std::string cell, Json& row);

    std::string m_path;
    const ImportOptions& m_options;
    const std::function<bool(Sample&&)>& m_take;
    const FaultSink& m_sink;
    std::function<void()> m_progress;
    const RowFormat* m_format = nullptr;
    std::vector<std::string> m_columns;
    ImportReport m_report;
    RowFaults m_faults;
    std::string_view m_text; // of the row being read
    bool m_cancelled = false;
};

/// The format of a file of JSON rows, by the majority of its first ones; it is told to the importer and its report.
/// nullptr after a fault of the whole file, which the importer has got.
[[nodiscard]] const RowFormat* chooseJsonFormat(std::string_view text, FileKind kind, const ImportOptions& options,
                                                RowImporter& importer);

} // namespace fettle::data
