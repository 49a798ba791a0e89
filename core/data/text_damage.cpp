// Damaged encodings. A text that was UTF-8 and was read as Latin-1 or Windows-1252 shows each character as two to four
// characters that are, put back into bytes, well-formed UTF-8. Such runs hardly ever come about otherwise; the few that
// do in ordinary writing (a capital letter before a closing quote) do not count by themselves.
#include "data/text_quality.h"

#include "base/utf8.h"

#include <algorithm>
#include <array>

namespace fettle::data {
namespace {

struct TableEntry {
    char32_t character;
    unsigned char byte;
};
// Where Windows-1252 differs from Latin-1, by character.
constexpr std::array<TableEntry, 27> kWindows = {
    {{0x152, 0x8C},  {0x153, 0x9C},  {0x160, 0x8A},  {0x161, 0x9A},  {0x178, 0x9F},  {0x17D, 0x8E},  {0x17E, 0x9E},
     {0x192, 0x83},  {0x2C6, 0x88},  {0x2DC, 0x98},  {0x2013, 0x96}, {0x2014, 0x97}, {0x2018, 0x91}, {0x2019, 0x92},
     {0x201A, 0x82}, {0x201C, 0x93}, {0x201D, 0x94}, {0x201E, 0x84}, {0x2020, 0x86}, {0x2021, 0x87}, {0x2022, 0x95},
     {0x2026, 0x85}, {0x2030, 0x89}, {0x2039, 0x8B}, {0x203A, 0x9B}, {0x20AC, 0x80}, {0x2122, 0x99}}};

// The byte that Latin-1 or Windows-1252 shows as this character; -1 = none.
int byteOf(char32_t c) {
    if (c < 0x100) {
        return static_cast<int>(c);
    }
    const auto* found =
        std::lower_bound(kWindows.begin(), kWindows.end(), c,
                         [](const TableEntry& entry, char32_t value) { return entry.character < value; });
    return found != kWindows.end() && found->character == c ? found->byte : -1;
}

// Characters that may well stand after a letter in ordinary text: quotes, dashes, no-break space, degree and the like.
bool isOrdinaryAfterLetter(char32_t c) {
    if (c >= 0x2010 && c <= 0x203A) {
        return true;
    }
    switch (c) {
    case 0xA0:
    case 0xAB:
    case 0xBB:
    case 0xB7:
    case 0xB0:
    case 0xAE:
    case 0x20AC:
    case 0x2122:
        return true;
    default:
        return false;
    }
}

// Whether a character that a run stands for is one that people write.
bool isPlausible(char32_t c) {
    struct Range {
        char32_t first, last;
    };
    constexpr std::array<Range, 31> kRanges = {
        {{0xA0, 0x17F},     {0x192, 0x192},   {0x2BC, 0x2BC},   {0x2C6, 0x2DC},   {0x300, 0x30C},   {0x384, 0x3CE},
         {0x400, 0x45F},    {0x490, 0x491},   {0x531, 0x587},   {0x5D0, 0x5EA},   {0x60C, 0x60C},   {0x61B, 0x61B},
         {0x61F, 0x669},    {0x67E, 0x67E},   {0x686, 0x686},   {0x698, 0x698},   {0x6A9, 0x6CC},   {0x6F0, 0x6F9},
         {0x900, 0xDFF},    {0xE00, 0xEFF},   {0xF00, 0x109F},  {0x10A0, 0x137F}, {0x1780, 0x17FF}, {0x1E00, 0x20CF},
         {0x2100, 0x2BFF},  {0x3000, 0x33FF}, {0x3400, 0x9FFF}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFE00, 0xFFFD},
         {0x10000, 0x323AF}}};
    const auto* found = std::find_if(kRanges.begin(), kRanges.end(),
                                     [&](const Range& range) { return c >= range.first && c <= range.last; });
    return found != kRanges.end();
}

struct Run {
    std::size_t begin = 0, end = 0; // bytes of the text
    char32_t character = 0;         // what it stands for
    bool strong = false;            // holds a character that has no business after a letter
};

// The run that begins at `at`, where the text's character is a lead byte of UTF-8 with what must follow.
std::optional<Run> runAt(std::string_view text, std::size_t at) {
    const CodePoint lead = codePointAt(text, at);
    if (!lead.valid || lead.value < 0xC2 || lead.value > 0xF4) {
        return std::nullopt;
    }
    const int length = lead.value >= 0xF0 ? 4 : lead.value >= 0xE0 ? 3 : 2;
    std::array<char, 4> bytes = {static_cast<char>(lead.value), 0, 0, 0};
    Run run{at, at + lead.size, 0, false};
    for (int i = 1; i < length; ++i) {
        if (run.end >= text.size()) {
            return std::nullopt;
        }
        const CodePoint next = codePointAt(text, run.end);
        const int byte = next.valid ? byteOf(next.value) : -1;
        if (byte < 0x80 || byte > 0xBF) {
            return std::nullopt;
        }
        bytes[static_cast<std::size_t>(i)] = static_cast<char>(byte);
        run.strong = run.strong || !isOrdinaryAfterLetter(next.value);
        run.end += next.size;
    }
    const CodePoint whole = codePointAt({bytes.data(), static_cast<std::size_t>(length)}, 0);
    if (!whole.valid || whole.size != static_cast<std::size_t>(length)) {
        return std::nullopt;
    }
    run.character = whole.value;
    // A stray no-break space and general punctuation are the commonest of all, and nothing else looks like them.
    run.strong = run.strong || whole.value == 0xA0 || (whole.value >= 0x2000 && whole.value <= 0x206F);
    return run;
}

struct Runs {
    std::vector<Run> all; // well-formed ones
    std::int64_t plausible = 0, strong = 0;
    std::int64_t loneLetters = 0; // letters of Latin-1 outside of runs: the text has honest accents
    std::size_t firstBegin = 0, firstEnd = 0;
    [[nodiscard]] bool damaged() const { return strong > 0 || (plausible >= 2 && plausible > loneLetters); }
};

Runs findRuns(std::string_view text) {
    Runs out;
    for (std::size_t at = 0; at < text.size();) {
        if (static_cast<unsigned char>(text[at]) < 0x80) {
            ++at;
            continue;
        }
        if (const auto run = runAt(text, at)) {
            const bool plausible = isPlausible(run->character);
            if (plausible && out.plausible == 0) {
                out.firstBegin = run->begin;
                out.firstEnd = run->end;
            }
            out.plausible += plausible ? 1 : 0;
            out.strong += plausible && run->strong ? 1 : 0;
            out.all.push_back(*run);
            at = run->end;
            continue;
        }
        const CodePoint point = codePointAt(text, at);
        out.loneLetters += point.valid && point.value >= 0xC0 && point.value <= 0xFF ? 1 : 0;
        at += point.size;
    }
    return out;
}

bool isControl(char32_t c) {
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f') || (c >= 0x7F && c <= 0x9F && c != 0x85);
}

void count(std::vector<Damage>& out, DamageKind kind, std::size_t begin, std::size_t end) {
    const auto found = std::find_if(out.begin(), out.end(), [&](const Damage& damage) { return damage.kind == kind; });
    if (found != out.end()) {
        ++found->places;
    } else {
        out.push_back({kind, begin, end, 1});
    }
}

// Repairs every text below a value that a person wrote; other strings (names, ids) too, since they came the same way.
void repairStrings(Json& value, std::int64_t& repaired) {
    if (value.is_string()) {
        auto& text = value.get_ref<std::string&>();
        if (auto better = repairEncoding(text)) {
            text = std::move(*better);
            ++repaired;
        }
    } else if (value.is_array()) {
        for (Json& element : value) {
            repairStrings(element, repaired);
        }
    } else if (value.is_object()) {
        for (auto& member : value.get_ref<Json::object_t&>()) {
            repairStrings(member.second, repaired);
        }
    }
}

} // namespace

