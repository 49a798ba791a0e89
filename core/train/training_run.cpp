// The training loop: one optimizer step after the other, with everything that may interrupt it.
#include "train/training_run.h"

#include "base/clock.h"
#include "base/files.h"
#include "run/run_record.h"
#include "train/process_memory.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace fettle::train {

TrainingRun::TrainingRun(std::string folder, const recipe::Recipe& recipe, jobs::RunControl& control, EventSink& sink)
    : m_folder(std::move(folder))
    , m_recipe(recipe)
    , m_control(control)
    , m_sink(sink)
    , m_conditions(recipe) {}

TrainingRun::~TrainingRun() = default;

Error TrainingRun::fail(Error error, std::string reason, std::vector<std::int64_t> rows) {
    m_fault.error = error;
    m_fault.reason = std::move(reason);
    m_fault.rows = std::move(rows);
    return error;
}

Result<void> TrainingRun::log(const char* level, std::string text) {
    return m_sink.publish(run::LogLine{level, std::move(text)});
}

// What the record of the run says beside its events. A resumed run keeps what was predicted at its first start.
void TrainingRun::addRecord(Json& info) const {
    const RowLengths rows = rowLengths(m_train);
    info["machine"] = run::toJson(run::thisMachine());
    info["data"] = {{"hash", m_train.hash},
                    {"rows", rows.tokens.size()},
                    {"tokens", std::accumulate(rows.tokens.begin(), rows.tokens.end(), std::int64_t{0})}};
    if (!m_validation.rows.empty()) {
        info["data"]["validation_hash"] = m_validation.hash;
        info["data"]["validation_rows"] = m_validation.rows.size();
    }
    if (const auto before = run::readRunInfo(m_folder); !before || !before->contains("predicted")) {
        const Estimate guess = estimate(m_model->config(), m_recipe, rows);
        info["predicted"] = run::toJson(
            run::Prediction{guess.peakBytes, guess.seconds, guess.tokensPerSecond, guess.steps, guess.speedMeasured});
    }
}

Result<jobs::RunState> TrainingRun::execute() {
    FETTLE_TRY(findCheckpoint());
    m_trainedMs = trainedMsBefore(m_folder);
    run::StateChanged starting;
    starting.state = jobs::RunState::Starting;
    starting.fromStep = m_resumedFrom;
    FETTLE_TRY(m_sink.publish(starting));

    FETTLE_TRY(encodeRows());
    if (m_control.stopRequested()) {
        return m_control.abortRequested() ? jobs::RunState::Aborted : jobs::RunState::Stopped;
    }
    FETTLE_TRY(loadModel());
    FETTLE_TRY(makeAdapter());
    FETTLE_TRY(restore());
    Json info = Json::object();
    info["total_steps"] = m_plan->totalSteps();
    info["frozen"] = m_state.frozen.toJson();
    addRecord(info);
    FETTLE_TRY(run::updateRunInfo(m_folder, info));

    run::StateChanged running;
    running.state = jobs::RunState::Running;
    FETTLE_TRY(m_sink.publish(running));

    Next next = Next::Continue;
    std::int64_t planned = -1;
    std::vector<data::StepPlan> steps;
    while (m_state.step < m_plan->totalSteps()) {
        FETTLE_TRY_VALUE(next, waitIfAsked());
        if (next != Next::Continue) {
            break;
        }
        const RunPlan::Place place = m_plan->placeOf(m_state.step);
        if (place.epoch != planned) {
            steps = m_plan->epochSteps(place.epoch);
            planned = place.epoch;
        }
        FETTLE_TRY_VALUE(next, trainStep(steps[static_cast<std::size_t>(place.step)]));
        if (next == Next::Abort) {
            break;
        }
        FETTLE_TRY(afterStep());
        if (m_state.step < m_plan->totalSteps() && !m_control.abortRequested()) {
            m_ending = askConditions();
            if (m_ending) {
                break;
            }
        }
    }
    if (next == Next::Abort) {
        return jobs::RunState::Aborted;
    }
    if (next == Next::Stop || (m_ending && m_ending->state == jobs::RunState::Stopped)) {
        run::StateChanged stopping;
        stopping.state = jobs::RunState::Stopping;
        if (m_ending) {
            stopping.reason = m_ending->reason;
        }
        FETTLE_TRY(m_sink.publish(stopping));
        FETTLE_TRY(save());
        return jobs::RunState::Stopped;
    }
    FETTLE_TRY(save());
    rememberSpeed(m_modelPath + "|" + m_state.frozen.computeDtype + "|" + std::to_string(m_state.frozen.threads),
                  m_tokensPerSecond);
    return jobs::RunState::Succeeded;
}

