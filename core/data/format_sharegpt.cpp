// ShareGPT rows: conversations of {"from","value"}, with function_call and observation turns, ranked answers or a mark.
#include "data/formats.h"

#include <array>

namespace fettle::data {
namespace {

struct Tag {
    std::string_view from;
    std::string_view role;
};
constexpr std::array<Tag, 9> kTags = {{{"human", "user"},
                                       {"user", "user"},
                                       {"gpt", "assistant"},
                                       {"assistant", "assistant"},
                                       {"system", "system"},
                                       {"developer", "developer"},
                                       {"observation", "tool"},
                                       {"tool", "tool"},
                                       {"function_call", "assistant"}}};

// The value of a function_call turn: one {"name","arguments"} or a list of them, as JSON text.
void callsOf(const std::string& text, const std::string& key, Json& message, RowFaults& faults) {
    JsonParseError fault;
    auto parsed = parseJsonDetailed(text, fault);
    if (!parsed) {
        faults.error(key, "bad_tool_call", "the call is not JSON text: " + fault.reason);
        return;
    }
    Json list = Json::array();
    if (parsed->is_array()) {
        list = std::move(*parsed);
    } else {
        list.push_back(std::move(*parsed));
    }
    Json calls = Json::array();
    const int before = faults.errorCount();
    for (Json& call : list) {
        RowFaults inner;
        checkToolCall(call, "", inner);
        if (inner.bad()) {
            faults.error(key, "bad_tool_call", inner.faults().front().reason);
            return;
        }
        Json framed = Json::object();
        framed["type"] = "function";
        framed["function"] = std::move(call);
        calls.push_back(std::move(framed));
    }
    if (calls.empty() && faults.errorCount() == before) {
        faults.error(key, "bad_tool_call", "the list of calls is empty");
        return;
    }
    message["content"] = "";
    message["tool_calls"] = std::move(calls);
}

// One turn as a message; null after a fault.
Json messageFrom(Json& turn, const std::string& key, RowFaults& faults) {
    if (!turn.is_object()) {
        faults.error(key, "wrong_type", std::string("expected {\"from\",\"value\"}, found ") + turn.type_name());
        return nullptr;
    }
    const int before = faults.errorCount();
    const Json* from = present(turn, "from");
    std::string_view tag;
    std::string_view role;
    if (!hasKey(turn, "from")) {
        faults.error(memberKey(key, "from"), "message_missing_key", "the turn does not say who speaks (from)");
    } else {
        tag = from != nullptr && from->is_string() ? std::string_view(from->get_ref<const std::string&>())
                                                   : std::string_view();
        for (const Tag& known : kTags) {
            role = known.from == tag ? known.role : role;
        }
        if (role.empty()) {
            faults.error(memberKey(key, "from"), "unrecognized_role",
                         "unknown speaker" + (from != nullptr ? ' ' + dumpJson(*from) : std::string()) +
                             "; known: human, gpt, system, function_call, observation, user, assistant, tool");
        }
    }
    Json* value = present(turn, "value");
    if (!hasKey(turn, "value")) {
        faults.error(memberKey(key, "value"), "message_missing_key", "the turn has no value");
    } else if (value == nullptr || !value->is_string() ||
               (value->get_ref<const std::string&>().empty() && role != "tool")) {
        faults.error(memberKey(key, "value"), "missing_content",
                     value != nullptr && value->is_string() ? "the value is empty" : "expected text as value");
    }
    for (const auto& member : turn.get_ref<const Json::object_t&>()) {
        if (!member.second.is_null() && member.first != "from" && member.first != "value" && member.first != "weight") {
            faults.warning(memberKey(key, member.first), "message_unrecognized_key",
                           "unknown key '" + member.first + "' in a turn; it is left out");
        }
    }
    if (faults.errorCount() != before) {
        return nullptr;
    }
    Json message = messageOf(role, nullptr);
    if (tag == "function_call") {
        callsOf(value->get_ref<const std::string&>(), memberKey(key, "value"), message, faults);
    } else {
        if (role == "assistant" && isBlank(value->get_ref<const std::string&>())) {
            faults.warning(memberKey(key, "value"), "blank_answer", "the answer holds only white space");
        }
        message["content"] = std::move(*value);
    }
    if (const Json* weight = present(turn, "weight")) {
        if (!weight->is_number() || (weight->get<double>() != 0.0 && weight->get<double>() != 1.0)) {
            faults.error(memberKey(key, "weight"), "bad_weight", "a weight is 0 (not trained) or 1 (trained)");
        } else if (role != "assistant") {
            faults.warning(memberKey(key, "weight"), "bad_weight",
                           "a weight counts on answers only; this one has no effect");
        } else {
            message["weight"] = *weight;
        }
    }
    return message;
}

// The conversation as messages, with a system text in front. Empty after a fault.
Json messagesOf(Json& row, bool needAnswer, RowFaults& faults) {
    Json* turns = messageList(row, "conversations", "conversations", faults);
    if (turns == nullptr) {
        return Json::array();
    }
    const int before = faults.errorCount();
    Json messages = Json::array();
    if (const Json* system = present(row, "system")) {
        if (!system->is_string()) {
            faults.error("system", "wrong_type", std::string("expected text, found ") + system->type_name());
        } else if (!system->get_ref<const std::string&>().empty()) {
            messages.push_back(messageOf("system", *system));
        }
    }
    bool user = false;
    bool assistant = false;
    bool trained = false;
    for (std::size_t i = 0; i < turns->size(); ++i) {
        Json message = messageFrom((*turns)[i], elementKey("conversations", i), faults);
        if (message.is_null()) {
            continue;
        }
        user = user || message["role"] == "user";
        if (message["role"] == "assistant") {
            assistant = true;
            const Json* weight = present(message, "weight");
            trained = trained || weight == nullptr || weight->get<double>() != 0.0;
        }
        messages.push_back(std::move(message));
    }
    if (faults.errorCount() != before) {
        return Json::array();
    }
    if (needAnswer) {
        if (!assistant) {
            faults.error("conversations", "example_missing_assistant_message",
                         "no answer (gpt): there is nothing to learn");
            return Json::array();
        }
        if (messages.back()["role"] != "assistant") {
            faults.warning(elementKey("conversations", turns->size() - 1) + ".from", "last_message_not_assistant",
                           "the last turn is not the assistant's; what follows the last answer is not trained");
        }
        if (!user) {
            faults.warning("conversations", "missing_user", "no user turn");
        }
        if (!trained) {
            faults.warning("conversations", "nothing_trained", "every answer has weight 0: the row teaches nothing");
        }
    }
    return messages;
}

// chosen or rejected: one turn or a list of them.
Json answersOf(Json& row, std::string_view key, RowFaults& faults) {
    Json* value = present(row, key);
    if (value == nullptr) {
        faults.error(std::string(key), "missing_key", "'" + std::string(key) + "' is missing");
        return Json::array();
    }
    Json list = Json::array();
    if (value->is_array() && !value->empty()) {
        for (std::size_t i = 0; i < value->size(); ++i) {
            list.push_back(messageFrom((*value)[i], elementKey(key, i), faults));
        }
    } else if (value->is_string()) {
        list.push_back(messageOf("assistant", std::move(*value)));
    } else if (value->is_object()) {
        list.push_back(messageFrom(*value, std::string(key), faults));
    } else {
        faults.error(std::string(key), "wrong_type",
                     std::string("expected an answer {\"from\",\"value\"}, found ") + value->type_name());
    }
    return list;
}

} // namespace

void normaliseShareGpt(Json&& row, RowFaults& faults, Sample& out) {
    Json messages = messagesOf(row, true, faults);
    out.kind = SampleKind::Chat;
    out.row = Json::object();
    out.row["messages"] = std::move(messages);
    moveTools(row, "", out.row, faults);
    moveMetadata(row, {"conversations", "system", "tools", "parallel_tool_calls"}, "chat", out.row);
}

void normaliseShareGptPreference(Json&& row, RowFaults& faults, Sample& out) {
    Json prompt = messagesOf(row, false, faults);
    Json chosen = answersOf(row, "chosen", faults);
    Json rejected = answersOf(row, "rejected", faults);
    if (!faults.bad() && chosen == rejected) {
        faults.warning("rejected", "same_answers", "chosen and rejected are the same: there is nothing to prefer");
    }
    out.kind = SampleKind::Preference;
    out.row = Json::object();
    out.row["prompt"] = std::move(prompt);
    out.row["chosen"] = std::move(chosen);
    out.row["rejected"] = std::move(rejected);
    moveTools(row, "", out.row, faults);
    moveMetadata(row, {"conversations", "system", "chosen", "rejected", "tools", "parallel_tool_calls"}, "preference",
                 out.row);
}

void normaliseShareGptKto(Json&& row, RowFaults& faults, Sample& out) {
    Json messages = messagesOf(row, true, faults);
    const bool mark = requireBool(row, "kto_tag", faults);
    if (faults.bad() || !mark) {
        return;
    }
    if (messages.back()["role"] != "assistant") {
        faults.error("conversations", "example_missing_assistant_message",
                     "the last turn must be the answer that kto_tag judges");
        return;
    }
    out.kind = SampleKind::Feedback;
    out.row = Json::object();
    Json completion = Json::array();
    completion.push_back(std::move(messages.back()));
    messages.erase(messages.size() - 1);
    out.row["prompt"] = std::move(messages);
    out.row["completion"] = std::move(completion);
    out.row["label"] = *present(row, "kto_tag");
    moveTools(row, "", out.row, faults);
    moveMetadata(row, {"conversations", "system", "kto_tag", "tools", "parallel_tool_calls"}, "feedback", out.row);
}

} // namespace fettle::data
