// FTS5 without contents and without positions: the terms of a document are a set. A row that changed gets a new
// document; `moved` says which one counts.
#include "project/search_index.h"

#include "base/files.h"
#include "base/numbers.h"

#include <algorithm>
#include <unordered_map>

namespace fettle::project {
namespace {

constexpr std::int64_t kFormat = 1; // of the terms; another number: indexed anew
constexpr RowId kFirstMoved = RowId{1} << 40;

Result<void> prepareFile(Database& database, const std::string& store) {
    FETTLE_TRY(database.execute("PRAGMA journal_mode=WAL"));
    FETTLE_TRY(database.execute("PRAGMA synchronous=NORMAL")); // it can be made again
    FETTLE_TRY_VALUE(Transaction transaction, Transaction::begin(database));
    FETTLE_TRY(database.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
                                "CREATE TABLE moved (row INTEGER PRIMARY KEY, doc INTEGER NOT NULL);"
                                "CREATE VIRTUAL TABLE terms USING fts5(t, content='', detail=none, columnsize=0, "
                                "tokenize='ascii');"
                                "INSERT INTO terms (terms, rank) VALUES ('hashsize', 33554432);"
                                "INSERT INTO meta (key, value) VALUES ('up_to', '0');"));
    FETTLE_TRY_VALUE(Statement mark, database.prepare("INSERT INTO meta (key, value) VALUES (?, ?)"));
    FETTLE_TRY(mark.bind(1, "store").bind(2, store).run());
    FETTLE_TRY(mark.bind(1, "format").bind(2, std::to_string(kFormat)).run());
    return transaction.commit();
}

bool belongsTo(Database& database, const std::string& store) {
    auto find = database.prepare("SELECT value FROM meta WHERE key = ?");
    if (!find) {
        return false;
    }
    const auto value = [&](const char* key) {
        find->reset();
        const auto row = find->bind(1, key).step();
        std::string text = row && *row ? find->text(0) : std::string();
        find->reset();
        return text;
    };
    return value("store") == store && value("format") == std::to_string(kFormat);
}

void removeFiles(const std::string& path) {
    for (const char* suffix : {"", "-wal", "-shm"}) {
        (void)removeAll(path + suffix);
    }
}

} // namespace

Result<std::unique_ptr<SearchIndex>> SearchIndex::open(const std::string& path, const std::string& store) {
    if (fileExists(path)) {
        auto database = Database::open(path, Database::Mode::Existing);
        if (database && belongsTo(**database, store)) {
            FETTLE_TRY((*database)->execute("PRAGMA synchronous=NORMAL"));
            return std::unique_ptr<SearchIndex>(new SearchIndex(std::move(*database)));
        }
        database = makeError(ErrorCode::Io, "closed");
        removeFiles(path);
    }
    FETTLE_TRY_VALUE(std::unique_ptr<Database> made, Database::open(path, Database::Mode::Create));
    if (auto prepared = prepareFile(*made, store); !prepared) {
        made.reset();
        removeFiles(path);
        return std::move(prepared).error();
    }
    return std::unique_ptr<SearchIndex>(new SearchIndex(std::move(made)));
}

Result<std::unique_ptr<SearchIndex>> SearchIndex::openForReading(const std::string& path, const std::string& store) {
    if (!fileExists(path)) {
        return std::unique_ptr<SearchIndex>();
    }
    FETTLE_TRY_VALUE(std::unique_ptr<Database> database, Database::open(path, Database::Mode::Existing));
    if (!belongsTo(*database, store)) {
        return std::unique_ptr<SearchIndex>();
    }
    return std::unique_ptr<SearchIndex>(new SearchIndex(std::move(database)));
}

Result<RowId> SearchIndex::upTo() {
    FETTLE_TRY_VALUE(Statement find, m_database->prepare("SELECT value FROM meta WHERE key = 'up_to'"));
    FETTLE_TRY_VALUE(const bool row, find.step());
    return row ? parseInt(find.text(0)).valueOr(0) : 0;
}

