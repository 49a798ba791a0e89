// Damaged encodings (golden/data/encoding), languages (golden/data/language) and refusals.
#include "data/text_quality.h"
#include "data_support.h"
#include "support/golden.h"
#include "support/results.h"

#include <QtTest>

#include <map>

using namespace fettle;
using namespace fettle::data;
using fettle::test::must;

class TestTextQuality : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void goldenDamage() {
        const Json cases = must(readJsonFile(goldenRoot() + "/data/encoding/cases.json"));
        int compared = 0;
        int repaired = 0;
        for (const Json& one : cases) {
            const auto text = one["text"].get<std::string>();
            QVERIFY2(isDamaged(text) == one["damaged"].get<bool>(), text.c_str());
            const auto better = repairEncoding(text);
            if (one["damaged"].get<bool>() && one.contains("repaired")) {
                QVERIFY2(better && *better == one["repaired"].get<std::string>(),
                         (text + " -> " + better.value_or("(not repaired)")).c_str());
                ++repaired;
            } else if (!one["damaged"].get<bool>()) {
                QVERIFY2(!better, text.c_str());
            }
            ++compared;
        }
        QVERIFY(compared > 40 && repaired > 10);
    }

    void honestTextsAreLeftAlone_data() {
        QTest::addColumn<QString>("text");
        for (const char* text :
             {"„So ein Spaß“, rief er. „MENÜ“ – „JÄ“…", "« CAFÉ\u00a0» et « voilà\u00a0» où\u00a0: «\u00a0été\u00a0»",
              "«PORTÓ» y «SÍ», ¿qué?", "AÇÃO ÀS 10°, MAÇÃ”", "ÂGE ÎLE ÊTRE", "Łódź, Žižkov, København, Škoda",
              "naïve café — “fine” • 5 €", "Nestlé® Citroën™ Zoë’s", "Ünal, Ñandú…", "3×4 = 12, 5÷2", "𝔘 😀 ✓ ½", "",
              "a\tb\r\nc\f"}) {
            QTest::newRow(text) << QString::fromUtf8(text);
        }
    }
    void honestTextsAreLeftAlone() {
        QFETCH(QString, text);
        QVERIFY(!isDamaged(text.toStdString()));
        QVERIFY(!repairEncoding(text.toStdString()));
    }

    void damageOfAllKinds() {
        const auto kinds = [](std::string_view text) {
            std::string out;
            for (const Damage& damage : findDamage(text)) {
                out += (out.empty() ? "" : " ") + std::string(damageKindName(damage.kind)) + ":" +
                       std::to_string(damage.begin) + "-" + std::to_string(damage.end) + "x" +
                       std::to_string(damage.places);
            }
            return out;
        };
        QCOMPARE(kinds("a\xff b\xff"), std::string("invalid_utf8:1-2x2"));
        QCOMPARE(kinds("a\ufffd"), std::string("replacement:1-4x1"));
        QCOMPARE(kinds("a\x01 b\x7f"), std::string("control:1-2x2"));
        QCOMPARE(kinds("a\u0081"), std::string("control:1-3x1"));
        QCOMPARE(kinds("clÃ© Ã¼"), std::string("mojibake:2-6x2"));
    }

    // What was damaged once or twice comes back, in any language of the golden set.
    void damageIsUndone() {
        const Json samples = must(readJsonFile(goldenRoot() + "/data/language/samples.json"));
        const auto latin = [](const std::string& text) {
            std::string out;
            for (const char c : text) {
                const auto byte = static_cast<unsigned char>(c);
                if (byte < 0x80) {
                    out += c;
                } else {
                    out += static_cast<char>(0xC0 | (byte >> 6));
                    out += static_cast<char>(0x80 | (byte & 0x3F));
                }
            }
            return out;
        };
        int undone = 0;
        for (const Json& one : samples["samples"]) {
            const auto text = one["text"].get<std::string>();
            const std::string once = latin(text);
            if (once == text) {
                continue;
            }
            QVERIFY2(repairEncoding(once).value_or("") == text, text.c_str());
            QVERIFY2(repairEncoding(latin(once)).value_or("") == text, text.c_str());
            ++undone;
        }
        QVERIFY(undone > 30);
    }

    void languages() {
        if (!canGuessLanguages()) {
            QSKIP("built without CLD2");
        }
        const Json samples = must(readJsonFile(goldenRoot() + "/data/language/samples.json"));
        int shortRight = 0;
        int shorts = 0;
        for (const Json& one : samples["samples"]) {
            const auto text = one["text"].get<std::string>();
            const LanguageGuess guess = guessLanguage(text);
            const bool right = guess.code == one["language"].get<std::string>();
            if (one["length"] == "short") {
                ++shorts;
                shortRight += right ? 1 : 0;
                if (!right) {
                    qInfo("short text taken for '%s': %s", guess.code.c_str(), text.c_str());
                }
            } else {
                QVERIFY2(right, (text + " taken for " + guess.code).c_str());
            }
        }
        qInfo("%d of %d short texts right", shortRight, shorts);
        QVERIFY(shortRight * 27 >= 22 * shorts);
        QCOMPARE(guessLanguage("").code, std::string());
        QCOMPARE(guessLanguage("12 + 5 = 17 ;;; %%").code, std::string());
        QCOMPARE(guessLanguage("\xff\xfe").code, std::string());
    }

    void refusals_data() {
        QTest::addColumn<QString>("answer");
        QTest::addColumn<bool>("refuses");
        const auto row = [](const char* answer, bool refuses) {
            QTest::newRow(answer) << QString::fromUtf8(answer) << refuses;
        };
        row("I'm sorry, but I can't help with that.", true);
        row("I’m sorry, but I can’t assist with that request.", true);
        row("As an AI language model, I do not have opinions.", true);
        row("I cannot provide medical advice.", true);
        row("Sorry, I can't share that.", true);
        row("I must decline this request.", true);
        row("抱歉，我无法回答这个问题。", true);
        row("作为一个人工智能语言模型，我没有感情。", true);
        row("Es tut mir leid, aber dabei kann ich nicht helfen.", true);
        row("Je suis désolé, mais je ne peux pas répondre.", true);
        row("Lo siento, pero no puedo ayudarte con eso.", true);
        row("Извините, но я не могу на это ответить.", true);
        row("申し訳ありませんが、お答えできません。", true);
        row("I'm sorry to hear that. Try to turn it off and on.", false);
        row("The door cannot be opened from inside.", false);
        row("He said: \"I can't find my keys.\"", false);
        row("对不起这三个字很难说出口。", false);
        row("Sorry for the delay: your parcel has left.", false);
        row("web", false);
        row("", false);
    }
    void refusals() {
        QFETCH(QString, answer);
        QFETCH(bool, refuses);
        const std::string text = answer.toStdString();
        const auto found = findRefusal(text);
        QCOMPARE(found.has_value(), refuses);
        if (found) {
            QVERIFY(found->begin < found->end && found->end <= text.size());
        }
    }
};

QTEST_APPLESS_MAIN(TestTextQuality)
#include "test_text_quality.moc"
