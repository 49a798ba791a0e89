// Stands in for SentencePiece in builds without the library.
#include "text/tokenizer.h"

namespace fettle::text {

Result<std::shared_ptr<const Tokenizer>> tokenizerFromSentencePiece(std::string_view, std::string_view) {
    return makeError(ErrorCode::Unsupported, "this build reads no SentencePiece models (tokenizer.model)",
                     "Build with FETTLE_WITH_SENTENCEPIECE=ON, or use a model folder with tokenizer.json.");
}

} // namespace fettle::text
