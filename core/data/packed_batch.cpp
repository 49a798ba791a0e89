// Plans of an epoch (best-fit decreasing inside each optimizer step) and batches made from rows. No standard shuffle or
// distribution: their results differ between libraries, and a plan must be the same on every machine.
#include "data/packed_batch.h"

#include "base/hash.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <numeric>

namespace fettle::data {
namespace {

// splitmix64: turns a seed into well-mixed words.
class SplitMix {
public:
    explicit SplitMix(std::uint64_t seed)
        : m_state(seed) {}
    std::uint64_t next() {
        m_state += 0x9E3779B97F4A7C15ULL;
        std::uint64_t z = m_state;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31U);
    }

private:
    std::uint64_t m_state;
};

// xoshiro256**, seeded by splitmix64 from the run's seed and the epoch.
class Generator {
public:
    Generator(std::uint64_t seed, std::uint64_t epoch) {
        SplitMix seeds(seed);
        SplitMix mixed(seeds.next() ^ (epoch * 0xD1342543DE82EF95ULL));
        for (std::uint64_t& word : m_state) {
            word = mixed.next();
        }
    }
    std::uint64_t next() {
        const std::uint64_t result = rotate(m_state[1] * 5, 7) * 9;
        const std::uint64_t shifted = m_state[1] << 17U;
        m_state[2] ^= m_state[0];
        m_state[3] ^= m_state[1];
        m_state[1] ^= m_state[2];
        m_state[0] ^= m_state[3];
        m_state[2] ^= shifted;
        m_state[3] = rotate(m_state[3], 45);
        return result;
    }
    // Uniform in [0, bound), bound > 0: words from the incomplete last stretch are drawn again.
    std::uint64_t below(std::uint64_t bound) {
        const std::uint64_t limit =
            std::numeric_limits<std::uint64_t>::max() - std::numeric_limits<std::uint64_t>::max() % bound;
        std::uint64_t word = next();
        while (word >= limit) {
            word = next();
        }
        return word % bound;
    }

private:
    static std::uint64_t rotate(std::uint64_t value, unsigned by) { return (value << by) | (value >> (64U - by)); }
    std::array<std::uint64_t, 4> m_state{};
};

std::vector<std::int64_t> orderOf(std::size_t count, const PackOptions& options) {
    std::vector<std::int64_t> order(count);
    std::iota(order.begin(), order.end(), std::int64_t{0});
    if (options.shuffle) {
        Generator generator(options.seed, static_cast<std::uint64_t>(options.epoch));
        for (std::size_t i = count; i > 1; --i) {
            std::swap(order[i - 1], order[generator.below(i)]);
        }
    }
    return order;
}

// Best-fit decreasing: the longest row first, each into the fullest micro-batch that still takes it. Micro-batches and
// their rows come in the order of the step.
std::vector<std::vector<std::int64_t>> microBatches(const std::vector<std::int64_t>& rows,
                                                    const std::vector<std::int32_t>& rowTokens, std::int64_t capacity) {
    std::vector<std::size_t> byLength(rows.size());
    std::iota(byLength.begin(), byLength.end(), std::size_t{0});
    const auto tokens = [&](std::size_t place) {
        return static_cast<std::int64_t>(rowTokens[static_cast<std::size_t>(rows[place])]);
    };
    std::stable_sort(byLength.begin(), byLength.end(),
                     [&](std::size_t a, std::size_t b) { return tokens(a) > tokens(b); });

    std::vector<std::vector<std::size_t>> bins;
    std::multimap<std::int64_t, std::size_t> byRoom; // free tokens → micro-batch
    for (const std::size_t place : byLength) {
        const auto found = byRoom.lower_bound(tokens(place));
        std::int64_t room = capacity;
        std::size_t bin = bins.size();
        if (found != byRoom.end()) {
            room = found->first;
            bin = found->second;
            byRoom.erase(found);
        } else {
            bins.emplace_back();
        }
        bins[bin].push_back(place);
        if (room - tokens(place) >= 0) { // a row longer than the capacity stays alone
            byRoom.emplace(room - tokens(place), bin);
        }
    }
    for (auto& bin : bins) {
        std::sort(bin.begin(), bin.end());
    }
    std::sort(bins.begin(), bins.end());
    std::vector<std::vector<std::int64_t>> out;
    out.reserve(bins.size());
    for (const auto& bin : bins) {
        std::vector<std::int64_t> batch;
        batch.reserve(bin.size());
        for (const std::size_t place : bin) {
            batch.push_back(rows[place]);
        }
        out.push_back(std::move(batch));
    }
    return out;
}

} // namespace

