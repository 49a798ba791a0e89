// A byte trie walked from every place where some token begins.
#include "text/added_tokens.h"

#include "text/split_pattern.h"
#include "text/unicode.h"

#include <algorithm>

namespace fettle::text {
namespace {

// A word character as the reference's \w: letters, marks, decimal digits, connectors and the like.
bool isWordAt(std::string_view text, std::size_t at, std::size_t size) {
    if (size == 1 && static_cast<unsigned char>(text[at]) < 0x80) {
        const char c = text[at];
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }
    static const Result<SplitPattern> kWord = SplitPattern::fromRegex(std::string("[") + wordClassMembers() + "]");
    thread_local MatchSpace space;
    std::vector<PatternPiece> pieces;
    const TextRange range{static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + size)};
    return kWord.ok() && kWord.value().cut(text, range, space, pieces).ok() && !pieces.empty() &&
           pieces.front().matched;
}

std::size_t characterBefore(std::string_view text, std::size_t at) {
    do {
        --at;
    } while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U);
    return at;
}

} // namespace

void AddedTokenFinder::add(std::string_view text, const AddedToken& token) {
    if (text.empty()) {
        return;
    }
    std::uint32_t node = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        std::uint32_t next = child(node, byte);
        if (next == 0) {
            next = static_cast<std::uint32_t>(m_nodes.size());
            m_nodes[node].children.emplace_back(byte, next);
            m_nodes.emplace_back();
            if (node == 0) {
                m_starts[byte] = next;
            }
        }
        node = next;
    }
    m_nodes[node].token = static_cast<std::int32_t>(m_tokens.size());
    m_tokens.push_back(token);
}

std::uint32_t AddedTokenFinder::child(std::uint32_t node, unsigned char byte) const {
    for (const auto& [value, next] : m_nodes[node].children) {
        if (value == byte) {
            return next;
        }
    }
    return 0;
}

void AddedTokenFinder::cut(std::string_view text, bool specials, std::vector<AddedPiece>& out) const {
    std::size_t covered = 0;
    const auto plain = [&](std::size_t end) {
        if (covered < end) {
            out.push_back({{static_cast<std::uint32_t>(covered), static_cast<std::uint32_t>(end)}, -1});
        }
    };
    for (std::size_t at = 0; !m_tokens.empty() && at < text.size();) {
        std::uint32_t node = m_starts[static_cast<unsigned char>(text[at])];
        if (node == 0) {
            ++at;
            continue;
        }
        std::int32_t found = m_nodes[node].token;
        std::size_t foundEnd = at + 1;
        for (std::size_t i = at + 1; i < text.size(); ++i) {
            node = child(node, static_cast<unsigned char>(text[i]));
            if (node == 0) {
                break;
            }
            if (m_nodes[node].token >= 0) {
                found = m_nodes[node].token;
                foundEnd = i + 1;
            }
        }
        if (found < 0) {
            ++at;
            continue;
        }
        const AddedToken& token = m_tokens[static_cast<std::size_t>(found)];
        std::size_t begin = at, end = foundEnd;
        at = foundEnd;
        if (token.special && !specials) {
            continue;
        }
        if (token.singleWord) {
            const std::size_t before = begin == 0 ? 0 : characterBefore(text, begin);
            if ((begin > 0 && isWordAt(text, before, begin - before)) ||
                (end < text.size() && isWordAt(text, end, codePointAt(text, end).size))) {
                continue;
            }
        }
        while (token.leftStrip && begin > covered) {
            const std::size_t before = characterBefore(text, begin);
            if (before < covered || !isWhiteSpace(codePointAt(text, before).value)) {
                break;
            }
            begin = before;
        }
        while (token.rightStrip && end < text.size()) {
            const CodePoint after = codePointAt(text, end);
            if (!isWhiteSpace(after.value)) {
                break;
            }
            end += after.size;
        }
        plain(begin);
        out.push_back({{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)}, token.id});
        covered = end;
        at = std::max(at, end);
    }
    plain(text.size());
}

} // namespace fettle::text
