// Strict JSON (RFC 8259) by recursive descent straight into Json values: one pass, no exceptions, duplicate keys and
// deep nesting refused, every fault with its place and key path. Paths are put together only on the way out of a
// failure, so good documents pay nothing for them.
#include "base/json.h"

#include "base/utf8.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <new>
#include <unordered_set>

namespace fettle {
namespace {

constexpr std::size_t kLinearKeys = 12; // objects with more keys look duplicates up in a hash set

class Parser {
public:
    Parser(std::string_view text, const JsonOptions& options, JsonParseError& fault)
        : m_begin(text.data())
        , m_end(text.data() + text.size())
        , m_at(text.data())
        , m_options(options)
        , m_fault(fault) {}

    bool document(Json& out) {
        skipSpace();
        if (m_at == m_end) {
            return fail(m_at, "the text is empty; a JSON value was expected");
        }
        if (!value(out, 0)) {
            return false;
        }
        skipSpace();
        return m_at == m_end || fail(m_at, "text after the end of the value");
    }

private:
    bool fail(const char* at, std::string reason, JsonFault fault = JsonFault::Syntax) {
        m_fault.fault = fault;
        m_fault.offset = static_cast<std::size_t>(at - m_begin);
        m_fault.reason = std::move(reason);
        return false;
    }

    void inKey(std::string_view key) {
        std::string path(key);
        if (!m_fault.key.empty()) {
            path += (m_fault.key.front() == '[' ? "" : ".") + m_fault.key;
        }
        m_fault.key = std::move(path);
    }
    void inElement(std::size_t index) {
        std::string path = '[' + std::to_string(index) + ']';
        if (!m_fault.key.empty()) {
            path += (m_fault.key.front() == '[' ? "" : ".") + m_fault.key;
        }
        m_fault.key = std::move(path);
    }

    void skipSpace() {
        while (m_at != m_end && (*m_at == ' ' || *m_at == '\n' || *m_at == '\r' || *m_at == '\t')) {
            ++m_at;
        }
    }

    bool word(std::string_view expected) {
        if (static_cast<std::size_t>(m_end - m_at) < expected.size() ||
            std::memcmp(m_at, expected.data(), expected.size()) != 0) {
            return false;
        }
        const char* after = m_at + expected.size();
        if (after != m_end && (isDigit(*after) || (*after >= 'a' && *after <= 'z') ||
                               (*after >= 'A' && *after <= 'Z') || *after == '_')) {
            return false;
        }
        m_at = after;
        return true;
    }

    bool value(Json& out, int depth) {
        switch (*m_at) {
        case '{':
            return object(out, depth);
        case '[':
            return array(out, depth);
        case '"': {
            out = Json::value_t::string;
            return string(out.get_ref<std::string&>());
        }
        case 't':
            if (word("true")) {
                out = true;
                return true;
            }
            break;
        case 'f':
            if (word("false")) {
                out = false;
                return true;
            }
            break;
        case 'n':
            if (word("null")) {
                out = nullptr;
                return true;
            }
            break;
        default:
            if (*m_at == '-' || isDigit(*m_at)) {
                return number(out);
            }
            break;
        }
        for (const std::string_view name : {"NaN", "Infinity"}) {
            if (word(name)) {
                if (m_options.allowNonFinite) {
                    out = nullptr;
                    return true;
                }
                m_at -= name.size();
                return fail(m_at, std::string(name) + " is not JSON", JsonFault::NonFinite);
            }
        }
        return fail(m_at, unexpected());
    }

    // What stands here instead of a value, named as people would.
    [[nodiscard]] std::string unexpected() const {
        const auto at = static_cast<unsigned char>(*m_at);
        if (*m_at == '\'') {
            return "single quotes; JSON text stands in double quotes";
        }
        if (*m_at == '/' || *m_at == '#') {
            return "comments are not JSON";
        }
        if (*m_at == '+') {
            return "a number must not begin with +";
        }
        if (*m_at == ']' || *m_at == '}' || *m_at == ',') {
            return std::string("'") + *m_at + "' where a value was expected (a comma too many?)";
        }
        if (std::string_view(m_at, static_cast<std::size_t>(m_end - m_at)).substr(0, 3) == "\xEF\xBB\xBF") {
            return "a byte order mark in the middle of the text";
        }
        for (const std::string_view name : {"None", "True", "False"}) {
            if (std::string_view(m_at, static_cast<std::size_t>(m_end - m_at)).substr(0, name.size()) == name) {
                return std::string(name) + " is Python, not JSON (null, true, false)";
            }
        }
        if (at < 0x20) {
            return "control character " + std::to_string(at) + " where a value was expected";
        }
        std::string shown;
        for (const char* p = m_at; p != m_end && shown.size() < 12 && static_cast<unsigned char>(*p) > 0x20 &&
                                   static_cast<unsigned char>(*p) < 0x7F;
             ++p) {
            shown += *p;
        }
        return shown.empty() ? "a value was expected" : "'" + shown + "' is not a JSON value";
    }

