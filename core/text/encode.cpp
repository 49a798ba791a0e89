// See encode.h.
#include "text/encode.h"

#include <algorithm>

namespace fettle::text {

namespace {

/// An empty token (one byte of a character that several tokens make up, a prefix blank) goes with what begins where it
/// lies.
bool overlaps(const ByteSpan& token, const ByteSpan& span) {
    if (token.begin == token.end) {
        return token.begin >= span.begin && token.begin < span.end;
    }
    return token.begin < span.end && token.end > span.begin;
}

/// Which messages are to be trained.
std::vector<bool> chooseMessages(const Conversation& conversation, TrainOn trainOn) {
    const std::size_t count = conversation.messages.size();
    std::vector<bool> chosen(count, trainOn == TrainOn::All);
    for (std::size_t i = count; trainOn != TrainOn::All && i-- > 0;) {
        if (conversation.messages[i].role() == "assistant") {
            chosen[i] = true;
            if (trainOn == TrainOn::LastAssistant) {
                break;
            }
        }
    }
    for (std::size_t i = 0; i < count; ++i) {
        chosen[i] = chosen[i] && conversation.messages[i].weight() != 0.0;
    }
    return chosen;
}

bool hasContent(const Message& message) {
    const auto it = message.fields.find("content");
    return it != message.fields.end() && !it->is_null();
}

std::string nameOf(const Conversation& conversation, std::size_t message) {
    return "message " + std::to_string(message + 1) + " (" + conversation.messages[message].role() + ")";
}

class RowEncoder {
public:
    RowEncoder(const TextModel& model, const Conversation& conversation, TrainOn trainOn)
        : m_model(model)
        , m_conversation(conversation)
        , m_trainOn(trainOn)
        , m_chosen(chooseMessages(conversation, trainOn)) {}

    Result<EncodedRow> run() {
        RenderOptions options;
        options.variables = m_model.templateVariables;
        FETTLE_TRY_VALUE(m_rendered, m_model.chatTemplate->render(m_conversation, options));
        FETTLE_TRY_VALUE(Encoding encoding, m_model.tokenizer->encode(m_rendered.text));
        m_row.text = std::move(m_rendered.text);
        m_row.ids = std::move(encoding.ids);
        m_row.spans = std::move(encoding.spans);
        m_row.bytesWithoutToken = encoding.bytesWithoutToken;
        m_row.labels.assign(m_row.ids.size(), kIgnore);
        m_row.message.assign(m_row.ids.size(), -1);
        markMessages();
        if (std::none_of(m_chosen.begin(), m_chosen.end(), [](bool chosen) { return chosen; })) {
            m_row.silentReason = m_trainOn == TrainOn::All
                                     ? "every message has weight 0"
                                     : "no assistant message to train on (none there, or all with weight 0)";
        } else if (m_rendered.hasGenerationTags) {
            labelGeneration();
        } else {
            labelContents();
        }
        if (m_row.silentReason.empty() && m_row.labelCount() == 0) {
            m_row.silentReason = "the messages to train on have no text";
        }
        return std::move(m_row);
    }

private:
    void train(std::size_t token) { m_row.labels[token] = m_row.ids[token]; }

    /// First token that may overlap something beginning at `at` (tokens are in order of the text).
    [[nodiscard]] std::size_t tokenFrom(std::uint32_t at) const {
        const auto it = std::partition_point(m_row.spans.begin(), m_row.spans.end(), [at](const ByteSpan& span) {
            return span.end < at || (span.end == at && span.begin < at);
        });
        return static_cast<std::size_t>(it - m_row.spans.begin());
    }

    template <class Function>
    void forTokens(const ByteSpan& span, Function&& function) {
        for (std::size_t i = tokenFrom(span.begin); i < m_row.spans.size() && m_row.spans[i].begin < span.end; ++i) {
            if (overlaps(m_row.spans[i], span)) {
                function(i);
            }
        }
    }

