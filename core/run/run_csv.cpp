// Two passes over events.jsonl: the first finds the resumes and the columns, the second writes.
#include "run/run_csv.h"

#include "base/files.h"
#include "run/event_line.h"
#include "run/metric_table.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <map>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fettle::run {
namespace {

constexpr std::array<const char*, 6> kHead{"seq", "run", "time_ms", "elapsed_ms", "type", "step"};
constexpr std::size_t kPiece = std::size_t{1} << 20;

// Whole lines of a file up to the size it had when opened, so that both passes see the same of a run that goes on.
class LineFile {
public:
    static Result<LineFile> open(const std::string& path) {
        LineFile file;
        file.m_path = path;
        file.m_fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        struct stat info {};
        if (file.m_fd < 0 || ::fstat(file.m_fd, &info) != 0) {
            return errnoError(errno, "opening", path);
        }
        file.m_size = static_cast<std::uint64_t>(info.st_size);
        return file;
    }
    LineFile(LineFile&& other) noexcept
        : m_fd(std::exchange(other.m_fd, -1))
        , m_size(other.m_size)
        , m_path(std::move(other.m_path)) {}
    LineFile(const LineFile&) = delete;
    LineFile& operator=(const LineFile&) = delete;
    LineFile& operator=(LineFile&&) = delete;
    ~LineFile() {
        if (m_fd >= 0) {
            ::close(m_fd);
        }
    }

    /// Calls take(line) -> Result<void> for every line that has its end; a torn last one is not given.
    template <class Take>
    Result<void> each(Take take) const {
        std::string buffer;
        std::uint64_t offset = 0;
        std::size_t begin = 0;
        for (;;) {
            const auto end = buffer.find('\n', begin);
            if (end != std::string::npos) {
                if (end > begin) {
                    FETTLE_TRY(take(std::string_view(buffer).substr(begin, end - begin)));
                }
                begin = end + 1;
                continue;
            }
            buffer.erase(0, begin);
            begin = 0;
            const std::size_t kept = buffer.size();
            const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, m_size - offset));
            if (wanted == 0) {
                return {};
            }
            buffer.resize(kept + wanted);
            ssize_t got = 0;
            do {
                got = ::pread(m_fd, buffer.data() + kept, wanted, static_cast<off_t>(offset));
            } while (got < 0 && errno == EINTR);
            if (got < 0) {
                return errnoError(errno, "reading", m_path);
            }
            if (got == 0) {
                return {}; // cut meanwhile
            }
            buffer.resize(kept + static_cast<std::size_t>(got));
            offset += static_cast<std::uint64_t>(got);
            begin = 0;
        }
    }

private:
    LineFile() = default;
    int m_fd = -1;
    std::uint64_t m_size = 0;
    std::string m_path;
};

void appendQuoted(std::string& out, std::string_view cell) {
    if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
        out += cell;
        return;
    }
    out += '"';
    for (const char c : cell) {
        if (c == '"') {
            out += '"';
        }
        out += c;
    }
    out += '"';
}

void appendCell(std::string& out, const Json& value) {
    if (value.is_string()) {
        appendQuoted(out, value.get_ref<const std::string&>());
    } else if (value.is_number_float()) {
        MetricValue::real(value.get<double>()).appendText(out);
    } else {
        appendQuoted(out, dumpJson(value)); // whole numbers, null, true and false, lists
    }
}

// Which column a key has. Keys of the head and of steps are always there.
class Columns {
public:
    Columns() {
        for (const char* key : kHead) {
            add(key);
        }
        for (const Metric& metric : metrics()) {
            if (metric.source == Metric::Source::Step) {
                add(metric.key);
            }
        }
        m_steps = m_names.size();
    }
    void add(const std::string& key) {
        if (m_index.emplace(key, m_names.size()).second) {
            m_names.push_back(key);
        }
    }
    [[nodiscard]] std::size_t of(const std::string& key) const { return m_index.at(key); }
    [[nodiscard]] const std::vector<std::string>& names() const { return m_names; }
    [[nodiscard]] std::size_t afterSteps() const { return m_names.size() - m_steps; }

private:
    std::vector<std::string> m_names;
    std::map<std::string, std::size_t> m_index;
    std::size_t m_steps = 0;
};

// A resume: events before it (by their number in the file) that lie beyond `step` do not count.
struct Resume {
    std::int64_t event = 0;
    std::int64_t step = 0;
};

