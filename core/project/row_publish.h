// The active rows of each split as files that never change: what training reads. Private to this folder.
#pragma once

#include "project/database.h"
#include "project/row_store.h"

#include <stop_token>

namespace fettle::project {

/// Writes <folder>/data/SPLIT-HASH.jsonl (and .ids beside it) for the splits that have active rows, from one state of
/// the rows.
[[nodiscard]] Result<std::vector<PublishedSplit>> writeSplits(Database& snapshot, const std::string& folder,
                                                              std::stop_token stop,
                                                              const std::function<void(double)>& progress);
/// <folder>/data/splits.json: where project:SPLIT leads.
[[nodiscard]] Result<void> writeSplitTable(const std::string& folder, const PublishedData& data);
/// What splits.json says; nothing where it is missing, damaged, or names files that are gone.
[[nodiscard]] std::optional<PublishedData> readSplitTable(const std::string& folder);
/// Removes published files that neither splits.json nor a run (deleted ones included) names.
void removeUnusedSplits(const std::string& folder, const PublishedData& current);
[[nodiscard]] Result<RowIndexPtr> readIds(const std::string& folder, const std::string& publishedPath);

} // namespace fettle::project
