// From a conversation to ids, labels and what each token is: the one place where loss masks are made (rules:
// core/README.md, "Which tokens are trained").
#pragma once

#include "text/chat_template.h"
#include "text/tokenizer.h"

namespace fettle::text {

inline constexpr TokenId kIgnore = -100;

/// All that turns text into tokens for one model.
struct TextModel {
    std::shared_ptr<const Tokenizer> tokenizer;
    std::shared_ptr<const ChatTemplate> chatTemplate; // null: the model has none
    Json templateVariables = Json::object();          // bos_token, eos_token, … as text
    std::string chatTemplateSource;
};

enum class TrainOn { Assistant = 1, LastAssistant, All };

struct EncodedRow {
    std::vector<TokenId> ids;
    std::vector<TokenId> labels;       // labels[i] == ids[i] where token i is trained, else kIgnore; not shifted
    std::vector<ByteSpan> spans;       // bytes of `text`
    std::vector<std::int32_t> message; // source message of each token, -1 = made by the template
    std::string text;                  // what was tokenised (empty for id rows)
    std::string silentReason;          // why no token is trained ("" when some are)
    std::uint64_t bytesWithoutToken = 0;
    [[nodiscard]] std::int64_t labelCount() const; // labels that can be predicted: index 0 never counts
};

[[nodiscard]] Result<EncodedRow> encodeConversation(const TextModel& model, const Conversation& conversation,
                                                    TrainOn trainOn);
/// No template: all tokens and a final EOS are trained.
[[nodiscard]] Result<EncodedRow> encodePlainText(const TextModel& model, std::string_view utf8);
/// Template "none": prompt and completion joined; completion and EOS are trained.
[[nodiscard]] Result<EncodedRow> encodePromptCompletion(const TextModel& model, std::string_view prompt,
                                                        std::string_view completion);

/// The prompt ids for generation: rendered with add_generation_prompt (no template: the last user text alone).
[[nodiscard]] Result<std::vector<TokenId>> encodePrompt(const TextModel& model, const Conversation& conversation);

} // namespace fettle::text
