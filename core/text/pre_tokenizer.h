// PreTokenizer: the chain of steps that cuts a normalised stretch into the pieces the model sees one by one. Private to
// core/text.
#pragma once

#include "text/aligned_text.h"
#include "text/split_pattern.h"

#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace fettle::text {

/// What becomes of the parts a pattern matched.
enum class SplitBehavior { Isolated = 1, Removed, MergedWithPrevious, MergedWithNext, Contiguous };

struct SplitStep {
    std::shared_ptr<const SplitPattern> pattern;
    SplitBehavior behavior = SplitBehavior::Isolated;
    bool invert = false; // unmatched parts count as matched
};
struct CharacterSplitStep { // characters of a class are the matches, one by one
    enum class Class { Number = 1, Punctuation, WhiteSpace } characters = Class::Number;
    SplitBehavior behavior = SplitBehavior::Isolated;
};
struct PrefixSpaceStep {}; // one blank before each piece that has none
struct MetaspaceStep {
    enum class Prepend { Always = 1, First, Never };
    std::string replacement; // one character
    Prepend prepend = Prepend::Always;
    bool split = true;
};

using PreTokenizerStep = std::variant<SplitStep, CharacterSplitStep, PrefixSpaceStep, MetaspaceStep>;

class PreTokenizer {
public:
    void add(PreTokenizerStep step) { m_steps.push_back(std::move(step)); }
    /// Cuts `text` (which steps may rewrite) into ranges of its final text(). Error: a pattern gave up.
    [[nodiscard]] Result<void> apply(AlignedText& text, MatchSpace& space, std::vector<TextRange>& ranges) const;

private:
    std::vector<PreTokenizerStep> m_steps;
};

} // namespace fettle::text
