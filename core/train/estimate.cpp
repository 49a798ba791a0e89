// What a run will need, from the shape of the model alone. Symbols and derivation: README.md of this folder, "Memory
// and time".
#include "train/preflight.h"

#include "base/files.h"
#include "train/model_text.h"
#include "train/process_memory.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <thread>

namespace fettle::train {
namespace {

// Chosen where the recipe says auto, as the engine does.
constexpr double kHeadChunkRows = 128;
// Half of the tokens trained: nothing is known of the rows here but their number and length.
constexpr double kLabelShare = 0.5;
// The process with LibTorch, its libraries' scratch and the tokenised rows.
constexpr double kFixedBytes = 450e6;
// Priors of what one core, or one device, really computes: used until a run here was measured.
constexpr double kCoreBf16Flops = 150e9;
constexpr double kCoreFp32Flops = 80e9;
constexpr double kDeviceFlops = 300e12;

struct Shape {
    double hidden, query, keyValue, inner, vocabulary, layers, heads;
    double linearPerLayer = 0; // parameters
    double adapterPerLayer = 0;
};

struct Module {
    const char* name;
    double in, out;
};

bool isTarget(const recipe::AdapterSection& adapter, const std::string& module) {
    if (adapter.targets.empty()) {
        return true;
    }
    return std::any_of(adapter.targets.begin(), adapter.targets.end(), [&module](const std::string& target) {
        return target == module ||
               (target.size() > module.size() &&
                target.compare(target.size() - module.size() - 1, std::string::npos, '.' + module) == 0);
    });
}

Shape shapeOf(const model::ModelConfig& config, const recipe::AdapterSection& adapter) {
    Shape s{};
    s.hidden = static_cast<double>(config.hidden);
    s.query = static_cast<double>(config.heads * config.headDim);
    s.keyValue = static_cast<double>(config.kvHeads * config.headDim);
    s.inner = static_cast<double>(config.intermediate);
    s.vocabulary = static_cast<double>(config.vocabulary);
    s.layers = static_cast<double>(config.layers);
    s.heads = static_cast<double>(config.heads);
    const std::array<Module, 7> modules{{{"q_proj", s.hidden, s.query},
                                         {"k_proj", s.hidden, s.keyValue},
                                         {"v_proj", s.hidden, s.keyValue},
                                         {"o_proj", s.query, s.hidden},
                                         {"gate_proj", s.hidden, s.inner},
                                         {"up_proj", s.hidden, s.inner},
                                         {"down_proj", s.inner, s.hidden}}};
    for (const Module& module : modules) {
        s.linearPerLayer += module.in * module.out;
        if (isTarget(adapter, module.name)) {
            const auto own = adapter.rankPattern.find(module.name);
            const auto rank = static_cast<double>(own == adapter.rankPattern.end() ? adapter.rank : own->second);
            s.adapterPerLayer += rank * (module.in + module.out) + (adapter.dora ? module.out : 0);
        }
    }
    return s;
}

// Bytes kept per token for the backward pass, over all layers. The sums between the blocks are fp32 in either dtype.
double keptPerToken(const Shape& s, const std::string& recompute, double rank, double width) {
    const double all = (2 * s.hidden + 2 * s.query + 2 * s.keyValue + 2 * s.inner + 7 * rank) * width +
                       2 * s.hidden * sizeof(float) + 4 * s.heads + 8;
    if (recompute == "full") {
        return s.layers * s.hidden * sizeof(float) + all;
    }
    return s.layers * (recompute == "none" ? all : all - 2 * s.hidden * width);
}

struct Settings {
    bool bf16 = false, cuda = false;
    std::string recompute;
    double threads = 1;
};

Settings settingsOf(const recipe::Recipe& recipe) {
    Settings out;
    out.cuda = recipe.training.device.rfind("cuda", 0) == 0;
    const std::string& dtype = recipe.training.computeDtype;
    out.bf16 = dtype == "bf16" || (dtype == "auto" && (out.cuda || hasFastBf16()));
    out.recompute = recipe.training.recompute == "auto" ? "lean" : recipe.training.recompute;
    const auto cores = static_cast<double>(std::max(1U, std::thread::hardware_concurrency()));
    out.threads = recipe.training.threads > 0 ? static_cast<double>(recipe.training.threads) : cores;
    return out;
}

} // namespace

std::string speedKey(const recipe::Recipe& recipe) {
    const Settings settings = settingsOf(recipe);
    const std::string path = resolveModelPath(recipe.model).valueOr(recipe.model);
    return path + '|' + (settings.bf16 ? "bf16" : "fp32") + '|' +
           std::to_string(static_cast<std::int64_t>(settings.threads));
}

Estimate estimate(const model::ModelConfig& config, const recipe::Recipe& recipe, const RowLengths& lengths) {
    Estimate out;
    const std::int64_t tokensPerEpoch = std::accumulate(lengths.tokens.begin(), lengths.tokens.end(), std::int64_t{0});
    const auto rows = static_cast<std::int64_t>(lengths.tokens.size());
    const auto longestRow = rows > 0 ? *std::max_element(lengths.tokens.begin(), lengths.tokens.end()) : 0;
    const Settings settings = settingsOf(recipe);
    const Shape s = shapeOf(config, recipe.adapter);
    const double width = settings.bf16 ? 2 : 4;
    const auto rank = static_cast<double>(recipe.adapter.rank);
    const double meanRow = rows > 0 ? static_cast<double>(tokensPerEpoch) / static_cast<double>(rows) : 0;
    const auto context = static_cast<double>(recipe.training.context);
    const double longest = std::min(static_cast<double>(longestRow), context);

    // Memory.
    const auto micro = static_cast<double>(microTokensOf(recipe, settings.cuda));
    const auto batch = recipe.training.batchRows
                           ? static_cast<double>(*recipe.training.batchRows) * std::max(1.0, meanRow)
                           : static_cast<double>(recipe.training.batchTokens);
    const double tokens = std::max(
        longest, std::min({micro, std::max(batch, 1.0), std::max<double>(1, static_cast<double>(tokensPerEpoch))}));
    const double linear = s.layers * s.linearPerLayer;
    const double head = s.vocabulary * s.hidden;
    // On a processor every weight is packed for both directions; the embedding is kept once more to look tokens up.
    const double copies = settings.cuda ? 1 : 2;
    const double embedding = config.tiedEmbeddings && settings.cuda ? 0 : head;
    const double weights = (copies * (linear + head) + embedding) * width;
    const double adapterParameters = s.layers * s.adapterPerLayer;
    const double adapter = adapterParameters * (settings.bf16 ? 18 : 16);
    const double kept = keptPerToken(s, settings.recompute, rank, width) * tokens;
    const double transient = ((2 * s.inner + 4 * s.hidden) * width + 2 * s.hidden * sizeof(float)) * tokens;
    const double logits = kHeadChunkRows * s.vocabulary * 2 * sizeof(float);
    out.weightBytes = static_cast<std::uint64_t>(weights);
    out.adapterBytes = static_cast<std::uint64_t>(adapter);
    out.activationBytes = static_cast<std::uint64_t>(kept + transient + logits);
    out.fixedBytes = static_cast<std::uint64_t>(kFixedBytes);
    out.peakBytes = out.weightBytes + out.adapterBytes + out.activationBytes + out.fixedBytes;
    out.adapterParameters = static_cast<std::int64_t>(adapterParameters);
    out.machineBytes = availableMemoryBytes();

    // Operations: attention of a row looks back over half of it on average; flash attention's backward pass does five
    // products for two.
    const double forward =
        2 * linear + 2 * kLabelShare * head + 2 * s.layers * s.query * meanRow + 2 * adapterParameters;
    const double backward =
        2 * linear + 2 * kLabelShare * head + 5 * s.layers * s.query * meanRow + 4 * adapterParameters;
    const double again = settings.recompute == "full" ? forward - 2 * kLabelShare * head : 0;
    out.flopsPerToken = forward + backward + again;

    // Steps and time.
    out.tokensPerEpoch = tokensPerEpoch;
    out.steps = plannedSteps(recipe, lengths);
    const double measured = rememberedSpeed(speedKey(recipe));
    out.speedMeasured = measured > 0;
    const double flops =
        settings.cuda ? kDeviceFlops : settings.threads * (settings.bf16 ? kCoreBf16Flops : kCoreFp32Flops);
    out.tokensPerSecond = out.speedMeasured ? measured : flops / std::max(1.0, out.flopsPerToken);
    double allTokens = static_cast<double>(tokensPerEpoch) * recipe.training.epochs;
    if (recipe.training.maxSteps) {
        recipe::Recipe epoch = recipe;
        epoch.training.maxSteps.reset();
        epoch.training.epochs = 1;
        const auto steps = static_cast<double>(std::max<std::int64_t>(1, plannedSteps(epoch, lengths)));
        allTokens = static_cast<double>(tokensPerEpoch) * static_cast<double>(out.steps) / steps;
    }
    out.seconds = allTokens / std::max(1e-9, out.tokensPerSecond);
    return out;
}

} // namespace fettle::train
