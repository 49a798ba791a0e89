// Alpaca rows: instruction, input, output, with system and history, ranked answers (chosen, rejected) or a mark
// (kto_tag).
#include "data/formats.h"

namespace fettle::data {
namespace {

// A text that may be absent; another type is a fault.
const std::string* optionalText(const Json& row, std::string_view key, RowFaults& faults) {
    const Json* value = present(row, key);
    if (value == nullptr) {
        return nullptr;
    }
    if (!value->is_string()) {
        faults.error(std::string(key), "wrong_type", std::string("expected text, found ") + value->type_name());
        return nullptr;
    }
    return &value->get_ref<const std::string&>();
}

// system, history, instruction and input as the messages before the answer. Empty after a fault.
Json promptOf(const Json& row, RowFaults& faults) {
    const int before = faults.errorCount();
    Json messages = Json::array();
    if (const std::string* system = optionalText(row, "system", faults); system != nullptr && !system->empty()) {
        messages.push_back(messageOf("system", *system));
    }
    if (const Json* history = present(row, "history")) {
        if (!history->is_array()) {
            faults.error("history", "wrong_type",
                         std::string("expected a list of [question, answer], found ") + history->type_name());
        } else {
            for (std::size_t i = 0; i < history->size(); ++i) {
                const Json& turn = (*history)[i];
                if (!turn.is_array() || turn.size() != 2 || !turn[0].is_string() || !turn[1].is_string()) {
                    faults.error(elementKey("history", i), "wrong_type", "expected [question, answer], both text");
                    continue;
                }
                messages.push_back(messageOf("user", turn[0]));
                messages.push_back(messageOf("assistant", turn[1]));
            }
        }
    }
    const std::string* input = optionalText(row, "input", faults);
    if (requireText(row, "instruction", faults)) {
        std::string text = present(row, "instruction")->get<std::string>();
        if (input != nullptr && !input->empty()) {
            text += (text.empty() ? "" : "\n") + *input;
        }
        if (text.empty()) {
            faults.error("instruction", "missing_content", "instruction and input are both empty");
        }
        messages.push_back(messageOf("user", std::move(text)));
    }
    return faults.errorCount() == before ? messages : Json::array();
}

Json answerOf(Json& row, std::string_view key) {
    Json list = Json::array();
    list.push_back(messageOf("assistant", std::move(*present(row, key))));
    return list;
}

} // namespace

void normaliseAlpaca(Json&& row, RowFaults& faults, Sample& out) {
    Json messages = promptOf(row, faults);
    if (!requireAnswer(row, "output", faults) || faults.bad()) {
        return;
    }
    messages.push_back(messageOf("assistant", std::move(*present(row, "output"))));
    out.kind = SampleKind::Chat;
    out.row = Json::object();
    out.row["messages"] = std::move(messages);
    moveTools(row, "", out.row, faults);
    moveMetadata(row, {"instruction", "input", "output", "system", "history", "tools", "parallel_tool_calls"}, "chat",
                 out.row);
}

void normaliseAlpacaPreference(Json&& row, RowFaults& faults, Sample& out) {
    Json prompt = promptOf(row, faults);
    const bool chosen = requireAnswer(row, "chosen", faults);
    const bool rejected = requireAnswer(row, "rejected", faults);
    if (!chosen || !rejected || faults.bad()) {
        return;
    }
    if (*present(row, "chosen") == *present(row, "rejected")) {
        faults.warning("rejected", "same_answers", "chosen and rejected are the same: there is nothing to prefer");
    }
    out.kind = SampleKind::Preference;
    out.row = Json::object();
    out.row["prompt"] = std::move(prompt);
    out.row["chosen"] = answerOf(row, "chosen");
    out.row["rejected"] = answerOf(row, "rejected");
    moveMetadata(row, {"instruction", "input", "output", "system", "history", "chosen", "rejected"}, "preference",
                 out.row);
}

void normaliseAlpacaKto(Json&& row, RowFaults& faults, Sample& out) {
    Json prompt = promptOf(row, faults);
    const bool output = requireAnswer(row, "output", faults);
    const bool mark = requireBool(row, "kto_tag", faults);
    if (!output || !mark || faults.bad()) {
        return;
    }
    out.kind = SampleKind::Feedback;
    out.row = Json::object();
    out.row["prompt"] = std::move(prompt);
    out.row["completion"] = answerOf(row, "output");
    out.row["label"] = *present(row, "kto_tag");
    moveMetadata(row, {"instruction", "input", "output", "system", "history", "kto_tag"}, "feedback", out.row);
}

} // namespace fettle::data