Result<void> SearchIndex::add(const std::vector<Entry>& entries, RowId upTo) {
    FETTLE_TRY_VALUE(Transaction transaction, Transaction::begin(*m_database));
    FETTLE_TRY_VALUE(const RowId before, this->upTo());
    FETTLE_TRY_VALUE(Statement insert, m_database->prepare("INSERT INTO terms (rowid, t) VALUES (?, ?)"));
    FETTLE_TRY_VALUE(Statement move,
                     m_database->prepare("INSERT INTO moved (row, doc) VALUES (?, ?) ON CONFLICT (row) DO "
                                         "UPDATE SET doc = excluded.doc"));
    RowId nextDoc = 0;
    for (const Entry& entry : entries) {
        RowId doc = entry.row;
        if (entry.row <= before) {
            if (nextDoc == 0) {
                FETTLE_TRY_VALUE(const std::int64_t last, m_database->integer("SELECT max(doc) FROM moved"));
                nextDoc = std::max(last + 1, kFirstMoved);
            }
            doc = nextDoc++;
            FETTLE_TRY(move.bind(1, entry.row).bind(2, doc).run());
        }
        FETTLE_TRY(insert.bind(1, doc).bindView(2, entry.terms).run());
    }
    if (upTo > before) {
        FETTLE_TRY_VALUE(Statement mark, m_database->prepare("UPDATE meta SET value = ? WHERE key = 'up_to'"));
        FETTLE_TRY(mark.bind(1, std::to_string(upTo)).run());
    }
    return transaction.commit();
}

Result<void> SearchIndex::clear() {
    FETTLE_TRY_VALUE(Transaction transaction, Transaction::begin(*m_database));
    FETTLE_TRY(m_database->execute("INSERT INTO terms (terms) VALUES ('delete-all'); DELETE FROM moved;"
                                   "UPDATE meta SET value = '0' WHERE key = 'up_to'"));
    return transaction.commit();
}

Result<void> SearchIndex::tidy() {
    FETTLE_TRY(m_database->execute("INSERT INTO terms (terms, rank) VALUES ('merge', 500)"));
    return m_database->execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

Result<std::vector<RowId>> SearchIndex::rowsOf(const std::string& match, std::size_t most) {
    std::unordered_map<RowId, RowId> moved; // few: rows edited since they were indexed
    {
        FETTLE_TRY_VALUE(Statement all, m_database->prepare("SELECT row, doc FROM moved"));
        for (;;) {
            FETTLE_TRY_VALUE(const bool more, all.step());
            if (!more) {
                break;
            }
            moved.emplace(all.integer(0), all.integer(1));
        }
    }
    std::unordered_map<RowId, RowId> rowOfDoc;
    for (const auto& [row, doc] : moved) {
        rowOfDoc.emplace(doc, row);
    }
    std::vector<RowId> out;
    FETTLE_TRY_VALUE(Statement find, m_database->prepare("SELECT rowid FROM terms WHERE terms MATCH ?"));
    find.bind(1, match);
    bool sorted = true;
    while (out.size() < most) {
        FETTLE_TRY_VALUE(const bool more, find.step());
        if (!more) {
            break;
        }
        const RowId doc = find.integer(0);
        if (doc < kFirstMoved) {
            if (moved.empty() || moved.count(doc) == 0) {
                out.push_back(doc);
            }
            continue;
        }
        if (const auto row = rowOfDoc.find(doc); row != rowOfDoc.end()) {
            out.push_back(row->second);
            sorted = false;
        }
    }
    if (!sorted) {
        std::sort(out.begin(), out.end());
    }
    return out;
}

Result<std::vector<RowId>> SearchIndex::find(const SearchQuery& query) {
    return rowsOf(query.match(), static_cast<std::size_t>(-1));
}

Result<std::vector<RowId>> SearchIndex::withTerm(std::string_view term, std::size_t most) {
    return rowsOf('"' + std::string(term) + '"', most);
}

} // namespace fettle::project
