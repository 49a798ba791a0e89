// Prompts for the samples of a run.
#include "train/sample_prompts.h"

#include "data/importer.h"
#include "run/data_path.h"

#include <algorithm>

namespace fettle::train {
namespace {

text::Conversation userTurn(const std::string& content) {
    text::Conversation conversation;
    text::Message message;
    message.fields["role"] = "user";
    message.fields["content"] = content;
    conversation.messages.push_back(std::move(message));
    return conversation;
}

// Splits a row into what is asked and what is expected; false where it has no answer at its end.
bool promptOf(const data::Sample& sample, text::Conversation& conversation, std::string& shown, std::string& expected) {
    if (sample.kind == data::SampleKind::Chat) {
        auto parsed = text::conversationFromJson(sample.row);
        if (!parsed || parsed->messages.size() < 2 || parsed->messages.back().role() != "assistant") {
            return false;
        }
        conversation = std::move(*parsed);
        expected = conversation.messages.back().content();
        conversation.messages.pop_back();
        shown = conversation.messages.back().content();
        return true;
    }
    if (sample.kind == data::SampleKind::Completion && sample.row.contains("prompt") &&
        sample.row["prompt"].is_string() && sample.row["completion"].is_string()) {
        shown = sample.row["prompt"].get<std::string>();
        expected = sample.row["completion"].get<std::string>();
        conversation = userTurn(shown);
        return true;
    }
    return false;
}

} // namespace

std::vector<SamplePrompt> samplePrompts(const recipe::Recipe& recipe, const std::string& baseFolder,
                                        const text::TextModel& textModel, std::size_t limit) {
    std::vector<SamplePrompt> out;
    const auto add = [&](const text::Conversation& conversation, const std::string& shown,
                         const std::string& expected) {
        auto ids = recipe.data.chatTemplate == "none" ? Result<std::vector<std::int32_t>>(Error{})
                                                      : text::encodePrompt(textModel, conversation);
        if (recipe.data.chatTemplate == "none") {
            auto encoded = textModel.tokenizer->encode(shown);
            if (!encoded) {
                return;
            }
            ids = std::move(encoded->ids);
        }
        if (!ids || ids->empty() || static_cast<std::int64_t>(ids->size()) >= recipe.training.context) {
            return;
        }
        SamplePrompt prompt;
        prompt.id = static_cast<std::int64_t>(out.size());
        prompt.prompt = shown;
        prompt.ids = std::move(*ids);
        prompt.expected = expected;
        if (!expected.empty()) {
            const auto answer = textModel.tokenizer->encode(expected);
            const int length = answer ? static_cast<int>(answer->ids.size()) : 64;
            prompt.maxNewTokens = std::clamp(length + length / 4 + 4, 8, 96);
        }
        out.push_back(std::move(prompt));
    };

    for (const std::string& text : recipe.evaluation.samplePrompts) {
        if (out.size() < std::max<std::size_t>(limit, recipe.evaluation.samplePrompts.size())) {
            add(userTurn(text), text, {});
        }
    }
    if (!recipe.evaluation.samplePrompts.empty()) {
        return out;
    }
    for (const std::string& entry : recipe.data.validation) {
        const auto path = run::resolveDataPath(entry, baseFolder);
        if (!path || out.size() >= limit) {
            continue;
        }
        data::ImportOptions options;
        options.format = recipe.data.format;
        const auto report = data::importRows(*path, options, [&](data::Sample&& sample) {
            text::Conversation conversation;
            std::string shown;
            std::string expected;
            if (promptOf(sample, conversation, shown, expected)) {
                add(conversation, shown, expected);
            }
            return out.size() < limit;
        });
        if (!report) {
            continue; // the same file was encoded before: its faults are told there
        }
    }
    return out;
}

} // namespace fettle::train
