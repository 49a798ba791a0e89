// What a table asks of the store: filters against what every row says, sorts, counts, bars, searches, background work.
#include "row_support.h"

#include <QtTest>

#include <atomic>

using namespace fettle;
using namespace fettle::project;
using test::chatLine;
using test::edit;
using test::errorOf;
using test::idsOf;
using test::must;
using test::randomRows;
using test::RowProject;
using test::searching;
using test::step;

class TestRowQueries : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void filtersFindWhatTheySay();
    void sortsOrderEveryRow();
    void countsAndBarsAddUp();
    void chineseIsFound();
    void filtersAreKeptAsJson();
    void jobsLookOnlyAtWhatChanged();
    void newestRequestWins();
    void numbersFromElsewhereSort();
};

void TestRowQueries::filtersFindWhatTheySay() {
    RowProject p;
    p.import(p.write("a.jsonl", randomRows(300, 5)));
    p.import(p.write("b.jsonl", randomRows(100, 6)), Split::Test);
    must(p.rows().apply(
        step("x", {edit(3, RowField::State, "rejected"), edit(4, RowField::State, "removed"),
                   edit(5, RowField::AddTag, "t"), edit(6, RowField::Rating, "5"), edit(7, RowField::Comment, "c")})));
    EditStep ann = step("y", {edit(8, RowField::Annotation, "libs"), edit(9, RowField::Verdict, "active")});
    ann.annotator = "Ann";
    must(p.rows().apply(ann));
    std::vector<RowDetails> all;
    Filter everything;
    everything.states = {RowState::Active, RowState::Rejected, RowState::Removed};
    must(p.rows().forEach(everything, [&](const RowDetails& row) {
        all.push_back(row);
        return true;
    }));
    QCOMPARE(all.size(), std::size_t{400});
    const auto check = [&](const char* what, const Filter& filter,
                           const std::function<bool(const RowDetails&)>& wanted) {
        RowIndex expected;
        for (const RowDetails& row : all) {
            const bool shown = filter.states.empty() ? row.cells.state != RowState::Removed : true;
            if (shown && wanted(row)) {
                expected.push_back(row.cells.id);
            }
        }
        const RowIndex found = idsOf(p.rows(), filter);
        QVERIFY2(found == expected, what);
        QVERIFY2(!expected.empty(), what);
    };
    Filter f;
    check("all", f, [](const RowDetails&) { return true; });
    f.splits = {Split::Test};
    check("split", f, [](const RowDetails& row) { return row.cells.split == Split::Test; });
    f = {};
    f.states = {RowState::Rejected, RowState::Removed};
    check("state", f, [](const RowDetails& row) { return row.cells.state != RowState::Active; });
    f = {};
    f.labels = {"libs", ""};
    check("label", f, [](const RowDetails& row) { return row.cells.label == "libs" || row.cells.label.empty(); });
    f = {};
    f.tags = {"t", "unknown"};
    check("tag", f, [](const RowDetails& row) { return row.cells.id == 5; });
    f = {};
    f.answers = {"工具"};
    check("answer", f, [](const RowDetails& row) { return row.cells.answer == "工具"; });
    f = {};
    f.fields = {{"metadata.section", FieldTest::Op::Equals, "GPU"}, {"title", FieldTest::Op::Contains, "tool"}};
    check("fields", f, [](const RowDetails& row) {
        return row.cells.metadata.front().second == "GPU" && row.cells.title.find("tool") != std::string::npos;
    });
    f = {};
    f.fields = {{"messages[0].content", FieldTest::Op::Begins, "Row 1"}};
    check("path", f, [](const RowDetails& row) { return row.cells.title.starts_with("Row 1"); });
    f = {};
    f.numbers = {{RowNumber::AnswerLength, 4, 5, false}};
    check("number", f,
          [](const RowDetails& row) { return row.cells.answerLength >= 4 && row.cells.answerLength <= 5; });
    f = {};
    f.numbers = {{RowNumber::Rating, std::nullopt, std::nullopt, true}};
    check("absent", f, [](const RowDetails& row) { return !row.cells.rating.has_value(); });
    f = {};
    f.notDecidedBy = "Ann";
    check("decided", f, [](const RowDetails& row) { return row.cells.id != 8 && row.cells.id != 9; });
    f = {};
    f.ids = {10, 5, 5, 4};
    check("ids", f, [](const RowDetails& row) { return row.cells.id == 10 || row.cells.id == 5 || row.cells.id == 4; });
    f = {};
    f.kinds = {"chat"};
    check("kind", f, [](const RowDetails&) { return true; });
    f = {};
    f.sources = {2};
    check("source", f, [](const RowDetails& row) { return row.cells.id > 300; });
    f.search = "network";
    f.labels = {"net"};
    check("together", f, [](const RowDetails& row) {
        return row.cells.id > 300 && row.cells.label == "net" &&
               dumpJson(row.sample.row).find("network") != std::string::npos;
    });
}

