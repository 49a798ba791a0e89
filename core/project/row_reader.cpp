// Rows as screens show them.
#include "project/row_reader.h"

#include "base/numbers.h"
#include "project/row_content.h"
#include "project/row_editor.h"

namespace fettle::project {
namespace {

constexpr const char* kRowSql =
    "SELECT rows.id, state, split, kind, label, language, turns, answer_length, tokens, trained, rating, checks, loss, "
    "uncertainty, changed_ms, source, line, hash, texts.row FROM rows JOIN texts ON texts.id = rows.id WHERE rows.id = "
    "?";
constexpr const char* kTagSql = "SELECT tag FROM row_tags WHERE row = ?";
constexpr const char* kFindingSql = "SELECT code, detail, other FROM findings WHERE row = ?";
constexpr const char* kCommentSql = "SELECT text FROM comments WHERE row = ?";
constexpr const char* kAnnotationSql = "SELECT name, label, verdict, pair, spent_ms, time_ms FROM annotations JOIN "
                                       "annotators ON annotators.id = annotator WHERE row = ? ORDER BY annotators.id";

std::optional<std::int64_t> known(std::int64_t value) {
    return value < 0 ? std::nullopt : std::optional<std::int64_t>(value);
}

Result<std::map<std::int64_t, std::string>> namesOf(Database& database, const char* sql) {
    std::map<std::int64_t, std::string> out;
    FETTLE_TRY_VALUE(Statement read, database.prepare(sql));
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, read.step());
        if (!more) {
            return out;
        }
        out.emplace(read.integer(0), read.text(1));
    }
}

} // namespace

Result<std::unique_ptr<RowReader>> RowReader::open(Database& database) {
    std::unique_ptr<RowReader> reader(new RowReader(database));
    for (const char* sql : {kRowSql, kTagSql, kFindingSql, kCommentSql, kAnnotationSql}) {
        FETTLE_TRY_VALUE(Statement made, database.prepare(sql));
        reader->m_statements.push_back(std::move(made));
    }
    return reader;
}

Result<void> RowReader::readNames() {
    FETTLE_TRY_VALUE(m_labels, namesOf(m_database, "SELECT id, name FROM labels"));
    FETTLE_TRY_VALUE(m_languages, namesOf(m_database, "SELECT id, name FROM languages"));
    FETTLE_TRY_VALUE(m_sources, namesOf(m_database, "SELECT id, path FROM sources"));
    return {};
}

