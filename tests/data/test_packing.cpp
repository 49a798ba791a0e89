// Properties of plans and batches: every row once, no token lost or doubled, capacities kept, labels shifted right, the
// same plan for the same seed on every machine.
#include "data/packed_batch.h"

#include <QtTest>

#include <algorithm>
#include <random>
#include <set>

using namespace fettle;
using namespace fettle::data;

namespace {

struct Rows {
    std::vector<std::int32_t> tokens;
    std::vector<std::int32_t> labels;
};

Rows randomRows(std::mt19937_64& random, std::size_t count, std::uint64_t longest) {
    Rows rows;
    for (std::size_t i = 0; i < count; ++i) {
        const auto tokens = static_cast<std::int32_t>(random() % (longest + 1));
        rows.tokens.push_back(tokens);
        rows.labels.push_back(tokens == 0 ? 0
                                          : static_cast<std::int32_t>(random() % static_cast<std::uint64_t>(tokens)));
    }
    return rows;
}

std::vector<std::int64_t> rowsOf(const StepPlan& step) {
    std::vector<std::int64_t> rows;
    for (const auto& batch : step.microBatches) {
        rows.insert(rows.end(), batch.begin(), batch.end());
    }
    return rows;
}

std::int64_t sumOf(const std::vector<std::int64_t>& rows, const std::vector<std::int32_t>& values) {
    std::int64_t sum = 0;
    for (const std::int64_t row : rows) {
        sum += values[static_cast<std::size_t>(row)];
    }
    return sum;
}

} // namespace

