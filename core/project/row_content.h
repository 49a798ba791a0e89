// What the store derives from a row's content: its text as kept, hash, title, answer, lengths and sort keys; and the
// places in it that can be edited. Private to this folder.
#pragma once

#include "base/hash.h"
#include "data/sample.h"
#include "project/row_types.h"

#include <vector>

namespace fettle::project {

/// Everything of `rows` and `texts` that follows from the content alone.
struct RowContent {
    std::string text; // the row in normal form, one line of JSON
    Hash128 hash;     // of kind and text
    std::int64_t kind = 0, turns = 0, answerLength = 0, answerHash = 0;
    std::int64_t title1 = 0, title2 = 0, answer1 = 0, answer2 = 0; // first 16 bytes of the folded text, order kept
};
[[nodiscard]] RowContent contentOf(const data::Sample& sample);
[[nodiscard]] Hash128 contentHash(data::SampleKind kind, std::string_view text);

/// What the row asks, and its last answer. Empty where there is none. Valid while `row` lives.
[[nodiscard]] std::string_view titleOf(data::SampleKind kind, const Json& row);
[[nodiscard]] std::string_view answerOf(data::SampleKind kind, const Json& row);
/// 0 for an empty answer.
[[nodiscard]] std::int64_t answerHashOf(std::string_view answer);
[[nodiscard]] std::int64_t turnsOf(data::SampleKind kind, const Json& row);

/// The texts of the conversation in order: messages; or prompt, then completion; or prompt, chosen, rejected.
[[nodiscard]] std::vector<std::string*> messageTexts(data::SampleKind kind, Json& row);
/// Where answerOf() looks; nullptr where the row has no answer as text.
[[nodiscard]] std::string* answerText(data::SampleKind kind, Json& row);

/// The label that a file gives a row: "label" of its metadata where that is a text or a number; else "".
[[nodiscard]] std::string labelInFile(const Json& row);

/// On one line, blanks joined, cut to `characters` with "…".
[[nodiscard]] std::string cellText(std::string_view text, std::size_t characters);
[[nodiscard]] std::int64_t countCharacters(std::string_view utf8);

/// 128-bit sums: what a content hash of all rows is made of. Adding and taking away in any order gives the same.
struct HashSum {
    std::uint64_t high = 0, low = 0;
    void add(const Hash128& hash);
    void subtract(const Hash128& hash);
    bool operator==(const HashSum&) const = default;
};
/// What one row adds: its place and content, and each thing said about it, apart.
[[nodiscard]] Hash128 rowPart(RowId id, std::int64_t split, std::int64_t state, const Hash128& content);
[[nodiscard]] Hash128 factPart(char kind, RowId id, std::string_view text); // L label, G rating, T tag, C comment
[[nodiscard]] Hash128 annotationPart(RowId id, std::string_view annotator, std::string_view label, std::int64_t verdict,
                                     std::string_view pair);

[[nodiscard]] std::string bytesOf(const Hash128& hash); // 16 bytes for a BLOB
[[nodiscard]] Hash128 hashFromBytes(std::string_view bytes);
[[nodiscard]] std::string hexOf(const HashSum& sum);
[[nodiscard]] HashSum sumFromHex(std::string_view hex);

} // namespace fettle::project
