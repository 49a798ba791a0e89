// Planning and writing: which shape the file has, what is lost, then all rows through one atomic file.
#include "data/exporter.h"

#include "base/files.h"
#include "data/export_row.h"
#include "data/parquet_door.h"

#include <algorithm>

namespace fettle::data {
namespace {

constexpr std::string_view kParquet = "parquet"; // a format by the name of its files

Error cancelled() {
    return makeError(ErrorCode::Cancelled, "stopped while exporting");
}

// The names of a family, as the importer knows one format.
const RowFormat* formatNamed(std::string_view name) {
    for (const RowFormat& format : rowFormats()) {
        if (name == format.name) {
            return &format;
        }
    }
    return nullptr;
}

const ExportShape* naturalShape(std::string_view format, SampleKind kind) {
    for (const ExportShape& shape : exportShapes()) {
        if (shape.format == format && shape.kind == kind) {
            return &shape;
        }
    }
    return nullptr;
}

// What the first pass learns: kinds, and the keys that rows of a table have.
struct Seen {
    std::int64_t rows = 0;
    std::map<std::string_view, std::int64_t> byFormat; // importer's formats that rows would be written for
    bool tools = false, parallel = false, metadata = false;
};

// A row of another kind that can be written as a chat counts as one.
std::string_view readBackOf(const ExportFormat& format, SampleKind kind) {
    const ExportShape* shape = naturalShape(format.name, kind);
    if (shape == nullptr && kind == SampleKind::Completion) {
        shape = naturalShape(format.name, SampleKind::Chat);
    }
    return shape != nullptr ? shape->readBack : std::string_view();
}

Result<Seen> look(const SampleSource& source, const ExportFormat& format, const ExportOptions& options) {
    Seen seen;
    FETTLE_TRY(source([&](const Sample& sample) {
        ++seen.rows;
        if (const std::string_view name = readBackOf(format, sample.kind); !name.empty()) {
            ++seen.byFormat[name];
        }
        if (sample.row.is_object()) {
            seen.tools = seen.tools || present(sample.row, "tools") != nullptr;
            seen.parallel = seen.parallel || present(sample.row, "parallel_tool_calls") != nullptr;
            seen.metadata = seen.metadata || present(sample.row, "metadata") != nullptr;
        }
        return !options.stop.stop_requested();
    }));
    if (options.stop.stop_requested()) {
        return cancelled();
    }
    return seen;
}

// Columns of a table of that shape; optional ones only where rows have them.
std::vector<std::string> columnsOf(const RowFormat& format, const Seen& seen) {
    struct Columns {
        std::string_view format;
        std::vector<std::string> names;
    };
    static const std::vector<Columns> all = {
        {"chat", {"messages"}},
        {"prompt_completion", {"prompt", "completion"}},
        {"text", {"text"}},
        {"prompt_only", {"prompt"}},
        {"trl_preference", {"prompt", "chosen", "rejected"}},
        {"trl_kto", {"prompt", "completion", "label"}},
        {"trl_stepwise", {"prompt", "completions", "labels"}},
        {"ids", {"ids", "labels"}},
        {"alpaca", {"instruction", "input", "output", "system", "history"}},
        {"alpaca_preference", {"instruction", "input", "chosen", "rejected", "system", "history"}},
        {"alpaca_kto", {"instruction", "input", "output", "kto_tag", "system", "history"}},
        {"sharegpt", {"conversations"}},
        {"sharegpt_kto", {"conversations", "kto_tag"}},
        {"openai_preference", {"input", "preferred_output", "non_preferred_output"}},
    };
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Columns& one) { return one.format == format.name; });
    if (found == all.end()) {
        return {};
    }
    std::vector<std::string> names = found->names;
    if (std::string_view(format.name) == "prompt_only") {
        return names; // a second column would make it another format
    }
    for (const auto& [name, is] : {std::pair{"tools", seen.tools}, std::pair{"parallel_tool_calls", seen.parallel},
                                   std::pair{"metadata", seen.metadata}}) {
        if (is) {
            names.emplace_back(name);
        }
    }
    return names;
}

struct Prepared {
    const ExportFormat* format = nullptr;
    ExportPlanShape shape;
    ExportReport report;
    std::vector<bool> refused; // by row
};