void TestRowQueries::sortsOrderEveryRow() {
    RowProject p;
    p.import(p.write("a.jsonl", randomRows(200, 7)));
    must(p.rows().apply(step("x", {edit(3, RowField::Rating, "5"), edit(9, RowField::Rating, "2")})));
    const RowIndex all = idsOf(p.rows());
    for (int key = 0; key <= static_cast<int>(SortKey::Random); ++key) {
        for (const bool down : {false, true}) {
            RowIndex sorted = idsOf(p.rows(), {}, {static_cast<SortKey>(key), down, 5});
            std::sort(sorted.begin(), sorted.end());
            QVERIFY2(sorted == all, std::to_string(key).c_str()); // no row lost, none twice
        }
    }
    QCOMPARE(idsOf(p.rows(), {}, {SortKey::None, true}).front(), RowId{200});
    const RowIndex rated = idsOf(p.rows(), {}, {SortKey::Rating, true});
    QCOMPARE(rated[0], RowId{3});
    QCOMPARE(rated[1], RowId{9});
    QCOMPARE(rated[2], RowId{1}); // without one: last, by id
    QCOMPARE(idsOf(p.rows(), {}, {SortKey::Rating, false})[0], RowId{9});
    std::string before;
    for (const RowId id : idsOf(p.rows(), {}, {SortKey::Label, false})) {
        const std::string label = must(p.rows().page({id})).rows[0].label;
        QVERIFY(before.empty() || label.empty() || before <= label);
        before = label;
    }
    QVERIFY(before.empty()); // rows without one are last
    std::string title;
    for (const RowCells& row : must(p.rows().page(idsOf(p.rows(), {}, {SortKey::Title, false}))).rows) {
        std::string key;
        for (const char c : row.title.substr(0, 16)) {
            key += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        }
        QVERIFY2(title <= key, key.c_str());
        title = key;
    }
    QVERIFY(idsOf(p.rows(), {}, {SortKey::Random, false, 1}) != idsOf(p.rows(), {}, {SortKey::Random, false, 2}));
}