std::optional<StopReason> TrainingRun::askConditions() const {
    RunStats stats;
    stats.step = m_state.step;
    stats.trainedMs = m_trainedMs;
    stats.validates = !m_validationPlan.empty();
    stats.validationLoss = m_state.validationLoss;
    stats.recentLosses = m_state.recentLosses;
    stats.evaluationsSinceBest = m_state.evaluationsSinceBest;
    stats.evaluated = m_evaluated;
    if (m_conditions.looksAtDisk()) {
        if (const auto free = freeDiskBytes(m_folder)) {
            stats.diskFreeBytes = *free;
        }
    }
    return m_conditions.check(stats);
}

Result<TrainingRun::Next> TrainingRun::waitIfAsked() {
    for (;;) {
        switch (m_control.pending()) {
        case jobs::Request::Abort:
            return Next::Abort;
        case jobs::Request::Stop:
            return Next::Stop;
        case jobs::Request::Pause: {
            const auto began = systemClock().monotonicMs();
            run::StateChanged paused;
            paused.state = jobs::RunState::Paused;
            paused.step = m_state.step;
            FETTLE_TRY(m_sink.publish(paused));
            m_control.waitWhilePaused();
            m_pausedMs += static_cast<double>(systemClock().monotonicMs() - began);
            if (!m_control.stopRequested()) {
                run::StateChanged running;
                running.state = jobs::RunState::Running;
                FETTLE_TRY(m_sink.publish(running));
            }
            continue;
        }
        case jobs::Request::None:
        case jobs::Request::Resume:
        case jobs::Request::ShowLayers:
        case jobs::Request::HideLayers:
            return Next::Continue;
        }
        return Next::Continue;
    }
}

data::PackedBatch TrainingRun::batchOf(const EncodedSplit& split, const std::vector<std::int64_t>& rows) const {
    std::vector<const text::EncodedRow*> encoded;
    std::vector<std::int64_t> ids;
    encoded.reserve(rows.size());
    ids.reserve(rows.size());
    for (const std::int64_t row : rows) {
        encoded.push_back(&split.rows[static_cast<std::size_t>(row)]);
        ids.push_back(split.sampleIds[static_cast<std::size_t>(row)]);
    }
    return data::packRows(encoded, ids);
}

Result<engine::BatchOutcome> TrainingRun::runMicroBatch(const data::PackedBatch& batch, double scale,
                                                        std::uint64_t seed) {
    // Out of memory: give scratch back, keep less for the backward pass, and run the same micro-batch again. Nothing of
    // the failed one was added.
    for (;;) {
        auto outcome = m_model->forwardBackward(batch, scale, seed);
        if (outcome || outcome.error().code != ErrorCode::OutOfMemory) {
            return outcome;
        }
        m_model->releaseScratch();
        const auto current = engine::recomputeFromName(m_state.frozen.recompute);
        if (!current || *current == engine::Recompute::Full) {
            return outcome;
        }
        const auto harder = *current == engine::Recompute::None ? engine::Recompute::Lean : engine::Recompute::Full;
        m_model->setRecompute(harder);
        m_state.frozen.recompute = engine::recomputeName(harder);
        FETTLE_TRY(log("warning", std::string("out of memory: training goes on with recompute ") +
                                      m_state.frozen.recompute + "; from here the run is not bit-reproducible"));
    }
}

