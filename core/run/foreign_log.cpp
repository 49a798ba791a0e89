// Which kind of log a file or a folder holds.
#include "run/foreign_log.h"

#include "base/files.h"
#include "base/numbers.h"
#include "run/event_line.h"
#include "run/foreign_parts.h"
#include "run/metric_table.h"
#include "run/run_folder.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace fettle::run {
namespace {

namespace fs = std::filesystem;

constexpr const char* kState = "trainer_state.json";
constexpr const char* kTrainerLog = "trainer_log.jsonl";
constexpr const char* kEvents = "events.jsonl";
constexpr const char* kKnown = "Known are trainer_state.json (Hugging Face), trainer_log.jsonl (LLaMA-Factory), the "
                               "result CSV of a hosted job, TensorBoard event files, and runs of Fettle.";

ForeignLog fromHistory(const std::string& path, const RunHistory& history) {
    ForeignLog log;
    log.kind = "fettle";
    log.title = folderTitle(path);
    log.path = path;
    for (const MetricSeries& series : metricSeries(history.events)) {
        ForeignSeries out{series.name, {}};
        for (std::size_t i = 0; i < series.values.size(); ++i) {
            if (const auto number = series.values[i].number()) {
                out.points.emplace_back(static_cast<double>(series.axis->step[i]), *number);
            }
        }
        log.series.push_back(std::move(out));
    }
    log.skipped = history.damagedLines;
    if (history.damagedLines > 0) {
        log.notes.push_back(std::to_string(history.damagedLines) + " damaged lines were left out");
    }
    log.diverged = history.state == jobs::RunState::Failed && history.reason == "non_finite_loss";
    return log;
}

Result<ForeignLog> readOwnRun(const std::string& path) {
    FETTLE_TRY_VALUE(const RunHistory history, readEventFile(path));
    ForeignLog log = fromHistory(path, history);
    if (const auto info = readRunInfo(fs::path(path).parent_path().string())) {
        log.title = jsonString(*info, "name", log.title).valueOr(log.title);
    }
    return log;
}

enum class LineKind { Unknown, TrainerLog, OwnEvent };

// By the first lines that can be read: the first one may be damaged.
LineKind lineKind(std::string_view text) {
    constexpr int kLines = 50;
    constexpr std::size_t kLongest = std::size_t{1} << 20;
    JsonOptions options;
    options.allowNonFinite = true;
    text = withoutMark(text);
    std::size_t begin = 0;
    for (int line = 0; line < kLines && begin < text.size(); ++line) {
        const auto end = std::min(text.find('\n', begin), text.size());
        const std::string_view one = text.substr(begin, end - begin);
        begin = end + 1;
        if (one.size() > kLongest) {
            continue; // a whole document on one line
        }
        JsonParseError fault;
        const auto json = parseJsonDetailed(one, fault, options);
        if (!json || !json->is_object()) {
            continue;
        }
        if (json->contains("current_steps")) {
            return LineKind::TrainerLog;
        }
        if (json->contains("seq") && json->contains("type")) {
            return LineKind::OwnEvent;
        }
    }
    return LineKind::Unknown;
}

Result<ForeignLog> readLogFile(const std::string& path) {
    // Read, not mapped: the Trainer writes its state over the old one, and a map would break under us.
    FETTLE_TRY_VALUE(const std::string whole, readFile(path));
    const std::string_view text = whole;
    const std::string name = fs::path(path).filename().string();
    if (text.empty()) {
        return makeError(ErrorCode::Parse, "is empty: nothing was logged yet").at(path);
    }
    if (name.find("tfevents") != std::string::npos || looksLikeTensorBoard(text)) {
        const std::vector<std::string> files{path};
        return readTensorBoard(path, files);
    }
    if (text.find('\0') != std::string_view::npos) {
        return makeError(ErrorCode::Unsupported, "is no training log that can be read: it holds bytes that are no text",
                         kKnown)
            .at(path);
    }
    const LineKind kind = lineKind(text);
    if (kind == LineKind::OwnEvent) {
        return readOwnRun(path);
    }
    if (kind == LineKind::TrainerLog || name == kTrainerLog) {
        return readTrainerLog(path, text);
    }
    if (name == kState || looksLikeTrainerState(text)) {
        return readTrainerState(path, text);
    }
    if (looksLikeResultCsv(text) || name.ends_with(".csv")) {
        return readResultCsv(path, text);
    }
    return makeError(ErrorCode::Unsupported, "is no training log that this program knows", kKnown).at(path);
}

struct Found {
    std::vector<std::string> tensorBoard, csv;
    std::vector<std::pair<std::int64_t, std::string>> checkpoints; // number, folder
};

std::optional<std::int64_t> checkpointNumber(const std::string& name) {
    constexpr std::string_view kStart = "checkpoint-";
    if (!name.starts_with(kStart)) {
        return std::nullopt;
    }
    const auto number = parseInt(std::string_view(name).substr(kStart.size()));
    return number ? std::optional<std::int64_t>(*number) : std::nullopt;
}

// Looks at a folder, for event files also a few levels below it (runs/NAME/ of the Trainer, a folder of several runs).
Found lookAt(const std::string& folder) {
    constexpr int kDepth = 4;
    constexpr std::size_t kMostFiles = 10000;
    Found found;
    std::error_code status;
    for (const auto& entry : fs::directory_iterator(folder, status)) {
        const std::string name = entry.path().filename().string();
        std::error_code ignored;
        if (const auto number = checkpointNumber(name); number && fs::exists(entry.path() / kState, ignored)) {
            found.checkpoints.emplace_back(*number, entry.path().string());
        } else if (name.ends_with(".csv") && entry.is_regular_file(ignored)) {
            found.csv.push_back(entry.path().string());
        }
    }
    std::sort(found.checkpoints.rbegin(), found.checkpoints.rend());
    std::sort(found.csv.begin(), found.csv.end());
    auto entry = fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, status);
    for (; !status && entry != fs::recursive_directory_iterator() && found.tensorBoard.size() < kMostFiles;
         entry.increment(status)) {
        if (entry.depth() >= kDepth) {
            entry.disable_recursion_pending();
        }
        std::error_code ignored;
        if (entry->is_regular_file(ignored) &&
            entry->path().filename().string().find("tfevents") != std::string::npos) {
            found.tensorBoard.push_back(entry->path().string());
        }
    }
    std::sort(found.tensorBoard.begin(), found.tensorBoard.end());
    // Files in the folder itself are the run; those below it belong to others then.
    std::vector<std::string> here;
    std::copy_if(found.tensorBoard.begin(), found.tensorBoard.end(), std::back_inserter(here),
                 [&folder](const std::string& path) {
                     return fs::path(path).parent_path().lexically_normal() ==
                            (fs::path(folder) / "").parent_path().lexically_normal();
                 });
    if (!here.empty()) {
        found.tensorBoard = std::move(here);
    }
    return found;
}

