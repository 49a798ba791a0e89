// Duplicates and leaks. Rows are looked at in the order of their ids, so the answer does not depend on the order of
// feeding. One band at a time is sorted; rows with the same band hash are candidates; an estimate from single bits
// sorts out most false ones, and what is left is proved on the texts themselves.
#include "data/duplicates.h"

#include "base/hash.h"
#include "data/minhash.h"
#include "data/text_key.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <unordered_set>

namespace fettle::data {
namespace {

using Rank = std::uint32_t; // place of a row in the order of ids

constexpr std::size_t kChunk = 8192;               // rows a piece of storage
constexpr std::size_t kBucketPairs = 1'000'000;    // estimates in one bucket before it counts as capped
constexpr std::size_t kLeakCandidates = 20'000;    // candidates of one held-out row in one band
constexpr std::size_t kCachedShingles = 4'000'000; // 32 MB
constexpr std::size_t kRejectedPairs = 500'000;

// Connected components.
class Components {
public:
    explicit Components(std::size_t count)
        : m_parent(count) {
        std::iota(m_parent.begin(), m_parent.end(), Rank{0});
    }
    Rank find(Rank x) {
        while (m_parent[x] != x) {
            m_parent[x] = m_parent[m_parent[x]];
            x = m_parent[x];
        }
        return x;
    }
    // The smaller rank becomes the root.
    void join(Rank a, Rank b) {
        a = find(a);
        b = find(b);
        m_parent[std::max(a, b)] = std::min(a, b);
    }

private:
    std::vector<Rank> m_parent;
};

struct Hashed {
    std::uint64_t hash;
    Rank rank;
    friend bool operator<(const Hashed& a, const Hashed& b) {
        return a.hash != b.hash ? a.hash < b.hash : a.rank < b.rank;
    }
};

struct Banded {
    std::uint32_t hash;
    Rank rank;
    friend bool operator<(const Banded& a, const Banded& b) {
        return a.hash != b.hash ? a.hash < b.hash : a.rank < b.rank;
    }
};

// Calls `take(first, last)` for each run of equal hashes with more than one element.
template <class Iterator, class Take>
bool eachRun(Iterator begin, Iterator end, Take take) {
    while (begin != end) {
        Iterator next = begin + 1;
        while (next != end && next->hash == begin->hash) {
            ++next;
        }
        if (next - begin > 1 && !take(begin, next)) {
            return false;
        }
        begin = next;
    }
    return true;
}

} // namespace

struct DuplicateFinder::State {
    explicit State(DuplicateOptions given)
        : options(std::move(given))
        , shape(bandShapeFor(options.threshold))
        , hasher(options.seed, shape)
        , lowest(lowestEstimate(options.threshold)) {}

    DuplicateOptions options;
    BandShape shape;
    MinHasher hasher;
    double lowest = 0;
    DuplicateStats stats;

    // In the order of feeding.
    std::vector<std::unique_ptr<std::array<RowSketch, kChunk>>> chunks;
    std::vector<std::int64_t> ids;
    std::vector<std::uint8_t> sides;

    // Of a pass: rows in the order of ids.
    std::vector<std::uint32_t> order; // rank → place of feeding
    const Fetch* fetch = nullptr;
    std::optional<Error> error;
    std::unordered_map<Rank, std::vector<std::uint64_t>> sets; // shingle sets of rows that were proved lately
    std::size_t cachedShingles = 0;
    std::unordered_set<std::uint64_t> rejected; // pairs proved to be under the threshold

    [[nodiscard]] const RowSketch& sketchAt(Rank rank) const {
        const std::size_t place = order[rank];
        return (*chunks[place / kChunk])[place % kChunk];
    }
    [[nodiscard]] std::int64_t idAt(Rank rank) const { return ids[order[rank]]; }
    [[nodiscard]] int sideAt(Rank rank) const { return sides[order[rank]]; }

