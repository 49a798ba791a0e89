// The result file of a hosted fine-tuning job: CSV with a `step` column and any others, matched by name, in any order;
// newer jobs give it in base64.
#include "base/numbers.h"
#include "run/foreign_parts.h"

#include <algorithm>
#include <array>
#include <limits>

namespace fettle::run {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    return begin == std::string_view::npos ? std::string_view()
                                           : text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

// Records of RFC 4180, with their line. A quote that is not closed takes the rest of the text.
class CsvRecords {
public:
    explicit CsvRecords(std::string_view text)
        : m_text(text) {}

    bool next(std::vector<std::string>& cells) {
        cells.clear();
        m_recordLine = m_line;
        m_openQuote = false;
        if (m_at >= m_text.size()) {
            return false;
        }
        std::string cell;
        bool quoted = false;
        for (;;) {
            if (m_at >= m_text.size()) {
                m_openQuote = quoted;
                cells.push_back(std::move(cell));
                return true;
            }
            const char c = m_text[m_at++];
            m_line += c == '\n' ? 1 : 0;
            if (quoted) {
                if (c != '"') {
                    cell += c;
                } else if (m_at < m_text.size() && m_text[m_at] == '"') {
                    cell += '"';
                    ++m_at;
                } else {
                    quoted = false;
                }
            } else if (c == '"' && trimmed(cell).empty()) {
                cell.clear();
                quoted = true;
            } else if (c == ',') {
                cells.push_back(std::move(cell));
                cell.clear();
            } else if (c == '\n' || (c == '\r' && (m_at >= m_text.size() || m_text[m_at] != '\n'))) {
                m_line += c == '\r' ? 1 : 0;
                cells.push_back(std::move(cell));
                return true;
            } else if (c != '\r') {
                cell += c;
            }
        }
    }
    [[nodiscard]] std::int64_t line() const { return m_recordLine; } // of the record given last
    [[nodiscard]] bool openQuote() const { return m_openQuote; }

private:
    std::string_view m_text;
    std::size_t m_at = 0;
    std::int64_t m_line = 1, m_recordLine = 1;
    bool m_openQuote = false;
};

bool isEmptyRecord(const std::vector<std::string>& cells) {
    return std::all_of(cells.begin(), cells.end(), [](const std::string& cell) { return trimmed(cell).empty(); });
}

std::optional<std::size_t> stepColumn(const std::vector<std::string>& header) {
    for (std::size_t i = 0; i < header.size(); ++i) {
        if (lower(trimmed(header[i])) == "step") {
            return i;
        }
    }
    return std::nullopt;
}

bool hasHeader(std::string_view text) {
    text = withoutMark(text);
    CsvRecords records(text.substr(0, std::size_t{1} << 16));
    std::vector<std::string> cells;
    while (records.next(cells)) {
        if (!isEmptyRecord(cells)) {
            return cells.size() > 1 && stepColumn(cells).has_value();
        }
    }
    return false;
}

// Base64 of both alphabets, wrapped or not; nullopt where anything else stands in it.
std::optional<std::string> decodeBase64(std::string_view text) {
    std::string out;
    out.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    int have = 0;
    bool padded = false;
    for (const char c : text) {
        std::uint32_t value = 0;
        if (c >= 'A' && c <= 'Z') {
            value = static_cast<std::uint32_t>(c - 'A');
        } else if (c >= 'a' && c <= 'z') {
            value = static_cast<std::uint32_t>(c - 'a') + 26;
        } else if (c >= '0' && c <= '9') {
            value = static_cast<std::uint32_t>(c - '0') + 52;
        } else if (c == '+' || c == '-') {
            value = 62;
        } else if (c == '/' || c == '_') {
            value = 63;
        } else if (c == '=') {
            padded = true;
            continue;
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            continue;
        } else {
            return std::nullopt;
        }
        if (padded) {
            return std::nullopt;
        }
        bits = bits << 6U | value;
        have += 6;
        if (have >= 8) {
            have -= 8;
            out += static_cast<char>(bits >> static_cast<unsigned>(have) & 0xFFU);
        }
    }
    return out;
}

enum class Cell { Number, NotMeasured, NotFinite, Bad };

Cell readCell(std::string_view text, double& value) {
    const std::string word = lower(text);
    static constexpr std::array<std::string_view, 6> kNotMeasured{"", "n/a", "na", "null", "none", "-"};
    static constexpr std::array<std::string_view, 8> kNotFinite{"nan",  "inf",       "infinity",  "+inf",
                                                                "-inf", "-infinity", "+infinity", "-nan"};
    if (std::find(kNotMeasured.begin(), kNotMeasured.end(), word) != kNotMeasured.end()) {
        return Cell::NotMeasured;
    }
    if (std::find(kNotFinite.begin(), kNotFinite.end(), word) != kNotFinite.end()) {
        value = std::numeric_limits<double>::quiet_NaN();
        return Cell::NotFinite;
    }
    const auto number = parseDouble(text);
    if (!number) {
        return Cell::Bad;
    }
    value = *number;
    return Cell::Number;
}

std::string shortened(std::string_view text) {
    return text.size() <= 40 ? std::string(text) : std::string(text.substr(0, 40)) + "…";
}

Error csvError(std::int64_t line, const std::string& key, std::string message) {
    Error error = makeError(ErrorCode::InvalidInput, std::move(message));
    error.line = line;
    error.key = key;
    return error;
}

// Names of the columns; "" for those that make no series.
std::vector<std::string> seriesNames(const std::vector<std::string>& header, std::size_t step, std::int64_t line,
                                     LogBuilder& builder) {
    std::vector<std::string> names(header.size());
    for (std::size_t i = 0; i < header.size(); ++i) {
        const std::string name(trimmed(header[i]));
        if (i == step || name.empty()) {
            continue;
        }
        if (std::find(names.begin(), names.end(), name) != names.end()) {
            builder.problem(csvError(line, name, "a second column of this name is left out"));
            continue;
        }
        names[i] = name;
    }
    return names;
}

ForeignLog readRecords(const std::string& path, std::string_view text) {
    LogBuilder builder("result_csv", path);
    CsvRecords records(withoutMark(text));
    std::vector<std::string> cells;
    do {
        records.next(cells);
    } while (isEmptyRecord(cells));
    const std::size_t step = *stepColumn(cells);
    const std::vector<std::string> names = seriesNames(cells, step, records.line(), builder);
    while (records.next(cells)) {
        if (isEmptyRecord(cells)) {
            continue;
        }
        const std::int64_t line = records.line();
        if (records.openQuote()) {
            builder.problem(csvError(line, {}, "a quote is not closed: the line is left out"));
            continue;
        }
        double at = 0;
        const std::string_view stepText = step < cells.size() ? trimmed(cells[step]) : std::string_view();
        if (readCell(stepText, at) != Cell::Number) {
            builder.problem(
                csvError(line, "step", "'" + shortened(stepText) + "' is not a step number: the line is left out"));
            continue;
        }
        if (cells.size() > names.size()) {
            builder.problem(csvError(line, {},
                                     "has " + std::to_string(cells.size()) + " cells where the header has " +
                                         std::to_string(names.size()) + ": those beyond are left out"));
        }
        for (std::size_t i = 0; i < std::min(cells.size(), names.size()); ++i) {
            if (names[i].empty()) {
                continue;
            }
            const std::string_view cell = trimmed(cells[i]);
            double value = 0;
            switch (readCell(cell, value)) {
            case Cell::Number:
            case Cell::NotFinite:
                builder.add(names[i], at, value);
                break;
            case Cell::Bad:
                builder.problem(csvError(line, names[i], "'" + shortened(cell) + "' is not a number"));
                break;
            case Cell::NotMeasured:
                break;
            }
        }
    }
    return builder.finish();
}

} // namespace