Result<RowCells> RowReader::cells(RowId id, Cut cut, data::Sample* sample, RowDetails* details) {
    RowCells out;
    Statement& row = m_statements[0];
    row.reset();
    FETTLE_TRY_VALUE(const bool found, row.bind(1, id).step());
    if (!found) {
        return out;
    }
    out.id = id;
    out.state = static_cast<RowState>(row.integer(1));
    out.split = static_cast<Split>(row.integer(2));
    out.kind = static_cast<data::SampleKind>(row.integer(3));
    const auto label = m_labels.find(row.integer(4));
    out.label = label != m_labels.end() ? label->second : std::string();
    const auto language = m_languages.find(row.integer(5));
    out.language = language != m_languages.end() ? language->second : std::string();
    out.turns = row.integer(6);
    out.answerLength = row.integer(7);
    out.tokens = known(row.integer(8));
    out.trainedTokens = known(row.integer(9));
    out.rating = known(row.integer(10));
    if (!row.isNull(12)) {
        out.loss = row.number(12);
    }
    FETTLE_TRY_VALUE(Json json, parseJson(row.view(18)));
    const auto text = [cut](std::string_view whole) {
        return cut == Cut::Cells ? cellText(whole, kCellChars) : std::string(whole);
    };
    out.title = text(titleOf(out.kind, json));
    out.answer = text(answerOf(out.kind, json));
    if (const auto metadata = json.find("metadata"); metadata != json.end() && metadata->is_object()) {
        for (const auto& member : metadata->get_ref<const Json::object_t&>()) {
            out.metadata.emplace_back(member.first, text(member.second.is_string() ? member.second.get<std::string>()
                                                                                   : dumpJson(member.second)));
        }
    }
    const std::int64_t findings = row.integer(11);
    if (details != nullptr) {
        details->changedMs = row.integer(14);
        details->hash = fettle::hexOf(hashFromBytes(row.view(17)));
        const auto source = m_sources.find(row.integer(15));
        sample->file = source != m_sources.end() ? source->second : std::string();
        sample->line = row.integer(16);
        sample->id = id;
        sample->kind = out.kind;
        sample->row = std::move(json);
    }
    row.reset();
    Statement& tags = m_statements[1];
    tags.reset();
    tags.bind(1, id);
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, tags.step());
        if (!more) {
            break;
        }
        out.tags.push_back(tags.text(0));
    }
    if (findings > 0) {
        Statement& checks = m_statements[2];
        checks.reset();
        checks.bind(1, id);
        for (;;) {
            FETTLE_TRY_VALUE(const bool more, checks.step());
            if (!more) {
                break;
            }
            out.checks.push_back({checks.text(0), checks.text(1), checks.integer(2)});
        }
    }
    Statement& comment = m_statements[3];
    comment.reset();
    FETTLE_TRY_VALUE(out.hasComment, comment.bind(1, id).step());
    if (out.hasComment && details != nullptr) {
        details->comment = comment.text(0);
    }
    comment.reset();
    return out;
}

Result<RowPage> RowReader::page(const std::vector<RowId>& ids) {
    FETTLE_TRY_VALUE(const Snapshot snapshot, Snapshot::begin(m_database));
    FETTLE_TRY(readNames());
    RowPage out;
    FETTLE_TRY_VALUE(const std::string change, storeFact(m_database, kChangeFact));
    out.changeNumber = static_cast<std::uint64_t>(parseInt(change).valueOr(0));
    out.rows.reserve(ids.size());
    for (const RowId id : ids) {
        FETTLE_TRY_VALUE(RowCells one, cells(id, Cut::Cells, nullptr, nullptr));
        out.rows.push_back(std::move(one));
    }
    for (Statement& statement : m_statements) {
        statement.reset();
    }
    return out;
}

Result<RowDetails> RowReader::details(RowId id) {
    FETTLE_TRY_VALUE(const Snapshot snapshot, Snapshot::begin(m_database));
    FETTLE_TRY(readNames());
    RowDetails out;
    FETTLE_TRY_VALUE(const std::string change, storeFact(m_database, kChangeFact));
    out.changeNumber = static_cast<std::uint64_t>(parseInt(change).valueOr(0));
    FETTLE_TRY_VALUE(out.cells, cells(id, Cut::Whole, &out.sample, &out));
    if (out.cells.id == 0) {
        return makeError(ErrorCode::NotFound, "there is no row " + std::to_string(id)).at(m_database.path());
    }
    Statement& annotations = m_statements[4];
    annotations.reset();
    annotations.bind(1, id);
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, annotations.step());
        if (!more) {
            break;
        }
        out.annotations.push_back({annotations.text(0), annotations.text(1),
                                   static_cast<RowState>(annotations.integer(2)), annotations.text(3),
                                   annotations.integer(4), annotations.integer(5)});
    }
    for (Statement& statement : m_statements) {
        statement.reset();
    }
    return out;
}

