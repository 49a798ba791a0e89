// The real pass: parse, normalise, report.
#include "data/row_importer.h"

#include "base/utf8.h"

#include <algorithm>
#include <array>

namespace fettle::data {
namespace {

// Columns whose cells hold JSON.
constexpr std::array<std::string_view, 10> kJsonColumns = {
    "messages",         "conversations",        "tools",    "history",    "ids", "labels",
    "preferred_output", "non_preferred_output", "metadata", "completions"};

template <class List>
bool isOneOf(const List& list, std::string_view column) {
    return std::find(list.begin(), list.end(), column) != list.end();
}

// Code and key of a JSON fault as reports show them. The path is only shown where it names the culprit itself; in a
/// torn row it would be a guess.
PendingFault pendingOf(const JsonParseError& fault) {
    PendingFault out;
    out.code = "json_syntax";
    out.reason = fault.reason + " (column " + std::to_string(fault.column) +
                 (fault.key.empty() ? ")" : ", at " + fault.key + ")");
    switch (fault.fault) {
    case JsonFault::InvalidUtf8:
        out.code = "invalid_utf8";
        out.reason = fault.reason + " (column " + std::to_string(fault.column) + "); save the file as UTF-8";
        break;
    case JsonFault::InvalidUnicode:
        out.code = "invalid_unicode";
        out.key = fault.key;
        break;
    case JsonFault::DuplicateKey:
        out.code = "duplicate_key";
        out.key = fault.key;
        break;
    case JsonFault::TooDeep:
        out.code = "too_deep";
        out.reason = fault.reason;
        break;
    case JsonFault::NumberRange:
    case JsonFault::NonFinite:
        out.key = fault.key;
        break;
    case JsonFault::Syntax:
    case JsonFault::None:
        break;
    }
    return out;
}

// Path of the longest text in a value: what makes a long row long.
void longestText(const Json& value, const std::string& path, std::string& best, std::size_t& size) {
    if (value.is_string()) {
        if (value.get_ref<const std::string&>().size() > size) {
            size = value.get_ref<const std::string&>().size();
            best = path;
        }
    } else if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i) {
            longestText(value[i], elementKey(path, i), best, size);
        }
    } else if (value.is_object()) {
        for (const auto& member : value.get_ref<const Json::object_t&>()) {
            longestText(member.second, memberKey(path, member.first), best, size);
        }
    }
}

} // namespace

bool RowImporter::jsonRow(std::int64_t line, std::int64_t index, std::string_view text) {
    if (!begin()) {
        return false;
    }
    m_text = text;
    if (text.size() > m_options.maxRowBytes) {
        return bad(line, {}, "line_too_long",
                   "the row has " + std::to_string(text.size()) + " bytes; at most " +
                       std::to_string(m_options.maxRowBytes) + " are read");
    }
    JsonParseError fault;
    auto row = parseJsonDetailed(text, fault);
    if (!row) {
        PendingFault pending = pendingOf(fault);
        return bad(line + fault.line - 1, std::move(pending.key), pending.code, std::move(pending.reason));
    }
    return parsed(line, index, std::move(*row), text.size());
}

bool RowImporter::tableRow(std::int64_t line, std::vector<std::string>& cells, std::string_view bytes) {
    if (!begin()) {
        return false;
    }
    m_text = bytes;
    if (bytes.size() > m_options.maxRowBytes) {
        return bad(line, {}, "line_too_long",
                   "the row has " + std::to_string(bytes.size()) + " bytes; at most " +
                       std::to_string(m_options.maxRowBytes) + " are read");
    }
    if (firstInvalidUtf8(bytes)) {
        return bad(line, {}, "invalid_utf8", "the row is not valid UTF-8; save the file as UTF-8");
    }
    Json row = Json::object();
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (!addCell(m_columns[i], std::move(cells[i]), row)) {
            flush(line);
            return true;
        }
    }
    return parsed(line, -1, std::move(row), bytes.size());
}

bool RowImporter::objectRow(std::int64_t line, Json&& row, std::size_t bytes) {
    if (!begin()) {
        return false;
    }
    if (bytes > m_options.maxRowBytes) {
        return bad(line, {}, "line_too_long",
                   "the row has " + std::to_string(bytes) + " bytes; at most " + std::to_string(m_options.maxRowBytes) +
                       " are read");
    }
    Json out = Json::object();
    for (auto& [column, value] : row.get_ref<Json::object_t&>()) {
        if (!value.is_string()) {
            out.get_ref<Json::object_t&>().push_back({column, std::move(value)});
        } else if (!addCell(column, std::move(value.get_ref<std::string&>()), out)) {
            flush(line);
            return true;
        }
    }
    return parsed(line, -1, std::move(out), bytes);
}

std::string RowImporter::readCells(Json& row) {
    for (auto& [column, value] : row.get_ref<Json::object_t&>()) {
        if (value.is_string() && isOneOf(kJsonColumns, column)) {
            JsonParseError fault;
            auto read = parseJsonDetailed(value.get_ref<const std::string&>(), fault);
            if (!read) {
                return column;
            }
            value = std::move(*read);
        }
    }
    return {};
}

bool RowImporter::badRow(std::int64_t line, std::string key, const char* code, std::string reason,
                         std::string_view text) {
    if (!begin()) {
        return false;
    }
    m_text = text;
    return bad(line, std::move(key), code, std::move(reason));
}

