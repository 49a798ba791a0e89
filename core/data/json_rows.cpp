// Walkers over JSON lines and JSON arrays.
#include "data/row_walkers.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace fettle::data {
namespace {

constexpr std::size_t kProgressStep = std::size_t{16} << 20;

bool isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string_view trimmed(std::string_view line) {
    while (!line.empty() && isSpace(line.back())) {
        line.remove_suffix(1);
    }
    while (!line.empty() && isSpace(line.front())) {
        line.remove_prefix(1);
    }
    return line;
}

class ArrayWalker {
public:
    ArrayWalker(std::string_view text, RowVisitor& visitor)
        : m_text(text)
        , m_visitor(visitor) {}

    void walk() {
        moveTo(skipSpace(0));
        moveTo(m_at + 1);           // the bracket
        bool expectElement = false; // after a comma
        while (true) {
            const std::size_t next = skipSpace(m_at);
            if (next == m_text.size()) {
                m_visitor.badPlace(m_line, "json_syntax",
                                   "the array is not closed: ] is missing at the end of the file");
                return;
            }
            moveTo(next);
            const char c = m_text[m_at];
            if (c == ']') {
                if (expectElement && !m_visitor.badPlace(m_line, "json_syntax", "a comma before ]")) {
                    return;
                }
                moveTo(m_at + 1);
                break;
            }
            if (c == ',') {
                if (!m_visitor.badPlace(m_line, "json_syntax", "a comma where a row was expected")) {
                    return;
                }
                moveTo(m_at + 1);
                expectElement = true;
                continue;
            }
            if (!element() || !separator(expectElement)) {
                return;
            }
            if (m_closed) {
                break;
            }
            if (m_at - m_reported >= kProgressStep) {
                m_reported = m_at;
                m_visitor.progress(m_at);
            }
        }
        const std::size_t rest = skipSpace(m_at);
        if (rest != m_text.size()) {
            moveTo(rest);
            m_visitor.badPlace(m_line, "json_syntax", "text after the end of the array");
        }
    }

private:
    [[nodiscard]] std::size_t skipSpace(std::size_t at) const {
        while (at < m_text.size() && isSpace(m_text[at])) {
            ++at;
        }
        return at;
    }

