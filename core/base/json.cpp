// Strict JSON over nlohmann's SAX parser: our handler builds the value, tracks the key path, and refuses duplicate keys and deep nesting.
#include "base/json.h"

#include "base/files.h"
#include "base/utf8.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>
#include <vector>

namespace fettle {
namespace {

class TreeBuilder final : public nlohmann::json_sax<Json> {
public:
    TreeBuilder(const JsonOptions& options, JsonParseError& fault) : m_options(options), m_fault(fault) {}

    bool null() override { return add(Json(nullptr)); }
    bool boolean(bool value) override { return add(Json(value)); }
    bool number_integer(number_integer_t value) override { return add(Json(value)); }
    bool number_unsigned(number_unsigned_t value) override { return add(Json(value)); }
    bool number_float(number_float_t value, const string_t& text) override
    {
        if (!std::isfinite(value)) {
            return refuse(JsonFault::NumberRange, "number out of range: " + text);
        }
        return add(Json(value));
    }
    bool string(string_t& value) override { return add(Json(std::move(value))); }
    bool binary(binary_t&) override { return false; }

    bool start_object(std::size_t) override { return open(Json::object()); }
    bool key(string_t& value) override
    {
        Frame& frame = m_frames.back();
        frame.key = value;
        if (!frame.seen.insert(value).second) {
            m_fault.key = path();
            return refuse(JsonFault::DuplicateKey, "key '" + value + "' stands twice in one object");
        }
        return true;
    }
    bool end_object() override { return close(); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override
    {
        if (m_fault.fault == JsonFault::None) {
            m_fault.key = path();
            m_fault.offset = position > 0 ? position - 1 : 0;
            std::string what = error.what();
            const auto colon = what.find(": ");
            const auto second = colon == std::string::npos ? colon : what.find(": ", colon + 2);
            m_fault.reason = second == std::string::npos ? what : what.substr(second + 2);
            m_fault.fault = JsonFault::Syntax;
            if (what.find("ill-formed UTF-8") != std::string::npos) {
                m_fault.fault = JsonFault::InvalidUtf8;
            } else if (what.find("surrogate") != std::string::npos) {
                m_fault.fault = JsonFault::InvalidUnicode;
            } else if (what.find("out_of_range") != std::string::npos) {
                m_fault.fault = JsonFault::NumberRange;
            }
        }
        return false;
    }

    [[nodiscard]] bool refused() const { return m_refused; }
    Json take() { return std::move(m_root); }

private:
    struct Frame {
        Json value;
        std::string key;
        std::unordered_set<std::string> seen;
    };

    bool add(Json value)
    {
        if (m_frames.empty()) {
            m_root = std::move(value);
        } else if (m_frames.back().value.is_array()) {
            m_frames.back().value.push_back(std::move(value));
        } else {
            // Keys were checked for duplicates: append without the linear search of operator[].
            m_frames.back().value.get_ref<Json::object_t&>().push_back({m_frames.back().key, std::move(value)});
        }
        return true;
    }
    bool open(Json container)
    {
        if (static_cast<int>(m_frames.size()) >= m_options.maxDepth) {
            m_fault.key = path();
            return refuse(JsonFault::TooDeep, "nested deeper than " + std::to_string(m_options.maxDepth) + " levels");
        }
        m_frames.push_back(Frame{std::move(container), {}, {}});
        return true;
    }
    bool close()
    {
        Json value = std::move(m_frames.back().value);
        m_frames.pop_back();
        return add(std::move(value));
    }
    bool refuse(JsonFault fault, std::string reason)
    {
        m_fault.fault = fault;
        m_fault.reason = std::move(reason);
        m_refused = true;
        return false;
    }
    [[nodiscard]] std::string path() const
    {
        std::string out;
        for (const Frame& frame : m_frames) {
            if (frame.value.is_array()) {
                out += '[' + std::to_string(frame.value.size()) + ']';
            } else if (!frame.key.empty()) {
                out += (out.empty() ? "" : ".") + frame.key;
            }
        }
        return out;
    }

    const JsonOptions& m_options;
    JsonParseError& m_fault;
    std::vector<Frame> m_frames;
    Json m_root;
    bool m_refused = false;
};

void locate(std::string_view text, JsonParseError& fault)
{
    fault.offset = std::min(fault.offset, text.size());
    const auto before = text.substr(0, fault.offset);
    fault.line = 1 + std::count(before.begin(), before.end(), '\n');
    const auto lastBreak = before.rfind('\n');
    fault.column = static_cast<std::int64_t>(fault.offset - (lastBreak == std::string_view::npos ? 0 : lastBreak + 1)) + 1;
}

// Bare NaN and infinities, as Python writes them, replaced by null of the same length outside strings, so that places in messages stay right.
std::string withoutNonFinite(std::string_view text)
{
    std::string out(text);
    bool inString = false;
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (inString) {
            if (out[i] == '\\') {
                ++i;
            } else if (out[i] == '"') {
                inString = false;
            }
            continue;
        }
        if (out[i] == '"') {
            inString = true;
            continue;
        }
        for (const std::string_view word : {"-Infinity", "Infinity", "NaN"}) {
            if (out.compare(i, word.size(), word) == 0) {
                std::string filler = "null";
                filler.resize(std::max<std::size_t>(word.size(), 4), ' ');
                out.replace(i, word.size(), filler);
                i += filler.size() - 1;
                break;
            }
        }
    }
    return out;
}

Error missing(const char* key, const char* expected, const Json* found)
{
    Error error = makeError(ErrorCode::InvalidInput, found == nullptr ? std::string("missing; expected ") + expected
                                                                      : std::string("expected ") + expected + ", found " + found->type_name());
    error.key = key;
    return error;
}

const Json* member(const Json& object, const char* key)
{
    if (!object.is_object()) {
        return nullptr;
    }
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

} // namespace

std::optional<Json> parseJsonDetailed(std::string_view text, JsonParseError& fault, const JsonOptions& options)
{
    fault = JsonParseError{};
    fault.fault = JsonFault::None;
    if (const auto bad = firstInvalidUtf8(text)) {
        fault.fault = JsonFault::InvalidUtf8;
        fault.offset = *bad;
        fault.reason = "byte " + std::to_string(*bad) + " is not valid UTF-8";
        locate(text, fault);
        return std::nullopt;
    }
    std::string cleaned;
    if (options.allowNonFinite) {
        cleaned = withoutNonFinite(text);
        text = cleaned;
    }
    TreeBuilder builder(options, fault);
    bool parsed = false;
    try {
        parsed = Json::sax_parse(text.begin(), text.end(), &builder, Json::input_format_t::json, true, false);
    } catch (const std::exception& error) {
        fault.fault = JsonFault::Syntax;
        fault.reason = error.what();
    }
    if (parsed && fault.fault == JsonFault::None) {
        return builder.take();
    }
    if (fault.fault == JsonFault::None) {
        fault.fault = JsonFault::Syntax;
        fault.reason = "not valid JSON";
    }
    locate(text, fault);
    return std::nullopt;
}

Result<Json> parseJson(std::string_view text, const JsonOptions& options)
{
    JsonParseError fault;
    if (auto value = parseJsonDetailed(text, fault, options)) {
        return std::move(*value);
    }
    Error error = makeError(ErrorCode::Parse, "not valid JSON: " + fault.reason);
    error.line = fault.line;
    error.column = fault.column;
    error.key = fault.key;
    return error;
}

Result<Json> readJsonFile(const std::string& path, const JsonOptions& options)
{
    FETTLE_TRY_VALUE(const std::string text, readFile(path));
    auto value = parseJson(text, options);
    if (!value) {
        value.error().file = path;
    }
    return value;
}

std::string dumpJson(const Json& value)
{
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string dumpJsonPretty(const Json& value, int indent)
{
    return value.dump(indent, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<std::string> jsonString(const Json& object, const char* key)
{
    const Json* found = member(object, key);
    if (found == nullptr || !found->is_string()) {
        return missing(key, "text", found);
    }
    return found->get<std::string>();
}
Result<std::int64_t> jsonInt(const Json& object, const char* key)
{
    const Json* found = member(object, key);
    if (found == nullptr || !found->is_number_integer()) {
        return missing(key, "a whole number", found);
    }
    if (found->is_number_unsigned() && found->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) {
        return makeError(ErrorCode::InvalidInput, "number too large").forKey(key);
    }
    return found->get<std::int64_t>();
}
Result<double> jsonDouble(const Json& object, const char* key)
{
    const Json* found = member(object, key);
    if (found == nullptr || !found->is_number()) {
        return missing(key, "a number", found);
    }
    return found->get<double>();
}
Result<bool> jsonBool(const Json& object, const char* key)
{
    const Json* found = member(object, key);
    if (found == nullptr || !found->is_boolean()) {
        return missing(key, "true or false", found);
    }
    return found->get<bool>();
}
Result<std::string> jsonString(const Json& object, const char* key, const std::string& fallback)
{
    return member(object, key) == nullptr ? Result<std::string>(fallback) : jsonString(object, key);
}
Result<std::int64_t> jsonInt(const Json& object, const char* key, std::int64_t fallback)
{
    return member(object, key) == nullptr ? Result<std::int64_t>(fallback) : jsonInt(object, key);
}
Result<double> jsonDouble(const Json& object, const char* key, double fallback)
{
    return member(object, key) == nullptr ? Result<double>(fallback) : jsonDouble(object, key);
}
Result<bool> jsonBool(const Json& object, const char* key, bool fallback)
{
    return member(object, key) == nullptr ? Result<bool>(fallback) : jsonBool(object, key);
}

} // namespace fettle
