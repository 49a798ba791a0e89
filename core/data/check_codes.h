// The table of checks: every code that a row, a pair of rows or a file can be told about, with its weight, its words
// and the repair it has. Whatever finds a fault reports one of these codes; windows, reports and the command line read
// the words here.
#pragma once

#include "data/importer.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fettle::data {

/// Where a check looks. `File` codes come from importers (the row was never kept, or with a warning), `Row` from
/// checkRow, `Tokens` from checkTokens (they depend on the model), `Pair` from DuplicateFinder, `Set` from what is
/// known of all rows (languages, labels).
enum class CheckScope { File = 1, Row, Tokens, Pair, Set };

/// Checks that stand together as one chip.
enum class CheckFamily {
    Format = 1,
    Empty,
    Length,
    Untrained,
    Duplicate,
    Leak,
    Personal,
    Language,
    Encoding,
    Refusal,
    Label
};

/// What can be done about it. The first is the one to offer first; all can be undone. Edit = by hand, and always there.
enum class CheckFix {
    Edit = 1,       // open the row
    DropRow,        // reject the row
    KeepOne,        // keep the first of a cluster, reject the others
    DropFromTrain,  // reject the training row that also stands in the test split
    SplitTogether,  // split again, with clusters kept together
    Redact,         // redactPersonal(): replaces the spans by [EMAIL], [PHONE], …
    RepairEncoding, // repairEncoding(): decodes the text once more
    ChooseOverLong, // decide how over-long rows are cut (recipe key data.over_long)
    ChangeTrainOn,  // decide what is trained (recipe key data.train_on), or another template
    MergeLabels,    // rename or merge labels
};

struct CheckInfo {
    const char* code; // stable: stored, filtered by, printed
    Severity severity = Severity::Warning;
    CheckScope scope = CheckScope::Row;
    CheckFamily family = CheckFamily::Format;
    const char* title;       // chip and table cell: "Leaks into test"
    const char* explanation; // what it means and why it matters, one or two sentences
    std::vector<CheckFix> fixes;
};

/// All checks in the order in which chips show them: errors first, then by family.
[[nodiscard]] std::span<const CheckInfo> allChecks();

/// nullptr: no such code.
[[nodiscard]] const CheckInfo* findCheck(std::string_view code);

/// Title of a family's chip: "Leakage", "Duplicates".
[[nodiscard]] const char* checkFamilyTitle(CheckFamily family);
/// snake_case name for files and JSON: "leak", "duplicate".
[[nodiscard]] const char* checkFamilyName(CheckFamily family);
/// Label of the button: "Keep one".
[[nodiscard]] const char* checkFixTitle(CheckFix fix);
[[nodiscard]] const char* checkFixName(CheckFix fix); // snake_case

/// A hit of a check in one row.
struct CheckHit {
    const CheckInfo* check = nullptr; // never null in what functions here return
    std::string key;                  // dotted path in the row: "messages[1].content"; empty = the row as a whole
    std::size_t begin = 0, end = 0;   // bytes of the text at `key`; both 0 = all of it
    std::string detail;               // short, for people and for filters: "zh", "2,310 tokens, context 2,048"
    std::int64_t other = -1;          // the other row of a pair (its id), -1 = none
};

/// {"code","severity","key","span":[b,e],"detail","other"}; what is not there is left out.
[[nodiscard]] Json toJson(const CheckHit& hit);

} // namespace fettle::data
