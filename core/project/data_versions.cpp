// A version is a place in the journal: the state of a field then is what the first change after it found.
#include "project/data_versions.h"

#include "base/numbers.h"
#include "project/row_editor.h"

#include <algorithm>
#include <map>

namespace fettle::project {
namespace {

constexpr std::int64_t kRemoved = static_cast<std::int64_t>(RowState::Removed);

struct Mark { // where a version stands
    DataVersion version;
    std::int64_t change = 0;
    RowId lastRow = 0;
};

Result<Mark> markNow(Database& database) {
    Mark out;
    out.version.name = "now";
    FETTLE_TRY_VALUE(const std::string hash, storeFact(database, kHashFact));
    out.version.hash = hash.empty() ? hexOf(HashSum{}) : hash;
    FETTLE_TRY_VALUE(const std::string rows, storeFact(database, kRowsFact));
    out.version.rows = parseInt(rows).valueOr(0);
    FETTLE_TRY_VALUE(out.change, database.integer("SELECT max(coalesce((SELECT max(id) FROM changes), 0), "
                                                  "coalesce((SELECT max(last_change) FROM versions), 0))"));
    FETTLE_TRY_VALUE(out.lastRow, database.integer("SELECT max(id) FROM rows"));
    return out;
}

constexpr const char* kColumns = "id, name, time_ms, hash, rows, automatic, last_change, last_row";

Mark markFrom(const Statement& row) {
    Mark out;
    out.version.id = row.integer(0);
    out.version.name = row.text(1);
    out.version.timeMs = row.integer(2);
    out.version.hash = row.text(3);
    out.version.rows = row.integer(4);
    out.version.automatic = row.integer(5) != 0;
    out.change = row.integer(6);
    out.lastRow = row.integer(7);
    return out;
}

Result<std::optional<Mark>> markWhere(Database& database, const char* condition, const std::string& value) {
    FETTLE_TRY_VALUE(Statement find,
                     database.prepare(std::string("SELECT ") + kColumns + " FROM versions WHERE " + condition));
    FETTLE_TRY_VALUE(const bool found, find.bind(1, value).step());
    if (!found) {
        return std::optional<Mark>();
    }
    return std::optional<Mark>(markFrom(find));
}

Result<Mark> markNamed(Database& database, const VersionName& name) {
    if (name == "now" || name.empty()) {
        return markNow(database);
    }
    for (const char* condition :
         {"name = ?", "id = (SELECT version FROM run_versions WHERE run = ?)", "CAST(id AS TEXT) = ?", "hash = ?"}) {
        FETTLE_TRY_VALUE(const auto found, markWhere(database, condition, name));
        if (found) {
            return *found;
        }
    }
    std::string known;
    FETTLE_TRY_VALUE(Statement names, database.prepare("SELECT name FROM versions ORDER BY id DESC LIMIT 8"));
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, names.step());
        if (!more) {
            break;
        }
        known += (known.empty() ? "" : ", ") + names.text(0);
    }
    return makeError(ErrorCode::NotFound, "there is no data version '" + name + "'",
                     known.empty() ? "Make one first." : "There are: now, " + known + ".")
        .at(database.path());
}

bool isContent(RowField field) {
    return field == RowField::Row || field == RowField::Answer || field == RowField::Message;
}

// The net effect of changes on one row, field by field.
class NetChanges {
public:
    void add(RowChange&& change, std::int64_t place) {
        Key key{change.field, std::to_string(place)};
        if (change.field == RowField::AddTag || change.field == RowField::RemoveTag) {
            key = {RowField::AddTag, change.field == RowField::AddTag ? change.after : change.before};
        } else if (change.field == RowField::Annotation || change.field == RowField::Verdict ||
                   change.field == RowField::Pair) {
            key.second = change.annotator;
        }
        m_content = m_content || isContent(change.field);
        const auto found = m_fields.find(key);
        if (found == m_fields.end()) {
            m_fields.emplace(std::move(key), std::move(change));
            return;
        }
        change.before = std::move(found->second.before);
        found->second = std::move(change);
    }
    [[nodiscard]] bool touchedContent() const { return m_content; }
    /// All that is another value now; content apart.
    [[nodiscard]] std::vector<RowChange> fields() const {
        std::vector<RowChange> out;
        for (const auto& [key, change] : m_fields) {
            if (change.before == change.after || isContent(change.field)) {
                continue;
            }
            out.push_back(change);
            if (key.first == RowField::AddTag) {
                out.back().field = change.after.empty() ? RowField::RemoveTag : RowField::AddTag;
            }
        }
        return out;
    }

private:
    using Key = std::pair<RowField, std::string>;
    std::map<Key, RowChange> m_fields;
    bool m_content = false;
};

