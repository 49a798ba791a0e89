// The plan of a run, its learning rates, row losses and checkpoint folders: everything of the training loop that needs
// no engine.
#include "base/files.h"
#include "run/run_folder.h"
#include "support/temp_folder.h"
#include "train/checkpoint.h"
#include "train/row_losses.h"
#include "train/run_plan.h"
#include "train/schedule.h"

#include <QtTest>

#include <cerrno>
#include <cmath>
#include <filesystem>
#include <set>

using namespace fettle;

namespace {

recipe::Recipe recipeOf(double epochs, std::int64_t batchRows) {
    recipe::Recipe recipe;
    recipe.training.epochs = epochs;
    recipe.training.batchRows = batchRows;
    return recipe;
}

train::RunPlan planOf(const recipe::Recipe& recipe, std::size_t rows) {
    return train::RunPlan::make(recipe, std::vector<std::int32_t>(rows, 10), std::vector<std::int32_t>(rows, 4), 100)
        .value();
}

train::CheckpointData checkpointOf(std::int64_t step, bool best) {
    train::CheckpointData data;
    data.state.step = step;
    data.state.epoch = 1;
    data.state.stepInEpoch = 2;
    data.state.optimizerSteps = step;
    data.state.totalSteps = 99;
    data.state.tokensDone = 12345;
    data.state.bestLoss = 0.25;
    data.state.bestStep = step;
    data.state.best = best;
    data.state.validationLoss = 0.25;
    data.state.frozen = {2, "cpu", "bf16", "lean", "avx512bf16", "2.11.0", "abc", 1024};
    data.adapter.config.baseModel = "tiny";
    data.adapter.config.rank = 2;
    data.adapter.config.targets = {"q_proj"};
    data.adapter.tensors.push_back(
        {"base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", {2, 3}, {1, 2, 3, 4, 5, 6}});
    data.adapter.tensors.push_back(
        {"base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight", {3, 2}, {6, 5, 4, 3, 2, 1}});
    data.firstMoment = {0.5F, 0.25F};
    data.secondMoment = {1e-8F, 2.0F};
    data.rowLossSums = {1.5, 0.1};
    data.rowLossCounts = {3, 1};
    return data;
}

Result<void> write(const std::string& folder, const train::CheckpointData& data) {
    return train::writeCheckpoint(
        folder, {data.state, data.adapter, data.firstMoment, data.secondMoment, data.rowLossSums, data.rowLossCounts});
}

} // namespace

