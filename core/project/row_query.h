// What a table asks for: which rows (Filter), in which order (Sort), how many of each kind (RowCounts), how they spread
// (Histogram). All are values; RowStore answers them.
#pragma once

#include "base/json.h"
#include "project/row_types.h"

#include <map>
#include <optional>

namespace fettle::project {

/// min <= value <= max; an absent end is open. Rows without the number match only `absent`.
struct NumberRange {
    RowNumber number = RowNumber::None;
    std::optional<double> min, max;
    bool absent = false; // instead: rows that have no such number
    bool operator==(const NumberRange&) const = default;
};

/// A field of the row in normal form against a text. Path: "metadata.section", "messages[0].role"; "answer" is the last
/// answer, "title" what the table shows first.
struct FieldTest {
    enum class Op { None = 0, Equals, NotEquals, Contains, Begins, Less, Greater, Exists, Missing };
    std::string path;
    Op op = Op::None;
    std::string value; // Less and Greater compare as numbers where both are numbers, else as text
    bool operator==(const FieldTest&) const = default;
};

/// Every condition that is set must hold; inside a list one is enough. A default Filter is every row that is not
/// removed. Kept in files as JSON (saved filters).
struct Filter {
    std::string search; // words, all of them, in any order; "in quotes" = as it stands; Chinese needs no blanks
    std::vector<Split> splits;
    std::vector<RowState> states;    // empty = active and rejected
    std::vector<std::string> labels; // by name; "" = rows without a label
    std::vector<std::string> tags;
    std::vector<std::string> checks;    // codes
    std::vector<std::string> languages; // codes of the language check; "" = not known
    std::vector<std::string> kinds;     // names of data::SampleKind
    std::vector<std::string> answers;   // whole last answers, exactly
    std::vector<NumberRange> numbers;   // each must hold
    std::vector<FieldTest> fields;      // each must hold
    std::vector<std::int64_t> sources;  // ids of SourceFile
    std::vector<RowId> ids;             // empty = any
    std::optional<std::string>
        notDecidedBy; // annotator: rows that this one has not labelled, accepted, rejected or chosen yet
    bool operator==(const Filter&) const = default;
    [[nodiscard]] bool isEverything() const { return *this == Filter{}; }
};

/// {"search":"…","splits":["train"],…}: only what is set. Errors: InvalidInput with the key.
[[nodiscard]] Json toJson(const Filter& filter);
[[nodiscard]] Result<Filter> filterFromJson(const Json& json);

enum class SortKey {
    None = 0, // by id
    Title,    // first 16 bytes of the folded text; equal ones by id
    Answer,   // the same
    Label,    // by name; rows without one last
    Split,
    State,
    Kind,
    Language,
    Tokens,
    TrainedTokens,
    Turns,
    AnswerLength,
    Loss,
    Rating,
    Uncertainty,
    Checks,  // number of findings
    Changed, // last edit
    Line,    // file, then line
    Rarity,  // how many rows share its last answer, rarest first: what is least covered
    Random   // a fixed shuffle: the same order each time for the same `seed`
};
struct Sort {
    SortKey key = SortKey::None;
    bool descending = false; // rows without the value come last either way
    std::uint64_t seed = 0;  // Random only
    bool operator==(const Sort&) const = default;
};

struct QueryResult {
    RowIndexPtr rows;
    bool scanned = false;           // the search had to read every text: the full-text index is not ready yet
    std::uint64_t changeNumber = 0; // the state of the store that it shows
    double seconds = 0;
};

/// How many rows of a filter fall into each group. Groups of none are left out.
struct RowCounts {
    std::int64_t rows = 0;  // that match
    std::int64_t total = 0; // in the store, removed ones apart
    std::map<Split, std::int64_t> splits;
    std::map<RowState, std::int64_t> states;
    std::map<std::string, std::int64_t> labels; // "" = none
    std::map<std::string, std::int64_t> tags;
    std::map<std::string, std::int64_t> checks; // rows with at least one finding of the code
    std::map<std::string, std::int64_t> languages;
    std::map<std::string, std::int64_t> kinds;
    std::uint64_t changeNumber = 0;
};

/// Bars of one number. Bin i holds edges[i] <= v < edges[i + 1] (the last one its upper edge too). A click on a bar is
/// NumberRange{number, edges[i], edges[i + 1]} with `max` less one for whole numbers.
struct Histogram {
    RowNumber number = RowNumber::None;
    std::vector<double> edges; // counts.size() + 1, ascending
    std::vector<std::int64_t> counts;
    std::int64_t rows = 0;    // with the number
    std::int64_t without = 0; // rows of the filter that lack it
    double min = 0, max = 0, median = 0, mean = 0;
    std::uint64_t changeNumber = 0;
};

/// Bars of a text: labels, languages, or whole answers ("Section" of a classification). Largest first.
struct Balance {
    enum class Of { None = 0, Label, Language, Answer };
    Of of = Of::None;
    struct Bar {
        std::string value; // "" = rows without one
        std::int64_t rows = 0;
    };
    std::vector<Bar> bars;     // at most as many as were asked for
    std::int64_t distinct = 0; // values there are
    std::int64_t restRows = 0; // rows of the values not listed
    double entropyBits = 0;    // over all values
    std::uint64_t changeNumber = 0;
};

} // namespace fettle::project
