// Everything that reads rows.
#include "project/data_versions.h"
#include "project/row_publish.h"
#include "project/row_store_impl.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace fettle::project {

void RowStore::query(ReadSlot slot, Filter filter, Sort sort, Callback<QueryResult> done) {
    m_impl->askQuery<QueryResult>(
        slot, [filter = std::move(filter), sort](RowLookup& lookup) { return lookup.query(filter, sort); },
        std::move(done));
}

Result<QueryResult> RowStore::query(const Filter& filter, const Sort& sort, std::stop_token stop) const {
    return m_impl->lookup<QueryResult>(stop, [&](RowLookup& lookup) { return lookup.query(filter, sort); });
}

void RowStore::page(ReadSlot slot, std::vector<RowId> ids, Callback<RowPage> done) {
    Impl* self = m_impl.get();
    m_impl->ask<RowPage>(
        *m_impl->screen, slot,
        [self, ids = std::move(ids)](Database& database, const std::function<bool()>&) -> Result<RowPage> {
            if (self->pageReader == nullptr) {
                FETTLE_TRY_VALUE(self->pageReader, RowReader::open(database));
            }
            return self->pageReader->page(ids);
        },
        std::move(done));
}

Result<RowPage> RowStore::page(const std::vector<RowId>& ids) const {
    return m_impl->read<RowPage>([&](Database& database) -> Result<RowPage> {
        FETTLE_TRY_VALUE(const auto reader, RowReader::open(database));
        return reader->page(ids);
    });
}

void RowStore::details(ReadSlot slot, RowId id, Callback<RowDetails> done) {
    Impl* self = m_impl.get();
    m_impl->ask<RowDetails>(
        *m_impl->screen, slot,
        [self, id](Database& database, const std::function<bool()>&) -> Result<RowDetails> {
            if (self->pageReader == nullptr) {
                FETTLE_TRY_VALUE(self->pageReader, RowReader::open(database));
            }
            return self->pageReader->details(id);
        },
        std::move(done));
}

Result<RowDetails> RowStore::details(RowId id) const {
    return m_impl->read<RowDetails>([&](Database& database) -> Result<RowDetails> {
        FETTLE_TRY_VALUE(const auto reader, RowReader::open(database));
        return reader->details(id);
    });
}

void RowStore::counts(ReadSlot slot, Filter filter, Callback<RowCounts> done) {
    m_impl->askQuery<RowCounts>(
        slot, [filter = std::move(filter)](RowLookup& lookup) { return lookup.counts(filter); }, std::move(done));
}

Result<RowCounts> RowStore::counts(const Filter& filter, std::stop_token stop) const {
    return m_impl->lookup<RowCounts>(stop, [&](RowLookup& lookup) { return lookup.counts(filter); });
}

void RowStore::histogram(ReadSlot slot, Filter filter, RowNumber number, int bins, Callback<Histogram> done) {
    m_impl->askQuery<Histogram>(
        slot,
        [filter = std::move(filter), number, bins](RowLookup& lookup) {
            return lookup.histogram(filter, number, bins);
        },
        std::move(done));
}

Result<Histogram> RowStore::histogram(const Filter& filter, RowNumber number, int bins) const {
    return m_impl->lookup<Histogram>({}, [&](RowLookup& lookup) { return lookup.histogram(filter, number, bins); });
}

void RowStore::balance(ReadSlot slot, Filter filter, Balance::Of of, std::size_t bars, Callback<Balance> done) {
    m_impl->askQuery<Balance>(
        slot, [filter = std::move(filter), of, bars](RowLookup& lookup) { return lookup.balance(filter, of, bars); },
        std::move(done));
}

Result<Balance> RowStore::balance(const Filter& filter, Balance::Of of, std::size_t bars) const {
    return m_impl->lookup<Balance>({}, [&](RowLookup& lookup) { return lookup.balance(filter, of, bars); });
}

// --- neighbours ----------------------------------------------------------------------------------------------------

