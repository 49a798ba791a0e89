// Encoding: cut out added tokens, normalise, cut out the rest of them, split, merge; every token keeps the bytes of the
// input it came from.
#include "text/bpe_tokenizer.h"

#include "base/mutex.h"
#include "text/special_tokens.h"

#include <algorithm>
#include <unordered_map>

namespace fettle::text {
namespace {

// What one call of encode() needs for itself. Kept in a pool, so that the piece cache stays warm from call to call.
struct Scratch {
    MatchSpace match;
    PieceCache cache;
    std::vector<TextRange> ranges;
    std::vector<PieceToken> tokens;
};

class ScratchPool {
public:
    std::unique_ptr<Scratch> take() {
        {
            const MutexLock lock(m_mutex);
            if (!m_free.empty()) {
                std::unique_ptr<Scratch> scratch = std::move(m_free.back());
                m_free.pop_back();
                return scratch;
            }
        }
        return std::make_unique<Scratch>();
    }
    void giveBack(std::unique_ptr<Scratch> scratch) {
        const MutexLock lock(m_mutex);
        m_free.push_back(std::move(scratch));
    }

private:
    Mutex m_mutex;
    std::vector<std::unique_ptr<Scratch>> m_free FETTLE_GUARDED_BY(m_mutex); // as many as threads were encoding at once
};

class ScratchLoan {
public:
    explicit ScratchLoan(ScratchPool& pool)
        : m_pool(pool)
        , m_scratch(pool.take()) {}
    ~ScratchLoan() { m_pool.giveBack(std::move(m_scratch)); }
    ScratchLoan(const ScratchLoan&) = delete;
    ScratchLoan& operator=(const ScratchLoan&) = delete;
    Scratch& operator*() { return *m_scratch; }

private:
    ScratchPool& m_pool;
    std::unique_ptr<Scratch> m_scratch;
};

class BpeTokenizer final : public Tokenizer {
public:
    explicit BpeTokenizer(TokenizerParts parts)
        : m_parts(std::move(parts)) {}

    [[nodiscard]] Result<void> prepare();

    [[nodiscard]] Result<Encoding> encode(std::string_view utf8, const EncodeOptions& options) const override;
    [[nodiscard]] std::string decode(std::span<const TokenId> ids, const DecodeOptions& options) const override {
        return m_parts.decoder.decode(pieces(ids, options));
    }
    [[nodiscard]] std::size_t pendingBytes(std::span<const TokenId> ids, const DecodeOptions& options) const override {
        return m_parts.decoder.pendingBytes(pieces(ids, options));
    }
    [[nodiscard]] std::string piece(TokenId id) const override {
        const auto added = m_added.find(id);
        return added != m_added.end() ? m_parts.added[added->second].piece : m_parts.model.vocabulary.piece(id);
    }
    [[nodiscard]] std::string tokenBytes(TokenId id) const override;
    [[nodiscard]] std::optional<TokenId> idOf(std::string_view piece) const override;
    [[nodiscard]] std::int32_t vocabularySize() const override { return m_size; }
    [[nodiscard]] bool isSpecial(TokenId id) const override {
        const auto added = m_added.find(id);
        return added != m_added.end() && m_parts.added[added->second].special;
    }
    [[nodiscard]] const SpecialTokens& special() const override { return m_parts.special; }
    [[nodiscard]] std::string kind() const override { return m_parts.kind; }

private:
    [[nodiscard]] std::vector<std::string> pieces(std::span<const TokenId> ids, const DecodeOptions& options) const {
        std::vector<std::string> out;
        out.reserve(ids.size());
        for (const TokenId id : ids) {
            if (options.skipSpecial && isSpecial(id)) {
                continue;
            }
            if (m_added.contains(id) || m_parts.model.vocabulary.has(id)) {
                out.push_back(piece(id));
            }
        }
        return out;
    }
    [[nodiscard]] Result<void> encodeStretch(std::string_view utf8, TextRange range, const EncodeOptions& options,
                                             Scratch& scratch, Encoding& out, bool& rewritten) const;
    [[nodiscard]] Result<void> encodePlain(AlignedText& text, Scratch& scratch, Encoding& out, bool& rewritten) const;

