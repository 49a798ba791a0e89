// What can be seen inside a run without an engine: classes of rows by their losses, the autopsy of a step from a run's
// records, changes of a recipe on the way, texts of rows by place.
#include "base/files.h"
#include "recipe/fields.h"
#include "recipe/row_list.h"
#include "run/run_folder.h"
#include "support/golden.h"
#include "support/results.h"
#include "support/temp_folder.h"
#include "train/autopsy.h"
#include "train/data_rows.h"
#include "train/model_text.h"
#include "train/preflight.h"
#include "train/row_history.h"
#include "train/row_losses.h"
#include "train/run_changes.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace fettle;
using fettle::test::errorOf;
using fettle::test::must;
using fettle::test::TempFolder;
using train::RowClass;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

train::RowHistory historyOf(const std::vector<std::vector<float>>& rows) {
    train::RowHistory out;
    for (std::size_t column = 0; column < rows.front().size(); ++column) {
        out.steps.push_back(static_cast<std::int64_t>(column + 1) * 10);
    }
    for (std::size_t row = 0; row < rows.size(); ++row) {
        out.samples.push_back(static_cast<std::int64_t>(row));
        out.losses.insert(out.losses.end(), rows[row].begin(), rows[row].end());
    }
    return out;
}

// Twenty rows that learn as a run mostly does, so that a single odd one cannot move what is usual.
std::vector<std::vector<float>> learners() {
    std::vector<std::vector<float>> rows;
    for (int i = 0; i < 20; ++i) {
        const float more = 0.02F * static_cast<float>(i);
        rows.push_back({2.0F + more, 1.2F + more, 0.6F + more});
    }
    return rows;
}

struct FakeRun {
    TempFolder place;
    std::string folder = place / "run";
    recipe::Recipe recipe;
    FakeRun() {
        recipe.model = "m";
        recipe.data.train = {"rows.jsonl"};
        must(run::createRunFolder(folder, "Run", recipe::toJson(recipe)));
    }
    void publish(const std::vector<run::EventBody>& bodies) const {
        const auto writer = must(run::RunWriter::open(folder));
        for (const run::EventBody& body : bodies) {
            (void)must(writer->publish(body));
        }
    }
    static run::EventBody step(std::int64_t number, double loss, double norm, double rate = 2e-4, double epoch = 0.5) {
        run::StepMetrics out;
        out.step = number;
        out.loss = loss;
        out.gradNorm = norm;
        out.lr = rate;
        out.epoch = epoch;
        return out;
    }
    static run::EventBody state(jobs::RunState value) {
        run::StateChanged out;
        out.state = value;
        return out;
    }
    static run::EventBody diverged(std::int64_t step, std::vector<std::int64_t> rows) {
        run::StateChanged out;
        out.state = jobs::RunState::Failed;
        out.reason = "non_finite_loss";
        out.step = step;
        out.rows = std::move(rows);
        return out;
    }
    void checkpoint(std::int64_t step) const {
        must(makeFolders(folder + "/checkpoints/" + run::checkpointName(step)));
        must(writeFileAtomic(folder + "/checkpoints/" + run::checkpointName(step) + "/state.json",
                             "{\"step\":" + std::to_string(step) + "}"));
    }
    [[nodiscard]] train::Autopsy autopsy() const {
        auto found = must(train::divergenceOf(folder));
        if (!found) {
            qFatal("the run did not diverge");
        }
        return std::move(*found);
    }
    // Steps 1 to `steps` as usual, with noise.
    static std::vector<run::EventBody> calm(std::int64_t steps) {
        std::vector<run::EventBody> out{state(jobs::RunState::Running)};
        for (std::int64_t i = 1; i <= steps; ++i) {
            out.push_back(step(i, 2.0 + 0.1 * std::sin(static_cast<double>(i)),
                               1.0 + 0.1 * std::cos(static_cast<double>(i) * 1.7)));
        }
        return out;
    }
};

train::DivergenceRecord recordOf(std::int64_t step, std::int64_t good, std::int64_t bad) {
    train::DivergenceRecord out;
    out.step = step;
    out.what = "loss";
    out.learningRate = 2e-4;
    out.gradientNorm = kNan;
    out.largestParameter = 0.3;
    out.rowsInStep = good + bad;
    for (std::int64_t i = 0; i < good + bad; ++i) {
        const bool broken = i < bad;
        out.rows.push_back({100 + i, broken ? kNan : 1.0 + 0.1 * static_cast<double>(i), 2, broken ? 1 : 0,
                            broken ? std::vector<float>{1.0F, kNone} : std::vector<float>{1.0F, 1.5F}});
    }
    return out;
}

} // namespace

