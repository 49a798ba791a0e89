// Measures what a million rows cost: checks of rows (with and without languages), sketches and the whole search for
// duplicates, planning of splits, with the memory at its highest. Rows are made of invented words, some of them planted
// as copies; the planted ones that are missed are counted. Prints one JSON object.
//
//     bench_data_checks [ROWS] [BYTES A ROW]       (1,000,000 and 1,000)
#include "base/hash.h"
#include "base/json.h"
#include "data/duplicates.h"
#include "data/row_checks.h"
#include "data/row_text.h"
#include "data/split_plan.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace fettle;
using namespace fettle::data;

namespace {

using Clock = std::chrono::steady_clock;

double seconds(Clock::time_point since) {
    return std::chrono::duration<double>(Clock::now() - since).count();
}

// Peak of the process in MB.
double peakMegabytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) {
            return static_cast<double>(std::atoll(line.c_str() + 6)) / 1000.0;
        }
    }
    return 0;
}

// Row number `id`, always the same text; every tenth is a copy of the row before with one word in a hundred changed.
class Rows {
public:
    explicit Rows(std::size_t bytes)
        : m_bytes(bytes) {
        std::mt19937_64 random(1);
        for (int i = 0; i < 20000; ++i) {
            std::string word;
            for (std::size_t n = 2 + random() % 9; n > 0; --n) {
                word += static_cast<char>('a' + random() % 26);
            }
            m_words.push_back(word);
        }
    }
    static bool isCopy(std::int64_t id) { return id % 10 == 9; }
    [[nodiscard]] std::string text(std::int64_t id) const {
        std::mt19937_64 random(static_cast<std::uint64_t>(isCopy(id) ? id - 1 : id) + 17);
        std::string out;
        std::size_t count = 0;
        while (out.size() < m_bytes) {
            std::size_t word = random() % m_words.size();
            if (isCopy(id) && ++count % 100 == 50) {
                word = (word + static_cast<std::size_t>(id)) % m_words.size();
            }
            out += m_words[word] + ' ';
        }
        return out;
    }

private:
    std::size_t m_bytes;
    std::vector<std::string> m_words;
};

} // namespace

int main(int argc, char** argv) {
    const std::int64_t rows = argc > 1 ? std::atoll(argv[1]) : 1'000'000;
    const std::size_t bytes = argc > 2 ? static_cast<std::size_t>(std::atoll(argv[2])) : 1000;
    const Rows made(bytes);
    Json out = {{"rows", rows}, {"bytes", bytes}};

    // Checks of rows, one core; fewer rows tell as much.
    const std::int64_t checked = std::min<std::int64_t>(rows, 50'000);
    std::vector<Sample> samples;
    for (std::int64_t id = 0; id < checked; ++id) {
        Sample sample;
        sample.kind = SampleKind::Chat;
        const std::string text = made.text(id);
        sample.row["messages"] = Json::array({{{"role", "user"}, {"content", text.substr(0, text.size() / 2)}},
                                              {{"role", "assistant"}, {"content", text.substr(text.size() / 2)}}});
        samples.push_back(std::move(sample));
    }
    std::size_t hits = 0;
    auto begin = Clock::now();
    for (const Sample& sample : samples) {
        hits += checkRow(sample).size();
    }
    out["check_rows_per_s"] = static_cast<double>(checked) / seconds(begin);
    begin = Clock::now();
    for (const Sample& sample : samples) {
        hits += rowFacts(sample).language.size();
    }
    out["facts_rows_per_s"] = static_cast<double>(checked) / seconds(begin);
    out["hits"] = hits;
    samples = {};

    // Duplicates: sketches on two threads, as a store would make them while it reads; making the rows is not counted.
    DuplicateFinder finder;
    constexpr std::int64_t kBlock = 4096;
    double sketching = 0;
    for (std::int64_t first = 0; first < rows; first += kBlock) {
        const std::int64_t count = std::min(kBlock, rows - first);
        std::vector<std::string> texts(static_cast<std::size_t>(count));
        for (std::int64_t i = 0; i < count; ++i) {
            texts[static_cast<std::size_t>(i)] = made.text(first + i);
        }
        std::vector<RowSketch> sketches(texts.size());
        begin = Clock::now();
        const auto work = [&](std::size_t from) {
            for (std::size_t i = from; i < texts.size(); i += 2) {
                sketches[i] = finder.sketch(texts[i]);
            }
        };
        std::thread other(work, 1);
        work(0);
        other.join();
        for (std::size_t i = 0; i < texts.size(); ++i) {
            finder.add(first + static_cast<std::int64_t>(i), sketches[i]);
        }
        sketching += seconds(begin);
    }
    out["sketch_s"] = sketching;
    begin = Clock::now();
    const auto found = finder.clusters([&](std::int64_t id) -> Result<std::string> { return made.text(id); });
    out["clusters_s"] = seconds(begin);
    if (!found) {
        std::fputs((found.error().text() + '\n').c_str(), stderr);
        return 1;
    }
    // Planted pairs that are near by the true similarity, and how many of them stand together.
    std::vector<bool> joined(static_cast<std::size_t>(rows), false);
    std::int64_t wrong = 0;
    for (const auto& cluster : found->near) {
        const bool planted = cluster.size() == 2 && Rows::isCopy(cluster[1]) && cluster[1] == cluster[0] + 1;
        wrong += planted ? 0 : 1;
        if (planted) {
            joined[static_cast<std::size_t>(cluster[1])] = true;
        }
    }
    std::int64_t planted = 0;
    std::int64_t missed = 0;
    for (std::int64_t id = 9; id < std::min<std::int64_t>(rows, 20'000); id += 10) {
        if (jaccard(made.text(id), made.text(id - 1)) >= 0.8) {
            ++planted;
            missed += joined[static_cast<std::size_t>(id)] ? 0 : 1;
        }
    }
    out["near_clusters"] = found->near.size();
    out["planted_looked_at"] = planted;
    out["planted_missed"] = missed;
    out["clusters_not_planted"] = wrong;
    out["candidates"] = finder.stats().candidates;
    out["proved"] = finder.stats().proved;
    out["capped"] = finder.stats().cappedBuckets;
    out["peak_mb_duplicates"] = peakMegabytes();

    std::vector<SplitRow> plan;
    for (std::int64_t id = 0; id < rows; ++id) {
        plan.push_back({.id = id,
                        .key = hash64({reinterpret_cast<const char*>(&id), sizeof id}),
                        .stratum = static_cast<std::uint32_t>(id % 20)});
    }
    begin = Clock::now();
    const auto split = planSplit(plan, {.stratified = true});
    out["split_s"] = seconds(begin);
    out["split_test_rows"] = split ? split->counts[2] : 0;
    out["peak_mb"] = peakMegabytes();
    std::puts(dumpJson(out).c_str());
    return 0;
}
