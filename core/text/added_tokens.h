// AddedTokens: tokens that are found in the text itself, before or after normalising, and cut out of it. Private to
// core/text.
#pragma once

#include "base/result.h"
#include "text/aligned_text.h"

#include <string>
#include <string_view>
#include <vector>

namespace fettle::text {

struct AddedToken {
    TokenId id = 0;
    std::string content;     // as the file has it
    std::string piece;       // as it is searched and decoded: normalised where that comes after normalising
    bool singleWord = false; // only between characters that are no part of a word
    bool leftStrip = false;  // takes the white space before it
    bool rightStrip = false; // and after it
    bool normalized = false; // searched after normalising
    bool special = false;
};

/// A part of a text: an added token, or ordinary text (id -1).
struct AddedPiece {
    TextRange range;
    TokenId id = -1;
};

/// Finds the longest token at the leftmost place, again and again. Immutable once built.
class AddedTokenFinder {
public:
    /// `text` is what stands in the text for it (its content, normalised or not). Empty texts are never found; of two
    /// tokens with one text the last wins.
    void add(std::string_view text, const AddedToken& token);
    [[nodiscard]] bool empty() const { return m_tokens.empty(); }
    /// Cuts the text, appending to `out`. With `specials` false special tokens count as ordinary text.
    void cut(std::string_view text, bool specials, std::vector<AddedPiece>& out) const;

private:
    struct Node {
        std::vector<std::pair<unsigned char, std::uint32_t>> children;
        std::int32_t token = -1;
    };
    [[nodiscard]] std::uint32_t child(std::uint32_t node, unsigned char byte) const; // 0 = none

    std::vector<Node> m_nodes = {Node{}};
    std::vector<std::uint32_t> m_starts = std::vector<std::uint32_t>(256, 0); // child of the root for each byte
    std::vector<AddedToken> m_tokens;
};

} // namespace fettle::text
