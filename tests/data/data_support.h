// Shared by the tests of core/data: comparing rows where null and absent are the same, temporary files, short texts for
// failures.
#pragma once

#include "base/files.h"
#include "base/json.h"
#include "data/importer.h"

#include <unistd.h>

#include <cstdlib>
#include <string>

namespace fettle::data::test {

/// The value without members that are null, at every depth, keys sorted: what two rows must have in common.
inline nlohmann::json plain(const Json& value) {
    if (value.is_object()) {
        nlohmann::json out = nlohmann::json::object();
        for (const auto& member : value.items()) {
            if (!member.value().is_null()) {
                out[member.key()] = plain(member.value());
            }
        }
        return out;
    }
    if (value.is_array()) {
        nlohmann::json out = nlohmann::json::array();
        for (const Json& element : value) {
            out.push_back(plain(element));
        }
        return out;
    }
    return nlohmann::json::parse(value.dump());
}

inline Json rowOf(const Sample& sample) {
    Json row = sample.row;
    row["kind"] = sampleKindName(sample.kind);
    return row;
}

/// A folder of its own that goes with the test.
class Scratch {
public:
    Scratch() {
        std::string pattern =
            (std::getenv("TMPDIR") != nullptr ? std::string(std::getenv("TMPDIR")) : std::string("/tmp")) +
            "/fettle_data_XXXXXX";
        m_path = ::mkdtemp(pattern.data()) != nullptr ? pattern : std::string();
    }
    ~Scratch() { (void)removeAll(m_path); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    /// Writes a file and gives its path.
    [[nodiscard]] std::string write(const std::string& name, std::string_view bytes) const {
        const std::string path = m_path + '/' + name;
        return writeFileAtomic(path, bytes).ok() ? path : std::string();
    }
    [[nodiscard]] std::string path(const std::string& name) const { return m_path + '/' + name; }

private:
    std::string m_path;
};

inline std::string faultText(const RowFault& fault) {
    return std::to_string(fault.line) + " [" + fault.key + "] " + fault.code +
           (fault.severity == Severity::Warning ? " (warning) " : " ") + fault.reason;
}

inline std::string faultsText(const ImportReport& report) {
    std::string out;
    for (const RowFault& fault : report.faults) {
        out += "\n  " + faultText(fault);
    }
    return out.empty() ? " (no faults)" : out;
}

} // namespace fettle::data::test