// The newest checkpoint whose state gives something; newer ones that give nothing are told.
Result<ForeignLog> readNewestCheckpoint(const Found& found) {
    std::vector<Error> failed;
    for (const auto& [number, folder] : found.checkpoints) {
        auto log = readLogFile(folder + '/' + kState);
        if (log && !log->series.empty()) {
            log->title = folderTitle(fs::path(folder).parent_path().string());
            log->skipped += static_cast<std::int64_t>(failed.size());
            log->problems.insert(log->problems.begin(), failed.begin(), failed.end());
            return log;
        }
        failed.push_back(log ? (log->problems.empty()
                                    ? makeError(ErrorCode::Parse, "logged nothing").at(folder + '/' + kState)
                                    : log->problems.front())
                             : log.error());
    }
    return failed.front();
}

Result<ForeignLog> readLogFolder(const std::string& folder) {
    if (fileExists(folder + '/' + kEvents)) {
        return readOwnRun(folder + '/' + kEvents);
    }
    const Found found = lookAt(folder);
    std::vector<std::string> others;
    Result<ForeignLog> log =
        makeError(ErrorCode::NotFound, "holds no training log that this program knows", kKnown).at(folder);
    bool chosen = false;
    const auto consider = [&](bool there, const std::string& name, const auto& read) {
        if (!there) {
            return;
        }
        if (chosen) {
            others.push_back(name);
            return;
        }
        log = read();
        chosen = log.ok();
    };
    consider(fileExists(folder + '/' + kState), kState, [&] { return readLogFile(folder + '/' + kState); });
    consider(fileExists(folder + '/' + kTrainerLog), kTrainerLog,
             [&] { return readLogFile(folder + '/' + kTrainerLog); });
    consider(!found.checkpoints.empty() && !fileExists(folder + '/' + kState), "checkpoints",
             [&] { return readNewestCheckpoint(found); });
    consider(!found.tensorBoard.empty(), "TensorBoard event files",
             [&] { return readTensorBoard(folder, found.tensorBoard); });
    for (const std::string& csv : found.csv) {
        consider(true, fs::path(csv).filename().string(), [&] { return readLogFile(csv); });
    }
    if (log && !others.empty()) {
        std::string text = "read " + fs::path(log->path).filename().string() + "; the folder also holds";
        for (const std::string& other : others) {
            text += (&other == &others.front() ? " " : ", ") + other;
        }
        log->notes.push_back(text);
    }
    return log;
}

} // namespace

Result<ForeignLog> readForeignLog(const std::string& path) {
    if (folderExists(path)) {
        return readLogFolder(path);
    }
    if (!fileExists(path)) {
        return makeError(ErrorCode::NotFound, "there is no such file or folder").at(path);
    }
    return readLogFile(path);
}

} // namespace fettle::run
