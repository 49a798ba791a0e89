// Splits: proportions, rows that never move, groups and clusters that stay together, warnings, counts and strata.
#include "data/split_plan.h"

#include "base/hash.h"
#include "support/results.h"

#include <QtTest>

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace fettle;
using namespace fettle::data;
using fettle::test::must;

namespace {

std::vector<SplitRow> rowsOf(std::size_t count, std::uint64_t first = 0) {
    std::vector<SplitRow> rows;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string text = "row " + std::to_string(first + i);
        rows.push_back({.id = static_cast<std::int64_t>(first + i), .key = hash64(text)});
    }
    return rows;
}

bool has(const SplitPlan& plan, SplitWarningKind kind) {
    return std::any_of(plan.warnings.begin(), plan.warnings.end(),
                       [&](const SplitWarning& warning) { return warning.kind == kind; });
}

} // namespace

class TestSplitPlan : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void ratiosHoldAndSeedsDiffer() {
        const auto rows = rowsOf(20000);
        const SplitPlan plan = must(planSplit(rows, {}));
        QVERIFY(std::abs(static_cast<double>(plan.counts[0]) - 16000) < 250);
        QVERIFY(std::abs(static_cast<double>(plan.counts[1]) - 2000) < 180);
        QVERIFY(std::abs(static_cast<double>(plan.counts[2]) - 2000) < 180);
        QVERIFY(plan.warnings.empty());
        const SplitPlan other = must(planSplit(rows, {.seed = 43}));
        int different = 0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            different += plan.rows[i].split != other.rows[i].split ? 1 : 0;
        }
        QVERIFY(different > 4000);
        QCOMPARE(must(planSplit(rows, {.ratio = {1, 0, 0}})).counts[0], std::int64_t{20000});
    }

    // Drawn by hash: each row's place is its own, whatever rows come, go, or stand in another order.
    void newRowsMoveNoOldOnes() {
        std::mt19937_64 random(5);
        auto rows = rowsOf(2000);
        for (SplitRow& row : rows) {
            row.group = random() % 3 == 0 ? 1 + random() % 200 : 0;
        }
        const SplitPlan before = must(planSplit(rows, {}));
        std::map<std::int64_t, Split> places;
        for (const SplitAssignment& row : before.rows) {
            places[row.id] = row.split;
        }
        auto more = rowsOf(1000, 5000);
        for (SplitRow& row : more) {
            row.group = random() % 3 == 0 ? 1 + random() % 200 : 0;
        }
        more.insert(more.end(), rows.begin() + 500, rows.end());
        std::shuffle(more.begin(), more.end(), random);
        for (const SplitAssignment& row : must(planSplit(more, {})).rows) {
            if (row.id < 2000) {
                QCOMPARE(row.split, places[row.id]);
            }
        }
    }

    // Strata and counts look at other rows; there what stands stays.
    void standingRowsStay() {
        for (const bool stratified : {false, true}) {
            for (const bool counted : {false, true}) {
                auto rows = rowsOf(600);
                for (SplitRow& row : rows) {
                    row.stratum = static_cast<std::uint32_t>(row.id % 3);
                }
                SplitPlanOptions options{.stratified = stratified};
                if (counted) {
                    options.counts = {-1, 60, 60};
                }
                const SplitPlan first = must(planSplit(rows, options));
                for (std::size_t i = 0; i < rows.size(); ++i) {
                    rows[i].current = first.rows[i].split;
                    rows[i].frozen = first.rows[i].split == Split::Test;
                }
                auto more = rowsOf(300, 600);
                more.insert(more.end(), rows.begin(), rows.end());
                const SplitPlan second = must(planSplit(more, options));
                for (std::size_t i = 300; i < more.size(); ++i) {
                    QCOMPARE(second.rows[i].split, more[i].current);
                    QVERIFY(!second.rows[i].moved);
                }
                // Drawn again, the frozen ones still stay.
                options.reassign = true;
                options.seed = 7;
                const SplitPlan again = must(planSplit(more, options));
                int moved = 0;
                for (std::size_t i = 300; i < more.size(); ++i) {
                    QVERIFY(!more[i].frozen || again.rows[i].split == Split::Test);
                    moved += again.rows[i].moved ? 1 : 0;
                }
                QVERIFY(moved > 50);
            }
        }
    }

    void countsAreExact() {
        const auto rows = rowsOf(1000);
        const SplitPlan plan = must(planSplit(rows, {.counts = {-1, 37, 101}}));
        QCOMPARE(plan.counts, (std::array<std::int64_t, 3>{862, 37, 101}));
        const SplitPlan all = must(planSplit(rows, {.counts = {700, 200, 100}}));
        QCOMPARE(all.counts, (std::array<std::int64_t, 3>{700, 200, 100}));
        const SplitPlan few = must(planSplit(rowsOf(20), {.counts = {-1, 15, 15}}));
        QVERIFY(has(few, SplitWarningKind::CountsShort));
    }

    void strataHaveTheSameProportions() {
        std::vector<SplitRow> rows = rowsOf(1530);
        std::map<std::uint32_t, std::array<int, 3>> counts;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            rows[i].stratum = i < 1000 ? 0 : i < 1500 ? 1 : 2;
        }
        const SplitPlan plan = must(planSplit(rows, {.stratified = true}));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            ++counts[rows[i].stratum][static_cast<std::size_t>(plan.rows[i].split) - 1];
        }
        QCOMPARE(counts[0], (std::array<int, 3>{800, 100, 100}));
        QCOMPARE(counts[1], (std::array<int, 3>{400, 50, 50}));
        QCOMPARE(counts[2], (std::array<int, 3>{24, 3, 3}));
        // Many small strata: the whole keeps its proportions.
        for (std::size_t i = 0; i < rows.size(); ++i) {
            rows[i].stratum = static_cast<std::uint32_t>(i / 3);
        }
        const SplitPlan small = must(planSplit(rows, {.stratified = true}));
        QVERIFY(std::abs(small.counts[0] - 1224) <= 2 && std::abs(small.counts[1] - 153) <= 2);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            rows[i].stratum = static_cast<std::uint32_t>(i / 2);
        }
        QVERIFY(has(must(planSplit(rows, {.stratified = true})), SplitWarningKind::StratumSmall));
    }

    void groupsAndClustersStayTogether() {
        std::mt19937_64 random(9);
        auto rows = rowsOf(3000);
        for (SplitRow& row : rows) {
            row.group = random() % 2 == 0 ? 1 + random() % 300 : 0;
            row.cluster = random() % 5 == 0 ? 1 + random() % 100 : 0;
        }
        for (const bool stratified : {false, true}) {
            const SplitPlan plan = must(planSplit(rows, {.ratio = {0.5, 0.25, 0.25}, .stratified = stratified}));
            std::map<std::uint64_t, std::set<Split>> groups;
            std::map<std::uint64_t, std::set<Split>> clusters;
            for (std::size_t i = 0; i < rows.size(); ++i) {
                groups[rows[i].group].insert(plan.rows[i].split);
                clusters[rows[i].cluster].insert(plan.rows[i].split);
            }
            groups.erase(0);
            clusters.erase(0);
            for (const auto* all : {&groups, &clusters}) {
                for (const auto& [which, splits] : *all) {
                    QCOMPARE(splits.size(), std::size_t{1});
                }
            }
            QVERIFY(!has(plan, SplitWarningKind::ClusterTorn) && !has(plan, SplitWarningKind::GroupTorn));
        }
    }

    void tornClustersAreTold() {
        auto rows = rowsOf(400);
        for (std::size_t i = 0; i < 10; ++i) {
            rows[i].cluster = 77;
        }
        const SplitPlan apart = must(planSplit(rows, {.ratio = {0.5, 0.25, 0.25}, .keepClusters = false}));
        QVERIFY(has(apart, SplitWarningKind::ClusterTorn));
        const SplitWarning& warning = apart.warnings.front();
        QCOMPARE(warning.which, std::uint64_t{77});
        QCOMPARE(warning.rows.size(), std::size_t{10});
        QVERIFY(warning.text.find("10 rows") != std::string::npos);
        QVERIFY(!has(must(planSplit(rows, {.ratio = {0.5, 0.25, 0.25}})), SplitWarningKind::ClusterTorn));
        // A newcomer joins its cluster; rows that already stand apart cannot be helped, and are told.
        rows[0].current = Split::Test;
        const SplitPlan joined = must(planSplit(rows, {}));
        for (std::size_t i = 0; i < 10; ++i) {
            QCOMPARE(joined.rows[i].split, Split::Test);
        }
        rows[1].current = Split::Train;
        QVERIFY(has(must(planSplit(rows, {})), SplitWarningKind::ClusterTorn));
    }

    void edges() {
        QVERIFY(!planSplit(rowsOf(3), {.ratio = {0, 0, 0}}).ok());
        QVERIFY(!planSplit(rowsOf(3), {.ratio = {-1, 1, 1}}).ok());
        QVERIFY(must(planSplit({}, {})).rows.empty());
        QVERIFY(has(must(planSplit(rowsOf(1), {})), SplitWarningKind::SplitEmpty));
        QCOMPARE(must(planSplit(rowsOf(500), {.ratio = {0, 0, 3}})).counts[2], std::int64_t{500});
        QCOMPARE(std::string(splitName(Split::Validation)), std::string("validation"));
    }
};

QTEST_APPLESS_MAIN(TestSplitPlan)
#include "test_split_plan.moc"
