// Matching of module paths by the patterns of an adapter configuration. Internal to core/model.
#pragma once

#include "model/peft_adapter.h"

namespace fettle::model {

/// Python's re.match(r"(.*\.)?(PATTERN)$", path). Errors: InvalidInput where the pattern does not compile or takes too
/// many steps.
[[nodiscard]] Result<bool> matchesModulePattern(const std::string& pattern, std::string_view path);
/// Python's re.fullmatch(pattern, path).
[[nodiscard]] Result<bool> matchesWholePath(const std::string& pattern, std::string_view path);

/// moduleScale() that reports patterns that cannot be used.
[[nodiscard]] Result<ModuleScale> checkedModuleScale(const AdapterConfig& config, std::string_view modulePath);
/// targetsModule() that reports patterns that cannot be used.
[[nodiscard]] Result<bool> checkedTargetsModule(const AdapterConfig& config, std::string_view modulePath);

} // namespace fettle::model
