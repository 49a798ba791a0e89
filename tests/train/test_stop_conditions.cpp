// Stop conditions: the chain as a function of numbers, and what ends a run that obeys it.
#include "recipe/fields.h"
#include "support/results.h"
#include "support/temp_folder.h"
#include "train/fake_trainer.h"
#include "train/run_service.h"
#include "train/stop_conditions.h"

#include <QtTest>

using namespace fettle;
using namespace fettle::train;
using jobs::RunState;
using test::must;
using test::TempFolder;

namespace {

recipe::Recipe recipeWith(const std::vector<std::string>& settings) {
    recipe::Recipe recipe;
    recipe.model = "unused";
    recipe.data.train = {"unused"};
    recipe.data.validation = {"unused"};
    for (const std::string& each : settings) {
        must(recipe::applySetting(recipe, each));
    }
    return recipe;
}

run::RunHistory play(const TempFolder& folder, const recipe::Recipe& recipe, FakeScript script,
                     const std::string& name = "run-0001") {
    const std::string path = folder / name;
    if (!fileExists(path)) {
        must(run::createRunFolder(path, name, recipe::toJson(recipe)));
    }
    jobs::JobSystem jobs(1);
    RunServiceOptions options;
    options.trainers = fakeTrainers(std::move(script));
    RunService service(jobs, std::move(options));
    must(service.start(path));
    (void)must(service.wait(path));
    return must(run::readRun(path));
}

} // namespace

