// The schema of project.db as a ladder of migrations. Private to this folder.
#pragma once

#include "project/database.h"

namespace fettle::project {

inline constexpr std::int64_t kApplicationId = 0x4645544C; // "FETL"

/// Brings an opened database to kProjectSchema, one transaction a step. An empty database of a fresh project starts at
/// 0. Errors: InvalidInput (of another program), Unsupported (newer).
[[nodiscard]] Result<void> migrate(Database& database, Database::Mode mode);

} // namespace fettle::project
