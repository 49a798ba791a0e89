// The Train screen's presenters once a run is there, without a window: its states with their ways on, pause and queue,
// what survives a restart, and Try it over a scripted engine.
#include "run/run_folder.h"
#include "train/run_changes.h"
#include "train_fixture.h"

#include <QSignalSpy>
#include <QtTest>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using jobs::RunState;
using train::FakeScript;

namespace {

bool offers(const RunBanner& banner, RunAction action) {
    return std::any_of(banner.actions.begin(), banner.actions.end(),
                       [action](const RunBanner::Action& each) { return each.action == action; });
}

} // namespace

class TestTrainPresenterRuns : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        failOnTrainMessages();
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
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

QTEST_MAIN(TestTrainPresenterRuns)
#include "test_train_presenter_runs.moc"
