// A model loaded for scoring and generation, with an adapter that can be exchanged.
#include "engine/module/engine_module.h"

#include "engine/decoder_model.h"
#include "engine/device.h"
#include "engine/guard.h"
#include "model/peft_adapter.h"
#include "train/model_text.h"

namespace fettle::engine {
namespace {

class TorchModel final : public train::LoadedModel {
public:
    explicit TorchModel(std::unique_ptr<DecoderModel> decoder)
        : m_decoder(std::move(decoder)) {}

    Result<std::vector<double>> score(std::span<const std::int32_t> ids) override { return m_decoder->score(ids); }

    Result<std::vector<float>> logits(std::span<const std::int32_t> ids) override {
        data::PackedBatch batch;
        batch.ids.assign(ids.begin(), ids.end());
        for (std::size_t i = 0; i < ids.size(); ++i) {
            batch.pos.push_back(static_cast<std::int32_t>(i));
        }
        batch.segments.push_back({0, static_cast<std::int32_t>(ids.size()), -1, 0});
        batch.realTokens = batch.computedTokens();
        return m_decoder->logits(batch);
    }

    Result<std::vector<train::Generation>> generate(const std::vector<std::vector<std::int32_t>>& prompts,
                                                    const train::GenerateOptions& options,
                                                    const std::function<void(int, std::int32_t)>& onToken) override {
        SamplingOptions sampling;
        sampling.maxNewTokens = options.maxNewTokens;
        sampling.greedy = options.greedy;
        sampling.temperature = options.temperature;
        sampling.topP = options.topP;
        sampling.topK = options.topK;
        sampling.seed = options.seed;
        sampling.stopIds = options.stopIds;
        sampling.stop = options.stop;
        FETTLE_TRY_VALUE(std::vector<GeneratedRow> rows, m_decoder->generate(prompts, sampling, onToken));
        std::vector<train::Generation> out;
        for (GeneratedRow& row : rows) {
            out.push_back({std::move(row.ids), row.stopped});
        }
        return out;
    }

    Result<void> setAdapter(const std::string& folder) override {
        return guarded([&]() -> Result<void> {
            if (folder.empty()) {
                FETTLE_TRY(m_decoder->setAdapter(nullptr));
                m_store.reset();
                return {};
            }
            FETTLE_TRY_VALUE(const model::PeftAdapter adapter, model::readPeftAdapter(folder));
            auto store = AdapterStore::fromPeft(m_decoder->config(), adapter, m_decoder->options().device);
            if (!store) {
                Error error = std::move(store).error();
                return error.file.empty() ? std::move(error.at(folder)) : error;
            }
            FETTLE_TRY(m_decoder->setAdapter(store.value().get()));
            m_store = std::move(store).value();
            return {};
        });
    }

private:
    std::unique_ptr<AdapterStore> m_store; // outlives the model that points at it
    std::unique_ptr<DecoderModel> m_decoder;
};

} // namespace

Result<std::unique_ptr<train::LoadedModel>> loadForUse(const train::LoadOptions& options) {
    prepareTorch();
    DecoderOptions decoding;
    FETTLE_TRY_VALUE(decoding.device, resolveDevice(options.device));
    FETTLE_TRY_VALUE(decoding.compute, computeTypeFromName(options.dtype, decoding.device));
    decoding.threads = options.threads;
    decoding.forInferenceOnly = true;
    FETTLE_TRY_VALUE(const std::string path, train::resolveModelPath(options.model));
    FETTLE_TRY_VALUE(const std::unique_ptr<model::ModelFiles> files, model::openModel(path));
    FETTLE_TRY_VALUE(std::unique_ptr<DecoderModel> decoder, DecoderModel::load(*files, decoding));
    auto loaded = std::make_unique<TorchModel>(std::move(decoder));
    if (!options.adapter.empty()) {
        FETTLE_TRY(loaded->setAdapter(options.adapter));
    }
    return std::unique_ptr<train::LoadedModel>(std::move(loaded));
}

} // namespace fettle::engine
