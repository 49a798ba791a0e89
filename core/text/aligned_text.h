// AlignedText: a stretch of input on its way through normalisation, with the bytes of the original that each of its
// bytes came from. Private to core/text.
#pragma once

#include "base/utf8.h"
#include "text/tokenizer.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace fettle::text {

/// A part of a text, in bytes.
struct TextRange {
    std::uint32_t begin = 0, end = 0;
    [[nodiscard]] std::uint32_t size() const { return end - begin; }
    [[nodiscard]] std::string_view in(std::string_view text) const { return text.substr(begin, end - begin); }
};

/// Until something rewrites it, the text is a view of the input and spans are exact bytes; afterwards each byte knows
/// the whole characters it stands for.
class AlignedText {
public:
    AlignedText(std::string_view input, ByteSpan range)
        : m_view(input.substr(range.begin, range.end - range.begin))
        , m_base(range.begin) {}

    [[nodiscard]] std::string_view text() const { return m_owned ? std::string_view(m_storage) : m_view; }
    [[nodiscard]] bool rewritten() const { return !m_map.empty(); }
    /// Bytes of the input that [begin, end) of text() stands for.
    [[nodiscard]] ByteSpan span(std::uint32_t begin, std::uint32_t end) const {
        if (m_map.empty()) {
            return {original(begin), original(end)};
        }
        if (begin == end) {
            const std::uint32_t at = begin < m_map.size() ? m_map[begin].begin : m_map.back().end;
            return {at, at};
        }
        ByteSpan whole = m_map[begin];
        // Ends of ordinary text grow with the position; only characters put in front share a span.
        whole.end = std::max(whole.end, m_map[end - 1].end);
        return whole;
    }
    [[nodiscard]] std::uint32_t originalBegin() const { return span(0, 0).begin; }

    /// The part [range) as a text of its own.
    [[nodiscard]] AlignedText part(TextRange range) const;
    /// Puts one blank in front of each range that does not begin with one; blanks put in have an empty span. Ranges are
    /// moved along.
    void prependBlanks(std::vector<TextRange>& ranges);

    /// Collects a rewritten text piece by piece.
    class Writer {
    public:
        explicit Writer(std::size_t sizeHint) {
            m_text.reserve(sizeHint);
            m_map.reserve(sizeHint);
        }
        void add(std::string_view bytes, ByteSpan source) {
            m_text += bytes;
            m_map.insert(m_map.end(), bytes.size(), source);
        }
        void add(char32_t code, ByteSpan source) {
            const std::size_t before = m_text.size();
            appendUtf8(m_text, code);
            m_map.insert(m_map.end(), m_text.size() - before, source);
        }
        /// Characters [begin, end) of `from`, unchanged.
        void copy(const AlignedText& from, std::uint32_t begin, std::uint32_t end);
        [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(m_text.size()); }

    private:
        friend class AlignedText;
        std::string m_text;
        std::vector<ByteSpan> m_map;
    };
    void replaceBy(Writer&& writer);

private:
    [[nodiscard]] std::uint32_t original(std::uint32_t position) const {
        // Blanks put in stand in m_inserted by their place in text(), ascending.
        const auto before = std::lower_bound(m_inserted.begin(), m_inserted.end(), position) - m_inserted.begin();
        return m_base + position - static_cast<std::uint32_t>(before);
    }

    std::string_view m_view;
    std::string m_storage;
    bool m_owned = false;
    std::uint32_t m_base = 0;
    std::vector<std::uint32_t> m_inserted;
    std::vector<ByteSpan> m_map;
};

} // namespace fettle::text
