// Hostile rows through every check, repair and export: bytes that are no UTF-8, mutants of rows that hit something,
// rows of 10 MB, values nested to the limit. Nothing may crash, spans stay inside, repairs end, and what was found
// twice is the same.
#include "data/duplicates.h"
#include "data/exporter.h"
#include "data/personal.h"
#include "data/row_checks.h"
#include "data/row_diff.h"
#include "data/row_text.h"
#include "data/text_quality.h"
#include "data_support.h"
#include "support/results.h"

#include <QtTest>

#include <random>

using namespace fettle;
using namespace fettle::data;
using fettle::test::must;

namespace {

// The string at a dotted path; nullptr where there is none.
const std::string* textAt(const Json& row, const std::string& key) {
    const Json* value = &row;
    for (std::size_t i = 0; i < key.size();) {
        if (key[i] == '[') {
            const std::size_t close = key.find(']', i);
            const std::size_t index = std::stoul(key.substr(i + 1, close - i - 1));
            if (!value->is_array() || index >= value->size()) {
                return nullptr;
            }
            value = &(*value)[index];
            i = close + 1;
        } else {
            i += key[i] == '.' ? 1 : 0;
            const std::size_t end = std::min(key.find_first_of(".[", i), key.size());
            const auto found = value->is_object() ? value->find(key.substr(i, end - i)) : value->end();
            if (!value->is_object() || found == value->end()) {
                return nullptr;
            }
            value = &*found;
            i = end;
        }
    }
    return value->is_string() ? &value->get_ref<const std::string&>() : nullptr;
}

std::string checkAll(const Sample& sample, DuplicateFinder& finder) {
    RowCheckOptions options;
    options.usualLanguages = {"en"};
    const auto hits = checkRow(sample, options);
    for (const CheckHit& hit : hits) {
        if (hit.check == nullptr || hit.begin > hit.end) {
            return "a hit without a check, or with a span that runs backwards";
        }
        // Keys of members that hold a dot or a bracket cannot be followed; others lead to the text.
        const std::string* text = textAt(sample.row, hit.key);
        if (hit.end > 0 && text != nullptr && hit.end > text->size()) {
            return "a span beyond the text at " + hit.key;
        }
    }
    if (checkRow(sample, options).size() != hits.size()) {
        return "two passes find different things";
    }
    (void)rowFacts(sample);
    const RedactedRow redacted = redactRow(sample);
    if (redactRow(redacted.sample).replaced > redacted.replaced) {
        return "redacting finds more and more";
    }
    (void)repairRow(sample);
    const std::string text = duplicateText(sample);
    const RowSketch sketch = finder.sketch(text, promptText(sample));
    if (sketch.exact != finder.sketch(text, promptText(sample)).exact) {
        return "two sketches of one text";
    }
    if (jaccard(text, text) != 1.0) {
        return "a text is not like itself";
    }
    if (contentHash(sample).size() != 32 || !differingKeys(sample, sample).empty()) {
        return "a row differs from itself";
    }
    const SampleSource source = [&](const std::function<bool(const Sample&)>& take) -> Result<void> {
        (void)take(sample);
        return {};
    };
    for (const ExportFormat& format : exportFormats()) {
        for (const ExportContainer container :
             {ExportContainer::Lines, ExportContainer::Csv, ExportContainer::Folder}) {
            (void)planExport(source, {.format = format.name, .container = container});
        }
    }
    return {};
}

} // namespace

