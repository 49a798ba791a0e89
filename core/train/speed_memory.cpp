// Speeds measured on this computer, in a small JSON file of the user's cache. Losing it costs an estimate, so nothing
// here reports errors.
#include "train/preflight.h"

#include "base/files.h"
#include "base/json.h"
#include "base/mutex.h"

#include <cmath>
#include <cstdlib>

namespace fettle::train {
namespace {

Mutex& fileMutex() {
    static Mutex mutex;
    return mutex;
}

std::string cacheFolder() {
    const char* cache = std::getenv("XDG_CACHE_HOME"); // NOLINT(concurrency-mt-unsafe): nobody sets the environment
    if (cache != nullptr && *cache != '\0') {
        return std::string(cache) + "/fettle";
    }
    const char* home = std::getenv("HOME"); // NOLINT(concurrency-mt-unsafe): nobody sets the environment
    return std::string(home != nullptr && *home != '\0' ? home : "/tmp") + "/.cache/fettle";
}

Json readSpeeds() {
    auto json = readJsonFile(cacheFolder() + "/speeds.json");
    return json && json->is_object() ? std::move(json).value() : Json::object();
}

} // namespace

void rememberSpeed(const std::string& key, double tokensPerSecond) {
    if (!std::isfinite(tokensPerSecond) || tokensPerSecond <= 0) {
        return;
    }
    const MutexLock lock(fileMutex());
    Json speeds = readSpeeds();
    speeds[key] = tokensPerSecond;
    if (makeFolders(cacheFolder())) {
        (void)writeFileAtomic(cacheFolder() + "/speeds.json", dumpJsonPretty(speeds));
    }
}

double rememberedSpeed(const std::string& key) {
    const MutexLock lock(fileMutex());
    const Json speeds = readSpeeds();
    const auto found = speeds.find(key);
    return found != speeds.end() && found->is_number() && found->get<double>() > 0 ? found->get<double>() : 0;
}

} // namespace fettle::train
