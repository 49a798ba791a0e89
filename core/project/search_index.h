// The full-text index: search.db beside project.db. All of it follows from the rows, so it may be thrown away; keeping
// it apart lets edits go on while it is written. Private to this folder. Thread: one connection each.
#pragma once

#include "project/database.h"
#include "project/row_types.h"
#include "project/search_terms.h"

#include <functional>
#include <optional>

namespace fettle::project {

class SearchIndex {
public:
    /// Makes the file where there is none, and anew where it belongs to another store or is damaged. `store`: its id.
    [[nodiscard]] static Result<std::unique_ptr<SearchIndex>> open(const std::string& path, const std::string& store);
    /// For readers: nullptr where there is none yet or it belongs to another store.
    [[nodiscard]] static Result<std::unique_ptr<SearchIndex>> openForReading(const std::string& path,
                                                                             const std::string& store);

    /// Rows with ids up to this one are in it.
    [[nodiscard]] Result<RowId> upTo();
    struct Entry {
        RowId row = 0;
        std::string terms; // indexTerms()
    };
    /// One transaction. Rows that are in it already are replaced.
    [[nodiscard]] Result<void> add(const std::vector<Entry>& entries, RowId upTo);
    /// Everything out (the rules of terms changed).
    [[nodiscard]] Result<void> clear();
    /// Merges what many small transactions left behind.
    [[nodiscard]] Result<void> tidy();

    /// Rows that have all terms of the query, ascending. `stopped` is asked now and then.
    [[nodiscard]] Result<std::vector<RowId>> find(const SearchQuery& query);
    /// Rows with this one term, at most `most`.
    [[nodiscard]] Result<std::vector<RowId>> withTerm(std::string_view term, std::size_t most);
    void interrupt() { m_database->interrupt(); }

private:
    explicit SearchIndex(std::unique_ptr<Database> database)
        : m_database(std::move(database)) {}
    Result<std::vector<RowId>> rowsOf(const std::string& match, std::size_t most);
    std::unique_ptr<Database> m_database;
};

} // namespace fettle::project
