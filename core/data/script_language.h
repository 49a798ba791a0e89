// The language that a writing system alone tells. Internal to core/data.
#pragma once

#include <string>
#include <string_view>

namespace fettle::data {

/// "ja" for kana, "zh" for Han without kana, "ko", "th", "hi", "el", "he", "ar", "ru" … by the script that most letters
/// have; "" for Latin letters, or fewer than two letters.
[[nodiscard]] std::string languageOfScript(std::string_view text);

} // namespace fettle::data
