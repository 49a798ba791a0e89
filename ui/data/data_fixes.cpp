#include "data/data_fixes.h"

#include "base/json.h"
#include "data/personal.h"
#include "data/row_text.h"
#include "data/text_quality.h"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace fettle::ui {

using data::CheckFix;
using project::Edit;
using project::Filter;
using project::RowDetails;
using project::RowField;
using project::RowId;
using project::RowState;

namespace {

std::vector<std::string> duplicateCodes() {
    std::vector<std::string> out;
    for (const data::CheckInfo& info : data::allChecks()) {
        if (info.family == data::CheckFamily::Duplicate) {
            out.emplace_back(info.code);
        }
    }
    return out;
}

} // namespace

std::string plainText(const data::Sample& sample) {
    std::string out;
    data::forEachText(sample, [&out](const data::RowText& text) { out += (out.empty() ? "" : "\n") + *text.text; });
    return out;
}

Result<RowClusters> findClusters(project::RowStore& rows, std::int64_t most, std::stop_token stop) {
    Filter filter;
    filter.checks = duplicateCodes();
    filter.states = {RowState::Active};
    FETTLE_TRY_VALUE(const project::QueryResult found, rows.query(filter, {}, stop));
    RowClusters out;
    out.rowsThere = static_cast<std::int64_t>(found.rows->size());
    const std::size_t count = std::min(found.rows->size(), static_cast<std::size_t>(most));
    out.rowsLookedAt = static_cast<std::int64_t>(count);
    // Union by the other row of each finding.
    std::unordered_map<RowId, RowId> parent;
    const auto root = [&parent](RowId id) {
        RowId at = parent.emplace(id, id).first->second;
        while (parent[at] != at) {
            at = parent[at] = parent[parent[at]];
        }
        return at;
    };
    const std::vector<std::string> codes = duplicateCodes();
    for (std::size_t from = 0; from < count; from += project::kPageRows) {
        if (stop.stop_requested()) {
            return makeError(ErrorCode::Cancelled, "cancelled");
        }
        const std::size_t to = std::min(count, from + project::kPageRows);
        const std::vector<RowId> ids(found.rows->begin() + static_cast<std::ptrdiff_t>(from),
                                     found.rows->begin() + static_cast<std::ptrdiff_t>(to));
        FETTLE_TRY_VALUE(const project::RowPage page, rows.page(ids));
        for (const project::RowCells& row : page.rows) {
            for (const project::RowCheck& check : row.checks) {
                if (row.id != 0 && check.other > 0 &&
                    std::find(codes.begin(), codes.end(), check.code) != codes.end()) {
                    const RowId a = root(row.id);
                    const RowId b = root(check.other);
                    parent[std::max(a, b)] = std::min(a, b);
                }
            }
        }
    }
    std::map<RowId, std::vector<RowId>> groups;
    for (const auto& [id, unused] : std::map<RowId, RowId>(parent.begin(), parent.end())) {
        groups[root(id)].push_back(id);
    }
    for (auto& [first, ids] : groups) {
        if (ids.size() > 1) {
            std::sort(ids.begin(), ids.end());
            out.clusters.push_back(std::move(ids));
        }
    }
    return out;
}

Result<FixPlan> planFix(project::RowStore& rows, CheckFix fix, const Filter& filter, std::stop_token stop) {
    FixPlan plan;
    plan.fix = fix;
    switch (fix) {
    case CheckFix::DropRow:
    case CheckFix::DropFromTrain: {
        plan.bulk.filter = filter;
        plan.bulk.filter.states = {RowState::Active};
        if (fix == CheckFix::DropFromTrain) {
            plan.bulk.filter.splits = {project::Split::Train};
        }
        plan.bulk.field = RowField::State;
        plan.bulk.value = project::rowStateName(RowState::Rejected);
        FETTLE_TRY_VALUE(const project::QueryResult found, rows.query(plan.bulk.filter, {}, stop));
        plan.rows = static_cast<std::int64_t>(found.rows->size());
        for (std::size_t i = 0; i < std::min(found.rows->size(), kFixExamples); ++i) {
            FETTLE_TRY_VALUE(const RowDetails row, rows.details((*found.rows)[i]));
            plan.examples.push_back({row.cells.id, plainText(row.sample), {}});
        }
        return plan;
    }
    case CheckFix::KeepOne: {
        FETTLE_TRY_VALUE(const RowClusters clusters, findClusters(rows, kMostRowEdits, stop));
        plan.held = clusters.rowsThere - clusters.rowsLookedAt;
        for (const std::vector<RowId>& cluster : clusters.clusters) {
            for (std::size_t i = 1; i < cluster.size(); ++i) {
                plan.edits.push_back({cluster[i], RowField::State, project::rowStateName(RowState::Rejected), 0});
                if (plan.examples.size() < kFixExamples) {
                    FETTLE_TRY_VALUE(const RowDetails row, rows.details(cluster[i]));
                    plan.examples.push_back({row.cells.id, plainText(row.sample), {}});
                }
            }
        }
        plan.rows = static_cast<std::int64_t>(plan.edits.size());
        return plan;
    }
    case CheckFix::Redact:
    case CheckFix::RepairEncoding: {
        FETTLE_TRY(rows.forEachSample(
            filter,
            [&](data::Sample&& sample) {
                data::Sample after = sample;
                bool changed = false;
                if (fix == CheckFix::Redact) {
                    data::RedactedRow redacted = data::redactRow(sample);
                    changed = redacted.replaced > 0;
                    if (changed && static_cast<std::int64_t>(plan.edits.size()) < kMostRowEdits) {
                        plan.places += redacted.replaced;
                    }
                    after = std::move(redacted.sample);
                } else {
                    data::RepairedRow repaired = data::repairRow(sample);
                    changed = repaired.repaired > 0;
                    after = std::move(repaired.sample);
                }
                if (changed) {
                    if (static_cast<std::int64_t>(plan.edits.size()) >= kMostRowEdits) {
                        ++plan.held;
                        return !stop.stop_requested();
                    }
                    if (plan.examples.size() < kFixExamples) {
                        plan.examples.push_back({sample.id, plainText(sample), plainText(after)});
                    }
                    plan.edits.push_back({sample.id, RowField::Row, dumpJson(after.row), 0});
                }
                return !stop.stop_requested();
            },
            stop));
        if (stop.stop_requested()) {
            return makeError(ErrorCode::Cancelled, "cancelled");
        }
        plan.rows = static_cast<std::int64_t>(plan.edits.size());
        return plan;
    }
    default:
        return makeError(ErrorCode::Unsupported, std::string("no plan for the fix ") + data::checkFixName(fix));
    }
}

} // namespace fettle::ui
