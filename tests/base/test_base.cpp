// Small things everything stands on: results and errors, hashes, the clock, the log.
#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/result.h"
#include "support/results.h"

#include <QtTest>

#include <memory>
#include <random>
#include <set>
#include <thread>

using namespace fettle;
using test::errorOf;
using test::must;

class TestBase : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void resultsCarryValuesOrErrors();
    void triedErrorsReturnAtOnce();
    void resultsTakeConvertibleAndMoveOnlyValues();
    void errorTextsNamePlaceKeyReasonAndRemedy();
    void errorCodesHaveDistinctNames();
    void hashesAreTheReferences();
    void hashingInPiecesEqualsTheWhole();
    void clocksMove();
    void logLinesComeWhole();
};

namespace {

Result<int> half(int value) {
    if (value % 2 != 0) {
        return makeError(ErrorCode::InvalidInput, "odd");
    }
    return value / 2;
}

Result<int> quarter(int value, int& reached) {
    FETTLE_TRY_VALUE(const int once, half(value));
    reached = 1;
    FETTLE_TRY(half(once));
    reached = 2;
    FETTLE_TRY_VALUE(const int twice, half(once));
    return twice;
}

} // namespace

void TestBase::resultsCarryValuesOrErrors() {
    const Result<int> good = half(4);
    QVERIFY(good.ok() && good);
    QCOMPARE(*good, 2);
    QCOMPARE(good.valueOr(9), 2);
    const Result<int> bad = half(3);
    QVERIFY(!bad.ok() && !bad);
    QCOMPARE(bad.valueOr(9), 9);
    QVERIFY(bad.error().code == ErrorCode::InvalidInput);
    QVERIFY(Result<void>().ok());
    QVERIFY(!Result<void>(makeError(ErrorCode::Io, "x")).ok());
}

void TestBase::triedErrorsReturnAtOnce() {
    int reached = 0;
    QCOMPARE(must(quarter(8, reached)), 2);
    QCOMPARE(reached, 2);
    reached = 0;
    QCOMPARE(errorOf(quarter(3, reached)).message, std::string("odd"));
    QCOMPARE(reached, 0);
    QCOMPARE(errorOf(quarter(6, reached)).message, std::string("odd"));
    QCOMPARE(reached, 1);
}

void TestBase::resultsTakeConvertibleAndMoveOnlyValues() {
    struct Base {
        virtual ~Base() = default;
    };
    struct Derived : Base {};
    const auto make = []() -> Result<std::unique_ptr<Base>> { return std::make_unique<Derived>(); };
    std::unique_ptr<Base> value = must(make());
    QVERIFY(dynamic_cast<Derived*>(value.get()) != nullptr);
    const auto text = []() -> Result<std::string> { return "literal"; };
    QCOMPARE(must(text()), std::string("literal"));
}

void TestBase::errorTextsNamePlaceKeyReasonAndRemedy() {
    Error error = makeError(ErrorCode::Parse, "unknown role 'bot'", "Use user or assistant.");
    QCOMPARE(error.text(), std::string("unknown role 'bot'. Use user or assistant."));
    error.at("rows.jsonl", 12).forKey("messages[2].role");
    QCOMPARE(error.text(), std::string("rows.jsonl:12: messages[2].role: unknown role 'bot'. Use user or assistant."));
    error.column = 5;
    QCOMPARE(error.text(),
             std::string("rows.jsonl:12:5: messages[2].role: unknown role 'bot'. Use user or assistant."));
    error.file.clear();
    error.hint.clear();
    QCOMPARE(error.text(), std::string("line 12: messages[2].role: unknown role 'bot'"));
}

void TestBase::errorCodesHaveDistinctNames() {
    std::set<std::string> names;
    for (int code = 0; code <= static_cast<int>(ErrorCode::Internal); ++code) {
        names.insert(errorCodeName(static_cast<ErrorCode>(code)));
    }
    QCOMPARE(names.size(), static_cast<std::size_t>(ErrorCode::Internal) + 1);
    QVERIFY(names.count("disk_full") == 1 && names.count("engine_missing") == 1);
}

void TestBase::hashesAreTheReferences() {
    // Published values of XXH3 for the empty input.
    QCOMPARE(hash64(""), std::uint64_t{0x2D06800538D394C2});
    QCOMPARE(hashHex(""), std::string("99aa06d3014798d86001c324468d497f"));
    QVERIFY(hash64("", 1) != hash64(""));
    QVERIFY(hashHex("a") != hashHex("b"));
    QCOMPARE(hashHex("a").size(), std::size_t{32});
}

void TestBase::hashingInPiecesEqualsTheWhole() {
    std::mt19937 random(2);
    for (int i = 0; i < 50; ++i) {
        std::string whole;
        Hasher hasher;
        for (int piece = 0; piece < 20; ++piece) {
            std::string part(random() % 600, '\0');
            for (char& c : part) {
                c = static_cast<char>(random());
            }
            hasher.add(part);
            whole += part;
        }
        QCOMPARE(hasher.hex(), hashHex(whole));
        QCOMPARE(hasher.hex(), hashHex(whole)); // asking does not change it
    }
}

void TestBase::clocksMove() {
    const Clock& clock = systemClock();
    const auto before = clock.monotonicMs();
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
    QVERIFY(clock.monotonicMs() > before);
    QVERIFY(clock.unixMs() > 1600000000000);
}

void TestBase::logLinesComeWhole() {
    std::vector<std::string> lines;
    setLogSink([&](LogLevel level, std::string_view text) {
        lines.push_back(std::string(logLevelName(level)) + ' ' + std::string(text));
    });
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([] {
            for (int i = 0; i < 100; ++i) {
                logWarning("line");
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    logLine(LogLevel::Debug, "left out unless asked for");
    setLogSink({});
    QCOMPARE(lines.size(), std::size_t{400});
    for (const auto& line : lines) {
        QCOMPARE(line, std::string("warning line"));
    }
}

QTEST_APPLESS_MAIN(TestBase)
#include "test_base.moc"
