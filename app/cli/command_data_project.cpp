// fettle data … --project P: the same work on the rows of a project, kept with it. Every change is a step of its
// journal.
#include "base/files.h"
#include "base/numbers.h"
#include "cli/commands.h"
#include "cli/data_files.h"
#include "data/check_codes.h"
#include "data/exporter.h"
#include "project/project.h"
#include "project/row_findings.h"
#include "project/row_store.h"
#include "run/data_path.h"

#include <algorithm>

namespace fettle::app {
namespace {

using project::RowStore;

Result<std::unique_ptr<project::Project>> openProject(const Arguments& arguments) {
    const std::string named = arguments.text("--project");
    const std::string around = run::findProjectFolder(named);
    return project::Project::open(around.empty() ? named : around);
}

int codeOf(const Result<int>& done) {
    return done ? *done : failed(done.error());
}

Result<project::Split> splitOf(const Arguments& arguments, const std::string& fallback) {
    const std::string name = arguments.text("--split", fallback);
    const project::Split split = project::splitFromName(name);
    if (split == project::Split::None && name != "none") {
        return makeError(ErrorCode::Usage, "--split is train, validation, test or none, not '" + name + "'");
    }
    return split;
}

// --- import ---------------------------------------------------------------------------------------------------------

Result<std::vector<project::ColumnUse>> mappingOf(const Arguments& arguments) {
    std::vector<project::ColumnUse> out;
    for (const std::string& one : arguments.all("--map")) {
        const std::size_t equals = one.rfind('=');
        const auto role = equals == std::string::npos ? project::ColumnRole::None
                                                      : project::columnRoleFromName(one.substr(equals + 1));
        if (role == project::ColumnRole::None) {
            return makeError(ErrorCode::Usage,
                             "--map takes COLUMN=ROLE, not '" + one +
                                 "'; roles: system, user, assistant, text, chosen, rejected, label, metadata, ignore");
        }
        out.push_back({one.substr(0, equals), role});
    }
    return out;
}

Json differenceJson(const project::ImportDifference& difference) {
    return {{"added", difference.added},
            {"changed", difference.changed},
            {"removed", difference.removed},
            {"same", difference.same}};
}

Result<int> importRows(const Arguments& arguments) {
    project::ImportRequest request;
    request.path = arguments.positional()[0];
    request.format = arguments.text("--format", "auto");
    FETTLE_TRY_VALUE(request.split, splitOf(arguments, "train"));
    FETTLE_TRY_VALUE(request.mapping, mappingOf(arguments));
    request.gone =
        arguments.has("--keep-gone") ? project::ImportRequest::Gone::Keep : project::ImportRequest::Gone::Remove;
    FETTLE_TRY_VALUE(const auto opened, openProject(arguments));
    RowStore& rows = opened->rows();
    if (arguments.has("--plan")) {
        FETTLE_TRY_VALUE(const project::ImportDifference difference, rows.compareFile(request));
        if (arguments.json()) {
            printJson(differenceJson(difference));
        } else {
            printLine(std::to_string(difference.added) + " new, " + std::to_string(difference.changed) + " changed, " +
                      std::to_string(difference.removed) + " gone, " + std::to_string(difference.same) + " the same");
        }
        return kDone;
    }
    FETTLE_TRY_VALUE(const project::ImportDone done, rows.import(request));
    FETTLE_TRY_VALUE(const auto rejected, rows.rejectedRows(done.source, 1000));
    if (arguments.has("--rejected") && done.rejected > 0) {
        FETTLE_TRY(rows.saveRejectedRows(done.source, arguments.text("--rejected")));
    }
    if (arguments.json()) {
        Json bad = Json::array();
        for (const project::RejectedRow& row : rejected) {
            bad.push_back({{"line", row.line > 0 ? Json(row.line) : Json()},
                           {"key", row.key.empty() ? Json() : Json(row.key)},
                           {"code", row.code},
                           {"reason", row.reason}});
        }
        Json out = {{"format", done.format},       {"rows", done.rows + done.rejected}, {"good", done.rows},
                    {"unchanged", done.unchanged}, {"seconds", done.seconds},           {"version", done.version}};
        out.update(differenceJson(done.difference));
        out["bad"] = std::move(bad);
        printJson(out);
        return kDone;
    }
    constexpr std::size_t kShown = 20;
    for (std::size_t i = 0; i < rejected.size() && i < kShown; ++i) {
        const project::RejectedRow& row = rejected[i];
        printNote(request.path + ":" + std::to_string(row.line) + ": " + (row.key.empty() ? "" : row.key + ": ") +
                  row.reason + " [" + row.code + "]");
    }
    if (rejected.size() > kShown) {
        printNote("… and " + std::to_string(rejected.size() - kShown) + " more; --rejected FILE saves them");
    }
    if (done.unchanged) {
        printLine("the file is the one that was imported before: nothing to do");
        return kDone;
    }
    printLine(std::to_string(done.rows) + " rows (" + done.format + "): " + std::to_string(done.difference.added) +
              " new, " + std::to_string(done.difference.changed) + " changed, " +
              std::to_string(done.difference.removed) + " gone, " + std::to_string(done.difference.same) +
              " the same; " + std::to_string(done.rejected) + " rejected");
    return kDone;
}

// --- export ---------------------------------------------------------------------------------------------------------

Result<project::Filter> filterOf(const Arguments& arguments) {
    project::Filter filter;
    filter.states = {project::RowState::Active};
    filter.search = arguments.text("--search");
    filter.labels = arguments.all("--label");
    filter.tags = arguments.all("--tag");
    if (arguments.has("--split")) {
        FETTLE_TRY_VALUE(const project::Split split, splitOf(arguments, "train"));
        filter.splits = {split};
    }
    return filter;
}

Result<int> exportRows(const Arguments& arguments) {
    FETTLE_TRY_VALUE(const auto opened, openProject(arguments));
    const RowStore& rows = opened->rows();
    FETTLE_TRY_VALUE(const project::Filter filter, filterOf(arguments));
    data::ExportOptions options;
    options.format = arguments.text("--format");
    const std::string out = arguments.text("--to");
    const data::ExportFormat* format = data::findExportFormat(options.format);
    if (const auto named = data::containerOfPath(out);
        format != nullptr && named && format->container != data::ExportContainer::Folder) {
        options.container = named;
    }
    const data::SampleSource source = [&](const std::function<bool(const data::Sample&)>& take) {
        return rows.forEachSample(filter, [&take](data::Sample&& sample) { return take(sample); });
    };
    FETTLE_TRY_VALUE(data::ExportReport report, data::planExport(source, options));
    for (std::size_t i = 0; i < report.details.size() && i < 20; ++i) {
        const data::ExportLoss& loss = report.details[i];
        printNote("row " + std::to_string(loss.id) + ": " + (loss.key.empty() ? "not written" : loss.key) + ": " +
                  loss.reason);
    }
    if (!arguments.has("--plan")) {
        FETTLE_TRY_VALUE(report, data::exportRows(source, options, out, !arguments.has("--strict")));
    }
    if (arguments.json()) {
        Json shown = data::toJson(report);
        shown["to"] = arguments.has("--plan") ? Json() : Json(out);
        printJson(shown);
        return kDone;
    }
    printLine(std::to_string(report.written) + " of " + std::to_string(report.rows) + " rows " +
              (arguments.has("--plan") ? "can be written as " + report.format
                                       : "written as " + report.format + " to " + out) +
              (report.rowsWithLosses > 0 ? ", " + std::to_string(report.rowsWithLosses) + " without something they had"
                                         : "") +
              (report.refused > 0 ? ", " + std::to_string(report.refused) + " left out" : ""));
    return kDone;
}

// --- diff, versions -------------------------------------------------------------------------------------------------

const char* kindName(project::RowDifference::Kind kind) {
    return kind == project::RowDifference::Kind::Added     ? "added"
           : kind == project::RowDifference::Kind::Removed ? "removed"
                                                           : "changed";
}

Json parsedRow(const std::string& text) {
    const auto row = parseJson(text.empty() ? "null" : text);
    return row ? *row : Json(text);
}

Result<int> diffVersions(const Arguments& arguments) {
    FETTLE_TRY_VALUE(const std::int64_t most, arguments.integer("--list", 200, 0, 10'000'000));
    FETTLE_TRY_VALUE(const auto opened, openProject(arguments));
    const std::string from = arguments.positional()[0];
    const std::string to = arguments.positional().size() > 1 ? arguments.positional()[1] : "now";
    FETTLE_TRY_VALUE(const project::VersionDifference difference, opened->rows().difference(from, to));
    std::vector<project::RowId> listed = difference.rows;
    listed.resize(std::min(listed.size(), static_cast<std::size_t>(most)));
    FETTLE_TRY_VALUE(const auto rows, opened->rows().rowDifferences(from, to, listed));
    if (arguments.json()) {
        Json list = Json::array();
        for (const project::RowDifference& row : rows) {
            Json fields = Json::array();
            for (const project::RowChange& change : row.fields) {
                fields.push_back({{"field", project::rowFieldName(change.field)},
                                  {"before", change.before},
                                  {"after", change.after}});
            }
            list.push_back({{"row", row.row},
                            {"kind", kindName(row.kind)},
                            {"before", parsedRow(row.before)},
                            {"after", parsedRow(row.after)},
                            {"fields", std::move(fields)}});
        }
        printJson({{"from", {{"name", difference.from.name}, {"hash", difference.from.hash}}},
                   {"to", {{"name", difference.to.name}, {"hash", difference.to.hash}}},
                   {"added", difference.added},
                   {"removed", difference.removed},
                   {"changed", difference.changed},
                   {"rows", std::move(list)},
                   {"not_listed", difference.rows.size() - listed.size()}});
        return kDone;
    }
    printLine("from " + difference.from.name + " to " + difference.to.name + ": " + std::to_string(difference.added) +
              " added, " + std::to_string(difference.removed) + " removed, " + std::to_string(difference.changed) +
              " changed");
    for (const project::RowDifference& row : rows) {
        std::string what = row.before != row.after && row.kind == project::RowDifference::Kind::Changed ? "  text" : "";
        for (const project::RowChange& change : row.fields) {
            what += std::string("  ") + project::rowFieldName(change.field) + " '" + change.before + "' -> '" +
                    change.after + "'";
        }
        printLine("  row " + std::to_string(row.row) + "  " + kindName(row.kind) + what);
    }
    return kDone;
}

Result<int> listVersions(const Arguments& arguments) {
    FETTLE_TRY_VALUE(const auto opened, openProject(arguments));
    if (arguments.has("--make")) {
        FETTLE_TRY(opened->rows().makeVersion(arguments.text("--make")));
    }
    FETTLE_TRY_VALUE(const auto versions, opened->rows().versions());
    Json list = Json::array();
    for (const project::DataVersion& version : versions) {
        list.push_back({{"name", version.name},
                        {"hash", version.hash},
                        {"rows", version.rows},
                        {"time_ms", version.timeMs},
                        {"runs", version.runs}});
        if (!arguments.json()) {
            std::string runs;
            for (const std::string& run : version.runs) {
                runs += (runs.empty() ? "  trained: " : ", ") + run;
            }
            printLine(version.hash.substr(0, 12) + "  " + std::to_string(version.rows) + " rows  " + version.name +
                      runs);
        }
    }
    if (arguments.json()) {
        printJson({{"versions", std::move(list)}});
    } else if (versions.empty()) {
        printLine("no versions yet; --make NAME makes one");
    }
    return kDone;
}

// --- check ----------------------------------------------------------------------------------------------------------

Result<int> checkRows(const Arguments& arguments) {
    project::SetFindingOptions options;
    FETTLE_TRY_VALUE(options.threshold, arguments.number("--threshold", 0.8, 0.5, 1));
    FETTLE_TRY_VALUE(const auto opened, openProject(arguments));
    RowStore& rows = opened->rows();
    rows.setRowChecker(project::standardRowChecker());
    FETTLE_TRY(rows.finishJob({}, [&](const project::RowJobProgress& now) {
        if (!arguments.json() && now.total > 20'000 && now.running) {
            printNote(std::to_string(now.done) + " of " + std::to_string(now.total) + " rows");
        }
    }));
    FETTLE_TRY_VALUE(const project::SetFindings across, project::findAcrossRows(rows, options));
    project::Filter active;
    active.states = {project::RowState::Active};
    FETTLE_TRY_VALUE(const project::RowCounts counts, rows.counts(active));
    Json list = Json::array();
    for (const data::CheckInfo& info : data::allChecks()) {
        const auto found = counts.checks.find(info.code);
        if (found == counts.checks.end()) {
            continue;
        }
        const bool error = info.severity == data::Severity::Error;
        list.push_back({{"code", info.code},
                        {"severity", error ? "error" : "warning"},
                        {"family", data::checkFamilyName(info.family)},
                        {"rows", found->second}});
        if (!arguments.json()) {
            printLine(std::string(error ? "  error    " : "  warning  ") + info.title + " [" + info.code + "]  " +
                      std::to_string(found->second) + (found->second == 1 ? " row" : " rows"));
        }
    }
    Json languages = Json::object();
    for (const auto& [language, count] : counts.languages) {
        languages[language.empty() ? "unknown" : language] = count;
    }
    if (arguments.json()) {
        printJson({{"rows", counts.rows},
                   {"checks", std::move(list)},
                   {"languages", std::move(languages)},
                   {"clusters", across.clusters},
                   {"capped", across.capped}});
        return kDone;
    }
    printLine(std::to_string(counts.rows) + " rows" + (list.empty() ? ", nothing found" : ""));
    return kDone;
}

// --- split ----------------------------------------------------------------------------------------------------------

Result<int> splitRows(const Arguments& arguments) {
    project::SplitRequest request;
    if (arguments.has("--counts") == arguments.has("--ratio")) {
        return makeError(ErrorCode::Usage, "give either --ratio or --counts");
    }
    const bool counted = arguments.has("--counts");
    const std::string name = counted ? "--counts" : "--ratio";
    const std::string text = arguments.text(name);
    request.ratio.clear();
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        const std::string part = text.substr(at, comma - at);
        const auto number = counted && part == "rest" ? Result<double>(-1.0) : parseDouble(part);
        if (!number || (*number < 0 && part != "rest")) {
            return makeError(ErrorCode::Usage,
                             name + ": '" + part + "' is no " + (counted ? "number of rows" : "share"));
        }
        if (counted) {
            request.counts.push_back(static_cast<std::int64_t>(*number));
        } else {
            request.ratio.push_back(*number);
        }
        at = comma + 1;
    }
    if ((counted ? request.counts.size() : request.ratio.size()) != 3) {
        return makeError(ErrorCode::Usage, name + " takes three numbers for train, validation and test: " + name +
                                               (counted ? " rest,500,500" : " 0.8,0.1,0.1"));
    }
    request.stratify = arguments.text("--stratify");
    request.group = arguments.text("--group");
    request.keepClusters = !arguments.has("--apart");
    request.reassign = arguments.has("--reassign");
    FETTLE_TRY_VALUE(const std::int64_t seed, arguments.integer("--seed", 42, 0, INT64_MAX));
    request.seed = static_cast<std::uint64_t>(seed);
    FETTLE_TRY_VALUE(const auto opened, openProject(arguments));
    RowStore& rows = opened->rows();
    if (request.keepClusters) {
        FETTLE_TRY(project::findAcrossRows(rows, {}));
    }
    FETTLE_TRY_VALUE(const project::SplitOutcome plan, project::planRowSplit(rows, request));
    std::int64_t moved = 0;
    if (!arguments.has("--plan")) {
        FETTLE_TRY_VALUE(moved, project::carryOutSplit(rows, plan, "Split " + text));
    }
    if (arguments.json()) {
        printJson({{"counts", {{"train", plan.train}, {"validation", plan.validation}, {"test", plan.test}}},
                   {"moved", moved},
                   {"warnings", plan.warnings}});
        return kDone;
    }
    for (const std::string& warning : plan.warnings) {
        printNote("warning: " + warning);
    }
    printLine("train " + std::to_string(plan.train) + ", validation " + std::to_string(plan.validation) + ", test " +
              std::to_string(plan.test) +
              (arguments.has("--plan") ? " planned" : "; " + std::to_string(moved) + " rows moved"));
    return kDone;
}

} // namespace

