// Chat templates: Jinja as transformers runs it (immutable sandbox, trim_blocks, lstrip_blocks), rendering a
// Conversation to text with, for each message, where its content ended up, and with the spans of {% generation %}
// blocks.
#pragma once

#include "base/result.h"
#include "text/conversation.h"
#include "text/tokenizer.h"

#include <ctime>
#include <functional>

namespace fettle::text {

struct RenderOptions {
    bool addGenerationPrompt = false;
    Json variables = Json::object(); // free variables and special tokens by name; they win over the built-in names
    std::function<std::string(const std::string& format)> clock; // strftime_now; empty = the machine's clock
    bool findSpans = true; // follow message contents through the template to where they end up
};

struct MessageSpan {
    ByteSpan bytes;
    int message = 0; // index into the conversation
};

struct Rendered {
    std::string text;
    std::vector<MessageSpan>
        spans; // contents of messages in the text, by position; a message whose content was not found again has none
    std::vector<ByteSpan> generation;   // {% generation %} blocks, by position
    std::vector<int> generationMessage; // same length: the message each block belongs to, -1 where that cannot be told
    bool hasGenerationTags = false;     // the template has the tag, whether or not it was reached
};

/// How a template failed; `kind` as in the conformance kit: raised, undefined, runtime, security, syntax.
struct TemplateFault {
    std::string kind;
    std::string message;
    int line = 0;
};

class ChatTemplate {
public:
    virtual ~ChatTemplate() = default;
    /// Error InvalidInput (message = the template's own for raise_exception); `fault` gives the kind. Thread: any.
    [[nodiscard]] virtual Result<Rendered> render(const Conversation& conversation, const RenderOptions& options,
                                                  TemplateFault* fault = nullptr) const = 0;
    [[nodiscard]] virtual const std::string& source() const = 0;
};

/// Compiles. Error Parse with the line; `fault` gives the kind (syntax).
[[nodiscard]] Result<std::shared_ptr<const ChatTemplate>> compileChatTemplate(std::string_view source,
                                                                              TemplateFault* fault = nullptr);

/// Renders any template over a JSON context (snippets, tests): no message handling around it.
[[nodiscard]] Result<std::string>
renderSnippet(std::string_view source, const Json& context, TemplateFault* fault = nullptr,
              const std::function<std::string(const std::string& format)>& clock = {});

/// strftime in the C locale, as Python's datetime without a time zone prints it.
[[nodiscard]] std::string formatTime(const std::tm& moment, const std::string& format);

} // namespace fettle::text
