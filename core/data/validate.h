// Validator: how many faults of which code a file has. Chats are counted by the rules of the published data-preparation
// notebook (each occurrence, consequences included), with today's keys, roles and text parts; other formats by the
// importer's own faults.
#pragma once

#include "data/importer.h"

#include <map>

namespace fettle::data {

struct FirstPlace {
    std::int64_t line = 0; // 0 = the file as a whole
    std::string key;
};

struct ValidationReport {
    std::string format;
    std::int64_t rows = 0;     // good and bad
    std::int64_t goodRows = 0; // that an import would keep
    std::map<std::string, std::int64_t> errors;
    std::map<std::string, std::int64_t> warnings;
    std::map<std::string, FirstPlace> first; // by code
};

/// Reads all of `path`; memory is one row. Errors as importRows.
[[nodiscard]] Result<ValidationReport> validateFile(const std::string& path, const ImportOptions& options = {});

/// {"rows","errors":{code:n},"warnings":{code:n},"first":{code:{"line","key"}}}; unknown lines and keys are null.
[[nodiscard]] Json toJson(const ValidationReport& report);

} // namespace fettle::data
