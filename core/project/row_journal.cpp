// Steps and their changes. The undo stack is the steps of people in order: those undone stand behind those done.
#include "project/row_journal.h"

#include <algorithm>
#include <array>

namespace fettle::project {
namespace {

constexpr std::size_t kListedRows = 256;
constexpr std::int64_t kAskEvery = 500; // rows between two looks at a stop

bool changesOrder(RowField field) {
    return field == RowField::State || field == RowField::Split || field == RowField::Label;
}

Result<Written> finished(Database& database, RowEditor& editor, Transaction& transaction, StepWriter& writer,
                         const StepWriter::Facts& facts, bool order) {
    FETTLE_TRY_VALUE(const std::int64_t step, writer.finish(facts));
    FETTLE_TRY(editor.close());
    FETTLE_TRY(transaction.commit());
    (void)database;
    Written out;
    out.done = {step, writer.rows(), writer.first(), editor.changeNumber()};
    out.order = order;
    out.labels = editor.labelsGrew();
    return out;
}

struct LastStep {
    std::int64_t id = 0, change = 0;
    std::string before;
};

// The step that typing goes on with: the newest one, young, of the same field of the same row, and in no version yet.
Result<std::optional<LastStep>> mergePartner(Database& database, const FieldChange& change, std::int64_t annotator,
                                             std::int64_t nowMs) {
    FETTLE_TRY_VALUE(Statement last,
                     database.prepare("SELECT steps.id, kind, undone, mergeable, annotator, time_ms, first_change, "
                                      "last_change FROM steps ORDER BY id DESC LIMIT 1"));
    FETTLE_TRY_VALUE(const bool found, last.step());
    if (!found || last.integer(1) != static_cast<std::int64_t>(JournalEntry::Kind::Edit) || last.integer(2) != 0 ||
        last.integer(3) == 0 || last.integer(4) != annotator || nowMs - last.integer(5) >= kMergeMs ||
        nowMs < last.integer(5) || last.integer(6) != last.integer(7)) {
        return std::optional<LastStep>();
    }
    FETTLE_TRY_VALUE(
        Statement same,
        database.prepare("SELECT before FROM changes WHERE id = ?1 AND row = ?2 AND field = ?3 AND place = ?4 "
                         "AND NOT EXISTS (SELECT 1 FROM versions WHERE last_change >= ?1)"));
    FETTLE_TRY_VALUE(const bool fits, same.bind(1, last.integer(6))
                                          .bind(2, change.row)
                                          .bind(3, static_cast<std::int64_t>(change.field))
                                          .bind(4, change.place)
                                          .step());
    if (!fits) {
        return std::optional<LastStep>();
    }
    return std::optional<LastStep>(LastStep{last.integer(0), last.integer(6), same.text(0)});
}

Result<void> merge(Database& database, const LastStep& partner, const FieldChange& change, std::int64_t nowMs) {
    if (partner.before == change.after) { // typed and taken back: nothing happened
        const std::array<std::pair<const char*, std::int64_t>, 3> removals{
            {{"DELETE FROM changes WHERE id = ?", partner.change},
             {"DELETE FROM steps WHERE id = ?", partner.id},
             {"DELETE FROM decisions WHERE step = ?", partner.id}}};
        for (const auto& [sql, id] : removals) {
            FETTLE_TRY_VALUE(Statement remove, database.prepare(sql));
            FETTLE_TRY(remove.bind(1, id).run());
        }
        return {};
    }
    FETTLE_TRY_VALUE(Statement later, database.prepare("UPDATE changes SET after = ?2 WHERE id = ?1"));
    FETTLE_TRY(later.bind(1, partner.change).bind(2, change.after).run());
    FETTLE_TRY_VALUE(Statement time, database.prepare("UPDATE steps SET time_ms = ?2 WHERE id = ?1"));
    return time.bind(1, partner.id).bind(2, nowMs).run();
}

struct StackedStep {
    std::int64_t id = 0, annotator = 1, firstChange = 0, lastChange = 0;
    std::string label;
    RowId firstRow = 0, lastRow = 0;
};

Result<std::optional<StackedStep>> topOf(Database& database, bool undone) {
    FETTLE_TRY_VALUE(
        Statement find,
        database.prepare(undone
                             ? "SELECT id, annotator, first_change, last_change, label, first_row, last_row FROM steps "
                               "WHERE kind IN (1, 2) AND undone < 2 AND undone = 1 ORDER BY id LIMIT 1"
                             : "SELECT id, annotator, first_change, last_change, label, first_row, last_row FROM steps "
                               "WHERE kind IN (1, 2) AND undone < 2 AND undone = 0 ORDER BY id DESC LIMIT 1"));
    FETTLE_TRY_VALUE(const bool found, find.step());
    if (!found) {
        return std::optional<StackedStep>();
    }
    return std::optional<StackedStep>(StackedStep{find.integer(0), find.integer(1), find.integer(2), find.integer(3),
                                                  find.text(4), find.integer(5), find.integer(6)});
}

Result<std::vector<FieldChange>> changesBetween(Database& database, std::int64_t first, std::int64_t last) {
    std::vector<FieldChange> out;
    FETTLE_TRY_VALUE(Statement read, database.prepare("SELECT row, field, place, before, after FROM changes WHERE id "
                                                      "BETWEEN ? AND ? ORDER BY id"));
    read.bind(1, first).bind(2, last);
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, read.step());
        if (!more) {
            return out;
        }
        out.push_back(
            {read.integer(0), static_cast<RowField>(read.integer(1)), read.integer(2), read.text(3), read.text(4)});
    }
}

