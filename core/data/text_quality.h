// What is wrong with a text as a text: damaged encodings, its language, refusals.
#pragma once

#include "data/sample.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fettle::data {

enum class DamageKind { InvalidUtf8 = 1, Replacement, Control, Mojibake };
[[nodiscard]] const char* damageKindName(DamageKind kind); // "mojibake"

struct Damage {
    DamageKind kind = DamageKind::Mojibake;
    std::size_t begin = 0, end = 0; // bytes of the first place
    std::int64_t places = 0;        // of this kind in the text
};
/// One entry a kind. Mojibake = UTF-8 that was read as Latin-1 or Windows-1252, once or twice.
[[nodiscard]] std::vector<Damage> findDamage(std::string_view text);
[[nodiscard]] bool isDamaged(std::string_view text);

/// The text as it was before it was read with the wrong table; nullopt where nothing can be won back (replacement
/// characters are lost for good, and a repair that would lose a byte is not made).
[[nodiscard]] std::optional<std::string> repairEncoding(std::string_view text);
/// A copy of the row with every text repaired that can be; `repaired` counts texts.
struct RepairedRow {
    Sample sample;
    std::int64_t repaired = 0;
};
[[nodiscard]] RepairedRow repairRow(const Sample& sample);

struct LanguageGuess {
    std::string code; // ISO 639-1 where there is one; zh and zh-Hant; "" = unknown
    bool reliable = false;
    int percent = 0; // share of the text
};
/// The main language. Numbers, code and very short texts are unknown. Built without the library, or on invalid UTF-8:
/// unknown.
[[nodiscard]] LanguageGuess guessLanguage(std::string_view text);
[[nodiscard]] bool canGuessLanguages(); // false: built without CLD2

/// Whether an answer declines instead of answering (English, Chinese, German, French, Spanish, Russian, Japanese
/// phrases in its first sentences). Span of the phrase.
struct Refusal {
    std::size_t begin = 0, end = 0;
};
[[nodiscard]] std::optional<Refusal> findRefusal(std::string_view answer);

} // namespace fettle::data
