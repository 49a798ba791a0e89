// One training run from encoded rows to the last checkpoint: the body of the engine trainer. [torch]
#pragma once

#include "engine/decoder_model.h"
#include "run/run_folder.h"
#include "train/checkpoint.h"
#include "train/engine.h"
#include "train/optimizer.h"
#include "train/preflight.h"
#include "train/row_losses.h"
#include "train/run_plan.h"
#include "train/sample_prompts.h"
#include "train/schedule.h"
#include "train/stop_conditions.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fettle::train {

/// Why a run failed, with the step and rows where they are known.
struct RunFault {
    Error error;
    std::string reason; // as in StateChanged::reason
    std::optional<std::int64_t> step;
    std::vector<std::int64_t> rows;
};

/// Thread: the device lane.
class TrainingRun {
public:
    TrainingRun(std::string folder, const recipe::Recipe& recipe, jobs::RunControl& control, EventSink& sink);
    ~TrainingRun();

    /// Runs to the end. The final state to publish, or the fault.
    [[nodiscard]] Result<jobs::RunState> execute();
    [[nodiscard]] const RunFault& fault() const { return m_fault; }
    /// What ended the run early, other than a person or a fault.
    [[nodiscard]] const std::optional<StopReason>& ending() const { return m_ending; }
    /// Step of the checkpoint the run goes on from; nullopt for a fresh start.
    [[nodiscard]] std::optional<std::int64_t> resumedFrom() const { return m_resumedFrom; }
    [[nodiscard]] std::int64_t step() const { return m_state.step; }

private:
    enum class Next { Continue = 1, Stop, Abort };

    [[nodiscard]] Result<void> findCheckpoint();
    [[nodiscard]] Result<void> encodeRows();
    [[nodiscard]] Result<void> loadModel();
    [[nodiscard]] Result<void> makeAdapter();
    void addRecord(Json& info) const;
    [[nodiscard]] Result<void> restore();
    [[nodiscard]] Result<Next> trainStep(const data::StepPlan& plan);
    [[nodiscard]] Result<engine::BatchOutcome> runMicroBatch(const data::PackedBatch& batch, double scale,
                                                             std::uint64_t seed);
    [[nodiscard]] Result<Next> waitIfAsked();
    [[nodiscard]] Result<void> afterStep();
    [[nodiscard]] Result<void> evaluate();
    [[nodiscard]] Result<void> showSamples();
    [[nodiscard]] std::optional<StopReason> askConditions() const;
    [[nodiscard]] Result<void> save();
    [[nodiscard]] Result<void> finishEpoch();
    [[nodiscard]] data::PackedBatch batchOf(const EncodedSplit& split, const std::vector<std::int64_t>& rows) const;
    [[nodiscard]] Error fail(Error error, std::string reason, std::vector<std::int64_t> rows = {});
    [[nodiscard]] Result<void> log(const char* level, std::string text);
    // training_look.cpp
    [[nodiscard]] std::vector<float> layerNorms() const;
    [[nodiscard]] Result<void> recordDivergence(const data::StepPlan& plan, const char* what, double norm);

    std::string m_folder;
    recipe::Recipe m_recipe;
    jobs::RunControl& m_control;
    EventSink& m_sink;
    RunFault m_fault;

    std::unique_ptr<model::ModelFiles> m_files; // until the weights are loaded
    text::TextModel m_text;
    EncodedSplit m_train, m_validation;
    std::vector<SamplePrompt> m_prompts;
    std::vector<std::string> m_baseAnswers;
    std::optional<RunPlan> m_plan;
    std::vector<data::StepPlan> m_validationPlan;
    Schedule m_schedule;

    std::unique_ptr<engine::AdapterStore> m_adapter;
    std::unique_ptr<engine::DecoderModel> m_model; // after m_adapter: it refers to it
    std::unique_ptr<Optimizer> m_optimizer;
    std::unique_ptr<RowLossSums> m_rowLosses;

    std::optional<CheckpointData> m_checkpoint; // until restored
    std::optional<std::int64_t> m_resumedFrom;
    TrainState m_state;
    std::string m_modelPath;
    std::vector<std::pair<data::PackedBatch, std::vector<float>>> m_stepLosses; // of the step in progress
    double m_tokensPerSecond = 0;                                               // smoothed
    double m_pausedMs = 0;                                                      // inside the current step
    double m_stepMs = 0;                                                        // of the last step
    double m_trainedMs = 0;   // of earlier lives, then of this one at the end of the last step
    bool m_evaluated = false; // at this step
    StopConditions m_conditions;
    std::optional<StopReason> m_ending;
};

} // namespace fettle::train
