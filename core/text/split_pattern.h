// SplitPattern: a regular expression of a tokenizer file (Oniguruma syntax) run by PCRE2, or a plain string. Immutable
// once made; matching needs a MatchSpace per thread.
#pragma once

#include "base/result.h"
#include "text/aligned_text.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fettle::text {

/// Working memory of a match (PCRE2 match data and JIT stack). Thread: one at a time.
class MatchSpace {
public:
    MatchSpace();
    ~MatchSpace();
    MatchSpace(const MatchSpace&) = delete;
    MatchSpace& operator=(const MatchSpace&) = delete;

private:
    friend class SplitPattern;
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

/// A part of a text and whether the pattern matched it.
struct PatternPiece {
    TextRange range;
    bool matched = false;
};

class SplitPattern {
public:
    /// Error: Unsupported for set operations that PCRE2 lacks, InvalidInput where the expression does not compile.
    [[nodiscard]] static Result<SplitPattern> fromRegex(const std::string& expression);
    [[nodiscard]] static SplitPattern fromString(std::string literal);
    SplitPattern(SplitPattern&&) noexcept;
    SplitPattern& operator=(SplitPattern&&) noexcept;
    SplitPattern(const SplitPattern&) = delete;
    SplitPattern& operator=(const SplitPattern&) = delete;
    ~SplitPattern();

    /// Cuts text[range) into matched and unmatched parts, appended to `out` in order and without gaps. The pattern sees
    /// nothing outside the range. `text` is valid UTF-8. Error: InvalidInput when the expression needs more steps than
    /// allowed.
    [[nodiscard]] Result<void> cut(std::string_view text, TextRange range, MatchSpace& space,
                                   std::vector<PatternPiece>& out) const;

private:
    SplitPattern();
    struct Code;
    std::unique_ptr<Code> m_code; // null: a plain string
    std::string m_literal;        // the string, or the expression as the file has it
};

/// The expression in PCRE2's words: \s, \w, \d, \h and properties as the reference's engine and Unicode 16 understand
/// them. Exposed for tests.
[[nodiscard]] Result<std::string> translateExpression(const std::string& expression);

/// Class members of a word character as the reference's own code has it (white space splitting, single words); the \w
/// of expressions differs a little.
[[nodiscard]] const char* wordClassMembers();

} // namespace fettle::text
