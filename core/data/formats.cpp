// The table of row formats and who is who by key names.
#include "data/formats.h"

#include <array>

namespace fettle::data {
namespace {

bool has(const Json& row, std::string_view key) {
    return hasKey(row, key);
}

// Whether the first turn of "conversations" speaks OpenAI's way (role) instead of ShareGPT's (from).
bool turnsHaveRoles(const Json& row) {
    const Json* turns = present(row, "conversations");
    return turns != nullptr && turns->is_array() && !turns->empty() && turns->front().is_object() &&
           has(turns->front(), "role") && !has(turns->front(), "from");
}

bool isRanked(const Json& row) {
    return has(row, "chosen") || has(row, "rejected");
}

constexpr std::array<RowFormat, 16> kFormats = {{
    {"openai_preference", "preference",
     [](const Json& r) { return has(r, "preferred_output") || has(r, "non_preferred_output"); },
     normaliseOpenAiPreference},
    {"chat", "chat", [](const Json& r) { return has(r, "messages"); }, normaliseChat},
    {"chat", "chat", [](const Json& r) { return turnsHaveRoles(r) && !isRanked(r) && !has(r, "kto_tag"); },
     normaliseConversationsWithRoles},
    {"sharegpt_preference", "sharegpt", [](const Json& r) { return has(r, "conversations") && isRanked(r); },
     normaliseShareGptPreference},
    {"sharegpt_kto", "sharegpt", [](const Json& r) { return has(r, "conversations") && has(r, "kto_tag"); },
     normaliseShareGptKto},
    {"sharegpt", "sharegpt", [](const Json& r) { return has(r, "conversations"); }, normaliseShareGpt},
    {"alpaca_preference", "alpaca", [](const Json& r) { return has(r, "instruction") && isRanked(r); },
     normaliseAlpacaPreference},
    {"alpaca_kto", "alpaca", [](const Json& r) { return has(r, "instruction") && has(r, "kto_tag"); },
     normaliseAlpacaKto},
    {"alpaca", "alpaca", [](const Json& r) { return has(r, "instruction"); }, normaliseAlpaca},
    {"trl_preference", "preference", isRanked, normaliseTrlPreference},
    {"trl_stepwise", "stepwise", [](const Json& r) { return has(r, "prompt") && has(r, "completions"); },
     normaliseStepwise},
    {"trl_kto", "feedback", [](const Json& r) { return has(r, "prompt") && has(r, "completion") && has(r, "label"); },
     normaliseTrlFeedback},
    {"prompt_completion", "prompt_completion", [](const Json& r) { return has(r, "prompt") && has(r, "completion"); },
     normalisePromptCompletion},
    {"ids", "ids", [](const Json& r) { return has(r, "ids") && has(r, "labels"); }, normaliseIds},
    {"prompt_only", "prompt_only", [](const Json& r) { return has(r, "prompt"); }, normalisePromptOnly},
    {"text", "text", [](const Json& r) { return has(r, "text"); }, normaliseText},
}};

// A recipe's `preference` and `feedback` take every shape of that kind.
bool isOfKind(std::string_view format, std::string_view kind) {
    return (kind == "preference" && format.ends_with("_preference")) ||
           (kind == "feedback" && format.ends_with("_kto"));
}

} // namespace

std::span<const RowFormat> rowFormats() {
    return kFormats;
}

std::vector<const RowFormat*> formatsNamed(std::string_view name) {
    const bool all =
        name.empty() || name == "auto" || name == "csv" || name == "tsv" || name == "parquet" || name == "text_folder";
    std::vector<const RowFormat*> found;
    for (const RowFormat& format : kFormats) {
        if (all || name == format.name) {
            found.push_back(&format);
        }
    }
    if (!found.empty() && name != "alpaca" && name != "sharegpt") {
        return found;
    }
    found.clear();
    for (const RowFormat& format : kFormats) {
        if (name == format.family || isOfKind(format.name, name)) {
            found.push_back(&format);
        }
    }
    return found;
}

} // namespace fettle::data
