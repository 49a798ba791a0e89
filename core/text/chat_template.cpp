// See chat_template.h: what transformers does around a template, and the entries into the engine.
#include "text/chat_template.h"

#include "base/utf8.h"
#include "text/content_spans.h"
#include "text/jinja_interp.h"

#include <array>
#include <locale.h>
#include <new>

namespace fettle::text {

namespace {

using jinja::Args;
using jinja::Budget;
using jinja::Dict;
using jinja::Failure;
using jinja::FaultKind;
using jinja::Mark;
using jinja::MarkKind;
using jinja::Value;

const char* kindName(FaultKind kind) {
    switch (kind) {
    case FaultKind::Raised:
        return "raised";
    case FaultKind::Undefined:
        return "undefined";
    case FaultKind::Runtime:
        return "runtime";
    case FaultKind::Security:
        return "security";
    case FaultKind::Syntax:
        return "syntax";
    }
    return "runtime";
}

Error failed(const Failure& failure, ErrorCode code, TemplateFault* fault) {
    if (fault != nullptr) {
        *fault = {kindName(failure.kind), failure.message, failure.line};
    }
    Error error = makeError(code, failure.message);
    error.line = failure.line;
    error.detail = std::string("chat template, ") + kindName(failure.kind);
    return error;
}

/// Runs engine code and turns what it throws into an Error.
template <class T, class Function>
Result<T> guarded(ErrorCode code, TemplateFault* fault, Function&& function) {
    try {
        return function();
    } catch (const Failure& failure) {
        return failed(failure, code, fault);
    } catch (const std::bad_alloc&) {
        if (fault != nullptr) {
            *fault = {"runtime", "out of memory", 0};
        }
        return makeError(ErrorCode::OutOfMemory, "not enough memory to run the chat template");
    }
}

class Converter {
public:
    Converter(Budget& budget, std::vector<SourceText>* sources)
        : m_budget(budget)
        , m_sources(sources) {}

    Value convert(const Json& json) {
        switch (json.type()) {
        case Json::value_t::boolean:
            return Value::boolean(json.get<bool>());
        case Json::value_t::number_integer:
            return Value::integer(json.get<std::int64_t>());
        case Json::value_t::number_unsigned:
            return Value::integer(static_cast<jinja::Wide>(json.get<std::uint64_t>()));
        case Json::value_t::number_float:
            return Value::number(json.get<double>());
        case Json::value_t::string:
            return convertString(json.get_ref<const std::string&>());
        case Json::value_t::array: {
            std::vector<Value> items;
            items.reserve(json.size());
            m_budget.memory(json.size() * sizeof(Value));
            for (const Json& item : json) {
                items.push_back(convert(item));
            }
            return Value::list(std::move(items));
        }
        case Json::value_t::object: {
            auto dict = std::make_shared<Dict>();
            for (const auto& [key, value] : json.items()) {
                dict->set(key, convert(value), m_budget);
            }
            return Value::dict(std::move(dict));
        }
        default:
            return Value::none();
        }
    }

    /// Null keys removed, the names of reasoning filled up, the content marked.
    Value convertMessage(const Message& message, int index) {
        auto dict = std::make_shared<Dict>();
        dict->message = index;
        const Json* reasoning = nullptr;
        for (const char* const name : {"reasoning_content", "thinking", "reasoning"}) {
            const auto it = message.fields.find(name);
            if (it != message.fields.end() && !it->is_null()) {
                reasoning = &*it;
                break;
            }
        }
        if (reasoning != nullptr) {
            dict->set("thinking", convert(*reasoning), m_budget);
        }
        for (const auto& [key, value] : message.fields.items()) {
            if (!value.is_null()) {
                dict->set(key, key == "content" ? convertContent(value, index) : convert(value), m_budget);
            }
        }
        if (reasoning != nullptr) {
            dict->set("reasoning_content", convert(*reasoning), m_budget);
        }
        return Value::dict(std::move(dict));
    }

private:
    Value convertString(const std::string& text) {
        m_budget.memory(text.size());
        return Value::string(firstInvalidUtf8(text) ? replaceInvalidUtf8(text) : text);
    }

    Value convertContent(const Json& content, int message) {
        if (m_sources == nullptr) {
            return convert(content);
        }
        if (content.is_string()) {
            const std::string& text = content.get_ref<const std::string&>();
            if (firstInvalidUtf8(text)) {
                return convertString(text);
            }
            m_budget.memory(text.size());
            auto str = std::make_shared<jinja::Str>();
            str->text = text;
            str->marks.push_back({0, static_cast<std::uint32_t>(text.size()),
                                  static_cast<std::int32_t>(m_sources->size()), 0, MarkKind::Content});
            m_sources->push_back({message, text});
            return Value::string(std::move(str));
        }
        if (content.is_array()) {
            std::vector<Value> items;
            for (const Json& item : content) {
                items.push_back(item.is_array() ? convert(item) : convertContent(item, message));
            }
            return Value::list(std::move(items));
        }
        if (content.is_object()) {
            auto dict = std::make_shared<Dict>();
            for (const auto& [key, value] : content.items()) {
                dict->set(key, key == "text" && value.is_string() ? convertContent(value, message) : convert(value),
                          m_budget);
            }
            return Value::dict(std::move(dict));
        }
        return convert(content);
    }

