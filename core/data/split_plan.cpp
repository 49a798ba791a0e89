// Planning splits: rows that must stay together become units; a unit that already stands somewhere takes its newcomers
// along; the others are drawn by hash, or fill quotas in the order of that hash.
#include "data/split_plan.h"

#include "base/hash.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <unordered_map>

namespace fettle::data {
namespace {

constexpr std::size_t kMaxWarnedRows = 100;

struct Unit {
    std::vector<std::size_t> rows;
    std::uint64_t draw = 0;    // hash of its key and the seed
    std::uint32_t stratum = 0; // of most of its rows
    Split split = Split::None;
};

std::size_t place(Split split) {
    return static_cast<std::size_t>(split) - 1;
}

std::uint64_t drawOf(std::uint64_t key, std::uint64_t seed) {
    return hash64({reinterpret_cast<const char*>(&key), sizeof key}, seed);
}

// Rows that share a group or a cluster, however far apart.
std::vector<Unit> unitsOf(const std::vector<SplitRow>& rows, const SplitPlanOptions& options) {
    std::vector<std::size_t> parent(rows.size());
    std::iota(parent.begin(), parent.end(), std::size_t{0});
    const auto find = [&](std::size_t x) {
        while (parent[x] != x) {
            parent[x] = parent[parent[x]];
            x = parent[x];
        }
        return x;
    };
    std::unordered_map<std::uint64_t, std::size_t> groups;
    std::unordered_map<std::uint64_t, std::size_t> clusters;
    const auto join = [&](auto& firsts, std::uint64_t which, std::size_t row) {
        if (which == 0) {
            return;
        }
        const auto [found, isNew] = firsts.emplace(which, row);
        if (!isNew) {
            const std::size_t a = find(found->second);
            const std::size_t b = find(row);
            parent[std::max(a, b)] = std::min(a, b);
        }
    };
    for (std::size_t row = 0; row < rows.size(); ++row) {
        join(groups, rows[row].group, row);
        if (options.keepClusters) {
            join(clusters, rows[row].cluster, row);
        }
    }
    std::vector<Unit> units;
    std::unordered_map<std::size_t, std::size_t> unitOf;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto [found, isNew] = unitOf.emplace(find(row), units.size());
        if (isNew) {
            units.emplace_back();
        }
        units[found->second].rows.push_back(row);
    }
    for (Unit& unit : units) {
        // The smallest key stands for the unit, whatever the order of the rows; a group's own hash where there is one,
        // so that a newcomer does not change where it is drawn.
        std::uint64_t key = UINT64_MAX;
        std::uint64_t group = UINT64_MAX;
        std::map<std::uint32_t, std::size_t> strata;
        for (const std::size_t row : unit.rows) {
            key = std::min(key, rows[row].key);
            group = rows[row].group != 0 ? std::min(group, rows[row].group) : group;
            ++strata[rows[row].stratum];
        }
        unit.draw = drawOf(group != UINT64_MAX ? group : key, options.seed);
        unit.stratum = std::max_element(strata.begin(), strata.end(), [](const auto& a, const auto& b) {
                           return a.second < b.second;
                       })->first;
    }
    return units;
}

// Where most of a unit's fixed rows stand; frozen ones decide before others.
Split standingOf(const Unit& unit, const std::vector<SplitRow>& rows, bool reassign) {
    for (const bool frozenOnly : {true, false}) {
        std::array<std::size_t, 3> counts{};
        for (const std::size_t row : unit.rows) {
            const SplitRow& one = rows[row];
            if (one.current != Split::None && (frozenOnly ? one.frozen : !reassign)) {
                ++counts[place(one.current)];
            }
        }
        const auto* most = std::max_element(counts.begin(), counts.end());
        if (*most > 0) {
            return kSplits[static_cast<std::size_t>(most - counts.begin())];
        }
    }
    return Split::None;
}

std::array<double, 3> sharesOf(const SplitPlanOptions& options) {
    const double sum = options.ratio[0] + options.ratio[1] + options.ratio[2];
    return {options.ratio[0] / sum, options.ratio[1] / sum, options.ratio[2] / sum};
}

// How many rows each split should have of `total`: largest remainders, so that the sum fits.
std::array<double, 3> quotasOf(const SplitPlanOptions& options, double total, double all) {
    std::array<double, 3> quotas{};
    const bool counted = std::any_of(options.counts.begin(), options.counts.end(), [](auto n) { return n >= 0; });
    if (!counted) {
        const std::array<double, 3> shares = sharesOf(options);
        for (std::size_t i = 0; i < 3; ++i) {
            quotas[i] = shares[i] * total;
        }
        return quotas;
    }
    double given = 0;
    std::size_t open = 0;
    for (const std::int64_t count : options.counts) {
        given += count >= 0 ? static_cast<double>(count) : 0;
        open += count < 0 ? 1 : 0;
    }
    for (std::size_t i = 0; i < 3; ++i) {
        const double wanted = options.counts[i] >= 0 ? static_cast<double>(options.counts[i])
                              : open > 0             ? std::max(0.0, all - given) / static_cast<double>(open)
                                                     : 0;
        quotas[i] = all > 0 ? wanted * total / all : 0;
    }
    return quotas;
}

std::string splitList(const std::array<std::size_t, 3>& counts) {
    std::string text;
    for (const Split split : kSplits) {
        if (counts[place(split)] > 0) {
            text +=
                (text.empty() ? "" : ", ") + std::string(splitName(split)) + " " + std::to_string(counts[place(split)]);
        }
    }
    return text;
}

// Groups or clusters whose rows end up in more than one split.
void warnOfTorn(const std::vector<SplitRow>& rows, const SplitPlan& plan, SplitWarningKind kind,
                std::vector<SplitWarning>& warnings) {
    std::map<std::uint64_t, std::vector<std::size_t>> members;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const std::uint64_t which = kind == SplitWarningKind::GroupTorn ? rows[row].group : rows[row].cluster;
        if (which != 0 && plan.rows[row].split != Split::None) {
            members[which].push_back(row);
        }
    }
    for (const auto& [which, list] : members) {
        std::array<std::size_t, 3> counts{};
        for (const std::size_t row : list) {
            ++counts[place(plan.rows[row].split)];
        }
        if (std::count(counts.begin(), counts.end(), std::size_t{0}) >= 2) {
            continue;
        }
        SplitWarning warning{kind, which, {}, {}};
        for (const std::size_t row : list) {
            if (warning.rows.size() < kMaxWarnedRows) {
                warning.rows.push_back(rows[row].id);
            }
        }
        warning.text = std::to_string(list.size()) +
                       (kind == SplitWarningKind::GroupTorn ? " rows of one group" : " rows that are alike") +
                       " stand in several splits (" + splitList(counts) + "): scores on them would be too good";
        warnings.push_back(std::move(warning));
    }
}

