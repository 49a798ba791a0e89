// See jinja_lexer.h.
#include "text/jinja_lexer.h"

#include "base/numbers.h"
#include "base/utf8.h"
#include "text/python_unicode.h"

#include <algorithm>
#include <array>
#include <limits>

namespace fettle::text::jinja {

namespace {

constexpr std::size_t kMaxTokens = 2'000'000;

struct Operator {
    std::string_view text;
    TokenKind kind;
};
constexpr std::array<Operator, 27> kOperators{{
    {"//", TokenKind::FloorDiv}, {"**", TokenKind::Pow},      {"==", TokenKind::Eq},    {"!=", TokenKind::Ne},
    {">=", TokenKind::GtEq},     {"<=", TokenKind::LtEq},     {"+", TokenKind::Add},    {"-", TokenKind::Sub},
    {"/", TokenKind::Div},       {"*", TokenKind::Mul},       {"%", TokenKind::Mod},    {"~", TokenKind::Tilde},
    {"[", TokenKind::LBracket},  {"]", TokenKind::RBracket},  {"(", TokenKind::LParen}, {")", TokenKind::RParen},
    {"{", TokenKind::LBrace},    {"}", TokenKind::RBrace},    {">", TokenKind::Gt},     {"<", TokenKind::Lt},
    {"=", TokenKind::Assign},    {".", TokenKind::Dot},       {":", TokenKind::Colon},  {"|", TokenKind::Pipe},
    {",", TokenKind::Comma},     {";", TokenKind::Semicolon}, {"\0", TokenKind::End},
}};

bool isAsciiDigit(char c) {
    return c >= '0' && c <= '9';
}
int hexDigit(char c) {
    if (isAsciiDigit(c)) {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// Line ends become \n; one at the very end is dropped.
std::string normalizeNewlines(std::string_view source) {
    std::string out;
    out.reserve(source.size());
    for (std::size_t i = 0; i < source.size(); ++i) {
        if (source[i] == '\r') {
            out.push_back('\n');
            if (i + 1 < source.size() && source[i + 1] == '\n') {
                ++i;
            }
        } else {
            out.push_back(source[i]);
        }
    }
    if (!out.empty() && out.back() == '\n') {
        out.pop_back();
    }
    return out;
}

class Lexer {
public:
    explicit Lexer(std::string_view source)
        : m_source(normalizeNewlines(source)) {}

    std::vector<Token> run() {
        while (m_at < m_source.size()) {
            readData();
        }
        push(TokenKind::End, "");
        return std::move(m_tokens);
    }

private:
    [[noreturn]] void error(std::string message) const { throw Failure{FaultKind::Syntax, std::move(message), m_line}; }
    [[nodiscard]] bool startsWith(std::string_view text, std::size_t at) const {
        return std::string_view(m_source).substr(at, text.size()) == text;
    }
    [[nodiscard]] char at(std::size_t i) const { return i < m_source.size() ? m_source[i] : '\0'; }

    void push(TokenKind kind, std::string text) {
        if (m_tokens.size() >= kMaxTokens) {
            error("the template is too long");
        }
        Token token;
        token.kind = kind;
        token.line = m_line;
        token.text = std::move(text);
        m_tokens.push_back(std::move(token));
    }

    /// Moves on, counting lines and noting whether the last character was a line end.
    void advance(std::size_t to) {
        if (to > m_at) {
            m_line += static_cast<int>(std::count(m_source.begin() + static_cast<std::ptrdiff_t>(m_at),
                                                  m_source.begin() + static_cast<std::ptrdiff_t>(to), '\n'));
            m_lineStarting = m_source[to - 1] == '\n';
            m_at = to;
        }
    }

    [[nodiscard]] std::size_t skipSpace(std::size_t at) const {
        return at + python::stripBounds(std::string_view(m_source).substr(at), true, false).begin;
    }

    void pushData(std::string_view text, char mark, bool isVariable) {
        if (mark == '-') {
            text = text.substr(0, python::stripBounds(text, false, true).end);
        } else if (mark != '+' && !isVariable) {
            const std::size_t newline = text.rfind('\n');
            const std::size_t lineBegin = newline == std::string_view::npos ? 0 : newline + 1;
            if (lineBegin > 0 || m_lineStarting) {
                const std::string_view tail = text.substr(lineBegin);
                if (python::stripBounds(tail, true, false).begin == tail.size()) {
                    text = text.substr(0, lineBegin);
                }
            }
        }
        if (!text.empty()) {
            push(TokenKind::Data, std::string(text));
        }
    }

    void readData() {
        std::size_t begin = m_at;
        while (true) {
            begin = m_source.find('{', begin);
            if (begin == std::string::npos) {
                push(TokenKind::Data, m_source.substr(m_at));
                advance(m_source.size());
                return;
            }
            const char next = at(begin + 1);
            if (next == '{' || next == '%' || next == '#') {
                break;
            }
            ++begin;
        }
        const char kind = m_source[begin + 1];
        std::size_t inside = begin + 2;
        char mark = at(inside);
        mark = mark == '-' || mark == '+' ? mark : '\0';
        inside += mark != '\0' ? 1U : 0U;
        const std::string_view data = std::string_view(m_source).substr(m_at, begin - m_at);
        std::size_t rawEnd = 0;
        const bool isRaw = kind == '%' && rawBegins(inside, rawEnd);
        pushData(data, mark, kind == '{');
        advance(begin);
        if (kind == '#') {
            advance(inside);
            skipComment();
        } else if (isRaw) {
            advance(rawEnd);
            readRaw();
        } else {
            push(kind == '{' ? TokenKind::VariableBegin : TokenKind::BlockBegin,
                 m_source.substr(begin, inside - begin));
            advance(inside);
            readTag(kind == '{');
        }
    }

    [[nodiscard]] bool rawBegins(std::size_t inside, std::size_t& end) const {
        std::size_t at = skipSpace(inside);
        if (!startsWith("raw", at)) {
            return false;
        }
        at = skipSpace(at + 3);
        if (startsWith("-%}", at)) {
            end = skipSpace(at + 3);
            return true;
        }
        end = at + 2;
        return startsWith("%}", at);
    }

    /// Where a block, comment or raw end ("%}" with its modifiers) leaves off, or npos.
    [[nodiscard]] std::size_t tagEnd(std::size_t at, std::string_view close, bool allowPlus = true) const {
        if (m_source[at] == '-' && startsWith(close, at + 1)) {
            return skipSpace(at + 1 + close.size());
        }
        if (allowPlus && m_source[at] == '+' && startsWith(close, at + 1)) {
            return at + 1 + close.size();
        }
        if (startsWith(close, at)) {
            const std::size_t end = at + close.size();
            return this->at(end) == '\n' ? end + 1 : end;
        }
        return std::string::npos;
    }

    void skipComment() {
        for (std::size_t i = m_at; i < m_source.size(); ++i) {
            const std::size_t end = tagEnd(i, "#}");
            if (end != std::string::npos) {
                advance(end);
                return;
            }
        }
        error("Missing end of comment tag");
    }

    void readRaw() {
        for (std::size_t i = m_source.find("{%", m_at); i != std::string::npos; i = m_source.find("{%", i + 1)) {
            std::size_t inside = i + 2;
            char mark = at(inside);
            mark = mark == '-' || mark == '+' ? mark : '\0';
            inside = skipSpace(inside + (mark != '\0' ? 1U : 0U));
            if (!startsWith("endraw", inside)) {
                continue;
            }
            const std::size_t close = skipSpace(inside + 6);
            const std::size_t end = close < m_source.size() ? tagEnd(close, "%}") : std::string::npos;
            if (end == std::string::npos) {
                continue;
            }
            pushData(std::string_view(m_source).substr(m_at, i - m_at), mark, false);
            advance(end);
            return;
        }
        error("Missing end of raw directive");
    }

    void readTag(bool isVariable) {
        std::vector<char> open;
        while (m_at < m_source.size()) {
            if (open.empty()) {
                std::size_t end = std::string::npos;
                if (!isVariable) {
                    end = tagEnd(m_at, "%}");
                } else if (startsWith("-}}", m_at)) {
                    end = skipSpace(m_at + 3);
                } else if (startsWith("}}", m_at)) {
                    end = m_at + 2;
                }
                if (end != std::string::npos) {
                    push(isVariable ? TokenKind::VariableEnd : TokenKind::BlockEnd, "");
                    advance(end);
                    return;
                }
            }
            const std::size_t afterSpace = skipSpace(m_at);
            if (afterSpace > m_at) {
                advance(afterSpace);
                continue;
            }
            readToken(open);
        }
        if (!open.empty()) {
            error(std::string("unexpected end of template, expected '") + open.back() + "'");
        }
    }

    void readToken(std::vector<char>& open) {
        const char c = m_source[m_at];
        if (isAsciiDigit(c) && (readFloat() || readInteger())) {
            return;
        }
        const CodePoint point = codePointAt(m_source, m_at);
        if (python::isWord(point.value)) {
            readName();
            return;
        }
        if (c == '\'' || c == '"') {
            readString(c);
            return;
        }
        for (const Operator& op : kOperators) {
            if (op.kind != TokenKind::End && startsWith(op.text, m_at)) {
                balance(op.text.front(), op.kind, open);
                push(op.kind, std::string(op.text));
                advance(m_at + op.text.size());
                return;
            }
        }
        error("unexpected char '" + m_source.substr(m_at, point.size) + "'");
    }

    void balance(char c, TokenKind kind, std::vector<char>& open) const {
        switch (kind) {
        case TokenKind::LBrace:
            open.push_back('}');
            break;
        case TokenKind::LParen:
            open.push_back(')');
            break;
        case TokenKind::LBracket:
            open.push_back(']');
            break;
        case TokenKind::RBrace:
        case TokenKind::RParen:
        case TokenKind::RBracket:
            if (open.empty()) {
                error(std::string("unexpected '") + c + "'");
            }
            if (open.back() != c) {
                error(std::string("unexpected '") + c + "', expected '" + open.back() + "'");
            }
            open.pop_back();
            break;
        default:
            break;
        }
    }

    /// End of digits with single underscores between them, from `at`; `at` itself when there is none.
    [[nodiscard]] std::size_t digitsEnd(std::size_t at) const {
        std::size_t end = at;
        while (isAsciiDigit(this->at(end)) || (end > at && this->at(end) == '_' && isAsciiDigit(this->at(end + 1)))) {
            ++end;
        }
        return end;
    }

    bool readFloat() {
        if (m_at > 0 && m_source[m_at - 1] == '.') {
            return false;
        }
        std::size_t end = digitsEnd(m_at);
        bool isFloat = false;
        if (at(end) == '.' && isAsciiDigit(at(end + 1))) {
            end = digitsEnd(end + 1);
            isFloat = true;
        }
        if (at(end) == 'e' || at(end) == 'E') {
            const std::size_t digits = at(end + 1) == '+' || at(end + 1) == '-' ? end + 2 : end + 1;
            if (isAsciiDigit(at(digits))) {
                end = digitsEnd(digits);
                isFloat = true;
            }
        }
        if (!isFloat) {
            return false;
        }
        std::string text = m_source.substr(m_at, end - m_at);
        std::erase(text, '_');
        push(TokenKind::Float, text);
        const Result<double> value = parseDouble(text);
        // Out of range only: Python gives an infinity for large and zero for small ones.
        const std::size_t e = text.find_first_of("eE");
        const bool small = e != std::string::npos && text[e + 1] == '-';
        m_tokens.back().number = value.ok() ? value.value() : (small ? 0.0 : std::numeric_limits<double>::infinity());
        advance(end);
        return true;
    }

    bool readInteger() {
        int base = 10;
        std::size_t begin = m_at;
        const char letter = static_cast<char>(at(m_at + 1) | 0x20);
        if (m_source[m_at] == '0' && (letter == 'b' || letter == 'o' || letter == 'x')) {
            const int prefixed = letter == 'b' ? 2 : (letter == 'o' ? 8 : 16);
            const std::size_t first = at(m_at + 2) == '_' ? m_at + 3 : m_at + 2;
            const int digit = hexDigit(at(first));
            if (digit >= 0 && digit < prefixed) {
                base = prefixed;
                begin = first;
            }
        }
        const bool onlyZeros = base == 10 && m_source[m_at] == '0';
        std::size_t end = begin;
        Wide value = 0;
        constexpr Wide kLimit = (static_cast<Wide>(1) << 120);
        while (end < m_source.size()) {
            const bool gap = end > begin && m_source[end] == '_';
            const int digit = hexDigit(at(gap ? end + 1 : end));
            if (digit < 0 || digit >= base || (onlyZeros && digit != 0)) {
                break;
            }
            if (value > kLimit) {
                error("an integer is too large");
            }
            value = value * base + digit;
            end += gap ? 2U : 1U;
        }
        push(TokenKind::Integer, m_source.substr(m_at, end - m_at));
        m_tokens.back().integer = value;
        advance(end);
        return true;
    }

    void readName() {
        std::size_t end = m_at;
        while (end < m_source.size()) {
            const CodePoint point = codePointAt(m_source, end);
            if (!point.valid || !python::isWord(point.value)) {
                break;
            }
            end += point.size;
        }
        const CodePoint first = codePointAt(m_source, m_at);
        if (first.value != '_' && !python::isAlpha(first.value)) {
            error("Invalid character in identifier");
        }
        push(TokenKind::Name, m_source.substr(m_at, end - m_at));
        advance(end);
    }

    void readString(char quote) {
        std::size_t end = m_at + 1;
        while (end < m_source.size() && m_source[end] != quote) {
            end += m_source[end] == '\\' ? 2U : 1U;
        }
        if (end >= m_source.size()) {
            error(std::string("unexpected char ") + quote + " (a string that never ends)");
        }
        push(TokenKind::String, unescape(std::string_view(m_source).substr(m_at + 1, end - m_at - 1)));
        advance(end + 1);
    }

    std::string unescape(std::string_view text) const {
        std::string out;
        out.reserve(text.size());
        char32_t highSurrogate = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] != '\\') {
                out.push_back(text[i]);
                continue;
            }
            const char c = text[++i];
            constexpr std::string_view kFrom = "\\'\"abfnrtv";
            constexpr std::string_view kTo = "\\'\"\a\b\f\n\r\t\v";
            const std::size_t simple = kFrom.find(c);
            if (simple != std::string_view::npos) {
                out.push_back(kTo[simple]);
            } else if (c == '\n') {
                continue;
            } else if (c == 'x' || c == 'u' || c == 'U') {
                const char32_t value = hexEscape(text, i, c == 'x' ? 2 : (c == 'u' ? 4 : 8));
                appendEscaped(out, value, highSurrogate);
            } else if (c >= '0' && c <= '7') {
                char32_t value = 0;
                std::size_t digits = 0;
                while (digits < 3 && i + digits < text.size() && text[i + digits] >= '0' && text[i + digits] <= '7') {
                    value = value * 8 + static_cast<char32_t>(text[i + digits] - '0');
                    ++digits;
                }
                i += digits - 1;
                appendUtf8(out, value);
            } else if (c == 'N') {
                error("named characters (\\N{…}) are not supported in template strings");
            } else {
                out.push_back('\\');
                out.push_back(c);
            }
        }
        return out;
    }

