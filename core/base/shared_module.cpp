// dlopen with errors that people can act on.
#include "base/shared_module.h"

#include "base/files.h"

#include <cstdlib>
#include <filesystem>
#include <vector>

#include <dlfcn.h>

namespace fettle {
namespace {

std::vector<std::string> candidates(const SharedModule& module) {
    const char* own = std::getenv(module.environment); // NOLINT(concurrency-mt-unsafe): nobody sets the environment
    if (own != nullptr && *own != '\0') {
        return {own};
    }
    const std::string here = programFolder();
    std::vector<std::string> out;
    for (const char* place : {"/../lib/fettle/", "/lib/fettle/", "/"}) {
        out.push_back(std::filesystem::path(here + place + module.file).lexically_normal().string());
    }
    return out;
}

} // namespace

Result<void*> openSharedModule(const SharedModule& module) {
    std::string tried;
    for (const std::string& path : candidates(module)) {
        if (!fileExists(path)) {
            tried += (tried.empty() ? "" : ", ") + path;
            continue;
        }
        // Never closed: what it gives lives as long as the process.
        void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (handle == nullptr) {
            const char* why = ::dlerror(); // NOLINT(concurrency-mt-unsafe): callers serialise
            return makeError(module.missing,
                             std::string(module.what) +
                                 " cannot be opened: " + (why != nullptr ? why : "unknown reason"),
                             module.hint)
                .at(path);
        }
        void* symbol = ::dlsym(handle, module.symbol);
        if (symbol == nullptr) {
            return makeError(module.missing, std::string("is not the module of Fettle for ") + module.what, module.hint)
                .at(path);
        }
        return symbol;
    }
    Error error =
        makeError(module.missing, std::string(module.what) + " is not installed: looked for " + tried, module.hint);
    error.detail = tried;
    return error;
}

} // namespace fettle
