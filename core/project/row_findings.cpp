// Checks over the rows of a project.
#include "project/row_findings.h"

#include "base/hash.h"
#include "base/numbers.h"
#include "data/duplicates.h"
#include "data/row_checks.h"
#include "data/row_text.h"
#include "data/set_checks.h"
#include "data/split_plan.h"
#include "project/row_lookup.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace fettle::project {
namespace {

constexpr const char* kRules = "row checks 1";           // raise when the rules change: all rows are checked again
constexpr const char* kPassState = "checks across rows"; // view state: what the last pass saw and found
constexpr const char* kSplitState = "rows that were split";

Filter activeRows() {
    Filter filter;
    filter.states = {RowState::Active};
    return filter;
}

int sideOf(Split split) {
    return static_cast<int>(split);
}

std::string valueOf(const data::Sample& sample, const std::string& field) {
    if (field == "answer") {
        return std::string(data::answerText(sample));
    }
    const Json* value = valueAt(sample.row, "metadata." + field);
    if (value == nullptr || value->is_null()) {
        return {};
    }
    return value->is_string() ? value->get<std::string>() : dumpJson(*value);
}

std::vector<std::vector<RowId>> clustersFromJson(const Json& json) {
    std::vector<std::vector<RowId>> out;
    if (!json.is_array()) {
        return out;
    }
    for (const Json& cluster : json) {
        std::vector<RowId> rows;
        for (const Json& row : cluster) {
            rows.push_back(row.is_number_integer() ? row.get<RowId>() : 0);
        }
        out.push_back(std::move(rows));
    }
    return out;
}

using Found = std::vector<std::pair<RowId, RowCheck>>;

void addDuplicates(const data::DuplicateClusters& clusters, Found& found, SetFindings& out) {
    std::unordered_set<RowId> told;
    for (const auto& [list, code] :
         {std::pair{&clusters.exact, "duplicate_exact"}, std::pair{&clusters.normalised, "duplicate_normalised"},
          std::pair{&clusters.near, "duplicate_near"}}) {
        for (const auto& cluster : *list) {
            for (std::size_t i = 1; i < cluster.size(); ++i) { // the first is the one to keep
                if (told.insert(cluster[i]).second) {
                    found.push_back({cluster[i], {code, {}, cluster.front()}});
                }
            }
        }
    }
    out.duplicateRows = static_cast<std::int64_t>(told.size());
    out.clusters = clusters.near;
}

// Languages and labels: all that is needed stands in the store's own counts.
Result<void> addSetChecks(const RowStore& rows, Found& found) {
    FETTLE_TRY_VALUE(const RowCounts counts, rows.counts(activeRows()));
    data::LanguageTally languages;
    for (const auto& [language, count] : counts.languages) {
        for (std::int64_t i = 0; i < count; ++i) {
            languages.add(language);
        }
    }
    const std::vector<std::string> usual = languages.usual();
    Filter unusual = activeRows();
    for (const auto& [language, count] : counts.languages) {
        if (!language.empty() && std::find(usual.begin(), usual.end(), language) == usual.end()) {
            unusual.languages = {language};
            FETTLE_TRY_VALUE(const QueryResult those, rows.query(unusual));
            for (const RowId row : *those.rows) {
                found.push_back({row, {"language_unusual", language, 0}});
            }
        }
    }
    const bool labelled = counts.labels.size() > (counts.labels.count({}) > 0 ? 1U : 0U);
    constexpr std::size_t kMostLabels = 1000;
    FETTLE_TRY_VALUE(const Balance balance,
                     rows.balance(activeRows(), labelled ? Balance::Of::Label : Balance::Of::Answer, kMostLabels));
    if (balance.restRows > 0) {
        return {}; // far too many answers to be labels
    }
    data::LabelTally labels;
    for (const Balance::Bar& bar : balance.bars) {
        for (std::int64_t i = 0; i < bar.rows; ++i) {
            labels.add(bar.value);
        }
    }
    const data::LabelReport report = labels.report();
    Filter rare = activeRows();
    (labelled ? rare.labels : rare.answers) = report.rare;
    if (!report.rare.empty()) {
        FETTLE_TRY_VALUE(const QueryResult those, rows.query(rare));
        for (const RowId row : *those.rows) {
            found.push_back({row, {"label_rare", {}, 0}});
        }
    }
    return {};
}

} // namespace

RowChecker standardRowChecker() {
    RowChecker out;
    out.name = kRules;
    out.check = [](const data::Sample& sample) {
        std::vector<RowCheck> found;
        for (const data::CheckHit& hit : data::checkRow(sample)) {
            std::string detail = hit.key;
            detail += (detail.empty() || hit.detail.empty() ? "" : ": ") + hit.detail;
            found.push_back({hit.check->code, std::move(detail), std::max<std::int64_t>(hit.other, 0)});
        }
        return found;
    };
    out.language = [](const data::Sample& sample) {
        const data::RowFacts facts = data::rowFacts(sample);
        return facts.languageReliable ? facts.language : std::string();
    };
    return out;
}

