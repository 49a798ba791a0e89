// trainer_state.json of the Hugging Face Trainer: `log_history`, entry by entry, so that a torn or damaged file still
// gives the entries that are whole. Python writes NaN and Infinity bare: read leniently here.
#include "run/foreign_parts.h"

#include <algorithm>

namespace fettle::run {
namespace {

constexpr std::string_view kHistory = "log_history";
constexpr std::size_t kLargestEntry = std::size_t{1} << 20;
constexpr int kMostBroken = 1000; // entries that cannot be read, after which the rest is given up

bool isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

// Walks a document without judging what it skips; knows strings and brackets.
class Walker {
public:
    Walker(std::string_view text, std::size_t at)
        : m_text(text)
        , m_at(at) {}

    [[nodiscard]] std::size_t at() const { return m_at; }
    void moveTo(std::size_t at) { m_at = at; }
    [[nodiscard]] bool atEnd() const { return m_at >= m_text.size(); }
    [[nodiscard]] char peek() const { return atEnd() ? '\0' : m_text[m_at]; }
    void skipSpace() {
        while (!atEnd() && isSpace(m_text[m_at])) {
            ++m_at;
        }
    }
    bool take(char wanted) {
        skipSpace();
        if (peek() != wanted || atEnd()) {
            return false;
        }
        ++m_at;
        return true;
    }
    /// A string without its quotes, escapes as they are; nullopt when it does not end.
    std::optional<std::string_view> takeString() {
        if (!take('"')) {
            return std::nullopt;
        }
        const std::size_t begin = m_at;
        while (!atEnd() && m_text[m_at] != '"') {
            m_at += m_text[m_at] == '\\' ? 2 : 1;
        }
        if (atEnd()) {
            m_at = m_text.size();
            return std::nullopt;
        }
        return m_text.substr(begin, m_at++ - begin);
    }
    /// Skips one value, at most `limit` bytes of it; false when it does not end.
    bool skipValue(std::size_t limit) {
        skipSpace();
        const std::size_t begin = m_at;
        int depth = 0;
        while (!atEnd()) {
            if (m_at - begin > limit) {
                return false;
            }
            const char c = m_text[m_at];
            if (c == '"') {
                if (!takeString()) {
                    return false;
                }
                if (depth == 0) {
                    return true;
                }
                continue;
            }
            if (c == '{' || c == '[') {
                ++depth;
            } else if (c == '}' || c == ']') {
                if (depth == 0) {
                    return m_at > begin; // the bracket of what is around
                }
                if (--depth == 0) {
                    ++m_at;
                    return true;
                }
            } else if (depth == 0 && c == ',') {
                return m_at > begin;
            }
            ++m_at;
        }
        return false;
    }

private:
    std::string_view m_text;
    std::size_t m_at = 0;
};

// Offset of the value of log_history, or of a bare list of entries.
std::optional<std::size_t> historyOffset(std::string_view text) {
    Walker walker(text, text.size() - withoutMark(text).size());
    walker.skipSpace();
    if (walker.peek() == '[') {
        return walker.at();
    }
    if (!walker.take('{')) {
        return std::nullopt;
    }
    for (;;) {
        const auto key = walker.takeString();
        if (!key || !walker.take(':')) {
            return std::nullopt;
        }
        walker.skipSpace();
        if (*key == kHistory) {
            return walker.at();
        }
        if (!walker.skipValue(text.size()) || !walker.take(',')) {
            return std::nullopt;
        }
    }
}

// By its name alone, where what stands before it is damaged.
std::optional<std::size_t> namedOffset(std::string_view text) {
    const auto found = text.find("\"log_history\"");
    if (found == std::string_view::npos) {
        return std::nullopt;
    }
    Walker walker(text, found);
    if (!walker.takeString() || !walker.take(':')) {
        return std::nullopt;
    }
    walker.skipSpace();
    return walker.at();
}

std::int64_t newlinesIn(std::string_view text) {
    return std::count(text.begin(), text.end(), '\n');
}

// The next entry after a broken one: a brace that is no value of a key.
std::optional<std::size_t> nextEntry(std::string_view text, std::size_t after) {
    for (std::size_t at = text.find('{', after); at != std::string_view::npos; at = text.find('{', at + 1)) {
        std::size_t before = at;
        while (before > after && isSpace(text[before - 1])) {
            --before;
        }
        if (before > after && text[before - 1] != ':') {
            return at;
        }
    }
    return std::nullopt;
}

class HistoryReader {
public:
    HistoryReader(std::string_view text, LogBuilder& builder)
        : m_text(text)
        , m_builder(builder)
        , m_rows(builder, "step", {}) {}

