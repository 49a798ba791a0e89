// One field of one row at a time: read what is there, write what shall be, and keep the sums.
#include "project/row_editor.h"

#include "base/numbers.h"
#include "data/parallel_import.h"

#include <algorithm>

namespace fettle::project {
namespace {

using MaybeChange = std::optional<FieldChange>;
constexpr std::int64_t kRemoved = static_cast<std::int64_t>(RowState::Removed);

Error invalid(std::string what, std::string hint = {}) {
    return makeError(ErrorCode::InvalidInput, std::move(what), std::move(hint));
}

std::string rowLine(data::SampleKind kind, const std::string& text) {
    std::string out = std::string("{\"kind\":\"") + data::sampleKindName(kind) + '"';
    if (text.size() > 2) {
        out += ',';
        out.append(text, 1, std::string::npos);
        return out;
    }
    return out + '}';
}

data::SampleKind kindNamed(const std::string& name) {
    for (int kind = 1; kind <= static_cast<int>(data::SampleKind::Ids); ++kind) {
        if (name == data::sampleKindName(static_cast<data::SampleKind>(kind))) {
            return static_cast<data::SampleKind>(kind);
        }
    }
    return data::SampleKind::None;
}

// A line that the store wrote itself: kind, then the row as it was.
Result<data::Sample> knownRow(const std::string& line) {
    FETTLE_TRY_VALUE(Json json, parseJson(line));
    FETTLE_TRY_VALUE(const std::string kind, jsonString(json, "kind"));
    data::Sample sample;
    sample.kind = kindNamed(kind);
    json.erase("kind");
    sample.row = std::move(json);
    return sample;
}

} // namespace

Result<std::string> storeFact(Database& database, std::string_view key) {
    FETTLE_TRY_VALUE(Statement find, database.prepare("SELECT value FROM facts WHERE key = ?"));
    FETTLE_TRY_VALUE(const bool row, find.bind(1, key).step());
    return row ? find.text(0) : std::string();
}

Result<void> setStoreFact(Database& database, std::string_view key, std::string_view value) {
    FETTLE_TRY_VALUE(Statement set, database.prepare("INSERT INTO facts (key, value) VALUES (?, ?) ON CONFLICT (key) "
                                                     "DO UPDATE SET value = excluded.value"));
    return set.bind(1, key).bind(2, value).run();
}

FieldChange inverseOf(const FieldChange& change) {
    FieldChange out = change;
    std::swap(out.before, out.after);
    if (change.field == RowField::AddTag) {
        out.field = RowField::RemoveTag;
    } else if (change.field == RowField::RemoveTag) {
        out.field = RowField::AddTag;
    }
    return out;
}

Result<std::unique_ptr<RowEditor>> RowEditor::open(Database& database, std::int64_t nowMs) {
    std::unique_ptr<RowEditor> editor(new RowEditor(database));
    editor->m_nowMs = nowMs;
    FETTLE_TRY_VALUE(const std::string hash, storeFact(database, kHashFact));
    FETTLE_TRY_VALUE(const std::string change, storeFact(database, kChangeFact));
    FETTLE_TRY_VALUE(const std::string rows, storeFact(database, kRowsFact));
    editor->m_sum = sumFromHex(hash);
    editor->m_change = static_cast<std::uint64_t>(parseInt(change).valueOr(0)) + 1;
    editor->m_rows = parseInt(rows).valueOr(0);
    return editor;
}

Result<void> RowEditor::close() {
    FETTLE_TRY(setStoreFact(m_database, kHashFact, hexOf(m_sum)));
    FETTLE_TRY(setStoreFact(m_database, kChangeFact, std::to_string(m_change)));
    return setStoreFact(m_database, kRowsFact, std::to_string(m_rows));
}

Result<Statement*> RowEditor::cached(const char* sql) {
    for (auto& [text, statement] : m_statements) {
        if (text == sql) { // the same literal
            statement.reset();
            return &statement;
        }
    }
    FETTLE_TRY_VALUE(Statement made, m_database.prepare(sql));
    if (m_statements.capacity() == 0) {
        m_statements.reserve(64); // pointers stay good
    }
    m_statements.emplace_back(sql, std::move(made));
    return &m_statements.back().second;
}

Result<RowEditor::Current> RowEditor::current(RowId row) {
    FETTLE_TRY_VALUE(Statement * find,
                     cached("SELECT state, split, kind, label, rating, hash, origin FROM rows WHERE id = ?"));
    FETTLE_TRY_VALUE(const bool found, find->bind(1, row).step());
    if (!found) {
        find->reset();
        return makeError(ErrorCode::NotFound, "there is no row " + std::to_string(row)).at(m_database.path());
    }
    Current out{find->integer(0), find->integer(1), find->integer(2),
                find->integer(3), find->integer(4), hashFromBytes(find->view(5)),
                find->text(6)};
    find->reset();
    return out;
}

Result<MaybeChange> RowEditor::set(RowId row, RowField field, std::int64_t place, const std::string& value,
                                   std::int64_t annotator, Trust trust) {
    FETTLE_TRY_VALUE(const Current now, current(row));
    switch (field) {
    case RowField::Row:
    case RowField::Answer:
    case RowField::Message:
        return setText(row, now, field, place, value, trust);
    case RowField::State:
        return setState(row, now, value);
    case RowField::Split:
        return setSplit(row, now, value);
    case RowField::Label:
        return setLabel(row, now, value);
    case RowField::AddTag:
    case RowField::RemoveTag:
        return setTag(row, now, field, value);
    case RowField::Rating:
        return setRating(row, now, value);
    case RowField::Comment:
        return setComment(row, now, value);
    case RowField::Annotation:
    case RowField::Verdict:
    case RowField::Pair:
        return setAnnotation(row, now, field, value, annotator);
    case RowField::None:
        break;
    }
    return invalid("an edit without a field");
}

// --- the sums ------------------------------------------------------------------------------------------------------

void RowEditor::swapPart(const Current& now, const Hash128& before, const Hash128& after, bool had, bool has) {
    if (now.state == kRemoved) {
        return; // counts nowhere
    }
    if (had) {
        m_sum.subtract(before);
    }
    if (has) {
        m_sum.add(after);
    }
}

Result<void> RowEditor::countFacts(RowId row, const Current& now, bool add) {
    const auto count = [&](const Hash128& part) { add ? m_sum.add(part) : m_sum.subtract(part); };
    if (now.label != 0) {
        FETTLE_TRY_VALUE(const std::string name, labelName(now.label));
        count(factPart('L', row, name));
    }
    if (now.rating > 0) {
        count(factPart('G', row, std::to_string(now.rating)));
    }
    FETTLE_TRY_VALUE(Statement * tags, cached("SELECT tag FROM row_tags WHERE row = ?"));
    tags->bind(1, row);
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, tags->step());
        if (!more) {
            break;
        }
        count(factPart('T', row, tags->view(0)));
    }
    tags->reset();
    FETTLE_TRY_VALUE(Statement * comment, cached("SELECT text FROM comments WHERE row = ?"));
    FETTLE_TRY_VALUE(const bool commented, comment->bind(1, row).step());
    if (commented) {
        count(factPart('C', row, comment->view(0)));
    }
    comment->reset();
    FETTLE_TRY_VALUE(Statement * annotations,
                     cached("SELECT name, label, verdict, pair FROM annotations JOIN annotators "
                            "ON annotators.id = annotator WHERE row = ?"));
    annotations->bind(1, row);
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, annotations->step());
        if (!more) {
            break;
        }
        count(annotationPart(row, annotations->view(0), annotations->view(1), annotations->integer(2),
                             annotations->view(3)));
    }
    annotations->reset();
    return {};
}

