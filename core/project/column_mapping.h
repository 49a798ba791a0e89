// Columns and keys of a file to the roles people gave them. Private to this folder.
#pragma once

#include "project/row_import.h"

namespace fettle::project {

/// For data::ImportOptions::mapRow; empty for an empty mapping. System, user and assistant columns become a chat,
/// chosen and rejected a preference, text a text; columns without a role are kept as metadata. Several columns of one
/// role are joined by a blank line.
[[nodiscard]] std::function<Json(Json&&)> rowMapper(std::vector<ColumnUse> mapping);
/// What a column of this name is taken for.
[[nodiscard]] ColumnRole usualRole(std::string_view column);
[[nodiscard]] Json mappingJson(const std::vector<ColumnUse>& mapping);

} // namespace fettle::project
