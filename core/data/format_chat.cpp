// Chats as OpenAI, Azure and TRL write them: the checks of the published data-preparation notebook, with today's roles
// and keys, and the normal form of messages.
#include "data/formats.h"

#include <algorithm>
#include <array>

namespace fettle::data {
namespace {

constexpr std::array<std::string_view, 6> kRoles = {"user", "assistant", "system", "developer", "tool", "function"};
constexpr std::array<std::string_view, 10> kKeys = {
    "role",     "content",           "name",   "weight", "function_call", "tool_calls", "tool_call_id",
    "thinking", "reasoning_content", "refusal"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

bool truthy(const Json* value) {
    return value != nullptr && !(value->is_array() && value->empty());
}

// What one list of messages told so far: calls asked for, speakers seen.
struct Seen {
    bool calls = false;
    std::vector<std::string> callIds;
    bool assistant = false;
    bool user = false;
    bool trained = false;
    bool badRole = false;
};

void checkKeys(const Json& message, const std::string& key, bool hasCalls, RowFaults& faults) {
    const std::string* unknown = nullptr;
    bool unknownText = false;
    bool realUnknown = false;
    bool counted = false;
    for (const auto& member : message.get_ref<const Json::object_t&>()) {
        if (contains(kKeys, member.first)) {
            continue;
        }
        // A key that is null is an absent key to everyone but the notebook, which counts names; it counts a message
        // once.
        const bool real = !member.second.is_null();
        unknown = unknown == nullptr ? &member.first : unknown;
        unknownText = unknownText || member.second.is_string();
        if (real) {
            faults.error(memberKey(key, member.first), "message_unrecognized_key",
                         "unknown key '" + member.first +
                             "' in a message; known: role, content, name, weight, tool_calls, tool_call_id, "
                             "function_call, thinking",
                         counted ? Audience::Import : Audience::Both);
            counted = true;
            realUnknown = true;
        }
    }
    if (unknown != nullptr && !realUnknown) {
        faults.error(memberKey(key, *unknown), "message_unrecognized_key",
                     "unknown key '" + *unknown + "' in a message", Audience::Count);
    }
    const bool noRole = !hasKey(message, "role");
    const bool noContent = !hasKey(message, "content") && !hasCalls;
    if (noRole) {
        faults.error(memberKey(key, "role"), "message_missing_key", "the message has no role");
    }
    if (noContent) {
        // An unknown key that holds text is the content under a wrong name: one fault says it all.
        if (noRole) {
            if (!unknownText) {
                faults.error(memberKey(key, "content"), "message_missing_key", "the message has no content",
                             Audience::Import);
            }
        } else {
            faults.error(memberKey(key, "content"), "message_missing_key", "the message has no content",
                         unknownText ? Audience::Count : Audience::Both);
        }
    }
}

// Joins a list of text parts. Anything else in the list is a fault: it could not be trained on.
void joinParts(Json& content, const std::string& key, RowFaults& faults) {
    std::string joined;
    for (std::size_t i = 0; i < content.size(); ++i) {
        const Json& part = content[i];
        const Json* text = part.is_string() ? &part : part.is_object() ? present(part, "text") : nullptr;
        const Json* type = part.is_object() ? present(part, "type") : nullptr;
        if (text == nullptr || !text->is_string() || (type != nullptr && *type != "text")) {
            faults.error(elementKey(key, i), "wrong_type",
                         type != nullptr && type->is_string()
                             ? "a part of type '" + type->get<std::string>() + "'; only text parts can be trained on"
                             : "expected a text part {\"type\":\"text\",\"text\":…}");
            return;
        }
        joined += text->get_ref<const std::string&>();
    }
    content = std::move(joined);
}

void checkContent(Json& message, std::string_view role, const std::string& key, bool hasCalls, RowFaults& faults) {
    Json* content = present(message, "content");
    const auto contentKey = [&] { return memberKey(key, "content"); };
    if (content == nullptr) {
        if (!hasCalls) {
            faults.error(contentKey(), "missing_content", "the content is null",
                         hasKey(message, "content") ? Audience::Both : Audience::Count);
        }
        return;
    }
    if (content->is_array()) {
        const int before = faults.errorCount();
        joinParts(*content, contentKey(), faults);
        if (faults.errorCount() != before) {
            return;
        }
    }
    if (!content->is_string()) {
        faults.error(contentKey(), "missing_content",
                     std::string("expected text as content, found ") + content->type_name());
        return;
    }
    const std::string& text = content->get_ref<const std::string&>();
    if (text.empty()) {
        if (!hasCalls && role != "tool") {
            faults.error(contentKey(), "missing_content", "the content is empty");
        }
        return;
    }
    // Text with a visible first byte is not blank: the check of every character is for the few that begin with a space.
    if (role == "assistant" && !hasCalls &&
        (static_cast<unsigned char>(text.front()) <= ' ' || static_cast<unsigned char>(text.front()) >= 0x80) &&
        isBlank(text)) {
        faults.warning(contentKey(), "blank_answer", "the answer holds only white space");
    }
}

void checkWeight(const Json& message, std::string_view role, const std::string& key, RowFaults& faults) {
    const Json* weight = present(message, "weight");
    if (weight == nullptr) {
        return;
    }
    if (!weight->is_number() || (weight->get<double>() != 0.0 && weight->get<double>() != 1.0)) {
        faults.error(memberKey(key, "weight"), "bad_weight", "a weight is 0 (not trained) or 1 (trained)");
    } else if (role != "assistant") {
        faults.warning(memberKey(key, "weight"), "bad_weight",
                       "a weight counts on assistant messages only; this one has no effect");
    }
}

void checkCalls(const Json& message, const std::string& key, Seen& seen, RowFaults& faults) {
    if (const Json* calls = present(message, "tool_calls")) {
        if (!calls->is_array()) {
            faults.error(memberKey(key, "tool_calls"), "wrong_type",
                         std::string("expected a list of calls, found ") + calls->type_name());
        } else {
            for (std::size_t i = 0; i < calls->size(); ++i) {
                const Json& call = (*calls)[i];
                checkToolCall(call, elementKey(memberKey(key, "tool_calls"), i), faults);
                seen.calls = true;
                const Json* id = call.is_object() ? present(call, "id") : nullptr;
                if (id != nullptr && id->is_string()) {
                    seen.callIds.push_back(id->get<std::string>());
                }
            }
        }
    }
    if (const Json* call = present(message, "function_call")) {
        checkToolCall(*call, memberKey(key, "function_call"), faults);
    }
}

void checkToolResult(const Json& message, const std::string& key, const Seen& seen, RowFaults& faults) {
    const Json* id = present(message, "tool_call_id");
    const auto idKey = [&] { return memberKey(key, "tool_call_id"); };
    if (id != nullptr && !id->is_string()) {
        faults.error(idKey(), "wrong_type", std::string("expected text, found ") + id->type_name());
    } else if (id == nullptr) {
        if (!seen.callIds.empty()) {
            faults.error(idKey(), "bad_tool_result", "the result does not say which call it answers (tool_call_id)");
        }
    } else if (!(seen.calls && seen.callIds.empty())) {
        const std::string& text = id->get_ref<const std::string&>();
        if (std::find(seen.callIds.begin(), seen.callIds.end(), text) == seen.callIds.end()) {
            faults.error(idKey(), "bad_tool_result", "no earlier call has the id '" + text + "'");
        }
    }
}

void checkMessage(Json& message, const std::string& key, const MessageRules& rules, Seen& seen, RowFaults& faults) {
    const bool hasCalls = truthy(present(message, "tool_calls")) || present(message, "function_call") != nullptr;
    checkKeys(message, key, hasCalls, faults);

    const Json* role = present(message, "role");
    const std::string_view roleName = role != nullptr && role->is_string()
                                          ? std::string_view(role->get_ref<const std::string&>())
                                          : std::string_view();
    if (!contains(kRoles, roleName)) {
        seen.badRole = true;
        const bool absent = !hasKey(message, "role");
        faults.error(memberKey(key, "role"), "unrecognized_role",
                     "unknown role" + (role != nullptr ? ' ' + dumpJson(*role) : std::string()) +
                         "; known: system, developer, user, assistant, tool, function",
                     absent ? Audience::Count : Audience::Both);
    }
    checkContent(message, roleName, key, hasCalls, faults);
    checkWeight(message, roleName, key, faults);
    for (const std::string_view text : {"name", "thinking", "reasoning_content"}) {
        const Json* value = present(message, text);
        if (value != nullptr && !value->is_string()) {
            faults.error(memberKey(key, text), "wrong_type", std::string("expected text, found ") + value->type_name());
        }
    }
    checkCalls(message, key, seen, faults);
    if (roleName == "tool") {
        checkToolResult(message, key, seen, faults);
    }
    if (roleName == "assistant") {
        seen.assistant = true;
        const Json* weight = present(message, "weight");
        seen.trained = seen.trained || weight == nullptr || !weight->is_number() || weight->get<double>() != 0.0;
        if (rules.contextOnly) {
            message["weight"] = 0;
        }
    }
    seen.user = seen.user || roleName == "user";
}

void normaliseMessages(Json&& row, std::string_view listKey, RowFaults& faults, Sample& out) {
    const std::string key(listKey);
    Json* messages = messageList(row, listKey, key, faults);
    if (messages == nullptr) {
        return;
    }
    checkMessages(*messages, key, {}, faults);
    out.kind = SampleKind::Chat;
    out.row = Json::object();
    out.row["messages"] = std::move(*messages);
    moveTools(row, "", out.row, faults);
    moveMetadata(row, {listKey, "tools", "parallel_tool_calls"}, "chat", out.row);
}

} // namespace

void checkToolCall(const Json& call, const std::string& key, RowFaults& faults) {
    if (!call.is_object()) {
        faults.error(key, "wrong_type", std::string("expected a call (an object), found ") + call.type_name());
        return;
    }
    const Json* function = present(call, "function");
    std::string functionKey = key;
    if (function == nullptr) {
        function = &call; // {"name","arguments"} itself
        functionKey =
            present(call, "name") != nullptr || key.ends_with("function_call") ? key : memberKey(key, "function");
    } else {
        functionKey = memberKey(key, "function");
        if (!function->is_object()) {
            faults.error(functionKey, "bad_tool_call",
                         std::string("expected {\"name\",\"arguments\"}, found ") + function->type_name());
            return;
        }
    }
    const Json* name = present(*function, "name");
    if (name == nullptr || !name->is_string() || name->get_ref<const std::string&>().empty()) {
        faults.error(memberKey(functionKey, "name"), "bad_tool_call", "the call does not name its function");
    }
    if (const Json* arguments = present(*function, "arguments")) {
        if (arguments->is_string()) {
            JsonParseError fault;
            if (!parseJsonDetailed(arguments->get_ref<const std::string&>(), fault)) {
                faults.error(memberKey(functionKey, "arguments"), "bad_tool_call",
                             "the arguments are not JSON text: " + fault.reason);
            }
        } else if (!arguments->is_object()) {
            faults.error(memberKey(functionKey, "arguments"), "bad_tool_call",
                         std::string("expected JSON text or an object, found ") + arguments->type_name());
        }
    }
}

void checkMessages(Json& messages, const std::string& key, const MessageRules& rules, RowFaults& faults) {
    Seen seen;
    const int before = faults.errorCount();
    auto& list = messages.get_ref<Json::array_t&>();
    for (std::size_t i = 0; i < list.size(); ++i) {
        std::string messageKey = elementKey(key, i);
        if (!list[i].is_object()) {
            faults.error(std::move(messageKey), "wrong_type",
                         std::string("expected a message (an object), found ") + list[i].type_name());
            seen.badRole = true;
            continue;
        }
        checkMessage(list[i], messageKey, rules, seen, faults);
    }
    if (!rules.needAssistant) {
        return;
    }
    if (!seen.assistant) {
        faults.error(key, "example_missing_assistant_message", "no assistant message: there is nothing to learn",
                     seen.badRole ? Audience::Count : Audience::Both);
        return;
    }
    if (faults.errorCount() != before) {
        return; // advice only for rows that live
    }
    if (const Json* last = present(list.back(), "role"); last == nullptr || *last != "assistant") {
        faults.warning(elementKey(key, list.size() - 1) + ".role", "last_message_not_assistant",
                       "the last message is not the assistant's; what follows the last answer is not trained");
    }
    if (rules.adviseUser && !seen.user) {
        faults.warning(key, "missing_user", "no user message");
    }
    if (!seen.trained) {
        faults.warning(key, "nothing_trained", "every assistant message has weight 0: the row teaches nothing");
    }
}

void normaliseChat(Json&& row, RowFaults& faults, Sample& out) {
    normaliseMessages(std::move(row), "messages", faults, out);
}

void normaliseConversationsWithRoles(Json&& row, RowFaults& faults, Sample& out) {
    normaliseMessages(std::move(row), "conversations", faults, out);
}

} // namespace fettle::data
