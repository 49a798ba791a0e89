// Everything before the first step: the checkpoint to go on from, rows as tokens, the model, the adapter and the state
// it had.
#include "train/training_run.h"

#include "base/files.h"
#include "base/hash.h"
#include "engine/kernels/kernels.h"
#include "run/data_path.h"
#include "train/model_text.h"

#include <algorithm>
#include <numeric>
#include <thread>

#include <torch/version.h>

namespace fettle::train {
namespace {

std::string countOf(std::int64_t count, const char* what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

// Moves a share of the training rows to the validation split: the same rows for the same seed, whatever the order of
// the others.
void splitOff(EncodedSplit& train, EncodedSplit& validation, double share, std::uint64_t seed) {
    const std::size_t total = train.rows.size();
    const std::vector<bool> moved = heldOutRows(train.sampleIds, share, seed);
    EncodedSplit kept;
    for (std::size_t row = 0; row < total; ++row) {
        EncodedSplit& target = moved[row] ? validation : kept;
        target.rows.push_back(std::move(train.rows[row]));
        target.sampleIds.push_back(train.sampleIds[row]);
    }
    train.rows = std::move(kept.rows);
    train.sampleIds = std::move(kept.sampleIds);
}

// Training needs ids and labels only: spans and texts of a large data set would double its size.
void dropTexts(EncodedSplit& split) {
    for (text::EncodedRow& row : split.rows) {
        row.spans = {};
        row.message = {};
        row.text = {};
    }
}

} // namespace

Result<void> TrainingRun::findCheckpoint() {
    auto checkpoints = run::listCheckpoints(m_folder);
    while (!checkpoints.empty()) {
        auto data = readCheckpoint(checkpoints.back().path);
        if (data) {
            m_checkpoint = std::move(*data);
            m_resumedFrom = m_checkpoint->state.step;
            return {};
        }
        // Damaged: put aside under a name that is no checkpoint, and go further back.
        FETTLE_TRY(log("warning", "checkpoint of step " + std::to_string(checkpoints.back().step) +
                                      " cannot be read (" + data.error().text() + "); going back to the one before"));
        FETTLE_TRY(publishFolder(checkpoints.back().path, checkpoints.back().path + ".damaged"));
        checkpoints.pop_back();
    }
    const auto history = run::readRun(m_folder);
    if (history && history->lastStep > 0) {
        m_resumedFrom = 0; // steps of an earlier life that no checkpoint kept
    }
    return {};
}

Result<void> TrainingRun::encodeRows() {
    auto path = resolveModelPath(m_recipe.model);
    if (!path) {
        return fail(path.error().forKey("model"), "error");
    }
    m_modelPath = std::move(*path);
    // Opened first (a map, nothing is read yet): a model that is not supported is told before its rows are encoded.
    auto files = model::openModel(m_modelPath);
    if (!files) {
        return fail(files.error(), "error");
    }
    m_files = std::move(*files);
    auto textModel = loadTextModel(m_modelPath);
    if (!textModel) {
        return fail(textModel.error(), "error");
    }
    auto withTemplate = withRecipeTemplate(std::move(*textModel), m_recipe, m_folder);
    if (!withTemplate) {
        return fail(withTemplate.error(), "error");
    }
    m_text = std::move(*withTemplate);

    std::stop_source stop;
    const auto watch = [&](std::int64_t) {
        if (m_control.stopRequested()) {
            stop.request_stop();
        }
    };
    const auto encode = [&](const std::vector<std::string>& entries, EncodedSplit& split) -> Result<void> {
        auto encoded = encodeSplit(m_recipe, entries, m_folder, m_text, stop.get_token(), watch);
        if (!encoded) {
            if (encoded.error().code == ErrorCode::Cancelled) {
                return {};
            }
            return fail(encoded.error(), "data");
        }
        split = std::move(*encoded);
        return {};
    };
    FETTLE_TRY(encode(m_recipe.data.train, m_train));
    FETTLE_TRY(encode(m_recipe.data.validation, m_validation));
    if (m_control.stopRequested()) {
        return {};
    }
    if (m_recipe.data.validationShare > 0) {
        splitOff(m_train, m_validation, m_recipe.data.validationShare, static_cast<std::uint64_t>(m_recipe.seed));
    }
    for (const auto& [split, name] : {std::pair{&m_train, "train"}, std::pair{&m_validation, "validation"}}) {
        if (split->goodRows + split->badRows + split->leftOut == 0) {
            continue;
        }
        std::string line = std::string(name) + ": " + countOf(static_cast<std::int64_t>(split->rows.size()), "row") +
                           ", " + std::to_string(split->tokens) + " tokens, " + std::to_string(split->labelTokens) +
                           " trained";
        if (split->badRows > 0) {
            line += ", " + countOf(split->badRows, "faulty row") + " left out";
        }
        if (split->leftOut > 0) {
            line += ", " + countOf(split->leftOut, "row") + " left out by choice";
        }
        if (split->overLong > 0) {
            line +=
                ", " + countOf(split->overLong, "row") + " longer than the context (" + m_recipe.data.overLong + ")";
        }
        if (split->silent > 0) {
            line += ", " + countOf(split->silent, "row") + " without a trained token (" + split->silentReason + ")";
        }
        if (split->bytesWithoutToken > 0) {
            line += ", " + std::to_string(split->bytesWithoutToken) + " bytes have no token in this vocabulary";
        }
        const bool look = split->badRows + split->overLong + split->silent > 0 || split->bytesWithoutToken > 0;
        FETTLE_TRY(log(look ? "warning" : "info", line));
    }
    dropTexts(m_train);
    dropTexts(m_validation);
    return {};
}

Result<void> TrainingRun::loadModel() {
    FrozenSettings& frozen = m_state.frozen;
    auto device = engine::resolveDevice(m_recipe.training.device);
    if (!device) {
        return fail(device.error().forKey("training.device"), "error");
    }
    frozen.device = *device;
    FETTLE_TRY_VALUE(const auto compute, engine::computeTypeFromName(m_recipe.training.computeDtype, *device));
    FETTLE_TRY_VALUE(const auto recompute, engine::recomputeFromName(m_recipe.training.recompute));
    if (m_recipe.training.baseStorage != "auto" && m_recipe.training.baseStorage != engine::computeTypeName(compute)) {
        return fail(makeError(ErrorCode::Unsupported,
                              "the base cannot be kept as " + m_recipe.training.baseStorage + " while computing in " +
                                  engine::computeTypeName(compute),
                              "Set training.base_storage to auto.")
                        .forKey("training.base_storage"),
                    "error");
    }
    frozen.computeDtype = engine::computeTypeName(compute);
    frozen.recompute = engine::recomputeName(recompute);
    frozen.threads = m_recipe.training.threads > 0
                         ? static_cast<int>(m_recipe.training.threads)
                         : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    frozen.kernels = engine::kernels::name(engine::kernels::bestInstructionSet());
    frozen.torchVersion = TORCH_VERSION;
    frozen.microTokens = microTokensOf(m_recipe, frozen.device != "cpu");

    const RowLengths lengths = rowLengths(m_train);
    auto plan = RunPlan::make(m_recipe, lengths.tokens, lengths.labels, frozen.microTokens);
    if (!plan) {
        return fail(plan.error(), "data");
    }
    m_plan = std::move(*plan);
    frozen.packingHash = hashHex(m_plan->hash() + m_train.hash);
    m_schedule = scheduleOf(m_recipe.optimizer, m_plan->totalSteps());
    m_state.totalSteps = m_plan->totalSteps();
    if (!m_validation.rows.empty()) {
        const RowLengths validation = rowLengths(m_validation);
        data::PackOptions pack;
        pack.batchTokens = frozen.microTokens;
        pack.microTokens = frozen.microTokens;
        pack.shuffle = false;
        m_validationPlan = data::planEpoch(validation.tokens, validation.labels, pack);
    }
    m_rowLosses = std::make_unique<RowLossSums>(m_train.sampleIds);
    m_prompts = samplePrompts(m_recipe, m_folder, m_text);

    engine::DecoderOptions options;
    options.compute = compute;
    options.device = frozen.device;
    options.threads = frozen.threads;
    options.recompute = recompute;
    auto loaded = engine::DecoderModel::load(*m_files, options);
    m_files.reset();
    if (!loaded) {
        return fail(loaded.error(), loaded.error().code == ErrorCode::OutOfMemory ? "out_of_memory" : "error");
    }
    m_model = std::move(*loaded);
    return {};
}

Result<void> TrainingRun::makeAdapter() {
    const model::ModelConfig& config = m_model->config();
    Result<std::unique_ptr<engine::AdapterStore>> store = Error{};
    if (m_checkpoint) {
        store = engine::AdapterStore::fromPeft(config, m_checkpoint->adapter, m_state.frozen.device);
    } else if (!m_recipe.adapter.initFrom.empty()) {
        FETTLE_TRY_VALUE(const model::PeftAdapter from, model::readPeftAdapter(m_recipe.adapter.initFrom));
        store = engine::AdapterStore::fromPeft(config, from, m_state.frozen.device);
    } else {
        const recipe::AdapterSection& section = m_recipe.adapter;
        model::AdapterConfig adapter;
        adapter.baseModel = m_recipe.model;
        adapter.rank = section.rank;
        adapter.alpha = section.alpha;
        adapter.dropout = section.dropout;
        adapter.targets = section.targets;
        adapter.rankPattern = section.rankPattern;
        adapter.alphaPattern = section.alphaPattern;
        adapter.rslora = section.rslora;
        adapter.dora = section.dora;
        store = engine::AdapterStore::create(config, adapter, {section.init, static_cast<std::uint64_t>(m_recipe.seed)},
                                             m_state.frozen.device);
    }
    if (!store) {
        return fail(store.error(), "error");
    }
    m_adapter = std::move(*store);
    FETTLE_TRY(m_model->setAdapter(m_adapter.get()));
    m_optimizer = std::make_unique<Optimizer>(*m_adapter, m_recipe.optimizer, m_recipe.adapter.plusRatio);
    return {};
}

Result<void> TrainingRun::restore() {
    if (!m_checkpoint) {
        return {};
    }
    const FrozenSettings now = m_state.frozen;
    const TrainState& saved = m_checkpoint->state;
    FETTLE_TRY(m_optimizer->restore(m_checkpoint->firstMoment, m_checkpoint->secondMoment, saved.optimizerSteps));
    if (!m_rowLosses->restore(m_checkpoint->rowLossSums, m_checkpoint->rowLossCounts)) {
        FETTLE_TRY(
            log("warning",
                "the training rows are not those of the checkpoint: losses by row of this epoch count from here"));
    }
    const auto differences = saved.frozen.differences(now);
    if (!differences.empty()) {
        std::string line = "settings differ from those of the checkpoint, so this run is not bit-reproducible:";
        for (const std::string& difference : differences) {
            line += " " + difference + ";";
        }
        FETTLE_TRY(log("warning", line));
    }
    m_state = saved;
    m_state.frozen = now;
    m_state.totalSteps = m_plan->totalSteps();
    m_checkpoint.reset();
    return {};
}

} // namespace fettle::train
