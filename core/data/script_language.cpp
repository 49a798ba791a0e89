// Scripts to languages. Where a script is used by many languages, its commonest one stands for it; guesses made this
// way are never called reliable.
#include "data/script_language.h"

#include "base/utf8.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace fettle::data {
namespace {

struct Script {
    char32_t first, last;
    const char* language;
};
constexpr std::array<Script, 22> kScripts = {
    {{0x370, 0x3FF, "el"},   {0x400, 0x52F, "ru"},   {0x531, 0x58F, "hy"},   {0x5D0, 0x5EA, "he"},
     {0x620, 0x6FF, "ar"},   {0x900, 0x97F, "hi"},   {0x980, 0x9FF, "bn"},   {0xA00, 0xA7F, "pa"},
     {0xA80, 0xAFF, "gu"},   {0xB80, 0xBFF, "ta"},   {0xC00, 0xC7F, "te"},   {0xC80, 0xCFF, "kn"},
     {0xD00, 0xD7F, "ml"},   {0xE00, 0xE7F, "th"},   {0xE80, 0xEFF, "lo"},   {0x1000, 0x109F, "my"},
     {0x10A0, 0x10FF, "ka"}, {0x1200, 0x137F, "am"}, {0x1780, 0x17FF, "km"}, {0x3041, 0x30FF, "ja"},
     {0x4E00, 0x9FFF, "zh"}, {0xAC00, 0xD7A3, "ko"}}};
constexpr std::size_t kKana = 19;
constexpr std::size_t kHan = 20;

} // namespace

std::string languageOfScript(std::string_view text) {
    std::array<std::int64_t, kScripts.size()> counts{};
    std::int64_t latin = 0;
    constexpr std::size_t kEnough = 4096; // bytes that tell
    text = text.substr(0, kEnough);
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte < 0x80) {
            latin += (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ? 1 : 0;
            ++at;
            continue;
        }
        const CodePoint point = codePointAt(text, at);
        at += point.size;
        latin += point.value >= 0xC0 && point.value <= 0x24F ? 1 : 0;
        for (std::size_t i = 0; i < kScripts.size(); ++i) {
            counts[i] += point.value >= kScripts[i].first && point.value <= kScripts[i].last ? 1 : 0;
        }
    }
    if (counts[kKana] > 0 && (counts[kKana] + counts[kHan]) > latin) {
        return "ja"; // Chinese has no kana
    }
    const auto* most = std::max_element(counts.begin(), counts.end());
    return *most < 2 || *most < latin ? std::string()
                                      : kScripts[static_cast<std::size_t>(most - counts.begin())].language;
}

} // namespace fettle::data
