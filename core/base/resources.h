// Where the program's own files lie: sample project, icons, help pages.
#pragma once

#include <string>

namespace fettle {

/// $FETTLE_RESOURCES_DIR, else share/fettle/resources beside an installed program, else the resources of the source
/// tree it was built from. May not exist: callers say what they missed.
[[nodiscard]] std::string resourcesFolder();
/// Configuration: ${XDG_CONFIG_HOME:-~/.config}/fettle.
[[nodiscard]] std::string configFolder();

} // namespace fettle
