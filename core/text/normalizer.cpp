// The rewriting steps. Each looks first whether anything would change: most text then keeps its exact byte spans and
// costs no copy.
#include "text/normalizer.h"

namespace fettle::text {
namespace {

using Writer = AlignedText::Writer;

struct Character {
    char32_t code = 0;
    std::uint32_t begin = 0, end = 0; // bytes of the text
};

std::vector<Character> charactersOf(std::string_view text) {
    std::vector<Character> out;
    out.reserve(text.size());
    for (std::uint32_t i = 0; i < text.size();) {
        const CodePoint point = codePointAt(text, i);
        const auto size = static_cast<std::uint32_t>(point.size);
        out.push_back({point.value, i, i + size});
        i += size;
    }
    return out;
}

void applyForm(AlignedText& text, NormalForm form) {
    if (surelyNormal(text.text(), form)) {
        return;
    }
    const std::vector<Character> characters = charactersOf(text.text());
    std::vector<char32_t> codes;
    codes.reserve(characters.size());
    for (const Character& character : characters) {
        codes.push_back(character.code);
    }
    const std::vector<NormalChar> normal = normalise(codes, form);
    bool same = normal.size() == codes.size();
    for (std::size_t i = 0; same && i < codes.size(); ++i) {
        same = normal[i].code == codes[i];
    }
    if (same) {
        return;
    }
    Writer writer(text.text().size() + 16);
    for (const NormalChar& character : normal) {
        writer.add(character.code, text.span(characters[character.begin].begin, characters[character.end - 1].end));
    }
    text.replaceBy(std::move(writer));
}

void applyLowercase(AlignedText& text) {
    std::vector<char32_t> lower;
    Writer writer(text.text().size());
    bool changed = false;
    for (const Character& character : charactersOf(text.text())) {
        lower.clear();
        appendLowerCase(lower, character.code);
        changed = changed || lower.size() != 1 || lower[0] != character.code;
        for (const char32_t code : lower) {
            writer.add(code, text.span(character.begin, character.end));
        }
    }
    if (changed) {
        text.replaceBy(std::move(writer));
    }
}

void applyStrip(AlignedText& text, const StripStep& step) {
    const std::vector<Character> characters = charactersOf(text.text());
    std::size_t first = 0, last = characters.size();
    while (step.left && first < last && isWhiteSpace(characters[first].code)) {
        ++first;
    }
    while (step.right && last > first && isWhiteSpace(characters[last - 1].code)) {
        --last;
    }
    if (first == 0 && last == characters.size()) {
        return;
    }
    if (first == last) {
        text.replaceBy(Writer(0));
        return;
    }
    text = text.part({characters[first].begin, characters[last - 1].end});
}

void applyPrepend(AlignedText& text, const std::string& what) {
    const std::string_view old = text.text();
    if (old.empty() || what.empty()) {
        return;
    }
    Writer writer(old.size() + what.size());
    writer.add(what, text.span(0, static_cast<std::uint32_t>(codePointAt(old, 0).size)));
    writer.copy(text, 0, static_cast<std::uint32_t>(old.size()));
    text.replaceBy(std::move(writer));
}

Result<void> applyReplace(AlignedText& text, const ReplaceStep& step, MatchSpace& space) {
    const std::string_view old = text.text();
    std::vector<PatternPiece> pieces;
    FETTLE_TRY(step.pattern->cut(old, {0, static_cast<std::uint32_t>(old.size())}, space, pieces));
    if (std::none_of(pieces.begin(), pieces.end(), [](const PatternPiece& piece) { return piece.matched; })) {
        return {};
    }
    Writer writer(old.size() + pieces.size() * step.by.size());
    for (const PatternPiece& piece : pieces) {
        if (piece.matched) {
            writer.add(step.by, text.span(piece.range.begin, piece.range.end));
        } else {
            writer.copy(text, piece.range.begin, piece.range.end);
        }
    }
    text.replaceBy(std::move(writer));
    return {};
}

} // namespace

Result<void> Normalizer::apply(AlignedText& text, MatchSpace& space) const {
    for (const NormalizerStep& step : m_steps) {
        if (const auto* form = std::get_if<NormalForm>(&step)) {
            applyForm(text, *form);
        } else if (const auto* prepend = std::get_if<PrependStep>(&step)) {
            applyPrepend(text, prepend->what);
        } else if (const auto* replace = std::get_if<ReplaceStep>(&step)) {
            FETTLE_TRY(applyReplace(text, *replace, space));
        } else if (std::holds_alternative<LowercaseStep>(step)) {
            applyLowercase(text);
        } else {
            applyStrip(text, std::get<StripStep>(step));
        }
        if (text.text().size() > UINT32_MAX / 2) {
            return makeError(ErrorCode::InvalidInput, "the normaliser makes the text longer than 2 GiB");
        }
    }
    return {};
}

Result<std::string> Normalizer::apply(const std::string& text) const {
    MatchSpace space;
    AlignedText aligned(text, {0, static_cast<std::uint32_t>(text.size())});
    FETTLE_TRY(apply(aligned, space));
    return std::string(aligned.text());
}

} // namespace fettle::text
