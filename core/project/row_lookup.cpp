// Filters as SQL over the narrow table, candidate lists from index tables, and texts read only where nothing else can
// tell.
#include "project/row_lookup.h"

#include "base/clock.h"
#include "base/numbers.h"
#include "project/row_content.h"
#include "project/row_editor.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <unordered_map>

namespace fettle::project {
namespace {

constexpr std::size_t kSeekLimit = 100'000; // candidates that are looked up one by one
constexpr std::int64_t kAskEvery = 1 << 14; // rows between two looks at a stop

Error stoppedError() {
    return makeError(ErrorCode::Cancelled, "the query was replaced by a newer one");
}

// The column of a number, and how its absence is kept: NULL or below the least value.
struct NumberColumn {
    const char* name;
    const char* present; // condition
};
NumberColumn columnOf(RowNumber number) {
    switch (number) {
    case RowNumber::Tokens:
        return {"rows.tokens", "rows.tokens >= 0"};
    case RowNumber::TrainedTokens:
        return {"rows.trained", "rows.trained >= 0"};
    case RowNumber::Turns:
        return {"rows.turns", "1"};
    case RowNumber::AnswerLength:
        return {"rows.answer_length", "1"};
    case RowNumber::Loss:
        return {"rows.loss", "rows.loss IS NOT NULL"};
    case RowNumber::Rating:
        return {"rows.rating", "rows.rating > 0"};
    case RowNumber::Uncertainty:
        return {"rows.uncertainty", "rows.uncertainty IS NOT NULL"};
    case RowNumber::None:
        break;
    }
    return {"0", "0"};
}

void require(std::string& where, const std::string& condition) {
    where += (where.empty() ? "" : " AND ") + condition;
}

std::string joined(const std::vector<std::int64_t>& numbers) {
    std::string out;
    for (const std::int64_t number : numbers) {
        out += (out.empty() ? "" : ",") + std::to_string(number);
    }
    return out;
}

void intersect(std::optional<std::vector<RowId>>& among, std::vector<RowId> ids) {
    if (!among) {
        among = std::move(ids);
        return;
    }
    std::vector<RowId> both;
    std::set_intersection(among->begin(), among->end(), ids.begin(), ids.end(), std::back_inserter(both));
    among = std::move(both);
}

std::int64_t orderedBits(double value) {
    std::int64_t bits = 0;
    static_assert(sizeof bits == sizeof value);
    std::memcpy(&bits, &value, sizeof bits);
    return bits < 0 ? std::numeric_limits<std::int64_t>::min() - bits : bits;
}

struct SortColumns {
    const char* first;
    const char* second;  // nullptr = one key
    const char* present; // condition for having the value at all
    bool real = false;
};
SortColumns sortColumns(SortKey key) {
    switch (key) {
    case SortKey::Title:
        return {"rows.title_1", "rows.title_2", "1"};
    case SortKey::Answer:
        return {"rows.answer_1", "rows.answer_2", "rows.answer_hash <> 0"};
    case SortKey::Label:
        return {"rows.label", nullptr, "rows.label <> 0"};
    case SortKey::Split:
        return {"rows.split", nullptr, "1"};
    case SortKey::State:
        return {"rows.state", nullptr, "1"};
    case SortKey::Kind:
        return {"rows.kind", nullptr, "1"};
    case SortKey::Language:
        return {"rows.language", nullptr, "rows.language <> 0"};
    case SortKey::Tokens:
        return {"rows.tokens", nullptr, "rows.tokens >= 0"};
    case SortKey::TrainedTokens:
        return {"rows.trained", nullptr, "rows.trained >= 0"};
    case SortKey::Turns:
        return {"rows.turns", nullptr, "1"};
    case SortKey::AnswerLength:
        return {"rows.answer_length", nullptr, "1"};
    case SortKey::Loss:
        return {"rows.loss", nullptr, "rows.loss IS NOT NULL", true};
    case SortKey::Rating:
        return {"rows.rating", nullptr, "rows.rating > 0"};
    case SortKey::Uncertainty:
        return {"rows.uncertainty", nullptr, "rows.uncertainty IS NOT NULL", true};
    case SortKey::Checks:
        return {"rows.checks", nullptr, "1"};
    case SortKey::Changed:
        return {"rows.changed_ms", nullptr, "rows.changed_ms > 0"};
    case SortKey::Line:
        return {"rows.source", "rows.line", "1"};
    case SortKey::Rarity:
        return {"rows.answer_hash", nullptr, "rows.answer_hash <> 0"};
    case SortKey::Random:
    case SortKey::None:
        break;
    }
    return {nullptr, nullptr, "1"};
}

struct Keyed {
    std::int64_t first = 0, second = 0;
    RowId id = 0;
};

// Places of names in the alphabet, by id.
Result<std::unordered_map<std::int64_t, std::int64_t>> placesOf(Database& database, const std::string& table) {
    std::unordered_map<std::int64_t, std::int64_t> out;
    FETTLE_TRY_VALUE(Statement read,
                     database.prepare("SELECT id FROM " + table + " ORDER BY name COLLATE NOCASE, name"));
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, read.step());
        if (!more) {
            return out;
        }
        out.emplace(read.integer(0), static_cast<std::int64_t>(out.size()));
    }
}

