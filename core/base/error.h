// Error: what the world did to us, as a value. The code is for the caller that branches (the window picks text and next
// action by it); message, hint and place are English for logs and the command line.
#pragma once

#include <cstdint>
#include <string>

namespace fettle {

enum class ErrorCode {
    None = 0,     // no error: never put into an Error
    Io,           // read or write failed
    NotFound,     // file, key or name does not exist
    Parse,        // bytes that do not follow their format
    InvalidInput, // well-formed, but a value that cannot be
    Unsupported,  // valid elsewhere, not handled here
    Corrupt,      // our own file, damaged
    DiskFull,
    Permission,
    OutOfMemory,
    NonFinite, // a loss or gradient that is no number
    DeviceLost,
    EngineMissing, // the engine module or LibTorch cannot be opened
    Cancelled,
    Busy, // held by someone else (a run with a live owner, a locked database)
    Network,
    Usage,    // wrong command line
    Internal, // a bug of ours that was caught at a border
};

/// What happened (`message`), where (`file`, `line`, `column`, `key`), and what to do (`hint`). Lines and columns count
/// from 1; 0 = unknown.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;
    std::string hint;
    std::string file;
    std::int64_t line = 0;
    std::int64_t column = 0;
    std::string key;    // dotted path inside the document: "messages[2].role"
    std::string detail; // for logs and the Details fold: system text, a backtrace

    /// One line: "rows.jsonl:12: messages[2].role: unknown role 'bot'. Use one of …"
    [[nodiscard]] std::string text() const;

    Error& at(std::string path) {
        file = std::move(path);
        return *this;
    }
    Error& at(std::string path, std::int64_t lineNumber) {
        file = std::move(path);
        line = lineNumber;
        return *this;
    }
    Error& forKey(std::string path) {
        key = std::move(path);
        return *this;
    }
    Error& withHint(std::string what) {
        hint = std::move(what);
        return *this;
    }
};

/// Stable snake_case name of a code ("disk_full"), used in events and JSON output.
[[nodiscard]] const char* errorCodeName(ErrorCode code);

/// Shorthand: makeError(ErrorCode::Parse, "bad magic").
[[nodiscard]] Error makeError(ErrorCode code, std::string message, std::string hint = {});

/// From errno: maps ENOSPC, EDQUOT → DiskFull, EACCES, EPERM, EROFS → Permission, ENOENT → NotFound, ENOMEM →
/// OutOfMemory, else Io.
[[nodiscard]] Error errnoError(int errorNumber, const std::string& action, const std::string& path);

} // namespace fettle
