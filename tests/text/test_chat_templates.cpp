// Whole chat templates over whole conversations: text, failures, clock formats, generation blocks, and where message
// contents end up.
#include "template_cases.h"

#include "base/utf8.h"
#include "text/python_unicode.h"

#include <QtTest>

using namespace fettle;
using namespace fettle::test;

namespace {

std::string show(const std::string& text) {
    return dumpJson(Json(text));
}

/// Texts of the spans of one message.
std::vector<std::string> spanTexts(const text::Rendered& rendered, int message) {
    std::vector<std::string> out;
    for (const text::MessageSpan& span : rendered.spans) {
        if (span.message == message) {
            out.push_back(rendered.text.substr(span.bytes.begin, span.bytes.end - span.bytes.begin));
        }
    }
    return out;
}

text::Rendered render(const std::string& source, const std::string& messages) {
    const auto compiled = must(text::compileChatTemplate(source));
    return must(compiled->render(must(text::conversationFromJson(must(parseJson(messages)))), {}));
}

} // namespace

class TestChatTemplates : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void goldenTemplates() {
        const TemplateWorld world;
        int texts = 0;
        int errors = 0;
        int clocks = 0;
        int generations = 0;
        std::string failures;
        const std::vector<TemplateFolder> folders = templateFolders();
        for (const TemplateFolder& folder : folders) {
            const auto compiled = must(text::compileChatTemplate(folder.source));
            for (const Json& row : folder.rows) {
                const std::string where = folder.name + "/" + row.at("conversation").get<std::string>() +
                                          (row.at("add_generation_prompt").get<bool>() ? "+prompt" : "");
                const text::Conversation conversation = world.conversation(row.at("conversation").get<std::string>());
                text::RenderOptions options = world.options(row);
                text::TemplateFault fault;
                const Result<text::Rendered> result = compiled->render(conversation, options, &fault);
                if (const auto error = row.find("error"); error != row.end()) {
                    ++errors;
                    const bool same = !result.ok() && fault.kind == error->at("kind").get<std::string>() &&
                                      (error->find("message") == error->end() ||
                                       fault.message == error->at("message").get<std::string>());
                    if (!same) {
                        failures += "\n" + where + ": wanted " + dumpJson(*error) + ", got " +
                                    (result.ok() ? show(result.value().text) : fault.kind + " " + fault.message);
                    }
                    continue;
                }
                ++texts;
                if (!result.ok()) {
                    failures +=
                        "\n" + where + ": " + fault.kind + " " + fault.message + " line " + std::to_string(fault.line);
                    continue;
                }
                const text::Rendered& rendered = result.value();
                if (rendered.text != row.at("text").get<std::string>()) {
                    failures += "\n" + where + ":\n  got    " + show(rendered.text) + "\n  wanted " +
                                show(row.at("text").get<std::string>());
                    continue;
                }
                if (const auto pattern = row.find("text_with_clock_formats"); pattern != row.end()) {
                    ++clocks;
                    options.clock = [](const std::string& format) { return "\xE2\x9F\xA6" + format + "\xE2\x9F\xA7"; };
                    const text::Rendered formats = must(compiled->render(conversation, options));
                    failures += formats.text == pattern->get<std::string>()
                                    ? ""
                                    : "\n" + where + ": clock formats " + show(formats.text);
                }
                if (const auto spans = row.find("generation_spans"); spans != row.end()) {
                    ++generations;
                    Json got = Json::array();
                    for (const text::ByteSpan& span : rendered.generation) {
                        got.push_back(Json::array({span.begin, span.end}));
                    }
                    failures += got == *spans
                                    ? ""
                                    : "\n" + where + ": generation " + dumpJson(got) + " wanted " + dumpJson(*spans);
                }
                checkSpans(where, conversation, rendered, failures);
            }
        }
        qInfo("%zu templates, %d texts (%d with clock, %d with generation blocks), %d failures expected; %d contents "
              "found, %d not",
              folders.size(), texts, clocks, generations, errors, m_found, m_notFound);
        QVERIFY(texts > 0 && errors > 0);
        QVERIFY2(failures.empty(), failures.c_str());
    }

    void equalContentsKeepTheirPlaces() {
        const text::Rendered rendered = render(
            "{% for m in messages %}<{{ m.role }}>{{ m.content }}\n{% endfor %}",
            R"([{"role":"user","content":"user"},{"role":"assistant","content":"user"},{"role":"user","content":"user"}])");
        QVERIFY(rendered.text == "<user>user\n<assistant>user\n<user>user\n");
        QCOMPARE(rendered.spans.size(), std::size_t{3});
        const std::vector<std::uint32_t> begins{6, 22, 33};
        for (std::size_t i = 0; i < 3; ++i) {
            QCOMPARE(rendered.spans[i].message, static_cast<int>(i));
            QCOMPARE(rendered.spans[i].bytes.begin, begins[i]);
            QCOMPARE(rendered.spans[i].bytes.end, begins[i] + 4);
        }
    }

    void contentsInsideTemplateTextAreNotTaken() {
        // "a" stands all over the template; the message that is not shown must have no span.
        const text::Rendered rendered = render(
            "{% for m in messages if m.role != 'system' %}a{{ m.role }} says: {{ m.content }} a\n{% endfor %}",
            R"([{"role":"system","content":"a"},{"role":"user","content":"says"},{"role":"assistant","content":"a"}])");
        QVERIFY(spanTexts(rendered, 0).empty());
        QCOMPARE(rendered.spans.size(), std::size_t{2});
        QCOMPARE(rendered.spans[0].bytes.begin, 12U);
        QCOMPARE(rendered.spans[1].bytes.begin, static_cast<std::uint32_t>(rendered.text.size() - 4));
    }

    void trimmedAndReplacedContents() {
        const std::string rows =
            R"([{"role":"user","content":"  hi there \n"},{"role":"assistant","content":"\n\nyes"}])";
        text::Rendered rendered = render("{% for m in messages %}[{{ m.content | trim }}]{% endfor %}", rows);
        QVERIFY(spanTexts(rendered, 0) == std::vector<std::string>{"hi there"});
        QVERIFY(spanTexts(rendered, 1) == std::vector<std::string>{"yes"});
        rendered = render("{% for m in messages %}[{{ m.content.strip().replace('x', 'y') }}]{% endfor %}", rows);
        QVERIFY(spanTexts(rendered, 0) == std::vector<std::string>{"hi there"});
        rendered = render("{{ '%s|%s' % (messages[0].content, messages[1]['content']) }}", rows);
        QVERIFY(spanTexts(rendered, 1) == std::vector<std::string>{"\n\nyes"});
        rendered = render("{{ messages | map(attribute='content') | map('trim') | join('--') }}", rows);
        QVERIFY(spanTexts(rendered, 0) == std::vector<std::string>{"hi there"});
        QVERIFY(spanTexts(rendered, 1) == std::vector<std::string>{"yes"});
    }

    void changedContentsAreNotFound() {
        const std::string rows =
            R"([{"role":"user","content":"hello big world"},{"role":"assistant","content":"OK 5"}])";
        text::Rendered rendered = render("{% for m in messages %}{{ m.content | upper }};{% endfor %}", rows);
        QVERIFY(spanTexts(rendered, 0).empty());
        QVERIFY(spanTexts(rendered, 1) == std::vector<std::string>{"OK 5"});
        rendered = render("{% for m in messages %}{{ m.content[:4] }};{% endfor %}", rows);
        QVERIFY(spanTexts(rendered, 0).empty());
        QVERIFY(spanTexts(rendered, 1) == std::vector<std::string>{"OK 5"});
        rendered = render("{{ messages | length }} hello big world {{ messages[1].content }}", rows);
        QVERIFY(spanTexts(rendered, 0).empty());
        rendered = render("{{ messages | tojson }}", rows);
        QVERIFY(spanTexts(rendered, 0) == std::vector<std::string>{"hello big world"});
        rendered = render("{{ messages }}", rows);
        QVERIFY(spanTexts(rendered, 1) == std::vector<std::string>{"OK 5"});
    }

    void thoughtsCutOutAndPutBack() {
        const std::string source = "{% for m in messages %}{% set c = m.content %}{% if '</think>' in c %}{% set t = "
                                   "c.split('</think>')[0].split('<think>')[-1].strip() %}"
                                   "{% set c = c.split('</think>')[-1].lstrip() %}{% if loop.last %}{{ '<think>\\n' + "
                                   "t + '\\n</think>\\n\\n' }}{% endif %}{% endif %}{{ c }}\n{% endfor %}";
        const std::string rows =
            R"([{"role":"assistant","content":"<think>first</think>one"},{"role":"assistant","content":"<think>\nsecond\n</think>\n\ntwo"}])";
        const text::Rendered rendered = render(source, rows);
        QVERIFY2(rendered.text == "one\n<think>\nsecond\n</think>\n\ntwo\n", rendered.text.c_str());
        QVERIFY(spanTexts(rendered, 0) == std::vector<std::string>{"one"});
        QVERIFY(spanTexts(rendered, 1) == std::vector<std::string>{"<think>\nsecond\n</think>\n\ntwo"});
    }

    void emptyContentsHaveAPlace() {
        const text::Rendered rendered =
            render("{% for m in messages %}<{{ m.role }}>{{ m.content | trim }}</>{% endfor %}",
                   R"([{"role":"user","content":""},{"role":"assistant","content":" \n"},{"role":"user"}])");
        QCOMPARE(rendered.spans.size(), std::size_t{2});
        QCOMPARE(rendered.spans[0].bytes.begin, 6U);
        QCOMPARE(rendered.spans[0].bytes.end, 6U);
        QCOMPARE(rendered.spans[1].bytes.begin, 20U);
    }

    void partsOfAContent() {
        const text::Rendered rendered = render(
            "{% for m in messages %}{% for p in m.content %}{{ p.text if p.type == 'text' else '<image>' }}{% endfor "
            "%};{% endfor %}",
            R"([{"role":"user","content":[{"type":"text","text":"one"},{"type":"image"},{"type":"text","text":"two"}]}])");
        QVERIFY(rendered.text == "one<image>two;");
        QVERIFY(spanTexts(rendered, 0) == (std::vector<std::string>{"one", "two"}));
    }

    void generationBlocksKnowTheirMessage() {
        const std::string rows =
            R"([{"role":"user","content":"q"},{"role":"assistant","content":"a"},{"role":"assistant","content":"","tool_calls":[{"f":1}]}])";
        text::Rendered rendered = render("{% for m in messages %}{% if m.role == 'assistant' %}{% generation %}{{ "
                                         "m.content }}{% for t in m.tool_calls or [] %}T{% endfor %}"
                                         "{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}",
                                         rows);
        QVERIFY((rendered.generationMessage == std::vector<int>{1, 2}));
        // In a macro and in a set block, with offsets right.
        rendered = render("{% macro say(m) %}<{% generation %}{{ m.content }}!{% endgeneration %}>{% endmacro %}{% for "
                          "m in messages %}xx{% set line %}{{ say(m) }}{% endset %}"
                          "{{ line | trim }}{% endfor %}",
                          rows);
        QVERIFY2(rendered.text == "xx<q!>xx<a!>xx<!>", rendered.text.c_str());
        QVERIFY((rendered.generation == std::vector<text::ByteSpan>{{3, 5}, {9, 11}, {15, 16}}));
        QVERIFY((rendered.generationMessage == std::vector<int>{0, 1, 2}));
        QVERIFY(rendered.hasGenerationTags);
    }

    void whatTransformersDoesAround() {
        text::TemplateFault fault;
        const auto compiled =
            must(text::compileChatTemplate("{{ bos_token }}{{ messages[0] }}{{ tools }}{{ documents }}{{ "
                                           "add_generation_prompt }}{{ pad_token is defined }}"));
        QVERIFY(!compiled->render({}, {}, &fault).ok());
        QVERIFY(fault.kind == "runtime");
        text::RenderOptions options;
        options.variables = Json{{"bos_token", "<s>"}};
        const auto rendered =
            must(compiled->render(must(text::conversationFromJson(
                                      must(parseJson(R"([{"role":"user","content":null,"thinking":"t","x":1}])")))),
                                  options));
        QVERIFY2(rendered.text ==
                     "<s>{'thinking': 't', 'role': 'user', 'x': 1, 'reasoning_content': 't'}NoneNoneFalseFalse",
                 rendered.text.c_str());
        options.variables["add_generation_prompt"] = "mine";
        const auto other =
            must(compiled->render(must(text::conversationFromJson(must(parseJson(R"([{"role":"user"}])")))), options));
        QVERIFY(other.text == "<s>{'role': 'user'}NoneNonemineFalse");
    }

    void conversationsFromJson() {
        QCOMPARE(errorOf(text::conversationFromJson(must(parseJson("{}")))).code, ErrorCode::InvalidInput);
        QVERIFY(errorOf(text::conversationFromJson(must(parseJson(R"([{"role":"user"},{"content":"x"}])")))).key ==
                "messages[1].role");
        QVERIFY(errorOf(text::conversationFromJson(must(parseJson(R"({"messages":[],"tools":3})")))).key == "tools");
        const text::Conversation conversation = must(text::conversationFromJson(
            must(parseJson(R"({"messages":[{"role":"assistant","content":"a","weight":0}],"tools":[]})"))));
        QCOMPARE(conversation.messages.front().weight(), 0.0);
        QVERIFY(conversation.messages.front().content() == "a" && conversation.tools.is_array() &&
                conversation.documents.is_null());
    }

