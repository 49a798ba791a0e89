// What a recipe will do to its rows, counted by really encoding them in a background job: debounced, cancelled when the
// recipe changes, and only done again when something changed that the count depends on.
#pragma once

#include "base/error.h"
#include "bridge/courier.h"
#include "jobs/job_system.h"
#include "model/model_files.h"
#include "recipe/recipe.h"
#include "text/encode.h"
#include "train/preflight.h"
#include "widgets/token_view.h"

#include <QObject>
#include <QString>
#include <QTimer>
#include <QVector>

#include <memory>
#include <optional>

namespace fettle::ui {

class Workspace;

struct CountedSplit {
    std::int64_t rows = 0; // that take part
    std::int64_t goodRows = 0, badRows = 0, overLong = 0, silent = 0, cutTokens = 0, longestRow = 0;
    std::int64_t leftOut = 0; // by data.leave_out
    std::int64_t tokens = 0, labelTokens = 0;
    std::uint64_t bytesWithoutToken = 0;
    QString silentReason;
    QVector<qint64> overLongRows, silentRows; // sample ids, ascending
    QStringList faults;                       // "rows.jsonl:12: key: reason", at most kShownFaults
    std::int64_t faultCount = 0;
};

/// One row as it will be trained.
struct ShownRow {
    QVector<TokenItem> tokens;
    std::int64_t sample = 0;
    int trained = 0;
    int cut = 0;                           // tokens that the rule for long rows takes away
    bool overLong = false, silent = false; // longer than the context; nothing of it is trained
    QString silentReason;                  // as core says it
    int system = 0;                        // leading tokens of template and system message, shown folded
};

struct PreflightCount {
    std::string key;       // what it was counted for
    std::string modelPath; // absolute
    std::optional<model::ModelConfig> config;
    CountedSplit train;
    train::RowLengths trained; // rows that are trained on, without the share for validation
    std::optional<CountedSplit> validation;
    QVector<ShownRow> shown; // the first rows
    std::optional<Error> error;
};

/// Thread: GUI.
class PreflightCheck : public QObject {
    Q_OBJECT
public:
    static constexpr int kDebounceMs = 250;
    static constexpr int kShownRows = 20;
    explicit PreflightCheck(Workspace& workspace, QObject* parent = nullptr);
    ~PreflightCheck() override;

    /// Counts for this recipe unless that is known or under way.
    void request(const recipe::Recipe& recipe);
    /// Skips the debounce.
    void hurry();
    /// Counts again although nothing changed (data files did).
    void forget();
    void cancel();
    [[nodiscard]] bool counting() const { return m_job != nullptr || m_timer.isActive(); }
    /// Rows encoded so far and, where known, how many there are.
    [[nodiscard]] std::int64_t rowsDone() const { return m_rowsDone; }
    [[nodiscard]] std::int64_t rowsTotal() const { return m_rowsTotal; }
    /// The last count; nullptr = none yet. It may be of an earlier recipe: see fits().
    [[nodiscard]] const PreflightCount* count() const { return m_count.get(); }
    [[nodiscard]] bool fits(const recipe::Recipe& recipe) const {
        return m_count != nullptr && m_count->key == keyOf(recipe);
    }
    /// What a count depends on.
    [[nodiscard]] std::string keyOf(const recipe::Recipe& recipe) const;
    /// How often rows were encoded (work, for tests).
    [[nodiscard]] int countsStarted() const { return m_started; }

Q_SIGNALS:
    void changed();

private:
    void start();

    Workspace& m_workspace;
    Courier m_courier;
    QTimer m_timer;
    recipe::Recipe m_wanted;
    std::string m_wantedKey;
    std::shared_ptr<jobs::JobHandle> m_job; // shared with the job system
    std::shared_ptr<const PreflightCount> m_count;
    std::int64_t m_rowsDone = 0, m_rowsTotal = 0;
    std::uint64_t m_generation = 0;
    int m_started = 0;
    // Tokenizers are kept: opening one takes longer than encoding a small data set.
    struct TextCache;
    std::shared_ptr<TextCache> m_texts; // shared with jobs
};

/// The tokens of an encoded row for the token view.
[[nodiscard]] ShownRow shownRow(const text::EncodedRow& row, const text::Tokenizer& tokenizer, std::int64_t sample);

} // namespace fettle::ui
