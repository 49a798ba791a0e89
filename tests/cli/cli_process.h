// Runs `fettle` as a process in tests: arguments in, exit code and both outputs out.
#pragma once

#include "base/json.h"

#include <QProcess>
#include <QString>

#include <string>
#include <vector>

namespace fettle::test {

struct CliResult {
    int code = -1;
    std::string out, err;
    [[nodiscard]] Json json() const {
        auto parsed = parseJson(out);
        return parsed ? *parsed : Json("not JSON: " + out);
    }
};

inline QString cliProgram() {
    return QStringLiteral(FETTLE_BIN_DIR "/fettle");
}

inline QStringList cliArguments(const std::vector<std::string>& words) {
    QStringList list;
    for (const std::string& word : words) {
        list << QString::fromStdString(word);
    }
    return list;
}

/// Waits at most `timeoutMs`; a program that does not end is killed and gives code -1.
inline CliResult runCli(const std::vector<std::string>& words, int timeoutMs = 120000) {
    QProcess process;
    process.start(cliProgram(), cliArguments(words));
    CliResult result;
    if (process.waitForFinished(timeoutMs) && process.exitStatus() == QProcess::NormalExit) {
        result.code = process.exitCode();
    } else {
        process.kill();
        process.waitForFinished(5000);
    }
    result.out = process.readAllStandardOutput().toStdString();
    result.err = process.readAllStandardError().toStdString();
    return result;
}

} // namespace fettle::test
