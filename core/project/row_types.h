// What every part of the row store names: ids, splits, states, the numbers of a row. Values only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fettle::project {

/// Stable for ever: given once at import, never used again. People see it as "Row 1,209".
using RowId = std::int64_t;

/// Ids in the order of a filter and a sort: what a table of any length needs to jump anywhere (8 bytes a row).
using RowIndex = std::vector<RowId>;
using RowIndexPtr = std::shared_ptr<const RowIndex>; // shared by the reader thread and whoever shows it

enum class Split { None = 0, Train, Validation, Test };
inline constexpr int kSplitCount = 4;

/// Rejected rows stay in the table and never train. Removed ones left with a re-import or a merge of duplicates: only
/// history, versions and undo still know them.
enum class RowState { None = 0, Active, Rejected, Removed };

/// The numbers kept for each row. Unknown ones (not counted yet, never trained) are absent.
enum class RowNumber {
    None = 0,
    Tokens,        // with the tokenizer and template of the last token count
    TrainedTokens, // of them trained
    Turns,         // messages (prompt and completion count as two)
    AnswerLength,  // characters of the last answer
    Loss,          // of the run whose losses were noted last
    Rating,        // 1 to 5
    Uncertainty    // 0 (sure) to 1, of the model that was asked last
};

/// Names as in files and on the command line: none train validation test · active rejected removed · tokens
/// trained_tokens turns answer_length loss rating uncertainty. The reverse gives None for anything else.
[[nodiscard]] const char* splitName(Split split);
[[nodiscard]] Split splitFromName(std::string_view name);
[[nodiscard]] const char* rowStateName(RowState state);
[[nodiscard]] RowState rowStateFromName(std::string_view name);
[[nodiscard]] const char* rowNumberName(RowNumber number);
[[nodiscard]] RowNumber rowNumberFromName(std::string_view name);

} // namespace fettle::project