// The limit for every event: the lowest step that a later resume went back to.
class Limits {
public:
    explicit Limits(std::vector<Resume> resumes)
        : m_resumes(std::move(resumes)) {
        for (std::size_t i = m_resumes.size(); i-- > 1;) {
            m_resumes[i - 1].step = std::min(m_resumes[i - 1].step, m_resumes[i].step);
        }
    }
    /// Ask with rising numbers.
    [[nodiscard]] std::int64_t at(std::int64_t event) {
        while (m_next < m_resumes.size() && m_resumes[m_next].event <= event) {
            ++m_next;
        }
        return m_next < m_resumes.size() ? m_resumes[m_next].step : std::numeric_limits<std::int64_t>::max();
    }

private:
    std::vector<Resume> m_resumes;
    std::size_t m_next = 0;
};

void appendHead(std::string& out, const RunEvent& event, std::string_view type) {
    MetricValue::whole(event.seq).appendText(out);
    out += ',';
    appendQuoted(out, event.run);
    out += ',';
    MetricValue::whole(event.timeMs).appendText(out);
    out += ',';
    MetricValue::whole(event.elapsedMs).appendText(out);
    out += ',';
    out += type;
    out += ',';
}

void appendStepLine(std::string& out, const RunEvent& event, const StepMetrics& step, std::size_t empty) {
    appendHead(out, event, "step_metrics");
    MetricValue::whole(step.step).appendText(out);
    for (const Metric& metric : metrics()) {
        if (metric.source == Metric::Source::Step) {
            out += ',';
            metric.ofStep(step).appendText(out);
        }
    }
    out.append(empty, ',');
    out += '\n';
}

void appendOtherLine(std::string& out, const RunEvent& event, const Columns& columns) {
    const Json json = eventToJson(event);
    std::vector<const Json*> cells(columns.names().size(), nullptr);
    for (const auto& [key, value] : json.items()) {
        cells[columns.of(key)] = &value;
    }
    for (std::size_t column = 0; column < cells.size(); ++column) {
        if (column > 0) {
            out += ',';
        }
        if (cells[column] != nullptr) {
            appendCell(out, *cells[column]);
        }
    }
    out += '\n';
}

} // namespace

Result<CsvReport> runCsv(const std::string& folder, const CsvSink& sink) {
    FETTLE_TRY_VALUE(const LineFile file, LineFile::open(folder + "/events.jsonl"));
    CsvReport report;
    Columns columns;
    std::vector<Resume> resumes;
    std::int64_t number = 0;
    const auto look = [&](std::string_view line) -> Result<void> {
        const auto event = parseEventLine(line);
        if (!event) {
            ++report.damagedLines;
            return {};
        }
        if (!event->has_value()) {
            ++report.unknownLines;
            return {};
        }
        ++number;
        if (const auto* state = std::get_if<StateChanged>(&(*event)->body); state != nullptr && state->fromStep) {
            resumes.push_back({number, *state->fromStep});
        }
        if (!std::holds_alternative<StepMetrics>((*event)->body)) {
            const Json json = eventToJson(**event);
            for (const auto& [key, value] : json.items()) {
                columns.add(key);
            }
        }
        return {};
    };
    FETTLE_TRY(file.each(look));

    std::string out;
    for (const std::string& name : columns.names()) {
        out += out.empty() ? "" : ",";
        appendQuoted(out, name);
    }
    out += '\n';
    Limits limits(std::move(resumes));
    number = 0;
    const auto writeLine = [&](std::string_view line) -> Result<void> {
        const auto event = parseEventLine(line);
        if (!event || !event->has_value()) {
            return {};
        }
        ++number;
        if (const auto step = stepOf((*event)->body); step && *step > limits.at(number)) {
            ++report.overwritten;
            return {};
        }
        if (const auto* step = std::get_if<StepMetrics>(&(*event)->body)) {
            appendStepLine(out, **event, *step, columns.afterSteps());
        } else {
            appendOtherLine(out, **event, columns);
        }
        ++report.lines;
        if (out.size() >= kPiece) {
            FETTLE_TRY(sink(out));
            out.clear();
        }
        return {};
    };
    FETTLE_TRY(file.each(writeLine));
    FETTLE_TRY(sink(out));
    return report;
}

Result<CsvReport> writeRunCsv(const std::string& folder, const std::string& path) {
    FETTLE_TRY_VALUE(AtomicFile file, AtomicFile::create(path));
    FETTLE_TRY_VALUE(const CsvReport report,
                     runCsv(folder, [&file](std::string_view text) { return file.write(text); }));
    FETTLE_TRY(file.commit());
    return report;
}

} // namespace fettle::run