// Takes a step back, or makes it again: the same exchange of values, in the other order.
Result<Written> exchange(Database& database, bool redo, std::int64_t nowMs) {
    FETTLE_TRY_VALUE(Transaction transaction, Transaction::begin(database));
    FETTLE_TRY_VALUE(const std::optional<StackedStep> step, topOf(database, redo));
    if (!step) {
        return makeError(ErrorCode::InvalidInput, redo ? "there is nothing to redo" : "there is nothing to undo");
    }
    FETTLE_TRY_VALUE(const std::unique_ptr<RowEditor> editor, RowEditor::open(database, nowMs));
    FETTLE_TRY_VALUE(StepWriter writer, StepWriter::begin(database, *editor));
    bool order = step->firstRow > 0;
    const auto set = [&](const FieldChange& wanted) -> Result<void> {
        FETTLE_TRY_VALUE(const auto change,
                         editor->set(wanted.row, wanted.field, wanted.place,
                                     wanted.field == RowField::RemoveTag ? wanted.before : wanted.after,
                                     step->annotator, RowEditor::Trust::Known));
        order = order || changesOrder(wanted.field);
        return change ? writer.add(*change) : Result<void>();
    };
    const auto came = [&]() -> Result<void> {
        for (RowId row = step->firstRow; row > 0 && row <= step->lastRow; ++row) {
            FETTLE_TRY(set({row, RowField::State, 0, {}, redo ? "active" : "removed"}));
        }
        return {};
    };
    constexpr std::int64_t kChunk = 1000; // changes in memory at a time
    if (redo) {
        FETTLE_TRY(came());
        for (std::int64_t first = step->firstChange; first <= step->lastChange; first += kChunk) {
            FETTLE_TRY_VALUE(const auto changes,
                             changesBetween(database, first, std::min(first + kChunk - 1, step->lastChange)));
            for (const FieldChange& change : changes) {
                FETTLE_TRY(set(change));
            }
        }
    } else {
        for (std::int64_t last = step->lastChange; last >= step->firstChange && step->firstChange > 0; last -= kChunk) {
            FETTLE_TRY_VALUE(const auto changes,
                             changesBetween(database, std::max(last - kChunk + 1, step->firstChange), last));
            for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
                FETTLE_TRY(set(inverseOf(*change)));
            }
        }
        FETTLE_TRY(came());
    }
    FETTLE_TRY_VALUE(Statement mark, database.prepare("UPDATE steps SET undone = ?2 WHERE id = ?1"));
    FETTLE_TRY(mark.bind(1, step->id).bind(2, std::int64_t{redo ? 0 : 1}).run());
    StepWriter::Facts facts;
    facts.kind = redo ? JournalEntry::Kind::Redo : JournalEntry::Kind::Undo;
    facts.label = step->label;
    facts.annotator = step->annotator;
    facts.timeMs = nowMs;
    facts.ofStep = step->id;
    facts.undone = 3;
    return finished(database, *editor, transaction, writer, facts, order);
}

} // namespace