Result<std::map<std::int64_t, std::string>> namesOf(Database& database, const std::string& table) {
    std::map<std::int64_t, std::string> out{{0, std::string()}};
    FETTLE_TRY_VALUE(Statement read, database.prepare("SELECT id, name FROM " + table));
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, read.step());
        if (!more) {
            return out;
        }
        out.emplace(read.integer(0), read.text(1));
    }
}

bool less(const std::string& a, const std::string& b) {
    const auto x = parseDouble(a);
    const auto y = parseDouble(b);
    return x && y ? *x < *y : a < b;
}

} // namespace

const Json* valueAt(const Json& row, std::string_view path) {
    const Json* at = &row;
    while (!path.empty() && at != nullptr) {
        if (path.front() == '[') {
            const std::size_t end = path.find(']');
            const auto index = end == std::string_view::npos ? Result<std::int64_t>(std::int64_t{-1})
                                                             : parseInt(path.substr(1, end - 1));
            if (!index || *index < 0 || !at->is_array() || static_cast<std::size_t>(*index) >= at->size()) {
                return nullptr;
            }
            at = &(*at)[static_cast<std::size_t>(*index)];
            path.remove_prefix(end + 1);
        } else {
            path.remove_prefix(path.front() == '.' ? 1 : 0);
            const std::size_t end = std::min(path.find_first_of(".["), path.size());
            const auto found = at->is_object() ? at->find(std::string(path.substr(0, end))) : at->end();
            if (!at->is_object() || found == at->end()) {
                return nullptr;
            }
            at = &*found;
            path.remove_prefix(end);
        }
    }
    return at;
}

bool passes(const FieldTest& test, std::int64_t kind, const Json& row) {
    std::string text;
    bool there = true;
    if (test.path == "answer" || test.path == "title") {
        const auto sampleKind = static_cast<data::SampleKind>(kind);
        text = test.path == "answer" ? answerOf(sampleKind, row) : titleOf(sampleKind, row);
        there = !text.empty();
    } else {
        const Json* value = valueAt(row, test.path);
        there = value != nullptr && !value->is_null();
        text = !there ? std::string() : value->is_string() ? value->get<std::string>() : dumpJson(*value);
    }
    switch (test.op) {
    case FieldTest::Op::Equals:
        return there && text == test.value;
    case FieldTest::Op::NotEquals:
        return !there || text != test.value;
    case FieldTest::Op::Contains:
        return there && text.find(test.value) != std::string::npos;
    case FieldTest::Op::Begins:
        return there && text.starts_with(test.value);
    case FieldTest::Op::Less:
        return there && less(text, test.value);
    case FieldTest::Op::Greater:
        return there && less(test.value, text);
    case FieldTest::Op::Exists:
        return there;
    case FieldTest::Op::Missing:
        return !there;
    case FieldTest::Op::None:
        break;
    }
    return false;
}

Result<std::uint64_t> RowLookup::changeNumber() {
    FETTLE_TRY_VALUE(const std::string text, storeFact(m_database, kChangeFact));
    return static_cast<std::uint64_t>(parseInt(text).valueOr(0));
}

