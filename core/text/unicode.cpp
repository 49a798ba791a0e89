// Character classes by binary search in generated ranges; normal forms after Unicode Standard Annex 15 (decompose,
// order marks, compose), with the source of each result kept.
#include "text/unicode.h"

#include "base/utf8.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <unordered_map>

namespace fettle::text {
namespace {

struct Range {
    char32_t first, last;
};
struct AddedRange {
    char category[3];
    char32_t first, last;
};
struct CombiningRange {
    char32_t first, last;
    std::uint8_t value;
};
struct CaseRun { // first, first + step, …, last move by `distance`
    char32_t first, last;
    std::uint32_t step;
    std::int32_t distance;
};

#include "text/unicode_tables.inc"

template <class Table>
auto findRange(const Table& table, char32_t code) {
    const auto found = std::upper_bound(std::begin(table), std::end(table), code,
                                        [](char32_t value, const auto& range) { return value < range.first; });
    return found == std::begin(table) || code > std::prev(found)->last ? std::end(table) : std::prev(found);
}

std::uint8_t combiningClass(char32_t code) {
    if (code < 0x300) {
        return 0;
    }
    const auto found = findRange(kCombining, code);
    return found == std::end(kCombining) ? std::uint8_t{0} : found->value;
}

// Hangul syllables decompose and compose by arithmetic.
constexpr char32_t kSyllable = 0xAC00, kLead = 0x1100, kVowel = 0x1161, kTrail = 0x11A7;
constexpr char32_t kLeads = 19, kVowels = 21, kTrails = 28, kSyllables = kLeads * kVowels * kTrails;

class Decompositions {
public:
    static const Decompositions& instance() {
        static const Decompositions tables;
        return tables;
    }

    struct Entry {
        char32_t code = 0;
        std::uint32_t offset = 0;
        std::uint16_t length = 0;
        bool compatibility = false;
    };
    [[nodiscard]] const Entry* find(char32_t code) const {
        const auto found = std::lower_bound(m_entries.begin(), m_entries.end(), code,
                                            [](const Entry& entry, char32_t value) { return entry.code < value; });
        return found == m_entries.end() || found->code != code ? nullptr : &*found;
    }
    [[nodiscard]] std::span<const char32_t> targets(const Entry& entry) const {
        return std::span(m_targets).subspan(entry.offset, entry.length);
    }
    [[nodiscard]] char32_t compose(char32_t first, char32_t second) const {
        if (first - kLead < kLeads && second - kVowel < kVowels) {
            return kSyllable + ((first - kLead) * kVowels + (second - kVowel)) * kTrails;
        }
        if (first - kSyllable < kSyllables && (first - kSyllable) % kTrails == 0 && second > kTrail &&
            second < kTrail + kTrails) {
            return first + (second - kTrail);
        }
        const auto found = m_pairs.find(std::uint64_t{first} << 32U | second);
        return found == m_pairs.end() ? 0 : found->second;
    }

private:
    // The literal's items are DELTA OP TARGET[.TARGET…][*COUNT] in hex, as make_unicode_tables.py explains.
    Decompositions() {
        const char* at = kDecompositions;
        const char* const end = kDecompositions + sizeof(kDecompositions) - 1;
        const auto number = [&at, end] {
            std::uint32_t value = 0;
            at = std::from_chars(at, end, value, 16).ptr;
            return value;
        };
        char32_t code = 0;
        std::vector<char32_t> targets;
        while (at < end) {
            code += number();
            const char kind = *at++;
            targets.assign(1, number());
            while (*at == '.') {
                ++at;
                targets.push_back(number());
            }
            std::uint32_t count = 1;
            if (*at == '*') {
                ++at;
                count = number();
            }
            ++at; // the blank
            for (std::uint32_t i = 0; i < count; ++i) {
                m_entries.push_back({code + i, static_cast<std::uint32_t>(m_targets.size()),
                                     static_cast<std::uint16_t>(targets.size()), kind == '~'});
                for (const char32_t target : targets) {
                    m_targets.push_back(target + i);
                }
                if (kind == '=' && targets.size() == 2) {
                    m_pairs[std::uint64_t{targets[0]} << 32U | targets[1]] = code;
                }
            }
        }
    }

