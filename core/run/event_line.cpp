// The fast path reads a flat object of plain strings and numbers from left to right and gives up at anything unusual;
// giving up costs nothing but time.
#include "run/event_line.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace fettle::run {
namespace {

class Scanner {
public:
    explicit Scanner(std::string_view text)
        : m_text(text) {}

    bool take(char wanted) {
        if (m_at >= m_text.size() || m_text[m_at] != wanted) {
            return false;
        }
        ++m_at;
        return true;
    }
    bool takeKey(std::string_view name) {
        if (m_text.size() - m_at < name.size() + 3 || m_text[m_at] != '"' ||
            m_text.compare(m_at + 1, name.size(), name) != 0 || m_text[m_at + 1 + name.size()] != '"' ||
            m_text[m_at + 2 + name.size()] != ':') {
            return false;
        }
        m_at += name.size() + 3;
        return true;
    }
    // Plain ASCII without escapes only.
    bool takeString(std::string_view& out) {
        if (!take('"')) {
            return false;
        }
        const std::size_t begin = m_at;
        while (m_at < m_text.size() && m_text[m_at] != '"') {
            const auto byte = static_cast<unsigned char>(m_text[m_at]);
            if (byte < 0x20 || byte >= 0x7F || byte == '\\') {
                return false;
            }
            ++m_at;
        }
        out = m_text.substr(begin, m_at - begin);
        return take('"');
    }
    bool takeInteger(std::int64_t& out) {
        if (m_at < m_text.size() && m_text[m_at] == '0' && m_at + 1 < m_text.size() && m_text[m_at + 1] >= '0' &&
            m_text[m_at + 1] <= '9') {
            return false; // not JSON
        }
        const auto [end, status] = std::from_chars(m_text.data() + m_at, m_text.data() + m_text.size(), out);
        if (status != std::errc{} || end == m_text.data() + m_text.size() || (*end != ',' && *end != '}')) {
            return false;
        }
        m_at = static_cast<std::size_t>(end - m_text.data());
        return true;
    }
    bool takeDouble(double& out) {
        if (m_text.compare(m_at, 4, "null") == 0) {
            out = std::numeric_limits<double>::quiet_NaN();
            m_at += 4;
            return true;
        }
        const char first = m_at < m_text.size() ? m_text[m_at] : ' ';
        if (first != '-' && (first < '0' || first > '9')) {
            return false; // from_chars would take "inf" and "nan"
        }
        const auto [end, status] = std::from_chars(m_text.data() + m_at, m_text.data() + m_text.size(), out);
        if (status != std::errc{} || !std::isfinite(out)) {
            return false;
        }
        m_at = static_cast<std::size_t>(end - m_text.data());
        return true;
    }
    [[nodiscard]] bool done() const { return m_at == m_text.size(); }

private:
    std::string_view m_text;
    std::size_t m_at = 0;
};

bool scanStep(std::string_view line, StepLine& event, std::string_view& run) {
    Scanner scan(line);
    StepMetrics step;
    std::string_view type;
    const auto integer = [&scan](const char* key, std::int64_t& out) {
        return scan.take(',') && scan.takeKey(key) && scan.takeInteger(out);
    };
    const auto number = [&scan](const char* key, double& out) {
        return scan.take(',') && scan.takeKey(key) && scan.takeDouble(out);
    };
    std::int64_t peak = 0;
    const bool head = scan.take('{') && scan.takeKey("seq") && scan.takeInteger(event.seq) && scan.take(',') &&
                      scan.takeKey("run") && scan.takeString(run) && integer("time_ms", event.timeMs) &&
                      integer("elapsed_ms", event.elapsedMs) && scan.take(',') && scan.takeKey("type") &&
                      scan.takeString(type);
    if (!head || type != "step_metrics") {
        return false;
    }
    const bool body = integer("step", step.step) && number("epoch", step.epoch) && number("loss", step.loss) &&
                      number("lr", step.lr) && number("grad_norm", step.gradNorm) &&
                      integer("label_tokens", step.labelTokens) && integer("tokens", step.tokens) &&
                      integer("computed_tokens", step.computedTokens) && number("tokens_per_s", step.tokensPerSecond) &&
                      number("step_ms", step.stepMs) && number("wait_ms", step.waitMs) && integer("peak_bytes", peak) &&
                      scan.take(',');
    if (!body || peak < 0) {
        return false;
    }
    if (scan.takeKey("device_peak_bytes")) {
        std::int64_t device = 0;
        if (!scan.takeInteger(device) || device < 0 || !scan.take(',')) {
            return false;
        }
        step.devicePeakBytes = static_cast<std::uint64_t>(device);
    }
    if (!scan.takeKey("token_accuracy") || !scan.takeDouble(step.tokenAccuracy) || !scan.take('}') || !scan.done()) {
        return false;
    }
    step.peakBytes = static_cast<std::uint64_t>(peak);
    event.metrics = step;
    return true;
}

} // namespace

bool parseStepLine(std::string_view line, StepLine& out) {
    std::string_view run;
    return scanStep(line, out, run);
}

Result<std::optional<RunEvent>> parseEventLine(std::string_view line) {
    StepLine step;
    std::string_view run;
    if (scanStep(line, step, run)) {
        return std::optional<RunEvent>(RunEvent{step.seq, std::string(run), step.timeMs, step.elapsedMs, step.metrics});
    }
    FETTLE_TRY_VALUE(const Json json, parseJson(line));
    return eventFromJson(json);
}

std::string eventLine(const RunEvent& event) {
    return dumpJson(eventToJson(event)) + '\n';
}

} // namespace fettle::run
