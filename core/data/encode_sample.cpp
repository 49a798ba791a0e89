// Which encoder each kind of sample goes through.
#include "data/encode_sample.h"

#include "text/conversation.h"

namespace fettle::data {
namespace {

Error noTemplate(const Sample& sample) {
    return makeError(ErrorCode::InvalidInput, "a chat needs a template, and there is none",
                     "set data.template to a Jinja file, or train on text or prompt and completion rows")
        .at(sample.file, sample.line);
}

text::Message message(const char* role, const Json& content) {
    text::Message out;
    out.fields["role"] = role;
    out.fields["content"] = content;
    return out;
}

Result<text::EncodedRow> encodeCompletion(const text::TextModel& model, const Sample& sample,
                                          const SampleEncoding& options) {
    const Json& prompt = sample.row["prompt"];
    const Json& completion = sample.row["completion"];
    const bool texts = prompt.is_string() && completion.is_string();
    if (!options.useTemplate && texts) {
        return text::encodePromptCompletion(model, prompt.get_ref<const std::string&>(),
                                            completion.get_ref<const std::string&>());
    }
    if (!options.useTemplate || model.chatTemplate == nullptr) {
        return noTemplate(sample);
    }
    text::Conversation conversation;
    const auto add = [&](const Json& part, const char* role, bool trained) {
        if (part.is_string()) {
            conversation.messages.push_back(message(role, part));
            return;
        }
        for (const Json& fields : part) {
            text::Message one;
            one.fields = fields;
            if (!trained && one.role() == "assistant") {
                one.fields["weight"] = 0;
            }
            conversation.messages.push_back(std::move(one));
        }
    };
    add(prompt, "user", false);
    add(completion, "assistant", true);
    return text::encodeConversation(model, conversation, options.trainOn);
}

text::EncodedRow encodedIds(const Sample& sample) {
    text::EncodedRow row;
    const Json& ids = sample.row["ids"];
    const Json& labels = sample.row["labels"];
    row.ids.reserve(ids.size());
    row.labels.reserve(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        row.ids.push_back(ids[i].get<text::TokenId>());
        row.labels.push_back(labels[i].get<text::TokenId>());
    }
    row.spans.assign(ids.size(), {});
    row.message.assign(ids.size(), -1);
    if (row.labelCount() == 0) {
        row.silentReason = "no label that can be predicted";
    }
    return row;
}

} // namespace

Result<text::EncodedRow> encodeSample(const text::TextModel& model, const Sample& sample,
                                      const SampleEncoding& options) {
    const auto placed = [&](Result<text::EncodedRow> row) {
        if (!row && row.error().file.empty()) {
            row.error().at(sample.file, sample.line);
        }
        return row;
    };
    switch (sample.kind) {
    case SampleKind::Chat: {
        if (!options.useTemplate || model.chatTemplate == nullptr) {
            return noTemplate(sample);
        }
        auto conversation = text::conversationFromJson(sample.row);
        if (!conversation) {
            return std::move(conversation).error().at(sample.file, sample.line);
        }
        return placed(text::encodeConversation(model, *conversation, options.trainOn));
    }
    case SampleKind::Completion:
        return placed(encodeCompletion(model, sample, options));
    case SampleKind::Text:
        return placed(text::encodePlainText(model, sample.row["text"].get_ref<const std::string&>()));
    case SampleKind::Ids:
        return encodedIds(sample);
    case SampleKind::PromptOnly:
    case SampleKind::Preference:
    case SampleKind::Feedback:
    case SampleKind::Stepwise:
    case SampleKind::None:
        break;
    }
    return makeError(ErrorCode::Unsupported,
                     std::string("rows of kind '") + sampleKindName(sample.kind) +
                         "' cannot be trained on with objective sft",
                     "use chat, prompt and completion, text or ids rows")
        .at(sample.file, sample.line);
}

} // namespace fettle::data
