// The journal: steps of edits applied, undone and redone, each in one transaction with the changes it made. Private to
// this folder; all calls on the writer's connection.
#pragma once

#include "project/row_editor.h"

#include <functional>
#include <span>

namespace fettle::project {

/// What a finished transaction tells the store.
struct Written {
    EditDone done;
    bool order = false;  // rows came, went, or changed their place in splits
    bool labels = false; // the label set grew
};

[[nodiscard]] Result<Written> applyStep(Database& database, const EditStep& step, std::int64_t nowMs);
/// The same edit for many rows, as one step. `go(done)` is asked now and then: false stops, and nothing was changed.
[[nodiscard]] Result<Written> applyToAll(Database& database, const BulkEdit& edit, std::span<const RowId> rows,
                                         std::int64_t nowMs, const std::function<bool(std::int64_t done)>& go);
[[nodiscard]] Result<Written> undoStep(Database& database, std::int64_t nowMs);
[[nodiscard]] Result<Written> redoStep(Database& database, std::int64_t nowMs);
[[nodiscard]] Result<UndoState> readUndoState(Database& database);

/// Writes the record of one step: begin() first, then change by change, then finish().
class StepWriter {
public:
    [[nodiscard]] static Result<StepWriter> begin(Database& database, RowEditor& editor);
    [[nodiscard]] Result<void> add(const FieldChange& change);
    struct Facts {
        JournalEntry::Kind kind = JournalEntry::Kind::None;
        std::string label;
        std::int64_t annotator = 1;
        std::int64_t timeMs = 0;
        std::int64_t ofStep = 0;
        std::int64_t undone = 0; // 0 can be undone, 1 is undone, 2 never again, 3 never could
        bool mergeable = false;
        RowId firstRow = 0, lastRow = 0; // rows that came with it
    };
    [[nodiscard]] Result<std::int64_t> finish(const Facts& facts);
    [[nodiscard]] std::int64_t id() const { return m_step; }
    [[nodiscard]] std::int64_t rows() const { return m_rows; }
    [[nodiscard]] std::int64_t changes() const { return m_next - m_first; }
    [[nodiscard]] const std::vector<RowId>& first() const { return m_rowIds; }

private:
    StepWriter(Database& database, Statement insert, std::int64_t step, std::int64_t firstChange)
        : m_database(&database)
        , m_insert(std::move(insert))
        , m_step(step)
        , m_first(firstChange)
        , m_next(firstChange) {}
    Database* m_database;
    Statement m_insert;
    std::int64_t m_step;
    std::int64_t m_first;
    std::int64_t m_next;
    std::int64_t m_rows = 0;
    RowId m_lastRow = 0;
    std::vector<RowId> m_rowIds;
};

/// New steps make what was undone impossible to redo.
[[nodiscard]] Result<void> forgetRedo(Database& database);

} // namespace fettle::project
