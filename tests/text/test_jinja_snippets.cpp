// Small templates, one feature each, against the text or the kind of failure that Jinja gives.
#include "template_cases.h"

#include <QtTest>

#include <map>

using namespace fettle;
using namespace fettle::test;

class TestJinjaSnippets : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void goldenSnippets() {
        const Json file = must(readJsonFile(goldenRoot() + "/text/templates/snippets.json"));
        const std::tm moment = momentOf(file.at("clock").get<std::string>());
        const auto clock = [&moment](const std::string& format) { return text::formatTime(moment, format); };
        std::map<std::string, int> groups;
        std::string failures;
        for (const Json& snippet : file.at("snippets")) {
            const auto id = snippet.at("id").get<std::string>();
            ++groups[id.substr(0, id.find('/'))];
            text::TemplateFault fault;
            const Result<std::string> result =
                text::renderSnippet(snippet.at("template").get<std::string>(), file.at("data"), &fault, clock);
            std::string got = result.ok() ? "text " + result.value() : "error " + fault.kind;
            std::string wanted;
            if (const auto error = snippet.find("error"); error != snippet.end()) {
                wanted = "error " + error->at("kind").get<std::string>();
                if (const auto message = error->find("message"); message != error->end() && !result.ok()) {
                    wanted += ": " + message->get<std::string>();
                    got += ": " + fault.message;
                }
            } else {
                wanted = "text " + snippet.at("text").get<std::string>();
            }
            if (got != wanted) {
                failures += "\n" + id + "\n  got    " + got + "\n  wanted " + wanted +
                            (result.ok() ? "" : "\n  " + fault.message);
            }
        }
        int count = 0;
        for (const auto& [group, size] : groups) {
            count += size;
        }
        qInfo("%d snippets in %zu groups", count, groups.size());
        QVERIFY(count > 0);
        QVERIFY2(failures.empty(), failures.c_str());
    }

    void failuresNameTheLine() {
        text::TemplateFault fault;
        QVERIFY(!text::renderSnippet("a\nb\n{{ 1 / 0 }}\n", Json::object(), &fault).ok());
        QCOMPARE(fault.line, 3);
        QVERIFY(!text::renderSnippet("a\n{% if x %}\n{{ 'a' | nosuch2( }}", Json::object(), &fault).ok());
        QCOMPARE(fault.line, 3);
        QVERIFY(!text::renderSnippet("\xFF", Json::object(), &fault).ok());
        QVERIFY(fault.kind == "syntax");
    }

    void unknownFiltersInsideConditionsFailWhenReached() {
        text::TemplateFault fault;
        QVERIFY(text::renderSnippet("{% if false %}{{ 1 | nosuch }}{% endif %}", Json::object()).ok());
        QVERIFY(text::renderSnippet("{{ (1 | nosuch) if false else 2 }}", Json::object()).ok());
        QVERIFY(!text::renderSnippet("{% if true %}{{ 1 | nosuch }}{% endif %}", Json::object(), &fault).ok());
        QVERIFY(fault.kind == "runtime");
        QVERIFY(!text::renderSnippet("{% for x in [] %}{{ 1 | nosuch }}{% endfor %}", Json::object(), &fault).ok());
        QVERIFY(fault.kind == "syntax");
    }

    /// Corners of the reference that real templates lean on without knowing.
    void cornersOfTheReference() {
        const std::vector<std::pair<std::string, std::string>> cases{
            {"{% for x in [1, 2] %}{% break %}{% else %}e{% endfor %}", "e"}, // no pass got to its end
            {"{% for x in [1, 2] %}{% continue %}{% else %}e{% endfor %}", "e"},
            {"{% for x in [1, 2] %}{{ x }}{% if x == 2 %}{% break %}{% endif %}{% else %}e{% endfor %}", "12"},
            {"{{ none | map('upper') | list }}{{ 0 | reject | list }}{{ missing | selectattr('a') | list }}", "[][][]"},
            {"{{ [1, 2] | map('nosuch') is defined }}", "True"}, // made when asked for
            {"{{ 'a%sb' % missing }}|{{ '%%' % {} }}|{{ '%s' % [1, 2] }}", "ab|%|[1, 2]"},
            {"{{ missing.__class__ }}|{{ range(4).count(1) }}|{{ '{:5}'.format(true) }}|", "|1|    1|"},
            {"{{ 'ΑΣ'.lower() }}|{{ 'ŉ'.upper() }}|{{ \"they're\".title() }}", "ας|ʼN|They'Re"},
            {"{{ 1e22 }} {{ 1e-5 }} {{ 123456789012345680.0 }} {{ 0.1 + 0.2 }} {{ -0.0 }}",
             "1e+22 1e-05 1.2345678901234568e+17 0.30000000000000004 -0.0"},
            {"{{ -7 // 2 }} {{ 7 // -2 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ -7.5 // 2 }} {{ -7.5 % 2 }}",
             "-4 -4 2 -2 -4.0 0.5"},
        };
        for (const auto& [source, wanted] : cases) {
            const Result<std::string> result = text::renderSnippet(source, Json::object());
            const std::string got = result.ok() ? result.value() : result.error().text();
            QVERIFY2(got == wanted, (source + ": " + got).c_str());
        }
    }

    /// What an untrusted template may not do to the program.
    void limitsHold() {
        const std::vector<std::string> greedy{
            "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
            "{{ 'abcdefgh' * 100000000 }}",
            "{{ [0] * 100000000 }}",
            "{% set ns = namespace(a='ab') %}{% for i in range(100) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}{{ ns.a "
            "}}",
            "{% set ns = namespace(a=[1]) %}{% for i in range(100) %}{% set ns.a = ns.a + ns.a %}{% endfor %}{{ ns.a "
            "}}",
            "{% set ns = namespace(a=[1]) %}{% for i in range(60) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ ns.a "
            "}}",
            "{% set ns = namespace(a=[1]) %}{% for i in range(100000) %}{% set ns.a = [ns.a] %}{% endfor %}{{ ns.a }}",
            "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
            "{% set ns = namespace() %}{% set ns.a = [ns] %}{{ ns }}",
            "{{ 9 ** 9 ** 9 ** 9 }}",
            "{{ '%1000000000d' % 1 }}",
            "{{ '{:1000000000}'.format(1) }}",
            "{{ 'x'.center(2000000000) }}",
            "{{ 'x'.ljust(10000000000000000000000) }}",
            "{{ range(100000) | map('string') | join('x' * 10000) }}",
            "{% set ns = namespace(g=[1]) %}{% for i in range(1000) %}{% set ns.g = ns.g | map('string') %}{% endfor "
            "%}{{ ns.g | list }}",
            "{{ {'a': 1} | tojson(indent=100000000) }}",
            "{{ 'a b' | indent(1000000000) }}",
            "{{ lipsum(n=100000000) }}",
            "{{ 'a' | truncate(-5) }}",
            std::string(100000, '(') + "1",
            "{{ " + std::string(100000, '(') + "1" + std::string(100000, ')') + " }}",
            "{{ " + std::string(100000, '-') + "1 }}",
            "{{ " + std::string(100000, '[') + std::string(100000, ']') + " }}",
        };
        for (const std::string& source : greedy) {
            text::TemplateFault fault;
            const Result<std::string> result = text::renderSnippet(source, Json::object(), &fault);
            if (source.front() != '(') {
                QVERIFY2(!result.ok(), source.substr(0, 100).c_str());
            }
        }
        std::string chain = "{{ 1";
        for (int i = 0; i < 50000; ++i) {
            chain += " + 1";
        }
        QVERIFY(!text::renderSnippet(chain + " }}", Json::object()).ok());
        std::string nested;
        for (int i = 0; i < 50000; ++i) {
            nested += "{% if true %}";
        }
        QVERIFY(!text::renderSnippet(nested, Json::object()).ok());
    }

    /// Objects that hold each other are freed (the address sanitizer watches).
    void cyclesAreFreed() {
        const Result<std::string> result = text::renderSnippet(
            "{% set ns = namespace() %}{% set ns.self_ = ns %}{% macro m() %}{{ ns }}{% endmacro %}{% set ns.m = m %}"
            "{% for x in [1, 2] recursive %}{% set l = loop %}{% set ns.l = loop %}"
            "{% if loop.changed(loop) %}c{% endif %}{% endfor %}ok",
            Json::object());
        QVERIFY(result.ok());
        QVERIFY2(result.value() == "ccok" || result.value() == "cok", result.value().c_str());
    }
};

QTEST_APPLESS_MAIN(TestJinjaSnippets)
#include "test_jinja_snippets.moc"
