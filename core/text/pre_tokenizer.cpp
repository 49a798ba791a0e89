// The splitting steps. A step sees each piece of the step before alone, so that a look-ahead at a piece's end sees the
// end of text.
#include "text/pre_tokenizer.h"

#include "text/unicode.h"

#include <algorithm>

namespace fettle::text {
namespace {

// Turns the cuts of one piece into pieces; empty ones never arise.
void mergeCuts(const std::vector<PatternPiece>& cuts, SplitBehavior behavior, bool invert,
               std::vector<TextRange>& out) {
    const std::size_t first = out.size();
    bool previous = false;
    switch (behavior) {
    case SplitBehavior::Isolated:
        for (const PatternPiece& cut : cuts) {
            out.push_back(cut.range);
        }
        return;
    case SplitBehavior::Removed:
        for (const PatternPiece& cut : cuts) {
            if (cut.matched == invert) {
                out.push_back(cut.range);
            }
        }
        return;
    case SplitBehavior::Contiguous:
        for (const PatternPiece& cut : cuts) {
            const bool matched = cut.matched != invert;
            if (matched == previous && out.size() > first) {
                out.back().end = cut.range.end;
            } else {
                out.push_back(cut.range);
            }
            previous = matched;
        }
        return;
    case SplitBehavior::MergedWithPrevious:
        for (const PatternPiece& cut : cuts) {
            const bool matched = cut.matched != invert;
            if (matched && !previous && out.size() > first) {
                out.back().end = cut.range.end;
            } else {
                out.push_back(cut.range);
            }
            previous = matched;
        }
        return;
    case SplitBehavior::MergedWithNext:
        for (auto cut = cuts.rbegin(); cut != cuts.rend(); ++cut) {
            const bool matched = cut->matched != invert;
            if (matched && !previous && out.size() > first) {
                out.back().begin = cut->range.begin;
            } else {
                out.push_back(cut->range);
            }
            previous = matched;
        }
        std::reverse(out.begin() + static_cast<std::ptrdiff_t>(first), out.end());
        return;
    }
}

Result<void> applySplit(std::string_view text, const SplitStep& step, MatchSpace& space,
                        const std::vector<TextRange>& in, std::vector<TextRange>& out) {
    std::vector<PatternPiece> cuts;
    for (const TextRange range : in) {
        cuts.clear();
        FETTLE_TRY(step.pattern->cut(text, range, space, cuts));
        mergeCuts(cuts, step.behavior, step.invert, out);
    }
    return {};
}

bool belongs(CharacterSplitStep::Class characters, char32_t code) {
    switch (characters) {
    case CharacterSplitStep::Class::Number:
        return isNumber(code);
    case CharacterSplitStep::Class::Punctuation:
        return isPunctuation(code);
    case CharacterSplitStep::Class::WhiteSpace:
        return isWhiteSpace(code);
    }
    return false;
}

void applyCharacters(std::string_view text, const CharacterSplitStep& step, const std::vector<TextRange>& in,
                     std::vector<TextRange>& out) {
    std::vector<PatternPiece> cuts;
    for (const TextRange range : in) {
        cuts.clear();
        std::uint32_t covered = range.begin;
        for (std::uint32_t i = range.begin; i < range.end;) {
            const CodePoint point = codePointAt(text, i);
            const auto size = static_cast<std::uint32_t>(point.size);
            if (belongs(step.characters, point.value)) {
                if (covered < i) {
                    cuts.push_back({{covered, i}, false});
                }
                cuts.push_back({{i, i + size}, true});
                covered = i + size;
            }
            i += size;
        }
        if (covered < range.end) {
            cuts.push_back({{covered, range.end}, false});
        }
        mergeCuts(cuts, step.behavior, false, out);
    }
}

void applyMetaspace(AlignedText& text, const MetaspaceStep& step, const std::vector<TextRange>& in,
                    std::vector<TextRange>& out) {
    const std::string_view old = text.text();
    AlignedText::Writer writer(old.size() + in.size() * 4);
    std::vector<TextRange> pieces;
    for (const TextRange range : in) {
        const std::uint32_t begin = writer.size();
        const bool starts =
            old[range.begin] == ' ' || range.in(old).substr(0, step.replacement.size()) == step.replacement;
        const bool first = text.span(range.begin, range.begin).begin == 0;
        if (!starts && (step.prepend == MetaspaceStep::Prepend::Always ||
                        (step.prepend == MetaspaceStep::Prepend::First && first))) {
            const auto size = static_cast<std::uint32_t>(codePointAt(old, range.begin).size);
            writer.add(step.replacement, text.span(range.begin, range.begin + size));
        }
        for (std::uint32_t i = range.begin; i < range.end;) {
            if (old[i] == ' ') {
                writer.add(step.replacement, text.span(i, i + 1));
                ++i;
                continue;
            }
            const std::size_t blank = std::min<std::size_t>(old.find(' ', i), range.end);
            writer.copy(text, i, static_cast<std::uint32_t>(blank));
            i = static_cast<std::uint32_t>(blank);
        }
        pieces.push_back({begin, writer.size()});
    }
    text.replaceBy(std::move(writer));
    if (!step.split) {
        out = std::move(pieces);
        return;
    }
    std::vector<PatternPiece> cuts;
    for (const TextRange range : pieces) {
        cuts.clear();
        const std::string_view now = text.text();
        std::uint32_t covered = range.begin;
        for (std::size_t at = now.find(step.replacement, range.begin); at < range.end;
             at = now.find(step.replacement, at + step.replacement.size())) {
            const auto begin = static_cast<std::uint32_t>(at);
            if (covered < begin) {
                cuts.push_back({{covered, begin}, false});
            }
            covered = begin + static_cast<std::uint32_t>(step.replacement.size());
            cuts.push_back({{begin, covered}, true});
        }
        if (covered < range.end) {
            cuts.push_back({{covered, range.end}, false});
        }
        mergeCuts(cuts, SplitBehavior::MergedWithNext, false, out);
    }
}

} // namespace

Result<void> PreTokenizer::apply(AlignedText& text, MatchSpace& space, std::vector<TextRange>& ranges) const {
    ranges.clear();
    if (text.text().empty()) {
        return {};
    }
    ranges.push_back({0, static_cast<std::uint32_t>(text.text().size())});
    std::vector<TextRange> next;
    for (const PreTokenizerStep& step : m_steps) {
        next.clear();
        if (const auto* split = std::get_if<SplitStep>(&step)) {
            FETTLE_TRY(applySplit(text.text(), *split, space, ranges, next));
        } else if (const auto* characters = std::get_if<CharacterSplitStep>(&step)) {
            applyCharacters(text.text(), *characters, ranges, next);
        } else if (const auto* metaspace = std::get_if<MetaspaceStep>(&step)) {
            applyMetaspace(text, *metaspace, ranges, next);
        } else {
            text.prependBlanks(ranges);
            continue;
        }
        ranges.swap(next);
    }
    return {};
}

} // namespace fettle::text