void TestRowQueries::countsAndBarsAddUp() {
    RowProject p;
    p.import(p.write("a.jsonl", randomRows(500, 8)));
    must(p.rows().setChecks({"near_duplicate"},
                            {{1, {"near_duplicate", "of 2", 2}}, {2, {"near_duplicate", "of 1", 1}}}));
    must(p.rows().apply(step("x", {edit(1, RowField::AddTag, "t"), edit(2, RowField::State, "removed")})));
    const RowCounts counts = must(p.rows().counts());
    QCOMPARE(counts.rows, std::int64_t{499});
    QCOMPARE(counts.total, std::int64_t{499});
    std::int64_t labels = 0;
    for (const auto& [name, rows] : counts.labels) {
        labels += rows;
    }
    QCOMPARE(labels, std::int64_t{499});
    QCOMPARE(counts.checks.at("near_duplicate"), std::int64_t{1}); // of rows that are there
    QCOMPARE(counts.tags.at("t"), std::int64_t{1});
    QCOMPARE(counts.kinds.at("chat"), std::int64_t{499});
    const Histogram bars = must(p.rows().histogram({}, RowNumber::AnswerLength, 10));
    QCOMPARE(bars.rows, std::int64_t{499});
    QCOMPARE(bars.counts.size() + 1, bars.edges.size());
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < bars.counts.size(); ++i) {
        Filter bar;
        bar.numbers = {{RowNumber::AnswerLength, bars.edges[i], bars.edges[i + 1] - 1, false}};
        QCOMPARE(static_cast<std::int64_t>(idsOf(p.rows(), bar).size()), bars.counts[i]);
        sum += bars.counts[i];
    }
    QCOMPARE(sum, std::int64_t{499});
    QCOMPARE(must(p.rows().histogram({}, RowNumber::Tokens, 10)).without, std::int64_t{499});
    const Balance answers = must(p.rows().balance({}, Balance::Of::Answer, 2));
    QCOMPARE(answers.distinct, std::int64_t{4});
    QCOMPARE(answers.bars.size(), std::size_t{2});
    QCOMPARE(answers.bars[0].rows + answers.bars[1].rows + answers.restRows, std::int64_t{499});
    Filter same;
    same.answers = {answers.bars[0].value};
    QCOMPARE(static_cast<std::int64_t>(idsOf(p.rows(), same).size()), answers.bars[0].rows);
    QVERIFY(answers.entropyBits > 1.9 && answers.entropyBits <= 2.0);
}

void TestRowQueries::chineseIsFound() {
    RowProject p;
    const std::vector<std::pair<std::string, std::string>> texts{
        {"我们今天学习机器学习的基础知识。", "好"}, {"深度学习是机器学习的一个分支，用GPU训练模型。", "对"},
        {"学而时习之，不亦说乎？", "论语"},         {"The naïve Bayes classifier; e-mail spam, C++17", "ok"},
        {"Größe ＡＢＣ１２３ naïvely", "gut"},      {"机器人正在学习走路", "嗯"}};
    std::string file;
    for (const auto& [asked, answer] : texts) {
        file += chatLine(asked, answer);
    }
    p.import(p.write("zh.jsonl", file));
    const std::vector<std::pair<std::string, RowIndex>> cases{
        {"学", {1, 2, 3, 6}},
        {"学习", {1, 2, 6}},
        {"机器", {1, 2, 6}},
        {"机器学习", {1, 2}},     // row 6 has both pairs, but not side by side
        {"机器 学习", {1, 2, 6}}, // two words: anywhere
        {"器学", {1, 2}},
        {"深度学习", {2}},
        {"GPU训练", {2}},
        {"gpu 分支", {2}},
        {"训练GPU", {}},
        {"论语", {3}},
        {"习之", {3}},
        {"乎", {3}},
        {"naïve", {4, 5}}, // the last word may go on
        {"naïve bayes", {4}},
        {"\"naïve\"", {4}},
        {"e-mail", {4}},
        {"\"mail spam\"", {4}},
        {"\"spam mail\"", {}},
        {"c++17", {4}},
        {"größe", {5}},
        {"abc123", {5}},
        {"assistant", {}}, // a role is no text
        {"没有", {}}};
    const auto check = [&](bool scanned) {
        for (const auto& [text, expected] : cases) {
            const QueryResult found = must(p.rows().query(searching(text)));
            QVERIFY2(*found.rows == expected, text.c_str());
            QCOMPARE(found.scanned, scanned);
        }
    };
    QVERIFY(!p.rows().searchIsIndexed());
    check(true);
    must(p.rows().finishJob());
    QVERIFY(p.rows().searchIsIndexed());
    check(false);
    // An edited row is found by its new words at once, and no longer by the old ones.
    must(p.rows().apply(step("x", {{3, RowField::Message, "全新的句子", 0}})));
    QCOMPARE(idsOf(p.rows(), searching("新的")), (RowIndex{3}));
    QVERIFY(idsOf(p.rows(), searching("不亦")).empty());
    must(p.rows().finishJob());
    QCOMPARE(idsOf(p.rows(), searching("新的")), (RowIndex{3}));
    QVERIFY(idsOf(p.rows(), searching("不亦")).empty());
    QCOMPARE(idsOf(p.rows(), searching("学")), (RowIndex{1, 2, 6}));
    // The index is a copy: without it nothing is lost.
    p.project.reset();
    for (const char* name : {"p/search.db", "p/search.db-wal", "p/search.db-shm"}) {
        must(removeAll(p.folder / name));
    }
    p.project = must(Project::open(p.folder / "p"));
    QVERIFY(must(p.rows().query(searching("新的"))).scanned);
    // The nearest by words.
    must(p.rows().finishJob());
    const auto near = must(p.rows().neighbours(1, {}, 3));
    QVERIFY(!near.empty());
    QVERIFY(near.front().row == 2 || near.front().row == 6);
}