Result<void> RowEditor::stale(RowId row) {
    FETTLE_TRY_VALUE(Statement * note, cached("INSERT INTO stale (row, what) VALUES (?, 7) ON CONFLICT (row) DO UPDATE "
                                              "SET what = 7"));
    return note->bind(1, row).run();
}

// --- fields --------------------------------------------------------------------------------------------------------

Result<MaybeChange> RowEditor::setState(RowId row, const Current& now, const std::string& value) {
    const auto state = static_cast<std::int64_t>(rowStateFromName(value));
    if (state == 0) {
        return invalid("'" + value + "' is no state of a row", "Use active, rejected or removed.");
    }
    if (state == now.state) {
        return MaybeChange();
    }
    if (now.state != kRemoved) {
        m_sum.subtract(rowPart(row, now.split, now.state, now.hash));
        if (state == kRemoved) {
            FETTLE_TRY(countFacts(row, now, false));
            --m_rows;
        }
    }
    if (state != kRemoved) {
        m_sum.add(rowPart(row, now.split, state, now.hash));
        if (now.state == kRemoved) {
            FETTLE_TRY(countFacts(row, now, true));
            ++m_rows;
        }
    }
    FETTLE_TRY_VALUE(Statement * write,
                     cached("UPDATE rows SET state = ?2, touch = ?3, changed_ms = ?4 WHERE id = ?1"));
    FETTLE_TRY(write->bind(1, row).bind(2, state).bind(3, static_cast<std::int64_t>(m_change)).bind(4, m_nowMs).run());
    return MaybeChange(FieldChange{row, RowField::State, 0, rowStateName(static_cast<RowState>(now.state)), value});
}

