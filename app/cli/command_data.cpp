// fettle data: reading, judging and encoding data files.
#include "base/numbers.h"
#include "cli/commands.h"
#include "cli/data_files.h"
#include "data/encode_sample.h"
#include "data/importer.h"
#include "data/stats.h"
#include "data/validate.h"

#include <optional>

namespace fettle::app {
namespace {

int import(const Arguments& arguments) {
    const auto report =
        data::importToJsonLines(arguments.positional()[0], importOptions(arguments), arguments.text("--to"));
    if (!report) {
        return failed(report.error());
    }
    // A file that gave nothing has failed; its faults are told all the same.
    const auto usable = data::requireRows(arguments.positional()[0], *report);
    if (arguments.json()) {
        printJson(data::toJson(*report));
        return usable ? kDone : failed(usable.error());
    }
    tellFaults(*report);
    if (!usable) {
        return failed(usable.error());
    }
    printLine(std::to_string(report->goodRows) + " of " + std::to_string(report->rows) + " rows (" + report->format +
              ") written to " + arguments.text("--to"));
    return kDone;
}

int validate(const Arguments& arguments) {
    const auto report = data::validateFile(arguments.positional()[0], importOptions(arguments));
    if (!report) {
        return failed(report.error());
    }
    if (arguments.json()) {
        printJson(data::toJson(*report));
        return report->rows > 0
                   ? kDone
                   : failed(makeError(ErrorCode::InvalidInput, "holds no rows").at(arguments.positional()[0]));
    }
    printLine(std::to_string(report->rows) + " rows (" + report->format + "), " + std::to_string(report->goodRows) +
              " of them good");
    for (const auto* counts : {&report->errors, &report->warnings}) {
        for (const auto& [code, count] : *counts) {
            const auto first = report->first.find(code);
            std::string line =
                (counts == &report->errors ? "  error    " : "  warning  ") + code + "  " + std::to_string(count);
            if (first != report->first.end() && first->second.line > 0) {
                line += "  first in line " + std::to_string(first->second.line) +
                        (first->second.key.empty() ? "" : " at " + first->second.key);
            }
            printLine(line);
        }
    }
    return kDone;
}

std::string distributionText(const data::Distribution& d) {
    return std::to_string(d.min) + " to " + std::to_string(d.max) + ", mean " + formatFixed(d.mean, 1) + ", median " +
           formatFixed(d.median, 1) + ", 5 % " + formatFixed(d.p5, 1) + ", 95 % " + formatFixed(d.p95, 1);
}

int stats(const Arguments& arguments) {
    const auto model = textModel(arguments);
    if (!model) {
        return failed(model.error());
    }
    data::StatsOptions options;
    options.import = importOptions(arguments);
    const auto result = data::dataStats(arguments.positional()[0], *model->tokenizer, options);
    if (!result) {
        return failed(result.error());
    }
    if (arguments.json()) {
        printJson(data::toJson(*result));
        return kDone;
    }
    printLine(std::to_string(result->rows) + " rows (" + result->format + ")" +
              (result->badRows > 0 ? ", " + std::to_string(result->badRows) + " faulty ones left out" : ""));
    printLine("messages          " + distributionText(result->messages));
    printLine("tokens            " + distributionText(result->tokens));
    printLine("assistant tokens  " + distributionText(result->assistantTokens));
    printLine("default epochs    " + std::to_string(result->defaultEpochs) + ", billed tokens " +
              std::to_string(result->billedTokens) + ", charged " + std::to_string(result->chargedTokens));
    return kDone;
}

int encode(const Arguments& arguments) {
    const auto model = textModel(arguments);
    if (!model) {
        return failed(model.error());
    }
    data::SampleEncoding options;
    const std::string trainOn = arguments.text("--train-on", "assistant");
    if (trainOn == "last_assistant") {
        options.trainOn = text::TrainOn::LastAssistant;
    } else if (trainOn == "all") {
        options.trainOn = text::TrainOn::All;
    } else if (trainOn != "assistant") {
        return failed(
            makeError(ErrorCode::Usage, "--train-on is assistant, last_assistant or all, not '" + trainOn + "'"));
    }
    if (arguments.has("--template")) {
        if (arguments.text("--template") != "none") {
            return failed(makeError(ErrorCode::Usage,
                                    "--template takes none only; another template belongs into the model's folder"));
        }
        options.useTemplate = false;
    }
    Json rows = Json::array();
    std::int64_t tokens = 0;
    std::int64_t trained = 0;
    std::int64_t silent = 0;
    std::optional<Error> fault;
    const auto report =
        data::importRows(arguments.positional()[0], importOptions(arguments), [&](data::Sample&& sample) {
            auto row = data::encodeSample(*model, sample, options);
            if (!row) {
                fault = row.error().at(sample.file, sample.line);
                return false;
            }
            tokens += static_cast<std::int64_t>(row->ids.size());
            trained += row->labelCount();
            if (!row->silentReason.empty()) {
                ++silent;
                printNote(sample.file + ":" + std::to_string(sample.line) +
                          ": nothing is trained: " + row->silentReason);
            }
            if (arguments.json()) {
                rows.push_back({{"ids", row->ids}, {"labels", row->labels}});
            }
            return true;
        });
    if (!report) {
        return failed(report.error());
    }
    if (fault) {
        return failed(*fault);
    }
    tellFaults(*report);
    if (arguments.json()) {
        printJson({{"rows", std::move(rows)}});
    } else {
        printLine(std::to_string(report->goodRows) + " rows, " + std::to_string(tokens) + " tokens, " +
                  std::to_string(trained) + " trained, " + std::to_string(silent) + " rows without a trained token");
    }
    return kDone;
}

} // namespace

std::vector<Command> dataCommands() {
    const Option format{.name = "--format", .value = "F", .help = "format of the file (auto)"};
    const Option model{.name = "--model",
                       .value = "DIR",
                       .help = "model name, .gguf file, or a folder with tokenizer files",
                       .required = true};
    return {{{.name = "data import",
              .summary = "a file or folder to rows in normal form; faulty rows are told with line and reason",
              .options = {{.name = "--to", .value = "OUT.jsonl", .help = "file to write", .required = true}, format},
              .positional = "FILE|DIR",
              .minPositional = 1,
              .maxPositional = 1},
             import},
            {{.name = "data validate",
              .summary = "counts faults by kind, with the first of each",
              .options = {format},
              .positional = "FILE",
              .minPositional = 1,
              .maxPositional = 1},
             validate},
            {{.name = "data stats",
              .summary = "lengths in messages and tokens",
              .options = {model, format},
              .positional = "FILE",
              .minPositional = 1,
              .maxPositional = 1},
             stats},
            {{.name = "data encode",
              .summary = "rows as token ids and labels",
              .options = {model,
                          format,
                          {.name = "--train-on", .value = "WHAT", .help = "assistant, last_assistant or all"},
                          {.name = "--template", .value = "none", .help = "no chat template"}},
              .positional = "FILE",
              .minPositional = 1,
              .maxPositional = 1},
             encode}};
}

} // namespace fettle::app
