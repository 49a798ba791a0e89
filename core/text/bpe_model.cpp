// Merging: short pieces by scanning for the lowest rank, long ones with a heap over a linked list; both give the same
// tokens (lowest rank first, then leftmost).
#include "text/bpe_model.h"

#include "base/hash.h"
#include "base/utf8.h"

#include <algorithm>
#include <queue>

namespace fettle::text {
namespace {

constexpr std::size_t kCacheSlots = 1U << 16U;     // half of them are used
constexpr std::size_t kCacheTextBytes = 1U << 20U; // together with the slots a few MiB a thread
constexpr std::size_t kLongestCachedPiece = 64;
constexpr std::size_t kShortPiece = 48; // symbols up to which scanning beats a heap

std::uint64_t pairKey(TokenId left, TokenId right) {
    return std::uint64_t{static_cast<std::uint32_t>(left)} << 32U | static_cast<std::uint32_t>(right);
}

std::uint64_t mix(std::uint64_t key) {
    key ^= key >> 32U;
    key *= 0x9E3779B97F4A7C15U;
    return key ^ key >> 29U;
}

} // namespace

PieceCache::PieceCache()
    : m_slots(kCacheSlots) {}

PieceCache::Found PieceCache::find(std::string_view piece, std::uint64_t hash) const {
    constexpr std::size_t kMask = kCacheSlots - 1;
    for (std::size_t i = hash & kMask; m_slots[i].length != 0; i = (i + 1) & kMask) {
        const Slot& slot = m_slots[i];
        if (slot.hash == hash && std::string_view(m_text).substr(slot.text, slot.length) == piece) {
            return {m_tokens.data() + slot.tokens, slot.count, slot.dropped};
        }
    }
    return {};
}

void PieceCache::insert(std::string_view piece, std::uint64_t hash, const PieceToken* tokens, std::size_t count,
                        std::uint32_t dropped) {
    if (piece.empty()) {
        return;
    }
    if (m_used >= kCacheSlots / 2 || m_text.size() + piece.size() > kCacheTextBytes) {
        std::fill(m_slots.begin(), m_slots.end(), Slot{});
        m_text.clear();
        m_tokens.clear();
        m_used = 0;
    }
    constexpr std::size_t kMask = kCacheSlots - 1;
    std::size_t i = hash & kMask;
    while (m_slots[i].length != 0) {
        i = (i + 1) & kMask;
    }
    m_slots[i] = {hash,
                  static_cast<std::uint32_t>(m_text.size()),
                  static_cast<std::uint32_t>(piece.size()),
                  static_cast<std::uint32_t>(m_tokens.size()),
                  static_cast<std::uint16_t>(count),
                  static_cast<std::uint16_t>(dropped)};
    m_text += piece;
    m_tokens.insert(m_tokens.end(), tokens, tokens + count);
    // An entry without tokens still needs a pointer that is not null.
    if (m_tokens.empty()) {
        m_tokens.emplace_back();
    }
    ++m_used;
}

void BpeModel::reserveMerges(std::size_t count) {
    while (m_merges.size() < count * 2) {
        growMerges();
    }
}

void BpeModel::growMerges() {
    std::vector<Merge> old = std::move(m_merges);
    m_merges.assign(old.empty() ? 1024 : old.size() * 2, Merge{});
    m_mergeCount = 0;
    for (const Merge& merge : old) {
        if (merge.pair != kNoPair) {
            addMerge(static_cast<TokenId>(merge.pair >> 32U), static_cast<TokenId>(merge.pair & 0xFFFFFFFFU),
                     merge.rank, merge.merged);
        }
    }
}

void BpeModel::addMerge(TokenId left, TokenId right, std::uint32_t rank, TokenId merged) {
    if (m_merges.size() < (m_mergeCount + 1) * 2) {
        growMerges();
    }
    const std::uint64_t pair = pairKey(left, right);
    const std::size_t mask = m_merges.size() - 1;
    std::size_t i = mix(pair) & mask;
    while (m_merges[i].pair != kNoPair && m_merges[i].pair != pair) {
        i = (i + 1) & mask;
    }
    m_mergeCount += m_merges[i].pair == kNoPair ? 1 : 0;
    m_merges[i] = {pair, rank, merged};
}

const BpeModel::Merge* BpeModel::findMerge(TokenId left, TokenId right) const {
    if (m_merges.empty()) {
        return nullptr;
    }
    const std::uint64_t pair = pairKey(left, right);
    const std::size_t mask = m_merges.size() - 1;
    std::size_t i = mix(pair) & mask;
    while (m_merges[i].pair != kNoPair) {
        if (m_merges[i].pair == pair) {
            return &m_merges[i];
        }
        i = (i + 1) & mask;
    }
    return nullptr;
}

void BpeModel::prepare() {
    for (unsigned byte = 0; byte < 256; ++byte) {
        const auto value = static_cast<unsigned char>(byte);
        m_byteTokens[byte] = vocabulary.find(pieceOfByte(value)).value_or(-1);
        m_byteSymbols[byte] = vocabulary.find(ByteAlphabet::instance().character(value)).value_or(-1);
    }
}

std::uint32_t BpeModel::seed(std::string_view piece, std::vector<Symbol>& symbols) const {
    std::uint32_t dropped = 0;
    bool pending = false; // an unknown stretch not written yet; the reference writes it before the next known symbol
    Symbol unknown;
    for (std::uint32_t i = 0; i < piece.size();) {
        const auto byte = static_cast<unsigned char>(piece[i]);
        const auto size = options.byteLevel || byte < 0x80 ? std::uint32_t{1}
                                                           : static_cast<std::uint32_t>(codePointAt(piece, i).size);
        const Symbol here{options.byteLevel ? m_byteSymbols[byte] : vocabulary.find(piece.substr(i, size)).value_or(-1),
                          i, i + size};
        i += size;
        if (here.id >= 0) {
            if (pending) {
                symbols.push_back(unknown);
                pending = false;
            }
            symbols.push_back(here);
            continue;
        }
        if (options.byteFallback) {
            const std::string_view bytes = options.byteLevel
                                               ? std::string_view(ByteAlphabet::instance().character(byte))
                                               : piece.substr(here.begin, size);
            if (std::all_of(bytes.begin(), bytes.end(),
                            [this](char c) { return m_byteTokens[static_cast<unsigned char>(c)] >= 0; })) {
                for (std::uint32_t k = 0; k < bytes.size(); ++k) {
                    const std::uint32_t at = options.byteLevel ? here.begin : here.begin + k;
                    symbols.push_back({m_byteTokens[static_cast<unsigned char>(bytes[k])], at, at + 1});
                }
                continue;
            }
        }
        if (!options.unknown) {
            dropped += size;
        } else if (pending && options.fuseUnknown) {
            unknown.end = here.end;
        } else {
            if (pending) {
                symbols.push_back(unknown);
            }
            unknown = {*options.unknown, here.begin, here.end};
            pending = true;
        }
    }
    if (pending) {
        symbols.push_back(unknown);
    }
    return dropped;
}

void BpeModel::mergeShort(std::vector<Symbol>& symbols) const {
    const Merge* merges[kShortPiece];
    const auto look = [&](std::size_t i) { merges[i] = findMerge(symbols[i].id, symbols[i + 1].id); };
    for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
        look(i);
    }
    while (symbols.size() > 1) {
        std::size_t best = symbols.size();
        std::uint32_t rank = UINT32_MAX;
        for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
            if (merges[i] != nullptr && (best == symbols.size() || merges[i]->rank < rank)) {
                best = i;
                rank = merges[i]->rank;
            }
        }
        if (best == symbols.size()) {
            return;
        }
        symbols[best].id = merges[best]->merged;
        symbols[best].end = symbols[best + 1].end;
        symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(best) + 1);
        if (best + 2 < symbols.size()) {
            std::copy(merges + best + 2, merges + symbols.size(), merges + best + 1);
        }
        if (best + 1 < symbols.size()) {
            look(best);
        }
        if (best > 0) {
            look(best - 1);
        }
    }
}