Result<MaybeChange> RowEditor::setSplit(RowId row, const Current& now, const std::string& value) {
    const auto split = static_cast<std::int64_t>(splitFromName(value));
    if (split == 0 && value != "none") {
        return invalid("'" + value + "' is no split", "Use none, train, validation or test.");
    }
    if (split == now.split) {
        return MaybeChange();
    }
    swapPart(now, rowPart(row, now.split, now.state, now.hash), rowPart(row, split, now.state, now.hash), true, true);
    FETTLE_TRY_VALUE(Statement * write,
                     cached("UPDATE rows SET split = ?2, touch = ?3, changed_ms = ?4 WHERE id = ?1"));
    FETTLE_TRY(write->bind(1, row).bind(2, split).bind(3, static_cast<std::int64_t>(m_change)).bind(4, m_nowMs).run());
    return MaybeChange(FieldChange{row, RowField::Split, 0, splitName(static_cast<Split>(now.split)), value});
}

Result<MaybeChange> RowEditor::setLabel(RowId row, const Current& now, const std::string& value) {
    FETTLE_TRY_VALUE(const std::int64_t label, labelId(value));
    if (label == now.label) {
        return MaybeChange();
    }
    FETTLE_TRY_VALUE(std::string before, labelName(now.label));
    swapPart(now, factPart('L', row, before), factPart('L', row, value), now.label != 0, label != 0);
    FETTLE_TRY_VALUE(Statement * write,
                     cached("UPDATE rows SET label = ?2, touch = ?3, changed_ms = ?4 WHERE id = ?1"));
    FETTLE_TRY(write->bind(1, row).bind(2, label).bind(3, static_cast<std::int64_t>(m_change)).bind(4, m_nowMs).run());
    return MaybeChange(FieldChange{row, RowField::Label, 0, std::move(before), value});
}

Result<MaybeChange> RowEditor::setRating(RowId row, const Current& now, const std::string& value) {
    std::int64_t rating = -1;
    if (!value.empty()) {
        rating = parseInt(value).valueOr(0);
        if (rating < 1 || rating > 5) {
            return invalid("'" + value + "' is no rating", "Ratings go from 1 to 5; leave it empty for none.");
        }
    }
    if (rating == now.rating) {
        return MaybeChange();
    }
    const std::string before = now.rating > 0 ? std::to_string(now.rating) : std::string();
    swapPart(now, factPart('G', row, before), factPart('G', row, value), now.rating > 0, rating > 0);
    FETTLE_TRY_VALUE(Statement * write,
                     cached("UPDATE rows SET rating = ?2, touch = ?3, changed_ms = ?4 WHERE id = ?1"));
    FETTLE_TRY(write->bind(1, row).bind(2, rating).bind(3, static_cast<std::int64_t>(m_change)).bind(4, m_nowMs).run());
    return MaybeChange(FieldChange{row, RowField::Rating, 0, before, value});
}

