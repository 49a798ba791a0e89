// What the normalisers share: typed members with faults, tools, metadata.
#include "data/formats.h"

#include "base/utf8.h"

#include <algorithm>

namespace fettle::data {

Json* present(Json& object, std::string_view key) {
    for (auto& member : object.get_ref<Json::object_t&>()) {
        if (member.first == key) {
            return member.second.is_null() ? nullptr : &member.second;
        }
    }
    return nullptr;
}

const Json* present(const Json& object, std::string_view key) {
    for (const auto& member : object.get_ref<const Json::object_t&>()) {
        if (member.first == key) {
            return member.second.is_null() ? nullptr : &member.second;
        }
    }
    return nullptr;
}

bool hasKey(const Json& object, std::string_view key) {
    const auto& members = object.get_ref<const Json::object_t&>();
    return std::any_of(members.begin(), members.end(), [&](const auto& member) { return member.first == key; });
}

bool isBlank(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const CodePoint point = codePointAt(text, i);
        const char32_t c = point.value;
        const bool space = c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
                           (c >= 0x2000 && c <= 0x200B) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
                           c == 0x3000 || c == 0xFEFF;
        if (!space) {
            return false;
        }
        i += point.size;
    }
    return true;
}

std::string elementKey(std::string_view list, std::size_t index) {
    return std::string(list) + '[' + std::to_string(index) + ']';
}

std::string memberKey(std::string_view base, std::string_view key) {
    std::string out(base);
    if (!out.empty()) {
        out += '.';
    }
    out += key;
    return out;
}

Json* messageList(Json& object, std::string_view key, const std::string& path, RowFaults& faults) {
    Json* list = present(object, key);
    if (list == nullptr || (list->is_array() && list->empty())) {
        faults.error(path, "missing_messages_list",
                     list != nullptr ? "the list of messages is empty"
                                     : "there is no list of messages under '" + std::string(key) + "'");
        return nullptr;
    }
    if (!list->is_array()) {
        faults.error(path, "wrong_type", std::string("expected a list of messages, found ") + list->type_name());
        return nullptr;
    }
    return list;
}

bool requireText(const Json& row, std::string_view key, RowFaults& faults) {
    const Json* text = present(row, key);
    if (text == nullptr) {
        faults.error(std::string(key), "missing_key", "'" + std::string(key) + "' is missing");
        return false;
    }
    if (!text->is_string()) {
        faults.error(std::string(key), "wrong_type", std::string("expected text, found ") + text->type_name());
        return false;
    }
    return true;
}

bool requireAnswer(const Json& row, std::string_view key, RowFaults& faults) {
    if (!requireText(row, key, faults)) {
        return false;
    }
    const std::string& text = present(row, key)->get_ref<const std::string&>();
    if (text.empty()) {
        faults.error(std::string(key), "missing_content", "the answer is empty: there is nothing to learn");
        return false;
    }
    if (isBlank(text)) {
        faults.warning(std::string(key), "blank_answer", "the answer holds only white space");
    }
    return true;
}

bool requireTextOrMessages(Json& row, std::string_view key, const MessageRules& rules, RowFaults& faults) {
    Json* value = present(row, key);
    if (value != nullptr && value->is_array()) {
        if (value->empty()) {
            faults.error(std::string(key), "missing_messages_list", "the list of messages is empty");
            return false;
        }
        const int before = faults.errorCount();
        checkMessages(*value, std::string(key), rules, faults);
        return faults.errorCount() == before;
    }
    if (value != nullptr && !value->is_string()) {
        faults.error(std::string(key), "wrong_type",
                     std::string("expected text or a list of messages, found ") + value->type_name());
        return false;
    }
    return rules.needAssistant ? requireAnswer(row, key, faults) : requireText(row, key, faults);
}

bool requireBool(const Json& row, std::string_view key, RowFaults& faults) {
    const Json* value = present(row, key);
    if (value == nullptr) {
        faults.error(std::string(key), "missing_key", "'" + std::string(key) + "' is missing; expected true or false");
        return false;
    }
    if (!value->is_boolean()) {
        faults.error(std::string(key), "wrong_type",
                     std::string("expected true or false, found ") + value->type_name());
        return false;
    }
    return true;
}

void moveTools(Json& source, const std::string& path, Json& target, RowFaults& faults) {
    Json* tools = present(source, "tools");
    if (tools != nullptr) {
        const std::string key = memberKey(path, "tools");
        if (tools->is_string()) {
            const std::string text = tools->get<std::string>();
            if (isBlank(text)) {
                tools = nullptr;
            } else {
                JsonParseError fault;
                auto parsed = parseJsonDetailed(text, fault);
                if (!parsed || !parsed->is_array()) {
                    faults.error(key, "wrong_type",
                                 "expected a list of tools or JSON text of one" +
                                     (parsed ? std::string() : ": " + fault.reason));
                    return;
                }
                *tools = std::move(*parsed);
                // Plain function schemas, as LLaMA-Factory keeps them, get the frame that templates expect.
                for (Json& tool : *tools) {
                    if (tool.is_object() && !hasKey(tool, "function") && present(tool, "name") != nullptr) {
                        Json framed = Json::object();
                        framed["type"] = "function";
                        framed["function"] = std::move(tool);
                        tool = std::move(framed);
                    }
                }
            }
        }
        if (tools != nullptr && !tools->is_array()) {
            faults.error(key, "wrong_type", std::string("expected a list of tools, found ") + tools->type_name());
            return;
        }
        for (std::size_t i = 0; tools != nullptr && i < tools->size(); ++i) {
            if (!(*tools)[i].is_object()) {
                faults.error(elementKey(key, i), "wrong_type",
                             std::string("expected a tool (an object), found ") + (*tools)[i].type_name());
            }
        }
    }
    const Json* parallel = present(source, "parallel_tool_calls");
    if (parallel != nullptr && !parallel->is_boolean()) {
        faults.error(memberKey(path, "parallel_tool_calls"), "wrong_type",
                     std::string("expected true or false, found ") + parallel->type_name());
    }
    if (tools != nullptr && !tools->empty()) {
        target["tools"] = std::move(*tools);
        if (parallel != nullptr) {
            target["parallel_tool_calls"] = *parallel;
        }
    }
}

void moveMetadata(Json& row, std::initializer_list<std::string_view> known, const char* kind, Json& target) {
    Json metadata = Json::object();
    Json own;
    for (auto& member : row.get_ref<Json::object_t&>()) {
        const std::string& key = member.first;
        if (member.second.is_null() || std::find(known.begin(), known.end(), key) != known.end()) {
            continue;
        }
        if (key == "kind" && member.second.is_string() && member.second.get_ref<const std::string&>() == kind) {
            continue;
        }
        if (key == "metadata" && member.second.is_object()) {
            own = std::move(member.second);
            continue;
        }
        metadata.get_ref<Json::object_t&>().push_back({key, std::move(member.second)});
    }
    if (own.is_object()) {
        for (auto& member : metadata.get_ref<Json::object_t&>()) {
            if (!hasKey(own, member.first)) {
                own.get_ref<Json::object_t&>().push_back({member.first, std::move(member.second)});
            }
        }
        metadata = std::move(own);
    }
    if (!metadata.empty()) {
        target["metadata"] = std::move(metadata);
    }
}

Json messageOf(std::string_view role, Json content) {
    Json message = Json::object();
    auto& members = message.get_ref<Json::object_t&>();
    members.reserve(2);
    members.push_back({"role", Json(role)});
    members.push_back({"content", std::move(content)});
    return message;
}

} // namespace fettle::data
