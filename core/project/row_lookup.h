// Answers filters, sorts, counts and histograms on one connection. A pass over the narrow table of rows gives what is
// needed of each, the order is made in memory: any filter with any sort costs one pass. Private to this folder.
#pragma once

#include "project/database.h"
#include "project/row_query.h"
#include "project/search_index.h"

#include <functional>

namespace fettle::project {

class RowLookup {
public:
    /// `index` may be null (searching then reads the texts). `stopped` is asked now and then.
    RowLookup(Database& database, SearchIndex* index, std::function<bool()> stopped)
        : m_database(database)
        , m_index(index)
        , m_stopped(std::move(stopped)) {}

    [[nodiscard]] Result<QueryResult> query(const Filter& filter, const Sort& sort);
    [[nodiscard]] Result<RowCounts> counts(const Filter& filter);
    [[nodiscard]] Result<Histogram> histogram(const Filter& filter, RowNumber number, int bins);
    [[nodiscard]] Result<Balance> balance(const Filter& filter, Balance::Of of, std::size_t bars);

private:
    struct Plan {
        std::string where;                       // over `rows`
        std::optional<std::vector<RowId>> among; // ascending: no other row can match
        SearchQuery scan;                        // pieces to be proved in the text
        std::vector<FieldTest> tests;            // to be proved in the row
        bool scanned = false;
        [[nodiscard]] bool readsTexts() const { return !scan.empty() || !tests.empty(); }
    };
    Result<Plan> plan(const Filter& filter);
    /// Calls `take` for each matching row, ascending by id, with `columns` from index 1 on.
    Result<void> pass(const Plan& plan, const std::string& columns, const std::function<void(const Statement&)>& take);
    Result<std::vector<RowId>> idList(const char* sql, const std::vector<std::string>& values);
    Result<std::uint64_t> changeNumber();
    Result<std::string> nameIds(const char* table, const std::vector<std::string>& names);
    Result<void> indexPass(Statement& read, const std::vector<RowId>& matching,
                           std::map<std::string, std::int64_t>& counts);
    bool proves(const Plan& plan, std::int64_t kind, std::string_view text) const;

    Database& m_database;
    SearchIndex* m_index;
    std::function<bool()> m_stopped;
};

/// The value at a path of a row ("messages[1].content"), or nullptr.
[[nodiscard]] const Json* valueAt(const Json& row, std::string_view path);
[[nodiscard]] bool passes(const FieldTest& test, std::int64_t kind, const Json& row);

} // namespace fettle::project