Result<StepWriter> StepWriter::begin(Database& database, RowEditor& editor) {
    (void)editor;
    FETTLE_TRY_VALUE(const std::int64_t lastStep, database.integer("SELECT max(id) FROM steps"));
    FETTLE_TRY_VALUE(const std::int64_t lastChange, database.integer("SELECT max(id) FROM changes"));
    // A version is a place in the journal: its numbers are never given again.
    FETTLE_TRY_VALUE(const std::int64_t versioned, database.integer("SELECT max(last_change) FROM versions"));
    FETTLE_TRY_VALUE(Statement insert,
                     database.prepare("INSERT INTO changes (id, step, row, field, place, before, after) "
                                      "VALUES (?, ?, ?, ?, ?, ?, ?)"));
    return StepWriter(database, std::move(insert), lastStep + 1, std::max(lastChange, versioned) + 1);
}

Result<void> StepWriter::add(const FieldChange& change) {
    FETTLE_TRY(m_insert.bind(1, m_next)
                   .bind(2, m_step)
                   .bind(3, change.row)
                   .bind(4, static_cast<std::int64_t>(change.field))
                   .bind(5, change.place)
                   .bindView(6, change.before)
                   .bindView(7, change.after)
                   .run());
    ++m_next;
    if (change.row != m_lastRow) {
        m_lastRow = change.row;
        ++m_rows;
        if (m_rowIds.size() < kListedRows) {
            m_rowIds.push_back(change.row);
        }
    }
    return {};
}

