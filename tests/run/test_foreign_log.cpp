// Logs of other programs against what Python's own readers make of them (tests/golden/logs/make_logs.py), the pieces
// below, and mutated files, which must be answered or refused.
#include "base/files.h"
#include "base/numbers.h"
#include "run/event_line.h"
#include "run/foreign_log.h"
#include "run/foreign_parts.h"
#include "run/tensorboard_events.h"
#include "support/golden.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <random>

using namespace fettle;
using namespace fettle::run;
using test::must;
using test::TempFolder;
namespace fs = std::filesystem;

namespace {

std::string logs(const std::string& path) {
    return std::string(FETTLE_GOLDEN_DIR) + "/logs/" + path;
}

const ForeignSeries* findSeries(const ForeignLog& log, const std::string& name) {
    for (const ForeignSeries& series : log.series) {
        if (series.name == name) {
            return &series;
        }
    }
    return nullptr;
}

std::string pointsText(const ForeignSeries& series) {
    std::string out;
    for (const auto& [step, value] : series.points) {
        out += "[" + formatDouble(step) + "," + formatDouble(value) + "]";
    }
    return out;
}

// "" where the log holds exactly the expected series, each point exactly.
std::string differenceOf(const Json& expected, const ForeignLog& log) {
    if (expected.size() != log.series.size()) {
        std::string names;
        for (const ForeignSeries& series : log.series) {
            names += " " + series.name;
        }
        return std::to_string(log.series.size()) + " series instead of " + std::to_string(expected.size()) + ":" +
               names;
    }
    for (const auto& [name, points] : expected.items()) {
        const ForeignSeries* series = findSeries(log, name);
        if (series == nullptr) {
            return name + " is missing";
        }
        bool same = series->points.size() == points.size();
        for (std::size_t i = 0; same && i < points.size(); ++i) {
            const auto& [step, value] = series->points[i];
            same = step == points[i][0].get<double>() &&
                   (points[i][1].is_null() ? std::isnan(value) : value == points[i][1].get<double>());
        }
        if (!same) {
            return name + ": " + pointsText(*series) + " instead of " + dumpJson(points);
        }
    }
    return {};
}

std::string problemsText(const ForeignLog& log) {
    std::string out;
    for (const Error& problem : log.problems) {
        out += problem.text() + "\n";
    }
    return out;
}

void write(const std::string& path, std::string_view text) {
    // A new file each time: one that is cut and written again is flushed to disk.
    fs::remove(path);
    std::FILE* out = std::fopen(path.c_str(), "wb");
    QVERIFY(out != nullptr);
    QCOMPARE(std::fwrite(text.data(), 1, text.size(), out), text.size());
    QCOMPARE(std::fclose(out), 0);
}

ForeignLog readText(const TempFolder& folder, const std::string& name, std::string_view text) {
    write(folder / name, text);
    return must(readForeignLog(folder / name));
}

// The promises of a log, however damaged its file is.
std::string brokenPromise(const ForeignLog& log) {
    if (log.skipped < static_cast<std::int64_t>(log.problems.size()) || log.overwritten < 0) {
        return "counts do not add up";
    }
    for (const ForeignSeries& series : log.series) {
        if (series.points.empty()) {
            return "a series without points";
        }
        for (const auto& [step, value] : series.points) {
            if (!std::isfinite(step) || std::isinf(value)) {
                return "a point that is no point";
            }
        }
    }
    for (const Error& problem : log.problems) {
        if (problem.message.empty() || problem.file.empty() || problem.code == ErrorCode::None) {
            return "a problem that does not say what it is";
        }
    }
    return {};
}

std::int64_t setting(const char* name, std::int64_t fallback) {
    const char* text = std::getenv(name); // NOLINT(concurrency-mt-unsafe): tests do not change it
    return text == nullptr ? fallback : parseInt(text).valueOr(fallback);
}

void mutate(std::string& bytes, std::mt19937_64& random) {
    const auto below = [&](std::size_t limit) { return limit == 0 ? 0 : static_cast<std::size_t>(random() % limit); };
    const std::size_t changes = 1 + below(8);
    for (std::size_t i = 0; i < changes && !bytes.empty(); ++i) {
        const std::size_t at = below(bytes.size());
        switch (below(8)) {
        case 0:
            bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1U << below(8)));
            break;
        case 1:
            bytes[at] = static_cast<char>(below(256));
            break;
        case 2: {
            const std::uint64_t values[] = {0, ~0ULL, 1ULL << 63U, 1ULL << 32U, 0x7FFFFFFFFFFFFFFFULL, bytes.size()};
            const std::uint64_t value = values[below(6)];
            std::memcpy(bytes.data() + at, &value, std::min<std::size_t>(8, bytes.size() - at));
            break;
        }
        case 3:
            bytes.resize(at);
            break;
        case 4:
            bytes.insert(at, bytes.substr(at, 1 + below(200)));
            break;
        case 5:
            bytes.erase(at, 1 + below(200));
            break;
        default:
            bytes[at] = "{}[]\":,0-9 .eN\n"[below(15)];
            break;
        }
    }
}

