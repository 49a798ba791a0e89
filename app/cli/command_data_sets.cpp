// fettle data split, fettle data export, fettle data diff: rows to files, and files against each other.
#include "base/files.h"
#include "base/hash.h"
#include "base/numbers.h"
#include "cli/commands.h"
#include "cli/data_files.h"
#include "cli/text_spill.h"
#include "data/duplicates.h"
#include "data/row_checks.h"
#include "data/row_diff.h"
#include "data/row_text.h"
#include "data/split_plan.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace fettle::app {
namespace {

using data::Split;

// --- split ----------------------------------------------------------------------------------------------------------

Result<std::array<std::string, 3>> threeParts(const std::string& name, const std::string& text) {
    std::array<std::string, 3> parts{};
    std::size_t at = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        parts[i] = text.substr(at, comma - at);
        if ((i < 2 && comma == text.size()) || (i == 2 && comma != text.size()) || parts[i].empty()) {
            return makeError(ErrorCode::Usage,
                             name + " takes three numbers for train, validation and test: " + name + " 0.8,0.1,0.1");
        }
        at = comma + 1;
    }
    return parts;
}

Result<data::SplitPlanOptions> splitOptions(const Arguments& arguments) {
    data::SplitPlanOptions options;
    if (arguments.has("--counts") == arguments.has("--ratio")) {
        return makeError(ErrorCode::Usage, "give either --ratio or --counts");
    }
    const bool counted = arguments.has("--counts");
    const std::string name = counted ? "--counts" : "--ratio";
    FETTLE_TRY_VALUE(const auto parts, threeParts(name, arguments.text(name)));
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (counted && parts[i] == "rest") {
            continue;
        }
        const auto number = parseDouble(parts[i]);
        if (!number || *number < 0 || (counted && !parseInt(parts[i]))) {
            return makeError(ErrorCode::Usage,
                             name + ": '" + parts[i] + "' is no " + (counted ? "number of rows, nor 'rest'" : "share"));
        }
        if (counted) {
            options.counts[i] = static_cast<std::int64_t>(*number);
        } else {
            options.ratio[i] = *number;
        }
    }
    options.stratified = arguments.has("--stratify");
    options.keepClusters = !arguments.has("--apart");
    FETTLE_TRY_VALUE(const std::int64_t seed, arguments.integer("--seed", 42, 0, INT64_MAX));
    options.seed = static_cast<std::uint64_t>(seed);
    return options;
}

// The place of a row is drawn from its id, or from its content.
std::uint64_t keyOf(const data::Sample& sample, const std::string& idField) {
    const data::RowMark mark = data::markOf(sample, idField);
    return mark.id != 0 ? mark.id : mark.content[0];
}

std::string splitPath(const std::string& folder, Split split) {
    return folder + '/' + data::splitName(split) + ".jsonl";
}

// Splits of an earlier run by the keys of their rows.
Result<std::unordered_map<std::uint64_t, Split>> standingRows(const std::string& folder, const std::string& idField) {
    std::unordered_map<std::uint64_t, Split> standing;
    bool found = false;
    for (const Split split : data::kSplits) {
        const std::string path = splitPath(folder, split);
        if (!fileExists(path) || fileSize(path).valueOr(0) == 0) {
            found = found || fileExists(path);
            continue;
        }
        found = true;
        FETTLE_TRY(readRows({path}, "auto", true, [&](data::Sample&& sample) -> Result<void> {
            standing.emplace(keyOf(sample, idField), split);
            return {};
        }));
    }
    if (!found) {
        return makeError(ErrorCode::NotFound, "there is no split to keep (train.jsonl, validation.jsonl, test.jsonl)",
                         "name the folder of an earlier split, or leave --keep out")
            .at(folder);
    }
    return standing;
}

struct SplitInput {
    std::vector<data::SplitRow> rows;
    RowPlaces places;
    std::int64_t bad = 0;
    std::vector<std::string> strata;
};