Result<MaybeChange> RowEditor::setTag(RowId row, const Current& now, RowField field, const std::string& tag) {
    if (tag.empty()) {
        return invalid("a tag needs a name");
    }
    const bool add = field == RowField::AddTag;
    FETTLE_TRY_VALUE(Statement * write, cached(add ? "INSERT OR IGNORE INTO row_tags (row, tag) VALUES (?, ?)"
                                                   : "DELETE FROM row_tags WHERE row = ? AND tag = ?"));
    FETTLE_TRY(write->bind(1, row).bind(2, tag).run());
    if (m_database.changes() == 0) {
        return MaybeChange();
    }
    const Hash128 part = factPart('T', row, tag);
    swapPart(now, part, part, !add, add);
    FETTLE_TRY_VALUE(Statement * touch, cached("UPDATE rows SET touch = ?2, changed_ms = ?3 WHERE id = ?1"));
    FETTLE_TRY(touch->bind(1, row).bind(2, static_cast<std::int64_t>(m_change)).bind(3, m_nowMs).run());
    return MaybeChange(FieldChange{row, field, 0, add ? "" : tag, add ? tag : ""});
}

Result<MaybeChange> RowEditor::setComment(RowId row, const Current& now, const std::string& value) {
    FETTLE_TRY_VALUE(Statement * find, cached("SELECT text FROM comments WHERE row = ?"));
    FETTLE_TRY_VALUE(const bool had, find->bind(1, row).step());
    std::string before = had ? find->text(0) : std::string();
    find->reset();
    if (before == value) {
        return MaybeChange();
    }
    if (value.empty()) {
        FETTLE_TRY_VALUE(Statement * remove, cached("DELETE FROM comments WHERE row = ?"));
        FETTLE_TRY(remove->bind(1, row).run());
    } else {
        FETTLE_TRY_VALUE(Statement * write,
                         cached("INSERT INTO comments (row, text) VALUES (?, ?) ON CONFLICT (row) DO "
                                "UPDATE SET text = excluded.text"));
        FETTLE_TRY(write->bind(1, row).bind(2, value).run());
    }
    swapPart(now, factPart('C', row, before), factPart('C', row, value), had, !value.empty());
    FETTLE_TRY_VALUE(Statement * touch, cached("UPDATE rows SET touch = ?2, changed_ms = ?3 WHERE id = ?1"));
    FETTLE_TRY(touch->bind(1, row).bind(2, static_cast<std::int64_t>(m_change)).bind(3, m_nowMs).run());
    return MaybeChange(FieldChange{row, RowField::Comment, 0, std::move(before), value});
}

