// The table of rows by its parts: pages in memory, the model over an index of ids, the selection, columns, filters in
// words, words that changed. No store, no window.
#include "bridge/strings.h"
#include "data/check_words.h"
#include "data/data_columns.h"
#include "data/page_cache.h"
#include "data/row_selection.h"
#include "data/row_words.h"
#include "data/sample_table_model.h"
#include "data/word_diff.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>

#include <numeric>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using project::RowCells;
using project::RowId;
using project::RowIndex;

namespace {

project::RowIndexPtr ids(RowId from, std::size_t count) {
    auto index = std::make_shared<RowIndex>(count);
    std::iota(index->begin(), index->end(), from);
    return index;
}

RowCells cells(RowId id) {
    RowCells row;
    row.id = id;
    row.title = "row " + std::to_string(id);
    row.split = project::Split::Train;
    row.state = project::RowState::Active;
    row.tokens = id * 2;
    return row;
}

/// Answers when told to; keeps what was asked.
struct Source {
    struct Request {
        std::vector<RowId> wanted;
        SampleTableModel::Answer answer;
    };
    std::vector<Request> requests;
    SampleTableModel::Fetch fetch() {
        return [this](std::vector<RowId> wanted, SampleTableModel::Answer answer) {
            requests.push_back({std::move(wanted), std::move(answer)});
        };
    }
    void answer(std::size_t at) {
        std::vector<RowCells> rows;
        for (const RowId id : requests[at].wanted) {
            rows.push_back(cells(id));
        }
        requests[at].answer(std::move(rows));
    }
};

QString shown(const SampleTableModel& model, int row, int column) {
    return model.data(model.index(row, column)).toString();
}

} // namespace

