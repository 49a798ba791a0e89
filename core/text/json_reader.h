// Readers of tokenizer.json's parts: each turns one JSON object into steps and names the key of what it cannot take.
// Private to core/text.
#pragma once

#include "base/json.h"
#include "text/bpe_tokenizer.h"

namespace fettle::text {

/// A JSON value and the dotted path it stands at, for errors.
struct JsonPlace {
    const Json* value = nullptr; // null: absent or null in the file
    std::string path;

    [[nodiscard]] JsonPlace member(const char* key) const;
    [[nodiscard]] JsonPlace element(std::size_t index) const;
    [[nodiscard]] Error error(ErrorCode code, std::string message) const {
        return makeError(code, std::move(message)).forKey(path);
    }
    [[nodiscard]] Error unsupported(const std::string& what) const;
    /// Typed reads; without a fallback absence is an error.
    [[nodiscard]] Result<std::string> text() const;
    [[nodiscard]] Result<std::string> text(const char* fallback) const;
    [[nodiscard]] Result<bool> flag(bool fallback) const;
    [[nodiscard]] Result<std::int64_t> integer(std::int64_t lowest, std::int64_t highest) const;
    [[nodiscard]] Result<const Json*> array() const;
    [[nodiscard]] Result<void> object() const;
};

[[nodiscard]] Result<void> readNormalizer(const JsonPlace& place, Normalizer& out);
/// `byteLevel` is set when a ByteLevel step stands at the end: the model then works on bytes.
[[nodiscard]] Result<void> readPreTokenizer(const JsonPlace& place, PreTokenizer& out, bool& byteLevel);
[[nodiscard]] Result<void> readDecoder(const JsonPlace& place, TokenDecoder& out);
/// The ids put before and after a text.
[[nodiscard]] Result<void> readPostProcessor(const JsonPlace& place, std::vector<TokenId>& before,
                                             std::vector<TokenId>& after);
/// {"String": "…"} or {"Regex": "…"}.
[[nodiscard]] Result<std::shared_ptr<const SplitPattern>> readPattern(const JsonPlace& place);

/// GPT-2's expression, which ByteLevel{use_regex} stands for.
[[nodiscard]] const char* gpt2Expression();

} // namespace fettle::text
