// The table of shapes.
#include "data/export_shapes.h"

#include "data/formats.h"

#include <array>
#include <vector>

namespace fettle::data {
namespace {

using enum SampleKind;

// A pair that found no common beginning has an empty prompt; written, that is no prompt.
bool isEmptyList(const Json& value) {
    return value.is_array() && value.empty();
}

Json plainRow(const Sample& sample, std::string&) {
    Json row = Json::object();
    for (const auto& member : sample.row.get_ref<const Json::object_t&>()) {
        if (!member.second.is_null() && !(member.first == "prompt" && isEmptyList(member.second))) {
            row.get_ref<Json::object_t&>().push_back(member);
        }
    }
    return row;
}

Json normalRow(const Sample& sample, std::string& refusal) {
    Json row = Json::object();
    row["kind"] = sampleKindName(sample.kind);
    const Json members = plainRow(sample, refusal);
    for (const auto& member : members.get_ref<const Json::object_t&>()) {
        row.get_ref<Json::object_t&>().push_back(member);
    }
    return row;
}

// The last answer and what follows it is the completion.
Json chatAsCompletion(const Sample& sample, std::string& refusal) {
    const Json& messages = sample.row["messages"];
    std::size_t last = messages.size();
    while (last > 0 && !(messages[last - 1].is_object() && present(messages[last - 1], "role") != nullptr &&
                         *present(messages[last - 1], "role") == "assistant")) {
        --last;
    }
    if (last < 2) {
        refusal = "there is no message before the answer";
        return nullptr;
    }
    Json row = Json::object();
    row["prompt"] = Json::array();
    row["completion"] = Json::array();
    for (std::size_t i = 0; i < messages.size(); ++i) {
        row[i + 1 < last ? "prompt" : "completion"].push_back(messages[i]);
    }
    copyExtras(sample.row, row, true);
    return row;
}

Json normalChatAsCompletion(const Sample& sample, std::string& refusal) {
    Json row = Json::object();
    row["kind"] = "chat";
    const Json parts = chatAsCompletion(sample, refusal);
    if (parts.is_object()) {
        for (const auto& member : parts.get_ref<const Json::object_t&>()) {
            row.get_ref<Json::object_t&>().push_back(member);
        }
    }
    return row;
}

Json openAiChat(const Sample& sample, std::string&) {
    Json row = Json::object();
    row["messages"] = openAiMessages(sample.row["messages"]);
    copyExtras(sample.row, row, false);
    return row;
}

Json openAiPair(const Sample& sample, std::string& refusal) {
    if (isEmptyList(sample.row["prompt"])) {
        refusal = "the pair has no prompt";
        return nullptr;
    }
    Json row = Json::object();
    row["input"] = Json::object();
    row["input"]["messages"] = openAiMessages(sample.row["prompt"]);
    copyExtras(sample.row, row["input"], false);
    row["preferred_output"] = openAiMessages(sample.row["chosen"]);
    row["non_preferred_output"] = openAiMessages(sample.row["rejected"]);
    return row;
}

Json trlRow(const Sample& sample, std::string& refusal) {
    Json row = plainRow(sample, refusal);
    for (const char* key : {"messages", "prompt", "completion", "chosen", "rejected"}) {
        if (Json* list = present(row, key); list != nullptr && list->is_array()) {
            *list = objectArguments(*list);
        }
    }
    return row;
}

// The one answer of a list, or a refusal.
const Json* onlyAnswer(const Json& list, std::string& refusal) {
    const bool one = list.size() == 1 && list[0].is_object() && present(list[0], "role") != nullptr &&
                     *present(list[0], "role") == "assistant" && present(list[0], "content") != nullptr;
    if (!one) {
        refusal = "the format takes one answer, and it must be text";
        return nullptr;
    }
    return present(list[0], "content");
}

Json alpacaChat(const Sample& sample, std::string& refusal) {
    Json prompt = sample.row["messages"];
    Json last = Json::array();
    if (!prompt.empty()) {
        last.push_back(prompt.back());
        prompt.erase(prompt.size() - 1);
    }
    const Json* answer = onlyAnswer(last, refusal);
    Json row = alpacaPrompt(prompt, refusal);
    if (answer != nullptr) {
        row["output"] = *answer;
    }
    copyExtras(sample.row, row, true);
    return row;
}

Json alpacaPair(const Sample& sample, std::string& refusal) {
    Json row = alpacaPrompt(sample.row["prompt"], refusal);
    for (const char* key : {"chosen", "rejected"}) {
        if (const Json* answer = onlyAnswer(sample.row[key], refusal)) {
            row[key] = *answer;
        }
    }
    copyExtras(sample.row, row, true);
    return row;
}

Json alpacaMarked(const Sample& sample, std::string& refusal) {
    Json row = alpacaPrompt(sample.row["prompt"], refusal);
    if (const Json* answer = onlyAnswer(sample.row["completion"], refusal)) {
        row["output"] = *answer;
    }
    row["kto_tag"] = sample.row["label"];
    copyExtras(sample.row, row, true);
    return row;
}

// Tools as JSON text, as LLaMA-Factory reads them.
void shareGptExtras(const Json& from, Json& to) {
    copyExtras(from, to, true);
    if (Json* tools = present(to, "tools")) {
        *tools = dumpJson(*tools);
    }
}

Json shareGptChat(const Sample& sample, std::string& refusal) {
    Json row = Json::object();
    row["conversations"] = shareGptTurns(sample.row["messages"], refusal);
    shareGptExtras(sample.row, row);
    return row;
}

Json shareGptPair(const Sample& sample, std::string& refusal) {
    Json row = Json::object();
    row["conversations"] = shareGptTurns(sample.row["prompt"], refusal);
    for (const char* key : {"chosen", "rejected"}) {
        Json turns = shareGptTurns(sample.row[key], refusal);
        row[key] = turns.size() == 1 ? Json(turns.front()) : std::move(turns);
    }
    shareGptExtras(sample.row, row);
    return row;
}

Json shareGptMarked(const Sample& sample, std::string& refusal) {
    Json row = Json::object();
    Json all = sample.row["prompt"];
    for (const Json& message : sample.row["completion"]) {
        all.push_back(message);
    }
    if (sample.row["completion"].size() != 1) {
        refusal = "the format takes one answer";
    }
    row["conversations"] = shareGptTurns(all, refusal);
    row["kto_tag"] = sample.row["label"];
    shareGptExtras(sample.row, row);
    return row;
}

std::vector<ExportShape> makeShapes() {
    std::vector<ExportShape> all = {
        {"chat", Chat, "chat", false, plainRow},
        {"openai", Chat, "chat", true, openAiChat},
        {"openai", Preference, "openai_preference", true, openAiPair},
        {"azure", Chat, "chat", true, openAiChat},
        {"azure", Preference, "openai_preference", true, openAiPair},
        {"prompt_completion", Completion, "prompt_completion", false, plainRow},
        {"prompt_completion", Chat, "prompt_completion", false, chatAsCompletion},
        {"alpaca", Chat, "alpaca", true, alpacaChat},
        {"alpaca", Preference, "alpaca_preference", true, alpacaPair},
        {"alpaca", Feedback, "alpaca_kto", true, alpacaMarked},
        {"sharegpt", Chat, "sharegpt", true, shareGptChat},
        {"sharegpt", Preference, "sharegpt_preference", true, shareGptPair},
        {"sharegpt", Feedback, "sharegpt_kto", true, shareGptMarked},
        {"preference", Preference, "trl_preference", false, plainRow},
        {"feedback", Feedback, "trl_kto", false, plainRow},
        {"stepwise", Stepwise, "trl_stepwise", false, plainRow},
        {"text", Text, "text", false, plainRow},
        {"text_folder", Text, "text", false, plainRow},
        {"prompt_only", PromptOnly, "prompt_only", false, plainRow},
        {"ids", Ids, "ids", false, plainRow},
    };
    struct Natural {
        SampleKind kind;
        std::string_view readBack;
    };
    constexpr std::array<Natural, 8> kNatural = {{{Chat, "chat"},
                                                  {Completion, "prompt_completion"},
                                                  {Text, "text"},
                                                  {PromptOnly, "prompt_only"},
                                                  {Preference, "trl_preference"},
                                                  {Feedback, "trl_kto"},
                                                  {Stepwise, "trl_stepwise"},
                                                  {Ids, "ids"}}};
    for (const Natural& natural : kNatural) {
        all.push_back({"normal", natural.kind, natural.readBack, false, normalRow});
        all.push_back({"csv", natural.kind, natural.readBack, false, plainRow});
        all.push_back({"tsv", natural.kind, natural.readBack, false, plainRow});
        if (natural.kind != Ids) {
            all.push_back({"trl", natural.kind, natural.readBack, false, trlRow});
        }
    }
    // Beside prompts and completions as text a chat can stand as lists of messages.
    all.push_back({"normal", Chat, "prompt_completion", false, normalChatAsCompletion});
    for (const std::string_view format : {"csv", "tsv", "trl"}) {
        all.push_back({format, Chat, "prompt_completion", false, chatAsCompletion});
    }
    return all;
}

// A text as one message.
bool toMessages(Json& value, std::string_view role) {
    if (!value.is_string()) {
        return false;
    }
    Json list = Json::array();
    list.push_back(messageOf(role, std::move(value)));
    value = std::move(list);
    return true;
}

} // namespace

std::span<const ExportShape> exportShapes() {
    static const std::vector<ExportShape> all = makeShapes();
    return all;
}

bool convertSample(Sample& sample, SampleKind kind, bool needsMessages) {
    if (sample.kind == Completion && kind == Chat) {
        Json row = Json::object();
        row["messages"] = Json::array();
        row["messages"].push_back(messageOf("user", sample.row["prompt"]));
        row["messages"].push_back(messageOf("assistant", sample.row["completion"]));
        copyExtras(sample.row, row, true);
        sample.kind = Chat;
        sample.row = std::move(row);
        return true;
    }
    if (sample.kind != kind) {
        return false;
    }
    if (!needsMessages || (kind != Preference && kind != Feedback)) {
        return true;
    }
    for (const char* key : {"prompt", "chosen", "rejected", "completion"}) {
        if (Json* value = present(sample.row, key)) {
            (void)toMessages(*value, std::string_view(key) == "prompt" ? "user" : "assistant");
        }
    }
    return true;
}

} // namespace fettle::data
