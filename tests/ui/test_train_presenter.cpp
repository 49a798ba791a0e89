// The Train screen's presenters without a window: form and undo, counting, what holds a start and what does not, a
// run's states with their ways on, and Try it over a scripted engine.
#include "recipe/fields.h"
#include "run/run_folder.h"
#include "train/run_changes.h"
#include "train_fixture.h"

#include <QSignalSpy>
#include <QtTest>

#include <set>

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

bool offers(const RunBanner& banner, RunAction action) {
    return std::any_of(banner.actions.begin(), banner.actions.end(),
                       [action](const RunBanner::Action& each) { return each.action == action; });
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

    // ------------------------------------------------------------ runs

    void statesNameTheWayOn_data() {
        QTest::addColumn<int>("what");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<int>("action");
        QTest::newRow("diverged") << 0 << u"diverged"_s << static_cast<int>(RunAction::ContinueAtHalfRate);
        QTest::newRow("diverged early") << 1 << u"diverged"_s << static_cast<int>(RunAction::StartAgainAtHalfRate);
        QTest::newRow("disk full") << 2 << u"disk_full"_s << static_cast<int>(RunAction::Continue);
        QTest::newRow("out of memory") << 3 << u"out_of_memory"_s << static_cast<int>(RunAction::ChangeRecipe);
        QTest::newRow("device lost") << 4 << u"device_lost"_s << static_cast<int>(RunAction::Continue);
        QTest::newRow("a bug") << 5 << u"failed"_s << static_cast<int>(RunAction::Log);
        QTest::newRow("done") << 6 << u"succeeded"_s << static_cast<int>(RunAction::TryIt);
    }
    void statesNameTheWayOn() {
        QFETCH(int, what);
        QFETCH(QString, kind);
        QFETCH(int, action);
        FakeScript script{.steps = 20};
        switch (what) {
        case 0:
            script.nonFiniteAt = 12;
            break;
        case 1:
            script.nonFiniteAt = 2;
            break;
        case 2:
            script.diskErrorAt = 10;
            break;
        case 3:
            script.outOfMemoryAt = 7;
            break;
        case 4:
            script.deviceLostAt = 7;
            break;
        case 5:
            script.throwAt = 7;
            break;
        default:
            break;
        }
        TrainFixture f(script);
        QVERIFY(f.open());
        f.train->start();
        QTRY_COMPARE(f.train->run().state().banner.kind, kind);
        QTRY_VERIFY(f.train->run().series() != nullptr && f.train->run().series()->state.state == f.newestState());
        const RunBanner banner = f.train->run().state().banner;
        QVERIFY2(offers(banner, static_cast<RunAction>(action)), qPrintable(banner.heading));
        QVERIFY(!banner.heading.isEmpty());
        QCOMPARE(std::count_if(banner.actions.begin(), banner.actions.end(),
                               [](const RunBanner::Action& each) { return each.primary; }),
                 std::ptrdiff_t{1});
        if (what == 0) {
            QVERIFY2(banner.sentence.contains(u"12"_s) && banner.sentence.contains(u"13"_s),
                     qPrintable(banner.sentence)); // step and rows
            QVERIFY(offers(banner, RunAction::ShowRows));
        }
    }

    void engineMissingSaysHowToGetIt() {
        TrainFixture f({}, []() -> Result<std::unique_ptr<train::Trainer>> {
            return makeError(ErrorCode::EngineMissing, "no module");
        });
        QVERIFY(f.open());
        f.train->start();
        QTRY_COMPARE(f.train->run().state().banner.kind, u"engine_missing"_s);
        QVERIFY(f.train->run().state().banner.sentence.contains(u"packaging/setup.sh"_s));
        QVERIFY(offers(f.train->run().state().banner, RunAction::Continue));
    }

    void halfTheRateGoesOnFromTheCheckpoint() {
        TrainFixture f(FakeScript{.steps = 20, .nonFiniteAt = 12});
        QVERIFY(f.open());
        f.train->start();
        QTRY_COMPARE(f.train->run().state().banner.kind, u"diverged"_s);
        QTRY_VERIFY(!f.train->run().checkpoint().isEmpty());
        const std::string old = us(f.train->run().folder());
        f.script->nonFiniteAt.reset();
        QTRY_VERIFY(f.train->run().nextRate().has_value());
        const double before = f.train->form().recipe().optimizer.learningRate;
        QCOMPARE(*f.train->run().nextRate(), before / 2);
        f.train->run().act(RunAction::ContinueAtHalfRate);
        f.train->run().act(RunAction::ContinueAtHalfRate); // a second press does not halve it again
        QTRY_COMPARE(f.newestState(), RunState::Succeeded);
        QCOMPARE(f.newest()->summary.folder, old); // the same run
        QCOMPARE(f.workspace->runs().rows().size(), 1);
        const auto changes = train::recipeChanges(old);
        QVERIFY(changes.ok());
        QCOMPARE(changes->size(), std::size_t{1});
        QCOMPARE(changes->front().step, std::int64_t{10});
        QCOMPARE(changes->front().to, Json(before / 2));
        // Steps before the checkpoint keep the old rate, those after it have half of it.
        QTRY_VERIFY(f.train->run().series() != nullptr && f.train->run().series()->step.size() == 20);
        const auto series = f.train->run().series();
        QVERIFY(series->lr[9] > before * 0.45);
        QVERIFY(series->lr[10] < before * 0.3);
        QTRY_VERIFY(f.train->run().state().sentence.contains(Format::rate(before)) &&
                    f.train->run().state().sentence.contains(Format::rate(before / 2)));
    }

    void rowsCanBeLeftOut() {
        TrainFixture f(FakeScript{.steps = 20, .nonFiniteAt = 12});
        QVERIFY(f.open());
        f.train->start();
        QTRY_COMPARE(f.train->run().state().banner.kind, u"diverged"_s);
        QTRY_VERIFY(!f.train->run().checkpoint().isEmpty() && f.train->run().recipe().has_value());
        const std::string old = us(f.train->run().folder());
        f.script->nonFiniteAt.reset();
        f.train->run().leaveOut({13, 12, 20});
        QTRY_VERIFY(f.newest() != nullptr && f.newest()->summary.folder != old &&
                    f.newestState() == RunState::Succeeded);
        const Result<recipe::Recipe> fresh =
            recipe::fromJson(*readJsonFile(f.newest()->summary.folder + "/recipe.json"));
        QVERIFY(fresh);
        QVERIFY((fresh->data.leaveOut == std::vector<std::string>{"12-13", "20"}));
        QCOMPARE(fresh->adapter.initFrom, old + "/checkpoints/" + run::checkpointName(10));
        QCOMPARE(*fresh->training.maxSteps, std::int64_t{10}); // what was left
        QCOMPARE(us(f.train->run().folder()), f.newest()->summary.folder);
    }

    void rowsOfADivergenceAreShown() {
        TrainFixture f(FakeScript{.steps = 20, .nonFiniteAt = 12});
        QVERIFY(f.open());
        f.train->start();
        QTRY_COMPARE(f.train->run().state().banner.kind, u"diverged"_s);
        QTRY_VERIFY(f.train->run().recipe().has_value() && f.train->run().series() != nullptr);
        QTRY_COMPARE(f.train->run().series()->state.rows.size(), std::size_t{2});
        f.train->run().act(RunAction::ShowRows);
        QTRY_VERIFY(f.train->run().rowsShown());
        QCOMPARE(f.train->run().rows().size(), 2);
        QCOMPARE(f.train->run().rows()[0].asked, u"q 12"_s); // sample ids count from 0
        QCOMPARE(f.train->run().rows()[1].asked, u"q 13"_s);
        QCOMPARE(f.train->run().rows()[1].answer, u"yes"_s);
    }

    void pauseResumeStop() {
        TrainFixture f(FakeScript{.steps = 1000, .stepDelayMs = 5});
        QVERIFY(f.open());
        f.train->start();
        QTRY_VERIFY(f.train->run().state().canPause);
        f.train->run().pauseOrResume();
        QTRY_COMPARE(f.train->run().state().banner.kind, u"paused"_s);
        const std::int64_t at = f.newest()->summary.step;
        QTest::qWait(60);
        QVERIFY(f.newest()->summary.step <= at + 1);
        f.train->run().act(RunAction::Resume);
        QTRY_VERIFY(f.newestState() == RunState::Running && f.newest()->summary.step > at + 3);
        QVERIFY(!f.train->run().state().banner.shown);
        f.train->run().stop();
        QTRY_COMPARE(f.train->run().state().banner.kind, u"stopped"_s);
        QVERIFY(offers(f.train->run().state().banner, RunAction::TryIt));
        f.train->run().act(RunAction::Continue);
        QTRY_VERIFY(f.newestState() == RunState::Running);
        f.train->run().abort();
        QTRY_COMPARE(f.train->run().state().banner.kind, u"aborted"_s);
    }

    void secondRunWaitsInTheQueue() {
        TrainFixture f(FakeScript{.steps = 1000, .stepDelayMs = 5});
        QVERIFY(f.open());
        QCOMPARE(f.train->preflightState().button, u"Start training"_s);
        f.train->start();
        QTRY_COMPARE(f.newestState(), RunState::Running);
        f.train->newRun();
        QCOMPARE(f.train->mode(), TrainPresenter::Mode::Form);
        QTest::qWait(2300); // the list is read again meanwhile; the form stays
        QCOMPARE(f.train->mode(), TrainPresenter::Mode::Form);
        QCOMPARE(f.train->preflightState().button, u"Add to queue"_s);
        f.train->start();
        QTRY_COMPARE(f.train->run().state().banner.kind, u"queued"_s);
        QVERIFY(f.train->run().state().banner.sentence.contains(u"Run 1"_s));
        f.workspace->stopAll();
        QTRY_VERIFY(!f.workspace->hasActiveRuns());
    }

    void interruptedRunOpensAfterARestart() {
        TrainFixture f(FakeScript{.steps = 20});
        QVERIFY(f.open());
        // A run whose program died: events, a checkpoint, no owner.
        const Result<project::NewRun> fresh = f.workspace->project()->newRunFolder();
        QVERIFY(fresh);
        const Result<std::string> made = train::prepareRun(
            f.train->form().recipe(),
            {.folder = fresh->folder, .name = fresh->name, .baseFolder = us(f.workspace->projectFolder())});
        QVERIFY(made);
        {
            Result<std::unique_ptr<run::RunWriter>> writer = run::RunWriter::open(*made);
            QVERIFY(writer);
            run::StateChanged state;
            for (const RunState each : {RunState::Queued, RunState::Starting, RunState::Running}) {
                state.state = each;
                QVERIFY((*writer)->publish(state));
            }
            for (std::int64_t step = 1; step <= 8; ++step) {
                run::StepMetrics metrics;
                metrics.step = step;
                metrics.loss = train::fakeLoss(step);
                QVERIFY((*writer)->publish(metrics));
            }
            QVERIFY(makeFolders(*made + "/checkpoints/" + run::checkpointName(5)));
            QVERIFY(writeFileAtomic(*made + "/checkpoints/" + run::checkpointName(5) + "/state.json", "{\"step\":5}"));
            QVERIFY((*writer)->publish(run::CheckpointSaved{5, "checkpoints/" + run::checkpointName(5), true}));
        }
        f.workspace->refreshRuns();
        QTRY_COMPARE(f.train->run().state().banner.kind, u"interrupted"_s);
        QCOMPARE(f.train->mode(), TrainPresenter::Mode::Run);
        QTRY_VERIFY(f.train->run().series() != nullptr);
        QCOMPARE(f.train->run().series()->step.size(), 8);
        f.train->run().act(RunAction::Continue);
        QTRY_COMPARE(f.newestState(), RunState::Succeeded);
        QTRY_COMPARE(f.train->run().series()->step.size(), 20); // no step twice
        for (qsizetype i = 0; i < 20; ++i) {
            QCOMPARE(f.train->run().series()->step[i], static_cast<double>(i + 1));
        }
    }

    // Events that come while a run's long file is being read are neither lost nor doubled.
    void nothingIsLostWhileTheFileIsRead() {
        constexpr std::int64_t kBefore = 150'000;
        TrainFixture f(FakeScript{.steps = kBefore + 20, .stepDelayMs = 2, .evaluateEvery = 0});
        QVERIFY(f.open());
        f.train.reset(); // nobody else asks for the numbers
        const Result<project::NewRun> fresh = f.workspace->project()->newRunFolder();
        QVERIFY(fresh);
        const Result<std::string> made = train::prepareRun(
            f.workspace->recipe(),
            {.folder = fresh->folder, .name = fresh->name, .baseFolder = us(f.workspace->projectFolder())});
        QVERIFY(made);
        {
            Result<std::unique_ptr<run::RunWriter>> writer = run::RunWriter::open(*made);
            QVERIFY(writer);
            run::StateChanged state;
            for (const RunState each : {RunState::Queued, RunState::Starting, RunState::Running}) {
                state.state = each;
                QVERIFY((*writer)->publish(state));
            }
            for (std::int64_t step = 1; step <= kBefore; ++step) {
                run::StepMetrics metrics;
                metrics.step = step;
                metrics.loss = train::fakeLoss(step);
                QVERIFY((*writer)->publish(metrics));
            }
            const std::string checkpoint = "checkpoints/" + run::checkpointName(kBefore);
            QVERIFY(makeFolders(*made + '/' + checkpoint));
            QVERIFY(writeFileAtomic(*made + '/' + checkpoint + "/state.json", "{\"step\":150000}"));
            QVERIFY((*writer)->publish(run::CheckpointSaved{kBefore, checkpoint, true}));
        }
        const QString folder = qs(*made);
        f.workspace->refreshRuns();
        QTRY_VERIFY(f.newest() != nullptr);
        f.workspace->continueRun(folder);
        QTRY_VERIFY(f.newest()->summary.step > kBefore);
        QVERIFY(f.workspace->series(folder) == nullptr); // being read now, while the run goes on and ends
        QTRY_COMPARE(f.newestState(), RunState::Succeeded);
        QTRY_VERIFY_WITH_TIMEOUT(f.workspace->series(folder) != nullptr, 30'000);
        QTRY_COMPARE(f.workspace->series(folder)->state.state, RunState::Succeeded);
        QCOMPARE(f.workspace->series(folder)->step.size(), qsizetype{kBefore + 20});
        QCOMPARE(f.workspace->series(folder)->step.back(), static_cast<double>(kBefore + 20));
    }

    void samplesGoBackAndForth() {
        TrainFixture f(FakeScript{.steps = 20, .evaluateEvery = 5, .samplePrompts = 3});
        QVERIFY(f.open());
        f.train->start();
        QTRY_COMPARE(f.newestState(), RunState::Succeeded);
        QTRY_COMPARE(f.train->run().samples().count, 4);
        SamplesState state = f.train->run().samples();
        QCOMPARE(state.step, std::int64_t{20});
        QCOMPARE(state.lines.size(), 3);
        QVERIFY(state.lines.first().right && !*state.lines.first().right);
        f.train->run().stepSamples(-1);
        f.train->run().stepSamples(-1);
        QCOMPARE(f.train->run().samples().step, std::int64_t{10});
        QVERIFY(f.train->run().samples().lines.first().now.endsWith(u"10"_s));
        f.train->run().stepSamples(-9);
        QCOMPARE(f.train->run().samples().step, std::int64_t{5});
        f.train->run().stepSamples(99);
        QCOMPARE(f.train->run().samples().step, std::int64_t{20});
    }

    // ------------------------------------------------------------ try it

    void answersSideBySide() {
        TrainFixture f(FakeScript{.steps = 6});
        QVERIFY(f.open());
        f.train->start();
        QTRY_COMPARE(f.newestState(), RunState::Succeeded);
        TryPresenter& tryIt = f.train->tryIt();
        QTRY_VERIFY(tryIt.state().available);
        tryIt.pickRow();
        QTRY_COMPARE(tryIt.prompt(), u"test 0"_s);
        QCOMPARE(tryIt.state().expected, u"expected 0"_s);
        tryIt.pickRow();
        QCOMPARE(tryIt.prompt(), u"test 1"_s);
        tryIt.setSystem(u"Be brief."_s);
        tryIt.send();
        QVERIFY(tryIt.state().busy);
        QTRY_VERIFY(!tryIt.state().busy);
        const TryState state = tryIt.state();
        QCOMPARE(state.sides[0].text, u"base says no"_s);
        QCOMPARE(state.sides[1].text, u"tuned says yes"_s);
        QCOMPARE(state.sides[0].phase, TrySide::Phase::Done);
        QVERIFY(state.sides[1].tokens > 0 && state.sides[1].seconds >= 0);
        {
            MutexLock lock(f.engine.answers.mutex);
            QCOMPARE(f.engine.answers.prompts.size(), std::size_t{2});
            QCOMPARE(f.engine.answers.prompts[0], f.engine.answers.prompts[1]);
            QCOMPARE(f.engine.answers.prompts[0],
                     std::string("<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\ntest "
                                 "1<|im_end|>\n<|im_start|>assistant\n"));
            QCOMPARE(f.engine.answers.adapters, (std::vector<std::string>{"", us(f.train->run().checkpoint())}));
        }
        tryIt.setPrompt(u"my own"_s);
        QVERIFY(tryIt.state().expected.isEmpty()); // no longer the row's
        tryIt.send();
        QTRY_VERIFY(!tryIt.state().busy);
        QCOMPARE(f.engine.answers.loads.load(), 1); // kept
    }

    void answersCanBeStopped() {
        TrainFixture f(FakeScript{.steps = 6});
        QVERIFY(f.open());
        f.train->start();
        QTRY_COMPARE(f.newestState(), RunState::Succeeded);
        TryPresenter& tryIt = f.train->tryIt();
        QTRY_VERIFY(tryIt.state().available);
        f.engine.answers.base = std::string(400, 'x');
        f.engine.answers.tokenDelayMs = 10;
        tryIt.setMaxTokens(1000);
        tryIt.setPrompt(u"go"_s);
        QSet<QString> seen; // it grows while it comes
        connect(&tryIt, &TryPresenter::changed, this, [&] { seen.insert(tryIt.state().sides[0].text); });
        tryIt.send();
        QTRY_VERIFY(tryIt.state().sides[0].text.size() > 5);
        tryIt.stop();
        QTRY_VERIFY(!tryIt.state().busy);
        QVERIFY(f.engine.answers.sawStop);
        QVERIFY(seen.size() > 4);
        QCOMPARE(tryIt.state().sides[0].phase, TrySide::Phase::Stopped);
        QVERIFY(tryIt.state().sides[0].text.size() < 400);
        tryIt.disconnect(this);
    }

    void failuresAreSaidInPlace() {
        TrainFixture f(FakeScript{.steps = 6});
        QVERIFY(f.open());
        f.train->start();
        QTRY_COMPARE(f.newestState(), RunState::Succeeded);
        TryPresenter& tryIt = f.train->tryIt();
        QTRY_VERIFY(tryIt.state().available);
        f.engine.answers.loadError = makeError(ErrorCode::OutOfMemory, "no room");
        tryIt.setPrompt(u"go"_s);
        tryIt.send();
        QTRY_VERIFY(!tryIt.state().busy);
        QCOMPARE(tryIt.state().sides[0].phase, TrySide::Phase::Failed);
        QCOMPARE(tryIt.state().sides[0].error->code, ErrorCode::OutOfMemory);
        QCOMPARE(tryIt.state().sides[1].phase, TrySide::Phase::Empty);
        f.engine.answers.loadError.reset();
        tryIt.send();
        QTRY_COMPARE(tryIt.state().sides[1].phase, TrySide::Phase::Done);
    }

    void promptsWaitForTraining() {
        TrainFixture f(FakeScript{.steps = 2000, .stepDelayMs = 5});
        QVERIFY(f.open());
        f.train->start();
        TryPresenter& tryIt = f.train->tryIt();
        QTRY_VERIFY(tryIt.state().available);
        tryIt.setPrompt(u"go"_s);
        tryIt.send();
        QCOMPARE(tryIt.state().sides[0].phase, TrySide::Phase::Waiting);
        QTRY_VERIFY(tryIt.state().waitsFor.contains(u"Run 1"_s));
        QTest::qWait(100);
        QCOMPARE(f.engine.answers.generations.load(), 0);
        f.train->run().stop();
        QTRY_COMPARE(tryIt.state().sides[1].phase, TrySide::Phase::Done);
    }
};

QTEST_MAIN(TestTrainPresenter)
#include "test_train_presenter.moc"