// Rewrites the checksums of a record file, so that mutations reach what lies inside.
void repairChecksums(std::string& bytes) {
    std::size_t at = 0;
    while (at + 16 <= bytes.size()) {
        std::uint64_t size = 0;
        std::memcpy(&size, bytes.data() + at, 8);
        if (size > bytes.size() - at - 16) {
            size = bytes.size() - at - 16;
            std::memcpy(bytes.data() + at, &size, 8);
        }
        const std::uint32_t head = maskedCrc32c(std::string_view(bytes).substr(at, 8));
        const std::uint32_t body =
            maskedCrc32c(std::string_view(bytes).substr(at + 12, static_cast<std::size_t>(size)));
        std::memcpy(bytes.data() + at + 8, &head, 4);
        std::memcpy(bytes.data() + at + 12 + size, &body, 4);
        at += 16 + static_cast<std::size_t>(size);
    }
}

} // namespace

class TestForeignLog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void realLogs_data() {
        QTest::addColumn<QString>("name");
        const Json expected = must(readJsonFile(logs("expected.json")));
        QVERIFY(expected.size() > 30);
        for (const auto& [name, one] : expected.items()) {
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
        }
    }
    void realLogs() {
        QFETCH(QString, name);
        const Json all = must(readJsonFile(logs("expected.json")));
        const Json& expected = all[name.toStdString()];
        const ForeignLog log = must(readForeignLog(logs(expected["path"].get<std::string>())));
        const std::string difference = differenceOf(expected["series"], log);
        QVERIFY2(difference.empty(), (difference + "\n" + problemsText(log)).c_str());
        QCOMPARE(log.kind, expected["kind"].get<std::string>());
        QVERIFY2(log.skipped == expected["skipped"].get<std::int64_t>(), problemsText(log).c_str());
        QCOMPARE(static_cast<std::int64_t>(log.problems.size()), log.skipped);
        QCOMPARE(log.overwritten, expected["overwritten"].get<std::int64_t>());
        QCOMPARE(log.diverged, expected["diverged"].get<bool>());
        QVERIFY(!log.title.empty());
        for (const Json& told : expected["tells"]) {
            QVERIFY2(problemsText(log).find(told.get<std::string>()) != std::string::npos,
                     (told.get<std::string>() + " is not told:\n" + problemsText(log)).c_str());
        }
        QCOMPARE(brokenPromise(log), std::string());
    }

    void checksums() {
        // The check value of CRC-32C, and RFC 3720's.
        QCOMPARE(crc32c("123456789"), 0xE3069283U);
        QCOMPARE(crc32c(std::string(32, '\0')), 0x8A9136AAU);
        QCOMPARE(crc32c(std::string(32, '\xFF')), 0x62A8AB43U);
        QCOMPARE(maskedCrc32c(""), 0xA282EAD8U);
    }

    void whatIsNoLogIsRefused() {
        const TempFolder folder;
        const auto refused = [&](const std::string& name, std::string_view text, ErrorCode code) {
            write(folder / name, text);
            const auto log = readForeignLog(folder / name);
            QVERIFY2(!log.ok(), name.c_str());
            QVERIFY2(log.error().code == code, log.error().text().c_str());
            QVERIFY2(log.error().text().find(name) != std::string::npos, log.error().text().c_str());
        };
        refused("empty.json", "", ErrorCode::Parse);
        refused("words.txt", "hello world, this is no log\n", ErrorCode::Unsupported);
        refused("other.json", R"({"a": 1})", ErrorCode::Unsupported);
        refused("trainer_state.json", R"({"global_step": 5})", ErrorCode::Parse);
        refused("zeros.bin", std::string(100, '\0'), ErrorCode::Unsupported);
        refused("no_step.csv", "epoch,loss\n1,2\n", ErrorCode::Parse);
        QCOMPARE(readForeignLog(folder / "missing").error().code, ErrorCode::NotFound);
        fs::create_directories(folder / "nothing/here");
        QCOMPARE(readForeignLog(folder / "nothing").error().code, ErrorCode::NotFound);
    }

    void ownRunsAreReadToo() {
        const TempFolder folder;
        std::string text;
        std::int64_t seq = 0;
        for (const std::int64_t step : {1, 2, 3}) {
            StepMetrics metrics;
            metrics.step = step;
            metrics.loss = 1.0 / static_cast<double>(step);
            text += eventLine({++seq, "run-1", 1, 2, metrics});
        }
        StateChanged resumed;
        resumed.state = jobs::RunState::Running;
        resumed.fromStep = 2;
        text += eventLine({++seq, "run-1", 1, 2, resumed});
        EvalMetrics evaluation;
        evaluation.step = 2;
        evaluation.loss = 0.25;
        text += eventLine({++seq, "run-1", 1, 2, evaluation}) + "damaged\n";
        write(folder / "events.jsonl", text);
        for (const std::string& path : {folder.path(), folder / "events.jsonl"}) {
            const ForeignLog log = must(readForeignLog(path));
            QCOMPARE(log.kind, std::string("fettle"));
            QCOMPARE(pointsText(*findSeries(log, "loss")), std::string("[1,1][2,0.5]"));
            QCOMPARE(pointsText(*findSeries(log, "validation.loss")), std::string("[2,0.25]"));
            QCOMPARE(log.skipped, std::int64_t(1));
        }
    }

    void newestCheckpointThatCanBeRead() {
        const TempFolder folder;
        fs::copy(logs("hf_killed"), folder / "run", fs::copy_options::recursive);
        write(folder / "run/checkpoint-12/trainer_state.json", "{\"log_hist");
        const ForeignLog log = must(readForeignLog(folder / "run"));
        QCOMPARE(findSeries(log, "loss")->points.back().first, 4.0);
        QCOMPARE(log.title, std::string("run"));
        QCOMPARE(log.skipped, std::int64_t(1));
        QVERIFY2(problemsText(log).find("checkpoint-12") != std::string::npos, problemsText(log).c_str());
        // What else lies there is told.
        fs::copy(logs("factory_plain/trainer_log.jsonl"), folder / "run/trainer_log.jsonl");
        const ForeignLog both = must(readForeignLog(folder / "run"));
        QCOMPARE(both.kind, std::string("trainer_log"));
        QVERIFY(!both.notes.empty());
        QVERIFY2(both.notes.back().find("checkpoints") != std::string::npos, both.notes.back().c_str());
    }

    void divergenceIsSeen_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("diverged");
        const auto row = [](const char* name, const char* history, bool diverged) {
            QTest::newRow(name) << QStringLiteral("{\"log_history\":[") + QString::fromUtf8(history) +
                                       QStringLiteral("]}")
                                << diverged;
        };
        row("healthy", R"({"step":1,"loss":1.5,"grad_norm":2},{"step":1,"eval_loss":2})", false);
        row("filtered loss",
            R"({"step":1,"loss":0.0,"grad_norm":NaN},{"step":2,"loss":0.0,"grad_norm":1},{"step":2,"train_loss":1.2})",
            true);
        row("last norm", R"({"step":1,"loss":1,"grad_norm":1},{"step":2,"loss":0.5,"grad_norm":NaN})", true);
        row("one skipped step of mixed precision",
            R"({"step":1,"loss":1.5,"grad_norm":Infinity},{"step":2,"loss":1.4,"grad_norm":3})", false);
        row("evaluation", R"({"step":1,"loss":1},{"step":1,"eval_loss":NaN})", true);
        row("named evaluation", R"({"step":1,"loss":1},{"step":1,"eval_hard_loss":NaN})", true);
        row("loss null", R"({"step":1,"loss":null})", true);
        row("loss zero is learned by heart", R"({"step":1,"loss":0.0,"grad_norm":0.0})", false);
        row("another metric", R"({"step":1,"loss":1,"entropy":NaN})", false);
    }
    void divergenceIsSeen() {
        QFETCH(QString, text);
        QFETCH(bool, diverged);
        const TempFolder folder;
        QCOMPARE(readText(folder, "trainer_state.json", text.toStdString()).diverged, diverged);
    }

    void gapsAreNoZeroes() {
        const TempFolder folder;
        const ForeignLog log = readText(
            folder, "trainer_state.json",
            R"({"log_history":[{"step":1,"loss":NaN,"lr":1},{"step":2,"loss":-Infinity},{"step":3,"loss":null}]})");
        QCOMPARE(pointsText(*findSeries(log, "loss")), std::string("[1,null][2,null][3,null]"));
        QCOMPARE(log.skipped, std::int64_t(0));
    }

    void resumesOfEveryShape() {
        const TempFolder folder;
        const auto row = [](int step, const char* key, double value) {
            return "{\"current_steps\":" + std::to_string(step) + ",\"" + key + "\":" + formatDouble(value) + "}\n";
        };
        // Evaluations more often than training rows; the resumed life begins with evaluations.
        std::string text;
        for (int step = 10; step <= 60; step += 10) {
            text += row(step, "eval_loss", 1);
            if (step % 30 == 0) {
                text += row(step, "loss", 1);
            }
        }
        for (int step = 40; step <= 70; step += 10) {
            text += row(step, "eval_loss", 2);
            if (step % 30 == 0) {
                text += row(step, "loss", 2);
            }
        }
        ForeignLog log = readText(folder, "trainer_log.jsonl", text);
        QCOMPARE(pointsText(*findSeries(log, "eval_loss")), std::string("[10,1][20,1][30,1][40,2][50,2][60,2][70,2]"));
        QCOMPARE(pointsText(*findSeries(log, "loss")), std::string("[30,1][60,2]"));
        QCOMPARE(log.overwritten, std::int64_t(4));
        // Twice, the second time further back.
        log = readText(folder, "trainer_log.jsonl",
                       row(1, "loss", 1) + row(2, "loss", 1) + row(3, "loss", 1) + row(3, "loss", 2) +
                           row(4, "loss", 2) + row(2, "loss", 3) + row(3, "loss", 3));
        QCOMPARE(pointsText(*findSeries(log, "loss")), std::string("[1,1][2,3][3,3]"));
        // A whole new run in the same file.
        log = readText(folder, "trainer_log.jsonl",
                       row(0, "eval_loss", 1) + row(5, "loss", 1) + row(9, "loss", 1) + row(0, "eval_loss", 2) +
                           row(5, "loss", 2));
        QCOMPARE(pointsText(*findSeries(log, "loss")), std::string("[5,2]"));
    }

    void manyFaultsAreCountedAndSomeTold() {
        const TempFolder folder;
        std::string text = "{\"current_steps\":1,\"loss\":1}\n";
        for (int i = 0; i < 5000; ++i) {
            text += "{\"current_steps\":}\n";
        }
        const ForeignLog log = readText(folder, "trainer_log.jsonl", text);
        QCOMPARE(log.skipped, std::int64_t(5000));
        QCOMPARE(log.problems.size(), std::size_t(1000));
        QVERIFY(log.notes.back().find("4000") != std::string::npos);
        // Entries that never end cost bounded time.
        const ForeignLog braces =
            readText(folder, "trainer_state.json", "{\"log_history\":[" + std::string(3'000'000, '{'));
        QVERIFY(braces.skipped > 0);
        const ForeignLog quotes = readText(folder, "trainer_state.json",
                                           "{\"log_history\":[{\"step\":1,\"loss\":2},{\"" + std::string(100'000, 'x'));
        QCOMPARE(pointsText(*findSeries(quotes, "loss")), std::string("[1,2]"));
        QCOMPARE(quotes.skipped, std::int64_t(1));
        // Damage before the list, and a quote that is missing inside an entry.
        const ForeignLog head =
            readText(folder, "trainer_state.json", "{\"epoch: 1,\n\"log_history\": [{\"step\":1,\"loss\":2}]}");
        QCOMPARE(pointsText(*findSeries(head, "loss")), std::string("[1,2]"));
        QCOMPARE(head.skipped, std::int64_t(1));
        const ForeignLog inside = readText(
            folder, "trainer_state.json",
            "{\"log_history\": [\n{\"step\":1,\"loss\":2},\n{\"step:2,\"loss\":3},\n{\"step\":3,\"loss\":4}]}");
        QCOMPARE(pointsText(*findSeries(inside, "loss")), std::string("[1,2][3,4]"));
        QCOMPARE(inside.skipped, std::int64_t(1));
        QVERIFY2(problemsText(inside).find("trainer_state.json:3") != std::string::npos, problemsText(inside).c_str());
    }

    void mutatedFiles() {
        const std::int64_t seed = setting("FETTLE_FUZZ_SEED", 20260101);
        const std::int64_t rounds = setting("FETTLE_FUZZ_ROUNDS", 60);
        qInfo("seed %lld, %lld rounds (FETTLE_FUZZ_SEED, FETTLE_FUZZ_ROUNDS)", static_cast<long long>(seed),
              static_cast<long long>(rounds));
        std::mt19937_64 random(static_cast<std::uint64_t>(seed));
        std::vector<fs::path> corpus;
        for (const auto& entry : fs::recursive_directory_iterator(logs(""))) {
            const std::string name = entry.path().filename().string();
            if (entry.is_regular_file() && name != "expected.json" && entry.path().extension() != ".py") {
                corpus.push_back(entry.path());
            }
        }
        std::sort(corpus.begin(), corpus.end());
        QVERIFY(corpus.size() > 25);
        const TempFolder folder;
        int answered = 0;
        int refused = 0;
        for (std::int64_t round = 0; round < rounds; ++round) {
            for (const fs::path& file : corpus) {
                std::string text = must(readFile(file.string()));
                const bool records = file.filename().string().find("tfevents") != std::string::npos;
                mutate(text, random);
                if (records && random() % 2 == 0) {
                    repairChecksums(text);
                }
                const std::string path = folder / file.filename().string();
                write(path, text);
                const auto log = readForeignLog(path);
                fs::remove(path);
                const std::string fault = log ? brokenPromise(*log) : std::string();
                if (!fault.empty() || (!log && log.error().message.empty())) {
                    const std::string kept =
                        (fs::temp_directory_path() / ("fettle-log-" + file.filename().string())).string();
                    (void)writeFileAtomic(kept, text);
                    QFAIL((file.string() + " mutated: " + fault + "; kept as " + kept).c_str());
                }
                ++(log ? answered : refused);
            }
        }
        qInfo("%d answered, %d refused", answered, refused);
        QVERIFY(answered > refused); // mutations reach what lies inside
    }
};

QTEST_APPLESS_MAIN(TestForeignLog)
#include "test_foreign_log.moc"