    void begin(const Fetch& given);
    void end();
    [[nodiscard]] bool stopped() const { return error.has_value() || options.stop.stop_requested(); }
    void progress(double share) const {
        if (options.progress) {
            options.progress(share);
        }
    }
    [[nodiscard]] Error reason() const {
        return error ? *error : makeError(ErrorCode::Cancelled, "stopped while looking for duplicates");
    }

    std::vector<std::vector<std::int64_t>> groupsBy(std::uint64_t RowSketch::*hash, Components* joined) const;
    const std::vector<std::uint64_t>* setOf(Rank rank);
    std::optional<double> similarity(Rank a, Rank b);
    bool joinIfSimilar(Rank a, Rank b, Components& near);
    bool joinBucket(const std::vector<Rank>& rows, Components& near);
    bool joinBand(std::size_t band, std::vector<Banded>& rows, Components& near);
    bool leaksInBand(std::size_t band, const std::vector<Rank>& open, std::vector<Banded>& others,
                     std::vector<Leak>& best, std::vector<std::vector<Rank>>& seen);
};

void DuplicateFinder::State::begin(const Fetch& given) {
    fetch = &given;
    error.reset();
    stats = {};
    stats.rows = static_cast<std::int64_t>(ids.size());
    order.resize(ids.size());
    std::iota(order.begin(), order.end(), std::uint32_t{0});
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return ids[a] < ids[b]; });
}

void DuplicateFinder::State::end() {
    fetch = nullptr;
    order = {};
    sets = {};
    cachedShingles = 0;
    rejected = {};
}

// Groups of rows with the same hash; `joined` learns of them.
std::vector<std::vector<std::int64_t>> DuplicateFinder::State::groupsBy(std::uint64_t RowSketch::*hash,
                                                                        Components* joined) const {
    std::vector<Hashed> rows(order.size());
    for (Rank rank = 0; rank < rows.size(); ++rank) {
        rows[rank] = {sketchAt(rank).*hash, rank};
    }
    std::sort(rows.begin(), rows.end());
    std::vector<std::vector<std::int64_t>> groups;
    eachRun(rows.begin(), rows.end(), [&](auto first, auto last) {
        std::vector<std::int64_t> group;
        for (auto row = first; row != last; ++row) {
            group.push_back(idAt(row->rank));
            if (joined != nullptr) {
                joined->join(first->rank, row->rank);
            }
        }
        groups.push_back(std::move(group));
        return true;
    });
    std::sort(groups.begin(), groups.end());
    return groups;
}

// The shingles of a row's text; nullptr after an error.
const std::vector<std::uint64_t>* DuplicateFinder::State::setOf(Rank rank) {
    const auto found = sets.find(rank);
    if (found != sets.end()) {
        return &found->second;
    }
    auto text = (*fetch)(idAt(rank));
    if (!text) {
        error = std::move(text).error();
        return nullptr;
    }
    std::vector<char32_t> key;
    normalKeyPoints(*text, key);
    std::vector<std::uint64_t> set;
    shingleSet(key, set);
    cachedShingles += set.size();
    return &sets.emplace(rank, std::move(set)).first->second;
}

std::optional<double> DuplicateFinder::State::similarity(Rank a, Rank b) {
    if (cachedShingles > kCachedShingles) {
        sets.clear();
        cachedShingles = 0;
    }
    const std::vector<std::uint64_t>* first = setOf(a);
    const std::vector<std::uint64_t>* second = first != nullptr ? setOf(b) : nullptr;
    if (second == nullptr) {
        return std::nullopt;
    }
    ++stats.proved;
    return jaccardOfSets(*first, *second);
}

// Whether the two are now in one component.
bool DuplicateFinder::State::joinIfSimilar(Rank a, Rank b, Components& near) {
    ++stats.candidates;
    if (estimatedSimilarity(sketchAt(a), sketchAt(b)) < lowest) {
        return false;
    }
    const std::uint64_t pair = std::uint64_t{std::min(a, b)} << 32U | std::max(a, b);
    if (rejected.contains(pair)) {
        return false;
    }
    const auto similar = similarity(a, b);
    if (similar && *similar >= options.threshold) {
        near.join(a, b);
        return true;
    }
    if (rejected.size() >= kRejectedPairs) {
        rejected.clear();
    }
    rejected.insert(pair);
    return false;
}