Result<MaybeChange> RowEditor::setAnnotation(RowId row, const Current& now, RowField field, const std::string& value,
                                             std::int64_t annotator) {
    FETTLE_TRY_VALUE(Statement * find,
                     cached("SELECT label, verdict, pair, spent_ms FROM annotations WHERE row = ? AND annotator = ?"));
    FETTLE_TRY_VALUE(const bool had, find->bind(1, row).bind(2, annotator).step());
    const std::string oldLabel = had ? find->text(0) : std::string();
    const std::int64_t oldVerdict = had ? find->integer(1) : 0;
    const std::string oldPair = had ? find->text(2) : std::string();
    const std::int64_t spentMs = had ? find->integer(3) : 0;
    find->reset();
    std::string label = oldLabel;
    std::int64_t verdict = oldVerdict;
    std::string pair = oldPair;
    std::string before;
    if (field == RowField::Annotation) {
        before = std::exchange(label, value);
        FETTLE_TRY(labelId(value)); // a new name enters the label set
    } else if (field == RowField::Verdict) {
        before = oldVerdict == 0 ? "" : rowStateName(static_cast<RowState>(oldVerdict));
        verdict = static_cast<std::int64_t>(rowStateFromName(value));
        if (!value.empty() && verdict != 1 && verdict != 2) {
            return invalid("'" + value + "' is no verdict", "Use active, rejected, or leave it empty.");
        }
    } else {
        if (!value.empty() && value != "a" && value != "b" && value != "tie") {
            return invalid("'" + value + "' is no preference", "Use a, b or tie, or leave it empty.");
        }
        before = std::exchange(pair, value);
    }
    if (before == value) {
        return MaybeChange();
    }
    const bool has = !label.empty() || verdict != 0 || !pair.empty();
    const bool counted = had && (!oldLabel.empty() || oldVerdict != 0 || !oldPair.empty());
    FETTLE_TRY_VALUE(const std::string who, annotatorName(annotator));
    swapPart(now, annotationPart(row, who, oldLabel, oldVerdict, oldPair),
             annotationPart(row, who, label, verdict, pair), counted, has);
    if (has) {
        FETTLE_TRY_VALUE(
            Statement * write,
            cached("INSERT INTO annotations (row, annotator, label, verdict, pair, spent_ms, time_ms) VALUES "
                   "(?, ?, ?, ?, ?, ?, ?) ON CONFLICT (row, annotator) DO UPDATE SET label = "
                   "excluded.label, verdict = excluded.verdict, pair = excluded.pair, time_ms = "
                   "excluded.time_ms"));
        FETTLE_TRY(write->bind(1, row)
                       .bind(2, annotator)
                       .bind(3, label)
                       .bind(4, verdict)
                       .bind(5, pair)
                       .bind(6, spentMs)
                       .bind(7, m_nowMs)
                       .run());
    } else {
        FETTLE_TRY_VALUE(Statement * remove, cached("DELETE FROM annotations WHERE row = ? AND annotator = ?"));
        FETTLE_TRY(remove->bind(1, row).bind(2, annotator).run());
    }
    return MaybeChange(FieldChange{row, field, 0, std::move(before), value});
}

Result<MaybeChange> RowEditor::setText(RowId row, const Current& now, RowField field, std::int64_t place,
                                       const std::string& value, Trust trust) {
    const auto kind = static_cast<data::SampleKind>(now.kind);
    FETTLE_TRY_VALUE(Statement * find, cached("SELECT row FROM texts WHERE id = ?"));
    FETTLE_TRY_VALUE(const bool found, find->bind(1, row).step());
    const std::string text = found ? find->text(0) : std::string();
    find->reset();
    data::Sample sample;
    std::string before;
    std::string after = value;
    if (field == RowField::Row) {
        before = rowLine(kind, text);
        if (trust == Trust::Known) {
            FETTLE_TRY_VALUE(sample, knownRow(value));
        } else {
            FETTLE_TRY_VALUE(sample, data::sampleFromJson(value));
            after = rowLine(sample.kind, dumpJson(sample.row));
        }
    } else {
        FETTLE_TRY_VALUE(sample.row, parseJson(text));
        sample.kind = kind;
        std::string* slot = nullptr;
        if (field == RowField::Answer) {
            slot = answerText(kind, sample.row);
        } else {
            const auto slots = messageTexts(kind, sample.row);
            slot = place >= 0 && place < static_cast<std::int64_t>(slots.size())
                       ? slots[static_cast<std::size_t>(place)]
                       : nullptr;
        }
        if (slot == nullptr) {
            return invalid("row " + std::to_string(row) + " has no text there to edit",
                           "Edit the row as JSON instead.");
        }
        before = *slot;
        *slot = value;
        if (trust == Trust::Checked && before != value) {
            FETTLE_TRY_VALUE(sample, data::sampleFromJson(rowLine(kind, dumpJson(sample.row))));
        }
    }
    if (before == after) {
        return MaybeChange();
    }
    FETTLE_TRY(writeContent(row, now, contentOf(sample)));
    return MaybeChange(FieldChange{row, field, place, std::move(before), std::move(after)});
}