Result<SplitInput> readSplitRows(const Arguments& arguments) {
    SplitInput out;
    const std::string idField = arguments.text("--id");
    std::unordered_map<std::uint64_t, Split> standing;
    if (arguments.has("--keep")) {
        FETTLE_TRY_VALUE(standing, standingRows(arguments.text("--keep"), idField));
    }
    const bool clusters = !arguments.has("--apart");
    const std::string stratify = arguments.text("--stratify");
    const std::string groupField = arguments.text("--group");
    data::DuplicateFinder finder;
    TextSpill texts;
    std::map<std::string, std::uint32_t> strata;
    FETTLE_TRY_VALUE(
        out.bad, readRows(arguments.positional(), arguments.text("--format", "auto"), true,
                          [&](data::Sample&& sample) -> Result<void> {
                              data::SplitRow row;
                              row.id = static_cast<std::int64_t>(out.rows.size());
                              row.key = keyOf(sample, idField);
                              out.places.add(sample.file, sample.line);
                              if (const auto found = standing.find(row.key); found != standing.end()) {
                                  row.current = found->second;
                                  row.frozen = found->second == Split::Test;
                              }
                              if (!groupField.empty()) {
                                  const std::string group = data::rowFacts(sample, groupField).label;
                                  row.group = group.empty() ? 0 : std::max<std::uint64_t>(hash64(group), 1);
                              }
                              if (!stratify.empty()) {
                                  const std::string field = stratify == "answer" ? "" : stratify;
                                  const std::string label = data::rowFacts(sample, field).label;
                                  row.stratum =
                                      strata.emplace(label, static_cast<std::uint32_t>(strata.size())).first->second;
                              }
                              out.rows.push_back(row);
                              if (!clusters) {
                                  return {};
                              }
                              const std::string text = data::duplicateText(sample);
                              FETTLE_TRY(texts.add(text));
                              finder.add(row.id, text);
                              return {};
                          }));
    out.strata.resize(strata.size());
    for (const auto& [label, number] : strata) {
        out.strata[number] = label;
    }
    if (clusters) {
        FETTLE_TRY_VALUE(const data::DuplicateClusters found,
                         finder.clusters([&](std::int64_t row) { return texts.text(row); }));
        for (std::size_t i = 0; i < found.near.size(); ++i) {
            for (const std::int64_t row : found.near[i]) {
                out.rows[static_cast<std::size_t>(row)].cluster = i + 1;
            }
        }
    }
    return out;
}

Result<void> writeSplits(const Arguments& arguments, const data::SplitPlan& plan, const std::string& folder) {
    FETTLE_TRY(makeFolders(folder));
    std::vector<AtomicFile> files;
    std::array<std::string, 3> pending;
    for (const Split split : data::kSplits) {
        FETTLE_TRY_VALUE(AtomicFile file, AtomicFile::create(splitPath(folder, split)));
        files.push_back(std::move(file));
    }
    constexpr std::size_t kBlock = std::size_t{1} << 20;
    std::size_t row = 0;
    const auto writeRow = [&](data::Sample&& sample) -> Result<void> {
        if (row >= plan.rows.size()) {
            return makeError(ErrorCode::Busy, "the file changed while it was read", "split again");
        }
        const Split split = plan.rows[row++].split;
        if (split == Split::None) {
            return {};
        }
        const std::size_t i = static_cast<std::size_t>(split) - 1;
        pending[i] += data::toJsonLine(sample);
        Result<void> written;
        if (pending[i].size() >= kBlock) {
            written = files[i].write(std::string_view(pending[i]));
            pending[i].clear();
        }
        return written;
    };
    FETTLE_TRY(readRows(arguments.positional(), arguments.text("--format", "auto"), false, writeRow));
    for (std::size_t i = 0; i < files.size(); ++i) {
        FETTLE_TRY(files[i].write(std::string_view(pending[i])));
    }
    for (AtomicFile& file : files) {
        FETTLE_TRY(file.commit());
    }
    return {};
}