class TestPacking : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void properties() {
        const std::uint64_t seed = 20240607;
        qInfo("seed %llu", static_cast<unsigned long long>(seed));
        std::mt19937_64 random(seed);
        for (int round = 0; round < 300; ++round) {
            const Rows rows = randomRows(random, random() % 120, 1 + random() % 300);
            PackOptions options;
            options.batchTokens = 1 + static_cast<std::int64_t>(random() % 1500);
            options.batchRows = random() % 3 == 0 ? 1 + static_cast<std::int64_t>(random() % 9) : 0;
            options.microTokens = 1 + static_cast<std::int64_t>(random() % 400);
            options.shuffle = random() % 2 == 0;
            options.seed = random();
            options.epoch = static_cast<std::int64_t>(random() % 5);
            const auto plan = planEpoch(rows.tokens, rows.labels, options);
            const std::string shown = "round " + std::to_string(round);

            std::vector<std::int64_t> all;
            for (const StepPlan& step : plan) {
                const auto inStep = rowsOf(step);
                QVERIFY2(!inStep.empty(), shown.c_str());
                QCOMPARE(step.tokens, sumOf(inStep, rows.tokens));
                QCOMPARE(step.labelTokens, sumOf(inStep, rows.labels));
                if (options.batchRows > 0) {
                    QVERIFY2(static_cast<std::int64_t>(inStep.size()) <= options.batchRows, shown.c_str());
                } else {
                    QVERIFY2(step.tokens <= options.batchTokens ||
                                 std::count_if(
                                     inStep.begin(), inStep.end(),
                                     [&](std::int64_t r) { return rows.tokens[static_cast<std::size_t>(r)] > 0; }) == 1,
                             shown.c_str());
                }
                for (const auto& batch : step.microBatches) {
                    QVERIFY2(!batch.empty(), shown.c_str());
                    QVERIFY2(sumOf(batch, rows.tokens) <= options.microTokens || batch.size() == 1, shown.c_str());
                }
                all.insert(all.end(), inStep.begin(), inStep.end());
            }
            std::vector<std::int64_t> sorted = all;
            std::sort(sorted.begin(), sorted.end());
            QCOMPARE(sorted.size(), rows.tokens.size());
            for (std::size_t i = 0; i < sorted.size(); ++i) {
                QCOMPARE(sorted[i], static_cast<std::int64_t>(i));
            }
            if (!options.shuffle) { // file order: each step is a stretch of the file
                std::int64_t next = 0;
                for (const StepPlan& step : plan) {
                    auto inStep = rowsOf(step);
                    std::sort(inStep.begin(), inStep.end());
                    for (const std::int64_t row : inStep) {
                        QCOMPARE(row, next++);
                    }
                }
            }
            QCOMPARE(planHash(planEpoch(rows.tokens, rows.labels, options)), planHash(plan));
        }
    }

    // Steps are filled: no step could have taken the first row of the next one.
    void stepsAreFull() {
        const std::vector<std::int32_t> tokens = {5, 5, 5, 5, 4, 1};
        PackOptions options;
        options.shuffle = false;
        options.batchTokens = 10;
        options.microTokens = 5;
        const auto plan = planEpoch(tokens, tokens, options);
        QCOMPARE(plan.size(), std::size_t{3});
        QCOMPARE(plan[2].microBatches, (std::vector<std::vector<std::int64_t>>{{4, 5}}));
    }

    // Best fit, not first fit: 6 and 4 fill one batch of 10, 7 and 3 the other.
    void bestFit() {
        const std::vector<std::int32_t> tokens = {3, 7, 4, 6, 12};
        PackOptions options;
        options.shuffle = false;
        options.batchRows = 5;
        options.microTokens = 10;
        const auto plan = planEpoch(tokens, tokens, options);
        QCOMPARE(plan.size(), std::size_t{1});
        QCOMPARE(plan[0].microBatches, (std::vector<std::vector<std::int64_t>>{{0, 1}, {2, 3}, {4}}));
    }

    // The shuffle is ours, so its outcome is fixed for good: a run is repeated on another machine by its seed.
    void sameOnEveryMachine() {
        const std::vector<std::int32_t> tokens(10, 1);
        PackOptions options;
        options.batchRows = 10;
        options.microTokens = 1;
        const auto first = rowsOf(planEpoch(tokens, tokens, options).at(0));
        QCOMPARE(first, (std::vector<std::int64_t>{9, 3, 6, 4, 0, 7, 5, 2, 8, 1}));
        options.epoch = 1;
        const auto second = rowsOf(planEpoch(tokens, tokens, options).at(0));
        QCOMPARE(second, (std::vector<std::int64_t>{3, 8, 6, 2, 7, 5, 0, 4, 9, 1}));
        options.epoch = 0;
        options.seed = 43;
        QVERIFY(rowsOf(planEpoch(tokens, tokens, options).at(0)) != first);
    }

    // Each row comes to each place about equally often.
    void shuffleIsFair() {
        constexpr std::size_t count = 6;
        constexpr int rounds = 12000;
        const std::vector<std::int32_t> tokens(count, 1);
        std::vector<std::vector<int>> seen(count, std::vector<int>(count, 0));
        PackOptions options;
        options.batchRows = 6;
        options.microTokens = 1;
        for (int round = 0; round < rounds; ++round) {
            options.epoch = round;
            const auto rows = rowsOf(planEpoch(tokens, tokens, options).at(0));
            for (std::size_t place = 0; place < count; ++place) {
                ++seen[place][static_cast<std::size_t>(rows[place])];
            }
        }
        double chi = 0;
        for (const auto& row : seen) {
            for (const int hits : row) {
                const double off = hits - rounds / static_cast<double>(count);
                chi += off * off / (rounds / static_cast<double>(count));
            }
        }
        QVERIFY2(chi < 60,
                 std::to_string(static_cast<int>(chi)).c_str()); // 25 degrees of freedom: 60 is far beyond chance
    }

    void batches() {
        std::mt19937_64 random(7);
        for (int round = 0; round < 200; ++round) {
            std::vector<text::EncodedRow> rows(random() % 6);
            std::vector<const text::EncodedRow*> pointers;
            std::vector<std::int64_t> ids;
            for (text::EncodedRow& row : rows) {
                const std::size_t length = random() % 9;
                for (std::size_t i = 0; i < length; ++i) {
                    row.ids.push_back(static_cast<text::TokenId>(random() % 1000));
                    row.labels.push_back(random() % 2 == 0 ? row.ids.back() : text::kIgnore);
                }
                pointers.push_back(&row);
                ids.push_back(static_cast<std::int64_t>(random() % 1000));
            }
            const PackedBatch batch = packRows(pointers, ids);
            std::size_t at = 0;
            std::size_t segment = 0;
            std::size_t label = 0;
            for (std::size_t r = 0; r < rows.size(); ++r) {
                if (rows[r].ids.empty()) {
                    continue;
                }
                const Segment& one = batch.segments.at(segment++);
                QCOMPARE(static_cast<std::size_t>(one.begin), at);
                QCOMPARE(static_cast<std::size_t>(one.end), at + rows[r].ids.size());
                QCOMPARE(one.parent, -1);
                QCOMPARE(one.sample, ids[r]);
                for (std::size_t i = 0; i < rows[r].ids.size(); ++i, ++at) {
                    QCOMPARE(batch.ids.at(at), rows[r].ids[i]);
                    QCOMPARE(static_cast<std::size_t>(batch.pos.at(at)), i);
                    if (i > 0 && rows[r].labels[i] != text::kIgnore) { // predicted by the token before
                        QCOMPARE(static_cast<std::size_t>(batch.labelRows.at(label)), at - 1);
                        QCOMPARE(batch.labels.at(label), rows[r].ids[i]);
                        ++label;
                    }
                }
            }
            QCOMPARE(at, batch.ids.size());
            QCOMPARE(segment, batch.segments.size());
            QCOMPARE(label, batch.labels.size());
            QCOMPARE(batch.weights, std::vector<float>(label, 1.0F));
            QCOMPARE(batch.realTokens, static_cast<std::int64_t>(at));
            QCOMPARE(batch.computedTokens(), batch.realTokens);
        }
    }

    void hashes() {
        const auto plan = planEpoch({1, 2, 3}, {1, 1, 1}, {});
        auto other = plan;
        QCOMPARE(planHash(plan).size(), std::size_t{32});
        other[0].microBatches[0][0] = 7;
        QVERIFY(planHash(other) != planHash(plan));
        other = plan;
        other[0].labelTokens += 1;
        QVERIFY(planHash(other) != planHash(plan));
    }
};

QTEST_APPLESS_MAIN(TestPacking)
#include "test_packing.moc"