void BpeModel::mergeLong(std::vector<Symbol>& symbols) const {
    struct Node {
        std::uint32_t previous = 0, next = 0;
    };
    struct Candidate {
        std::uint32_t rank = 0, position = 0;
        TokenId left = 0, right = 0, merged = 0;
        bool operator<(const Candidate& other) const // the queue's top is its largest
        {
            return rank != other.rank ? rank > other.rank : position > other.position;
        }
    };
    constexpr std::uint32_t kNone = UINT32_MAX;
    const auto count = static_cast<std::uint32_t>(symbols.size());
    std::vector<Node> nodes(count);
    std::vector<Candidate> found;
    found.reserve(count);
    const auto candidate = [&](std::uint32_t at, Candidate& out) {
        const TokenId left = symbols[at].id, right = symbols[nodes[at].next].id;
        const Merge* merge = findMerge(left, right);
        if (merge == nullptr) {
            return false;
        }
        out = {merge->rank, at, left, right, merge->merged};
        return true;
    };
    for (std::uint32_t i = 0; i < count; ++i) {
        nodes[i] = {i == 0 ? kNone : i - 1, i + 1 == count ? kNone : i + 1};
    }
    Candidate next;
    for (std::uint32_t i = 0; i + 1 < count; ++i) {
        if (candidate(i, next)) {
            found.push_back(next);
        }
    }
    std::priority_queue<Candidate> queue(std::less<Candidate>(), std::move(found));
    while (!queue.empty()) {
        const Candidate top = queue.top();
        queue.pop();
        const std::uint32_t at = top.position;
        const std::uint32_t other = nodes[at].next;
        // A candidate is stale once either side merged with something else; a removed symbol has id -1.
        if (symbols[at].id != top.left || other == kNone || symbols[other].id != top.right) {
            continue;
        }
        symbols[at].id = top.merged;
        symbols[at].end = symbols[other].end;
        symbols[other].id = -1;
        nodes[at].next = nodes[other].next;
        if (nodes[at].next != kNone) {
            nodes[nodes[at].next].previous = at;
            if (candidate(at, next)) {
                queue.push(next);
            }
        }
        if (nodes[at].previous != kNone && candidate(nodes[at].previous, next)) {
            queue.push(next);
        }
    }
    std::erase_if(symbols, [](const Symbol& symbol) { return symbol.id < 0; });
}