Result<void> RowEditor::writeContent(RowId row, const Current& now, const RowContent& content) {
    swapPart(now, rowPart(row, now.split, now.state, now.hash), rowPart(row, now.split, now.state, content.hash), true,
             true);
    std::string origin = now.origin.empty() ? bytesOf(now.hash) : now.origin;
    const std::string hash = bytesOf(content.hash);
    FETTLE_TRY_VALUE(Statement * text, cached("UPDATE texts SET row = ?2 WHERE id = ?1"));
    FETTLE_TRY(text->bind(1, row).bind(2, content.text).run());
    FETTLE_TRY_VALUE(
        Statement * write,
        cached("UPDATE rows SET kind = ?2, turns = ?3, answer_length = ?4, answer_hash = ?5, title_1 = ?6, "
               "title_2 = ?7, answer_1 = ?8, answer_2 = ?9, hash = ?10, origin = ?11, touch = ?12, "
               "changed_ms = ?13 WHERE id = ?1"));
    write->bind(1, row)
        .bind(2, content.kind)
        .bind(3, content.turns)
        .bind(4, content.answerLength)
        .bind(5, content.answerHash)
        .bind(6, content.title1)
        .bind(7, content.title2)
        .bind(8, content.answer1)
        .bind(9, content.answer2)
        .bindBytes(10, hash)
        .bind(12, static_cast<std::int64_t>(m_change))
        .bind(13, m_nowMs);
    if (origin == hash) {
        write->bindNull(11);
    } else {
        write->bindBytes(11, origin);
    }
    FETTLE_TRY(write->run());
    return stale(row);
}

// --- rows from files -----------------------------------------------------------------------------------------------

Result<void> RowEditor::insert(const NewRow& row) {
    const RowContent& content = *row.content;
    FETTLE_TRY_VALUE(
        Statement * write,
        cached("INSERT INTO rows (id, state, split, kind, label, language, turns, answer_length, tokens, "
               "trained, rating, checks, loss, uncertainty, touch, changed_ms, source, line, answer_hash, "
               "title_1, title_2, answer_1, answer_2, hash, origin) VALUES (?, 1, ?, ?, ?, 0, ?, ?, -1, -1, "
               "-1, 0, NULL, NULL, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, NULL)"));
    FETTLE_TRY(write->bind(1, row.id)
                   .bind(2, row.split)
                   .bind(3, content.kind)
                   .bind(4, row.label)
                   .bind(5, content.turns)
                   .bind(6, content.answerLength)
                   .bind(7, static_cast<std::int64_t>(m_change))
                   .bind(8, row.source)
                   .bind(9, row.line)
                   .bind(10, content.answerHash)
                   .bind(11, content.title1)
                   .bind(12, content.title2)
                   .bind(13, content.answer1)
                   .bind(14, content.answer2)
                   .bindBytes(15, bytesOf(content.hash))
                   .run());
    FETTLE_TRY_VALUE(Statement * text, cached("INSERT INTO texts (id, row) VALUES (?, ?)"));
    FETTLE_TRY(text->bind(1, row.id).bindView(2, content.text).run());
    m_sum.add(rowPart(row.id, row.split, static_cast<std::int64_t>(RowState::Active), content.hash));
    if (row.label != 0) {
        m_sum.add(factPart('L', row.id, row.labelName));
    }
    ++m_rows;
    return {};
}

