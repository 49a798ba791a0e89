// Normal keys. Most characters stand for one or a few fixed ones whatever stands beside them; a table holds those.
// Texts with combining marks or single jamo, where neighbours matter, are normalised as a whole.
#include "data/text_key.h"

#include "base/utf8.h"
#include "data/row_text.h"
#include "text/python_unicode.h"
#include "text/unicode.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <unordered_map>

namespace fettle::data {
namespace {

struct KeyRange {
    std::uint32_t first, last;
};

#include "data/text_key_tables.inc"

template <std::size_t N>
bool inRanges(const KeyRange (&table)[N], char32_t c) {
    const auto* next = std::upper_bound(std::begin(table), std::end(table), c,
                                        [](char32_t value, const KeyRange& range) { return value < range.first; });
    return next != std::begin(table) && c <= std::prev(next)->last;
}

constexpr char32_t kSpace = ' ';

// Characters whose normal form depends on what stands around them: marks, what becomes a mark, and jamo of all kinds.
bool dependsOnNeighbours(char32_t c) {
    return (c >= 0x1100 && c <= 0x11FF) || (c >= 0x3131 && c <= 0x318E) || (c >= 0xFF9E && c <= 0xFFDC) ||
           inRanges(kMarks, c);
}

std::u32string foldedForm(std::u32string_view text) {
    std::string utf8;
    for (const text::NormalChar& c :
         text::normalise(std::span<const char32_t>(text.data(), text.size()), text::NormalForm::Nfkc)) {
        appendUtf8(utf8, c.code);
    }
    std::u32string out = text::python::toCodePoints(text::python::caseFold(utf8));
    for (char32_t& c : out) {
        c = inRanges(kKeyCharacters, c) ? c : kSpace;
    }
    return out;
}

// What each character of the basic plane becomes by itself.
class KeyTable {
public:
    static constexpr char32_t kMany = 0x110000;      // several: see m_many
    static constexpr char32_t kNeighbour = 0x110001; // normalise the whole text

    KeyTable() {
        for (char32_t c = 0; c < m_plane.size(); ++c) {
            m_plane[c] = entryOf(c);
        }
    }
    [[nodiscard]] char32_t entry(char32_t c) const { return c < m_plane.size() ? m_plane[c] : kMany; }
    /// Of kMany: the characters; beyond the basic plane made on the way (`scratch`); empty = depends on neighbours.
    [[nodiscard]] const std::u32string& many(char32_t c, std::u32string& scratch) const {
        const auto found = m_many.find(c);
        if (found != m_many.end()) {
            return found->second;
        }
        scratch = dependsOnNeighbours(c) ? std::u32string() : foldedForm(std::u32string_view(&c, 1));
        return scratch;
    }

private:
    char32_t entryOf(char32_t c) {
        if (c >= 0xD800 && c <= 0xDFFF) {
            return kSpace;
        }
        if (dependsOnNeighbours(c)) {
            return kNeighbour;
        }
        std::u32string form = foldedForm(std::u32string_view(&c, 1));
        if (form.size() == 1) {
            return form.front();
        }
        if (form.empty()) {
            return kSpace;
        }
        m_many.emplace(c, std::move(form));
        return kMany;
    }

    std::array<char32_t, 0x10000> m_plane{};
    std::unordered_map<char32_t, std::u32string> m_many;
};

const KeyTable& keyTable() {
    static const KeyTable table;
    return table;
}

// Appends and keeps runs of spaces to one; none in front.
inline void push(std::vector<char32_t>& out, char32_t c) {
    if (c != kSpace || (!out.empty() && out.back() != kSpace)) {
        out.push_back(c);
    }
}

void wholeText(std::string_view text, std::vector<char32_t>& out) {
    out.clear();
    for (const char32_t c : foldedForm(text::python::toCodePoints(text))) {
        push(out, c);
    }
}

std::uint64_t mix(std::uint64_t h) {
    h ^= h >> 32U;
    h *= 0xD6E8FEB86659FD93U;
    h ^= h >> 32U;
    h *= 0xD6E8FEB86659FD93U;
    return h ^ (h >> 32U);
}

std::uint64_t shingle(const char32_t* c) {
    const std::uint64_t low = std::uint64_t{c[0]} | std::uint64_t{c[1]} << 21U | std::uint64_t{c[2]} << 42U;
    const std::uint64_t high = std::uint64_t{c[3]} | std::uint64_t{c[4]} << 21U;
    return mix(low * 0x9E3779B97F4A7C15U + high * 0xC2B2AE3D27D4EB4FU + (high >> 29U) + 0x165667B19E3779F9U);
}

constexpr std::size_t kShingle = 5;

std::vector<char32_t> pointsOfKey(std::string_view key) {
    const std::u32string points = text::python::toCodePoints(key);
    return {points.begin(), points.end()};
}

} // namespace

void normalKeyPoints(std::string_view text, std::vector<char32_t>& out) {
    const KeyTable& table = keyTable();
    out.clear();
    out.reserve(text.size());
    std::u32string scratch;
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = static_cast<unsigned char>(text[at]);
        char32_t c = byte;
        if (byte < 0x80) {
            ++at;
        } else {
            const CodePoint point = codePointAt(text, at);
            c = point.value;
            at += point.size;
        }
        const char32_t entry = table.entry(c);
        if (entry == KeyTable::kNeighbour) {
            wholeText(text, out);
            break;
        }
        if (entry != KeyTable::kMany) {
            push(out, entry);
            continue;
        }
        const std::u32string& many = table.many(c, scratch);
        if (many.empty()) {
            wholeText(text, out);
            break;
        }
        for (const char32_t one : many) {
            push(out, one);
        }
    }
    if (!out.empty() && out.back() == kSpace) {
        out.pop_back();
    }
}

void shingleHashes(const std::vector<char32_t>& key, std::vector<std::uint64_t>& out) {
    out.clear();
    if (key.size() < kShingle) {
        std::uint64_t h = key.size() + 1;
        for (const char32_t c : key) {
            h = mix(h * 0x9E3779B97F4A7C15U + c);
        }
        out.push_back(mix(h));
        return;
    }
    out.reserve(key.size() - kShingle + 1);
    for (std::size_t i = 0; i + kShingle <= key.size(); ++i) {
        out.push_back(shingle(key.data() + i));
    }
}

void shingleSet(const std::vector<char32_t>& key, std::vector<std::uint64_t>& out) {
    shingleHashes(key, out);
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
}

double jaccardOfSets(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
    std::size_t common = 0;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        common += a[i] == b[j] ? 1 : 0;
        const bool stepA = a[i] <= b[j];
        const bool stepB = b[j] <= a[i];
        i += stepA ? 1 : 0;
        j += stepB ? 1 : 0;
    }
    return static_cast<double>(common) / static_cast<double>(a.size() + b.size() - common);
}

std::string normalKey(std::string_view text) {
    std::vector<char32_t> points;
    normalKeyPoints(text, points);
    std::string out;
    out.reserve(text.size());
    for (const char32_t c : points) {
        appendUtf8(out, c);
    }
    return out;
}

double jaccardOfKeys(std::string_view keyA, std::string_view keyB) {
    std::vector<std::uint64_t> a;
    std::vector<std::uint64_t> b;
    shingleSet(pointsOfKey(keyA), a);
    shingleSet(pointsOfKey(keyB), b);
    return jaccardOfSets(a, b);
}

double jaccard(std::string_view textA, std::string_view textB) {
    return jaccardOfKeys(normalKey(textA), normalKey(textB));
}

} // namespace fettle::data
