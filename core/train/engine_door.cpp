// Opens the engine module on first use. Whatever is wrong with it or with LibTorch becomes one error that says what was
// tried.
#include "train/engine.h"

#include "base/mutex.h"
#include "base/shared_module.h"

namespace fettle::train {
namespace {

constexpr const char* kHint =
    "Run packaging/setup.sh, which fetches LibTorch, and build again; or name the module in FETTLE_ENGINE_MODULE.";
constexpr SharedModule kModule{
    "libfettle_engine.so",   "FETTLE_ENGINE_MODULE", "fettleEngineCreate", "the training engine", kHint,
    ErrorCode::EngineMissing};

struct Door {
    Mutex mutex;
    Engine* engine FETTLE_GUARDED_BY(mutex) = nullptr;
};

Door& door() {
    static Door instance;
    return instance;
}

} // namespace

Result<Engine*> openEngine() {
    Door& state = door();
    const MutexLock lock(state.mutex);
    if (state.engine != nullptr) {
        return state.engine;
    }
    FETTLE_TRY_VALUE(void* const symbol, openSharedModule(kModule));
    const auto create = reinterpret_cast<FettleEngineCreate>(symbol);
    state.engine = create(kEngineInterface);
    if (state.engine == nullptr) {
        return makeError(ErrorCode::EngineMissing,
                         "the training engine belongs to another version of Fettle (interface " +
                             std::to_string(kEngineInterface) + " was asked for)",
                         "Build program and engine together.");
    }
    return state.engine;
}

} // namespace fettle::train