namespace {

using Neighbours = std::vector<RowStore::Neighbour>;

std::unordered_set<std::string> termsOf(std::string_view text) {
    std::unordered_set<std::string> out;
    const auto row = parseJson(text);
    if (!row) {
        return out;
    }
    std::string words;
    appendSearchable(*row, words);
    const std::string terms = indexTerms(foldText(words));
    for (std::size_t at = 0; at < terms.size();) {
        const std::size_t end = terms.find(' ', at);
        out.insert(terms.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

Result<std::string> textOf(Statement& read, RowId id) {
    read.reset();
    FETTLE_TRY_VALUE(const bool found, read.bind(1, id).step());
    std::string text = found ? read.text(0) : std::string();
    read.reset();
    return text;
}

Result<Neighbours> findNeighbours(Database& database, SearchIndex* index, RowId id, const RowIndex& among,
                                  std::size_t count) {
    constexpr std::size_t kTerms = 24;       // longest ones: they are rare
    constexpr std::size_t kCommon = 2000;    // a term of more rows says little
    constexpr std::size_t kCandidates = 200; // compared word by word
    Neighbours out;
    if (index == nullptr) {
        return out;
    }
    FETTLE_TRY_VALUE(Statement read, database.prepare("SELECT row FROM texts WHERE id = ?"));
    FETTLE_TRY_VALUE(const std::string own, textOf(read, id));
    const std::unordered_set<std::string> words = termsOf(own);
    std::vector<std::string> rare(words.begin(), words.end());
    std::sort(rare.begin(), rare.end(), [](const std::string& a, const std::string& b) {
        return a.size() != b.size() ? a.size() > b.size() : a < b;
    });
    rare.resize(std::min(rare.size(), kTerms));
    std::unordered_map<RowId, int> shared;
    for (const std::string& term : rare) {
        FETTLE_TRY_VALUE(const std::vector<RowId> rows, index->withTerm(term, kCommon));
        if (rows.size() < kCommon) {
            for (const RowId row : rows) {
                ++shared[row];
            }
        }
    }
    shared.erase(id);
    std::vector<std::pair<int, RowId>> candidates;
    for (const auto& [row, terms] : shared) {
        if (std::binary_search(among.begin(), among.end(), row)) {
            candidates.emplace_back(-terms, row);
        }
    }
    std::sort(candidates.begin(), candidates.end());
    candidates.resize(std::min(candidates.size(), kCandidates));
    for (const auto& candidate : candidates) {
        FETTLE_TRY_VALUE(const std::string text, textOf(read, candidate.second));
        const std::unordered_set<std::string> others = termsOf(text);
        std::size_t both = 0;
        for (const std::string& word : others) {
            both += words.count(word);
        }
        const std::size_t all = words.size() + others.size() - both;
        out.push_back({candidate.second, all > 0 ? static_cast<double>(both) / static_cast<double>(all) : 0});
    }
    std::sort(out.begin(), out.end(), [](const RowStore::Neighbour& a, const RowStore::Neighbour& b) {
        return a.similarity != b.similarity ? a.similarity > b.similarity : a.row < b.row;
    });
    out.resize(std::min(out.size(), count));
    return out;
}

} // namespace

void RowStore::neighbours(ReadSlot slot, RowId id, Filter among, std::size_t count, Callback<Neighbours> done) {
    Impl* self = m_impl.get();
    m_impl->ask<Neighbours>(
        *m_impl->queries, slot,
        [self, id, among = std::move(among), count](Database& database,
                                                    const std::function<bool()>& stopped) -> Result<Neighbours> {
            if (self->index == nullptr) {
                self->index = self->openIndex();
            }
            RowLookup lookup(database, self->index.get(), stopped);
            FETTLE_TRY_VALUE(const QueryResult rows, lookup.query(among, {}));
            return findNeighbours(database, self->index.get(), id, *rows.rows, count);
        },
        std::move(done));
}

Result<Neighbours> RowStore::neighbours(RowId id, const Filter& among, std::size_t count) const {
    return m_impl->read<Neighbours>([&](Database& database) -> Result<Neighbours> {
        const std::unique_ptr<SearchIndex> index = m_impl->openIndex();
        RowLookup lookup(database, index.get(), [] { return false; });
        FETTLE_TRY_VALUE(const QueryResult rows, lookup.query(among, {}));
        return findNeighbours(database, index.get(), id, *rows.rows, count);
    });
}

// --- every row -----------------------------------------------------------------------------------------------------

Result<void> RowStore::forEach(const Filter& filter, const std::function<bool(const RowDetails&)>& take,
                               std::stop_token stop) const {
    return m_impl->read<void>([&](Database& database) -> Result<void> {
        const std::unique_ptr<SearchIndex> index = m_impl->openIndex();
        RowLookup lookup(database, index.get(), [stop] { return stop.stop_requested(); });
        FETTLE_TRY_VALUE(const Snapshot snapshot, Snapshot::begin(database));
        FETTLE_TRY_VALUE(const QueryResult rows, lookup.query(filter, {}));
        FETTLE_TRY_VALUE(const auto reader, RowReader::open(database));
        for (const RowId id : *rows.rows) {
            if (stop.stop_requested()) {
                return makeError(ErrorCode::Cancelled, "stopped while reading rows").at(m_impl->path);
            }
            FETTLE_TRY_VALUE(const RowDetails row, reader->details(id));
            if (!take(row)) {
                break;
            }
        }
        return {};
    });
}

Result<void> RowStore::forEachSample(const Filter& filter, const std::function<bool(data::Sample&&)>& take,
                                     std::stop_token stop) const {
    return m_impl->read<void>([&](Database& database) -> Result<void> {
        const std::unique_ptr<SearchIndex> index = m_impl->openIndex();
        RowLookup lookup(database, index.get(), [stop] { return stop.stop_requested(); });
        FETTLE_TRY_VALUE(const Snapshot snapshot, Snapshot::begin(database));
        FETTLE_TRY_VALUE(const QueryResult rows, lookup.query(filter, {}));
        return eachSample(database, *rows.rows, take, stop);
    });
}

namespace {

class OneByOne final : public SampleReader {
public:
    OneByOne(std::unique_ptr<Database> database, Statement read)
        : m_database(std::move(database))
        , m_read(std::move(read)) {}
    Result<data::Sample> read(RowId id) override {
        m_read.reset();
        FETTLE_TRY_VALUE(const bool found, m_read.bind(1, id).step());
        if (!found) {
            return makeError(ErrorCode::NotFound, "there is no row " + std::to_string(id)).at(m_database->path());
        }
        data::Sample sample;
        sample.id = id;
        sample.kind = static_cast<data::SampleKind>(m_read.integer(0));
        auto row = parseJson(m_read.view(1));
        m_read.reset();
        FETTLE_TRY_VALUE(sample.row, std::move(row));
        return sample;
    }

private:
    std::unique_ptr<Database> m_database;
    Statement m_read; // after the database: goes first
};

} // namespace

Result<std::unique_ptr<SampleReader>> RowStore::sampleReader() const {
    FETTLE_TRY_VALUE(std::unique_ptr<Database> database, openRows(m_impl->path, !m_impl->readOnly.empty()));
    FETTLE_TRY_VALUE(Statement read,
                     database->prepare("SELECT kind, texts.row FROM rows JOIN texts ON texts.id = rows.id "
                                       "WHERE rows.id = ?"));
    return std::unique_ptr<SampleReader>(new OneByOne(std::move(database), std::move(read)));
}

bool RowStore::searchIsIndexed() const {
    return m_impl
        ->read<bool>([&](Database& database) -> Result<bool> {
            const std::unique_ptr<SearchIndex> index = m_impl->openIndex();
            if (index == nullptr) {
                return false;
            }
            FETTLE_TRY_VALUE(const RowId upTo, index->upTo());
            FETTLE_TRY_VALUE(const std::int64_t last, database.integer("SELECT max(id) FROM rows"));
            return upTo >= last;
        })
        .valueOr(false);
}

// --- journal, labels -----------------------------------------------------------------------------------------------

void RowStore::journal(ReadSlot slot, std::size_t newest, Callback<std::vector<JournalEntry>> done) {
    m_impl->ask<std::vector<JournalEntry>>(
        *m_impl->screen, slot,
        [newest](Database& database, const std::function<bool()>&) { return readJournal(database, newest); },
        std::move(done));
}

Result<std::vector<JournalEntry>> RowStore::journal(std::size_t newest) const {
    return m_impl->read<std::vector<JournalEntry>>([&](Database& database) { return readJournal(database, newest); });
}

void RowStore::history(ReadSlot slot, RowId id, Callback<std::vector<RowChange>> done) {
    m_impl->ask<std::vector<RowChange>>(
        *m_impl->screen, slot,
        [id](Database& database, const std::function<bool()>&) { return readHistory(database, id); }, std::move(done));
}

Result<std::vector<RowChange>> RowStore::history(RowId id) const {
    return m_impl->read<std::vector<RowChange>>([&](Database& database) { return readHistory(database, id); });
}

Result<LabelSet> RowStore::labelSet() const {
    return m_impl->read<LabelSet>([](Database& database) { return readLabelSet(database); });
}

Result<std::vector<Annotator>> RowStore::annotators() const {
    return m_impl->read<std::vector<Annotator>>([](Database& database) { return readAnnotators(database); });
}

Result<std::vector<Decision>> RowStore::decisions(const std::optional<std::string>& annotator,
                                                  std::size_t newest) const {
    return m_impl->read<std::vector<Decision>>(
        [&](Database& database) { return readDecisions(database, annotator, newest); });
}

Result<std::vector<SharedRow>> RowStore::sharedRows(const std::string& first, const std::string& second) const {
    return m_impl->read<std::vector<SharedRow>>(
        [&](Database& database) { return readSharedRows(database, first, second); });
}

Result<std::vector<SourceFile>> RowStore::sources() const {
    return m_impl->read<std::vector<SourceFile>>([](Database& database) { return readSources(database); });
}

Result<std::vector<RejectedRow>> RowStore::rejectedRows(std::int64_t source, std::size_t most) const {
    return m_impl->read<std::vector<RejectedRow>>(
        [&](Database& database) { return readRejected(database, source, most); });
}

Json RowStore::viewState(const std::string& key) const {
    return m_impl
        ->read<Json>([&](Database& database) -> Result<Json> {
            FETTLE_TRY_VALUE(Statement find, database.prepare("SELECT value FROM view_state WHERE key = ?"));
            FETTLE_TRY_VALUE(const bool found, find.bind(1, key).step());
            return found ? parseJson(find.view(0)) : Result<Json>(Json());
        })
        .valueOr(Json());
}

// --- versions ------------------------------------------------------------------------------------------------------

Result<std::vector<DataVersion>> RowStore::versions() const {
    return m_impl->read<std::vector<DataVersion>>([](Database& database) { return readVersions(database); });
}

Result<DataVersion> RowStore::version(const VersionName& name) const {
    return m_impl->read<DataVersion>([&](Database& database) { return findVersion(database, name); });
}

void RowStore::difference(ReadSlot slot, VersionName from, VersionName to, Callback<VersionDifference> done) {
    m_impl->ask<VersionDifference>(
        *m_impl->queries, slot,
        [from = std::move(from), to = std::move(to)](Database& database, const std::function<bool()>&) {
            return differenceOf(database, from, to);
        },
        std::move(done));
}

Result<VersionDifference> RowStore::difference(const VersionName& from, const VersionName& to) const {
    return m_impl->read<VersionDifference>([&](Database& database) { return differenceOf(database, from, to); });
}

void RowStore::rowDifferences(ReadSlot slot, VersionName from, VersionName to, std::vector<RowId> rows,
                              Callback<std::vector<RowDifference>> done) {
    m_impl->ask<std::vector<RowDifference>>(
        *m_impl->queries, slot,
        [from = std::move(from), to = std::move(to), rows = std::move(rows)](
            Database& database, const std::function<bool()>&) { return rowDifferencesOf(database, from, to, rows); },
        std::move(done));
}

Result<std::vector<RowDifference>> RowStore::rowDifferences(const VersionName& from, const VersionName& to,
                                                            const std::vector<RowId>& rows) const {
    return m_impl->read<std::vector<RowDifference>>(
        [&](Database& database) { return rowDifferencesOf(database, from, to, rows); });
}

Result<std::string> RowStore::contentHash() const {
    return m_impl->read<std::string>([](Database& database) -> Result<std::string> {
        FETTLE_TRY_VALUE(std::string hash, storeFact(database, kHashFact));
        return hash.empty() ? hexOf(HashSum{}) : hash;
    });
}

Result<std::string> RowStore::verifyContentHash() const {
    FETTLE_TRY_VALUE(const std::string kept, contentHash());
    return m_impl->read<std::string>([&](Database& database) -> Result<std::string> {
        FETTLE_TRY_VALUE(const HashSum sum, hashOfRows(database));
        if (hexOf(sum) != kept) {
            return makeError(ErrorCode::Corrupt, "the rows do not add up to the hash that was kept for them",
                             "Restore project.db from a copy, or import the files again.")
                .at(m_impl->path);
        }
        return hexOf(sum);
    });
}

Result<RowIndexPtr> RowStore::rowsOf(const std::string& publishedPath) const {
    return readIds(m_impl->folder, publishedPath);
}

} // namespace fettle::project