// A row as it stood at a version.
struct Then {
    bool there = false;
    std::int64_t kind = 0;
    std::string text; // normal form
};

class Rewinder {
public:
    static Result<Rewinder> open(Database& database) {
        FETTLE_TRY_VALUE(Statement row,
                         database.prepare("SELECT state, kind, texts.row FROM rows JOIN texts ON texts.id = "
                                          "rows.id WHERE rows.id = ?"));
        FETTLE_TRY_VALUE(Statement later,
                         database.prepare("SELECT field, place, before FROM changes WHERE row = ? AND id "
                                          "> ? ORDER BY id DESC"));
        return Rewinder(std::move(row), std::move(later));
    }

    Result<Then> at(RowId row, const Mark& mark) {
        Then out;
        if (row > mark.lastRow) {
            return out;
        }
        m_row.reset();
        FETTLE_TRY_VALUE(const bool found, m_row.bind(1, row).step());
        if (!found) {
            return out;
        }
        std::int64_t state = m_row.integer(0);
        auto kind = static_cast<data::SampleKind>(m_row.integer(1));
        FETTLE_TRY_VALUE(Json json, parseJson(m_row.view(2)));
        m_row.reset();
        m_later.reset();
        m_later.bind(1, row).bind(2, mark.change);
        for (;;) {
            FETTLE_TRY_VALUE(const bool more, m_later.step());
            if (!more) {
                break;
            }
            const auto field = static_cast<RowField>(m_later.integer(0));
            if (field == RowField::State) {
                state = static_cast<std::int64_t>(rowStateFromName(m_later.view(2)));
            } else if (field == RowField::Row) {
                FETTLE_TRY_VALUE(json, parseJson(m_later.view(2)));
                FETTLE_TRY_VALUE(const std::string name, jsonString(json, "kind", std::string()));
                for (int one = 1; one <= static_cast<int>(data::SampleKind::Ids); ++one) {
                    kind = name == data::sampleKindName(static_cast<data::SampleKind>(one))
                               ? static_cast<data::SampleKind>(one)
                               : kind;
                }
                json.erase("kind");
            } else if (field == RowField::Answer) {
                if (std::string* slot = answerText(kind, json)) {
                    *slot = m_later.text(2);
                }
            } else if (field == RowField::Message) {
                const auto slots = messageTexts(kind, json);
                const auto place = static_cast<std::size_t>(m_later.integer(1));
                if (place < slots.size() && slots[place] != nullptr) {
                    *slots[place] = m_later.text(2);
                }
            }
        }
        m_later.reset();
        out.there = state != kRemoved;
        out.kind = static_cast<std::int64_t>(kind);
        out.text = dumpJson(json);
        return out;
    }

private:
    Rewinder(Statement row, Statement later)
        : m_row(std::move(row))
        , m_later(std::move(later)) {}
    Statement m_row;
    Statement m_later;
};

Result<std::map<RowId, NetChanges>> netChanges(Database& database, const Mark& low, const Mark& high,
                                               const std::vector<RowId>* only) {
    std::map<RowId, NetChanges> out;
    FETTLE_TRY_VALUE(
        Statement read,
        database.prepare(std::string("SELECT row, step, kind, label, name, time_ms, field, place, before, "
                                     "after FROM changes JOIN steps ON steps.id = step JOIN annotators ON "
                                     "annotators.id = annotator WHERE changes.id > ?1 AND changes.id <= ?2") +
                         (only != nullptr ? " AND row = ?3" : "") + " ORDER BY changes.id"));
    const auto drain = [&]() -> Result<void> {
        for (;;) {
            FETTLE_TRY_VALUE(const bool more, read.step());
            if (!more) {
                return {};
            }
            const auto field = static_cast<RowField>(read.integer(6));
            const bool content = isContent(field); // its values are read again from the rows
            out[read.integer(0)].add({read.integer(1), static_cast<JournalEntry::Kind>(read.integer(2)), read.text(3),
                                      read.text(4), read.integer(5), field, content ? std::string() : read.text(8),
                                      content ? std::string() : read.text(9)},
                                     read.integer(7));
        }
    };
    if (only == nullptr) {
        read.bind(1, low.change).bind(2, high.change);
        FETTLE_TRY(drain());
        return out;
    }
    for (const RowId row : *only) {
        read.reset();
        read.bind(1, low.change).bind(2, high.change).bind(3, row);
        FETTLE_TRY(drain());
    }
    return out;
}

std::string lineOf(const Then& then) {
    return then.there ? then.text : std::string();
}

} // namespace