    char32_t hexEscape(std::string_view text, std::size_t& i, std::size_t digits) const {
        char32_t value = 0;
        for (std::size_t k = 1; k <= digits; ++k) {
            const int digit = i + k < text.size() ? hexDigit(text[i + k]) : -1;
            if (digit < 0) {
                error("truncated \\x, \\u or \\U escape in a string");
            }
            value = value * 16 + static_cast<char32_t>(digit);
        }
        if (value > 0x10FFFF) {
            error("illegal Unicode character in a string");
        }
        i += digits;
        return value;
    }

    /// Two escaped surrogates in a row make one character.
    static void appendEscaped(std::string& out, char32_t value, char32_t& highSurrogate) {
        if (value >= 0xDC00 && value <= 0xDFFF && highSurrogate != 0 && out.size() >= 3 &&
            out.compare(out.size() - 3, 3, "\xEF\xBF\xBD") == 0) {
            out.resize(out.size() - 3);
            value = 0x10000 + ((highSurrogate - 0xD800) << 10U) + (value - 0xDC00);
        }
        highSurrogate = value >= 0xD800 && value <= 0xDBFF ? value : 0;
        appendUtf8(out, value);
    }

    std::string m_source;
    std::vector<Token> m_tokens;
    std::size_t m_at = 0;
    int m_line = 1;
    bool m_lineStarting = true;
};

} // namespace

std::vector<Token> tokenize(std::string_view source) {
    return Lexer(source).run();
}

std::string describe(const Token& token) {
    switch (token.kind) {
    case TokenKind::Data:
        return "template text";
    case TokenKind::VariableBegin:
        return "begin of print statement";
    case TokenKind::VariableEnd:
        return "end of print statement";
    case TokenKind::BlockBegin:
        return "begin of statement block";
    case TokenKind::BlockEnd:
        return "end of statement block";
    case TokenKind::End:
        return "end of template";
    case TokenKind::String:
        return "a string";
    default:
        return "'" + token.text + "'";
    }
}

} // namespace fettle::text::jinja
