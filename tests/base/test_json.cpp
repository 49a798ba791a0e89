// The strict parser: what it takes, what it refuses, and where it says the fault is.
#include "base/json.h"

#include <QtTest>

#include <cmath>

using namespace fettle;

class TestJson : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void goodDocuments() {
        const std::vector<std::pair<std::string, std::string>> cases = {
            {" {} ", "{}"},
            {"[]", "[]"},
            {"\t[ 1 , -2,\r\n3.5 ]\n", "[1,-2,3.5]"},
            {"{\"b\":1,\"a\":{\"c\":[true,false,null]}}", "{\"b\":1,\"a\":{\"c\":[true,false,null]}}"},
            {"\"\\\"\\\\\\/\\b\\f\\n\\r\\tA\"", "\"\\\"\\\\/\\b\\f\\n\\r\\tA\""},
            {"\"\\ud83d\\ude00 é\"", "\"\xF0\x9F\x98\x80 \xC3\xA9\""},
            {"9223372036854775807", "9223372036854775807"},
            {"18446744073709551615", "18446744073709551615"},
            {"-9223372036854775808", "-9223372036854775808"},
            {"-0", "0"},
            {"1E2", "100.0"},
            {"0.1", "0.1"},
            {"1e-400", "0.0"},
            {"0.00000000000000000000000000000000000000000000000000000000000000000000000000000001e-300", "0.0"},
            {"\"\x7F\"", "\"\x7F\""},
        };
        for (const auto& [text, wanted] : cases) {
            JsonParseError fault;
            const auto value = parseJsonDetailed(text, fault);
            QVERIFY2(value.has_value(), (text + ": " + fault.reason).c_str());
            QVERIFY2(dumpJson(*value) == wanted, (text + " gave " + dumpJson(*value)).c_str());
        }
        JsonParseError fault;
        QVERIFY(parseJsonDetailed("12345678901234567890123", fault)->is_number_float());
    }

    void faults() {
        struct Case {
            std::string text;
            JsonFault fault;
            std::string key;
            std::int64_t line;
            std::int64_t column;
        };
        const std::vector<Case> cases = {
            {"", JsonFault::Syntax, "", 1, 1},
            {"{", JsonFault::Syntax, "", 1, 2},
            {"{} x", JsonFault::Syntax, "", 1, 4},
            {"{\"a\":1,}", JsonFault::Syntax, "a", 1, 8},
            {"{\"a\" 1}", JsonFault::Syntax, "a", 1, 6},
            {"{'a':1}", JsonFault::Syntax, "", 1, 2},
            {"[1 2]", JsonFault::Syntax, "[1]", 1, 4},
            {"[1,]", JsonFault::Syntax, "[1]", 1, 4},
            {"{\n \"a\": [0,\n  01]}", JsonFault::Syntax, "a[1]", 3, 3},
            {"[+1]", JsonFault::Syntax, "[0]", 1, 2},
            {"[.5]", JsonFault::Syntax, "[0]", 1, 2},
            {"[1.]", JsonFault::Syntax, "[0]", 1, 4},
            {"[1e]", JsonFault::Syntax, "[0]", 1, 4},
            {"[-]", JsonFault::Syntax, "[0]", 1, 2},
            {"[0x10]", JsonFault::Syntax, "[0]", 1, 2},
            {"[nul]", JsonFault::Syntax, "[0]", 1, 2},
            {"[truex]", JsonFault::Syntax, "[0]", 1, 2},
            {"[\"a\nb\"]", JsonFault::Syntax, "[0]", 1, 4},
            {"[\"\\x\"]", JsonFault::Syntax, "[0]", 1, 3},
            {"[\"\\u12G4\"]", JsonFault::Syntax, "[0]", 1, 3},
            {"[\"abc", JsonFault::Syntax, "[0]", 1, 2},
            {"[NaN]", JsonFault::NonFinite, "[0]", 1, 2},
            {"{\"a\":-Infinity}", JsonFault::NonFinite, "a", 1, 6},
            {"[1e999]", JsonFault::NumberRange, "[0]", 1, 2},
            {"[\"\\ud83d\"]", JsonFault::InvalidUnicode, "[0]", 1, 3},
            {"[\"\\ude00\"]", JsonFault::InvalidUnicode, "[0]", 1, 3},
            {"[\"\\ud83d\\u0041\"]", JsonFault::InvalidUnicode, "[0]", 1, 3},
            {"[\"\xC3\"]", JsonFault::InvalidUtf8, "", 1, 3},
            {"[\"abcdefgh\xED\xA0\x80\"]", JsonFault::InvalidUtf8, "", 1, 11},
            {"{\"m\":[{\"r\":1,\"r\":2}]}", JsonFault::DuplicateKey, "m[0].r", 1, 14},
        };
        for (const Case& c : cases) {
            JsonParseError fault;
            QVERIFY2(!parseJsonDetailed(c.text, fault), c.text.c_str());
            const std::string found = c.text + ": '" + fault.key + "' " + std::to_string(fault.line) + ':' +
                                      std::to_string(fault.column) + ' ' + fault.reason;
            QVERIFY2(fault.fault == c.fault && fault.key == c.key && fault.line == c.line && fault.column == c.column &&
                         !fault.reason.empty(),
                     found.c_str());
        }
    }

    void manyKeys() {
        std::string text = "{";
        for (int i = 0; i < 200; ++i) {
            text += (i > 0 ? ",\"k" : "\"k") + std::to_string(i) + "\":" + std::to_string(i);
        }
        JsonParseError fault;
        const auto value = parseJsonDetailed(text + "}", fault);
        QVERIFY(value.has_value() && value->size() == 200);
        QVERIFY(!parseJsonDetailed(text + ",\"k7\":1}", fault));
        QCOMPARE(fault.fault, JsonFault::DuplicateKey);
        QVERIFY(!parseJsonDetailed(text + ",\"k199\":1}", fault));
        QCOMPARE(fault.fault, JsonFault::DuplicateKey);
    }

    void depth() {
        JsonParseError fault;
        QVERIFY(parseJsonDetailed(std::string(128, '[') + std::string(128, ']'), fault));
        QVERIFY(!parseJsonDetailed(std::string(129, '[') + std::string(129, ']'), fault));
        QCOMPARE(fault.fault, JsonFault::TooDeep);
        QVERIFY(!parseJsonDetailed(std::string(1'000'000, '['), fault));
        QCOMPARE(fault.fault, JsonFault::TooDeep);
    }

    void nonFiniteWhereAllowed() {
        JsonParseError fault;
        JsonOptions options;
        options.allowNonFinite = true;
        const auto value =
            parseJsonDetailed("{\"a\":NaN,\"b\":-Infinity,\"c\":Infinity,\"d\":\"NaN\"}", fault, options);
        QVERIFY(value.has_value());
        QCOMPARE(dumpJson(*value), std::string("{\"a\":null,\"b\":null,\"c\":null,\"d\":\"NaN\"}"));
    }
};

QTEST_APPLESS_MAIN(TestJson)
#include "test_json.moc"
