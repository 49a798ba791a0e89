// Hash table of pieces (open addressing, never shrinks) and the byte alphabet.
#include "text/vocabulary.h"

#include "base/hash.h"
#include "base/utf8.h"

namespace fettle::text {

void Vocabulary::reserve(std::size_t count) {
    m_entries.reserve(count);
    m_byId.reserve(count);
    while (m_slots.size() < count * 2) {
        grow();
    }
}

void Vocabulary::grow() {
    m_slots.assign(m_slots.empty() ? 1024 : m_slots.size() * 2, -1);
    const std::size_t mask = m_slots.size() - 1;
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        std::size_t slot = m_entries[i].hash & mask;
        while (m_slots[slot] >= 0) {
            slot = (slot + 1) & mask;
        }
        m_slots[slot] = static_cast<std::int32_t>(i);
    }
}

Result<void> Vocabulary::add(std::string piece, TokenId id) {
    if (id < 0 || id > kLargestTokenId) {
        return makeError(ErrorCode::InvalidInput,
                         "token id " + std::to_string(id) + " is outside 0 to " + std::to_string(kLargestTokenId));
    }
    if (m_slots.size() < (m_entries.size() + 1) * 2) {
        grow();
    }
    const std::uint64_t hash = hash64(piece);
    const std::size_t mask = m_slots.size() - 1;
    std::size_t slot = hash & mask;
    for (; m_slots[slot] >= 0; slot = (slot + 1) & mask) {
        const Entry& entry = m_entries[static_cast<std::size_t>(m_slots[slot])];
        if (entry.hash == hash && entry.piece == piece) {
            if (entry.id == id) {
                return {};
            }
            return makeError(ErrorCode::InvalidInput, "token '" + piece + "' has two ids, " + std::to_string(entry.id) +
                                                          " and " + std::to_string(id));
        }
    }
    m_slots[slot] = static_cast<std::int32_t>(m_entries.size());
    if (id >= size()) {
        m_byId.resize(static_cast<std::size_t>(id) + 1, -1);
    }
    m_byId[static_cast<std::size_t>(id)] = static_cast<std::int32_t>(m_entries.size());
    m_entries.push_back({std::move(piece), hash, id});
    return {};
}

std::optional<TokenId> Vocabulary::find(std::string_view piece) const {
    if (m_slots.empty()) {
        return std::nullopt;
    }
    const std::uint64_t hash = hash64(piece);
    const std::size_t mask = m_slots.size() - 1;
    for (std::size_t slot = hash & mask; m_slots[slot] >= 0; slot = (slot + 1) & mask) {
        const Entry& entry = m_entries[static_cast<std::size_t>(m_slots[slot])];
        if (entry.hash == hash && entry.piece == piece) {
            return entry.id;
        }
    }
    return std::nullopt;
}

const std::string& Vocabulary::piece(TokenId id) const {
    static const std::string kNone;
    return has(id) ? m_entries[static_cast<std::size_t>(m_byId[static_cast<std::size_t>(id)])].piece : kNone;
}

const ByteAlphabet& ByteAlphabet::instance() {
    static const ByteAlphabet alphabet;
    return alphabet;
}

ByteAlphabet::ByteAlphabet() {
    m_bytes.fill(-1);
    char32_t next = 0x100;
    for (unsigned byte = 0; byte < 256; ++byte) {
        const bool printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
        const char32_t code = printable ? byte : next++;
        appendUtf8(m_characters[byte], code);
        m_bytes[code] = static_cast<std::int16_t>(byte);
    }
}

std::string ByteAlphabet::encode(std::string_view bytes) const {
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char byte : bytes) {
        out += m_characters[static_cast<unsigned char>(byte)];
    }
    return out;
}

std::optional<std::string> ByteAlphabet::decode(std::string_view piece) const {
    std::string out;
    for (std::size_t i = 0; i < piece.size();) {
        const CodePoint point = codePointAt(piece, i);
        if (!point.valid || point.value >= m_bytes.size() || m_bytes[point.value] < 0) {
            return std::nullopt;
        }
        out += static_cast<char>(m_bytes[point.value]);
        i += point.size;
    }
    return out;
}

std::optional<unsigned char> byteOfPiece(std::string_view piece) {
    if (piece.size() != 6 || piece.substr(0, 3) != "<0x" || piece[5] != '>') {
        return std::nullopt;
    }
    unsigned value = 0;
    for (const char c : piece.substr(3, 2)) {
        if (c >= '0' && c <= '9') {
            value = value * 16 + static_cast<unsigned>(c - '0');
        } else if (c >= 'A' && c <= 'F') {
            value = value * 16 + static_cast<unsigned>(c - 'A' + 10);
        } else if (c >= 'a' && c <= 'f') {
            value = value * 16 + static_cast<unsigned>(c - 'a' + 10);
        } else {
            return std::nullopt;
        }
    }
    return static_cast<unsigned char>(value);
}

std::string pieceOfByte(unsigned char byte) {
    constexpr char kDigits[] = "0123456789ABCDEF";
    return std::string("<0x") + kDigits[byte >> 4U] + kDigits[byte & 15U] + '>';
}

} // namespace fettle::text
