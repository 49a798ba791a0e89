// The workspace: the open project, its runs and what can be done with them, without any widget. Everything that touches
// the disk for longer than a moment runs as a job; answers come back on the GUI thread as signals.
#pragma once

#include "base/error.h"
#include "bridge/courier.h"
#include "bridge/event_bridge.h"
#include "bridge/run_series.h"
#include "bridge/runs_model.h"
#include "project/project.h"
#include "train/run_service.h"

#include <QHash>
#include <QObject>
#include <QSet>
#include <QTimer>

#include <memory>

namespace fettle::ui {

/// What Home shows of a project it does not open.
struct ProjectCard {
    QString folder, name;
    QString model; // as the recipe says
    std::int64_t runs = 0;
    std::optional<double> bestValidation; // lowest validation loss of its runs
    std::int64_t openedMs = 0;
};

/// Rows of the project's data files (lines that are not empty); nullopt = the file is not there.
struct DataCounts {
    std::optional<std::int64_t> train, validation, test;
};

struct ImportOutcome {
    QString file;
    std::int64_t rows = 0, goodRows = 0;
    QString format;
    std::vector<std::string> faults; // at most kShownFaults, as text
    std::int64_t faultCount = 0;
};
inline constexpr std::size_t kShownFaults = 200;

struct WorkspaceOptions {
    train::TrainerFactory trainers = train::engineTrainers();
    std::string projectsFolder;
    std::string resourcesFolder;
    std::string defaultModel = "smollm2-135m-instruct";
};

/// Thread: GUI.
class Workspace : public QObject {
    Q_OBJECT
public:
    /// `jobs` must outlive it. The destructor stops all runs (the step is finished and saved) and waits.
    Workspace(jobs::JobSystem& jobs, WorkspaceOptions options, QObject* parent = nullptr);
    ~Workspace() override;

    // ---- project
    [[nodiscard]] bool hasProject() const { return m_project != nullptr; }
    [[nodiscard]] std::shared_ptr<project::Project> project() const { return m_project; } // shared with jobs
    [[nodiscard]] QString projectName() const { return m_name; }
    [[nodiscard]] QString projectFolder() const;
    [[nodiscard]] const recipe::Recipe& recipe() const { return m_recipe; }
    /// Where the recipe could not be read: why ("" = fine). The last good one stays.
    [[nodiscard]] const std::optional<Error>& recipeFault() const { return m_recipeFault; }
    [[nodiscard]] const DataCounts& dataCounts() const { return m_counts; }
    /// What is being opened, created or imported now; "" = nothing.
    [[nodiscard]] QString busyWith() const { return m_busy; }

    void openProject(const QString& folder);
    void openSample();
    void createProject(const QString& name);
    /// A new project from a file of rows: good rows go to train.jsonl, bad ones are counted and told, a first recipe is
    /// prepared.
    void createFromFile(const QString& file);
    void cancelBusy();
    void closeProject();
    /// Reads recipe.yaml again / writes it, off the GUI thread.
    void reloadRecipe();
    void saveRecipe(const recipe::Recipe& recipe);
    /// A folder name that is free: "my-rows", "my-rows-2".
    [[nodiscard]] static std::string freeFolder(const std::string& parent, const std::string& wanted);
    /// The first recipe for rows of this many bytes: steps small enough that a curve moves at once.
    [[nodiscard]] static recipe::Recipe firstRecipe(const std::string& model, std::uint64_t dataBytes);

    // ---- recent projects
    [[nodiscard]] const QVector<ProjectCard>& recent() const { return m_recent; }
    void refreshRecent();
    void forget(const QString& folder);

    // ---- runs
    [[nodiscard]] RunsModel& runs() { return *m_runs; }
    void refreshRuns();
    /// Prepares a run folder from the recipe and starts it.
    void startRun(const recipe::Recipe& recipe);
    void continueRun(const QString& folder); // from its last checkpoint
    void pauseRun(const QString& folder);
    void resumeRun(const QString& folder);
    void stopRun(const QString& folder);
    void abortRun(const QString& folder);
    void deleteRun(const QString& folder);
    void renameRun(const QString& folder, const QString& name);
    [[nodiscard]] bool hasActiveRuns() const;
    void stopAll();