Result<MaybeChange> RowEditor::replaceFromFile(RowId row, const RowContent& content, std::int64_t source,
                                               std::int64_t line) {
    FETTLE_TRY_VALUE(Current now, current(row));
    FETTLE_TRY_VALUE(Statement * find, cached("SELECT row FROM texts WHERE id = ?"));
    FETTLE_TRY_VALUE(const bool found, find->bind(1, row).step());
    std::string before = rowLine(static_cast<data::SampleKind>(now.kind), found ? find->text(0) : std::string("{}"));
    find->reset();
    now.origin = bytesOf(content.hash); // from now on this is what the file has
    FETTLE_TRY(writeContent(row, now, content));
    FETTLE_TRY_VALUE(Statement * place, cached("UPDATE rows SET source = ?2, line = ?3 WHERE id = ?1"));
    FETTLE_TRY(place->bind(1, row).bind(2, source).bind(3, line).run());
    std::string after = rowLine(static_cast<data::SampleKind>(content.kind), content.text);
    if (before == after) {
        return MaybeChange();
    }
    return MaybeChange(FieldChange{row, RowField::Row, 0, std::move(before), std::move(after)});
}

Result<void> RowEditor::spend(RowId row, std::int64_t annotator, std::int64_t step, std::int64_t spentMs) {
    FETTLE_TRY_VALUE(Statement * log, cached("INSERT INTO decisions (step, row, annotator, time_ms, spent_ms) VALUES "
                                             "(?, ?, ?, ?, ?)"));
    FETTLE_TRY(log->bind(1, step).bind(2, row).bind(3, annotator).bind(4, m_nowMs).bind(5, spentMs).run());
    FETTLE_TRY_VALUE(Statement * total, cached("UPDATE annotations SET spent_ms = spent_ms + ?3 WHERE row = ?1 AND "
                                               "annotator = ?2"));
    return total->bind(1, row).bind(2, annotator).bind(3, spentMs).run();
}

// --- dictionaries --------------------------------------------------------------------------------------------------

Result<std::int64_t> RowEditor::labelId(const std::string& name) {
    if (name.empty()) {
        return std::int64_t{0};
    }
    for (const auto& [id, known] : m_labelNames) {
        if (known == name) {
            return id;
        }
    }
    FETTLE_TRY_VALUE(Statement * add, cached("INSERT OR IGNORE INTO labels (name, place, description) VALUES (?, NULL, "
                                             "'')"));
    FETTLE_TRY(add->bind(1, name).run());
    m_labelsGrew = m_labelsGrew || m_database.changes() > 0;
    FETTLE_TRY_VALUE(Statement * find, cached("SELECT id FROM labels WHERE name = ?"));
    FETTLE_TRY(find->bind(1, name).step());
    const std::int64_t id = find->integer(0);
    find->reset();
    constexpr std::size_t kKept = 256;
    if (m_labelNames.size() < kKept) {
        m_labelNames.emplace_back(id, name);
    }
    return id;
}

Result<std::string> RowEditor::labelName(std::int64_t id) {
    if (id == 0) {
        return std::string();
    }
    for (const auto& [known, name] : m_labelNames) {
        if (known == id) {
            return name;
        }
    }
    FETTLE_TRY_VALUE(Statement * find, cached("SELECT name FROM labels WHERE id = ?"));
    FETTLE_TRY(find->bind(1, id).step());
    std::string name = find->text(0);
    find->reset();
    return name;
}

Result<std::int64_t> RowEditor::annotatorId(const std::string& name) {
    if (name.empty()) {
        return std::int64_t{1};
    }
    FETTLE_TRY_VALUE(Statement * add, cached("INSERT OR IGNORE INTO annotators (name) VALUES (?)"));
    FETTLE_TRY(add->bind(1, name).run());
    FETTLE_TRY_VALUE(Statement * find, cached("SELECT id FROM annotators WHERE name = ?"));
    FETTLE_TRY(find->bind(1, name).step());
    const std::int64_t id = find->integer(0);
    find->reset();
    return id;
}

Result<std::string> RowEditor::annotatorName(std::int64_t id) {
    if (id == 1) {
        return std::string();
    }
    FETTLE_TRY_VALUE(Statement * find, cached("SELECT name FROM annotators WHERE id = ?"));
    FETTLE_TRY(find->bind(1, id).step());
    std::string name = find->text(0);
    find->reset();
    return name;
}

} // namespace fettle::project
