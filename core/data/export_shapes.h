// How a row in normal form becomes a row of each format. Internal to core/data; README.md tells how to add one.
#pragma once

#include "data/sample.h"

#include <span>
#include <string>
#include <string_view>

namespace fettle::data {

/// One shape: rows of `kind` as format `format` writes them. `build` gives the row, or sets `refusal` to the reason why
/// this one cannot be written. Whether something of it was lost is found by reading it back with `readBack`.
struct ExportShape {
    std::string_view format;   // name in exportFormats()
    SampleKind kind;           // of rows it takes
    std::string_view readBack; // importer's format that reads it
    bool needsMessages;        // prompts and answers as lists of messages: texts are converted before
    Json (*build)(const Sample& sample, std::string& refusal);
};

[[nodiscard]] std::span<const ExportShape> exportShapes();

/// A row of one kind as another, where nothing is lost by it: prompt and completion as a chat, texts of a pair as
/// messages. False: not possible.
[[nodiscard]] bool convertSample(Sample& sample, SampleKind kind, bool needsMessages);

// What several shapes share (export_messages.cpp).

/// Messages with the arguments of calls as JSON text, calls framed and numbered, and only the keys that OpenAI takes.
[[nodiscard]] Json openAiMessages(const Json& messages);
/// Arguments of calls that are JSON text of an object as that object.
[[nodiscard]] Json objectArguments(const Json& messages);
/// Turns {"from","value"}; `refusal` where a message has no such form.
[[nodiscard]] Json shareGptTurns(const Json& messages, std::string& refusal);
/// instruction, input, system and history of the messages before an answer.
[[nodiscard]] Json alpacaPrompt(const Json& messages, std::string& refusal);
/// {"name","arguments"} of a call, framed or not; the call itself where it is neither.
[[nodiscard]] const Json& functionOf(const Json& call);
/// Copies tools and parallel_tool_calls, and metadata where `withMetadata`.
void copyExtras(const Json& from, Json& to, bool withMetadata);

} // namespace fettle::data
