// Numbers as text: exact both ways, whatever the locale. Runs a second time under de_DE.
#include "base/numbers.h"
#include "support/results.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <random>

using namespace fettle;
using test::must;

class TestNumbers : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsWholeTextsOnly();
    void readsIntegers();
    void readsBooleans();
    void formatsAsPeopleWriteExponents();
    void randomDoublesRoundTrip();
    void fixedDecimalsHaveAPoint();
    void bytesAndDurations();
};

void TestNumbers::readsWholeTextsOnly() {
    QCOMPARE(must(parseDouble("3.14")), 3.14);
    QCOMPARE(must(parseDouble("-2e-4")), -2e-4);
    QCOMPARE(must(parseDouble("+1.5")), 1.5);
    QCOMPARE(must(parseDouble("1e3")), 1000.0);
    QCOMPARE(must(parseDouble(".5")), 0.5);
    QCOMPARE(must(parseDouble("08")), 8.0);
    for (const char* bad : {"", " ", "3,14", "3.14 ", " 3.14", "3.14x", "0x10", "nan", "inf", "-inf", "1e999", "+-1",
                            "++1", "+", "-", "1e", "١"}) {
        QVERIFY2(!parseDouble(bad).ok(), bad);
    }
    const auto error = test::errorOf(parseDouble("3,14"));
    QVERIFY(error.message.find("3,14") != std::string::npos);
}

void TestNumbers::readsIntegers() {
    QCOMPARE(must(parseInt("9223372036854775807")), std::numeric_limits<std::int64_t>::max());
    QCOMPARE(must(parseInt("-9223372036854775808")), std::numeric_limits<std::int64_t>::min());
    QCOMPARE(must(parseInt("+7")), std::int64_t{7});
    QCOMPARE(must(parseInt("08")), std::int64_t{8});
    for (const char* bad : {"", "9223372036854775808", "1.0", "1e3", "7 ", "0x7", "1_000", "1.000"}) {
        QVERIFY2(!parseInt(bad).ok(), bad);
    }
}

void TestNumbers::readsBooleans() {
    QVERIFY(must(parseBool("true")));
    QVERIFY(!must(parseBool("false")));
    for (const char* bad : {"", "True", "no", "1", "yes "}) {
        QVERIFY2(!parseBool(bad).ok(), bad);
    }
}

void TestNumbers::formatsAsPeopleWriteExponents() {
    QCOMPARE(formatDouble(2e-5), std::string("2e-5"));
    QCOMPARE(formatDouble(1e-8), std::string("1e-8"));
    QCOMPARE(formatDouble(1e300), std::string("1e300"));
    QCOMPARE(formatDouble(-1.5e-100), std::string("-1.5e-100"));
    QCOMPARE(formatDouble(0), std::string("0"));
    QCOMPARE(formatDouble(3), std::string("3"));
    QCOMPARE(formatDouble(0.1), std::string("0.1"));
    QCOMPARE(formatDouble(std::numeric_limits<double>::quiet_NaN()), std::string("null"));
    QCOMPARE(formatDouble(-std::numeric_limits<double>::infinity()), std::string("null"));
}

void TestNumbers::randomDoublesRoundTrip() {
    std::mt19937_64 random(3);
    int tried = 0;
    while (tried < 20000) {
        double value = 0;
        const std::uint64_t bits = random();
        std::memcpy(&value, &bits, sizeof value);
        if (!std::isfinite(value)) {
            continue;
        }
        ++tried;
        const std::string text = formatDouble(value);
        const double back = must(parseDouble(text));
        QVERIFY2(std::memcmp(&back, &value, sizeof value) == 0, text.c_str());
        QVERIFY2(text.find(',') == std::string::npos, text.c_str());
    }
}

void TestNumbers::fixedDecimalsHaveAPoint() {
    QCOMPARE(formatFixed(3.14159, 2), std::string("3.14"));
    QCOMPARE(formatFixed(-0.5, 1), std::string("-0.5"));
    QCOMPARE(formatFixed(1234567.0, 0), std::string("1234567"));
    QCOMPARE(formatFixed(std::numeric_limits<double>::quiet_NaN(), 2), std::string("nan"));
    QCOMPARE(formatFixed(-std::numeric_limits<double>::infinity(), 2), std::string("-inf"));
    QVERIFY(formatFixed(std::numeric_limits<double>::max(), 3).size() > 300);
}

void TestNumbers::bytesAndDurations() {
    QCOMPARE(formatBytes(0), std::string("0 B"));
    QCOMPARE(formatBytes(12000), std::string("12 kB"));
    QCOMPARE(formatBytes(640000000), std::string("640 MB"));
    QCOMPARE(formatBytes(1234000000), std::string("1.2 GB"));
    QCOMPARE(formatDuration(12), std::string("12 s"));
    QCOMPARE(formatDuration(580), std::string("9 min 40 s"));
    QCOMPARE(formatDuration(3 * 3600 + 5 * 60), std::string("3 h 05 min"));
    QCOMPARE(formatDuration(-4), std::string("0 s"));
}

QTEST_APPLESS_MAIN(TestNumbers)
#include "test_numbers.moc"