// Every pair of the bucket that is not connected yet, up to the cap. False: not all pairs were looked at.
bool DuplicateFinder::State::joinBucket(const std::vector<Rank>& rows, Components& near) {
    std::vector<std::vector<Rank>> groups; // members that are connected to each other
    std::size_t pairs = 0;
    for (const Rank row : rows) {
        std::vector<Rank>* home = nullptr;
        for (std::vector<Rank>& group : groups) {
            bool together = near.find(group.front()) == near.find(row);
            for (std::size_t i = 0; !together && i < group.size() && pairs < kBucketPairs && !error; ++i, ++pairs) {
                together = joinIfSimilar(row, group[i], near);
            }
            home = together && home == nullptr ? &group : home;
        }
        if (home != nullptr) {
            home->push_back(row);
        } else {
            groups.push_back({row});
        }
        if (pairs >= kBucketPairs) {
            return false;
        }
    }
    return true;
}

bool DuplicateFinder::State::joinBand(std::size_t band, std::vector<Banded>& rows, Components& near) {
    for (Banded& row : rows) {
        row.hash = sketchAt(row.rank).bands[band];
    }
    std::sort(rows.begin(), rows.end());
    std::vector<Rank> bucket;
    return eachRun(rows.begin(), rows.end(), [&](auto first, auto last) {
        if (stopped()) {
            return false;
        }
        bucket.clear();
        for (auto row = first; row != last; ++row) {
            bucket.push_back(row->rank);
        }
        if (joinBucket(bucket, near) || error) {
            return !error;
        }
        // Too many unlike rows share this band (a template that all rows begin with): those that also share the next
        // band are more alike.
        ++stats.cappedBuckets;
        const std::size_t next = (band + 1) % shape.bands;
        std::vector<Banded> finer;
        for (const Rank row : bucket) {
            finer.push_back({sketchAt(row).bands[next], row});
        }
        std::sort(finer.begin(), finer.end());
        return eachRun(finer.begin(), finer.end(), [&](auto from, auto to) {
            std::vector<Rank> part;
            for (auto row = from; row != to; ++row) {
                part.push_back(row->rank);
            }
            (void)joinBucket(part, near);
            return !stopped();
        });
    });
}

DuplicateFinder::DuplicateFinder(DuplicateOptions options)
    : m_state(std::make_unique<State>(std::move(options))) {}
DuplicateFinder::~DuplicateFinder() = default;
DuplicateFinder::DuplicateFinder(DuplicateFinder&&) noexcept = default;
DuplicateFinder& DuplicateFinder::operator=(DuplicateFinder&&) noexcept = default;

RowSketch DuplicateFinder::sketch(std::string_view text, std::string_view prompt) const {
    thread_local std::vector<char32_t> key;
    thread_local std::vector<std::uint64_t> shingles;
    const auto keyHash = [](const std::vector<char32_t>& points) {
        return hash64({reinterpret_cast<const char*>(points.data()), points.size() * sizeof(char32_t)});
    };
    RowSketch out;
    if (!prompt.empty()) {
        normalKeyPoints(prompt, key);
        out.prompt = key.empty() ? 0 : std::max<std::uint64_t>(keyHash(key), 1);
    }
    normalKeyPoints(text, key);
    out.exact = hash64(text);
    out.normalised = keyHash(key);
    shingleHashes(key, shingles);
    m_state->hasher.sketch(shingles, out);
    if (key.capacity() > kCachedShingles) { // one huge row is no reason to keep its space
        key = {};
        shingles = {};
    }
    return out;
}

void DuplicateFinder::add(std::int64_t id, std::string_view text, std::string_view prompt, int side) {
    add(id, sketch(text, prompt), side);
}

