// Id files and model options.
#include "cli/id_file.h"

#include "base/json.h"
#include "cli/run_location.h"
#include "train/model_text.h"

#include <limits>

namespace fettle::app {

Result<std::vector<std::int32_t>> readIds(const std::string& path) {
    FETTLE_TRY_VALUE(const Json json, readJsonFile(path));
    if (!json.is_array()) {
        return makeError(ErrorCode::InvalidInput, "a JSON array of token ids was expected").at(path);
    }
    std::vector<std::int32_t> ids;
    for (const Json& value : json) {
        if (!value.is_number_integer() || value.get<double>() < 0 ||
            value.get<double>() > std::numeric_limits<std::int32_t>::max()) {
            return makeError(ErrorCode::InvalidInput, "is not a token id: " + dumpJson(value))
                .at(path)
                .forKey("[" + std::to_string(ids.size()) + "]");
        }
        ids.push_back(value.get<std::int32_t>());
    }
    if (ids.empty()) {
        return makeError(ErrorCode::InvalidInput, "holds no token ids").at(path);
    }
    return ids;
}

std::vector<Option> withModelOptions(std::vector<Option> more) {
    std::vector<Option> options = {
        {.name = "--model", .value = "M", .help = "model name, folder or .gguf file", .required = true},
        {.name = "--adapter", .value = "A", .help = "PEFT folder, checkpoint or run folder"},
        {.name = "--dtype", .value = "T", .help = "auto, fp32 or bf16"},
        {.name = "--device", .value = "D", .help = "auto, cpu or cuda:0"},
        {.name = "--threads", .value = "N", .help = "compute threads"}};
    options.insert(options.end(), more.begin(), more.end());
    return options;
}

Result<std::unique_ptr<train::LoadedModel>> loadModel(const Arguments& arguments) {
    train::LoadOptions options;
    FETTLE_TRY_VALUE(options.model, train::resolveModelPath(arguments.text("--model")));
    FETTLE_TRY_VALUE(options.adapter, adapterFolder(arguments.text("--adapter")));
    options.dtype = arguments.text("--dtype", "auto");
    options.device = arguments.text("--device", "auto");
    FETTLE_TRY_VALUE(const std::int64_t threads, arguments.integer("--threads", 0, 0, 1024));
    options.threads = static_cast<int>(threads);
    FETTLE_TRY_VALUE(train::Engine * engine, train::openEngine());
    return engine->load(options);
}

} // namespace fettle::app
