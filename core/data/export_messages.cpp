// Messages in the ways of others.
#include "data/export_shapes.h"
#include "data/formats.h"

#include <algorithm>
#include <array>

namespace fettle::data {
namespace {

constexpr std::array<std::string_view, 8> kOpenAiKeys = {"role",       "content",      "name",          "weight",
                                                         "tool_calls", "tool_call_id", "function_call", "refusal"};

// Arguments as JSON text.
Json withTextArguments(Json function) {
    if (!function.is_object()) {
        return function;
    }
    const Json* arguments = present(function, "arguments");
    if (arguments == nullptr) {
        function["arguments"] = "{}";
    } else if (!arguments->is_string()) {
        function["arguments"] = dumpJson(*arguments);
    }
    return function;
}

Json withObjectArguments(Json function) {
    Json* arguments = function.is_object() ? present(function, "arguments") : nullptr;
    if (arguments != nullptr && arguments->is_string()) {
        JsonParseError fault;
        auto parsed = parseJsonDetailed(arguments->get_ref<const std::string&>(), fault);
        if (parsed && parsed->is_object()) {
            *arguments = std::move(*parsed);
        }
    }
    return function;
}

// Applies `change` to each function that is called in the messages, wherever it stands.
template <class Change>
Json changeFunctions(const Json& messages, Change change) {
    Json out = messages;
    for (Json& message : out) {
        if (!message.is_object()) {
            continue;
        }
        if (Json* call = present(message, "function_call")) {
            *call = change(std::move(*call));
        }
        if (Json* calls = present(message, "tool_calls"); calls != nullptr && calls->is_array()) {
            for (Json& one : *calls) {
                Json* function = one.is_object() ? present(one, "function") : nullptr;
                (function != nullptr ? *function : one) = change(function != nullptr ? *function : one);
            }
        }
    }
    return out;
}

std::string_view textOf(const Json& message, std::string_view key) {
    const Json* value = message.is_object() ? present(message, key) : nullptr;
    return value != nullptr && value->is_string() ? std::string_view(value->get_ref<const std::string&>())
                                                  : std::string_view();
}

} // namespace

const Json& functionOf(const Json& call) {
    const Json* function = call.is_object() ? present(call, "function") : nullptr;
    return function != nullptr ? *function : call;
}

void copyExtras(const Json& from, Json& to, bool withMetadata) {
    for (const std::string_view key : {"tools", "parallel_tool_calls", "metadata"}) {
        const Json* value = present(from, key);
        if (value != nullptr && (key != "metadata" || withMetadata)) {
            to[std::string(key)] = *value;
        }
    }
}

Json objectArguments(const Json& messages) {
    return changeFunctions(messages, withObjectArguments);
}

Json openAiMessages(const Json& messages) {
    Json out = Json::array();
    std::vector<std::string> open; // ids of calls that wait for their result, where we gave them
    int number = 0;
    for (const Json& message : changeFunctions(messages, withTextArguments)) {
        Json one = Json::object();
        for (const auto& member : message.get_ref<const Json::object_t&>()) {
            if (!member.second.is_null() &&
                std::find(kOpenAiKeys.begin(), kOpenAiKeys.end(), member.first) != kOpenAiKeys.end()) {
                one[member.first] = member.second;
            }
        }
        if (Json* calls = present(one, "tool_calls"); calls != nullptr && calls->is_array()) {
            for (Json& call : *calls) {
                Json framed = Json::object();
                if (const std::string_view id = textOf(call, "id"); !id.empty()) {
                    framed["id"] = std::string(id);
                } else {
                    open.push_back("call_" + std::to_string(++number));
                    framed["id"] = open.back();
                }
                framed["type"] = "function";
                framed["function"] = functionOf(call);
                call = std::move(framed);
            }
            if (present(one, "content") == nullptr) {
                one["content"] = nullptr;
            }
        }
        if (textOf(one, "role") == "tool" && present(one, "tool_call_id") == nullptr && !open.empty()) {
            one["tool_call_id"] = open.front();
            open.erase(open.begin());
        }
        out.push_back(std::move(one));
    }
    return out;
}

Json shareGptTurns(const Json& messages, std::string& refusal) {
    struct Name {
        std::string_view role, from;
    };
    constexpr std::array<Name, 5> kNames = {{{"user", "human"},
                                             {"assistant", "gpt"},
                                             {"system", "system"},
                                             {"developer", "developer"},
                                             {"tool", "observation"}}};
    Json turns = Json::array();
    for (const Json& message : messages) {
        const std::string_view role = textOf(message, "role");
        const auto* name =
            std::find_if(kNames.begin(), kNames.end(), [&](const Name& known) { return known.role == role; });
        if (name == kNames.end()) {
            refusal = "ShareGPT has no speaker for the role '" + std::string(role) + "'";
            return turns;
        }
        Json turn = Json::object();
        turn["from"] = name->from;
        const Json* calls = present(message, "tool_calls");
        if (calls != nullptr && calls->is_array() && !calls->empty()) {
            Json functions = Json::array();
            for (const Json& call : *calls) {
                functions.push_back(withObjectArguments(functionOf(call)));
            }
            turn["from"] = "function_call";
            turn["value"] = dumpJson(functions.size() == 1 ? functions.front() : functions);
        } else {
            turn["value"] = std::string(textOf(message, "content"));
        }
        if (const Json* weight = present(message, "weight")) {
            turn["weight"] = *weight;
        }
        turns.push_back(std::move(turn));
    }
    return turns;
}

Json alpacaPrompt(const Json& messages, std::string& refusal) {
    constexpr const char* kShape = "Alpaca rows hold a system text first, then question and answer in turn";
    Json row = Json::object();
    std::size_t at = 0;
    std::string system;
    if (!messages.empty() && textOf(messages[0], "role") == "system") {
        system = textOf(messages[0], "content");
        at = 1;
    }
    Json history = Json::array();
    while (at + 1 < messages.size()) {
        if (textOf(messages[at], "role") != "user" || textOf(messages[at + 1], "role") != "assistant") {
            refusal = kShape;
            return row;
        }
        history.push_back(
            {std::string(textOf(messages[at], "content")), std::string(textOf(messages[at + 1], "content"))});
        at += 2;
    }
    if (at + 1 != messages.size() || textOf(messages[at], "role") != "user") {
        refusal = kShape;
        return row;
    }
    row["instruction"] = std::string(textOf(messages[at], "content"));
    row["input"] = "";
    if (!system.empty()) {
        row["system"] = std::move(system);
    }
    if (!history.empty()) {
        row["history"] = std::move(history);
    }
    return row;
}

} // namespace fettle::data
