// What the readers of other programs' logs share: collecting points, telling what was left out, and cutting steps that
// a resume overwrote. Private to core/run.
#pragma once

#include "base/json.h"
#include "run/foreign_log.h"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string_view>

namespace fettle::run {

/// Collects a log. Points belong to lives of the run: what a program wrote from one start to its end.
class LogBuilder {
public:
    LogBuilder(std::string kind, std::string path);

    void add(std::string_view name, double step, double value);
    /// Something was left out: counted, and told for the first thousand.
    void problem(Error error);
    void note(std::string text);

    /// A new life begins with the next point. Returns its number.
    std::size_t startLife();
    [[nodiscard]] std::size_t life() const { return m_lives.size() - 1; }
    /// `life` went back: points of earlier lives beyond `step` no longer count, and at `step` itself those of names
    /// that the life has there (with `inclusive`: all of them).
    void cutBefore(std::size_t life, double step, bool inclusive = false);

    struct Point {
        std::uint32_t series = 0, life = 0;
        double step = 0, value = 0;
    };
    [[nodiscard]] const std::vector<Point>& points() const { return m_points; }
    [[nodiscard]] const std::string& seriesName(std::size_t index) const { return m_names[index]; }
    [[nodiscard]] std::int64_t skipped() const { return m_log.skipped; }
    [[nodiscard]] const std::string& path() const { return m_log.path; }

    /// Everything that counts, in the order of the file; tells whether the run diverged.
    [[nodiscard]] ForeignLog finish();

private:
    struct Life {
        std::optional<double> cut;
        bool inclusive = false;
    };
    [[nodiscard]] std::vector<bool> kept() const;

    ForeignLog m_log;
    std::vector<std::string> m_names;
    std::map<std::string, std::uint32_t, std::less<>> m_index;
    std::vector<Point> m_points;
    std::vector<Life> m_lives{1};
};

/// Rows that are flat JSON objects with a step. Finds resumes: a run that goes back to an earlier step and trains it
/// again.
class RowReader {
public:
    /// `textKeys` hold text by their nature (times) and make no series.
    RowReader(LogBuilder& builder, std::string stepKey, std::set<std::string, std::less<>> textKeys);
    /// `place` names the row for a person; `keyPrefix` stands before the key of a fault ("log_history[3].").
    void add(const Json& row, const Error& place, const std::string& keyPrefix);
    void finish();

private:
    struct Start {
        std::size_t life = 0;
        std::optional<double> firstTraining, firstEvaluation;
    };

    LogBuilder& m_builder;
    std::string m_stepKey;
    std::set<std::string, std::less<>> m_textKeys;
    std::map<std::string, std::int64_t> m_texts; // text keys that occurred
    std::vector<Start> m_starts{1};
    std::optional<double> m_last, m_lastTraining;
};

/// Whether a name belongs to an evaluation ("eval_loss", "eval/loss", "valid_loss", "test_accuracy").
[[nodiscard]] bool isEvaluationName(std::string_view name);
[[nodiscard]] std::string folderTitle(const std::string& path);
/// Without a byte order mark.
[[nodiscard]] std::string_view withoutMark(std::string_view text);

// Readers of one format each; `path` is the file that `text` is of.
[[nodiscard]] Result<ForeignLog> readTrainerState(const std::string& path, std::string_view text);
[[nodiscard]] bool looksLikeTrainerState(std::string_view text);
[[nodiscard]] Result<ForeignLog> readTrainerLog(const std::string& path, std::string_view text);
[[nodiscard]] Result<ForeignLog> readResultCsv(const std::string& path, std::string_view text);
[[nodiscard]] bool looksLikeResultCsv(std::string_view text);
/// The files of one run, or of the runs below `path`, each in its own folder.
[[nodiscard]] Result<ForeignLog> readTensorBoard(const std::string& path, std::span<const std::string> files);
[[nodiscard]] bool looksLikeTensorBoard(std::string_view bytes);

} // namespace fettle::run