Result<TrainingRun::Next> TrainingRun::trainStep(const data::StepPlan& plan) {
    const auto& clock = systemClock();
    const auto began = clock.monotonicMs();
    m_pausedMs = 0;
    const std::int64_t step = m_state.step + 1;
    m_adapter->zeroGradients();
    m_stepLosses.clear();
    const double scale = 1.0 / static_cast<double>(std::max<std::int64_t>(1, plan.labelTokens));
    double lossSum = 0;
    std::int64_t labels = 0;
    std::int64_t correct = 0;
    std::int64_t computed = 0;
    for (std::size_t micro = 0; micro < plan.microBatches.size(); ++micro) {
        if (micro > 0) {
            // Between micro-batches only pausing and aborting act: a step that has begun is finished by stop.
            FETTLE_TRY_VALUE(const Next next, waitIfAsked());
            if (next == Next::Abort) {
                return Next::Abort;
            }
        }
        data::PackedBatch batch = batchOf(m_train, plan.microBatches[micro]);
        const auto seed =
            static_cast<std::uint64_t>(m_recipe.seed) * 1000003U + static_cast<std::uint64_t>(step) * 4099U + micro;
        auto outcome = runMicroBatch(batch, scale, seed);
        if (!outcome) {
            m_fault.step = step;
            return outcome.error();
        }
        if (!outcome->finite()) {
            m_fault.step = step;
            std::vector<std::int64_t> rows = nonFiniteRows(batch, outcome->perLabelLoss);
            m_stepLosses.emplace_back(std::move(batch), std::move(outcome->perLabelLoss));
            FETTLE_TRY(recordDivergence(plan, "loss", std::numeric_limits<double>::quiet_NaN()));
            return fail(
                makeError(ErrorCode::NonFinite, "the loss is not a number since step " + std::to_string(step),
                          "Go on from the last checkpoint with a lower learning rate, or leave the named rows out."),
                "non_finite_loss", std::move(rows));
        }
        m_rowLosses->add(batch, outcome->perLabelLoss);
        lossSum += outcome->lossSum;
        labels += outcome->labels;
        correct += outcome->correct;
        computed += batch.computedTokens();
        m_stepLosses.emplace_back(std::move(batch), std::move(outcome->perLabelLoss));
    }
    const double norm = m_optimizer->gradientNorm();
    if (!std::isfinite(norm)) {
        m_fault.step = step;
        FETTLE_TRY(recordDivergence(plan, "gradient", norm));
        std::vector<std::int64_t> rows;
        for (const auto& micro : plan.microBatches) {
            for (const std::int64_t row : micro) {
                rows.push_back(m_train.sampleIds[static_cast<std::size_t>(row)]);
            }
        }
        std::sort(rows.begin(), rows.end());
        return fail(
            makeError(ErrorCode::NonFinite, "the gradient is not a number at step " + std::to_string(step),
                      "Go on from the last checkpoint with a lower learning rate, or leave the named rows out."),
            "non_finite_loss", std::move(rows));
    }
    run::StepMetrics metrics;
    metrics.lr = learningRate(m_schedule, step);
    m_optimizer->step(metrics.lr, norm);

    m_state.step = step;
    m_state.optimizerSteps = m_optimizer->stepsDone();
    m_state.tokensDone += plan.tokens;
    metrics.step = step;
    metrics.epoch = m_plan->epochsAfter(step);
    metrics.loss = lossSum * scale;
    metrics.gradNorm = norm;
    metrics.labelTokens = labels;
    metrics.tokens = plan.tokens;
    metrics.computedTokens = computed;
    metrics.stepMs = std::max(1.0, static_cast<double>(clock.monotonicMs() - began) - m_pausedMs);
    m_stepMs = metrics.stepMs;
    noteLoss(m_state.recentLosses, metrics.loss);
    metrics.tokensPerSecond = static_cast<double>(plan.tokens) * 1000.0 / metrics.stepMs;
    metrics.peakBytes = peakResidentBytes();
    metrics.tokenAccuracy = labels > 0 ? static_cast<double>(correct) / static_cast<double>(labels) : 0;
    m_tokensPerSecond =
        m_tokensPerSecond == 0 ? metrics.tokensPerSecond : 0.9 * m_tokensPerSecond + 0.1 * metrics.tokensPerSecond;
    if (m_control.layersWanted().value_or(m_recipe.evaluation.layerNorms)) {
        metrics.layerNorms = layerNorms();
    }
    FETTLE_TRY(m_sink.publish(metrics));
    return Next::Continue;
}

Result<void> TrainingRun::afterStep() {
    const std::int64_t step = m_state.step;
    if (step < m_plan->totalSteps()) {
        const RunPlan::Place place = m_plan->placeOf(step);
        m_state.epoch = place.epoch;
        m_state.stepInEpoch = place.step;
    }
    const auto began = systemClock().monotonicMs();
    m_state.best = false;
    m_evaluated = false;
    m_state.validationLoss.reset();
    if (m_plan->endsEpoch(step)) {
        FETTLE_TRY(finishEpoch());
    }
    if (m_control.abortRequested()) {
        return {};
    }
    if (m_plan->evaluatesAfter(step)) {
        FETTLE_TRY(evaluate());
    }
    const bool bestToKeep = m_state.best && m_recipe.checkpoint.keepBest && m_recipe.evaluation.patience.has_value();
    if ((m_plan->savesAfter(step) && step < m_plan->totalSteps()) || bestToKeep) {
        FETTLE_TRY(save()); // the last step is saved once, at the end
    }
    m_trainedMs += m_stepMs + static_cast<double>(systemClock().monotonicMs() - began);
    return {};
}

Result<void> TrainingRun::finishEpoch() {
    const std::string name = "row_losses/step_" + std::to_string(m_state.step) + ".bin";
    FETTLE_TRY(makeFolders(m_folder + "/row_losses"));
    FETTLE_TRY(m_rowLosses->write(m_folder + "/" + name));
    m_rowLosses->reset();
    return m_sink.publish(run::RowLosses{m_state.step, name});
}