Result<DataVersion> addVersion(Database& database, const std::string& name, std::int64_t nowMs, VersionKind kind) {
    if (name.empty() || name == "now") {
        return makeError(ErrorCode::InvalidInput, "a data version needs a name of its own");
    }
    std::string chosen = name;
    for (int number = 2;; ++number) {
        FETTLE_TRY_VALUE(const auto taken, markWhere(database, "name = ?", chosen));
        if (!taken) {
            break;
        }
        if (kind == VersionKind::Named) {
            return makeError(ErrorCode::InvalidInput, "there is a data version '" + name + "' already",
                             "Choose another name.");
        }
        chosen = name + " (" + std::to_string(number) + ")";
    }
    FETTLE_TRY_VALUE(const Mark now, markNow(database));
    FETTLE_TRY_VALUE(
        Statement write,
        database.prepare("INSERT INTO versions (name, time_ms, hash, rows, last_row, last_change, automatic) "
                         "VALUES (?, ?, ?, ?, ?, ?, ?)"));
    FETTLE_TRY(write.bind(1, chosen)
                   .bind(2, nowMs)
                   .bind(3, now.version.hash)
                   .bind(4, now.version.rows)
                   .bind(5, now.lastRow)
                   .bind(6, now.change)
                   .bind(7, std::int64_t{kind == VersionKind::Automatic ? 1 : 0})
                   .run());
    return findVersion(database, chosen);
}

Result<void> renameDataVersion(Database& database, std::int64_t id, const std::string& name) {
    FETTLE_TRY_VALUE(const auto taken, markWhere(database, "name = ?", name));
    if (name.empty() || name == "now" || (taken && taken->version.id != id)) {
        return makeError(ErrorCode::InvalidInput, "a data version needs a name of its own", "Choose another name.");
    }
    FETTLE_TRY_VALUE(Statement write, database.prepare("UPDATE versions SET name = ?2, automatic = 0 WHERE id = ?1"));
    FETTLE_TRY(write.bind(1, id).bind(2, name).run());
    return database.changes() > 0
               ? Result<void>()
               : Result<void>(makeError(ErrorCode::NotFound, "there is no data version " + std::to_string(id)));
}

Result<std::vector<DataVersion>> readVersions(Database& database) {
    std::vector<DataVersion> out;
    FETTLE_TRY_VALUE(Statement read,
                     database.prepare(std::string("SELECT ") + kColumns + " FROM versions ORDER BY id DESC"));
    FETTLE_TRY_VALUE(Statement runs, database.prepare("SELECT run FROM run_versions WHERE version = ? ORDER BY run"));
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, read.step());
        if (!more) {
            return out;
        }
        out.push_back(markFrom(read).version);
        runs.reset();
        runs.bind(1, out.back().id);
        for (;;) {
            FETTLE_TRY_VALUE(const bool another, runs.step());
            if (!another) {
                break;
            }
            out.back().runs.push_back(runs.text(0));
        }
    }
}

Result<DataVersion> findVersion(Database& database, const VersionName& name) {
    FETTLE_TRY_VALUE(Mark mark, markNamed(database, name));
    FETTLE_TRY_VALUE(Statement runs, database.prepare("SELECT run FROM run_versions WHERE version = ? ORDER BY run"));
    runs.bind(1, mark.version.id);
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, runs.step());
        if (!more) {
            return mark.version;
        }
        mark.version.runs.push_back(runs.text(0));
    }
}

Result<VersionDifference> differenceOf(Database& database, const VersionName& from, const VersionName& to) {
    FETTLE_TRY_VALUE(const Snapshot snapshot, Snapshot::begin(database));
    VersionDifference out;
    FETTLE_TRY_VALUE(const Mark first, markNamed(database, from));
    FETTLE_TRY_VALUE(const Mark second, markNamed(database, to));
    out.from = first.version;
    out.to = second.version;
    const bool forward =
        first.change < second.change || (first.change == second.change && first.lastRow <= second.lastRow);
    const Mark& low = forward ? first : second;
    const Mark& high = forward ? second : first;
    FETTLE_TRY_VALUE(const auto net, netChanges(database, low, high, nullptr));
    FETTLE_TRY_VALUE(Rewinder rewinder, Rewinder::open(database));
    std::int64_t came = 0;
    std::int64_t went = 0;
    for (const auto& [row, changes] : net) {
        if (row > low.lastRow) {
            continue; // below
        }
        FETTLE_TRY_VALUE(const Then before, rewinder.at(row, low));
        FETTLE_TRY_VALUE(const Then after, rewinder.at(row, high));
        if (before.there && after.there) {
            const bool content = changes.touchedContent() && (before.kind != after.kind || before.text != after.text);
            if (content || !changes.fields().empty()) {
                ++out.changed;
                out.rows.push_back(row);
            }
        } else if (before.there != after.there) {
            ++(after.there ? came : went);
            out.rows.push_back(row);
        }
    }
    for (RowId row = low.lastRow + 1; row <= high.lastRow; ++row) {
        FETTLE_TRY_VALUE(const Then after, rewinder.at(row, high));
        if (after.there) {
            ++came;
            out.rows.push_back(row);
        }
    }
    std::sort(out.rows.begin(), out.rows.end());
    out.added = forward ? came : went;
    out.removed = forward ? went : came;
    return out;
}