    TokenizerParts m_parts;
    std::unordered_map<TokenId, std::size_t> m_added; // id to index into m_parts.added
    AddedTokenFinder m_before, m_after;               // searched before and after normalising
    std::int32_t m_size = 0;
    mutable ScratchPool m_pool;
};

Result<void> BpeTokenizer::prepare() {
    m_parts.model.prepare();
    m_size = m_parts.model.vocabulary.size();
    for (std::size_t i = 0; i < m_parts.added.size(); ++i) {
        AddedToken& token = m_parts.added[i];
        const std::string key = "added_tokens[" + std::to_string(i) + "]";
        if (token.id < 0 || token.id > kLargestTokenId) {
            return makeError(ErrorCode::InvalidInput, "token id " + std::to_string(token.id) + " is out of range")
                .forKey(key + ".id");
        }
        const std::string& known = m_parts.model.vocabulary.piece(token.id);
        if (!known.empty() && known != token.content) {
            return makeError(ErrorCode::InvalidInput, "token '" + token.content + "' has the id " +
                                                          std::to_string(token.id) +
                                                          ", which the vocabulary gives to '" + known + "'")
                .forKey(key + ".id");
        }
        m_added[token.id] = i;
        m_size = std::max(m_size, token.id + 1);
        token.piece = token.content;
        if (token.normalized) { // both searched and decoded as the normaliser leaves it
            FETTLE_TRY_VALUE(token.piece, m_parts.normalizer.apply(token.content));
            m_after.add(token.piece, token);
        } else {
            m_before.add(token.content, token);
        }
    }
    const auto inside = [this](std::optional<TokenId> id) { return !id || (*id >= 0 && *id < m_size); };
    const SpecialTokens& special = m_parts.special;
    const auto known = [&](TokenId id) { return inside(id); };
    if (!inside(special.bos) || !inside(special.eos) || !inside(special.unk) || !inside(special.pad) ||
        !inside(m_parts.model.options.unknown) ||
        !std::all_of(m_parts.frameBefore.begin(), m_parts.frameBefore.end(), known) ||
        !std::all_of(m_parts.frameAfter.begin(), m_parts.frameAfter.end(), known)) {
        return makeError(ErrorCode::InvalidInput, "a special token has an id outside the vocabulary")
            .forKey("post_processor");
    }
    return {};
}

Result<Encoding> BpeTokenizer::encode(std::string_view utf8, const EncodeOptions& options) const {
    FETTLE_TRY(checkEncodable(utf8));
    Encoding out;
    out.ids.reserve(utf8.size() / 4 + 8);
    out.spans.reserve(utf8.size() / 4 + 8);
    if (options.addFrame) {
        for (const TokenId id : m_parts.frameBefore) {
            out.ids.push_back(id);
            out.spans.push_back({0, 0});
        }
    }
    const std::size_t first = out.ids.size();
    ScratchLoan scratch(m_pool);
    bool rewritten = false;
    std::vector<AddedPiece> cuts;
    m_before.cut(utf8, options.parseSpecial, cuts);
    for (const AddedPiece& cut : cuts) {
        if (cut.id >= 0) {
            out.ids.push_back(cut.id);
            out.spans.push_back({cut.range.begin, cut.range.end});
        } else {
            FETTLE_TRY(encodeStretch(utf8, cut.range, options, *scratch, out, rewritten));
        }
    }
    if (rewritten || !m_parts.model.options.byteLevel) {
        // Where a normaliser changed the text, or the model works on characters, only whole characters can be told:
        // all spans of this text are given that way.
        const auto continues = [&](std::uint32_t at) {
            return at < utf8.size() && (static_cast<unsigned char>(utf8[at]) & 0xC0U) == 0x80U;
        };
        for (std::size_t i = first; i < out.spans.size(); ++i) {
            ByteSpan& span = out.spans[i];
            const bool empty = span.begin == span.end;
            while (continues(span.begin)) {
                --span.begin;
            }
            while (!empty && continues(span.end)) {
                ++span.end;
            }
            span.end = empty ? span.begin : span.end;
        }
    }
    if (options.addFrame) {
        const auto end = static_cast<std::uint32_t>(utf8.size());
        for (const TokenId id : m_parts.frameAfter) {
            out.ids.push_back(id);
            out.spans.push_back({end, end});
        }
    }
    return out;
}

Result<void> BpeTokenizer::encodeStretch(std::string_view utf8, TextRange range, const EncodeOptions& options,
                                         Scratch& scratch, Encoding& out, bool& rewritten) const {
    AlignedText text(utf8, {range.begin, range.end});
    FETTLE_TRY(m_parts.normalizer.apply(text, scratch.match));
    rewritten = rewritten || text.rewritten();
    if (m_after.empty()) {
        return encodePlain(text, scratch, out, rewritten);
    }
    std::vector<AddedPiece> cuts;
    m_after.cut(text.text(), options.parseSpecial, cuts);
    for (const AddedPiece& cut : cuts) {
        if (cut.id >= 0) {
            out.ids.push_back(cut.id);
            out.spans.push_back(text.span(cut.range.begin, cut.range.end));
        } else {
            AlignedText part = text.part(cut.range);
            FETTLE_TRY(encodePlain(part, scratch, out, rewritten));
        }
    }
    return {};
}

Result<void> BpeTokenizer::encodePlain(AlignedText& text, Scratch& scratch, Encoding& out, bool& rewritten) const {
    FETTLE_TRY(m_parts.preTokenizer.apply(text, scratch.match, scratch.ranges));
    rewritten = rewritten || text.rewritten();
    const std::string_view whole = text.text();
    std::vector<PieceToken>& tokens = scratch.tokens;
    for (const TextRange range : scratch.ranges) {
        tokens.clear();
        out.bytesWithoutToken += m_parts.model.encode(range.in(whole), scratch.cache, tokens);
        for (const PieceToken& token : tokens) {
            out.ids.push_back(token.id);
            out.spans.push_back(text.span(range.begin + token.begin, range.begin + token.end));
        }
    }
    return {};
}

std::string BpeTokenizer::tokenBytes(TokenId id) const {
    const std::string text = piece(id);
    if (m_added.contains(id)) {
        return text;
    }
    if (m_parts.model.options.byteLevel) {
        return ByteAlphabet::instance().decode(text).value_or(text);
    }
    if (const auto byte = byteOfPiece(text)) {
        return std::string(1, static_cast<char>(*byte));
    }
    constexpr std::string_view kBlank = "\xE2\x96\x81";
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const bool blank = text.compare(i, kBlank.size(), kBlank) == 0;
        out += blank ? ' ' : text[i];
        i += blank ? kBlank.size() : 1;
    }
    return out;
}

std::optional<TokenId> BpeTokenizer::idOf(std::string_view piece) const {
    for (const AddedToken& token : m_parts.added) {
        if (token.content == piece || token.piece == piece) {
            return token.id;
        }
    }
    return m_parts.model.vocabulary.find(piece);
}

} // namespace

Result<std::shared_ptr<const Tokenizer>> makeBpeTokenizer(TokenizerParts parts) {
    auto tokenizer = std::make_shared<BpeTokenizer>(std::move(parts));
    FETTLE_TRY(tokenizer->prepare());
    return std::shared_ptr<const Tokenizer>(std::move(tokenizer));
}

} // namespace fettle::text
