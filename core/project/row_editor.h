// Changes single fields of rows inside a transaction, and keeps what follows from them: derived columns, the content
// hash of all rows, the list of rows the background job must look at again. Private to this folder.
#pragma once

#include "project/database.h"
#include "project/row_content.h"
#include "project/row_edit.h"

#include <optional>

namespace fettle::project {

/// Facts of the store, in the table of the project's facts.
[[nodiscard]] Result<std::string> storeFact(Database& database, std::string_view key);
[[nodiscard]] Result<void> setStoreFact(Database& database, std::string_view key, std::string_view value);
inline constexpr const char* kHashFact = "rows_hash";     // HashSum as hex
inline constexpr const char* kChangeFact = "rows_change"; // grows with each commit
inline constexpr const char* kRowsFact = "rows_total";    // not removed
inline constexpr const char* kStoreFact = "store_id";     // tells a copy of search.db from ours

/// Bits of `stale`.
inline constexpr int kStaleIndex = 1, kStaleTokens = 2, kStaleChecks = 4, kStaleAll = 7;

struct FieldChange {
    RowId row = 0;
    RowField field = RowField::None;
    std::int64_t place = 0; // index of the message
    std::string before, after;
};
/// The change that takes `change` back.
[[nodiscard]] FieldChange inverseOf(const FieldChange& change);

class RowEditor {
public:
    /// In an open transaction of the writer's connection.
    [[nodiscard]] static Result<std::unique_ptr<RowEditor>> open(Database& database, std::int64_t nowMs);

    /// `checked`: the value comes from a person and must leave a valid row; else it was there before. nullopt: the
    /// field has that value already. Errors: NotFound, InvalidInput.
    enum class Trust { None = 0, Checked, Known };
    [[nodiscard]] Result<std::optional<FieldChange>> set(RowId row, RowField field, std::int64_t place,
                                                         const std::string& value, std::int64_t annotator, Trust trust);
    /// A new row. `origin` of the content is its hash.
    struct NewRow {
        RowId id = 0;
        std::int64_t split = 0, source = 0, line = 0;
        std::int64_t label = 0;
        std::string labelName;
        const RowContent* content = nullptr;
    };
    [[nodiscard]] Result<void> insert(const NewRow& row);
    /// Gives a row the content that a changed file has for it.
    [[nodiscard]] Result<std::optional<FieldChange>> replaceFromFile(RowId row, const RowContent& content,
                                                                     std::int64_t source, std::int64_t line);
    [[nodiscard]] Result<void> spend(RowId row, std::int64_t annotator, std::int64_t step, std::int64_t spentMs);

    [[nodiscard]] Result<std::int64_t> labelId(const std::string& name);
    [[nodiscard]] Result<std::int64_t> annotatorId(const std::string& name);
    [[nodiscard]] std::uint64_t changeNumber() const { return m_change; }
    [[nodiscard]] const HashSum& hash() const { return m_sum; }
    [[nodiscard]] std::int64_t rows() const { return m_rows; }
    [[nodiscard]] bool labelsGrew() const { return m_labelsGrew; }

    /// Writes the sums. The caller commits.
    [[nodiscard]] Result<void> close();

private:
    struct Current {
        std::int64_t state = 0, split = 0, kind = 0, label = 0, rating = 0;
        Hash128 hash;
        std::string origin; // bytes, or empty
    };
    explicit RowEditor(Database& database)
        : m_database(database) {}

    Result<Current> current(RowId row);
    Result<Statement*> cached(const char* sql);
    Result<std::optional<FieldChange>> setState(RowId row, const Current& now, const std::string& value);
    Result<std::optional<FieldChange>> setSplit(RowId row, const Current& now, const std::string& value);
    Result<std::optional<FieldChange>> setLabel(RowId row, const Current& now, const std::string& value);
    Result<std::optional<FieldChange>> setRating(RowId row, const Current& now, const std::string& value);
    Result<std::optional<FieldChange>> setTag(RowId row, const Current& now, RowField field, const std::string& tag);
    Result<std::optional<FieldChange>> setComment(RowId row, const Current& now, const std::string& value);
    Result<std::optional<FieldChange>> setAnnotation(RowId row, const Current& now, RowField field,
                                                     const std::string& value, std::int64_t annotator);
    Result<std::optional<FieldChange>> setText(RowId row, const Current& now, RowField field, std::int64_t place,
                                               const std::string& value, Trust trust);
    Result<void> writeContent(RowId row, const Current& now, const RowContent& content);
    Result<std::string> labelName(std::int64_t id);
    Result<std::string> annotatorName(std::int64_t id);
    /// Adds or takes away everything said about a row but its place.
    Result<void> countFacts(RowId row, const Current& now, bool add);
    void swapPart(const Current& now, const Hash128& before, const Hash128& after, bool had, bool has);
    Result<void> stale(RowId row);

    Database& m_database;
    std::int64_t m_nowMs = 0;
    std::uint64_t m_change = 0;
    HashSum m_sum;
    std::int64_t m_rows = 0;
    bool m_labelsGrew = false;
    std::vector<std::pair<const char*, Statement>> m_statements; // by their text's address: literals only
    std::vector<std::pair<std::int64_t, std::string>> m_labelNames;
};

} // namespace fettle::project