    void moveTo(std::size_t at) {
        m_line += std::count(m_text.begin() + static_cast<std::ptrdiff_t>(m_at),
                             m_text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
        m_at = at;
    }

    // Reads one element at m_at; false stops the walk.
    bool element() {
        rememberIndent();
        std::size_t failedAt = 0;
        if (const auto end = elementEnd(m_at, failedAt)) {
            const bool goOn = m_visitor.jsonRow(m_line, m_index++, m_text.substr(m_at, *end - m_at));
            moveTo(*end);
            return goOn;
        }
        // The element has no end: say why, then go on where the next one seems to begin.
        JsonParseError fault;
        const bool parsed = parseJsonDetailed(m_text.substr(m_at, failedAt - m_at), fault).has_value();
        const std::string reason = parsed ? "the row is not closed" : fault.reason;
        if (!m_visitor.badRow(m_line + fault.line - 1, {}, "json_syntax", reason + "; reading goes on at the next row",
                              m_text.substr(m_at, failedAt - m_at))) {
            return false;
        }
        ++m_index;
        m_strict = true;
        const auto sibling = nextSibling(m_at + 1);
        if (!sibling) {
            return false;
        }
        moveTo(*sibling);
        m_resumed = true;
        return true;
    }

    // What follows an element: a comma, the end, or a fault; false stops the walk.
    bool separator(bool& expectElement) {
        expectElement = false;
        if (m_resumed) {
            m_resumed = false;
            return true;
        }
        const std::size_t next = skipSpace(m_at);
        if (next == m_text.size()) {
            m_visitor.badPlace(m_line, "json_syntax", "the array is not closed: ] is missing at the end of the file");
            return false;
        }
        moveTo(next);
        if (m_text[m_at] == ',') {
            moveTo(m_at + 1);
            expectElement = true;
            return true;
        }
        if (m_text[m_at] == ']') {
            moveTo(m_at + 1);
            m_closed = true;
            return true;
        }
        const bool row = m_text[m_at] == '{' || m_text[m_at] == '[';
        if (!m_visitor.badPlace(m_line, "json_syntax",
                                row ? "a comma is missing between two rows"
                                    : "a comma or ] was expected after the row")) {
            return false;
        }
        if (row) {
            return true;
        }
        const auto sibling = nextSibling(m_at);
        if (!sibling) {
            return false;
        }
        moveTo(*sibling);
        return true;
    }

    // How far the first rows are indented: what tells a row from an object inside one when brackets no longer do.
    void rememberIndent() {
        const std::size_t lineStart =
            m_text.rfind('\n', m_at) == std::string_view::npos ? 0 : m_text.rfind('\n', m_at) + 1;
        if (m_indent == std::string_view::npos && trimmed(m_text.substr(lineStart, m_at - lineStart)).empty()) {
            m_indent = m_at - lineStart;
        }
    }

    [[nodiscard]] bool siblingAt(std::size_t lineStart) const {
        std::size_t at = lineStart;
        while (at < m_text.size() && (m_text[at] == ' ' || m_text[at] == '\t')) {
            ++at;
        }
        return at < m_text.size() && m_text[at] == '{' &&
               (m_indent == std::string_view::npos || at - lineStart == m_indent);
    }

    [[nodiscard]] std::optional<std::size_t> nextSibling(std::size_t from) const {
        for (std::size_t at = m_text.find('\n', from); at != std::string_view::npos; at = m_text.find('\n', at + 1)) {
            if (siblingAt(at + 1)) {
                return m_text.find('{', at + 1);
            }
        }
        return std::nullopt;
    }

    // One past the element at `from`, by strings and brackets alone; nullopt where it has no end (failedAt: where that
    // was seen).
    [[nodiscard]] std::optional<std::size_t> elementEnd(std::size_t from, std::size_t& failedAt) const {
        std::size_t at = from;
        int depth = 0;
        while (at < m_text.size()) {
            const char c = m_text[at];
            if (c == '"') {
                at = stringEnd(at);
                if (at == std::string_view::npos || m_text[at - 1] != '"') {
                    failedAt = at == std::string_view::npos ? m_text.size() : at;
                    return std::nullopt;
                }
                if (depth == 0) {
                    return at;
                }
                continue;
            }
            if (c == '{' || c == '[') {
                ++depth;
            } else if (c == '}' || c == ']') {
                if (depth == 0) {
                    return at;
                }
                if (--depth == 0) {
                    if ((c == '}') == (m_text[from] == '{')) {
                        return at + 1;
                    }
                    failedAt = at; // the bracket of the array: the row itself was never closed
                    return std::nullopt;
                }
            } else if (depth == 0 && (c == ',' || isSpace(c))) {
                return at;
            } else if (c == '\n' && m_strict && siblingAt(at + 1)) {
                failedAt = at;
                return std::nullopt;
            }
            ++at;
        }
        failedAt = at;
        return depth == 0 ? std::optional<std::size_t>(at) : std::nullopt;
    }

    // One past the closing quote; the place of a raw line break (no string holds one); npos at the end of the file.
    [[nodiscard]] std::size_t stringEnd(std::size_t quote) const {
        for (std::size_t at = quote + 1; at < m_text.size(); ++at) {
            const char c = m_text[at];
            if (c == '"') {
                return at + 1;
            }
            if (c == '\\') {
                ++at;
            } else if (c == '\n') {
                return at;
            }
        }
        return std::string_view::npos;
    }

    std::string_view m_text;
    RowVisitor& m_visitor;
    std::size_t m_at = 0;
    std::size_t m_reported = 0;
    std::int64_t m_line = 1;
    std::int64_t m_index = 0;
    std::size_t m_indent = std::string_view::npos;
    bool m_strict = false;
    bool m_resumed = false;
    bool m_closed = false;
};

} // namespace

void walkJsonLines(std::string_view text, RowVisitor& visitor) {
    std::int64_t line = 0;
    std::size_t at = 0;
    std::size_t reported = 0;
    while (at < text.size()) {
        ++line;
        const void* found = std::memchr(text.data() + at, '\n', text.size() - at);
        const std::size_t end =
            found == nullptr ? text.size() : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
        const std::string_view row = trimmed(text.substr(at, end - at));
        if (!row.empty() && !visitor.jsonRow(line, -1, row)) {
            return;
        }
        at = end + 1;
        if (at - reported >= kProgressStep) {
            reported = at;
            visitor.progress(at);
        }
    }
}

void walkJsonArray(std::string_view text, RowVisitor& visitor) {
    ArrayWalker(text, visitor).walk();
}

} // namespace fettle::data
