// Single steps: every normaliser, splitter, decoder and frame against the reference (steps.json), and the parts
// underneath by hand-made facts.
#include "small_tokenizer.h"
#include "text/aligned_text.h"
#include "text/split_pattern.h"
#include "text/unicode.h"
#include "tokenizer_cases.h"

#include <QTest>

using namespace fettle;
using namespace fettle::test;
using text::NormalForm;
using text::TextRange;
using text::TokenId;

namespace {

std::u32string normal(std::u32string_view input, NormalForm form) {
    std::u32string out;
    for (const text::NormalChar& character : text::normalise(std::span(input.data(), input.size()), form)) {
        out += character.code;
    }
    return out;
}

std::vector<TextRange> cutBy(const std::string& expression, const std::string& input) {
    const auto pattern = must(text::SplitPattern::fromRegex(expression));
    text::MatchSpace space;
    std::vector<text::PatternPiece> pieces;
    must(pattern.cut(input, {0, static_cast<std::uint32_t>(input.size())}, space, pieces));
    std::vector<TextRange> out;
    for (const text::PatternPiece& piece : pieces) {
        if (piece.matched) {
            out.push_back(piece.range);
        }
    }
    return out;
}

} // namespace

class TestTokenizerSteps : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reference();
    void normalForms();
    void sourcesOfNormalForms();
    void classesOfPatterns();
    void blanksPutInFront();
    void streamsHoldBack();
};

void TestTokenizerSteps::reference() {
    const Json entries = must(readJsonFile(std::string(FETTLE_SOURCE_DIR) + "/tests/text/steps.json"));
    QVERIFY(entries.size() > 50);
    for (const Json& entry : entries) {
        const std::string base = entry["base"];
        Json file = must(readJsonFile(std::string(FETTLE_GOLDEN_DIR) + "/text/tokenizers/" + base + "/tokenizer.json"));
        const Json& changes = entry["change"];
        for (const auto& [key, value] : changes.items()) {
            if (key.starts_with("model.")) {
                file["model"][key.substr(6)] = value;
            } else {
                file[key] = value;
            }
        }
        const auto tokenizer = must(text::tokenizerFromJson(dumpJson(file)));
        const std::string where = base + " with " + dumpJson(entry["change"]).substr(0, 300) + ": ";
        for (const Json& row : entry["rows"]) {
            const std::string input = row[0];
            const auto ids = row[1].get<std::vector<TokenId>>();
            const auto encoded = must(tokenizer->encode(input, {.addFrame = true}));
            QVERIFY2(encoded.ids == ids, (where + "ids of '" + input + "': " + dumpJson(Json(encoded.ids)) +
                                          ", expected " + dumpJson(row[1]))
                                             .c_str());
            QVERIFY2(tokenizer->decode(ids) == row[2].get<std::string>(),
                     (where + "decoded '" + tokenizer->decode(ids) + "'").c_str());
        }
    }
}

void TestTokenizerSteps::normalForms() {
    QVERIFY(normal(U"e\u0301", NormalForm::Nfc) == U"\u00E9");
    QVERIFY(normal(U"\u00E9", NormalForm::Nfd) == U"e\u0301");
    QVERIFY(normal(U"\u212B\u2126", NormalForm::Nfc) == U"\u00C5\u03A9");   // singletons
    QVERIFY(normal(U"q\u0307\u0323", NormalForm::Nfc) == U"q\u0323\u0307"); // marks are put in order
    QVERIFY(normal(U"a\u0323\u0302", NormalForm::Nfc) == U"\u1EAD");        // and join one after the other
    QVERIFY(normal(U"a\u0327\u0301", NormalForm::Nfc) == U"\u00E1\u0327");  // over a mark of another class
    QVERIFY(normal(U"a\u0307\u0301", NormalForm::Nfc) == U"\u0227\u0301");  // but not over one of the same
    QVERIFY(normal(U"\u0958", NormalForm::Nfc) == U"\u0915\u093C");         // never composes again
    QVERIFY(normal(U"\u1112\u1161\u11AB", NormalForm::Nfc) == U"\uD55C");
    QVERIFY(normal(U"\uD55C", NormalForm::Nfd) == U"\u1112\u1161\u11AB");
    QVERIFY(normal(U"\uFB01\u2160\u00BD", NormalForm::Nfkc) == U"fiI1\u20442");
    QVERIFY(normal(U"\uFB01", NormalForm::Nfc) == U"\uFB01");
    QVERIFY(normal(U"\u1E9B\u0323", NormalForm::Nfkc) == U"\u1E69");
    QVERIFY(text::surelyNormal("plain caf\xC3\xA9 \xE6\xBC\xA2", NormalForm::Nfc));
    QVERIFY(!text::surelyNormal("e\xCC\x81", NormalForm::Nfc) && !text::surelyNormal("caf\xC3\xA9", NormalForm::Nfd));
}

void TestTokenizerSteps::sourcesOfNormalForms() {
    const std::u32string input = U"xe\u0323\u0301y";
    const auto out = text::normalise(std::span(input.data(), input.size()), NormalForm::Nfc);
    QCOMPARE(out.size(), std::size_t{4}); // x, e with dot below, acute, y
    QVERIFY(out[1].begin == 1 && out[1].end == 3 && out[2].begin == 3 && out[2].end == 4 && out[3].begin == 4 &&
            out[3].end == 5);

    // A token over a composed character covers the letter and its mark.
    Json file = smallTokenizer();
    file["normalizer"] = Json{{"type", "NFKC"}};
    const auto tokenizer = must(text::tokenizerFromJson(dumpJson(file)));
    const auto encoded = must(tokenizer->encode("h\xEF\xAC\x81x")); // h, the ligature fi, x
    const std::vector<text::ByteSpan> spans = {{0, 1}, {1, 4}, {1, 4}, {4, 5}};
    QVERIFY(encoded.spans == spans);
}

