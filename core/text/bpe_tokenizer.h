// BpeTokenizer: added tokens, normaliser, pre-tokenizer, BPE model, frame and decoder put together. Readers of formats
// fill TokenizerParts. Private to core/text.
#pragma once

#include "text/added_tokens.h"
#include "text/bpe_model.h"
#include "text/normalizer.h"
#include "text/pre_tokenizer.h"
#include "text/token_decoder.h"
#include "text/tokenizer.h"

#include <memory>
#include <string>
#include <vector>

namespace fettle::text {

struct TokenizerParts {
    BpeModel model;
    std::vector<AddedToken> added; // ids and contents as the file has them
    Normalizer normalizer;
    PreTokenizer preTokenizer;
    TokenDecoder decoder;
    std::vector<TokenId> frameBefore, frameAfter;
    SpecialTokens special;
    std::string kind;
};

/// Checks and completes the parts. Error InvalidInput: an added token contradicts the vocabulary, a special id is
/// outside it.
[[nodiscard]] Result<std::shared_ptr<const Tokenizer>> makeBpeTokenizer(TokenizerParts parts);

} // namespace fettle::text
