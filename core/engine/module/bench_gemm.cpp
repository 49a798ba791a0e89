// The speed of the frozen products alone, on the shapes of a model: the roofline that a training step on this machine
// is held against.
#include "engine/module/engine_module.h"

#include "engine/adapter_store.h"
#include "engine/device.h"
#include "engine/frozen_linear.h"
#include "engine/module/watch.h"
#include "model/model_files.h"
#include "train/model_text.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>

namespace fettle::engine {
namespace {

constexpr std::int64_t kTokens = 1024;
constexpr int kRounds = 5;
constexpr std::int64_t kHeadRows = 128;
constexpr std::int64_t kWeightBudget = std::int64_t{1} << 30; // bytes of distinct weights of one shape, both directions

/// SmolLM2-135M, for when no model is named.
model::ModelConfig defaultShape() {
    model::ModelConfig config;
    config.modelType = "llama";
    config.vocabulary = 49152;
    config.hidden = 576;
    config.intermediate = 1536;
    config.layers = 30;
    config.heads = 9;
    config.kvHeads = 3;
    config.headDim = 64;
    return config;
}

template <class Work>
Json timed(Work&& work, double flop) {
    std::vector<double> speeds;
    work();
    for (int i = 0; i < kRounds; ++i) {
        const auto start = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        speeds.push_back(flop / took.count() / 1e12);
    }
    return spread(std::move(speeds));
}

} // namespace

Result<Json> benchGemm(const std::string& model, int threads) {
    prepareTorch();
    const int used = setComputeThreads(threads);
    const at::NoGradGuard noGrad;
    model::ModelConfig config = defaultShape();
    if (!model.empty()) {
        FETTLE_TRY_VALUE(const std::string path, train::resolveModelPath(model));
        FETTLE_TRY_VALUE(const std::unique_ptr<model::ModelFiles> files, model::openModel(path));
        config = files->config();
    }
    struct Shape {
        const char* name;
        std::int64_t out, in, copies, rows;
    };
    const auto out = [&](Projection projection) { return projectionShape(config, projection).out; };
    const std::int64_t qkv = out(Projection::Q) + out(Projection::K) + out(Projection::V);
    const std::vector<Shape> shapes = {{"qkv", qkv, config.hidden, config.layers, kTokens},
                                       {"o", config.hidden, out(Projection::Q), config.layers, kTokens},
                                       {"gate_up", 2 * config.intermediate, config.hidden, config.layers, kTokens},
                                       {"down", config.hidden, config.intermediate, config.layers, kTokens},
                                       {"head", config.vocabulary, config.hidden, 1, kHeadRows}};
    Json result = {{"bench", "gemm"}, {"unit", "TFLOP/s"}, {"threads", used}, {"tokens", kTokens}};
    Watch watch;
    watch.start();
    for (const auto dtype : {at::kBFloat16, at::kFloat}) {
        Json list = Json::array();
        double seconds = 0; // one forward and one backward of all layers' bodies
        double flops = 0;
        for (const Shape& shape : shapes) {
            const std::int64_t bytes = 2 * shape.out * shape.in * (dtype == at::kFloat ? 4 : 2);
            const std::int64_t copies = std::clamp<std::int64_t>(kWeightBudget / bytes, 1, shape.copies);
            std::vector<FrozenLinear> layers;
            for (std::int64_t i = 0; i < copies; ++i) {
                FETTLE_TRY_VALUE(
                    FrozenLinear layer,
                    FrozenLinear::create(at::randn({shape.out, shape.in}, at::kFloat).mul_(0.02).to(dtype)));
                layers.push_back(std::move(layer));
            }
            const at::Tensor x = at::randn({shape.rows, shape.in}, at::kFloat).to(dtype);
            const at::Tensor dy = at::randn({shape.rows, shape.out}, at::kFloat).to(dtype);
            const double flop = 2.0 * static_cast<double>(shape.rows * shape.out * shape.in * copies);
            Json row = {
                {"shape", shape.name}, {"n", shape.out}, {"k", shape.in}, {"T", shape.rows}, {"weights", copies}};
            row["packed"] = layers.front().packed();
            row["forward"] = timed(
                [&] {
                    for (const auto& layer : layers) {
                        static_cast<void>(layer.forward(x));
                    }
                },
                flop);
            row["backward"] = timed(
                [&] {
                    for (const auto& layer : layers) {
                        static_cast<void>(layer.backwardInput(dy));
                    }
                },
                flop);
            if (shape.copies > 1 || config.layers == 1) {
                const double whole = flop * static_cast<double>(config.layers) / static_cast<double>(copies);
                for (const char* direction : {"forward", "backward"}) {
                    seconds += whole / (row[direction]["median"].get<double>() * 1e12);
                    flops += whole;
                }
            }
            list.push_back(std::move(row));
        }
        const char* name = dtype == at::kFloat ? "fp32" : "bf16";
        result[name] = Json{{"shapes", std::move(list)},
                            {"body_tflops", flops / seconds / 1e12},
                            {"tokens_per_s_bound", static_cast<double>(kTokens) / seconds}};
    }
    watch.stop();
    result["other_cores"] = spread(watch.otherCores());
    result["cpu"] = deviceSummary().cpu;
    return result;
}

} // namespace fettle::engine
