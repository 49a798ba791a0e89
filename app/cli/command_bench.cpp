// fettle bench: speed of training, generation and matrix products on this machine.
#include "cli/commands.h"
#include "cli/id_file.h"
#include "cli/run_location.h"
#include "recipe/fields.h"
#include "train/model_text.h"

#include <algorithm>
#include <chrono>

namespace fettle::app {
namespace {

int benchTrain(const Arguments& arguments) {
    train::BenchTrainOptions options;
    const auto model = train::resolveModelPath(arguments.text("--model", "smollm2-135m-instruct"));
    if (!model) {
        return failed(model.error());
    }
    options.model = *model;
    options.batches = arguments.text("--batches");
    options.init = arguments.text("--init");
    options.saveAdapter = arguments.text("--save-adapter");
    options.dtype = arguments.text("--dtype", "bf16");
    options.device = arguments.text("--device", "auto");
    const auto integer = [&](const char* name, std::int64_t fallback, int& target) -> Result<void> {
        FETTLE_TRY_VALUE(const std::int64_t value, arguments.integer(name, fallback, 0, 1 << 24));
        target = static_cast<int>(value);
        return {};
    };
    for (auto result : {integer("--batch", 2, options.batch), integer("--seq", 512, options.seq),
                        integer("--steps", 6, options.steps), integer("--warmup", 2, options.warmup),
                        integer("--threads", 0, options.threads), integer("--rank", 16, options.rank)}) {
        if (!result) {
            return failed(result.error());
        }
    }
    const auto fraction = arguments.number("--label-fraction", 0.5, 0, 1);
    if (!fraction) {
        return failed(fraction.error());
    }
    options.labelFraction = *fraction;
    for (const std::string& assignment : arguments.all("--set")) {
        if (auto applied = recipe::applySetting(options.recipe, assignment); !applied) {
            return failed(applied.error());
        }
    }
    const auto engine = train::openEngine();
    if (!engine) {
        return failed(engine.error());
    }
    const auto result = (*engine)->benchTrain(options);
    if (!result) {
        return failed(result.error());
    }
    printJson(*result);
    return kDone;
}

int benchGemm(const Arguments& arguments) {
    const auto threads = arguments.integer("--threads", 0, 0, 1024);
    if (!threads) {
        return failed(threads.error());
    }
    std::string model;
    if (arguments.has("--model")) {
        const auto path = train::resolveModelPath(arguments.text("--model"));
        if (!path) {
            return failed(path.error());
        }
        model = *path;
    }
    const auto engine = train::openEngine();
    if (!engine) {
        return failed(engine.error());
    }
    const auto result = (*engine)->benchGemm(model, static_cast<int>(*threads));
    if (!result) {
        return failed(result.error());
    }
    printJson(*result);
    return kDone;
}

// Greedy answers to prompts of equal length: one by one, then all at once.
int benchGenerate(const Arguments& arguments) {
    const auto prompts = arguments.integer("--prompts", 48, 1, 4096);
    const auto length = arguments.integer("--prompt-tokens", 40, 1, 100000);
    const auto fresh = arguments.integer("--new-tokens", 8, 1, 100000);
    for (const auto* value : {&prompts, &length, &fresh}) {
        if (!*value) {
            return failed(value->error());
        }
    }
    auto model = loadModel(arguments);
    if (!model) {
        return failed(model.error());
    }
    std::vector<std::vector<std::int32_t>> ids;
    std::uint64_t state = 7;
    for (std::int64_t row = 0; row < *prompts; ++row) {
        auto& prompt = ids.emplace_back();
        for (std::int64_t i = 0; i < *length; ++i) {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            prompt.push_back(static_cast<std::int32_t>(1000 + (state >> 33) % 20000));
        }
    }
    train::GenerateOptions options;
    options.maxNewTokens = static_cast<int>(*fresh);
    const auto seconds = [&](const std::vector<std::vector<std::int32_t>>& batch,
                             std::int64_t& made) -> Result<double> {
        const auto begin = std::chrono::steady_clock::now();
        FETTLE_TRY_VALUE(const auto answers, (*model)->generate(batch, options, {}));
        for (const train::Generation& answer : answers) {
            made += static_cast<std::int64_t>(answer.ids.size());
        }
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    };
    Json json = {{"bench", "generate"}, {"prompts", *prompts}, {"prompt_tokens", *length}, {"new_tokens", *fresh}};
    std::int64_t ignored = 0;
    if (const auto warm = seconds({ids.front()}, ignored); !warm) {
        return failed(warm.error());
    }
    double one = 0;
    std::int64_t oneTokens = 0;
    const std::size_t alone = std::min<std::size_t>(ids.size(), 12);
    for (std::size_t i = 0; i < alone; ++i) {
        const auto time = seconds({ids[i]}, oneTokens);
        if (!time) {
            return failed(time.error());
        }
        one += *time;
    }
    std::int64_t allTokens = 0;
    const auto all = seconds(ids, allTokens);
    if (!all) {
        return failed(all.error());
    }
    json["one_by_one"] = {{"rows_per_s", static_cast<double>(alone) / one},
                          {"new_tokens_per_s", static_cast<double>(oneTokens) / one}};
    json["batched"] = {{"rows_per_s", static_cast<double>(ids.size()) / *all},
                       {"new_tokens_per_s", static_cast<double>(allTokens) / *all}};
    printJson(json);
    return kDone;
}

} // namespace

std::vector<Command> benchCommands() {
    return {
        {{.name = "bench train",
          .summary = "LoRA steps on fixed ids: tokens/s, peak memory, the loss of each step (JSON)",
          .options = {{.name = "--model", .value = "M", .help = "model (smollm2-135m-instruct)"},
                      {.name = "--batches",
                       .value = "F.json",
                       .help = "ids and labels of each step; default: seeded random ids"},
                      {.name = "--init", .value = "PEFT_DIR", .help = "the adapter to start from"},
                      {.name = "--save-adapter", .value = "DIR", .help = "writes the trained adapter"},
                      {.name = "--dtype", .value = "T", .help = "bf16 or fp32"},
                      {.name = "--device", .value = "D", .help = "auto, cpu or cuda:0"},
                      {.name = "--batch", .value = "N", .help = "rows a step (2)"},
                      {.name = "--seq", .value = "N", .help = "tokens a row (512)"},
                      {.name = "--label-fraction", .value = "X", .help = "share of each row that is trained (0.5)"},
                      {.name = "--steps", .value = "N", .help = "steps (6)"},
                      {.name = "--warmup", .value = "N", .help = "first steps that do not count (2)"},
                      {.name = "--threads", .value = "N", .help = "compute threads"},
                      {.name = "--rank", .value = "N", .help = "rank of the adapter (16)"},
                      {.name = "--set", .value = "key=value", .help = "recipe options", .repeatable = true}}},
         benchTrain},
        {{.name = "bench generate",
          .summary = "greedy answers one by one and batched (JSON)",
          .options = withModelOptions({{.name = "--prompts", .value = "N", .help = "prompts (48)"},
                                       {.name = "--prompt-tokens", .value = "N", .help = "tokens of each (40)"},
                                       {.name = "--new-tokens", .value = "N", .help = "tokens to answer with (8)"}})},
         benchGenerate},
        {{.name = "bench gemm",
          .summary = "matrix products on the model's shapes: the roofline of this machine (JSON)",
          .options = {{.name = "--model", .value = "M", .help = "whose shapes (SmolLM2-135M)"},
                      {.name = "--threads", .value = "N", .help = "compute threads"}}},
         benchGemm}};
}

} // namespace fettle::app