Result<std::vector<RowId>> RowLookup::idList(const char* sql, const std::vector<std::string>& values) {
    std::vector<RowId> out;
    FETTLE_TRY_VALUE(Statement read, m_database.prepare(sql));
    for (const std::string& value : values) {
        read.reset();
        read.bind(1, value);
        for (;;) {
            FETTLE_TRY_VALUE(const bool more, read.step());
            if (!more) {
                break;
            }
            out.push_back(read.integer(0));
        }
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

Result<std::string> RowLookup::nameIds(const char* table, const std::vector<std::string>& names) {
    std::vector<std::int64_t> ids;
    FETTLE_TRY_VALUE(Statement find, m_database.prepare(std::string("SELECT id FROM ") + table + " WHERE name = ?"));
    for (const std::string& name : names) {
        if (name.empty()) {
            ids.push_back(0);
            continue;
        }
        find.reset();
        FETTLE_TRY_VALUE(const bool found, find.bind(1, name).step());
        ids.push_back(found ? find.integer(0) : -1);
    }
    return joined(ids);
}

Result<RowLookup::Plan> RowLookup::plan(const Filter& filter) {
    Plan out;
    std::vector<std::int64_t> numbers;
    for (const RowState state : filter.states) {
        numbers.push_back(static_cast<std::int64_t>(state));
    }
    require(out.where, filter.states.empty() ? "rows.state < 3" : "rows.state IN (" + joined(numbers) + ")");
    if (!filter.splits.empty()) {
        numbers.clear();
        for (const Split split : filter.splits) {
            numbers.push_back(static_cast<std::int64_t>(split));
        }
        require(out.where, "rows.split IN (" + joined(numbers) + ")");
    }
    if (!filter.labels.empty()) {
        FETTLE_TRY_VALUE(const std::string ids, nameIds("labels", filter.labels));
        require(out.where, "rows.label IN (" + ids + ")");
    }
    if (!filter.languages.empty()) {
        FETTLE_TRY_VALUE(const std::string ids, nameIds("languages", filter.languages));
        require(out.where, "rows.language IN (" + ids + ")");
    }
    if (!filter.kinds.empty()) {
        numbers.clear();
        for (int kind = 1; kind <= static_cast<int>(data::SampleKind::Ids); ++kind) {
            const auto name = data::sampleKindName(static_cast<data::SampleKind>(kind));
            if (std::find(filter.kinds.begin(), filter.kinds.end(), name) != filter.kinds.end()) {
                numbers.push_back(kind);
            }
        }
        require(out.where, "rows.kind IN (" + joined(numbers) + ")");
    }
    if (!filter.answers.empty()) {
        numbers.clear();
        for (const std::string& answer : filter.answers) {
            numbers.push_back(answerHashOf(answer));
        }
        require(out.where, "rows.answer_hash IN (" + joined(numbers) + ")");
    }
    if (!filter.sources.empty()) {
        require(out.where, "rows.source IN (" + joined(filter.sources) + ")");
    }
    for (const NumberRange& range : filter.numbers) {
        const NumberColumn column = columnOf(range.number);
        if (range.absent) {
            require(out.where, std::string("NOT (") + column.present + ")");
            continue;
        }
        require(out.where, column.present);
        if (range.min) {
            require(out.where, std::string(column.name) + " >= " + formatDouble(*range.min));
        }
        if (range.max) {
            require(out.where, std::string(column.name) + " <= " + formatDouble(*range.max));
        }
    }
    if (!filter.tags.empty()) {
        FETTLE_TRY_VALUE(auto ids, idList("SELECT row FROM row_tags WHERE tag = ? ORDER BY row", filter.tags));
        intersect(out.among, std::move(ids));
    }
    if (!filter.checks.empty()) {
        FETTLE_TRY_VALUE(auto ids,
                         idList("SELECT DISTINCT row FROM findings WHERE code = ? ORDER BY row", filter.checks));
        intersect(out.among, std::move(ids));
    }
    if (!filter.ids.empty()) {
        std::vector<RowId> ids = filter.ids;
        std::sort(ids.begin(), ids.end());
        ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
        intersect(out.among, std::move(ids));
    }
    if (filter.notDecidedBy) {
        FETTLE_TRY_VALUE(const auto annotator, nameIds("annotators", {*filter.notDecidedBy}));
        require(out.where, "NOT EXISTS (SELECT 1 FROM annotations WHERE annotations.row = rows.id AND annotator = " +
                               (filter.notDecidedBy->empty() ? std::string("1") : annotator) + ")");
    }
    out.tests = filter.fields;
    SearchQuery search = parseSearch(filter.search);
    if (!search.empty()) {
        RowId upTo = 0;
        if (m_index != nullptr) {
            FETTLE_TRY_VALUE(upTo, m_index->upTo());
        }
        FETTLE_TRY_VALUE(const std::int64_t last, m_database.integer("SELECT max(id) FROM rows"));
        FETTLE_TRY_VALUE(const std::int64_t stale,
                         m_database.integer("SELECT count(*) FROM stale WHERE what & 1")); // few
        if (upTo >= last && m_index != nullptr) {
            FETTLE_TRY_VALUE(auto ids, m_index->find(search));
            bool proof = search.needsProof();
            if (stale > 0) { // edited and not indexed again yet: looked at one by one
                FETTLE_TRY_VALUE(
                    const auto again,
                    idList("SELECT row FROM stale WHERE what & 1 AND ?1 = '' ORDER BY row", {std::string()}));
                ids.insert(ids.end(), again.begin(), again.end());
                std::sort(ids.begin(), ids.end());
                ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
                proof = true;
            }
            intersect(out.among, std::move(ids));
            if (proof) {
                out.scan = std::move(search);
            }
        } else {
            out.scan = std::move(search);
            out.scanned = true;
        }
    }
    return out;
}

bool RowLookup::proves(const Plan& plan, std::int64_t kind, std::string_view text) const {
    auto row = parseJson(text);
    if (!row) {
        return false;
    }
    if (!plan.scan.empty()) {
        std::string words;
        appendSearchable(*row, words);
        if (!plan.scan.matches(foldText(words))) {
            return false;
        }
    }
    return std::all_of(plan.tests.begin(), plan.tests.end(),
                       [&](const FieldTest& test) { return passes(test, kind, *row); });
}

Result<void> RowLookup::pass(const Plan& plan, const std::string& columns,
                             const std::function<void(const Statement&)>& take) {
    const bool texts = plan.readsTexts();
    const bool seek = plan.among && plan.among->size() <= kSeekLimit;
    if (plan.among && plan.among->empty()) {
        return {};
    }
    std::string sql = "SELECT rows.id";
    if (!columns.empty()) {
        sql += ", " + columns;
    }
    int textColumn = 1 + (columns.empty() ? 0 : static_cast<int>(std::count(columns.begin(), columns.end(), ',')) + 1);
    if (texts) {
        sql += ", rows.kind, texts.row FROM rows CROSS JOIN texts ON texts.id = rows.id WHERE " + plan.where;
    } else {
        sql += " FROM rows WHERE " + plan.where;
    }
    sql += seek ? " AND rows.id = ?1" : " ORDER BY rows.id";
    FETTLE_TRY_VALUE(Statement read, m_database.prepare(sql));
    std::int64_t seen = 0;
    const auto one = [&] {
        if (!texts || proves(plan, read.integer(textColumn), read.view(textColumn + 1))) {
            take(read);
        }
    };
    if (seek) {
        for (const RowId id : *plan.among) {
            read.reset();
            FETTLE_TRY_VALUE(const bool found, read.bind(1, id).step());
            if (found) {
                one();
            }
            if (++seen % kAskEvery == 0 && m_stopped()) {
                return stoppedError();
            }
        }
        return {};
    }
    std::size_t next = 0;
    for (;;) {
        FETTLE_TRY_VALUE(const bool more, read.step());
        if (!more) {
            return {};
        }
        if (++seen % kAskEvery == 0 && m_stopped()) {
            return stoppedError();
        }
        if (plan.among) {
            const RowId id = read.integer(0);
            while (next < plan.among->size() && (*plan.among)[next] < id) {
                ++next;
            }
            if (next == plan.among->size()) {
                return {};
            }
            if ((*plan.among)[next] != id) {
                continue;
            }
        }
        one();
    }
}

Result<QueryResult> RowLookup::query(const Filter& filter, const Sort& sort) {
    const std::int64_t begun = systemClock().monotonicMs();
    FETTLE_TRY_VALUE(const Snapshot snapshot, Snapshot::begin(m_database));
    QueryResult out;
    FETTLE_TRY_VALUE(out.changeNumber, changeNumber());
    FETTLE_TRY_VALUE(const Plan plan, this->plan(filter));
    out.scanned = plan.scanned;
    auto ids = std::make_shared<RowIndex>(); // handed to readers when it is finished
    const SortColumns columns = sortColumns(sort.key);
    if (columns.first == nullptr && sort.key != SortKey::Random) {
        FETTLE_TRY(pass(plan, {}, [&](const Statement& row) { ids->push_back(row.integer(0)); }));
        if (sort.descending) {
            std::reverse(ids->begin(), ids->end());
        }
    } else {
        std::unordered_map<std::int64_t, std::int64_t> places;
        if (sort.key == SortKey::Label || sort.key == SortKey::Language) {
            FETTLE_TRY_VALUE(places, placesOf(m_database, sort.key == SortKey::Label ? "labels" : "languages"));
        }
        std::vector<Keyed> keyed;
        std::vector<RowId> without;
        std::string sql;
        if (columns.first != nullptr) {
            sql = std::string(columns.first) + ", " + columns.present;
            sql += columns.second != nullptr ? std::string(", ") + columns.second : std::string();
        }
        FETTLE_TRY(pass(plan, sql, [&](const Statement& row) {
            const RowId id = row.integer(0);
            if (sort.key == SortKey::Random) {
                keyed.push_back({static_cast<std::int64_t>(hash64(std::to_string(id), sort.seed)), 0, id});
            } else if (row.integer(2) == 0) {
                without.push_back(id);
            } else {
                std::int64_t first = columns.real ? orderedBits(row.number(1)) : row.integer(1);
                if (!places.empty()) {
                    first = places[first];
                }
                keyed.push_back({first, columns.second != nullptr ? row.integer(3) : 0, id});
            }
        }));
        if (sort.key == SortKey::Rarity) {
            std::vector<std::int64_t> answers;
            answers.reserve(keyed.size());
            for (const Keyed& row : keyed) {
                answers.push_back(row.first);
            }
            std::sort(answers.begin(), answers.end());
            for (Keyed& row : keyed) {
                const auto range = std::equal_range(answers.begin(), answers.end(), row.first);
                row.first = range.second - range.first;
            }
        }
        if (m_stopped()) {
            return stoppedError();
        }
        std::sort(keyed.begin(), keyed.end(), [down = sort.descending](const Keyed& a, const Keyed& b) {
            if (a.first != b.first) {
                return down ? a.first > b.first : a.first < b.first;
            }
            if (a.second != b.second) {
                return down ? a.second > b.second : a.second < b.second;
            }
            return a.id < b.id;
        });
        ids->reserve(keyed.size() + without.size());
        for (const Keyed& row : keyed) {
            ids->push_back(row.id);
        }
        ids->insert(ids->end(), without.begin(), without.end());
    }
    out.rows = std::move(ids);
    out.seconds = static_cast<double>(systemClock().monotonicMs() - begun) / 1000;
    return out;
}

// Rows of an index table (key, row), counted by key where the row matches. Both come in order of key, then row.
Result<void> RowLookup::indexPass(Statement& read, const std::vector<RowId>& matching,
                                  std::map<std::string, std::int64_t>& counts) {
    std::vector<bool> has(matching.empty() ? 0 : static_cast<std::size_t>(matching.back()) + 1, false);
    for (const RowId id : matching) {
        has[static_cast<std::size_t>(id)] = true;
    }
    std::string key;
    std::int64_t count = 0;
    RowId last = 0;
    const auto close = [&] {
        if (count > 0) {
            counts[key] += count;
        }
        count = 0;
        last = 0;
    };
    for (std::int64_t seen = 1;; ++seen) {
        FETTLE_TRY_VALUE(const bool more, read.step());
        if (!more) {
            close();
            return {};
        }
        if (seen % kAskEvery == 0 && m_stopped()) {
            return stoppedError();
        }
        if (read.view(0) != key) {
            close();
            key = read.text(0);
        }
        const RowId id = read.integer(1);
        if (id != last && static_cast<std::size_t>(id) < has.size() && has[static_cast<std::size_t>(id)]) {
            ++count;
        }
        last = id;
    }
}

Result<RowCounts> RowLookup::counts(const Filter& filter) {
    FETTLE_TRY_VALUE(const Snapshot snapshot, Snapshot::begin(m_database));
    RowCounts out;
    FETTLE_TRY_VALUE(out.changeNumber, changeNumber());
    FETTLE_TRY_VALUE(const std::string total, storeFact(m_database, kRowsFact));
    out.total = parseInt(total).valueOr(0);
    FETTLE_TRY_VALUE(const Plan plan, this->plan(filter));
    std::array<std::int64_t, 8> states{};
    std::array<std::int64_t, 8> splits{};
    std::array<std::int64_t, 16> kinds{};
    std::vector<std::int64_t> labels;
    std::vector<std::int64_t> languages;
    const auto count = [](std::vector<std::int64_t>& counts, std::int64_t id) {
        if (static_cast<std::size_t>(id) >= counts.size()) {
            counts.resize(static_cast<std::size_t>(id) + 1, 0);
        }
        ++counts[static_cast<std::size_t>(id)];
    };
    std::vector<RowId> ids;
    FETTLE_TRY(pass(plan, "rows.state, rows.split, rows.kind, rows.label, rows.language", [&](const Statement& row) {
        ids.push_back(row.integer(0));
        ++states[static_cast<std::size_t>(row.integer(1) & 7)];
        ++splits[static_cast<std::size_t>(row.integer(2) & 7)];
        ++kinds[static_cast<std::size_t>(row.integer(3) & 15)];
        count(labels, row.integer(4));
        count(languages, row.integer(5));
    }));
    out.rows = static_cast<std::int64_t>(ids.size());
    for (std::size_t i = 0; i < states.size(); ++i) {
        if (states[i] > 0) {
            out.states[static_cast<RowState>(i)] = states[i];
        }
        if (splits[i] > 0) {
            out.splits[static_cast<Split>(i)] = splits[i];
        }
    }
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        if (kinds[i] > 0) {
            out.kinds[data::sampleKindName(static_cast<data::SampleKind>(i))] = kinds[i];
        }
    }
    for (const auto& [table, counted, into] :
         {std::tuple{"labels", &labels, &out.labels}, std::tuple{"languages", &languages, &out.languages}}) {
        FETTLE_TRY_VALUE(const auto names, namesOf(m_database, table));
        for (std::size_t id = 0; id < counted->size(); ++id) {
            const auto name = names.find(static_cast<std::int64_t>(id));
            if ((*counted)[id] > 0 && name != names.end()) {
                (*into)[name->second] = (*counted)[id];
            }
        }
    }
    FETTLE_TRY_VALUE(Statement findings,
                     m_database.prepare("SELECT code, row FROM findings INDEXED BY findings_by_code "
                                        "ORDER BY code, row"));
    FETTLE_TRY(indexPass(findings, ids, out.checks));
    FETTLE_TRY_VALUE(Statement tags,
                     m_database.prepare("SELECT tag, row FROM row_tags INDEXED BY row_tags_by_tag ORDER BY "
                                        "tag, row"));
    FETTLE_TRY(indexPass(tags, ids, out.tags));
    return out;
}

Result<Histogram> RowLookup::histogram(const Filter& filter, RowNumber number, int bins) {
    FETTLE_TRY_VALUE(const Snapshot snapshot, Snapshot::begin(m_database));
    Histogram out;
    out.number = number;
    FETTLE_TRY_VALUE(out.changeNumber, changeNumber());
    FETTLE_TRY_VALUE(const Plan plan, this->plan(filter));
    const NumberColumn column = columnOf(number);
    std::vector<double> values;
    FETTLE_TRY(pass(plan, std::string(column.name) + ", " + column.present, [&](const Statement& row) {
        if (row.integer(2) != 0) {
            values.push_back(row.number(1));
        } else {
            ++out.without;
        }
    }));
    out.rows = static_cast<std::int64_t>(values.size());
    if (values.empty()) {
        return out;
    }
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    out.min = *low;
    out.max = *high;
    double sum = 0;
    for (const double value : values) {
        sum += value;
    }
    out.mean = sum / static_cast<double>(values.size());
    const std::size_t middle = values.size() / 2;
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(middle), values.end());
    out.median = values[middle];
    if (values.size() % 2 == 0) {
        out.median =
            (out.median + *std::max_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(middle))) / 2;
    }
    // A few giants must not squeeze everyone into the first bar: bars end at the 99.5 % quantile, the last takes the
    // rest.
    const bool whole = number != RowNumber::Loss && number != RowNumber::Uncertainty;
    const auto tail = static_cast<std::size_t>(static_cast<double>(values.size() - 1) * 0.995);
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(tail), values.end());
    const double top = std::max(values[tail], out.min);
    double width = (top - out.min) / std::max(bins, 1);
    if (whole) {
        width = std::max(1.0, std::ceil((top - out.min + 1) / std::max(bins, 1)));
    }
    if (width <= 0) {
        width = 1;
    }
    const auto count =
        std::clamp<std::size_t>(static_cast<std::size_t>(std::ceil((top - out.min + (whole ? 1 : 0)) / width - 1e-9)),
                                1, static_cast<std::size_t>(std::max(bins, 1)));
    for (std::size_t i = 0; i <= count; ++i) {
        out.edges.push_back(out.min + width * static_cast<double>(i));
    }
    out.edges.back() = std::max(out.edges.back(), out.max + (whole ? 1 : 0));
    out.counts.assign(count, 0);
    for (const double value : values) {
        ++out.counts[std::min(static_cast<std::size_t>((value - out.min) / width), count - 1)];
    }
    return out;
}

