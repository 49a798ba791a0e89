// BpeModel: byte-pair merging of one piece of text, over bytes or characters. Immutable once built; each thread brings
// a PieceCache. Private to core/text.
#pragma once

#include "text/vocabulary.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fettle::text {

/// A token of a piece: bytes [begin, end) of the piece.
struct PieceToken {
    TokenId id = 0;
    std::uint32_t begin = 0, end = 0;
};

/// Tokens of pieces seen before. Bounded: when full it starts anew. Thread: one at a time.
class PieceCache {
public:
    PieceCache();
    struct Found {
        const PieceToken* tokens = nullptr; // null: not there
        std::uint32_t count = 0;
        std::uint32_t dropped = 0; // bytes without a token
    };
    [[nodiscard]] Found find(std::string_view piece, std::uint64_t hash) const;
    void insert(std::string_view piece, std::uint64_t hash, const PieceToken* tokens, std::size_t count,
                std::uint32_t dropped);

private:
    struct Slot {
        std::uint64_t hash = 0;
        std::uint32_t text = 0, length = 0; // bytes in m_text; length 0 = free
        std::uint32_t tokens = 0;
        std::uint16_t count = 0, dropped = 0;
    };
    std::vector<Slot> m_slots;
    std::string m_text;
    std::vector<PieceToken> m_tokens;
    std::size_t m_used = 0;
};

class BpeModel {
public:
    struct Options {
        bool byteLevel = false;    // pieces are bytes; the vocabulary holds their stand-ins
        bool byteFallback = false; // characters without an entry become <0x..> pieces
        bool fuseUnknown = false;
        bool ignoreMerges = false; // a piece that is in the vocabulary is taken whole
        std::optional<TokenId> unknown;
    };

    Vocabulary vocabulary;
    Options options;

    void reserveMerges(std::size_t count);
    /// Adds a merge rule of ids; a lower rank goes first, the last rule for a pair wins.
    void addMerge(TokenId left, TokenId right, std::uint32_t rank, TokenId merged);
    /// Call once after vocabulary and options are complete.
    void prepare();

    /// Appends the tokens of `piece` (valid UTF-8 unless byteLevel) and returns how many of its bytes have none.
    std::uint32_t encode(std::string_view piece, PieceCache& cache, std::vector<PieceToken>& out) const;

private:
    struct Symbol {
        TokenId id = 0;
        std::uint32_t begin = 0, end = 0;
    };
    struct Merge {
        std::uint64_t pair = kNoPair;
        std::uint32_t rank = 0;
        TokenId merged = 0;
    };
    static constexpr std::uint64_t kNoPair = ~std::uint64_t{0};

    [[nodiscard]] const Merge* findMerge(TokenId left, TokenId right) const;
    std::uint32_t seed(std::string_view piece, std::vector<Symbol>& symbols) const;
    void mergeShort(std::vector<Symbol>& symbols) const;
    void mergeLong(std::vector<Symbol>& symbols) const;
    void growMerges();

    std::vector<Merge> m_merges; // open addressing, size is a power of two
    std::size_t m_mergeCount = 0;
    std::array<TokenId, 256> m_byteTokens{};  // of <0x..> pieces, -1 = none
    std::array<TokenId, 256> m_byteSymbols{}; // of byte stand-ins, -1 = none
};

} // namespace fettle::text
