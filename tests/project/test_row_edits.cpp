// Edits of rows and their way back: one step each, none lost, and undoing all of them gives the first state.
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

class TestRowEdits : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void importsAreUndoneAsOneStep();
    void editsAndTheirWayBack();
    void impossibleEditsChangeNothing();
    void typingIsOneStep();
    void manyRowsAreOneStep();
    void randomEditsWalkBackToTheFirstState();
    void annotatorsAreApart();
};

void TestRowEdits::importsAreUndoneAsOneStep() {
    RowProject p;
    const std::string empty = must(p.rows().contentHash());
    p.import(p.write("f.jsonl", randomRows(30, 3)));
    const std::string full = p.hash();
    QCOMPARE(p.rows().undoState().undoLabel, std::string("Import f.jsonl"));
    QCOMPARE(must(p.rows().undo()).rows, std::int64_t{30});
    QCOMPARE(p.hash(), empty);
    QVERIFY(idsOf(p.rows()).empty());
    must(p.rows().redo());
    QCOMPARE(p.hash(), full);
    QCOMPARE(idsOf(p.rows()).size(), std::size_t{30});
}

void TestRowEdits::editsAndTheirWayBack() {
    RowProject p;
    p.import(p.write("f.jsonl", chatLine("one", "1") + chatLine("two", "2")));
    const std::string before = p.hash();
    RowStore& rows = p.rows();
    must(rows.apply(step("Edit answer", {edit(1, RowField::Answer, "uno")})));
    must(rows.apply(step("Label", {edit(1, RowField::Label, "good"), edit(2, RowField::Label, "bad")})));
    must(rows.apply(step("Reject", {edit(2, RowField::State, "rejected")})));
    must(rows.apply(step("Tag", {edit(1, RowField::AddTag, "check"), edit(1, RowField::AddTag, "later")})));
    must(rows.apply(step("Rate", {edit(1, RowField::Rating, "4")})));
    must(rows.apply(step("Comment", {edit(1, RowField::Comment, "why?")})));
    must(rows.apply(step("Move", {edit(1, RowField::Split, "validation")})));
    must(rows.apply(step("Message", {{1, RowField::Message, "ONE", 0}})));
    must(rows.apply(step("JSON", {edit(2, RowField::Row, "{\"prompt\":\"p\",\"completion\":\"c\"}")})));
    const RowDetails one = must(rows.details(1));
    QCOMPARE(one.cells.title, std::string("ONE"));
    QCOMPARE(one.cells.answer, std::string("uno"));
    QCOMPARE(one.cells.label, std::string("good"));
    QCOMPARE(one.cells.tags, (std::vector<std::string>{"check", "later"}));
    QCOMPARE(one.cells.rating.value_or(0), std::int64_t{4});
    QCOMPARE(one.comment, std::string("why?"));
    QCOMPARE(one.cells.split, Split::Validation);
    QCOMPARE(must(rows.details(2)).cells.kind, data::SampleKind::Completion);
    const auto history = must(rows.history(1));
    QCOMPARE(history.size(), std::size_t{8});
    QCOMPARE(history.back().field, RowField::Answer);
    QCOMPARE(history.back().before, std::string("1"));
    QCOMPARE(history.back().after, std::string("uno"));
    const std::string after = p.hash();
    QCOMPARE(rows.undoState().undoSteps, std::int64_t{10}); // the import is one
    p.reopen();                                             // the way back outlives the program
    for (int i = 0; i < 9; ++i) {
        must(p.rows().undo());
        (void)p.hash();
    }
    QCOMPARE(p.hash(), before);
    QCOMPARE(p.rows().undoState().redoSteps, std::int64_t{9});
    QCOMPARE(p.rows().undoState().redoLabel, std::string("Edit answer"));
    for (int i = 0; i < 9; ++i) {
        must(p.rows().redo());
    }
    QCOMPARE(p.hash(), after);
    QCOMPARE(errorOf(p.rows().redo()).code, ErrorCode::InvalidInput);
    must(p.rows().undo());
    must(p.rows().apply(step("Else", {edit(1, RowField::Rating, "1")}))); // what was undone cannot come back now
    QCOMPARE(p.rows().undoState().redoSteps, std::int64_t{0});
    const auto journal = must(p.rows().journal(100));
    QCOMPARE(journal.front().label, std::string("Else"));
    QVERIFY(journal.size() >= 29);
}