void DuplicateFinder::add(std::int64_t id, const RowSketch& sketch, int side) {
    State& state = *m_state;
    const std::size_t place = state.ids.size();
    if (place % kChunk == 0) {
        state.chunks.push_back(std::make_unique<std::array<RowSketch, kChunk>>());
    }
    (*state.chunks.back())[place % kChunk] = sketch;
    state.ids.push_back(id);
    state.sides.push_back(static_cast<std::uint8_t>(side));
}

std::int64_t DuplicateFinder::rows() const {
    return static_cast<std::int64_t>(m_state->ids.size());
}

const DuplicateStats& DuplicateFinder::stats() const {
    return m_state->stats;
}

Result<DuplicateClusters> DuplicateFinder::clusters(const Fetch& fetch) {
    State& state = *m_state;
    state.begin(fetch);
    DuplicateClusters out;
    Components near(state.order.size());
    out.exact = state.groupsBy(&RowSketch::exact, nullptr);
    out.normalised = state.groupsBy(&RowSketch::normalised, &near);
    std::vector<Banded> rows; // one of each normalised group
    for (Rank rank = 0; rank < state.order.size(); ++rank) {
        if (near.find(rank) == rank) {
            rows.push_back({0, rank});
        }
    }
    for (std::size_t band = 0; band < state.shape.bands; ++band) {
        state.progress(static_cast<double>(band) / static_cast<double>(state.shape.bands));
        if (!state.joinBand(band, rows, near) || state.stopped()) {
            Error error = state.reason();
            state.end();
            return error;
        }
    }
    rows = {};
    std::unordered_map<Rank, std::size_t> clusterOf;
    std::vector<std::uint8_t> isCluster(state.order.size(), 0);
    for (Rank rank = 0; rank < state.order.size(); ++rank) {
        const Rank root = near.find(rank);
        isCluster[root] = root == rank ? isCluster[root] : 1;
    }
    for (Rank rank = 0; rank < state.order.size(); ++rank) {
        const Rank root = near.find(rank);
        if (isCluster[root] == 0) {
            continue;
        }
        const auto [found, isNew] = clusterOf.emplace(root, out.near.size());
        if (isNew) {
            out.near.emplace_back();
        }
        out.near[found->second].push_back(state.idAt(rank));
    }
    state.progress(1);
    state.end();
    return out;
}

// Candidates of held-out rows in one band; the most similar of the other side is kept.
bool DuplicateFinder::State::leaksInBand(std::size_t band, const std::vector<Rank>& open, std::vector<Banded>& others,
                                         std::vector<Leak>& best, std::vector<std::vector<Rank>>& seen) {
    for (Banded& row : others) {
        row.hash = sketchAt(row.rank).bands[band];
    }
    std::sort(others.begin(), others.end());
    for (std::size_t i = 0; i < open.size(); ++i) {
        const RowSketch& mine = sketchAt(open[i]);
        auto candidate = std::lower_bound(others.begin(), others.end(), Banded{mine.bands[band], 0});
        for (std::size_t n = 0; candidate != others.end() && candidate->hash == mine.bands[band]; ++candidate) {
            if (++n > kLeakCandidates) {
                ++stats.cappedBuckets;
                break;
            }
            ++stats.candidates;
            if (estimatedSimilarity(mine, sketchAt(candidate->rank)) < lowest ||
                std::find(seen[i].begin(), seen[i].end(), candidate->rank) != seen[i].end()) {
                continue;
            }
            const auto similar = similarity(open[i], candidate->rank);
            if (stopped()) {
                return false;
            }
            seen[i].push_back(candidate->rank);
            const std::int64_t other = idAt(candidate->rank);
            Leak& known = best[i];
            const bool better =
                known.other < 0 || *similar > known.similarity || (*similar == known.similarity && other < known.other);
            if (*similar >= options.threshold && better) {
                known = {idAt(open[i]), other, LeakKind::Near, *similar};
            }
        }
        if (stopped()) {
            return false;
        }
    }
    return true;
}

