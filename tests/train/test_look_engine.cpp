// Looking inside a run with the real engine on a tiny model: losses of single tokens, gradient norms by layer, a
// divergence that comes from the settings alone, and the ways on from it.
#include "base/files.h"
#include "jobs/job_system.h"
#include "recipe/fields.h"
#include "run/run_folder.h"
#include "support/golden.h"
#include "support/results.h"
#include "support/temp_folder.h"
#include "train/autopsy.h"
#include "train/data_rows.h"
#include "train/model_text.h"
#include "train/row_history.h"
#include "train/run_changes.h"
#include "train/run_service.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace fettle;
using fettle::test::must;
using fettle::test::TempFolder;

namespace {

struct Runs {
    TempFolder place;
    jobs::JobSystem jobs{1};
    train::RunService service{jobs, {}};
    int count = 0;

    Runs() {
        std::string text;
        for (int i = 0; i < 24; ++i) {
            text +=
                dumpJson(Json{
                    {"messages",
                     {{{"role", "user"}, {"content", "question " + std::to_string(i)}},
                      {{"role", "assistant"}, {"content", i % 2 == 0 ? "yes" : "no, not " + std::to_string(i)}}}}}) +
                "\n";
        }
        must(writeFileAtomic(place / "rows.jsonl", text));
    }
    [[nodiscard]] recipe::Recipe recipe() const {
        recipe::Recipe out;
        out.model = goldenRoot() + "/models/llama/hf";
        out.data.train = {place / "rows.jsonl"};
        out.adapter.rank = 4;
        out.adapter.alpha = 8;
        out.optimizer.learningRate = 0.01;
        out.optimizer.schedule = "constant";
        out.optimizer.warmupSteps = 0;
        out.training.batchRows = 6;
        out.training.epochs = 2;
        out.training.context = 128;
        out.training.computeDtype = "fp32";
        out.training.device = "cpu";
        return out;
    }
    // Ends in NaN within a few steps, without any fault being injected: the adapter's scale and rate are enormous.
    [[nodiscard]] recipe::Recipe wild() const {
        recipe::Recipe out = recipe();
        out.adapter.rank = 1;
        out.adapter.alpha = 512;
        out.optimizer.learningRate = 1;
        out.optimizer.maxGradNorm = 0;
        out.training.epochs = 20;
        out.checkpoint.everySteps = 1;
        out.checkpoint.keepLast = 100;
        return out;
    }
    std::string run(const recipe::Recipe& recipe, jobs::RunState expected) {
        const std::string folder = must(service.launch(
            recipe, {.folder = place / ("run" + std::to_string(++count)), .name = {}, .baseFolder = {}}));
        const auto ended = must(service.wait(folder));
        if (ended != expected) {
            qFatal("%s: %s", jobs::runStateName(ended), must(run::summarise(folder)).message.c_str());
        }
        return folder;
    }
    static std::vector<run::StepMetrics> steps(const std::string& folder) {
        std::vector<run::StepMetrics> out;
        for (const run::RunEvent& event : must(run::readRun(folder)).events) {
            if (const auto* step = std::get_if<run::StepMetrics>(&event.body)) {
                out.push_back(*step);
            }
        }
        return out;
    }
};

} // namespace