Result<const ExportFormat*> formatOf(const ExportOptions& options) {
    const ExportFormat* format =
        findExportFormat(options.format == kParquet ? "trl" : std::string_view(options.format));
    if (format == nullptr) {
        std::string names;
        for (const ExportFormat& known : exportFormats()) {
            names += (names.empty() ? "" : ", ") + std::string(known.name);
        }
        return makeError(ErrorCode::InvalidInput, "there is no export format '" + options.format + "'",
                         "formats: " + names);
    }
    return format;
}

Result<Prepared> prepare(const SampleSource& source, const ExportOptions& options) {
    Prepared out;
    FETTLE_TRY_VALUE(out.format, formatOf(options));
    ExportPlanShape& shape = out.shape;
    shape.container =
        options.format == kParquet ? ExportContainer::Parquet : options.container.value_or(out.format->container);
    const bool folder = out.format->container == ExportContainer::Folder;
    if (folder != (shape.container == ExportContainer::Folder)) {
        return makeError(ErrorCode::Unsupported,
                         folder ? "a folder of texts cannot be one file" : "only texts can be a folder of files",
                         folder ? "name a folder, or use the format text" : "use the format text_folder");
    }
    const bool tableFormat =
        out.format->container == ExportContainer::Csv || out.format->container == ExportContainer::Tsv;
    if (tableFormat && shape.container != out.format->container) {
        return makeError(ErrorCode::Unsupported,
                         std::string("the format ") + out.format->name + " cannot be written as " +
                             exportContainerName(shape.container),
                         std::string("name a file that ends with ") + out.format->extension);
    }
    FETTLE_TRY_VALUE(const Seen seen, look(source, *out.format, options));
    if (seen.rows == 0) {
        return makeError(ErrorCode::InvalidInput, "there is no row to export");
    }
    if (seen.byFormat.empty()) {
        return makeError(ErrorCode::InvalidInput,
                         std::string("no row can be written as ") + out.format->name + ": it takes other kinds of rows",
                         "`trl`, `csv` and `normal` take all kinds");
    }
    // One file is read as one format: the one that most rows ask for.
    const auto most = std::max_element(seen.byFormat.begin(), seen.byFormat.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    shape.readBack = formatNamed(most->first);
    for (const ExportShape& one : exportShapes()) {
        if (one.format == out.format->name && one.readBack == most->first) {
            shape.shapes.push_back(&one);
        }
    }
    if (shape.isTable()) {
        shape.columns = columnsOf(*shape.readBack, seen);
        if (shape.columns.empty()) {
            return makeError(ErrorCode::Unsupported,
                             std::string("rows of the format ") + shape.readBack->name + " do not fit into a table",
                             "write a .jsonl file");
        }
    }
    ExportReport& report = out.report;
    report.format = out.format->name;
    report.container = shape.container;
    report.kind = shape.shapes.front()->kind;
    ReadBack readBack(shape);
    FETTLE_TRY(source([&](const Sample& sample) {
        const BuiltRow built = buildRow(sample, shape);
        std::vector<ExportLoss> losses = readBack.losses(built);
        const bool refused =
            std::any_of(losses.begin(), losses.end(), [](const ExportLoss& loss) { return loss.wholeRow(); });
        ++report.rows;
        report.written += refused ? 0 : 1;
        report.refused += refused ? 1 : 0;
        report.converted += !refused && built.converted ? 1 : 0;
        report.rowsWithLosses += !refused && !losses.empty() ? 1 : 0;
        out.refused.push_back(refused);
        for (ExportLoss& loss : losses) {
            std::string name;
            bool inIndex = false;
            for (const char c : loss.key) {
                inIndex = c == '[' || (inIndex && c != ']');
                if (!inIndex || c == '[') {
                    name += c;
                }
            }
            ++report.losses[loss.wholeRow() ? "row: " + loss.reason : name];
            if (report.details.size() < ExportReport::kMaxDetails) {
                loss.id = sample.id;
                loss.file = sample.file;
                loss.line = sample.line;
                report.details.push_back(std::move(loss));
            }
        }
        return !options.stop.stop_requested();
    }));
    if (options.stop.stop_requested()) {
        return cancelled();
    }
    return out;
}

// Quotes where a reader needs them; always for an empty cell that stands alone, since an empty line is none.
void appendCell(std::string& out, const std::string& cell, bool alone) {
    const bool plain = cell.find_first_of("\"\r\n,;\t") == std::string::npos && !(cell.empty() && alone) &&
                       (cell.empty() || (cell.front() != ' ' && cell.back() != ' '));
    if (plain) {
        out += cell;
        return;
    }
    out += '"';
    for (const char c : cell) {
        out += c;
        if (c == '"') {
            out += c;
        }
    }
    out += '"';
}

void appendRecord(std::string& out, const std::vector<std::string>& cells, char delimiter) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) {
            out += delimiter;
        }
        appendCell(out, cells[i], cells.size() == 1);
    }
    out += '\n';
}

