// Normalizer: the chain of rewriting steps a tokenizer applies to each stretch of text before splitting. Private to
// core/text.
#pragma once

#include "text/aligned_text.h"
#include "text/split_pattern.h"
#include "text/unicode.h"

#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace fettle::text {

struct PrependStep {
    std::string what; // put before a text that is not empty; shares the first character's span
};
struct ReplaceStep {
    std::shared_ptr<const SplitPattern> pattern;
    std::string by;
};
struct LowercaseStep {};
struct StripStep {
    bool left = true, right = true;
};

using NormalizerStep = std::variant<NormalForm, PrependStep, ReplaceStep, LowercaseStep, StripStep>;

class Normalizer {
public:
    void add(NormalizerStep step) { m_steps.push_back(std::move(step)); }
    [[nodiscard]] bool empty() const { return m_steps.empty(); }
    /// Rewrites `text`; untouched text stays an exact view of the input. Error: a pattern gave up.
    [[nodiscard]] Result<void> apply(AlignedText& text, MatchSpace& space) const;
    /// The same for a plain string (contents of added tokens).
    [[nodiscard]] Result<std::string> apply(const std::string& text) const;

private:
    std::vector<NormalizerStep> m_steps;
};

} // namespace fettle::text
