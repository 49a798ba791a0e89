// Words of texts and of queries, split the same way: folded words of letters and digits; runs of Chinese, Japanese and
// Korean as single characters and overlapping pairs, so that a query of any length finds them inside a sentence.
// Private to this folder.
#pragma once

#include "base/json.h"
#include "data/sample.h"

#include <string>
#include <string_view>
#include <vector>

namespace fettle::project {

/// Lower case, full-width letters made narrow, everything that is no letter, digit or mark one space; characters of
/// Chinese, Japanese and Korean stand side by side, apart from other words by a space.
[[nodiscard]] std::string foldText(std::string_view text);

/// Every string of a row that a person may look for: contents, prompts, answers, metadata; one after another.
void appendSearchable(const Json& row, std::string& out);

/// The distinct terms of a folded text, joined by spaces: what the index keeps. Terms are cut to 64 bytes.
[[nodiscard]] std::string indexTerms(std::string_view folded);

/// One thing that a query asks for.
struct SearchPiece {
    std::vector<std::string> terms; // all of them must be in the index
    bool prefix = false;            // the last term may go on ("lightw" finds "lightweight")
    std::string folded;             // as it must stand in the folded text
    bool proof = false;             // the terms alone do not prove it: look into the text
};
struct SearchQuery {
    std::vector<SearchPiece> pieces; // all must be found
    [[nodiscard]] bool empty() const { return pieces.empty(); }
    [[nodiscard]] bool needsProof() const;
    /// Whether a folded text has every piece.
    [[nodiscard]] bool matches(std::string_view folded) const;
    /// In FTS5's language.
    [[nodiscard]] std::string match() const;
};
[[nodiscard]] SearchQuery parseSearch(std::string_view text);

} // namespace fettle::project