// Calls `take` with each row that is written.
Result<void> eachRow(const SampleSource& source, const Prepared& prepared, const ExportOptions& options,
                     const std::function<Result<void>(const Json& row)>& take) {
    std::size_t index = 0;
    Result<void> written;
    FETTLE_TRY(source([&](const Sample& sample) {
        const std::size_t at = index++;
        if (at < prepared.refused.size() && !prepared.refused[at]) {
            const BuiltRow built = buildRow(sample, prepared.shape);
            if (!built.row.is_null()) {
                written = take(built.row);
            }
        }
        return written.ok() && !options.stop.stop_requested();
    }));
    FETTLE_TRY(std::move(written));
    if (options.stop.stop_requested()) {
        return cancelled();
    }
    if (index != prepared.refused.size()) {
        return makeError(ErrorCode::Busy, "the rows changed while they were exported", "export again");
    }
    return {};
}

Result<void> writeFile(const SampleSource& source, const Prepared& prepared, const ExportOptions& options,
                       const std::string& path) {
    FETTLE_TRY_VALUE(AtomicFile file, AtomicFile::create(path));
    const ExportPlanShape& shape = prepared.shape;
    const char delimiter = shape.container == ExportContainer::Tsv ? '\t' : ',';
    constexpr std::size_t kBlock = std::size_t{1} << 20;
    std::string pending = std::string_view(prepared.format->name) == "azure" ? "\xEF\xBB\xBF" : "";
    if (shape.isTable()) {
        appendRecord(pending, shape.columns, delimiter);
    } else if (shape.container == ExportContainer::Array) {
        pending += "[\n";
    }
    bool first = true;
    const auto writeRow = [&](const Json& row) {
        if (shape.isTable()) {
            appendRecord(pending, cellsOf(row, shape.columns), delimiter);
        } else if (shape.container == ExportContainer::Array) {
            pending += (first ? "" : ",\n") + dumpJson(row);
        } else {
            pending += dumpJson(row) + '\n';
        }
        first = false;
        Result<void> written;
        if (pending.size() >= kBlock) {
            written = file.write(std::string_view(pending));
            pending.clear();
        }
        return written;
    };
    FETTLE_TRY(eachRow(source, prepared, options, writeRow));
    if (shape.container == ExportContainer::Array) {
        pending += first ? "]\n" : "\n]\n";
    }
    FETTLE_TRY(file.write(std::string_view(pending)));
    return file.commit();
}

Result<void> writeFolder(const SampleSource& source, const Prepared& prepared, const ExportOptions& options,
                         const std::string& path) {
    if (fileExists(path) || folderExists(path)) {
        return makeError(ErrorCode::InvalidInput, "the folder exists", "name a new one").at(path);
    }
    const std::string temporary = path + ".tmp";
    FETTLE_TRY(removeAll(temporary));
    FETTLE_TRY(makeFolders(temporary));
    std::int64_t number = 0;
    auto written = eachRow(source, prepared, options, [&](const Json& row) {
        std::string name = std::to_string(++number);
        name.insert(0, name.size() < 8 ? 8 - name.size() : 0, '0'); // in order by name
        return writeFileAtomic(temporary + '/' + name + ".txt", cellOf(row["text"]));
    });
    if (written) {
        written = publishFolder(temporary, path);
    }
    if (!written) {
        (void)removeAll(temporary);
    }
    return written;
}

