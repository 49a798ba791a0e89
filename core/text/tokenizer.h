// Tokenizer: text to token ids with byte spans, and back. Implementations: byte-level and character-level BPE
// (tokenizer.json, GGUF metadata), SentencePiece. All methods are const and may be called from any thread at once.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fettle::text {

using TokenId = std::int32_t;

struct ByteSpan {
    std::uint32_t begin = 0, end = 0; // [begin, end) in the input text
    friend bool operator==(const ByteSpan&, const ByteSpan&) = default;
};

struct Encoding {
    std::vector<TokenId> ids;
    std::vector<ByteSpan>
        spans; // same length; inserted tokens (BOS, a prefix blank) have an empty span, a "▁" put in front shares the
               // first character's. Byte-level BPE: exact bytes, but whole characters in texts that a normaliser
               // changed. Character-level BPE: whole characters, also for each of their byte tokens. SentencePiece: as
               // the library says (of a character's byte tokens the last has the span)
    std::uint64_t bytesWithoutToken =
        0; // bytes the vocabulary has no entry for: dropped as the reference does, counted and shown
};

struct EncodeOptions {
    bool addFrame = false;    // BOS/EOS as the post-processor says (templates hold theirs already)
    bool parseSpecial = true; // special tokens written in the text are recognised
};

struct DecodeOptions {
    bool skipSpecial = false;
};

struct SpecialTokens {
    std::optional<TokenId> bos, eos, unk, pad;
    std::vector<TokenId> stop; // ids that end an answer (eos, end of turn), without doubles
};

class Tokenizer {
public:
    virtual ~Tokenizer() = default;

    /// Error: Parse naming the byte offset where `utf8` is not valid UTF-8.
    [[nodiscard]] virtual Result<Encoding> encode(std::string_view utf8, const EncodeOptions& options = {}) const = 0;
    /// Invalid bytes become U+FFFD. Ids outside the vocabulary are skipped.
    [[nodiscard]] virtual std::string decode(std::span<const TokenId> ids, const DecodeOptions& options = {}) const = 0;
    /// How many bytes at the end of decode(ids) a further id may still change (half a character, a run of byte tokens);
    /// SIZE_MAX: all of it.
    [[nodiscard]] virtual std::size_t pendingBytes(std::span<const TokenId> ids,
                                                   const DecodeOptions& options = {}) const = 0;
    /// The vocabulary entry as stored ("Ġthe", "▁the", "<|im_end|>"); "" outside the vocabulary.
    [[nodiscard]] virtual std::string piece(TokenId id) const = 0;
    /// Raw bytes the token stands for (may be part of a character); special tokens give their text.
    [[nodiscard]] virtual std::string tokenBytes(TokenId id) const = 0;
    [[nodiscard]] virtual std::optional<TokenId> idOf(std::string_view piece) const = 0;
    [[nodiscard]] virtual std::int32_t vocabularySize() const = 0; // largest id + 1
    [[nodiscard]] virtual bool isSpecial(TokenId id) const = 0;
    [[nodiscard]] virtual const SpecialTokens& special() const = 0;
    /// "bpe", "spm-bpe", "sentencepiece": for people.
    [[nodiscard]] virtual std::string kind() const = 0;
};

/// Decodes a stream of ids and never shows half a character. The concatenation of all push() results and finish()
/// equals decode() of all ids.
class StreamDecoder {
public:
    explicit StreamDecoder(const Tokenizer& tokenizer, DecodeOptions options = {})
        : m_tokenizer(tokenizer)
        , m_options(options) {}
    [[nodiscard]] std::string push(TokenId id);
    [[nodiscard]] std::string finish();

private:
    const Tokenizer& m_tokenizer;
    DecodeOptions m_options;
    std::vector<TokenId> m_ids; // what decoding still depends on: the last settled id with text and all after it
    std::size_t m_shown = 0;    // bytes of decode(m_ids) given out
};

/// Tokenizer tables as GGUF metadata states them (the model folder fills this from a file; text/ knows no files of
/// models).
struct GgufVocabulary {
    std::string model; // tokenizer.ggml.model: "gpt2", "llama", …
    std::string pre;   // tokenizer.ggml.pre: "smollm", "llama-bpe", "qwen2", …
    std::vector<std::string> tokens;
    std::vector<float> scores;
    std::vector<std::int32_t> tokenTypes; // 1 normal 2 unknown 3 control 4 user 5 unused 6 byte
    std::vector<std::string> merges;
    std::optional<TokenId> bos, eos, eot, unk, pad;
    bool addBos = false, addEos = false, addSpacePrefix = true;
};

/// `bytes` = contents of tokenizer.json; `configBytes` = tokenizer_config.json or empty (names the special tokens).
[[nodiscard]] Result<std::shared_ptr<const Tokenizer>> tokenizerFromJson(std::string_view bytes,
                                                                         std::string_view configBytes = {});
/// `bytes` = a SentencePiece .model. Error Unsupported when built without the library.
[[nodiscard]] Result<std::shared_ptr<const Tokenizer>> tokenizerFromSentencePiece(std::string_view bytes,
                                                                                  std::string_view configBytes = {});
[[nodiscard]] Result<std::shared_ptr<const Tokenizer>> tokenizerFromGguf(const GgufVocabulary& vocabulary);

/// A file tokenizer.json or tokenizer.model, or a folder holding one of them (and tokenizer_config.json). Errors name
/// the file.
[[nodiscard]] Result<std::shared_ptr<const Tokenizer>> loadTokenizer(const std::string& path);

} // namespace fettle::text