class TestLookInside : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // ------------------------------------------------------------ row numbers

    void rowListsAreReadAndWritten() {
        const std::vector<std::string> entries{"40-60", "17", "61", "3-3"};
        const auto list = must(recipe::RowList::parse(entries));
        QCOMPARE(list.count(), std::int64_t{24});
        QVERIFY(list.contains(17) && list.contains(40) && list.contains(61) && list.contains(3));
        QVERIFY(!list.contains(16) && !list.contains(39) && !list.contains(62) && !list.contains(-1));
        QVERIFY((list.entries() == std::vector<std::string>{"3", "17", "40-61"}));
        for (const char* wrong : {"", "a", "-3", "5-2", "1.5", "7-", "+4", "1-2-3"}) {
            QVERIFY2(!recipe::RowList::parse(std::vector<std::string>{wrong}), wrong);
        }
        auto more = recipe::RowList::of({18, 18, 62});
        more.add(list);
        QVERIFY((more.entries() == std::vector<std::string>{"3", "17-18", "40-62"}));
    }

    void recipesTakeNumbersAndTextsAndRefuseOthers() {
        recipe::Recipe recipe;
        recipe.model = "m";
        recipe.data.train = {"a"};
        QVERIFY(recipe::applySetting(recipe, "data.leave_out=[17, \"40-60\"]").ok());
        QVERIFY((recipe.data.leaveOut == std::vector<std::string>{"17", "40-60"}));
        QVERIFY(recipe::validate(recipe).empty());
        QVERIFY(recipe::applySetting(recipe, "data.leave_out=12").ok());
        QVERIFY((recipe.data.leaveOut == std::vector<std::string>{"12"}));
        recipe.data.leaveOut = {"twelve"};
        const auto faults = recipe::validate(recipe);
        QCOMPARE(faults.size(), std::size_t{1});
        QCOMPARE(faults.front().key, std::string("data.leave_out"));
    }

    void rowsLeftOutAreCountedAndKeepTheOthersNumbers() {
        const TempFolder folder;
        std::string text;
        for (int i = 0; i < 6; ++i) {
            text += dumpJson(Json{{"messages",
                                   {{{"role", "user"}, {"content", "q" + std::to_string(i)}},
                                    {{"role", "assistant"}, {"content", "a"}}}}}) +
                    "\n";
        }
        must(writeFileAtomic(folder / "rows.jsonl", text));
        const auto model = must(train::loadTextModel(goldenRoot() + "/models/llama/hf"));
        recipe::Recipe recipe;
        recipe.data.train = {folder / "rows.jsonl"};
        recipe.data.leaveOut = {"1", "3-4"};
        const auto split = must(train::encodeSplit(recipe, recipe.data.train, {}, model, {}));
        QVERIFY((split.sampleIds == std::vector<std::int64_t>{0, 2, 5}));
        QCOMPARE(split.leftOut, std::int64_t{3});
        QCOMPARE(split.goodRows, std::int64_t{3});
        const auto other =
            must(train::encodeSplit(recipe, {folder / "rows.jsonl", folder / "rows.jsonl"}, {}, model, {}));
        QCOMPARE(other.leftOut, std::int64_t{0}); // the list is about the training files alone
    }

    // ------------------------------------------------------------ classes of rows

    void classesFollowTheirRules_data() {
        QTest::addColumn<QVector<float>>("losses");
        QTest::addColumn<int>("expected");
        const auto row = [](const char* name, const QVector<float>& losses, RowClass expected) {
            QTest::newRow(name) << losses << static_cast<int>(expected);
        };
        row("learns", {2.1F, 1.1F, 0.7F}, RowClass::Learning);
        row("high and hardly fell", {3.0F, 2.9F, 2.8F}, RowClass::NeverLearned);
        row("rose from the start", {2.0F, 2.4F, 2.6F}, RowClass::NeverLearned);
        row("high, but it fell", {5.0F, 3.0F, 1.2F}, RowClass::Learning);
        row("was low, rose", {2.0F, 0.5F, 2.2F}, RowClass::Forgotten);
        row("was low at first, rose", {0.4F, 0.5F, 1.9F}, RowClass::Forgotten);
        row("rose a little", {0.55F, 0.5F, 0.75F}, RowClass::Learning);
        row("low from the first epoch", {0.2F, 0.1F, 0.05F}, RowClass::TooEasy);
        row("low, but not always", {0.2F, 0.9F, 0.05F}, RowClass::Learning);
        row("one epoch, low", {0.1F, kNone, kNone}, RowClass::TooEasy);
        row("one epoch, high", {9.0F, kNone, kNone}, RowClass::Learning);
        row("not measured", {kNone, kNone, kNone}, RowClass::Untold);
        row("not measured at first", {kNone, 2.9F, 2.8F}, RowClass::NeverLearned);
    }
    void classesFollowTheirRules() {
        QFETCH(QVector<float>, losses);
        QFETCH(int, expected);
        auto rows = learners();
        rows.emplace_back(losses.begin(), losses.end());
        const auto classes = train::classifyRowLosses(historyOf(rows));
        QCOMPARE(classes.size(), std::size_t{21});
        QCOMPARE(static_cast<int>(classes.back()), expected);
        for (std::size_t i = 0; i < 20; ++i) {
            QCOMPARE(classes[i], RowClass::Learning);
        }
    }

    // A run that learned nothing has no rows that are worse than the others only because the rule wants some.
    void evenRunsMarkNothing() {
        const auto classes = train::classifyRowLosses(historyOf(std::vector<std::vector<float>>(50, {2, 1, 0.5F})));
        QVERIFY(std::all_of(classes.begin(), classes.end(), [](RowClass c) { return c == RowClass::Learning; }));
        const auto none = train::classifyRowLosses(historyOf(std::vector<std::vector<float>>(10, {0, 0})));
        QVERIFY(std::all_of(none.begin(), none.end(), [](RowClass c) { return c == RowClass::TooEasy; }));
    }

    // Where every row is known well, the least known one is still no row that was never learned.
    void knownRowsAreNotBlamed() {
        std::vector<std::vector<float>> rows(20, {2.0F, 0.01F, 0.005F});
        rows.push_back({0.05F, 0.05F, 0.05F});
        rows.push_back({0.016F, 0.004F, 0.1F});
        rows.push_back({2.0F, 2.0F, 1.9F});
        const auto classes = train::classifyRowLosses(historyOf(rows));
        QCOMPARE(static_cast<int>(classes[20]), static_cast<int>(RowClass::TooEasy));
        QCOMPARE(static_cast<int>(classes[21]), static_cast<int>(RowClass::TooEasy));
        QCOMPARE(static_cast<int>(classes[22]), static_cast<int>(RowClass::NeverLearned));
    }

    void historiesCountWhatIsMissing() {
        const FakeRun run;
        must(makeFolders(run.folder + "/row_losses"));
        const auto write = [&](const char* name, const std::vector<train::RowLoss>& losses) {
            must(train::writeRowLosses(run.folder + "/row_losses/" + name, losses));
        };
        write("a.bin", {{2, 2.0F}, {5, 3.0F}});
        write("c.bin", {{5, 1.0F}, {7, 4.0F}});
        must(writeFileAtomic(run.folder + "/row_losses/b.bin", "FTLROWS1 torn"));
        run.publish({run::RowLosses{10, "row_losses/a.bin"}, run::RowLosses{20, "row_losses/b.bin"},
                     run::RowLosses{30, "row_losses/c.bin"}, run::RowLosses{40, "row_losses/gone.bin"}});
        const auto history = must(train::readRowHistory(run.folder));
        QVERIFY((history.steps == std::vector<std::int64_t>{10, 30}));
        QVERIFY((history.samples == std::vector<std::int64_t>{2, 5, 7}));
        QCOMPARE(history.faults.size(), std::size_t{2});
        QVERIFY(history.faults[0].file.ends_with("row_losses/b.bin"));
        QCOMPARE(history.faults[0].code, ErrorCode::Corrupt);
        QVERIFY(history.faults[1].file.ends_with("row_losses/gone.bin"));
        QCOMPARE(history.row(1)[0], 3.0F);
        QCOMPARE(history.row(1)[1], 1.0F);
        QVERIFY(std::isnan(history.row(0)[1]));
        QCOMPARE(history.last(0), 2.0F);
    }

    // ------------------------------------------------------------ texts of rows

    void wordsComeFromTheirPlaceInTheFile() {
        const TempFolder folder;
        must(writeFileAtomic(folder / "a.jsonl",
                             "{\"messages\":[{\"role\":\"user\",\"content\":\"first  question\\n here\"},{\"role\":"
                             "\"assistant\",\"content\":\"yes\"}]}\n\nnot json\n"
                             "{\"messages\":[{\"role\":\"user\",\"content\":\"größe 漢字\"},{\"role\":\"assistant\","
                             "\"content\":\"no\"}]}\n"));
        must(writeFileAtomic(folder / "b.csv", "prompt,completion\nhello there,world\nmore,\"and\nmore\"\n"));
        recipe::Recipe recipe;
        recipe.data.train = {folder / "a.jsonl", folder / "b.csv"};
        const auto places = must(train::findRowPlaces(recipe, {}, {}));
        QCOMPARE(places.places.size(), std::size_t{4});
        QCOMPARE(places.words(0, 80), std::string("first question here"));
        QCOMPARE(places.words(1, 80), std::string("größe 漢字"));
        QCOMPARE(places.words(1, 10), std::string("größe")); // the next character does not fit whole
        QCOMPARE(places.words(1, 12), std::string("größe 漢"));
        QCOMPARE(places.words(2, 80), std::string("hello there,world"));
        QCOMPARE(places.words(9, 80), std::string());
        must(removeAll(folder / "a.jsonl"));
        QCOMPARE(places.words(0, 80), std::string());
    }

    void oddTextsAreCounted() {
        QVERIFY(!train::oddText("Plain text, größe, 漢字.\n\tEnd").any());
        const auto odd = train::oddText(std::string("a\x01") + "\xEF\xBF\xBD" + "\xE2\x80\x8B" + std::string(50, '='));
        QCOMPARE(odd.control, std::int64_t{1});
        QCOMPARE(odd.replacement, std::int64_t{1});
        QCOMPARE(odd.invisible, std::int64_t{1});
        QCOMPARE(odd.longestRun, std::int64_t{50});
        QVERIFY(odd.any());
    }

    // ------------------------------------------------------------ the autopsy

    void aRiseBeforePointsToTheRate() {
        const FakeRun run;
        auto bodies = FakeRun::calm(40);
        for (std::int64_t i = 41; i <= 45; ++i) {
            bodies.push_back(FakeRun::step(i, i < 44 ? 2.0 : 6.0, std::pow(3.0, static_cast<double>(i - 39))));
        }
        bodies.push_back(FakeRun::diverged(46, {7}));
        run.publish(bodies);
        must(train::writeDivergence(run.folder, recordOf(46, 3, 1)));
        const auto found = run.autopsy();
        QCOMPARE(found.cause, train::AutopsyCause::RateTooHigh); // although one row broke first
        QCOMPARE(found.step, std::int64_t{46});
        QCOMPARE(*found.gradient.rises, std::int64_t{41});
        QCOMPARE(found.gradient.steps, std::int64_t{5});
        QCOMPARE(*found.loss.rises, std::int64_t{44});
        QCOMPARE(found.roseFirst, std::string("gradient"));
        QVERIFY(std::abs(found.gradient.usual - 1.0) < 0.1);
        QVERIFY(!found.checkpoint);
        QVERIFY((found.rows == std::vector<std::int64_t>{7}));
    }

    void oneHighStepIsNoRise() {
        const FakeRun run;
        auto bodies = FakeRun::calm(40);
        bodies.push_back(FakeRun::step(41, 2.0, 30));
        bodies.push_back(FakeRun::step(42, 2.0, 1));
        bodies.push_back(FakeRun::diverged(43, {}));
        run.publish(bodies);
        const auto found = run.autopsy();
        QCOMPARE(found.cause, train::AutopsyCause::Untold);
        QVERIFY(!found.gradient.rises);
    }

    void aJumpIsNamedWithItsStep() {
        const FakeRun run;
        auto bodies = FakeRun::calm(40);
        bodies.push_back(FakeRun::step(41, 2.0, 5000));
        bodies.push_back(FakeRun::step(42, 2.0, 1));
        bodies.push_back(FakeRun::diverged(43, {}));
        run.publish(bodies);
        const auto found = run.autopsy();
        QCOMPARE(found.cause, train::AutopsyCause::GradientJumped);
        QCOMPARE(found.gradient.highestStep, std::int64_t{41});
        QCOMPARE(found.gradient.highest, 5000.0);
    }

    void rowsAreBlamedOnlyByComparison_data() {
        QTest::addColumn<int>("good");
        QTest::addColumn<int>("bad");
        QTest::addColumn<int>("cause");
        const auto row = [](const char* name, int good, int bad, train::AutopsyCause cause) {
            QTest::newRow(name) << good << bad << static_cast<int>(cause);
        };
        row("one of several", 5, 1, train::AutopsyCause::OneRow);
        row("some", 5, 2, train::AutopsyCause::SomeRows);
        row("all", 0, 6, train::AutopsyCause::AllRows);
        row("the only one", 0, 1, train::AutopsyCause::Untold);
    }
    void rowsAreBlamedOnlyByComparison() {
        QFETCH(int, good);
        QFETCH(int, bad);
        QFETCH(int, cause);
        const FakeRun run;
        auto bodies = FakeRun::calm(30);
        bodies.push_back(FakeRun::diverged(31, {100}));
        run.publish(bodies);
        must(train::writeDivergence(run.folder, recordOf(31, good, bad)));
        const auto found = run.autopsy();
        QCOMPARE(static_cast<int>(found.cause), cause);
        QCOMPARE(found.badRows, static_cast<std::int64_t>(bad));
        QCOMPARE(found.largestLossRow.has_value(), good > 0);
        if (good > 0) {
            QCOMPARE(*found.largestLossRow, 100 + static_cast<std::int64_t>(good + bad) - 1);
        }
        // What is written is what is read.
        const auto again = must(train::readDivergence(run.folder));
        QCOMPARE(again->rows.size(), static_cast<std::size_t>(good + bad));
        QVERIFY(std::isnan(again->rows[0].tokenLoss.at(1)) == (bad > 0));
    }

    void aBrokenAdapterClearsTheRows() {
        const FakeRun run;
        auto bodies = FakeRun::calm(30);
        bodies.push_back(FakeRun::diverged(31, {100}));
        run.publish(bodies);
        auto record = recordOf(31, 3, 1);
        record.adapterFinite = false;
        record.largestParameter = kNan;
        must(train::writeDivergence(run.folder, record));
        QCOMPARE(run.autopsy().cause, train::AutopsyCause::AdapterBroken);
        // A record of another step belongs to an earlier life of the run.
        record.step = 12;
        must(train::writeDivergence(run.folder, record));
        QVERIFY(!run.autopsy().record);
        QCOMPARE(run.autopsy().cause, train::AutopsyCause::Untold);
    }

    void circumstancesAreNamed() {
        const FakeRun run;
        auto bodies = FakeRun::calm(29);
        bodies.push_back(FakeRun::step(30, 2.0, 1.0, 2e-4, 2.0)); // ends the second epoch
        run::StateChanged resumed;
        resumed.state = jobs::RunState::Starting;
        resumed.fromStep = 25;
        bodies.push_back(resumed);
        for (std::int64_t i = 26; i <= 30; ++i) {
            bodies.push_back(FakeRun::step(i, 2.0, 1.0, 1e-5 * static_cast<double>(i), i == 30 ? 2.0 : 1.9));
        }
        bodies.push_back(FakeRun::diverged(31, {4}));
        run.publish(bodies);
        run.checkpoint(10);
        run.checkpoint(25);
        run.checkpoint(31); // not before the step
        const auto found = run.autopsy();
        QCOMPARE(*found.resumedFrom, std::int64_t{25});
        QCOMPARE(*found.epochBegan, std::int64_t{3});
        QCOMPARE(found.checkpoint->step, std::int64_t{25});
        QVERIFY(found.warmUp);
        QVERIFY(std::abs(found.rate - 3e-4) < 1e-12);
        const Json json = train::autopsyJson(found);
        QCOMPARE(json["resumed_from"], Json(25));
        QCOMPARE(json["cause"], Json("untold"));
        QCOMPARE(json["before"].size(), std::size_t{30});
        QVERIFY(!train::autopsyLines(found).empty());
    }

    void fewStepsCompareWithTheFirst() {
        const FakeRun run;
        run.publish({FakeRun::state(jobs::RunState::Running), FakeRun::step(1, 2, 1), FakeRun::step(2, 5, 9),
                     FakeRun::step(3, 20, 50), FakeRun::diverged(4, {1, 2})});
        const auto found = run.autopsy();
        QCOMPARE(found.cause, train::AutopsyCause::RateTooHigh);
        QCOMPARE(*found.loss.rises, std::int64_t{2});
    }

    void firstStepTellsNothing() {
        const FakeRun run;
        run.publish({FakeRun::state(jobs::RunState::Running), FakeRun::diverged(1, {1, 2})});
        const auto found = run.autopsy();
        QCOMPARE(found.cause, train::AutopsyCause::Untold);
        QVERIFY(!found.loss.known);
    }

    void aStepOfAHealthyRunCanBeAskedAbout() {
        const FakeRun run;
        auto bodies = FakeRun::calm(40);
        bodies.push_back(FakeRun::step(41, 9.0, 12.0));
        for (std::int64_t i = 42; i < 50; ++i) {
            bodies.push_back(FakeRun::step(i, 2.0, 1.0));
        }
        bodies.push_back(FakeRun::state(jobs::RunState::Succeeded));
        run.publish(bodies);
        QVERIFY(!must(train::divergenceOf(run.folder)));
        const auto jump = must(train::autopsyOf(run.folder, 41));
        QCOMPARE(jump.cause, train::AutopsyCause::StepAlone);
        QVERIFY(!jump.diverged);
        QCOMPARE(must(train::autopsyOf(run.folder, 45)).cause, train::AutopsyCause::NotUnusual);
        QCOMPARE(errorOf(train::autopsyOf(run.folder, 4711)).code, ErrorCode::NotFound);
    }

    // ------------------------------------------------------------ changes on the way

    void changesAreEventsAndHold() {
        const FakeRun run;
        run.publish({FakeRun::state(jobs::RunState::Running), FakeRun::step(1, 2, 1), FakeRun::diverged(2, {1})});
        run.checkpoint(1);
        const std::string before = must(readFile(run.folder + "/recipe.json"));
        QVERIFY(must(train::recipeChanges(run.folder)).empty());
        must(train::changeRecipe(run.folder, "optimizer.learning_rate", 1e-4));
        must(train::changeRecipe(run.folder, "optimizer.learning_rate", 1e-4)); // holds already
        must(train::changeRecipe(run.folder, "optimizer.learning_rate", 5e-5));
        const auto changes = must(train::recipeChanges(run.folder));
        QCOMPARE(changes.size(), std::size_t{2});
        QCOMPARE(changes[0].step, std::int64_t{1});
        QCOMPARE(changes[0].from, Json(2e-4));
        QCOMPARE(changes[1].from, Json(1e-4));
        QCOMPARE(must(train::effectiveRecipe(run.folder)).optimizer.learningRate, 5e-5);
        QCOMPARE(must(readFile(run.folder + "/recipe.json")), before);
        QCOMPARE(errorOf(train::changeRecipe(run.folder, "training.context", 64)).key, std::string("training.context"));
        QVERIFY(!train::changeRecipe(run.folder, "optimizer.learning_rate", 7).ok());
        // Sequence numbers have no gap, and an older reader passes over the kind it does not know.
        const auto history = must(run::readRun(run.folder));
        for (std::size_t i = 0; i < history.events.size(); ++i) {
            QCOMPARE(history.events[i].seq, static_cast<std::int64_t>(i) + 1);
        }
        QCOMPARE(history.reason, std::string("non_finite_loss"));
        // A live run is not changed under its owner's hands.
        const auto owner = must(run::RunWriter::open(run.folder));
        QCOMPARE(errorOf(train::changeRecipe(run.folder, "optimizer.learning_rate", 1e-6)).code, ErrorCode::Busy);
    }

    void layerNormsTravelThroughTheLog() {
        const FakeRun run;
        run::StepMetrics metrics;
        metrics.step = 1;
        metrics.loss = 1;
        metrics.layerNorms = {0.1F, 2.5F, kNone};
        run.publish({metrics});
        const std::string text = must(readFile(run.folder + "/events.jsonl"));
        QVERIFY2(text.find("\"layer_norms\":[0.1,2.5,null]") != std::string::npos, text.c_str());
        const auto history = must(run::readRun(run.folder));
        const auto& read = std::get<run::StepMetrics>(history.events.front().body);
        QCOMPARE(read.layerNorms.size(), std::size_t{3});
        QCOMPARE(read.layerNorms[0], 0.1F);
        QVERIFY(std::isnan(read.layerNorms[2]));
    }
};

QTEST_GUILESS_MAIN(TestLookInside)
#include "test_look_inside.moc"
