// Message and Conversation: what a chat template renders. A message keeps every key it was read with (templates look at
// many), with typed access to the usual ones.
#pragma once

#include "base/json.h"

#include <string>
#include <vector>

namespace fettle::text {

struct Message {
    Json fields = Json::object(); // role, content, name, tool_calls, tool_call_id, thinking, weight, …

    [[nodiscard]] std::string role() const;    // "" when absent
    [[nodiscard]] std::string content() const; // "" when absent or null
    [[nodiscard]] double weight() const;       // 1 when absent; 0 = not trained
};

struct Conversation {
    std::vector<Message> messages;
    Json tools;     // array or null
    Json documents; // array or null
};

/// From {"messages":[…],"tools"?,"documents"?} or a plain array of messages. Error: InvalidInput with the key.
[[nodiscard]] Result<Conversation> conversationFromJson(const Json& row);

} // namespace fettle::text
