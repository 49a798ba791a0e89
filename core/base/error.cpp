// Text forms of errors and the map from errno.
#include "base/error.h"

#include <cerrno>
#include <cstring>

namespace fettle {

std::string Error::text() const {
    std::string out;
    if (!file.empty()) {
        out += file;
        if (line > 0) {
            out += ':' + std::to_string(line);
            if (column > 0) {
                out += ':' + std::to_string(column);
            }
        }
        out += ": ";
    } else if (line > 0) {
        out += "line " + std::to_string(line) + ": ";
    }
    if (!key.empty()) {
        out += key + ": ";
    }
    out += message;
    if (!hint.empty()) {
        if (!out.empty() && out.back() != '.') {
            out += '.';
        }
        out += ' ' + hint;
    }
    return out;
}

const char* errorCodeName(ErrorCode code) {
    switch (code) {
    case ErrorCode::None:
        return "none";
    case ErrorCode::Io:
        return "io";
    case ErrorCode::NotFound:
        return "not_found";
    case ErrorCode::Parse:
        return "parse";
    case ErrorCode::InvalidInput:
        return "invalid_input";
    case ErrorCode::Unsupported:
        return "unsupported";
    case ErrorCode::Corrupt:
        return "corrupt";
    case ErrorCode::DiskFull:
        return "disk_full";
    case ErrorCode::Permission:
        return "permission";
    case ErrorCode::OutOfMemory:
        return "out_of_memory";
    case ErrorCode::NonFinite:
        return "non_finite";
    case ErrorCode::DeviceLost:
        return "device_lost";
    case ErrorCode::EngineMissing:
        return "engine_missing";
    case ErrorCode::Cancelled:
        return "cancelled";
    case ErrorCode::Busy:
        return "busy";
    case ErrorCode::Network:
        return "network";
    case ErrorCode::Usage:
        return "usage";
    case ErrorCode::Internal:
        return "internal";
    }
    return "internal";
}

Error makeError(ErrorCode code, std::string message, std::string hint) {
    Error error;
    error.code = code;
    error.message = std::move(message);
    error.hint = std::move(hint);
    return error;
}

Error errnoError(int errorNumber, const std::string& action, const std::string& path) {
    Error error;
    error.file = path;
    error.message = action + " failed: " + std::strerror(errorNumber);
    switch (errorNumber) {
    case ENOSPC:
    case EDQUOT:
        error.code = ErrorCode::DiskFull;
        error.hint = "Free some space on this disk and try again.";
        break;
    case EFBIG: // no room either: a limit on files, of the file system or of this session
        error.code = ErrorCode::DiskFull;
        error.hint = "Files of this size are not allowed here: raise the limit (ulimit -f) or use another disk.";
        break;
    case EACCES:
    case EPERM:
    case EROFS:
        error.code = ErrorCode::Permission;
        error.hint = "Check who may write there.";
        break;
    case ENOENT:
    case ENOTDIR:
        error.code = ErrorCode::NotFound;
        break;
    case ENOMEM:
        error.code = ErrorCode::OutOfMemory;
        break;
    default:
        error.code = ErrorCode::Io;
    }
    return error;
}

} // namespace fettle