Result<void> eachSample(Database& database, const RowIndex& ids, const std::function<bool(data::Sample&&)>& take,
                        std::stop_token stop) {
    FETTLE_TRY_VALUE(const auto sources, namesOf(database, "SELECT id, path FROM sources"));
    FETTLE_TRY_VALUE(Statement read, database.prepare("SELECT kind, source, line, texts.row FROM rows JOIN texts ON "
                                                      "texts.id = rows.id WHERE rows.id = ?"));
    for (const RowId id : ids) {
        if (stop.stop_requested()) {
            return makeError(ErrorCode::Cancelled, "stopped while reading rows").at(database.path());
        }
        read.reset();
        FETTLE_TRY_VALUE(const bool found, read.bind(1, id).step());
        if (!found) {
            continue;
        }
        data::Sample sample;
        sample.kind = static_cast<data::SampleKind>(read.integer(0));
        sample.id = id;
        sample.line = read.integer(2);
        if (const auto source = sources.find(read.integer(1)); source != sources.end()) {
            sample.file = source->second;
        }
        FETTLE_TRY_VALUE(sample.row, parseJson(read.view(3)));
        if (!take(std::move(sample))) {
            break;
        }
    }
    return {};
}

// --- journal -------------------------------------------------------------------------------------------------------

Result<std::vector<JournalEntry>> readJournal(Database& database, std::size_t newest) {
    std::vector<JournalEntry> out;
    FETTLE_TRY_VALUE(Statement read,
                     database.prepare("SELECT steps.id, steps.label, name, time_ms, rows, kind, undone FROM steps JOIN "
                                      "annotators ON annotators.id = annotator ORDER BY steps.id DESC LIMIT ?"));
    read.bind(1, static_cast<std::int64_t>(newest));
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, read.step());
        if (!more) {
            return out;
        }
        out.push_back({read.integer(0), read.text(1), read.text(2), read.integer(3), read.integer(4),
                       static_cast<JournalEntry::Kind>(read.integer(5)), read.integer(6) == 1 || read.integer(6) == 2});
    }
}

Result<std::vector<RowChange>> readHistory(Database& database, RowId row) {
    std::vector<RowChange> out;
    FETTLE_TRY_VALUE(
        Statement read,
        database.prepare("SELECT step, kind, steps.label, name, time_ms, field, before, after FROM changes "
                         "JOIN steps ON steps.id = step JOIN annotators ON annotators.id = annotator WHERE "
                         "row = ? ORDER BY changes.id DESC"));
    read.bind(1, row);
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, read.step());
        if (!more) {
            return out;
        }
        out.push_back({read.integer(0), static_cast<JournalEntry::Kind>(read.integer(1)), read.text(2), read.text(3),
                       read.integer(4), static_cast<RowField>(read.integer(5)), read.text(6), read.text(7)});
    }
}

// --- labels --------------------------------------------------------------------------------------------------------

Result<LabelSet> readLabelSet(Database& database) {
    LabelSet out;
    FETTLE_TRY_VALUE(out.question, storeFact(database, "label_question"));
    FETTLE_TRY_VALUE(out.guideline, storeFact(database, "label_guideline"));
    std::map<std::int64_t, std::int64_t> rows;
    {
        FETTLE_TRY_VALUE(Statement count,
                         database.prepare("SELECT label, count(*) FROM rows WHERE state < 3 AND label <> "
                                          "0 GROUP BY label"));
        for (;;) {
            FETTLE_TRY_VALUE(const bool more, count.step());
            if (!more) {
                break;
            }
            rows[count.integer(0)] = count.integer(1);
        }
    }
    FETTLE_TRY_VALUE(Statement read,
                     database.prepare("SELECT id, name, description, place IS NULL FROM labels ORDER BY "
                                      "place IS NULL, place, name"));
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, read.step());
        if (!more) {
            return out;
        }
        const std::int64_t count = rows.count(read.integer(0)) > 0 ? rows[read.integer(0)] : 0;
        if (count > 0 || read.integer(3) == 0) {
            out.labels.push_back({read.text(1), read.text(2), count});
        }
    }
}

