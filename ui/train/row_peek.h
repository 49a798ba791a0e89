// Any row of the training data as it will be trained, by its number: read from the file and encoded in a job.
#pragma once

#include "bridge/courier.h"
#include "jobs/job_system.h"
#include "recipe/recipe.h"
#include "train/preflight_check.h"

#include <QObject>

#include <memory>
#include <optional>

namespace fettle::ui {

class Workspace;

/// Thread: GUI.
class RowPeek : public QObject {
    Q_OBJECT
public:
    explicit RowPeek(Workspace& workspace, QObject* parent = nullptr);
    ~RowPeek() override;

    /// Asks for a row; the answer of an earlier question is dropped.
    void ask(const recipe::Recipe& recipe, std::int64_t sample);
    /// Takes a row that is known already.
    void show(const ShownRow& row);
    void forget();
    [[nodiscard]] bool reading() const { return m_job != nullptr; }
    [[nodiscard]] std::int64_t wanted() const { return m_wanted; } // sample id; -1 = none
    [[nodiscard]] const std::optional<ShownRow>& row() const { return m_row; }
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }

Q_SIGNALS:
    void changed();

private:
    void drop();

    Workspace& m_workspace;
    Courier m_courier;
    std::shared_ptr<jobs::JobHandle> m_job; // shared with the job system
    std::uint64_t m_generation = 0;
    std::int64_t m_wanted = -1;
    std::optional<ShownRow> m_row;
    std::optional<Error> m_error;
};

/// Row `sample` of the recipe's training files, encoded; tokens that the rule for long rows takes away are marked cut.
/// Errors: those of files and model, NotFound where there is no such row. Thread: any.
[[nodiscard]] Result<ShownRow> readRow(const recipe::Recipe& recipe, const std::string& projectFolder,
                                       std::int64_t sample, std::stop_token stop);

} // namespace fettle::ui