    Budget& m_budget;
    std::vector<SourceText>* m_sources;
};

void requireObjects(const Json& list, const char* name) {
    if (list.is_null()) {
        return;
    }
    if (!list.is_array()) {
        jinja::failRuntime(std::string(name) + " must be a list");
    }
    for (const Json& item : list) {
        if (!item.is_object()) {
            jinja::failRuntime(std::string("each entry of ") + name + " must be an object");
        }
    }
}

std::string machineClock(const std::string& format) {
    const std::time_t now = std::time(nullptr);
    std::tm moment{};
    localtime_r(&now, &moment);
    return formatTime(moment, format);
}

class CompiledTemplate final : public ChatTemplate {
public:
    explicit CompiledTemplate(std::shared_ptr<const jinja::Template> parsed)
        : m_template(std::move(parsed)) {}

    [[nodiscard]] const std::string& source() const override { return m_template->source; }

    [[nodiscard]] Result<Rendered> render(const Conversation& conversation, const RenderOptions& options,
                                          TemplateFault* fault) const override {
        return guarded<Rendered>(ErrorCode::InvalidInput, fault,
                                 [&] { return renderUnguarded(conversation, options); });
    }

private:
    [[nodiscard]] Rendered renderUnguarded(const Conversation& conversation, const RenderOptions& options) const {
        if (conversation.messages.empty()) {
            jinja::failRuntime("Cannot apply chat template to an empty conversation. Provide at least one message.");
        }
        requireObjects(conversation.tools, "tools");
        requireObjects(conversation.documents, "documents");
        static const jinja::Interp::Clock kMachineClock = machineClock;
        std::vector<std::optional<Value>> context(m_template->names.size());
        std::vector<SourceText> sources;
        jinja::Interp interp(*m_template, context, options.clock ? options.clock : kMachineClock);
        Converter converter(interp.budget, options.findSpans ? &sources : nullptr);
        for (std::size_t i = 0; i < context.size(); ++i) {
            context[i] = variable(m_template->names[i], conversation, options, converter);
        }
        jinja::Text out(interp.budget);
        interp.run(out);
        Rendered rendered;
        rendered.hasGenerationTags = m_template->hasGeneration;
        collectGeneration(rendered, out.marks(), sources);
        if (options.findSpans) {
            rendered.spans = locateContents(out.text(), out.marks(), sources);
        }
        rendered.text = out.takeText();
        return rendered;
    }

    /// Free variables win, then what every template is given; absent names stay undefined.
    static std::optional<Value> variable(const std::string& name, const Conversation& conversation,
                                         const RenderOptions& options, Converter& converter) {
        const auto it = options.variables.find(name);
        if (it != options.variables.end()) {
            return converter.convert(*it);
        }
        if (name == "messages") {
            std::vector<Value> messages;
            messages.reserve(conversation.messages.size());
            for (std::size_t i = 0; i < conversation.messages.size(); ++i) {
                messages.push_back(converter.convertMessage(conversation.messages[i], static_cast<int>(i)));
            }
            return Value::list(std::move(messages));
        }
        if (name == "tools") {
            return converter.convert(conversation.tools);
        }
        if (name == "documents") {
            return converter.convert(conversation.documents);
        }
        if (name == "add_generation_prompt") {
            return Value::boolean(options.addGenerationPrompt);
        }
        return std::nullopt;
    }

    std::shared_ptr<const jinja::Template> m_template;
};

Result<std::shared_ptr<const jinja::Template>> parse(std::string_view source, TemplateFault* fault) {
    if (const auto bad = firstInvalidUtf8(source)) {
        if (fault != nullptr) {
            *fault = {"syntax", "not valid UTF-8", 0};
        }
        return makeError(ErrorCode::Parse, "the chat template is not valid UTF-8 at byte " + std::to_string(*bad),
                         "Save it as UTF-8.");
    }
    return guarded<std::shared_ptr<const jinja::Template>>(ErrorCode::Parse, fault,
                                                           [&] { return jinja::parseTemplate(source); });
}

} // namespace

Result<std::shared_ptr<const ChatTemplate>> compileChatTemplate(std::string_view source, TemplateFault* fault) {
    FETTLE_TRY_VALUE(auto parsed, parse(source, fault));
    return std::shared_ptr<const ChatTemplate>(std::make_shared<CompiledTemplate>(std::move(parsed)));
}

Result<std::string> renderSnippet(std::string_view source, const Json& context, TemplateFault* fault,
                                  const std::function<std::string(const std::string& format)>& clock) {
    FETTLE_TRY_VALUE(const auto parsed, parse(source, fault));
    return guarded<std::string>(ErrorCode::InvalidInput, fault, [&] {
        const jinja::Interp::Clock used = clock ? clock : jinja::Interp::Clock(machineClock);
        std::vector<std::optional<Value>> variables(parsed->names.size());
        jinja::Interp interp(*parsed, variables, used);
        Converter converter(interp.budget, nullptr);
        for (std::size_t i = 0; i < variables.size(); ++i) {
            const auto it = context.find(parsed->names[i]);
            if (it != context.end()) {
                variables[i] = converter.convert(*it);
            }
        }
        jinja::Text out(interp.budget);
        interp.run(out);
        return out.takeText();
    });
}

std::string formatTime(const std::tm& moment, const std::string& format) {
    // Python's %f (microseconds), %z and %Z are not the C library's.
    std::string prepared;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%' || i + 1 >= format.size()) {
            prepared.push_back(format[i]);
            continue;
        }
        ++i;
        if (format[i] == 'f') {
            prepared += "000000";
        } else if (format[i] != 'z' && format[i] != 'Z') {
            prepared.push_back('%');
            prepared.push_back(format[i]);
        }
    }
    if (prepared.empty() || prepared.size() > 10'000) {
        return {};
    }
    static const locale_t kPlain = newlocale(LC_ALL_MASK, "C", nullptr);
    std::string out(256 + prepared.size() * 64, '\0');
    out.resize(strftime_l(out.data(), out.size(), prepared.c_str(), &moment, kPlain));
    return out;
}

} // namespace fettle::text
