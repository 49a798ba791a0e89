// The table of row formats: how each is recognised and how its rows become Samples. Internal to core/data; README.md
// tells how to add one.
#pragma once

#include "data/import_sink.h"

#include <span>
#include <string_view>

namespace fettle::data {

/// One shape of row. `matches` looks at keys only; `normalise` takes the row apart (moving out of it), reports into
/// `faults`, and fills `out.kind` and `out.row` (meaningless after an error was reported).
struct RowFormat {
    const char* name;   // as reports show it
    const char* family; // as recipes name it
    bool (*matches)(const Json& row);
    void (*normalise)(Json&& row, RowFaults& faults, Sample& out);
};

/// All formats, the more specific before the more general: the first whose `matches` holds is the row's format.
[[nodiscard]] std::span<const RowFormat> rowFormats();

/// The formats that `name` allows (auto, csv and tsv: all), in table order; empty = no such name.
[[nodiscard]] std::vector<const RowFormat*> formatsNamed(std::string_view name);

// --- the normalisers, by file
// -------------------------------------------------------------------------------------------------------------------------

// format_chat.cpp
void normaliseChat(Json&& row, RowFaults& faults, Sample& out);
void normaliseConversationsWithRoles(Json&& row, RowFaults& faults, Sample& out);
// format_texts.cpp
void normalisePromptCompletion(Json&& row, RowFaults& faults, Sample& out);
void normaliseText(Json&& row, RowFaults& faults, Sample& out);
void normalisePromptOnly(Json&& row, RowFaults& faults, Sample& out);
void normaliseIds(Json&& row, RowFaults& faults, Sample& out);
// format_alpaca.cpp
void normaliseAlpaca(Json&& row, RowFaults& faults, Sample& out);
void normaliseAlpacaPreference(Json&& row, RowFaults& faults, Sample& out);
void normaliseAlpacaKto(Json&& row, RowFaults& faults, Sample& out);
// format_sharegpt.cpp
void normaliseShareGpt(Json&& row, RowFaults& faults, Sample& out);
void normaliseShareGptPreference(Json&& row, RowFaults& faults, Sample& out);
void normaliseShareGptKto(Json&& row, RowFaults& faults, Sample& out);
// format_preference.cpp
void normaliseOpenAiPreference(Json&& row, RowFaults& faults, Sample& out);
void normaliseTrlPreference(Json&& row, RowFaults& faults, Sample& out);
void normaliseTrlFeedback(Json&& row, RowFaults& faults, Sample& out);
void normaliseStepwise(Json&& row, RowFaults& faults, Sample& out);

// --- helpers that normalisers share (format_common.cpp)
// ---------------------------------------------------------------------------------------------------

/// The member, or nullptr where it is absent or null.
[[nodiscard]] Json* present(Json& object, std::string_view key);
[[nodiscard]] const Json* present(const Json& object, std::string_view key);
[[nodiscard]] bool hasKey(const Json& object, std::string_view key);
/// Only white space (ASCII, no-break and ideographic spaces included); true for "".
[[nodiscard]] bool isBlank(std::string_view text);
/// "messages[2]" and "messages[2].role".
[[nodiscard]] std::string elementKey(std::string_view list, std::size_t index);
[[nodiscard]] std::string memberKey(std::string_view base, std::string_view key);

struct MessageRules {
    bool needAssistant = true; // a chat to train on; false: a prompt
    bool adviseUser = true;    // warn where no user speaks
    bool contextOnly = false;  // assistant turns get weight 0
};
/// Checks a list of messages as the notebook does, with today's keys and roles, joins text parts, and leaves the list
/// in normal form. `key` is its path in the row.
void checkMessages(Json& messages, const std::string& key, const MessageRules& rules, RowFaults& faults);
/// The list at `key` of `object`: present, an array, not empty; otherwise a fault (missing_messages_list, wrong_type)
/// and nullptr.
[[nodiscard]] Json* messageList(Json& object, std::string_view key, const std::string& path, RowFaults& faults);
/// One call of a tool, {"id"?,"type"?,"function":{"name","arguments"}} or {"name","arguments"}.
void checkToolCall(const Json& call, const std::string& key, RowFaults& faults);

/// A text that must be there: missing_key, wrong_type. Returns false after a fault.
bool requireText(const Json& row, std::string_view key, RowFaults& faults);
/// An answer to learn: as requireText, and not empty (missing_content); only spaces: a warning.
bool requireAnswer(const Json& row, std::string_view key, RowFaults& faults);
/// A prompt or answer that is a text or a list of messages. Lists are checked with `rules`.
bool requireTextOrMessages(Json& row, std::string_view key, const MessageRules& rules, RowFaults& faults);
bool requireBool(const Json& row, std::string_view key, RowFaults& faults);

/// Moves tools (an array, or JSON text of one; plain function schemas are wrapped) and parallel_tool_calls of `source`
/// to `target`; without tools neither is kept.
void moveTools(Json& source, const std::string& path, Json& target, RowFaults& faults);
/// All top-level keys but `known`, with their values, become target.metadata; an object under "metadata" is taken as it
/// is, a "kind" that our exporter wrote is dropped.
void moveMetadata(Json& row, std::initializer_list<std::string_view> known, const char* kind, Json& target);

[[nodiscard]] Json messageOf(std::string_view role, Json content);

} // namespace fettle::data