Result<std::vector<RowDifference>> rowDifferencesOf(Database& database, const VersionName& from, const VersionName& to,
                                                    const std::vector<RowId>& rows) {
    FETTLE_TRY_VALUE(const Snapshot snapshot, Snapshot::begin(database));
    FETTLE_TRY_VALUE(const Mark first, markNamed(database, from));
    FETTLE_TRY_VALUE(const Mark second, markNamed(database, to));
    const bool forward = first.change <= second.change;
    FETTLE_TRY_VALUE(auto net, netChanges(database, forward ? first : second, forward ? second : first, &rows));
    FETTLE_TRY_VALUE(Rewinder rewinder, Rewinder::open(database));
    std::vector<RowDifference> out;
    for (const RowId row : rows) {
        FETTLE_TRY_VALUE(const Then before, rewinder.at(row, first));
        FETTLE_TRY_VALUE(const Then after, rewinder.at(row, second));
        RowDifference one;
        one.row = row;
        one.before = lineOf(before);
        one.after = lineOf(after);
        one.fields = net[row].fields();
        if (!forward) {
            for (RowChange& change : one.fields) {
                std::swap(change.before, change.after);
                change.field = change.field == RowField::AddTag      ? RowField::RemoveTag
                               : change.field == RowField::RemoveTag ? RowField::AddTag
                                                                     : change.field;
            }
        }
        one.kind = before.there && after.there ? RowDifference::Kind::Changed
                   : after.there               ? RowDifference::Kind::Added
                   : before.there              ? RowDifference::Kind::Removed
                                               : RowDifference::Kind::None;
        if (one.kind == RowDifference::Kind::Changed && one.before == one.after && one.fields.empty()) {
            one.kind = RowDifference::Kind::None;
        }
        out.push_back(std::move(one));
    }
    return out;
}

Result<HashSum> hashOfRows(Database& database) {
    FETTLE_TRY_VALUE(const Snapshot snapshot, Snapshot::begin(database));
    HashSum sum;
    FETTLE_TRY_VALUE(Statement rows,
                     database.prepare("SELECT rows.id, split, state, hash, rows.kind, texts.row, coalesce(labels.name, "
                                      "''), rating FROM rows JOIN texts ON texts.id = rows.id LEFT JOIN labels ON "
                                      "labels.id = rows.label WHERE state < 3"));
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, rows.step());
        if (!more) {
            break;
        }
        const RowId id = rows.integer(0);
        const Hash128 hash = hashFromBytes(rows.view(3));
        if (contentHash(static_cast<data::SampleKind>(rows.integer(4)), rows.view(5)) != hash) {
            return makeError(ErrorCode::Corrupt, "row " + std::to_string(id) + " is not what its hash says",
                             "Restore project.db from a copy, or import the row's file again.")
                .at(database.path());
        }
        sum.add(rowPart(id, rows.integer(1), rows.integer(2), hash));
        if (!rows.view(6).empty()) {
            sum.add(factPart('L', id, rows.view(6)));
        }
        if (rows.integer(7) > 0) {
            sum.add(factPart('G', id, std::to_string(rows.integer(7))));
        }
    }
    const auto each = [&](const char* sql, const auto& take) -> Result<void> {
        FETTLE_TRY_VALUE(Statement read, database.prepare(sql));
        for (;;) {
            FETTLE_TRY_VALUE(const bool more, read.step());
            if (!more) {
                return {};
            }
            take(read);
        }
    };
    FETTLE_TRY(each("SELECT row_tags.row, tag FROM row_tags JOIN rows ON rows.id = row_tags.row WHERE state < 3",
                    [&](const Statement& row) { sum.add(factPart('T', row.integer(0), row.view(1))); }));
    FETTLE_TRY(each("SELECT comments.row, text FROM comments JOIN rows ON rows.id = comments.row WHERE state < 3",
                    [&](const Statement& row) { sum.add(factPart('C', row.integer(0), row.view(1))); }));
    FETTLE_TRY(
        each("SELECT annotations.row, name, annotations.label, verdict, pair FROM annotations JOIN annotators ON "
             "annotators.id = annotator JOIN rows ON rows.id = annotations.row WHERE state < 3",
             [&](const Statement& row) {
                 sum.add(annotationPart(row.integer(0), row.view(1), row.view(2), row.integer(3), row.view(4)));
             }));
    return sum;
}

} // namespace fettle::project
