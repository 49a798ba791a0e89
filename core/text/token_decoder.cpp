// The decoder steps, each from a list of pieces to a list of pieces; the last list is joined (with blanks when there is
// no step at all, as the reference does).
#include "text/token_decoder.h"

#include "base/utf8.h"
#include "text/vocabulary.h"

#include <algorithm>
#include <cstdint>

namespace fettle::text {
namespace {

constexpr const char* kReplacementCharacter = "\xEF\xBF\xBD";

std::string joined(const std::vector<std::string>& pieces, std::string_view between = {}) {
    std::string out;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (i > 0) {
            out += between;
        }
        out += pieces[i];
    }
    return out;
}

std::string bytesOf(const std::vector<std::string>& pieces) {
    std::string out;
    for (const std::string& piece : pieces) {
        const auto bytes = ByteAlphabet::instance().decode(piece);
        out += bytes ? *bytes : piece;
    }
    return out;
}

std::vector<std::string> withoutByteRuns(std::vector<std::string> pieces) {
    std::vector<std::string> out;
    out.reserve(pieces.size());
    std::string run;
    const auto finish = [&] {
        if (run.empty()) {
            return;
        }
        if (firstInvalidUtf8(run)) {
            out.insert(out.end(), run.size(), kReplacementCharacter);
        } else {
            out.push_back(run);
        }
        run.clear();
    };
    for (std::string& piece : pieces) {
        if (const auto byte = byteOfPiece(piece)) {
            run += static_cast<char>(*byte);
        } else {
            finish();
            out.push_back(std::move(piece));
        }
    }
    finish();
    return out;
}

void replaceAll(std::string& text, const std::string& what, std::string_view by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
        text.replace(at, what.size(), by);
    }
}

void applyReplace(std::string& piece, const ReplaceDecode& step, MatchSpace& space) {
    std::vector<PatternPiece> cuts;
    if (!step.pattern->cut(piece, {0, static_cast<std::uint32_t>(piece.size())}, space, cuts)) {
        return; // a pattern that gives up leaves the piece as it is
    }
    std::string out;
    for (const PatternPiece& cut : cuts) {
        out += cut.matched ? std::string_view(step.by) : cut.range.in(piece);
    }
    piece = std::move(out);
}

void applyStrip(std::string& piece, const StripDecode& step) {
    std::string_view rest = piece;
    for (std::size_t i = 0; i < step.start && rest.substr(0, step.what.size()) == step.what; ++i) {
        rest.remove_prefix(step.what.size());
    }
    for (std::size_t i = 0;
         i < step.stop && rest.size() >= step.what.size() && rest.substr(rest.size() - step.what.size()) == step.what;
         ++i) {
        rest.remove_suffix(step.what.size());
    }
    piece = std::string(rest);
}

} // namespace

std::string TokenDecoder::decode(std::vector<std::string> pieces) const {
    if (m_steps.empty()) {
        return joined(pieces, " ");
    }
    for (const DecoderStep& step : m_steps) {
        if (std::holds_alternative<ByteLevelDecode>(step)) {
            pieces = {replaceInvalidUtf8(bytesOf(pieces))};
        } else if (std::holds_alternative<ByteFallbackDecode>(step)) {
            pieces = withoutByteRuns(std::move(pieces));
        } else if (std::holds_alternative<FuseDecode>(step)) {
            pieces = {joined(pieces)};
        } else if (const auto* replace = std::get_if<ReplaceDecode>(&step)) {
            MatchSpace space;
            for (std::string& piece : pieces) {
                applyReplace(piece, *replace, space);
            }
        } else if (const auto* strip = std::get_if<StripDecode>(&step)) {
            for (std::string& piece : pieces) {
                applyStrip(piece, *strip);
            }
        } else if (const auto* metaspace = std::get_if<MetaspaceDecode>(&step)) {
            for (std::size_t i = 0; i < pieces.size(); ++i) {
                replaceAll(pieces[i], metaspace->replacement, i == 0 && metaspace->dropFirst ? "" : " ");
            }
        } else if (const auto* suffix = std::get_if<SuffixDecode>(&step)) {
            for (std::size_t i = 0; i < pieces.size(); ++i) {
                replaceAll(pieces[i], suffix->suffix, i + 1 == pieces.size() ? "" : " ");
            }
        }
    }
    return joined(pieces);
}

std::size_t TokenDecoder::pendingBytes(const std::vector<std::string>& pieces) const {
    std::size_t pending = 0;
    bool fused = false;
    for (const DecoderStep& step : m_steps) {
        if (fused && !std::holds_alternative<StripDecode>(step)) {
            return SIZE_MAX; // works across pieces
        }
        if (std::holds_alternative<ByteLevelDecode>(step)) {
            fused = true;
            // The bytes of a character are at most four pieces apart, but its lead byte may end a long piece: look at
            // the last four.
            const std::size_t first = pieces.size() > 4 ? pieces.size() - 4 : 0;
            const std::string tail = bytesOf({pieces.begin() + static_cast<std::ptrdiff_t>(first), pieces.end()});
            if (incompleteUtf8Tail(tail) > 0) {
                pending = std::char_traits<char>::length(kReplacementCharacter);
            }
        } else if (std::holds_alternative<ByteFallbackDecode>(step)) {
            std::string run;
            for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) {
                const auto byte = byteOfPiece(*piece);
                if (!byte) {
                    break;
                }
                run.insert(run.begin(), static_cast<char>(*byte));
            }
            pending =
                firstInvalidUtf8(run) ? run.size() * std::char_traits<char>::length(kReplacementCharacter) : run.size();
        } else if (std::holds_alternative<FuseDecode>(step)) {
            fused = true;
        } else if (const auto* strip = std::get_if<StripDecode>(&step)) {
            if (strip->stop > 0) {
                return SIZE_MAX;
            }
        } else if (std::holds_alternative<SuffixDecode>(step)) {
            return SIZE_MAX; // the last piece loses its suffix, so it is never settled
        }
    }
    return pending;
}

} // namespace fettle::text
