// Ways on by reason, and the table of a sweep.
#include "cli/run_next.h"

#include "base/numbers.h"
#include "cli/output.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fettle::app {
namespace {

Json numberOrNull(const std::optional<double>& value) {
    return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

std::string lossText(const std::optional<double>& value) {
    return value ? formatFixed(*value, 4) : std::string("-");
}

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size() + 2, width), ' ');
    return text;
}

} // namespace

std::string wayOn(const run::RunSummary& summary) {
    const std::string resume = "`fettle train --resume '" + summary.folder + "'`";
    const std::string again = summary.lastCheckpointStep > 0
                                  ? "go on from step " + std::to_string(summary.lastCheckpointStep) + ": " + resume
                                  : "start it again: " + resume;
    const std::string& reason = summary.reason;
    if (reason == "non_finite_loss") {
        return "lower optimizer.learning_rate or leave the named rows out, and start a new run; the last checkpoint is "
               "kept.";
    }
    if (reason == "disk_full") {
        return "free some space, then " + again;
    }
    if (reason == "read_only") {
        return "make the folder writable, then " + again;
    }
    if (reason == "out_of_memory") {
        return "lower training.context or training.batch_tokens, or set training.recompute to full, in a new run.";
    }
    if (reason == "device_lost") {
        return "check the device, then " + again;
    }
    if (reason == "data_changed") {
        return "start a new run with the rows as they are now, or put the old file back and " + again;
    }
    if (reason == "data") {
        return "correct the file or the recipe, then " + again;
    }
    if (reason == "engine_missing") {
        return "install the engine (packaging/fetch.sh fetches LibTorch), then " + again;
    }
    return {};
}

void printSweep(const train::SweepResults& results, bool json) {
    std::vector<std::size_t> order(results.rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const bool validates = std::any_of(results.rows.begin(), results.rows.end(), [](const train::SweepRow& row) {
        return row.summary.bestValidationLoss.has_value();
    });
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const auto left = train::sweepScore(results.rows[a].summary, validates);
        const auto right = train::sweepScore(results.rows[b].summary, validates);
        return left && (!right || *left < *right);
    });
    if (json) {
        Json runs = Json::array();
        for (const std::size_t i : order) {
            const train::SweepRow& row = results.rows[i];
            Json values = Json::object();
            for (const auto& [key, value] : row.values) {
                values[key] = value;
            }
            runs.push_back({{"id", row.summary.id},
                            {"folder", row.summary.folder},
                            {"values", std::move(values)},
                            {"state", jobs::runStateName(row.summary.state)},
                            {"reason", row.summary.reason},
                            {"validation_loss", numberOrNull(row.summary.bestValidationLoss)},
                            {"train_loss", numberOrNull(row.summary.trainLoss)},
                            {"trained_ms", row.summary.trainedMs},
                            {"peak_bytes", row.summary.peakBytes}});
        }
        printJson({{"sweep", results.id},
                   {"best", results.best ? Json(results.rows[*results.best].summary.id) : Json(nullptr)},
                   {"runs", std::move(runs)}});
        return;
    }
    std::string header = padded("run", 12);
    for (const train::SweepField& field : results.spec.fields) {
        header += padded(field.key, field.key.size() + 2);
    }
    printLine(header + padded("valid. loss", 13) + padded("train loss", 12) + padded("time", 14) + "state");
    for (const std::size_t i : order) {
        const train::SweepRow& row = results.rows[i];
        std::string line = padded(row.summary.id, 12);
        for (const train::SweepField& field : results.spec.fields) {
            const auto found = std::find_if(row.values.begin(), row.values.end(),
                                            [&field](const auto& value) { return value.first == field.key; });
            line += padded(found == row.values.end() ? "-" : dumpJson(found->second), field.key.size() + 2);
        }
        line += padded(lossText(row.summary.bestValidationLoss), 13) + padded(lossText(row.summary.trainLoss), 12) +
                padded(formatDuration(static_cast<double>(row.summary.trainedMs) / 1000), 14) +
                jobs::runStateName(row.summary.state) +
                (row.summary.reason.empty() ? "" : " (" + row.summary.reason + ")") +
                (results.best == i ? "  best" : "");
        printLine(line);
    }
}

} // namespace fettle::app
