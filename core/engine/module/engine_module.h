// The inside of libfettle_engine.so: the engine interface over DecoderModel, and its benchmarks.
#pragma once

#include "train/engine.h"

namespace fettle::engine {

/// Opens and loads; see train::Engine.
[[nodiscard]] Result<std::unique_ptr<train::LoadedModel>> loadForUse(const train::LoadOptions& options);
[[nodiscard]] Result<Json> benchTrain(const train::BenchTrainOptions& options);
[[nodiscard]] Result<Json> benchGemm(const std::string& model, int threads);

} // namespace fettle::engine