Result<int> splitFiles(const Arguments& arguments) {
    FETTLE_TRY_VALUE(const data::SplitPlanOptions options, splitOptions(arguments));
    const std::string folder = arguments.text("--out");
    if (!arguments.has("--keep")) {
        for (const Split split : data::kSplits) {
            if (fileExists(splitPath(folder, split))) {
                return makeError(ErrorCode::InvalidInput, "the folder holds a split already",
                                 "name another folder, or keep that split: --keep " + folder)
                    .at(splitPath(folder, split));
            }
        }
    }
    FETTLE_TRY_VALUE(const SplitInput input, readSplitRows(arguments));
    FETTLE_TRY_VALUE(const data::SplitPlan plan, data::planSplit(input.rows, options));
    FETTLE_TRY(writeSplits(arguments, plan, folder));
    Json warnings = Json::array();
    for (const data::SplitWarning& warning : plan.warnings) {
        std::string text = warning.text;
        if (warning.kind == data::SplitWarningKind::StratumSmall && warning.which < input.strata.size()) {
            text = "'" + input.strata[static_cast<std::size_t>(warning.which)] + "': " + text;
        }
        printNote("warning: " + text);
        warnings.push_back({{"kind", data::splitWarningName(warning.kind)}, {"rows", warning.rows}, {"text", text}});
    }
    Json counts = Json::object();
    Json paths = Json::object();
    std::string shown;
    for (const Split split : data::kSplits) {
        const std::int64_t count = plan.counts[static_cast<std::size_t>(split) - 1];
        counts[data::splitName(split)] = count;
        paths[data::splitName(split)] = splitPath(folder, split);
        shown += (shown.empty() ? "" : ", ") + std::string(data::splitName(split)) + " " + std::to_string(count);
    }
    const auto kept = std::count_if(plan.rows.begin(), plan.rows.end(), [](const auto& row) { return !row.moved; });
    if (arguments.json()) {
        printJson({{"rows", static_cast<std::int64_t>(plan.rows.size())},
                   {"bad_rows", input.bad},
                   {"counts", std::move(counts)},
                   {"kept", static_cast<std::int64_t>(kept)},
                   {"files", std::move(paths)},
                   {"warnings", std::move(warnings)}});
        return kDone;
    }
    printLine(std::to_string(plan.rows.size()) + " rows: " + shown + ", written to " + folder);
    return kDone;
}

int split(const Arguments& arguments) {
    const auto done = splitFiles(arguments);
    return done ? *done : failed(done.error());
}

// --- export ---------------------------------------------------------------------------------------------------------

void tellLosses(const data::ExportReport& report) {
    constexpr std::size_t kShown = 20;
    for (std::size_t i = 0; i < report.details.size() && i < kShown; ++i) {
        const data::ExportLoss& loss = report.details[i];
        printNote(loss.file + ":" + std::to_string(loss.line) + ": " + (loss.key.empty() ? "not written" : loss.key) +
                  ": " + loss.reason);
    }
    std::int64_t all = 0;
    for (const auto& [key, count] : report.losses) {
        all += count;
    }
    if (all > static_cast<std::int64_t>(kShown)) {
        printNote("… and " + std::to_string(all - static_cast<std::int64_t>(kShown)) + " more; by kind:");
        for (const auto& [key, count] : report.losses) {
            printNote("  " + key + "  " + std::to_string(count));
        }
    }
}