const char* damageKindName(DamageKind kind) {
    switch (kind) {
    case DamageKind::InvalidUtf8:
        return "invalid_utf8";
    case DamageKind::Replacement:
        return "replacement";
    case DamageKind::Control:
        return "control";
    case DamageKind::Mojibake:
        break;
    }
    return "mojibake";
}

std::vector<Damage> findDamage(std::string_view text) {
    std::vector<Damage> out;
    bool suspicious = false;  // holds a character that a lead byte would show as
    std::vector<Damage> high; // controls above ASCII: part of mojibake, or damage of their own
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte < 0x80) {
            if (isControl(byte)) {
                count(out, DamageKind::Control, at, at + 1);
            }
            ++at;
            continue;
        }
        const CodePoint point = codePointAt(text, at);
        if (!point.valid) {
            count(out, DamageKind::InvalidUtf8, at, at + point.size);
        } else if (point.value == 0xFFFD) {
            count(out, DamageKind::Replacement, at, at + point.size);
        } else if (isControl(point.value)) {
            count(high, DamageKind::Control, at, at + point.size);
        } else {
            suspicious = suspicious || (point.value >= 0xC2 && point.value <= 0xF4);
        }
        at += point.size;
    }
    const Runs runs = suspicious ? findRuns(text) : Runs{};
    if (runs.damaged()) {
        out.push_back({DamageKind::Mojibake, runs.firstBegin, runs.firstEnd, runs.plausible});
    } else if (!high.empty()) {
        const auto low = std::find_if(out.begin(), out.end(),
                                      [](const Damage& damage) { return damage.kind == DamageKind::Control; });
        if (low == out.end()) {
            out.push_back(high.front());
        } else {
            low->places += high.front().places;
        }
    }
    std::sort(out.begin(), out.end(), [](const Damage& a, const Damage& b) { return a.begin < b.begin; });
    return out;
}

bool isDamaged(std::string_view text) {
    return !findDamage(text).empty();
}

std::optional<std::string> repairEncoding(std::string_view text) {
    std::string current(text);
    bool changed = false;
    constexpr int kTimes = 3; // damaged once, twice, or by three programs in a row
    for (int time = 0; time < kTimes; ++time) {
        const Runs runs = findRuns(current);
        if (!runs.damaged()) {
            break;
        }
        std::string better;
        better.reserve(current.size());
        std::size_t at = 0;
        for (const Run& run : runs.all) {
            better.append(current, at, run.begin - at);
            appendUtf8(better, run.character);
            at = run.end;
        }
        better.append(current, at, std::string::npos);
        current = std::move(better);
        changed = true;
    }
    return changed ? std::optional<std::string>(std::move(current)) : std::nullopt;
}

RepairedRow repairRow(const Sample& sample) {
    RepairedRow out;
    out.sample = sample;
    repairStrings(out.sample.row, out.repaired);
    return out;
}

} // namespace fettle::data
