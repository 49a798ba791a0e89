// Rules between fields. Rules of one field are in the table; rules that need the data or the model are in the
// preflight.
#include "base/numbers.h"
#include "recipe/fields.h"
#include "recipe/row_list.h"

namespace fettle::recipe {
namespace {

bool isDevice(const std::string& device) {
    if (device == "auto" || device == "cpu" || device == "cuda") {
        return true;
    }
    if (device.rfind("cuda:", 0) != 0) {
        return false;
    }
    const std::string number = device.substr(5);
    return !number.empty() && number.front() != '+' && number.front() != '-' && parseInt(number).ok();
}

} // namespace

std::vector<Error> validate(const Recipe& recipe) {
    std::vector<Error> faults;
    const auto fault = [&faults](const char* key, const char* message, const char* hint) {
        faults.push_back(makeError(ErrorCode::InvalidInput, message, hint).forKey(key));
    };
    if (recipe.model.empty()) {
        fault("model", "no model is given", "Name one of `fettle model list`, a Hugging Face folder or a .gguf file.");
    }
    if (recipe.data.train.empty()) {
        fault("data.train", "no training data is given", "Name a file, several files or project:train.");
    }
    if (const auto rows = RowList::parse(recipe.data.leaveOut); !rows) {
        fault("data.leave_out", rows.error().message.c_str(), rows.error().hint.c_str());
    }
    if (recipe.data.chatTemplate.empty()) {
        fault("data.template", "is empty", "Write model, none or the path of a Jinja file.");
    }
    if (!isDevice(recipe.training.device)) {
        fault("training.device", "is no device", "Write auto, cpu or cuda:0.");
    }
    if (recipe.optimizer.warmupSteps && recipe.training.maxSteps &&
        *recipe.optimizer.warmupSteps >= *recipe.training.maxSteps) {
        fault("optimizer.warmup_steps", "the warm-up is as long as the run",
              "Make it shorter than training.max_steps.");
    }
    if (!recipe.optimizer.warmupSteps && recipe.optimizer.warmupRatio >= 1) {
        fault("optimizer.warmup_ratio", "the warm-up is as long as the run", "0.03 is usual.");
    }
    const bool validates = !recipe.data.validation.empty() || recipe.data.validationShare > 0;
    if (recipe.evaluation.patience && !validates) {
        fault("evaluation.patience", "needs validation data: without it nothing can stop improving",
              "Set data.validation, or patience to null.");
    }
    if (recipe.evaluation.metric != "loss" && !validates) {
        fault("evaluation.metric", "needs validation data: it is measured on those rows",
              "Set data.validation, or the metric to loss.");
    }
    if (!recipe.adapter.initFrom.empty() && recipe.adapter.init != "default") {
        fault("adapter.init", "start values and an adapter to go on from exclude each other",
              "Leave init at default, or init_from empty.");
    }
    if (recipe.data.format == "preference" || recipe.data.format == "feedback" || recipe.data.format == "prompt_only" ||
        recipe.data.format == "stepwise") {
        fault("data.format", "these rows hold no single answer to learn, which objective sft needs",
              "Use chat, prompt_completion, alpaca, sharegpt, text, csv or ids rows.");
    }
    return faults;
}

} // namespace fettle::recipe