void TestRowEdits::impossibleEditsChangeNothing() {
    RowProject p;
    p.import(p.write("f.jsonl", chatLine("one", "1")));
    const std::string before = p.hash();
    for (const Edit& wrong :
         {edit(9, RowField::Label, "x"), edit(1, RowField::Answer, ""), edit(1, RowField::State, "gone"),
          edit(1, RowField::Split, "holdout"), edit(1, RowField::Rating, "6"), edit(1, RowField::AddTag, ""),
          edit(1, RowField::Row, "{\"messages\":[]}"), edit(1, RowField::Row, "{"), edit(1, RowField::Pair, "c"),
          Edit{1, RowField::Message, "x", 7}}) {
        const auto done = p.rows().apply(step("wrong", {edit(1, RowField::Label, "first"), wrong}));
        const Error error = errorOf(done);
        QVERIFY2(error.code == ErrorCode::InvalidInput || error.code == ErrorCode::NotFound, error.text().c_str());
        QCOMPARE(p.hash(), before); // the whole step is taken back
    }
    QCOMPARE(must(p.rows().apply(step("nothing", {edit(1, RowField::Answer, "1")}))).step, std::int64_t{0});
    QCOMPARE(p.rows().undoState().undoSteps, std::int64_t{1});
}

void TestRowEdits::typingIsOneStep() {
    RowProject p;
    p.import(p.write("f.jsonl", chatLine("one", "1") + chatLine("two", "2")));
    const auto type = [&](RowId row, const std::string& text) {
        EditStep typed = step("Edit answer", {edit(row, RowField::Answer, text)});
        typed.mergeable = true;
        return must(p.rows().apply(typed));
    };
    const std::string before = p.hash();
    for (const char* text : {"1a", "1ab", "1abc"}) {
        type(1, text);
    }
    QCOMPARE(p.rows().undoState().undoSteps, std::int64_t{2});
    QCOMPARE(must(p.rows().history(1)).size(), std::size_t{1});
    type(2, "zwei"); // another row: another step
    QCOMPARE(p.rows().undoState().undoSteps, std::int64_t{3});
    must(p.rows().undo());
    must(p.rows().undo());
    QCOMPARE(p.hash(), before);
    // Typed and taken back at once: as if nothing had been.
    type(1, "1x");
    type(1, "1");
    QCOMPARE(p.rows().undoState().undoSteps, std::int64_t{1});
    QCOMPARE(p.hash(), before);
    // A version in between is a state of its own.
    type(1, "1y");
    must(p.rows().makeVersion("mine"));
    type(1, "1yz");
    QCOMPARE(p.rows().undoState().undoSteps, std::int64_t{3});
}

void TestRowEdits::manyRowsAreOneStep() {
    RowProject p;
    p.import(p.write("f.jsonl", randomRows(3000, 4)));
    const std::string before = p.hash();
    BulkEdit reject;
    reject.label = "Reject all with GPU";
    reject.filter = searching("gpu");
    reject.field = RowField::State;
    reject.value = "rejected";
    const RowIndex matching = idsOf(p.rows(), reject.filter);
    const EditDone done = must(p.rows().applyBulk(reject));
    QCOMPARE(done.rows, static_cast<std::int64_t>(matching.size()));
    Filter rejected;
    rejected.states = {RowState::Rejected};
    QCOMPARE(idsOf(p.rows(), rejected), matching);
    QCOMPARE(p.rows().undoState().undoSteps, std::int64_t{2});
    must(p.rows().undo());
    QCOMPARE(p.hash(), before);
    must(p.rows().redo());
    QCOMPARE(idsOf(p.rows(), rejected), matching);
    // Cancelled: nothing.
    BulkEdit tag;
    tag.label = "Tag";
    tag.field = RowField::AddTag;
    tag.value = "t";
    StoreTaskPtr task;
    std::optional<Result<EditDone>> answer;
    std::atomic<bool> ready = false;
    task = p.rows().applyBulk(
        tag,
        [&](double) {
            while (!ready) {
                QThread::msleep(1);
            }
            task->cancel();
        },
        [&](Result<EditDone> result) { answer.emplace(std::move(result)); });
    QCOMPARE(errorOf(p.rows().apply(step("x", {edit(1, RowField::Rating, "1")}))).code, ErrorCode::Busy);
    QVERIFY(!p.rows().undoState().blockedBy.empty());
    ready = true;
    task->wait();
    QCOMPARE(errorOf(*answer).code, ErrorCode::Cancelled);
    QVERIFY(must(p.rows().counts()).tags.empty());
}

