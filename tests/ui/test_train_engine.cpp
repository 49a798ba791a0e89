// The whole way in the real window with the real engine: a project of text rows on the golden tiny model, Train, a
// checkpoint that other programs can read, and an answer from it.
#include "model/peft_adapter.h"
#include "plot/chart.h"
#include "run/run_folder.h"
#include "train_fixture.h"

#include <QElapsedTimer>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QtTest>

using namespace fettle;
using namespace fettle::ui;
using namespace Qt::Literals::StringLiterals;
using jobs::RunState;

class TestTrainEngine : public QObject {
    Q_OBJECT
    /// The real engine for Try it too.
    static void useRealEngine(TrainWindow& f) {
        f.window.reset();
        f.train = std::make_unique<TrainPresenter>(*f.workspace);
        const ShellContext context{*f.settings, *f.workspace, f.dialogs};
        f.window = std::make_unique<MainWindow>(
            context, QVector<ScreenSpec>{homeScreen(context, *f.home), trainScreen(context, *f.train)});
    }

private Q_SLOTS:
    void init() { failOnTrainMessages(); }

    // The first five minutes: the sample opens, one press, and the curve moves. How long that took is printed.
    void sampleMovesAtOnce() {
        TrainWindow f({}, u"en"_s, train::engineTrainers());
        useRealEngine(f);
        QVERIFY(f.show());
        f.click("home.sample");
        QTRY_VERIFY_WITH_TIMEOUT(f.workspace->hasProject(), 20'000);
        if (!train::resolveModelPath(f.workspace->recipe().model)) {
            qInfo("the default model is not on this machine: the sample was opened, but not trained");
            return;
        }
        f.window->showScreen(u"train"_s);
        QTRY_VERIFY(f.sees("train.start"));
        QElapsedTimer took;
        took.start();
        f.click("train.start");
        QTRY_VERIFY_WITH_TIMEOUT(f.newest() != nullptr && f.newest()->summary.step >= 2, 120'000);
        qInfo("press to second step: %lld ms", static_cast<long long>(took.elapsed()));
        auto* chart = f.find<Chart>("train.loss.chart");
        QTRY_VERIFY(chart->pointCount(u"train"_s) >= 2);
        QTRY_VERIFY_WITH_TIMEOUT(f.newest()->summary.step >= 8, 120'000);
        const QString shots = qEnvironmentVariable("FETTLE_SHOTS");
        if (!shots.isEmpty()) {
            QTest::qWait(300);
            QVERIFY(f.window->grab().save(shots % u"/train-sample-running.png"_s));
        }
        f.click("train.stop");
        QTRY_COMPARE_WITH_TIMEOUT(f.banner(), u"stopped"_s, 60'000);
        QVERIFY(!run::listCheckpoints(f.newest()->summary.folder).empty());
        f.train->newRun(); // the speed is known now
        QTRY_VERIFY_WITH_TIMEOUT(f.counted(), 30'000);
        const PreflightState state = f.train->preflightState();
        QVERIFY(state.hold.isEmpty());
        if (!shots.isEmpty()) {
            QTest::qWait(300);
            QVERIFY(f.window->grab().save(shots % u"/train-sample-form.png"_s));
        }
        // Answers of the run that was stopped.
        f.window->showScreen(u"train"_s, u"run"_s);
        f.click("train.view.try");
        f.click("try.pick");
        QTRY_VERIFY(f.find<QPushButton>("try.send")->isEnabled());
        f.click("try.send");
        QTRY_VERIFY_WITH_TIMEOUT(!f.train->tryIt().state().busy, 120'000);
        for (const TrySide& side : f.train->tryIt().state().sides) {
            QVERIFY2(side.phase == TrySide::Phase::Done, side.error ? side.error->text().c_str() : "not done");
            QVERIFY(!side.text.isEmpty());
        }
        if (!shots.isEmpty()) {
            QVERIFY(f.window->grab().save(shots % u"/train-sample-try.png"_s));
        }
    }

    void measuresTwoRealSteps() {
        TrainWindow f({}, u"en"_s, train::engineTrainers());
        useRealEngine(f);
        QVERIFY(f.show());
        QVERIFY(f.open({.good = 60}, "model: " + TrainFixture::tinyModel() +
                                         "\ndata:\n  train: project:train\n  validation: project:validation\n"
                                         "training:\n  batch_tokens: 256\n  context: 64\n"));
        f.train->measureNow();
        QTRY_VERIFY_WITH_TIMEOUT(!f.train->measure().running(), 120'000);
        const std::optional<Measurement>& last = f.train->measure().last();
        QVERIFY(last.has_value());
        QVERIFY2(!last->error, last->error ? last->error->text().c_str() : "");
        QVERIFY(last->tokensPerSecond > 0 && last->peakBytes > 100'000'000); // LibTorch is in this process
        QVERIFY(last->firstLoss > 0 && last->secondLoss > 0);
        const PreflightState state = f.train->preflightState();
        QVERIFY(state.measured && state.speed != Format::unknown());
        QVERIFY(train::rememberedSpeed(train::speedKey(f.train->form().recipe())) > 0);
        QVERIFY(f.workspace->runs().rows().isEmpty()); // no run was made
    }

    void trainsAndAnswers() {
        TrainWindow f({}, u"en"_s, train::engineTrainers());
        useRealEngine(f);
        QVERIFY(f.show());
        const std::string yaml =
            "model: " + TrainFixture::tinyModel() +
            "\ndata:\n  train: project:train\n  validation: project:validation\nadapter:\n  rank: 4\n  alpha: 8\n"
            "optimizer:\n  learning_rate: 0.01\ntraining:\n  max_steps: 12\n  batch_tokens: 256\n  context: 64\n"
            "evaluation:\n  every_steps: 4\ncheckpoint:\n  every_steps: 6\n";
        QVERIFY(f.open({.good = 60}, yaml));
        f.window->showScreen(u"train"_s);
        QTRY_VERIFY(f.sees("train.start"));
        f.click("train.start");
        QTRY_VERIFY_WITH_TIMEOUT(f.newest() != nullptr && jobs::isFinal(f.newestState()), 120'000);
        QVERIFY2(f.newestState() == RunState::Succeeded, f.newest()->summary.message.c_str());
        QTRY_COMPARE(f.banner(), u"succeeded"_s);

        // It learned, and the chart shows what the file says.
        auto* chart = f.find<Chart>("train.loss.chart");
        QTRY_COMPARE(chart->pointCount(u"train"_s), qsizetype{12});
        const std::shared_ptr<const RunSeries> series = f.workspace->series(qs(f.newest()->summary.folder));
        QVERIFY(series != nullptr);
        QVERIFY2(series->loss.back() < series->loss.front(), qPrintable(QString::number(series->loss.back())));
        QCOMPARE(*chart->lastValue(u"train"_s), series->loss.back());
        QVERIFY(!series->samples.empty());

        // The checkpoint is an adapter for everybody.
        const std::vector<run::CheckpointInfo> checkpoints = run::listCheckpoints(f.newest()->summary.folder);
        QVERIFY(!checkpoints.empty());
        QCOMPARE(checkpoints.back().step, std::int64_t{12});
        const Result<model::PeftAdapter> adapter = model::readPeftAdapter(checkpoints.back().path);
        QVERIFY2(adapter.ok(), adapter ? "" : adapter.error().text().c_str());
        QCOMPARE(adapter->config.rank, std::int64_t{4});
        QCOMPARE(adapter->tensors.size(), std::size_t{3 * 7 * 2}); // layers, linear modules, A and B

        // Its speed is known from now on.
        f.train->newRun();
        QTRY_COMPARE(f.train->preflightState().pill, u"measured here"_s);
        f.window->showScreen(u"train"_s, u"run"_s);

        // And it answers.
        f.click("train.banner.primary");
        QTRY_VERIFY(f.sees("try.prompt"));
        f.click("try.pick");
        QTRY_VERIFY(f.find<QPushButton>("try.send")->isEnabled());
        f.click("try.send");
        TryPresenter& tryIt = f.train->tryIt();
        QTRY_VERIFY_WITH_TIMEOUT(!tryIt.state().busy, 60'000);
        for (const TrySide& side : tryIt.state().sides) {
            QVERIFY2(side.phase == TrySide::Phase::Done, side.error ? side.error->text().c_str() : "not done");
        }
        QVERIFY(tryIt.state().sides[0].tokens > 0);
        QVERIFY(tryIt.state().sides[0].text != tryIt.state().sides[1].text); // the adapter does something
        // Twice the same prompt, twice the same answer: the base is not spoiled by the adapter.
        const QString base = tryIt.state().sides[0].text;
        f.click("try.send");
        QTRY_VERIFY_WITH_TIMEOUT(!tryIt.state().busy, 60'000);
        QCOMPARE(tryIt.state().sides[0].text, base);
    }
};

QTEST_MAIN(TestTrainEngine)
#include "test_train_engine.moc"