    /// The run the Train screen shows; "" = none.
    [[nodiscard]] QString shownRun() const { return m_shown; }
    void showRun(const QString& folder);
    /// Runs overlaid in charts.
    [[nodiscard]] const QSet<QString>& overlays() const { return m_overlays; }
    void toggleOverlay(const QString& folder);

    /// Numbers of a run: nullptr until read (asks for it; seriesChanged follows). Kept up to date while it runs.
    [[nodiscard]] std::shared_ptr<const RunSeries> series(const QString& folder);

    [[nodiscard]] jobs::JobSystem& jobs() { return m_jobs; }
    /// "smollm2-135m-instruct" or a path as people call it: "SmolLM2-135M-Instruct".
    [[nodiscard]] QString modelTitle(const QString& model) const;
    [[nodiscard]] const WorkspaceOptions& options() const { return m_options; }

Q_SIGNALS:
    void projectChanged();
    void recipeChanged();
    void countsChanged();
    void busyChanged();
    void progressed(double fraction, const QString& counted); // of what is busy; negative = unknown
    void recentChanged();
    void runsChanged(); // rows, states or steps
    void runStarted(const QString& folder);
    void runEnded(const QString& folder);
    void shownRunChanged();
    void overlaysChanged();
    void seriesChanged(const QString& folder);
    void imported(const fettle::ui::ImportOutcome& outcome);
    void failed(const QString& action, const fettle::Error& error);

private:
    using Post = std::function<void(std::function<void()>)>;
    void adopt(std::shared_ptr<project::Project> project, std::optional<ImportOutcome> outcome);
    void setBusy(const QString& what, std::shared_ptr<jobs::JobHandle> job);
    void openInJob(const QString& what,
                   std::function<Result<std::shared_ptr<project::Project>>(jobs::JobContext&, ImportOutcome*)> open,
                   bool import);
    void onBatch(const EventBatch& batch);
    void readSeriesInJob(const QString& folder);
    void countRows();
    void keep(std::shared_ptr<jobs::JobHandle> job);
    void follow();

    jobs::JobSystem& m_jobs;
    WorkspaceOptions m_options;
    Courier m_courier;
    EventBridge m_bridge;
    std::unique_ptr<RunsModel> m_runs;
    std::unique_ptr<train::RunService> m_service;
    std::shared_ptr<project::Project> m_project;
    QString m_name;
    recipe::Recipe m_recipe;
    std::optional<Error> m_recipeFault;
    DataCounts m_counts;
    QVector<ProjectCard> m_recent;
    QString m_busy;
    std::shared_ptr<jobs::JobHandle> m_busyJob; // shared with the job system
    QString m_shown;
    QSet<QString> m_overlays;
    QHash<QString, std::shared_ptr<RunSeries>> m_series;
    QHash<QString, std::shared_ptr<const RunSeries>> m_read; // as last read from the folder, shared with jobs
    QSet<QString> m_reading;
    QHash<QString, std::vector<run::RunEvent>> m_late; // came while the folder was being read: applied after it
    QSet<QString> m_readAgain;                         // events were dropped meanwhile
    bool m_refreshing = false, m_refreshAgain = false;
    mutable QHash<QString, QString> m_titles;
    QTimer m_follow;
    std::vector<std::shared_ptr<jobs::JobHandle>> m_serviceJobs; // use the service: waited for before it goes
    std::uint64_t m_generation = 0; // of the open project: late answers for another are dropped
};

/// Cores, memory and graphics card as the system says.
struct MachineFacts {
    int cores = 0;
    std::uint64_t memoryBytes = 0;
    QString gpu; // "" = none found
};
[[nodiscard]] MachineFacts machineFacts();

} // namespace fettle::ui
