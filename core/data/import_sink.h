// What importers report to while a row is read: where faults of one row gather until it is known whether the row lives.
// Internal to core/data.
#pragma once

#include "data/importer.h"

namespace fettle::data {

/// Who a fault is for. The notebook counts follow-up occurrences (a message without role also has an unrecognised
/// role); people want the cause once.
enum class Audience { Both = 0, Import, Count };

struct PendingFault {
    std::string key;
    const char* code = "";
    std::string reason;
    Severity severity = Severity::Error;
    Audience audience = Audience::Both;
};

class RowFaults {
public:
    void error(std::string key, const char* code, std::string reason, Audience audience = Audience::Both) {
        m_faults.push_back({std::move(key), code, std::move(reason), Severity::Error, audience});
        m_errors += audience == Audience::Count ? 0 : 1; // what only the notebook counts kills no row
    }
    void warning(std::string key, const char* code, std::string reason) {
        m_faults.push_back({std::move(key), code, std::move(reason), Severity::Warning, Audience::Both});
    }
    [[nodiscard]] bool bad() const { return m_errors > 0; }
    [[nodiscard]] int errorCount() const { return m_errors; }
    [[nodiscard]] const std::vector<PendingFault>& faults() const { return m_faults; }
    void clear() {
        m_faults.clear();
        m_errors = 0;
    }

private:
    std::vector<PendingFault> m_faults;
    int m_errors = 0;
};

/// Every fault as it comes, for the report and the validator alike. `text`: the row as it stands in the file, during
/// the call; empty where the fault is not a row's.
using FaultSink = std::function<void(RowFault&&, Audience, std::string_view text)>;

/// The engine below importRows and validateFile: report counts follow the Import audience, `sink` (may be empty) gets
/// every fault.
[[nodiscard]] Result<ImportReport> runImport(const std::string& path, const ImportOptions& options,
                                             const std::function<bool(Sample&&)>& take, const FaultSink& sink);

} // namespace fettle::data
