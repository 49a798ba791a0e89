// fettle generate: an answer, streamed.
#include "base/files.h"
#include "cli/commands.h"
#include "cli/id_file.h"
#include "train/model_text.h"

#include <cstdint>
#include <optional>

namespace fettle::app {
namespace {

Result<std::vector<std::int32_t>> promptIds(const Arguments& arguments, const text::TextModel& text) {
    if (arguments.has("--prompt-ids")) {
        return readIds(arguments.text("--prompt-ids"));
    }
    text::Conversation conversation;
    if (arguments.has("--messages")) {
        FETTLE_TRY_VALUE(const Json json, readJsonFile(arguments.text("--messages")));
        auto parsed = text::conversationFromJson(json);
        if (!parsed) {
            return parsed.error().at(arguments.text("--messages"));
        }
        conversation = std::move(*parsed);
    } else {
        text::Message message;
        message.fields["role"] = "user";
        message.fields["content"] = arguments.text("--prompt");
        conversation.messages.push_back(std::move(message));
    }
    return text::encodePrompt(text, conversation);
}

int generate(const Arguments& arguments) {
    if (static_cast<int>(arguments.has("--prompt-ids")) + static_cast<int>(arguments.has("--messages")) +
            static_cast<int>(arguments.has("--prompt")) !=
        1) {
        return failed(makeError(ErrorCode::Usage, "give one of --prompt-ids F.json, --messages F.json, --prompt TEXT"));
    }
    train::GenerateOptions options;
    const auto count = arguments.integer("--max-new-tokens", 256, 1, 1000000);
    const auto temperature = arguments.number("--temperature", 1, 0, 100);
    const auto topP = arguments.number("--top-p", 1, 0, 1);
    const auto topK = arguments.integer("--top-k", 0, 0, 1000000);
    const auto seed = arguments.integer("--seed", 0, 0, INT64_MAX);
    for (const Error* error :
         {count ? nullptr : &count.error(), temperature ? nullptr : &temperature.error(),
          topP ? nullptr : &topP.error(), topK ? nullptr : &topK.error(), seed ? nullptr : &seed.error()}) {
        if (error != nullptr) {
            return failed(*error);
        }
    }
    options.maxNewTokens = static_cast<int>(*count);
    options.greedy = arguments.has("--greedy") || !arguments.has("--temperature") || *temperature == 0;
    options.temperature = *temperature;
    options.topP = *topP;
    options.topK = static_cast<int>(*topK);
    options.seed = static_cast<std::uint64_t>(*seed);

    const auto path = train::resolveModelPath(arguments.text("--model"));
    if (!path) {
        return failed(path.error());
    }
    const auto text = train::loadTextModel(*path);
    if (!text && !arguments.has("--prompt-ids")) {
        return failed(text.error());
    }
    if (text) {
        options.stopIds = text->tokenizer->special().stop;
    }
    const auto prompt = promptIds(arguments, text ? *text : text::TextModel{});
    if (!prompt) {
        return failed(prompt.error());
    }
    auto model = loadModel(arguments);
    if (!model) {
        return failed(model.error());
    }
    std::optional<text::StreamDecoder> decoder;
    if (text && !arguments.json()) {
        decoder.emplace(*text->tokenizer, text::DecodeOptions{.skipSpecial = true});
    }
    const auto answers = (*model)->generate({*prompt}, options, [&](int, std::int32_t id) {
        if (decoder) {
            print(decoder->push(id));
        }
    });
    if (!answers) {
        return failed(answers.error());
    }
    const train::Generation& answer = answers->front();
    if (arguments.json()) {
        printJson({{"ids", answer.ids},
                   {"text", text ? Json(text->tokenizer->decode(answer.ids, {.skipSpecial = true})) : Json(nullptr)},
                   {"stopped", answer.stopped}});
    } else {
        printLine(decoder ? decoder->finish() : dumpJson(Json(answer.ids)));
    }
    return kDone;
}

} // namespace

std::vector<Command> generateCommands() {
    return {
        {{.name = "generate",
          .summary = "an answer of a model, tuned or not",
          .options = withModelOptions(
              {{.name = "--prompt", .value = "TEXT", .help = "one user message"},
               {.name = "--messages", .value = "F.json", .help = "a conversation"},
               {.name = "--prompt-ids", .value = "F.json", .help = "token ids, taken as they are"},
               {.name = "--max-new-tokens", .value = "N", .help = "at most this many (256)"},
               {.name = "--greedy", .value = {}, .help = "always the likeliest token (default without --temperature)"},
               {.name = "--temperature", .value = "X", .help = "sample: 1 as the model says, lower is steadier"},
               {.name = "--top-p", .value = "X", .help = "sample from the likeliest tokens that hold this share"},
               {.name = "--top-k", .value = "N", .help = "sample from the N likeliest tokens"},
               {.name = "--seed", .value = "N", .help = "repeats the same draws"}})},
         generate}};
}

} // namespace fettle::app
