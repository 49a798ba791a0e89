// Standard output and standard error.
#include "cli/output.h"

#include <cstdio>

namespace fettle::app {

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

void printLine(std::string_view text) {
    print(std::string(text) + '\n');
}

void printJson(const Json& value) {
    printLine(dumpJson(value));
}

void printNote(std::string_view text) {
    const std::string line = std::string(text) + '\n';
    std::fwrite(line.data(), 1, line.size(), stderr);
}

void printError(const Error& error) {
    printNote("fettle: " + error.text());
}

int failed(const Error& error) {
    printError(error);
    return error.code == ErrorCode::Usage ? kUsage : kFailed;
}

} // namespace fettle::app