    void read(std::size_t offset) {
        Walker walker(m_text, offset);
        if (!walker.take('[')) {
            tell(offset, std::string(kHistory), "is not a list");
            return;
        }
        int broken = 0;
        for (;; ++m_entry) {
            walker.skipSpace();
            if (walker.take(',')) {
                walker.skipSpace();
            }
            if (walker.atEnd()) {
                tell(walker.at(), entryName(), "the file ends inside log_history");
                break;
            }
            if (walker.take(']')) {
                break;
            }
            const std::size_t begin = walker.at();
            const bool whole = walker.skipValue(kLargestEntry);
            if (readEntry(begin, walker.at(), whole)) {
                continue;
            }
            if (++broken >= kMostBroken) {
                tell(begin, entryName(), "too many entries cannot be read: the rest is left out");
                break;
            }
            if (whole && m_lastBalanced) {
                continue;
            }
            const auto next = nextEntry(m_text, begin + 1);
            if (!next) {
                break;
            }
            walker.moveTo(*next);
        }
        m_rows.finish();
    }

private:
    [[nodiscard]] std::string entryName() const { return std::string(kHistory) + '[' + std::to_string(m_entry) + ']'; }
    // Lines are counted as the reader moves on.
    std::int64_t lineAt(std::size_t offset) {
        if (offset < m_lineOffset) {
            m_line = 1;
            m_lineOffset = 0;
        }
        m_line += newlinesIn(m_text.substr(m_lineOffset, offset - m_lineOffset));
        m_lineOffset = offset;
        return m_line;
    }
    void tell(std::size_t offset, const std::string& key, std::string message) {
        Error error = makeError(ErrorCode::Parse, std::move(message));
        error.line = lineAt(std::min(offset, m_text.size()));
        error.key = key;
        m_builder.problem(std::move(error));
    }
    bool readEntry(std::size_t begin, std::size_t end, bool whole) {
        const std::string_view slice = m_text.substr(begin, end - begin);
        const std::int64_t line = lineAt(begin);
        JsonParseError fault;
        JsonOptions options;
        options.allowNonFinite = true;
        std::optional<Json> row;
        if (whole) {
            row = parseJsonDetailed(slice, fault, options);
        }
        m_lastBalanced = true;
        if (row) {
            Error place;
            place.line = line;
            m_rows.add(*row, place, entryName() + '.');
            return true;
        }
        // A brace or a new entry inside what was taken for one: it swallowed the next.
        m_lastBalanced = whole && slice.substr(1).find("\n    {") == std::string_view::npos &&
                         slice.find("{", 1) == std::string_view::npos;
        Error error = makeError(ErrorCode::Parse, whole ? fault.reason + ": the entry is left out"
                                                        : std::string("the entry does not end: it is left out"));
        error.line = line + (whole ? fault.line - 1 : 0);
        error.column = whole && fault.line > 1 ? fault.column : 0;
        error.key = entryName() + (fault.key.empty() ? "" : '.' + fault.key);
        m_builder.problem(std::move(error));
        return false;
    }

    std::string_view m_text;
    LogBuilder& m_builder;
    RowReader m_rows;
    std::size_t m_entry = 0;
    std::int64_t m_line = 1;
    std::size_t m_lineOffset = 0;
    bool m_lastBalanced = true;
};

} // namespace

bool looksLikeTrainerState(std::string_view text) {
    const std::string_view body = withoutMark(text);
    const auto first = body.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && (body[first] == '{' || body[first] == '[') &&
           (historyOffset(text).has_value() || namedOffset(text).has_value());
}

Result<ForeignLog> readTrainerState(const std::string& path, std::string_view text) {
    LogBuilder builder("trainer_state", path);
    auto offset = historyOffset(text);
    if (!offset) {
        offset = namedOffset(text);
        if (offset) {
            Error error = makeError(ErrorCode::Parse, "what stands before log_history is damaged");
            error.line = 1;
            builder.problem(std::move(error));
        }
    }
    if (!offset) {
        return makeError(ErrorCode::Parse, "has no log_history that could be found",
                         "A trainer_state.json is written beside each checkpoint: try that of another one.")
            .at(path)
            .forKey(std::string(kHistory));
    }
    HistoryReader reader(text, builder);
    reader.read(*offset);
    return builder.finish();
}

} // namespace fettle::run
