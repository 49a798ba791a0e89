// Environment first, then the installed place, then the source tree.
#include "base/resources.h"

#include "base/files.h"

#include <cstdlib>

namespace fettle {
namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody sets the environment
    return value == nullptr ? std::string() : std::string(value);
}

} // namespace

std::string resourcesFolder() {
    if (auto own = environment("FETTLE_RESOURCES_DIR"); !own.empty()) {
        return own;
    }
    if (auto installed = programFolder() + "/../share/fettle/resources"; folderExists(installed)) {
        return installed;
    }
    return FETTLE_SOURCE_RESOURCES;
}

std::string configFolder() {
    if (auto config = environment("XDG_CONFIG_HOME"); !config.empty()) {
        return config + "/fettle";
    }
    const auto home = environment("HOME");
    return (home.empty() ? std::string("/tmp") : home) + "/.config/fettle";
}

} // namespace fettle
