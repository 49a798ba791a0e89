// fettle runs import-log, export, import: logs of other programs, and runs as files.
#include "base/files.h"
#include "base/numbers.h"
#include "cli/command_runs.h"
#include "run/foreign_log.h"
#include "run/metric_table.h"
#include "run/run_archive.h"
#include "run/run_csv.h"
#include "run/run_folder.h"
#ifdef FETTLE_WITH_PROJECT
#include "project/project.h"
#endif

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>

namespace fettle::app {
namespace {

// One piece at a time: a log of a million steps is not held twice.
constexpr std::size_t kPiece = std::size_t{1} << 20;

void printSeriesJson(const run::ForeignLog& log) {
    std::string out = "{\"series\":{";
    for (const run::ForeignSeries& series : log.series) {
        out += (&series == &log.series.front() ? "" : ",") + dumpJson(Json(series.name)) + ":[";
        bool first = true;
        for (const auto& [step, value] : series.points) {
            out += first ? "[" : ",[";
            first = false;
            run::MetricValue::real(step).appendText(out);
            out += ',';
            run::MetricValue::real(value).appendText(out);
            out += ']';
            if (out.size() > kPiece) {
                print(out);
                out.clear();
            }
        }
        out += ']';
    }
    printLine(out + "},\"skipped\":" + std::to_string(log.skipped) + "}");
}

// For a table: six digits that count.
std::string numberText(double value) {
    if (!std::isfinite(value)) {
        return "-";
    }
    std::array<char, 32> buffer{};
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::general, 6).ptr;
    return {buffer.data(), end};
}

// Columns as wide as their widest cell; the first is text, the others are numbers.
void printTable(const std::vector<std::array<std::string, 6>>& rows) {
    std::array<std::size_t, 6> widths{};
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    for (const auto& row : rows) {
        std::string line = row[0] + std::string(widths[0] - row[0].size(), ' ');
        for (std::size_t i = 1; i < row.size(); ++i) {
            line += "  " + std::string(widths[i] - row[i].size(), ' ') + row[i];
        }
        printLine(line);
    }
}

void printSeriesTable(const run::ForeignLog& log) {
    printLine(log.title + "  (" + log.kind + ", " + log.path + ")" + (log.diverged ? "  DIVERGED" : ""));
    std::vector<std::array<std::string, 6>> rows{{"series", "points", "gaps", "first", "last", "min"}};
    for (const run::ForeignSeries& series : log.series) {
        std::int64_t gaps = 0;
        double lowest = std::nan("");
        for (const auto& [step, value] : series.points) {
            if (std::isnan(value)) {
                ++gaps;
            } else if (!(lowest <= value)) {
                lowest = value;
            }
        }
        rows.push_back({series.name, std::to_string(series.points.size()), std::to_string(gaps),
                        numberText(series.points.front().second), numberText(series.points.back().second),
                        numberText(lowest)});
    }
    printTable(rows);
}

int importLog(const Arguments& arguments) {
    const auto log = run::readForeignLog(arguments.positional()[0]);
    if (!log) {
        return failed(log.error());
    }
    for (const Error& problem : log->problems) {
        printError(problem);
    }
    for (const std::string& note : log->notes) {
        printNote("note: " + note);
    }
    if (log->diverged) {
        printNote("note: the run diverged: a loss or the last gradient norm is not a finite number");
    }
    if (arguments.json()) {
        printSeriesJson(*log);
    } else if (log->series.empty()) {
        printNote("no series in " + log->path);
    } else {
        printSeriesTable(*log);
    }
    return kDone;
}

int exportCsv(const std::string& folder, const std::string& target, bool json) {
    const auto report = target == "-" ? run::runCsv(folder,
                                                    [](std::string_view text) -> Result<void> {
                                                        print(text);
                                                        return {};
                                                    })
                                      : run::writeRunCsv(folder, target);
    if (!report) {
        return failed(report.error());
    }
    if (report->damagedLines > 0) {
        printNote("warning: " + std::to_string(report->damagedLines) + " damaged lines of events.jsonl were left out");
    }
    if (report->unknownLines > 0) {
        printNote("warning: " + std::to_string(report->unknownLines) +
                  " events of kinds that this version does not know were left out");
    }
    if (report->overwritten > 0) {
        printNote("note: " + std::to_string(report->overwritten) +
                  " events of steps that a resume trained again were left out");
    }
    if (json && target != "-") {
        printJson({{"csv", std::filesystem::absolute(target).string()},
                   {"lines", report->lines},
                   {"overwritten", report->overwritten},
                   {"damaged_lines", report->damagedLines},
                   {"unknown_lines", report->unknownLines}});
    } else {
        printNote(std::to_string(report->lines) + " events written" + (target == "-" ? "" : " to " + target));
    }
    return kDone;
}

int exportArchive(const std::string& folder, const Arguments& arguments) {
    run::ArchiveOptions options;
    const std::string which = arguments.text("--checkpoints", "all");
    const auto checkpoints = run::archivedCheckpointsFromName(which);
    if (!checkpoints) {
        return failed(makeError(ErrorCode::Usage, "--checkpoints takes all, last, best or none, not '" + which + "'"));
    }
    options.checkpoints = *checkpoints;
    const std::string target = arguments.text("--archive");
    const auto report = run::exportRunArchive(folder, target, options);
    if (!report) {
        return failed(report.error());
    }
    for (const std::string& path : report->leftOut) {
        printNote("warning: " + path + " is a link or a special file and was left out");
    }
    if (arguments.json()) {
        printJson({{"archive", std::filesystem::absolute(target).string()},
                   {"files", report->files},
                   {"bytes", report->bytes},
                   {"checkpoints", report->checkpoints},
                   {"left_out", report->leftOut}});
    } else {
        printNote(std::to_string(report->files) + " files, " + formatBytes(report->bytes) + ", " +
                  std::to_string(report->checkpoints.size()) + " checkpoints written to " + target);
    }
    return kDone;
}

int exportRun(const Arguments& arguments) {
    if (arguments.has("--csv") == arguments.has("--archive")) {
        return failed(makeError(ErrorCode::Usage, "give one of --csv F and --archive F.tar"));
    }
    if (arguments.has("--csv") && arguments.has("--checkpoints")) {
        return failed(makeError(ErrorCode::Usage, "--checkpoints goes with --archive"));
    }
    const std::string folder = runFolderOf(arguments.positional()[0]);
    return arguments.has("--csv") ? exportCsv(folder, arguments.text("--csv"), arguments.json())
                                  : exportArchive(folder, arguments);
}

int importRun(const Arguments& arguments) {
    const std::string place = arguments.text("--project", ".");
    if (!folderExists(place)) {
        return failed(makeError(ErrorCode::NotFound, "no such folder", "Name a project folder.").at(place));
    }
    run::ImportOptions options;
    std::string runs = (std::filesystem::path(place) / "runs").string();
#ifdef FETTLE_WITH_PROJECT
    // A project numbers its runs: the imported one gets the next number.
    if (fileExists(place + "/project.db")) {
        const auto project = project::Project::open(place);
        if (!project) {
            return failed(project.error());
        }
        const auto next = (*project)->newRunFolder();
        if (!next) {
            return failed(next.error());
        }
        const std::filesystem::path folder(next->folder);
        runs = folder.parent_path().string();
        options.id = folder.filename().string();
    }
#endif
    const auto imported = run::importRunArchive(arguments.positional()[0], runs, options);
    if (!imported) {
        return failed(imported.error());
    }
    if (arguments.json()) {
        printJson({{"run", imported->folder},
                   {"id", imported->id},
                   {"archived_id", imported->archivedId},
                   {"files", imported->files},
                   {"bytes", imported->bytes}});
    } else {
        printNote(std::to_string(imported->files) + " files, " + formatBytes(imported->bytes) +
                  ", all checksums right");
        printLine(imported->folder);
    }
    return kDone;
}

} // namespace

std::vector<Command> runFileCommands() {
    return {{{.name = "runs import-log",
              .summary = "a log of another program (Hugging Face, LLaMA-Factory, result CSV, TensorBoard) as series",
              .options = {},
              .positional = "FILE|FOLDER",
              .minPositional = 1,
              .maxPositional = 1},
             importLog},
            {{.name = "runs export",
              .summary = "a run as CSV, or whole as one archive",
              .options = {{.name = "--csv", .value = "F.csv", .help = "every event as a line; - = standard output"},
                          {.name = "--archive", .value = "F.tar", .help = "the run folder as one file with checksums"},
                          {.name = "--checkpoints",
                           .value = "WHICH",
                           .help = "what an archive takes along: all (default), last, best or none"}},
              .positional = "RUN",
              .minPositional = 1,
              .maxPositional = 1},
             exportRun},
            {{.name = "runs import",
              .summary = "a run from an archive that `runs export --archive` wrote",
              .options = {{.name = "--project", .value = "DIR", .help = "project folder (the working folder)"}},
              .positional = "F.tar",
              .minPositional = 1,
              .maxPositional = 1},
             importRun}};
}

} // namespace fettle::app