class TestRunPlan : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void stepsAndPlaces() {
        const auto plan = planOf(recipeOf(3, 4), 10); // 3 steps an epoch: 4 + 4 + 2 rows
        QCOMPARE(plan.totalSteps(), std::int64_t(9));
        QCOMPARE(plan.placeOf(0).epoch, std::int64_t(0));
        QCOMPARE(plan.placeOf(5).epoch, std::int64_t(1));
        QCOMPARE(plan.placeOf(5).step, std::int64_t(2));
        QCOMPARE(plan.epochsAfter(9), 3.0);
        QVERIFY(std::abs(plan.epochsAfter(4) - 4.0 / 3) < 1e-12);
        QVERIFY(plan.endsEpoch(3) && plan.endsEpoch(6) && !plan.endsEpoch(4));
        QVERIFY(plan.evaluatesAfter(3) && plan.evaluatesAfter(9) && !plan.evaluatesAfter(2));
        QVERIFY(plan.savesAfter(9));
    }

    void partsOfEpochsAndMaxSteps() {
        QCOMPARE(planOf(recipeOf(1.5, 2), 8).totalSteps(), std::int64_t(6));
        auto recipe = recipeOf(3, 2);
        recipe.training.maxSteps = 7;
        const auto plan = planOf(recipe, 8);
        QCOMPARE(plan.totalSteps(), std::int64_t(7));
        QCOMPARE(plan.epochs(), std::int64_t(2));
        QVERIFY(std::abs(plan.epochsAfter(7) - 1.75) < 1e-12);
        recipe.evaluation.everySteps = 3;
        const auto evaluated = planOf(recipe, 8);
        std::set<std::int64_t> steps;
        for (std::int64_t step = 1; step <= 7; ++step) {
            if (evaluated.evaluatesAfter(step)) {
                steps.insert(step);
            }
        }
        QVERIFY((steps == std::set<std::int64_t>{3, 6, 7}));
        recipe.evaluation.everySteps.reset();
        recipe.evaluation.everyEpochs = 0;
        QVERIFY(!planOf(recipe, 8).evaluatesAfter(7));
        QVERIFY(planOf(recipe, 8).savesAfter(7)); // the last adapter is always kept
    }

    void everyRowOncePerEpochAndTheSameAgain() {
        const auto plan = planOf(recipeOf(2, 3), 20);
        for (std::int64_t epoch = 0; epoch < 2; ++epoch) {
            std::multiset<std::int64_t> rows;
            for (const auto& step : plan.epochSteps(epoch)) {
                for (const auto& micro : step.microBatches) {
                    rows.insert(micro.begin(), micro.end());
                }
            }
            QCOMPARE(rows.size(), std::size_t(20));
            QCOMPARE(std::set<std::int64_t>(rows.begin(), rows.end()).size(), std::size_t(20));
        }
        QCOMPARE(plan.hash(), planOf(recipeOf(2, 3), 20).hash());
        QVERIFY(plan.hash() != planOf(recipeOf(2, 4), 20).hash());
        QVERIFY(data::planHash(plan.epochSteps(0)) != data::planHash(plan.epochSteps(1)));
    }

    void nothingToTrainIsAnError() {
        const auto none = train::RunPlan::make(recipeOf(1, 2), {}, {}, 100);
        QVERIFY(!none.ok());
        const auto silent = train::RunPlan::make(recipeOf(1, 2), {5, 5}, {0, 0}, 100);
        QVERIFY(!silent.ok());
        QCOMPARE(silent.error().key, std::string("data.train"));
    }

    // Values of transformers 5: get_cosine_schedule_with_warmup(warmup 2, total 10), linear likewise, peak 1.
    void schedules() {
        train::Schedule schedule{"cosine", 1.0, 2, 10};
        const double cosine[] = {0,
                                 0.5,
                                 1,
                                 0.96193976625564337,
                                 0.85355339059327373,
                                 0.69134171618254492,
                                 0.5,
                                 0.30865828381745514,
                                 0.14644660940672627,
                                 0.038060233744356631};
        for (int step = 1; step <= 10; ++step) {
            QVERIFY(std::abs(train::learningRate(schedule, step) - cosine[step - 1]) < 1e-12);
        }
        schedule.name = "linear";
        QVERIFY(std::abs(train::learningRate(schedule, 4) - 0.875) < 1e-12);
        schedule.name = "constant";
        QCOMPARE(train::learningRate(schedule, 10), 1.0);
        schedule.name = "wsd";
        schedule.totalSteps = 102;
        QCOMPARE(train::learningRate(schedule, 92), 1.0);
        QVERIFY(std::abs(train::learningRate(schedule, 98) - 0.5) < 1e-9);
        recipe::OptimizerSection section;
        QCOMPARE(train::scheduleOf(section, 100).warmupSteps, std::int64_t(3));
        section.warmupSteps = 500;
        QCOMPARE(train::scheduleOf(section, 100).warmupSteps, std::int64_t(100));
    }

    void rowLossesByRow() {
        data::PackedBatch batch;
        batch.ids = {1, 2, 3, 4, 5, 6};
        batch.segments = {{0, 4, -1, 7}, {4, 6, -1, 9}};
        batch.labelRows = {0, 2, 4};
        batch.labels = {2, 4, 6};
        batch.weights = {1, 1, 1};
        train::RowLossSums sums({3, 7, 9});
        const float losses[] = {1.0F, 3.0F, 5.0F};
        sums.add(batch, losses);
        QCOMPARE(sums.sums()[1], 4.0);
        QCOMPARE(sums.counts()[1], 2);
        QCOMPARE(sums.sums()[2], 5.0);
        const test::TempFolder folder;
        QVERIFY(sums.write(folder / "losses.bin").ok());
        const auto read = train::readRowLosses(folder / "losses.bin");
        QVERIFY(read.ok());
        QCOMPARE(read->size(), std::size_t(2)); // row 3 was not reached
        QCOMPARE((*read)[0].sample, std::int64_t(7));
        QCOMPARE((*read)[0].loss, 2.0F);
        const float broken[] = {1.0F, 3.0F, std::nanf("")};
        QVERIFY((train::nonFiniteRows(batch, broken) == std::vector<std::int64_t>{9}));
        QVERIFY((train::nonFiniteRows(batch, losses) == std::vector<std::int64_t>{7, 9}));
    }

    void checkpointRoundTrip() {
        const test::TempFolder folder;
        const auto data = checkpointOf(40, true);
        QVERIFY(write(folder.path(), data).ok());
        const auto read = train::readCheckpoint(folder / "checkpoints/step_000040");
        QVERIFY2(read.ok(), read ? "" : read.error().text().c_str());
        QCOMPARE(read->state.step, data.state.step);
        QCOMPARE(read->state.tokensDone, data.state.tokensDone);
        QCOMPARE(read->state.bestLoss.value_or(0), 0.25);
        QVERIFY(read->state.best);
        QVERIFY(read->state.frozen.differences(data.state.frozen).empty());
        QVERIFY(read->firstMoment == data.firstMoment && read->secondMoment == data.secondMoment);
        QVERIFY(read->rowLossSums == data.rowLossSums && read->rowLossCounts == data.rowLossCounts);
        QVERIFY(read->adapter.tensors[0].values == data.adapter.tensors[0].values);
        auto other = data.state.frozen;
        other.threads = 1;
        QVERIFY((data.state.frozen.differences(other) == std::vector<std::string>{"threads 2 → 1"}));
    }

    // Every write of a checkpoint fails once: nothing half-written is taken for a checkpoint, the one before survives,
    // and the next attempt succeeds.
    void everyFailedWriteLeavesWholeCheckpointsOnly() {
        int failures = 0;
        for (int n = 1; n < 200; ++n) {
            const test::TempFolder folder;
            QVERIFY(write(folder.path(), checkpointOf(10, false)).ok());
            int count = 0;
            setFileFaultHook([&](FileOperation, const std::string&) { return ++count == n ? ENOSPC : 0; });
            const auto written = write(folder.path(), checkpointOf(20, false));
            setFileFaultHook({});
            const auto checkpoints = run::listCheckpoints(folder.path());
            for (const auto& checkpoint : checkpoints) {
                QVERIFY2(train::readCheckpoint(checkpoint.path).ok(),
                         ("after failing write " + std::to_string(n)).c_str());
            }
            QCOMPARE(checkpoints.front().step, std::int64_t(10));
            if (written.ok()) {
                QVERIFY(count < n);
                break;
            }
            ++failures;
            QCOMPARE(written.error().code, ErrorCode::DiskFull);
            QVERIFY(write(folder.path(), checkpointOf(20, false)).ok());
            QCOMPARE(run::listCheckpoints(folder.path()).size(), std::size_t(2));
        }
        QVERIFY(failures >= 8);
    }

    void pruningKeepsTheNewestAndTheBest() {
        const test::TempFolder folder;
        for (const std::int64_t step : {10, 20, 30, 40, 50}) {
            QVERIFY(write(folder.path(), checkpointOf(step, step == 20)).ok());
        }
        QCOMPARE(train::pruneCheckpoints(folder.path(), 2, true), std::int64_t(0));
        std::vector<std::int64_t> steps;
        for (const auto& checkpoint : run::listCheckpoints(folder.path())) {
            steps.push_back(checkpoint.step);
        }
        QVERIFY((steps == std::vector<std::int64_t>{20, 40, 50}));
        QCOMPARE(train::pruneCheckpoints(folder.path(), 1, false), std::int64_t(0));
        QCOMPARE(run::listCheckpoints(folder.path()).size(), std::size_t(1));
    }
};

QTEST_APPLESS_MAIN(TestRunPlan)
#include "test_run_plan.moc"
