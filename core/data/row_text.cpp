// Walking the texts of a row, the texts that duplicates are told by, and content hashes.
#include "data/row_text.h"

#include "base/hash.h"
#include "data/formats.h"

#include <algorithm>

namespace fettle::data {
namespace {

using Take = std::function<void(const RowText&)>;

const Json* textAt(const Json& object, std::string_view key) {
    const Json* value = object.is_object() ? present(object, key) : nullptr;
    return value != nullptr && value->is_string() ? value : nullptr;
}

std::string_view roleOf(const Json& message) {
    const Json* role = textAt(message, "role");
    return role != nullptr ? std::string_view(role->get_ref<const std::string&>()) : std::string_view();
}

bool isUntrained(const Json& message) {
    const Json* weight = message.is_object() ? present(message, "weight") : nullptr;
    return weight != nullptr && weight->is_number() && weight->get<double>() == 0.0;
}

TextRole textRoleOf(const Json& message, bool context) {
    const std::string_view role = roleOf(message);
    if (role == "assistant") {
        return context || isUntrained(message) ? TextRole::Context : TextRole::Answer;
    }
    if (role == "user") {
        return TextRole::Prompt;
    }
    if (role == "system" || role == "developer") {
        return TextRole::System;
    }
    return role == "tool" || role == "function" ? TextRole::Tool : TextRole::Other;
}

void give(const Take& take, std::string key, const Json& text, TextRole role, bool hasCalls = false) {
    take(RowText{std::move(key), &text.get_ref<const std::string&>(), role, hasCalls});
}

bool callsSomething(const Json& message) {
    const Json* calls = present(message, "tool_calls");
    return (calls != nullptr && !calls->empty()) || present(message, "function_call") != nullptr;
}

void eachMessageText(const Json& messages, std::string_view path, bool context, const Take& take) {
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const Json& message = messages[i];
        if (!message.is_object()) {
            continue;
        }
        const TextRole role = textRoleOf(message, context);
        for (const std::string_view key : {"thinking", "reasoning_content", "content"}) {
            if (const Json* text = textAt(message, key)) {
                give(take, memberKey(elementKey(path, i), key), *text, role, callsSomething(message));
            }
        }
    }
}

// A member that is a text or a list of messages (or, for steps, of texts).
void eachTextAt(const Json& row, std::string_view key, TextRole role, const Take& take) {
    const Json* value = row.is_object() ? present(row, key) : nullptr;
    if (value == nullptr) {
        return;
    }
    if (value->is_string()) {
        give(take, std::string(key), *value, role);
    } else if (value->is_array() && !value->empty() && value->front().is_string()) {
        for (std::size_t i = 0; i < value->size(); ++i) {
            if ((*value)[i].is_string()) {
                give(take, elementKey(key, i), (*value)[i], role);
            }
        }
    } else if (value->is_array()) {
        eachMessageText(*value, key, role != TextRole::Answer, take);
    }
}

void appendLine(std::string& out, bool& first, std::string_view text) {
    if (!first) {
        out += '\n';
    }
    first = false;
    out += text;
}

// A chat's calls are part of what it says: rows that differ in them alone are not the same.
void appendCalls(const Json& message, std::string& out, bool& first) {
    for (const std::string_view key : {"tool_calls", "function_call"}) {
        if (const Json* calls = message.is_object() ? present(message, key) : nullptr;
            calls != nullptr && !calls->empty()) {
            appendLine(out, first, dumpJson(*calls));
        }
    }
}

// contents of a list of messages; only the user's where `promptOnly`.
void appendMessages(const Json& messages, bool promptOnly, std::string& out, bool& first) {
    for (const Json& message : messages) {
        if (!message.is_object() || (promptOnly && roleOf(message) != "user")) {
            continue;
        }
        for (const std::string_view key : {"thinking", "reasoning_content", "content"}) {
            if (const Json* text = textAt(message, key);
                text != nullptr && (key == "content" || !text->get_ref<const std::string&>().empty())) {
                appendLine(out, first, text->get_ref<const std::string&>());
            }
        }
        appendCalls(message, out, first);
    }
}

void appendPart(const Json& row, std::string_view key, bool promptOnly, std::string& out, bool& first) {
    const Json* value = row.is_object() ? present(row, key) : nullptr;
    if (value == nullptr) {
        return;
    }
    if (value->is_string()) {
        appendLine(out, first, value->get_ref<const std::string&>());
    } else if (value->is_array()) {
        if (!value->empty() && value->front().is_object()) {
            appendMessages(*value, promptOnly, out, first);
            return;
        }
        for (const Json& element : *value) {
            if (element.is_string()) {
                appendLine(out, first, element.get_ref<const std::string&>());
            }
        }
    }
}

std::string_view lastAnswerOf(const Json& messages) {
    for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
        if (roleOf(*message) == "assistant" && !isUntrained(*message)) {
            const Json* text = textAt(*message, "content");
            return text != nullptr ? std::string_view(text->get_ref<const std::string&>()) : std::string_view();
        }
    }
    return {};
}

