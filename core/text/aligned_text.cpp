// Rewriting of aligned texts: parts, blanks put in front, and whole replacement.
#include "text/aligned_text.h"

namespace fettle::text {

void AlignedText::Writer::copy(const AlignedText& from, std::uint32_t begin, std::uint32_t end) {
    const std::string_view text = from.text();
    m_text += text.substr(begin, end - begin);
    if (from.rewritten()) {
        m_map.insert(m_map.end(), from.m_map.begin() + static_cast<std::ptrdiff_t>(begin),
                     from.m_map.begin() + static_cast<std::ptrdiff_t>(end));
        return;
    }
    for (std::uint32_t i = begin; i < end;) {
        const auto size = static_cast<std::uint32_t>(codePointAt(text, i).size);
        m_map.insert(m_map.end(), size, from.span(i, i + size));
        i += size;
    }
}

void AlignedText::replaceBy(Writer&& writer) {
    if (writer.m_text.empty()) {
        // Nothing is left of it: an empty view at its old place.
        m_base = originalBegin();
        m_view = {};
        m_owned = false;
        m_inserted.clear();
        m_map.clear();
        return;
    }
    m_storage = std::move(writer.m_text);
    m_map = std::move(writer.m_map);
    m_owned = true;
    m_inserted.clear();
}

AlignedText AlignedText::part(TextRange range) const {
    if (!rewritten() && m_inserted.empty()) {
        AlignedText out({}, {});
        out.m_view = range.in(m_view);
        out.m_base = m_base + range.begin;
        return out;
    }
    AlignedText out({}, {});
    Writer writer(range.size());
    writer.copy(*this, range.begin, range.end);
    out.m_base = span(range.begin, range.begin).begin;
    out.replaceBy(std::move(writer));
    return out;
}

void AlignedText::prependBlanks(std::vector<TextRange>& ranges) {
    const std::string_view old = text();
    const bool needed = std::any_of(ranges.begin(), ranges.end(), [&](TextRange r) { return old[r.begin] != ' '; });
    if (!needed) {
        return;
    }
    if (rewritten()) {
        Writer writer(old.size() + ranges.size());
        for (TextRange& range : ranges) {
            const std::uint32_t begin = writer.size();
            if (old[range.begin] != ' ') {
                const std::uint32_t at = span(range.begin, range.begin).begin;
                writer.add(" ", {at, at});
            }
            writer.copy(*this, range.begin, range.end);
            range = {begin, writer.size()};
        }
        replaceBy(std::move(writer));
        return;
    }
    // Exact byte spans are kept: only the places of the blanks are noted. Parts that pre-tokenizers took out stay in
    // the text, outside the ranges.
    std::string longer;
    longer.reserve(old.size() + ranges.size());
    std::vector<std::uint32_t> inserted;
    std::uint32_t copied = 0, next = 0;
    const auto copyUpTo = [&](std::uint32_t end) {
        for (; next < m_inserted.size() && m_inserted[next] < end; ++next) {
            inserted.push_back(static_cast<std::uint32_t>(longer.size()) + m_inserted[next] - copied);
        }
        longer += old.substr(copied, end - copied);
        copied = end;
    };
    for (TextRange& range : ranges) {
        copyUpTo(range.begin);
        const auto begin = static_cast<std::uint32_t>(longer.size());
        if (old[range.begin] != ' ') {
            inserted.push_back(begin);
            longer += ' ';
        }
        copyUpTo(range.end);
        range = {begin, static_cast<std::uint32_t>(longer.size())};
    }
    copyUpTo(static_cast<std::uint32_t>(old.size()));
    m_storage = std::move(longer);
    m_owned = true;
    m_inserted = std::move(inserted);
}

} // namespace fettle::text