Result<SetFindings> findAcrossRows(RowStore& rows, const SetFindingOptions& options) {
    SetFindings out;
    FETTLE_TRY_VALUE(const std::string hash, rows.contentHash());
    const Json before = rows.viewState(kPassState);
    if (before.is_object() && jsonString(before, "hash", std::string()).valueOr({}) == hash &&
        jsonDouble(before, "threshold", 0).valueOr(0) == options.threshold) {
        out.upToDate = true;
        out.rows = jsonInt(before, "rows", 0).valueOr(0);
        out.duplicateRows = jsonInt(before, "duplicates", 0).valueOr(0);
        out.leakedRows = jsonInt(before, "leaks", 0).valueOr(0);
        out.clusters = clustersFromJson(before.value("clusters", Json::array()));
        return out;
    }
    const auto tell = [&](double fraction) {
        if (options.progress) {
            options.progress(fraction);
        }
    };
    FETTLE_TRY_VALUE(const QueryResult splits, rows.query(activeRows(), {SortKey::Split, false, 0}));
    out.rows = static_cast<std::int64_t>(splits.rows->size());
    std::unordered_map<Split, std::int64_t> sizes;
    data::DuplicateOptions duplicates;
    duplicates.threshold = options.threshold;
    duplicates.stop = options.stop;
    duplicates.progress = [&](double fraction) { tell(0.5 + fraction / 4); };
    data::DuplicateFinder finder(duplicates);
    std::int64_t read = 0;
    for (const Split split : {Split::None, Split::Train, Split::Validation, Split::Test}) {
        Filter filter = activeRows();
        filter.splits = {split};
        FETTLE_TRY(rows.forEachSample(
            filter,
            [&](data::Sample&& sample) {
                finder.add(sample.id, data::duplicateText(sample), data::promptText(sample), sideOf(split));
                ++sizes[split];
                if (++read % 1024 == 0) {
                    tell(0.5 * static_cast<double>(read) / static_cast<double>(std::max<std::int64_t>(out.rows, 1)));
                }
                return true;
            },
            options.stop));
    }
    FETTLE_TRY_VALUE(const std::unique_ptr<SampleReader> reader, rows.sampleReader());
    const data::DuplicateFinder::Fetch fetch = [&](std::int64_t id) -> Result<std::string> {
        FETTLE_TRY_VALUE(const data::Sample sample, reader->read(id));
        return data::duplicateText(sample);
    };
    FETTLE_TRY_VALUE(const data::DuplicateClusters clusters, finder.clusters(fetch));
    out.capped = finder.stats().cappedBuckets;
    Found found;
    addDuplicates(clusters, found, out);
    const auto bit = [](Split split) { return std::uint64_t{1} << static_cast<unsigned>(sideOf(split)); };
    std::unordered_set<RowId> leaked;
    for (const auto& [heldOut, sides] : {std::pair{Split::Test, bit(Split::Train) | bit(Split::Validation)},
                                         std::pair{Split::Validation, bit(Split::Train)}}) {
        if (sizes[heldOut] == 0) {
            continue;
        }
        FETTLE_TRY_VALUE(const std::vector<data::Leak> leaks, finder.leaks(sideOf(heldOut), sides, fetch));
        for (const data::Leak& leak : leaks) { // told where it is repaired: at the row that is trained
            if (leaked.insert(leak.other).second) {
                found.push_back({leak.other, {data::leakCheckCode(leak.kind), splitName(heldOut), leak.row}});
            }
        }
    }
    out.leakedRows = static_cast<std::int64_t>(leaked.size());
    tell(1);
    FETTLE_TRY(addSetChecks(rows, found));
    FETTLE_TRY(rows.setChecks({"duplicate_exact", "duplicate_normalised", "duplicate_near", "leak_exact",
                               "leak_normalised", "leak_near", "leak_same_prompt", "language_unusual", "label_rare"},
                              found));
    FETTLE_TRY(rows.setViewState(kPassState, {{"hash", hash},
                                              {"threshold", options.threshold},
                                              {"rows", out.rows},
                                              {"duplicates", out.duplicateRows},
                                              {"leaks", out.leakedRows},
                                              {"clusters", out.clusters}}));
    return out;
}