    bool object(Json& out, int depth) {
        if (depth >= m_options.maxDepth) {
            return fail(m_at, "nested deeper than " + std::to_string(m_options.maxDepth) + " levels",
                        JsonFault::TooDeep);
        }
        out = Json::object();
        auto& members = out.get_ref<Json::object_t&>();
        std::unordered_set<std::string> seen;
        ++m_at;
        skipSpace();
        if (m_at != m_end && *m_at == '}') {
            ++m_at;
            return true;
        }
        members.reserve(4);
        while (true) {
            if (m_at == m_end) {
                return failIn(members, "the text ends inside an object");
            }
            if (*m_at != '"') {
                return failIn(members, *m_at == '}'    ? "a comma before }"
                                       : *m_at == '\'' ? "single quotes; JSON text stands in double quotes"
                                                       : "a key in double quotes was expected");
            }
            const char* keyAt = m_at;
            std::string key;
            if (!string(key)) {
                return false;
            }
            if (known(members, seen, key)) {
                fail(keyAt, "key '" + key + "' stands twice in one object", JsonFault::DuplicateKey);
                inKey(key);
                return false;
            }
            skipSpace();
            if (m_at == m_end || *m_at != ':') {
                fail(m_at, "a colon was expected after the key");
                inKey(key);
                return false;
            }
            ++m_at;
            skipSpace();
            if (m_at == m_end) {
                fail(m_at, "the text ends where a value was expected");
                inKey(key);
                return false;
            }
            members.push_back({std::move(key), Json()});
            if (!value(members.back().second, depth + 1)) {
                inKey(members.back().first);
                return false;
            }
            skipSpace();
            if (m_at == m_end) {
                return failIn(members, "the text ends inside an object");
            }
            if (*m_at == '}') {
                ++m_at;
                return true;
            }
            if (*m_at != ',') {
                return failIn(members, "a comma or } was expected");
            }
            ++m_at;
            skipSpace();
        }
    }

    static bool known(const Json::object_t& members, std::unordered_set<std::string>& seen, const std::string& key) {
        if (members.size() < kLinearKeys) {
            return std::any_of(members.begin(), members.end(), [&](const auto& member) { return member.first == key; });
        }
        if (seen.empty()) {
            for (const auto& member : members) {
                seen.insert(member.first);
            }
        }
        return !seen.insert(key).second;
    }

    bool failIn(const Json::object_t& members, std::string reason) {
        fail(m_at, std::move(reason));
        if (!members.empty()) {
            inKey(members.back().first);
        }
        return false;
    }

    bool array(Json& out, int depth) {
        if (depth >= m_options.maxDepth) {
            return fail(m_at, "nested deeper than " + std::to_string(m_options.maxDepth) + " levels",
                        JsonFault::TooDeep);
        }
        out = Json::array();
        auto& elements = out.get_ref<Json::array_t&>();
        ++m_at;
        skipSpace();
        if (m_at != m_end && *m_at == ']') {
            ++m_at;
            return true;
        }
        while (true) {
            if (m_at == m_end) {
                fail(m_at, "the text ends inside an array");
                inElement(elements.size());
                return false;
            }
            elements.emplace_back();
            if (!value(elements.back(), depth + 1)) {
                inElement(elements.size() - 1);
                return false;
            }
            skipSpace();
            if (m_at == m_end || (*m_at != ',' && *m_at != ']')) {
                fail(m_at, m_at == m_end ? "the text ends inside an array" : "a comma or ] was expected");
                inElement(elements.size());
                return false;
            }
            const bool last = *m_at == ']';
            ++m_at;
            if (last) {
                return true;
            }
            skipSpace();
        }
    }

    static bool isDigit(char c) { return c >= '0' && c <= '9'; }

