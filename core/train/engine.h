// The door to the engine: everything that needs LibTorch behind one torch-free interface. The module
// libfettle_engine.so implements it; tests and the window's tests use a fake.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "jobs/run_control.h"
#include "recipe/recipe.h"
#include "run/events.h"

#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace fettle::train {

inline constexpr std::uint32_t kEngineInterface = 2; // raise with every change of this header

struct EngineInfo {
    std::string torchVersion, cpu; // cpu: "AVX-512 bf16", "AMX bf16", "AVX2", …
    bool fastBf16 = false;         // bf16 GEMMs have hardware behind them
    bool cuda = false;
    std::vector<std::string> devices; // "cpu", "cuda:0"
    int threads = 1;
};

struct LoadOptions {
    std::string model;          // HF folder or .gguf
    std::string adapter;        // PEFT folder or "" = base
    std::string dtype = "auto"; // auto fp32 bf16
    std::string device = "auto";
    int threads = 0; // 0 = auto
};

struct GenerateOptions {
    int maxNewTokens = 64;
    bool greedy = true;
    double temperature = 1, topP = 1;
    int topK = 0; // 0 = off
    std::uint64_t seed = 0;
    std::vector<std::int32_t> stopIds;
    std::stop_token stop;
};

struct Generation {
    std::vector<std::int32_t> ids; // new ids; the stop id is not among them
    bool stopped = false;          // ended by a stop id, not by length
};

/// A loaded model. Calls come from one thread at a time.
class LoadedModel {
public:
    virtual ~LoadedModel() = default;
    /// Natural log-probability of each id given those before it; [0] has none and is NaN.
    [[nodiscard]] virtual Result<std::vector<double>> score(std::span<const std::int32_t> ids) = 0;
    /// Logits of every position, [tokens * vocabulary] row-major (tests).
    [[nodiscard]] virtual Result<std::vector<float>> logits(std::span<const std::int32_t> ids) = 0;
    /// Several prompts at once with a KV cache. `onToken(prompt, id)` may be empty; called as ids are chosen.
    [[nodiscard]] virtual Result<std::vector<Generation>>
    generate(const std::vector<std::vector<std::int32_t>>& prompts, const GenerateOptions& options,
             const std::function<void(int, std::int32_t)>& onToken) = 0;
    /// Replaces the adapter ("" = base) without loading the base again.
    [[nodiscard]] virtual Result<void> setAdapter(const std::string& folder) = 0;
};

/// Where a trainer sends events. Returns the error of the disk, which ends the run.
class EventSink {
public:
    virtual ~EventSink() = default;
    [[nodiscard]] virtual Result<void> publish(run::EventBody body) = 0;
};

/// One training run in a prepared run folder (recipe.json is there). With checkpoints in the folder it goes on from the
/// last one. Publishes Starting, Running, …, and exactly one final state. Returns the final state; an Error only where
/// no event could be written. Thread: a device lane; returns when the run has ended.
class Trainer {
public:
    virtual ~Trainer() = default;
    [[nodiscard]] virtual Result<jobs::RunState> run(const std::string& runFolder, const recipe::Recipe& recipe,
                                                     jobs::RunControl& control, EventSink& sink) = 0;
};

struct BenchTrainOptions {
    std::string model, batches, init,
        saveAdapter; // batches: file as peers/bench_peft.py writes it; "" = seeded random ids
    std::string dtype = "bf16", device = "auto";
    int batch = 2, seq = 512;
    double labelFraction = 0.5, learningRate = 2e-4;
    int steps = 6, warmup = 2, threads = 0, rank = 16;
    double alpha = 32;
    std::uint64_t seed = 7;
    recipe::Recipe recipe; // further options by --set
};

class Engine {
public:
    virtual ~Engine() = default;
    [[nodiscard]] virtual EngineInfo info() = 0;
    [[nodiscard]] virtual Result<std::unique_ptr<LoadedModel>> load(const LoadOptions& options) = 0;
    [[nodiscard]] virtual std::unique_ptr<Trainer> makeTrainer() = 0;
    /// {"tokens_per_s":{"median","min","max"},"step_s":[…],"peak_bytes","losses":[…],…}
    [[nodiscard]] virtual Result<Json> benchTrain(const BenchTrainOptions& options) = 0;
    /// GEMM roofline of this machine on the shapes of `model` ("" = SmolLM2-135M).
    [[nodiscard]] virtual Result<Json> benchGemm(const std::string& model, int threads) = 0;
};

/// Opens libfettle_engine.so (lib/fettle beside or above the program, or $FETTLE_ENGINE_MODULE) on first use and keeps
/// it. Takes 0.2 s: call it inside a job. Error EngineMissing with what was tried and the remedy. Thread: any.
[[nodiscard]] Result<Engine*> openEngine();

} // namespace fettle::train

/// The one symbol of the module. Null when the interface number does not fit. The engine lives as long as the process.
extern "C" fettle::train::Engine* fettleEngineCreate(std::uint32_t interfaceNumber);
using FettleEngineCreate = fettle::train::Engine* (*)(std::uint32_t);
