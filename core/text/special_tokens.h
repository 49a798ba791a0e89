// What all tokenizers share: the check of their input, and which tokens are special by tokenizer_config.json or by
// well-known names. Private to core/text.
#pragma once

#include "text/tokenizer.h"

#include <functional>

namespace fettle::text {

/// Error: Parse naming the byte offset of the first byte that is no UTF-8; InvalidInput for texts of 2 GiB and more.
[[nodiscard]] Result<void> checkEncodable(std::string_view utf8);

struct TokenizerConfig {
    std::optional<std::string> bos, eos, unk, pad;
    std::optional<bool> addBos, addEos;
};

/// Reads tokenizer_config.json; empty bytes give an empty config. Tokens stand there as text or as {"content": text}.
[[nodiscard]] Result<TokenizerConfig> readTokenizerConfig(std::string_view bytes);

/// Ids of the config's tokens, an end-of-sequence token by its usual names where the config has none, and the stop
/// tokens. `known` stays where the config says nothing. `find` gives the id of a special token's text.
[[nodiscard]] SpecialTokens specialTokens(const TokenizerConfig& config, SpecialTokens known,
                                          const std::function<std::optional<TokenId>(std::string_view)>& find);

} // namespace fettle::text
