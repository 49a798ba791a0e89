// What a command says: text and JSON on standard output, errors on standard error, and the exit codes 0 done, 1 failed,
// 2 wrong usage.
#pragma once

#include "base/json.h"

#include <string>
#include <string_view>

namespace fettle::app {

inline constexpr int kDone = 0, kFailed = 1, kUsage = 2;

void print(std::string_view text); // standard output, as it is
void printLine(std::string_view text);
void printJson(const Json& value);     // one line
void printError(const Error& error);   // "fettle: …"
void printNote(std::string_view text); // standard error

/// Prints the error and gives its exit code.
[[nodiscard]] int failed(const Error& error);

} // namespace fettle::app
