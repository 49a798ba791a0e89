// Walker over CSV and TSV.
#include "data/row_walkers.h"

#include <algorithm>
#include <array>

namespace fettle::data {
namespace {

constexpr std::size_t kProgressStep = std::size_t{16} << 20;

struct Record {
    enum class State { Good, OpenQuote, TextAfterQuote };
    State state = State::Good;
    std::vector<std::string> cells;
    std::size_t end = 0;     // after the line break
    std::size_t faultAt = 0; // of a bad quote
    std::size_t faultCell = 0;
    bool blank = false; // an empty line
};

bool breaksLine(std::string_view text, std::size_t at) {
    return text[at] == '\n' || (text[at] == '\r' && (at + 1 == text.size() || text[at + 1] == '\n'));
}

std::size_t afterBreak(std::string_view text, std::size_t at) {
    return at >= text.size() ? at : at + (text[at] == '\r' && at + 1 < text.size() ? 2 : 1);
}

void readRecord(std::string_view text, std::size_t start, char delimiter, Record& record) {
    record.state = Record::State::Good;
    record.cells.clear();
    std::size_t at = start;
    while (true) {
        std::string cell;
        if (at < text.size() && text[at] == '"') {
            ++at;
            while (true) {
                const std::size_t quote = text.find('"', at);
                if (quote == std::string_view::npos) {
                    record.state = Record::State::OpenQuote;
                    record.faultCell = record.cells.size();
                    record.end = text.size();
                    return;
                }
                cell.append(text, at, quote - at);
                at = quote + 1;
                if (at == text.size() || text[at] != '"') {
                    break;
                }
                cell += '"';
                ++at;
            }
            if (at < text.size() && text[at] != delimiter && !breaksLine(text, at)) {
                record.state = Record::State::TextAfterQuote;
                record.faultAt = at - 1;
                record.faultCell = record.cells.size();
                return;
            }
        } else {
            const std::size_t begin = at;
            while (at < text.size() && text[at] != delimiter && !breaksLine(text, at)) {
                ++at;
            }
            cell.assign(text, begin, at - begin);
        }
        record.cells.push_back(std::move(cell));
        if (at < text.size() && text[at] == delimiter) {
            ++at;
            continue;
        }
        record.blank = record.cells.size() == 1 && at == start;
        record.end = afterBreak(text, at);
        return;
    }
}

std::size_t nextLine(std::string_view text, std::size_t from) {
    const std::size_t end = text.find('\n', from);
    return end == std::string_view::npos ? text.size() : end + 1;
}

} // namespace

TableHeader readTableHeader(std::string_view text) {
    TableHeader header;
    std::size_t start = 0;
    std::int64_t line = 1;
    while (start < text.size()) {
        const std::size_t end = nextLine(text, start);
        const std::string_view row = text.substr(start, end - start);
        if (row.find_first_not_of(" \t\r\n") != std::string_view::npos) {
            break;
        }
        start = end;
        ++line;
    }
    const std::string_view first = text.substr(start, nextLine(text, start) - start);
    std::ptrdiff_t most = 0;
    for (const char candidate : {',', ';', '\t'}) {
        bool quoted = false;
        std::ptrdiff_t count = 0;
        for (const char c : first) {
            quoted = c == '"' ? !quoted : quoted;
            count += !quoted && c == candidate ? 1 : 0;
        }
        if (count > most) {
            most = count;
            header.delimiter = candidate;
        }
    }
    Record record;
    readRecord(text, start, header.delimiter, record);
    if (record.state != Record::State::Good) {
        header.problem = record.state == Record::State::OpenQuote ? "unclosed_quote" : "bad_quote";
        header.bodyOffset = text.size();
        header.bodyLine = line;
        return header;
    }
    for (std::string& cell : record.cells) {
        const std::size_t begin = cell.find_first_not_of(" \t");
        header.columns.push_back(
            begin == std::string::npos ? std::string() : cell.substr(begin, cell.find_last_not_of(" \t") - begin + 1));
    }
    header.bodyOffset = record.end;
    header.bodyLine = line + std::count(text.begin() + static_cast<std::ptrdiff_t>(start),
                                        text.begin() + static_cast<std::ptrdiff_t>(record.end), '\n');
    return header;
}

void walkTable(std::string_view text, const TableHeader& header, RowVisitor& visitor) {
    const auto lines = [&](std::size_t from, std::size_t to) {
        return std::count(text.begin() + static_cast<std::ptrdiff_t>(from),
                          text.begin() + static_cast<std::ptrdiff_t>(to), '\n');
    };
    std::size_t at = header.bodyOffset;
    std::size_t reported = at;
    std::int64_t line = header.bodyLine;
    Record record;
    while (at < text.size()) {
        readRecord(text, at, header.delimiter, record);
        if (record.state == Record::State::Good) {
            const std::string_view bytes = text.substr(at, record.end - at);
            if (!record.blank) {
                if (record.cells.size() != header.columns.size()) {
                    const std::string found =
                        std::to_string(record.cells.size()) + (record.cells.size() == 1 ? " cell" : " cells");
                    if (!visitor.badRow(line, {}, "ragged_row",
                                        found + " where the header has " + std::to_string(header.columns.size()) +
                                            " columns",
                                        bytes)) {
                        return;
                    }
                } else if (!visitor.tableRow(line, record.cells, bytes)) {
                    return;
                }
            }
            line += lines(at, record.end);
            at = record.end;
        } else {
            // A quote that was never closed eats what follows, up to the end or to the next quote that opens a cell;
            // then the rows in between are read again. Text right after a closing quote costs the lines up to it.
            const bool opensCell = record.state == Record::State::TextAfterQuote && record.faultAt > at &&
                                   (text[record.faultAt - 1] == header.delimiter || text[record.faultAt - 1] == '\n') &&
                                   lines(at, record.faultAt) > 0;
            const bool open = record.state == Record::State::OpenQuote || opensCell;
            const std::string column =
                record.faultCell < header.columns.size() ? header.columns[record.faultCell] : std::string();
            const std::size_t next = nextLine(text, open ? at : record.faultAt);
            const bool goOn =
                open ? visitor.badRow(line, {}, "unclosed_quote",
                                      "a quote is opened and not closed" +
                                          (column.empty() ? column : " (column '" + column + "')"),
                                      text.substr(at, next - at))
                     : visitor.badRow(line, column, "bad_quote",
                                      "text right after a closing quote; a quote inside a quoted cell is written twice",
                                      text.substr(at, next - at));
            if (!goOn) {
                return;
            }
            line += lines(at, next);
            at = next;
        }
        if (at - reported >= kProgressStep) {
            reported = at;
            visitor.progress(at);
        }
    }
}

} // namespace fettle::data
