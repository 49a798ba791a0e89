// Writing of JSON, whole files, and typed look-up; the strict parser stands in json_parse.cpp.
#include "base/json.h"

#include "base/files.h"

namespace fettle {
namespace {

Error missing(const char* key, const char* expected, const Json* found) {
    Error error = makeError(ErrorCode::InvalidInput,
                            found == nullptr ? std::string("missing; expected ") + expected
                                             : std::string("expected ") + expected + ", found " + found->type_name());
    error.key = key;
    return error;
}

const Json* member(const Json& object, const char* key) {
    if (!object.is_object()) {
        return nullptr;
    }
    const auto found = object.find(key);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

} // namespace

Result<Json> parseJson(std::string_view text, const JsonOptions& options) {
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

Result<Json> readJsonFile(const std::string& path, const JsonOptions& options) {
    FETTLE_TRY_VALUE(const std::string text, readFile(path));
    auto value = parseJson(text, options);
    if (!value) {
        value.error().file = path;
    }
    return value;
}

std::string dumpJson(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string dumpJsonPretty(const Json& value, int indent) {
    return value.dump(indent, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<std::string> jsonString(const Json& object, const char* key) {
    const Json* found = member(object, key);
    if (found == nullptr || !found->is_string()) {
        return missing(key, "text", found);
    }
    return found->get<std::string>();
}
Result<std::int64_t> jsonInt(const Json& object, const char* key) {
    const Json* found = member(object, key);
    if (found == nullptr || !found->is_number_integer()) {
        return missing(key, "a whole number", found);
    }
    if (found->is_number_unsigned() && found->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) {
        return makeError(ErrorCode::InvalidInput, "number too large").forKey(key);
    }
    return found->get<std::int64_t>();
}
Result<double> jsonDouble(const Json& object, const char* key) {
    const Json* found = member(object, key);
    if (found == nullptr || !found->is_number()) {
        return missing(key, "a number", found);
    }
    return found->get<double>();
}
Result<bool> jsonBool(const Json& object, const char* key) {
    const Json* found = member(object, key);
    if (found == nullptr || !found->is_boolean()) {
        return missing(key, "true or false", found);
    }
    return found->get<bool>();
}
Result<std::string> jsonString(const Json& object, const char* key, const std::string& fallback) {
    return member(object, key) == nullptr ? Result<std::string>(fallback) : jsonString(object, key);
}
Result<std::int64_t> jsonInt(const Json& object, const char* key, std::int64_t fallback) {
    return member(object, key) == nullptr ? Result<std::int64_t>(fallback) : jsonInt(object, key);
}
Result<double> jsonDouble(const Json& object, const char* key, double fallback) {
    return member(object, key) == nullptr ? Result<double>(fallback) : jsonDouble(object, key);
}
Result<bool> jsonBool(const Json& object, const char* key, bool fallback) {
    return member(object, key) == nullptr ? Result<bool>(fallback) : jsonBool(object, key);
}

} // namespace fettle
