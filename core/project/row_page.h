// What screens show of rows: the cells of a table line, and one row whole.
#pragma once

#include "data/sample.h"
#include "project/row_types.h"

#include <optional>

namespace fettle::project {

inline constexpr std::size_t kPageRows = 256;  // what a table asks for at a time
inline constexpr std::size_t kCellChars = 200; // characters that a cell's text is cut to, with "…"

/// One finding of a check. Codes are those of core/data's table of checks.
struct RowCheck {
    std::string code;
    std::string detail; // for people; where in the row, what was found
    RowId other = 0;    // the duplicate, the leaked row; 0 = none
    bool operator==(const RowCheck&) const = default;
};

/// A line of the table. Texts are on one line and cut to kCellChars.
struct RowCells {
    RowId id = 0;       // 0 = no such row (any more)
    std::string title;  // the last user message, prompt or text: what the row asks
    std::string answer; // the last answer, chosen answer or completion
    data::SampleKind kind = data::SampleKind::None;
    Split split = Split::None;
    RowState state = RowState::None;
    std::string label; // in force; "" = none
    std::string language;
    std::vector<std::string> tags;
    std::vector<RowCheck> checks;
    bool hasComment = false;
    std::optional<std::int64_t> tokens, trainedTokens;
    std::int64_t turns = 0;
    std::int64_t answerLength = 0;
    std::optional<double> loss;
    std::optional<std::int64_t> rating;
    std::vector<std::pair<std::string, std::string>> metadata; // top-level keys of the row's metadata, values as text
};

struct RowPage {
    std::vector<RowCells> rows; // in the order asked for
    std::uint64_t changeNumber = 0;
};

/// What one person said about a row.
struct Annotation {
    std::string annotator;
    std::string label;                 // "" = none
    RowState verdict = RowState::None; // Active = accepted, Rejected
    std::string pair;                  // "a", "b", "tie" or ""
    std::int64_t spentMs = 0;          // over all decisions
    std::int64_t timeMs = 0;           // of the last
};

/// A row whole.
struct RowDetails {
    RowCells cells;      // texts not cut
    data::Sample sample; // normal form; file and line of the import
    std::string hash;    // 32 hex digits: content hash
    std::string comment;
    std::vector<Annotation> annotations;
    std::int64_t changedMs = 0; // last edit; 0 = as imported
    std::uint64_t changeNumber = 0;
};

} // namespace fettle::project
