// Translation of tokenizer expressions to PCRE2 and matching with its JIT. Differences that matter: PCRE2 10.42 knows
// Unicode 14 (newer members are added to each class), counts U+180E as white space, and has no nested sets.
#include "text/split_pattern.h"

#include "text/unicode.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>

namespace fettle::text {
namespace {

constexpr std::size_t kLongestExpression = 16384;
constexpr std::uint32_t kMatchLimit = 5'000'000;
constexpr const char* kWhiteSpaceMembers =
    "\\x{9}-\\x{d}\\x{20}\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}";
// Alphabetic symbols that are no letters: circled and squared Latin.
constexpr const char* kWordSymbols =
    "\\x{24b6}-\\x{24e9}\\x{1f130}-\\x{1f149}\\x{1f150}-\\x{1f169}\\x{1f170}-\\x{1f189}";

std::string propertyMembers(const std::string& name) {
    return "\\p{" + name + "}" + newerClassMembers(name);
}

std::string wordMembers() {
    std::string out;
    for (const char* name : {"L", "M", "Nd", "Nl", "Pc"}) {
        out += propertyMembers(name);
    }
    return out + kWordSymbols + "\\x{b2}\\x{b3}\\x{b9}\\x{bc}-\\x{be}"; // which that engine counts as well
}

bool isCategory(std::string_view name) {
    return (name.size() == 1 || name.size() == 2) &&
           std::string_view("LMNPSZ").find(name[0]) != std::string_view::npos &&
           (name.size() == 1 || (name[1] >= 'a' && name[1] <= 'z'));
}

std::string shortName(std::string name) {
    static constexpr std::array<std::pair<const char*, const char*>, 12> kLong = {{{"Letter", "L"},
                                                                                   {"Mark", "M"},
                                                                                   {"Number", "N"},
                                                                                   {"Punctuation", "P"},
                                                                                   {"Symbol", "S"},
                                                                                   {"Separator", "Z"},
                                                                                   {"Uppercase_Letter", "Lu"},
                                                                                   {"Lowercase_Letter", "Ll"},
                                                                                   {"Titlecase_Letter", "Lt"},
                                                                                   {"Modifier_Letter", "Lm"},
                                                                                   {"Other_Letter", "Lo"},
                                                                                   {"Decimal_Number", "Nd"}}};
    for (const auto& [full, brief] : kLong) {
        if (name == full) {
            return brief;
        }
    }
    return name;
}

// An escape at `at` (the backslash) that stands for a set: its members as PCRE2 class contents, or "" for every other
// escape. Moves `at` behind it.
std::string setMembers(const std::string& expression, std::size_t& at, bool& negated) {
    const char letter = expression[at + 1];
    negated = letter == 'S' || letter == 'W' || letter == 'D' || letter == 'H';
    switch (letter) {
    case 's':
    case 'S':
        at += 2;
        return kWhiteSpaceMembers;
    case 'w':
    case 'W':
        at += 2;
        return wordMembers();
    case 'd':
    case 'D':
        at += 2;
        return propertyMembers("Nd");
    case 'h': // hexadecimal digits there, horizontal space here
    case 'H':
        at += 2;
        return "0-9a-fA-F";
    case 'p':
    case 'P':
        break;
    default:
        return {};
    }
    std::string name;
    std::size_t end = at + 2;
    negated = letter == 'P';
    if (end < expression.size() && expression[end] == '{') {
        const std::size_t close = expression.find('}', end);
        if (close == std::string::npos) {
            return {};
        }
        name = expression.substr(end + 1, close - end - 1);
        end = close + 1;
        if (!name.empty() && name[0] == '^') {
            negated = !negated;
            name.erase(0, 1);
        }
    } else if (end < expression.size()) {
        name = expression[end++];
    }
    name = shortName(name);
    if (!isCategory(name)) {
        return {};
    }
    at = end;
    return propertyMembers(name);
}

Error noNestedSets(const std::string& expression) {
    return makeError(ErrorCode::Unsupported, "expression with nested sets or '&&': " + expression,
                     "Only tokenizers whose patterns use plain character classes can be read.");
}

} // namespace

Result<std::string> translateExpression(const std::string& expression) {
    std::string out;
    std::size_t classBegin = std::string::npos; // place of '[' while inside a class
    for (std::size_t at = 0; at < expression.size();) {
        const char c = expression[at];
        const bool inClass = classBegin != std::string::npos;
        if (c == '\\' && at + 1 < expression.size()) {
            std::size_t end = at;
            bool negated = false;
            const std::string members = setMembers(expression, end, negated);
            if (members.empty() || (inClass && negated)) {
                // A negated set inside a class cannot be spelt out: PCRE2's own stands.
                const std::size_t next = members.empty() ? at + 2 : end;
                out += expression.substr(at, next - at);
                at = next;
                continue;
            }
            out += inClass ? members : (negated ? "[^" : "[") + members + "]";
            at = end;
            continue;
        }
        if (!inClass && c == '[') {
            classBegin = at;
            out += c;
            ++at;
            if (at < expression.size() && expression[at] == '^') {
                out += '^';
                ++at;
            }
            if (at < expression.size() && expression[at] == ']') { // first in the class: itself
                out += "\\]";
                ++at;
            }
            continue;
        }
        if (inClass && c == '[') {
            const std::size_t close =
                expression.compare(at, 2, "[:") == 0 ? expression.find(":]", at + 2) : std::string::npos;
            if (close == std::string::npos) {
                return noNestedSets(expression);
            }
            out += expression.substr(at, close + 2 - at);
            at = close + 2;
            continue;
        }
        if (inClass && expression.compare(at, 2, "&&") == 0) {
            return noNestedSets(expression);
        }
        if (inClass && c == ']') {
            classBegin = std::string::npos;
        }
        out += c;
        ++at;
    }
    return out;
}

const char* wordClassMembers() {
    return "\\p{L}\\p{M}\\p{Nd}\\p{Nl}\\p{Pc}\\x{24b6}-\\x{24e9}\\x{1f130}-\\x{1f149}\\x{1f150}-\\x{1f169}\\x{1f170}-"
           "\\x{1f189}\\x{200c}\\x{200d}";
}

struct MatchSpace::Parts {
    pcre2_match_data* data = nullptr;
    pcre2_match_context* context = nullptr;
    pcre2_jit_stack* stack = nullptr;
};

MatchSpace::MatchSpace()
    : m_parts(std::make_unique<Parts>()) {
    m_parts->data = pcre2_match_data_create(64, nullptr);
    m_parts->context = pcre2_match_context_create(nullptr);
    m_parts->stack = pcre2_jit_stack_create(64 * 1024, 8 * 1024 * 1024, nullptr);
    if (m_parts->context != nullptr) {
        pcre2_set_match_limit(m_parts->context, kMatchLimit);
        if (m_parts->stack != nullptr) {
            pcre2_jit_stack_assign(m_parts->context, nullptr, m_parts->stack);
        }
    }
}

MatchSpace::~MatchSpace() {
    pcre2_match_data_free(m_parts->data);
    pcre2_match_context_free(m_parts->context);
    pcre2_jit_stack_free(m_parts->stack);
}

struct SplitPattern::Code {
    pcre2_code* code = nullptr;
    Code() = default;
    Code(const Code&) = delete;
    Code& operator=(const Code&) = delete;
    ~Code() { pcre2_code_free(code); }
};

SplitPattern::SplitPattern() = default;
SplitPattern::SplitPattern(SplitPattern&&) noexcept = default;
SplitPattern& SplitPattern::operator=(SplitPattern&&) noexcept = default;
SplitPattern::~SplitPattern() = default;

Result<SplitPattern> SplitPattern::fromRegex(const std::string& expression) {
    if (expression.size() > kLongestExpression) {
        return makeError(ErrorCode::Unsupported,
                         "expression longer than " + std::to_string(kLongestExpression) + " bytes");
    }
    FETTLE_TRY_VALUE(const std::string translated, translateExpression(expression));
    SplitPattern pattern;
    pattern.m_literal = expression;
    pattern.m_code = std::make_unique<Code>();
    int number = 0;
    PCRE2_SIZE offset = 0;
    pcre2_compile_context* context = pcre2_compile_context_create(nullptr);
    if (context == nullptr) {
        return makeError(ErrorCode::OutOfMemory, "no memory for a regular expression");
    }
    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    pattern.m_code->code =
        pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(),
                      PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C, &number, &offset, context);
    pcre2_compile_context_free(context);
    if (pattern.m_code->code == nullptr) {
        std::array<PCRE2_UCHAR, 256> text{};
        pcre2_get_error_message(number, text.data(), text.size());
        return makeError(ErrorCode::InvalidInput, std::string("the expression does not compile: ") +
                                                      reinterpret_cast<const char*>(text.data()) + ": " + expression);
    }
    // Without JIT (an architecture it does not know) matching is slower and otherwise the same.
    pcre2_jit_compile(pattern.m_code->code, PCRE2_JIT_COMPLETE);
    return pattern;
}