void TestTokenizerSteps::classesOfPatterns() {
    // Characters younger than the library's tables, and the one white space it has too much.
    const std::string han = "\xF0\xB1\x8D\x90", emoji = "\xF0\x9F\xAB\xA8", vowel = "\xE1\xA0\x8E";
    QCOMPARE(cutBy("\\p{L}+", "a" + han).size(), std::size_t{1});
    QCOMPARE(cutBy("[^\\p{L}]+", han).size(), std::size_t{0});
    QCOMPARE(cutBy("\\p{Letter}", han).size(), std::size_t{1});
    QCOMPARE(cutBy("\\P{L}", han).size(), std::size_t{0});
    QCOMPARE(cutBy("\\p{^L}", han).size(), std::size_t{0});
    QCOMPARE(cutBy("[\\p{S}]", emoji).size(), std::size_t{1});
    QCOMPARE(cutBy("\\s", vowel).size(), std::size_t{0});
    QCOMPARE(cutBy("[\\s]|\\S", vowel).size(), std::size_t{1});
    QCOMPARE(cutBy("\\s+(?!\\S)", "a  \xE2\x80\xA8 b").size(), std::size_t{1});
    QCOMPARE(cutBy("\\w+", "a\xCC\x81_1").size(), std::size_t{1}); // marks belong to words
    QCOMPARE(cutBy("(?i:'s)", "'S 's '\xC5\xBF").size(), std::size_t{3});
    QCOMPARE(cutBy("[]a]", "a]").size(), std::size_t{2});
    QCOMPARE(cutBy("^a", "a\na").size(), std::size_t{2}); // lines, as in the reference's engine
    QCOMPARE(must(text::translateExpression("[^\\r\\n]\\[\\p{Han}")), std::string("[^\\r\\n]\\[\\p{Han}"));
    QCOMPARE(errorOf(text::translateExpression("[a[bc]]")).code, ErrorCode::Unsupported);
    QCOMPARE(must(text::translateExpression("[[:alpha:]]")), std::string("[[:alpha:]]"));
}

void TestTokenizerSteps::blanksPutInFront() {
    const std::string input = "ab1 c2";
    text::AlignedText aligned(input, {1, 6});
    std::vector<TextRange> ranges = {{0, 1}, {1, 2}, {2, 4}, {4, 5}}; // b, 1, " c", 2
    aligned.prependBlanks(ranges);
    QCOMPARE(std::string(aligned.text()), std::string(" b 1 c 2"));
    QVERIFY(!aligned.rewritten());
    const auto span = [&](std::size_t i) { return aligned.span(ranges[i].begin, ranges[i].end); };
    QVERIFY(span(0) == (text::ByteSpan{1, 2}) && span(1) == (text::ByteSpan{2, 3}) &&
            span(2) == (text::ByteSpan{3, 5}) && span(3) == (text::ByteSpan{5, 6}));
    QVERIFY(aligned.span(ranges[1].begin, ranges[1].begin + 1) == (text::ByteSpan{2, 2})); // the blank itself
}

void TestTokenizerSteps::streamsHoldBack() {
    // Bytes of one character come one by one: nothing is shown before the last.
    Json file = smallTokenizer();
    file["pre_tokenizer"] = nullptr;
    file["decoder"] =
        Json{{"type", "Sequence"}, {"decoders", Json::array({Json{{"type", "ByteFallback"}}, Json{{"type", "Fuse"}}})}};
    file["model"]["byte_fallback"] = true;
    for (const int byte : {0xE6, 0xBC, 0xA2}) {
        const std::string digits = "0123456789ABCDEF";
        file["model"]["vocab"][std::string("<0x") + digits[static_cast<std::size_t>(byte) / 16] +
                               digits[static_cast<std::size_t>(byte) % 16] + ">"] = 200 + byte;
    }
    const auto tokenizer = must(text::tokenizerFromJson(dumpJson(file)));
    const auto ids = must(tokenizer->encode("a\xE6\xBC\xA2"
                                            "b"))
                         .ids;
    QCOMPARE(ids.size(), std::size_t{5});
    text::StreamDecoder stream(*tokenizer);
    std::vector<std::string> shown;
    for (const TokenId id : ids) {
        shown.push_back(stream.push(id));
    }
    shown.push_back(stream.finish());
    const std::vector<std::string> expected = {"a",
                                               "",
                                               "",
                                               "",
                                               "\xE6\xBC\xA2"
                                               "b",
                                               ""};
    QCOMPARE(shown, expected);

    // Cut short, the bytes so far become replacement characters, as in the whole.
    text::StreamDecoder cut(*tokenizer);
    std::string text;
    for (std::size_t i = 0; i < 3; ++i) {
        text += cut.push(ids[i]);
    }
    QCOMPARE(text, std::string("a"));
    text += cut.finish();
    QCOMPARE(text, tokenizer->decode(std::span(ids).first(3)));
}

QTEST_APPLESS_MAIN(TestTokenizerSteps)
#include "test_tokenizer_steps.moc"