    bool number(Json& out) {
        const char* start = m_at;
        const char* p = m_at;
        const bool negative = *p == '-';
        p += negative ? 1 : 0;
        if (negative && static_cast<std::size_t>(m_end - p) >= 8 && std::memcmp(p, "Infinity", 8) == 0) {
            if (m_options.allowNonFinite) {
                m_at = p + 8;
                out = nullptr;
                return true;
            }
            return fail(start, "-Infinity is not JSON", JsonFault::NonFinite);
        }
        if (p == m_end || !isDigit(*p)) {
            return fail(start, "a digit was expected after the minus sign");
        }
        if (*p == '0' && p + 1 != m_end && (isDigit(p[1]) || p[1] == 'x' || p[1] == 'X')) {
            return fail(start, isDigit(p[1]) ? "a number must not begin with 0" : "hexadecimal numbers are not JSON");
        }
        const char* digits = p;
        while (p != m_end && isDigit(*p)) {
            ++p;
        }
        const auto whole = static_cast<std::int64_t>(p - digits);
        bool isInteger = true;
        std::int64_t leadingZeros = 0; // zeros right after the point, where the whole part is 0
        if (p != m_end && *p == '.') {
            isInteger = false;
            const char* fraction = ++p;
            while (p != m_end && isDigit(*p)) {
                ++p;
            }
            if (p == fraction) {
                return fail(p, "a digit was expected after the point");
            }
            while (fraction + leadingZeros != p && fraction[leadingZeros] == '0') {
                ++leadingZeros;
            }
        }
        if (p != m_end && (*p == 'e' || *p == 'E')) {
            isInteger = false;
            ++p;
            p += p != m_end && (*p == '+' || *p == '-') ? 1 : 0;
            const char* exponent = p;
            while (p != m_end && isDigit(*p)) {
                ++p;
            }
            if (p == exponent) {
                return fail(p, "a digit was expected in the exponent");
            }
        }
        m_at = p;
        if (isInteger) {
            std::int64_t small = 0;
            std::uint64_t large = 0;
            if (negative && std::from_chars(start, p, small).ec == std::errc()) {
                out = small;
                return true;
            }
            if (!negative && std::from_chars(start, p, large).ec == std::errc()) {
                out = large;
                return true;
            }
        }
        double real = 0;
        if (std::from_chars(start, p, real).ec == std::errc()) {
            out = real;
            return true;
        }
        // from_chars reports both ends of the range alike; the decimal exponent tells a vanishing number (0, as
        // everywhere) from one too large.
        if (tooSmall(digits, p, whole, leadingZeros)) {
            out = negative ? -0.0 : 0.0;
            return true;
        }
        return fail(start,
                    "number out of range: " +
                        std::string(start, std::min<std::size_t>(static_cast<std::size_t>(p - start), 40)),
                    JsonFault::NumberRange);
    }

    static bool tooSmall(const char* digits, const char* end, std::int64_t whole, std::int64_t leadingZeros) {
        const char* e = std::find_if(digits, end, [](char c) { return c == 'e' || c == 'E'; });
        std::int64_t magnitude = *digits == '0' ? -leadingZeros : whole;
        if (e != end) {
            ++e;
            const bool down = *e == '-';
            e += *e == '-' || *e == '+' ? 1 : 0;
            std::int64_t exponent = 0;
            if (std::from_chars(e, end, exponent).ec != std::errc()) {
                return down;
            }
            magnitude += down ? -exponent : exponent;
        }
        return magnitude < 0;
    }

    static int hexValue(char c) {
        if (isDigit(c)) {
            return c - '0';
        }
        if (c >= 'a' && c <= 'f') {
            return c - 'a' + 10;
        }
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    }

    // Four hex digits at m_at; -1 where they are not.
    int hex4() {
        if (m_end - m_at < 4) {
            return -1;
        }
        int code = 0;
        for (int i = 0; i < 4; ++i) {
            const int digit = hexValue(m_at[i]);
            if (digit < 0) {
                return -1;
            }
            code = code * 16 + digit;
        }
        m_at += 4;
        return code;
    }

    static bool isPlain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