std::vector<Command> dataProjectCommands() {
    const Option place{.name = "--project", .value = "P", .help = "project folder", .required = true};
    const Option plan{.name = "--plan", .value = {}, .help = "only tell what would be done"};
    const auto command = [](CommandSpec spec, Result<int> (*run)(const Arguments&)) {
        return Command{std::move(spec), [run](const Arguments& arguments) { return codeOf(run(arguments)); }, true};
    };
    return {
        command({.name = "data import",
                 .summary = "a file into a project; a changed file shows what changed, labels stay",
                 .options = {place,
                             {.name = "--format", .value = "F", .help = "format of the file (auto)"},
                             {.name = "--map",
                              .value = "COLUMN=ROLE",
                              .help = "what a column is: system, user, assistant, text, chosen, rejected, label, "
                                      "metadata, ignore",
                              .repeatable = true},
                             {.name = "--split", .value = "S", .help = "of new rows (train)"},
                             {.name = "--keep-gone", .value = {}, .help = "rows that the file no longer has stay"},
                             {.name = "--rejected", .value = "FILE", .help = "save the rows that cannot be read"},
                             plan},
                 .positional = "FILE|DIR",
                 .minPositional = 1,
                 .maxPositional = 1},
                importRows),
        command({.name = "data export",
                 .summary = "rows of a project as another program reads them",
                 .options = {place,
                             {.name = "--format", .value = "F", .help = "format to write", .required = true},
                             {.name = "--to", .value = "OUT", .help = "file to write", .required = true},
                             {.name = "--split", .value = "S", .help = "only this split"},
                             {.name = "--label", .value = "L", .help = "only rows with it", .repeatable = true},
                             {.name = "--tag", .value = "T", .help = "only rows with it", .repeatable = true},
                             {.name = "--search", .value = "WORDS", .help = "only rows that say them"},
                             {.name = "--strict", .value = {}, .help = "write nothing where something would be lost"},
                             plan},
                 .positional = {},
                 .minPositional = 0,
                 .maxPositional = 0},
                exportRows),
        command({.name = "data diff",
                 .summary = "what lies between two data versions of a project (names, run ids, or now)",
                 .options = {place, {.name = "--list", .value = "N", .help = "rows told one by one (200)"}},
                 .positional = "VERSION [VERSION]",
                 .minPositional = 1,
                 .maxPositional = 2},
                diffVersions),
        command({.name = "data versions",
                 .summary = "data versions of a project and the runs trained on them",
                 .options = {place, {.name = "--make", .value = "NAME", .help = "keep the rows as they are now"}},
                 .positional = {},
                 .minPositional = 0,
                 .maxPositional = 0},
                listVersions),
        command(
            {.name = "data check",
             .summary = "checks the rows of a project and keeps what is found; only changed rows are looked at again",
             .options = {place, {.name = "--threshold", .value = "T", .help = "similarity from 0.5 to 1 (0.8)"}},
             .positional = {},
             .minPositional = 0,
             .maxPositional = 0},
            checkRows),
        command({.name = "data split",
                 .summary = "rows of a project to train, validation and test, as one step that can be undone",
                 .options = {place,
                             {.name = "--ratio", .value = "A,B,C", .help = "shares of train, validation and test"},
                             {.name = "--counts", .value = "A,B,C", .help = "rows instead; 'rest' for what is left"},
                             {.name = "--stratify", .value = "FIELD", .help = "label, answer or a metadata field"},
                             {.name = "--group", .value = "FIELD", .help = "rows with the same value stay together"},
                             {.name = "--apart", .value = {}, .help = "rows that are alike need not stay together"},
                             {.name = "--reassign", .value = {}, .help = "rows that stand in a split may move"},
                             {.name = "--seed", .value = "N", .help = "another draw (42)"},
                             plan},
                 .positional = {},
                 .minPositional = 0,
                 .maxPositional = 0},
                splitRows)};
}

} // namespace fettle::app
