// The script player.
#include "train/fake_trainer.h"

#include "run/run_folder.h"
#include "train/divergence_record.h"
#include "train/row_losses.h"
#include "train/stop_conditions.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <thread>

namespace fettle::train {
namespace {

using jobs::Request;
using jobs::RunState;

constexpr std::int64_t kTokens = 512;

class FakeTrainer final : public Trainer {
public:
    explicit FakeTrainer(FakeScript script)
        : m_script(std::move(script)) {}

    Result<RunState> run(const std::string& runFolder, const recipe::Recipe& recipe, jobs::RunControl& control,
                         EventSink& sink) override {
        m_folder = runFolder;
        m_rate = recipe.optimizer.learningRate;
        m_steps = std::min(m_script.steps, recipe.training.maxSteps.value_or(m_script.steps));
        m_control = &control;
        m_sink = &sink;
        m_best = std::numeric_limits<double>::infinity();
        m_stats = {};
        m_stats.validates = m_script.evaluateEvery > 0;
        m_stats.trainedMs = trainedMsBefore(runFolder);
        m_recipe = &recipe;
        return play();
    }

private:
    Result<RunState> play() {
        FETTLE_TRY_VALUE(std::int64_t done, start());
        if (m_control->abortRequested()) {
            return end(RunState::Aborted, "user");
        }
        FETTLE_TRY(state(RunState::Running));
        while (done < m_steps) {
            FETTLE_TRY_VALUE(const RunState asked, obey(done));
            if (asked != RunState::Running) {
                return asked;
            }
            FETTLE_TRY_VALUE(const RunState after, step(++done));
            if (after != RunState::Running) {
                return after;
            }
            if (const auto reason = done < m_script.steps ? early(done) : std::nullopt) {
                return endEarly(done, *reason);
            }
        }
        if (m_saved != done) {
            FETTLE_TRY_VALUE(const RunState after, save(done, false));
            if (after != RunState::Running) {
                return after;
            }
        }
        return end(RunState::Succeeded);
    }

    std::optional<StopReason> early(std::int64_t done) {
        m_stats.step = done;
        if (m_script.diskLowAt && done >= *m_script.diskLowAt) {
            m_stats.diskFreeBytes = 1'000'000;
        }
        auto reason = StopConditions(*m_recipe).check(m_stats);
        m_stats.validationLoss.reset();
        m_stats.evaluated = false;
        return reason;
    }

    Result<RunState> endEarly(std::int64_t done, const StopReason& reason) {
        if (reason.state == RunState::Stopped) {
            FETTLE_TRY(state(RunState::Stopping));
        }
        if (m_saved != done) {
            FETTLE_TRY_VALUE(const RunState after, save(done, false));
            if (after != RunState::Running) {
                return after;
            }
        }
        return end(reason.state, reason.reason.c_str(), reason.message);
    }

    // Says `starting`, where the run goes on from, and how long it will be.
    Result<std::int64_t> start() {
        const auto checkpoints = run::listCheckpoints(m_folder);
        FETTLE_TRY_VALUE(const run::RunHistory history, run::readRun(m_folder));
        run::StateChanged body;
        body.state = RunState::Starting;
        const std::int64_t from = checkpoints.empty() ? 0 : checkpoints.back().step;
        if (from > 0 || history.lastStep > 0) {
            body.fromStep = from;
        }
        m_saved = from;
        FETTLE_TRY(m_sink->publish(body));
        FETTLE_TRY(run::updateRunInfo(m_folder, Json{{"total_steps", m_steps}}));
        wait(m_script.startDelayMs);
        return from;
    }

    // What was asked for since the last step. Running = go on.
    Result<RunState> obey(std::int64_t done) {
        if (m_control->pending() == Request::Pause) {
            FETTLE_TRY(state(RunState::Paused));
            m_control->waitWhilePaused();
            if (m_control->pending() == Request::None) {
                FETTLE_TRY(state(RunState::Running));
            }
        }
        switch (m_control->pending()) {
        case Request::Abort:
            return end(RunState::Aborted, "user");
        case Request::Stop: {
            FETTLE_TRY(state(RunState::Stopping));
            if (m_saved != done) {
                FETTLE_TRY_VALUE(const RunState after, save(done, false));
                if (after != RunState::Running) {
                    return after;
                }
            }
            return end(RunState::Stopped, "user");
        }
        default:
            return RunState::Running;
        }
    }