Result<std::vector<Leak>> DuplicateFinder::leaks(int heldOut, std::uint64_t sides, const Fetch& fetch) {
    State& state = *m_state;
    state.begin(fetch);
    std::vector<Rank> mine;
    std::vector<Rank> others;
    for (Rank rank = 0; rank < state.order.size(); ++rank) {
        const int side = state.sideAt(rank);
        if (side == heldOut) {
            mine.push_back(rank);
        } else if ((sides >> static_cast<unsigned>(side) & 1U) != 0) {
            others.push_back(rank);
        }
    }
    // The smallest id of the other side with the same hash.
    const auto lookUp = [&](std::uint64_t RowSketch::*hash, LeakKind kind, std::vector<Rank>& open,
                            std::vector<Leak>& found) {
        std::vector<Hashed> table;
        for (const Rank rank : others) {
            if (state.sketchAt(rank).*hash != 0) {
                table.push_back({state.sketchAt(rank).*hash, rank});
            }
        }
        std::sort(table.begin(), table.end());
        std::vector<Rank> left;
        for (const Rank rank : open) {
            const std::uint64_t wanted = state.sketchAt(rank).*hash;
            const auto hit = std::lower_bound(table.begin(), table.end(), Hashed{wanted, 0});
            if (wanted != 0 && hit != table.end() && hit->hash == wanted) {
                found.push_back(
                    {state.idAt(rank), state.idAt(hit->rank), kind, kind == LeakKind::SamePrompt ? 0.0 : 1.0});
            } else {
                left.push_back(rank);
            }
        }
        open = std::move(left);
    };
    std::vector<Leak> found;
    lookUp(&RowSketch::exact, LeakKind::Exact, mine, found);
    lookUp(&RowSketch::normalised, LeakKind::Normalised, mine, found);

    std::vector<Leak> best(mine.size(), Leak{0, -1, LeakKind::Near, 0});
    {
        std::vector<Banded> rows; // the first of each normalised group
        std::vector<Hashed> table;
        for (const Rank rank : others) {
            table.push_back({state.sketchAt(rank).normalised, rank});
        }
        std::sort(table.begin(), table.end());
        for (std::size_t i = 0; i < table.size(); ++i) {
            if (i == 0 || table[i].hash != table[i - 1].hash) {
                rows.push_back({0, table[i].rank});
            }
        }
        std::vector<std::vector<Rank>> seen(mine.size());
        for (std::size_t band = 0; band < state.shape.bands; ++band) {
            state.progress(static_cast<double>(band) / static_cast<double>(state.shape.bands));
            if (state.stopped() || !state.leaksInBand(band, mine, rows, best, seen)) {
                Error error = state.reason();
                state.end();
                return error;
            }
        }
    }
    std::vector<Rank> left;
    for (std::size_t i = 0; i < mine.size(); ++i) {
        if (best[i].other >= 0) {
            found.push_back(best[i]);
        } else {
            left.push_back(mine[i]);
        }
    }
    lookUp(&RowSketch::prompt, LeakKind::SamePrompt, left, found);
    std::sort(found.begin(), found.end(), [](const Leak& a, const Leak& b) { return a.row < b.row; });
    state.progress(1);
    state.end();
    return found;
}

const char* leakKindName(LeakKind kind) {
    switch (kind) {
    case LeakKind::Exact:
        return "exact";
    case LeakKind::Normalised:
        return "normalised";
    case LeakKind::Near:
        return "near";
    case LeakKind::SamePrompt:
        break;
    }
    return "same_prompt";
}

const char* leakCheckCode(LeakKind kind) {
    switch (kind) {
    case LeakKind::Exact:
        return "leak_exact";
    case LeakKind::Normalised:
        return "leak_normalised";
    case LeakKind::Near:
        return "leak_near";
    case LeakKind::SamePrompt:
        break;
    }
    return "leak_same_prompt";
}

} // namespace fettle::data
