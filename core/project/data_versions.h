// Versions in the database, and what lies between two. Private to this folder.
#pragma once

#include "project/data_version.h"
#include "project/database.h"
#include "project/row_content.h"

namespace fettle::project {

enum class VersionKind { None = 0, Named, Automatic };
/// Inside a transaction, after RowEditor::close(). An automatic name that is taken gets a number; a taken name of a
/// person is an error (InvalidInput).
[[nodiscard]] Result<DataVersion> addVersion(Database& database, const std::string& name, std::int64_t nowMs,
                                             VersionKind kind);
[[nodiscard]] Result<void> renameDataVersion(Database& database, std::int64_t id, const std::string& name);
[[nodiscard]] Result<std::vector<DataVersion>> readVersions(Database& database);
[[nodiscard]] Result<DataVersion> findVersion(Database& database, const VersionName& name);
[[nodiscard]] Result<VersionDifference> differenceOf(Database& database, const VersionName& from,
                                                     const VersionName& to);
[[nodiscard]] Result<std::vector<RowDifference>>
rowDifferencesOf(Database& database, const VersionName& from, const VersionName& to, const std::vector<RowId>& rows);
/// From all rows, as RowEditor keeps it edit by edit.
[[nodiscard]] Result<HashSum> hashOfRows(Database& database);

} // namespace fettle::project
