// The stable JSON form of events: names, order and units as in core/README.md. A number that is not finite is null, and
// null reads back as NaN.
#include "run/events.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

namespace fettle::run {
namespace {

Json number(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

// The double with the fewest digits that reads back to the same float.
Json shortNumber(float value) {
    std::array<char, 32> text{};
    const auto [end, status] = std::to_chars(text.data(), text.data() + text.size(), value);
    double out = static_cast<double>(value);
    if (std::isfinite(value) && status == std::errc{}) {
        std::from_chars(text.data(), end, out);
    }
    return number(out);
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Keys of eval_metrics that are not further metrics.
constexpr std::array<std::string_view, 9> kEvalKeys{"seq",  "run",   "time_ms", "elapsed_ms",    "type",
                                                    "step", "split", "loss",    "token_accuracy"};

const char* typeName(const EventBody& body) {
    static constexpr std::array<const char*, 9> names{"state_changed",    "step_metrics",     "eval_metrics",
                                                      "sample_generated", "checkpoint_saved", "row_losses",
                                                      "resource_usage",   "log_line",         "recipe_changed"};
    return names[body.index()];
}

void write(Json& out, const StateChanged& body) {
    out["state"] = jobs::runStateName(body.state);
    if (!body.reason.empty()) {
        out["reason"] = body.reason;
    }
    if (body.fromStep) {
        out["from_step"] = *body.fromStep;
    }
    if (body.step) {
        out["step"] = *body.step;
    }
    if (!body.rows.empty()) {
        out["rows"] = body.rows;
    }
    if (!body.message.empty()) {
        out["message"] = body.message;
    }
}

void write(Json& out, const StepMetrics& body) {
    out["step"] = body.step;
    out["epoch"] = number(body.epoch);
    out["loss"] = number(body.loss);
    out["lr"] = number(body.lr);
    out["grad_norm"] = number(body.gradNorm);
    out["label_tokens"] = body.labelTokens;
    out["tokens"] = body.tokens;
    out["computed_tokens"] = body.computedTokens;
    out["tokens_per_s"] = number(body.tokensPerSecond);
    out["step_ms"] = number(body.stepMs);
    out["wait_ms"] = number(body.waitMs);
    out["peak_bytes"] = body.peakBytes;
    if (body.devicePeakBytes) {
        out["device_peak_bytes"] = *body.devicePeakBytes;
    }
    out["token_accuracy"] = number(body.tokenAccuracy);
    if (!body.layerNorms.empty()) {
        Json norms = Json::array();
        for (const float norm : body.layerNorms) {
            norms.push_back(shortNumber(norm));
        }
        out["layer_norms"] = std::move(norms);
    }
}

void write(Json& out, const EvalMetrics& body) {
    out["step"] = body.step;
    out["split"] = body.split;
    out["loss"] = number(body.loss);
    out["token_accuracy"] = number(body.tokenAccuracy);
    for (const auto& [name, value] : body.more) {
        if (!out.contains(name)) {
            out[name] = number(value);
        }
    }
}

void write(Json& out, const SampleGenerated& body) {
    out["step"] = body.step;
    out["prompt_id"] = body.promptId;
    out["prompt"] = body.prompt;
    out["base"] = body.base;
    out["text"] = body.text;
    out["expected"] = body.expected;
}

void write(Json& out, const CheckpointSaved& body) {
    out["step"] = body.step;
    out["path"] = body.path;
    out["best"] = body.best;
}

void write(Json& out, const RowLosses& body) {
    out["step"] = body.step;
    out["path"] = body.path;
}

void write(Json& out, const ResourceUsage& body) {
    out["cpu"] = number(body.cpu);
    out["memory_bytes"] = body.memoryBytes;
    out["disk_free_bytes"] = body.diskFreeBytes;
    out["device"] = body.device;
}

void write(Json& out, const LogLine& body) {
    out["level"] = body.level;
    out["text"] = body.text;
}

void write(Json& out, const RecipeChanged& body) {
    out["step"] = body.step;
    out["key"] = body.key;
    out["from"] = body.from;
    out["to"] = body.to;
}

// Reads members of one object; the first fault stays.
class Reader {
public:
    explicit Reader(const Json& json)
        : m_json(json) {}

    void get(const char* key, std::int64_t& out, bool required = false) {
        if (const Json* found = find(key, required)) {
            if (!found->is_number_integer() ||
                (found->is_number_unsigned() && found->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))) {
                fail(key, "a whole number", *found);
                return;
            }
            out = found->get<std::int64_t>();
        }
    }
    void get(const char* key, std::optional<std::int64_t>& out) {
        std::int64_t value = 0;
        if (find(key, false) != nullptr) {
            get(key, value);
            out = value;
        }
    }
    void get(const char* key, std::uint64_t& out) {
        std::int64_t value = 0;
        get(key, value);
        if (value < 0) {
            fail(key, "a number of bytes", m_json[key]);
            return;
        }
        out = static_cast<std::uint64_t>(value);
    }
    void get(const char* key, double& out) {
        const auto found = m_json.find(key);
        if (found == m_json.end()) {
            return;
        }
        if (found->is_null()) {
            out = kNan;
        } else if (found->is_number()) {
            out = found->get<double>();
        } else {
            fail(key, "a number or null", *found);
        }
    }
    void get(const char* key, std::string& out, bool required = false) {
        if (const Json* found = find(key, required)) {
            if (!found->is_string()) {
                fail(key, "text", *found);
                return;
            }
            out = found->get<std::string>();
        }
    }
    void get(const char* key, bool& out) {
        if (const Json* found = find(key, false)) {
            if (!found->is_boolean()) {
                fail(key, "true or false", *found);
                return;
            }
            out = found->get<bool>();
        }
    }
    void get(const char* key, std::vector<std::int64_t>& out) {
        const Json* found = find(key, false);
        if (found == nullptr) {
            return;
        }
        if (!found->is_array()) {
            fail(key, "a list of row numbers", *found);
            return;
        }
        for (const Json& item : *found) {
            if (!item.is_number_integer()) {
                fail(key, "a list of row numbers", item);
                return;
            }
            out.push_back(item.get<std::int64_t>());
        }
    }
    void get(const char* key, std::vector<float>& out) {
        const Json* found = find(key, false);
        if (found == nullptr) {
            return;
        }
        const bool numbers = found->is_array() && std::all_of(found->begin(), found->end(), [](const Json& item) {
                                 return item.is_number() || item.is_null();
                             });
        if (!numbers) {
            fail(key, "a list of numbers", *found);
            return;
        }
        out.reserve(found->size());
        for (const Json& item : *found) {
            out.push_back(item.is_null() ? static_cast<float>(kNan) : item.get<float>());
        }
    }
    void fail(const char* key, const char* expected, const Json& found) {
        if (!m_error) {
            m_error =
                makeError(ErrorCode::InvalidInput, std::string("expected ") + expected + ", found " + found.type_name())
                    .forKey(key);
        }
    }
    [[nodiscard]] std::optional<Error>& error() { return m_error; }

private:
    const Json* find(const char* key, bool required) {
        const auto found = m_json.find(key);
        if (found == m_json.end() || found->is_null()) {
            if (required && !m_error) {
                m_error = makeError(ErrorCode::InvalidInput, "missing").forKey(key);
            }
            return nullptr;
        }
        return &*found;
    }

    const Json& m_json;
    std::optional<Error> m_error;
};

EventBody readState(Reader& reader, const Json& json) {
    StateChanged body;
    std::string name;
    reader.get("state", name, true);
    if (const auto state = jobs::runStateFromName(name)) {
        body.state = *state;
    } else if (!name.empty()) {
        reader.fail("state", "a state of a run", json["state"]);
    }
    reader.get("reason", body.reason);
    reader.get("from_step", body.fromStep);
    reader.get("step", body.step);
    reader.get("rows", body.rows);
    reader.get("message", body.message);
    return body;
}

EventBody readStep(Reader& reader) {
    StepMetrics body;
    reader.get("step", body.step, true);
    reader.get("epoch", body.epoch);
    reader.get("loss", body.loss);
    reader.get("lr", body.lr);
    reader.get("grad_norm", body.gradNorm);
    reader.get("label_tokens", body.labelTokens);
    reader.get("tokens", body.tokens);
    reader.get("computed_tokens", body.computedTokens);
    reader.get("tokens_per_s", body.tokensPerSecond);
    reader.get("step_ms", body.stepMs);
    reader.get("wait_ms", body.waitMs);
    reader.get("peak_bytes", body.peakBytes);
    std::optional<std::int64_t> device;
    reader.get("device_peak_bytes", device);
    if (device && *device >= 0) {
        body.devicePeakBytes = static_cast<std::uint64_t>(*device);
    }
    reader.get("token_accuracy", body.tokenAccuracy);
    reader.get("layer_norms", body.layerNorms);
    return body;
}

EventBody readEval(Reader& reader, const Json& json) {
    EvalMetrics body;
    reader.get("step", body.step, true);
    reader.get("split", body.split);
    reader.get("loss", body.loss);
    reader.get("token_accuracy", body.tokenAccuracy);
    for (const auto& [key, value] : json.items()) {
        const bool known = std::find(kEvalKeys.begin(), kEvalKeys.end(), key) != kEvalKeys.end();
        if (!known && (value.is_number() || value.is_null())) {
            body.more.emplace_back(key, value.is_null() ? kNan : value.get<double>());
        }
    }
    return body;
}

EventBody readSample(Reader& reader) {
    SampleGenerated body;
    reader.get("step", body.step, true);
    reader.get("prompt_id", body.promptId);
    reader.get("prompt", body.prompt);
    reader.get("base", body.base);
    reader.get("text", body.text);
    reader.get("expected", body.expected);
    return body;
}

EventBody readCheckpoint(Reader& reader) {
    CheckpointSaved body;
    reader.get("step", body.step, true);
    reader.get("path", body.path);
    reader.get("best", body.best);
    return body;
}

EventBody readRowLosses(Reader& reader) {
    RowLosses body;
    reader.get("step", body.step, true);
    reader.get("path", body.path);
    return body;
}

EventBody readUsage(Reader& reader) {
    ResourceUsage body;
    reader.get("cpu", body.cpu);
    reader.get("memory_bytes", body.memoryBytes);
    reader.get("disk_free_bytes", body.diskFreeBytes);
    reader.get("device", body.device);
    return body;
}

EventBody readLog(Reader& reader) {
    LogLine body;
    reader.get("level", body.level);
    reader.get("text", body.text);
    return body;
}

EventBody readChange(Reader& reader, const Json& json) {
    RecipeChanged body;
    reader.get("step", body.step, true);
    reader.get("key", body.key, true);
    body.from = json.value("from", Json());
    body.to = json.value("to", Json());
    return body;
}

std::optional<EventBody> readBody(const std::string& type, Reader& reader, const Json& json) {
    if (type == "state_changed") {
        return readState(reader, json);
    }
    if (type == "step_metrics") {
        return readStep(reader);
    }
    if (type == "eval_metrics") {
        return readEval(reader, json);
    }
    if (type == "sample_generated") {
        return readSample(reader);
    }
    if (type == "checkpoint_saved") {
        return readCheckpoint(reader);
    }
    if (type == "row_losses") {
        return readRowLosses(reader);
    }
    if (type == "resource_usage") {
        return readUsage(reader);
    }
    if (type == "log_line") {
        return readLog(reader);
    }
    if (type == "recipe_changed") {
        return readChange(reader, json);
    }
    return std::nullopt;
}

struct StepOf {
    template <class Body>
    std::optional<std::int64_t> operator()(const Body& body) const {
        return body.step;
    }
    std::optional<std::int64_t> operator()(const StateChanged&) const { return std::nullopt; }
    std::optional<std::int64_t> operator()(const ResourceUsage&) const { return std::nullopt; }
    std::optional<std::int64_t> operator()(const LogLine&) const { return std::nullopt; }
    std::optional<std::int64_t> operator()(const RecipeChanged&) const { return std::nullopt; }
};

} // namespace

std::optional<std::int64_t> stepOf(const EventBody& body) {
    return std::visit(StepOf{}, body);
}

Json eventToJson(const RunEvent& event) {
    Json out = Json::object();
    out["seq"] = event.seq;
    out["run"] = event.run;
    out["time_ms"] = event.timeMs;
    out["elapsed_ms"] = event.elapsedMs;
    out["type"] = typeName(event.body);
    std::visit([&out](const auto& body) { write(out, body); }, event.body);
    return out;
}

Result<std::optional<RunEvent>> eventFromJson(const Json& json) {
    if (!json.is_object()) {
        return makeError(ErrorCode::InvalidInput, "an event is an object");
    }
    RunEvent event;
    std::string type;
    Reader reader(json);
    reader.get("seq", event.seq, true);
    reader.get("run", event.run);
    reader.get("time_ms", event.timeMs);
    reader.get("elapsed_ms", event.elapsedMs);
    reader.get("type", type, true);
    if (reader.error()) {
        return std::move(*reader.error());
    }
    auto body = readBody(type, reader, json);
    if (!body) {
        return std::optional<RunEvent>();
    }
    if (reader.error()) {
        return std::move(*reader.error());
    }
    event.body = std::move(*body);
    return std::optional<RunEvent>(std::move(event));
}

} // namespace fettle::run
