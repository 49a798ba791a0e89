// Migrations. A step is never changed once it was released; a new one is added below.
#include "project/schema.h"

#include "project/project.h"

#include <array>

namespace fettle::project {
namespace {

constexpr std::array<const char*, kProjectSchema> kSteps{
    // 0 → 1: the project's own facts, and the index of runs.
    "CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE runs (id TEXT PRIMARY KEY, name TEXT NOT NULL, created_ms INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX runs_by_time ON runs (created_ms);"
    "PRAGMA application_id = 1178948684;",
};
static_assert(kApplicationId == 1178948684);

} // namespace

Result<void> migrate(Database& database, Database::Mode mode) {
    FETTLE_TRY_VALUE(const std::int64_t owner, database.integer("PRAGMA application_id"));
    FETTLE_TRY_VALUE(const std::int64_t tables, database.integer("SELECT count(*) FROM sqlite_master"));
    FETTLE_TRY_VALUE(const std::int64_t version, database.integer("PRAGMA user_version"));
    const bool fresh = mode == Database::Mode::Create && owner == 0 && tables == 0 && version == 0;
    if (!fresh && owner != kApplicationId) {
        return makeError(ErrorCode::InvalidInput, "is a database of another program, not a project of Fettle",
                         "Choose a project folder, or move this file away.")
            .at(database.path());
    }
    if (version > kProjectSchema) {
        return makeError(ErrorCode::Unsupported,
                         "was made by a newer Fettle (schema " + std::to_string(version) +
                             ", this program knows up to " + std::to_string(kProjectSchema) + ")",
                         "Update Fettle, or work on a copy made with the newer one.")
            .at(database.path());
    }
    FETTLE_TRY(database.execute("PRAGMA journal_mode=WAL"));
    for (std::int64_t step = version; step < kProjectSchema; ++step) {
        FETTLE_TRY_VALUE(Transaction transaction, Transaction::begin(database));
        FETTLE_TRY(database.execute(kSteps[static_cast<std::size_t>(step)]));
        FETTLE_TRY(database.execute(("PRAGMA user_version = " + std::to_string(step + 1)).c_str()));
        FETTLE_TRY(transaction.commit());
    }
    return {};
}

} // namespace fettle::project
