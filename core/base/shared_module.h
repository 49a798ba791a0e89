// Modules of our own that a program opens on first use, so that a process that needs none of them pays for none: the
// training engine, Parquet.
#pragma once

#include "base/result.h"

#include <string>

namespace fettle {

struct SharedModule {
    const char* file = "";                        // "libfettle_engine.so"
    const char* environment = "";                 // variable that names another file: "FETTLE_ENGINE_MODULE"
    const char* symbol = "";                      // the one it exports
    const char* what = "";                        // for people: "the training engine"
    const char* hint = "";                        // how to get it
    ErrorCode missing = ErrorCode::EngineMissing; // code of every error
};

/// Opens the module (lib/fettle beside or above the program) for good and gives the address of its symbol. The error
/// says what was tried. Callers serialise and keep the address. Thread: any; takes as long as its libraries load.
[[nodiscard]] Result<void*> openSharedModule(const SharedModule& module);

} // namespace fettle