void TestRowQueries::filtersAreKeptAsJson() {
    Filter filter;
    filter.search = "x \"y z\"";
    filter.splits = {Split::None, Split::Test};
    filter.states = {RowState::Rejected};
    filter.labels = {"a", ""};
    filter.tags = {"t"};
    filter.checks = {"leak_exact"};
    filter.languages = {"zh"};
    filter.kinds = {"chat"};
    filter.answers = {"yes"};
    filter.numbers = {{RowNumber::Loss, 0.5, std::nullopt, false},
                      {RowNumber::Rating, std::nullopt, std::nullopt, true}};
    filter.fields = {{"metadata.x", FieldTest::Op::Less, "5"}};
    filter.sources = {3};
    filter.ids = {5, 6};
    filter.notDecidedBy = "";
    QVERIFY(must(filterFromJson(must(parseJson(dumpJson(toJson(filter)))))) == filter);
    QVERIFY(must(filterFromJson(toJson(Filter{}))).isEverything());
    QCOMPARE(errorOf(filterFromJson(must(parseJson("{\"splits\":[\"dev\"]}")))).key, std::string("splits"));
    RowProject p;
    must(p.rows().setViewState("filters", toJson(filter)));
    p.reopen();
    QVERIFY(must(filterFromJson(p.rows().viewState("filters"))) == filter);
    QVERIFY(p.rows().viewState("other").is_null());
}

