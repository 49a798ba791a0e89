// SentencePiece models through the library, which normalises, cuts and decodes as the file says.
#include "text/special_tokens.h"

#include "base/utf8.h"
#include "text/vocabulary.h"

#include <sentencepiece_processor.h>

namespace fettle::text {
namespace {

class SentencePieceTokenizer final : public Tokenizer {
public:
    [[nodiscard]] static Result<std::shared_ptr<const Tokenizer>> load(std::string_view bytes,
                                                                       const TokenizerConfig& config) {
        auto out = std::make_shared<SentencePieceTokenizer>();
        const auto status = out->m_processor.LoadFromSerializedProto(absl::string_view(bytes.data(), bytes.size()));
        if (!status.ok() || out->m_processor.GetPieceSize() <= 0) {
            return makeError(ErrorCode::Parse, "no SentencePiece model: " + std::string(status.message()),
                             "The file must be the .model file written by SentencePiece.");
        }
        SpecialTokens known;
        const auto set = [](int id, std::optional<TokenId>& to) {
            if (id >= 0) {
                to = id;
            }
        };
        set(out->m_processor.bos_id(), known.bos);
        set(out->m_processor.eos_id(), known.eos);
        set(out->m_processor.unk_id(), known.unk);
        set(out->m_processor.pad_id(), known.pad);
        const SentencePieceTokenizer& self = *out;
        out->m_special = specialTokens(config, known, [&self](std::string_view text) -> std::optional<TokenId> {
            const auto id = self.idOf(text);
            return id && (self.m_processor.IsControl(*id) || self.isUserDefined(*id)) ? id : std::nullopt;
        });
        out->m_addBos = config.addBos.value_or(false) && out->m_special.bos.has_value();
        out->m_addEos = config.addEos.value_or(false) && out->m_special.eos.has_value();
        return std::shared_ptr<const Tokenizer>(std::move(out));
    }

    [[nodiscard]] Result<Encoding> encode(std::string_view utf8, const EncodeOptions& options) const override {
        FETTLE_TRY(checkEncodable(utf8));
        Encoding out;
        const auto add = [&out](TokenId id, std::uint32_t begin, std::uint32_t end) {
            out.ids.push_back(id);
            out.spans.push_back({begin, end});
        };
        if (options.addFrame && m_addBos) {
            add(*m_special.bos, 0, 0);
        }
        const auto pieces = m_processor.EncodeAsImmutableProto(absl::string_view(utf8.data(), utf8.size()));
        const std::size_t count = pieces.pieces_size();
        out.ids.reserve(count + 2);
        out.spans.reserve(count + 2);
        for (std::size_t i = 0; i < count; ++i) {
            const auto piece = pieces.pieces(static_cast<int>(i));
            add(static_cast<TokenId>(piece.id()), piece.begin(), piece.end());
        }
        if (options.addFrame && m_addEos) {
            const auto end = static_cast<std::uint32_t>(utf8.size());
            add(*m_special.eos, end, end);
        }
        return out;
    }

    [[nodiscard]] std::string decode(std::span<const TokenId> ids, const DecodeOptions& options) const override {
        std::string out;
        const auto status = m_processor.Decode(known(ids, options), &out);
        return status.ok() ? replaceInvalidUtf8(out) : std::string();
    }

    [[nodiscard]] std::size_t pendingBytes(std::span<const TokenId> ids, const DecodeOptions& options) const override {
        // Byte pieces at the end make characters as soon as they can; each byte of an unfinished one shows as U+FFFD so
        // far.
        std::string run;
        const std::vector<int> all = known(ids, options);
        for (auto id = all.rbegin(); id != all.rend() && run.size() < 4; ++id) {
            const auto byte = m_processor.IsByte(*id) ? byteOfPiece(m_processor.IdToPiece(*id)) : std::nullopt;
            if (!byte) {
                break;
            }
            run.insert(run.begin(), static_cast<char>(*byte));
        }
        return incompleteUtf8Tail(run) * 3;
    }

    [[nodiscard]] std::string piece(TokenId id) const override {
        return id >= 0 && id < m_processor.GetPieceSize() ? m_processor.IdToPiece(id) : std::string();
    }

    [[nodiscard]] std::string tokenBytes(TokenId id) const override {
        const std::string text = piece(id);
        if (text.empty() || m_processor.IsControl(id) || m_processor.IsUnknown(id)) {
            return text;
        }
        if (m_processor.IsByte(id)) {
            const auto byte = byteOfPiece(text);
            return byte ? std::string(1, static_cast<char>(*byte)) : text;
        }
        constexpr std::string_view kBlank = "\xE2\x96\x81";
        std::string out;
        for (std::size_t i = 0; i < text.size();) {
            const bool blank = text.compare(i, kBlank.size(), kBlank) == 0;
            out += blank ? ' ' : text[i];
            i += blank ? kBlank.size() : 1;
        }
        return out;
    }

    [[nodiscard]] std::optional<TokenId> idOf(std::string_view piece) const override {
        const int id = m_processor.PieceToId(absl::string_view(piece.data(), piece.size()));
        // The library answers "unknown" for pieces it does not have.
        return id == m_processor.unk_id() && m_processor.IdToPiece(id) != piece ? std::nullopt
                                                                                : std::optional<TokenId>(id);
    }

    [[nodiscard]] std::int32_t vocabularySize() const override { return m_processor.GetPieceSize(); }
    [[nodiscard]] bool isSpecial(TokenId id) const override {
        return id >= 0 && id < m_processor.GetPieceSize() && (m_processor.IsControl(id) || m_processor.IsUnknown(id));
    }
    [[nodiscard]] const SpecialTokens& special() const override { return m_special; }
    [[nodiscard]] std::string kind() const override { return "sentencepiece"; }

private:
    [[nodiscard]] std::vector<int> known(std::span<const TokenId> ids, const DecodeOptions& options) const {
        std::vector<int> out;
        out.reserve(ids.size());
        for (const TokenId id : ids) {
            if (id >= 0 && id < m_processor.GetPieceSize() && !(options.skipSpecial && isSpecial(id))) {
                out.push_back(id);
            }
        }
        return out;
    }
    // A user-defined piece is no other kind and is found whole in a text that is nothing else.
    [[nodiscard]] bool isUserDefined(TokenId id) const {
        return !m_processor.IsControl(id) && !m_processor.IsUnknown(id) && !m_processor.IsUnused(id) &&
               !m_processor.IsByte(id);
    }

    sentencepiece::SentencePieceProcessor m_processor;
    SpecialTokens m_special;
    bool m_addBos = false, m_addEos = false;
};

} // namespace

Result<std::shared_ptr<const Tokenizer>> tokenizerFromSentencePiece(std::string_view bytes,
                                                                    std::string_view configBytes) {
    auto config = readTokenizerConfig(configBytes);
    if (!config) {
        config.error().file = "tokenizer_config.json";
        return std::move(config).error();
    }
    return SentencePieceTokenizer::load(bytes, config.value());
}

} // namespace fettle::text
