// Reading several data files as one set of rows.
#include "cli/data_files.h"

#include "base/files.h"
#include "cli/output.h"
#include "train/model_text.h"

#include <algorithm>
#include <optional>

namespace fettle::app {
namespace {

std::string placeOf(const data::RowFault& fault) {
    std::string out = fault.file;
    if (fault.line > 0) {
        out += ":" + std::to_string(fault.line);
    }
    return out + ": " + (fault.key.empty() ? "" : fault.key + ": ");
}

} // namespace

void tellFaults(const data::ImportReport& report) {
    constexpr std::size_t kShown = 20;
    for (std::size_t i = 0; i < report.faults.size() && i < kShown; ++i) {
        const data::RowFault& fault = report.faults[i];
        printNote(placeOf(fault) + (fault.severity == data::Severity::Warning ? "warning: " : "") + fault.reason +
                  " [" + fault.code + "]");
    }
    const std::int64_t more =
        static_cast<std::int64_t>(report.faults.size()) - static_cast<std::int64_t>(kShown) + report.faultsNotKept;
    if (more > 0) {
        printNote("… and " + std::to_string(more) + " more");
    }
}

data::ImportOptions importOptions(const Arguments& arguments) {
    data::ImportOptions options;
    options.format = arguments.text("--format", "auto");
    return options;
}

Result<text::TextModel> textModel(const Arguments& arguments) {
    const std::string name = arguments.text("--model");
    const auto path = train::resolveModelPath(name);
    auto model = train::loadTextModel(path ? *path : name);
    if (!model && !path && !fileExists(name)) {
        return path.error();
    }
    return model;
}

void RowPlaces::add(const std::string& file, std::int64_t line) {
    if (m_files.empty() || m_files.back() != file) {
        m_files.push_back(file);
        m_begins.push_back(count());
    }
    m_lines.push_back(line);
}

std::string RowPlaces::text(std::int64_t row) const {
    const auto file = std::upper_bound(m_begins.begin(), m_begins.end(), row) - m_begins.begin() - 1;
    return m_files[static_cast<std::size_t>(file)] + ":" + std::to_string(line(row));
}

Result<std::int64_t> readRows(const std::vector<std::string>& files, const std::string& format, bool tell,
                              const std::function<Result<void>(data::Sample&&)>& take) {
    std::int64_t good = 0;
    std::int64_t bad = 0;
    std::optional<Error> empty;
    for (const std::string& file : files) {
        data::ImportOptions options;
        options.format = format;
        options.firstId = good;
        Result<void> taken;
        FETTLE_TRY_VALUE(const data::ImportReport report, data::importRows(file, options, [&](data::Sample&& sample) {
                             taken = take(std::move(sample));
                             return taken.ok();
                         }));
        FETTLE_TRY(std::move(taken));
        if (tell) {
            tellFaults(report);
        }
        good += report.goodRows;
        bad += report.rows - report.goodRows;
        if (const auto usable = data::requireRows(file, report); !usable && !empty) {
            empty = usable.error();
        }
    }
    if (good == 0 && empty) {
        return *empty;
    }
    return bad;
}

data::SampleSource sourceOf(const std::vector<std::string>& files, const std::string& format) {
    return [files, format](const std::function<bool(const data::Sample&)>& take) -> Result<void> {
        std::int64_t good = 0;
        bool goOn = true;
        for (const std::string& file : files) {
            data::ImportOptions options;
            options.format = format;
            options.firstId = good;
            FETTLE_TRY_VALUE(const data::ImportReport report,
                             data::importRows(file, options, [&](data::Sample&& sample) {
                                 goOn = take(sample);
                                 return goOn;
                             }));
            good += report.goodRows;
            if (!goOn) {
                break;
            }
        }
        return {};
    };
}

} // namespace fettle::app