    std::vector<Entry> m_entries;
    std::vector<char32_t> m_targets;
    std::unordered_map<std::uint64_t, char32_t> m_pairs;
};

struct Slot {
    char32_t code = 0;
    std::uint8_t combining = 0;
};

void decompose(const Decompositions& tables, char32_t code, bool compatibility, std::vector<char32_t>& out) {
    if (code < 0xA0) {
        out.push_back(code);
        return;
    }
    if (code - kSyllable < kSyllables) {
        const char32_t index = code - kSyllable;
        out.push_back(kLead + index / (kVowels * kTrails));
        out.push_back(kVowel + index % (kVowels * kTrails) / kTrails);
        if (index % kTrails != 0) {
            out.push_back(kTrail + index % kTrails);
        }
        return;
    }
    const auto* entry = tables.find(code);
    if (entry == nullptr || (entry->compatibility && !compatibility)) {
        out.push_back(code);
        return;
    }
    for (const char32_t target : tables.targets(*entry)) {
        decompose(tables, target, compatibility, out);
    }
}

} // namespace

bool isNumber(char32_t code) {
    if (code < 0x80) {
        return code >= '0' && code <= '9';
    }
    return findRange(kNumbers, code) != std::end(kNumbers);
}

bool isPunctuation(char32_t code) {
    if (code < 0x80) {
        return (code >= 0x21 && code <= 0x2F) || (code >= 0x3A && code <= 0x40) || (code >= 0x5B && code <= 0x60) ||
               (code >= 0x7B && code <= 0x7E);
    }
    return findRange(kPunctuation, code) != std::end(kPunctuation);
}

bool isWhiteSpace(char32_t code) {
    return (code >= 0x9 && code <= 0xD) || code == 0x20 || code == 0x85 || code == 0xA0 || code == 0x1680 ||
           (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F ||
           code == 0x3000;
}

void appendLowerCase(std::vector<char32_t>& out, char32_t code) {
    if (code == 0x130) { // the only character whose lower case is two
        out.push_back('i');
        out.push_back(0x307);
        return;
    }
    // Runs may interleave (alternating pairs), so look back over those that can reach the code point.
    const auto after = std::upper_bound(std::begin(kLower), std::end(kLower), code,
                                        [](char32_t value, const CaseRun& run) { return value < run.first; });
    for (auto run = after; run != std::begin(kLower) && after - run < 4;) {
        --run;
        if (code <= run->last && (code - run->first) % run->step == 0) {
            out.push_back(static_cast<char32_t>(static_cast<std::int64_t>(code) + run->distance));
            return;
        }
    }
    out.push_back(code);
}

std::string newerClassMembers(std::string_view category) {
    std::string out;
    const auto hex = [&out](char32_t code) {
        char digits[8];
        const auto end = std::to_chars(digits, digits + sizeof(digits), static_cast<std::uint32_t>(code), 16).ptr;
        out += "\\x{";
        out.append(digits, end);
        out += '}';
    };
    for (const AddedRange& range : kAddedRanges) {
        if (std::string_view(range.category).substr(0, category.size()) == category) {
            hex(range.first);
            if (range.last != range.first) {
                out += '-';
                hex(range.last);
            }
        }
    }
    return out;
}

std::vector<NormalChar> normalise(std::span<const char32_t> text, NormalForm form) {
    const Decompositions& tables = Decompositions::instance();
    const bool compatibility = form == NormalForm::Nfkc || form == NormalForm::Nfkd;
    const bool composing = form == NormalForm::Nfc || form == NormalForm::Nfkc;

    // Slots hold the decomposed text; sources[i] is the source character of place i and stays where it is when marks
    // are put in order.
    std::vector<Slot> slots;
    std::vector<std::uint32_t> sources;
    std::vector<char32_t> parts;
    for (std::size_t i = 0; i < text.size(); ++i) {
        parts.clear();
        decompose(tables, text[i], compatibility, parts);
        for (const char32_t code : parts) {
            slots.push_back({code, combiningClass(code)});
            sources.push_back(static_cast<std::uint32_t>(i));
        }
    }
    for (std::size_t begin = 0; begin < slots.size();) {
        if (slots[begin].combining == 0) {
            ++begin;
            continue;
        }
        std::size_t end = begin;
        while (end < slots.size() && slots[end].combining != 0) {
            ++end;
        }
        std::stable_sort(slots.begin() + static_cast<std::ptrdiff_t>(begin),
                         slots.begin() + static_cast<std::ptrdiff_t>(end),
                         [](const Slot& a, const Slot& b) { return a.combining < b.combining; });
        begin = end;
    }

    std::vector<NormalChar> out;
    out.reserve(slots.size());
    std::vector<std::uint32_t> places; // how many places each result takes
    std::size_t starter = SIZE_MAX;    // index in `out` of the character that marks may join
    std::uint8_t lastCombining = 0;
    for (const Slot& slot : slots) {
        if (composing && starter != SIZE_MAX) {
            const bool adjacent = out.size() - 1 == starter;
            const bool blocked = !adjacent && (lastCombining == 0 || lastCombining >= slot.combining);
            const char32_t joined = blocked ? 0 : tables.compose(out[starter].code, slot.code);
            if (joined != 0) {
                out[starter].code = joined;
                ++places[starter];
                continue;
            }
        }
        if (slot.combining == 0) {
            starter = out.size();
        }
        lastCombining = slot.combining;
        out.push_back({slot.code, 0, 0});
        places.push_back(1);
    }
    std::size_t place = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i].begin = sources[place];
        place += places[i];
        out[i].end = sources[place - 1] + 1;
    }
    return out;
}

bool surelyNormal(std::string_view utf8, NormalForm form) {
    // Below U+0300 nothing composes with what stands before it and NFC changes nothing; the other forms change letters
    // from U+00A0 on.
    const char32_t limit = form == NormalForm::Nfc ? 0x300 : 0xA0;
    for (std::size_t i = 0; i < utf8.size();) {
        if (static_cast<unsigned char>(utf8[i]) < 0x80) {
            ++i;
            continue;
        }
        const CodePoint point = codePointAt(utf8, i);
        if (point.value >= limit) {
            // Han, kana and most syllables are common and stable in NFC; everything else takes the long way.
            const bool stable =
                form == NormalForm::Nfc &&
                ((point.value >= 0x4E00 && point.value <= 0x9FFF) || (point.value >= 0x3041 && point.value <= 0x3096) ||
                 (point.value >= 0x30A1 && point.value <= 0x30FA) || (point.value >= 0x2010 && point.value <= 0x2027) ||
                 (point.value >= 0x400 && point.value <= 0x482) || (point.value >= 0x3001 && point.value <= 0x3029));
            if (!stable) {
                return false;
            }
        }
        i += point.size;
    }
    return true;
}

} // namespace fettle::text
