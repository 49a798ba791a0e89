// fettle export: an adapter or its base in the form other programs load.
#include "base/files.h"
#include "cli/commands.h"
#include "cli/run_location.h"
#include "model/model_files.h"
#include "model/peft_adapter.h"
#include "train/model_text.h"

namespace fettle::app {
namespace {

int exportBase(const Arguments& arguments) {
    const auto path = train::resolveModelPath(arguments.text("--model"));
    if (!path) {
        return failed(path.error());
    }
    const auto files = model::openModel(*path);
    if (!files) {
        return failed(files.error());
    }
    if (auto written = model::exportHuggingFaceFolder(**files, arguments.text("--out")); !written) {
        return failed(written.error());
    }
    return kDone;
}

int exportPeft(const Arguments& arguments) {
    if (!arguments.has("--adapter")) {
        return failed(makeError(ErrorCode::Usage, "--format peft needs --adapter A"));
    }
    const auto folder = adapterFolder(arguments.text("--adapter"));
    if (!folder) {
        return failed(folder.error());
    }
    auto adapter = model::readPeftAdapter(*folder);
    if (!adapter) {
        return failed(adapter.error());
    }
    const std::string out = arguments.text("--out");
    if (fileExists(out)) {
        return failed(makeError(ErrorCode::Busy, "exists already", "Choose a new folder.").at(out));
    }
    if (arguments.has("--model")) {
        adapter->config.baseModel = arguments.text("--model");
    }
    if (auto written = model::writePeftAdapter(out, *adapter); !written) {
        return failed(written.error());
    }
    return kDone;
}

int exportModel(const Arguments& arguments) {
    const std::string format = arguments.text("--format");
    int code = kUsage;
    if (format == "base") {
        if (!arguments.has("--model")) {
            return failed(makeError(ErrorCode::Usage, "--format base needs --model M"));
        }
        code = exportBase(arguments);
    } else if (format == "peft") {
        code = exportPeft(arguments);
    } else {
        return failed(makeError(ErrorCode::Usage, "unknown format '" + format + "': peft or base"));
    }
    if (code == kDone) {
        if (arguments.json()) {
            printJson({{"format", format}, {"out", arguments.text("--out")}});
        } else {
            printLine(arguments.text("--out"));
        }
    }
    return code;
}

} // namespace

std::vector<Command> exportCommands() {
    return {{{.name = "export",
              .summary = "an adapter as a PEFT folder, or the base it was trained on as a Hugging Face folder",
              .options = {{.name = "--format",
                           .value = "peft|base",
                           .help = "base: F32 where it was dequantised, else its own type",
                           .required = true},
                          {.name = "--model", .value = "M", .help = "the base (peft: its name in adapter_config.json)"},
                          {.name = "--adapter", .value = "A", .help = "PEFT folder, checkpoint or run folder"},
                          {.name = "--out", .value = "DIR", .help = "a new folder", .required = true}}},
             exportModel}};
}

} // namespace fettle::app
