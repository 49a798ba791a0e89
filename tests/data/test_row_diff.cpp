// Differences between sets of rows: random edits are told as what they were, by id and by content.
#include "data/row_diff.h"
#include "data_support.h"

#include <QtTest>

#include <algorithm>
#include <random>
#include <set>

using namespace fettle;
using namespace fettle::data;

namespace {

Sample rowOf(int number, const std::string& answer, bool withId) {
    Sample sample;
    sample.kind = SampleKind::Completion;
    sample.row = {{"prompt", "Question " + std::to_string(number)}, {"completion", answer}};
    if (withId) {
        sample.row["metadata"] = {{"key", {{"id", number}}}};
    }
    return sample;
}

std::vector<RowMark> marksOf(const std::vector<Sample>& rows) {
    std::vector<RowMark> marks;
    for (const Sample& row : rows) {
        marks.push_back(markOf(row, "key.id"));
    }
    return marks;
}

} // namespace

class TestRowDiff : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void randomEditsAreTold() {
        std::mt19937_64 random(41);
        for (int round = 0; round < 200; ++round) {
            const bool withId = round % 2 == 0;
            std::vector<Sample> before;
            std::vector<Sample> after;
            std::set<int> changed;
            std::set<int> removed;
            std::set<int> added;
            const int count = static_cast<int>(random() % 40);
            for (int i = 0; i < count; ++i) {
                before.push_back(rowOf(i, "answer " + std::to_string(i), withId));
                switch (random() % 6) {
                case 0:
                    removed.insert(i);
                    break;
                case 1:
                    changed.insert(i);
                    after.push_back(rowOf(i, "another answer", withId));
                    break;
                default:
                    after.push_back(before.back());
                }
            }
            for (int i = 1000; i < 1000 + static_cast<int>(random() % 5); ++i) {
                added.insert(i);
                after.push_back(rowOf(i, "new", withId));
            }
            std::shuffle(after.begin(), after.end(), random);
            const RowDiff diff = diffRows(marksOf(before), marksOf(after));
            QCOMPARE(diff.byId, withId && !before.empty() && !after.empty());
            QCOMPARE(diff.changed.size(), changed.size());
            for (const auto& [first, second] : diff.changed) {
                QVERIFY(changed.contains(static_cast<int>(first)));
                const Sample& old = before[static_cast<std::size_t>(first)];
                const Sample& now = after[static_cast<std::size_t>(second)];
                QCOMPARE(old.row["prompt"], now.row["prompt"]);
                QCOMPARE(differingKeys(old, now), std::vector<std::string>{"completion"});
            }
            QCOMPARE(diff.removed.size(), removed.size());
            for (const std::int64_t row : diff.removed) {
                QVERIFY(removed.contains(static_cast<int>(row)));
            }
            QCOMPARE(diff.added.size(), added.size());
            QCOMPARE(diff.same, static_cast<std::int64_t>(before.size() - changed.size() - removed.size()));
        }
    }

    void orderOfKeysAndNullsAreNoDifference() {
        Sample first = rowOf(1, "a", true);
        Sample second;
        second.kind = first.kind;
        second.row = {
            {"metadata", {{"none", nullptr}, {"key", {{"id", 1}}}}}, {"completion", "a"}, {"prompt", "Question 1"}};
        QCOMPARE(markOf(first, "").content, markOf(second, "").content);
        QVERIFY(differingKeys(first, second).empty());
        second.row["metadata"]["list"] = {1, 2};
        QCOMPARE(differingKeys(first, second), std::vector<std::string>{"metadata.list"});
        first.row["metadata"]["list"] = {1, 3, 4};
        QCOMPARE(differingKeys(first, second), (std::vector<std::string>{"metadata.list[1]", "metadata.list[2]"}));
    }

    // An id that stands twice names no row.
    void doubledIdsAreNotUsed() {
        const std::vector<Sample> rows = {rowOf(1, "a", true), rowOf(1, "b", true)};
        const RowDiff diff = diffRows(marksOf(rows), marksOf(rows));
        QVERIFY(!diff.byId);
        QCOMPARE(diff.same, std::int64_t{2});
        QVERIFY(diffRows({}, {}).added.empty());
    }
};

QTEST_APPLESS_MAIN(TestRowDiff)
#include "test_row_diff.moc"
