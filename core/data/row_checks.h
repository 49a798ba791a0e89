// Checks of one row: pure functions, cheap enough for every edit. The part that needs tokens stands apart, because it
// must run again when model, template or context change.
#pragma once

#include "data/check_codes.h"
#include "text/encode.h"

#include <optional>
#include <string>
#include <vector>

namespace fettle::data {

struct RowCheckOptions {
    bool format = true; // the notebook's faults and the importer's warnings (a row may have been edited)
    bool empty = true;
    bool refusals = true;
    bool encoding = true;
    bool personal = true;
    bool personalInMetadata = true;          // also look into metadata, tools and arguments
    std::vector<std::string> usualLanguages; // codes that need no remark; empty = languages are not judged
    std::size_t maxHitsPerCode = 50;         // more of one kind in one row are counted in the last one's detail
};

/// All hits of the row, in order of position. Any text goes: what is not UTF-8 is damage, not an error. Thread: any.
/// About 20,000 rows of 1 kB a second on one core.
[[nodiscard]] std::vector<CheckHit> checkRow(const Sample& sample, const RowCheckOptions& options = {});

struct TokenCheckOptions {
    std::int64_t context = 0; // longest row in tokens; 0 = not judged
};

/// too_long, nothing_trained, end_of_turn_untrained of an encoded row.
[[nodiscard]] std::vector<CheckHit> checkTokens(const Sample& sample, const text::EncodedRow& row,
                                                const text::Tokenizer& tokenizer, const TokenCheckOptions& options);

/// What is worth keeping of a row beside its checks: columns, histograms and set-wide checks are made of it.
struct RowFacts {
    bool languageReliable = false;
    std::string language;         // ISO 639-1 (zh-Hant for traditional Chinese), "" = too little text to tell
    std::int64_t turns = 0;       // messages
    std::int64_t characters = 0;  // code points of all texts
    std::int64_t answerChars = 0; // code points of the last answer
    std::string label;            // by `labelField`
};
/// `labelField`: "" = the answer where it is one short line, else a dotted path below metadata ("section").
[[nodiscard]] RowFacts rowFacts(const Sample& sample, const std::string& labelField = {});

} // namespace fettle::data