std::uint32_t BpeModel::encode(std::string_view piece, PieceCache& cache, std::vector<PieceToken>& out) const {
    const bool cached = piece.size() <= kLongestCachedPiece;
    const std::uint64_t hash = cached ? hash64(piece) : 0;
    if (cached) {
        if (const PieceCache::Found found = cache.find(piece, hash); found.tokens != nullptr) {
            out.insert(out.end(), found.tokens, found.tokens + found.count);
            return found.dropped;
        }
    }
    const std::size_t first = out.size();
    std::uint32_t dropped = 0;
    std::optional<TokenId> whole;
    if (options.ignoreMerges) {
        whole = options.byteLevel ? vocabulary.find(ByteAlphabet::instance().encode(piece)) : vocabulary.find(piece);
    }
    if (whole) {
        out.push_back({*whole, 0, static_cast<std::uint32_t>(piece.size())});
    } else {
        std::vector<Symbol> symbols;
        symbols.reserve(piece.size());
        dropped = seed(piece, symbols);
        if (symbols.size() <= kShortPiece) {
            mergeShort(symbols);
        } else {
            mergeLong(symbols);
        }
        for (const Symbol& symbol : symbols) {
            out.push_back({symbol.id, symbol.begin, symbol.end});
        }
    }
    if (cached) {
        cache.insert(piece, hash, out.data() + first, out.size() - first, dropped);
    }
    return dropped;
}

} // namespace fettle::text