private:
    /// A span of a message shows its content (white space at the ends aside); a content that stands in the text as it
    /// is has one.
    void checkSpans(const std::string& where, const text::Conversation& conversation, const text::Rendered& rendered,
                    std::string& failures) {
        const auto strip = [](const std::string& text) { // templates indent and trim
            std::u32string points = text::python::toCodePoints(text);
            std::erase_if(points, text::python::isSpace);
            std::string out;
            std::for_each(points.begin(), points.end(), [&out](char32_t c) { appendUtf8(out, c); });
            return out;
        };
        for (std::size_t i = 0; i < conversation.messages.size(); ++i) {
            const std::string content = conversation.messages[i].content();
            const std::vector<std::string> texts = spanTexts(rendered, static_cast<int>(i));
            const std::string bare = strip(content);
            if (bare.empty()) {
                continue;
            }
            (texts.empty() ? m_notFound : m_found) += 1;
            for (const std::string& text : texts) {
                const bool isTail = bare.size() > text.size() &&
                                    bare.compare(bare.size() - strip(text).size(), std::string::npos, strip(text)) == 0;
                const bool isThought = bare.find("</think>") != std::string::npos;
                if (strip(text) != bare && !(isThought && (isTail || text.find("</think>") != std::string::npos))) {
                    failures += "\n" + where + ": span of message " + std::to_string(i) + " is " + show(text);
                }
            }
        }
    }

    int m_found = 0;
    int m_notFound = 0;
};

QTEST_APPLESS_MAIN(TestChatTemplates)
#include "test_chat_templates.moc"