Result<SplitOutcome> planRowSplit(const RowStore& rows, const SplitRequest& request, std::stop_token stop) {
    // Rows that came since the last split lie where their import put them; those before it stay.
    Filter heldOut = activeRows();
    heldOut.splits = {Split::Validation, Split::Test};
    FETTLE_TRY_VALUE(const QueryResult held, rows.query(heldOut));
    const Json state = rows.viewState(kSplitState);
    RowId splitUpTo = held.rows->empty() ? 0 : held.rows->back(); // where nothing was split here yet
    if (!held.rows->empty() && state.is_number_integer()) {
        splitUpTo = state.get<RowId>();
    }
    std::unordered_map<RowId, std::uint64_t> clusterOf;
    if (request.keepClusters) {
        const Json pass = rows.viewState(kPassState);
        std::uint64_t number = 0;
        for (const auto& cluster :
             clustersFromJson(pass.is_object() ? pass.value("clusters", Json::array()) : Json::array())) {
            ++number;
            for (const RowId row : cluster) {
                clusterOf[row] = number;
            }
        }
    }
    data::SplitPlanOptions options;
    for (std::size_t i = 0; i < 3; ++i) {
        options.ratio[i] = i < request.ratio.size() ? request.ratio[i] : 0;
        options.counts[i] = i < request.counts.size() ? request.counts[i] : -1;
    }
    options.stratified = !request.stratify.empty();
    options.keepClusters = request.keepClusters;
    options.reassign = request.reassign;
    options.seed = request.seed;
    std::unordered_map<std::string, std::uint32_t> strata;
    std::unordered_map<RowId, std::uint32_t> labelOf;
    if (request.stratify == "label") {
        FETTLE_TRY_VALUE(const LabelSet labels, rows.labelSet());
        for (const LabelDefinition& label : labels.labels) {
            Filter filter = activeRows();
            filter.labels = {label.name};
            FETTLE_TRY_VALUE(const QueryResult those, rows.query(filter));
            const auto stratum = static_cast<std::uint32_t>(strata.size() + 1);
            strata.emplace(label.name, stratum);
            for (const RowId row : *those.rows) {
                labelOf[row] = stratum;
            }
        }
    }
    const bool readsRows = !request.group.empty() || (options.stratified && request.stratify != "label");
    std::vector<data::SplitRow> plannedRows;
    for (const Split split : {Split::None, Split::Train, Split::Validation, Split::Test}) {
        Filter filter = activeRows();
        filter.splits = {split};
        const auto add = [&](RowId id, const data::Sample* sample) {
            data::SplitRow row;
            row.id = id;
            row.key = hash64(std::to_string(id));
            const bool fresh = split == Split::Train && id > splitUpTo;
            row.current = fresh ? data::Split::None : static_cast<data::Split>(split);
            row.frozen = split == Split::Test;
            if (const auto cluster = clusterOf.find(id); cluster != clusterOf.end()) {
                row.cluster = cluster->second;
            }
            if (sample != nullptr && !request.group.empty()) {
                const std::string value = valueOf(*sample, request.group);
                row.group = value.empty() ? 0 : hash64(value) | 1U;
            }
            if (request.stratify == "label") {
                const auto label = labelOf.find(id);
                row.stratum = label != labelOf.end() ? label->second : 0;
            } else if (sample != nullptr && options.stratified) {
                row.stratum =
                    strata.emplace(valueOf(*sample, request.stratify), static_cast<std::uint32_t>(strata.size() + 1))
                        .first->second;
            }
            plannedRows.push_back(row);
        };
        if (readsRows) {
            FETTLE_TRY(rows.forEachSample(
                filter,
                [&](data::Sample&& sample) {
                    add(sample.id, &sample);
                    return true;
                },
                stop));
        } else {
            FETTLE_TRY_VALUE(const QueryResult those, rows.query(filter, {}, stop));
            for (const RowId id : *those.rows) {
                add(id, nullptr);
            }
        }
    }
    FETTLE_TRY_VALUE(const data::SplitPlan plan, data::planSplit(plannedRows, options));
    SplitOutcome out;
    out.train = plan.counts[0];
    out.validation = plan.counts[1];
    out.test = plan.counts[2];
    for (const data::SplitWarning& warning : plan.warnings) {
        out.warnings.push_back(warning.text);
    }
    std::size_t at = 0;
    for (const data::SplitAssignment& row : plan.rows) {
        const data::SplitRow& before = plannedRows[at++];
        const bool fresh = before.current == data::Split::None;
        if (row.moved || fresh) {
            out.edits.push_back({row.id, RowField::Split, data::splitName(row.split), 0});
        }
        out.lastRow = std::max(out.lastRow, row.id);
    }
    return out;
}

Result<std::int64_t> carryOutSplit(RowStore& rows, const SplitOutcome& outcome, const std::string& label) {
    EditStep step;
    step.label = label;
    step.edits = outcome.edits;
    FETTLE_TRY_VALUE(const EditDone done, rows.apply(step));
    FETTLE_TRY(rows.setViewState(kSplitState, outcome.lastRow));
    return done.rows;
}

} // namespace fettle::project
