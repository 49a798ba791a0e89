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
    // 1 → 2: the rows. What sorts and filters is narrow and lies apart from the texts, so that a pass over a million
    // rows reads a hundred megabytes and not a thousand.
    "CREATE TABLE sources (id INTEGER PRIMARY KEY, path TEXT NOT NULL, name TEXT NOT NULL, format TEXT NOT NULL,"
    " mapping TEXT NOT NULL, bytes INTEGER NOT NULL, modified_ns INTEGER NOT NULL, hash TEXT NOT NULL,"
    " imported_ms INTEGER NOT NULL, rejected INTEGER NOT NULL, own INTEGER NOT NULL);" // own: a split file of ours
    "CREATE TABLE rows (id INTEGER PRIMARY KEY, state INTEGER NOT NULL, split INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " label INTEGER NOT NULL, language INTEGER NOT NULL, turns INTEGER NOT NULL, answer_length INTEGER NOT NULL,"
    " tokens INTEGER NOT NULL, trained INTEGER NOT NULL, rating INTEGER NOT NULL, checks INTEGER NOT NULL," // -1: none
    " loss REAL, uncertainty REAL, touch INTEGER NOT NULL, changed_ms INTEGER NOT NULL,"
    " source INTEGER NOT NULL, line INTEGER NOT NULL, answer_hash INTEGER NOT NULL,"
    " title_1 INTEGER NOT NULL, title_2 INTEGER NOT NULL, answer_1 INTEGER NOT NULL, answer_2 INTEGER NOT NULL,"
    " hash BLOB NOT NULL, origin BLOB);" // origin: hash as the file had it, where an edit made it another
    "CREATE TABLE texts (id INTEGER PRIMARY KEY, row TEXT NOT NULL);"
    "CREATE TABLE labels (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, place INTEGER, description TEXT NOT NULL);"
    "CREATE TABLE languages (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE annotators (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "INSERT INTO annotators (id, name) VALUES (1, '');"
    "CREATE TABLE row_tags (row INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (row, tag)) WITHOUT ROWID;"
    "CREATE INDEX row_tags_by_tag ON row_tags (tag, row);"
    "CREATE TABLE comments (row INTEGER PRIMARY KEY, text TEXT NOT NULL);"
    "CREATE TABLE findings (row INTEGER NOT NULL, code TEXT NOT NULL, other INTEGER NOT NULL, detail TEXT NOT NULL,"
    " origin INTEGER NOT NULL);" // who found it: 1 rules, 2 tokens, 3 several rows
    "CREATE INDEX findings_by_row ON findings (row);"
    "CREATE INDEX findings_by_code ON findings (code, row);"
    "CREATE TABLE annotations (row INTEGER NOT NULL, annotator INTEGER NOT NULL, label TEXT NOT NULL,"
    " verdict INTEGER NOT NULL, pair TEXT NOT NULL, spent_ms INTEGER NOT NULL, time_ms INTEGER NOT NULL,"
    " PRIMARY KEY (row, annotator)) WITHOUT ROWID;"
    "CREATE INDEX annotations_by_annotator ON annotations (annotator, row);"
    "CREATE TABLE decisions (id INTEGER PRIMARY KEY, step INTEGER NOT NULL, row INTEGER NOT NULL,"
    " annotator INTEGER NOT NULL, time_ms INTEGER NOT NULL, spent_ms INTEGER NOT NULL);"
    "CREATE INDEX decisions_by_annotator ON decisions (annotator, id);"
    // The journal: steps as people made them, and the changes of each with both values. Undo and redo are steps too.
    "CREATE TABLE steps (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, label TEXT NOT NULL, annotator INTEGER NOT "
    "NULL,"
    " time_ms INTEGER NOT NULL, rows INTEGER NOT NULL, of_step INTEGER NOT NULL, undone INTEGER NOT NULL,"
    " mergeable INTEGER NOT NULL, first_change INTEGER NOT NULL, last_change INTEGER NOT NULL,"
    " first_row INTEGER NOT NULL, last_row INTEGER NOT NULL);"
    "CREATE INDEX steps_to_undo ON steps (undone, id) WHERE kind IN (1, 2) AND undone < 2;"
    "CREATE TABLE changes (id INTEGER PRIMARY KEY, step INTEGER NOT NULL, row INTEGER NOT NULL, field INTEGER NOT NULL,"
    " place INTEGER NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL);"
    "CREATE INDEX changes_by_row ON changes (row, id);"
    "CREATE TABLE versions (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, time_ms INTEGER NOT NULL,"
    " hash TEXT NOT NULL, rows INTEGER NOT NULL, last_row INTEGER NOT NULL, last_change INTEGER NOT NULL,"
    " automatic INTEGER NOT NULL);"
    "CREATE TABLE run_versions (run TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE rejected (source INTEGER NOT NULL, line INTEGER NOT NULL, key TEXT NOT NULL, code TEXT NOT NULL,"
    " reason TEXT NOT NULL, text TEXT NOT NULL);"
    "CREATE INDEX rejected_by_source ON rejected (source);"
    "CREATE TABLE stale (row INTEGER PRIMARY KEY, what INTEGER NOT NULL);" // rows the background job must see again
    "CREATE TABLE view_state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;",
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
    if (mode == Database::Mode::ReadOnly) {
        return version == kProjectSchema
                   ? Result<void>()
                   : Result<void>(makeError(ErrorCode::Permission,
                                            "was made by an older Fettle and must be brought up to date first, but the "
                                            "folder is read-only",
                                            "Make it writable, or open a copy of the project.")
                                      .at(database.path()));
    }
    if (fresh) {
        FETTLE_TRY(database.execute("PRAGMA page_size = 8192")); // seven rows of a kilobyte a page
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