Result<void> TrainingRun::evaluate() {
    if (!m_validationPlan.empty()) {
        double lossSum = 0;
        std::int64_t labels = 0;
        std::int64_t correct = 0;
        for (const data::StepPlan& plan : m_validationPlan) {
            for (const auto& rows : plan.microBatches) {
                if (m_control.abortRequested()) {
                    return {};
                }
                FETTLE_TRY_VALUE(const engine::BatchOutcome outcome, m_model->evaluate(batchOf(m_validation, rows)));
                lossSum += outcome.lossSum;
                labels += outcome.labels;
                correct += outcome.correct;
            }
        }
        run::EvalMetrics metrics;
        metrics.step = m_state.step;
        metrics.loss = labels > 0 ? lossSum / static_cast<double>(labels) : 0;
        metrics.tokenAccuracy = labels > 0 ? static_cast<double>(correct) / static_cast<double>(labels) : 0;
        m_state.validationLoss = metrics.loss;
        m_evaluated = true;
        const double score = m_recipe.evaluation.metric == "token_accuracy" ? 1 - metrics.tokenAccuracy : metrics.loss;
        if (std::isfinite(score) && (!m_state.bestLoss || score < *m_state.bestLoss)) {
            m_state.bestLoss = score;
            m_state.bestStep = m_state.step;
            m_state.best = true;
            m_state.evaluationsSinceBest = 0;
        } else {
            ++m_state.evaluationsSinceBest;
        }
        FETTLE_TRY(m_sink.publish(metrics));
    }
    return showSamples();
}

Result<void> TrainingRun::showSamples() {
    if (m_prompts.empty()) {
        return {};
    }
    std::vector<std::vector<std::int32_t>> prompts;
    engine::SamplingOptions options;
    options.maxNewTokens = 1;
    options.stopIds = m_text.tokenizer->special().stop;
    for (const SamplePrompt& prompt : m_prompts) {
        prompts.push_back(prompt.ids);
        options.maxNewTokens = std::max(options.maxNewTokens, prompt.maxNewTokens);
    }
    const auto answers = [&]() -> Result<std::vector<std::string>> {
        FETTLE_TRY_VALUE(const auto rows, m_model->generate(prompts, options));
        std::vector<std::string> texts;
        for (const engine::GeneratedRow& row : rows) {
            texts.push_back(m_text.tokenizer->decode(row.ids, {.skipSpecial = true}));
        }
        return texts;
    };
    if (m_baseAnswers.empty()) {
        FETTLE_TRY(m_model->setAdapter(nullptr));
        auto base = answers();
        FETTLE_TRY(m_model->setAdapter(m_adapter.get()));
        if (!base) {
            return base.error();
        }
        m_baseAnswers = std::move(*base);
    }
    FETTLE_TRY_VALUE(const auto now, answers());
    for (std::size_t i = 0; i < m_prompts.size(); ++i) {
        run::SampleGenerated sample;
        sample.step = m_state.step;
        sample.promptId = m_prompts[i].id;
        sample.prompt = m_prompts[i].prompt;
        sample.base = m_baseAnswers[i];
        sample.text = now[i];
        sample.expected = m_prompts[i].expected;
        FETTLE_TRY(m_sink.publish(sample));
    }
    return {};
}

Result<void> TrainingRun::save() {
    const auto present = run::listCheckpoints(m_folder);
    if (m_state.step == 0 || (!present.empty() && present.back().step == m_state.step)) {
        return {}; // nothing was trained since that checkpoint
    }
    const at::Tensor first = m_optimizer->firstMoment();
    const at::Tensor second = m_optimizer->secondMoment();
    const model::PeftAdapter adapter = m_adapter->toPeft();
    const auto spanOf = [](const at::Tensor& tensor) {
        return std::span<const float>(tensor.const_data_ptr<float>(), static_cast<std::size_t>(tensor.numel()));
    };
    FETTLE_TRY(writeCheckpoint(
        m_folder, {m_state, adapter, spanOf(first), spanOf(second), m_rowLosses->sums(), m_rowLosses->counts()}));
    FETTLE_TRY(m_sink.publish(run::CheckpointSaved{m_state.step, checkpointName(m_state.step), m_state.best}));
    if (const std::int64_t failed =
            pruneCheckpoints(m_folder, m_recipe.checkpoint.keepLast, m_recipe.checkpoint.keepBest);
        failed > 0) {
        FETTLE_TRY(log("warning", std::to_string(failed) + " old checkpoints could not be removed"));
    }
    return {};
}

} // namespace fettle::train
