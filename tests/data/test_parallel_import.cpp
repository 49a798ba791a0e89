// Importing on several threads gives exactly what importing on one gives: the same rows in the same order with the same
// lines, the same faults, the same counts, over every golden file and over random files with faults sprinkled in.
#include "base/files.h"
#include "data/parallel_import.h"
#include "data_support.h"
#include "support/golden.h"
#include "support/results.h"
#include "support/temp_folder.h"

#include <QtTest>

#include <filesystem>
#include <random>

using namespace fettle;
using namespace fettle::data;
using fettle::test::must;
using fettle::test::TempFolder;

namespace {

class Kept final : public RowBatch {
public:
    void row(Sample&& sample) override {
        lines.push_back(std::to_string(sample.line) + ' ' + sample.file + ' ' + toJsonLine(sample));
    }
    void rejected(const RowFault& fault, std::string_view text) override {
        bad.push_back(std::to_string(fault.line) + ' ' + fault.code + ' ' + std::string(text));
    }
    std::vector<std::string> lines, bad;
};

// What one and several threads make of a file must be the same; the rows rejected with their text come on top.
std::string differenceOf(const std::string& path, int threads, std::size_t* rejected = nullptr) {
    const auto slow = importAll(path);
    std::vector<std::string> lines;
    std::vector<std::string> bad;
    const auto fast = importInBatches(
        path, {}, threads, [] { return std::make_unique<Kept>(); },
        [&](std::unique_ptr<RowBatch> batch) {
            auto& kept = static_cast<Kept&>(*batch);
            lines.insert(lines.end(), kept.lines.begin(), kept.lines.end());
            bad.insert(bad.end(), kept.bad.begin(), kept.bad.end());
            return true;
        });
    if (slow.ok() != fast.ok()) {
        return "one fails, the other does not";
    }
    if (!slow) {
        return slow.error().text() == fast.error().text() ? "" : "other errors: " + fast.error().text();
    }
    if (dumpJson(toJson(slow->report)) != dumpJson(toJson(*fast))) {
        return "other reports: " + dumpJson(toJson(slow->report)) + " and " + dumpJson(toJson(*fast));
    }
    if (slow->report.errors != fast->errors || slow->report.warnings != fast->warnings ||
        slow->report.goodRows != fast->goodRows || slow->report.rows != fast->rows) {
        return "other counts";
    }
    if (slow->samples.size() != lines.size()) {
        return "other rows";
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const Sample& sample = slow->samples[i];
        if (lines[i] != std::to_string(sample.line) + ' ' + sample.file + ' ' + toJsonLine(sample)) {
            return "row " + std::to_string(i) + ": " + lines[i];
        }
    }
    if (rejected != nullptr) {
        *rejected = bad.size();
    }
    return {};
}

} // namespace

class TestParallelImport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyGoldenFile() {
        int files = 0;
        for (const char* folder : {"/data/import", "/data/broken", "/data/cookbook"}) {
            for (const auto& entry : std::filesystem::directory_iterator(std::string(FETTLE_GOLDEN_DIR) + folder)) {
                if (entry.path().filename() == "expected.json") {
                    continue;
                }
                const std::string difference = differenceOf(entry.path().string(), 1 + files % 3);
                QVERIFY2(difference.empty(), (entry.path().string() + ": " + difference).c_str());
                ++files;
            }
        }
        QVERIFY(files > 80);
    }
    void randomFilesOfManyPieces() {
        const char* given = std::getenv("FETTLE_TEST_SEED");
        const unsigned seed =
            given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
        qInfo("seed %u (repeat with FETTLE_TEST_SEED)", seed);
        std::mt19937 random(seed);
        const TempFolder folder;
        const std::vector<std::string> odd{
            "{torn",
            "",
            "   ",
            "[1,2]",
            "{\"messages\":[{\"role\":\"bot\",\"content\":\"x\"}]}",
            "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"},{\"role\":\"assistant\",\"content\":\" \"}]}",
            "{\"messages\":[{\"role\":\"user\",\"content\":\"\xff\"}]}",
            "{\"messages\":[],\"messages\":[]}",
            "{\"messages\":[{\"role\":\"assistant\",\"content\":\"é\\u4e2d\\n\",\"weight\":0}],\"n\":1e3,\"m\":null}"};
        std::string text;
        std::size_t wrong = 0;
        while (text.size() < (std::size_t{5} << 20)) {
            if (random() % 50 == 0) {
                text += odd[random() % odd.size()] + (random() % 2 == 0 ? "\n" : "\r\n");
                ++wrong;
                continue;
            }
            std::string words(random() % 3000, 'x');
            for (char& c : words) {
                c = static_cast<char>('a' + random() % 26);
            }
            text += "{\"messages\":[{\"role\":\"user\",\"content\":\"" + words +
                    "\"},{\"role\":\"assistant\",\"content\":\"yes\"}],\"id\":" + std::to_string(random()) + "}\n";
        }
        must(writeFileAtomic(folder / "r.jsonl",
                             text.substr(0, text.size() - random() % 2))); // with or without the last break
        for (const int threads : {1, 2, 3}) {
            std::size_t rejected = 0;
            const std::string difference = differenceOf(folder / "r.jsonl", threads, &rejected);
            QVERIFY2(difference.empty(), difference.c_str());
            QVERIFY(rejected > 0 && rejected < wrong * 3);
        }
    }
    void stoppingEarlyAndCancelling() {
        const TempFolder folder;
        std::string text;
        for (int i = 0; i < 50000; ++i) {
            text += "{\"text\":\"" + std::string(100, 'y') + "\"}\n";
        }
        must(writeFileAtomic(folder / "t.jsonl", text));
        int batches = 0;
        const auto some = importInBatches(
            folder / "t.jsonl", {}, 2, [] { return std::make_unique<Kept>(); },
            [&](std::unique_ptr<RowBatch>) { return ++batches < 2; });
        QVERIFY(some.ok() && some->goodRows < 50000);
        std::stop_source stop;
        ImportOptions options;
        options.stop = stop.get_token();
        const auto none = importInBatches(
            folder / "t.jsonl", options, 2, [] { return std::make_unique<Kept>(); },
            [&](std::unique_ptr<RowBatch>) {
                stop.request_stop();
                return true;
            });
        QVERIFY(!none && none.error().code == ErrorCode::Cancelled);
    }
    void singleRowsFromMemory() {
        const Sample chat = must(sampleFromJson("{\"instruction\":\"do\",\"output\":\"done\",\"extra\":1}"));
        QCOMPARE(chat.kind, SampleKind::Chat);
        QCOMPARE(toJsonLine(must(sampleFromJson(toJsonLine(chat)))), toJsonLine(chat));
        for (const char* wrong :
             {"{", "[]", "{}", "{\"messages\":[]}", "{\"messages\":[{\"role\":\"x\",\"content\":\"y\"}]}"}) {
            QVERIFY2(sampleFromJson(wrong).error().code == ErrorCode::InvalidInput, wrong);
        }
        QCOMPARE(sampleFromJson("{\"messages\":[{\"role\":\"x\",\"content\":\"y\"}]}").error().key,
                 std::string("messages[0].role"));
    }
};

QTEST_APPLESS_MAIN(TestParallelImport)
#include "test_parallel_import.moc"
