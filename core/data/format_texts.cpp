// Rows of plain texts: prompt and completion, text, prompt alone; and rows of token ids.
#include "data/formats.h"

#include <cstdint>

namespace fettle::data {
namespace {

constexpr MessageRules kPromptRules = {.needAssistant = false, .adviseUser = false, .contextOnly = true};
constexpr MessageRules kCompletionRules = {.needAssistant = true, .adviseUser = false, .contextOnly = false};

// Appends a list of messages, or a text as one message of `role`.
void append(Json& messages, Json&& value, std::string_view role) {
    if (value.is_array()) {
        for (Json& message : value) {
            messages.push_back(std::move(message));
        }
    } else {
        messages.push_back(messageOf(role, std::move(value)));
    }
}

bool isId(const Json& value, bool ignoreAllowed) {
    if (!value.is_number_integer()) {
        return false;
    }
    if (value.is_number_unsigned()) {
        return value.get<std::uint64_t>() <= INT32_MAX;
    }
    return ignoreAllowed && value.get<std::int64_t>() == -100;
}

bool checkIds(const Json& row, std::string_view key, bool ignoreAllowed, RowFaults& faults) {
    const Json* list = present(row, key);
    if (list == nullptr) {
        faults.error(std::string(key), "missing_key", "'" + std::string(key) + "' is missing");
        return false;
    }
    if (!list->is_array()) {
        faults.error(std::string(key), "wrong_type",
                     std::string("expected a list of token ids, found ") + list->type_name());
        return false;
    }
    const auto& ids = list->get_ref<const Json::array_t&>();
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (!isId(ids[i], ignoreAllowed)) {
            faults.error(elementKey(key, i), "bad_ids",
                         ignoreAllowed ? "expected a token id or -100 (not trained)"
                                       : "expected a token id (0 or greater)");
            return false;
        }
    }
    return true;
}

} // namespace

void normalisePromptCompletion(Json&& row, RowFaults& faults, Sample& out) {
    const bool prompt = requireTextOrMessages(row, "prompt", kPromptRules, faults);
    const bool completion = requireTextOrMessages(row, "completion", kCompletionRules, faults);
    out.row = Json::object();
    if (!prompt || !completion) {
        return;
    }
    Json& promptValue = *present(row, "prompt");
    Json& completionValue = *present(row, "completion");
    if (promptValue.is_string() && completionValue.is_string()) {
        out.kind = SampleKind::Completion;
        out.row["prompt"] = std::move(promptValue);
        out.row["completion"] = std::move(completionValue);
        moveMetadata(row, {"prompt", "completion"}, "completion", out.row);
        return;
    }
    out.kind = SampleKind::Chat;
    Json messages = Json::array();
    append(messages, std::move(promptValue), "user");
    append(messages, std::move(completionValue), "assistant");
    out.row["messages"] = std::move(messages);
    moveTools(row, "", out.row, faults);
    moveMetadata(row, {"prompt", "completion", "tools", "parallel_tool_calls"}, "chat", out.row);
}

void normaliseText(Json&& row, RowFaults& faults, Sample& out) {
    if (!requireText(row, "text", faults)) {
        return;
    }
    Json& text = *present(row, "text");
    if (isBlank(text.get_ref<const std::string&>())) {
        faults.warning("text", "nothing_trained", "the text is empty or only white space: the row teaches nothing");
    }
    out.kind = SampleKind::Text;
    out.row = Json::object();
    out.row["text"] = std::move(text);
    moveMetadata(row, {"text"}, "text", out.row);
}

void normalisePromptOnly(Json&& row, RowFaults& faults, Sample& out) {
    constexpr MessageRules rules = {.needAssistant = false, .adviseUser = false, .contextOnly = false};
    if (!requireTextOrMessages(row, "prompt", rules, faults)) {
        return;
    }
    out.kind = SampleKind::PromptOnly;
    out.row = Json::object();
    out.row["prompt"] = std::move(*present(row, "prompt"));
    moveTools(row, "", out.row, faults);
    moveMetadata(row, {"prompt", "tools", "parallel_tool_calls"}, "prompt_only", out.row);
}

void normaliseIds(Json&& row, RowFaults& faults, Sample& out) {
    const bool ids = checkIds(row, "ids", false, faults);
    const bool labels = checkIds(row, "labels", true, faults);
    if (!ids || !labels) {
        return;
    }
    Json& idList = *present(row, "ids");
    Json& labelList = *present(row, "labels");
    if (idList.empty()) {
        faults.error("ids", "bad_ids", "the list of token ids is empty");
        return;
    }
    if (idList.size() != labelList.size()) {
        faults.error("labels", "bad_ids",
                     "there are " + std::to_string(labelList.size()) + " labels for " + std::to_string(idList.size()) +
                         " ids");
        return;
    }
    out.kind = SampleKind::Ids;
    out.row = Json::object();
    out.row["ids"] = std::move(idList);
    out.row["labels"] = std::move(labelList);
    moveMetadata(row, {"ids", "labels"}, "ids", out.row);
}

} // namespace fettle::data
