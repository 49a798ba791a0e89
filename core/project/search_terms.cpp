// Folding and splitting of texts for the search.
#include "project/search_terms.h"

#include "base/utf8.h"

#include <algorithm>
#include <unordered_set>

namespace fettle::project {
namespace {

constexpr std::size_t kTermBytes = 64;

bool isCjk(char32_t c) {
    return (c >= 0x3400 && c <= 0x9FFF) || (c >= 0x3040 && c <= 0x30FF) || (c >= 0xAC00 && c <= 0xD7AF) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF) || (c >= 0x31F0 && c <= 0x31FF) ||
           c == 0x3005 || c == 0x3007;
}

// What separates words outside ASCII: spaces, punctuation, symbols of the common blocks.
bool isSeparator(char32_t c) {
    return (c >= 0x80 && c < 0xC0 && c != 0xAA && c != 0xB5 && c != 0xBA) || c == 0xD7 || c == 0xF7 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x206F) || (c >= 0x20A0 && c <= 0x20CF) || (c >= 0x2190 && c <= 0x2BFF) ||
           (c >= 0x2E00 && c <= 0x2E7F) || (c >= 0x3000 && c <= 0x303F) || (c >= 0xFE30 && c <= 0xFE6F) ||
           (c >= 0xFF00 && c <= 0xFF0F) || (c >= 0xFF1A && c <= 0xFF20) || (c >= 0xFF3B && c <= 0xFF40) ||
           (c >= 0xFF5B && c <= 0xFF65) || (c >= 0xE000 && c <= 0xF8FF) || c == 0xFEFF || c == 0xFFFD ||
           (c >= 0x1F000 && c <= 0x1FAFF);
}

char32_t lower(char32_t c) {
    if (c >= 0xFF10 && c <= 0xFF5A) { // full width
        c = c - 0xFF10 + '0';
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    }
    if ((c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3AB && c != 0x3A2)) {
        return c + 32;
    }
    if ((c >= 0x100 && c <= 0x137) || (c >= 0x14A && c <= 0x177) || (c >= 0x460 && c <= 0x481) ||
        (c >= 0x48A && c <= 0x4BF) || (c >= 0x4D0 && c <= 0x52F) || (c >= 0x1E00 && c <= 0x1EFF)) {
        return c | 1U;
    }
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) {
        return (c & 1U) != 0 ? c + 1 : c;
    }
    if (c >= 0x410 && c <= 0x42F) {
        return c + 32;
    }
    if (c >= 0x400 && c <= 0x40F) {
        return c + 80;
    }
    return c == 0x178 ? 0xFF : c == 0x3C2 ? 0x3C3 : c; // Ÿ; final sigma
}

// The words and runs of a folded text.
struct Segment {
    std::string_view text;
    bool cjk = false;
};
template <class Take>
void eachSegment(std::string_view folded, const Take& take) {
    for (std::size_t at = 0; at < folded.size();) {
        if (folded[at] == ' ') {
            ++at;
            continue;
        }
        const std::size_t end = std::min(folded.find(' ', at), folded.size());
        const bool cjk = static_cast<unsigned char>(folded[at]) >= 0x80 && isCjk(codePointAt(folded, at).value);
        take(Segment{folded.substr(at, end - at), cjk});
        at = end;
    }
}

std::vector<std::string_view> charactersOf(std::string_view run) {
    std::vector<std::string_view> out;
    for (std::size_t at = 0; at < run.size();) {
        const std::size_t size = codePointAt(run, at).size;
        out.push_back(run.substr(at, size));
        at += size;
    }
    return out;
}

std::string_view cut(std::string_view term) {
    if (term.size() <= kTermBytes) {
        return term;
    }
    std::size_t size = kTermBytes;
    while (size > 0 && (static_cast<unsigned char>(term[size]) & 0xC0U) == 0x80U) {
        --size;
    }
    return term.substr(0, size);
}

bool isWordByte(char c) {
    return c != ' ';
}

} // namespace

std::string foldText(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 8);
    bool blank = true; // a space stands last
    bool cjkLast = false;
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte < 0x80) {
            ++at;
            const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
            const bool capital = byte >= 'A' && byte <= 'Z';
            if (!letter && !capital) {
                if (!blank) {
                    out += ' ';
                    blank = true;
                }
                continue;
            }
            if (cjkLast && !blank) {
                out += ' ';
            }
            out += static_cast<char>(capital ? byte + 32 : byte);
            blank = false;
            cjkLast = false;
            continue;
        }
        const CodePoint point = codePointAt(text, at);
        at += point.size;
        if (!point.valid || isSeparator(point.value)) {
            if (!blank) {
                out += ' ';
                blank = true;
            }
            continue;
        }
        const bool cjk = isCjk(point.value);
        if (cjk != cjkLast && !blank) {
            out += ' ';
        }
        appendUtf8(out, cjk ? point.value : lower(point.value));
        blank = false;
        cjkLast = cjk;
    }
    if (blank && !out.empty()) {
        out.pop_back();
    }
    return out;
}

