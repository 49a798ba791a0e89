// Seeded mutation of chat templates and conversations: nothing crashes or hangs, what is found is what was written, and
// looking for it changes nothing. FETTLE_FUZZ_SEED and FETTLE_FUZZ_ROUNDS choose other runs.
#include "template_cases.h"

#include "base/utf8.h"
#include "text/encode.h"
#include "text/python_unicode.h"

#include <QtTest>

#include <chrono>
#include <random>

using namespace fettle;
using namespace fettle::test;

namespace {

using Random = std::mt19937_64;

std::uint64_t fromEnvironment(const char* name, std::uint64_t fallback) {
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): tests do not change it
    return value == nullptr ? fallback : std::strtoull(value, nullptr, 10);
}

std::size_t below(Random& random, std::size_t limit) {
    return limit == 0 ? 0 : random() % limit;
}

const std::vector<std::string>& fragments() {
    static const std::vector<std::string> kFragments{
        "{{ messages }}",
        "{{ message.content }}",
        "{% if ",
        " %}",
        "{% endif %}",
        "{% else %}",
        "{% endfor %}",
        "{% for message in messages %}",
        "{% break %}",
        "{% generation %}",
        "{% endgeneration %}",
        "{%- set x = ",
        "{% macro f(a, b=1) %}",
        "{% endmacro %}",
        "{{ f(message) }}",
        "| trim",
        "| upper",
        "| tojson",
        "| list",
        "| map('upper')",
        "| join('x')",
        ".split('e')[-1]",
        ".strip()",
        "[::-1]",
        "[1:]",
        "[0]",
        " ~ message.content",
        " + ",
        " * 1000000",
        " ** 99",
        "namespace(a=messages)",
        "ns.a",
        "loop.nextitem.content",
        "range(100000)",
        "{# ",
        " #}",
        "{% raw %}",
        "{% endraw %}",
        "'{:>{}}'.format(",
        "'%*d' % ",
        "is defined",
        "(((",
        ")))",
        "{",
        "}}",
        "\xF0\x9F\x8E\x89",
        "\r\n",
        "{% filter upper %}",
        "{% endfilter %}",
        "{% call f() %}",
        "{% endcall %}",
        "caller()",
        "recursive",
        "loop(messages)",
        "{% with a = 1 %}",
        "{% endwith %}",
        "{% set q %}",
        "{% endset %}",
        "self.x()",
        "{% block x %}",
        "{% endblock %}",
        "| sort(attribute='content')",
        "| groupby('role')",
        "{% autoescape true %}",
        "{% endautoescape %}",
        "'\\ud83d\\ude00'",
    };
    return kFragments;
}

std::string mutated(std::string source, const std::string& donor, Random& random) {
    const std::size_t edits = 1 + below(random, 3);
    for (std::size_t i = 0; i < edits; ++i) {
        const std::size_t at = below(random, source.size() + 1);
        switch (random() % 6) {
        case 0:
            source.insert(at, fragments()[below(random, fragments().size())]);
            break;
        case 1:
            source.erase(at, 1 + below(random, 12));
            break;
        case 2:
            source.insert(at, donor.substr(below(random, donor.size() + 1), below(random, 80)));
            break;
        case 3:
            if (at < source.size()) {
                source[at] = static_cast<char>(random());
            }
            break;
        case 4:
            if (at < source.size()) {
                source[at] = "{}%#-+|.,()[]'\" \n=<>~*/:ns0"[below(random, 28)];
            }
            break;
        default: {
            const std::string fragment = fragments()[below(random, fragments().size())];
            const std::size_t brace = source.find("{", at);
            source.insert(brace == std::string::npos ? source.size() : brace, fragment);
        }
        }
    }
    return source;
}

std::string randomContent(Random& random, const std::string& source) {
    static const std::vector<std::string> kContents{"",
                                                    " ",
                                                    "\n",
                                                    "a",
                                                    "user",
                                                    "assistant",
                                                    "One, two.",
                                                    "  padded \n",
                                                    "<|im_end|>",
                                                    "<|im_start|>assistant\n",
                                                    "<think>\nx\n</think>\n\ny",
                                                    "<think>a</think>b",
                                                    "</think>",
                                                    "{{ messages }}",
                                                    "\xF0\x9F\x8E\x89",
                                                    "e\xCC\x81\xE2\x80\xA8z",
                                                    "\"quoted\" \\ 'text'",
                                                    "aaaa"};
    std::string content = kContents[below(random, kContents.size())];
    if (random() % 4 == 0) {
        content += kContents[below(random, kContents.size())];
    }
    if (random() % 6 == 0) {
        content = replaceInvalidUtf8(source.substr(below(random, source.size() + 1), below(random, 12)));
    }
    return content;
}