SplitPattern SplitPattern::fromString(std::string literal) {
    SplitPattern pattern;
    pattern.m_literal = std::move(literal);
    return pattern;
}

Result<void> SplitPattern::cut(std::string_view text, TextRange range, MatchSpace& space,
                               std::vector<PatternPiece>& out) const {
    std::uint32_t covered = range.begin;
    const auto add = [&](std::uint32_t begin, std::uint32_t end) {
        if (covered < begin) {
            out.push_back({{covered, begin}, false});
        }
        out.push_back({{begin, end}, true});
        covered = end;
    };
    const std::string_view subject = range.in(text);
    if (m_code == nullptr) {
        if (!m_literal.empty()) {
            for (std::size_t at = subject.find(m_literal); at != std::string_view::npos;
                 at = subject.find(m_literal, at + m_literal.size())) {
                const std::uint32_t begin = range.begin + static_cast<std::uint32_t>(at);
                add(begin, begin + static_cast<std::uint32_t>(m_literal.size()));
            }
        }
    } else {
        MatchSpace::Parts& parts = *space.m_parts;
        if (parts.data == nullptr || parts.context == nullptr) {
            return makeError(ErrorCode::OutOfMemory, "no memory for a regular expression");
        }
        const PCRE2_SIZE* found = pcre2_get_ovector_pointer(parts.data);
        std::size_t at = 0;
        while (at < subject.size()) {
            const int matched = pcre2_match(m_code->code, reinterpret_cast<PCRE2_SPTR>(subject.data()), subject.size(),
                                            at, PCRE2_NO_UTF_CHECK, parts.data, parts.context);
            if (matched == PCRE2_ERROR_NOMATCH) {
                break;
            }
            if (matched < 0) {
                return makeError(ErrorCode::InvalidInput,
                                 "matching took too long or too much memory (PCRE2 error " + std::to_string(matched) +
                                     "): " + m_literal,
                                 "The pattern backtracks without bound on this text.");
            }
            const std::size_t begin = found[0], end = found[1];
            if (begin > end || begin < at || end > subject.size()) { // \K in a look-around can do that
                return makeError(ErrorCode::Unsupported, "the expression matches backwards: " + m_literal);
            }
            if (begin == end) { // an empty match cuts nothing
                at = begin < subject.size() ? begin + codePointAt(subject, begin).size : subject.size();
                if (begin > covered - range.begin) {
                    out.push_back({{covered, range.begin + static_cast<std::uint32_t>(begin)}, false});
                    covered = range.begin + static_cast<std::uint32_t>(begin);
                }
                continue;
            }
            add(range.begin + static_cast<std::uint32_t>(begin), range.begin + static_cast<std::uint32_t>(end));
            at = end;
        }
    }
    if (covered < range.end) {
        out.push_back({{covered, range.end}, false});
    }
    return {};
}

} // namespace fettle::text
