// Edits of rows as values, and the journal of them. An edit and its inverse are written in the same transaction as the
// change; the journal is the undo stack, so it is unlimited and outlives restarts and crashes.
#pragma once

#include "project/row_query.h"

#include <optional>

namespace fettle::project {

enum class RowField {
    None = 0,
    Row,        // the whole row in normal form: value = JSON text {"messages":…}
    Answer,     // text of the last answer (chosen answer, completion, text)
    Message,    // text of message `index` of the conversation (0-based; prompts first, then answers)
    State,      // "active", "rejected", "removed"
    Split,      // "none", "train", "validation", "test"
    Label,      // name; "" = none. New names enter the label set
    AddTag,     // name
    RemoveTag,  // name
    Rating,     // "1" … "5"; "" = none
    Comment,    // text; "" = none
    Annotation, // label that `annotator` of the step gives; "" = none. Leaves the label in force alone
    Verdict,    // "active" (accepted) or "rejected" by `annotator`; "" = none. Leaves the state alone
    Pair        // "a" (first answer better), "b", "tie" or "" by `annotator`
};

/// "answer", "add_tag", … as the command line and histories say it.
[[nodiscard]] const char* rowFieldName(RowField field);

struct Edit {
    RowId row = 0;
    RowField field = RowField::None;
    std::string value;
    std::int64_t index = 0; // Message only
};

/// One user action: one undo step, done whole or not at all.
struct EditStep {
    std::string label;        // "Edit answer of row 1,209": what Undo says
    std::vector<Edit> edits;  // applied in this order
    std::string annotator;    // whose; "" = the person at this machine
    std::int64_t spentMs = 0; // time the decision took: kept in the decision log of each row that is edited
    /// Typing: where the step before is mergeable too, edits the same single field of the same row and is younger than
    /// kMergeMs, both become one; one that ends where it began vanishes.
    bool mergeable = false;
};
inline constexpr std::int64_t kMergeMs = 1000;

/// The same edit for every row of a filter as ONE undo step (100,000 rows and more). Fields: State, Split, Label,
/// AddTag, RemoveTag, Rating.
struct BulkEdit {
    std::string label;
    Filter filter;
    RowField field = RowField::None;
    std::string value;
    std::string annotator;
};

struct EditDone {
    std::int64_t step = 0;    // id in the journal; 0 = nothing was to be changed, or a merge that cancelled out
    std::int64_t rows = 0;    // whose values are others now
    std::vector<RowId> first; // the first few of them (at most 256)
    std::uint64_t changeNumber = 0;
};

struct UndoState {
    std::string undoLabel, redoLabel; // "" = nothing to undo, to redo
    std::int64_t undoSteps = 0, redoSteps = 0;
    std::string blockedBy; // why neither can be done now: "an import is running"; "" = free
};

/// One step of the history, newest first where listed.
struct JournalEntry {
    std::int64_t step = 0;
    std::string label;
    std::string annotator;
    std::int64_t timeMs = 0;
    std::int64_t rows = 0;
    enum class Kind { None = 0, Edit, Import, Undo, Redo } kind = Kind::None;
    bool undone = false;
};

/// A change of one field of one row.
struct RowChange {
    std::int64_t step = 0;
    JournalEntry::Kind kind = JournalEntry::Kind::None;
    std::string label;
    std::string annotator;
    std::int64_t timeMs = 0;
    RowField field = RowField::None;
    std::string before, after; // rows as JSON text
};

} // namespace fettle::project