    // First byte from `p` on that is a quote, a backslash or a control character: eight bytes at a time.
    const char* plainEnd(const char* p) const {
        constexpr std::uint64_t ones = 0x0101010101010101ULL;
        constexpr std::uint64_t high = 0x8080808080808080ULL;
        while (m_end - p >= 8) {
            std::uint64_t block = 0;
            std::memcpy(&block, p, 8);
            const std::uint64_t quote = block ^ (ones * 0x22);
            const std::uint64_t slash = block ^ (ones * 0x5C);
            const std::uint64_t found =
                ((block - ones * 0x20) & ~block) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash);
            if ((found & high) != 0) {
                break;
            }
            p += 8;
        }
        while (p != m_end && isPlain(*p)) {
            ++p;
        }
        return p;
    }

    bool string(std::string& out) {
        const char* opening = m_at;
        ++m_at;
        const char* stop = plainEnd(m_at);
        out.assign(m_at, stop);
        m_at = stop;
        while (true) {
            if (m_at == m_end) {
                return fail(opening, "text without a closing quote");
            }
            if (*m_at == '"') {
                ++m_at;
                return true;
            }
            if (*m_at != '\\') {
                return fail(m_at, "control character " + std::to_string(static_cast<unsigned char>(*m_at)) +
                                      " inside text; it must be escaped");
            }
            if (!escape(out)) {
                return false;
            }
            stop = plainEnd(m_at);
            out.append(m_at, stop);
            m_at = stop;
        }
    }

    bool escape(std::string& out) {
        const char* at = m_at;
        ++m_at;
        if (m_at == m_end) {
            return fail(at, "the text ends inside an escape");
        }
        const char kind = *m_at++;
        switch (kind) {
        case '"':
        case '\\':
        case '/':
            out += kind;
            return true;
        case 'b':
            out += '\b';
            return true;
        case 'f':
            out += '\f';
            return true;
        case 'n':
            out += '\n';
            return true;
        case 'r':
            out += '\r';
            return true;
        case 't':
            out += '\t';
            return true;
        case 'u':
            break;
        default:
            return fail(at, static_cast<unsigned char>(kind) > 0x20 && static_cast<unsigned char>(kind) < 0x7F
                                ? std::string("\\") + kind + " is not an escape of JSON"
                                : "not an escape of JSON");
        }
        const int first = hex4();
        if (first < 0) {
            return fail(at, "four hexadecimal digits were expected after \\u");
        }
        auto code = static_cast<char32_t>(first);
        if (first >= 0xD800 && first <= 0xDBFF) {
            if (m_end - m_at < 2 || m_at[0] != '\\' || m_at[1] != 'u') {
                return fail(at, "half a surrogate pair", JsonFault::InvalidUnicode);
            }
            m_at += 2;
            const int second = hex4();
            if (second < 0) {
                return fail(at, "four hexadecimal digits were expected after \\u");
            }
            if (second < 0xDC00 || second > 0xDFFF) {
                return fail(at, "half a surrogate pair", JsonFault::InvalidUnicode);
            }
            code = static_cast<char32_t>(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
        } else if (first >= 0xDC00 && first <= 0xDFFF) {
            return fail(at, "half a surrogate pair", JsonFault::InvalidUnicode);
        }
        appendUtf8(out, code);
        return true;
    }

    const char* m_begin;
    const char* m_end;
    const char* m_at;
    const JsonOptions& m_options;
    JsonParseError& m_fault;
};

void locate(std::string_view text, JsonParseError& fault) {
    fault.offset = std::min(fault.offset, text.size());
    const auto before = text.substr(0, fault.offset);
    fault.line = 1 + std::count(before.begin(), before.end(), '\n');
    const auto lastBreak = before.rfind('\n');
    fault.column =
        static_cast<std::int64_t>(fault.offset - (lastBreak == std::string_view::npos ? 0 : lastBreak + 1)) + 1;
}

} // namespace

std::optional<Json> parseJsonDetailed(std::string_view text, JsonParseError& fault, const JsonOptions& options) {
    fault = JsonParseError{};
    fault.fault = JsonFault::None;
    if (const auto bad = firstInvalidUtf8(text)) {
        fault.fault = JsonFault::InvalidUtf8;
        fault.offset = *bad;
        fault.reason = "byte " + std::to_string(*bad) + " is not valid UTF-8";
        locate(text, fault);
        return std::nullopt;
    }
    try {
        Json value;
        if (Parser(text, options, fault).document(value)) {
            return value;
        }
    } catch (const std::bad_alloc&) {
        fault.fault = JsonFault::TooDeep;
        fault.reason = "not enough memory for this value";
    }
    locate(text, fault);
    return std::nullopt;
}

} // namespace fettle
