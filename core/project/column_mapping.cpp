// Mapping of columns, and the look at a file before it is imported.
#include "project/column_mapping.h"

#include "base/files.h"

#include <algorithm>
#include <array>

namespace fettle::project {
namespace {

constexpr std::int64_t kPreviewRows = 2000;
constexpr std::size_t kFirstRows = 20;
constexpr std::size_t kFaults = 100;

void append(std::string& text, const Json& value) {
    if (value.is_null()) {
        return;
    }
    const std::string more = value.is_string() ? value.get<std::string>() : dumpJson(value);
    if (!more.empty()) {
        text += (text.empty() ? "" : "\n\n") + more;
    }
}

Json message(const char* role, const std::string& content) {
    return Json{{"role", role}, {"content", content}};
}

} // namespace

ColumnRole usualRole(std::string_view column) {
    constexpr std::array<std::pair<std::string_view, ColumnRole>, 17> table{{{"system", ColumnRole::System},
                                                                             {"prompt", ColumnRole::User},
                                                                             {"instruction", ColumnRole::User},
                                                                             {"input", ColumnRole::User},
                                                                             {"question", ColumnRole::User},
                                                                             {"user", ColumnRole::User},
                                                                             {"description", ColumnRole::User},
                                                                             {"completion", ColumnRole::Assistant},
                                                                             {"output", ColumnRole::Assistant},
                                                                             {"answer", ColumnRole::Assistant},
                                                                             {"response", ColumnRole::Assistant},
                                                                             {"assistant", ColumnRole::Assistant},
                                                                             {"text", ColumnRole::Text},
                                                                             {"chosen", ColumnRole::Chosen},
                                                                             {"rejected", ColumnRole::Rejected},
                                                                             {"label", ColumnRole::Label},
                                                                             {"class", ColumnRole::Label}}};
    for (const auto& [name, role] : table) {
        if (name == column) {
            return role;
        }
    }
    return ColumnRole::Metadata;
}

Json mappingJson(const std::vector<ColumnUse>& mapping) {
    Json out = Json::object();
    for (const ColumnUse& use : mapping) {
        out[use.column] = columnRoleName(use.role);
    }
    return out;
}

std::function<Json(Json&&)> rowMapper(std::vector<ColumnUse> mapping) {
    if (mapping.empty()) {
        return {};
    }
    return [mapping = std::move(mapping)](Json&& row) {
        std::string system;
        std::string user;
        std::string assistant;
        std::string text;
        std::string chosen;
        std::string rejected;
        bool hasAssistant = false;
        bool hasText = false;
        bool hasPair = false;
        Json metadata = Json::object();
        for (auto& member : row.get_ref<Json::object_t&>()) {
            const auto use = std::find_if(mapping.begin(), mapping.end(),
                                          [&](const ColumnUse& one) { return one.column == member.first; });
            switch (use == mapping.end() ? ColumnRole::Metadata : use->role) {
            case ColumnRole::System:
                append(system, member.second);
                break;
            case ColumnRole::User:
                append(user, member.second);
                break;
            case ColumnRole::Assistant:
                append(assistant, member.second);
                hasAssistant = true;
                break;
            case ColumnRole::Text:
                append(text, member.second);
                hasText = true;
                break;
            case ColumnRole::Chosen:
                append(chosen, member.second);
                hasPair = true;
                break;
            case ColumnRole::Rejected:
                append(rejected, member.second);
                hasPair = true;
                break;
            case ColumnRole::Label:
                metadata["label"] = std::move(member.second);
                break;
            case ColumnRole::Metadata:
            case ColumnRole::None:
                if (member.first == "metadata" && member.second.is_object()) {
                    metadata.update(member.second);
                } else {
                    metadata[member.first] = std::move(member.second);
                }
                break;
            case ColumnRole::Ignore:
                break;
            }
        }
        Json out = Json::object();
        if (hasPair) {
            out["prompt"] = user;
            out["chosen"] = chosen;
            out["rejected"] = rejected;
        } else if (hasText && !hasAssistant) {
            out["text"] = text;
        } else {
            Json messages = Json::array();
            if (!system.empty()) {
                messages.push_back(message("system", system));
            }
            if (!user.empty() || !hasAssistant) {
                messages.push_back(message("user", user));
            }
            if (hasAssistant) {
                messages.push_back(message("assistant", assistant));
            }
            out["messages"] = std::move(messages);
        }
        if (!metadata.empty()) {
            out["metadata"] = std::move(metadata);
        }
        return out;
    };
}

Result<ImportPreview> previewImport(const ImportRequest& request, std::stop_token stop) {
    ImportPreview out;
    out.path = request.path;
    out.encoding = "UTF-8";
    if (!folderExists(request.path)) {
        FETTLE_TRY_VALUE(out.bytes, fileSize(request.path));
        FETTLE_TRY_VALUE(const MappedFile file, MappedFile::open(request.path));
        if (file.text().starts_with("\xEF\xBB\xBF")) {
            out.encoding = "UTF-8 with BOM";
        }
    }
    std::vector<std::string> columns;
    const auto mapper = rowMapper(request.mapping);
    data::ImportOptions options;
    options.format = request.format;
    options.stop = stop;
    options.maxFaults = kFaults;
    options.mapRow = [&](Json&& row) {
        if (row.is_object()) {
            for (const auto& member : row.get_ref<const Json::object_t&>()) {
                if (std::find(columns.begin(), columns.end(), member.first) == columns.end() &&
                    columns.size() < 200) { // a table wider than that is shown in part
                    columns.push_back(member.first);
                }
            }
        }
        return mapper && row.is_object() ? mapper(std::move(row)) : std::move(row);
    };
    bool stopped = false;
    FETTLE_TRY_VALUE(const data::ImportReport report,
                     data::importRows(request.path, options, [&](data::Sample&& sample) {
                         if (out.first.size() < kFirstRows) {
                             out.first.push_back(std::move(sample));
                         }
                         stopped = ++out.goodRows >= kPreviewRows;
                         return !stopped;
                     }));
    out.whole = !stopped;
    out.format = report.format;
    out.rows = report.rows;
    out.goodRows = report.goodRows;
    out.faults = report.faults;
    for (const std::string& column : columns) {
        const auto use = std::find_if(request.mapping.begin(), request.mapping.end(),
                                      [&](const ColumnUse& one) { return one.column == column; });
        out.columns.push_back({column, use != request.mapping.end() ? use->role : usualRole(column)});
    }
    if (report.goodRows == 0) {
        if (const auto usable = data::requireRows(request.path, report); !usable) {
            out.problem = usable.error().message;
            out.remedy = columns.empty() ? usable.error().hint : "Say below what each column is.";
        }
    }
    return out;
}

} // namespace fettle::project
