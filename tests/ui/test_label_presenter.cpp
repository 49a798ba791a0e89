// The labeling queue on a real store: decisions are kept once each, undo leads all the way back, restarts go on where
// they stopped, the second pass hides the first, pairs and disagreements are settled.
#include "label_fixture.h"

#include "base/json.h"

#include <map>
#include <random>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using project::RowId;
using project::RowState;
using Kind = LabelAct::Kind;
using Phase = LabelState::Phase;

namespace {

QString section(std::size_t i) {
    return qs(kSections[i % kSections.size()]);
}

const project::Annotation* by(const project::RowDetails& row, const std::string& who) {
    for (const project::Annotation& each : row.annotations) {
        if (each.annotator == who) {
            return &each;
        }
    }
    return nullptr;
}

} // namespace

class TestLabelPresenter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyDecisionIsKeptOnce();
    void keysPressedAheadAreNeitherLostNorDoubled();
    void undoLeadsAllTheWayBack();
    void undoStopsAtAnImport();
    void restartsGoOn();
    void labelsCanBeTheAnswers();
    void ratingsTagsCommentsAndAnswersStayOnTheRow();
    void rejectedRowsCanBeLabelledAgain();
    void ordersAndFilters();
    void similarRowsAndBack();
    void secondPassHidesTheFirst();
    void disagreementsAreSettled();
    void pairsAreExchanged();
    void labelSetsAreChanged();
    void changesOfOthersShow();
    void nothingToLabelIsSaid();
};

void TestLabelPresenter::everyDecisionIsKeptOnce() {
    constexpr int kRows = 1000;
    const LabelFixture p(kRows, sectionRow);
    QVERIFY(p.shows());
    std::mt19937 random(5);
    std::map<RowId, std::pair<Kind, std::string>> expected;
    for (int i = 0; i < kRows; ++i) {
        const RowId row = p.presenter().row();
        QVERIFY2(expected.count(row) == 0, "a row came twice");
        const auto pick = static_cast<unsigned>(random() % 11);
        const Kind kind = pick == 9 ? Kind::Accept : pick == 10 ? Kind::Reject : Kind::Label;
        const QString label = kind == Kind::Label ? section(pick) : QString();
        expected[row] = {kind, us(label)};
        QVERIFY(p.decide(kind, label));
    }
    QCOMPARE(p.presenter().state().phase, Phase::AllDecided);
    QCOMPARE(p.presenter().state().done, std::size_t{kRows});
    QCOMPARE(p.presenter().session().labelled(), std::int64_t{kRows});
    QCOMPARE(expected.size(), std::size_t{kRows});
    for (const auto& [id, decision] : expected) {
        const project::RowDetails row = p.row(id);
        QCOMPARE(row.annotations.size(), std::size_t{1});
        const project::Annotation& mine = row.annotations.front();
        QVERIFY(mine.spentMs > 0);
        const auto& [kind, label] = decision;
        QCOMPARE(row.cells.label, label);
        QCOMPARE(mine.label, label);
        QCOMPARE(mine.verdict, kind == Kind::Accept   ? RowState::Active
                               : kind == Kind::Reject ? RowState::Rejected
                                                      : RowState::None);
        QCOMPARE(row.cells.state, kind == Kind::Reject ? RowState::Rejected : RowState::Active);
    }
    const auto log = p.store().decisions(std::nullopt, 2 * kRows);
    QVERIFY(log);
    QCOMPARE(log->size(), std::size_t{kRows});
}