    Result<RunState> step(std::int64_t number) {
        if (m_script.throwAt == number) {
            throw std::logic_error("the script says so");
        }
        wait(m_script.stepDelayMs);
        if (m_script.outOfMemoryAt == number) {
            return fail("out_of_memory", number, "Not enough memory for this micro-batch.");
        }
        if (m_script.deviceLostAt == number) {
            return fail("device_lost", number, "The device does not answer.");
        }
        const bool broken = m_script.nonFiniteAt == number;
        run::StepMetrics body;
        body.step = number;
        body.epoch =
            static_cast<double>(number) / static_cast<double>(std::max<std::int64_t>(1, m_script.stepsPerEpoch));
        body.loss = broken ? std::numeric_limits<double>::quiet_NaN() : fakeLoss(number);
        body.lr = m_rate * (1 - static_cast<double>(number) / static_cast<double>(m_steps + 1));
        body.gradNorm = broken ? body.loss : 0.5 + 1.0 / static_cast<double>(number);
        if (const std::int64_t rising =
                m_script.nonFiniteAt ? number - (*m_script.nonFiniteAt - m_script.riseSteps) : -1;
            rising >= 0 && !broken) {
            body.gradNorm *= std::pow(2.0, static_cast<double>(rising + 1));
        }
        const bool layers = m_control->layersWanted().value_or(m_script.layers > 0);
        const std::int64_t count = layers ? std::max<std::int64_t>(m_script.layers, 1) : 0;
        for (std::int64_t layer = 0; layer < count; ++layer) {
            const double wave =
                1 + 0.6 * std::sin(0.9 * static_cast<double>(layer) + 0.05 * static_cast<double>(number));
            body.layerNorms.push_back(static_cast<float>(body.gradNorm * wave / std::sqrt(static_cast<double>(count))));
        }
        body.labelTokens = kTokens / 2;
        body.tokens = kTokens;
        body.computedTokens = kTokens;
        body.stepMs = std::max(1, m_script.stepDelayMs);
        body.tokensPerSecond = 1000.0 * static_cast<double>(kTokens) / body.stepMs;
        body.peakBytes = 1'500'000'000;
        body.tokenAccuracy = broken ? body.loss : 1 - 1 / (1 + 0.05 * static_cast<double>(number));
        FETTLE_TRY(m_sink->publish(body));
        noteLoss(m_stats.recentLosses, body.loss);
        m_stats.trainedMs += body.stepMs;
        if (broken) {
            if (m_script.riseSteps > 0) {
                FETTLE_TRY(writeDivergence(m_folder, record(body)));
            }
            return fail("non_finite_loss", number, "The loss of this step is no number.");
        }
        if (m_script.rows > 0 && number % std::max<std::int64_t>(1, m_script.stepsPerEpoch) == 0) {
            FETTLE_TRY(writeRows(number));
        }
        bool best = false;
        if (m_script.evaluateEvery > 0 && number % m_script.evaluateEvery == 0) {
            FETTLE_TRY_VALUE(best, evaluate(number));
        }
        if (m_script.checkpointEvery > 0 && number % m_script.checkpointEvery == 0) {
            return save(number, best);
        }
        return RunState::Running;
    }

    // What a real run knows when it diverges: two rows, one of them with a token that has no loss.
    static DivergenceRecord record(const run::StepMetrics& step) {
        constexpr auto kNan = std::numeric_limits<float>::quiet_NaN();
        DivergenceRecord out;
        out.step = step.step;
        out.what = "loss";
        out.learningRate = step.lr;
        out.gradientNorm = std::numeric_limits<double>::quiet_NaN();
        out.largestParameter = 0.4;
        out.rowsInStep = 2;
        out.rows = {{step.step, std::numeric_limits<double>::quiet_NaN(), 2, 1, {1.5F, kNan}},
                    {step.step + 1, 2.0, 2, 0, {2.5F, 1.5F}}};
        return out;
    }

    Result<void> writeRows(std::int64_t number) {
        const std::int64_t epoch = number / std::max<std::int64_t>(1, m_script.stepsPerEpoch) - 1;
        std::vector<RowLoss> losses;
        for (std::int64_t row = 0; row < m_script.rows; ++row) {
            losses.push_back({row, fakeRowLoss(row, epoch)});
        }
        const std::string name = "row_losses/step_" + std::to_string(number) + ".bin";
        FETTLE_TRY(makeFolders(m_folder + "/row_losses"));
        FETTLE_TRY(writeRowLosses(m_folder + "/" + name, losses));
        return m_sink->publish(run::RowLosses{number, name});
    }

