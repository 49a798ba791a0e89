// Data versions: named states of all rows, and what lies between two of them. A version costs nothing to make: it is a
// place in the journal and a content hash.
#pragma once

#include "project/row_edit.h"

namespace fettle::project {

struct DataVersion {
    std::int64_t id = 0;
    std::string name; // unique; "Before the clean-up"
    std::int64_t timeMs = 0;
    std::string hash;              // 32 hex digits: all rows, splits, states, labels, ratings, tags, comments
    std::int64_t rows = 0;         // not removed
    std::vector<std::string> runs; // ids of runs trained on it
    bool automatic = false;        // made by an import or by a run, not by a person
};

/// Any of: a version's name or id as text, "now", or a run's id (what it was trained on).
using VersionName = std::string;

struct RowDifference {
    enum class Kind { None = 0, Added, Removed, Changed } kind = Kind::None;
    RowId row = 0;
    std::string before, after;     // JSON text of the row in normal form; "" on the side where it is not
    std::vector<RowChange> fields; // what else differs: split, state, label, …; net of steps in between
};

struct VersionDifference {
    DataVersion from, to; // `to` with id 0 = now
    std::int64_t added = 0, removed = 0, changed = 0;
    std::vector<RowId> rows; // all that differ, ascending
};

} // namespace fettle::project
