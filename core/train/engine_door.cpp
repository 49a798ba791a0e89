// Opens the engine module on first use. Whatever is wrong with it or with LibTorch becomes one error that says what was
// tried.
#include "train/engine.h"

#include "base/files.h"
#include "base/mutex.h"

#include <cstdlib>
#include <filesystem>

#include <dlfcn.h>

namespace fettle::train {
namespace {

constexpr const char* kModule = "libfettle_engine.so";
constexpr const char* kHint =
    "Run packaging/setup.sh, which fetches LibTorch, and build again; or name the module in FETTLE_ENGINE_MODULE.";

struct Door {
    Mutex mutex;
    Engine* engine FETTLE_GUARDED_BY(mutex) = nullptr;
};

Door& door() {
    static Door instance;
    return instance;
}

std::vector<std::string> candidates() {
    const char* own = std::getenv("FETTLE_ENGINE_MODULE"); // NOLINT(concurrency-mt-unsafe): nobody sets the environment
    if (own != nullptr && *own != '\0') {
        return {own};
    }
    const std::string here = programFolder();
    std::vector<std::string> out;
    for (const char* place : {"/../lib/fettle/", "/lib/fettle/", "/"}) {
        out.push_back(std::filesystem::path(here + place + kModule).lexically_normal().string());
    }
    return out;
}

Result<Engine*> openModule(const std::string& path) {
    // Never closed: the engine lives as long as the process.
    void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
        const char* why = ::dlerror(); // NOLINT(concurrency-mt-unsafe): under our mutex
        Error error = makeError(
            ErrorCode::EngineMissing,
            std::string("the training engine cannot be opened: ") + (why != nullptr ? why : "unknown reason"), kHint);
        error.file = path;
        return error;
    }
    void* symbol = ::dlsym(handle, "fettleEngineCreate");
    if (symbol == nullptr) {
        return makeError(ErrorCode::EngineMissing, "is not an engine module of Fettle", kHint).at(path);
    }
    const auto create = reinterpret_cast<FettleEngineCreate>(symbol);
    Engine* engine = create(kEngineInterface);
    if (engine == nullptr) {
        return makeError(ErrorCode::EngineMissing,
                         "belongs to another version of Fettle (interface " + std::to_string(kEngineInterface) +
                             " was asked for)",
                         "Build program and engine together.")
            .at(path);
    }
    return engine;
}

} // namespace

Result<Engine*> openEngine() {
    Door& state = door();
    const MutexLock lock(state.mutex);
    if (state.engine != nullptr) {
        return state.engine;
    }
    std::string tried;
    for (const std::string& path : candidates()) {
        if (!fileExists(path)) {
            tried += (tried.empty() ? "" : ", ") + path;
            continue;
        }
        FETTLE_TRY_VALUE(state.engine, openModule(path));
        return state.engine;
    }
    Error error =
        makeError(ErrorCode::EngineMissing, "the training engine is not installed: looked for " + tried, kHint);
    error.detail = tried;
    return error;
}

} // namespace fettle::train
