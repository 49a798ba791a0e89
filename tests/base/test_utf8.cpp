// UTF-8: what is valid, where it stops being so, and what replaces it. The expected replacements are Python's
// bytes.decode("utf-8", "replace").
#include "base/utf8.h"

#include <QtTest>

#include <random>

using namespace fettle;

class TestUtf8 : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void findsTheFirstFault();
    void replacesAsPython();
    void everyScalarValueRoundTrips();
    void tailsHoldBackWhatMayStillCome();
    void streamsInAnyPiecesEqualTheWhole();
};

static const std::string kBad = "\xEF\xBF\xBD";

void TestUtf8::findsTheFirstFault() {
    using Case = std::pair<std::string, std::optional<std::size_t>>;
    for (const auto& [text, place] : std::vector<Case>{
             {"", {}},
             {"plain", {}},
             {"größe 漢字 😀", {}},
             {std::string("a\0b", 3), {}},
             {"ab\xff", 2},
             {"\x80", 0},
             {"a\xC3", 1},
             {"a\xC3(", 1},
             {"\xC0\xAF", 0},          // overlong
             {"\xE0\x80\xAF", 0},      // overlong
             {"\xED\xA0\x80", 0},      // surrogate
             {"\xF4\x90\x80\x80", 0},  // beyond U+10FFFF
             {"\xF4\x8F\xBF\xBF", {}}, // U+10FFFF
             {"\xF0\x9F\x98", 0},
             {"x\xE2\x82"
              "x",
              1},
         }) {
        QVERIFY2(firstInvalidUtf8(text) == place, text.c_str());
    }
}

void TestUtf8::replacesAsPython() {
    for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
             {"ok", "ok"},
             {"\xff\xfe", kBad + kBad},
             {"a\xE2\x82"
              "b",
              "a" + kBad + "b"},
             {"\xF0\x9F\x98", kBad},
             {"\xED\xA0\x80", kBad + kBad + kBad},
             {"\xC0\xAF", kBad + kBad},
             {"\xF4\x90\x80\x80", kBad + kBad + kBad + kBad},
             {"\xE2\x82\xAC\x80", "€" + kBad},
         }) {
        QCOMPARE(replaceInvalidUtf8(text), expected);
    }
}

void TestUtf8::everyScalarValueRoundTrips() {
    for (char32_t value = 0; value <= 0x10FFFF; ++value) {
        if (value == 0xD800) {
            value = 0xE000;
        }
        std::string text;
        appendUtf8(text, value);
        const CodePoint point = codePointAt(text, 0);
        if (!point.valid || point.value != value || point.size != text.size() || firstInvalidUtf8(text)) {
            QFAIL(std::to_string(static_cast<unsigned>(value)).c_str());
        }
    }
    std::string surrogate;
    appendUtf8(surrogate, 0xD800);
    appendUtf8(surrogate, 0x110000);
    QCOMPARE(surrogate, kBad + kBad);
}

void TestUtf8::tailsHoldBackWhatMayStillCome() {
    QCOMPARE(incompleteUtf8Tail(""), std::size_t{0});
    QCOMPARE(incompleteUtf8Tail("abc"), std::size_t{0});
    QCOMPARE(incompleteUtf8Tail("€"), std::size_t{0});
    QCOMPARE(incompleteUtf8Tail("a\xE2"), std::size_t{1});
    QCOMPARE(incompleteUtf8Tail("a\xE2\x82"), std::size_t{2});
    QCOMPARE(incompleteUtf8Tail("\xF0\x9F\x98"), std::size_t{3});
    QCOMPARE(incompleteUtf8Tail("\xff"), std::size_t{0});
    QCOMPARE(incompleteUtf8Tail("\x80\x80"), std::size_t{0});
    QCOMPARE(incompleteUtf8Tail("\xE0\x80"), std::size_t{0}); // can never become valid
}

void TestUtf8::streamsInAnyPiecesEqualTheWhole() {
    std::mt19937 random(1);
    const std::string whole = "größe 漢字 😀 end";
    for (int i = 0; i < 200; ++i) {
        std::string shown;
        std::string pending;
        std::size_t at = 0;
        while (at < whole.size()) {
            const std::size_t size = std::min<std::size_t>(1 + random() % 4, whole.size() - at);
            pending += whole.substr(at, size);
            at += size;
            const std::size_t keep = incompleteUtf8Tail(pending);
            shown += replaceInvalidUtf8(std::string_view(pending).substr(0, pending.size() - keep));
            pending.erase(0, pending.size() - keep);
        }
        QCOMPARE(shown + pending, whole);
    }
}

QTEST_APPLESS_MAIN(TestUtf8)
#include "test_utf8.moc"
