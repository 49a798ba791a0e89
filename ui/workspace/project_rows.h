// The rows of the open project for screens: the store's one listener, edits and their undo, the background job (index,
// tokens, checks), and work on the store as jobs. No widget. Data and Label share it.
#pragma once

#include "bridge/courier.h"
#include "jobs/job_system.h"
#include "project/project.h"
#include "project/row_store.h"
#include "text/encode.h"

#include <QObject>
#include <QPointer>
#include <QString>
#include <QTimer>

#include <functional>
#include <memory>
#include <optional>

namespace fettle::ui {

class Workspace;

/// What the screens need to know of where rows stand; all known without asking the store.
struct RowsFacts {
    project::RowCounts counts; // of all rows
    bool known = false;        // counted at least once since the project was opened
    [[nodiscard]] std::int64_t rows() const { return counts.rows; } // removed ones apart
    [[nodiscard]] std::int64_t in(project::Split split) const {
        const auto found = counts.splits.find(split);
        return found == counts.splits.end() ? 0 : found->second;
    }
    [[nodiscard]] std::int64_t in(project::RowState state) const {
        const auto found = counts.states.find(state);
        return found == counts.states.end() ? 0 : found->second;
    }
};

/// Thread: GUI.
class ProjectRows : public QObject {
    Q_OBJECT
public:
    explicit ProjectRows(Workspace& workspace, QObject* parent = nullptr);
    ~ProjectRows() override;

    /// nullptr = no project is open. Held by whoever uses it beyond the call: the store lives as long as the project.
    [[nodiscard]] project::RowStore* store() const;
    [[nodiscard]] std::shared_ptr<project::Project> project() const { return m_project; } // shared with jobs
    /// Grows with every project that is opened: answers for another one are dropped.
    [[nodiscard]] std::uint64_t generation() const { return m_generation; }
    [[nodiscard]] const RowsFacts& facts() const { return m_facts; }
    [[nodiscard]] const project::UndoState& undoState() const { return m_undo; }
    [[nodiscard]] const project::RowJobProgress& job() const { return m_job; }
    /// How far the search for duplicates and leaks is; nullopt = it rests.
    [[nodiscard]] std::optional<double> acrossProgress() const { return m_across; }
    /// Why nothing can be written; "" = it can.
    [[nodiscard]] QString readOnlyReason() const;

    /// Posts a function to the GUI thread, as long as this lives.
    [[nodiscard]] std::function<void(std::function<void()>)> sender() const { return m_courier.sender(); }
    /// A callback for the store that calls `take` on the GUI thread, unless another project was opened meanwhile or
    /// `receiver` went away.
    template <class T>
    [[nodiscard]] project::RowStore::Callback<T> answer(QObject* receiver, std::function<void(Result<T>)> take) const {
        return [post = m_courier.sender(), guard = QPointer<QObject>(receiver), take = std::move(take), this,
                generation = m_generation](Result<T> result) {
            auto shared = std::make_shared<Result<T>>(std::move(result)); // functions that are posted must be copyable
            post([this, guard, take, shared, generation] {
                if (guard != nullptr && generation == m_generation) {
                    take(std::move(*shared));
                }
            });
        };
    }
    /// `work` with the store in a job, its result to `take` as above. A wait for the store never stands on the GUI
    /// thread.
    template <class T>
    std::shared_ptr<jobs::JobHandle> ask(const std::string& name, QObject* receiver,
                                         std::function<Result<T>(project::RowStore&, jobs::JobContext&)> work,
                                         std::function<void(Result<T>)> take) {
        auto slot = std::make_shared<std::optional<T>>(); // written by the job, read after it
        const project::RowStore::Callback<T> back = answer<T>(receiver, std::move(take));
        return submit(
            name,
            [slot, work = std::move(work)](project::RowStore& rows, jobs::JobContext& context) -> Result<void> {
                Result<T> done = work(rows, context);
                if (!done) {
                    return std::move(done).error();
                }
                slot->emplace(std::move(done).value());
                return {};
            },
            [slot, back](const Result<void>& result) {
                if (!result) {
                    back(result.error());
                } else {
                    back(std::move(**slot));
                }
            });
    }

    /// Edits. `done` (may be empty) is called on the GUI thread after success; errors are told by failed() and, where
    /// given, `wrong`. After a step that changed something edited() says what can be undone.
    using EditTaken = std::function<void(const project::EditDone&)>;
    using EditWrong = std::function<void(const Error&)>;
    void apply(project::EditStep step, EditTaken done = {}, EditWrong wrong = {});
    void applyBulk(project::BulkEdit edit, EditTaken done = {});
    void cancelBulk();
    [[nodiscard]] std::optional<double> bulkProgress() const { return m_bulkProgress; }
    void undo();
    void redo();

    void pauseJob();
    void resumeJob();

Q_SIGNALS:
    void opened(); // another project, or none
    void changed(const fettle::project::StoreChange& change);
    void factsChanged();
    void undoChanged();
    void jobChanged();
    void bulkChanged();
    /// A step was made, undone or redone: what to say.
    void edited(const QString& label, qint64 rows);
    void undone(const QString& label, qint64 rows);
    void redone(const QString& label, qint64 rows);
    void failed(const QString& action, const fettle::Error& error);

private:
    void open();
    void count();
    void refreshUndo();
    void prepareCounter();
    void findAcross(); // duplicates, leaks: once the rows stand
    std::shared_ptr<jobs::JobHandle> submit(const std::string& name,
                                            std::function<Result<void>(project::RowStore&, jobs::JobContext&)> work,
                                            std::function<void(const Result<void>&)> done);

    Workspace& m_workspace;
    Courier m_courier;
    std::shared_ptr<project::Project> m_project;
    std::uint64_t m_generation = 0;
    RowsFacts m_facts;
    project::UndoState m_undo;
    project::RowJobProgress m_job;
    project::StoreTaskPtr m_bulk;
    std::optional<double> m_bulkProgress;
    std::string m_counterKey;
    bool m_counting = false, m_countAgain = false;
    QTimer m_countPause;                           // between two counts while changes stream in
    std::shared_ptr<jobs::JobHandle> m_counterJob; // shared with the job system
    std::shared_ptr<jobs::JobHandle> m_acrossJob;
    std::optional<double> m_across; // of the pass over all rows
};

} // namespace fettle::ui

Q_DECLARE_METATYPE(fettle::project::StoreChange)