void appendSearchable(const Json& row, std::string& out) {
    if (row.is_string()) {
        out += row.get_ref<const std::string&>();
        out += '\n';
    } else if (row.is_array()) {
        for (const Json& one : row) {
            appendSearchable(one, out);
        }
    } else if (row.is_object()) {
        for (const auto& member : row.get_ref<const Json::object_t&>()) {
            const std::string& key = member.first;
            if (key != "role" && key != "type" && key != "tool_call_id" && key != "tools") {
                appendSearchable(member.second, out);
            }
        }
    }
}

std::string indexTerms(std::string_view folded) {
    std::string out;
    out.reserve(folded.size());
    std::unordered_set<std::string_view> seen;
    seen.reserve(folded.size() / 6 + 8);
    const auto take = [&](std::string_view term) {
        term = cut(term);
        if (seen.insert(term).second) {
            out += term;
            out += ' ';
        }
    };
    eachSegment(folded, [&](const Segment& segment) {
        if (!segment.cjk) {
            take(segment.text);
            return;
        }
        std::size_t before = std::string_view::npos;
        for (std::size_t at = 0; at < segment.text.size();) {
            const std::size_t size = codePointAt(segment.text, at).size;
            take(segment.text.substr(at, size));
            if (before != std::string_view::npos) {
                take(segment.text.substr(before, at + size - before));
            }
            before = at;
            at += size;
        }
    });
    return out;
}

SearchQuery parseSearch(std::string_view text) {
    SearchQuery query;
    const auto add = [&query](std::string_view words, bool open) {
        SearchPiece piece;
        piece.folded = foldText(words);
        int segments = 0;
        eachSegment(piece.folded, [&](const Segment& segment) {
            ++segments;
            piece.prefix = false;
            if (!segment.cjk) {
                const std::string_view term = cut(segment.text);
                piece.terms.emplace_back(term);
                piece.proof = piece.proof || term.size() < segment.text.size();
                piece.prefix = true;
                return;
            }
            const auto characters = charactersOf(segment.text);
            if (characters.size() == 1) {
                piece.terms.emplace_back(characters.front());
            }
            for (std::size_t i = 1; i < characters.size(); ++i) {
                piece.terms.push_back(std::string(characters[i - 1]) + std::string(characters[i]));
            }
            piece.proof = piece.proof || characters.size() > 2;
        });
        piece.prefix = piece.prefix && open;
        piece.proof = piece.proof || segments > 1;
        if (!piece.terms.empty()) {
            query.pieces.push_back(std::move(piece));
        }
    };
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '"') {
            const std::size_t end = std::min(text.find('"', at + 1), text.size());
            add(text.substr(at + 1, end - at - 1), false);
            at = end + 1;
            continue;
        }
        const std::size_t end = std::min(text.find_first_of(" \t\n\"", at), text.size());
        if (end > at) {
            add(text.substr(at, end - at), end == text.size()); // the word that is being typed may go on
        }
        at = end + (end < text.size() && text[end] != '"' ? 1 : 0);
    }
    return query;
}

bool SearchQuery::needsProof() const {
    return std::any_of(pieces.begin(), pieces.end(), [](const SearchPiece& piece) { return piece.proof; });
}

bool SearchQuery::matches(std::string_view folded) const {
    return std::all_of(pieces.begin(), pieces.end(), [&](const SearchPiece& piece) {
        const std::string_view wanted = piece.folded;
        const bool cjkFront = isCjk(codePointAt(wanted, 0).value);
        std::size_t last = wanted.size() - 1;
        while (last > 0 && (static_cast<unsigned char>(wanted[last]) & 0xC0U) == 0x80U) {
            --last;
        }
        const bool cjkBack = isCjk(codePointAt(wanted, last).value);
        for (std::size_t at = folded.find(wanted); at != std::string_view::npos; at = folded.find(wanted, at + 1)) {
            const std::size_t end = at + wanted.size();
            const bool begins = cjkFront || at == 0 || !isWordByte(folded[at - 1]);
            const bool ends = cjkBack || piece.prefix || end == folded.size() || !isWordByte(folded[end]);
            if (begins && ends) {
                return true;
            }
        }
        return false;
    });
}

std::string SearchQuery::match() const {
    std::string out;
    for (const SearchPiece& piece : pieces) {
        for (std::size_t i = 0; i < piece.terms.size(); ++i) {
            out += out.empty() ? "\"" : " AND \"";
            out += piece.terms[i];
            out += piece.prefix && i + 1 == piece.terms.size() ? "\" *" : "\"";
        }
    }
    return out;
}

} // namespace fettle::project