void TestLabelPresenter::keysPressedAheadAreNeitherLostNorDoubled() {
    const LabelFixture p(30, sectionRow);
    QVERIFY(p.shows());
    const RowId first = p.presenter().row();
    for (int i = 0; i < 12; ++i) { // no event loop between: all wait behind the first
        p.presenter().press({Kind::Label, section(static_cast<std::size_t>(i))});
    }
    p.presenter().press({Kind::Next, {}});
    p.presenter().press({Kind::Undo, {}});
    QVERIFY(QTest::qWaitFor(
        [&] {
            return !p.presenter().state().saving && !p.presenter().state().reading && p.presenter().row() == first + 11;
        },
        10'000));
    for (int i = 0; i < 11; ++i) {
        QCOMPARE(p.row(first + i).cells.label, us(section(static_cast<std::size_t>(i))));
        QCOMPARE(p.row(first + i).annotations.size(), std::size_t{1});
    }
    QVERIFY(p.row(first + 11).cells.label.empty()); // undone
    QVERIFY(p.row(first + 12).annotations.empty());
    QCOMPARE(p.presenter().state().done, std::size_t{11});
}

void TestLabelPresenter::undoLeadsAllTheWayBack() {
    const LabelFixture p(60, sectionRow);
    QVERIFY(p.shows());
    const std::string before = p.hash();
    const RowId first = p.presenter().row();
    for (std::size_t i = 0; i < 40; ++i) {
        if (i % 5 == 0) {
            p.presenter().press({Kind::Tag, u"look again"_s});
            p.presenter().press({Kind::Rating, u"4"_s});
            p.presenter().press({Kind::Comment, u"hm"_s});
            p.presenter().press({Kind::Answer, u"another answer"_s});
        }
        QVERIFY(p.decide(i % 7 == 0 ? Kind::Reject : i % 3 == 0 ? Kind::Accept : Kind::Label, section(i)));
    }
    const std::string after = p.hash();
    QVERIFY(after != before);
    int steps = 0;
    while (!p.presenter().state().undo.isEmpty() && p.hash() != before) {
        p.presenter().press({Kind::Undo, {}});
        QVERIFY(p.idle());
        QVERIFY(++steps < 200);
    }
    QCOMPARE(p.hash(), before);
    QCOMPARE(steps, 40 + 8 * 4);
    QCOMPARE(p.presenter().state().done, std::size_t{0});
    QCOMPARE(p.presenter().session().labelled(), std::int64_t{0});
    QCOMPARE(p.presenter().row(), first);
    for (int i = 0; i < steps; ++i) {
        p.presenter().press({Kind::Redo, {}});
        QVERIFY(p.idle());
    }
    QCOMPARE(p.hash(), after);
    QCOMPARE(p.presenter().state().done, std::size_t{40});
    QCOMPARE(p.presenter().session().labelled(), std::int64_t{40});
}

void TestLabelPresenter::undoStopsAtAnImport() {
    const LabelFixture p(10, sectionRow);
    QVERIFY(p.shows());
    const std::string before = p.hash();
    QVERIFY(p.decide(Kind::Label, section(3)));
    for (int i = 0; i < 3; ++i) {
        p.presenter().press({Kind::Undo, {}});
        QVERIFY(p.idle());
    }
    QCOMPARE(p.hash(), before);
    QCOMPARE(p.store().counts()->rows, std::int64_t{10});
    QVERIFY(p.presenter().state().notice.contains(u"import"_s));
}

void TestLabelPresenter::restartsGoOn() {
    LabelFixture p(50, sectionRow);
    QVERIFY(p.shows());
    p.presenter().setAnnotator(u"Ada"_s);
    QVERIFY(p.shows());
    for (std::size_t i = 0; i < 20; ++i) {
        QVERIFY(p.decide(Kind::Label, section(i)));
    }
    p.presenter().press({Kind::Skip, {}});
    const RowId at = p.presenter().row();
    p.reopen();
    QVERIFY(p.shows());
    QCOMPARE(p.presenter().annotator(), u"Ada"_s);
    QCOMPARE(p.presenter().state().done, std::size_t{20});
    QCOMPARE(p.presenter().row(), at);
    QVERIFY(p.presenter().state().secondsLeft.has_value()); // from what earlier sessions took
    QVERIFY(!p.presenter().lastEdits(4).isEmpty());
    p.presenter().press({Kind::Undo, {}}); // across the restart
    QVERIFY(p.idle());
    QVERIFY(p.row(20).cells.label.empty());
    QCOMPARE(p.presenter().row(), RowId{20});
}

void TestLabelPresenter::labelsCanBeTheAnswers() {
    const LabelFixture p(10, sectionRow);
    QVERIFY(p.shows());
    p.presenter().setLabels(sectionLabels(), true, {});
    const RowId row = p.presenter().row(); // answered "utils"
    const std::string before = p.hash();
    QVERIFY(p.decide(Kind::Label, u"web"_s));
    QCOMPARE(p.row(row).cells.answer, std::string("web"));
    QCOMPARE(p.row(row).cells.label, std::string("web"));
    QCOMPARE(p.presenter().session().changed(), std::int64_t{1});
    QCOMPARE(p.presenter().lastEdits(1).first().what, u"utils → web"_s);
    p.presenter().press({Kind::Undo, {}});
    QVERIFY(p.idle());
    QCOMPARE(p.hash(), before);
    const RowId second = p.presenter().row();
    QVERIFY(p.decide(Kind::Accept));
    QCOMPARE(p.row(second).cells.label, p.row(second).cells.answer); // accepted: the answer is the label
    QCOMPARE(by(p.row(second), "")->verdict, RowState::Active);
}

void TestLabelPresenter::ratingsTagsCommentsAndAnswersStayOnTheRow() {
    const LabelFixture p(5, sectionRow);
    QVERIFY(p.shows());
    const RowId row = p.presenter().row();
    const auto press = [&](Kind kind, const QString& value) {
        p.presenter().press({kind, value});
        return p.idle() && QTest::qWaitFor([&] { return p.presenter().details().has_value(); });
    };
    QVERIFY(press(Kind::Rating, u"5"_s));
    QVERIFY(press(Kind::Tag, u"odd"_s));
    QVERIFY(press(Kind::Comment, u"两个意思"_s));
    QVERIFY(press(Kind::Answer, u"libs and more"_s));
    QCOMPARE(p.presenter().row(), row);
    QTRY_COMPARE(p.presenter().subject().answer, u"libs and more"_s);
    QCOMPARE(p.presenter().details()->comment, us(u"两个意思"_s));
    QCOMPARE(p.presenter().details()->cells.rating.value_or(0), std::int64_t{5});
    QCOMPARE(p.presenter().details()->cells.tags, std::vector<std::string>{"odd"});
    QCOMPARE(p.presenter().state().done, std::size_t{0});
    QVERIFY(press(Kind::Rating, u"5"_s)); // again: none
    QTRY_VERIFY(!p.presenter().details()->cells.rating);
    QVERIFY(press(Kind::Untag, u"odd"_s));
    QTRY_VERIFY(p.presenter().details()->cells.tags.empty());
}

void TestLabelPresenter::rejectedRowsCanBeLabelledAgain() {
    const LabelFixture p(5, sectionRow);
    QVERIFY(p.shows());
    const RowId row = p.presenter().row();
    QVERIFY(p.decide(Kind::Reject));
    QCOMPARE(p.row(row).cells.state, RowState::Rejected);
    p.presenter().press({Kind::Previous, {}});
    QTRY_COMPARE(p.presenter().row(), row);
    QCOMPARE(p.presenter().ownVerdict(), u"rejected"_s);
    QVERIFY(p.decide(Kind::Label, u"net"_s));
    QCOMPARE(p.row(row).cells.state, RowState::Active);
    QCOMPARE(by(p.row(row), "")->verdict, RowState::None);
    QCOMPARE(p.presenter().state().done, std::size_t{1});
}

void TestLabelPresenter::ordersAndFilters() {
    const LabelFixture p(40, sectionRow);
    QVERIFY(p.shows());
    QVERIFY(!p.presenter().orderRefusal(LabelOrder::Loss).isEmpty()); // no run yet
    p.presenter().setOrder(LabelOrder::Loss);
    QCOMPARE(p.presenter().order(), LabelOrder::Row);
    p.presenter().setOrder(LabelOrder::Random);
    QTRY_COMPARE(p.presenter().state().phase, Phase::Row);
    QVector<RowId> seen;
    for (int i = 0; i < 40; ++i) {
        seen << p.presenter().row();
        QVERIFY(p.decide(Kind::Accept));
    }
    QVector<RowId> sorted = seen;
    std::sort(sorted.begin(), sorted.end());
    QVERIFY(sorted != seen);
    QCOMPARE(std::unique(sorted.begin(), sorted.end()), sorted.end());
    project::Filter filter;
    filter.answers = {"net"};
    p.presenter().setFilter(filter);
    QTRY_COMPARE(p.presenter().state().phase, Phase::AllDecided);
    QCOMPARE(p.presenter().state().total, std::size_t{5});
    p.presenter().search(u"nothing says this"_s);
    QTRY_COMPARE(p.presenter().state().phase, Phase::Nothing);
    p.presenter().setFilter({});
    QTRY_COMPARE(p.presenter().state().total, std::size_t{40});
    p.presenter().jump(17);
    QTRY_COMPARE(p.presenter().row(), RowId{17});
    p.presenter().jump(1700);
    QVERIFY(!p.presenter().state().notice.isEmpty());
    QCOMPARE(p.presenter().row(), RowId{17});
}

void TestLabelPresenter::similarRowsAndBack() {
    const LabelFixture p(30, [](int i) {
        const std::string about = i % 3 == 0 ? "astronomical telescope images viewer" : "terminal emulator window";
        return R"({"prompt":")" + about + " " + std::to_string(i) + R"(","completion":"x"})" + "\n";
    });
    QVERIFY(p.store().finishJob());
    QVERIFY(p.shows());
    const RowId row = p.presenter().row(); // the first: a telescope
    p.presenter().showSimilar();
    QTRY_VERIFY(!p.presenter().state().similarTo.isEmpty());
    QTRY_COMPARE(p.presenter().state().phase, Phase::Row);
    QCOMPARE(p.row(p.presenter().row()).cells.title.substr(0, 12), std::string("astronomical"));
    QVERIFY(p.decide(Kind::Accept));
    p.presenter().leaveSimilar();
    QTRY_COMPARE(p.presenter().row(), row);
    QCOMPARE(p.presenter().state().total, std::size_t{30});
    QCOMPARE(p.presenter().state().done, std::size_t{1}); // decided there, decided here
}

void TestLabelPresenter::secondPassHidesTheFirst() {
    LabelFixture p(20, sectionRow);
    QVERIFY(p.shows());
    p.presenter().setLabels(sectionLabels(), true, {});
    p.presenter().setAnnotator(u"Ada"_s);
    QVERIFY(p.shows());
    for (std::size_t i = 0; i < 12; ++i) {
        QVERIFY(p.decide(Kind::Label, section(i)));
    }
    const std::string first = p.row(1).cells.label;
    p.presenter().startSecondPass(u"Ada"_s, u"Ben"_s);
    QTRY_COMPARE(p.presenter().state().total, std::size_t{12}); // only what Ada decided
    QVERIFY(p.shows());
    QCOMPARE(p.presenter().state().done, std::size_t{0});
    QVERIFY(p.presenter().hidesFirst());
    QVERIFY(p.presenter().chosen().isEmpty());
    for (const Kind refused : {Kind::Accept, Kind::Rating, Kind::Comment, Kind::Tag, Kind::Answer}) {
        QVERIFY2(!p.presenter().refusal({refused, u"1"_s}).isEmpty(), "would show or change what the first said");
    }
    const RowId row = p.presenter().row();
    QVERIFY(p.decide(Kind::Label, u"perl"_s));
    QCOMPARE(p.row(row).cells.label, first); // in force: unchanged
    QCOMPARE(p.row(row).cells.answer, first);
    QCOMPARE(by(p.row(row), "Ben")->label, std::string("perl"));
    p.presenter().press({Kind::Previous, {}});
    QTRY_COMPARE(p.presenter().row(), row);
    QVERIFY(!p.presenter().hidesFirst()); // both are in
    p.reopen();
    QVERIFY(p.shows());
    QVERIFY(p.presenter().secondPass());
    QCOMPARE(p.presenter().state().done, std::size_t{1});
    p.presenter().endSecondPass();
    QTRY_COMPARE(p.presenter().state().total, std::size_t{20});
}

void TestLabelPresenter::disagreementsAreSettled() {
    const LabelFixture p(30, sectionRow);
    QVERIFY(p.shows());
    p.presenter().setAnnotator(u"Ada"_s);
    QVERIFY(p.shows());
    std::vector<std::string> ones, others;
    for (std::size_t i = 0; i < 30; ++i) {
        ones.push_back(kSections[i % 3]);
        QVERIFY(p.decide(Kind::Label, section(i % 3)));
    }
    p.presenter().startSecondPass(u"Ada"_s, u"Ben"_s);
    QTRY_COMPARE(p.presenter().state().phase, Phase::Row);
    for (std::size_t i = 0; i < 30; ++i) {
        const std::size_t choice = i % 10 == 4 ? (i + 1) % 3 : i % 3; // three differ
        others.push_back(kSections[choice]);
        QVERIFY(p.decide(Kind::Label, section(choice)));
    }
    AgreementPresenter& both = p.presenter().agreement();
    QTRY_COMPARE_WITH_TIMEOUT(both.agreement() ? both.agreement()->rows : 0, std::int64_t{30}, 10'000);
    const data::Agreement expected = data::cohensKappa(ones, others);
    QCOMPARE(*both.agreement()->kappa, *expected.kappa);
    QCOMPARE(both.agreement()->low, expected.low);
    QCOMPARE(both.disagreements().size(), std::size_t{3});
    QCOMPARE(both.openCount(), std::size_t{3});
    QTRY_VERIFY(both.details().has_value());
    const Disagreement differing = *both.current();
    QCOMPARE(p.row(differing.row).cells.label, differing.first);
    const std::string before = p.hash();
    both.settle(qs(differing.second));
    QTRY_COMPARE(both.openCount(), std::size_t{2});
    QCOMPARE(p.row(differing.row).cells.label, differing.second); // in force
    QTRY_VERIFY(both.current()->row != differing.row && both.details());
    both.settle(u"science"_s); // neither of them
    QTRY_COMPARE(both.openCount(), std::size_t{1});
    both.undo();
    QTRY_COMPARE(both.openCount(), std::size_t{2});
    QTRY_VERIFY(!both.saving());
    both.undo();
    QTRY_COMPARE(both.openCount(), std::size_t{3});
    QCOMPARE(p.hash(), before);
    QTRY_VERIFY(!both.saving());
    both.undo(); // Ben's last label is not for this page to take back
    QTRY_VERIFY(both.problem().has_value());
    QCOMPARE(p.hash(), before);
}

void TestLabelPresenter::pairsAreExchanged() {
    const LabelFixture p(40, pairRow);
    QVERIFY(p.shows());
    const std::string before = p.hash();
    int swapped = 0;
    for (int i = 0; i < 40; ++i) {
        QVERIFY(p.presenter().subject().isPair);
        const RowId row = p.presenter().row();
        const bool exchanged = p.presenter().pairExchanged();
        swapped += exchanged ? 1 : 0;
        QVERIFY(p.decide(Kind::Pair, i % 5 == 4 ? u"tie"_s : u"left"_s));
        const project::RowDetails now = p.row(row);
        const std::string chosen = now.sample.row["chosen"].get<std::string>();
        if (i % 5 == 4) {
            QCOMPARE(by(now, "")->pair, std::string("tie"));
            QCOMPARE(chosen.substr(0, 4), std::string("good")); // a tie leaves the row alone
        } else {                                                // what stood at the left is the chosen one now
            QCOMPARE(chosen.substr(0, exchanged ? 3 : 4), std::string(exchanged ? "bad" : "good"));
            QCOMPARE(by(now, "")->pair, std::string("a"));
        }
    }
    QVERIFY2(swapped > 5 && swapped < 35, "the sides are not mixed");
    for (int i = 0; i < 40; ++i) {
        p.presenter().press({Kind::Undo, {}});
        QVERIFY(p.idle());
    }
    QCOMPARE(p.hash(), before);
}

void TestLabelPresenter::labelSetsAreChanged() {
    const LabelFixture p(12, sectionRow);
    QVERIFY(p.shows());
    for (std::size_t i = 0; i < 4; ++i) {
        QVERIFY(p.decide(Kind::Label, u"net"_s));
    }
    QVERIFY(p.decide(Kind::Label, u"a new one"_s)); // 0, then typed
    QTRY_COMPARE(p.presenter().labels().labels.back().name, std::string("a new one"));
    project::LabelSet set = p.presenter().labels();
    std::swap(set.labels[0], set.labels[3]);
    set.labels[0].name = "network";
    set.guideline = "again";
    p.presenter().setLabels(set, false, {{"net", "network"}});
    QTRY_COMPARE(p.store().labelSet()->guideline, std::string("again"));
    QTRY_COMPARE(p.presenter().labels().labels.front().rows, std::int64_t{4});
    QCOMPARE(p.presenter().labelAt(1), u"network"_s);
    QCOMPARE(p.row(1).cells.label, std::string("network"));
    std::optional<project::Balance> answers;
    p.presenter().readAnswers([&](const project::Balance& balance) { answers = balance; });
    QTRY_VERIFY(answers.has_value());
    QCOMPARE(answers->distinct, std::int64_t{9});
}

void TestLabelPresenter::changesOfOthersShow() {
    const LabelFixture p(10, sectionRow);
    QVERIFY(p.shows());
    const RowId row = p.presenter().row();
    QTest::qWait(50); // the next rows are read
    project::EditStep step;
    step.label = "elsewhere";
    step.edits = {{row, project::RowField::Answer, "now", 0}, {row + 1, project::RowField::Answer, "next", 0}};
    QVERIFY(p.store().apply(step));
    QTRY_COMPARE(p.presenter().subject().answer, u"now"_s);
    QVERIFY(p.decide(Kind::Accept));
    QCOMPARE(p.presenter().subject().answer, u"next"_s); // not what was read ahead
}

void TestLabelPresenter::nothingToLabelIsSaid() {
    LabelPresenter none;
    QCOMPARE(none.state().phase, Phase::NoProject);
    none.press({Kind::Accept, {}});
    none.press({Kind::Undo, {}});
    none.enter();
    const LabelFixture p(3, sectionRow);
    QVERIFY(p.shows());
    p.presenter().press({Kind::Label, p.presenter().labelAt(12)});
    QVERIFY(!p.presenter().state().notice.isEmpty());
    QCOMPARE(p.presenter().state().done, std::size_t{0});
    p.presenter().press({Kind::Pair, u"left"_s});
    QVERIFY(!p.presenter().state().notice.isEmpty());
    for (int i = 0; i < 3; ++i) {
        QVERIFY(p.decide(Kind::Accept));
    }
    QCOMPARE(p.presenter().state().phase, Phase::AllDecided);
    p.presenter().press({Kind::Accept, {}}); // no row shows
    QCOMPARE(p.store().decisions(std::nullopt, 10)->size(), std::size_t{3});
    p.presenter().press({Kind::Previous, {}});
    QTRY_COMPARE(p.presenter().state().phase, Phase::Row);
}

QTEST_MAIN(TestLabelPresenter)
#include "test_label_presenter.moc"