// Fills what is missing, unit by unit in the order of their draws, always where the most rows are missing. `wanted` may
// hold what earlier strata left over; what this one leaves over is its result.
std::array<double, 3> fill(std::vector<Unit*>& units, const std::array<double, 3>& quotas,
                           std::array<double, 3> wanted) {
    std::sort(units.begin(), units.end(), [](const Unit* a, const Unit* b) { return a->draw < b->draw; });
    for (const Unit* unit : units) {
        if (unit->split != Split::None) {
            wanted[place(unit->split)] -= static_cast<double>(unit->rows.size());
        }
    }
    for (Unit* unit : units) {
        if (unit->split != Split::None) {
            continue;
        }
        std::size_t best = quotas.size();
        for (std::size_t i = 0; i < quotas.size(); ++i) {
            if (quotas[i] > 0 && (best == quotas.size() || wanted[i] > wanted[best])) {
                best = i;
            }
        }
        if (best == quotas.size()) {
            continue; // nothing is wanted
        }
        unit->split = kSplits[best];
        wanted[best] -= static_cast<double>(unit->rows.size());
    }
    return wanted;
}

} // namespace

const char* splitName(Split split) {
    switch (split) {
    case Split::Train:
        return "train";
    case Split::Validation:
        return "validation";
    case Split::Test:
        return "test";
    case Split::None:
        break;
    }
    return "none";
}

const char* splitWarningName(SplitWarningKind kind) {
    switch (kind) {
    case SplitWarningKind::ClusterTorn:
        return "cluster_torn";
    case SplitWarningKind::GroupTorn:
        return "group_torn";
    case SplitWarningKind::SplitEmpty:
        return "split_empty";
    case SplitWarningKind::StratumSmall:
        return "stratum_small";
    case SplitWarningKind::CountsShort:
        break;
    }
    return "counts_short";
}

