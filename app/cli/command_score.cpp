// fettle score: log-probabilities of given ids.
#include "cli/commands.h"
#include "cli/id_file.h"
#include "cli/run_location.h"
#include "train/engine.h"
#include "train/model_text.h"

#include <cmath>

namespace fettle::app {
namespace {

int score(const Arguments& arguments) {
    const auto ids = readIds(arguments.text("--ids"));
    if (!ids) {
        return failed(ids.error());
    }
    auto model = loadModel(arguments);
    if (!model) {
        return failed(model.error());
    }
    const auto scores = (*model)->score(*ids);
    if (!scores) {
        return failed(scores.error());
    }
    Json values = Json::array();
    double sum = 0;
    for (const double value : *scores) {
        values.push_back(std::isfinite(value) ? Json(value) : Json(nullptr));
        sum += std::isfinite(value) ? value : 0;
    }
    if (arguments.json()) {
        printJson({{"logprobs", std::move(values)}});
    } else {
        for (std::size_t i = 0; i < ids->size(); ++i) {
            printLine(std::to_string((*ids)[i]) + "\t" + dumpJson(values[i]));
        }
        printNote("sum " + dumpJson(Json(sum)));
    }
    return kDone;
}

} // namespace

std::vector<Command> scoreCommands() {
    return {{{.name = "score",
              .summary = "log-probability of each token given those before it",
              .options = withModelOptions(
                  {{.name = "--ids", .value = "F.json", .help = "a JSON array of token ids", .required = true}})},
             score}};
}

} // namespace fettle::app