Result<Balance> RowLookup::balance(const Filter& filter, Balance::Of of, std::size_t bars) {
    FETTLE_TRY_VALUE(const Snapshot snapshot, Snapshot::begin(m_database));
    Balance out;
    out.of = of;
    FETTLE_TRY_VALUE(out.changeNumber, changeNumber());
    FETTLE_TRY_VALUE(const Plan plan, this->plan(filter));
    const char* column = of == Balance::Of::Label      ? "rows.label"
                         : of == Balance::Of::Language ? "rows.language"
                                                       : "rows.answer_hash";
    std::vector<std::pair<std::int64_t, RowId>> values;
    FETTLE_TRY(pass(plan, column, [&](const Statement& row) { values.emplace_back(row.integer(1), row.integer(0)); }));
    std::sort(values.begin(), values.end());
    const auto all = static_cast<std::int64_t>(values.size());
    struct Group {
        std::int64_t rows = 0;
        RowId example = 0;
    };
    std::vector<std::pair<std::int64_t, Group>> sorted;
    bool without = false;
    for (const auto& [value, row] : values) {
        if (sorted.empty() || sorted.back().first != value) {
            sorted.push_back({value, {0, row}});
            without = without || value == 0;
        }
        ++sorted.back().second.rows;
    }
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
        return a.second.rows != b.second.rows ? a.second.rows > b.second.rows : a.second.example < b.second.example;
    });
    out.distinct = static_cast<std::int64_t>(sorted.size()) - (without ? 1 : 0);
    std::map<std::int64_t, std::string> names;
    if (of != Balance::Of::Answer) {
        FETTLE_TRY_VALUE(names, namesOf(m_database, of == Balance::Of::Label ? "labels" : "languages"));
    }
    FETTLE_TRY_VALUE(Statement text,
                     m_database.prepare("SELECT rows.kind, texts.row FROM rows JOIN texts ON texts.id = "
                                        "rows.id WHERE rows.id = ?"));
    for (const auto& [value, group] : sorted) {
        const double share = static_cast<double>(group.rows) / static_cast<double>(all);
        out.entropyBits -= share * std::log2(share);
        if (out.bars.size() >= bars) {
            out.restRows += group.rows;
            continue;
        }
        Balance::Bar bar;
        bar.rows = group.rows;
        if (of != Balance::Of::Answer) {
            bar.value = names[value];
        } else if (value != 0) {
            text.reset();
            FETTLE_TRY_VALUE(const bool found, text.bind(1, group.example).step());
            if (found) {
                FETTLE_TRY_VALUE(const Json row, parseJson(text.view(1)));
                bar.value = std::string(answerOf(static_cast<data::SampleKind>(text.integer(0)), row));
            }
        }
        out.bars.push_back(std::move(bar));
    }
    return out;
}

} // namespace fettle::project