// What is different in each row (schemas of tools, arguments of calls, metadata) has no columns of its own: it stands
// as JSON text, which importers of such tables read.
Json withoutFreeForms(const Json& value, bool top) {
    if (value.is_array()) {
        Json out = Json::array();
        for (const Json& item : value) {
            out.push_back(withoutFreeForms(item, false));
        }
        return out;
    }
    if (!value.is_object()) {
        return value;
    }
    Json out = Json::object();
    for (const auto& [key, member] : value.get_ref<const Json::object_t&>()) {
        const bool free = key == "tools" || key == "arguments" || (top && key == "metadata");
        out[key] = free && member.is_structured() ? Json(dumpJson(member)) : withoutFreeForms(member, false);
    }
    return out;
}

Result<void> writeParquet(const SampleSource& source, const Prepared& prepared, const ExportOptions& options,
                          const std::string& path) {
    FETTLE_TRY_VALUE(Parquet* const parquet, openParquet());
    const JsonRowSource rows = [&](const std::function<bool(const Json&)>& take) {
        bool wanted = true;
        return eachRow(source, prepared, options, [&](const Json& row) -> Result<void> {
            wanted = wanted && take(withoutFreeForms(row, true));
            return {};
        });
    };
    FETTLE_TRY_VALUE(const std::int64_t written, parquet->write(path, rows));
    (void)written;
    return {};
}

} // namespace

Result<ExportReport> planExport(const SampleSource& source, const ExportOptions& options) {
    FETTLE_TRY_VALUE(Prepared prepared, prepare(source, options));
    return std::move(prepared.report);
}

Result<ExportReport> exportRows(const SampleSource& source, const ExportOptions& options, const std::string& outPath,
                                bool allowLosses) {
    FETTLE_TRY_VALUE(Prepared prepared, prepare(source, options));
    const ExportReport& report = prepared.report;
    if (!report.lossless() && !allowLosses) {
        const ExportLoss& first = report.details.front();
        Error error = makeError(ErrorCode::InvalidInput,
                                std::to_string(report.refused) + " of " + std::to_string(report.rows) +
                                    " rows cannot be written as " + report.format + ", and " +
                                    std::to_string(report.rowsWithLosses) + " would lose something: " + first.reason,
                                "choose a format that carries all, or allow the losses")
                          .at(first.file, first.line);
        error.key = first.key;
        return error;
    }
    if (report.written == 0) {
        return makeError(ErrorCode::InvalidInput,
                         "no row can be written as " + report.format +
                             (report.details.empty() ? std::string() : ": " + report.details.front().reason),
                         "choose another format");
    }
    if (prepared.shape.container == ExportContainer::Folder) {
        FETTLE_TRY(writeFolder(source, prepared, options, outPath));
    } else {
        const auto named = containerOfPath(outPath);
        const bool mismatch =
            (prepared.shape.isTable() && named != prepared.shape.container) ||
            (!prepared.shape.isTable() && named && (*named == ExportContainer::Csv || *named == ExportContainer::Tsv));
        if (mismatch) {
            return makeError(ErrorCode::InvalidInput, "readers tell a table by the name of its file",
                             prepared.shape.container == ExportContainer::Tsv ? "name it .tsv"
                             : prepared.shape.isTable()                       ? "name it .csv"
                                                                              : "name it .jsonl")
                .at(outPath);
        }
        FETTLE_TRY(prepared.shape.container == ExportContainer::Parquet
                       ? writeParquet(source, prepared, options, outPath)
                       : writeFile(source, prepared, options, outPath));
    }
    return std::move(prepared.report);
}

Json toJson(const ExportReport& report) {
    Json out = Json::object();
    out["format"] = report.format;
    out["container"] = exportContainerName(report.container);
    out["kind"] = sampleKindName(report.kind);
    out["rows"] = report.rows;
    out["written"] = report.written;
    out["converted"] = report.converted;
    out["refused"] = report.refused;
    out["rows_with_losses"] = report.rowsWithLosses;
    out["losses"] = Json::object();
    for (const auto& [key, count] : report.losses) {
        out["losses"][key] = count;
    }
    out["details"] = Json::array();
    for (const ExportLoss& loss : report.details) {
        Json one = Json::object();
        one["row"] = loss.id;
        one["line"] = loss.line > 0 ? Json(loss.line) : Json();
        one["key"] = loss.key.empty() ? Json() : Json(loss.key);
        one["reason"] = loss.reason;
        out["details"].push_back(std::move(one));
    }
    return out;
}

} // namespace fettle::data
