// Sample: one row of data in normal form, as importers make it and encoding takes it.
#pragma once

#include "base/json.h"

#include <cstdint>
#include <string>

namespace fettle::data {

enum class SampleKind { None = 0, Chat, Completion, Text, PromptOnly, Preference, Feedback, Stepwise, Ids };

/// `row` in normal form: Chat {messages, tools?, parallel_tool_calls?, metadata?} · Completion {prompt, completion}
/// (texts or message lists) · Text {text} · PromptOnly {prompt} · Preference {prompt, chosen, rejected} · Feedback
/// {prompt, completion, label} · Stepwise · Ids {ids, labels}. Absent and null are the same.
struct Sample {
    SampleKind kind = SampleKind::None;
    Json row;
    std::int64_t id = 0;   // position among the good rows of its split, 0-based, over all files of the split
    std::string file;      // where it came from
    std::int64_t line = 0; // 1-based physical line (array element: line it starts on)
};

[[nodiscard]] const char* sampleKindName(SampleKind kind);

} // namespace fettle::data
