// The background job over all rows: full-text index, token counts, checks. It is resumable (what is done is in the
// database) and looks again only at rows that changed.
#pragma once

#include "data/sample.h"
#include "project/row_page.h"

#include <functional>

namespace fettle::project {

struct RowJobProgress {
    enum class Stage { None = 0, Index, Tokens, Checks, Duplicates } stage = Stage::None;
    std::int64_t done = 0, total = 0; // rows of this stage
    double rowsPerSecond = 0;
    double secondsLeft = -1; // of all stages; negative = not known
    bool running = false;
    bool paused = false;
    bool upToDate = false; // nothing is left to do
    std::string problem;   // why it stopped
    std::string remedy;
};

/// What a row's tokens come to with the current model; made by whoever knows tokenizer and template. Thread: the job's.
struct TokenCount {
    std::int64_t tokens = 0, trained = 0;
    std::vector<RowCheck> checks; // over_long, nothing_trained, end_not_trained
};
struct TokenCounter {
    std::string name; // tokenizer, template and context: other name = all rows are counted again
    std::function<Result<TokenCount>(const data::Sample&)> count;
};

/// Checks of single rows; made from core/data's functions. Thread: the job's.
struct RowChecker {
    std::string name; // version of the rules: another name = all rows are checked again
    std::function<std::vector<RowCheck>(const data::Sample&)> check;
    std::function<std::string(const data::Sample&)> language; // code or ""; may be empty
};

} // namespace fettle::project