Result<SplitPlan> planSplit(const std::vector<SplitRow>& rows, const SplitPlanOptions& options) {
    const bool counted = std::any_of(options.counts.begin(), options.counts.end(), [](auto n) { return n >= 0; });
    for (const double part : options.ratio) {
        if (!counted && !(part >= 0)) {
            return makeError(ErrorCode::InvalidInput, "a part of the ratio is below 0", "give shares like 0.8,0.1,0.1");
        }
    }
    if (!counted && !(options.ratio[0] + options.ratio[1] + options.ratio[2] > 0)) {
        return makeError(ErrorCode::InvalidInput, "no part of the ratio is above 0", "give shares like 0.8,0.1,0.1");
    }
    std::vector<Unit> units = unitsOf(rows, options);
    for (Unit& unit : units) {
        unit.split = standingOf(unit, rows, options.reassign);
    }
    if (!counted && !options.stratified) {
        const std::array<double, 3> shares = sharesOf(options);
        for (Unit& unit : units) {
            if (unit.split != Split::None) {
                continue;
            }
            constexpr double kWhole = 18446744073709551616.0; // 2^64
            const double drawn = static_cast<double>(unit.draw) / kWhole;
            // Test first, then validation: train may grow without moving the others.
            unit.split = drawn < shares[2]               ? Split::Test
                         : drawn < shares[2] + shares[1] ? Split::Validation
                                                         : Split::Train;
            if (shares[place(unit.split)] <= 0) {
                unit.split =
                    kSplits[static_cast<std::size_t>(std::max_element(shares.begin(), shares.end()) - shares.begin())];
            }
        }
    } else {
        std::map<std::uint32_t, std::vector<Unit*>> strata;
        for (Unit& unit : units) {
            strata[options.stratified ? unit.stratum : 0].push_back(&unit);
        }
        std::array<double, 3> left = {0, 0, 0}; // fractions of rows that earlier strata could not place
        for (auto& [stratum, list] : strata) {
            double total = 0;
            for (const Unit* unit : list) {
                total += static_cast<double>(unit->rows.size());
            }
            const std::array<double, 3> quotas = quotasOf(options, total, static_cast<double>(rows.size()));
            left = fill(list, quotas, {quotas[0] + left[0], quotas[1] + left[1], quotas[2] + left[2]});
        }
    }

    SplitPlan plan;
    plan.rows.resize(rows.size());
    for (const Unit& unit : units) {
        for (const std::size_t row : unit.rows) {
            const SplitRow& one = rows[row];
            const bool stays = one.current != Split::None && (one.frozen || !options.reassign);
            const Split split = stays ? one.current : unit.split;
            plan.rows[row] = {one.id, split, split != one.current};
            if (split != Split::None) {
                ++plan.counts[place(split)];
            }
        }
    }
    warnOfTorn(rows, plan, SplitWarningKind::ClusterTorn, plan.warnings);
    warnOfTorn(rows, plan, SplitWarningKind::GroupTorn, plan.warnings);
    std::map<std::uint32_t, std::int64_t> sizes;
    if (options.stratified) {
        for (const Unit& unit : units) {
            ++sizes[unit.stratum];
        }
    }
    const auto all = static_cast<double>(rows.size());
    const std::array<double, 3> wanted = quotasOf(options, all, all);
    const auto parts =
        static_cast<std::int64_t>(std::count_if(wanted.begin(), wanted.end(), [](double n) { return n > 0; }));
    for (const auto& [stratum, count] : sizes) {
        if (count < parts) {
            plan.warnings.push_back({SplitWarningKind::StratumSmall,
                                     stratum,
                                     {},
                                     "stratum " + std::to_string(stratum) + " has only " + std::to_string(count) +
                                         " row(s) or group(s), and there are " + std::to_string(parts) +
                                         " splits: it cannot stand in all of them"});
        }
    }
    for (const Split split : kSplits) {
        const std::size_t i = place(split);
        if (!rows.empty() && wanted[i] > 0 && plan.counts[i] == 0) {
            plan.warnings.push_back({SplitWarningKind::SplitEmpty,
                                     static_cast<std::uint64_t>(split),
                                     {},
                                     std::string(splitName(split)) + " gets no row: there are too few to share"});
        } else if (options.counts[i] >= 0 && plan.counts[i] < options.counts[i]) {
            plan.warnings.push_back({SplitWarningKind::CountsShort,
                                     static_cast<std::uint64_t>(split),
                                     {},
                                     std::string(splitName(split)) + " gets " + std::to_string(plan.counts[i]) +
                                         " of the " + std::to_string(options.counts[i]) + " rows asked for"});
        }
    }
    return plan;
}

} // namespace fettle::data