// The value with keys in order and without nulls, written in a form in which no two different values look alike.
void canonical(const Json& value, std::string& out) {
    if (value.is_object()) {
        std::vector<const Json::object_t::value_type*> members;
        for (const auto& member : value.get_ref<const Json::object_t&>()) {
            if (!member.second.is_null()) {
                members.push_back(&member);
            }
        }
        std::sort(members.begin(), members.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
        out += '{';
        for (const auto* member : members) {
            out += dumpJson(Json(member->first));
            out += ':';
            canonical(member->second, out);
            out += ',';
        }
        out += '}';
    } else if (value.is_array()) {
        out += '[';
        for (const Json& element : value) {
            canonical(element, out);
            out += ',';
        }
        out += ']';
    } else {
        out += dumpJson(value);
    }
}

} // namespace

void forEachText(const Sample& sample, const std::function<void(const RowText&)>& take) {
    const Json& row = sample.row;
    eachTextAt(row, "text", TextRole::Answer, take);
    if (const Json* messages = row.is_object() ? present(row, "messages") : nullptr;
        messages != nullptr && messages->is_array()) {
        eachMessageText(*messages, "messages", false, take);
    }
    eachTextAt(row, "prompt", TextRole::Prompt, take);
    for (const std::string_view key : {"completion", "completions", "chosen", "rejected"}) {
        eachTextAt(row, key, TextRole::Answer, take);
    }
}

std::string duplicateText(const Sample& sample) {
    std::string out;
    bool first = true;
    if (sample.kind == SampleKind::Ids) {
        if (const Json* ids = sample.row.is_object() ? present(sample.row, "ids") : nullptr) {
            out = dumpJson(*ids);
        }
        return out;
    }
    for (const std::string_view key :
         {"text", "messages", "prompt", "completion", "completions", "chosen", "rejected"}) {
        appendPart(sample.row, key, false, out, first);
    }
    return out;
}

std::string promptText(const Sample& sample) {
    std::string out;
    bool first = true;
    for (const std::string_view key : {"messages", "prompt"}) {
        appendPart(sample.row, key, true, out, first);
    }
    return out;
}

std::string_view answerText(const Sample& sample) {
    if (!sample.row.is_object()) {
        return {};
    }
    for (const std::string_view key : {"messages", "completion", "chosen"}) {
        const Json* value = present(sample.row, key);
        if (value != nullptr && value->is_string()) {
            return value->get_ref<const std::string&>();
        }
        if (value != nullptr && value->is_array()) {
            return lastAnswerOf(*value);
        }
    }
    return {};
}

std::string contentHash(const Sample& sample) {
    std::string line = sampleKindName(sample.kind);
    canonical(sample.row, line);
    return hashHex(line);
}

} // namespace fettle::data
