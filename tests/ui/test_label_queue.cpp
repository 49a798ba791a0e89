// The labeling queue's values: which row comes next, what a session counts, what a card shows of a row.
#include "label/label_queue.h"
#include "label/label_session.h"
#include "label/label_subject.h"

#include "base/json.h"

#include <QtTest>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using project::RowId;
using project::RowIndex;

namespace {

LabelQueue queueOf(const RowIndex& rows, const RowIndex& open) {
    return {std::make_shared<const RowIndex>(rows), open};
}

data::Sample sampleOf(data::SampleKind kind, const std::string& json) {
    data::Sample out;
    out.kind = kind;
    out.row = parseJson(json).valueOr(Json());
    return out;
}

LabelDone doneOf(RowId row, LabelOutcome outcome, std::int64_t atMs, std::int64_t spentMs) {
    LabelDone out;
    out.row = row;
    out.step = "step " + std::to_string(row);
    out.outcome = outcome;
    out.atMs = atMs;
    out.spentMs = spentMs;
    return out;
}

} // namespace

class TestLabelQueue : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void openRowsComeOneAfterAnother();
    void everyRowIsReachedOnce();
    void orderIsTheStores();
    void rowsThatLeftMeanwhileAreFound();
    void nextRowsAreKnownAhead();
    void sessionsCountAndTakeBack();
    void sessionsKnowTheirPace();
    void subjectsOfEveryKind();
    void pairsAreMixedButFixed();
};

void TestLabelQueue::openRowsComeOneAfterAnother() {
    LabelQueue queue = queueOf({5, 2, 9, 7}, {2, 7});
    QCOMPARE(queue.decided(), std::size_t{2});
    QCOMPARE(queue.current(), RowId{5});
    QVERIFY(queue.isDecided(0));
    QVERIFY(queue.nextOpen());
    QCOMPARE(queue.current(), RowId{2});
    QVERIFY(queue.nextOpen());
    QCOMPARE(queue.current(), RowId{7});
    queue.setDecided(7, true);
    queue.setDecided(7, true); // counted once
    QCOMPARE(queue.decided(), std::size_t{3});
    QVERIFY(queue.nextOpen()); // from the start again
    QCOMPARE(queue.current(), RowId{2});
    queue.setDecided(2, true);
    QVERIFY(!queue.nextOpen());
    QCOMPARE(queue.current(), RowId{2});
    queue.setDecided(9, false);
    QVERIFY(queue.nextOpen());
    QCOMPARE(queue.current(), RowId{9});
    QVERIFY(queue.previous());
    QCOMPARE(queue.current(), RowId{2});
    QVERIFY(!queue.moveTo(1234));
    QCOMPARE(queue.current(), RowId{2});
    QVERIFY(!LabelQueue().nextOpen());
    QVERIFY(!LabelQueue().next());
    QCOMPARE(LabelQueue().current(), RowId{0});
    queue.setDecided(1234, true); // not of the queue
    QCOMPARE(queue.decided(), std::size_t{3});
}

void TestLabelQueue::everyRowIsReachedOnce() {
    RowIndex rows;
    RowIndex open;
    for (RowId id = 1; id <= 5000; ++id) {
        rows.push_back(id * 3);
        if (id % 7 != 0) {
            open.push_back(id * 3);
        }
    }
    LabelQueue queue = queueOf(rows, open);
    RowIndex seen;
    if (queue.isDecided(queue.place())) {
        QVERIFY(queue.nextOpen());
    }
    for (;;) {
        seen.push_back(queue.current());
        queue.setDecided(queue.current(), true);
        if (!queue.nextOpen()) {
            break;
        }
    }
    QCOMPARE(seen, open);
    QCOMPARE(queue.open(), std::size_t{0});
}

void TestLabelQueue::orderIsTheStores() {
    QCOMPARE(LabelQueue::difference({4, 3, 2, 1}, {3, 1}), (RowIndex{4, 2}));
    QCOMPARE(LabelQueue::difference({4, 3, 2, 1}, {}), (RowIndex{4, 3, 2, 1}));
    QCOMPARE(LabelQueue::difference({}, {1}), RowIndex{});
}

void TestLabelQueue::rowsThatLeftMeanwhileAreFound() {
    // An edit between the two questions moved row 3 to the end, and row 8 is new: order alone would lose rows.
    QCOMPARE(LabelQueue::difference({4, 3, 2, 1}, {2, 3, 8}), (RowIndex{4, 1}));
    const LabelQueue queue = queueOf({4, 3, 2, 1}, {8, 1, 4});
    QCOMPARE(queue.open(), std::size_t{2});
    QVERIFY(!queue.isDecided(0));
    QVERIFY(queue.isDecided(1));
    QVERIFY(!queue.isDecided(3));
}

void TestLabelQueue::nextRowsAreKnownAhead() {
    LabelQueue queue = queueOf({1, 2, 3, 4, 5, 6}, {1, 4, 6});
    QCOMPARE(queue.ahead(2), (std::vector<RowId>{4, 6, 2, 3}));
    QVERIFY(queue.moveTo(6));
    QCOMPARE(queue.ahead(3), (std::vector<RowId>{1, 4, 5}));
    QVERIFY(LabelQueue().ahead(3).empty());
}

