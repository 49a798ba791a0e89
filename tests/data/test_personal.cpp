// Personal data: every case of golden/data/personal to the byte, more of each kind, and redaction.
#include "data/check_codes.h"
#include "data/personal.h"
#include "data_support.h"
#include "support/golden.h"
#include "support/results.h"

#include <QtTest>

#include <random>

using namespace fettle;
using namespace fettle::data;
using fettle::test::must;

namespace {

std::string kindName(PersonalKind kind) {
    return kind == PersonalKind::ApiKey ? "key" : personalKindName(kind); // as the golden set calls it
}

std::string listOf(const std::string& text) {
    std::string out;
    for (const PersonalSpan& span : findPersonal(text)) {
        out += (out.empty() ? "" : " | ") + std::string(personalKindName(span.kind)) + ":" +
               text.substr(span.begin, span.end - span.begin);
    }
    return out;
}

} // namespace

class TestPersonal : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void goldenCases() {
        const Json cases = must(readJsonFile(goldenRoot() + "/data/personal/cases.json"));
        int compared = 0;
        for (const Json& one : cases) {
            const auto text = one["text"].get<std::string>();
            const auto found = findPersonal(text);
            const std::string shown = text + "  ->  " + listOf(text);
            if (one.contains("spans")) {
                QVERIFY2(found.size() == one["spans"].size(), shown.c_str());
                for (std::size_t i = 0; i < found.size(); ++i) {
                    QVERIFY2(kindName(found[i].kind) == one["spans"][i]["type"].get<std::string>() &&
                                 one["spans"][i]["span"] == Json::array({found[i].begin, found[i].end}),
                             shown.c_str());
                }
            } else {
                const auto type = one["type"].get<std::string>();
                int ofType = 0;
                bool exact = false;
                for (const PersonalSpan& span : found) {
                    ofType += kindName(span.kind) == type ? 1 : 0;
                    exact = exact || (kindName(span.kind) == type && one.contains("span") &&
                                      one["span"] == Json::array({span.begin, span.end}));
                }
                QVERIFY2(one.contains("span") ? exact && found.size() == 1 : ofType == 0, shown.c_str());
            }
            ++compared;
        }
        QVERIFY(compared > 50);
    }

    void moreOfEachKind_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("found");
        const auto row = [](const char* text, const char* found) {
            QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(found);
        };
        row("write to jo@example.org.", "email:jo@example.org");
        row("<jo@example.org>,mailto:ann@example.com?x=1", "email:jo@example.org | email:ann@example.com");
        row("wait...jo@example.org-today", "email:jo@example.org");
        row("a..b@example.org and x@y and @handle and 5@3.2", "");
        row("call +44 (0)20 7946 0958 or 0049 30 901820", "phone:+44 (0)20 7946 0958 | phone:0049 30 901820");
        row("+1-415-555-0132, 415.555.0132, (030) 901820",
            "phone:+1-415-555-0132 | phone:415.555.0132 | phone:(030) 901820");
        row("01 23 45 67 89", "phone:01 23 45 67 89");
        row("手机13812345678或138 1234 5678", "phone:13812345678 | phone:138 1234 5678");
        row("0 1 2 3 4 5 6 7 8 9, 01.02.2024 10:30, 2024-03-01 12:00:00, 007-1, +3.14159265", "");
        row("id 4155550132000000001, 12345678901, 1234-5678-9012, 10 000 000 000", "");
        row("ISBN 978-0-306-40615-7, 100-200-3000", "");
        row("4111-1111-1111-1111 12/26", "card:4111-1111-1111-1111");
        row("4111 1111 1111 1112, 4111111111111111111", "");
        row("DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000!",
            "iban:DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000");
        row("XDE89370400440532013000 DE893704004405320130001", "");
        row("http://192.0.2.17:8080/x, 10.0.0.1.", "ipv4:192.0.2.17 | ipv4:10.0.0.1");
        row("version 1.2.3.4, v1.2.3.4, 1.2.3.4-rc1, 1.2.3.4.5, 300.1.1.1", "");
        row("[2001:db8::1]:443 ::ffff:192.0.2.17 fe80::1.", "ipv6:2001:db8::1 | ipv6:::ffff:192.0.2.17 | ipv6:fe80::1");
        row("std::vector a::b 10:20:30:40 00:1a:2b:3c:4d:5e f1::f2 ::", "");
        row("key=AIzaSyA1234567890abcdefghijklmnopqrstuv", "api_key:AIzaSyA1234567890abcdefghijklmnopqrstuv");
        row("sk-this-is-only-a-sentence-with-hyphens hf_short ghp_", "");
        row("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N",
            "api_key:eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N");
        row("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\nx",
            "api_key:-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----");
        row("-----BEGIN PUBLIC KEY-----", "");
        row("000-000-0000, 0000 0000 0000, 123-45-6789, 1.234.567.890, x[1::2]", "");
        row("0044 20 7946 0958; 0171 1234567; 06-12345678; (03) 5555 1234; 1-800-555-0199",
            "phone:0044 20 7946 0958 | phone:0171 1234567 | phone:06-12345678 | phone:(03) 5555 1234 | "
            "phone:1-800-555-0199");
        row("+33 1 42 68 53 00, +81 3-1234-5678, +91 98765 43210, +41446681800, +1.415.555.0132, +49 (0)30 901820",
            "phone:+33 1 42 68 53 00 | phone:+81 3-1234-5678 | phone:+91 98765 43210 | phone:+41446681800 | "
            "phone:+1.415.555.0132 | phone:+49 (0)30 901820");
        row("3056 9309 0259 04, 5105 1051 0510 5100, 2223003122003222, 4222222222222, 371449635398431",
            "card:3056 9309 0259 04 | card:5105 1051 0510 5100 | card:2223003122003222 | card:4222222222222 | "
            "card:371449635398431");
        row("490154203237518, 9999999999999995", "");
        row("NL91ABNA0417164300, MT84MALT011000012345MTLCAST001S, NO93 8601 1117 947, LI21 0881 0000 2324 013A A",
            "iban:NL91ABNA0417164300 | iban:MT84MALT011000012345MTLCAST001S | iban:NO93 8601 1117 947 | iban:LI21 0881 "
            "0000 2324 013A A");
        row("2001:0db8:0000:0000:0000:ff00:0042:8329 64:ff9b::192.0.2.33 fe80:: ff02::1",
            "ipv6:2001:0db8:0000:0000:0000:ff00:0042:8329 | ipv6:64:ff9b::192.0.2.33 | ipv6:fe80:: | ipv6:ff02::1");
        row("2001:db8:::1 12345::1 1:2:3:4:5:6:7 gggg::1 2001:db8::g ::1:: 1200::AB00:1234::2552", "");
        row("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",
            "api_key: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");
    }
    void moreOfEachKind() {
        QFETCH(QString, text);
        QFETCH(QString, found);
        QCOMPARE(QString::fromStdString(listOf(text.toStdString())), found);
    }

    void redactionLeavesTheRest() {
        std::int64_t count = 0;
        QCOMPARE(redactPersonal("Ann <ann@example.org>, 192.0.2.17; bye", &count),
                 std::string("Ann <[EMAIL]>, [IPV4]; bye"));
        QCOMPARE(count, std::int64_t{2});
        QCOMPARE(redactPersonal("nothing here"), std::string("nothing here"));
        Sample sample;
        sample.kind = SampleKind::Chat;
        sample.row = must(parseJson(R"({"messages":[{"role":"user","content":"I am ann@example.org"},
            {"role":"assistant","content":"Hi","tool_calls":[{"function":{"name":"mail","arguments":{"to":"bob@example.org"}}}]}],
            "metadata":{"from":"10.0.0.1","n":4}})"));
        const RedactedRow redacted = redactRow(sample);
        QCOMPARE(redacted.replaced, std::int64_t{3});
        QVERIFY(findPersonal(dumpJson(redacted.sample.row)).empty());
        QCOMPARE(redacted.sample.row["metadata"]["n"].get<int>(), 4);
        QCOMPARE(redacted.sample.row["messages"][0]["content"].get<std::string>(), std::string("I am [EMAIL]"));
        QVERIFY(redactRow(redacted.sample).replaced == 0);
    }

    // Whatever stands around: spans are in order, apart, inside the text, and redacting leaves none.
    void anyBytes() {
        std::mt19937_64 random(19);
        static const std::vector<std::string> pieces = {"@",
                                                        ".",
                                                        "-",
                                                        "+",
                                                        "(",
                                                        ")",
                                                        " ",
                                                        ":",
                                                        "::",
                                                        "/",
                                                        "0",
                                                        "4111 1111 1111 1111",
                                                        "jo@example.org",
                                                        "DE89 3704 0044 0532 0130 00",
                                                        "192.0.2.17",
                                                        "fe80::1",
                                                        "+41 44 668 18 00",
                                                        "sk-",
                                                        "eyJ",
                                                        "-----BEGIN ",
                                                        "PRIVATE KEY-----",
                                                        "\xff",
                                                        "\xe2\x80",
                                                        "é",
                                                        "字",
                                                        "A",
                                                        "b",
                                                        "_",
                                                        "12",
                                                        "20",
                                                        "\xC2\xA0"};
        for (int round = 0; round < 20000; ++round) {
            std::string text;
            for (std::size_t n = random() % 14; n > 0; --n) {
                text += pieces[random() % pieces.size()];
            }
            std::size_t last = 0;
            for (const PersonalSpan& span : findPersonal(text)) {
                QVERIFY2(span.begin >= last && span.end > span.begin && span.end <= text.size(), text.c_str());
                last = span.end;
            }
        }
    }

    void namesAndCodes() {
        for (int kind = 1; kind <= static_cast<int>(PersonalKind::ApiKey); ++kind) {
            const CheckInfo* info = findCheck(personalCheckCode(static_cast<PersonalKind>(kind)));
            QVERIFY(info != nullptr && info->family == CheckFamily::Personal);
        }
    }
};

QTEST_APPLESS_MAIN(TestPersonal)
#include "test_personal.moc"
