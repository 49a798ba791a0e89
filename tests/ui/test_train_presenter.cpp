// The Train screen's presenters before a run, without a window: form and undo, counting, what holds a start and what
// does not. Runs and Try it: test_train_presenter_runs.cpp.
#include "recipe/fields.h"
#include "run/run_folder.h"
#include "train_fixture.h"

#include <QSignalSpy>
#include <QtTest>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using jobs::RunState;
using train::FakeScript;

namespace {

std::optional<Finding> findingOf(const QVector<Finding>& findings, const QString& id) {
    for (const Finding& finding : findings) {
        if (finding.id == id) {
            return finding;
        }
    }
    return std::nullopt;
}

bool offers(const std::optional<Finding>& finding, Fix fix) {
    return finding && std::any_of(finding->fixes.begin(), finding->fixes.end(),
                                  [fix](const Finding::Action& action) { return action.fix == fix; });
}

} // namespace

class TestTrainPresenter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        failOnTrainMessages();
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    }

    void numbersAreReadAsTyped_data() {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QLocale>("locale");
        QTest::addColumn<double>("value"); // NaN: no number
        const QLocale en(QLocale::English, QLocale::UnitedStates);
        const QLocale de(QLocale::German, QLocale::Germany);
        const double none = std::numeric_limits<double>::quiet_NaN();
        QTest::newRow("plain") << u"16"_s << en << 16.0;
        QTest::newRow("grouped") << u"2,048"_s << en << 2048.0;
        QTest::newRow("exponent") << u"2e-4"_s << en << 2e-4;
        QTest::newRow("blanks") << u"  0.5 "_s << en << 0.5;
        QTest::newRow("german comma") << u"0,5"_s << de << 0.5;
        QTest::newRow("plain form in German") << u"2e-4"_s << de << 2e-4;
        QTest::newRow("no number") << u"many"_s << en << none;
        QTest::newRow("infinite") << u"inf"_s << en << none;
        QTest::newRow("empty") << u""_s << en << none;
    }
    void numbersAreReadAsTyped() {
        QFETCH(QString, typed);
        QFETCH(QLocale, locale);
        QFETCH(double, value);
        QLocale::setDefault(locale);
        const std::optional<double> read = RecipeForm::parseNumber(typed);
        QCOMPARE(read.has_value(), !std::isnan(value));
        if (read) {
            QCOMPARE(*read, value);
        }
    }

    void editsAreSavedWithCommentsAndUndone() {
        TrainFixture f;
        QVERIFY(f.open());
        RecipeForm& form = f.train->form();
        const std::string before = f.recipeText();
        QVERIFY(form.setText("adapter.rank", u"8"_s));
        QVERIFY(form.setText("optimizer.learning_rate", u"1e-3"_s));
        QVERIFY(form.setText("training.context", u"64"_s));
        const std::string after = f.recipeText();
        QVERIFY2(after.find("# My notes.") != std::string::npos, after.c_str());
        QVERIFY2(after.find("project:train # the rows") != std::string::npos, after.c_str());
        QVERIFY2(after.find("context: 64") != std::string::npos, after.c_str());
        const Result<recipe::Recipe> read = f.workspace->project()->loadRecipe();
        QVERIFY(read);
        QCOMPARE(read->adapter.rank, std::int64_t{8});
        QCOMPARE(read->optimizer.learningRate, 1e-3);
        form.undo();
        form.undo();
        form.undo();
        QVERIFY(!form.canUndo());
        QVERIFY(*f.workspace->project()->loadRecipe() == form.recipe());
        QCOMPARE(form.recipe().adapter.rank, std::int64_t{16});
        QCOMPARE(form.recipe().training.context, std::int64_t{48});
        form.redo();
        form.redo();
        form.redo();
        QVERIFY(!form.canRedo());
        QCOMPARE(form.recipe().training.context, std::int64_t{64});
        Q_UNUSED(before)
    }

    void wrongValuesStayInTheField() {
        TrainFixture f;
        QVERIFY(f.open());
        RecipeForm& form = f.train->form();
        const std::string before = f.recipeText();
        for (const auto& [key, typed] :
             {std::pair("adapter.rank", u"0"_s), std::pair("adapter.rank", u"many"_s),
              std::pair("training.context", u"12.5"_s), std::pair("optimizer.learning_rate", u"-1"_s)}) {
            QVERIFY2(!form.setText(key, typed), qPrintable(typed));
            QVERIFY(!form.error(key).isEmpty());
            QCOMPARE(form.typed(key), typed);
        }
        QCOMPARE(f.recipeText(), before);
        QVERIFY(form.hasErrors());
        f.train->start(); // held by the field
        QVERIFY(!f.train->preflightState().hold.isEmpty());
        QTest::qWait(50);
        QVERIFY(f.newest() == nullptr);
        QVERIFY(form.setText("adapter.rank", u"16"_s));
        QVERIFY(form.error("adapter.rank").isEmpty());
        form.undo(); // takes back the other errors
        QVERIFY(!form.hasErrors());
    }

    void suggestedValuesComeBackInOneStep() {
        TrainFixture f;
        QVERIFY(f.open());
        RecipeForm& form = f.train->form();
        form.resetToSuggested();
        QVERIFY(form.isSuggested());
        QVERIFY(form.setText("adapter.rank", u"3"_s));
        QVERIFY(form.setText("training.epochs", u"9"_s));
        QVERIFY(!form.isSuggested());
        form.resetToSuggested();
        QVERIFY(form.isSuggested());
        QCOMPARE(form.recipe().data.train, std::vector<std::string>{"project:train"}); // only the five
        form.undo();
        QCOMPARE(form.recipe().training.epochs, 9.0);
    }

    void editsOutsideAreTakenOver() {
        TrainFixture f;
        QVERIFY(f.open());
        std::string text = f.recipeText();
        text.replace(text.find("context: 48"), 11, "context: 96");
        QVERIFY(writeFileAtomic(f.workspace->project()->recipePath(), text));
        f.workspace->reloadRecipe();
        QCOMPARE(f.train->form().recipe().training.context, std::int64_t{96});
        QVERIFY(writeFileAtomic(f.workspace->project()->recipePath(), "training:\n  context: [oops\n"));
        f.workspace->reloadRecipe();
        QVERIFY(f.train->formState().recipeFault.has_value());
        QCOMPARE(f.train->form().recipe().training.context, std::int64_t{96}); // the last good one
    }

    void hintsTellWhatValuesMean() {
        TrainFixture f;
        QVERIFY(f.open());
        QTRY_VERIFY(!f.train->formState().models.isEmpty());
        const FormState state = f.train->formState();
        QVERIFY2(state.rankHint.contains(u"parameters"_s), qPrintable(state.rankHint));
        QVERIFY2(state.epochsHint.contains(u"steps"_s), qPrintable(state.epochsHint));
        QVERIFY2(state.contextHint.contains(QString::number(f.train->check().count()->train.longestRow)),
                 qPrintable(state.contextHint));
        QVERIFY2(state.dataHint.contains(u"40 train"_s) && state.dataHint.contains(u"10 validation"_s) &&
                     state.dataHint.contains(u"test untouched"_s),
                 qPrintable(state.dataHint));
        // The hint of the adapter is the size of the adapter: two matrices a linear layer.
        const recipe::Recipe& recipe = f.train->form().recipe();
        const train::Estimate guess =
            train::estimate(*f.train->check().count()->config, recipe, f.train->check().count()->trained);
        QVERIFY(state.rankHint.contains(Format::count(guess.adapterParameters)));
    }

    void dataChoicesChangeTheSplits() {
        TrainFixture f;
        QVERIFY(f.open());
        const FormState state = f.train->formState();
        QCOMPARE(state.dataIndex, 0);
        QVERIFY(state.data.size() >= 3);
        f.train->chooseData(1);
        QVERIFY(f.train->form().recipe().data.validation.empty());
        QCOMPARE(f.train->form().recipe().data.validationShare, 0.05);
        QTRY_VERIFY(f.counted());
        f.train->chooseData(2);
        QCOMPARE(f.train->form().recipe().data.validationShare, 0.0);
        f.train->form().undo();
        f.train->form().undo();
        QCOMPARE(f.train->form().recipe().data.validation, std::vector<std::string>{"project:validation"});
        f.train->chooseTrainOn(u"all"_s);
        QCOMPARE(f.train->form().recipe().data.trainOn, std::string("all"));
    }

    void countsOnlyWhenItMatters() {
        TrainFixture f;
        QVERIFY(f.open());
        const int before = f.train->check().countsStarted();
        QVERIFY(f.train->form().setText("optimizer.learning_rate", u"1e-3"_s));
        QVERIFY(f.train->form().setText("adapter.rank", u"8"_s));
        QVERIFY(f.counted());                                        // no other tokens
        for (const char* context : {"50", "51", "52", "53", "54"}) { // typed quickly: counted once
            QVERIFY(f.train->form().setText("training.context", QString::fromLatin1(context)));
        }
        QVERIFY(!f.counted());
        QTRY_VERIFY(f.counted());
        QCOMPARE(f.train->check().countsStarted(), before + 1);
        QVERIFY(f.train->check().count()->key == f.train->check().keyOf(f.train->form().recipe()));
    }

    void countIsTheEncodersOwn() {
        TrainFixture f;
        QVERIFY(f.open({.good = 7, .tall = 2, .silent = 3, .bad = 4}));
        const PreflightCount* count = f.train->check().count();
        QVERIFY(count != nullptr && !count->error);
        QCOMPARE(count->train.goodRows, std::int64_t{12});
        QCOMPARE(count->train.badRows, std::int64_t{4});
        QCOMPARE(count->train.faultCount, std::int64_t{4});
        QVERIFY(count->train.faults.first().contains(u"train.jsonl:"_s));
        QCOMPARE(count->train.overLong, std::int64_t{2});
        QCOMPARE(count->train.silent, std::int64_t{3});
        QVERIFY(!count->train.silentReason.isEmpty());
        QVERIFY(count->validation && count->validation->goodRows == 10);
        // The row shown: its text is the rendered row, and exactly the answer and its end are trained.
        const ShownRow& row = count->shown.first();
        QByteArray whole;
        QByteArray trained;
        for (const TokenItem& token : row.tokens) {
            whole += token.bytes;
            trained += token.fate == TokenFate::Trained ? token.bytes : QByteArray();
        }
        QCOMPARE(whole, QByteArray("<|im_start|>user\nq 0<|im_end|>\n<|im_start|>assistant\nyes<|im_end|>\n"));
        QCOMPARE(trained, QByteArray("yes<|im_end|>"));
        QCOMPARE(row.trained, 4);
    }

    void startsAtOnceWhereNothingIsUndecided() {
        TrainFixture f(FakeScript{.steps = 3});
        QVERIFY(f.open());
        QVERIFY(f.train->preflightState().hold.isEmpty());
        QSignalSpy started(f.train.get(), &TrainPresenter::started);
        f.train->start();
        QCOMPARE(started.size(), 1);
        QTRY_COMPARE(f.newestState(), RunState::Succeeded);
        QCOMPARE(f.train->mode(), TrainPresenter::Mode::Run);
        QVERIFY(*f.train->run().recipe() ==
                *recipe::fromJson(*readJsonFile(f.newest()->summary.folder + "/recipe.json")));
    }

    void startWhileCountingWaitsAndStartsByItself() {
        TrainFixture f(FakeScript{.steps = 3});
        QVERIFY(f.open({.good = 3000}));
        QVERIFY(f.train->form().setText("training.context", u"47"_s));
        QVERIFY(f.train->check().counting());
        f.train->start();
        QVERIFY(f.train->preflightState().waiting);
        QVERIFY(f.newest() == nullptr);
        QTRY_COMPARE(f.newestState(), RunState::Succeeded);
        QVERIFY(!f.train->preflightState().waiting);
    }

    void waitingCanBeCancelled() {
        TrainFixture f(FakeScript{.steps = 3});
        QVERIFY(f.open({.good = 3000}));
        QVERIFY(f.train->form().setText("training.context", u"47"_s));
        f.train->start();
        f.train->cancelWaiting();
        QTRY_VERIFY(f.counted());
        QTest::qWait(100);
        QVERIFY(f.newest() == nullptr);
    }

    void overLongRowsHoldUntilDecided() {
        TrainFixture f(FakeScript{.steps = 3});
        QVERIFY(f.open({.good = 20, .tall = 3}));
        f.train->start();
        QVERIFY(!f.train->preflightState().hold.isEmpty());
        QTest::qWait(50);
        QVERIFY(f.newest() == nullptr);
        QVector<Finding> held = f.train->holds();
        QCOMPARE(held.size(), 1);
        QCOMPARE(held.first().id, u"over_long"_s);
        QVERIFY(offers(held.first(), Fix::RaiseContext) && offers(held.first(), Fix::LeaveOverLong));

        // Raise, and back.
        f.train->apply(Fix::RaiseContext);
        QVERIFY(f.train->form().recipe().training.context > f.train->check().count()->train.longestRow);
        QTRY_VERIFY(f.counted());
        QVERIFY(f.train->holds().isEmpty());
        const std::optional<Finding> fixed = findingOf(f.train->preflightState().findings, u"over_long"_s);
        QVERIFY(fixed && fixed->state == State::Ok && offers(fixed, Fix::LowerContextAgain));
        f.train->apply(Fix::LowerContextAgain);
        QTRY_VERIFY(f.counted());
        QCOMPARE(f.train->form().recipe().training.context, std::int64_t{48});
        QCOMPARE(f.train->holds().size(), 1);

        // Leave out, which is kept in the project, and back, and again.
        f.train->apply(Fix::LeaveOverLong);
        QVERIFY(f.train->holds().isEmpty());
        QVERIFY(offers(findingOf(f.train->preflightState().findings, u"over_long"_s), Fix::AskOverLongAgain));
        f.train->apply(Fix::AskOverLongAgain);
        QCOMPARE(f.train->holds().size(), 1);
        f.train->apply(Fix::LeaveOverLong);
        const QString project = f.workspace->projectFolder();
        f.workspace->closeProject();
        f.workspace->openProject(project);
        QTRY_VERIFY(f.workspace->hasProject() && f.counted());
        QVERIFY(f.train->holds().isEmpty());
        f.train->start();
        QTRY_COMPARE(f.newestState(), RunState::Succeeded);

        // More of them than were decided about: asked again.
        f.train->newRun();
        QVERIFY(f.train->form().setText("training.context", u"20"_s));
        QTRY_VERIFY(f.counted());
        QVERIFY(findingOf(f.train->holds(), u"over_long"_s).has_value());
    }

    void recipesThatDecideDoNotHold() {
        TrainFixture f(FakeScript{.steps = 3});
        const std::string yaml = "model: " + TrainFixture::tinyModel() +
                                 "\ndata:\n  train: project:train\n  over_long: cut_start\ntraining:\n  context: 48\n";
        QVERIFY(f.open({.good = 20, .tall = 3}, yaml));
        QVERIFY(f.train->holds().isEmpty());
        QVERIFY(f.train->preflightState().cut > 0);
        recipe::Recipe strict = f.train->form().recipe();
        strict.data.overLong = "error";
        f.train->form().change(strict);
        QTRY_VERIFY(f.counted());
        QVERIFY(offers(findingOf(f.train->holds(), u"over_long"_s), Fix::LeaveOverLong));
        f.train->apply(Fix::LeaveOverLong);
        QCOMPARE(f.train->form().recipe().data.overLong, std::string("drop"));
        QTRY_VERIFY(f.counted() && f.train->holds().isEmpty());
    }

    void silentRowsHoldUntilDecided() {
        TrainFixture f(FakeScript{.steps = 3});
        QVERIFY(f.open({.good = 20, .silent = 2}));
        const std::optional<Finding> silent = findingOf(f.train->holds(), u"silent"_s);
        QVERIFY(silent && offers(silent, Fix::LeaveSilent));
        QCOMPARE(f.train->holds().size(), 1);
        f.train->apply(Fix::LeaveSilent);
        QVERIFY(f.train->holds().isEmpty());
        f.train->form().undo(); // decisions are steps like others
        QCOMPARE(f.train->holds().size(), 1);
        f.train->form().redo();
        f.train->start();
        QTRY_COMPARE(f.newestState(), RunState::Succeeded);
    }

    void faultyRowsAreCountedAndDoNotHold() {
        TrainFixture f(FakeScript{.steps = 3});
        QVERIFY(f.open({.good = 20, .bad = 3}));
        const QVector<Finding> findings = f.train->preflightState().findings;
        const std::optional<Finding> faulty = findingOf(findings, u"faulty"_s);
        QVERIFY(faulty && offers(faulty, Fix::ShowFaults));
        QVERIFY(faulty->what.contains(u"3"_s));
        QVERIFY(f.train->holds().isEmpty());
    }

    void noRowsHold() {
        TrainFixture f;
        QVERIFY(f.open({.good = 0, .bad = 2}));
        f.train->start();
        QTest::qWait(50);
        QVERIFY(f.newest() == nullptr);
        QVERIFY(!f.train->preflightState().hold.isEmpty() || f.train->preflightState().error.has_value());
    }

    void unreadableModelIsSaidAndTriedAgain() {
        TrainFixture f(FakeScript{.steps = 3});
        QVERIFY(f.open({}, "model: not-there\ndata:\n  train: project:train\n"));
        PreflightState state = f.train->preflightState();
        QCOMPARE(state.phase, PreflightState::Phase::Failed);
        QVERIFY(state.error && state.error->key == "model");
        f.train->start();
        QTRY_VERIFY(!f.train->preflightState().waiting);
        QVERIFY(!f.train->preflightState().hold.isEmpty());
        QVERIFY(f.newest() == nullptr);
        f.train->chooseModelPath(qs(TrainFixture::tinyModel()));
        QTRY_VERIFY(f.counted());
        QVERIFY(!f.train->preflightState().error);
        f.train->start();
        QTRY_COMPARE(f.newestState(), RunState::Succeeded);
    }

    void sampleNeverHolds() {
        TrainFixture f;
        f.workspace->openSample();
        QTRY_VERIFY_WITH_TIMEOUT(f.workspace->hasProject(), 20000);
        recipe::Recipe recipe = f.train->form().recipe();
        QCOMPARE(recipe.model, std::string("smollm2-135m-instruct"));
        QTRY_VERIFY_WITH_TIMEOUT(f.counted(), 60000);
        if (f.train->check().count()->error) {
            QCOMPARE(f.train->check().count()->error->code,
                     ErrorCode::NotFound); // the default model is not on this machine
            qInfo("the default model is not here: the sample's rows were not counted");
            return;
        }
        QCOMPARE(f.train->check().count()->train.overLong, std::int64_t{0});
        QCOMPARE(f.train->check().count()->train.silent, std::int64_t{0});
        QCOMPARE(f.train->check().count()->train.badRows, std::int64_t{0});
        QVERIFY(f.train->holds().isEmpty());
    }
};

QTEST_MAIN(TestTrainPresenter)
#include "test_train_presenter.moc"