text::Conversation randomConversation(Random& random, const std::string& source) {
    text::Conversation conversation;
    const std::size_t count = 1 + below(random, 5);
    const std::vector<std::string> roles{"system", "user", "assistant", "assistant", "user", "tool"};
    for (std::size_t i = 0; i < count; ++i) {
        text::Message message;
        message.fields["role"] = roles[below(random, roles.size())];
        if (random() % 12 != 0) {
            message.fields["content"] = randomContent(random, source);
        }
        if (random() % 16 == 0) {
            message.fields["content"] =
                Json::array({{{"type", "text"}, {"text", randomContent(random, source)}}, {{"type", "image"}}});
        }
        if (random() % 10 == 0) {
            message.fields["weight"] = 0;
        }
        if (random() % 10 == 0) {
            message.fields["tool_calls"] = Json::array({{{"function", {{"name", "f"}, {"arguments", {{"x", 1.5}}}}}}});
        }
        conversation.messages.push_back(std::move(message));
    }
    return conversation;
}

bool atCharacter(const std::string& text, std::uint32_t at) {
    return at == text.size() || (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U);
}

std::string withoutSpace(const std::string& text) {
    std::string out;
    for (const char32_t c : text::python::toCodePoints(text)) {
        if (!text::python::isSpace(c)) {
            appendUtf8(out, c);
        }
    }
    return out;
}

/// "" or what is wrong.
std::string faultOf(const text::Rendered& rendered, const text::Conversation& conversation) {
    std::uint32_t last = 0;
    for (const text::MessageSpan& span : rendered.spans) {
        const text::ByteSpan& bytes = span.bytes;
        if (bytes.begin > bytes.end || bytes.end > rendered.text.size() || bytes.begin < last) {
            return "a span lies outside or out of order";
        }
        last = bytes.begin;
        if (!atCharacter(rendered.text, bytes.begin) || !atCharacter(rendered.text, bytes.end)) {
            return "a span cuts a character";
        }
        if (span.message < 0 || span.message >= static_cast<int>(conversation.messages.size())) {
            return "a span of no message";
        }
        const text::Message& message = conversation.messages[static_cast<std::size_t>(span.message)];
        const std::string shown = withoutSpace(rendered.text.substr(bytes.begin, bytes.end - bytes.begin));
        const std::string content = withoutSpace(message.fields.at("content").is_string()
                                                     ? message.content()
                                                     : message.fields.at("content")[0].at("text").get<std::string>());
        if (content.size() < shown.size() ||
            content.compare(content.size() - shown.size(), std::string::npos, shown) != 0) {
            return "a span shows something else than its content: " + shown + " / " + content;
        }
    }
    if (rendered.generation.size() != rendered.generationMessage.size()) {
        return "generation blocks without a message entry";
    }
    for (const text::ByteSpan& block : rendered.generation) {
        if (block.begin > block.end || block.end > rendered.text.size()) {
            return "a generation block lies outside";
        }
    }
    return {};
}

} // namespace

class TestTemplateFuzz : public QObject {
    Q_OBJECT

private:
    std::uint64_t m_seed = fromEnvironment("FETTLE_FUZZ_SEED", 20241);
    std::vector<TemplateFolder> m_folders;
    std::vector<std::string> m_sources;
    std::shared_ptr<const text::Tokenizer> m_tokenizer;

private Q_SLOTS:
    void initTestCase() {
        qInfo("seed %llu", static_cast<unsigned long long>(m_seed));
        m_folders = templateFolders();
        for (const TemplateFolder& folder : m_folders) {
            m_sources.push_back(folder.source);
        }
        const Json snippets = must(readJsonFile(goldenRoot() + "/text/templates/snippets.json"));
        for (const Json& snippet : snippets.at("snippets")) {
            m_sources.push_back(snippet.at("template").get<std::string>());
        }
        m_tokenizer = must(text::loadTokenizer(goldenRoot() + "/text/tokenizers/bpe_qwen"));
    }

