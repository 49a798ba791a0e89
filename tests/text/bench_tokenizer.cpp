// Speed on the default model's vocabulary: loading, and encoding on one thread with a cold cache. The text is this
// project's own prose and source.
#include "tokenizer_cases.h"

#include <QTest>

#include <chrono>
#include <cstdio>

using namespace fettle;
using namespace fettle::test;

namespace {

double secondsSince(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string corpus() {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(std::string(FETTLE_SOURCE_DIR) + "/core")) {
        const std::string extension = entry.path().extension().string();
        if (extension == ".md" || extension == ".h" || extension == ".cpp") {
            paths.push_back(entry.path().string());
        }
    }
    std::sort(paths.begin(), paths.end());
    std::string out = must(readFile(std::string(FETTLE_SOURCE_DIR) + "/LICENSE"));
    for (const std::string& path : paths) {
        out += must(readFile(path));
    }
    return out;
}

} // namespace

class BenchTokenizer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void loading();
    void encoding();
};

void BenchTokenizer::loading() {
    const auto file = must(model::openGguf(defaultModelPath()));
    const text::GgufVocabulary vocabulary = vocabularyOf(*file);
    double best = 1e9;
    for (int i = 0; i < 5; ++i) {
        const auto start = std::chrono::steady_clock::now();
        QVERIFY(text::tokenizerFromGguf(vocabulary).ok());
        best = std::min(best, secondsSince(start));
    }
    std::printf("loading %zu pieces and %zu merges: %.1f ms\n", vocabulary.tokens.size(), vocabulary.merges.size(),
                best * 1e3);
    QVERIFY2(best < 0.150, "loading takes 150 ms or more");
}

void BenchTokenizer::encoding() {
    const std::string text = corpus();
    double best = 1e9;
    std::size_t tokens = 0;
    for (int i = 0; i < 5; ++i) {
        const auto tokenizer = caseTokenizer("smollm2"); // a new one: its cache is empty
        const auto start = std::chrono::steady_clock::now();
        tokens = must(tokenizer->encode(text)).ids.size();
        best = std::min(best, secondsSince(start));
    }
    const double rate = static_cast<double>(text.size()) / best / 1e6;
    std::printf("encoding %zu bytes to %zu tokens: %.1f MB/s\n", text.size(), tokens, rate);
    QVERIFY2(rate >= 5, "encoding is slower than 5 MB/s");
}

QTEST_APPLESS_MAIN(BenchTokenizer)
#include "bench_tokenizer.moc"
