// fettle template render: what a model reads for a conversation.
#include "base/files.h"
#include "cli/commands.h"
#include "train/model_text.h"

namespace fettle::app {
namespace {

int render(const Arguments& arguments) {
    if (arguments.has("--model") == arguments.has("--template")) {
        return failed(makeError(ErrorCode::Usage, "give either --model M or --template F.jinja"));
    }
    std::shared_ptr<const text::ChatTemplate> chatTemplate;
    text::RenderOptions options;
    options.addGenerationPrompt = arguments.has("--add-generation-prompt");
    if (arguments.has("--template")) {
        const auto source = readFile(arguments.text("--template"));
        if (!source) {
            return failed(source.error());
        }
        auto compiled = text::compileChatTemplate(*source);
        if (!compiled) {
            compiled.error().file = arguments.text("--template");
            return failed(compiled.error());
        }
        chatTemplate = *compiled;
    } else {
        const auto path = train::resolveModelPath(arguments.text("--model"));
        const auto model = train::loadTextModel(path ? *path : arguments.text("--model"));
        if (!model) {
            return failed(path ? model.error() : path.error());
        }
        if (!model->chatTemplate) {
            return failed(
                makeError(ErrorCode::NotFound, "this model has no chat template", "Give one with --template F.jinja.")
                    .at(arguments.text("--model")));
        }
        chatTemplate = model->chatTemplate;
        options.variables = model->templateVariables;
    }
    for (const std::string& assignment : arguments.all("--var")) {
        const auto equals = assignment.find('=');
        if (equals == std::string::npos || equals == 0) {
            return failed(makeError(ErrorCode::Usage, "--var needs k=v, not '" + assignment + "'"));
        }
        const std::string value = assignment.substr(equals + 1);
        const auto parsed = parseJson(value);
        options.variables[assignment.substr(0, equals)] = parsed ? *parsed : Json(value);
    }
    const auto messages = readJsonFile(arguments.text("--messages"));
    if (!messages) {
        return failed(messages.error());
    }
    auto conversation = text::conversationFromJson(*messages);
    if (!conversation) {
        conversation.error().file = arguments.text("--messages");
        return failed(conversation.error());
    }
    if (arguments.has("--tools")) {
        const auto tools = readJsonFile(arguments.text("--tools"));
        if (!tools) {
            return failed(tools.error());
        }
        conversation->tools = *tools;
    }
    text::TemplateFault fault;
    const auto rendered = chatTemplate->render(*conversation, options, &fault);
    if (!rendered) {
        return failed(rendered.error());
    }
    if (arguments.json()) {
        Json spans = Json::array();
        for (const text::MessageSpan& span : rendered->spans) {
            spans.push_back({{"begin", span.bytes.begin}, {"end", span.bytes.end}, {"message", span.message}});
        }
        printJson({{"text", rendered->text}, {"spans", std::move(spans)}});
    } else {
        print(rendered->text);
    }
    return kDone;
}

} // namespace

std::vector<Command> templateCommands() {
    return {{{.name = "template render",
              .summary = "a conversation as the model reads it",
              .options = {{.name = "--model", .value = "M", .help = "model whose template is used"},
                          {.name = "--template", .value = "F.jinja", .help = "a template file instead"},
                          {.name = "--messages",
                           .value = "F.json",
                           .help = "messages: an array, or an object with messages, tools, documents",
                           .required = true},
                          {.name = "--tools", .value = "F.json", .help = "tools: an array"},
                          {.name = "--add-generation-prompt", .value = {}, .help = "end with the opening of an answer"},
                          {.name = "--var",
                           .value = "k=v",
                           .help = "a variable of the template; v is JSON where it parses as JSON",
                           .repeatable = true}}},
             render}};
}

} // namespace fettle::app
