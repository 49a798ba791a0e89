// See conversation.h.
#include "text/conversation.h"

namespace fettle::text {

namespace {

std::string stringField(const Json& fields, const char* key) {
    const auto it = fields.find(key);
    return it != fields.end() && it->is_string() ? it->get<std::string>() : std::string();
}

Result<void> checkMessage(const Json& message, const std::string& key) {
    if (!message.is_object()) {
        return makeError(ErrorCode::InvalidInput, "a message must be an object",
                         R"(Write messages as {"role": "user", "content": "…"}.)")
            .forKey(key);
    }
    const auto role = message.find("role");
    if (role == message.end() || !role->is_string()) {
        return makeError(ErrorCode::InvalidInput, "a message needs a text under 'role'",
                         "Use system, user, assistant or tool.")
            .forKey(key + ".role");
    }
    const auto weight = message.find("weight");
    if (weight != message.end() && !weight->is_number() && !weight->is_null()) {
        return makeError(ErrorCode::InvalidInput, "'weight' must be a number",
                         "0 keeps a message out of training, 1 trains it.")
            .forKey(key + ".weight");
    }
    return {};
}

/// Array or null; absent counts as null.
Result<Json> arrayField(const Json& row, const char* name) {
    const auto it = row.find(name);
    if (it == row.end() || it->is_null()) {
        return Json();
    }
    if (!it->is_array()) {
        return makeError(ErrorCode::InvalidInput, std::string("'") + name + "' must be a list").forKey(name);
    }
    return Json(*it);
}

} // namespace

std::string Message::role() const {
    return stringField(fields, "role");
}
std::string Message::content() const {
    return stringField(fields, "content");
}

double Message::weight() const {
    const auto it = fields.find("weight");
    return it != fields.end() && it->is_number() ? it->get<double>() : 1.0;
}

Result<Conversation> conversationFromJson(const Json& row) {
    Conversation conversation;
    const Json* messages = &row;
    if (row.is_object()) {
        const auto it = row.find("messages");
        if (it == row.end()) {
            return makeError(ErrorCode::InvalidInput, "the conversation has no 'messages'",
                             R"(Give {"messages": […]} or a list of messages.)")
                .forKey("messages");
        }
        messages = &*it;
        FETTLE_TRY_VALUE(conversation.tools, arrayField(row, "tools"));
        FETTLE_TRY_VALUE(conversation.documents, arrayField(row, "documents"));
    }
    if (!messages->is_array()) {
        return makeError(ErrorCode::InvalidInput, "messages must be a list",
                         R"(Give {"messages": […]} or a list of messages.)")
            .forKey("messages");
    }
    conversation.messages.reserve(messages->size());
    for (std::size_t i = 0; i < messages->size(); ++i) {
        FETTLE_TRY(checkMessage((*messages)[i], "messages[" + std::to_string(i) + "]"));
        conversation.messages.push_back(Message{(*messages)[i]});
    }
    return conversation;
}

} // namespace fettle::text
