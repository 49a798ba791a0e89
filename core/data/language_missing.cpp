// Languages without CLD2: what the script tells.
#include "data/script_language.h"
#include "data/text_quality.h"

#include "base/utf8.h"

namespace fettle::data {

bool canGuessLanguages() {
    return false;
}

LanguageGuess guessLanguage(std::string_view text) {
    if (firstInvalidUtf8(text)) {
        return {};
    }
    LanguageGuess out;
    out.code = languageOfScript(text);
    out.percent = out.code.empty() ? 0 : 100;
    return out;
}

} // namespace fettle::data