void TestRowEdits::randomEditsWalkBackToTheFirstState() {
    const unsigned seed = std::getenv("FETTLE_TEST_SEED") != nullptr
                              ? static_cast<unsigned>(std::strtoul(std::getenv("FETTLE_TEST_SEED"), nullptr, 10))
                              : std::random_device{}();
    qInfo("seed %u (repeat with FETTLE_TEST_SEED)", seed);
    std::mt19937 random(seed);
    RowProject p;
    p.import(p.write("f.jsonl", randomRows(40, seed)));
    const std::string first = p.hash();
    const auto row = [&] { return static_cast<RowId>(random() % 40 + 1); };
    int steps = 0;
    for (int round = 0; round < 200; ++round) {
        const auto number = std::to_string(random() % 5 + 1);
        EditStep one = step("step " + std::to_string(round), {});
        for (unsigned i = 0; i < 1 + random() % 3; ++i) {
            switch (random() % 9) {
            case 0:
                one.edits.push_back(edit(row(), RowField::Answer, "answer " + number));
                break;
            case 1:
                one.edits.push_back({row(), RowField::Message, "asked " + number, 0});
                break;
            case 2:
                one.edits.push_back(edit(row(), RowField::State,
                                         random() % 3 == 0   ? "removed"
                                         : random() % 2 == 0 ? "active"
                                                             : "rejected"));
                break;
            case 3:
                one.edits.push_back(edit(row(), RowField::Label, random() % 3 == 0 ? "" : "label " + number));
                break;
            case 4:
                one.edits.push_back(
                    edit(row(), random() % 2 == 0 ? RowField::AddTag : RowField::RemoveTag, "t" + number));
                break;
            case 5:
                one.edits.push_back(edit(row(), RowField::Rating, random() % 4 == 0 ? "" : number));
                break;
            case 6:
                one.edits.push_back(edit(row(), RowField::Comment, random() % 3 == 0 ? "" : "comment " + number));
                break;
            case 7:
                one.annotator = random() % 2 == 0 ? "" : "Ann";
                one.edits.push_back(edit(row(), RowField::Annotation, random() % 3 == 0 ? "" : "label " + number));
                break;
            default:
                one.edits.push_back(edit(row(), RowField::Split, random() % 2 == 0 ? "test" : "none"));
            }
        }
        one.mergeable = random() % 2 == 0;
        if (random() % 5 == 0 && p.rows().undoState().undoSteps > 1) {
            must(p.rows().undo());
        } else if (random() % 6 == 0 && p.rows().undoState().redoSteps > 0) {
            must(p.rows().redo());
        } else {
            must(p.rows().apply(one));
        }
        steps = std::max(steps, static_cast<int>(p.rows().undoState().undoSteps));
        if (round % 20 == 0) {
            (void)p.hash(); // what is kept edit by edit is what all rows add up to
        }
    }
    QVERIFY(steps > 20);
    const std::string last = p.hash();
    int back = 0;
    while (p.rows().undoState().undoSteps > 1) {
        must(p.rows().undo());
        ++back;
    }
    QCOMPARE(p.hash(), first);
    for (; back > 0; --back) {
        must(p.rows().redo());
    }
    QCOMPARE(p.hash(), last);
}

void TestRowEdits::annotatorsAreApart() {
    RowProject p;
    p.import(p.write("f.jsonl", randomRows(10, 12)));
    LabelSet set;
    set.question = "Which?";
    set.labels = {{"libs", "code", 0}, {"net", "wires", 0}};
    set.guideline = "# Read\nfirst";
    must(p.rows().setLabelSet(set));
    const auto say = [&](const std::string& who, RowId row, const std::string& label, std::int64_t ms) {
        EditStep one = step("Label " + label, {edit(row, RowField::Annotation, label)});
        one.annotator = who;
        one.spentMs = ms;
        return must(p.rows().apply(one));
    };
    say("Ann", 1, "libs", 900);
    say("Ann", 2, "net", 1100);
    say("Bob", 1, "libs", 500);
    say("Bob", 2, "libs", 700);
    say("Bob", 3, "net", 300);
    const auto shared = must(p.rows().sharedRows("Ann", "Bob"));
    QCOMPARE(shared.size(), std::size_t{2});
    QCOMPARE(shared[1].first, std::string("net"));
    QCOMPARE(shared[1].second, std::string("libs"));
    const auto annotators = must(p.rows().annotators());
    QCOMPARE(annotators.size(), std::size_t{3});
    QCOMPARE(annotators[1].spentMs, std::int64_t{2000});
    QCOMPARE(annotators[2].rows, std::int64_t{3});
    QCOMPARE(must(p.rows().decisions("Bob", 10)).size(), std::size_t{3});
    must(p.rows().undo());
    QVERIFY(must(p.rows().decisions("Bob", 10)).front().undone);
    QCOMPARE(must(p.rows().details(3)).annotations.size(), std::size_t{0});
    QCOMPARE(must(p.rows().details(1)).annotations.size(), std::size_t{2});
    QCOMPARE(must(p.rows().details(1)).annotations[0].spentMs, std::int64_t{900});
    const LabelSet read = must(p.rows().labelSet());
    QCOMPARE(read.question, set.question);
    QCOMPARE(read.guideline, set.guideline);
    QCOMPARE(read.labels[0].name, std::string("libs"));
    QCOMPARE(read.labels[1].description, std::string("wires"));
}

QTEST_GUILESS_MAIN(TestRowEdits)
#include "test_row_edits.moc"