class TestStopConditions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nothingStopsAPlainRun() {
        const StopConditions chain(recipeWith({}));
        RunStats stats;
        stats.step = 5;
        stats.trainedMs = 1e12;
        stats.recentLosses.assign(kRecentLosses, 0.0);
        stats.evaluated = true;
        stats.evaluationsSinceBest = 1000;
        stats.diskFreeBytes = 500'000'000;
        QVERIFY(!chain.check(stats));
        QVERIFY(chain.looksAtDisk());
        QVERIFY(!StopConditions(recipeWith({"stop.min_disk_gb=0"})).looksAtDisk());
    }

    void eachConditionHoldsFromItsLimitOn() {
        RunStats stats;
        stats.validates = true;
        const auto reasonOf = [&stats](const char* setting) {
            const auto found = StopConditions(recipeWith({setting})).check(stats);
            return found ? found->reason : std::string();
        };
        stats.trainedMs = 119'999;
        QCOMPARE(reasonOf("stop.max_minutes=2"), std::string());
        stats.trainedMs = 120'000;
        QCOMPARE(reasonOf("stop.max_minutes=2"), std::string("max_minutes"));

        stats.diskFreeBytes = 1'500'000'000;
        QCOMPARE(reasonOf("stop.min_disk_gb=1.5"), std::string());
        stats.diskFreeBytes = 1'499'999'999;
        QCOMPARE(reasonOf("stop.min_disk_gb=1.5"), std::string("low_disk"));
        stats.diskFreeBytes.reset(); // unknown is not low
        QCOMPARE(reasonOf("stop.min_disk_gb=1.5"), std::string());

        stats.validationLoss = 0.51;
        QCOMPARE(reasonOf("stop.target_loss=0.5"), std::string());
        stats.validationLoss = 0.5;
        QCOMPARE(reasonOf("stop.target_loss=0.5"), std::string("target_loss"));
        stats.validationLoss = std::nan("");
        QCOMPARE(reasonOf("stop.target_loss=0.5"), std::string());
        stats.validationLoss.reset(); // not measured at this step: the training loss does not stand in
        stats.recentLosses.assign(kRecentLosses, 0.1);
        QCOMPARE(reasonOf("stop.target_loss=0.5"), std::string());
        stats.validates = false;
        QCOMPARE(reasonOf("stop.target_loss=0.5"), std::string("target_loss"));
        stats.recentLosses.pop_back(); // too few steps to tell
        QCOMPARE(reasonOf("stop.target_loss=0.5"), std::string());

        stats.evaluated = true;
        stats.evaluationsSinceBest = 2;
        QCOMPARE(reasonOf("evaluation.patience=3"), std::string());
        stats.evaluationsSinceBest = 3;
        QCOMPARE(reasonOf("evaluation.patience=3"), std::string("early_stopping"));
        stats.evaluated = false;
        QCOMPARE(reasonOf("evaluation.patience=3"), std::string());
    }

    void theFirstThatHoldsNamesTheEnd() {
        RunStats stats;
        stats.step = 7;
        stats.validates = true;
        stats.validationLoss = 0.1;
        stats.trainedMs = 1e9;
        stats.diskFreeBytes = 1;
        const StopConditions chain(recipeWith({"stop.max_minutes=1", "stop.target_loss=0.5"}));
        QCOMPARE(chain.check(stats)->reason, std::string("low_disk"));
        stats.diskFreeBytes = 1'000'000'000'000;
        const auto target = chain.check(stats);
        QCOMPARE(target->reason, std::string("target_loss"));
        QCOMPARE(target->state, RunState::Succeeded);
        QVERIFY2(target->message.find("step 7") != std::string::npos, target->message.c_str());
        stats.validationLoss = 0.6;
        const auto minutes = chain.check(stats);
        QCOMPARE(minutes->reason, std::string("max_minutes"));
        QCOMPARE(minutes->state, RunState::Stopped);
    }

    void lossesOfTheLastStepsAreKept() {
        std::vector<double> recent;
        for (int i = 0; i < 50; ++i) {
            noteLoss(recent, i);
        }
        QCOMPARE(recent.size(), kRecentLosses);
        QCOMPARE(recent.front(), 50.0 - static_cast<double>(kRecentLosses));
        QCOMPARE(recent.back(), 49.0);
    }

    void aRunThatReachesItsTargetSucceedsAndIsSaved() {
        const TempFolder folder;
        FakeScript script;
        script.steps = 100;
        const run::RunHistory history = play(folder, recipeWith({"stop.target_loss=1.5"}), script);
        QCOMPARE(history.state, RunState::Succeeded);
        QCOMPARE(history.reason, std::string("target_loss"));
        QVERIFY(history.lastStep < 100 && history.lastStep % 5 == 0); // at an evaluation
        QVERIFY2(history.message.find("stop.target_loss") != std::string::npos, history.message.c_str());
        QCOMPARE(run::listCheckpoints(folder / "run-0001").back().step, history.lastStep);
    }

    void aLowDiskStopsAndSavesAndCanGoOn() {
        const TempFolder folder;
        FakeScript script;
        script.steps = 30;
        script.diskLowAt = 12;
        const run::RunHistory stopped = play(folder, recipeWith({}), script);
        QCOMPARE(stopped.state, RunState::Stopped);
        QCOMPARE(stopped.reason, std::string("low_disk"));
        QCOMPARE(stopped.lastStep, std::int64_t(12));
        QCOMPARE(run::listCheckpoints(folder / "run-0001").back().step, std::int64_t(12));
        script.diskLowAt.reset();
        const run::RunHistory done = play(folder, recipeWith({}), script);
        QCOMPARE(done.state, RunState::Succeeded);
        QCOMPARE(done.lastStep, std::int64_t(30));
    }

    void minutesCountLivesOfACrashButNotOfAnEnd() {
        const TempFolder folder;
        FakeScript script;
        script.steps = 1000;
        script.stepDelayMs = 5;
        const recipe::Recipe limited = recipeWith({"stop.max_minutes=0.002"}); // 120 ms
        const run::RunHistory first = play(folder, limited, script);
        QCOMPARE(first.state, RunState::Stopped);
        QCOMPARE(first.reason, std::string("max_minutes"));
        QVERIFY(first.lastStep >= 20 && first.lastStep < 40);
        QCOMPARE(trainedMsBefore(folder / "run-0001"), 0.0); // an end: the next life has the whole time again
        const run::RunHistory second = play(folder, limited, script);
        QVERIFY(second.lastStep >= first.lastStep + 20);
        // A life that ended without a word counts.
        const std::string crashed = folder / "crashed";
        must(run::createRunFolder(crashed, "crashed", Json::object()));
        {
            auto writer = must(run::RunWriter::open(crashed));
            run::StateChanged running;
            running.state = RunState::Running;
            (void)must(writer->publish(running));
            QTest::qSleep(30);
            (void)must(writer->publish(run::LogLine{"info", "still here"}));
        }
        QVERIFY(trainedMsBefore(crashed) >= 25);
        QCOMPARE(trainedMsBefore(folder / "none"), 0.0);
    }
};

QTEST_GUILESS_MAIN(TestStopConditions)
#include "test_stop_conditions.moc"