bool RowImporter::badPlace(std::int64_t line, const char* code, std::string reason) {
    m_text = {};
    emit(line, PendingFault{{}, code, std::move(reason), Severity::Error, Audience::Both});
    return true;
}

void RowImporter::progress(std::size_t) {
    if (m_progress) {
        m_progress();
    }
}

void RowImporter::fileFault(std::int64_t line, std::string key, const char* code, std::string reason) {
    m_text = {};
    emit(line, PendingFault{std::move(key), code, std::move(reason), Severity::Error, Audience::Both});
}

bool RowImporter::textRow(const std::string& file, std::string text) {
    if (!begin()) {
        return false;
    }
    m_path = file;
    const std::size_t size = text.size();
    Json row = Json::object();
    row["text"] = std::move(text);
    return parsed(1, -1, std::move(row), size);
}
bool RowImporter::badFile(const std::string& file, std::int64_t line, const char* code, std::string reason) {
    if (!begin()) {
        return false;
    }
    m_path = file;
    return bad(line, {}, code, std::move(reason));
}
void RowImporter::skippedFile(const std::string& file, std::string reason) {
    m_path = file;
    m_text = {};
    emit(0, PendingFault{{}, "skipped_file", std::move(reason), Severity::Warning, Audience::Both});
}

bool RowImporter::begin() {
    if (m_options.stop.stop_requested()) {
        m_cancelled = true;
        return false;
    }
    ++m_report.rows;
    m_faults.clear();
    m_text = {};
    return true;
}

bool RowImporter::bad(std::int64_t line, std::string key, const char* code, std::string reason) {
    m_faults.error(std::move(key), code, std::move(reason));
    flush(line);
    return true;
}

bool RowImporter::parsed(std::int64_t line, std::int64_t index, Json&& row, std::size_t bytes) {
    if (!row.is_object()) {
        return bad(line, index < 0 ? std::string() : elementKey("", static_cast<std::size_t>(index)), "data_type",
                   std::string("a row is an object {…}; found ") + row.type_name());
    }
    if (bytes > m_options.longRowBytes) {
        std::string key;
        std::size_t size = 0;
        longestText(row, {}, key, size);
        m_faults.warning(key, "line_too_long",
                         "a long row: " + std::to_string(bytes) + " bytes; it is read, but no context takes that much");
    }
    if (m_options.mapRow) {
        row = m_options.mapRow(std::move(row));
    }
    Sample sample;
    m_format->normalise(std::move(row), m_faults, sample);
    if (m_faults.bad()) {
        flush(line);
        return true;
    }
    flush(line);
    sample.id = m_options.firstId + m_report.goodRows;
    sample.file = m_path;
    sample.line = line;
    ++m_report.goodRows;
    return m_take(std::move(sample));
}

// Hands the row's faults on: all of a living row; of a dead one only what killed it.
void RowImporter::flush(std::int64_t line) {
    for (const PendingFault& fault : m_faults.faults()) {
        if (!m_faults.bad() || fault.severity == Severity::Error) {
            emit(line, fault);
        }
    }
}

void RowImporter::emit(std::int64_t line, const PendingFault& pending) {
    RowFault fault{m_path, line, pending.key, pending.code, pending.reason, pending.severity};
    if (pending.audience != Audience::Count) {
        ++(pending.severity == Severity::Error ? m_report.errors : m_report.warnings)[fault.code];
        if (m_report.faults.size() < m_options.maxFaults) {
            m_report.faults.push_back(fault);
        } else {
            ++m_report.faultsNotKept;
        }
    }
    if (m_sink) {
        m_sink(std::move(fault), pending.audience, m_text);
    }
}

// One cell as the value that the same key would have in JSON; false after a fault.
bool RowImporter::addCell(const std::string& column, std::string cell, Json& row) {
    constexpr std::array<std::string_view, 4> either = {"prompt", "completion", "chosen", "rejected"};
    constexpr std::array<std::string_view, 5> text = {"instruction", "input", "output", "text", "system"};
    auto& members = row.get_ref<Json::object_t&>();
    const bool isEither = isOneOf(either, column);
    if (cell.empty() && !isEither && !isOneOf(text, column)) {
        return true; // an empty cell is an absent value
    }
    const bool looksLikeJson =
        (isEither && cell.starts_with("[{")) || (column == "input" && cell.starts_with("{\"messages\""));
    if (isOneOf(kJsonColumns, column) || looksLikeJson) {
        JsonParseError fault;
        if (auto value = parseJsonDetailed(cell, fault)) {
            members.push_back({column, std::move(*value)});
            return true;
        }
        if (!looksLikeJson) {
            PendingFault pending = pendingOf(fault);
            m_faults.error(column + (pending.key.empty() || pending.key.front() == '[' ? "" : ".") + pending.key,
                           pending.code, "the cell is not JSON: " + pending.reason);
            return false;
        }
    }
    if (column == "label" || column == "kto_tag" || column == "parallel_tool_calls") {
        for (const std::string_view yes : {"true", "True", "TRUE", "1"}) {
            if (cell == yes) {
                members.push_back({column, true});
                return true;
            }
        }
        for (const std::string_view no : {"false", "False", "FALSE", "0"}) {
            if (cell == no) {
                members.push_back({column, false});
                return true;
            }
        }
    }
    members.push_back({column, std::move(cell)});
    return true;
}

} // namespace fettle::data