Result<void> writeLabelSet(Database& database, const LabelSet& set) {
    FETTLE_TRY(setStoreFact(database, "label_question", set.question));
    FETTLE_TRY(setStoreFact(database, "label_guideline", set.guideline));
    FETTLE_TRY(database.execute("UPDATE labels SET place = NULL"));
    FETTLE_TRY_VALUE(
        Statement write,
        database.prepare("INSERT INTO labels (name, place, description) VALUES (?, ?, ?) ON CONFLICT (name) "
                         "DO UPDATE SET place = excluded.place, description = excluded.description"));
    std::int64_t place = 0;
    for (const LabelDefinition& label : set.labels) {
        if (label.name.empty()) {
            return makeError(ErrorCode::InvalidInput, "a label needs a name");
        }
        FETTLE_TRY(write.bind(1, label.name).bind(2, place++).bind(3, label.description).run());
    }
    return {};
}

Result<std::vector<Annotator>> readAnnotators(Database& database) {
    std::vector<Annotator> out;
    FETTLE_TRY_VALUE(Statement read,
                     database.prepare("SELECT name, (SELECT count(DISTINCT row) FROM decisions WHERE annotator = "
                                      "annotators.id), (SELECT total(spent_ms) FROM decisions WHERE annotator = "
                                      "annotators.id), (SELECT max(time_ms) FROM decisions WHERE annotator = "
                                      "annotators.id) FROM annotators ORDER BY annotators.id"));
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, read.step());
        if (!more) {
            return out;
        }
        out.push_back({read.text(0), read.integer(1), read.integer(2), read.integer(3)});
    }
}

Result<std::vector<Decision>> readDecisions(Database& database, const std::optional<std::string>& annotator,
                                            std::size_t newest) {
    std::vector<Decision> out;
    FETTLE_TRY_VALUE(
        Statement read,
        database.prepare("SELECT row, name, coalesce(steps.label, ''), decisions.time_ms, spent_ms, "
                         "coalesce(undone, 0) FROM decisions JOIN annotators ON annotators.id = "
                         "decisions.annotator LEFT JOIN steps ON steps.id = step WHERE ?1 IS NULL OR name = "
                         "?1 ORDER BY decisions.id DESC LIMIT ?2"));
    if (annotator) {
        read.bind(1, *annotator);
    } else {
        read.bindNull(1);
    }
    read.bind(2, static_cast<std::int64_t>(newest));
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, read.step());
        if (!more) {
            return out;
        }
        out.push_back({read.integer(0), read.text(1), read.text(2), read.integer(3), read.integer(4),
                       read.integer(5) == 1 || read.integer(5) == 2});
    }
}

Result<std::vector<SharedRow>> readSharedRows(Database& database, const std::string& first, const std::string& second) {
    std::vector<SharedRow> out;
    FETTLE_TRY_VALUE(
        Statement read,
        database.prepare("SELECT a.row, a.label, b.label, coalesce(labels.name, '') FROM annotations a JOIN "
                         "annotations b ON b.row = a.row JOIN rows ON rows.id = a.row LEFT JOIN labels ON "
                         "labels.id = rows.label WHERE a.annotator = (SELECT id FROM annotators WHERE name = "
                         "?1) AND b.annotator = (SELECT id FROM annotators WHERE name = ?2) AND a.label <> '' "
                         "AND b.label <> '' AND state < 3 ORDER BY a.row"));
    read.bind(1, first).bind(2, second);
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, read.step());
        if (!more) {
            return out;
        }
        out.push_back({read.integer(0), read.text(1), read.text(2), read.text(3)});
    }
}

Result<std::vector<RejectedRow>> readRejected(Database& database, std::int64_t source, std::size_t most) {
    std::vector<RejectedRow> out;
    FETTLE_TRY_VALUE(Statement read,
                     database.prepare("SELECT line, key, code, reason, text FROM rejected WHERE source = ? "
                                      "ORDER BY rowid LIMIT ?"));
    read.bind(1, source).bind(2, static_cast<std::int64_t>(most));
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, read.step());
        if (!more) {
            return out;
        }
        out.push_back({read.integer(0), read.text(1), read.text(2), read.text(3), read.text(4)});
    }
}

} // namespace fettle::project
