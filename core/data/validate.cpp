// The validator is the importer with another audience: it counts every occurrence and keeps the first place of each
// code.
#include "data/validate.h"

#include "data/import_sink.h"

namespace fettle::data {

Result<ValidationReport> validateFile(const std::string& path, const ImportOptions& options) {
    ValidationReport report;
    ImportOptions counting = options;
    counting.maxFaults = 0; // only counts are kept
    const FaultSink sink = [&report](RowFault&& fault, Audience audience, std::string_view) {
        if (audience == Audience::Import) {
            return;
        }
        ++(fault.severity == Severity::Error ? report.errors : report.warnings)[fault.code];
        report.first.try_emplace(fault.code, FirstPlace{fault.line, std::move(fault.key)});
    };
    FETTLE_TRY_VALUE(const ImportReport imported, runImport(
                                                      path, counting, [](Sample&&) { return true; }, sink));
    report.format = imported.format;
    report.rows = imported.rows;
    report.goodRows = imported.goodRows;
    return report;
}

Json toJson(const ValidationReport& report) {
    Json out = Json::object();
    out["rows"] = report.rows;
    out["errors"] = Json::object();
    out["warnings"] = Json::object();
    out["first"] = Json::object();
    for (const auto& [code, count] : report.errors) {
        out["errors"][code] = count;
    }
    for (const auto& [code, count] : report.warnings) {
        out["warnings"][code] = count;
    }
    for (const auto& [code, place] : report.first) {
        Json where = Json::object();
        where["line"] = place.line > 0 ? Json(place.line) : Json();
        where["key"] = place.key.empty() ? Json() : Json(place.key);
        out["first"][code] = std::move(where);
    }
    return out;
}

} // namespace fettle::data