    void mutatedTemplates() {
        Random random(m_seed);
        const std::uint64_t rounds = fromEnvironment("FETTLE_FUZZ_ROUNDS", 8000);
        int compiledCount = 0;
        int renderedCount = 0;
        double slowest = 0;
        for (std::uint64_t round = 0; round < rounds; ++round) {
            const std::string source =
                mutated(m_sources[below(random, m_sources.size())], m_sources[below(random, m_sources.size())], random);
            const std::string where = "round " + std::to_string(round) + ": " + dumpJson(Json(source));
            const auto begin = std::chrono::steady_clock::now();
            text::TemplateFault fault;
            const auto compiled = text::compileChatTemplate(source, &fault);
            if (!compiled.ok()) {
                QVERIFY2(fault.kind == "syntax" || fault.kind == "runtime", where.c_str());
                QVERIFY2(!compiled.error().message.empty(), where.c_str());
                continue;
            }
            ++compiledCount;
            const text::Conversation conversation = randomConversation(random, source);
            text::RenderOptions options;
            options.addGenerationPrompt = random() % 2 == 0;
            options.variables = Json{{"bos_token", "<s>"}, {"eos_token", "</s>"},       {"n", 7},
                                     {"list", {3, 1, 2}},  {"d", {{"b", 2}, {"a", 1}}}, {"s", "Hello World"}};
            const Result<text::Rendered> rendered = compiled.value()->render(conversation, options, &fault);
            options.findSpans = false;
            text::TemplateFault plainFault;
            const Result<text::Rendered> plain = compiled.value()->render(conversation, options, &plainFault);
            const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
            slowest = std::max(slowest, seconds);
            QVERIFY2(seconds < 60, where.c_str());
            if (!rendered.ok() || !plain.ok()) {
                // Marks need a little of the budget themselves; any other failure must be the same.
                const bool limited = fault.message.find("limited") != std::string::npos ||
                                     plainFault.message.find("limited") != std::string::npos;
                QVERIFY2(limited || (!rendered.ok() && !plain.ok() && fault.kind == plainFault.kind &&
                                     fault.message == plainFault.message),
                         where.c_str());
                continue;
            }
            ++renderedCount;
            QVERIFY2(rendered.value().text == plain.value().text, where.c_str());
            QVERIFY2(rendered.value().generation == plain.value().generation, where.c_str());
            QVERIFY2(!firstInvalidUtf8(rendered.value().text), where.c_str());
            const std::string wrong = faultOf(rendered.value(), conversation);
            QVERIFY2(wrong.empty(), (where + "\n" + wrong + "\n" + dumpJson(Json(rendered.value().text))).c_str());
        }
        qInfo("%llu templates, %d compiled, %d rendered, slowest %.2f s", static_cast<unsigned long long>(rounds),
              compiledCount, renderedCount, slowest);
        QVERIFY(compiledCount > 0 && renderedCount > 0);
    }

    void randomConversationsThroughWholeTemplates() {
        Random random(m_seed + 1);
        const std::uint64_t rounds = fromEnvironment("FETTLE_FUZZ_ROUNDS", 8000);
        std::vector<text::TextModel> models;
        for (const TemplateFolder& folder : m_folders) {
            text::TextModel model;
            model.tokenizer = m_tokenizer;
            model.chatTemplate = must(text::compileChatTemplate(folder.source));
            model.templateVariables = Json{{"bos_token", "<s>"}, {"eos_token", "<|endoftext|>"}};
            models.push_back(std::move(model));
        }
        int rows = 0;
        int trained = 0;
        for (std::uint64_t round = 0; round < rounds; ++round) {
            const std::size_t which = below(random, models.size());
            const text::TextModel& model = models[which];
            const text::Conversation conversation = randomConversation(random, m_folders[which].source);
            const text::TrainOn trainOn =
                std::vector{text::TrainOn::Assistant, text::TrainOn::LastAssistant, text::TrainOn::All}[random() % 3];
            const Result<text::EncodedRow> result = text::encodeConversation(model, conversation, trainOn);
            if (!result.ok()) {
                continue;
            }
            ++rows;
            const text::EncodedRow& row = result.value();
            const std::string where =
                "round " + std::to_string(round) + " " + m_folders[which].name + ": " + dumpJson(Json(row.text));
            QVERIFY2(row.labels.size() == row.ids.size() && row.spans.size() == row.ids.size() &&
                         row.message.size() == row.ids.size(),
                     where.c_str());
            QVERIFY2(row.silentReason.empty() == (row.labelCount() > 0), (where + " " + row.silentReason).c_str());
            trained += row.labelCount() > 0 ? 1 : 0;
            for (std::size_t i = 0; i < row.ids.size(); ++i) {
                QVERIFY2(row.labels[i] == row.ids[i] || row.labels[i] == text::kIgnore, where.c_str());
                // The words of a message that is not chosen are never trained.
                if (row.labels[i] != text::kIgnore && row.message[i] >= 0) {
                    const text::Message& message = conversation.messages[static_cast<std::size_t>(row.message[i])];
                    const bool shared =
                        i > 0 && row.message[i - 1] != row.message[i]; // a token may reach over the border of two texts
                    QVERIFY2(shared || (message.weight() != 0.0 &&
                                        (trainOn == text::TrainOn::All || message.role() == "assistant")),
                             where.c_str());
                }
            }
        }
        qInfo("%d rows, %d with labels", rows, trained);
        QVERIFY(rows > 0 && trained > 0);
    }
};

QTEST_APPLESS_MAIN(TestTemplateFuzz)
#include "test_template_fuzz.moc"
