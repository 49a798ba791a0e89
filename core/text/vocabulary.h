// Vocabulary: pieces and ids both ways, and the byte <-> printable character table of byte-level tokenizers. Private to
// core/text.
#pragma once

#include "base/result.h"
#include "text/tokenizer.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fettle::text {

/// Ids above this are refused: a table indexed by id must not grow because a file says so.
inline constexpr TokenId kLargestTokenId = (1 << 24) - 1;

class Vocabulary {
public:
    void reserve(std::size_t count);
    /// Adds a piece. Error InvalidInput: id out of range, or the piece stands there with another id.
    [[nodiscard]] Result<void> add(std::string piece, TokenId id);
    [[nodiscard]] std::optional<TokenId> find(std::string_view piece) const;
    /// "" for ids without a piece.
    [[nodiscard]] const std::string& piece(TokenId id) const;
    [[nodiscard]] bool has(TokenId id) const {
        return id >= 0 && id < size() && m_byId[static_cast<std::size_t>(id)] >= 0;
    }
    [[nodiscard]] TokenId size() const { return static_cast<TokenId>(m_byId.size()); } // largest id + 1

private:
    struct Entry {
        std::string piece;
        std::uint64_t hash = 0;
        TokenId id = 0;
    };
    void grow();

    std::vector<Entry> m_entries;
    std::vector<std::int32_t> m_slots; // open addressing: index into m_entries, -1 free; size is a power of two
    std::vector<std::int32_t> m_byId;
};

/// The reversible table of byte-level BPE: printable bytes stand for themselves, the others for characters from U+0100
/// on.
class ByteAlphabet {
public:
    static const ByteAlphabet& instance();
    [[nodiscard]] const std::string& character(unsigned char byte) const { return m_characters[byte]; }
    [[nodiscard]] std::string encode(std::string_view bytes) const;
    /// The bytes a piece stands for, or nullopt when one of its characters is no stand-in.
    [[nodiscard]] std::optional<std::string> decode(std::string_view piece) const;

private:
    ByteAlphabet();
    std::array<std::string, 256> m_characters;
    std::array<std::int16_t, 0x144> m_bytes{};
};

/// "<0xE6>" gives 0xE6: the pieces of byte fallback.
[[nodiscard]] std::optional<unsigned char> byteOfPiece(std::string_view piece);
[[nodiscard]] std::string pieceOfByte(unsigned char byte);

} // namespace fettle::text
