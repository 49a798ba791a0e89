// Reads rows for screens: pages of cells, single rows, histories, label sets, sources. Private to this folder; on any
// connection.
#pragma once

#include "project/data_version.h"
#include "project/database.h"
#include "project/label_set.h"
#include "project/row_import.h"
#include "project/row_page.h"
#include "project/row_query.h"

#include <functional>
#include <stop_token>

namespace fettle::project {

/// Prepared once, asked often. The database outlives it.
class RowReader {
public:
    [[nodiscard]] static Result<std::unique_ptr<RowReader>> open(Database& database);
    [[nodiscard]] Result<RowPage> page(const std::vector<RowId>& ids);
    [[nodiscard]] Result<RowDetails> details(RowId id);

private:
    explicit RowReader(Database& database)
        : m_database(database) {}
    enum class Cut { None = 0, Cells, Whole };
    Result<void> readNames();
    Result<RowCells> cells(RowId id, Cut cut, data::Sample* sample, RowDetails* details);

    Database& m_database;
    std::vector<Statement> m_statements; // row, tags, findings, comment, annotations
    std::map<std::int64_t, std::string> m_labels, m_languages;
    std::map<std::int64_t, std::string> m_sources;
};

/// Calls `take` for the rows with these ids, ascending.
[[nodiscard]] Result<void> eachSample(Database& database, const RowIndex& ids,
                                      const std::function<bool(data::Sample&&)>& take, std::stop_token stop);

[[nodiscard]] Result<std::vector<JournalEntry>> readJournal(Database& database, std::size_t newest);
[[nodiscard]] Result<std::vector<RowChange>> readHistory(Database& database, RowId row);
[[nodiscard]] Result<LabelSet> readLabelSet(Database& database);
[[nodiscard]] Result<void> writeLabelSet(Database& database, const LabelSet& set);
[[nodiscard]] Result<std::vector<Annotator>> readAnnotators(Database& database);
[[nodiscard]] Result<std::vector<Decision>>
readDecisions(Database& database, const std::optional<std::string>& annotator, std::size_t newest);
[[nodiscard]] Result<std::vector<SharedRow>> readSharedRows(Database& database, const std::string& first,
                                                            const std::string& second);
[[nodiscard]] Result<std::vector<SourceFile>> readSources(Database& database);
[[nodiscard]] Result<std::vector<RejectedRow>> readRejected(Database& database, std::int64_t source, std::size_t most);

} // namespace fettle::project
