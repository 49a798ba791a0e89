// What rows are labelled with, by whom, and what their decisions took.
#pragma once

#include "project/row_types.h"

#include <optional>

namespace fettle::project {

struct LabelDefinition {
    std::string name;
    std::string description; // when to choose it
    std::int64_t rows = 0;   // that have it in force; not written
    bool operator==(const LabelDefinition&) const = default;
};

/// The labels in the order of their number keys, and the text that stands beside the queue. Labels that rows have and
/// the set lacks stand behind it.
struct LabelSet {
    std::string question; // "Which section?"
    std::vector<LabelDefinition> labels;
    std::string guideline; // Markdown
    bool operator==(const LabelSet&) const = default;
};

struct Annotator {
    std::string name; // "" = the person at this machine
    std::int64_t rows = 0;
    std::int64_t spentMs = 0;
    std::int64_t lastMs = 0;
};

/// One decision as it was made; undoing it does not take it out of the log, `undone` says so.
struct Decision {
    RowId row = 0;
    std::string annotator;
    std::string what; // "Label gnome", as the step's label said
    std::int64_t timeMs = 0;
    std::int64_t spentMs = 0;
    bool undone = false;
};

/// Two people's labels of a row that both have labelled: for kappa and the list of disagreements.
struct SharedRow {
    RowId row = 0;
    std::string first, second;
    std::string inForce; // label that counts now; "" = not settled
};

} // namespace fettle::project
