// The only door to nlohmann-json. Parsing is strict (RFC 8259, no duplicate keys, valid UTF-8, bounded depth), errors
// carry line, column and key path, and nothing throws out of here. Object order is kept.
#pragma once

#include "base/result.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace fettle {

using Json = nlohmann::ordered_json;

enum class JsonFault { None = 0, Syntax, InvalidUtf8, InvalidUnicode, DuplicateKey, TooDeep, NumberRange, NonFinite };

struct JsonParseError {
    JsonFault fault = JsonFault::Syntax;
    std::int64_t line = 1;   // 1-based, inside the parsed text
    std::int64_t column = 1; // 1-based, in bytes
    std::size_t offset = 0;  // bytes from the start of the text
    std::string key;         // dotted path to the value being read: "messages[0].role"
    std::string reason;      // without a place: "comma missing"
};

struct JsonOptions {
    int maxDepth = 128;
    bool allowNonFinite = false; // bare NaN, Infinity, -Infinity (logs written by Python) become null
};

/// Parses one document that must fill `text` (white space around it is fine). On failure fills `fault` and returns
/// nullopt. Thread: any.
[[nodiscard]] std::optional<Json> parseJsonDetailed(std::string_view text, JsonParseError& fault,
                                                    const JsonOptions& options = {});

/// The same with the fault as an Error of code Parse (line, column and key set).
[[nodiscard]] Result<Json> parseJson(std::string_view text, const JsonOptions& options = {});

/// Reads and parses a file; the error names it.
[[nodiscard]] Result<Json> readJsonFile(const std::string& path, const JsonOptions& options = {});

/// One line, shortest round-trip numbers, UTF-8 as it is; invalid UTF-8 in a string is replaced by U+FFFD, NaN and
/// infinities become null.
[[nodiscard]] std::string dumpJson(const Json& value);
/// The same with `indent` spaces a level and a final newline.
[[nodiscard]] std::string dumpJsonPretty(const Json& value, int indent = 2);

/// Typed look-up: the member of `object`, or an error (InvalidInput) that names the key and what was expected. A
/// missing key gives `fallback` where one is given.
[[nodiscard]] Result<std::string> jsonString(const Json& object, const char* key);
[[nodiscard]] Result<std::int64_t> jsonInt(const Json& object, const char* key);
[[nodiscard]] Result<double> jsonDouble(const Json& object, const char* key);
[[nodiscard]] Result<bool> jsonBool(const Json& object, const char* key);
[[nodiscard]] Result<std::string> jsonString(const Json& object, const char* key, const std::string& fallback);
[[nodiscard]] Result<std::int64_t> jsonInt(const Json& object, const char* key, std::int64_t fallback);
[[nodiscard]] Result<double> jsonDouble(const Json& object, const char* key, double fallback);
[[nodiscard]] Result<bool> jsonBool(const Json& object, const char* key, bool fallback);

} // namespace fettle