Result<int> exportFiles(const Arguments& arguments) {
    data::ExportOptions options;
    options.format = arguments.text("--format");
    const std::string out = arguments.text("--to");
    const data::ExportFormat* format = data::findExportFormat(options.format);
    const auto named = data::containerOfPath(out);
    if (format != nullptr && named && format->container != data::ExportContainer::Folder) {
        options.container = named;
    } else if (format != nullptr && !named && format->container == data::ExportContainer::Array) {
        options.container = data::ExportContainer::Lines; // a name that says nothing
    }
    const std::string from = arguments.text("--from", "auto");
    // Faults of the files are told once, before anything is planned.
    FETTLE_TRY(readRows(arguments.positional(), from, true, [](data::Sample&&) { return Result<void>(); }));
    const data::SampleSource source = sourceOf(arguments.positional(), from);
    FETTLE_TRY_VALUE(const data::ExportReport plan, data::planExport(source, options));
    tellLosses(plan);
    data::ExportReport report = plan;
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
              (arguments.has("--plan") ? "can be written as " : "written as ") + report.format +
              (arguments.has("--plan") ? std::string() : " to " + out) +
              (report.converted > 0 ? ", " + std::to_string(report.converted) + " of them in another shape" : "") +
              (report.rowsWithLosses > 0 ? ", " + std::to_string(report.rowsWithLosses) + " without something they had"
                                         : "") +
              (report.refused > 0 ? ", " + std::to_string(report.refused) + " left out" : ""));
    return kDone;
}

int exportCommand(const Arguments& arguments) {
    const auto done = exportFiles(arguments);
    return done ? *done : failed(done.error());
}

std::string exportFormatNames() {
    std::string names;
    for (const data::ExportFormat& format : data::exportFormats()) {
        names += (names.empty() ? "" : ", ") + std::string(format.name);
    }
    return names;
}

// --- diff -----------------------------------------------------------------------------------------------------------

// The rows at some places of a file.
Result<std::unordered_map<std::int64_t, data::Sample>> rowsAt(const std::string& file, const std::string& format,
                                                              const std::unordered_set<std::int64_t>& wanted) {
    std::unordered_map<std::int64_t, data::Sample> rows;
    FETTLE_TRY(readRows({file}, format, false, [&](data::Sample&& sample) -> Result<void> {
        const std::int64_t place = sample.id;
        if (wanted.contains(place)) {
            rows.emplace(place, std::move(sample));
        }
        return {};
    }));
    return rows;
}

Result<int> diffFiles(const Arguments& arguments) {
    const std::string idField = arguments.text("--id", "id");
    const std::string format = arguments.text("--format", "auto");
    std::array<std::vector<data::RowMark>, 2> marks;
    std::array<RowPlaces, 2> places;
    for (std::size_t i = 0; i < 2; ++i) {
        FETTLE_TRY(readRows({arguments.positional()[i]}, format, true, [&](data::Sample&& sample) -> Result<void> {
            marks[i].push_back(data::markOf(sample, idField));
            places[i].add(sample.file, sample.line);
            return {};
        }));
    }
    const data::RowDiff diff = data::diffRows(marks[0], marks[1]);
    if (arguments.has("--id") && !diff.byId) {
        printNote("not every row has an id of its own under '" + idField + "': compared by content");
    }
    constexpr std::size_t kCompared = 1000; // changed rows whose keys are told
    std::array<std::unordered_set<std::int64_t>, 2> wanted;
    for (std::size_t i = 0; i < diff.changed.size() && i < kCompared; ++i) {
        wanted[0].insert(diff.changed[i].first);
        wanted[1].insert(diff.changed[i].second);
    }
    std::array<std::unordered_map<std::int64_t, data::Sample>, 2> rows;
    for (std::size_t i = 0; i < 2 && !wanted[0].empty(); ++i) {
        FETTLE_TRY_VALUE(rows[i], rowsAt(arguments.positional()[i], format, wanted[i]));
    }
    Json changed = Json::array();
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < diff.changed.size(); ++i) {
        const auto [first, second] = diff.changed[i];
        Json one = {{"first", first}, {"second", second}};
        std::string keys;
        if (i < kCompared && rows[0].contains(first) && rows[1].contains(second)) {
            one["keys"] = data::differingKeys(rows[0].at(first), rows[1].at(second));
            for (const Json& key : one["keys"]) {
                keys += (keys.empty() ? "" : ", ") + key.get<std::string>();
            }
        }
        lines.push_back("  changed  " + places[0].text(first) + " -> " + places[1].text(second) +
                        (keys.empty() ? "" : "  " + keys));
        changed.push_back(std::move(one));
    }
    if (arguments.json()) {
        printJson({{"by", diff.byId ? "id" : "content"},
                   {"added", diff.added},
                   {"removed", diff.removed},
                   {"changed", std::move(changed)},
                   {"same", diff.same},
                   {"moved", diff.moved}});
        return kDone;
    }
    printLine(std::to_string(diff.added.size()) + " added, " + std::to_string(diff.changed.size()) + " changed, " +
              std::to_string(diff.removed.size()) + " removed, " + std::to_string(diff.same) + " the same (" +
              std::to_string(diff.moved) + " moved), by " + (diff.byId ? "id" : "content"));
    for (const std::int64_t row : diff.added) {
        lines.push_back("  added    " + places[1].text(row));
    }
    for (const std::int64_t row : diff.removed) {
        lines.push_back("  removed  " + places[0].text(row));
    }
    constexpr std::size_t kShown = 50;
    for (std::size_t i = 0; i < lines.size() && i < kShown; ++i) {
        printLine(lines[i]);
    }
    if (lines.size() > kShown) {
        printLine("  … and " + std::to_string(lines.size() - kShown) + " more");
    }
    return kDone;
}

