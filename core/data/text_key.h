// The normal key of a text as code points, and its shingles as hashes: what duplicate detection works on. Internal to
// core/data; row_text.h has the public form.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fettle::data {

/// Replaces `out` by the code points of normalKey(text).
void normalKeyPoints(std::string_view text, std::vector<char32_t>& out);

/// Replaces `out` by one 64-bit hash for each run of five neighbouring code points (one for a shorter key), in order,
/// with doubles.
void shingleHashes(const std::vector<char32_t>& key, std::vector<std::uint64_t>& out);

/// The same, sorted and without doubles.
void shingleSet(const std::vector<char32_t>& key, std::vector<std::uint64_t>& out);

/// Jaccard similarity of two results of shingleSet (never empty).
[[nodiscard]] double jaccardOfSets(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b);

} // namespace fettle::data
