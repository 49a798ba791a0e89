// Streaming: decode what is not settled yet, give out all but the bytes that may still change, and forget ids that
// later ones do not depend on.
#include "text/tokenizer.h"

namespace fettle::text {

std::string StreamDecoder::push(TokenId id) {
    m_ids.push_back(id);
    const std::string text = m_tokenizer.decode(m_ids, m_options);
    const std::size_t pending = m_tokenizer.pendingBytes(m_ids, m_options);
    const std::size_t settled = pending >= text.size() ? 0 : text.size() - pending;
    std::string out;
    if (settled > m_shown) {
        out = text.substr(m_shown, settled - m_shown);
        m_shown = settled;
    }
    if (pending == 0 && m_ids.size() > 1) {
        // From here on the text depends on the last id alone, provided that it has text of its own (else what a decoder
        // strips at the beginning would be stripped again).
        const std::string last = m_tokenizer.decode(std::span(&m_ids.back(), 1), m_options);
        if (!last.empty()) {
            m_ids.assign(1, m_ids.back());
            m_shown = last.size();
        }
    }
    return out;
}

std::string StreamDecoder::finish() {
    const std::string text = m_tokenizer.decode(m_ids, m_options);
    std::string out = m_shown < text.size() ? text.substr(m_shown) : std::string();
    m_ids.clear();
    m_shown = 0;
    return out;
}

} // namespace fettle::text
