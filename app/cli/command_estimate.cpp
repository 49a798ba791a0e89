// fettle estimate: rows, memory and time of a recipe before anything starts.
#include "base/numbers.h"
#include "cli/commands.h"
#include "cli/run_location.h"
#include "model/model_files.h"
#include "recipe/fields.h"
#include "train/model_text.h"
#include "train/preflight.h"
#include "train/run_service.h"

#ifdef FETTLE_WITH_PROJECT
#include "project/run_data.h"
#endif

#include <filesystem>

namespace fettle::app {
namespace {

Json splitJson(const train::EncodedSplit& split) {
    return {{"rows", split.goodRows},
            {"faulty_rows", split.badRows},
            {"over_long", split.overLong},
            {"silent", split.silent},
            {"dropped", split.dropped},
            {"cut_tokens", split.cutTokens},
            {"longest_row", split.longestRow},
            {"tokens", split.tokens},
            {"label_tokens", split.labelTokens},
            {"bytes_without_token", split.bytesWithoutToken}};
}

int estimate(const Arguments& arguments) {
    const std::string path = arguments.text("--recipe");
    auto loaded = loadRecipeFile(path);
    if (!loaded) {
        return failed(loaded.error());
    }
    for (const std::string& assignment : arguments.all("--set")) {
        if (auto applied = recipe::applySetting(*loaded, assignment); !applied) {
            return failed(applied.error());
        }
    }
    const std::string folder = std::filesystem::absolute(path).parent_path().string();
#ifdef FETTLE_WITH_PROJECT
    if (const auto data = project::publishFor(folder, *loaded); !data) {
        return failed(data.error());
    }
#endif
    const auto recipe = train::resolveRecipe(*loaded, folder);
    if (!recipe) {
        return failed(recipe.error());
    }
    const auto modelPath = train::resolveModelPath(recipe->model);
    if (!modelPath) {
        return failed(modelPath.error());
    }
    const auto files = model::openModel(*modelPath);
    if (!files) {
        return failed(files.error());
    }
    const auto text = train::loadTextModel(*modelPath);
    if (!text) {
        return failed(text.error());
    }
    const auto trainSplit = train::encodeSplit(*recipe, recipe->data.train, folder, *text, {});
    if (!trainSplit) {
        return failed(trainSplit.error());
    }
    const auto validation = train::encodeSplit(*recipe, recipe->data.validation, folder, *text, {});
    if (!validation) {
        return failed(validation.error());
    }
    const train::Estimate result =
        train::estimate((*files)->config(), *recipe, train::trainedRowLengths(*recipe, *trainSplit));
    if (arguments.json()) {
        printJson({{"train", splitJson(*trainSplit)},
                   {"validation", splitJson(*validation)},
                   {"peak_bytes", result.peakBytes},
                   {"weight_bytes", result.weightBytes},
                   {"adapter_bytes", result.adapterBytes},
                   {"activation_bytes", result.activationBytes},
                   {"machine_bytes", result.machineBytes},
                   {"adapter_parameters", result.adapterParameters},
                   {"flops_per_token", result.flopsPerToken},
                   {"steps", result.steps},
                   {"seconds", result.seconds},
                   {"tokens_per_s", result.tokensPerSecond},
                   {"speed_measured", result.speedMeasured}});
        return kDone;
    }
    printLine("Rows      " + std::to_string(trainSplit->rows.size()) + " to train (" +
              std::to_string(trainSplit->overLong) + " over-long, " + std::to_string(trainSplit->silent) +
              " without a trained token, " + std::to_string(trainSplit->badRows) + " faulty), " +
              std::to_string(validation->rows.size()) + " to validate");
    printLine("Tokens    " + std::to_string(trainSplit->tokens) + " an epoch, " +
              std::to_string(trainSplit->labelTokens) + " of them trained");
    printLine("Steps     " + std::to_string(result.steps));
    printLine("Memory    about " + formatBytes(result.peakBytes) + " of " + formatBytes(result.machineBytes) + " free");
    printLine("Time      about " + formatDuration(result.seconds) + " at " + formatFixed(result.tokensPerSecond, 0) +
              " tokens/s" +
              (result.speedMeasured ? " (measured here)" : " (a guess: nothing was measured on this machine yet)"));
    return kDone;
}

} // namespace

std::vector<Command> estimateCommands() {
    return {{{.name = "estimate",
              .summary = "rows, memory and time of a recipe before it starts",
              .options = {{.name = "--recipe", .value = "R.yaml", .help = "the recipe", .required = true},
                          {.name = "--set", .value = "key=value", .help = "changes the recipe", .repeatable = true}}},
             estimate}};
}

} // namespace fettle::app
