// The formats that rows can be written in, with their words. Texts are English sources for translation (context
// "ExportFormat"; collected by ui/update_translations.sh).
#include "data/exporter.h"

#include <algorithm>
#include <array>

/// Marks a text for translation in the context "ExportFormat".
#define FETTLE_TEXT(context, text) text

namespace fettle::data {
namespace {

using enum SampleKind;
using Container = ExportContainer;

const std::vector<ExportFormat>& formats() {
    static const std::vector<ExportFormat> all = {
        {"chat",
         FETTLE_TEXT("ExportFormat", "Chat"),
         FETTLE_TEXT("ExportFormat", "Messages as JSON lines, with all that Fettle knows of them."),
         ".jsonl",
         Container::Lines,
         {Chat}},
        {"openai",
         FETTLE_TEXT("ExportFormat", "OpenAI"),
         FETTLE_TEXT("ExportFormat",
                     "Chats and preference pairs for OpenAI's fine-tuning; arguments of tools as text."),
         ".jsonl",
         Container::Lines,
         {Chat, Preference}},
        {"azure",
         FETTLE_TEXT("ExportFormat", "Azure OpenAI"),
         FETTLE_TEXT("ExportFormat", "As for OpenAI, with the byte order mark that Azure asks for."),
         ".jsonl",
         Container::Lines,
         {Chat, Preference}},
        {"trl",
         FETTLE_TEXT("ExportFormat", "Hugging Face TRL"),
         FETTLE_TEXT("ExportFormat", "The shapes that TRL's trainers take; arguments of tools as objects."),
         ".jsonl",
         Container::Lines,
         {Chat, Completion, Text, PromptOnly, Preference, Feedback, Stepwise}},
        {"prompt_completion",
         FETTLE_TEXT("ExportFormat", "Prompt and completion"),
         FETTLE_TEXT("ExportFormat", "Question and answer; of a chat only the last answer is trained."),
         ".jsonl",
         Container::Lines,
         {Completion, Chat}},
        {"alpaca",
         FETTLE_TEXT("ExportFormat", "Alpaca"),
         FETTLE_TEXT("ExportFormat", "Instruction and output, with system text and history."),
         ".json",
         Container::Array,
         {Chat, Preference, Feedback}},
        {"sharegpt",
         FETTLE_TEXT("ExportFormat", "ShareGPT"),
         FETTLE_TEXT("ExportFormat", "Conversations of turns, as LLaMA-Factory and Axolotl read them."),
         ".json",
         Container::Array,
         {Chat, Preference, Feedback}},
        {"csv",
         FETTLE_TEXT("ExportFormat", "CSV table"),
         FETTLE_TEXT("ExportFormat", "One row a line, texts in quotes; lists as JSON in their cell."),
         ".csv",
         Container::Csv,
         {Completion, Chat, Text, PromptOnly, Preference, Feedback, Stepwise, Ids}},
        {"tsv",
         FETTLE_TEXT("ExportFormat", "TSV table"),
         FETTLE_TEXT("ExportFormat", "As CSV, with tabs between the cells."),
         ".tsv",
         Container::Tsv,
         {Completion, Chat, Text, PromptOnly, Preference, Feedback, Stepwise, Ids}},
        {"preference",
         FETTLE_TEXT("ExportFormat", "Preference pairs"),
         FETTLE_TEXT("ExportFormat", "Prompt, chosen and rejected answer."),
         ".jsonl",
         Container::Lines,
         {Preference}},
        {"feedback",
         FETTLE_TEXT("ExportFormat", "Marked answers"),
         FETTLE_TEXT("ExportFormat", "Prompt, answer, and whether it is good (KTO)."),
         ".jsonl",
         Container::Lines,
         {Feedback}},
        {"stepwise",
         FETTLE_TEXT("ExportFormat", "Marked steps"),
         FETTLE_TEXT("ExportFormat", "Prompt, steps, and whether each is right."),
         ".jsonl",
         Container::Lines,
         {Stepwise}},
        {"text",
         FETTLE_TEXT("ExportFormat", "Texts"),
         FETTLE_TEXT("ExportFormat", "One text a row."),
         ".jsonl",
         Container::Lines,
         {Text}},
        {"text_folder",
         FETTLE_TEXT("ExportFormat", "Folder of texts"),
         FETTLE_TEXT("ExportFormat", "One file a row."),
         "",
         Container::Folder,
         {Text}},
        {"prompt_only",
         FETTLE_TEXT("ExportFormat", "Prompts"),
         FETTLE_TEXT("ExportFormat", "Questions without answers."),
         ".jsonl",
         Container::Lines,
         {PromptOnly}},
        {"ids",
         FETTLE_TEXT("ExportFormat", "Token ids"),
         FETTLE_TEXT("ExportFormat", "Ids and labels of one tokenizer."),
         ".jsonl",
         Container::Lines,
         {Ids}},
        {"normal",
         FETTLE_TEXT("ExportFormat", "Normal form"),
         FETTLE_TEXT("ExportFormat", "Rows as Fettle keeps them, with their kind."),
         ".jsonl",
         Container::Lines,
         {Chat, Completion, Text, PromptOnly, Preference, Feedback, Stepwise, Ids}},
    };
    return all;
}

// The importers' names for one shape of a family.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kAliases = {{{"openai_preference", "openai"},
                                                                                    {"trl_preference", "preference"},
                                                                                    {"trl_kto", "feedback"},
                                                                                    {"trl_stepwise", "stepwise"},
                                                                                    {"alpaca_preference", "alpaca"},
                                                                                    {"alpaca_kto", "alpaca"},
                                                                                    {"sharegpt_preference", "sharegpt"},
                                                                                    {"sharegpt_kto", "sharegpt"}}};

} // namespace

std::span<const ExportFormat> exportFormats() {
    return formats();
}

const ExportFormat* findExportFormat(std::string_view name) {
    for (const auto& [alias, real] : kAliases) {
        name = name == alias ? real : name;
    }
    const auto found = std::find_if(formats().begin(), formats().end(),
                                    [&](const ExportFormat& format) { return name == format.name; });
    return found == formats().end() ? nullptr : &*found;
}

const char* exportContainerName(ExportContainer container) {
    switch (container) {
    case Container::Array:
        return "array";
    case Container::Csv:
        return "csv";
    case Container::Tsv:
        return "tsv";
    case Container::Folder:
        return "folder";
    case Container::Parquet:
        return "parquet";
    case Container::Lines:
        break;
    }
    return "lines";
}

std::optional<ExportContainer> containerOfPath(const std::string& path) {
    std::string name = path.substr(path.find_last_of('/') + 1);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (name.ends_with(".csv")) {
        return Container::Csv;
    }
    if (name.ends_with(".tsv") || name.ends_with(".tab")) {
        return Container::Tsv;
    }
    if (name.ends_with(".json")) {
        return Container::Array;
    }
    if (name.ends_with(".parquet")) {
        return Container::Parquet;
    }
    return name.ends_with(".jsonl") || name.ends_with(".ndjson") ? std::optional(Container::Lines) : std::nullopt;
}

} // namespace fettle::data
