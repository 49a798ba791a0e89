// Mutated files never crash, hang or break a promise of the importer: counts add up, lines lie inside the file, good
// rows are in normal form, and the validator agrees.
#include "data/validate.h"
#include "data_support.h"
#include "support/golden.h"

#include <QtTest>

#include <filesystem>
#include <random>

using namespace fettle;
using namespace fettle::data;
using namespace fettle::data::test;

class TestImportFuzz : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void mutatedFiles() {
        const char* given = std::getenv("FETTLE_FUZZ_SEED");
        const std::uint64_t seed = given != nullptr ? std::stoull(given) : 4711;
        const char* more = std::getenv("FETTLE_FUZZ_ROUNDS");
        const int rounds = more != nullptr ? std::stoi(more) : 40;
        qInfo("seed %llu, %d rounds (FETTLE_FUZZ_SEED, FETTLE_FUZZ_ROUNDS)", static_cast<unsigned long long>(seed),
              rounds);
        std::mt19937_64 random(seed);
        const Scratch scratch;
        std::vector<std::filesystem::path> corpus;
        for (const char* folder : {"import", "broken"}) {
            for (const auto& file : std::filesystem::directory_iterator(goldenRoot() + "/data/" + folder)) {
                if (file.is_regular_file() && file.path().filename() != "expected.json") {
                    corpus.push_back(file.path());
                }
            }
        }
        std::sort(corpus.begin(), corpus.end());
        QVERIFY(corpus.size() > 50);
        int cases = 0;
        for (int round = 0; round < rounds; ++round) {
            for (const auto& file : corpus) {
                std::string text = readFile(file.string()).valueOr({});
                const auto changes = 1 + random() % 6;
                for (std::uint64_t i = 0; i < changes; ++i) {
                    mutate(text, random);
                }
                const std::string path = scratch.path("mutant" + file.extension().string());
                std::filesystem::remove(
                    path); // a file cut to nothing and written again is flushed to disk by ext4: a new one is not
                std::FILE* out = std::fopen(path.c_str(), "wb");
                QVERIFY(out != nullptr);
                QCOMPARE(std::fwrite(text.data(), 1, text.size(), out), text.size());
                QCOMPARE(std::fclose(out), 0);
                const std::string wrong = check(path, text);
                if (!wrong.empty()) {
                    const std::string kept =
                        (std::filesystem::temp_directory_path() / ("fettle-fuzz-case" + file.extension().string()))
                            .string();
                    (void)writeFileAtomic(kept, text);
                    QFAIL((file.filename().string() + " mutated: " + wrong + "; kept as " + kept).c_str());
                }
                ++cases;
            }
        }
        qInfo("%d mutants", cases);
    }

private:
    static void mutate(std::string& text, std::mt19937_64& random) {
        static const std::vector<std::string> words = {"\"",
                                                       "\\",
                                                       "{",
                                                       "}",
                                                       "[",
                                                       "]",
                                                       ",",
                                                       ":",
                                                       "\n",
                                                       "\r\n",
                                                       ";",
                                                       "\t",
                                                       "null",
                                                       "true",
                                                       "1e999",
                                                       "-",
                                                       "\\ud83d",
                                                       "\xEF\xBB\xBF",
                                                       "\xFF",
                                                       "\xE2\x82",
                                                       std::string(1, '\0'),
                                                       "NaN",
                                                       "\"\"",
                                                       "role",
                                                       "content",
                                                       "messages",
                                                       "weight",
                                                       "tool_calls",
                                                       "conversations",
                                                       "from",
                                                       "[[[[[[[[",
                                                       "{\"a\":",
                                                       "00"};
        const std::size_t at = text.empty() ? 0 : random() % text.size();
        switch (random() % 7) {
        case 0:
            text.insert(at, words[random() % words.size()]);
            break;
        case 1:
            text.erase(at, 1 + random() % 20);
            break;
        case 2:
            if (!text.empty()) {
                text[at] = static_cast<char>(random() % 256);
            }
            break;
        case 3: { // doubles a stretch somewhere else
            const std::string stretch = text.substr(at, random() % 200);
            text.insert(text.empty() ? 0 : random() % text.size(), stretch);
            break;
        }
        case 4:
            text.resize(at);
            break;
        case 5: { // swaps two bytes
            if (!text.empty()) {
                std::swap(text[at], text[random() % text.size()]);
            }
            break;
        }
        default: { // one word for another of its length class
            const std::string& word = words[random() % words.size()];
            text.replace(at, word.size(), word);
            break;
        }
        }
    }

    static std::string check(const std::string& path, const std::string& text) {
        const auto all = importAll(path);
        const bool table = path.ends_with(".parquet"); // one damaged byte may make all of it unreadable
        if (!all) {
            const ErrorCode code = all.error().code;
            return code == ErrorCode::Unsupported || (table && code == ErrorCode::Corrupt) ? std::string()
                                                                                           : all.error().text();
        }
        const ImportReport& report = all->report;
        const auto textLines = static_cast<std::int64_t>(std::count(text.begin(), text.end(), '\n')) + 1;
        const auto lines = table ? std::max(report.rows, textLines) : textLines; // a row of a table is its line
        if (report.goodRows != static_cast<std::int64_t>(all->samples.size()) || report.goodRows > report.rows) {
            return "counts do not add up";
        }
        std::int64_t errors = 0;
        for (const auto& [code, count] : report.errors) {
            errors += count;
        }
        if (report.rows - report.goodRows > errors) {
            return "a row is bad without a fault";
        }
        if (report.goodRows == 0 && report.faults.empty()) {
            return "no row and no fault";
        }
        for (const RowFault& fault : report.faults) {
            if (fault.line < 0 || fault.line > lines || fault.code.empty() || fault.reason.empty()) {
                return "a fault without place, code or reason: " + faultText(fault);
            }
        }
        std::int64_t last = 0;
        for (const Sample& sample : all->samples) {
            if (sample.line < last || sample.line < 1 || sample.line > lines || sample.kind == SampleKind::None ||
                !sample.row.is_object()) {
                return "a sample out of order or without a kind";
            }
            last = sample.line;
            const std::string line = toJsonLine(sample);
            JsonParseError fault;
            if (!parseJsonDetailed(line, fault)) {
                return "a sample that does not read back: " + line;
            }
        }
        const auto validated = validateFile(path);
        if (!validated || validated->rows != report.rows || validated->goodRows != report.goodRows) {
            return "validator and importer disagree";
        }
        return {};
    }
};

QTEST_APPLESS_MAIN(TestImportFuzz)
#include "test_import_fuzz.moc"
