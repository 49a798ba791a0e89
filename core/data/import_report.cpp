// Import results as JSON, as errors, and as a file of normalised rows.
#include "data/importer.h"

#include "base/files.h"

#include <algorithm>

namespace fettle::data {
namespace {

Json faultJson(const RowFault& fault, bool showFile) {
    Json out = Json::object();
    out["line"] = fault.line > 0 ? Json(fault.line) : Json();
    out["key"] = fault.key.empty() ? Json() : Json(fault.key);
    out["code"] = fault.code;
    out["reason"] = fault.reason;
    if (showFile) {
        out["file"] = fault.file;
    }
    return out;
}

} // namespace

Result<void> requireRows(const std::string& path, const ImportReport& report) {
    if (report.goodRows > 0) {
        return {};
    }
    const auto first = std::find_if(report.faults.begin(), report.faults.end(),
                                    [](const RowFault& fault) { return fault.severity == Severity::Error; });
    if (first == report.faults.end()) {
        return makeError(ErrorCode::InvalidInput, "the file holds no row to learn from", "give a file with examples")
            .at(path);
    }
    Error error = makeError(ErrorCode::InvalidInput,
                            "no row can be used" +
                                (report.rows > 1 ? " (" + std::to_string(report.rows) + " were read)" : std::string()) +
                                ": " + first->code + ", " + first->reason,
                            "`fettle data validate` lists every fault")
                      .at(first->file, first->line);
    error.key = first->key;
    return error;
}

Json toJson(const ImportReport& report) {
    Json out = Json::object();
    out["format"] = report.format.empty() ? Json() : Json(report.format);
    out["rows"] = report.rows;
    out["good"] = report.goodRows;
    out["bad"] = Json::array();
    out["warnings"] = Json::array();
    for (const RowFault& fault : report.faults) {
        out[fault.severity == Severity::Error ? "bad" : "warnings"].push_back(
            faultJson(fault, report.format == "text_folder"));
    }
    out["not_listed"] = report.faultsNotKept;
    return out;
}

std::string toJsonLine(const Sample& sample) {
    Json row = Json::object();
    auto& members = row.get_ref<Json::object_t&>();
    members.push_back({"kind", sampleKindName(sample.kind)});
    for (const auto& member : sample.row.get_ref<const Json::object_t&>()) {
        // A pair whose answers have no common beginning has no prompt; an empty list would not be read back.
        if (member.first != "prompt" || !member.second.is_array() || !member.second.empty()) {
            members.push_back(member);
        }
    }
    return dumpJson(row) + '\n';
}

Result<ImportReport> importToJsonLines(const std::string& path, const ImportOptions& options,
                                       const std::string& outPath) {
    FETTLE_TRY_VALUE(AtomicFile out, AtomicFile::create(outPath));
    Result<void> written;
    std::string pending;
    constexpr std::size_t kBlock = std::size_t{1} << 20;
    FETTLE_TRY_VALUE(ImportReport report, importRows(path, options, [&](Sample&& sample) {
                         pending += toJsonLine(sample);
                         if (pending.size() >= kBlock) {
                             written = out.write(pending);
                             pending.clear();
                         }
                         return written.ok();
                     }));
    FETTLE_TRY(std::move(written));
    FETTLE_TRY(out.write(pending));
    FETTLE_TRY(out.commit());
    return report;
}

} // namespace fettle::data
