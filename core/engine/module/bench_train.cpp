// Training speed on fixed token ids: the very steps, start values and optimizer that another program was given, so that
// speed and losses can be held side by side.
#include "engine/module/engine_module.h"

#include "engine/decoder_model.h"
#include "engine/device.h"
#include "engine/kernels/kernels.h"
#include "engine/module/watch.h"
#include "engine/random.h"
#include "model/peft_adapter.h"
#include "train/model_text.h"
#include "train/optimizer.h"
#include "train/process_memory.h"

#include <torch/headeronly/version.h>

#include <algorithm>
#include <cmath>

namespace fettle::engine {
namespace {

struct BenchRow {
    std::vector<std::int32_t> ids, labels; // labels not shifted, -100 = none
};
using BenchStep = std::vector<BenchRow>;

constexpr int kRandomSteps = 4; // as the peer script makes

Result<std::vector<std::int32_t>> integers(const Json& array, const std::string& key) {
    if (!array.is_array()) {
        return makeError(ErrorCode::Parse, "a list of integers was expected").forKey(key);
    }
    std::vector<std::int32_t> values;
    values.reserve(array.size());
    for (const Json& value : array) {
        if (!value.is_number_integer()) {
            return makeError(ErrorCode::Parse, "a list of integers was expected").forKey(key);
        }
        values.push_back(value.get<std::int32_t>());
    }
    return values;
}

Result<std::vector<BenchStep>> readSteps(const std::string& path) {
    FETTLE_TRY_VALUE(const Json json, readJsonFile(path));
    const auto fault = [&](const std::string& what, const std::string& key) {
        return makeError(ErrorCode::Parse, what, R"(Expected {"steps":[{"input_ids":[[…]],"labels":[[…]]}]}.)")
            .at(path)
            .forKey(key);
    };
    if (!json.is_object() || !json.contains("steps") || !json["steps"].is_array() || json["steps"].empty()) {
        return fault("there are no steps", "steps");
    }
    std::vector<BenchStep> steps;
    for (const Json& step : json["steps"]) {
        const std::string key = "steps[" + std::to_string(steps.size()) + "]";
        if (!step.is_object() || !step.contains("input_ids") || !step.contains("labels") ||
            !step["input_ids"].is_array() || !step["labels"].is_array() ||
            step["input_ids"].size() != step["labels"].size()) {
            return fault("input_ids and labels must be lists of equally many rows", key);
        }
        BenchStep rows;
        for (std::size_t r = 0; r < step["input_ids"].size(); ++r) {
            BenchRow row;
            auto ids = integers(step["input_ids"][r], key + ".input_ids");
            auto labels = integers(step["labels"][r], key + ".labels");
            if (!ids || !labels || ids.value().size() != labels.value().size()) {
                return fault("ids and labels must be integers, equally many", key);
            }
            rows.push_back({std::move(ids).value(), std::move(labels).value()});
        }
        steps.push_back(std::move(rows));
    }
    return steps;
}

std::vector<BenchStep> randomSteps(const train::BenchTrainOptions& options, std::int64_t vocabulary) {
    Random random(options.seed);
    const auto unlabelled = static_cast<std::size_t>(options.seq) -
                            static_cast<std::size_t>(std::lround(options.seq * options.labelFraction));
    std::vector<BenchStep> steps(kRandomSteps);
    for (BenchStep& step : steps) {
        step.resize(static_cast<std::size_t>(options.batch));
        for (BenchRow& row : step) {
            for (int i = 0; i < options.seq; ++i) {
                const auto span = static_cast<std::uint64_t>(std::max<std::int64_t>(1, vocabulary - 3));
                row.ids.push_back(static_cast<std::int32_t>(std::min<std::int64_t>(3, vocabulary - 1)) +
                                  static_cast<std::int32_t>(random.next() % span));
            }
            row.labels = row.ids;
            std::fill_n(row.labels.begin(), std::min(unlabelled, row.labels.size()), -100);
        }
    }
    return steps;
}

/// Rows packed into micro-batches of at most `capacity` tokens (0: all in one; a longer row alone).
std::vector<data::PackedBatch> microBatches(const BenchStep& step, std::int64_t capacity) {
    std::vector<data::PackedBatch> batches;
    for (const BenchRow& row : step) {
        const auto size = static_cast<std::int64_t>(row.ids.size());
        if (batches.empty() || (capacity > 0 && batches.back().computedTokens() + size > capacity)) {
            batches.emplace_back();
        }
        data::PackedBatch& batch = batches.back();
        const auto begin = static_cast<std::int32_t>(batch.ids.size());
        for (std::size_t i = 0; i < row.ids.size(); ++i) {
            batch.ids.push_back(row.ids[i]);
            batch.pos.push_back(static_cast<std::int32_t>(i));
            if (i > 0 && row.labels[i] >= 0) {
                batch.labelRows.push_back(begin + static_cast<std::int32_t>(i) - 1);
                batch.labels.push_back(row.labels[i]);
                batch.weights.push_back(1.0F);
            }
        }
        batch.segments.push_back({begin, static_cast<std::int32_t>(batch.ids.size()), -1, -1});
        batch.realTokens = batch.computedTokens();
    }
    return batches;
}

Result<std::unique_ptr<AdapterStore>> startAdapter(const train::BenchTrainOptions& options,
                                                   const model::ModelConfig& config, const std::string& modelPath,
                                                   const std::string& device) {
    if (!options.init.empty()) {
        FETTLE_TRY_VALUE(const model::PeftAdapter adapter, model::readPeftAdapter(options.init));
        return AdapterStore::fromPeft(config, adapter, device);
    }
    const recipe::AdapterSection& section = options.recipe.adapter;
    model::AdapterConfig adapter;
    adapter.baseModel = modelPath;
    adapter.rank = options.rank;
    adapter.alpha = options.alpha;
    adapter.dropout = section.dropout;
    adapter.targets = section.targets;
    adapter.rankPattern = section.rankPattern;
    adapter.alphaPattern = section.alphaPattern;
    adapter.rslora = section.rslora;
    adapter.dora = section.dora;
    return AdapterStore::create(config, adapter, {.method = section.init, .seed = options.seed}, device);
}

} // namespace

Result<Json> benchTrain(const train::BenchTrainOptions& options) {
    prepareTorch();
    if (options.steps < 1 || options.warmup < 0 || options.warmup >= options.steps) {
        return makeError(ErrorCode::Usage, "the steps must be more than the warm-up steps").forKey("steps");
    }
    if (options.batch < 1 || options.seq < 2 || !(options.labelFraction > 0 && options.labelFraction <= 1)) {
        return makeError(ErrorCode::Usage, "batch must be at least 1, seq 2, label-fraction above 0 and at most 1");
    }
    DecoderOptions decoding;
    FETTLE_TRY_VALUE(decoding.device, resolveDevice(options.device));
    FETTLE_TRY_VALUE(decoding.compute, computeTypeFromName(options.dtype, decoding.device));
    FETTLE_TRY_VALUE(decoding.recompute, recomputeFromName(options.recipe.training.recompute));
    decoding.threads = options.threads;
    FETTLE_TRY_VALUE(const std::string path, train::resolveModelPath(options.model));
    FETTLE_TRY_VALUE(std::unique_ptr<model::ModelFiles> files, model::openModel(path));
    const model::ModelConfig config = files->config();
    std::vector<BenchStep> steps;
    if (options.batches.empty()) {
        steps = randomSteps(options, config.vocabulary);
    } else {
        FETTLE_TRY_VALUE(steps, readSteps(options.batches));
    }
    FETTLE_TRY_VALUE(const std::unique_ptr<DecoderModel> decoder, DecoderModel::load(*files, decoding));
    files.reset();
    FETTLE_TRY_VALUE(const std::unique_ptr<AdapterStore> store, startAdapter(options, config, path, decoding.device));
    FETTLE_TRY(decoder->setAdapter(store.get()));
    recipe::OptimizerSection section; // AdamW as torch's defaults, without decay and clipping
    section.maxGradNorm = 0;
    train::Optimizer optimizer(*store, section, 1);

    std::vector<std::vector<data::PackedBatch>> batches;
    for (const BenchStep& step : steps) {
        batches.push_back(microBatches(step, options.recipe.training.microTokens));
    }
    Watch watch;
    std::vector<double> losses;
    std::vector<double> tokens;
    double labels = 0;
    for (int i = 0; i < options.steps; ++i) {
        const auto& step = batches[static_cast<std::size_t>(i) % batches.size()];
        double weight = 0;
        double count = 0;
        for (const data::PackedBatch& batch : step) {
            weight += static_cast<double>(batch.labels.size());
            count += static_cast<double>(batch.realTokens);
        }
        if (weight == 0) {
            return makeError(ErrorCode::InvalidInput, "a step has no labels").at(options.batches);
        }
        watch.start();
        store->zeroGradients();
        double loss = 0;
        for (std::size_t b = 0; b < step.size(); ++b) {
            const auto dropout = static_cast<std::uint64_t>(i) << 32U | b;
            FETTLE_TRY_VALUE(const BatchOutcome outcome,
                             decoder->forwardBackward(step[b], 1 / weight, mixBits(options.seed) ^ dropout));
            loss += outcome.lossSum;
        }
        optimizer.step(options.learningRate, 0);
        watch.stop();
        losses.push_back(loss / weight);
        tokens.push_back(count);
        labels += weight;
    }
    if (!options.saveAdapter.empty()) {
        FETTLE_TRY(model::writePeftAdapter(options.saveAdapter, store->toPeft()));
    }
    const DeviceSummary summary = deviceSummary();
    Json out = {{"bench", "fettle"},
                {"model", path},
                {"dtype", computeTypeName(decoding.compute)},
                {"device", decoding.device},
                {"recompute", recomputeName(decoding.recompute)},
                {"threads", setComputeThreads(options.threads)},
                {"rank", store->config().rank},
                {"tokens_per_step", tokens.front()},
                {"labels_per_step", labels / static_cast<double>(options.steps)}};
    std::int64_t trained = 0;
    for (const AdapterView& view : store->views()) {
        trained += view.count;
    }
    out["trained_parameters"] = trained;
    watch.report(tokens, static_cast<std::size_t>(options.warmup), out);
    out["peak_bytes"] = train::peakResidentBytes();
    out["weight_bytes"] = decoder->weightBytes();
    out["scratch_bytes"] = decoder->scratchBytes();
    out["losses"] = losses;
    out["cpu"] = summary.cpu;
    out["kernels"] = kernels::name(kernels::bestInstructionSet());
    out["versions"] = Json{{"fettle", FETTLE_VERSION}, {"torch", TORCH_VERSION}};
    return out;
}

} // namespace fettle::engine