std::vector<StepPlan> planEpoch(const std::vector<std::int32_t>& rowTokens, const std::vector<std::int32_t>& rowLabels,
                                const PackOptions& options) {
    std::vector<StepPlan> plan;
    std::vector<std::int64_t> rows;
    StepPlan step;
    const auto close = [&] {
        if (!rows.empty()) {
            step.microBatches = microBatches(rows, rowTokens, options.microTokens);
            plan.push_back(std::move(step));
            step = StepPlan{};
            rows.clear();
        }
    };
    for (const std::int64_t row : orderOf(rowTokens.size(), options)) {
        const auto at = static_cast<std::size_t>(row);
        const bool full = options.batchRows > 0 ? static_cast<std::int64_t>(rows.size()) >= options.batchRows
                                                : step.tokens + rowTokens[at] > options.batchTokens;
        if (full) {
            close();
        }
        rows.push_back(row);
        step.tokens += rowTokens[at];
        step.labelTokens += at < rowLabels.size() ? rowLabels[at] : 0;
    }
    close();
    return plan;
}

PackedBatch packRows(const std::vector<const text::EncodedRow*>& rows, const std::vector<std::int64_t>& sampleIds) {
    PackedBatch batch;
    std::size_t tokens = 0;
    for (const text::EncodedRow* row : rows) {
        tokens += row->ids.size();
    }
    batch.ids.reserve(tokens);
    batch.pos.reserve(tokens);
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const text::EncodedRow& row = *rows[r];
        if (row.ids.empty()) {
            continue;
        }
        const auto begin = static_cast<std::int32_t>(batch.ids.size());
        for (std::size_t i = 0; i < row.ids.size(); ++i) {
            const auto place = static_cast<std::int32_t>(i);
            batch.ids.push_back(row.ids[i]);
            batch.pos.push_back(place);
            if (i > 0 && i < row.labels.size() && row.labels[i] != text::kIgnore) {
                batch.labelRows.push_back(begin + place - 1);
                batch.labels.push_back(row.labels[i]);
                batch.weights.push_back(1.0F);
            }
        }
        batch.segments.push_back(
            {begin, static_cast<std::int32_t>(batch.ids.size()), -1, r < sampleIds.size() ? sampleIds[r] : -1});
    }
    batch.realTokens = static_cast<std::int64_t>(batch.ids.size());
    return batch;
}

std::string planHash(const std::vector<StepPlan>& plan) {
    Hasher hasher;
    const auto add = [&](std::int64_t number) {
        std::array<char, 8> bytes{};
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            bytes[i] = static_cast<char>((static_cast<std::uint64_t>(number) >> (8 * i)) & 0xFFU);
        }
        hasher.add({bytes.data(), bytes.size()});
    };
    add(static_cast<std::int64_t>(plan.size()));
    for (const StepPlan& step : plan) {
        add(static_cast<std::int64_t>(step.microBatches.size()));
        for (const auto& batch : step.microBatches) {
            add(static_cast<std::int64_t>(batch.size()));
            for (const std::int64_t row : batch) {
                add(row);
            }
        }
        add(step.tokens);
        add(step.labelTokens);
    }
    return hasher.hex();
}

} // namespace fettle::data