Result<std::int64_t> StepWriter::finish(const Facts& facts) {
    FETTLE_TRY_VALUE(
        Statement write,
        m_database->prepare("INSERT INTO steps (id, kind, label, annotator, time_ms, rows, of_step, undone, "
                            "mergeable, first_change, last_change, first_row, last_row) VALUES (?, ?, ?, ?, "
                            "?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    const std::int64_t came = facts.lastRow > 0 ? facts.lastRow - facts.firstRow + 1 : 0;
    FETTLE_TRY(write.bind(1, m_step)
                   .bind(2, static_cast<std::int64_t>(facts.kind))
                   .bind(3, facts.label)
                   .bind(4, facts.annotator)
                   .bind(5, facts.timeMs)
                   .bind(6, m_rows + came)
                   .bind(7, facts.ofStep)
                   .bind(8, facts.undone)
                   .bind(9, std::int64_t{facts.mergeable ? 1 : 0})
                   .bind(10, changes() > 0 ? m_first : std::int64_t{0})
                   .bind(11, changes() > 0 ? m_next - 1 : std::int64_t{-1})
                   .bind(12, facts.firstRow)
                   .bind(13, facts.lastRow)
                   .run());
    return m_step;
}

Result<void> forgetRedo(Database& database) {
    return database.execute("UPDATE steps SET undone = 2 WHERE kind IN (1, 2) AND undone < 2 AND undone = 1");
}

Result<Written> applyStep(Database& database, const EditStep& step, std::int64_t nowMs) {
    FETTLE_TRY_VALUE(Transaction transaction, Transaction::begin(database));
    FETTLE_TRY_VALUE(const std::unique_ptr<RowEditor> editor, RowEditor::open(database, nowMs));
    FETTLE_TRY_VALUE(const std::int64_t annotator, editor->annotatorId(step.annotator));
    std::vector<FieldChange> made;
    bool order = false;
    for (const Edit& edit : step.edits) {
        FETTLE_TRY_VALUE(auto change, editor->set(edit.row, edit.field, edit.index, edit.value, annotator,
                                                  RowEditor::Trust::Checked));
        if (change) {
            order = order || changesOrder(change->field);
            made.push_back(std::move(*change));
        }
    }
    if (made.empty() && step.spentMs == 0) {
        Written out;
        out.done.changeNumber = editor->changeNumber() - 1;
        return out;
    }
    if (step.mergeable && made.size() == 1) {
        FETTLE_TRY_VALUE(const auto partner, mergePartner(database, made.front(), annotator, nowMs));
        if (partner) {
            FETTLE_TRY(merge(database, *partner, made.front(), nowMs));
            FETTLE_TRY(editor->close());
            FETTLE_TRY(transaction.commit());
            Written out;
            out.done = {
                partner->before == made.front().after ? 0 : partner->id, 1, {made.front().row}, editor->changeNumber()};
            out.order = order;
            out.labels = editor->labelsGrew();
            return out;
        }
    }
    if (!made.empty()) {
        FETTLE_TRY(forgetRedo(database));
    }
    FETTLE_TRY_VALUE(StepWriter writer, StepWriter::begin(database, *editor));
    for (const FieldChange& change : made) {
        FETTLE_TRY(writer.add(change));
    }
    if (step.spentMs > 0) {
        RowId last = 0;
        for (const Edit& edit : step.edits) {
            if (edit.row != last) {
                last = edit.row;
                FETTLE_TRY(editor->spend(edit.row, annotator, writer.id(), step.spentMs));
            }
        }
    }
    StepWriter::Facts facts;
    facts.kind = JournalEntry::Kind::Edit;
    facts.label = step.label;
    facts.annotator = annotator;
    facts.timeMs = nowMs;
    facts.mergeable = step.mergeable;
    facts.undone = made.empty() ? 3 : 0; // a decision that left all as it was
    return finished(database, *editor, transaction, writer, facts, order);
}

Result<Written> applyToAll(Database& database, const BulkEdit& edit, std::span<const RowId> rows, std::int64_t nowMs,
                           const std::function<bool(std::int64_t done)>& go) {
    switch (edit.field) {
    case RowField::State:
    case RowField::Split:
    case RowField::Label:
    case RowField::AddTag:
    case RowField::RemoveTag:
    case RowField::Rating:
        break;
    default:
        return makeError(ErrorCode::InvalidInput,
                         std::string("'") + rowFieldName(edit.field) + "' cannot be set for many rows at once",
                         "Set state, split, label, tags or rating.");
    }
    FETTLE_TRY_VALUE(Transaction transaction, Transaction::begin(database));
    FETTLE_TRY_VALUE(const std::unique_ptr<RowEditor> editor, RowEditor::open(database, nowMs));
    FETTLE_TRY_VALUE(const std::int64_t annotator, editor->annotatorId(edit.annotator));
    FETTLE_TRY(forgetRedo(database));
    FETTLE_TRY_VALUE(StepWriter writer, StepWriter::begin(database, *editor));
    std::int64_t done = 0;
    for (const RowId row : rows) {
        FETTLE_TRY_VALUE(const auto change,
                         editor->set(row, edit.field, 0, edit.value, annotator, RowEditor::Trust::Checked));
        if (change) {
            FETTLE_TRY(writer.add(*change));
        }
        if (++done % kAskEvery == 0 && !go(done)) {
            return makeError(ErrorCode::Cancelled, "the edit was cancelled; nothing was changed");
        }
    }
    if (writer.changes() == 0) {
        Written out;
        out.done.changeNumber = editor->changeNumber() - 1;
        return out; // rolled back
    }
    StepWriter::Facts facts;
    facts.kind = JournalEntry::Kind::Edit;
    facts.label = edit.label;
    facts.annotator = annotator;
    facts.timeMs = nowMs;
    return finished(database, *editor, transaction, writer, facts, true);
}

Result<Written> undoStep(Database& database, std::int64_t nowMs) {
    return exchange(database, false, nowMs);
}

Result<Written> redoStep(Database& database, std::int64_t nowMs) {
    return exchange(database, true, nowMs);
}

Result<UndoState> readUndoState(Database& database) {
    UndoState out;
    FETTLE_TRY_VALUE(const auto undo, topOf(database, false));
    FETTLE_TRY_VALUE(const auto redo, topOf(database, true));
    FETTLE_TRY_VALUE(
        out.undoSteps,
        database.integer("SELECT count(*) FROM (SELECT 1 FROM steps WHERE kind IN (1, 2) AND undone < 2 AND "
                         "undone = 0 LIMIT 10000)"));
    FETTLE_TRY_VALUE(
        out.redoSteps,
        database.integer("SELECT count(*) FROM (SELECT 1 FROM steps WHERE kind IN (1, 2) AND undone < 2 AND "
                         "undone = 1 LIMIT 10000)"));
    if (undo) {
        out.undoLabel = undo->label;
    }
    if (redo) {
        out.redoLabel = redo->label;
    }
    return out;
}

} // namespace fettle::project