    void markMessages() {
        for (const MessageSpan& span : m_rendered.spans) {
            forTokens(span.bytes, [&](std::size_t i) { m_row.message[i] = span.message; });
        }
    }

    void labelGeneration() {
        bool reached = false;
        for (std::size_t block = 0; block < m_rendered.generation.size(); ++block) {
            const int message = m_rendered.generationMessage[block];
            const bool chosen = message >= 0
                                    ? m_chosen[static_cast<std::size_t>(message)]
                                    : block + 1 == m_rendered.generation.size() || m_trainOn != TrainOn::LastAssistant;
            if (chosen) {
                reached = true;
                forTokens(m_rendered.generation[block], [this](std::size_t i) { train(i); });
            }
        }
        if (m_trainOn == TrainOn::All) { // what the template does not mark is trained by its content
            for (const MessageSpan& span : m_rendered.spans) {
                const bool marked = std::find(m_rendered.generationMessage.begin(), m_rendered.generationMessage.end(),
                                              span.message) != m_rendered.generationMessage.end();
                if (!marked && m_chosen[static_cast<std::size_t>(span.message)]) {
                    reached = true;
                    labelSpan(span);
                }
            }
        }
        if (!reached) {
            m_row.silentReason = "the template marks nothing of the messages to train on as generated";
        }
    }

    void labelContents() {
        std::vector<bool> found(m_chosen.size(), false);
        for (const MessageSpan& span : m_rendered.spans) {
            found[static_cast<std::size_t>(span.message)] = true;
        }
        for (std::size_t i = 0; i < m_chosen.size(); ++i) {
            if (m_chosen[i] && !found[i] && hasContent(m_conversation.messages[i])) {
                m_row.silentReason =
                    "the content of " + nameOf(m_conversation, i) + " cannot be found again in the rendered text";
                return;
            }
        }
        for (const MessageSpan& span : m_rendered.spans) {
            if (m_chosen[static_cast<std::size_t>(span.message)]) {
                labelSpan(span);
            }
        }
    }

    /// The content and the first special token that the template puts after it, before the next message's content.
    void labelSpan(const MessageSpan& span) {
        forTokens(span.bytes, [this](std::size_t i) { train(i); });
        std::uint32_t limit = static_cast<std::uint32_t>(m_row.text.size());
        bool partFollows = false;
        const auto next =
            std::partition_point(m_rendered.spans.begin(), m_rendered.spans.end(), [&](const MessageSpan& other) {
                return other.bytes.begin < span.bytes.end ||
                       (other.bytes.begin == span.bytes.end && other.bytes.end == span.bytes.end);
            });
        if (next != m_rendered.spans.end()) {
            limit = next->bytes.begin;
            partFollows = next->message == span.message && hasParts(span.message);
        }
        if (partFollows) {
            return; // the end of the message comes after its last part
        }
        for (std::size_t i = tokenFrom(span.bytes.end); i < m_row.spans.size(); ++i) {
            const ByteSpan& token = m_row.spans[i];
            if (token.begin < span.bytes.end) {
                continue;
            }
            if (token.end > limit) {
                return;
            }
            if (m_model.tokenizer->isSpecial(m_row.ids[i]) && token.end > token.begin) {
                train(i);
                return;
            }
        }
    }

    /// The content is a list: its spans are parts of one text rather than mentions of it.
    [[nodiscard]] bool hasParts(int message) const {
        const Json& fields = m_conversation.messages[static_cast<std::size_t>(message)].fields;
        const auto content = fields.find("content");
        return content != fields.end() && content->is_array();
    }