    Result<bool> evaluate(std::int64_t number) {
        run::EvalMetrics body;
        body.step = number;
        body.loss = fakeLoss(number) + 0.1;
        body.tokenAccuracy = 0.9 - body.loss / 10;
        const bool best = body.loss < m_best;
        m_best = std::min(m_best, body.loss);
        m_stats.evaluated = true;
        m_stats.validationLoss = body.loss;
        m_stats.evaluationsSinceBest = best ? 0 : m_stats.evaluationsSinceBest + 1;
        FETTLE_TRY(m_sink->publish(body));
        for (std::int64_t i = 0; i < m_script.samplePrompts; ++i) {
            run::SampleGenerated sample;
            sample.step = number;
            sample.promptId = i;
            sample.prompt = "Prompt " + std::to_string(i + 1);
            sample.base = "Answer of the base model";
            sample.text = "Answer after step " + std::to_string(number);
            sample.expected = "Expected answer";
            FETTLE_TRY(m_sink->publish(sample));
        }
        return best;
    }

    Result<RunState> save(std::int64_t number, bool best) {
        if (m_script.diskErrorAt && number >= *m_script.diskErrorAt) {
            return fail("disk_full", number, "The checkpoint could not be written: no space left.");
        }
        const std::string relative = "checkpoints/" + run::checkpointName(number);
        const std::string final = m_folder + '/' + relative;
        const auto write = [&]() -> Result<void> {
            const std::string temporary = final + ".tmp";
            FETTLE_TRY(removeAll(temporary));
            FETTLE_TRY(removeAll(final));
            FETTLE_TRY(makeFolders(temporary));
            FETTLE_TRY(writeFileAtomic(temporary + "/state.json",
                                       dumpJsonPretty(Json{{"step", number}, {"trainer", "fake"}})));
            return publishFolder(temporary, final);
        };
        if (auto written = write(); !written) {
            return fail(written.error().code == ErrorCode::DiskFull     ? "disk_full"
                        : written.error().code == ErrorCode::Permission ? "read_only"
                                                                        : "error",
                        number, written.error().text());
        }
        FETTLE_TRY(m_sink->publish(run::CheckpointSaved{number, relative, best}));
        m_saved = number;
        return RunState::Running;
    }

    Result<void> state(RunState value) {
        run::StateChanged body;
        body.state = value;
        return m_sink->publish(body);
    }

    Result<RunState> end(RunState value, const char* reason = "", std::string message = {}) {
        run::StateChanged body;
        body.state = value;
        body.reason = reason;
        body.message = std::move(message);
        FETTLE_TRY(m_sink->publish(body));
        return value;
    }

    Result<RunState> fail(const char* reason, std::int64_t step, const std::string& message) {
        run::StateChanged body;
        body.state = RunState::Failed;
        body.reason = reason;
        body.step = step;
        body.message = message;
        if (std::string(reason) == "non_finite_loss") {
            body.rows = {step, step + 1};
        }
        FETTLE_TRY(m_sink->publish(body));
        return RunState::Failed;
    }

    // An abort ends the waiting; a stop lets the step finish.
    void wait(int milliseconds) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
        while (!m_control->abortRequested() && std::chrono::steady_clock::now() < until) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }

    const FakeScript m_script;
    std::string m_folder;
    double m_rate = 0;
    std::int64_t m_steps = 0; // of the script, or fewer where the recipe says so
    jobs::RunControl* m_control = nullptr;
    EventSink* m_sink = nullptr;
    double m_best = 0;
    const recipe::Recipe* m_recipe = nullptr; // of the run in progress
    RunStats m_stats;
    std::int64_t m_saved = 0;
};

} // namespace

double fakeLoss(std::int64_t step) {
    const auto n = static_cast<double>(step);
    return 0.4 + 2.6 * std::exp(-n / 12) + 0.03 * std::sin(n * 1.7);
}

float fakeRowLoss(std::int64_t row, std::int64_t epoch) {
    const auto noise = static_cast<float>(0.05 * std::sin(static_cast<double>(row) * 1.3));
    switch (row % 10) {
    case 0:
        return 4.0F + noise;
    case 1:
        return epoch < 2 ? 0.3F + noise : 3.0F + noise;
    case 2:
        return 0.1F + noise;
    default:
        return 2.5F / static_cast<float>(epoch + 1) + noise;
    }
}

std::unique_ptr<Trainer> makeFakeTrainer(FakeScript script) {
    return std::make_unique<FakeTrainer>(std::move(script));
}

TrainerFactory fakeTrainers(FakeScript script) {
    return [script = std::move(script)]() -> Result<std::unique_ptr<Trainer>> { return makeFakeTrainer(script); };
}

} // namespace fettle::train