class TestDataTable : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cacheForgetsThePageUnusedForLongest() {
        PageCache<int> cache(4, 3);
        for (std::size_t page = 0; page < 3; ++page) {
            cache.put(page, {1, 2, 3, 4});
        }
        QVERIFY(cache.find(0) != nullptr); // page 0 is the newest now
        cache.put(3, {5, 6, 7, 8});
        QCOMPARE(cache.pages(), 3U);
        QVERIFY(cache.has(0));
        QVERIFY(!cache.has(1));
        QVERIFY(cache.has(2) && cache.has(3));
        QCOMPARE(*cache.find(13), 6);
    }

    void cacheNotesWhatIsMissingNewestFirst() {
        PageCache<int> cache(4, 8);
        for (const std::size_t row : {0U, 5U, 9U, 13U, 5U}) {
            QVERIFY(cache.find(row) == nullptr);
        }
        QVERIFY(cache.anythingWanted());
        QCOMPARE(cache.takeWanted(3), (std::vector<std::size_t>{1, 3, 2}));
        QVERIFY(!cache.anythingWanted());
        cache.put(2, {1, 2});
        QVERIFY(cache.find(8) != nullptr);
        QVERIFY(cache.find(10) == nullptr); // beyond a short last page: nothing more will come
        QVERIFY(!cache.anythingWanted());
    }

    void cacheGivesStaleRowsUntilNewOnesCome() {
        PageCache<int> cache(2, 4);
        cache.put(0, {1, 2});
        cache.put(1, {3, 4});
        cache.makeStaleWhere([](int value) { return value == 4; });
        QVERIFY(cache.has(0));
        QVERIFY(!cache.has(1));
        QCOMPARE(*cache.find(2), 3);
        QCOMPARE(cache.takeWanted(9), (std::vector<std::size_t>{1}));
        cache.put(1, {5, 6});
        QCOMPARE(*cache.find(2), 5);
        QVERIFY(!cache.anythingWanted());
    }

    void modelAsksOnceForAllThatIsMissing() {
        Source source;
        SampleTableModel model(source.fetch());
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setIndex(ids(1, 1000));
        source.requests.clear();
        QTest::qWait(1); // what the tester looked at is asked for
        source.requests.clear();
        model.setIndex(ids(1, 1000));
        for (const int row : {0, 1, 255, 256, 300}) {
            (void)shown(model, row, 1);
        }
        QVERIFY(source.requests.empty()); // not from data()
        QTRY_COMPARE(source.requests.size(), 1U);
        QCOMPARE(source.requests[0].wanted.size(), 512U);
        QCOMPARE(shown(model, 300, 1), QString(QChar(0x2026)));
        QCOMPARE(shown(model, 300, 0), u"301"_s); // the number is known at once
        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
        source.answer(0);
        QCOMPARE(changes.size(), 2);
        QCOMPARE(shown(model, 300, 1), u"row 301"_s);
        for (const auto& change : changes) { // only the rows of a page
            QVERIFY(change[1].toModelIndex().row() - change[0].toModelIndex().row() <= 255);
        }
    }

    void modelPutsNewWishesBeforeThoseUnderWay() {
        Source source;
        SampleTableModel model(source.fetch());
        model.setIndex(ids(1, 10'000));
        (void)shown(model, 0, 1);
        QTRY_COMPARE(source.requests.size(), 1U);
        (void)shown(model, 0, 1); // still under way: not asked for again
        QTest::qWait(5);
        QCOMPARE(source.requests.size(), 1U);
        (void)shown(model, 5000, 1);
        QTRY_COMPARE(source.requests.size(), 2U);
        QCOMPARE(source.requests[1].wanted.front(), 4865); // the page of row 5001 first, then the one before
        QCOMPARE(source.requests[1].wanted.size(), 512U);
        source.answer(0); // was replaced: dropped
        QCOMPARE(shown(model, 5000, 1), QString(QChar(0x2026)));
        source.answer(1);
        QCOMPARE(shown(model, 5000, 1), u"row 5001"_s);
        QCOMPARE(shown(model, 0, 1), u"row 1"_s);
    }

    void modelReadsBesideWhatShowsAndThenRests() {
        Source source;
        SampleTableModel model(source.fetch());
        model.setIndex(ids(1, 100'000));
        (void)shown(model, 2600, 1);
        QTRY_COMPARE(source.requests.size(), 1U);
        source.answer(0);
        QTRY_COMPARE(source.requests.size(), 2U); // the pages before and after
        QCOMPARE(source.requests[1].wanted.size(), 512U);
        source.answer(1);
        QTest::qWait(20);
        QCOMPARE(source.requests.size(), 2U); // no further: the table is not read through
    }

    void answersForAnotherOrderAreDropped() {
        Source source;
        SampleTableModel model(source.fetch());
        model.setIndex(ids(1, 600));
        (void)shown(model, 0, 1);
        QTRY_COMPARE(source.requests.size(), 1U);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        model.setIndex(ids(1001, 300));
        QCOMPARE(resets.size(), 1);
        source.answer(0);
        QCOMPARE(shown(model, 0, 1), QString(QChar(0x2026)));
        QCOMPARE(model.rowCount(), 300);
    }

    void changedRowsAreReadAgainAndStayMeanwhile() {
        Source source;
        SampleTableModel model(source.fetch());
        model.setIndex(ids(1, 200));
        (void)shown(model, 7, 1);
        QTRY_COMPARE(source.requests.size(), 1U);
        source.answer(0);
        model.rowsChanged({8});
        QCOMPARE(shown(model, 7, 1), u"row 8"_s);
        QTRY_COMPARE(source.requests.size(), 2U);
        std::vector<RowCells> rows;
        for (const RowId id : source.requests[1].wanted) {
            rows.push_back(cells(id));
            rows.back().title = "new";
        }
        source.requests[1].answer(rows);
        QCOMPARE(shown(model, 7, 1), u"new"_s);
        model.rowsChanged({5000}); // not here: nothing is asked for
        (void)shown(model, 7, 1);
        QTest::qWait(5);
        QCOMPARE(source.requests.size(), 2U);
    }

    void rowsAreFoundByTheirIds() {
        Source source;
        SampleTableModel model(source.fetch());
        auto index = std::make_shared<RowIndex>(*ids(1, 5000));
        std::reverse(index->begin(), index->end());
        model.setIndex(index);
        QCOMPARE(model.rowOf(5000), 0);
        QCOMPARE(model.rowOf(1), 4999);
        QCOMPARE(model.rowOf(2500, 2490), 2500);
        QCOMPARE(model.rowOf(9999), -1);
        QCOMPARE(model.idAt(4999), 1);
        QCOMPARE(model.idAt(5000), 0);
    }

    void columnsAreKeptAndFoundAgain() {
        const ShownColumns wanted{{u"tokens"_s, 80}, {u"metadata.section"_s, 0}, {u"id"_s, 0}};
        QCOMPARE(columnsFromJson(toJson(wanted)), wanted);
        Json odd = toJson(wanted);
        odd.push_back({{"name", "no such column"}});
        odd.push_back({{"name", "tokens"}, {"width", 3}}); // twice
        odd.push_back(42);
        QCOMPARE(columnsFromJson(odd), wanted);
        QCOMPARE(columnsFromJson(Json::array()), usualColumns());
        QCOMPARE(columnsFromJson(Json(7)), usualColumns());
        Source source;
        SampleTableModel model(source.fetch());
        model.setIndex(ids(1, 10));
        model.setColumns(wanted);
        QCOMPARE(model.columnCount(), 3);
        QCOMPARE(model.headerData(1, Qt::Horizontal).toString(), u"section"_s);
        (void)shown(model, 0, 0);
        QTRY_COMPARE(source.requests.size(), 1U);
        std::vector<RowCells> rows;
        for (const RowId id : source.requests[0].wanted) {
            rows.push_back(cells(id));
            rows.back().metadata = {{"section", "web"}};
        }
        QSignalSpy seen(&model, &SampleTableModel::metadataSeen);
        source.requests[0].answer(rows);
        QCOMPARE(seen.size(), 1);
        QCOMPARE(model.metadataKeys(), QStringList{u"section"_s});
        QCOMPARE(shown(model, 3, 1), u"web"_s);
        QCOMPARE(shown(model, 3, 0), u"8"_s);
    }

    void cellsSayWhatNeedsALook() {
        Source source;
        SampleTableModel model(source.fetch());
        model.setColumns({{u"split"_s, 0}, {u"loss"_s, 0}, {u"checks"_s, 0}});
        model.setIndex(ids(1, 2));
        (void)shown(model, 0, 0);
        QTRY_COMPARE(source.requests.size(), 1U);
        RowCells fine = cells(1);
        fine.loss = 0.25;
        RowCells faulty = cells(2);
        faulty.state = project::RowState::Rejected;
        faulty.loss = 2.71;
        faulty.checks = {{"duplicate_near", "0.93", 1}, {"leak_exact", "", 9}};
        source.requests[0].answer({fine, faulty});
        QCOMPARE(shown(model, 0, 0), u"Train"_s);
        QCOMPARE(shown(model, 0, 1), u"0.25"_s);
        QVERIFY(!model.data(model.index(0, 1), ToneRole).isValid());
        QCOMPARE(shown(model, 0, 2), QString());
        QCOMPARE(shown(model, 1, 0), u"Rejected"_s);
        QCOMPARE(shown(model, 1, 2), QString(CheckWords::title("leak_exact") % u" +1"_s)); // the worst one
        QCOMPARE(model.data(model.index(1, 2), IconRole).toString(), u"bad"_s);
        QCOMPARE(model.data(model.index(1, 1), CopyRole).toString(), u"2.71"_s);
    }

    void selectionKeepsIdsOrAFilter() {
        RowSelection selection;
        QSignalSpy changes(&selection, &RowSelection::changed);
        selection.set({5, 3, 5, 9});
        QCOMPARE(selection.ids(), (std::vector<RowId>{3, 5, 9}));
        QCOMPARE(selection.count(), 3);
        QVERIFY(selection.contains(5) && !selection.contains(4));
        QCOMPARE(selection.asFilter().ids, (std::vector<RowId>{3, 5, 9}));
        selection.set({9, 5, 3}); // the same
        QCOMPARE(changes.size(), 1);
        project::Filter tests;
        tests.splits = {project::Split::Test};
        selection.setAll(tests, 1'000'000);
        QVERIFY(selection.isAll() && selection.ids().empty());
        QCOMPARE(selection.count(), 1'000'000);
        QVERIFY(selection.asFilter() == tests);
        selection.setAllRows(12);
        QCOMPARE(selection.count(), 12);
        selection.clear();
        QCOMPARE(selection.count(), 0);
        QCOMPARE(changes.size(), 4);
    }

    void pillsTakeOneConditionAway() {
        project::Filter filter;
        filter.search = "web site";
        filter.splits = {project::Split::Train, project::Split::Test};
        filter.checks = {"duplicate_exact", "duplicate_near", "empty_answer"};
        filter.numbers = {{project::RowNumber::Tokens, 10, 20, false}, {project::RowNumber::Loss, {}, {}, true}};
        filter.fields = {{"metadata.section", project::FieldTest::Op::Equals, "web"}};
        const QVector<FilterPill> pills = filterPills(filter);
        QStringList said;
        for (const FilterPill& pill : pills) {
            said << pill.text;
        }
        QCOMPARE(said, (QStringList{u"“web site”"_s, u"Train"_s, u"Test"_s,
                                    CheckWords::family(data::CheckFamily::Duplicate), CheckWords::title("empty_answer"),
                                    u"Tokens 10 to 20"_s, u"Loss unknown"_s, u"metadata.section is “web”"_s}));
        QVERIFY(pills[0].without.search.empty());
        QCOMPARE(pills[2].without.splits, (std::vector<project::Split>{project::Split::Train}));
        QCOMPARE(pills[3].without.checks, (std::vector<std::string>{"empty_answer"}));
        QCOMPARE(pills[6].without.numbers.size(), 1U);
        project::Filter left = filter;
        for (int guard = 0; guard < 20 && !filterPills(left).isEmpty(); ++guard) {
            left = filterPills(left).first().without;
        }
        QVERIFY(left.isEverything());
    }

    void chipsStandByFamiliesErrorsFirst() {
        const QVector<CheckChip> chips = checkChips({{"duplicate_near", 148},
                                                     {"duplicate_exact", 12},
                                                     {"empty_answer", 2},
                                                     {"leak_exact", 9},
                                                     {"odd_one", 3},
                                                     {"too_long", 0}});
        QStringList titles;
        for (const CheckChip& chip : chips) {
            titles << chip.title;
        }
        QCOMPARE(titles,
                 (QStringList{CheckWords::family(data::CheckFamily::Leak), CheckWords::family(data::CheckFamily::Empty),
                              CheckWords::family(data::CheckFamily::Duplicate), u"odd_one"_s}));
        QCOMPARE(chips[2].codes.size(), 2U);
        QCOMPARE(chips[2].most, 148);
        QVERIFY(chips[0].state == State::Bad && chips[2].state == State::Warn);
    }

    void wordDiffMarksWhatChanged_data() {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::addColumn<QString>("marked");
        QTest::newRow("same") << u"as it was"_s << u"as it was"_s << u"as it was"_s;
        QTest::newRow("word") << u"a web site"_s << u"a mail site"_s << u"a [-web ][+mail ]site"_s;
        QTest::newRow("added") << u"one"_s << u"one two"_s << u"[-one][+one two]"_s;
        QTest::newRow("end") << u"one two"_s << u"one two three"_s << u"one [-two][+two three]"_s;
        QTest::newRow("han") << u"\u7f51\u7edc\u5de5\u5177"_s << u"\u7f51\u9875\u5de5\u5177"_s
                             << u"\u7f51[-\u7edc][+\u9875]\u5de5\u5177"_s;
        QTest::newRow("from nothing") << QString() << u"new"_s << u"[+new]"_s;
        QTest::newRow("to nothing") << u"old"_s << QString() << u"[-old]"_s;
    }
    void wordDiffMarksWhatChanged() {
        QFETCH(QString, before);
        QFETCH(QString, after);
        QString marked;
        QString a;
        QString b;
        for (const DiffPiece& piece : wordDiff(before, after)) {
            marked += piece.kind == DiffPiece::Kind::Same      ? piece.text
                      : piece.kind == DiffPiece::Kind::Removed ? QString(u"[-"_s % piece.text % u']')
                                                               : QString(u"[+"_s % piece.text % u']');
            a += piece.kind != DiffPiece::Kind::Added ? piece.text : QString();
            b += piece.kind != DiffPiece::Kind::Removed ? piece.text : QString();
        }
        QCOMPARE(a, before); // nothing is lost on either side
        QCOMPARE(b, after);
        QTEST(marked, "marked");
    }
    void wordDiffOfVeryLongTextsEnds() {
        QString a;
        QString b;
        for (int i = 0; i < 20'000; ++i) {
            a += u"a%1 "_s.arg(i);
            b += u"b%1 "_s.arg(i);
        }
        const QVector<DiffPiece> pieces = wordDiff(a, b);
        QCOMPARE(pieces.size(), 2);
        QCOMPARE(pieces[0].text, a);
        QCOMPARE(pieces[1].text, b);
    }
};

QTEST_MAIN(TestDataTable)
#include "test_data_table.moc"
