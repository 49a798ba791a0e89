// Languages by CLD2; where it is not sure, by script.
#include "data/script_language.h"
#include "data/text_quality.h"

#include "base/utf8.h"

#include <cld2/public/compact_lang_det.h>

#include <algorithm>

namespace fettle::data {

bool canGuessLanguages() {
    return true;
}

LanguageGuess guessLanguage(std::string_view text) {
    constexpr std::size_t kEnough = 16'384; // more text tells no more
    constexpr int kBestEffort = 0x4000;     // kCLDFlagBestEffort: answer for short texts too
    if (text.size() > kEnough) {
        text = text.substr(0, kEnough);
        text.remove_suffix(incompleteUtf8Tail(text));
    }
    if (firstInvalidUtf8(text)) {
        return {};
    }
    CLD2::Language top[3] = {CLD2::UNKNOWN_LANGUAGE, CLD2::UNKNOWN_LANGUAGE, CLD2::UNKNOWN_LANGUAGE};
    int percent[3] = {0, 0, 0};
    double score[3] = {0, 0, 0};
    int textBytes = 0;
    bool reliable = false;
    const CLD2::Language found =
        CLD2::ExtDetectLanguageSummary(text.data(), static_cast<int>(text.size()), true, nullptr, kBestEffort, top,
                                       percent, score, nullptr, &textBytes, &reliable);
    LanguageGuess out;
    const std::string script = languageOfScript(text);
    if (found != CLD2::UNKNOWN_LANGUAGE) {
        out.code = CLD2::LanguageCode(found);
        out.code = out.code == "iw" ? "he" : out.code;
        out.reliable = reliable;
        out.percent = percent[0];
    }
    // Some scripts leave no choice, whatever a short text looks like.
    if (script == "ja" || script == "ko" || script == "th" || (script == "zh" && !out.code.starts_with("zh"))) {
        out.reliable = out.reliable && out.code == script;
        out.percent = out.code == script ? out.percent : 100;
        out.code = script;
    } else if (out.code.empty() && !script.empty()) {
        out = {script, false, 100};
    }
    return out;
}

} // namespace fettle::data
