// fettle tokenize: text to ids with byte spans.
#include "base/files.h"
#include "cli/commands.h"
#include "train/model_text.h"

namespace fettle::app {
namespace {

int tokenize(const Arguments& arguments) {
    if (arguments.has("--text") == arguments.has("--file")) {
        return failed(makeError(ErrorCode::Usage, "give either --text T or --file F"));
    }
    const auto path = train::resolveModelPath(arguments.text("--model"));
    const std::string place = path ? *path : arguments.text("--model");
    const auto model = train::loadTextModel(place);
    if (!model) {
        return failed(path || fileExists(place) ? model.error() : path.error());
    }
    std::string text = arguments.text("--text");
    if (arguments.has("--file")) {
        auto read = readFile(arguments.text("--file"));
        if (!read) {
            return failed(read.error());
        }
        text = std::move(*read);
    }
    auto encoding = model->tokenizer->encode(text);
    if (!encoding) {
        if (arguments.has("--file")) {
            encoding.error().file = arguments.text("--file");
        }
        return failed(encoding.error());
    }
    if (encoding->bytesWithoutToken > 0) {
        printNote("note: " + std::to_string(encoding->bytesWithoutToken) +
                  " bytes have no token in this vocabulary and are left out");
    }
    if (arguments.json()) {
        Json tokens = Json::array();
        for (std::size_t i = 0; i < encoding->ids.size(); ++i) {
            tokens.push_back({{"id", encoding->ids[i]},
                              {"text", model->tokenizer->piece(encoding->ids[i])},
                              {"begin", encoding->spans[i].begin},
                              {"end", encoding->spans[i].end}});
        }
        printJson({{"ids", encoding->ids}, {"tokens", std::move(tokens)}});
        return kDone;
    }
    for (std::size_t i = 0; i < encoding->ids.size(); ++i) {
        printLine(std::to_string(encoding->ids[i]) + "\t" + std::to_string(encoding->spans[i].begin) + "-" +
                  std::to_string(encoding->spans[i].end) + "\t" + model->tokenizer->piece(encoding->ids[i]));
    }
    return kDone;
}

} // namespace

std::vector<Command> tokenizeCommands() {
    return {
        {{.name = "tokenize",
          .summary = "text to token ids",
          .options = {{.name = "--model", .value = "M", .help = "model name, folder or .gguf file", .required = true},
                      {.name = "--text", .value = "T", .help = "the text"},
                      {.name = "--file", .value = "F", .help = "a file, taken byte by byte as it is"}}},
         tokenize}};
}

} // namespace fettle::app