    const TextModel& m_model;
    const Conversation& m_conversation;
    TrainOn m_trainOn;
    std::vector<bool> m_chosen;
    Rendered m_rendered;
    EncodedRow m_row;
};

/// Rows without a template: the whole text with the frame of the tokenizer, tokens from byte `trainFrom` on trained,
/// and a final EOS.
Result<EncodedRow> encodeUntemplated(const TextModel& model, std::string text, std::size_t trainFrom) {
    EncodeOptions options;
    options.addFrame = true;
    FETTLE_TRY_VALUE(Encoding encoding, model.tokenizer->encode(text, options));
    EncodedRow row;
    row.ids = std::move(encoding.ids);
    row.spans = std::move(encoding.spans);
    row.bytesWithoutToken = encoding.bytesWithoutToken;
    const auto end = static_cast<std::uint32_t>(text.size());
    const std::optional<TokenId> eos = model.tokenizer->special().eos;
    if (eos && (row.ids.empty() || row.ids.back() != *eos)) {
        row.ids.push_back(*eos);
        row.spans.push_back({end, end});
    }
    row.message.assign(row.ids.size(), -1);
    row.labels.assign(row.ids.size(), kIgnore);
    const ByteSpan trained{static_cast<std::uint32_t>(trainFrom), end};
    for (std::size_t i = 0; i < row.ids.size(); ++i) {
        const bool isFinalEos = i + 1 == row.ids.size() && eos && row.ids[i] == *eos;
        if (trainFrom == 0 || isFinalEos || overlaps(row.spans[i], trained)) {
            row.labels[i] = row.ids[i];
        }
    }
    row.text = std::move(text);
    if (row.labelCount() == 0) {
        row.silentReason = "the row has no text to train on";
    }
    return row;
}

Error noTokenizer() {
    return makeError(ErrorCode::InvalidInput, "the model has no tokenizer",
                     "Give the model's tokenizer.json beside its weights.");
}

} // namespace

std::int64_t EncodedRow::labelCount() const {
    return labels.empty()
               ? 0
               : std::count_if(labels.begin() + 1, labels.end(), [](TokenId label) { return label != kIgnore; });
}

Result<EncodedRow> encodeConversation(const TextModel& model, const Conversation& conversation, TrainOn trainOn) {
    if (!model.tokenizer) {
        return noTokenizer();
    }
    if (!model.chatTemplate) {
        return makeError(ErrorCode::InvalidInput, "the model has no chat template",
                         "Set data.template to a Jinja file, or use prompt/completion rows with data.template none.");
    }
    return RowEncoder(model, conversation, trainOn).run();
}

Result<EncodedRow> encodePlainText(const TextModel& model, std::string_view utf8) {
    return model.tokenizer ? encodeUntemplated(model, std::string(utf8), 0) : Result<EncodedRow>(noTokenizer());
}

Result<EncodedRow> encodePromptCompletion(const TextModel& model, std::string_view prompt,
                                          std::string_view completion) {
    if (!model.tokenizer) {
        return noTokenizer();
    }
    std::string text(prompt);
    text += completion;
    return encodeUntemplated(model, std::move(text), prompt.size());
}

Result<std::vector<TokenId>> encodePrompt(const TextModel& model, const Conversation& conversation) {
    if (!model.tokenizer) {
        return noTokenizer();
    }
    EncodeOptions encodeOptions;
    std::string text;
    if (model.chatTemplate) {
        RenderOptions options;
        options.addGenerationPrompt = true;
        options.variables = model.templateVariables;
        options.findSpans = false;
        FETTLE_TRY_VALUE(Rendered rendered, model.chatTemplate->render(conversation, options));
        text = std::move(rendered.text);
    } else {
        encodeOptions.addFrame = true;
        const auto last = std::find_if(conversation.messages.rbegin(), conversation.messages.rend(),
                                       [](const Message& message) { return message.role() == "user"; });
        if (last == conversation.messages.rend()) {
            return makeError(ErrorCode::InvalidInput, "there is no user message to answer");
        }
        text = last->content();
    }
    FETTLE_TRY_VALUE(Encoding encoding, model.tokenizer->encode(text, encodeOptions));
    return std::move(encoding.ids);
}

} // namespace fettle::text