void TestLabelQueue::sessionsCountAndTakeBack() {
    LabelSession session;
    session.begin(1000);
    session.add(doneOf(1, LabelOutcome::Labelled, 1100, 50));
    session.add(doneOf(2, LabelOutcome::Changed, 1200, 50));
    session.add(doneOf(3, LabelOutcome::Rejected, 1900, 50));
    session.add(doneOf(3, LabelOutcome::Edited, 1950, 50)); // no decision
    QCOMPARE(session.labelled(), std::int64_t{3});
    QCOMPARE(session.changed(), std::int64_t{1});
    QCOMPARE(session.rejected(), std::int64_t{1});
    QCOMPARE(session.bars(10, 2000), (std::vector<std::int64_t>{0, 1, 1, 0, 0, 0, 0, 0, 0, 1}));
    QVERIFY(!session.undone("a step of the Data page"));
    QCOMPARE(session.undone("step 3")->outcome, LabelOutcome::Edited);
    QCOMPARE(session.undone("step 3")->outcome, LabelOutcome::Rejected);
    QCOMPARE(session.rejected(), std::int64_t{0});
    QCOMPARE(session.redone("step 3")->outcome, LabelOutcome::Rejected);
    QCOMPARE(session.rejected(), std::int64_t{1});
    session.add(doneOf(4, LabelOutcome::Accepted, 1990, 50));
    QVERIFY(!session.redone("step 3")); // forgotten, as the journal forgets it
    QCOMPARE(session.labelled(), std::int64_t{4});
}

void TestLabelQueue::sessionsKnowTheirPace() {
    LabelSession session;
    session.add(doneOf(1, LabelOutcome::Labelled, 0, 4000));
    session.add(doneOf(2, LabelOutcome::Labelled, 0, 4000));
    QVERIFY(!session.perMinute()); // too few to tell
    session.add(doneOf(3, LabelOutcome::Labelled, 0, 4000));
    QCOMPARE(*session.perMinute(), 15.0);
    session.add(doneOf(3, LabelOutcome::Edited, 0, 12000)); // its time counts, it is no decision
    QCOMPARE(*session.perMinute(), 7.5);
}

void TestLabelQueue::subjectsOfEveryKind() {
    using data::SampleKind;
    const LabelSubject chat = labelSubject(sampleOf(SampleKind::Chat, R"({"messages":[
        {"role":"system","content":"Be short."},{"role":"user","content":"first"},{"role":"assistant","content":"one"},
        {"role":"user","content":"xterm\nA terminal\nfor X"},{"role":"assistant","content":"x11"}]})"));
    QCOMPARE(chat.system, u"Be short."_s);
    QCOMPARE(chat.earlier.size(), 2);
    QCOMPARE(chat.earlier[1].role, u"assistant"_s);
    QCOMPARE(chat.heading, u"xterm"_s);
    QCOMPARE(chat.body, u"A terminal\nfor X"_s);
    QCOMPARE(chat.answer, u"x11"_s);
    QVERIFY(chat.hasAnswer && !chat.isPair);
    const LabelSubject parts =
        labelSubject(sampleOf(SampleKind::Chat, R"({"messages":[{"role":"user","content":[{"type":"text","text":"a"},
                                       {"type":"text","text":"b"}]},{"role":"assistant","content":"c"}]})"));
    QCOMPARE(parts.heading, u"a"_s);
    QCOMPARE(parts.body, u"b"_s);
    const QString lengthy = QString(200, u'x');
    const LabelSubject completion = labelSubject(
        sampleOf(SampleKind::Completion, R"({"prompt":")" + lengthy.toStdString() + R"(","completion":"yes"})"));
    QVERIFY(completion.heading.isEmpty());
    QCOMPARE(completion.body, lengthy);
    QCOMPARE(completion.answer, u"yes"_s);
    const data::Sample two = sampleOf(
        SampleKind::Preference,
        R"({"prompt":"q","chosen":[{"role":"assistant","content":"good"}],"rejected":"bad","metadata":{"k":1}})");
    const LabelSubject pair = labelSubject(two);
    QVERIFY(pair.isPair);
    QCOMPARE(pair.answer, u"good"_s);
    QCOMPARE(pair.other, u"bad"_s);
    const Json turned = parseJson(exchangedPair(two)).valueOr(Json());
    QCOMPARE(turned["chosen"].get<std::string>(), std::string("bad"));
    QCOMPARE(turned["rejected"][0]["content"].get<std::string>(), std::string("good"));
    QCOMPARE(turned["metadata"]["k"].get<int>(), 1);
    QVERIFY(exchangedPair(sampleOf(SampleKind::Text, R"({"text":"t"})")).empty());
    const LabelSubject text = labelSubject(sampleOf(SampleKind::Text, R"({"text":"only\ntext"})"));
    QCOMPARE(text.heading, u"only"_s);
    QVERIFY(!text.hasAnswer);
    const LabelSubject asked =
        labelSubject(sampleOf(SampleKind::Chat, R"({"messages":[{"role":"user","content":"q"}]})"));
    QCOMPARE(asked.heading, u"q"_s);
    QVERIFY(!asked.hasAnswer);
    QVERIFY(!labelSubject(sampleOf(SampleKind::Ids, R"({"ids":[1,2],"labels":[1,2]})")).body.isEmpty());
}

void TestLabelQueue::pairsAreMixedButFixed() {
    int exchanged = 0;
    for (RowId row = 1; row <= 10'000; ++row) {
        const bool now = pairIsExchanged(42, row);
        QCOMPARE(pairIsExchanged(42, row), now);
        exchanged += now ? 1 : 0;
    }
    QVERIFY2(exchanged > 4700 && exchanged < 5300, qPrintable(QString::number(exchanged)));
    int differing = 0;
    for (RowId row = 1; row <= 1000; ++row) {
        differing += pairIsExchanged(1, row) != pairIsExchanged(2, row) ? 1 : 0;
    }
    QVERIFY(differing > 400 && differing < 600);
}

QTEST_GUILESS_MAIN(TestLabelQueue)
#include "test_label_queue.moc"