void TestRowQueries::jobsLookOnlyAtWhatChanged() {
    RowProject p;
    p.import(p.write("f.jsonl", randomRows(2500, 10)));
    std::atomic<int> counted = 0;
    std::atomic<int> checked = 0;
    const auto use = [&](RowStore& rows, const std::string& name) {
        rows.setTokenCounter({name, [&](const data::Sample& sample) -> Result<TokenCount> {
                                  ++counted;
                                  TokenCount out;
                                  out.tokens = sample.id;
                                  out.trained = 2;
                                  if (sample.id == 5) {
                                      out.checks.push_back({"too_long", "5 tokens", 0});
                                  }
                                  return out;
                              }});
        rows.setRowChecker({"1",
                            [&](const data::Sample& sample) {
                                ++checked;
                                std::vector<RowCheck> out;
                                if (dumpJson(sample.row).find("daemon") != std::string::npos) {
                                    out.push_back({"daemon", "", 0});
                                }
                                return out;
                            },
                            [](const data::Sample& sample) { return sample.id % 2 == 0 ? "en" : "zh"; }});
    };
    use(p.rows(), "a");
    std::vector<RowJobProgress> told;
    must(p.rows().finishJob({}, [&](const RowJobProgress& now) { told.push_back(now); }));
    QVERIFY(!told.empty() && told.back().upToDate);
    QCOMPARE(counted.load(), 2500);
    QCOMPARE(checked.load(), 2500);
    Filter english;
    english.languages = {"en"};
    QCOMPARE(idsOf(p.rows(), english).size(), std::size_t{1250});
    QCOMPARE(must(p.rows().page({7})).rows[0].tokens.value_or(0), std::int64_t{7});
    QCOMPARE(must(p.rows().histogram({}, RowNumber::Tokens, 5)).max, 2500.0);
    Filter daemons;
    daemons.checks = {"daemon"};
    const RowIndex found = idsOf(p.rows(), daemons);
    QVERIFY(!found.empty());
    QCOMPARE(must(p.rows().counts()).checks.at("daemon"), static_cast<std::int64_t>(found.size()));
    // One edit: one row again.
    must(p.rows().apply(step("x", {{found[0], RowField::Message, "nothing", 0}})));
    must(p.rows().finishJob());
    QCOMPARE(counted.load(), 2501);
    QCOMPARE(checked.load(), 2501);
    QCOMPARE(idsOf(p.rows(), daemons).size(), found.size() - 1);
    // Nothing is done twice after a restart; another model counts anew, and only counts.
    p.reopen();
    use(p.rows(), "a");
    must(p.rows().finishJob());
    QCOMPARE(counted.load(), 2501);
    use(p.rows(), "b");
    must(p.rows().finishJob());
    QCOMPARE(counted.load(), 5001);
    QCOMPARE(checked.load(), 2501);
    // New rows: only they.
    p.import(p.write("g.jsonl", randomRows(10, 11)));
    must(p.rows().finishJob());
    QCOMPARE(checked.load(), 2511);
    QCOMPARE(must(p.rows().page({5})).rows[0].checks.back().code, std::string("too_long"));
}

void TestRowQueries::newestRequestWins() {
    RowProject p;
    p.import(p.write("f.jsonl", randomRows(5000, 13)));
    std::atomic<int> answers = 0;
    std::atomic<std::size_t> last = 0;
    for (int i = 0; i < 50; ++i) {
        Filter filter = searching(i == 49 ? "kernel" : "tool server");
        p.rows().query(ReadSlot::Table, filter, {}, [&](Result<QueryResult> result) {
            last = must(std::move(result)).rows->size();
            ++answers;
        });
    }
    std::atomic<bool> counted = false;
    p.rows().counts(ReadSlot::Counts, {},
                    [&](Result<RowCounts> result) { counted = must(std::move(result)).rows == 5000; });
    QTRY_VERIFY(counted.load());
    QTRY_COMPARE(last.load(), idsOf(p.rows(), searching("kernel")).size());
    QVERIFY2(answers.load() < 50, "no request took the place of another");
    std::atomic<std::size_t> page = 0;
    p.rows().page(ReadSlot::Page, {1, 2, 3},
                  [&](Result<RowPage> result) { page = must(std::move(result)).rows.size(); });
    QTRY_COMPARE(page.load(), std::size_t{3});
}

void TestRowQueries::numbersFromElsewhereSort() {
    RowProject p;
    p.import(p.write("f.jsonl", randomRows(10, 16)));
    const std::string hash = p.hash();
    must(p.rows().setNumbers(RowNumber::Loss, "run-0001", {{3, 2.5}, {4, 0.25}, {5, -1.0}}));
    QCOMPARE(p.rows().numbersOrigin(RowNumber::Loss), std::string("run-0001"));
    const RowIndex sorted = idsOf(p.rows(), {}, {SortKey::Loss, true});
    QCOMPARE(sorted[0], RowId{3});
    QCOMPARE(sorted[2], RowId{5});
    QCOMPARE(must(p.rows().page({4})).rows[0].loss.value_or(0), 0.25);
    QCOMPARE(p.hash(), hash); // nothing of the data has changed
    must(p.rows().setNumbers(RowNumber::Loss, "run-0002", {{1, 1.0}}));
    QVERIFY(!must(p.rows().page({3})).rows[0].loss.has_value());
}

QTEST_GUILESS_MAIN(TestRowQueries)
#include "test_row_queries.moc"