class TestChecksFuzz : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void mutants() {
        std::vector<std::pair<SampleKind, std::string>> corpus = {
            {SampleKind::Chat,
             R"({"messages":[{"role":"user","content":"Mail jo@example.org, +41 44 668 18 00, 4111 1111 1111 1111"},{"role":"assistant","content":"I'm sorry, but I can't help."}]})"},
            {SampleKind::Chat,
             R"({"messages":[{"role":"user","content":"clÃ© Ã¼"},{"role":"assistant","content":null,"tool_calls":[{"id":"c","function":{"name":"f","arguments":{"ip":"2001:db8::1"}}}]},{"role":"tool","tool_call_id":"c","content":"DE89 3704 0044 0532 0130 00"},{"role":"assistant","content":"done","weight":0}],"tools":[{"function":{"name":"f"}}],"metadata":{"a":[1,{"b":"x"}]}})"},
            {SampleKind::Completion,
             R"({"prompt":"é 字 मदद \ud83d\ude00","completion":"sk-proj-Zq8vT1mB4xK7nR2cW9yL5hD3fG6jP0sA"})"},
            {SampleKind::Preference,
             R"({"prompt":[{"role":"user","content":"Q"}],"chosen":[{"role":"assistant","content":"A"}],"rejected":[{"role":"assistant","content":"B"}]})"},
            {SampleKind::Feedback, R"({"prompt":"P","completion":"C","label":true})"},
            {SampleKind::Stepwise, R"({"prompt":"P","completions":["a","b"],"labels":[true,false]})"},
            {SampleKind::Ids, R"({"ids":[1,2],"labels":[-100,2]})"},
            {SampleKind::Text, R"({"text":"-----BEGIN RSA PRIVATE KEY----- eyJhbGciOi.eyJhbGciOi.eyJhbGciOi"})"},
            {SampleKind::PromptOnly, R"({"prompt":"1.2.3.4"})"},
        };
        std::mt19937_64 random(31);
        DuplicateFinder finder;
        int cases = 0;
        for (int round = 0; round < 1000; ++round) {
            const auto& [kind, json] = corpus[random() % corpus.size()];
            Sample sample;
            sample.kind = kind;
            sample.row = must(parseJson(json));
            for (std::size_t n = random() % 4; n > 0; --n) {
                mutate(sample.row, random);
            }
            const std::string fault = checkAll(sample, finder);
            QVERIFY2(fault.empty(), (fault + ": " + dumpJson(sample.row)).c_str());
            ++cases;
        }
        qInfo("%d mutants", cases);
    }

    // A megabyte of each kind of text through the whole, 10 MB of some; time is linear or this test runs into its
    // limit.
    void hugeTexts() {
        constexpr std::size_t kSize = std::size_t{10} << 20;
        const std::vector<std::string> patterns = {"a",
                                                   "@",
                                                   "a@",
                                                   "a.",
                                                   "+1",
                                                   "1 ",
                                                   "(",
                                                   "0",
                                                   ":",
                                                   "a:",
                                                   "f",
                                                   "::",
                                                   "4111 ",
                                                   "DE89 ",
                                                   "sk-",
                                                   "eyJ",
                                                   "-----BEGIN PRIVATE KEY",
                                                   "Ã©",
                                                   "Ã",
                                                   "\xff",
                                                   "\u0301",
                                                   "é\u0301",
                                                   "字",
                                                   "\U0001F600",
                                                   "-",
                                                   " ",
                                                   "\x01",
                                                   "i'm sorry, but i can "};
        DuplicateFinder finder;
        for (const std::string& pattern : patterns) {
            std::string text;
            text.reserve(kSize + pattern.size());
            const bool whole = pattern == "a" || pattern == "字" || pattern == "@" || pattern == "1 ";
            const std::size_t size = whole ? kSize : kSize / 10;
            while (text.size() < size) {
                text += pattern;
            }
            (void)findPersonal(text);
            (void)findDamage(text);
            (void)repairEncoding(text);
            (void)guessLanguage(text);
            (void)findRefusal(text);
            (void)finder.sketch(text);
        }
        Sample sample;
        sample.kind = SampleKind::Chat;
        sample.row["messages"] = Json::array(
            {{{"role", "user"}, {"content", std::string(kSize, 'x')}}, {{"role", "assistant"}, {"content", "ok"}}});
        QVERIFY(checkRow(sample).empty());
        // As many hits as fit: the list stays short.
        std::string mails;
        while (mails.size() < kSize / 4) {
            mails += "a@example.org ";
        }
        sample.row["messages"][0]["content"] = mails;
        QCOMPARE(checkRow(sample).size(), std::size_t{50});
    }

    void deepValues() {
        DuplicateFinder finder;
        for (const int depth : {10, 100, 120}) {
            Json deep = "jo@example.org";
            for (int i = 0; i < depth; ++i) {
                deep = i % 2 == 0 ? Json::array({deep}) : Json({{"k", deep}});
            }
            Sample sample;
            sample.kind = SampleKind::Text;
            sample.row["text"] = "x";
            sample.row["metadata"] = {{"deep", deep}};
            QCOMPARE(checkRow(sample).size(), std::size_t{1});
            QCOMPARE(checkAll(sample, finder), std::string());
        }
    }

private:
    static std::string hostile(std::mt19937_64& random) {
        static const std::vector<std::string> pieces = {"\xff",
                                                        "\xc0\xaf",
                                                        "\xed\xa0\x80",
                                                        "\xf4\x90\x80\x80",
                                                        "\xe2\x82",
                                                        std::string(1, '\0'),
                                                        "\x1b[0m",
                                                        "Ã",
                                                        "Â",
                                                        "€",
                                                        "é",
                                                        "\u0301",
                                                        "ß",
                                                        "字",
                                                        "@",
                                                        ".",
                                                        "a",
                                                        "0",
                                                        "+",
                                                        "-",
                                                        " ",
                                                        "(",
                                                        ")",
                                                        ":",
                                                        "::",
                                                        "\n",
                                                        "[{",
                                                        "\"",
                                                        "jo@example.org",
                                                        "4111 1111 1111 1111",
                                                        "\xEF\xBB\xBF"};
        std::string out;
        for (std::size_t n = random() % 20; n > 0; --n) {
            out += pieces[random() % pieces.size()];
        }
        return out;
    }

    // Changes one value somewhere, to another of its kind or of none.
    static void mutate(Json& value, std::mt19937_64& random) {
        if (value.is_structured() && !value.empty() && random() % 5 != 0) {
            const std::size_t at = random() % value.size();
            if (value.is_array()) {
                mutate(value[at], random);
            } else {
                mutate(std::next(value.begin(), static_cast<std::ptrdiff_t>(at)).value(), random);
            }
            return;
        }
        switch (random() % 8) {
        case 0:
            value = nullptr;
            break;
        case 1:
            value = random() % 2 == 0 ? Json(static_cast<std::int64_t>(random() % 100)) : Json(1e300);
            break;
        case 2:
            value = Json::array();
            break;
        case 3:
            value = Json::object();
            break;
        case 4:
            value = Json::array({hostile(random), value});
            break;
        case 5:
            value = {{hostile(random), value}, {"role", "assistant"}, {"content", hostile(random)}};
            break;
        default:
            value = value.is_string() ? Json(value.get<std::string>() + hostile(random)) : Json(hostile(random));
        }
    }
};

QTEST_APPLESS_MAIN(TestChecksFuzz)
#include "test_checks_fuzz.moc"
