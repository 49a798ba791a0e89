// Ranked pairs (OpenAI, TRL), marked answers and step-by-step marks.
#include "data/formats.h"

#include "base/utf8.h"

#include <algorithm>

namespace fettle::data {
namespace {

constexpr MessageRules kPromptRules = {.needAssistant = false, .adviseUser = false, .contextOnly = false};
constexpr MessageRules kAnswerRules = {.needAssistant = true, .adviseUser = false, .contextOnly = false};

void warnIfSame(const Json& chosen, const Json& rejected, std::string_view key, RowFaults& faults) {
    if (!faults.bad() && chosen == rejected) {
        faults.warning(std::string(key), "same_answers", "both answers are the same: there is nothing to prefer");
    }
}

void fillPreference(Json&& prompt, Json&& chosen, Json&& rejected, Sample& out) {
    out.kind = SampleKind::Preference;
    out.row = Json::object();
    out.row["prompt"] = std::move(prompt);
    out.row["chosen"] = std::move(chosen);
    out.row["rejected"] = std::move(rejected);
}

// The answers of an OpenAI row.
Json* outputOf(Json& row, std::string_view key, RowFaults& faults) {
    if (present(row, key) == nullptr) {
        faults.error(std::string(key), "missing_key", "'" + std::string(key) + "' is missing");
        return nullptr;
    }
    Json* list = messageList(row, key, std::string(key), faults);
    if (list != nullptr) {
        checkMessages(*list, std::string(key), kAnswerRules, faults);
    }
    return list;
}

// Without a prompt it is what both answers begin with; each keeps at least its last message.
Json splitCommonMessages(Json& chosen, Json& rejected) {
    auto& a = chosen.get_ref<Json::array_t&>();
    auto& b = rejected.get_ref<Json::array_t&>();
    const std::size_t most = std::min(a.size(), b.size()) - 1;
    std::size_t common = 0;
    while (common < most && a[common] == b[common]) {
        ++common;
    }
    Json prompt = Json::array();
    for (std::size_t i = 0; i < common; ++i) {
        prompt.push_back(std::move(a[i]));
    }
    a.erase(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(common));
    b.erase(b.begin(), b.begin() + static_cast<std::ptrdiff_t>(common));
    return prompt;
}

Json splitCommonText(Json& chosen, Json& rejected) {
    auto& a = chosen.get_ref<std::string&>();
    auto& b = rejected.get_ref<std::string&>();
    std::size_t common = 0;
    const std::size_t most = std::min(a.size(), b.size());
    for (std::size_t next = 0; next < most;) { // whole characters only
        const std::size_t size = codePointAt(a, next).size;
        if (a.compare(next, size, b, next, size) != 0) {
            break;
        }
        next += size;
        common = next;
    }
    if (common == a.size() || common == b.size()) {
        common = a == b ? 0 : common; // the same text twice has no prompt
    }
    if (common > 0 && a[common - 1] == ' ') {
        --common; // the space belongs to the answer
    }
    Json prompt = a.substr(0, common);
    a.erase(0, common);
    b.erase(0, common);
    return prompt;
}

} // namespace

void normaliseOpenAiPreference(Json&& row, RowFaults& faults, Sample& out) {
    Json* input = present(row, "input");
    Json* messages = nullptr;
    if (input == nullptr) {
        faults.error("input", "missing_key", "'input' is missing");
    } else if (!input->is_object()) {
        faults.error("input", "wrong_type", std::string("expected {\"messages\":[…]}, found ") + input->type_name());
    } else {
        messages = messageList(*input, "messages", "input.messages", faults);
        if (messages != nullptr) {
            checkMessages(*messages, "input.messages", kPromptRules, faults);
        }
    }
    Json* preferred = outputOf(row, "preferred_output", faults);
    Json* other = outputOf(row, "non_preferred_output", faults);
    if (messages == nullptr || preferred == nullptr || other == nullptr) {
        return;
    }
    warnIfSame(*preferred, *other, "non_preferred_output", faults);
    Json extra = Json::object();
    moveTools(*input, "input", extra, faults);
    fillPreference(std::move(*messages), std::move(*preferred), std::move(*other), out);
    for (auto& member : extra.get_ref<Json::object_t&>()) {
        out.row[member.first] = std::move(member.second);
    }
    moveMetadata(row, {"input", "preferred_output", "non_preferred_output"}, "preference", out.row);
}

void normaliseTrlPreference(Json&& row, RowFaults& faults, Sample& out) {
    const bool hasPrompt = present(row, "prompt") != nullptr;
    const bool prompt = !hasPrompt || requireTextOrMessages(row, "prompt", kPromptRules, faults);
    const bool chosen = requireTextOrMessages(row, "chosen", kAnswerRules, faults);
    const bool rejected = requireTextOrMessages(row, "rejected", kAnswerRules, faults);
    if (!prompt || !chosen || !rejected) {
        return;
    }
    Json& good = *present(row, "chosen");
    Json& bad = *present(row, "rejected");
    if (good.type() != bad.type()) {
        faults.error("rejected", "wrong_type", "chosen and rejected must both be texts or both be lists of messages");
        return;
    }
    warnIfSame(good, bad, "rejected", faults);
    Json start;
    if (hasPrompt) {
        start = std::move(*present(row, "prompt"));
    } else {
        start = good.is_array() ? splitCommonMessages(good, bad) : splitCommonText(good, bad);
    }
    fillPreference(std::move(start), std::move(good), std::move(bad), out);
    moveTools(row, "", out.row, faults);
    moveMetadata(row, {"prompt", "chosen", "rejected", "tools", "parallel_tool_calls"}, "preference", out.row);
}

void normaliseTrlFeedback(Json&& row, RowFaults& faults, Sample& out) {
    const bool prompt = requireTextOrMessages(row, "prompt", kPromptRules, faults);
    const bool completion = requireTextOrMessages(row, "completion", kAnswerRules, faults);
    const bool label = requireBool(row, "label", faults);
    if (!prompt || !completion || !label) {
        return;
    }
    out.kind = SampleKind::Feedback;
    out.row = Json::object();
    out.row["prompt"] = std::move(*present(row, "prompt"));
    out.row["completion"] = std::move(*present(row, "completion"));
    out.row["label"] = *present(row, "label");
    moveTools(row, "", out.row, faults);
    moveMetadata(row, {"prompt", "completion", "label", "tools", "parallel_tool_calls"}, "feedback", out.row);
}

void normaliseStepwise(Json&& row, RowFaults& faults, Sample& out) {
    const bool prompt = requireText(row, "prompt", faults);
    const auto list = [&](std::string_view key, bool texts) -> Json* {
        Json* value = present(row, key);
        if (value == nullptr) {
            faults.error(std::string(key), "missing_key", "'" + std::string(key) + "' is missing");
            return nullptr;
        }
        if (!value->is_array() || value->empty()) {
            faults.error(std::string(key), "wrong_type",
                         texts ? "expected a list of steps (texts)" : "expected a list of true and false, one a step");
            return nullptr;
        }
        for (std::size_t i = 0; i < value->size(); ++i) {
            if (texts ? !(*value)[i].is_string() : !(*value)[i].is_boolean()) {
                faults.error(elementKey(key, i), "wrong_type",
                             std::string(texts ? "expected text, found " : "expected true or false, found ") +
                                 (*value)[i].type_name());
                return nullptr;
            }
        }
        return value;
    };
    Json* steps = list("completions", true);
    Json* labels = list("labels", false);
    if (!prompt || steps == nullptr || labels == nullptr) {
        return;
    }
    if (steps->size() != labels->size()) {
        faults.error("labels", "wrong_type",
                     "there are " + std::to_string(labels->size()) + " labels for " + std::to_string(steps->size()) +
                         " steps");
        return;
    }
    out.kind = SampleKind::Stepwise;
    out.row = Json::object();
    out.row["prompt"] = std::move(*present(row, "prompt"));
    out.row["completions"] = std::move(*steps);
    out.row["labels"] = std::move(*labels);
    moveMetadata(row, {"prompt", "completions", "labels"}, "stepwise", out.row);
}

} // namespace fettle::data