int diff(const Arguments& arguments) {
    const auto done = diffFiles(arguments);
    return done ? *done : failed(done.error());
}

} // namespace

std::vector<Command> dataSetCommands() {
    constexpr int kMostFiles = 10'000;
    const Option format{.name = "--format", .value = "F", .help = "format of the files (auto)"};
    return {
        {{.name = "data split",
          .summary = "rows to train.jsonl, validation.jsonl and test.jsonl; new rows never move old ones",
          .options = {{.name = "--ratio", .value = "A,B,C", .help = "shares of train, validation and test"},
                      {.name = "--counts", .value = "A,B,C", .help = "rows instead of shares; 'rest' for what is left"},
                      {.name = "--out", .value = "DIR", .help = "folder to write into", .required = true},
                      {.name = "--keep", .value = "DIR", .help = "rows of this earlier split stay where they are"},
                      {.name = "--stratify",
                       .value = "FIELD",
                       .help = "same proportions for each value of this metadata field, or 'answer'"},
                      {.name = "--group", .value = "FIELD", .help = "rows with the same value stay together"},
                      {.name = "--id", .value = "FIELD", .help = "metadata field that names a row (its content)"},
                      {.name = "--apart", .value = {}, .help = "rows that are alike need not stay together"},
                      {.name = "--seed", .value = "N", .help = "another draw (42)"},
                      format},
          .positional = "FILE…",
          .minPositional = 1,
          .maxPositional = kMostFiles},
         split},
        {{.name = "data export",
          .summary = "rows as another program reads them; what its format cannot carry is told first",
          .options =
              {{.name = "--format", .value = "F", .help = exportFormatNames(), .required = true},
               {.name = "--to", .value = "OUT", .help = "file to write (.jsonl, .json, .csv, .tsv)", .required = true},
               {.name = "--from", .value = "F", .help = "format of the files (auto)"},
               {.name = "--strict", .value = {}, .help = "write nothing where something would be lost"},
               {.name = "--plan", .value = {}, .help = "only tell what would be lost"}},
          .positional = "FILE…",
          .minPositional = 1,
          .maxPositional = kMostFiles},
         exportCommand},
        {{.name = "data diff",
          .summary = "rows added, changed and removed from one file to another",
          .options = {{.name = "--id", .value = "FIELD", .help = "metadata field that names a row (id)"}, format},
          .positional = "A B",
          .minPositional = 2,
          .maxPositional = 2},
         diff}};
}

} // namespace fettle::app