class TestLookEngine : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // The losses of a row's tokens add up to the loss that training measured for the row.
    void tokenLossesAddUpToTheRow() {
        Runs runs;
        recipe::Recipe recipe = runs.recipe();
        recipe.optimizer.learningRate = 0; // the adapter stays as it begins: without effect
        recipe.training.epochs = 1;
        const std::string folder = runs.run(recipe, jobs::RunState::Succeeded);
        const auto history = must(train::readRowHistory(folder));
        QCOMPARE(history.samples.size(), std::size_t{24});
        auto* engine = must(train::openEngine());
        train::LoadOptions options;
        options.model = recipe.model;
        options.dtype = "fp32";
        options.device = "cpu";
        const auto model = must(engine->load(options));
        const auto text = must(train::loadTextModel(recipe.model));
        const auto rows = must(train::encodeRows(recipe, {}, text, history.samples, {}));
        QCOMPARE(rows.size(), std::size_t{24});
        double spread = 0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto losses = must(train::tokenLosses(*model, rows[i].row));
            QCOMPARE(losses.size(), rows[i].row.ids.size());
            double sum = 0;
            std::int64_t labels = 0;
            for (std::size_t token = 0; token < losses.size(); ++token) {
                QCOMPARE(losses[token].has_value(), token > 0 && rows[i].row.labels[token] != text::kIgnore);
                if (losses[token]) {
                    sum += *losses[token];
                    ++labels;
                }
            }
            QCOMPARE(labels, rows[i].row.labelCount());
            const auto measured = static_cast<double>(history.row(i)[0]);
            const double here = sum / static_cast<double>(labels);
            QVERIFY2(std::abs(here - measured) < 1e-4, qPrintable(QStringLiteral("%1 %2").arg(here).arg(measured)));
            spread = std::max(spread, std::abs(here - static_cast<double>(history.row(0)[0])));
        }
        QVERIFY(spread > 0.01); // rows differ, so that a mix-up of rows would show
    }

    void layerNormsAddUpToTheNorm() {
        Runs runs;
        recipe::Recipe recipe = runs.recipe();
        recipe.training.epochs = 1;
        const auto without = Runs::steps(runs.run(recipe, jobs::RunState::Succeeded));
        recipe.evaluation.layerNorms = true;
        const auto with = Runs::steps(runs.run(recipe, jobs::RunState::Succeeded));
        QCOMPARE(with.size(), without.size());
        for (std::size_t i = 0; i < with.size(); ++i) {
            QVERIFY(without[i].layerNorms.empty());
            QCOMPARE(with[i].layerNorms.size(), std::size_t{3});
            double squares = 0;
            for (const float norm : with[i].layerNorms) {
                QVERIFY(norm > 0);
                squares += static_cast<double>(norm) * static_cast<double>(norm);
            }
            QVERIFY(std::abs(std::sqrt(squares) - with[i].gradNorm) < 1e-4 * with[i].gradNorm);
            QCOMPARE(with[i].loss, without[i].loss); // looking changes nothing
        }
    }

    void aWildRunExplainsItself() {
        Runs runs;
        const std::string folder = runs.run(runs.wild(), jobs::RunState::Failed);
        const auto found = must(train::divergenceOf(folder));
        QVERIFY(found.has_value());
        QVERIFY(found->step >= 2);
        QVERIFY2(found->cause == train::AutopsyCause::RateTooHigh ||
                     found->cause == train::AutopsyCause::GradientJumped,
                 train::autopsyCauseName(found->cause));
        QVERIFY(found->record.has_value());
        QVERIFY(found->noGradientLimit);
        QCOMPARE(found->computeType, std::string("fp32"));
        QCOMPARE(found->rate, 1.0);
        QCOMPARE(found->record->rowsInStep, std::int64_t{6});
        QVERIFY(!found->rows.empty());
        QVERIFY(found->checkpoint.has_value());
        QCOMPARE(found->checkpoint->step, found->step - 1);
        if (found->what == "loss") { // the tokens without a loss are known
            std::int64_t bad = 0;
            for (const train::DivergedRow& row : found->record->rows) {
                QCOMPARE(static_cast<std::int64_t>(row.tokenLoss.size()), row.labels);
                bad += std::count_if(row.tokenLoss.begin(), row.tokenLoss.end(),
                                     [](float loss) { return !std::isfinite(loss); });
            }
            QVERIFY(bad > 0);
        } else {
            QVERIFY(!found->record->badLayers.empty());
        }
        // The rows of the step are found again by planning the run anew.
        const auto text = must(train::loadTextModel(runs.recipe().model));
        const auto recipe = must(train::effectiveRecipe(folder));
        const auto rows = must(train::rowsOfStep(folder, recipe, text, found->step, {}));
        QCOMPARE(rows.size(), std::size_t{6});
        for (const train::DivergedRow& row : found->record->rows) {
            QVERIFY(std::binary_search(rows.begin(), rows.end(), row.sample));
        }
        // With other data they cannot be told, and that is said.
        must(writeFileAtomic(runs.place / "rows.jsonl",
                             must(readFile(runs.place / "rows.jsonl")) + must(readFile(runs.place / "rows.jsonl"))));
        QVERIFY(!train::rowsOfStep(folder, recipe, text, found->step, {}));
    }

    void halfTheRateGoesOnInTheSameRun() {
        Runs runs;
        recipe::Recipe recipe = runs.wild();
        const std::string folder = runs.run(recipe, jobs::RunState::Failed);
        // Back to where the adapter was still sound: later checkpoints hold what the rate had done to it.
        const auto saved = run::listCheckpoints(folder);
        for (std::size_t i = 1; i < saved.size(); ++i) {
            must(removeAll(saved[i].path));
        }
        const auto last = saved.front().step;
        must(train::changeRecipe(folder, "optimizer.learning_rate", 1e-9));
        must(runs.service.start(folder));
        (void)must(runs.service.wait(folder));
        const auto steps = Runs::steps(folder);
        QVERIFY(steps.size() > static_cast<std::size_t>(last));
        for (const run::StepMetrics& step : steps) {
            QCOMPARE(step.lr, step.step <= last ? 1.0 : 1e-9);
        }
        for (std::size_t i = 0; i < steps.size(); ++i) { // each step once
            QCOMPARE(steps[i].step, static_cast<std::int64_t>(i) + 1);
        }
        const auto history = must(run::readRun(folder));
        const auto told = std::find_if(history.events.begin(), history.events.end(), [](const run::RunEvent& event) {
            return std::holds_alternative<run::RecipeChanged>(event.body);
        });
        QVERIFY(told != history.events.end());
        QCOMPARE(std::get<run::RecipeChanged>(told->body).step, last);
    }

    void rowsLeftOutAreNotTrained() {
        Runs runs;
        recipe::Recipe recipe = runs.recipe();
        recipe.training.epochs = 1;
        recipe.data.leaveOut = {"0", "5-7"};
        const std::string folder = runs.run(recipe, jobs::RunState::Succeeded);
        const auto history = must(train::readRowHistory(folder));
        QCOMPARE(history.samples.size(), std::size_t{20});
        for (const std::int64_t gone : {0, 5, 6, 7}) {
            QVERIFY(!std::binary_search(history.samples.begin(), history.samples.end(), gone));
        }
        const auto read = must(run::readRun(folder));
        QVERIFY(std::any_of(read.events.begin(), read.events.end(), [](const run::RunEvent& event) {
            const auto* line = std::get_if<run::LogLine>(&event.body);
            return line != nullptr && line->text.find("4 rows left out by choice") != std::string::npos;
        }));
    }
};

QTEST_GUILESS_MAIN(TestLookEngine)
#include "test_look_engine.moc"