bool looksLikeResultCsv(std::string_view text) {
    if (hasHeader(text)) {
        return true;
    }
    const auto decoded = decodeBase64(withoutMark(text).substr(0, std::size_t{1} << 16));
    return decoded && hasHeader(*decoded);
}

Result<ForeignLog> readResultCsv(const std::string& path, std::string_view text) {
    if (hasHeader(text)) {
        return readRecords(path, text);
    }
    if (const auto decoded = decodeBase64(withoutMark(text)); decoded && hasHeader(*decoded)) {
        return readRecords(path, *decoded);
    }
    if (const auto decoded = decodeBase64(withoutMark(text).substr(0, std::size_t{1} << 16));
        decoded && hasHeader(*decoded)) {
        // Good at its start: read up to the first byte that is no base64.
        const std::string_view body = withoutMark(text);
        std::size_t good = std::size_t{1} << 16;
        while (good < body.size() && decodeBase64(body.substr(good, 1))) {
            ++good;
        }
        const auto part = decodeBase64(body.substr(0, good));
        ForeignLog log = readRecords(path, *part);
        Error error =
            makeError(ErrorCode::Parse, "is no base64 from byte " + std::to_string(good) + " on: the rest is left out");
        log.problems.push_back(error.at(path));
        ++log.skipped;
        return log;
    }
    return makeError(ErrorCode::Parse, "has no header with a step column", "The first line must name the columns.")
        .at(path, 1)
        .forKey("step");
}

} // namespace fettle::run
