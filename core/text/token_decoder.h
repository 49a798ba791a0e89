// TokenDecoder: the chain of steps that joins pieces back into text. Private to core/text.
#pragma once

#include "text/split_pattern.h"

#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace fettle::text {

struct ByteLevelDecode {};    // stand-ins back to bytes; joins all
struct ByteFallbackDecode {}; // runs of <0x..> pieces to characters
struct FuseDecode {};
struct ReplaceDecode {
    std::shared_ptr<const SplitPattern> pattern;
    std::string by;
};
struct StripDecode {
    std::string what; // one character
    std::size_t start = 0, stop = 0;
};
struct MetaspaceDecode {
    std::string replacement;
    bool dropFirst = true; // the first piece's replacement characters vanish
};
struct SuffixDecode {
    std::string suffix; // end of a word: becomes a blank, at the end nothing
};

using DecoderStep = std::variant<ByteLevelDecode, ByteFallbackDecode, FuseDecode, ReplaceDecode, StripDecode,
                                 MetaspaceDecode, SuffixDecode>;

class TokenDecoder {
public:
    void add(DecoderStep step) { m_steps.push_back(std::move(step)); }
    [[nodiscard]] std::string decode(std::vector<std::string> pieces) const;
    /// How many bytes at the end of decode(pieces) a further piece may change; SIZE_MAX when all of it may.
    [[nodiscard]] std::size_t pendingBytes(const std::vector<std::string>& pieces) const;

private:
    std::vector<DecoderStep> m_steps;
};

} // namespace fettle::text
